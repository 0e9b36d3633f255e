"""The truth of F07: what the post carries for each department, and what is done at its points."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from samples.draws import spread
from samples.services import Services
from transforms.period import previous, split, year_to_date

OUT, IN = "寄出结果", "寄入材料"
DIRECTIONS = (OUT, IN)
SENT_ALL = 116_500
"""Results sent free of charge since it began, by August 2022 (seed 004)."""
_RECEIVED_BEFORE = 9_600
_AREAS = (
    "华新街",
    "江北城",
    "石马河",
    "大石坝",
    "寸滩",
    "观音桥",
    "五里店",
    "郭家沱",
    "铁山坪",
    "鱼嘴",
    "复盛",
    "五宝",
)
POINTS: Mapping[str, str] = {
    f"YZ{2 * i + n:02d}": f"{area}邮政{place}"
    for i, area in enumerate(_AREAS)
    for n, place in ((1, "支局"), (2, "便民点"))
}


@dataclass(frozen=True, slots=True)
class ParcelMonth:
    """Parcels of one department in one direction and month, and those that came back."""

    parcels: int
    returned: int


@dataclass(frozen=True, slots=True)
class PointMonth:
    """One point in one month: items it handles, cases, the pick-up locker."""

    items: int
    cases: int
    locker_opening: int
    locker_in: int
    locker_out: int

    @property
    def locker_closing(self) -> int:
        return self.locker_opening + self.locker_in - self.locker_out


@dataclass(frozen=True)
class Post:
    """`parcels` by department, direction and month; `earlier` before the first month; `points` by code and month."""

    parcels: Mapping[tuple[str, str, str], ParcelMonth]
    earlier: Mapping[tuple[str, str], int]
    points: Mapping[tuple[str, str], PointMonth]

    def sent(self, department: str, period: str) -> int:
        """Results sent in a month."""
        return self.parcels[department, OUT, period].parcels

    def cost(self, period: str) -> int:
        """What the government pays for the parcels of a month, in 分."""
        carried = ((way, p.parcels) for (_, way, m), p in self.parcels.items() if m == period)
        return sum(n * unit_price(direction, period) for direction, n in carried)

    def ytd(self, department: str, direction: str, period: str) -> int:
        return sum(self.parcels[department, direction, m].parcels for m in year_to_date(period))

    def since_it_began(self, department: str, direction: str, period: str) -> int:
        mine = ((m, p.parcels) for (d, way, m), p in self.parcels.items() if (d, way) == (department, direction))
        return self.earlier[department, direction] + sum(n for m, n in mine if m <= period)


def unit_price(direction: str, period: str) -> int:
    """What the government pays for one parcel, in 分: by the contract of the year."""
    return {OUT: 1_200, IN: 950}[direction] - (50 if split(period)[0] >= 2022 else 0)


def draw_post(rng: Random, periods: list[str], services: Services) -> Post:
    """Parcels below the paper results that F05 tells; cases at the points are those that F05 tells as done by post."""
    departments = services.departments(periods[0])
    parcels: dict[tuple[str, str, str], ParcelMonth] = {}
    points: dict[tuple[str, str], PointMonth] = {}
    liked = [rng.randint(60, 140) for _ in POINTS]
    for m in periods:
        for department in departments:
            cases = services.cases[department, m]
            drawn = {
                OUT: cases.paper * rng.randint(245, 300) // 1000,
                IN: cases.accepted * rng.randint(55, 75) // 1000,
            }
            for direction, count in drawn.items():
                before = parcels.get((department, direction, previous(m)))
                # A row that repeats last month's looks like a copy.
                different = count + (before is not None and before.parcels == count)
                parcels[department, direction, m] = ParcelMonth(different, different * rng.randint(0, 8) // 1000)
        _draw_points(rng, m, sum(services.cases[d, m].post for d in departments), liked, points)
    return Post(parcels, _earlier(rng, departments, parcels), points)


def _earlier(
    rng: Random, departments: list[str], parcels: Mapping[tuple[str, str, str], ParcelMonth]
) -> dict[tuple[str, str], int]:
    """What had been carried before the first month, so that August 2022 meets seed 004."""
    sent = sum(p.parcels for (_, direction, _), p in parcels.items() if direction == OUT)
    earlier = {}
    for direction, total in ((OUT, SENT_ALL - sent), (IN, _RECEIVED_BEFORE)):
        weights = [rng.randint(20, 160) for _ in departments]
        for department, count in zip(departments, spread(total, weights), strict=True):
            earlier[department, direction] = count
    return earlier


def _draw_points(
    rng: Random, period: str, cases: int, liked: list[int], points: dict[tuple[str, str], PointMonth]
) -> None:
    shares = spread(cases, [like * rng.randint(90, 110) for like in liked], least=3)
    for code, count in zip(POINTS, shares, strict=True):
        before = points.get((code, previous(period)))
        opening = before.locker_closing if before else rng.randint(2, 12)
        put_in = rng.randint(18, 75)
        items = before.items if before else rng.randint(120, 320)
        points[code, period] = PointMonth(items, count, opening, put_in, opening + put_in - rng.randint(2, 15))
