"""The sample district 江北区 as facts: every return of twenty months as its truth tells them, and five differences,
a return sent back and one that is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import polars as pl

from catalogue.load import load
from catalogue.sheets import load_touches
from samples.derive import DERIVED
from samples.drops import make_filings
from tests.samples.frames import wide_frames
from tests.transforms.makers import AS_OF, a_difference, a_submission
from transforms import period as months
from transforms.facts import DEADLINES, DIFFERENCES, SUBMISSIONS, Facts
from transforms.model import FINDINGS, Cause, State
from transforms.observe import observe

PERIOD = "2022-08"
MISSING = ("F14", PERIOD)
"""Nobody filed this one."""


@cache
def the_sample_district(last: str = PERIOD) -> Facts:
    """江北区 as known a fortnight after `last`."""
    catalogue = replace(load(), digest="0" * 12)
    filings = [f for f in make_filings("jb", forms=DERIVED) if months.last_month(f.period) <= last]
    filings = [f for f in filings if (f.form, f.period) != MISSING]
    tables, layout = wide_frames(filings)
    submissions = [
        a_submission(f.form, f.period, submission=f.file, file=f.file, arrived_at=_arrived(f.period)) for f in filings
    ]
    district = catalogue.district("jb")
    due = [_deadline(form, last) for form in district.returns if district.owes(load().form(form), last)]
    return Facts(
        catalogue=catalogue,
        district=district,
        period=last,
        as_of=AS_OF if last == PERIOD else _arrived(last) + timedelta(days=10),
        observations=observe(tables, layout, catalogue),
        submissions=_frame(submissions, SUBMISSIONS),
        findings=_frame([], FINDINGS),
        differences=_frame(some_differences() if last == PERIOD else [], DIFFERENCES),
        deadlines=_frame(due, DEADLINES),
        touches=load_touches(catalogue),
        tables=tables,
        layout=layout,
    )


def some_differences() -> list[Mapping[str, Any]]:
    """Two that are open, one that came back late, one explained, one that nothing can be said of."""
    return [
        a_difference(
            "R01",
            id="R01-2022-08-001",
            difference=Decimal("1250000"),
            left_value=Decimal("88120000"),
            right_value=Decimal("86870000"),
            low=Decimal("-100"),
            high=Decimal("100"),
        ),
        a_difference(
            "R17",
            id="R17-2022-05-001",
            key="ICBC",
            period="2022-05",
            age=3,
            since="2022-05",
            difference=Decimal("30000"),
            left_value=Decimal("254700000"),
            right_value=Decimal("254670000"),
        ),
        a_difference(
            "R10", id="R10-2022-08-001", state=State.TIMING.value, cause=Cause.TIMING.value, difference=Decimal(3)
        ),
        a_difference("R02", id="R02-2022-08-001", state=State.EQUAL.value, cause="", difference=Decimal(0)),
        a_difference("R20", id="R20-2022-08-001", state=State.ONE_SIDED.value, cause=Cause.MISSING.value),
    ]


def _arrived(period: str) -> datetime:
    return datetime.combine(
        months.first_day(months.shift(months.last_month(period), 1)), datetime.min.time()
    ) + timedelta(days=3, hours=10)


def _deadline(form: str, last: str) -> dict[str, Any]:
    day = months.first_day(months.shift(last, 1)) + timedelta(days=load().form(form).due + 1)
    owed = load().district("jb").owes(load().form(form), last)
    return {"district": "jb", "form": form, "period": owed, "due": day, "provisional": False}


def _frame(rows: Iterable[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(schema))
