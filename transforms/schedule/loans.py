"""M09: loans that banks give on the tax record, and the centre for first loans and renewals."""

import polars as pl

from transforms.facts import Facts, add, divide, growth, subtract
from transforms.model import EXACT
from transforms.schedule.figures import Row, doubted, figure_of, frame, put, rows_of, series_row, suppressed, total_row
from transforms.schedule.names import label

BALANCE_COLUMNS = {
    "year_open": "F10.balances.year_open",
    "open": "F10.balances.open_bal",
    "lent": "F10.balances.lent_m",
    "repaid": "F10.balances.repaid_m",
    "writeoff": "F10.balances.writeoff_m",
    "close": "F10.balances.close_bal",
    "borrowers": "F10.balances.borrowers",
    "npl": "F10.balances.npl_bal",
}


def banks(facts: Facts) -> pl.DataFrame:
    """M09: balances of the bank-tax loans by bank, largest closing balance first, 合计 on top."""
    rows = []
    for code in rows_of(facts, "F10.balances.close_bal", "banks"):
        row = series_row(facts, code, BALANCE_COLUMNS, facts.period)
        rows.append(row | {"bank": label(facts, "banks", code)})
    rows.sort(key=lambda r: (r["close"] is None, -(r["close"] or 0)))
    rows = [total_row(rows, BALANCE_COLUMNS) | {"bank": "合计"}, *rows]
    for row in rows:
        closing, opening = figure_of(row, "close"), figure_of(row, "year_open")
        put(row, "increase", subtract(closing, opening))
        put(row, "growth", growth(closing, opening))
        put(row, "mean", divide(closing, figure_of(row, "borrowers")))
        put(row, "npl_rate", divide(figure_of(row, "npl"), closing))
        row["remark"] = doubted(facts, row)
    numbers = dict.fromkeys([*BALANCE_COLUMNS, "increase", "growth", "mean", "npl_rate"], EXACT)
    protected = [column for column in numbers if column != "borrowers"]
    return suppressed(frame(rows, bank=pl.String, **numbers, remark=pl.String), {"borrowers": protected})


CENTRE_COLUMNS = {
    "visits_m": "F09.summary.visits_m",
    "visits_all": "F09.summary.visits_all",
    "borrowers_m": "F09.summary.borrowers_m",
    "borrowers_all": "F09.summary.borrowers_all",
    "first_n": "F09.summary.first_n",
    "renew_n": "F09.summary.renew_n",
    "amount_m": "F09.summary.amount_m",
    "amount_ytd": "F09.summary.amount_ytd",
    "amount_all": "F09.summary.amount_all",
}


def centre_loans(facts: Facts) -> pl.DataFrame:
    """M09: the first-loan and renewal centre by bank, most lent this year first, 合计 on top."""
    rows = []
    for code in rows_of(facts, "F09.summary.amount_ytd", "banks"):
        row = series_row(facts, code, CENTRE_COLUMNS, facts.period)
        rows.append(row | {"bank": label(facts, "banks", code)})
    rows.sort(key=lambda r: (r["amount_ytd"] is None, -(r["amount_ytd"] or 0)))
    rows = [total_row(rows, CENTRE_COLUMNS) | {"bank": "合计"}, *rows]
    for row in rows:
        put(row, "mean", divide(figure_of(row, "amount_all"), figure_of(row, "borrowers_all")))
        row["remark"] = doubted(facts, row)
    table = frame(rows, bank=pl.String, **dict.fromkeys([*CENTRE_COLUMNS, "mean"], EXACT), remark=pl.String)
    hidden = {
        "visits_m": (),
        "visits_all": (),
        "borrowers_m": ("first_n", "renew_n", "amount_m", "amount_ytd"),
        "borrowers_all": ("amount_all", "mean"),
        "first_n": ("renew_n",),
        "renew_n": ("first_n",),
    }
    return suppressed(table, hidden)


def waterfall(facts: Facts) -> pl.DataFrame:
    """M09, chart: opening → lent → repaid → written off → closing, as steps of stacked columns.

    `value` is told; `level` (the ends), `up`, `down` and `base` (what the step stands on) carry the columns.
    """
    parts = {name: facts.figure(series, "合计", facts.period) for name, series in BALANCE_COLUMNS.items()}
    running, rows = parts["open"], []
    for name, column, sign in (
        ("期初余额", "open", 0),
        ("本月发放", "lent", 1),
        ("本月收回", "repaid", -1),
        ("核销转出", "writeoff", -1),
        ("期末余额", "close", 0),
    ):
        figure = parts[column]
        row: Row = {"step": name, "level": None, "up": None, "down": None, "base": None}
        put(row, "value", figure)
        if sign == 0:
            put(row, "level", figure)
        elif sign == 1:
            put(row, "base", running)
            put(row, "up", figure)
            running = add((running, figure))
        else:
            running = subtract(running, figure)
            put(row, "base", running)
            put(row, "down", figure)
        for helper in ("level", "up", "down", "base"):
            row.setdefault(f"{helper}|why", "")
            row[f"{helper}|why"] = ""
        rows.append(row)
    return frame(rows, step=pl.String, **dict.fromkeys(("value", "base", "level", "up", "down"), EXACT))
