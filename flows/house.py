"""The house as one run sees it: settings, catalogue, record and archive, opened once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import polars as pl

from catalogue.load import load
from catalogue.workdays import Workdays, load_workdays
from flows.settings import Settings
from journal.archive import Archive
from journal.record import Journal
from transforms import period
from transforms.facts import DEADLINES
from transforms.model import Catalogue, District
from workbooks.reading.guard import Limits

WORKDAYS = {"day": pl.Date(), "number": pl.Int64()}
FIRST_WORKDAY = date(2010, 1, 1)
"""Earlier dates cannot be held against the calendar."""
CALENDAR = {"period": pl.String(), "last_day": pl.Date(), "working_days_ytd": pl.Int64()}


def code_version() -> str:
    try:
        return version("yueji")
    except PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True, slots=True)
class House:
    """What every stage needs. `settings` and the clock stay in this floor."""

    settings: Settings
    catalogue: Catalogue
    workdays: Workdays
    journal: Journal
    archive: Archive

    @property
    def limits(self) -> Limits:
        s = self.settings
        return Limits(
            file_bytes=s.file_bytes,
            unzipped_bytes=s.unzipped_bytes,
            cells=s.cells,
            sheets=s.sheets,
            members=s.members,
            seconds=s.seconds_per_file,
            memory_bytes=s.memory_bytes,
        )

    def deadlines(self, as_of: datetime) -> pl.DataFrame:
        """What each district has to file: every period that is over, with the day it is due.

        Returns:
            district, form, period (String), due (Date), provisional (Boolean).
        """
        last = period.previous(f"{as_of:%Y-%m}")
        due_on = cache(self.workdays.nth_after)
        rows = []
        for district in self.catalogue.districts:
            for month in period.months_between(district.first_period, last):
                for form in map(self.catalogue.form, district.returns):
                    if owed := district.owes(form, month):
                        rows.append((district.code, form.code, owed, *due_on(owed, form.due)))
        return pl.DataFrame(rows, schema=DEADLINES, orient="row")

    def calendar(self, periods: list[str]) -> pl.DataFrame:
        """period, last_day (Date), working_days_ytd (Int64) of these periods."""
        rows = []
        for one in sorted(set(periods)):
            last = period.last_day(one)
            rows.append((one, last, self.workdays.count(date(last.year, 1, 1), last)))
        return pl.DataFrame(rows, schema=CALENDAR, orient="row")

    def numbered_workdays(self, periods: list[str]) -> pl.DataFrame:
        """day (Date), number (Int64: working days up to and with it) up to the end of the last of these periods."""
        return _numbered(self.workdays, max(map(period.last_day, periods), default=FIRST_WORKDAY))

    def district_in(self, folder: str) -> District | None:
        """The district that a folder name means: code, name or alias."""
        return next((d for d in self.catalogue.districts if folder in (d.code, d.name, *d.aliases)), None)

    def department_in(self, folder: str) -> str | None:
        """The code of the department that a folder name means."""
        return self.catalogue.code_lists["departments"].resolve().get(folder)


@cache
def _numbered(workdays: Workdays, last: date) -> pl.DataFrame:
    return pl.DataFrame(workdays.numbers(FIRST_WORKDAY, last), schema=WORKDAYS, orient="row")


@contextmanager
def open_house(settings: Settings | None = None) -> Iterator[House]:
    settings = settings or Settings()
    journal = Journal(settings.database)
    try:
        yield House(settings, load(), load_workdays(), journal, Archive(settings.var))
    finally:
        journal.close()


def due_month(as_of: datetime) -> str:
    """The month whose returns are due at a moment: the one before."""
    return period.previous(f"{as_of:%Y-%m}")


def days_late(due: date, arrived: date) -> int:
    return max((arrived - due) // timedelta(days=1), 0)
