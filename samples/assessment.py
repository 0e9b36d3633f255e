"""The truth of F25: the district's figures of the quarter, the assessment of 46 units, and what the electronic
inspection warned of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from catalogue.load import load
from samples.calendar import draw_working_day, month_of
from samples.draws import vary
from transforms.period import months_of, shift, year_ago

PARTS: Mapping[str, int] = {"s_time": 20, "s_quality": 20, "s_reform": 25, "s_issue": 20, "s_third": 15}
"""The parts of a score and what each may bring at most."""


@dataclass(frozen=True, slots=True)
class ContextFacts:
    """Year to date by quarter of 2021, in hundredths of the indicator's unit; growth on the year before in
    thousandths (2021, 2022); state of the figure when it is filed."""

    ytd_2021: tuple[int, int, int, int]
    growth: tuple[int, int]
    state: str


CONTEXT: Mapping[str, ContextFacts] = {
    "GDP": ContextFacts((34_120, 71_980, 109_460, 150_830), (82, 34), "初步"),
    "TAX": ContextFacts((8_410, 17_260, 24_930, 31_780), (96, -21), "最终"),
    "FIRMS": ContextFacts((97_300, 99_100, 100_800, 103_600), (61, 57), "最终"),
    "FAI": ContextFacts((5_230, 13_940, 22_180, 30_650), (54, 46), "初步"),
    "RETAIL": ContextFacts((19_760, 40_110, 60_920, 83_470), (141, 12), "修订"),
}
"""GDP of 2021 passed 1500 亿元 (seed 001); the rest is ours."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """One unit in one quarter: points of each part and what is taken off, in hundredths."""

    parts: Mapping[str, int]
    deduct: int

    @property
    def score(self) -> int:
        return sum(self.parts.values()) - self.deduct


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning of the electronic inspection; `issue_no` names the issue that F21 opens for it."""

    issue_no: str
    unit: str
    day: date
    corrected: bool


@dataclass(frozen=True)
class Assessment:
    """`context` by indicator and quarter, `units` by unit and quarter. Issues of warnings are numbered
    WT-<yyyymm>-3001 and on."""

    context: Mapping[tuple[str, str], int]
    units: Mapping[tuple[str, str], Assessed]
    warned: tuple[Warned, ...]

    def warnings(self, period: str) -> list[Warned]:
        """The warnings of a month or a quarter."""
        months = set(months_of(period))
        return [w for w in self.warned if month_of(w.day) in months]


def assessed_units() -> list[str]:
    return [unit.code for unit in load().code_lists["assessed_units"].codes]


def draw_assessment(rng: Random, periods: list[str], quarters: Iterable[str]) -> Assessment:
    units = assessed_units()
    talent = {unit: rng.randint(-40, 45) for unit in units}
    assessed = {(unit, q): _draw_unit(rng, talent[unit]) for q in quarters for unit in units}
    departments = [d.code for d in load().departments if d.code in units]
    warned = [w for m in periods for w in _draw_warned(rng, m, departments)]
    return Assessment(_draw_context(rng), assessed, tuple(warned))


def _draw_context(rng: Random) -> dict[tuple[str, str], int]:
    """Indicator and quarter → year to date, 2020Q1 to 2022Q4."""
    context = {}
    for indicator, facts in CONTEXT.items():
        for number, ytd in enumerate(facts.ytd_2021, 1):
            quarter = f"2021Q{number}"
            context[indicator, quarter] = ytd
            context[indicator, year_ago(quarter)] = ytd * 1000 // (1000 + facts.growth[0] + rng.randint(-6, 6))
            context[indicator, shift(quarter, 4)] = ytd * (1000 + facts.growth[1] + rng.randint(-6, 6)) // 1000
        if indicator == "FIRMS":
            context |= {key: value // 100 * 100 for key, value in context.items() if key[0] == indicator}
    return context


def _draw_unit(rng: Random, talent: int) -> Assessed:
    parts = {name: min(100 * most, vary(rng, most * (905 + talent) // 10, 28)) for name, most in PARTS.items()}
    return Assessed(parts, rng.choice((0, 0, 0, 0, 0, 50, 50, 100, 200)))


def _draw_warned(rng: Random, period: str, departments: list[str]) -> list[Warned]:
    days = sorted(draw_working_day(rng, period) for _ in range(rng.randint(5, 9)))
    return [
        Warned(f"WT-{day:%Y%m}-{3000 + number}", rng.choice(departments), day, rng.randint(1, 100) <= 92)
        for number, day in enumerate(days, 1)
    ]
