"""Q06: what became of the issues of firms in the quarter, by where they came from, what they are about and who leads.

Medians and percentiles are those of the records of the quarter, never of its months.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period as months
from transforms.analyse.quarter import months_held
from transforms.facts import NOTHING, Facts, Figure, divide
from transforms.model import EXACT
from transforms.records import median_of, percentile_of, records
from transforms.schedule import Row, department_name, frame, put
from transforms.schedule.figures import figure_of, whole
from transforms.schedule.issues import DISSATISFIED, TABLE, cells_counted, closed_by, due_of, in_time

Told = Mapping[str, Any]
LONG = Decimal("0.9")
SATISFIED = ("满意", "基本满意")
COUNTS = ("opening", "new", "closed", "open", "due", "in_time", "reopened", "confirmed", "satisfied")
UNKNOWN = "未填"


def issues_by_source(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q06: by source, the lowest share closed in time first, then the slowest."""
    return _closing(facts, quarter, lambda row: row["source"])


def issues_by_category(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q06: by category."""
    return _closing(facts, quarter, lambda row: row["category"])


def issues_by_unit(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q06: by lead unit."""
    return _closing(facts, quarter, lambda row: row["lead_dept"] and department_name(facts, row["lead_dept"]))


def _closing(facts: Facts, quarter: str, part_of: Callable[[Told], str | None]) -> pl.DataFrame:
    """One row a part: issues open before the quarter, new and closed in it, open at its end; median and 90th percentile
    of the days that the closed ones took; of those to be closed by its end how many were in time; closed against the
    firm's satisfaction; and of the firms that were asked how many are satisfied. The whole quarter comes last."""
    rows = issues_of_quarter(facts, quarter)
    parts: dict[str, list[Told]] = {}
    for row in rows:
        parts.setdefault(part_of(row) or UNKNOWN, []).append(row)
    shown: list[Row] = [{"name": name} | _row(facts, quarter, part) for name, part in parts.items()]
    shown.sort(key=lambda r: (r["rate"] is None, r["rate"] or 0, -(r["median"] or 0), -(r["new"] or 0)))
    shown.append({"kind": "total", "name": "合计"} | _row(facts, quarter, rows))
    numbers = (*COUNTS, "median", "long", "rate", "satisfaction")
    return frame(shown, name=pl.String, **dict.fromkeys(numbers, EXACT))


def issues_of_quarter(facts: Facts, quarter: str) -> list[Told]:
    """The issues that were open in the quarter or closed in it, each once: as the last month told it."""
    return facts.once(lambda known: _find(known, quarter), f"issues of {quarter}")


def _find(facts: Facts, quarter: str) -> list[Told]:
    begin, latest = months.first_day(quarter), dict[str, Told]()
    for row in records(facts, TABLE, *months_held(facts, quarter)).rows.sort("period", "row").iter_rows(named=True):
        latest[row["issue_no"]] = row
    return [row for row in latest.values() if row["done_on"] is None or row["done_on"] >= begin]


def _row(facts: Facts, quarter: str, rows: Sequence[Told]) -> Row:
    held = months_held(facts, quarter)
    why = records(facts, TABLE, *held).why
    row: Row = {}
    for column, figure in _figures(
        rows, months.first_day(quarter), months.last_day(held[-1] if held else quarter)
    ).items():
        put(row, column, Figure(None, None, None, (), why) if why else figure)
    put(row, "rate", divide(figure_of(row, "in_time"), figure_of(row, "due")))
    put(row, "satisfaction", divide(figure_of(row, "satisfied"), figure_of(row, "confirmed")))
    return row


def _figures(rows: Sequence[Told], begin: date, cutoff: date) -> dict[str, Figure]:
    closed = [row for row in rows if closed_by(row, cutoff)]
    passed = [row for row in rows if not closed_by(row, cutoff) and (due := due_of(row)) and due <= cutoff]
    asked = [row for row in closed if row["confirmed"] in (*SATISFIED, DISSATISFIED)]
    new, older = list[Told](), list[Told]()
    for row in rows:
        (new if row["received_on"] and row["received_on"] >= begin else older).append(row)
    counted = {
        "opening": (older, "received_on"),
        "new": (new, "received_on"),
        "closed": (closed, "done_on"),
        "open": ([row for row in rows if not closed_by(row, cutoff)], "done_on"),
        "due": ([*closed, *passed], "due_date"),
        "in_time": ([row for row in closed if in_time(row)], "done_on"),
        "reopened": ([row for row in closed if row["confirmed"] == DISSATISFIED], "confirmed"),
        "confirmed": (asked, "confirmed"),
        "satisfied": ([row for row in asked if row["confirmed"] in SATISFIED], "confirmed"),
    }
    figures = {column: whole(*cells_counted(rows, part, cell)) for column, (part, cell) in counted.items()}
    return figures | {
        "median": _of_days(closed, "中位数", median_of),
        "long": _of_days(closed, "第90百分位", lambda days: percentile_of(days, LONG)),
    }


def _of_days(closed: Iterable[Told], how: str, take: Callable[[Sequence[Decimal]], Decimal]) -> Figure:
    """A figure of the calendar days from receipt to closing."""
    rows = [row for row in closed if row["received_on"]]
    if not rows:
        return NOTHING
    value = take(sorted(Decimal((row["done_on"] - row["received_on"]).days) for row in rows))
    keys = tuple(key for column in ("received_on", "done_on") for key in cells_counted(rows, rows, column)[1])
    work = f"{how}({','.join(f'[{key}]' for key in keys)})"
    return Figure(value, value, value, keys, work=work)
