"""The truth of F23: awards and subsidies granted and paid, and what is settled with suppliers month by month, in 分."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from samples.calendar import draw_working_day, later, month_of, working_day_on_or_before
from samples.draws import FEN_PER_WAN
from samples.identity import Firm, draw_firms
from samples.technology import Technology
from transforms.period import first_day, last_day, previous, shift, split, year_to_date

AWARD, RENT, JOB_KEEPING, PATENTS = "奖补", "租金减免", "稳岗补贴", "知识产权"
SEALS, POSTAGE, ARREARS = "免费刻章", "寄递付费", "清欠"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy: its kind and department, awards a month, the usual amount (万元 in hundredths)."""

    name: str
    document: str
    kind: str
    department: str
    monthly: tuple[int, int]
    usual: int


POLICIES = (
    Policy("工业企业技术改造奖补", "江北府发〔2020〕18号", AWARD, "econ_info", (3, 5), 4_600),
    Policy("高新技术企业认定奖励", "江北府办发〔2020〕41号", AWARD, "science", (3, 5), 2_000),
    Policy("商贸企业升规入统奖励", "江北府办发〔2021〕9号", AWARD, "commerce", (2, 4), 1_500),
    Policy("国有房屋租金减免", "江北国资发〔2020〕22号", RENT, "ndrc", (2, 3), 620),
    Policy("失业保险稳岗返还", "渝人社发〔2020〕50号", JOB_KEEPING, "human_resources", (8, 12), 410),
    Policy("知识产权创造奖励", "江北市监发〔2020〕33号", PATENTS, "market_reg", (3, 5), 510),
)
_SETTLED: Mapping[str, tuple[str, str, str]] = {
    SEALS: ("新开办企业免费刻章", "江北市监发〔2020〕12号", "market_reg"),
    POSTAGE: ("政务服务寄递费用政府付费", "江北政务办发〔2020〕7号", "gov_service"),
}
_WAN_CENT = FEN_PER_WAN // 100


@dataclass(frozen=True, slots=True)
class Award:
    number: str
    policy: str
    document: str
    department: str
    kind: str
    firm: Firm
    granted: int
    granted_on: date
    paid_on: date
    treasury_no: str

    def is_paid(self, period: str) -> bool:
        return self.paid_on <= last_day(period)


@dataclass(frozen=True)
class Awards:
    awards: tuple[Award, ...]

    def told(self, period: str) -> list[Award]:
        """Granted this year, or granted before and not paid when it began."""
        begin, end = first_day(year_to_date(period)[0]), last_day(period)
        return [a for a in self.awards if a.granted_on <= end and (a.granted_on >= begin or a.paid_on >= begin)]

    def paid(self, kind: str, months: Iterable[str]) -> list[Award]:
        wanted = set(months)
        return [a for a in self.awards if a.kind == kind and month_of(a.paid_on) in wanted]


Drawn = tuple[date, date, Policy, Firm, int]


def draw_awards(
    rng: Random, periods: list[str], technology: Technology, settled: Mapping[str, Mapping[str, int]]
) -> Awards:
    """Awards since two months before the first of `periods`.

    Args:
        settled: by kind (SEALS, POSTAGE) what is owed for each month, in 分: paid in the month after.
    """
    firms = draw_firms(rng, 420, "中小小小微微")
    drawn = [*_draw_granted(rng, periods, firms), *_pool_payments(technology, firms[0])]
    for place, (kind, owed) in enumerate(sorted(settled.items()), 1):
        drawn += _draw_settled(rng, periods, kind, owed, firms[place])
    drawn += [_draw_arrears(rng, m, rng.choice(firms[3:])) for m in periods[2::3]]
    drawn.sort(key=lambda d: (d[0], d[1], d[2].name, d[3].uscc))
    return Awards(tuple(_award(n, *d) for n, d in enumerate(drawn, 1)))


def _award(number: int, granted_on: date, paid_on: date, policy: Policy, firm: Firm, amount: int) -> Award:
    return Award(
        number=f"DX{granted_on:%Y%m}{number:05d}",
        policy=policy.name,
        document=policy.document,
        department=policy.department,
        kind=policy.kind,
        firm=firm,
        granted=amount,
        granted_on=granted_on,
        paid_on=paid_on,
        treasury_no=f"GKZF{paid_on:%Y%m}1{number:05d}",
    )


def _draw_granted(rng: Random, periods: list[str], firms: list[Firm]) -> Iterator[Drawn]:
    """A firm gets a policy once a year; it is paid within ten weeks."""
    waiting: dict[tuple[str, int], list[Firm]] = {}
    for m in [shift(periods[0], -2), previous(periods[0]), *periods]:
        for policy in POLICIES:
            for _ in range(rng.randint(*policy.monthly)):
                queue = waiting.setdefault((policy.name, split(m)[0]), [])
                if not queue:
                    queue += rng.sample(firms[3:], len(firms) - 3)
                day = draw_working_day(rng, m)
                paid = working_day_on_or_before(day + timedelta(days=rng.randint(8, 70)))
                amount = policy.usual * rng.randint(820, 1180) // 1000 * _WAN_CENT
                yield day, max(day, paid), policy, queue.pop(), amount


def _pool_payments(technology: Technology, manager: Firm) -> Iterator[Drawn]:
    """What was paid into the pools of F11."""
    for (product, m), pool in technology.pools.items():
        if pool.paid_in:
            day = later(first_day(m), 8)
            policy = Policy(f"{product}风险资金池注资", "江北府办发〔2020〕57号", AWARD, "science", (0, 0), 0)
            yield day, later(day, 3), policy, manager, pool.paid_in


def _draw_settled(
    rng: Random, periods: list[str], kind: str, owed: Mapping[str, int], supplier: Firm
) -> Iterator[Drawn]:
    name, document, department = _SETTLED[kind]
    policy = Policy(name, document, kind, department, (0, 0), 0)
    for m in periods:
        if amount := owed.get(previous(m)):
            day = later(first_day(m), rng.randint(4, 8))
            yield day, later(day, rng.randint(2, 6)), policy, supplier, amount


def _draw_arrears(rng: Random, period: str, firm: Firm) -> Drawn:
    policy = Policy("清理拖欠中小企业账款", "江北府办发〔2020〕63号", ARREARS, "econ_info", (0, 0), 0)
    day = draw_working_day(rng, period)
    return day, later(day, rng.randint(5, 20)), policy, firm, rng.randint(1_200, 9_800) * _WAN_CENT
