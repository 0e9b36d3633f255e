"""The truth of F18: labour relations, unemployment benefits and job fairs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from samples.calendar import draw_working_day, month_of
from samples.draws import spread
from transforms.period import split, year_to_date

SERVED, MODEL_FIRMS, COORDINATORS = "服务新注册企业", "AAA企业", "金牌协调员"
MEDIATION, ARBITRATION, BENEFITS, JOB_KEEPING = "调解", "仲裁", "失业待遇", "稳岗补贴"
TARGETS: Mapping[str, int] = {SERVED: 100, MODEL_FIRMS: 10, COORDINATORS: 2}
"""What a year has to bring (002 cl. 39)."""
_LEVELS: Mapping[str, tuple[int, int]] = {
    SERVED: (9, 14),
    MEDIATION: (28, 52),
    ARBITRATION: (19, 36),
    BENEFITS: (310, 420),
}


@dataclass(frozen=True, slots=True)
class Fair:
    number: str
    day: date
    firms: int
    posts: int
    intents: int
    hires: int


@dataclass(frozen=True)
class Employment:
    """`flows` by indicator and month; `days` it takes to grant a benefit, in tenths, by month."""

    flows: Mapping[tuple[str, str], int]
    days: Mapping[str, int]
    fairs: tuple[Fair, ...]

    def ytd(self, indicator: str, period: str) -> int:
        return sum(self.flows[indicator, m] for m in year_to_date(period))

    def fairs_told(self, period: str) -> list[Fair]:
        months = set(year_to_date(period))
        return [f for f in self.fairs if month_of(f.day) in months]


def draw_employment(rng: Random, periods: list[str]) -> Employment:
    flows: dict[tuple[str, str], int] = {}
    for m in periods:
        for name, level in _LEVELS.items():
            flows[name, m] = rng.randint(*level)
    for year in sorted({split(m)[0] for m in periods}):
        months = [f"{year}-{n:02d}" for n in range(1, 13)]
        for name, total in ((MODEL_FIRMS, rng.randint(11, 13)), (COORDINATORS, rng.randint(2, 3))):
            counts = spread(total, [rng.randint(1, 5) for _ in months])
            flows |= {(name, m): n for m, n in zip(months, counts, strict=True)}
    days = {m: rng.randint(5, 9) for m in periods}
    held = [draw_working_day(rng, m) for m in periods for _ in range(rng.randint(2, 4))]
    return Employment(flows, days, tuple(_draw_fair(rng, n, day) for n, day in enumerate(sorted(held), 1)))


def _draw_fair(rng: Random, number: int, day: date) -> Fair:
    firms = rng.randint(24, 80)
    posts = firms * rng.randint(11, 28)
    intents = posts * rng.randint(24, 46) // 100
    return Fair(f"ZPH{day:%Y%m}{number:03d}", day, firms, posts, intents, intents * rng.randint(18, 35) // 100)
