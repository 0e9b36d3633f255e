"""Rules on shares, means and repetitions over many rows of one ledger; a finding stands at the first row concerned."""

import polars as pl

from transforms import period
from transforms.edits.bounds import FAR, Bounds, Context, exact, first_of, must_not, of_kind, over, scope, where
from transforms.edits.detail import NOTHING
from transforms.model import EXACT, Edit, RowKind, Table


def _count(condition: pl.Expr, group: list[str]) -> pl.Expr:
    return pl.when(condition).then(exact(1)).otherwise(exact(0)).sum().over(group)


def row_share(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """Rows of a kind (`share`: column → words, or `same`: two columns that agree) are at most so large a part of the
    rows looked at, where there are `number` of them (W08)."""
    p, group = edit.params, ["submission", *edit.params.get("by", ())]
    chosen = where(p.get("share", {}))
    if "same" in p:
        first, second = p["same"]
        chosen = (pl.col(first) == pl.col(second)).fill_null(False)
    here = scope(edit)
    all_rows, counted = _count(here, group), _count(here & chosen, group)
    applies = first_of(here, group) & (all_rows >= exact(p["number"]))
    return rows, Bounds(applies, counted, exact(-FAR), all_rows * exact(p["high"]), exact(0), NOTHING)


def party_share(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """One party holds at most a given part of the sum of its class, where there are `parties` of them (W08)."""
    p, here = edit.params, scope(edit)
    value = pl.when(here).then(pl.col(edit.column))
    whole, mine = ["submission", p["within"]], ["submission", p["within"], p["by"]]
    parties = pl.when(here).then(pl.col(p["by"])).drop_nulls().n_unique().over(whole)
    applies = first_of(here, mine) & (parties >= int(p["parties"]))
    high = value.sum().over(whole) * exact(p["high"])
    return rows, Bounds(applies, value.sum().over(mine), exact(-FAR), high, exact(0), NOTHING)


def _mean(column: str, here: pl.Expr, group: list[str]) -> pl.Expr:
    usable = here & pl.col(column).is_not_null()
    total = pl.when(usable).then(pl.col(column)).otherwise(exact(0)).sum().over(group)
    return over(total, _count(usable, group))


def mean_at_most(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """The mean of a column over the rows looked at is at most so much (W08)."""
    here = scope(edit) & pl.col(edit.column).is_not_null()
    mean = _mean(edit.column, here, ["submission"])
    return rows, Bounds(first_of(here, ["submission"]), mean, exact(-FAR), exact(edit.params["most"]), exact(0), mean)


def mean_change(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """The mean of a column moves by more than half against last month's, in each class of `number` rows (W01)."""
    p, name = edit.params, f"{edit.id}|mean"
    classes = list(p["by"])
    known = context.known.get(table.code)
    if known is None or known.is_empty():
        return rows, must_not(pl.lit(False), pl.lit(False))
    told = pl.col(edit.column)
    means = known.filter(of_kind(RowKind.DATA) & told.is_not_null()).group_by("district", "period", *classes)
    last = means.agg(over(told.sum(), pl.len().cast(EXACT)).alias(name), pl.len().alias(name + "|n"))
    before = {m: period.previous(m) for m in rows["period"].unique()}
    rows = rows.with_columns(other=pl.col("period").replace_strict(before, return_dtype=pl.String))
    keys = ["district", "other", *classes]
    rows = rows.join(last.rename({"period": "other"}), on=keys, how="left", maintain_order="left").drop("other")
    here, group = scope(edit) & told.is_not_null(), ["submission", *classes]
    enough = (_count(here, group) >= exact(p["number"])) & (pl.col(name + "|n") >= int(p["number"]))
    allowed = pl.col(name) * exact("0.5")
    applies = first_of(here, group) & enough.fill_null(False)
    mean = _mean(edit.column, here, group)
    return rows, Bounds(applies, mean, pl.col(name) - allowed, pl.col(name) + allowed, exact(0), pl.col(name))


def newer_mean(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """The mean of what came this month is at most so many times the mean of what was there before (W08)."""
    p, group = edit.params, ["submission"]
    here = scope(edit) & pl.col(edit.column).is_not_null()
    month = pl.col(p["date"]).dt.strftime("%Y-%m")
    new, old = here & (month == pl.col("period")).fill_null(False), here & (month < pl.col("period")).fill_null(False)
    before = _mean(edit.column, old, group)
    applies = first_of(new, group) & (_count(old, group) > exact(0))
    high = before * exact(p["times"])
    return rows, Bounds(applies, _mean(edit.column, new, group), exact(-FAR), high, exact(0), before)


def once(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """A party stands once under one heading and year (H06: no award is paid twice)."""
    p, here = edit.params, scope(edit) & pl.col(edit.params["date"]).is_not_null()
    year = pl.when(here).then(pl.col(p["date"]).dt.year())
    name = f"{edit.id}|year"
    rows = rows.with_columns(year.alias(name))
    group = ["submission", *p["by"], name]
    return rows, must_not(here.cast(pl.Int64).cum_sum().over(group) > 1, here)
