"""What a compared pair is, and its state: intervals that meet, or do not."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

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


def compare(pairs: pl.DataFrame, rule: Reconciliation, *, at_most: bool = False) -> pl.DataFrame:
    """Judge pairs of told figures.

    Args:
        pairs: district, period, key, left, right (text), left_value, left_half, right_value, right_half (EXACT),
            unit, and where known left_cell, right_cell, left_submission, right_submission, lines.
        at_most: the left may be smaller.
    Returns:
        COMPARED: 一致 when equal, 舍入内一致 when the intervals meet, 无法核对 when a side is missing, else
        有差异 with cause 未查明. Source: XBRL Calculations 1.1 (intervals by reported decimals), §3.
    """
    difference = pl.col("left_value") - pl.col("right_value")
    slack = pl.col("left_half") + pl.col("right_half")
    low, high = difference - slack, difference + slack
    zero = pl.lit(Decimal(0), dtype=EXACT)
    equal = difference <= zero if at_most else difference == zero
    meets = low <= zero if at_most else (low <= zero) & (high >= zero)
    state = (
        pl.when(difference.is_null())
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
        low=low,
        high=high,
        state=state,
    )
    different = pl.col("state") == State.DIFFERENT.value
    cause = pl.when(different).then(pl.lit(Cause.UNEXPLAINED.value)).otherwise(pl.lit(Cause.NONE.value))
    return shaped(judged.with_columns(cause=cause, explanation=pl.lit("")))


def shaped(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns of COMPARED in their order; what is absent is null, suspects are none."""
    absent = {name: pl.lit(None, dtype=kind) for name, kind in COMPARED.items() if name not in frame.columns}
    frame = frame.with_columns(**absent).with_columns(pl.col("suspects").fill_null(""))
    return frame.select(pl.col(name).cast(kind) for name, kind in COMPARED.items())


def no_pairs() -> pl.DataFrame:
    return pl.DataFrame(schema=COMPARED)
