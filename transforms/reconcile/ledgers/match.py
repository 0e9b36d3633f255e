"""The stages of a match in their order, over plain frames and over the sides of a declared rule."""

from collections.abc import Mapping

import polars as pl

from transforms.model import Catalogue, Reconciliation
from transforms.reconcile.ledgers.apart import Frame, apart
from transforms.reconcile.ledgers.elsewhere import find_elsewhere
from transforms.reconcile.ledgers.keys import Matched, keys_apart
from transforms.reconcile.ledgers.meet import (
    OF_KEY,
    OF_MONTH,
    Rest,
    no_ways,
    parties,
    parts_of_keys,
    sums_of_keys,
    ways_of,
    without_copies,
)
from transforms.reconcile.ledgers.sides import LIMIT, MATCHED, Side, read_side
from transforms.reconcile.ledgers.verdicts import judge


def match(left: Frame, right: Frame, *, days: int | None = None, part: str = "") -> Matched:
    """Match two ledgers on key and amount, then on the sums of a key, then on party, amount and days.

    Args:
        left, right: sides.MATCHED, a row an entry (with or without `id`, Int64, unique). A lazy frame is read three
            times, column by column, and only what differs is held in memory.
        days: how far apart entries of the same party and amount may lie whose key the other side does not know; None:
            they are not looked for.
        part: "left" or "right": this side tells some of the other's entries only, so that what the other alone has is
            no difference.
    Raises:
        OverflowError: an amount is above sides.LIMIT.
    Source: reporting-system.md, R01; DESIGN.md, Reconciliation, 3.
    """
    sums = _sums(left, right)
    left, right = apart(left, right)
    rest = without_copies(Rest(_numbered(left), _numbered(right), no_ways()))
    exact = _exact(sums, rest)
    rest = parts_of_keys(sums_of_keys(rest))
    if days is not None:
        rest = parties(rest, days)
    ways = pl.concat([exact, rest.ways])
    if part:
        rest, sums = _without_spare(rest, sums, part)
    return Matched(keys_apart(rest.left, rest.right), ways, _valued(sums), rest.left, rest.right)


def _numbered(side: pl.DataFrame) -> pl.DataFrame:
    if "id" in side.columns:
        return side
    return side.with_row_index("id").with_columns(pl.col("id").cast(pl.Int64))


def _sums(left: Frame, right: Frame) -> pl.DataFrame:
    amount = pl.col("amount")
    asked = [
        side.lazy()
        .group_by(OF_MONTH)
        .agg(
            amount.sum().alias(f"{name}_told"),
            amount.null_count().cast(pl.Int64).alias(f"{name}_untold"),
            pl.len().cast(pl.Int64).alias(f"{name}_n"),
            amount.abs().max().alias(f"{name}_most"),
        )
        for name, side in (("left", left), ("right", right))
    ]
    of_left, of_right = pl.collect_all(asked, engine="streaming")
    most = [pl.col(name).max() for name in ("left_most", "right_most")]
    sums = of_left.join(of_right, on=OF_MONTH, how="full", coalesce=True).sort(OF_MONTH)
    if any((found or 0) > LIMIT for found in sums.select(most).row(0)):
        raise OverflowError(f"ledgers: an amount above {LIMIT:,}: put it aside first")
    return sums


def _valued(sums: pl.DataFrame) -> pl.DataFrame:
    """A sum of which a part was not told is not told."""
    values = {
        f"{name}_value": pl.when(pl.col(f"{name}_untold") == 0).then(f"{name}_told") for name in ("left", "right")
    }
    return sums.select(*OF_MONTH, "left_n", "right_n", **values)


def _exact(sums: pl.DataFrame, rest: Rest) -> pl.DataFrame:
    """What met at once: all but what was left."""
    for name, side in (("left", rest.left), ("right", rest.right)):
        left_over = side.group_by(OF_MONTH).agg(pl.len().cast(pl.Int64).alias(f"{name}_rest"))
        sums = sums.join(left_over, on=OF_MONTH, how="left", maintain_order="left")
    numbers = {
        f"{name}_n": pl.col(f"{name}_n").fill_null(0) - pl.col(f"{name}_rest").fill_null(0)
        for name in ("left", "right")
    }
    counted = sums.select(*OF_MONTH, keys=numbers["left_n"], **numbers).filter(pl.col("keys") > 0)
    return ways_of(counted, "exact")


def _without_spare(rest: Rest, sums: pl.DataFrame, part: str) -> tuple[Rest, pl.DataFrame]:
    """Drop what the whole alone holds, from its entries and from its sum."""
    whole = "right" if part == "left" else "left"
    of_part, of_whole = (rest.left, rest.right) if part == "left" else (rest.right, rest.left)
    kept = of_whole.join(of_part, on=OF_KEY, how="semi", maintain_order="left")
    spare = of_whole.join(kept, on="id", how="anti").group_by(OF_MONTH)
    amount = pl.col("amount")
    lost = spare.agg(told=amount.sum(), untold=amount.null_count().cast(pl.Int64), n=pl.len().cast(pl.Int64))
    left_over = {f"{whole}_{c}": pl.col(f"{whole}_{c}") - pl.col(c).fill_null(0) for c in ("told", "untold", "n")}
    sums = sums.join(lost, on=OF_MONTH, how="left", maintain_order="left").with_columns(**left_over)
    left, right = (rest.left, kept) if part == "left" else (kept, rest.right)
    return Rest(left, right, rest.ways), sums.drop("told", "untold", "n")


def match_ledgers(
    rule: Reconciliation, tables: Mapping[str, pl.DataFrame], letters: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """Match the two ledgers of a declared rule, and say of what differs why, where it is plain.

    Returns:
        COMPARED: for each district and period one row with key 合计 (the sums of both sides, its lines are the
        keys that differ) and one row a key that differs. Where a side was not filed there is the 合计 row alone.
    Source: reporting-system.md, R01; DESIGN.md, Reconciliation, 3 and 4.
    """
    left, right = (read_side(rule, side, tables, letters, catalogue) for side in ("left", "right"))
    both = left.filed.join(right.filed, on=OF_MONTH, how="inner")
    counted = [side.entries.filter("counts").join(both, on=OF_MONTH, how="semi") for side in (left, right)]
    unlike = _unlike(counted)
    counted = [entries.join(unlike, on=OF_KEY, how="anti", maintain_order="left") for entries in counted]
    days = rule.params.get("days")
    matched = match(*counted, days=days, part=str(rule.params.get("part", "")))
    found = _found(matched, left, right, counted, days)
    return judge(rule, (left, right), matched, found, unlike, catalogue)


def _unlike(counted: list[pl.DataFrame]) -> pl.DataFrame:
    """Keys that one side tells in one currency and the other in another: never subtracted. KEYS, with `left_alike` and
    `right_alike`."""
    said = [
        side.drop_nulls(["key", "alike"]).group_by(OF_KEY).agg(pl.col("alike").unique().sort().str.join("、"))
        for side in counted
    ]
    unlike = said[0].join(said[1], on=OF_KEY, suffix="_right").filter(pl.col("alike") != pl.col("alike_right"))
    sides = [
        entries.with_columns(original=pl.lit(None, dtype=pl.String)).join(unlike, on=OF_KEY, how="semi")
        for entries in counted
    ]
    named = unlike.rename({"alike": "left_alike", "alike_right": "right_alike"})
    return keys_apart(*sides).join(named, on=OF_KEY, how="left", maintain_order="left")


def _found(
    matched: Matched, left: Side, right: Side, counted: list[pl.DataFrame], days: int | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """For each side what of its entries the other holds at another time. Only ledgers by the month have another time."""
    found = []
    sides = (
        ("left", matched.left, right, counted[1], matched.right),
        ("right", matched.right, left, counted[0], matched.left),
    )
    for name, rest, other, of_other, rest_of_other in sides:
        alone = matched.keys.filter(pl.col("alone") == name, pl.col("key").is_not_null())
        if {left.window, right.window} != {"month"}:
            alone = alone.clear()
        met = of_other.join(rest_of_other, on="id", how="anti")
        found.append(find_elsewhere(alone, name, rest, other.entries, met, days))
    return found[0], found[1]


__all__ = ["MATCHED", "Matched", "match", "match_ledgers"]
