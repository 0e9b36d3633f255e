"""All rules of a table in one pass: rows in, the same rows out, with the bounds of every rule beside them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from transforms.edits import dates, detail, groups, history, ledgers, row, words
from transforms.edits.bounds import EMPTY_WORDS, Bounds, Context, answered, half, of_kind, scope
from transforms.model import Edit, Rounding, RowKind, Table

Preparer = Callable[[pl.DataFrame, Edit, Table, Context], tuple[pl.DataFrame, Bounds]]

BOUNDED_KINDS: Mapping[str, Preparer] = {
    "roll_forward": row.roll_forward,
    "sum": row.sum_of_parts,
    "at_most": row.at_most,
    "ratio": row.ratio,
    "growth": row.growth,
    "product": row.product,
    "whole_base": row.whole_base,
    "band": row.band,
    "implies": row.implies,
    "forbid_text": row.forbid_text,
    "moment_bound": row.moment_bound,
    "unlike": row.unlike,
    "round": row.round_figure,
    "part_rows": row.part_rows,
    "footing": detail.footing,
    "detail": detail.detail,
    "detail_at_most": detail.detail_at_most,
    "detail_ratio": detail.detail_ratio,
    "reachable": detail.reachable,
    "top_share": detail.top_share,
    "daily_output": detail.daily_output,
    "replaced": detail.replaced,
    "first_only": detail.first_only,
    "median_band": detail.median_band,
    "share_of_rows": detail.share_of_rows,
    "row_count": detail.row_count,
    "rank": detail.rank,
    "carry": history.carry,
    "cumulative": history.cumulative,
    "growth_since": history.growth_since,
    "change": history.change,
    "vanished": history.vanished,
    "slip": history.slip,
    "same_row": history.same_row,
    "not_falling": history.not_falling,
    "ratio_change": history.ratio_change,
    "outlier": history.outlier,
    "size_change": history.size_change,
    "standing": history.standing,
    "rise": history.rise,
    "moved": history.moved,
    "above_mean": history.above_mean,
    "roll_on": history.roll_on,
    "same_text": history.same_text,
    "standstill": history.standstill,
    "elapsed": dates.elapsed,
    "within_days": dates.within_days,
    "stages_in_order": dates.stages_in_order,
    "repeated": dates.repeated,
    "filled_if": words.filled_if,
    "empty_if": words.empty_if,
    "must_say": words.must_say,
    "near_ratio": row.near_ratio,
    "detail_within": detail.detail_within,
    "has_parent": detail.has_parent,
    "enough": detail.enough,
    "row_share": groups.row_share,
    "party_share": groups.party_share,
    "mean_at_most": groups.mean_at_most,
    "mean_change": groups.mean_change,
    "newer_mean": groups.newer_mean,
    "once": groups.once,
    "planned": ledgers.planned,
    "complete": ledgers.complete,
    "not_dropped": ledgers.not_dropped,
    "not_again": ledgers.not_again,
    "unchanged": ledgers.unchanged,
    "ledger_roll": ledgers.ledger_roll,
}
"""Kinds that are judged by comparing intervals."""

NATIVE_KINDS = ("typed", "required", "unique", "in_list", "check_digit", "not_negative", "in_order", "not_after_period")
"""Kinds that a validation library judges on the columns themselves; only where they apply is prepared here."""


def prepare(rows: pl.DataFrame, table: Table, edits: Sequence[Edit], context: Context) -> pl.DataFrame:
    """Put every rule of a table beside its rows.

    Args:
        rows: one wide table (see `model.WIDE_ID`): any number of submissions.
        table: its declaration.
        edits: the rules on it.
        context: what they may look at besides.
    Returns:
        The rows in their order with `item` (String: the key joined by "/", 合计 for a total), `period_end` (Date),
        and for each rule `<id>|applies` (Boolean); for required cells `<id>|given` (String); for the kinds of
        BOUNDED_KINDS `<id>|told`, `|low`, `|high`, `|slack`, `|expected` (EXACT, base units; null: unverifiable).
    """
    rows = with_whole_steps(with_item(rows, table), table)
    ends = context.calendar.select("period", pl.col("last_day").alias("period_end"))
    rows = rows.join(ends, on="period", how="left", maintain_order="left")
    context = _with_items(context, table)
    prepared: dict[str, pl.Expr] = {}
    for edit in edits:
        if edit.kind in NATIVE_KINDS:
            prepared[f"{edit.id}|applies"] = _applies(edit, table, context)
            if edit.kind == "required":
                prepared[f"{edit.id}|given"] = answered(edit.column)
            continue
        rows, bounds = BOUNDED_KINDS[edit.kind](rows, edit, table, context)
        for name in ("applies", "told", "low", "high", "slack", "expected"):
            prepared[f"{edit.id}|{name}"] = getattr(bounds, name)
    return rows.with_columns(expression.alias(name) for name, expression in prepared.items())


def with_item(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Add `item`: the key joined by "/", 合计 or 小计 for those rows, "" where a table has one row."""
    parts = [pl.col(k).cast(pl.Int64) if table.column(k).numeric else pl.col(k) for k in table.key]
    key = pl.concat_str(parts, separator="/") if parts else pl.lit("")
    names = {RowKind.TOTAL: "合计", RowKind.SUBTOTAL: "小计"}
    item = pl.col("kind").replace_strict(names, default=None, return_dtype=pl.String)
    return rows.with_columns(item=pl.coalesce(item, key))


def with_whole_steps(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Give figures that their source cut off a whole step either way, since rules hold closed bounds about what was told:
    never narrower than [v, v + step), which is what it stands for."""
    cut = [c.code for c in table.columns if c.numeric and c.rounding is Rounding.TRUNCATE]
    return rows.with_columns((half(code) * 2).alias(f"{code}|half") for code in cut) if cut else rows


def _with_items(context: Context, table: Table) -> Context:
    def own(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
        named = {c: with_whole_steps(with_item(f, table), table) for c, f in frames.items() if c == table.code}
        return {**frames, **named}

    known, first = own(context.known), own(context.first_filed)
    return replace(context, known=known, first_filed=first)


def _applies(edit: Edit, table: Table, context: Context) -> pl.Expr:
    """Where a native rule looks."""
    text = pl.col(f"{edit.column}|text")
    given = text.is_not_null() & ~text.is_in([*EMPTY_WORDS, *context.reasons])
    if edit.kind == "required":
        additive = table.column(edit.column).additive
        return of_kind(RowKind.DATA, RowKind.TOTAL) if additive else of_kind(RowKind.DATA)
    if edit.kind == "unique":
        return of_kind(RowKind.DATA)
    if edit.kind == "typed":
        return given
    if edit.kind in ("in_list", "check_digit"):
        return of_kind(RowKind.DATA) & given
    if edit.kind == "not_negative":
        return pl.col(edit.column).is_not_null()
    if edit.kind == "in_order":
        return scope(edit) & pl.col(edit.params["earlier"]).is_not_null() & pl.col(edit.params["later"]).is_not_null()
    return scope(edit) & pl.col(edit.column).is_not_null()
