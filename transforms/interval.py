"""What a told figure stands for: an interval by its last digit, its rounding and its hedge. Exact, without floats.

A figure told with its last digit worth u (its *step*) says, by the mode of its source:

* round: [v − u/2, v + u/2], both ends closed;
* truncate: [v, v + u) above zero, (v − u, v] below, (−u, u) at zero;
* exact: v alone (counts).

A hedge overrules the mode: 余 and 多 → [v, v + u), 以上, 超过, 突破, 不低于 … → [v, ∞), 不超过, 以内 … → (−∞, v],
不足 → (−∞, v), 近 → (−∞, v], 约 → [v − u/2, v + u/2]. Source: XBRL Calculations 1.1; reporting-system.md, §1, Rounding;
choices where these leave one: docs/decisions/0011.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Self

import polars as pl

from transforms.model import EXACT, Column, Rounding

FAR = Decimal(10) ** 20
"""Beyond every amount: the open end of an interval in a frame."""

ABOVE, MORE, BELOW, UNDER, ABOUT = "above", "more", "below", "under", "about"
_HEDGES = (
    (UNDER, r"不足|未满"),
    (BELOW, r"不超过|不高于|不多于|至多|以内|以下|近"),
    (MORE, r"以上|突破|不低于|不少于|至少|超过|超|逾"),
    (ABOVE, r"余|多"),
    (ABOUT, r"约|左右|上下"),
)
"""First fit wins: 不超过 is no 超过, and 约占50%以上 keeps its lower bound (reporting-system.md, §1; C079)."""


def hedge_of(text: str) -> str:
    """The hedge that a told text carries; "" for none."""
    return next((name for name, words in _HEDGES if re.search(words, text)), "")


@dataclass(frozen=True, slots=True)
class Interval:
    """The values that a figure may have; None is an end without a bound. `low_open`, `high_open`: without the end."""

    low: Fraction | None
    high: Fraction | None
    low_open: bool = False
    high_open: bool = False

    @classmethod
    def of(cls, value: Decimal | int | str, step: Decimal | int | str = 0, mode: str = Rounding.ROUND) -> Self:
        """What `value` stands for when its last digit is worth `step` and it came about by `mode` or under a hedge."""
        v, u = Fraction(Decimal(value)), Fraction(Decimal(step))
        if mode == MORE:
            return cls(v, None)
        if mode in (BELOW, UNDER):
            return cls(None, v, high_open=mode == UNDER)
        if mode == ABOVE:
            return cls(v, v + u, high_open=u > 0)
        if mode == Rounding.EXACT or not u:
            return cls(v, v)
        if mode != Rounding.TRUNCATE:
            return cls(v - u / 2, v + u / 2)
        if not v:
            return cls(-u, u, low_open=True, high_open=True)
        return cls(v, v + u, high_open=True) if v > 0 else cls(v - u, v, low_open=True)

    def __add__(self, other: Self) -> Self:
        return type(self)(
            None if self.low is None or other.low is None else self.low + other.low,
            None if self.high is None or other.high is None else self.high + other.high,
            self.low_open or other.low_open,
            self.high_open or other.high_open,
        )

    def __neg__(self) -> Self:
        return self * -1

    def __sub__(self, other: Self) -> Self:
        return self + -other

    def __mul__(self, weight: Fraction | Decimal | int) -> Self:
        """Times an exact number: a negative one swaps the ends and their openness; zero is zero whatever was told."""
        w = Fraction(weight)
        if not w:
            return type(self)(w, w)
        low, high = (None if end is None else end * w for end in (self.low, self.high))
        if w > 0:
            return type(self)(low, high, self.low_open, self.high_open)
        return type(self)(high, low, self.high_open, self.low_open)

    def __truediv__(self, weight: Fraction | Decimal | int) -> Self:
        return self * (1 / Fraction(weight))

    def __contains__(self, value: Fraction | Decimal | int) -> bool:
        return self.meets(type(self)(Fraction(value), Fraction(value)))

    def meets(self, other: Self) -> bool:
        """Whether one value may be both."""
        return self.intersect(other) is not None

    def intersect(self, other: Self) -> Self | None:
        """What two reports of one figure leave; None: they contradict each other."""
        low, low_open = _tighter((self.low, self.low_open), (other.low, other.low_open), greatest=True)
        high, high_open = _tighter((self.high, self.high_open), (other.high, other.high_open), greatest=False)
        if low is not None and high is not None and (low > high or (low == high and (low_open or high_open))):
            return None
        return type(self)(low, high, low_open, high_open)

    def at_most(self, other: Self) -> bool:
        """Whether some value of this is no greater than some value of the other."""
        if self.low is None or other.high is None or self.low < other.high:
            return True
        return self.low == other.high and not self.low_open and not other.high_open

    def whole_numbers(self) -> range:
        """The whole numbers within. Raises ValueError when an end is missing."""
        if self.low is None or self.high is None:
            raise ValueError("an interval without an end holds no finite range")
        first = floor(self.low) + 1 if self.low_open else ceil(self.low)
        last = ceil(self.high) - 1 if self.high_open else floor(self.high)
        return range(first, last + 1)


End = tuple[Fraction | None, bool]


def _tighter(one: End, other: End, *, greatest: bool) -> End:
    if one[0] is None or other[0] is None:
        return other if one[0] is None else one
    if one[0] == other[0]:
        return one[0], one[1] or other[1]
    return one if (one[0] > other[0]) == greatest else other


def sum_of(intervals: Iterable[Interval]) -> Interval:
    """The sum; of none: exactly zero."""
    total = Interval(Fraction(0), Fraction(0))
    for interval in intervals:
        total = total + interval
    return total


# The same over the columns of a wide table.

ENDS = ("low", "high", "low_open", "high_open")
"""Columns of an interval in a frame: EXACT, EXACT, Boolean, Boolean. An end beyond FAR / 2 is no bound."""


def ends_of(column: Column) -> dict[str, pl.Expr]:
    """The ends (ENDS) of what each told value of a column of a wide table stands for; null where nothing was told.

    `<code>|half` is half a step of the value, of a hedged value the whole step (workbooks.reading.values).
    """
    value, half = pl.col(column.code), pl.col(f"{column.code}|half")
    hedge = _hedge(pl.col(f"{column.code}|text"))
    zero, far = pl.lit(Decimal(0), dtype=EXACT), pl.lit(FAR, dtype=EXACT)
    truncated = pl.lit(column.rounding is Rounding.TRUNCATE) & (half > zero)
    # A truncated figure reaches a whole step outwards: upwards from a positive one, downwards from a negative one.
    below = pl.when(truncated).then(pl.when(value > zero).then(zero).otherwise(half * 2)).otherwise(half)
    above = pl.when(truncated).then(pl.when(value < zero).then(zero).otherwise(half * 2)).otherwise(half)
    plain = hedge == ""
    ends = {
        "low": pl.when(hedge.is_in([BELOW, UNDER]))
        .then(-far)
        .when(hedge.is_in([MORE, ABOVE]))
        .then(value)
        .when(hedge == ABOUT)
        .then(value - half / 2)
        .otherwise(value - below),
        "high": pl.when(hedge == MORE)
        .then(far)
        .when(hedge.is_in([BELOW, UNDER]))
        .then(value)
        .when(hedge == ABOVE)
        .then(value + half)
        .when(hedge == ABOUT)
        .then(value + half / 2)
        .otherwise(value + above),
        "low_open": plain & truncated & (value <= zero),
        "high_open": (hedge == UNDER) | ((hedge == ABOVE) & (half > zero)) | (plain & truncated & (value >= zero)),
    }
    told = value.is_not_null()
    return {name: pl.when(told).then(end) for name, end in ends.items()}


def _hedge(text: pl.Expr) -> pl.Expr:
    """`hedge_of` of a column of texts; a text that was not kept has none."""
    found = pl.coalesce(pl.when(text.str.contains(words)).then(pl.lit(name)) for name, words in _HEDGES)
    return found.fill_null("")
