"""M05: the issues of firms that were open at the end of the month or closed in it (F21)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from transforms import period as months
from transforms.facts import NOT_APPLICABLE, UNREPORTED, Facts, Figure
from transforms.model import EXACT, Light
from transforms.records import cells_key, records
from transforms.schedule.deadlines import date_light, days_left
from transforms.schedule.figures import Row, frame, put, whole
from transforms.schedule.names import department_name

TABLE = "F21.issues"
OPEN, CLOSED, OVERDUE, CLOSED_LATE, REOPENED = "办理中", "已办结", "逾期", "逾期办结", "重办"
NOT_FILED = "不报送"
DISSATISFIED = "不满意"
"""A firm that says so has its issue taken up again."""
RANKS = {Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2}
COUNTS = ("opening", "new", "closed", "in_time", "open", "red", "yellow", "green", "extended")
Told = Mapping[str, Any]
_DAY = re.compile(r"(?:(\d{4})\s*[-年./]\s*)?(\d{1,2})\s*[-月./]\s*(\d{1,2})(?!\d)")


def due_of(row: Told) -> date | None:
    """The day by which an issue is due: the latest that the approval of an extension names, else the one told."""
    due: date | None = row["due_date"]
    if due is None or not row["extension"]:
        return due
    named = (_day(hit, due.year) for hit in _DAY.finditer(row["extension"]))
    return max([due, *(day for day in named if day)])


def _day(hit: re.Match[str], year: int) -> date | None:
    try:
        return date(int(hit[1] or year), int(hit[2]), int(hit[3]))
    except ValueError:
        return None


def closed_by(row: Told, cutoff: date) -> bool:
    return row["done_on"] is not None and row["done_on"] <= cutoff


def in_time(row: Told) -> bool:
    """Whether an issue that is closed was closed by its day; one without a due day was."""
    due = due_of(row)
    return row["done_on"] is not None and (due is None or row["done_on"] <= due)


def issue_state(row: Told, cutoff: date, ahead: int) -> tuple[str, Light]:
    """The state and the light at the end of a month. What is closed is green; an issue whose firm is dissatisfied is
    taken up again and stays yellow."""
    light = date_light(due_of(row), cutoff, done=closed_by(row, cutoff), ahead=ahead)
    if not closed_by(row, cutoff):
        return OVERDUE if light == Light.RED else OPEN, light
    if row["confirmed"] == DISSATISFIED:
        return REOPENED, Light.YELLOW
    return CLOSED if in_time(row) else CLOSED_LATE, light


def issues_of(facts: Facts) -> list[dict[str, Any]]:
    """The rows of the ledger that are open at the end of the month or were closed in it."""
    return facts.once(_find_issues)


def _find_issues(facts: Facts) -> list[dict[str, Any]]:
    begin = months.first_day(facts.period)
    rows = records(facts, TABLE).rows.to_dicts()
    return [row for row in rows if row["done_on"] is None or row["done_on"] >= begin]


def issues(facts: Facts) -> pl.DataFrame:
    """M05: one row an issue: red, yellow, green, within by the days left, what is closed last. `days_left` counts
    calendar days from the last day of the month; negative: overdue by so many."""
    why, cutoff = records(facts, TABLE).why, months.last_day(facts.period)
    rows = [_issue_row(facts, row, cutoff) for row in issues_of(facts)]
    rows.sort(key=lambda r: (RANKS.get(r["light"], 3), r["days_left"] is None, r["days_left"] or 0, r["number"] or ""))
    return frame(
        rows or ([unfiled(why)] if why else []),
        number=pl.String,
        source=pl.String,
        firm=pl.String,
        chain=pl.String,
        category=pl.String,
        received=pl.Date,
        department=pl.String,
        person=pl.String,
        due=pl.Date,
        days_left=EXACT,
        state=pl.String,
        result=pl.String,
        confirmed=pl.String,
        light=pl.String,
    )


def unfiled(why: str) -> Row:
    """The one row of a ledger that was not filed: an empty list would say that there was nothing."""
    state = UNREPORTED if why == UNREPORTED else NOT_FILED
    return {"number": why, "state": state, "light": Light.GREY, "received|why": why, "due|why": why}


def _issue_row(facts: Facts, told: Told, cutoff: date) -> Row:
    state, light = issue_state(told, cutoff, facts.catalogue.thresholds.days_left)
    due = due_of(told)
    row: Row = {
        "number": told["issue_no"],
        "source": told["source"],
        "firm": told["firm_name"] or NOT_APPLICABLE,
        "chain": told["chain"] or NOT_APPLICABLE,
        "category": told["category"],
        "received": told["received_on"],
        "department": department_name(facts, told["lead_dept"]) if told["lead_dept"] else UNREPORTED,
        "person": told["person"],
        "due": due,
        "state": state,
        "result": _result(told, cutoff),
        "confirmed": told["confirmed"] or "",
        "light": light,
    }
    if due is None or closed_by(told, cutoff):
        put(row, "days_left", Figure(None, None, None, (), NOT_APPLICABLE))
    else:
        put(row, "days_left", whole(days_left(due, cutoff), [_cell(told, "due_date")], "距月末天数"))
    return row


def _result(told: Told, cutoff: date) -> str:
    done = f"{told['done_on']:%Y-%m-%d} {told['result'] or ''}".strip() if closed_by(told, cutoff) else ""
    extended = f"延期批准:{told['extension']}" if told["extension"] else ""
    return ";".join(filter(None, (done, extended)))


def _cell(told: Told, column: str) -> str:
    return cells_key(f"{TABLE}.{column}", [told["row"]], told["period"])


def issues_by_lead(facts: Facts) -> pl.DataFrame:
    """M05, above: how many each lead unit had, got, closed and has, those with most overdue first."""
    held: dict[str, list[Told]] = {}
    for row in issues_of(facts):
        held.setdefault(row["lead_dept"] or "", []).append(row)
    order = {d.code: d.order for d in facts.catalogue.departments}
    rows: list[Row] = [
        {"order": order.get(lead, 0), "department": department_name(facts, lead) if lead else UNREPORTED}
        | _counted(facts, of_lead)
        for lead, of_lead in held.items()
    ]
    rows.sort(key=lambda r: (-(r["red"] or 0), -(r["yellow"] or 0), r["order"]))
    rows.append({"kind": "total", "department": "合计"} | _counted(facts, issues_of(facts)))
    return frame(rows, department=pl.String, **dict.fromkeys(COUNTS, EXACT))


def _counted(facts: Facts, rows: Sequence[Told]) -> Row:
    why = records(facts, TABLE).why
    counted: Row = {}
    for column, (number, keys) in tally(rows, facts.period, facts.catalogue.thresholds.days_left).items():
        put(counted, column, Figure(None, None, None, (), why) if why else whole(number, keys))
    return counted


def tally(rows: Sequence[Told], period: str, ahead: int) -> dict[str, tuple[int, tuple[str, ...]]]:
    """How many issues were open before the month, came and were closed in it, of these in time, are open, by light,
    and extended; each with the keys of the cells that it was counted from."""
    begin, cutoff = months.first_day(period), months.last_day(period)
    open_ones = [row for row in rows if not closed_by(row, cutoff)]
    closed = [row for row in rows if closed_by(row, cutoff)]
    lights = {light: [row for row in open_ones if issue_state(row, cutoff, ahead)[1] == light] for light in RANKS}
    return {
        "opening": cells_counted(rows, [row for row in rows if not _is_new(row, begin)], "received_on"),
        "new": cells_counted(rows, [row for row in rows if _is_new(row, begin)], "received_on"),
        "closed": cells_counted(rows, closed, "done_on"),
        "in_time": cells_counted(rows, [row for row in closed if in_time(row)], "done_on"),
        "open": cells_counted(rows, open_ones, "done_on"),
        "red": cells_counted(rows, lights[Light.RED], "due_date"),
        "yellow": cells_counted(rows, lights[Light.YELLOW], "due_date"),
        "green": cells_counted(rows, lights[Light.GREEN], "due_date"),
        "extended": cells_counted(rows, [row for row in open_ones if row["extension"]], "extension"),
    }


def _is_new(row: Told, begin: date) -> bool:
    return row["received_on"] is not None and row["received_on"] >= begin


def cells_counted(looked_at: Iterable[Told], counted: Sequence[Told], column: str) -> tuple[int, tuple[str, ...]]:
    """A count with the cells of what was counted; of none with those that were looked at."""
    cells: dict[str, list[int]] = {}
    for row in counted or looked_at:
        cells.setdefault(row["period"], []).append(row["row"])
    return len(counted), tuple(cells_key(f"{TABLE}.{column}", rows, period) for period, rows in cells.items())
