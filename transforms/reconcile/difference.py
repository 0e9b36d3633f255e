"""What a compared pair is, and its state: intervals that meet, or do not."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from transforms.interval import FAR
from transforms.model import EXACT, Cause, Reconciliation, State

COMPARED: Mapping[str, pl.DataType] = {
    "district": pl.String(),
    "rule": pl.String(),
    "name": pl.String(),
    "key": pl.String(),
    "period": pl.String(),
    "left": pl.String(),
    "left_value": EXACT,
    "right": pl.String(),
    "right_value": EXACT,
    "unit": pl.String(),
    "difference": EXACT,
    "low": EXACT,
    "high": EXACT,
    "state": pl.String(),
    "cause": pl.String(),
    "explanation": pl.String(),
    "lines": pl.Int64(),
    "owner": pl.String(),
    "left_cell": pl.String(),
    "right_cell": pl.String(),
    "left_submission": pl.String(),
    "right_submission": pl.String(),
    "suspects": pl.String(),
}
"""One row a compared pair. `difference` = left − right in the base unit; [low, high] is what the rounding of both sides
allows the true difference to be; `lines` is how many single items stand behind it; `suspects` names the cells that are
most likely wrong, in a sentence (empty: none is known)."""


def compare(pairs: pl.DataFrame, rule: Reconciliation) -> pl.DataFrame:
    """Judge pairs of told figures by the kind of their rule: equal, at_most (the left is no greater), or band (the left
    lies between `low` and `high` times the right; the difference is how far it lies outside).

    Args:
        pairs: district, period, key, left, right (text), left_value, right_value (EXACT), the ends of both as
            left_low, left_low_open …, unit, and where known left_cell, right_cell, left_submission, right_submission,
            lines, why a side is not told (left_lacks, left_absent, right_lacks, right_absent), and whether it is of
            the basis that is compared (left_alike, right_alike).
    Returns:
        COMPARED: 一致 when equal, 舍入内一致 when the intervals meet, 无法核对 when a side is missing, 口径不同 (never
        subtracted) when one is of another basis, else 有差异 with cause 未查明. Source: XBRL Calculations 1.1 (intervals by reported decimals), §3.
    """
    if rule.kind == "band":
        pairs = _to_the_band(pairs, Decimal(rule.params["low"]), Decimal(rule.params["high"]))
    other_basis = _of_another_basis(pairs)
    difference = pl.when(~other_basis).then(pl.col("left_value") - pl.col("right_value"))
    low, high = pl.col("left_low") - pl.col("right_high"), pl.col("left_high") - pl.col("right_low")
    zero = pl.lit(Decimal(0), dtype=EXACT)
    reaches_down = (low < zero) | ((low == zero) & ~(pl.col("left_low_open") | pl.col("right_high_open")))
    reaches_up = (high > zero) | ((high == zero) & ~(pl.col("left_high_open") | pl.col("right_low_open")))
    at_most = rule.kind == "at_most"
    equal = difference <= zero if at_most else difference == zero
    meets = reaches_down if at_most else reaches_down & reaches_up
    state = (
        pl.when(other_basis)
        .then(pl.lit(State.OTHER_BASIS.value))
        .when(difference.is_null())
        .then(pl.lit(State.ONE_SIDED.value))
        .when(equal)
        .then(pl.lit(State.EQUAL.value))
        .when(meets)
        .then(pl.lit(State.WITHIN_ROUNDING.value))
        .otherwise(pl.lit(State.DIFFERENT.value))
    )
    judged = pairs.with_columns(
        rule=pl.lit(rule.code),
        name=pl.lit(rule.name),
        owner=pl.lit(rule.owner),
        difference=difference,
        low=pl.when(~other_basis).then(_bound(low)),
        high=pl.when(~other_basis).then(_bound(high)),
        state=state,
    )
    different = pl.col("state") == State.DIFFERENT.value
    cause = pl.when(different).then(pl.lit(Cause.UNEXPLAINED.value)).otherwise(pl.lit(Cause.NONE.value))
    words = pl.when(other_basis).then(pl.lit("两方口径不同，不作比较")).otherwise(_why_untold(pairs))
    return shaped(judged.with_columns(cause=cause, explanation=words))


def _of_another_basis(pairs: pl.DataFrame) -> pl.Expr:
    """Where a side is not of the basis that is compared and tells something else; equal figures leave no question."""
    alike = [name for name in ("left_alike", "right_alike") if name in pairs.columns]
    if not alike:
        return pl.lit(False)
    differ = pl.col("left_value") != pl.col("right_value")
    return (~pl.all_horizontal(pl.col(name).fill_null(True) for name in alike) & differ).fill_null(False)


def _bound(end: pl.Expr) -> pl.Expr:
    """An end that was open to begin with is no bound."""
    return pl.when(end.abs() < pl.lit(FAR / 2, dtype=EXACT)).then(end)


def _to_the_band(pairs: pl.DataFrame, low: Decimal, high: Decimal) -> pl.DataFrame:
    """Put the end of the band that the left is beyond, or the left itself where it lies within, in place of the right."""
    left, right = pl.col("left_value"), pl.col("right_value")
    least, most = (pl.lit(share, dtype=EXACT) for share in (low, high))
    share = pl.when(left < right * least).then(least).when(left > right * most).then(most)
    within = share.is_null() & left.is_not_null() & right.is_not_null()
    ends = {
        f"right_{end}": pl.when(within).then(pl.col(f"left_{end}")).otherwise(pl.col(f"right_{end}") * share)
        for end in ("value", "low", "high")
    }
    return pairs.with_columns(**ends)


def _why_untold(pairs: pl.DataFrame) -> pl.Expr:
    """Why a pair cannot be verified: what was not filed, or does not list the item."""
    words = []
    for side in ("left", "right"):
        if f"{side}_lacks" in pairs.columns:
            words.append(
                pl.when(pl.col(f"{side}_lacks").is_not_null())
                .then(pl.format("{}未报", f"{side}_lacks"))
                .when(pl.col(f"{side}_absent"))
                .then(pl.format("{}未列此项，或有一格未报", pl.col(side).str.split(" ").list.first()))
            )
    if not words:
        return pl.lit("")
    return pl.concat_str(words, separator="；", ignore_nulls=True)


def shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of COMPARED in their order; what is absent is null, suspects are none."""
    absent = {name: pl.lit(None, dtype=kind) for name, kind in COMPARED.items() if name not in frame.columns}
    frame = frame.with_columns(**absent).with_columns(pl.col("suspects").fill_null(""))
    return frame.select(pl.col(name).cast(kind) for name, kind in COMPARED.items())


def no_pairs() -> pl.DataFrame:
    return pl.DataFrame(schema=COMPARED)
