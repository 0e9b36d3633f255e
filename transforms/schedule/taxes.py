"""M08: tax relief by policy, refunds of the treasury, deferred taxes."""

import polars as pl

from transforms import period as months
from transforms.facts import NOTHING, Facts, add, divide, growth, subtract
from transforms.model import EXACT, State
from transforms.schedule.differences import STATES
from transforms.schedule.figures import (
    Row,
    doubted,
    figure_of,
    frame,
    put,
    rows_of,
    series_row,
    suppressed,
    to_check,
    total_row,
)
from transforms.schedule.names import label

POLICY_COLUMNS = {
    "eligible": "F01.summary.eligible_n",
    "times_m": "F01.summary.benefit_times_m",
    "times_ytd": "F01.summary.benefit_times_ytd",
    "firms_m": "F01.summary.benefit_firms_m",
    "firms_ytd": "F01.summary.benefit_firms_ytd",
    "amount_m": "F01.summary.amount_m",
    "amount_ytd": "F01.summary.amount_ytd",
    "amount_ly": "F01.summary.amount_ytd_ly",
}
POLICY_KINDS = {"ZZS_LDTS": "退", "HJ_ZZY": "缓", "XGM_MZ": "免", "LSLF": "减"}


def policies(facts: Facts) -> pl.DataFrame:
    """M08: tax relief by policy, and the sum of what is shown. 户数 is distinct taxpayers and has no sum."""
    rows = []
    for code in rows_of(facts, "F01.summary.amount_m", "policies"):
        row = series_row(facts, code, POLICY_COLUMNS, facts.period)
        row |= {"policy": label(facts, "policies", code), "relief": POLICY_KINDS.get(code, "其他")}
        put(row, "yoy", growth(figure_of(row, "amount_ytd"), figure_of(row, "amount_ly")))
        put(row, "take_up", divide(figure_of(row, "firms_ytd"), figure_of(row, "eligible")))
        rows.append(row | {"remark": doubted(facts, row)})
    total = total_row(rows, ("times_m", "times_ytd", "amount_m", "amount_ytd", "amount_ly"))
    for column in ("eligible", "firms_m", "firms_ytd", "take_up"):
        put(total, column, NOTHING)
    put(total, "yoy", growth(figure_of(total, "amount_ytd"), figure_of(total, "amount_ly")))
    told = [facts.figure(POLICY_COLUMNS[c], "合计", facts.period) for c in ("times_m", "amount_m", "amount_ytd")]
    doubts = facts.doubts(key for figure in told for key in figure.sources)
    total |= {"policy": "合计", "remark": to_check(doubts)}
    numbers = dict.fromkeys([*POLICY_COLUMNS, "yoy", "take_up"], EXACT)
    return suppressed(
        frame([*rows, total], policy=pl.String, relief=pl.String, **numbers, remark=pl.String),
        {"firms_m": ("times_m", "amount_m"), "firms_ytd": ("times_ytd", "amount_ytd", "yoy", "take_up")},
    )


REFUND_COLUMNS = {
    "n_m": "F02.summary.n_m",
    "amount_m": "F02.summary.amount_m",
    "n_ytd": "F02.summary.n_ytd",
    "amount_ytd": "F02.summary.amount_ytd",
    "district_share": "F02.summary.district_share",
}


def treasury_refunds(facts: Facts) -> pl.DataFrame:
    """M08: refunds that the treasury paid, by budget item and kind."""
    rows = []
    for item in rows_of(facts, "F02.summary.amount_m"):
        budget, _, kind = item.partition("/")
        row = series_row(facts, item, REFUND_COLUMNS, facts.period)
        row |= {"budget": label(facts, "budget_items", budget), "refund": kind or item}
        rows.append(row | {"remark": doubted(facts, row)})
    if not rows:
        rows = [{"budget": "各科目", "refund": "各类", **series_row(facts, "", REFUND_COLUMNS, facts.period)}]
    total = total_row(rows, REFUND_COLUMNS) | {"budget": "合计"}
    numbers = dict.fromkeys(REFUND_COLUMNS, EXACT)
    return frame([*rows, total], budget=pl.String, refund=pl.String, **numbers, remark=pl.String)


DEFERRAL_COLUMNS = {
    "open": "F01.deferrals.defer_open",
    "new": "F01.deferrals.defer_new",
    "paid": "F01.deferrals.defer_paid",
    "close": "F01.deferrals.defer_close",
}


def deferrals(facts: Facts) -> pl.DataFrame:
    """M08: roll-forward of deferred taxes; `check` is opening + new − paid − closing, zero when it rolls."""
    rows = []
    for batch in rows_of(facts, "F01.deferrals.defer_close", "batches"):
        row = series_row(facts, batch, DEFERRAL_COLUMNS, facts.period)
        row |= {"batch": label(facts, "batches", batch)}
        rows.append(row)
    rows.append(total_row(rows, DEFERRAL_COLUMNS) | {"batch": "合计"})
    for row in rows:
        opening = subtract(add((figure_of(row, "open"), figure_of(row, "new"))), figure_of(row, "paid"))
        put(row, "check", subtract(opening, figure_of(row, "close")))
    return frame(rows, batch=pl.String, **dict.fromkeys([*DEFERRAL_COLUMNS, "check"], EXACT))


def treasury_check(facts: Facts) -> pl.DataFrame:
    """M08: VAT credit refunds as the tax office tells them and as the treasury paid them, month and year to date."""
    known = facts.differences_known.filter(pl.col("period") == facts.period)
    rows = []
    for name, mine, theirs, rule in (
        ("本月", "F01.summary.amount_m", "F02.summary.vat_m", "R01"),
        ("本年累计", "F01.summary.amount_ytd", "F02.summary.vat_ytd", "R02"),
    ):
        tax, treasury = facts.figure(mine, "ZZS_LDTS", facts.period), facts.figure(theirs, "", facts.period)
        found = known.filter(pl.col("rule") == rule).to_dicts()
        rank = {state.value: n for n, state in enumerate(STATES)}
        found.sort(key=lambda r: (r["key"] not in ("", "合计"), rank.get(r["state"], 9)))
        row: Row = {
            "name": name,
            "rule": rule,
            "state": found[0]["state"] if found else State.ONE_SIDED.value,
            "cause": (found[0]["explanation"] or found[0]["cause"] or "") if found else "两方数据未报齐",
        }
        put(row, "tax", tax)
        put(row, "treasury", treasury)
        put(row, "difference", subtract(tax, treasury))
        rows.append(row)
    numbers = dict.fromkeys(("tax", "treasury", "difference"), EXACT)
    return frame(rows, name=pl.String, rule=pl.String, **numbers, state=pl.String, cause=pl.String)


def refunds_by_month(facts: Facts, count: int = 12) -> pl.DataFrame:
    """M08, chart: amounts by policy and month, with what the treasury paid out of VAT credit refunds."""
    rows = []
    codes = [c.code for c in facts.catalogue.code_lists["policies"].codes]
    for month in months.months_between(months.shift(facts.period, 1 - count), facts.period):
        row: Row = {"month": month}
        for code in codes:
            put(row, code, facts.figure("F01.summary.amount_m", code, month))
        put(row, "treasury", facts.figure("F02.summary.vat_m", "", month))
        told = row[codes[0]] is not None
        rows.append(row | {"remark": "" if told else row[f"{codes[0]}|why"]})
    return frame(rows, month=pl.String, **dict.fromkeys([*codes, "treasury"], EXACT), remark=pl.String)
