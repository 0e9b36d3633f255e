"""M12: water, power, gas, construction, property, procurement, tendering, inspection, labour and courts, class by class."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from transforms.facts import NOTHING, UNREPORTED, Facts, Figure, divide
from transforms.lights import Lit, judge_by, lit, subject_of
from transforms.model import EXACT, Catalogue, Light
from transforms.records import Records, records
from transforms.schedule.figures import Row, doubted, frame, light_columns, put, put_light


@dataclass(frozen=True, slots=True)
class Made:
    """The figures of a class: number of cases, mean, longest, share within the limit (or another rate)."""

    cases: Figure
    mean: Figure = NOTHING
    longest: Figure = NOTHING
    rate: Figure = NOTHING


@dataclass(frozen=True, slots=True)
class Element:
    """A class of M12: what it is called, the unit of its cases and of its time, how its figures are made, and what they
    are `held` against: a target of the catalogue (T003) or the target of a core figure (I1503), none where it has no
    light. `goal` is what that is called."""

    field: str
    name: str
    of: str
    unit: str
    make: Callable[[Facts], Made]
    held: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a class is held against: how (one of model.TARGET_KINDS), the number in the base unit, and in words."""

    kind: str
    value: Decimal
    words: str


def _connections(utility: str, user_class: str) -> Callable[[Facts], Made]:
    """What was connected in the month, from the ledger."""

    def made(facts: Facts) -> Made:
        done = records(facts, "F12.applications").where(
            pl.col("utility") == utility,
            pl.col("user_class") == user_class,
            pl.col("connect_date").dt.strftime("%Y-%m") == facts.period,
        )
        return _of_records(done, "user_days", None)

    return made


def _of_records(done: Records, days: str, cap: pl.Expr | None) -> Made:
    cases = done.count(days)
    rate = NOTHING if cap is None else divide(done.where(pl.col(days) <= cap).count(days), cases)
    return Made(cases, done.mean(days), done.maximum(days), rate)


def _approvals(project_class: str) -> Callable[[Facts], Made]:
    def made(facts: Facts) -> Made:
        done = records(facts, "F15.approvals").where(
            pl.col("project_class") == project_class, pl.col("done_date").dt.strftime("%Y-%m") == facts.period
        )
        return _of_records(done, "days", pl.col("promised_days"))

    return made


def _told(cases: str, item: str = "", mean: str = "", rate: str = "", longest: str = "") -> Callable[[Facts], Made]:
    """Told figures and statistics; a mean or a rate may be one of them ÷ another ("a/b")."""

    def made(facts: Facts) -> Made:
        def of(series: str) -> Figure:
            if not series:
                return NOTHING
            parts = [facts.figure(part, item, facts.period) for part in series.split("/")]
            return parts[0] if len(parts) == 1 else divide(parts[0], parts[1])

        return Made(of(cases), of(mean), of(longest), of(rate))

    return made


def _share(item: str, part: str, whole: str) -> Callable[[Facts], Made]:
    """So many things, and the share of a part of them."""
    return _told(whole, item, rate=f"{part}/{whole}")


def _spans(cases: str, days: str, within: str, longest: str) -> Callable[[Facts], Made]:
    """What was done in the month, from the statistics of its ledger."""
    return _told(cases, "", f"{days}/{cases}", f"{within}/{cases}", longest)


def _settled(facts: Facts) -> Made:
    """Civil cases closed, and the share that did not go through a full trial."""
    closed, full, days = (
        facts.figure(f"F19.cases.{c}", "民商事", facts.period) for c in ("closed_m", "full_m", "avg_days")
    )
    return Made(closed, days, rate=divide(full, closed, complement=True))


DONE, REGISTERED_IN = "F16.registrations.done_m", "F16.registrations.avg_days"
TENDERS, ELECTRONIC = "F14.tenders.tenders_m", "F14.tenders.electronic_m"
INSPECTED, PUBLISHED = "F17.tasks.inspected", "F17.tasks.published"
RATED, ALL_RATED = "F17.rates.num", "F17.rates.den"
CONNECTED = "F12.applications"
CLAIMS, CLAIMED_IN = "F18.indicators.value_m", "F18.indicators.avg_days"
SMALL, MEDIUM, WATER, GAS = (
    _told(f"{CONNECTED}.{c}_n", "", f"{CONNECTED}.{c}_days/{CONNECTED}.{c}_n", within, f"{CONNECTED}.{c}_longest")
    for c in ("power", "medium", "water", "gas")
    for within in ("" if c == "medium" else f"{CONNECTED}.{c}_within/{CONNECTED}.{c}_n",)
)
SIGNED = _spans(*(f"F13.contracts.{c}" for c in ("signed_n", "signing_days", "signed_within", "signing_longest")))
ACCEPTED = _spans(
    *(f"F13.contracts.{c}" for c in ("accepted_n", "acceptance_days", "accepted_within", "acceptance_longest"))
)
PAID = _spans(*(f"F13.payments.{c}" for c in ("paid_n", "payment_days", "paid_within", "payment_longest")))
ELEMENTS = (
    Element("获得用水", "一般项目", "件", "工作日", WATER, "T003"),
    Element("获得用水", "小低项目", "件", "工作日", _connections("水", "小低项目")),
    Element("获得电力", "低压小微", "件", "工作日", SMALL, "T004"),
    Element("获得电力", "10千伏", "件", "工作日", MEDIUM, "T006"),
    Element("获得用气", "全部用户", "件", "工作日", GAS, "T007"),
    *(
        Element("工程审批", one, "件", "工作日", _approvals(one), "I1503", "每件≤承诺时限")
        for one in ("社会投资简易低风险", "一般", "政府投资", "城市更新")
    ),
    *(
        Element("不动产登记", one, "件", "工作日", _told(DONE, one, REGISTERED_IN), "I1602")
        for one in ("首次", "转移", "抵押", "变更", "注销", "查封")
    ),
    Element("政府采购", "合同签订", "份", "日", SIGNED, "T012"),
    Element("政府采购", "履约验收", "份", "工作日", ACCEPTED, "T013"),
    Element("政府采购", "资金支付", "笔", "工作日", PAID, "T014"),
    *(
        Element("招标投标", one, "个", "", _share(one, ELECTRONIC, TENDERS), "T022", "全流程电子化")
        for one in ("房建市政", "交通", "水利", "政府采购", "产权")
    ),
    Element("市场监管", "双随机检查", "户", "", _share("", PUBLISHED, INSPECTED), "I1704", "结果公示"),
    Element("市场监管", "投诉举报", "件", "", _share("投诉举报处理率", RATED, ALL_RATED), "T038", "处理率"),
    Element("市场监管", "协同监管", "件", "", _share("协同响应率", RATED, ALL_RATED), "T039", "响应率"),
    Element("劳动就业", "失业待遇申领", "件", "工作日", _told(CLAIMS, "失业待遇", CLAIMED_IN), "T046"),
    Element("司法保障", "民商事", "件", "天", _settled, "T048", "调解速裁"),
    *(
        Element("司法保障", one, "件", "天", _told("F19.cases.closed_m", one, "F19.cases.avg_days"))
        for one in ("执行", "破产", "知识产权")
    ),
)
"""The classes of M12 in their fixed order."""
HELD_AGAINST = Counter(one.held for one in ELEMENTS)
"""How many classes are held against a target."""


def elements(facts: Facts) -> pl.DataFrame:
    """M12: cases of the month, mean, longest, share within the limit, and the light, class by class.

    `rate` is the share of cases that keep their limit where each has one, else the rate that the target is about.
    """
    rows = [_element_row(facts, one) for one in ELEMENTS]
    return frame(
        rows,
        field=pl.String,
        name=pl.String,
        of=pl.String,
        time_unit=pl.String,
        cases=EXACT,
        mean=EXACT,
        longest=EXACT,
        rate=EXACT,
        goal=pl.String,
        **light_columns("light"),
        remark=pl.String,
    )


def _element_row(facts: Facts, one: Element) -> Row:
    made, goal = one.make(facts), _goal(facts.catalogue, one)
    row: Row = {"field": one.field, "name": one.name, "of": one.of, "time_unit": one.unit}
    for column in ("cases", "mean", "longest", "rate"):
        put(row, column, getattr(made, column))
    row["goal"] = goal.words if goal else ""
    put_light(row, "light", _lit(facts, one, _light(facts, goal, made)))
    return row | {"remark": _remark(row) or doubted(facts, row)}


def _lit(facts: Facts, one: Element, computed: Light | None) -> Lit:
    """A class that alone is held against a target has the light of that one, where it was set by hand, too."""
    if HELD_AGAINST[one.held] > 1 or not one.held:
        return Lit(computed, computed)
    return lit(facts, subject_of(facts.catalogue, one.held), computed)


def _goal(catalogue: Catalogue, one: Element) -> Goal | None:
    """The target of a class, as the catalogue declares it."""
    if not one.held:
        return None
    target = next((t for t in catalogue.targets if t.code == one.held), None)
    if target is not None and target.value is not None:
        kind, told, unit = target.light, target.value, target.unit
        value = told * catalogue.units[unit].factor
    else:
        indicator = next(i for i in catalogue.indicators if i.code == one.held)
        assert indicator.target is not None
        kind, value, unit = indicator.target_kind, indicator.target, indicator.unit
        told = value / catalogue.units[unit].factor
    amount = f"{told:f}{'个' if unit == '工作日' else ''}{unit}"
    if kind == "at_most_case":
        # Judged by the share of the cases that keep their limit: all of them.
        return Goal(kind, Decimal(1), one.goal or f"每{one.of}≤{amount}")
    if kind == "at_most_mean":
        return Goal(kind, value, f"平均≤{amount}")
    return Goal(kind, value, one.goal + ("≥" if kind == "at_least" else "") + amount)


def _light(facts: Facts, goal: Goal | None, made: Made) -> Light | None:
    """No light without a target. A month without a case says nothing about the limit of each: grey."""
    if goal is None:
        return None
    judged = made.mean if goal.kind == "at_most_mean" else made.rate
    return judge_by(goal.kind, goal.value, judged, facts.period, facts.catalogue.thresholds)


def _remark(row: Mapping[str, object]) -> str:
    return "本月无" if row["cases"] == 0 else "" if row["cases|why"] != UNREPORTED else UNREPORTED
