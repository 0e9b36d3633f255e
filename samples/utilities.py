"""The truth of F12: applications for water, power and gas, of small users and of the projects that start."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from samples.calendar import draw_working_day, later, worked
from samples.identity import Firm, draw_firms
from samples.investment import Investment
from transforms.period import first_day, last_day, previous


@dataclass(frozen=True, slots=True)
class UserClass:
    """A kind of connection: applications a month, working days it takes, its target, documents, steps."""

    utility: str
    user: str
    monthly: tuple[int, int]
    days: tuple[int, int]
    target: int
    docs: int
    steps: int


WATER, POWER, GAS = (
    UserClass("水", "一般项目", (9, 13), (4, 7), 9, 4, 3),
    UserClass("电", "低压小微", (17, 24), (4, 7), 8, 2, 2),
    UserClass("气", "其他", (8, 12), (6, 11), 13, 3, 3),
)
_SMALL = (WATER, POWER, GAS, UserClass("水", "小低项目", (5, 8), (3, 4), 5, 3, 2))
_OF_PROJECTS = (
    UserClass("电", "10千伏", (0, 0), (21, 29), 30, 4, 3),
    UserClass("水", "一般项目", (0, 0), (5, 8), 9, 4, 3),
    UserClass("气", "一般项目", (0, 0), (8, 12), 13, 4, 3),
)


@dataclass(frozen=True, slots=True)
class Application:
    """One application with the days of its steps; `dig` are the days on which digging was filed and allowed."""

    number: str
    kind: UserClass
    firm: Firm
    project: str
    applied: date
    planned: date
    dig: tuple[date, date] | None
    connected: date
    online: bool

    @property
    def days(self) -> int:
        return worked(self.applied, self.connected)


@dataclass(frozen=True)
class Utilities:
    applications: tuple[Application, ...]

    def told(self, period: str) -> list[Application]:
        """Applied for by the end of the month, and not connected before it."""
        begin, end = first_day(period), last_day(period)
        return [a for a in self.applications if a.applied <= end and a.connected >= begin]

    def connected(self, period: str) -> list[Application]:
        begin, end = first_day(period), last_day(period)
        return [a for a in self.applications if begin <= a.connected <= end]


def draw_utilities(rng: Random, periods: list[str], investment: Investment) -> Utilities:
    """Small users from the month before the first; every project has power, water and gas on their way when it
    starts."""
    firms = draw_firms(rng, 700, "小小微微微")
    drawn: list[tuple[date, UserClass, Firm, str]] = []
    for m in [previous(periods[0]), *periods]:
        for kind in _SMALL:
            drawn += [
                (draw_working_day(rng, m), kind, rng.choice(firms), "") for _ in range(rng.randint(*kind.monthly))
            ]
    drawn += _of_projects(rng, investment)
    drawn.sort(key=lambda d: (d[0], d[1].utility, d[1].user, d[2].uscc))
    return Utilities(tuple(_draw_application(rng, n, *d) for n, d in enumerate(drawn, 1)))


def _of_projects(rng: Random, investment: Investment) -> Iterator[tuple[date, UserClass, Firm, str]]:
    for project in investment.projects:
        if project.ended is None:
            for kind in _OF_PROJECTS:
                # Not connected before the month in which the project starts.
                yield later(project.started, -rng.randint(1, 3)), kind, project.firm, project.number


def _draw_application(rng: Random, number: int, day: date, kind: UserClass, firm: Firm, project: str) -> Application:
    days = rng.randint(*kind.days)
    planned = later(day, 1 + days // 4)
    dig = None
    if days > 5 and rng.randint(1, 3) == 1:
        filed = later(planned, 0)
        dig = (filed, later(filed, rng.randint(1, 2)))
    prefix = {"水": "GS", "电": "GD", "气": "RQ"}[kind.utility]
    return Application(
        number=f"{prefix}{day:%Y%m}{number:05d}",
        kind=kind,
        firm=firm,
        project=project,
        applied=day,
        planned=planned,
        dig=dig,
        connected=later(day, days),
        online=rng.randint(1, 100) <= 93,
    )
