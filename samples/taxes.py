"""The truth of F01 and F02: credit refunds to the 分, the treasury's vouchers, policies, deferrals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from samples.calendar import draw_working_day, month_of, working_day_on_or_before
from samples.draws import FEN_PER_WAN, FEN_PER_YUAN, spread, vary
from samples.identity import Firm, draw_firms
from transforms.period import first_day, last_day, months_between, previous, shift, split, year_ago, year_to_date

REFUND, DEFERRAL, SMALL, SIX_TAXES, OTHER = "ZZS_LDTS", "HJ_ZZY", "XGM_MZ", "LSLF", "OTHER"
POLICIES = (REFUND, DEFERRAL, SMALL, SIX_TAXES, OTHER)
RELIEF = {REFUND: "退", DEFERRAL: "缓", SMALL: "免", SIX_TAXES: "减", OTHER: "减"}
CREDIT_REFUND = "留抵退税"
PAID, RETURNED, SUSPENDED = "已退", "退回", "挂账"
BUDGET_ITEM = {
    CREDIT_REFUND: "1010101",
    "误收": "1010129",
    "汇算清缴": "1010436",
    "六税两费": "1019999",
    "其他": "1019999",
}
REGISTERED = "2022年3月由小规模纳税人转登记为一般纳税人"


@dataclass(frozen=True, slots=True)
class Refund:
    """One VAT credit refund; `amount` in 分. The voucher is issued when it is approved, paid some days later."""

    firm: Firm
    tax_period: str
    applied: date
    approved: date
    paid: date
    credit: str
    amount: int
    voucher: str
    treasury: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Voucher:
    """One voucher of the treasury; `amount` in 分."""

    number: str
    payee: str
    kind: str
    paid: date
    amount: int
    status: str


@dataclass(frozen=True, slots=True)
class PolicyMonth:
    """One policy in one month: times and firms of the month, firms of the year so far, entitled firms, 分."""

    times: int
    firms: int
    firms_ytd: int
    eligible: int
    amount: int


@dataclass(frozen=True, slots=True)
class Deferral:
    """One batch of deferred taxes in one month, in 分."""

    opening: int
    new: int
    paid: int

    @property
    def closing(self) -> int:
        return self.opening + self.new - self.paid


@dataclass(frozen=True)
class Taxes:
    refunds: tuple[Refund, ...]
    vouchers: tuple[Voucher, ...]
    policies: Mapping[tuple[str, str], PolicyMonth]
    amounts: Mapping[tuple[str, str], int]
    deferrals: Mapping[tuple[str, str], Deferral]

    def refunds_told(self, period: str) -> list[Refund]:
        """The ledger of the year so far: paid in it, or approved by the end of the month and still unpaid."""
        begin, end = first_day(year_to_date(period)[0]), last_day(period)
        return [r for r in self.refunds if r.approved <= end and r.paid >= begin]

    def refunds_paid(self, months: Iterable[str]) -> list[Refund]:
        wanted = set(months)
        return [r for r in self.refunds if month_of(r.paid) in wanted]

    def vouchers_told(self, period: str) -> list[Voucher]:
        wanted = set(year_to_date(period))
        return [v for v in self.vouchers if month_of(v.paid) in wanted]

    def vouchers_paid(self, kind: str, months: Iterable[str]) -> list[Voucher]:
        wanted = set(months)
        return [v for v in self.vouchers if v.kind == kind and v.status == PAID and month_of(v.paid) in wanted]

    def amount_ytd(self, policy: str, period: str) -> int:
        return sum(self.amounts[policy, m] for m in year_to_date(period))

    def amount_ytd_last_year(self, policy: str, period: str) -> int:
        return self.amount_ytd(policy, year_ago(period))

    def times_ytd(self, policy: str, period: str) -> int:
        return sum(self.policies[policy, m].times for m in year_to_date(period))


def draw_taxes(rng: Random, periods: list[str]) -> Taxes:
    """Refunds, vouchers and policies of `periods`; refunds go one month further, so that some stand unpaid."""
    refunds = _draw_refunds(rng, periods)
    vouchers = _draw_vouchers(rng, periods, refunds)
    policies, amounts = _draw_policies(rng, periods, refunds)
    deferrals = _draw_deferrals(rng, periods, amounts)
    return Taxes(tuple(refunds), tuple(vouchers), policies, amounts, deferrals)


# Refunds

TAXPAYERS = 640


def _draw_refunds(rng: Random, periods: list[str]) -> list[Refund]:
    firms = draw_firms(rng, TAXPAYERS, "大中中小小小小微微微")
    drawn: list[Refund] = []
    for i, m in enumerate([*periods, shift(periods[-1], 1)]):
        count = rng.randint(46, 50) + 8 * (split(m)[0] - 2021)
        payees = rng.sample(firms, count)
        # The mean rises slowly and ever more slowly: no month stands out among the twelve before it.
        total = count * (2_400_000 + 26_000 * i - 200 * i * i) * FEN_PER_YUAN
        again = rng.sample(payees, rng.randint(1, 4))
        weights = [w * (w + 100) // 200 for w in (rng.randint(20, 180) for _ in range(count + len(again)))]
        for firm, amount in zip([*payees, *again], spread(total, weights), strict=True):
            drawn.append(_draw_refund(rng, firm, m, amount))
    return _numbered(_separate_periods(drawn))


def _draw_refund(rng: Random, firm: Firm, period: str, amount: int) -> Refund:
    paid = draw_working_day(rng, period)
    approved = working_day_on_or_before(paid - timedelta(days=rng.randint(1, 5)))
    applied = working_day_on_or_before(approved - timedelta(days=rng.randint(2, 12)))
    return Refund(
        firm=firm,
        tax_period=previous(month_of(applied)),
        applied=applied,
        approved=approved,
        paid=paid,
        credit="存量" if rng.randint(1, 100) <= 35 else "增量",
        amount=amount,
        voucher="",
        treasury="5001050000" if rng.randint(1, 100) <= 93 else "5000000000",
    )


def _separate_periods(refunds: list[Refund]) -> list[Refund]:
    """A taxpayer claims one tax period once: the second claim of a month is for the period before."""
    taken: set[tuple[str, str]] = set()
    apart = []
    for refund in refunds:
        while (refund.firm.uscc, refund.tax_period) in taken:
            refund = replace(refund, tax_period=previous(refund.tax_period))  # noqa: PLW2901
        taken.add((refund.firm.uscc, refund.tax_period))
        apart.append(refund)
    return apart


def _numbered(refunds: list[Refund]) -> list[Refund]:
    """Vouchers in the order of approval; one taxpayer carries the remark that its status has changed."""
    ordered = sorted(refunds, key=lambda r: (r.approved, r.firm.uscc, r.tax_period))
    numbered = [replace(r, voucher=f"TS{r.approved:%y%m}{i:05d}") for i, r in enumerate(ordered, 1)]
    changed = next(i for i, r in enumerate(numbered) if r.approved >= date(2022, 4, 1))
    numbered[changed] = replace(numbered[changed], remark=REGISTERED)
    return numbered


# The treasury

_OTHER_KINDS = {  # vouchers a month, 元 a voucher
    "六税两费": (13, 17, 3_000, 26_000),
    "误收": (8, 12, 8_000, 160_000),
    "汇算清缴": (9, 13, 40_000, 420_000),
    "其他": (5, 8, 5_000, 90_000),
}


def _draw_vouchers(rng: Random, periods: list[str], refunds: list[Refund]) -> list[Voucher]:
    payees = draw_firms(rng, 300, "小")
    drawn = [Voucher(r.voucher, r.firm.key, CREDIT_REFUND, r.paid, r.amount, PAID) for r in refunds]
    for i, m in enumerate(periods):
        for kind, (few, many, low, high) in _OTHER_KINDS.items():
            for _ in range(rng.randint(few, many)):
                amount = rng.randint(low * FEN_PER_YUAN, high * FEN_PER_YUAN)
                drawn.append(Voucher("", rng.choice(payees).key, kind, draw_working_day(rng, m), amount, PAID))
        if i % 3 == 1:
            drawn.append(_sent_back(rng, [v for v in drawn if v.kind == "误收" and month_of(v.paid) == m]))
        if i % 6 == 4:
            slow = {r.voucher for r in refunds if month_of(r.paid) == m and (r.paid - r.approved).days >= 4}
            drawn.append(_sent_back(rng, [v for v in drawn if v.number in slow]))
        if i % 4 == 2:
            amount = rng.randint(500_000, 5_000_000)
            drawn.append(Voucher("", rng.choice(payees).key, "其他", draw_working_day(rng, m), amount, SUSPENDED))
    ordered = sorted(drawn, key=lambda v: (v.paid, v.kind, v.payee, v.amount, v.status))
    return [v if v.number else replace(v, number=f"TK{v.paid:%y%m}{i:05d}") for i, v in enumerate(ordered, 1)]


def _sent_back(rng: Random, candidates: list[Voucher]) -> Voucher:
    """An earlier voucher over the same amount that came back (wrong account): the later one replaces it."""
    # Late in the month, so that the earlier one falls into it as well: rarely there is none, then the latest.
    late = [v for v in candidates if v.paid.day >= 12] or [max(candidates, key=lambda v: v.paid)]
    replacement = rng.choice(late)
    day = working_day_on_or_before(replacement.paid - timedelta(days=rng.randint(1, 2)))
    return replace(replacement, number="", paid=day, status=RETURNED)


# Policies


@dataclass(frozen=True, slots=True)
class _Level:
    """What a policy is like: firms a month, new firms a month later on, times per 1000 firms, 元 a time, entitled."""

    firms: int
    joining: int
    times: int
    each: int
    eligible: int


_LEVELS = {
    DEFERRAL: _Level(182, 17, 1130, 96_000, 0),
    SMALL: _Level(7_900, 820, 1060, 1_140, 21_300),
    SIX_TAXES: _Level(4_280, 410, 1150, 1_310, 12_700),
    OTHER: _Level(815, 78, 1240, 7_450, 2_640),
}


def _draw_policies(
    rng: Random, periods: list[str], refunds: list[Refund]
) -> tuple[dict[tuple[str, str], PolicyMonth], dict[tuple[str, str], int]]:
    policies: dict[tuple[str, str], PolicyMonth] = {}
    for m in periods:
        for policy, level in _LEVELS.items():
            before = policies.get((policy, previous(m)))
            policies[policy, m] = _draw_policy(rng, level, m, before)
        policies[REFUND, m] = _refund_policy(refunds, m)
    amounts = {key: facts.amount for key, facts in policies.items()}
    for m in months_between("2020-01", "2020-12"):
        for policy in POLICIES:
            amounts[policy, m] = vary(rng, amounts[policy, shift(m, 12)] * 87 // 100, 30)
    return policies, amounts


def _draw_policy(rng: Random, level: _Level, period: str, before: PolicyMonth | None) -> PolicyMonth:
    year, number = split(period)
    firms = vary(rng, level.firms * (1000 + 60 * (year - 2021) + 4 * number) // 1000, 25)
    times = vary(rng, firms * level.times // 1000, 10)
    joined = vary(rng, level.joining, 120)
    firms_ytd = firms if number == 1 or before is None else max(before.firms_ytd, firms) + joined
    # The entitled firms of the deferral are those of the year so far: 99.3% of them have taken it up.
    eligible = vary(rng, level.eligible * (1000 + 40 * (year - 2021)) // 1000, 4) or firms_ytd * 1000 // 993
    return PolicyMonth(times, firms, firms_ytd, eligible, vary(rng, times * level.each * FEN_PER_YUAN, 25))


def _refund_policy(refunds: list[Refund], period: str) -> PolicyMonth:
    paid = [r for r in refunds if month_of(r.paid) == period]
    this_year = set(year_to_date(period))
    return PolicyMonth(
        times=len(paid),
        firms=len({r.firm.uscc for r in paid}),
        firms_ytd=len({r.firm.uscc for r in refunds if month_of(r.paid) in this_year}),
        eligible=TAXPAYERS + 18 + len(this_year),
        amount=sum(r.amount for r in paid),
    )


# Deferrals: batch → first and last month in which something is newly deferred
_BATCHES = {"2021YQ": ("2021-01", "2021-11"), "2021Q4": ("2021-11", "2022-01"), "2022H1": ("2022-01", "2022-08")}


def _draw_deferrals(
    rng: Random, periods: list[str], amounts: Mapping[tuple[str, str], int]
) -> dict[tuple[str, str], Deferral]:
    """Balances by batch; what is newly deferred in a month adds up to the amount of the policy."""
    deferrals: dict[tuple[str, str], Deferral] = {}
    for m in periods:
        new = _new_by_batch(amounts[DEFERRAL, m], m)
        for batch, (first, _) in _BATCHES.items():
            before = deferrals.get((batch, previous(m)))
            opening = before.closing if before else (6_240 * FEN_PER_WAN if m == periods[0] else 0)
            if m < first or (m > first and not opening):
                continue
            settled = not new.get(batch) and opening < 300 * FEN_PER_WAN
            paid = opening if settled else opening * rng.randint(210, 260) // 1000
            deferrals[batch, m] = Deferral(opening, new.get(batch, 0), paid)
    return deferrals


def _new_by_batch(amount: int, period: str) -> dict[str, int]:
    open_batches = [b for b, (first, last) in _BATCHES.items() if first <= period <= last]
    weights = [3, 7] if len(open_batches) == 2 else [1]
    return dict(zip(open_batches, spread(amount, weights), strict=True))
