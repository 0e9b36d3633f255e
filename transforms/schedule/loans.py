"""M09: loans that banks give on the tax record, the centre for first loans and renewals, and technology firms."""

from dataclasses import replace

import polars as pl

from transforms.facts import Facts, add, divide, growth, subtract
from transforms.model import EXACT
from transforms.records import Records, records
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


POOL_COLUMNS = {
    "paid_in": "F11.pools.pool_in",
    "compensated": "F11.pools.compensated_m",
    "recovered": "F11.pools.recovered_m",
    "pool": "F11.pools.pool_bal",
    "loans": "F11.pools.loan_bal",
    "firms": "F11.pools.firms",
}


def pools(facts: Facts) -> pl.DataFrame:
    """M09: the pools that stand behind loans to technology firms, by product, and how many times they are lent out."""
    rows = []
    for product in rows_of(facts, "F11.pools.loan_bal", "technology_products"):
        row = series_row(facts, product, POOL_COLUMNS, facts.period)
        rows.append(row | {"product": label(facts, "technology_products", product)})
    total = total_row(rows, POOL_COLUMNS) | {"product": "合计"}
    # A firm with two products is one.
    put(total, "firms", _lent_out(facts).distinct("uscc"))
    rows = [total, *rows]
    for row in rows:
        put(row, "leverage", divide(figure_of(row, "loans"), figure_of(row, "pool")))
        row["remark"] = doubted(facts, row)
    numbers = dict.fromkeys((*POOL_COLUMNS, "leverage"), EXACT)
    return suppressed(frame(rows, product=pl.String, **numbers, remark=pl.String), {"firms": ("loans", "leverage")})


def _lent_out(facts: Facts) -> Records:
    """The loans to technology firms that are not paid back."""
    return records(facts, "F11.loans").where(pl.col("balance") > 0)


def technology_loans(facts: Facts) -> pl.DataFrame:
    """M09: loans to technology firms by bank, largest balance first, 合计 on top; from the ledger."""
    ledger = records(facts, "F11.loans")
    parts = ledger.rows.partition_by("bank_code", as_dict=True)
    rows = [
        _technology_row(facts, replace(ledger, rows=part)) | {"bank": label(facts, "banks", str(code))}
        for (code,), part in parts.items()
    ]
    rows.sort(key=lambda row: (-(row["balance"] or 0), row["bank"]))
    whole_row = _technology_row(facts, ledger) | {"bank": "合计"}
    total = total_row(rows, ("drawn_m", "drawn_ytd", "balance", "loans")) | whole_row if rows else whole_row
    rows = [total | {"kind": "total"}, *rows]
    for row in rows:
        put(row, "mean", divide(figure_of(row, "balance"), figure_of(row, "firms")))
        row["remark"] = doubted(facts, row)
    numbers = dict.fromkeys(
        ("firms", "loans", "firms_m", "drawn_m", "firms_ytd", "drawn_ytd", "balance", "mean"), EXACT
    )
    table = frame(rows, bank=pl.String, **numbers, remark=pl.String)
    hidden = {"firms": ("loans", "balance", "mean"), "firms_m": ("drawn_m",), "firms_ytd": ("drawn_ytd",)}
    return suppressed(table, hidden)


def _technology_row(facts: Facts, ledger: Records) -> Row:
    month = pl.col("drawdown_date").dt.strftime("%Y-%m")
    drawn = ledger.where(month == facts.period)
    drawn_ytd = ledger.where(month <= facts.period, month.str.head(4) == facts.period[:4])
    owed = ledger.where(pl.col("balance") > 0)
    row: Row = {}
    for column, figure in (
        ("firms", owed.distinct("uscc")),
        ("loans", owed.count("balance")),
        ("firms_m", drawn.distinct("uscc")),
        ("drawn_m", drawn.sum("amount")),
        ("firms_ytd", drawn_ytd.distinct("uscc")),
        ("drawn_ytd", drawn_ytd.sum("amount")),
        ("balance", ledger.sum("balance")),
    ):
        put(row, column, figure)
    return row
