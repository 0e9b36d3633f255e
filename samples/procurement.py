"""The truth of F13: contracts of government procurement and their payments, in 分."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from samples.calendar import draw_working_day, later, month_of, working_day_on_or_before
from samples.draws import FEN_PER_WAN
from samples.identity import Firm, draw_firms
from transforms.period import first_day, last_day, months_between, shift, year_to_date

_PURCHASERS = ("education", "health", "police", "urban_management", "construction", "gov_service", "culture_tourism")
_KINDS = ("货物", "货物", "服务", "服务", "服务", "工程")
_WAN_CENT = FEN_PER_WAN // 100
"""0.01 万元: what a form in 万元 can tell."""


@dataclass(frozen=True, slots=True)
class Payment:
    number: str
    contract: str
    invoiced: date
    paid: date
    amount: int
    treasury_no: str


@dataclass(frozen=True, slots=True)
class Contract:
    number: str
    purchaser: str
    kind: str
    intended: date
    budget: int
    reserved: bool
    for_micro: int
    awarded: date
    signed: date
    published: date
    amount: int
    supplier: Firm
    prepaid: int
    finished: date
    accepted: date
    payments: tuple[Payment, ...]


@dataclass(frozen=True)
class Procurement:
    contracts: tuple[Contract, ...]

    def told(self, period: str) -> list[Contract]:
        """Signed this year, or signed before and not paid in full when it began."""
        begin, end = first_day(year_to_date(period)[0]), last_day(period)
        return [c for c in self.contracts if c.signed <= end and (c.signed >= begin or c.payments[-1].paid >= begin)]

    def payments(self, period: str) -> list[Payment]:
        """All payments so far on the contracts that are told."""
        end = last_day(period)
        return [p for c in self.told(period) for p in c.payments if p.paid <= end]


def draw_procurement(rng: Random, periods: list[str]) -> Procurement:
    """Seven to ten contracts a month, since half a year before the first of `periods`."""
    suppliers = draw_firms(rng, 90, "大中小小小微微微")
    days = [
        draw_working_day(rng, m)
        for m in months_between(shift(periods[0], -6), periods[-1])
        for _ in range(rng.randint(7, 10))
    ]
    return Procurement(tuple(_draw_contract(rng, n, day, suppliers) for n, day in enumerate(sorted(days), 1)))


def _draw_contract(rng: Random, number: int, signed: date, suppliers: Sequence[Firm]) -> Contract:
    kind = rng.choice(_KINDS)
    budget = rng.randint(60, 900) * 10 * (3 if kind == "工程" else 1) * _WAN_CENT * 10
    limit = (400 if kind == "工程" else 200) * FEN_PER_WAN
    reserved = budget < limit or rng.randint(1, 3) == 1
    small = [f for f in suppliers if f.size != "大"]
    supplier = rng.choice(small if reserved else suppliers)
    exactly = rng.randint(1, 12) == 1
    amount = budget if exactly else budget * rng.randint(905, 985) // 1000 // _WAN_CENT * _WAN_CENT
    awarded = working_day_on_or_before(signed - timedelta(days=rng.randint(4, 17)))
    finished = later(signed, rng.randint(25, 130))
    accepted = later(finished, rng.randint(2, 6))
    share = rng.randint(500, 560) if supplier.size != "大" else rng.randint(300, 360)
    prepaid = amount * share // 1000 // _WAN_CENT * _WAN_CENT
    name = f"CG{signed:%Y%m}{number:04d}"
    return Contract(
        number=name,
        purchaser=rng.choice(_PURCHASERS),
        kind=kind,
        intended=working_day_on_or_before(awarded - timedelta(days=rng.randint(35, 70))),
        budget=budget,
        reserved=reserved,
        for_micro=budget * rng.randint(60, 90) // 100 // _WAN_CENT * _WAN_CENT if reserved else 0,
        awarded=awarded,
        signed=signed,
        published=later(signed, rng.randint(1, 2)),
        amount=amount,
        supplier=supplier,
        prepaid=prepaid,
        finished=finished,
        accepted=accepted,
        payments=_draw_payments(rng, name, amount, prepaid, signed, accepted),
    )


def _draw_payments(
    rng: Random, contract: str, amount: int, prepaid: int, signed: date, accepted: date
) -> tuple[Payment, ...]:
    """The advance soon after the signature, the rest after acceptance."""
    drawn = []
    for place, (part, begin) in enumerate(((prepaid, signed), (amount - prepaid, accepted)), 1):
        invoiced = later(begin, rng.randint(1, 8))
        paid = later(invoiced, rng.randint(1, 5))
        voucher = f"GKZF{month_of(paid).replace('-', '')}2{contract[-4:]}{place}"
        drawn.append(Payment(f"{contract}-{place}", contract, invoiced, paid, part, voucher))
    return tuple(drawn)
