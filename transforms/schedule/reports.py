"""M03: the returns due for the month, and what became of them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from transforms.facts import NOT_APPLICABLE, UNREPORTED, Facts
from transforms.model import EXACT
from transforms.schedule.figures import Row, frame, put_count
from transforms.schedule.names import department_name

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
    owed = {code: facts.district.owes(facts.catalogue.form(code), facts.period) for code in facts.district.returns}
    of_month = pl.col("period").is_in([period for period in set(owed.values()) if period])
    mine = (pl.col("district") == facts.district.code) & of_month
    filed: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for version in facts.submissions.filter(mine).sort("version", "arrived_at", maintain_order=True).to_dicts():
        filed.setdefault((version["form"], version["period"]), []).append(version)
    due = {(row["form"], row["period"]): row for row in facts.deadlines.filter(mine).iter_rows(named=True)}
    rows = []
    for code, period in owed.items():
        if period:
            deadline = due.get((code, period), {"due": None, "provisional": False})
            row = _report_row(facts, code, deadline["due"], filed.get((code, period), []))
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


def _report_row(facts: Facts, form: str, due: date | None, versions: list[dict[str, Any]]) -> Row:
    declared = facts.catalogue.form(form)
    first = versions[0] if versions else None
    # A version that came after an accepted one and was itself sent back does not undo the acceptance.
    passed = next((v for v in reversed(versions) if v["status"] in ("accepted", "questions")), None)
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
    put_count(row, "versions", len(versions))
    put_count(row, "hard", sum(v["hard"] or 0 for v in versions))
    put_count(row, "soft", (latest["soft"] or 0) if latest else 0)
    put_count(row, "explained", (latest["explained"] or 0) if latest else 0)
    put_count(row, "days_late", late)
    return row


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
