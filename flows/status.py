"""How things stand, as a Prefect flow: what is due and not filed, sent back, differing, published."""

import flows.quiet  # noqa: F401  # isort: skip – before Prefect is imported

from datetime import datetime

from prefect import flow

from flows.house import due_month, open_house
from flows.settings import Settings, now
from flows.summary import describe


@flow(name="status", persist_result=False)
def status(month: str | None = None, as_of: datetime | None = None) -> str:
    """Print how a month stands in every district; the month that is due, when none is given."""
    moment = (as_of or now()).replace(tzinfo=None)
    with open_house(Settings()) as house:
        text = describe(house, month or due_month(moment), moment)
    print(text)
    return text
