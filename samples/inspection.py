"""The truth of F17: inspections drawn at random, the four rates and the use of credit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from samples.calendar import draw_working_day, later
from samples.entities import TYPES, Entities
from transforms.period import last_day

_LEADS = ("market_reg", "market_reg", "market_reg", "emergency", "health", "ecology", "transport", "culture_tourism")
_JOINT = ("区税务局", "区人力社保局", "区公安分局", "区住房城乡建委", "区城管局")
CREDIT_CODES, REPAIRS = "信用码户数", "信用修复"
RATES = ("清单梳理完成率", "归集率", "投诉举报处理率", "协同响应率")


@dataclass(frozen=True, slots=True)
class Task:
    """One task; `ratio` in hundredths of a per cent."""

    number: str
    plan: str
    lead: str
    joint: str
    objects: int
    ratio: int
    drawn: int
    inspected: int
    published: int
    inspectors: int
    found: int
    published_on: date
    at_random: bool


@dataclass(frozen=True)
class Inspection:
    """`rates` by name and month: numerator and denominator (0: a count)."""

    tasks: Mapping[str, tuple[Task, ...]]
    rates: Mapping[tuple[str, str], tuple[int, int]]


def draw_inspection(rng: Random, periods: list[str], entities: Entities) -> Inspection:
    """The register of objects is that of the entities, some days behind."""
    tasks, rates, users = {}, {}, 320
    for i, m in enumerate(periods):
        stock = sum(entities.months[t.code, m].closing for t in TYPES)
        objects = stock * rng.randint(986, 998) // 1000
        count = rng.randint(8, 12)
        odd = rng.randint(1, count) if rng.randint(1, 3) == 1 else 0
        tasks[m] = tuple(_draw_task(rng, m, n, objects, at_random=n != odd) for n in range(1, count + 1))
        for name in RATES:
            whole = {"清单梳理完成率": 318, "归集率": rng.randint(5_200, 6_400)}.get(name, rng.randint(180, 320))
            missing = whole * max(0, 30 - 4 * i) // 1000
            rates[name, m] = (whole - missing, whole)
        users += rng.randint(140, 190)
        rates[CREDIT_CODES, m] = (users, 0)
        rates[REPAIRS, m] = (rng.randint(18, 41), 0)
    return Inspection(tasks, rates)


def _draw_task(rng: Random, period: str, number: int, objects: int, *, at_random: bool) -> Task:
    ratio = rng.randint(6, 42)
    drawn = objects * ratio // 10_000
    inspected = drawn - rng.randint(0, 3)
    day = draw_working_day(rng, period)
    return Task(
        number=f"SSJ{period.replace('-', '')}{number:02d}",
        plan=f"JBSSJ-{period[:4]}-{rng.randint(1, 36):02d}",
        lead=rng.choice(_LEADS),
        joint="、".join(rng.sample(_JOINT, rng.randint(0, 2))),
        objects=objects,
        ratio=ratio,
        drawn=drawn,
        inspected=inspected,
        published=inspected,
        inspectors=2 * rng.randint(1, 8),
        found=max(1, inspected * rng.randint(60, 210) // 1000),
        published_on=min(later(day, 5), last_day(period)),
        at_random=at_random,
    )
