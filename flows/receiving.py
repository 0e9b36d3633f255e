"""Between the nights, as a Prefect flow: files are taken in, judged and answered within minutes of their drop.

Nothing is reconciled or published; the next night does that for all that was decided since the last.
"""

import flows.quiet  # noqa: F401  # isort: skip – before Prefect is imported

from datetime import datetime

import polars as pl
from prefect import flow

from flows import answering, night
from flows.house import House, open_house
from flows.intake import Intake
from flows.lock import only_writer
from flows.night import Night
from flows.settings import Settings, now
from flows.summary import summarise_intake


@flow(name="receive", persist_result=False)
def receive(as_of: datetime | None = None) -> Night:
    """From what lies in the drop folders to receipts.

    Args:
        as_of: the moment of the run (wall time of Asia/Shanghai); now, when none is given.
    Raises:
        HouseLocked: another run is writing; the next run takes the files in.
    """
    moment = (as_of or now()).replace(tzinfo=None)
    settings = Settings()
    with only_writer(settings.var), open_house(settings) as house:
        result = take_in(house, moment)
        print(summarise_intake(result, house))
    return result


def take_in(house: House, as_of: datetime) -> Night:
    """Receive, read, validate and answer; does next to nothing where nothing was dropped."""
    found = night.receive(house, as_of)
    if _nothing_to_do(house, found):
        return Night(as_of=as_of, received=pl.DataFrame())
    taken = night.read(house, found, as_of)
    judgement = night.validate(house, taken, as_of)
    return Night(
        as_of=as_of,
        received=night.received(house, judgement),
        again=tuple(path.name for path, _ in found.again),
        waiting=tuple(path.name for path in found.waiting),
        unknown=night.names(found.unknown, house.settings.inbound),
        receipts=answering.answer(house, as_of),
    )


def _nothing_to_do(house: House, found: Intake) -> bool:
    lies = found.arrivals or found.again or found.waiting or found.unknown
    undecided = house.journal.submissions().filter(pl.col("status") == "received").height
    return not (lies or undecided or house.journal.unanswered())
