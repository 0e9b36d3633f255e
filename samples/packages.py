"""The truth of F08: one-thing packages, agency service at the stations, and what could not be done at a window."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from samples.calendar import draw_working_day, month_of, working_day_on_or_before
from samples.draws import spread, vary
from transforms.period import previous, year_to_date

PERSON, FIRM = "个人", "企业"
_PERSONAL = ("出生", "入学", "就业", "婚育", "住房", "就医", "退休", "救助", "身后")
_OF_FIRMS = ("企业开办", "生产经营", "项目建设", "融资纳税", "企业简易注销")
PACKAGES, DONE_ALL = 145, 6_519
"""Packages and what they had completed since they began, by August 2022 (seed 004)."""
_STEPS_BEFORE, _STEPS_AFTER = 2_003, 549
"""Steps of all packages before and after (seed 004)."""
_DONE_BEFORE = 640
"""Completed before the first month: ours."""

STATIONS = tuple(f"JB{n:02d}" for n in range(1, 16))
HALL = STATIONS[-1]
MODES = ("延时", "错时", "预约", "上门")
_DEPARTMENTS = ("market_reg", "human_resources", "medical_insurance", "natural_resources", "tax", "construction")


@dataclass(frozen=True, slots=True)
class Package:
    """One package: steps, documents and working days before and after; completed before 2021, and by month."""

    code: str
    name: str
    kind: str
    steps: tuple[int, int]
    documents: tuple[int, int]
    days: tuple[int, int]
    earlier: int
    done: Mapping[str, int]

    def done_all(self, period: str) -> int:
        return self.earlier + sum(n for m, n in self.done.items() if m <= period)


@dataclass(frozen=True, slots=True)
class Undone:
    """One matter that could not be done at a window and was taken on; `issue_no` names its issue in F21."""

    issue_no: str
    station: str
    mode: str
    department: str
    received: date
    done: date


@dataclass(frozen=True, slots=True)
class StationMonth:
    """Agency service of one station in one way and month."""

    services: int
    projects: int


@dataclass(frozen=True)
class Packages:
    """`stations` by station, mode and month. Issues of undone matters are numbered WT-<yyyymm>-2001 and on."""

    packages: tuple[Package, ...]
    stations: Mapping[tuple[str, str, str], StationMonth]
    matters: tuple[Undone, ...]

    def undone(self, period: str) -> list[Undone]:
        """What was taken on in a month because it could not be done at a window."""
        return [u for u in self.matters if month_of(u.received) == period]

    def undone_settled(self, period: str) -> list[Undone]:
        return [u for u in self.matters if month_of(u.done) == period]

    def services_ytd(self, station: str, mode: str, period: str) -> int:
        return sum(self.stations[station, mode, m].services for m in year_to_date(period))


def draw_packages(rng: Random, periods: list[str]) -> Packages:
    """Packages that add up to what seed 004 tells; stations and undone matters of `periods`."""
    stations: dict[tuple[str, str, str], StationMonth] = {}
    for station in STATIONS:
        for mode in MODES:
            level = rng.randint(24, 70) * (3 if station == HALL else 1)
            for m in periods:
                before = stations.get((station, mode, previous(m)))
                services = vary(rng, level, 220)
                # A row that repeats last month's looks like a copy.
                services += before is not None and before.services == services
                stations[station, mode, m] = StationMonth(services, 1 + services * rng.randint(90, 240) // 1000)
    matters = [u for m in periods for u in _draw_undone(rng, m)]
    return Packages(tuple(_draw_packages(rng, periods)), stations, tuple(matters))


def _draw_packages(rng: Random, periods: list[str]) -> list[Package]:
    personal = PACKAGES * 62 // 100
    names = [*_named(_PERSONAL, personal), *_named(_OF_FIRMS, PACKAGES - personal)]
    after = spread(_STEPS_AFTER, [rng.randint(2, 6) for _ in names], least=1)
    cut = spread(_STEPS_BEFORE - _STEPS_AFTER, [rng.randint(4, 14) for _ in names], least=1)
    before = spread(_DONE_BEFORE, [rng.randint(1, 9) for _ in names])
    done = _draw_done(rng, periods, len(names))
    drawn = []
    for i, name in enumerate(names):
        documents, days = rng.randint(8, 26), rng.randint(30, 96)
        drawn.append(
            Package(
                code=f"TC{i + 1:03d}",
                name=name,
                kind=PERSON if i < personal else FIRM,
                steps=(after[i] + cut[i], after[i]),
                documents=(documents, max(1, documents * rng.randint(22, 45) // 100)),
                days=(days, days * rng.randint(2, 9) // 100),
                earlier=before[i],
                done={m: done[m][i] for m in periods},
            )
        )
    return drawn


def _named(themes: tuple[str, ...], count: int) -> list[str]:
    return [f"{themes[i % len(themes)]}一件事({i // len(themes) + 1})" for i in range(count)]


def _draw_done(rng: Random, periods: list[str], packages: int) -> dict[str, list[int]]:
    """Completed by month and package; nobody waits six months for the next one."""
    totals = spread(DONE_ALL - _DONE_BEFORE, [(900 + 12 * i) * rng.randint(950, 1050) for i in range(len(periods))])
    liked = [rng.choice((1, 2, 3, 4, 6, 9, 14)) for _ in range(packages)]
    done: dict[str, list[int]] = {}
    for m, total in zip(periods, totals, strict=True):
        counts = spread(total, [like * rng.randint(100, 1900) for like in liked])
        recent = list(done.values())[-4:]
        for i in range(packages):
            if not counts[i] and not any(past[i] for past in recent):
                counts[counts.index(max(counts))] -= 1
                counts[i] = 1
        done[m] = counts
    return done


def _draw_undone(rng: Random, period: str) -> list[Undone]:
    days = sorted(draw_working_day(rng, period) for _ in range(rng.randint(5, 9)))
    return [
        Undone(
            issue_no=f"WT-{day:%Y%m}-{2000 + number}",
            station=rng.choice((HALL, HALL, HALL, *STATIONS[:12])),
            mode=rng.choice(MODES),
            department=rng.choice(_DEPARTMENTS),
            received=day,
            done=max(day, working_day_on_or_before(day + timedelta(days=rng.randint(1, 12)))),
        )
        for number, day in enumerate(days, 1)
    ]
