"""The truth of F09 and F10: loans of the first-loan centre, and the bank-tax balances of the banks, in 分."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from samples.calendar import draw_working_day, month_of, working_day_on_or_before
from samples.draws import FEN_PER_WAN, vary
from samples.identity import Firm, draw_firms
from transforms.period import december_before, last_day, months_between, previous, shift, year_to_date

BANK_TAX = "银税互动"


@dataclass(frozen=True, slots=True)
class BankFacts:
    """A bank: loans of the centre a month (from, to), bank-tax balance at the end of 2020 (万元), loans lent by its
    other channels in a month (‰ of the balance)."""

    loans: tuple[int, int]
    balance: int
    lending: int


BANKS: Mapping[str, BankFacts] = {
    "ICBC": BankFacts((3, 4), 8_420, 92),
    "ABC": BankFacts((3, 4), 6_310, 88),
    "BOC": BankFacts((2, 3), 5_170, 84),
    "CCB": BankFacts((4, 5), 11_260, 96),
    "BCM": BankFacts((2, 3), 3_180, 81),
    "PSBC": BankFacts((2, 3), 2_740, 90),
    "CQRCB": BankFacts((4, 5), 9_530, 98),
    "CQB": BankFacts((3, 4), 4_890, 87),
    "CQTGB": BankFacts((2, 3), 2_060, 83),
}
_PRODUCTS = (BANK_TAX,) * 4 + ("信易贷", "信易贷", "复工贷", "转贷周转", "银票质押贷", "健康云贷", "其他")
_PLATFORMS = ("渝快融", "渝快融", "渝快融", "渝企金服", "线下")


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan of the centre; `amount` in 分, `rate` in hundredths of a per cent, paid back in equal parts."""

    number: str
    firm: Firm
    bank: str
    kind: str
    product: str
    platform: str
    credited: date
    drawn: date
    matures: date
    amount: int
    rate: int
    security: str
    instalments: bool

    def balance(self, period: str) -> int:
        """What is owed at the end of a month, in 分."""
        end = last_day(period)
        if self.matures <= end:
            return 0
        if not self.instalments:
            return self.amount
        term = len(months_between(month_of(self.drawn), month_of(self.matures)))
        left = len(months_between(period, month_of(self.matures)))
        return self.amount * left // term // FEN_PER_WAN * FEN_PER_WAN or self.amount


@dataclass(frozen=True, slots=True)
class BalanceMonth:
    """Bank-tax loans of one bank in one month, money in 分."""

    opening: int
    lent: int
    repaid: int
    written_off: int
    borrowers: int
    on_credit: int
    overdue: int
    authorisations: int

    @property
    def closing(self) -> int:
        return self.opening + self.lent - self.repaid - self.written_off


@dataclass(frozen=True)
class Loans:
    loans: tuple[Loan, ...]
    visits: Mapping[tuple[str, str], int]
    balances: Mapping[tuple[str, str], BalanceMonth]

    def drawn(self, bank: str, months: Iterable[str]) -> list[Loan]:
        wanted = set(months)
        return [loan for loan in self.loans if loan.bank == bank and month_of(loan.drawn) in wanted]

    def told(self, period: str) -> list[Loan]:
        return [loan for loan in self.loans if month_of(loan.drawn) <= period]

    def year_open(self, bank: str, period: str) -> int:
        december = self.balances.get((bank, december_before(period)))
        return december.closing if december else self.balances[bank, year_to_date(period)[0]].opening


def draw_loans(rng: Random, periods: list[str]) -> Loans:
    """Loans since the centre opened in the first of `periods`, and the balances of these months."""
    loans = _draw_ledger(rng, periods)
    visits = {}
    balances: dict[tuple[str, str], BalanceMonth] = {}
    for m in periods:
        for bank in BANKS:
            mine = [loan for loan in loans if loan.bank == bank and month_of(loan.drawn) == m]
            visits[bank, m] = 2 * len({loan.firm.uscc for loan in mine}) + rng.randint(0, 1)
            centre = sum(loan.amount for loan in mine if loan.product == BANK_TAX)
            balances[bank, m] = _draw_balance(rng, bank, balances.get((bank, previous(m))), centre)
    return Loans(tuple(loans), visits, balances)


def _draw_ledger(rng: Random, periods: list[str]) -> list[Loan]:
    firms = draw_firms(rng, 460, "小小小微微微微中")
    borrowed: set[str] = set()
    loans: list[Loan] = []
    for m in periods:
        drawn = [(draw_working_day(rng, m), bank) for bank, f in BANKS.items() for _ in range(rng.randint(*f.loans))]
        for day, bank in sorted(drawn):
            firm = rng.choice(firms)
            number = f"{bank}-SD{m[:4]}{m[5:]}-{len(loans) + 1:04d}"
            loans.append(_draw_loan(rng, number, firm, bank, day, known=firm.uscc in borrowed))
            borrowed.add(firm.uscc)
    return loans


def _draw_loan(rng: Random, number: str, firm: Firm, bank: str, day: date, known: bool) -> Loan:
    months = rng.choice((6, 12, 12, 12, 12, 24, 36))
    matures = last_day(shift(month_of(day), months)).replace(day=min(day.day, 28))
    kind = rng.choice(("续贷", "续贷", "其他")) if known else rng.choice(("首贷", "首贷", "首贷", "其他"))
    small = firm.size == "微"
    return Loan(
        number=number,
        firm=firm,
        bank=bank,
        kind=kind,
        product=rng.choice(_PRODUCTS),
        platform=rng.choice(_PLATFORMS),
        credited=working_day_on_or_before(day - timedelta(days=rng.randint(1, 15))),
        drawn=day,
        matures=matures,
        amount=rng.randint(14 if small else 18, 26 if small else 40) * 5 * FEN_PER_WAN,
        rate=rng.randint(375, 610),
        security=rng.choice(("信用", "信用", "信用", "保证", "抵押")),
        instalments=months > 12,
    )


def _draw_balance(rng: Random, bank: str, before: BalanceMonth | None, centre: int) -> BalanceMonth:
    """Roll one bank forward; the centre is one of its channels, so that it lends at least what the centre did."""
    facts = BANKS[bank]
    opening = before.closing if before else vary(rng, facts.balance * FEN_PER_WAN, 20) + rng.randint(0, FEN_PER_WAN)
    lent = centre + vary(rng, opening * facts.lending // 1000, 60)
    repaid = vary(rng, opening * (facts.lending - 14) // 1000 + centre * 3 // 4, 50)
    written_off = rng.randint(2 * FEN_PER_WAN, 9 * FEN_PER_WAN) if rng.randint(1, 9) == 1 else 0
    closing = opening + lent - repaid - written_off
    return BalanceMonth(
        opening=opening,
        lent=lent,
        repaid=repaid,
        written_off=written_off,
        borrowers=closing // (vary(rng, 64, 30) * FEN_PER_WAN),
        on_credit=vary(rng, closing * 71 // 100, 12),
        overdue=vary(rng, closing * 13 // 1000, 60),
        authorisations=vary(rng, closing // (18 * FEN_PER_WAN), 60),
    )
