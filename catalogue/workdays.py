"""Working days of the State Council's calendar, and the day a return is due.

The library knows the decreed years; later decrees are entered in `calendar.yaml`. A day in a year that nobody has
decreed yet is judged by its weekday alone, and every deadline that touches it is provisional.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar  # type: ignore[import-untyped]  # ships no types

from catalogue.declarations import CatalogueError, read_declarations
from transforms import period

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Workdays:
    """The calendar with what the office added to it."""

    holidays: frozenset[date]
    make_up_days: frozenset[date]

    def is_workday(self, day: date) -> tuple[bool, bool]:
        """Whether a day is worked, and whether that is provisional."""
        if day in self.make_up_days:
            return True, False
        if day in self.holidays:
            return False, False
        try:
            return chinese_calendar.is_workday(day), False
        except NotImplementedError:
            entered = any(d.year == day.year for d in self.holidays | self.make_up_days)
            return day.weekday() < 5, not entered

    def nth_after(self, ended: str, number: int) -> tuple[date, bool]:
        """The n-th working day after a period (a month or a quarter), and whether it is provisional.

        Raises ValueError: `number` is below 1.
        """
        if number < 1:
            raise ValueError(f"working days are counted from 1, not {number}")
        day, found, provisional = period.last_day(ended) + timedelta(days=1), 0, False
        while True:
            worked, guessed = self.is_workday(day)
            found, provisional = found + worked, provisional or guessed
            if found == number:
                return day, provisional
            day += timedelta(days=1)

    def count(self, first: date, last: date) -> int:
        days = ((last - first).days + 1) if last >= first else 0
        return sum(self.is_workday(first + timedelta(days=i))[0] for i in range(days))

    def numbers(self, first: date, last: date) -> list[tuple[date, int]]:
        """Every day from `first` to `last` with the number of working days up to and with it, counted from `first`."""
        numbered, number = [], 0
        for day in (first + timedelta(days=i) for i in range((last - first).days + 1)):
            number += self.is_workday(day)[0]
            numbered.append((day, number))
        return numbered


@cache
def load_workdays(folder: Path = HERE) -> Workdays:
    """The calendar of the catalogue. Raises CatalogueError when an entry is not a date."""
    declared = read_declarations(folder / "calendar.yaml")
    return Workdays(_dates(declared.get("holidays", {})), _dates(declared.get("make_up_days", {})))


def _dates(words: Iterable[str]) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(str(word)) for word in words)
    except ValueError as error:
        raise CatalogueError(f"calendar.yaml: {error}") from error
