"""Attainability: a rate of n told things is some whole number of them ÷ n, a growth rate has a whole number as its base.

Exact, with fractions. 89.5% of 213 is reached by no whole number: 190 gives 89.20%, 191 gives 89.67% (001; C089).
Source: DESIGN.md, Reconciliation, 5.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

from transforms.interval import Interval


def numerators(rate: Interval, base: int) -> range:
    """The whole numbers of `base` things that the told rate may stand for; empty: it is not reached."""
    return (rate * base).whole_numbers()


def nearest(rate: Fraction, base: int) -> dict[int, Fraction]:
    """The whole numbers next to a rate of `base` things, and the rates that they give: one where it is met, else two."""
    exact = rate * base
    return {n: Fraction(n, base) for n in sorted({floor(exact), ceil(exact)}) if n >= 0}


def bases(now: int, growth: Interval) -> range:
    """The whole numbers from which `now` has grown by the told rate; empty: there is none.

    now ÷ (1 + g) with g in the interval: what a higher rate gives is lower, so that the ends change sides.
    """
    if growth.low is None or growth.high is None or growth.low <= -1:
        raise ValueError("a growth rate of −100% or without an end has no base")
    ends = Fraction(now) / (1 + growth.high), Fraction(now) / (1 + growth.low)
    return Interval(*ends, growth.high_open, growth.low_open).whole_numbers()


def nearest_bases(now: int, growth: Fraction) -> dict[int, Fraction]:
    """The whole numbers next to the base that a growth rate asks for, and the rates that they give."""
    exact = now / (1 + growth)
    return {n: Fraction(now, n) - 1 for n in sorted({floor(exact), ceil(exact)}) if n > 0}


def shared_bases(rates: Iterable[Interval], most: int) -> list[int]:
    """The numbers of things, up to `most`, over which every one of the told rates is reached: a hint, no proof, since a
    rate fits a given number of things by chance often enough (C186: one in seven over 153)."""
    rates = list(rates)
    return [n for n in range(1, most + 1) if all(numerators(rate, n) for rate in rates)]
