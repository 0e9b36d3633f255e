"""Working days of the sample: when the treasury pays, and when a department drops its file."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from catalogue.workdays import load_workdays
from transforms.model import Return
from transforms.period import first_day, last_day


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def working_day(period: str, number: int) -> date:
    """The so many-th working day after the reference period (a month or a quarter)."""
    return load_workdays().nth_after(period, number)[0]


@cache
def working_days_of(period: str) -> tuple[date, ...]:
    begin = first_day(period)
    days = (begin + timedelta(days=i) for i in range(last_day(period).day))
    return tuple(day for day in days if load_workdays().is_workday(day)[0])


@cache
def _all_working_days() -> tuple[date, ...]:
    begin, end = date(2017, 1, 1), date(2024, 12, 31)
    days = (begin + timedelta(days=i) for i in range((end - begin).days + 1))
    return tuple(day for day in days if load_workdays().is_workday(day)[0])


def later(day: date, number: int) -> date:
    """The so many-th working day after a day (before it, when negative)."""
    days = _all_working_days()
    return days[bisect_right(days, day) - 1 + number] if number > 0 else days[bisect_left(days, day) + number]


def worked(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`."""
    days = _all_working_days()
    return bisect_right(days, last) - bisect_right(days, first)


def draw_working_day(rng: Random, period: str) -> date:
    return rng.choice(working_days_of(period))


def working_day_on_or_before(day: date) -> date:
    while not load_workdays().is_workday(day)[0]:
        day -= timedelta(days=1)
    return day


def drop_time(rng: Random, form: Return, period: str, late: int = 0) -> datetime:
    """A moment in office hours, in time; or so many working days late. Wall time of Asia/Shanghai."""
    number = form.due + late if late else rng.randint(max(1, form.due - 2), form.due)
    day = working_day(period, number)
    return datetime(day.year, day.month, day.day, rng.randint(9, 16), rng.randint(0, 59), rng.randint(0, 59))
