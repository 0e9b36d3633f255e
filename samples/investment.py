"""The truth of F20: investment projects of 江北区 from signature to production, their payments and their steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from samples.calendar import draw_working_day, later, month_of, working_day_on_or_before
from samples.draws import FEN_PER_WAN, spread
from samples.identity import Firm, draw_firms
from transforms.period import first_day, last_day, months_between, shift, split, year_to_date

CHAINS = ("智能装备", "新一代信息技术", "生物医药", "现代服务业", "现代服务业", "其他")
AGENTS = tuple(f"{s}{g}" for s in "赵钱孙李周吴郑王冯陈褚卫" for g in ("向东", "文静"))
SIGNED, REGISTERED, LANDED, STARTED, BUILT, OPERATING, ENDED = "签约", "注册", "拿地", "开工", "建成", "投产", "终止"
STEPS = (
    ("企业注册", "market_reg"),
    ("取得用地", "natural_resources"),
    ("工程许可", "construction"),
    ("施工许可", "construction"),
    ("竣工验收", "construction"),
    ("投产达效", "investment"),
)


@dataclass(frozen=True, slots=True)
class Project:
    """One project. `dates` are those of its six steps, planned where they lie ahead; it starts some days after the
    fourth. `paid` by month in 分, `tracked` by month."""

    number: str
    name: str
    investor: str
    firm: Firm
    chain: str
    signed: date
    amount: int
    currency: str
    dates: tuple[date, ...]
    started: date
    ended: date | None
    agent: str
    paid: Mapping[str, int]
    tracked: Mapping[str, date] = field(default_factory=dict)

    @property
    def permitted(self) -> date:
        return self.dates[3]

    def stage(self, period: str) -> str:
        end = last_day(period)
        if self.ended and self.ended <= end:
            return ENDED
        reached = [SIGNED, REGISTERED, LANDED, STARTED, BUILT, OPERATING]
        began = [self.signed, self.dates[0], self.dates[1], self.started, self.dates[4], self.dates[5]]
        return next(s for s, d in zip(reversed(reached), reversed(began), strict=True) if d <= end)

    def reached(self, day: date, period: str) -> date | None:
        """A day of the project, if it has come by the end of a month and the project had not ended by then."""
        return day if day <= last_day(period) and (self.ended is None or day < self.ended) else None

    def paid_ytd(self, period: str) -> int:
        return sum(self.paid.get(m, 0) for m in year_to_date(period))

    def paid_all(self, period: str) -> int:
        return sum(n for m, n in self.paid.items() if m <= period)

    def revisited(self, period: str) -> date | None:
        """Attracted firms are visited once a quarter from the month in which they are registered."""
        if self.reached(self.dates[0], period) is None:
            return None
        months = [m for m in months_between(month_of(self.dates[0]), period) if split(m)[1] % 3 == 0]
        return working_day_on_or_before(last_day(months[-1])) if months else later(self.dates[0], 0)


@dataclass(frozen=True)
class Investment:
    projects: tuple[Project, ...]

    def told(self, period: str) -> list[Project]:
        return [p for p in self.projects if p.signed <= last_day(period)]

    def under_way(self, period: str) -> list[Project]:
        """Projects with steps ahead of them, or with one that was taken in this month."""
        begin = first_day(period)
        return [p for p in self.told(period) if p.dates[-1] >= begin and (p.ended is None or p.ended >= begin)]


EARLIER = 40
"""Projects signed before the first month."""


def draw_investment(rng: Random, periods: list[str]) -> Investment:
    """Projects signed since 2019, three to five a month in `periods`."""
    months = [m for m in months_between("2019-01", "2020-12") for _ in range(2)][:EARLIER]
    months += [m for m in periods for _ in range(rng.randint(3, 5))]
    firms = draw_firms(rng, len(months), "大中中小小")
    amounts = _draw_amounts(rng, months)
    return Investment(tuple(_draw_project(rng, i, m, firms[i], amounts[i], periods) for i, m in enumerate(months)))


def _draw_amounts(rng: Random, months: list[str]) -> list[int]:
    """Contracts in 万元; those of a month are on average at most a fifth above those before."""
    amounts: list[int] = []
    for m in dict.fromkeys(months):
        new = [rng.randint(40, 560) * 100 for _ in range(months.count(m))]
        most = 12 * sum(amounts) // (10 * len(amounts)) if amounts else 30_000
        if sum(new) > most * len(new):
            new = [max(1_000, n * most * len(new) // sum(new) // 100 * 100) for n in new]
        amounts += new
    return amounts


def _draw_project(rng: Random, index: int, month: str, firm: Firm, amount: int, periods: list[str]) -> Project:
    signed = draw_working_day(rng, month)
    registered = later(signed, rng.randint(8, 40))
    landed = later(registered, rng.randint(25, 70))
    planned = later(landed, rng.randint(25, 45))
    permitted = later(planned, rng.randint(15, 35))
    started = later(permitted, rng.randint(3, 12))
    built = later(started, rng.randint(110, 250))
    operating = later(built, rng.randint(12, 40))
    dates = (registered, landed, planned, permitted, built, operating)
    ended = later(signed, rng.randint(60, 90)) if rng.randint(1, 25) == 1 else None
    year = split(month)[0]
    return Project(
        number=f"XM-{year}-{index + 1:03d}",
        name=f"{firm.name.removeprefix('重庆').removesuffix('有限公司')}项目",
        investor=f"{firm.name.removeprefix('重庆').removesuffix('有限公司')}控股集团",
        firm=firm,
        chain=rng.choice(CHAINS),
        signed=signed,
        amount=amount * FEN_PER_WAN,
        currency="美元" if rng.randint(1, 20) == 1 else "人民币",
        dates=dates,
        started=started,
        ended=ended,
        agent=rng.choice(AGENTS),
        paid=_draw_payments(rng, amount, signed, ended or operating),
        tracked={m: max(signed, last_day(m) - timedelta(days=rng.randint(0, 6))) for m in periods},
    )


def _draw_payments(rng: Random, amount: int, signed: date, until: date) -> dict[str, int]:
    """Nine tenths of the contract, in whole 万元, over the months after the signature."""
    months = months_between(shift(month_of(signed), 1), month_of(until))
    total = amount * rng.randint(820, 950) // 1000
    weights = [rng.choice((0, 1, 1, 2, 3)) for _ in months]
    if not sum(weights):
        return {}
    return {m: n * FEN_PER_WAN for m, n in zip(months, spread(total, weights), strict=True) if n}
