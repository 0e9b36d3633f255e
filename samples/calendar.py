"""When a department drops its file: on a working day, at the latest the one on which the return is due."""

from datetime import date, datetime, timedelta
from random import Random

from transforms.model import Return
from transforms.period import first_day, shift

# First ten days of the months in which samples are filed (notices of the State Council for 2021 to 2023).
_HOLIDAYS = (
    "2021-04-05 2021-05-03 2021-05-04 2021-05-05 2021-10-01 2021-10-04 2021-10-05 2021-10-06 2021-10-07 "
    "2022-01-03 2022-02-01 2022-02-02 2022-02-03 2022-02-04 2022-04-04 2022-04-05 2022-05-02 2022-05-03 "
    "2022-05-04 2022-06-03 2022-10-03 2022-10-04 2022-10-05 2022-10-06 2022-10-07 2023-01-02"
)
_WORKED_WEEKENDS = "2021-02-07 2021-05-08 2021-10-09 2022-04-02 2022-05-07 2022-10-08 2022-10-09"
HOLIDAYS, WORKED_WEEKENDS = (frozenset(map(date.fromisoformat, days.split())) for days in (_HOLIDAYS, _WORKED_WEEKENDS))


def working_day(period: str, number: int) -> date:
    """The so many-th working day after the reference period."""
    day = first_day(shift(period, 1)) - timedelta(days=1)
    while number:
        day += timedelta(days=1)
        number -= (day.weekday() < 5 and day not in HOLIDAYS) or day in WORKED_WEEKENDS
    return day


def drop_time(rng: Random, form: Return, period: str, late: int = 0) -> datetime:
    """A moment in office hours, in time; or so many working days late. Wall time of Asia/Shanghai."""
    number = form.due + late if late else rng.randint(max(1, form.due - 2), form.due)
    day = working_day(period, number)
    return datetime(day.year, day.month, day.day, rng.randint(9, 16), rng.randint(0, 59), rng.randint(0, 59))
