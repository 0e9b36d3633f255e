"""The truth of F03: market entities of 江北区 by type and month, and the start-up of enterprises."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from samples.draws import FEN_PER_YUAN, spread, vary
from transforms.period import months_between, split, year_ago, year_to_date

PRIVATE, SELF_EMPLOYED = "私营企业", "个体工商户"
TECHNOLOGY = "民营科技企业"
ENTERPRISES = ("国有集体", PRIVATE, "外资企业")


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What is told of a type of entity: new in January to August of 2022 and 2021 (seed 004; the split of the other
    184 and 139 is ours), stock at the end of 2021, average registered capital of a new one (元)."""

    code: str
    new_2022: int
    new_2021: int
    stock_2021: int
    capital: int


TYPES = (
    TypeFacts("国有集体", 120, 88, 2_960, 21_500_000),
    TypeFacts(PRIVATE, 6_824, 5_653, 51_023, 3_180_000),
    TypeFacts("外资企业", 46, 36, 745, 16_400_000),
    TypeFacts("农民专业合作社", 18, 15, 212, 1_260_000),
    TypeFacts(SELF_EMPLOYED, 10_506, 6_480, 35_720, 96_000),
)
TECHNOLOGY_STOCK = 6_120
SEAL_PRICE = 400
"""元 a set (003)."""

_SEASON = (980, 860, 1040, 1010, 1000, 1020, 1010, 1000, 1000, 960, 1000, 1000)


@dataclass(frozen=True, slots=True)
class EntityMonth:
    """One type in one month: entities; registered capital of the new ones in 分."""

    opening: int
    new: int
    closed: int
    closed_simply: int
    revoked: int
    moved_in: int
    moved_out: int
    capital: int

    @property
    def net(self) -> int:
        return self.new - self.closed - self.revoked + self.moved_in - self.moved_out

    @property
    def closing(self) -> int:
        return self.opening + self.net


@dataclass(frozen=True, slots=True)
class StartUp:
    """Start-up of enterprises in one month; hours in tenths."""

    online: int
    average_hours: int
    longest_hours: int
    seal_sets: int
    first_tax: int
    first_insured: int
    cross_province: int


@dataclass(frozen=True)
class Entities:
    """`new` reaches back to 2020, for last year's figures; `months` holds each type (and 民营科技企业)."""

    new: Mapping[tuple[str, str], int]
    months: Mapping[tuple[str, str], EntityMonth]
    start_up: Mapping[str, StartUp]

    def new_ytd(self, code: str, period: str) -> int:
        return sum(self.new[code, m] for m in year_to_date(period))

    def new_ytd_last_year(self, code: str, period: str) -> int:
        return self.new_ytd(code, year_ago(period))

    def year_open(self, code: str, period: str) -> int:
        return self.months[code, year_to_date(period)[0]].opening

    def seal_cost(self, period: str) -> int:
        """What the free seals of a month cost, in 分."""
        return self.start_up[period].seal_sets * SEAL_PRICE * FEN_PER_YUAN

    def new_enterprises(self, period: str) -> int:
        return sum(self.new[code, period] for code in ENTERPRISES)


def draw_entities(rng: Random, periods: list[str]) -> Entities:
    """Entities from 2021-01 to 2022-08 (`periods`), January to August of both years met exactly."""
    new = {(facts.code, m): n for facts in TYPES for m, n in _draw_new(rng, facts).items()}
    for m in months_between("2020-01", periods[-1]):
        new[TECHNOLOGY, m] = vary(rng, new[PRIVATE, m] * 12 // 100, 40)
    months: dict[tuple[str, str], EntityMonth] = {}
    for facts in TYPES:
        flows = {m: _draw_flows(rng, facts, new[facts.code, m]) for m in periods}
        months |= _chain(facts.code, flows, facts.stock_2021)
    parts = {m: _part_of(months[PRIVATE, m], new[TECHNOLOGY, m]) for m in periods}
    months |= _chain(TECHNOLOGY, parts, TECHNOLOGY_STOCK)
    start_up = {m: _draw_start_up(rng, sum(new[code, m] for code in ENTERPRISES)) for m in periods}
    return Entities(new, months, start_up)


def _draw_new(rng: Random, facts: TypeFacts) -> dict[str, int]:
    """New entities by month: a rising 2021, a jump into 2022, a dip at each Spring Festival."""

    def weights(start: int, step: int) -> list[int]:
        return [(start + step * i) * _SEASON[i] * rng.randint(975, 1025) for i in range(12)]

    rising, steady = weights(895, 35), weights(970, 8)
    this_year = spread(facts.new_2022, steady[:8], least=1)
    last_year = spread(facts.new_2021, rising[:8], least=1)
    last_year += [max(1, facts.new_2021 * w // sum(rising[:8])) for w in rising[8:]]
    before = [max(1, vary(rng, n * 88 // 100, 30)) for n in last_year]
    return {m: n for year, row in ((2020, before), (2021, last_year), (2022, this_year)) for m, n in _dated(year, row)}


def _dated(year: int, row: list[int]) -> list[tuple[str, int]]:
    return [(f"{year}-{i:02d}", n) for i, n in enumerate(row, 1)]


def _draw_flows(rng: Random, facts: TypeFacts, new: int) -> EntityMonth:
    closed = max(1, vary(rng, new * 54 // 100, 40))
    large = new > 300
    return EntityMonth(
        opening=0,
        new=new,
        closed=closed,
        closed_simply=vary(rng, closed * 61 // 100, 40),
        revoked=rng.randint(4, 15) if large else 0,
        moved_in=rng.randint(6, 18) if large else rng.randint(0, 2),
        moved_out=rng.randint(5, 15) if large else rng.randint(0, 1),
        capital=vary(rng, new * facts.capital * 100, 50),
    )


def _part_of(private: EntityMonth, new: int) -> EntityMonth:
    return EntityMonth(
        opening=0,
        new=new,
        closed=private.closed * 9 // 100,
        closed_simply=private.closed_simply * 9 // 100,
        revoked=private.revoked // 8,
        moved_in=private.moved_in // 4,
        moved_out=private.moved_out // 5,
        capital=private.capital * 17 // 100,
    )


def _chain(code: str, flows: Mapping[str, EntityMonth], stock_2021: int) -> dict[tuple[str, str], EntityMonth]:
    """Give each month its opening, so that December 2021 closes at the stock that is known."""
    opening = stock_2021 - sum(flow.net for m, flow in flows.items() if split(m)[0] == 2021)
    chained: dict[tuple[str, str], EntityMonth] = {}
    for m, f in flows.items():
        chained[code, m] = EntityMonth(
            opening, f.new, f.closed, f.closed_simply, f.revoked, f.moved_in, f.moved_out, f.capital
        )
        opening = chained[code, m].closing
    return chained


def _draw_start_up(rng: Random, enterprises: int) -> StartUp:
    return StartUp(
        online=enterprises * rng.randint(962, 985) // 1000,
        average_hours=rng.randint(22, 29),
        longest_hours=rng.randint(33, 40),
        seal_sets=enterprises * rng.randint(940, 975) // 1000,
        first_tax=enterprises * rng.randint(760, 820) // 1000,
        first_insured=enterprises * rng.randint(430, 480) // 1000,
        cross_province=rng.randint(8, 22),
    )
