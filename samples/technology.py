"""The truth of F11: loans of the centre to technology firms, and the pools that stand behind them, in 分."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random

from samples.calendar import month_of
from samples.draws import FEN_PER_WAN
from samples.loans import Loan, Loans
from transforms.period import previous

GUARANTEE, KNOWLEDGE, BUSINESS, PLEDGE = "科技担保贷", "知识价值信用贷", "商业价值信用贷", "知识产权质押"
POOLS: Mapping[str, tuple[int, int]] = {
    GUARANTEE: (320, 90),
    KNOWLEDGE: (560, 160),
    BUSINESS: (340, 100),
    PLEDGE: (300, 80),
}
"""Paid into the pool before 2021, and once a year since, 万元."""
PAID_IN = "03"
"""The month of the year in which the pools are filled up."""
_TECHNOLOGY = ("C", "I", "M")


@dataclass(frozen=True, slots=True)
class TechnologyLoan:
    """A loan of the centre (F09) under one of the four products; `ip` is the patent or trade mark that is pledged."""

    loan: Loan
    product: str
    ip: str


@dataclass(frozen=True, slots=True)
class PoolMonth:
    paid_in: int
    compensated: int
    recovered: int
    balance: int


@dataclass(frozen=True)
class Technology:
    loans: tuple[TechnologyLoan, ...]
    pools: Mapping[tuple[str, str], PoolMonth]

    def outstanding(self, period: str) -> list[TechnologyLoan]:
        return [t for t in self.loans if month_of(t.loan.drawn) <= period and t.loan.balance(period)]

    def paid_in_all(self, product: str, period: str) -> int:
        earlier = POOLS[product][0] * FEN_PER_WAN
        return earlier + sum(p.paid_in for (name, m), p in self.pools.items() if name == product and m <= period)


def draw_technology(rng: Random, periods: list[str], loans: Loans) -> Technology:
    """The product follows from how the loan of F09 is secured; a firm borrows once under each."""
    return Technology(tuple(_chosen(rng, loans.loans)), _draw_pools(rng, periods))


def _chosen(rng: Random, loans: Iterable[Loan]) -> Iterable[TechnologyLoan]:
    served: set[tuple[str, str]] = set()
    for number, loan in enumerate(loans, 1):
        free = rng.choice((KNOWLEDGE, KNOWLEDGE, BUSINESS))
        product = {"保证": GUARANTEE, "抵押": PLEDGE}.get(loan.security, free)
        if loan.firm.industry in _TECHNOLOGY and (loan.firm.uscc, product) not in served:
            served.add((loan.firm.uscc, product))
            ip = f"ZL{loan.drawn.year - 2}2{number:07d}.{rng.randint(0, 9)}" if product == PLEDGE else ""
            yield TechnologyLoan(loan, product, ip)


def _draw_pools(rng: Random, periods: list[str]) -> dict[tuple[str, str], PoolMonth]:
    pools: dict[tuple[str, str], PoolMonth] = {}
    owed = dict.fromkeys(POOLS, 0)
    for m in periods:
        for product, (earlier, yearly) in POOLS.items():
            before = pools.get((product, previous(m)))
            paid_in = yearly * FEN_PER_WAN if m.endswith(PAID_IN) else 0
            compensated = rng.randint(80, 640) * FEN_PER_WAN // 100 if rng.randint(1, 3) == 1 else 0
            recovered = owed[product] * rng.randint(20, 60) // 100 if rng.randint(1, 4) > 1 else 0
            recovered = recovered // (FEN_PER_WAN // 100) * (FEN_PER_WAN // 100)
            owed[product] += compensated - recovered
            opening = before.balance if before else earlier * FEN_PER_WAN
            pools[product, m] = PoolMonth(paid_in, compensated, recovered, opening + paid_in - compensated + recovered)
    return pools
