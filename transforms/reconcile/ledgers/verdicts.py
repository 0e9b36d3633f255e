"""The verdicts of a declared match, as compared pairs."""

import polars as pl

from transforms.model import Catalogue, Reconciliation
from transforms.reconcile.difference import shaped
from transforms.reconcile.ledgers.keys import Matched
from transforms.reconcile.ledgers.meet import OF_KEY, OF_MONTH
from transforms.reconcile.ledgers.sentences import not_compared, timed, worded
from transforms.reconcile.ledgers.sides import Side
from transforms.reconcile.ledgers.totals import hopeless, totals


def judge(
    rule: Reconciliation,
    sides: tuple[Side, Side],
    matched: Matched,
    found: tuple[pl.DataFrame, pl.DataFrame],
    unlike: pl.DataFrame,
    catalogue: Catalogue,
) -> pl.DataFrame:
    """COMPARED of a matched rule: a row 合计 a district and month, and a row a key that differs.

    Args:
        found: of either side what the other holds at another time (elsewhere.find_elsewhere).
        unlike: KEYS of what is not of one basis, with `left_alike` and `right_alike`: what each side says of it.
    """
    unit = catalogue.units[sides[0].column.unit].base
    items = worded(timed(matched.keys, found), sides, unit)
    items = pl.concat([items, not_compared(unlike, sides)], how="diagonal").sort(*OF_KEY, "alone")
    named = items.with_columns(
        left=pl.lit(f"{sides[0].form} {sides[0].column.header} ") + pl.col("key"),
        right=pl.lit(f"{sides[1].form} {sides[1].column.header} ") + pl.col("key"),
        lines=pl.lit(1),
    )
    of_month = totals(sides, matched, items)
    # Where a side has no numbers at all, no single entry can be said to be missing.
    listed = named.join(of_month.filter(hopeless("left") | hopeless("right")), on=OF_MONTH, how="anti")
    told = {"unit": pl.lit(unit), "rule": pl.lit(rule.code), "name": pl.lit(rule.name), "owner": pl.lit(rule.owner)}
    return pl.concat([shaped(frame.with_columns(**told)) for frame in (of_month, listed)])
