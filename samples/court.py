"""The truth of F19: cases of the court by class, the ways they ended, and the money it holds for parties."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from samples.draws import FEN_PER_WAN, spread, vary
from transforms.period import previous, split

CIVIL, ENFORCEMENT, BANKRUPTCY, PROPERTY = "民商事", "执行", "破产", "知识产权"


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """New cases a month, cases open, days on average in tenths; 万元 executed a month, 万元 held for parties."""

    new: int
    open: int
    days: int
    executed: int = 0
    held: int = 0


CLASSES: Mapping[str, ClassFacts] = {
    CIVIL: ClassFacts(1_260, 2_340, 468, held=1_850),
    ENFORCEMENT: ClassFacts(830, 1_720, 912, executed=9_600, held=6_400),
    BANKRUPTCY: ClassFacts(5, 34, 2_180, held=920),
    PROPERTY: ClassFacts(68, 141, 715),
}
_SEASON = (980, 890, 1020, 1030, 1000, 1030, 1010, 1000, 1020, 930, 1040, 1060)


@dataclass(frozen=True, slots=True)
class CourtMonth:
    """One class in one month; `days` are tenths of days summed over what was closed, money in 分."""

    opening: int
    new: int
    closed: int
    ways: tuple[int, int, int]
    days: int
    executed: int
    funds_opening: int
    funds_in: int
    funds_out: int
    served: int
    served_online: int

    @property
    def closing(self) -> int:
        return self.opening + self.new - self.closed

    @property
    def funds_closing(self) -> int:
        return self.funds_opening + self.funds_in - self.funds_out


@dataclass(frozen=True)
class Court:
    """`ways`: mediated before the trial, quickly tried, fully tried (of 民商事 and 知识产权)."""

    months: Mapping[tuple[str, str], CourtMonth]


def draw_court(rng: Random, periods: list[str]) -> Court:
    months: dict[tuple[str, str], CourtMonth] = {}
    for m in periods:
        for name in CLASSES:
            months[name, m] = _draw_month(rng, name, m, months.get((name, previous(m))))
    return Court(months)


def _draw_month(rng: Random, name: str, period: str, before: CourtMonth | None) -> CourtMonth:
    facts = CLASSES[name]
    new = max(2, vary(rng, facts.new * _SEASON[split(period)[1] - 1] // 1000, 40))
    opening = before.closing if before else facts.open
    closed = max(1, opening + new - vary(rng, facts.open, 30))
    held = before.funds_closing if before else facts.held * FEN_PER_WAN
    received = vary(rng, facts.held * FEN_PER_WAN, 150)
    served = 2 * new + rng.randint(0, 9)
    return CourtMonth(
        opening=opening,
        new=new,
        closed=closed,
        ways=_draw_ways(rng, name, closed),
        days=closed * vary(rng, facts.days, 45),
        executed=vary(rng, facts.executed * FEN_PER_WAN, 160),
        funds_opening=held,
        funds_in=received,
        funds_out=held + received - vary(rng, facts.held * FEN_PER_WAN, 120),
        served=served,
        served_online=served * rng.randint(885, 945) // 1000,
    )


def _draw_ways(rng: Random, name: str, closed: int) -> tuple[int, int, int]:
    """At least three in four civil cases end before a full trial (002 cl. 42)."""
    if name not in (CIVIL, PROPERTY):
        return 0, 0, 0
    mediated, fast, full = spread(closed, [rng.randint(460, 500), rng.randint(295, 330), rng.randint(190, 225)])
    return mediated, fast, full
