"""The truth of F14: tenders of 江北区 by kind, all of them electronic, and the complaints about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from samples.draws import FEN_PER_WAN, vary
from transforms.period import previous

KINDS: Mapping[str, tuple[int, int]] = {
    "房建市政": (22, 3_850),
    "交通": (6, 5_200),
    "水利": (4, 1_900),
    "政府采购": (38, 265),
    "产权": (9, 640),
}
"""Tenders a month, 万元 of ceiling a tender."""


@dataclass(frozen=True, slots=True)
class TenderMonth:
    """One kind in one month; money in 分."""

    tenders: int
    unseen: int
    awarded: int
    ceiling: int
    guarantees: int
    deposit_saved: int
    complaints_opening: int
    complaints: int
    settled: int

    @property
    def complaints_closing(self) -> int:
        return self.complaints_opening + self.complaints - self.settled


@dataclass(frozen=True)
class Tendering:
    months: Mapping[tuple[str, str], TenderMonth]


def draw_tendering(rng: Random, periods: list[str]) -> Tendering:
    months: dict[tuple[str, str], TenderMonth] = {}
    for m in periods:
        for kind in KINDS:
            months[kind, m] = _draw_month(rng, kind, months.get((kind, previous(m))))
    return Tendering(months)


def _draw_month(rng: Random, kind: str, before: TenderMonth | None) -> TenderMonth:
    level, each = KINDS[kind]
    tenders = vary(rng, level, 180)
    ceiling = vary(rng, tenders * each * FEN_PER_WAN, 120)
    guarantees = tenders * rng.randint(4, 9)
    opening = before.complaints_closing if before else rng.randint(0, 2)
    complaints = rng.choice((0, 0, 1, 1, 2, 3)) if level > 10 else rng.choice((0, 0, 0, 1))
    return TenderMonth(
        tenders=tenders,
        unseen=tenders * rng.randint(880, 1000) // 1000,
        awarded=ceiling * rng.randint(890, 965) // 1000,
        ceiling=ceiling,
        guarantees=guarantees,
        deposit_saved=vary(rng, guarantees * each * FEN_PER_WAN // 60, 80),
        complaints_opening=opening,
        complaints=complaints,
        settled=rng.randint(max(0, opening - 1), opening + complaints),
    )
