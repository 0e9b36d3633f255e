"""What plainly explains two amounts that differ. First fit wins; nothing that fits is 未查明, never a guess."""

from decimal import Decimal

import polars as pl

from transforms.model import EXACT, Cause

POWERS = (2, 4, 8)
"""百元, 万元 and 亿元 for 元, or the reverse: only exact powers count."""


def _cause_of_amounts(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    slipped = pl.lit(False)
    for power in POWERS:
        scale = pl.lit(Decimal(10**power), dtype=EXACT)
        slipped |= (left == right * scale) | (right == left * scale)
    known = left.is_not_null() & right.is_not_null() & (left != pl.lit(Decimal(0), dtype=EXACT))
    return (
        pl.when(known & slipped)
        .then(pl.lit(Cause.UNIT.value))
        .when(known & (left == -right))
        .then(pl.lit(Cause.SIGN.value))
        .when(known & ((left == right * 2) | (right == left * 2)))
        .then(pl.lit(Cause.DUPLICATE.value))
        .otherwise(pl.lit(Cause.UNEXPLAINED.value))
    )


CAUSE_OF_AMOUNTS = _cause_of_amounts(pl.col("left_value"), pl.col("right_value"))
"""The cause of a pair of told amounts (columns left_value, right_value): 错单位, 正负号, 重复 or 未查明."""
