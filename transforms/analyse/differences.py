"""Q04: differences between returns over the quarter, and how old the open ones are."""

from collections.abc import Sequence

import polars as pl

from transforms import period as months
from transforms.facts import (
    NOTHING,
    Facts,
    add,
)
from transforms.model import EXACT, State
from transforms.schedule import (
    Row,
    differences,
    follow_up,
    frame,
    put,
    put_count,
    subject_of,
)
from transforms.schedule.sides import gap_of
from transforms.spans import last_month_of

AGES = (("当月", 0, 0), ("1个月", 1, 1), ("2个月", 2, 2), ("3—5个月", 3, 5), ("6个月及以上", 6, 10**6))


def quarter_differences(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q04: every reconciliation that did not hold in a month of the quarter, its three differences, oldest first."""
    span = months.months_of(quarter)
    ends = last_month_of(pl.col("period"))
    known = facts.differences_known.filter(ends.is_in(span), pl.col("state") != State.EQUAL.value)
    return _aged_rows(facts, span, known)


def carried_differences(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q04, second block: the differences of earlier quarters that are still carried, each with its amount in `sum`."""
    first = months.months_of(quarter)[0]
    older = facts.differences_known.filter(last_month_of(pl.col("period")) < first, pl.col("status") != "closed")
    older = older.filter(~pl.col("state").is_in([State.EQUAL.value, State.WITHIN_ROUNDING.value]))
    older = older.sort("period").unique("id", keep="last", maintain_order=True)
    return _aged_rows(facts, [], older)


def _aged_rows(facts: Facts, span: Sequence[str], known: pl.DataFrame) -> pl.DataFrame:
    by = ("rule", "key") if span else ("id",)
    rows = [_aged_row(facts, span, group) for _, group in known.group_by(*by, maintain_order=True)]
    rows.sort(key=lambda r: (-r["age"], -abs(r["sum"] or 0), r["id"]))
    return frame(
        rows,
        period=pl.String,
        id=pl.String,
        rule=pl.String,
        key=pl.String,
        unit=pl.String,
        decimals=pl.Int64,
        month1=EXACT,
        month2=EXACT,
        month3=EXACT,
        sum=EXACT,
        state=pl.String,
        cause=pl.String,
        department=pl.String,
        due=pl.Date,
        outcome=pl.String,
        age=EXACT,
    )


def _aged_row(facts: Facts, span: Sequence[str], group: pl.DataFrame) -> Row:
    # What is told by the quarter stands with its last month.
    told = {months.last_month(row["period"]): row for row in group.iter_rows(named=True)}
    last = told[max(told)]
    row = follow_up(facts, last) | {
        "key": subject_of(facts, last["key"], last["left_cell"] or last["right_cell"] or ""),
        "decimals": 2 if last["unit"] == "元" else 0,
        "period": months.chinese(last["period"]),
    }
    for n in (1, 2, 3):
        month = span[n - 1] if span else ""
        put(row, f"month{n}", gap_of(facts, told[month]) if month in told else NOTHING)
    gaps = [gap for one in told.values() if (gap := gap_of(facts, one)).told]
    put(row, "sum", add(gaps) if gaps else NOTHING)
    return row


def difference_ages(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q09, chart: open differences by age in months."""
    open_ones = differences(facts).filter(pl.col("state") == State.DIFFERENT.value)
    told = open_ones.select("age", "age|src").rows()
    work = "计数({quarter_differences.age} {carried_differences.age})"
    rows = []
    for name, low, high in AGES:
        row: Row = {"age": name}
        counted = [keys for age, keys in told if low <= age <= high]
        keys = dict.fromkeys(key for one in counted for key in one)
        put_count(row, "count", len(counted), keys, "" if keys else work)
        rows.append(row)
    return frame(rows, age=pl.String, count=EXACT)
