"""Why a told figure is not what it should be: one expression, first fit wins, and what fits nothing is 未查明.

The figure is held against the interval that the rules leave for it. Digits are compared as they were reported (12.34 万元
is 1234), in whole numbers. “Divisible by nine” and “equals some other amount” are no evidence: they fit one in ten, and
one in six, of figures that have nothing to do with each other (MEASURED.md).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from transforms.model import EXACT, Cause

WHOLE = pl.Int128
SCALE = 10**8
"""EXACT has eight places: in whole numbers a figure is so many 10⁻⁸."""
FAR = 10**36
"""Beyond every figure in 10⁻⁸: the open end of an interval."""
POWERS = (2, 4, 6, 8)
"""百元, 万元, 百万元 and 亿元 for 元, or the reverse: only exact powers of ten count."""
PLACES = 16
"""Digits that are looked at, from the last one told; a figure of more is not looked at by its digits."""
DIGITS = pl.Int64
"""Sixteen digits and a further one fit; dividing by it is three times as fast as by WHOLE."""
TELLING = 10
"""A figure of one digit equals another one too often for anything to be concluded from it."""

NARROW = 100
"""An interval wider than a hundredth of the figure holds something of every kind."""

WEAK = (Cause.SUBSTITUTED.value, Cause.DROPPED.value)
"""One digit that can be any digit fits several figures of a sum at once: such a cause ranks behind the others."""


@dataclass(frozen=True, slots=True)
class Told:
    """A told figure beside what it may be, as expressions of type EXACT.

    Attributes:
        value: as told, in the base unit.
        step: one unit of its last reported digit; null: as many digits as the value has.
        low, high: what the rules allow the told figure to be; null: open on that side, then no cause of digits is looked
            for.
        equal: by cause, a figure that it was perhaps copied from (STALE: the same cell of last month; BASIS: the month
            for the year so far; SWAPPED: the neighbouring cell). Null where there is none.
        left_out: parts of the total that the figure is; one that is missing in it says that it was not updated.
    """

    value: pl.Expr
    step: pl.Expr
    low: pl.Expr
    high: pl.Expr
    equal: Mapping[Cause, pl.Expr] = field(default_factory=dict)
    left_out: pl.Expr | None = None


def explain(cells: pl.DataFrame, told: Told) -> pl.DataFrame:
    """Give every figure its cause and the value that it would have without it.

    Returns:
        The cells with `cause` (a value of Cause; "" where the figure is allowed, 未查明 where nothing fits) and `corrected`
        (EXACT: the one value of that kind among the allowed; null where there is none, or more than one).
    """
    far = pl.lit(FAR, dtype=WHOLE)
    low, high = whole(told.low).fill_null(minus(far)), whole(told.high).fill_null(far)
    cells = cells.with_columns(**{"|told": whole(told.value), "|low": low, "|high": high})
    step = whole(told.step).fill_null(_last_digit(pl.col("|told")))
    cells = cells.with_columns(**{"|step": pl.when(step > 0).then(step).otherwise(1)})
    # The sign is put aside: causes of digits look at a positive figure and at the interval beside it.
    negative = pl.col("|told") < 0
    low = pl.when(negative).then(minus(pl.col("|high"))).otherwise(pl.col("|low"))
    high = pl.when(negative).then(minus(pl.col("|low"))).otherwise(pl.col("|high"))
    digits = pl.when(pl.col("|told") % pl.col("|step") == 0).then(pl.col("|told").abs() // pl.col("|step"))
    steps = {"|n": digits, "|lo": minus(minus(low) // pl.col("|step")), "|hi": high // pl.col("|step")}
    # Beyond sixteen digits, and of an open interval, nothing is said of digits.
    cells = cells.with_columns(
        **{name: pl.when(x.abs() < 10**PLACES).then(x).cast(DIGITS) for name, x in steps.items()}
    )
    for kind, values in DIGIT_CAUSES:
        cells = _with_values(cells, kind, values)
    if told.left_out is not None:
        cells = _with_left_out(cells, told.left_out)
    fits = _fits(told)
    cells = cells.with_columns(**{f"|fit{i}": expression for i, (_, expression, _) in enumerate(fits)})
    cells = cells.with_columns(**{f"|value{i}": expression for i, (_, _, expression) in enumerate(fits)})
    allowed = (pl.col("|low") <= pl.col("|told")) & (pl.col("|told") <= pl.col("|high"))
    unknown = allowed.is_null() | (told.low.is_null() & told.high.is_null())
    cause, corrected = pl.lit(Cause.UNEXPLAINED.value), pl.lit(None, dtype=WHOLE)
    for i, (name, _, _) in reversed(list(enumerate(fits))):
        fit = pl.col(f"|fit{i}").fill_null(False)
        cause = pl.when(fit).then(pl.lit(name.value)).otherwise(cause)
        corrected = pl.when(fit).then(pl.col(f"|value{i}")).otherwise(corrected)
    cells = cells.with_columns(
        cause=pl.when(unknown)
        .then(pl.lit(Cause.UNEXPLAINED.value))
        .when(allowed)
        .then(pl.lit(Cause.NONE.value))
        .otherwise(cause),
        corrected=exact_of(pl.when(~allowed & ~unknown).then(corrected)),
    )
    return cells.drop(c for c in cells.columns if c.startswith("|"))


def whole(value: pl.Expr) -> pl.Expr:
    """A figure as a whole number of 10⁻⁸. Polars stops with an error where it would not fit."""
    return (value.cast(EXACT) * pl.lit(SCALE, dtype=pl.Int64)).cast(WHOLE)


def exact_of(number: pl.Expr) -> pl.Expr:
    """The reverse of `whole`."""
    return number.cast(EXACT) / pl.lit(Decimal(SCALE), dtype=EXACT)


def minus(number: pl.Expr) -> pl.Expr:
    """Polars 2.1 has no negation of Int128."""
    return pl.lit(0, dtype=WHOLE) - number


def _last_digit(number: pl.Expr) -> pl.Expr:
    """The greatest power of ten that divides a number: one unit of its last digit that is not zero."""
    powers = [pl.when(number % 10**p == 0).then(pl.lit(10**p, dtype=WHOLE)) for p in range(PLACES)]
    return pl.max_horizontal(powers)


Fit = tuple[Cause, pl.Expr, pl.Expr]
"""A cause, where it fits, and the corrected figure (10⁻⁸) where it is one."""


def _fits(told: Told) -> list[Fit]:
    """Every cause in its order. What is copied from a known figure, all of its digits alike, says more than one digit
    that fits, and so comes first."""
    fits = [*_truncated(), *_slips(), _negated()]
    fits += [_copied(cause, source) for cause, source in told.equal.items()]
    fits += _doubled()
    if told.left_out is not None:
        fits.append(_left_out())
    return [*fits, *(_one_value(cause) for cause, _ in DIGIT_CAUSES)]


def _only() -> pl.Expr:
    """The one allowed figure of the reported digits; null where there are several."""
    sign = pl.when(pl.col("|told") < 0).then(-1).otherwise(1)
    return pl.when(pl.col("|lo") == pl.col("|hi")).then(pl.col("|lo").cast(WHOLE) * pl.col("|step") * sign)


CUT = (2, 3, 4)
"""So many digits at the end that are zeros are no accident."""


def _truncated() -> list[Fit]:
    """The rest was cut off, where the figure should have been rounded: one step short; or digits at the end are zeros where
    the figure has others."""
    n, lo, hi = pl.col("|n"), pl.col("|lo"), pl.col("|hi")
    short = (lo == n + 1) & (pl.col("|step") < SCALE) & (n >= TELLING)
    found = [(Cause.TRUNCATED, short, _only())]
    for places in CUT:
        unit = 10**places
        cut = (n % unit == 0) & (n >= unit * TELLING) & (n < lo) & (hi < n + unit)
        found.append((Cause.TRUNCATED, cut, _only()))
    return found


def _slips() -> list[Fit]:
    """So many digits too few or too many. What was cut off when the figure was told in the larger unit is not known:
    its digits stand for an interval."""
    found: list[Fit] = []
    told, low, high, step = (pl.col(c) for c in ("|told", "|low", "|high", "|step"))
    for power in POWERS:
        scale = 10**power
        large = told * scale
        known = step * scale // 2
        meets = (large - known <= high) & (large + known >= low)
        inside = (low <= large) & (large <= high)
        narrow = (high - low) * 5 <= large.abs()
        found.append((Cause.UNIT, meets & narrow & (pl.col("|n") >= TELLING), pl.when(inside).then(large)))
        small = told // scale
        near = (low - step // 2 <= small + 1) & (small <= high + step // 2) & (small.abs() >= step)
        narrow = (high - low) * 5 <= small.abs()
        exactly = pl.when((told % scale == 0) & (low <= small) & (small <= high)).then(small).otherwise(_only())
        found.append((Cause.UNIT, near & narrow & (pl.col("|n") >= TELLING), exactly))
    return found


def _negated() -> Fit:
    told, other = pl.col("|told"), minus(pl.col("|told"))
    # Below a limit that is open downwards any figure would be allowed with a minus.
    closed = (pl.col("|low") > -FAR) | (told < 0)
    return Cause.SIGN, closed & (told != 0) & (pl.col("|low") <= other) & (other <= pl.col("|high")), other


def _doubled() -> list[Fit]:
    """Told twice, or by half, exactly; of small numbers many are each other's double."""
    told, low, high = pl.col("|told"), pl.col("|low"), pl.col("|high")
    telling = (pl.col("|n") >= 2 * TELLING) & (low > -FAR) & (high < FAR)
    half = told // 2
    return [
        (Cause.DUPLICATE, telling & (told % 2 == 0) & (low <= half) & (half <= high), half),
        (Cause.DUPLICATE, telling & (low <= 2 * told) & (2 * told <= high), 2 * told),
    ]


def _copied(cause: Cause, source: pl.Expr) -> Fit:
    return cause, (whole(source) == pl.col("|told")) & (pl.col("|n") >= TELLING), _only()


def _left_out() -> Fit:
    """The difference is exactly one of the parts of the total, and of no other: it was added later."""
    return Cause.NOT_UPDATED, pl.col("|left_out"), _only()


def _with_left_out(cells: pl.DataFrame, parts: pl.Expr) -> pl.DataFrame:
    """Add `|left_out`: whether the total lacks exactly one of its parts (List of EXACT), and that no small number."""
    least, most = (pl.col(end).cast(WHOLE) * pl.col("|step") - pl.col("|told").abs() for end in ("|lo", "|hi"))
    telling = (least >= TELLING * pl.col("|step")) & ((most - least) * NARROW <= least)
    cells = cells.with_row_index("|i")
    listed = cells.filter(telling.fill_null(False)).select("|i", least=least, most=most, part=parts).explode("part")
    same = listed.filter(whole(pl.col("part")).is_between("least", "most")).group_by("|i").agg(n=pl.len())
    one = same.filter(pl.col("n") == 1).select("|i", pl.lit(True).alias("|left_out"))
    return cells.join(one, on="|i", how="left", maintain_order="left")


# Digits: for each place the figures of one kind that are allowed


Values = Callable[[int], tuple[pl.Expr, pl.Expr]]
"""By place: the allowed figure (null: none) and whether it is the only one of that place."""


def _with_values(cells: pl.DataFrame, cause: Cause, values: Values) -> pl.DataFrame:
    """Add `|<cause>|least`, `|most` and `|sure`: the allowed figures of a kind over all places."""
    found = [values(place) for place in range(PLACES)]
    at = [f"|{cause.value}|{place}" for place in range(PLACES)]
    # Lazily, so that an expression within others is worked out once.
    cells = (
        cells.lazy()
        .with_columns(
            *(value.alias(name) for (value, _), name in zip(found, at, strict=True)),
            pl.all_horizontal(only.fill_null(True) for _, only in found).alias(f"|{cause.value}|sure"),
        )
        .collect()
    )
    least, most = pl.min_horizontal(at), pl.max_horizontal(at)
    return cells.with_columns(least.alias(f"|{cause.value}|least"), most.alias(f"|{cause.value}|most")).drop(at)


def _one_value(cause: Cause) -> Fit:
    """A kind of slip counts when all that it can make of the figure within the interval is one figure."""
    least, most, sure = (pl.col(f"|{cause.value}|{what}") for what in ("least", "most", "sure"))
    narrow = (pl.col("|hi") - pl.col("|lo")) * NARROW <= pl.col("|n")
    fits = least.is_not_null() & (least == most) & sure & narrow & (pl.col("|n") >= TELLING)
    sign = pl.when(pl.col("|told") < 0).then(-1).otherwise(1)
    return cause, fits, least.cast(WHOLE) * pl.col("|step") * sign


def _in_interval(value: pl.Expr, condition: pl.Expr) -> pl.Expr:
    return pl.when(condition & (pl.col("|lo") <= value) & (value <= pl.col("|hi"))).then(value)


def _transposed(place: int) -> tuple[pl.Expr, pl.Expr]:
    """Two neighbouring digits changed over. The first digit of a figure is no zero."""
    n, unit = pl.col("|n"), pl.lit(10**place, dtype=DIGITS)
    right, left = (n // unit) % 10, (n // (unit * 10)) % 10
    first = n // (unit * 10) < 10
    possible = (n >= unit * 10) & (left != right) & ~(first & (right == 0))
    return _in_interval(n + (right - left) * 9 * unit, possible), pl.lit(True)


def _any_digit(base: pl.Expr, unit: pl.Expr, but: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """base + d·unit for the digits d (all but one) that lie in the interval."""
    first = pl.max_horizontal(-((base - pl.col("|lo")) // unit), pl.lit(0, dtype=DIGITS))
    last = pl.min_horizontal((pl.col("|hi") - base) // unit, pl.lit(9, dtype=DIGITS))
    first = pl.when(first == but).then(first + 1).otherwise(first)
    last = pl.when(last == but).then(last - 1).otherwise(last)
    inside = (first <= but) & (but <= last)
    count = last - first + 1 - inside.cast(DIGITS)
    return pl.when(count >= 1).then(base + first * unit), count <= 1


def _substituted(place: int) -> tuple[pl.Expr, pl.Expr]:
    n, unit = pl.col("|n"), pl.lit(10**place, dtype=DIGITS)
    digit = (n // unit) % 10
    value, only = _any_digit(n - digit * unit, unit, digit)
    there = n >= unit
    # The first digit of the true figure is no zero: that would be a dropped one, in the other direction.
    first = (n // unit < 10) & (pl.lit(place > 0))
    fits = there & ~(first & (value < unit))
    return pl.when(fits).then(value), pl.when(fits).then(only)


def _dropped(place: int) -> tuple[pl.Expr, pl.Expr]:
    """A digit was left out at this place: to the left of what is below it."""
    n, unit = pl.col("|n"), pl.lit(10**place, dtype=DIGITS)
    base = n // unit * unit * 10 + n % unit
    leading = n < unit
    value, only = _any_digit(base, unit, pl.when(leading).then(pl.lit(0, dtype=DIGITS)).otherwise(-1))
    there = n * 10 >= unit
    return pl.when(there).then(value), pl.when(there).then(only)


DIGIT_CAUSES: tuple[tuple[Cause, Values], ...] = (
    (Cause.TRANSPOSED, _transposed),
    (Cause.DROPPED, _dropped),
    (Cause.SUBSTITUTED, _substituted),
)


# A pair of amounts, of which either may be the wrong one


def cause_of_pairs(pairs: pl.DataFrame, steps: Iterable[pl.Expr] | None = None) -> pl.Series:
    """The cause of each compared pair: of the left figure held against the right one, else of the right one.

    Args:
        pairs: left_value, right_value, low, high (EXACT): the figures and what rounding allows their difference to be.
        steps: one unit of the last reported digit of the left and of the right; none: as many digits as they have.
    """
    left, right = pl.col("left_value"), pl.col("right_value")
    both = list(steps) if steps is not None else [pl.lit(None, dtype=EXACT)] * 2
    # The other figure, give or take the rounding of both.
    slack = pl.col("high") - (left - right)
    first = explain(pairs, Told(left, both[0], right - slack, right + slack))["cause"]
    second = explain(pairs, Told(right, both[1], left - slack, left + slack))["cause"]
    plain = pl.DataFrame({"first": first, "second": second})
    found = pl.when(pl.col("first") != Cause.UNEXPLAINED.value).then("first").otherwise("second")
    return plain.select(cause=found)["cause"]
