"""Rules on the figures of one row."""

from decimal import Decimal

import polars as pl

from transforms.edits.bounds import (
    FAR,
    Bounds,
    Context,
    exact,
    half,
    must_not,
    of_kind,
    over,
    scope,
    signed,
    told,
    total_of,
)
from transforms.model import Edit, RowKind, Table

LEAST_ROUND = 10_000
"""A count of five digits that ends in four zeros was not counted (W10: 5万件次)."""


def roll_forward(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """closing = opening + Σ movements (H10)."""
    parts = [(1, edit.params["opening"]), *signed(edit.params["movements"])]
    return rows, _equals(edit, table, parts)


def sum_of_parts(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """whole = Σ parts (H07, H10)."""
    return rows, _equals(edit, table, signed(edit.params["parts"]))


def _equals(edit: Edit, table: Table, parts: list[tuple[int, str]]) -> Bounds:
    value, slack = total_of(parts)
    whole, whole_slack = told(edit, table)
    return Bounds(scope(edit), whole, value - slack, value + slack, whole_slack, value)


def at_most(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """part ≤ whole (H12). Where either is not told, H04 has said so already."""
    part, whole = edit.params["part"], edit.params["whole"]
    applies = scope(edit, (RowKind.DATA, RowKind.PART, RowKind.TOTAL))
    applies &= pl.col(part).is_not_null() & pl.col(whole).is_not_null()
    if edit.column == whole:
        return rows, Bounds(applies, pl.col(whole), pl.col(part) - half(part), exact(FAR), half(whole), pl.col(part))
    return rows, Bounds(applies, pl.col(part), exact(-FAR), pl.col(whole) + half(whole), half(part), pl.col(whole))


def ratio(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """rate = numerator ÷ denominator at the told decimals (H11). Multiplied out, so that nothing is divided."""
    numerator = edit.params["numerator"]
    return rows, quotient(
        edit,
        total_of((1, c) for c in ([numerator] if isinstance(numerator, str) else numerator)),
        (pl.col(edit.params["denominator"]), half(edit.params["denominator"])),
        exact(0),
    )


def growth(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """rate = now ÷ base − 1 at the told decimals (H11). A base of zero has no rate."""
    return rows, quotient(
        edit,
        (pl.col(edit.params["now"]), half(edit.params["now"])),
        (pl.col(edit.params["base"]), half(edit.params["base"])),
        exact(1),
    )


def quotient(
    edit: Edit,
    numerator: tuple[pl.Expr, pl.Expr],
    denominator: tuple[pl.Expr, pl.Expr],
    offset: pl.Expr,
) -> Bounds:
    """(rate + offset) · denominator meets numerator, each with its rounding."""
    (n, hn), (d, hd) = numerator, denominator
    rate, slack = pl.col(edit.column) + offset, half(edit.column)
    smallest = pl.min_horizontal((rate - slack) * (d - hd), (rate - slack) * (d + hd))
    largest = pl.max_horizontal((rate + slack) * (d - hd), (rate + slack) * (d + hd))
    known = pl.all_horizontal(x.is_not_null() for x in (rate, n, d))
    # Null propagates through arithmetic but not through min_horizontal: ask for it.
    zero = pl.when(known).then(exact(0))
    return Bounds(
        applies=scope(edit) & d.gt(exact(0)).fill_null(True),
        told=zero,
        low=n - hn - largest,
        high=n + hn - smallest,
        slack=exact(0),
        expected=pl.when(d > exact(0)).then(over(n, d) - offset),
    )


def product(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """column = factor × price (H11); the price is a number, or the column that tells it (a contract's: exact)."""
    price = edit.params["price"]
    value = pl.col(edit.params["factor"]) * (pl.col(price) if table.has(price) else exact(price))
    amount, slack = told(edit, table)
    return rows, Bounds(scope(edit), amount, value, value, slack, value)


def reachable_over(edit: Edit, whole: pl.Expr) -> Bounds:
    """A rate of `whole` told things must be some number of them ÷ whole (H11: 89.5% of 213 is none)."""
    rate, slack = pl.col(edit.column), half(edit.column)
    unreachable = ((rate + slack) * whole).floor() < (rate - slack) * whole
    nearest = over((rate * whole).round(0, mode="half_away_from_zero"), whole)
    applies = scope(edit) & rate.is_not_null() & whole.gt(exact(0)).fill_null(False)
    bounds = must_not(unreachable, applies)
    return Bounds(bounds.applies, bounds.told, bounds.low, bounds.high, bounds.slack, nearest)


def near_ratio(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """A planned rate lies within so many points of the real one (H11). Multiplied out, so that nothing is divided."""
    p = edit.params
    n, d = pl.col(p["numerator"]), pl.col(p["denominator"])
    allowed = exact(p["points"]) * d
    applies = scope(edit) & d.gt(exact(0)).fill_null(True)
    rate, slack = pl.col(edit.column) * d, half(edit.column) * d
    return rows, Bounds(applies, rate, n - allowed, n + allowed, slack, over(n, d))


def whole_base(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """A growth rate of a count must have a whole-number base (W09)."""
    now, rate, slack = pl.col(edit.params["now"]), pl.col(edit.column), half(edit.column)
    guess = over(now, exact(1) + rate).floor()
    fits = pl.lit(False)
    for step in (-1, 0, 1, 2):
        base = guess + exact(step)
        near = (base * (exact(1) + rate - slack) <= now) & (now <= base * (exact(1) + rate + slack))
        fits |= near & (base >= exact(1))
    applies = scope(edit) & rate.gt(exact(-1)).fill_null(False) & now.is_not_null()
    return rows, must_not(~fits, applies)


def band(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """A figure, or a ratio of two, within fixed limits (W08)."""
    low, high = Decimal(edit.params.get("low", -FAR)), Decimal(edit.params.get("high", FAR))
    if "numerator" in edit.params:
        n, d = edit.params["numerator"], pl.col(edit.params["denominator"])
        applies = scope(edit) & d.gt(exact(0)).fill_null(False) & pl.col(n).is_not_null()
        limits = [exact(x) if abs(x) == FAR else d * exact(x) for x in (low, high)]
        return rows, Bounds(applies, pl.col(n), limits[0], limits[1], half(n), pl.lit(None, dtype=pl.Decimal(38, 8)))
    applies = scope(edit) & pl.col(edit.column).is_not_null()
    value, slack = told(edit, table)
    return rows, Bounds(applies, value, exact(low), exact(high), slack, pl.lit(None, dtype=pl.Decimal(38, 8)))


def implies(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """Where a column carries a word, the figure must be the given one (an instant item promises 0 days)."""
    value, slack = told(edit, table)
    wanted = exact(edit.params["equals"])
    return rows, Bounds(scope(edit), value, wanted, wanted, slack, wanted)


def forbid_text(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """A remark that shows what must not be, unless it also tells why it may."""
    remark = pl.col(edit.column).fill_null("")
    wrong = remark.str.contains(edit.params["pattern"])
    if "unless" in edit.params:
        wrong &= ~remark.str.contains(edit.params["unless"])
    return rows, must_not(wrong, scope(edit))


def moment_bound(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """The share with no trip is at least 1 − mean trips (Markov's inequality on whole trips)."""
    share, mean = pl.col(edit.column), pl.col(edit.params["mean"])
    low = exact(1) - mean - half(edit.params["mean"])
    applies = scope(edit) & share.is_not_null() & mean.is_not_null()
    return rows, Bounds(applies, share, low, exact(1), half(edit.column), exact(1) - mean)


def unlike(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """Two rates of unlike things that are the same to the digit (W05)."""
    first, second = pl.col(edit.column), pl.col(edit.params["other"])
    same = (first == second) & (first != exact(0)) & (first != exact(1))
    return rows, must_not(same, scope(edit) & first.is_not_null() & second.is_not_null())


def round_figure(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """A round figure where an exact one is asked (W10)."""
    value = pl.col(edit.column)
    round_number = (value >= exact(LEAST_ROUND)) & ((value % exact(LEAST_ROUND)) == exact(0))
    in_words = pl.col(f"{edit.column}|text").str.contains("万|余|多|约").fill_null(False)
    return rows, must_not(round_number | in_words, scope(edit) & value.is_not_null())


def part_rows(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """A 其中 row is at most the row it belongs to (H12)."""
    name = f"{edit.id}|parent"
    parents = rows.filter(of_kind(RowKind.DATA)).select(
        "submission",
        pl.col(table.key[0]).alias("parent"),
        pl.col(edit.column).alias(name),
        half(edit.column).alias(name + "|half"),
    )
    parents = parents.unique(["submission", "parent"], keep="first", maintain_order=True)
    joined = rows.join(parents, on=["submission", "parent"], how="left", maintain_order="left")
    applies = of_kind(RowKind.PART) & pl.col(edit.column).is_not_null() & pl.col(name).is_not_null()
    high = pl.col(name) + pl.col(name + "|half")
    return joined, Bounds(applies, pl.col(edit.column), exact(-FAR), high, half(edit.column), pl.col(name))
