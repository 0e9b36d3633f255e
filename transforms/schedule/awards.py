"""M08: awards and subsidies granted and paid to firms (F23), and the service of the tax office (F24)."""

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from transforms import period as months
from transforms.facts import NOTHING, Facts, divide
from transforms.model import EXACT
from transforms.records import Records, records
from transforms.schedule.figures import (
    Row,
    doubted,
    figure_of,
    frame,
    put,
    rows_of,
    series_row,
    suppressed,
    total_row,
    whole,
)
from transforms.schedule.names import department_name, label

AWARDS = "F23.awards"
WAITING_DAYS = 90
"""What is granted and not paid for longer is told apart, as the soft check W08 of F23 asks."""
SUMS = ("granted_n", "granted_m", "granted_ytd", "paid_m", "paid_ytd", "unpaid", "late", "unpaid_n")
FIRMS = ("firms_m", "firms_ytd")
PROTECTED = {
    "granted_n": ("granted_m",),
    "firms_m": ("paid_m",),
    "firms_ytd": ("granted_ytd", "paid_ytd"),
    "unpaid_n": ("unpaid", "late", "longest"),
}


def awards(facts: Facts) -> pl.DataFrame:
    """M08: what was granted, paid and is still owed, by kind of award, and 合计."""
    kinds = [code.code for code in facts.catalogue.code_lists["award_kinds"].codes]
    return _awards(facts, "award_kind", [(kind, kind) for kind in kinds])


def awards_by_department(facts: Facts) -> pl.DataFrame:
    """M08: the same by the department that granted, in the order of protocol."""
    order = sorted(facts.catalogue.departments, key=lambda department: department.order)
    found = set(records(facts, AWARDS).rows["dept_code"].to_list())
    return _awards(facts, "dept_code", [(d.code, department_name(facts, d.code)) for d in order if d.code in found])


def _awards(facts: Facts, by: str, groups: Iterable[tuple[str, str]]) -> pl.DataFrame:
    ledger = records(facts, AWARDS)
    parts = ledger.rows.partition_by(by, as_dict=True)
    nothing = ledger.rows.clear()
    rows = [
        {"name": name, **_award_row(facts, replace(ledger, rows=parts.get((code,), nothing)))} for code, name in groups
    ]
    for row in rows:
        row["remark"] = doubted(facts, row)
    # A firm that two departments support is one: the firms of the rows are not added up.
    whole_row = _award_row(facts, ledger)
    total = total_row(rows, SUMS) | {"name": "合计", "remark": ""}
    total |= {key: value for key, value in whole_row.items() if key.split("|")[0] in (*FIRMS, "longest")}
    numbers = dict.fromkeys((*SUMS, *FIRMS, "longest"), EXACT)
    table = frame([*rows, total] if rows else [], name=pl.String, **numbers, remark=pl.String)
    return suppressed(table, PROTECTED)


def _award_row(facts: Facts, ledger: Records) -> Row:
    """The figures of some awards: month and year by the dates of the ledger, what is owed as it tells it."""
    granted, paid = (_within(ledger, column, facts.period) for column in ("granted_on", "paid_on"))
    granted_ytd, paid_ytd = (_within(ledger, column, facts.period, year=True) for column in ("granted_on", "paid_on"))
    owed = ledger.where(pl.col("unpaid") > 0)
    today = months.last_day(facts.period)
    late = owed.where((pl.lit(today) - pl.col("granted_on")).dt.total_days() > WAITING_DAYS)
    row: Row = {}
    for column, figure in (
        ("granted_n", granted.count("granted")),
        ("granted_m", granted.sum("granted")),
        ("granted_ytd", granted_ytd.sum("granted")),
        ("paid_m", paid.sum("paid")),
        ("paid_ytd", paid_ytd.sum("paid")),
        ("firms_m", paid.distinct("uscc")),
        ("firms_ytd", paid_ytd.distinct("uscc")),
        ("unpaid", owed.sum("unpaid")),
        ("late", late.sum("unpaid")),
        ("unpaid_n", owed.count("unpaid")),
    ):
        put(row, column, figure)
    waited = [(today - day).days for day in owed.rows["granted_on"].drop_nulls()]
    put(row, "longest", whole(max(waited), owed.keys("granted_on"), "最长天数") if waited else NOTHING)
    return row


def _within(ledger: Records, column: str, period: str, year: bool = False) -> Records:
    """The records that are dated in the month, or in its year up to its end."""
    month = pl.col(column).dt.strftime("%Y-%m")
    return ledger.where((month <= period) & (month.str.head(4) == period[:4]) if year else month == period)


SERVICE_COLUMNS = {
    "cases_m": "F24.channels.cases_m",
    "cases_ytd": "F24.channels.cases_ytd",
    "filings": "F24.channels.filings_m",
    "embedded": "F24.channels.embedded_m",
    "refunds": "F24.channels.refund_m",
    "erefunds": "F24.channels.erefund_m",
    "calls": "F24.channels.calls_m",
    "calls_done": "F24.channels.calls_done",
    "callbacks": "F24.channels.callback_m",
    "satisfied": "F24.channels.satisfied_m",
}


def tax_service(facts: Facts) -> pl.DataFrame:
    """M08: cases, filings, refunds, calls and call-backs of the tax office by channel; `share` of all cases."""
    rows = []
    for channel in rows_of(facts, "F24.channels.cases_m", "tax_channels"):
        row = series_row(facts, channel, SERVICE_COLUMNS, facts.period)
        rows.append(row | {"channel": label(facts, "tax_channels", channel)})
    total = total_row(rows, SERVICE_COLUMNS) | {"channel": "合计"}
    for row in (*rows, total):
        put(row, "share", divide(figure_of(row, "cases_m"), figure_of(total, "cases_m")))
    numbers = dict.fromkeys((*SERVICE_COLUMNS, "share"), EXACT)
    return frame([*rows, total], channel=pl.String, **numbers)
