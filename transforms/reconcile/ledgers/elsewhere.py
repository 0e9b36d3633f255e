"""Where an entry that one side alone holds may be found after all: in a neighbouring month, or in another state."""

import polars as pl

from transforms.reconcile.ledgers.meet import OF_KEY, OF_MONTH, pairs_within

FOUND = ("found_day", "found_key")
"""The day of the entry that was found (null where its day is not told), and its key."""


def find_elsewhere(
    keys: pl.DataFrame, name: str, rest: pl.DataFrame, other: pl.DataFrame, met: pl.DataFrame, days: int | None
) -> pl.DataFrame:
    """For the keys that `name` alone holds: the entry of the other side that says when it comes or came.

    Args:
        keys: one row a key that differs: district, period, key, `<name>_value`, `<name>_n`.
        rest: what is left of this side: SIDE.
        other: all entries of the other side, whether they count or not: SIDE.
        met: those of them that met one of this side in their own month. They explain no other, nor do their copies in
            the cumulative ledgers of later months.
        days: how far apart an entry of the same party and amount may lie; None: they are not looked for.
    Returns:
        district, period, key, found_day (Date), found_key (String): one row a key that was found.
    """
    single = keys.filter(pl.col(f"{name}_n") == 1)
    lines = rest.join(single, on=OF_KEY, how="semi").select(*OF_KEY, "id", "party", "amount", "day")
    free = _free(keys, lines, other, met)
    wanted = keys.select(*OF_KEY, pl.col(f"{name}_value").alias("amount")).drop_nulls()
    near = wanted.join(free, on=["district", "key", "amount"]).filter(_neighbours)
    of_key = near.group_by(OF_KEY).agg(found_day=pl.col("day").max()).with_columns(found_key="key")
    found = of_key.select(*OF_KEY, *FOUND)
    if days is None:
        return found
    return pl.concat([found, _by_party(lines.join(found, on=OF_KEY, how="anti"), free, days)])


def _free(keys: pl.DataFrame, lines: pl.DataFrame, other: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    """What of the other side has a key or a party in question, and has met nobody."""
    by_key, by_party = ["district", "key"], ["district", "party", "amount"]
    asked = []
    for side in (other, met):
        numbered = side.with_row_index("nth")
        chosen = [
            numbered.join(keys, on=by_key, how="semi"),
            numbered.join(lines, on=by_party, how="semi"),
        ]
        asked.append(pl.concat(chosen).unique("nth").sort("nth").with_columns(month=pl.col("day").dt.strftime("%Y-%m")))
    on = ["district", "key", "amount", "month"]
    free = asked[0].join(asked[1].select(on), on=on, how="anti", nulls_equal=True, maintain_order="left")
    of_month = pl.coalesce("month", "period").alias("month")
    # The same entry in the cumulative ledgers of several months is one.
    free = free.select("district", "key", "party", "amount", "day", of_month, "counts").unique(maintain_order=True)
    return free.with_row_index("id").with_columns(pl.col("id").cast(pl.Int64))


def _by_party(lines: pl.DataFrame, free: pl.DataFrame, days: int) -> pl.DataFrame:
    """The same party and amount under another key, a few days before or after: each entry explains one."""
    on = ["district", "party", "amount"]
    pairs = pairs_within(lines, free, on, days)
    there = free.select(right="id", found_key="key", found_day="day", month="month", counts="counts")
    joined = pairs.join(lines.select(*OF_KEY, left="id"), on=["district", "left"]).join(there, on="right")
    # What counts in the same month was held against these entries before.
    other_time = (pl.col("month") != pl.col("period")) | ~pl.col("counts")
    return joined.filter(_neighbours & other_time).select(*OF_KEY, *FOUND)


def month_number(column: str) -> pl.Expr:
    month = pl.col(column)
    return month.str.slice(0, 4).cast(pl.Int64) * 12 + month.str.slice(5, 2).cast(pl.Int64)


_neighbours = (month_number("month") - month_number("period")).abs() <= 1

__all__ = ["FOUND", "OF_MONTH", "find_elsewhere"]
