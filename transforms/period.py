"""Reference periods: months `YYYY-MM`, quarters `YYYYQn`. Pure text and dates, no clock."""

from calendar import monthrange
from datetime import date


def month(year: int, number: int) -> str:
    return f"{year:04d}-{number:02d}"


def split(period: str) -> tuple[int, int]:
    """Year and month of `YYYY-MM`. Raises ValueError for anything else."""
    year, _, number = period.partition("-")
    if not (len(year) == 4 and len(number) == 2 and (year + number).isdecimal() and 1 <= int(number) <= 12):
        raise ValueError(f"not a month: {period!r}")
    return int(year), int(number)


def shift(period: str, months: int) -> str:
    """The month that lies `months` after `period` (before, when negative)."""
    year, number = split(period)
    year, index = divmod(year * 12 + number - 1 + months, 12)
    return month(year, index + 1)


def previous(period: str) -> str:
    return shift(period, -1)


def year_ago(period: str) -> str:
    return shift(period, -12)


def december_before(period: str) -> str:
    return month(split(period)[0] - 1, 12)


def first_day(period: str) -> date:
    return date(*split(period), 1)


def last_day(period: str) -> date:
    year, number = split(period)
    return date(year, number, monthrange(year, number)[1])


def months_between(first: str, last: str) -> list[str]:
    """All months from `first` to `last`, both included; empty when `last` is earlier."""
    months = []
    while first <= last:
        months.append(first)
        first = shift(first, 1)
    return months


def year_to_date(period: str) -> list[str]:
    return months_between(month(split(period)[0], 1), period)


def quarter_of(period: str) -> str:
    year, number = split(period)
    return f"{year:04d}Q{(number + 2) // 3}"


def months_of(quarter: str) -> list[str]:
    """The three months of `YYYYQn`."""
    year, number = int(quarter[:4]), int(quarter[5:])
    if quarter[4] != "Q" or not 1 <= number <= 4:
        raise ValueError(f"not a quarter: {quarter!r}")
    return [month(year, number * 3 - 2 + i) for i in range(3)]


def shift_quarter(quarter: str, quarters: int) -> str:
    return quarter_of(shift(months_of(quarter)[0], 3 * quarters))


def chinese(period: str) -> str:
    """2022-08 → 2022年8月; 2022Q3 → 2022年三季度."""
    if "Q" in period:
        return f"{period[:4]}年{'一二三四'[int(period[5:]) - 1]}季度"
    year, number = split(period)
    return f"{year}年{number}月"
