"""The truth of F06: what people said of their cases, by department and channel, and every bad rating."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from samples.calendar import draw_working_day, month_of, working_day_on_or_before
from samples.draws import spread
from samples.services import Services
from transforms.period import previous, year_to_date

CHANNELS: Mapping[str, int] = {
    "评价器": 300,
    "自助终端": 60,
    "电脑端": 180,
    "移动端": 240,
    "短信": 110,
    "电话": 30,
    "二维码": 70,
    "其他": 10,
}
"""The eight channels (seed 004) and what part of the cases each carries, in thousandths."""
CONFIRMED = "属实"
_REASONS = ("办理时限",) * 5 + ("材料要求",) * 5 + ("服务态度",) * 4 + ("系统故障",) * 3 + ("流程环节",) * 2 + ("其他",)
_MUCH_RATED = 900
"""A department and channel with so many ratings a month has at least one bad one."""


@dataclass(frozen=True, slots=True)
class RatingMonth:
    """One department and channel in one month: cases to be rated, ratings, those given unasked, marks 5 to 1."""

    ratable: int
    rated: int
    active: int
    marks: tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class BadRating:
    """One 不满意 (mark 2) or 非常不满意 (mark 1); `issue_no` names the issue that was opened for it in F21."""

    number: str
    case_no: str
    department: str
    channel: str
    mark: int
    rated: date
    reason: str
    verified: str
    fixed: date | None
    answered: date
    revisited: date
    issue_no: str


@dataclass(frozen=True)
class Ratings:
    """`months` by department, channel and month. Issues of bad ratings are numbered WT-<yyyymm>-1001 and on."""

    months: Mapping[tuple[str, str, str], RatingMonth]
    bad: tuple[BadRating, ...]

    def bad_ratings(self, period: str) -> list[BadRating]:
        """The bad ratings of a month."""
        return [b for b in self.bad if month_of(b.rated) == period]

    def bad_told(self, period: str) -> list[BadRating]:
        """The ledger of the year so far."""
        months = set(year_to_date(period))
        return [b for b in self.bad if month_of(b.rated) in months]


def draw_ratings(rng: Random, periods: list[str], services: Services) -> Ratings:
    """Ratings of every case that was done: Σ ratable of a department is what F05 tells as done."""
    months: dict[tuple[str, str, str], RatingMonth] = {}
    bad: list[BadRating] = []
    for m in periods:
        counted: dict[tuple[str, str], tuple[int, int, int]] = {}
        for department in services.departments(m):
            done = services.cases[department, m].done
            weights = [w * rng.randint(940, 1060) for w in CHANNELS.values()]
            for channel, ratable in zip(CHANNELS, spread(done, weights, least=2), strict=True):
                rated = ratable * rng.randint(870, 900) // 1000
                counted[department, channel] = (ratable, rated, ratable * rng.randint(825, 860) // 1000)
        ours = _draw_bad(rng, m, {key: rated for key, (_, rated, _) in counted.items()})
        bad += ours
        for (department, channel), (ratable, rated, active) in counted.items():
            marks = [b.mark for b in ours if (b.department, b.channel) == (department, channel)]
            worst, worse = marks.count(1), marks.count(2)
            fair, good = rated * rng.randint(20, 35) // 1000, rated * rng.randint(90, 140) // 1000
            made = RatingMonth(ratable, rated, active, (rated - good - fair - worse - worst, good, fair, worse, worst))
            if made == months.get((department, channel, previous(m))):
                # A row that repeats last month's looks like a copy.
                made = replace(made, marks=(made.marks[0] - 1, good + 1, fair, worse, worst))
            months[department, channel, m] = made
    return Ratings(months, tuple(bad))


def _draw_bad(rng: Random, period: str, rated: Mapping[tuple[str, str], int]) -> list[BadRating]:
    """About one rating in 1500 is bad; where very many are given, one at least."""
    large = [key for key, count in rated.items() if count >= _MUCH_RATED]
    some = [key for key, count in rated.items() if count >= 60]
    places = large + rng.choices(some, [rated[key] for key in some], k=rng.randint(10, 14))
    days = sorted(draw_working_day(rng, period) for _ in places)
    rng.shuffle(places)
    return [
        _draw_bad_rating(rng, number, day, *place)
        for number, (day, place) in enumerate(zip(days, places, strict=True), 1)
    ]


def _draw_bad_rating(rng: Random, number: int, day: date, department: str, channel: str) -> BadRating:
    month = f"{day:%Y%m}"
    verified = rng.choice((CONFIRMED, CONFIRMED, CONFIRMED, "不属实", "无法核实"))
    answered = max(day, working_day_on_or_before(day + timedelta(days=rng.randint(2, 14))))
    return BadRating(
        number=f"CP{month}{number:04d}",
        case_no=f"BJ{month}{number:02d}{rng.randint(10_000, 99_999)}",
        department=department,
        channel=channel,
        mark=rng.choice((1, 2, 2, 2)),
        rated=day,
        reason=rng.choice(_REASONS),
        verified=verified,
        fixed=answered if verified == CONFIRMED else None,
        answered=answered,
        revisited=working_day_on_or_before(answered + timedelta(days=rng.randint(20, 40))),
        issue_no=f"WT-{month}-{1000 + number}",
    )
