"""Rules on ledgers that are carried from month to month, and on lists that a return has to hold in full."""

import polars as pl

from transforms import period
from transforms.edits.bounds import Bounds, Context, exact, first_of, must_not, of_kind, scope
from transforms.edits.detail import in_window
from transforms.edits.history import lookup
from transforms.model import EXACT, Catalogue, Edit, RowKind, Table

SHOWN = 5
"""How many of the missing rows a sentence names."""


def plans(catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """By table code, the keys of the rows that a return has to hold: the measures of the reform plan, a row a lead."""
    keys = [(measure.code, lead) for measure in catalogue.measures for lead in measure.leads]
    schema = {"ledger_id": pl.String, "lead_dept": pl.String}
    return {"F22.measures": pl.DataFrame(keys, schema=schema, orient="row")}


def planned(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """Every row is one of the plan (H13: no measures beside those of the plan)."""
    plan = context.plans.get(table.code)
    if plan is None:
        return rows, must_not(pl.lit(None, dtype=pl.Boolean), scope(edit))
    name = f"{edit.id}|planned"
    rows = rows.join(plan.with_columns(pl.lit(True).alias(name)), on=list(table.key), how="left", maintain_order="left")
    return rows, must_not(pl.col(name).is_null(), scope(edit))


def complete(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """Every row of the plan stands in the return (H16: all 52 measures)."""
    plan = context.plans.get(table.code)
    if plan is None:
        return rows, must_not(pl.lit(None, dtype=pl.Boolean), first_of(scope(edit), ["submission"]))
    keys = list(table.key)
    wanted = rows.select("submission").unique().join(plan.select(keys), how="cross")
    missing = wanted.join(rows.filter(of_kind(RowKind.DATA)), on=["submission", *keys], how="anti")
    missing = missing.with_columns(item=pl.concat_str([pl.col(k) for k in keys], separator="/"))
    return _none_missing(rows, edit, missing, pl.lit(True))


def _none_missing(rows: pl.DataFrame, edit: Edit, missing: pl.DataFrame, known: pl.Expr) -> tuple[pl.DataFrame, Bounds]:
    """No item is missing from a submission; which ones are stands beside as `<id>|missing`. Args:
    missing: submission, item. known: whether there was anything to hold the submission against."""
    name = f"{edit.id}|missing"
    items = pl.col("item").sort()
    listed = items.head(SHOWN).str.join("、") + pl.when(pl.len() > SHOWN).then(pl.lit("等")).otherwise(pl.lit(""))
    lost = missing.group_by("submission").agg(listed.alias(name), pl.len().cast(EXACT).alias(name + "|n"))
    rows = rows.join(lost, on="submission", how="left", maintain_order="left")
    number = pl.when(known).then(pl.col(name + "|n").fill_null(exact(0)))
    applies = first_of(scope(edit), ["submission"])
    return rows, Bounds(applies, number, exact(0), exact(0), exact(0), exact(0))


def _last_month(rows: pl.DataFrame, known: pl.DataFrame | None) -> pl.DataFrame:
    """For each submission the rows of its district in the month before: submission and the columns of `known`."""
    submissions = rows.select("submission", "district", "period").unique()
    before = {m: period.previous(m) for m in rows["period"].unique()}
    submissions = submissions.with_columns(pl.col("period").replace_strict(before, return_dtype=pl.String))
    if known is None or known.is_empty():
        return submissions.clear()
    return submissions.join(known.filter(of_kind(RowKind.DATA)).drop("submission"), on=["district", "period"])


def not_dropped(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """Rows of last month come again (H09); those for which `until` was told need not."""
    last, name = _last_month(rows, context.known.get(table.code)), f"{edit.id}|known"
    if not last.height:
        return rows, must_not(pl.lit(None, dtype=pl.Boolean), first_of(scope(edit), ["submission"]))
    told = last.select("submission", pl.lit(True).alias(name)).unique()
    if "until" in edit.params:
        last = last.filter(pl.col(edit.params["until"]).is_null())
    missing = last.join(rows.filter(of_kind(RowKind.DATA)), on=["submission", "item"], how="anti")
    rows = rows.join(told, on="submission", how="left", maintain_order="left")
    return _none_missing(rows, edit, missing, pl.col(name).fill_null(False))


def not_again(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A record that was closed in an earlier month does not come again (H06). `closed`: the day it was."""
    known, name = context.known.get(table.code), f"{edit.id}|closed"
    if known is None or known.is_empty():
        return rows, must_not(pl.lit(False), pl.lit(False))
    closed = known.filter(of_kind(RowKind.DATA) & pl.col(edit.params["closed"]).is_not_null())
    first = closed.group_by("district", "item").agg(pl.col("period").min().alias(name))
    rows = rows.join(first, on=["district", "item"], how="left", maintain_order="left")
    return rows, must_not((pl.col(name) < pl.col("period")).fill_null(False), scope(edit))


def unchanged(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """What was told of a record last month is told again (H09). An addition to an empty cell is no change."""
    known, columns = context.known.get(table.code), list(edit.params["columns"])
    if known is None or known.is_empty():
        return rows, must_not(pl.lit(False), pl.lit(False))
    rows = lookup(rows, known, columns, "previous", edit.id)
    last = [pl.col(f"{edit.id}|{c}") for c in columns]
    changed = pl.any_horizontal(
        was.is_not_null() & pl.col(c).ne_missing(was) for c, was in zip(columns, last, strict=True)
    )
    return rows, must_not(changed, scope(edit) & pl.any_horizontal(was.is_not_null() for was in last))


def ledger_roll(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """Open at the end = open at the end of last month + opened in the month − closed in it (H10)."""
    opened, closed, name = edit.params["opened"], edit.params["closed"], edit.id
    last = _last_month(rows, context.known.get(table.code))
    if not last.height:
        return rows, must_not(pl.lit(None, dtype=pl.Boolean), first_of(scope(edit), ["submission"]))
    data = rows.filter(of_kind(RowKind.DATA))
    parts = {
        "before": last.group_by("submission").agg(n=pl.col(closed).null_count().cast(EXACT)),
        "opened": in_window(data, {opened: "month"}).group_by("submission").agg(n=pl.len().cast(EXACT)),
        "closed": in_window(data, {closed: "month"}).group_by("submission").agg(n=pl.len().cast(EXACT)),
        "open": data.group_by("submission").agg(n=pl.col(closed).null_count().cast(EXACT)),
    }
    for part, frame in parts.items():
        found = frame.rename({"n": f"{name}|{part}"})
        rows = rows.join(found, on="submission", how="left", maintain_order="left")
    added, done = (pl.col(f"{name}|{part}").fill_null(exact(0)) for part in ("opened", "closed"))
    expected = pl.col(f"{name}|before") + added - done
    applies = first_of(scope(edit), ["submission"])
    return rows, Bounds(applies, pl.col(f"{name}|open"), expected, expected, exact(0), expected)
