"""M07: the targets and limits of the plan and of the reports, and how far each is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

from transforms import period as months
from transforms.facts import (
    NOT_APPLICABLE,
    NOTHING,
    UNREPORTED,
    Facts,
    Figure,
    divide,
    last_year,
    points,
    value_in,
    year_to_date,
)
from transforms.lights import Lit, judge_by, judged_as, lit
from transforms.model import EXACT, Indicator, Light, Target
from transforms.schedule.deadlines import date_light, days_left
from transforms.schedule.declared import TARGET, goal_of
from transforms.schedule.figures import Row, frame, light_columns, put, put_light, to_check, whole
from transforms.schedule.measures import due_cells, measures
from transforms.schedule.names import department_name

ORDER = (Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE, Light.GREY)
STANDING = "持续"
"""What stands in place of a day for a limit that always holds."""
MEASURES = "F22.measures"
MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a target is: the figure that it is judged by, the one that is shown, its light, what it is read from, and
    what is to be said of it. `follows`: where the measure that it has its light from has one that was set by hand."""

    judged: Figure
    shown: Figure
    light: Light
    series: tuple[str, ...]
    remark: str = ""
    due: date | None = None
    follows: Lit | None = None


def targets(facts: Facts) -> pl.DataFrame:
    """M07: every target: red first, then yellow, green, blue (done) and grey; within by the days that are left.

    `days_left` counts from the last day of the month that the figures are about. `completion` is the figure ÷ the
    target for what is to be at least something, and the share of cases within the limit for a limit of each case.
    """
    rows = [_target_row(facts, target) for target in facts.catalogue.targets]
    rows.sort(key=lambda row: (ORDER.index(row["light"]), row["left"], row["id"]))
    texts = ("clause", "id", "name", "comparator", "unit", "interval", "source", "department", "remark")
    return frame(
        rows,
        **dict.fromkeys(texts, pl.String),
        **light_columns("light"),
        decimals=pl.Int64,
        nature=pl.String,
        target=EXACT,
        current=EXACT,
        completion=EXACT,
        due=pl.Date,
        days_left=EXACT,
    )


def _target_row(facts: Facts, target: Target) -> Row:
    told = _standing(facts, target)
    shown = _lit(facts, target, told)
    today = months.last_day(facts.period)
    due = _due(target, facts.period) or told.due
    row: Row = {
        "clause": target.clause or NOT_APPLICABLE,
        "id": target.code,
        "name": target.text,
        "comparator": target.comparator if target.value is not None else "",
        "unit": target.unit,
        "decimals": _decimals(target),
        "nature": "rate" if target.unit == "%" else "",
        "interval": _interval(facts, target, told.shown),
        "source": _source(facts, told.series),
        "department": "、".join(department_name(facts, code) for code in target.leads),
        "remark": _remark(facts, target, told),
        "due": due,
        "due|why": STANDING,
        "left": days_left(due, today) if due and shown.shown not in (Light.BLUE, Light.GREY) else 10**6,
    }
    put_light(row, "light", shown)
    put(row, "target", goal_of(facts, target))
    put(row, "current", told.shown)
    if not told.shown.told and told.light is not Light.GREY:
        row["current|why"] = NOT_APPLICABLE
    put(row, "completion", _completion(facts, target, told))
    put(row, "days_left", _days_left(facts, target, told, shown, today) if due else NOTHING)
    return row


def _days_left(facts: Facts, target: Target, told: Standing, shown: Lit, today: date) -> Figure:
    """Days from the end of the month to the day that the target sets, or else the reform ledger for its measure."""
    due = _due(target, facts.period)
    day = due or told.due
    if day is None or shown.shown in (Light.BLUE, Light.GREY):
        return NOTHING
    keys = () if due or target.deadline else due_cells(facts, target.measure)
    of = f"{TARGET} {target.code} " if not keys else ""
    return whole(days_left(day, today), keys)._replace(work=f"{of}时限 {day:%Y-%m-%d} − {today:%Y-%m-%d}")


def light_of_target(facts: Facts, target: Target) -> Lit:
    """The light of a target, as it is shown and as it is computed."""
    return _lit(facts, target, _standing(facts, target))


def _lit(facts: Facts, target: Target, told: Standing) -> Lit:
    """The light of a target: that of the core figure it is judged as, one set by hand, or that of its measure."""
    figure = judged_as(facts.catalogue, target)
    own = lit(facts, figure.code if figure else target.code, told.light)
    return told.follows if told.follows and not own.by_hand else own


def _standing(facts: Facts, target: Target) -> Standing:
    if target.reason:
        missing = Figure(None, None, None, (), UNREPORTED)
        return Standing(missing, missing, Light.GREY, (), f"未报:{target.reason}")
    if target.measure:
        return _of_measure(facts, target)
    if target.light == "rise":
        return _rise(facts, target)
    judged, series = _judged(facts, target)
    shown = facts.figure(target.current, "", facts.period) if target.current else judged
    series = (target.current, *series) if target.current else series
    return Standing(judged, shown, _light(facts, target, judged), series)


def _judged(facts: Facts, target: Target) -> tuple[Figure, tuple[str, ...]]:
    """The figure that a target is judged by, and the series that it is made of."""
    if target.indicators:
        indicator = _indicator(facts, target.indicators[0])
        of = year_to_date if target.light == "yearly" else value_in
        return of(facts, indicator, facts.period), _series(indicator)
    named = [part.partition("@") for part in target.figure.split("/")]
    parts = [facts.figure(series, item, facts.period) for series, _, item in named]
    series = tuple(series for series, _, _ in named)
    return (parts[0] if len(parts) == 1 else divide(parts[0], parts[1])), series


def _indicator(facts: Facts, code: str) -> Indicator:
    return next(i for i in facts.catalogue.indicators if i.code == code)


def _series(indicator: Indicator) -> tuple[str, ...]:
    return tuple(filter(None, (indicator.series, indicator.numerator, indicator.denominator)))


def _light(facts: Facts, target: Target, judged: Figure) -> Light:
    """A number that has been reached once and for all is done: blue. One that was not reached in time is red."""
    goal = goal_of(facts, target).value
    assert goal is not None
    thresholds = facts.catalogue.thresholds
    if target.light != "reach":
        goal = Decimal(1) if target.light == "at_most_case" else goal
        return judge_by(target.light, goal, judged, facts.period, thresholds)
    if judged.low is None:
        return Light.GREY
    if judged.low >= goal:
        return Light.BLUE
    return date_light(target.deadline, months.last_day(facts.period), done=False, ahead=thresholds.days_left)


def _rise(facts: Facts, target: Target) -> Standing:
    """Higher than a year ago: of several figures the one that rose least. Neither a fall nor a standstill is a rise."""
    rises: list[Figure] = []
    series: list[str] = []
    for code in target.indicators:
        indicator = _indicator(facts, code)
        rises.append(points(value_in(facts, indicator, facts.period), last_year(facts, indicator, facts.period)))
        series += _series(indicator)
    least = min(rises, key=lambda rise: (rise.value is not None, rise.value or 0))
    light = Light.GREY if least.low is None else Light.GREEN if least.low > 0 else Light.RED
    return Standing(least, least, light, tuple(dict.fromkeys(series)))


def _of_measure(facts: Facts, target: Target) -> Standing:
    """The state of a measure as M06 shows it, with the day that the target or else the ledger sets."""
    missing = Figure(None, None, None, (), UNREPORTED)
    told = facts.once(measures)
    found = told.filter(pl.col("code") == target.measure).to_dicts()
    if not found or found[0]["state"] == UNREPORTED:
        return Standing(missing, missing, Light.GREY, (MEASURES,), UNREPORTED)
    measure, decided = found[0], found[0]["light|set"]
    due = target.deadline or measure["due"]
    of_measure = lit(facts, target.measure, Light(decided["computed"] if decided else measure["light"]))
    late = due is not None and due < months.last_day(facts.period)
    shown, computed = (
        Light.RED if late and light is not Light.BLUE else light for light in (of_measure.shown, of_measure.computed)
    )
    assert computed is not None
    follows = Lit(shown, computed, of_measure.decided) if shown is not computed else None
    remark = f"{target.measure}{measure['state']}(按整项措施状态)"
    return Standing(missing, missing, computed, (MEASURES,), remark, due, follows)


def _due(target: Target, period: str) -> date | None:
    return date(months.split(period)[0], 12, 31) if target.yearly else target.deadline


def _completion(facts: Facts, target: Target, told: Standing) -> Figure:
    if target.light == "at_most_case":
        return told.judged
    if target.light not in ("yearly", "at_least", "reach"):
        return NOTHING
    return divide(told.judged, goal_of(facts, target))


def _decimals(target: Target) -> int:
    """The digits of display: a mean has one more than what it is the mean of."""
    if target.unit in ("%", "百分点"):
        return 2
    return 1 if target.light == "at_most_mean" or (target.value is not None and target.value % 1) else 0


def _interval(facts: Facts, target: Target, shown: Figure) -> str:
    """[4.35, 4.45] of a figure that was rounded; empty where it is exact."""
    if shown.low is None or shown.high is None or shown.low == shown.high:
        return ""
    factor = Decimal(1) if target.unit == "百分点" else facts.catalogue.units[target.unit].factor
    ends = (shown.low / factor, shown.high / factor)
    places = next((n for n in range(MOST_PLACES) if all(end == round(end, n) for end in ends)), MOST_PLACES)
    low, high = (round(end, places) for end in ends)
    return f"[{low:,f}, {high:,f}]"


def _source(facts: Facts, series: Iterable[str]) -> str:
    """F12 表1; a series without a return stands for nothing."""
    named: dict[str, None] = {}
    for one in series:
        table = facts.catalogue.table(".".join(one.split(".")[:2]))
        named[f"{table.form}{table.title}"] = None
    return "、".join(named) or NOT_APPLICABLE


def _remark(facts: Facts, target: Target, told: Standing) -> str:
    doubts = facts.doubts((*told.judged.sources, *told.shown.sources))
    said = told.remark
    if told.light is Light.GREY and not said:
        said = "本月未报" if told.judged.why == UNREPORTED else "本月无此类业务"
    return ";".join(word for word in (to_check(doubts), said, target.note) if word)
