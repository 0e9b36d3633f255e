"""The truth of F21: issues of firms from every channel, and the officers that each firm is paired with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from samples.assessment import Assessment
from samples.calendar import draw_working_day, later
from samples.identity import Firm, draw_firms
from samples.investment import Investment
from samples.packages import Packages
from samples.ratings import Ratings
from transforms.period import first_day, last_day, year_to_date

KEY_FIRMS = 150
BAD_RATING, UNDONE, WARNING = "差评", "办不成事", "电子监察"
_SOURCES = ("走访",) * 7 + ("热线",) * 5 + ("专线", "专线", "面对面", "晚茶会", "督查", "监督员", "第三方", "上级交办")
_CATEGORIES: Mapping[str, tuple[str, str]] = {
    "用工": ("human_resources", "招工难,希望对接劳务输出地"),
    "融资": ("finance_office", "续贷到期,希望衔接转贷资金"),
    "用地": ("natural_resources", "项目用地边界需要复核"),
    "用水电气": ("econ_info", "用电增容进度慢,影响设备调试"),
    "税费": ("tax", "咨询留抵退税和缓缴口径"),
    "审批": ("construction", "施工许可所需材料不清楚"),
    "执法": ("market_reg", "希望合并检查,减少入企次数"),
    "奖补": ("econ_info", "技改奖补尚未到账"),
    "物流": ("transport", "货车进城通行证办理周期长"),
    "其他": ("be_office", "周边道路停车不便"),
}
_GRADES = {"现场解决": 3, "部门办理": 12, "提级研判": 24}
OFFICERS = tuple(f"{s}{g}" for s in "王李张刘陈杨黄周吴徐孙胡朱高林何郭马罗梁" for g in ("建国", "晓敏", "志远"))


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue; `firm` is None where a citizen has raised it."""

    number: str
    source: str
    firm: Firm | None
    chain: str | None
    received: date
    category: str
    content: str
    grade: str
    lead: str
    person: str
    due: date
    done: date
    result: str
    confirmed: str
    revisited: date


@dataclass(frozen=True, slots=True)
class Pair:
    firm: Firm
    officer: str
    since: date
    visits: Mapping[str, int]


@dataclass(frozen=True)
class Issues:
    issues: tuple[Issue, ...]
    pairs: tuple[Pair, ...]

    def told(self, period: str) -> list[Issue]:
        """Received by the end of the month, and not closed before it."""
        begin, end = first_day(period), last_day(period)
        return [i for i in self.issues if i.received <= end and i.done >= begin]

    def open_of(self, firm: Firm, period: str) -> Issue | None:
        """An issue of a firm that is open at the end of a month."""
        end = last_day(period)
        return next((i for i in self.issues if i.firm == firm and i.received <= end < i.done), None)

    def pairs_told(self, period: str) -> list[Pair]:
        return [p for p in self.pairs if p.since <= last_day(period)]

    def visits_ytd(self, pair: Pair, period: str) -> int:
        return sum(pair.visits.get(m, 0) for m in year_to_date(period))


def draw_issues(
    rng: Random,
    periods: list[str],
    investment: Investment,
    ratings: Ratings,
    packages: Packages,
    assessment: Assessment,
) -> Issues:
    """Issues of `periods`: those of bad ratings, of what could not be done at a window and of warnings of the
    electronic inspection bear the numbers they were given there; every project's firm is paired with an officer from the day it is registered."""
    pairs = _draw_pairs(rng, periods, investment)
    chains = {p.firm.uscc: p.chain for p in investment.projects}
    last: dict[tuple[str, str], date] = {}
    issues = []
    for m in periods:
        days = sorted(draw_working_day(rng, m) for _ in range(rng.randint(22, 30)))
        firms = [p.firm for p in pairs if p.since < first_day(m)]
        for number, day in enumerate(days, 1):
            firm, category = rng.choice(firms), rng.choice(tuple(_CATEGORIES))
            while (day - last.get((firm.uscc, category), date.min)).days <= 60:
                firm, category = rng.choice(firms), rng.choice(tuple(_CATEGORIES))
            last[firm.uscc, category] = day
            name = f"WT-{day:%Y%m}-{number:04d}"
            issues.append(_draw_issue(rng, name, firm, chains.get(firm.uscc), day, category))
    issues += _of_ratings(rng, ratings) + _of_windows(rng, packages) + _of_warnings(rng, assessment)
    issues.sort(key=lambda i: (i.received, i.number))
    return Issues(tuple(issues), tuple(pairs))


def _draw_issue(rng: Random, number: str, firm: Firm, chain: str | None, day: date, category: str) -> Issue:
    lead, content = _CATEGORIES[category]
    grade = rng.choice(("现场解决", "部门办理", "部门办理", "部门办理", "提级研判"))
    limit = _GRADES[grade]
    done = later(day, rng.randint(max(1, limit // 3), limit))
    return Issue(
        number=number,
        source=rng.choice(_SOURCES),
        firm=firm,
        chain=chain,
        received=day,
        category=category,
        content=content,
        grade=grade,
        lead=lead,
        person=rng.choice(OFFICERS),
        due=later(day, limit),
        done=done,
        result=rng.choice(("已解决",) * 6 + ("解释说明", "列入计划", "暂无法解决")),
        confirmed=_draw_confirmed(rng),
        revisited=later(done, rng.randint(2, 8)),
    )


def _draw_confirmed(rng: Random) -> str:
    return rng.choice(("满意", "满意", "满意", "满意", "基本满意"))


def _of_ratings(rng: Random, ratings: Ratings) -> list[Issue]:
    return [
        Issue(
            number=bad.issue_no,
            source=BAD_RATING,
            firm=None,
            chain=None,
            received=bad.rated,
            category="其他",
            content=f"办件{bad.case_no}差评:{bad.reason}",
            grade="部门办理",
            lead=bad.department,
            person=rng.choice(OFFICERS),
            due=later(bad.rated, 15),
            done=bad.answered,
            result="已解决" if bad.fixed else "解释说明",
            confirmed=_draw_confirmed(rng),
            revisited=bad.revisited,
        )
        for bad in ratings.bad
    ]


def _of_windows(rng: Random, packages: Packages) -> list[Issue]:
    return [
        Issue(
            number=matter.issue_no,
            source=UNDONE,
            firm=None,
            chain=None,
            received=matter.received,
            category="审批",
            content="窗口反映事项办理受阻,材料与指南不一致",
            grade="部门办理",
            lead=matter.department,
            person=rng.choice(OFFICERS),
            due=later(matter.received, 12),
            done=matter.done,
            result="已解决",
            confirmed=_draw_confirmed(rng),
            revisited=later(matter.done, rng.randint(2, 6)),
        )
        for matter in packages.matters
    ]


def _of_warnings(rng: Random, assessment: Assessment) -> list[Issue]:
    return [
        Issue(
            number=warned.issue_no,
            source=WARNING,
            firm=None,
            chain=None,
            received=warned.day,
            category="审批",
            content="电子监察预警:办件临近承诺时限尚未办结",
            grade="部门办理",
            lead=warned.unit,
            person=rng.choice(OFFICERS),
            due=later(warned.day, 10),
            done=later(warned.day, rng.randint(2, 9)),
            result="已解决" if warned.corrected else "列入计划",
            confirmed=_draw_confirmed(rng),
            revisited=later(warned.day, rng.randint(12, 18)),
        )
        for warned in assessment.warned
    ]


def _draw_pairs(rng: Random, periods: list[str], investment: Investment) -> list[Pair]:
    firms = draw_firms(rng, KEY_FIRMS, "大中中中小小")
    since = {firm.uscc: date(2020, rng.randint(1, 12), rng.randint(1, 28)) for firm in firms}
    of_projects = [p for p in investment.projects if p.ended is None or p.dates[0] < p.ended]
    since |= {p.firm.uscc: p.dates[0] for p in of_projects}
    pairs = []
    for firm in [*firms, *(p.firm for p in of_projects)]:
        begun = since[firm.uscc]
        visits = {m: rng.choice((0, 1, 1, 1, 2)) for m in periods if begun <= last_day(m)}
        pairs.append(Pair(firm, rng.choice(OFFICERS), begun, visits))
    return pairs
