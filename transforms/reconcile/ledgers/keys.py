"""What is left of two ledgers, key by key, with its cause where it is plain."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from transforms.model import EXACT, Cause
from transforms.reconcile.cause import CAUSE_OF_AMOUNTS
from transforms.reconcile.ledgers.meet import OF_KEY

CELLS = 5
"""How many cells of a key are named."""

KEYS: Mapping[str, pl.DataType] = {
    "district": pl.String(),
    "period": pl.String(),
    "key": pl.String(),
    "alone": pl.String(),
    **{
        f"{side}_{name}": kind
        for side in ("left", "right")
        for name, kind in {
            "value": EXACT,
            "half": EXACT,
            "n": pl.Int64(),
            "cell": pl.String(),
            "submission": pl.String(),
            "copies": pl.Int64(),
            "original": pl.String(),
        }.items()
    },
    "beyond": pl.Boolean(),
    "cause": pl.String(),
}
"""One row a key that differs. `alone`: the side (left, right) that alone holds it, "" where both do. `<side>_value`: the
sum of what is left of it, null where an entry was not told or the side has none; `<side>_n`: how many entries,
`<side>_copies`: how many of them repeat an equal one, which stands at `<side>_original`. `cause`: see Cause; "" where an
amount was not told (`beyond`: it was told, but put aside as too large). A null key gathers the entries of one side that have none."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of two ledgers.

    Attributes:
        keys: one row a key that differs (KEYS).
        ways: how many entries met in which way (meet.WAYS, with the way exact).
        sums: district, period, left_value, left_n, right_value, right_n: of all entries; a value is null where one of
            them was not told. Of a side that the other is part of, those alone that met.
        left, right: the entries that are left over.
    """

    keys: pl.DataFrame
    ways: pl.DataFrame
    sums: pl.DataFrame
    left: pl.DataFrame
    right: pl.DataFrame


def keys_apart(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """KEYS of what is left of both sides, in no order: to sort them takes as long as to find them."""
    sides = [
        side.group_by(OF_KEY).agg(
            pl.when(pl.col("amount").null_count() == 0).then(pl.col("amount").sum()).alias(f"{name}_value"),
            pl.col("half").sum().alias(f"{name}_half"),
            pl.len().cast(pl.Int64).alias(f"{name}_n"),
            pl.col("place").head(CELLS).str.join("、").alias(f"{name}_cell"),
            pl.col("submission").first().alias(f"{name}_submission"),
            pl.col("original").is_not_null().sum().cast(pl.Int64).alias(f"{name}_copies"),
            pl.col("original").drop_nulls().first().alias(f"{name}_original"),
            (pl.col("beyond").any() if "beyond" in side.columns else pl.lit(False)).alias(f"{name}_beyond"),
        )
        for name, side in (("left", left), ("right", right))
    ]
    keys = sides[0].join(sides[1], on=OF_KEY, how="full", coalesce=True)
    only_left, only_right = pl.col("right_n").is_null(), pl.col("left_n").is_null()
    untold = (pl.col("left_value").is_null() & ~only_right) | (pl.col("right_value").is_null() & ~only_left)
    copies = pl.coalesce(pl.when(only_left).then("left_copies"), pl.when(only_right).then("right_copies"))
    cause = (
        pl.when(untold)
        .then(pl.lit(Cause.NONE.value))
        .when(copies == pl.coalesce("left_n", "right_n"))
        .then(pl.lit(Cause.DUPLICATE.value))
        .when(only_left | only_right)
        .then(pl.lit(Cause.MISSING.value))
        .otherwise(CAUSE_OF_AMOUNTS)
    )
    beyond = pl.any_horizontal(pl.col("left_beyond", "right_beyond").fill_null(False))
    alone = pl.when(only_left).then(pl.lit("left")).when(only_right).then(pl.lit("right")).otherwise(pl.lit(""))
    return keys.with_columns(alone=alone, cause=cause, beyond=beyond).select(list(KEYS))
