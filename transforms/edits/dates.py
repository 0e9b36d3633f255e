"""Rules on the dates of records: how long they took or have waited, and whether their steps are in order."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from transforms.edits.bounds import FAR, Bounds, Context, exact, must_not, of_kind, scope, told
from transforms.edits.detail import NOTHING
from transforms.model import EXACT, Edit, RowKind, Table


def _days(rows: pl.DataFrame, edit: Edit, context: Context) -> tuple[pl.DataFrame, pl.Expr]:
    """The days after `first` up to and with `last`, by the calendar or (`working`) of work alone; the end of the
    reference month stands in for either. Null beyond the calendar that is known."""
    p: Mapping[str, Any] = edit.params
    ends = [p.get("first", "period_end"), p.get("last", "period_end")]
    if not p.get("working"):
        return rows, (pl.col(ends[1]) - pl.col(ends[0])).dt.total_days().cast(EXACT)
    if context.workdays is None:
        return rows, NOTHING
    numbers = []
    for place, column in enumerate(ends):
        name = f"{edit.id}|day{place}"
        days = context.workdays.select(pl.col("day").alias(column), pl.col("number").alias(name))
        rows = rows.join(days, on=column, how="left", maintain_order="left")
        numbers.append(pl.col(name))
    return rows, (numbers[1] - numbers[0]).cast(EXACT)


def _both_dates(edit: Edit) -> pl.Expr:
    """Rows in scope that tell the dates the rule stands on."""
    applies = scope(edit)
    for end in ("first", "last"):
        if end in edit.params:
            applies &= pl.col(edit.params[end]).is_not_null()
    return applies


def elapsed(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A told number of days is that between two dates (H11)."""
    rows, days = _days(rows, edit, context)
    value, slack = told(edit, table)
    return rows, Bounds(_both_dates(edit) & value.is_not_null(), value, days, days, slack, days)


def within_days(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """No more than so many days (`most`), or than a column promises (`most_of`, `times` over), lie between two dates
    (W08)."""
    p = edit.params
    rows, days = _days(rows, edit, context)
    most = exact(p["most"]) if "most" in p else pl.col(p["most_of"]) * exact(p.get("times", "1"))
    return rows, Bounds(_both_dates(edit), days, exact(-FAR), most, exact(0), NOTHING)


def stages_in_order(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """No step of a project is done before one that comes earlier in the order of steps (H14)."""
    p = edit.params
    stage, date, group = pl.col(p["stage"]), pl.col(edit.column), ["submission", p["by"]]
    latest_before = pl.lit(None, dtype=pl.Date)
    for number, name in enumerate(p["order"]):
        earlier = pl.when(of_kind(RowKind.DATA) & stage.is_in(p["order"][:number]).fill_null(False)).then(date)
        latest_before = pl.when(stage.eq_missing(name)).then(earlier.max().over(group)).otherwise(latest_before)
    name = f"{edit.id}|before"
    rows = rows.with_columns(latest_before.alias(name))
    applies = scope(edit) & date.is_not_null() & pl.col(name).is_not_null() & pl.col(p["by"]).is_not_null()
    return rows, must_not(date < pl.col(name), applies)


def repeated(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """Two records of the same kind within so many days look like one told twice (W03)."""
    p, name = edit.params, f"{edit.id}|last"
    group = ["submission", *p["by"]]
    told_rows = rows.filter(scope(edit)).drop_nulls([*p["by"], p["date"]]).sort(p["date"], maintain_order=True)
    last = told_rows.select("submission", "row", pl.col(p["date"]).shift(1).over(group).alias(name))
    rows = rows.join(last.unique(["submission", "row"]), on=["submission", "row"], how="left", maintain_order="left")
    near = (pl.col(p["date"]) - pl.col(name)).dt.total_days() <= int(p["days"])
    return rows, must_not(near, scope(edit) & pl.col(name).is_not_null())
