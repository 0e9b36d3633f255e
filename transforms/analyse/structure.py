"""Q05: what the figures of a quarter are made of: number, amount and share of each part, the largest share first.

Flows are those of the months of the quarter, balances those of its last month; firms are counted once, from the
ledgers. Money that one or two firms stand behind is not shown.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import polars as pl

from transforms import period as months
from transforms.analyse.ledgers import parts_of, quarter_records
from transforms.analyse.quarter import months_held
from transforms.facts import NOT_APPLICABLE, SUPPRESSED, Facts, Figure, add, divide
from transforms.model import EXACT
from transforms.records import Records, records
from transforms.schedule import Row, department_name, frame, label, put
from transforms.schedule.figures import figure_of, suppressed

COHORTS = 4
"""Signing years shown one by one; what is older stands together."""
Measures = Mapping[str, Callable[[Records], Figure]]
EMPTY = Figure(None, None, None, (), "")


def entities_structure(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: new entities of the quarter and those registered at its end, by type. Source: F03.entities."""
    held = months_held(facts, quarter)
    rows: list[Row] = []
    for code in facts.catalogue.code_lists["entity_types"].codes:
        row: Row = {"name": code.name}
        put(row, "new", add(facts.figure("F03.entities.new_m", code.code, month) for month in held))
        put(row, "closed", add(facts.figure("F03.entities.closed_m", code.code, month) for month in held))
        last = held[-1] if held else facts.period
        put(row, "stock", facts.figure("F03.entities.close_n", code.code, last))
        rows.append(row)
    return _shared(rows, {"new": "share", "stock": "stock_share"}, ("new", "closed", "stock"))


def refunds_by_size(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: refunds paid in the quarter by size of the firm. Source: F01.refunds."""
    return _of_ledger(_refunds(facts, quarter), "firm_size", _label(facts, "firm_sizes"), REFUNDS)


def refunds_by_industry(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: refunds paid in the quarter by industry of the firm. Source: F01.refunds."""
    return _of_ledger(_refunds(facts, quarter), "industry", _label(facts, "industries"), REFUNDS)


def loans_by_bank(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: loans of the centre drawn in the quarter by bank. Source: F09.loans."""
    return _of_ledger(_loans(facts, quarter), "bank_code", _label(facts, "banks"), LOANS)


def loans_by_product(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: loans of the centre drawn in the quarter by product. Source: F09.loans."""
    return _of_ledger(_loans(facts, quarter), "product", str, LOANS)


def loans_by_size(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: loans of the centre drawn in the quarter by size of the firm. Source: F09.loans."""
    return _of_ledger(_loans(facts, quarter), "firm_size", _label(facts, "firm_sizes"), LOANS)


def technology_loans(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: balances of the loans to technology firms at the end of the quarter, by product. Source: F11.loans."""
    held = months_held(facts, quarter)
    found = records(facts, "F11.loans", *held[-1:])
    return _of_ledger(found, "product", str, {**LOANS, "amount": lambda part: part.sum("balance")})


def projects_by_chain(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: projects at the end of the quarter by industry, with how many have started and operate. Source: F20."""
    return _of_ledger(_projects(facts, quarter), "industry_chain", str, PROJECTS, protects=())


def projects_by_cohort(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: projects at the end of the quarter by signing year, and the stage that each has reached; oldest first."""
    found = _projects(facts, quarter)
    stages = [code.code for code in facts.catalogue.code_lists["project_stages"].codes]
    measures: Measures = {
        **{f"s{n}": _at_stage(stage) for n, stage in enumerate(stages)},
        "count": lambda part: part.count("project_no"),
        "amount": lambda part: part.sum("contract_amount"),
    }
    rows = _rows(found, cohort_of(facts), str, measures)
    rows.sort(key=lambda row: row["name"])
    return _shared(rows, {"amount": "share"}, tuple(measures), ordered=False)


def _at_stage(stage: str) -> Callable[[Records], Figure]:
    return lambda part: part.where(pl.col("stage") == stage).count("stage")


def stage_words(facts: Facts) -> dict[str, str]:
    """Headers of the stages s0, s1 … of `projects_by_cohort`."""
    return {f"s{n}": code.name for n, code in enumerate(facts.catalogue.code_lists["project_stages"].codes)}


def cohort_of(facts: Facts) -> pl.Expr:
    """The signing year of a project: 2022年; what is older than the last ones, 2018年及以前."""
    first = months.split(facts.period)[0] - COHORTS + 1
    year = pl.col("sign_date").dt.year()
    old = pl.lit(f"{first - 1}年及以前")
    return pl.when(year < first).then(old).otherwise(year.cast(pl.String) + "年")


def ratings_by_reason(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: bad ratings of the quarter by reason, with how many are found to be right. Source: F06.bad."""
    found = quarter_records(facts, "F06.bad", quarter, "rated_on")
    measures: Measures = {
        "count": lambda part: part.count("rating_no"),
        "verified": lambda part: part.where(pl.col("verified") == "属实").count("verified"),
        "fixed": lambda part: part.where(pl.col("fixed_on").is_not_null()).count("fixed_on"),
    }
    return _shared(_rows(found, "reason", str, measures), {"count": "share"}, tuple(measures))


def deliveries(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q05: parcels of the quarter by department, both ways together. Source: F07.parcels."""
    held = months_held(facts, quarter)
    last = held[-1] if held else facts.period
    items = sorted({item for month in held for item in facts.items("F07.parcels.parcels_m", month)})
    rows: list[Row] = []
    for code in dict.fromkeys(item.split("/")[0] for item in items):
        mine = [item for item in items if item.split("/")[0] == code]
        row: Row = {"name": department_name(facts, code)}
        for column in ("parcels_m", "returned_m", "paid_amount"):
            told = (facts.figure(f"F07.parcels.{column}", item, month) for item in mine for month in held)
            put(row, {"parcels_m": "count", "returned_m": "returned", "paid_amount": "amount"}[column], add(told))
        rows.append(row)
    if not rows:
        missing = facts.figure("F07.parcels.parcels_m", "合计", last)
        rows = [_missing(("count", "returned", "amount"), missing)]
    return _shared(rows, {"count": "share"}, ("count", "returned", "amount"))


# ---- the ledgers ---------------------------------------------------------------------------------------------------

REFUNDS: Measures = {
    "count": lambda part: part.count("voucher_no"),
    "firms": lambda part: part.distinct("taxpayer_key"),
    "amount": lambda part: part.sum("refund_amount"),
}
LOANS: Measures = {
    "count": lambda part: part.count("loan_no"),
    "firms": lambda part: part.distinct("uscc"),
    "amount": lambda part: part.sum("amount"),
}
PROJECTS: Measures = {
    "count": lambda part: part.count("project_no"),
    "started": lambda part: part.where(pl.col("start_date").is_not_null()).count("start_date"),
    "operating": lambda part: part.where(pl.col("operate_date").is_not_null()).count("operate_date"),
    "amount": lambda part: part.sum("contract_amount"),
}


def _refunds(facts: Facts, quarter: str) -> Records:
    return quarter_records(facts, "F01.refunds", quarter, "pay_date", carried=True)


def _loans(facts: Facts, quarter: str) -> Records:
    return quarter_records(facts, "F09.loans", quarter, "drawdown_date", carried=True)


def _projects(facts: Facts, quarter: str) -> Records:
    """The register as of the last month of the quarter; projects that were given up stand in it too."""
    return records(facts, "F20.projects", *months_held(facts, quarter)[-1:])


def _label(facts: Facts, code_list: str) -> Callable[[str], str]:
    known = {code.code for code in facts.catalogue.code_lists[code_list].codes}
    return lambda code: label(facts, code_list, code) if code in known else code


# ---- rows and shares -----------------------------------------------------------------------------------------------


def _of_ledger(
    found: Records,
    by: str,
    named: Callable[[str], str],
    measures: Measures,
    protects: Sequence[str] = ("amount", "share"),
) -> pl.DataFrame:
    """A row a value of `by` with what is measured of its records; money of one or two firms is hidden."""
    table = _shared(_rows(found, by, named, measures), {"amount": "share"}, tuple(measures))
    if not protects or found.why:
        return table
    shown = suppressed(table, {"firms": protects})
    hidden = shown.filter(pl.col("share|why") == SUPPRESSED).height > 0
    # With a part hidden the cells shown do not add up any more: shares stand as values then.
    return shown.with_columns(pl.lit(None, pl.String).alias("share|by")) if hidden else shown


def _rows(found: Records, by: str | pl.Expr, named: Callable[[str], str], measures: Measures) -> list[Row]:
    if found.why:
        return [_missing(tuple(measures), Figure(None, None, None, (), found.why))]
    rows = []
    for code, part in parts_of(found, by):
        row: Row = {"name": named(code)}
        for column, measure in measures.items():
            put(row, column, measure(part))
        rows.append(row)
    total: Row = {"kind": "total", "name": "合计"}
    for column, measure in measures.items():
        put(total, column, measure(found))
    return [*rows, total] if rows else []


def _missing(columns: Sequence[str], figure: Figure) -> Row:
    """What stands in place of a ledger that was not filed."""
    row: Row = {"kind": "told_total", "name": "合计"}
    for column in columns:
        put(row, column, figure)
    return row


def _shared(rows: list[Row], shares: Mapping[str, str], columns: Sequence[str], ordered: bool = True) -> pl.DataFrame:
    """The rows with the share of each in a column, the largest first, 合计 at the end. `shares`: of what → share."""
    data = [row for row in rows if row.get("kind", "data") == "data"]
    totals = [row for row in rows if row.get("kind", "data") != "data"]
    if data and not totals:
        total: Row = {"kind": "total", "name": "合计"}
        for column in columns:
            put(total, column, add(figure_of(row, column) for row in data))
        totals = [total]
    for row in (*data, *totals):
        for column, share in shares.items():
            put(row, share, divide(figure_of(row, column), figure_of(totals[0], column)))
            row[f"{share}|by"] = "live"
            if row[share] is None and row[column] is not None:
                row[f"{share}|why"] = NOT_APPLICABLE
    if ordered:
        first = next(iter(shares))
        data.sort(key=lambda row: (row[first] is None, -(row[first] or Decimal(0)), row["name"]))
    numbers = dict.fromkeys((*columns, *shares.values()), EXACT)
    return frame([*data, *totals], name=pl.String, **numbers)
