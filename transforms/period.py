"""Reference periods: months `YYYY-MM`, quarters `YYYYQn`. Pure text and dates, no clock.

Where a function takes a period it takes either, and moves in the step of what it was given: before 2022Q1 lies
2021Q4. A period is over with its last month; it is due and published from then on.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from functools import cache
from types import MappingProxyType

MONTHLY, QUARTERLY = "monthly", "quarterly"
FREQUENCIES = (MONTHLY, QUARTERLY)
"""How often a return is filed."""

QUARTER_ENDS: Mapping[str, str] = MappingProxyType({"Q1": "-03", "Q2": "-06", "Q3": "-09", "Q4": "-12"})
OPENS_YEAR = r"(-01|Q1)$"
"""Pattern of the periods in which what is counted over the year begins again."""


def month(year: int, number: int) -> str:
    return f"{year:04d}-{number:02d}"


@cache
def split(period: str) -> tuple[int, int]:
    """Year and month of `YYYY-MM`. Raises ValueError for anything else."""
    year, _, number = period.partition("-")
    if not (len(year) == 4 and len(number) == 2 and (year + number).isdecimal() and 1 <= int(number) <= 12):
        raise ValueError(f"not a month: {period!r}")
    return int(year), int(number)


def is_quarter(period: str) -> bool:
    return len(period) == 6 and period[:4].isdecimal() and period[4:] in QUARTER_ENDS


def is_period(word: str) -> bool:
    """Whether a word is a month or a quarter."""
    try:
        months_of(word)
    except ValueError:
        return False
    return True


def months_of(period: str) -> list[str]:
    """The three months of `YYYYQn`; a month alone. Raises ValueError for anything else."""
    if not is_quarter(period):
        return [month(*split(period))]
    year, number = int(period[:4]), int(period[5:])
    return [month(year, number * 3 - 2 + i) for i in range(3)]


@cache
def last_month(period: str) -> str:
    return months_of(period)[-1]


def shift(period: str, steps: int) -> str:
    """The month that lies so many months after a month (before, when negative); the quarter, so many quarters."""
    if is_quarter(period):
        return quarter_of(shift(last_month(period), 3 * steps))
    year, number = split(period)
    year, index = divmod(year * 12 + number - 1 + steps, 12)
    return month(year, index + 1)


def previous(period: str) -> str:
    return shift(period, -1)


def year_ago(period: str) -> str:
    return shift(period, -4 if is_quarter(period) else -12)


def december_before(period: str) -> str:
    """The last period of the year before."""
    return f"{int(period[:4]) - 1:04d}" + ("Q4" if is_quarter(period) else "-12")


def first_day(period: str) -> date:
    return date(*split(months_of(period)[0]), 1)


def last_day(period: str) -> date:
    year, number = split(last_month(period))
    return date(year, number, monthrange(year, number)[1])


def months_between(first: str, last: str) -> list[str]:
    """All months from `first` to `last`, both included; empty when `last` is earlier."""
    months = []
    while first <= last:
        months.append(first)
        first = shift(first, 1)
    return months


def year_to_date(period: str) -> list[str]:
    """The months of the year up to the end of a period."""
    last = last_month(period)
    return months_between(month(split(last)[0], 1), last)


def quarter_of(period: str) -> str:
    year, number = split(last_month(period))
    return f"{year:04d}Q{(number + 2) // 3}"


def ending_with(month: str, frequency: str) -> str | None:
    """The period of a return that is over with a month: the month, or the quarter of which it is the last; None where
    a quarter goes on."""
    if frequency == MONTHLY:
        return month
    quarter = quarter_of(month)
    return quarter if last_month(quarter) == month else None


def chinese(period: str) -> str:
    """2022-08 → 2022年8月; 2022Q3 → 2022年三季度."""
    if is_quarter(period):
        return f"{period[:4]}年{'一二三四'[int(period[5:]) - 1]}季度"
    year, number = split(period)
    return f"{year}年{number}月"
