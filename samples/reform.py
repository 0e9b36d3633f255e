"""The truth of F22: how far each lead is with each of the 52 measures, month by month."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from catalogue.load import load
from transforms.model import Measure
from transforms.period import last_day, months_between, shift

DUE = date(2022, 12, 31)
"""The plan tells few deadlines: the others are ours."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """One measure in the hands of one lead; `progress` in per cent by month, `steady` whether it keeps its pace."""

    measure: Measure
    lead: str
    due: date
    progress: Mapping[str, int]
    steady: bool

    def state(self, period: str) -> str:
        done = self.progress[period]
        if done == 100:
            return "已完成"
        if last_day(period) > self.due:
            return "逾期"
        return "未启动" if not done else "推进中" if self.steady else "滞后"


@dataclass(frozen=True)
class Reform:
    assignments: tuple[Assignment, ...]


def draw_reform(rng: Random, periods: list[str]) -> Reform:
    """Every month brings every measure some points further; each lead still has one to finish at the end."""
    drawn: list[Assignment] = []
    last_of = {lead: m.code for m in load().measures for lead in m.leads}
    hands = Counter(lead for m in load().measures for lead in m.leads)
    for measure in load().measures:
        for lead in measure.leads:
            long = last_of[lead] == measure.code and hands[lead] > 1
            drawn.append(_draw_assignment(rng, measure, lead, periods, long=long and measure.deadline is None))
    return Reform(tuple(drawn))


def _draw_assignment(rng: Random, measure: Measure, lead: str, periods: list[str], *, long: bool) -> Assignment:
    due = measure.deadline or DUE
    begun = shift(periods[0], rng.randint(0, 2))
    final = (
        f"{due:%Y-%m}" if measure.deadline else shift(periods[-1], rng.randint(2, 4) if long else rng.randint(-9, 3))
    )
    steps = months_between(begun, final)
    left, progress = 100, {}
    for place, m in enumerate(steps):
        ahead = len(steps) - place
        # Two points at least, and enough left for the months to come.
        left -= (
            left if ahead == 1 else min(left - 2 * (ahead - 1), max(2, left * rng.randint(60, 140) // (100 * ahead)))
        )
        progress[m] = 100 - left
    told = {m: progress.get(m, 0 if m < begun else 100) for m in periods}
    return Assignment(measure, lead, due, told, steady=rng.randint(1, 8) > 1)
