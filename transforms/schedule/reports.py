"""M03: the returns due for the month, and what became of them."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import polars as pl

from transforms.facts import NOT_APPLICABLE, TAKEN, UNREPORTED, Facts, Figure, filing_key
from transforms.model import EXACT
from transforms.schedule.figures import Row, frame, put, whole
from transforms.schedule.names import department_name

Told = Mapping[str, Any]
REPORT_STATES = {
    "accepted": "已通过",
    "questions": "待说明",
    "returned": "退回待重报",
    "unreadable": "无法读取",
    "withdrawn": "已撤回",
}


def reports(facts: Facts) -> pl.DataFrame:
    """M03: one row a return due for the month, or for the quarter that it ends: overdue first, then in the order of protocol.

    `days_late` counts calendar days from the due date to the first report, or to the as-of date when nothing came;
    `provisional`: the due date lies in a year whose holidays are not decreed yet.
    """
    mine = pl.col("district") == facts.district.code
    due = {(row["form"], row["period"]): row for row in facts.deadlines.filter(mine).iter_rows(named=True)}
    rows = []
    for code in facts.district.returns:
        if owed := facts.district.owes(facts.catalogue.form(code), facts.period):
            deadline = due.get((code, owed), {"due": None, "provisional": False})
            row = _report_row(facts, code, owed, deadline["due"])
            rows.append(row | {"provisional": deadline["provisional"]})
    rows.sort(key=lambda r: (-r["late"], r["order"], r["form"]))
    return frame(
        rows,
        department=pl.String,
        form=pl.String,
        name=pl.String,
        due=pl.Date,
        provisional=pl.Boolean,
        first=pl.Datetime("us"),
        passed=pl.Datetime("us"),
        versions=EXACT,
        reasons=pl.String,
        hard=EXACT,
        soft=EXACT,
        explained=EXACT,
        days_late=EXACT,
        reporter=pl.String,
        auditor=pl.String,
        state=pl.String,
    )


def _report_row(facts: Facts, form: str, period: str, due: date | None) -> Row:
    declared, versions = facts.catalogue.form(form), facts.filings.get((form, period), [])
    first = versions[0] if versions else None
    # A version that came after an accepted one and was itself sent back does not undo the acceptance.
    passed = next((v for v in reversed(versions) if v["status"] in TAKEN), None)
    latest = passed or (versions[-1] if versions else None)
    seen = first["arrived_at"] if first else facts.as_of
    late = max(0, (_day(seen) - due).days) if due and seen else 0
    row: Row = {
        "department": department_name(facts, declared.department),
        "order": facts.catalogue.department(declared.department).order,
        "form": form,
        "name": declared.name,
        "due": due,
        "first": first["arrived_at"] if first else None,
        "passed": passed["decided_at"] if passed else None,
        "passed|why": NOT_APPLICABLE if versions else UNREPORTED,
        "reasons": ";".join(
            dict.fromkeys(_wording(v["reasons"]) for v in versions if v["reasons"] and v is not passed)
        ),
        "reporter": latest["reporter"] if latest else None,
        "auditor": latest["auditor"] if latest else None,
        "state": _report_state(latest, late),
        "late": late,
    }
    _put_counts(row, versions, latest)
    _put_lateness(row, form, due, facts.as_of.date(), first)
    return row


def _put_counts(row: Row, versions: Sequence[Told], latest: Told | None) -> None:
    """What was counted over the versions that came, and of the one that stands; over none, that there are none."""
    of_all = [_key(version) for version in versions]
    of_one = [_key(latest)] if latest else []
    for column, number, keys, how in (
        ("versions", len(versions), of_all, "版本数"),
        ("hard", sum(version["hard"] or 0 for version in versions), of_all, "硬校验未过数"),
        ("soft", (latest["soft"] or 0) if latest else 0, of_one, "软校验提示数"),
        ("explained", (latest["explained"] or 0) if latest else 0, of_one, "已说明数"),
    ):
        put(row, column, whole(number, keys, how) if keys else not_filed(number))


def not_filed(number: int, words: str = UNREPORTED) -> Figure:
    """A number told of a return that has not come: no file stands behind it."""
    return whole(number)._replace(work=words)


def _put_lateness(row: Row, form: str, due: date | None, today: date, first: Told | None) -> None:
    by = f"应报 {due:%Y-%m-%d}" if due else "无应报时间"
    if first is None:
        told = not_filed(row["late"], f"{UNREPORTED} {form} {by} 计至 {today:%Y-%m-%d}")
    else:
        told = whole(row["late"], [_key(first)])._replace(work=f"首次报送 {_day(first['arrived_at'])} − {by}")
    put(row, "days_late", told)


def _key(version: Told) -> str:
    return filing_key(version["form"], version["period"], version["version"])


def _wording(reason: str) -> str:
    """A reason without the code word that the record puts before it."""
    return re.sub(r"^[a-z_]+[::]\s*", "", reason)


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _report_state(latest: Mapping[str, Any] | None, late: int) -> str:
    if latest is None:
        return f"{UNREPORTED}(逾期)" if late else UNREPORTED
    status = str(latest["status"])
    return REPORT_STATES.get(status, status)


def unreported(facts: Facts) -> pl.DataFrame:
    """M15: the returns that are missing for the month."""
    table = reports(facts).filter(pl.col("passed").is_null())
    return table.select("kind", "department", "form", "name", "due", "provisional", "state")
