"""What the placeholders of M14 stand for."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period as months
from transforms.facts import Facts, Figure, cumulates, divide, last_year, value_in, year_to_date
from transforms.model import Indicator, Light, State
from transforms.narrate.words import (
    FEWEST_CASES,
    MEASURED,
    NOT_SAID,
    SMALL,
    Part,
    Told,
    chinese_day,
    number,
    told_change,
    told_count,
    told_figure,
    told_rate,
    told_rise,
    told_word,
    told_yoy,
)
from transforms.schedule import NO_RETURN
from transforms.schedule.issues import OVERDUE, issues
from transforms.schedule.measures import measure_figures
from transforms.schedule.sides import gap_of
from transforms.spans import last_month_of

Row = Mapping[str, Any]
Frames = Mapping[str, pl.DataFrame]


def resolve(facts: Facts, frames: Frames, row: Row, word: str) -> Told | None:
    """The text of a placeholder, or None when its figure is missing.

    span, month, cutoff (of the figures), as_of (of what was filed); reports.*, checks.*, lights.*, measures.*,
    issues.*; vat.verdict; <indicator>.<field>[:unit:decimals]; <series>@<item>[/<series>@<item>][.more|.rise]
    [:unit:decimals]; else a field of the row of the list.
    """
    head, _, field = word.partition(".")
    if word in ("span", "month", "cutoff", "as_of"):
        return _date(facts, word)
    if head in COUNTS:
        return COUNTS[head](facts, frames, field)
    if word == "vat.verdict":
        return _vat_verdict(facts)
    if "@" in word:
        return _series(facts, word)
    indicator = facts.catalogue.indicator(head)
    if indicator:
        return indicator_told(facts, indicator, field)
    return row.get(field)


def _date(facts: Facts, word: str) -> Told:
    """The months that the sheet is about stand in its title; a day is listed with what it is."""
    last = months.split(facts.period)[1]
    if word in ("span", "month"):
        return Told((f"1—{last}月" if last > 1 else "1月") if word == "span" else f"{last}月")
    if word == "cutoff":
        return told_word(chinese_day(months.last_day(facts.period)), "封面 数据截止日")
    return told_word(chinese_day(facts.as_of.date()), "封面 编制日期")


def _report_counts(facts: Facts, frames: Frames, field: str) -> Told | None:
    """The returns as M03 judges them. In time or not are those that came and those whose day is past: of the others
    nothing can be said yet."""
    table, origin = frames["reports"], "M03 报送情况"
    late = table.filter(pl.col("days_late") > 0).height
    judged = table.filter(pl.col("first").is_not_null() | (pl.col("days_late") > 0)).height
    if field == "in_time":
        on_time = f"({judged}−{late})÷{judged} {{reports.days_late}}"
        return told_rate(Decimal(judged - late) / judged, origin, work=on_time) if judged else None
    counts = {
        "due": (table.height, "form"),
        "filed": (int(table["first"].is_not_null().sum()), "first"),
        "late": (late, "days_late"),
        "returned": (table.filter(pl.col("hard") > 0).height, "hard"),
    }
    number, column = counts[field]
    return told_count(number, origin, f"计数({{reports.{column}}})")


def _check_counts(facts: Facts, frames: Frames, field: str) -> Told | None:
    here = facts.differences_known.filter(last_month_of(pl.col("period")) == facts.period)
    if here.is_empty():
        return None
    count = Counter(here["state"].to_list())
    states = {
        "all": tuple(State),
        "equal": (State.EQUAL, State.WITHIN_ROUNDING),
        "timing": (State.TIMING,),
        "different": (State.DIFFERENT,),
        "one_sided": (State.ONE_SIDED,),
    }[field]
    of = f"state={','.join(state.value for state in states)}"
    # In M04 the pairs of a rule that agree stand in one row, which tells how many they are.
    work = f"计数({{differences.id@{of}|quarter_differences.id@{of}}})"
    return told_count(sum(count[state.value] for state in states), "M04 勾稽校验", work)


def _light_counts(facts: Facts, frames: Frames, field: str) -> Told | None:
    """The lights of 合计 of M01, and how many of the grey ones have no return yet."""
    rows = [row for row in frames["overview"].iter_rows(named=True) if row["kind"] == "data"]
    counts = {name: int(sum(row[name] for row in rows)) for name in ("tasks", "blue", "green", "yellow", "red", "grey")}
    counts["without"] = sum(row["core"] == NO_RETURN and row["light"] == Light.GREY for row in rows)
    counts["unreported"] = counts["grey"] - counts["without"]
    column = "grey" if field == "unreported" else field
    cells = f"core@core={NO_RETURN}" if field == "without" else f"{column}@name=合计"
    return told_count(counts[field], "M01 总览", f"计数({{overview.{cells}|lights_heat.h11}})")


def _measure_counts(facts: Facts, frames: Frames, field: str) -> Told | None:
    """The 52 measures by state: all, done, ongoing, lagging, overdue …"""
    figures = facts.once(measure_figures)
    figure = figures.get("tasks" if field == "all" else field)
    if figure is None or figure.value is None or not figures["tasks"].value:
        return None
    return told_figure(facts, figure, "", 0)


def _issue_counts(facts: Facts, frames: Frames, field: str) -> Told | None:
    """Issues of firms that are overdue: overdue, longest (days), unit (who has the oldest)."""
    table = facts.once(issues)
    if table.height and (table["light"] == Light.GREY).all():
        return None
    late = table.filter(pl.col("state") == OVERDUE).sort("days_left", maintain_order=True).to_dicts()
    if field == "overdue":
        told = late or table.to_dicts()
        keys = tuple(key for row in told for key in row["days_left|src"] or ())
        value = Decimal(len(late))
        return told_figure(facts, Figure(value, value, value, keys, work="逾期件数"), "", 0)
    if not late:
        return NOT_SAID
    if field == "unit":
        return told_word(late[0]["department"], "M05 问题清单")
    worst = -late[0]["days_left"]
    return told_figure(facts, Figure(worst, worst, worst, tuple(late[0]["days_left|src"])), "", 0)


COUNTS: Mapping[str, Callable[[Facts, Frames, str], Told | None]] = {
    "reports": _report_counts,
    "checks": _check_counts,
    "lights": _light_counts,
    "measures": _measure_counts,
    "issues": _issue_counts,
}


def _vat_verdict(facts: Facts) -> Told | None:
    """两方一致, or the difference with its cause (R02 of the month)."""
    found = facts.differences_known.filter(pl.col("period") == facts.period, pl.col("rule") == "R02").to_dicts()
    if not found or found[0]["difference"] is None:
        return None
    state, gap = found[0]["state"], abs(found[0]["difference"])
    if state in (State.EQUAL.value, State.WITHIN_ROUNDING.value):
        return Told("两方一致")
    cause = found[0]["cause"] or "未查明"
    why = "原因未查明" if cause == "未查明" else f"系{cause}"
    text = number(facts, gap, "万元", 2)
    figure = gap_of(facts, found[0])._replace(value=gap)
    part = Part(text, figure, "万元", 2, f"M04 {found[0]['id']}")
    return Told(f"相差{text},{why}", (part,))


def _series(facts: Facts, word: str) -> Told | None:
    path, _, shape = word.partition(":")
    field = ""
    if path.endswith((".more", ".rise")):
        path, field = path[:-5], path[-4:]
    named = [part.partition("@") for part in path.split("/")]
    parts = [facts.figure(series, item, facts.period) for series, _, item in named]
    figure = parts[0] if len(parts) == 1 else divide(parts[0], parts[1])
    if figure.value is None:
        return None
    if field == "rise":
        return told_rise(facts, figure, doubtful=figure)
    unit, _, decimals = shape.partition(":")
    if field == "more":
        more = "增加" if figure.value >= 0 else "减少"
        return told_figure(facts, figure, unit, int(decimals), more, abs(figure.value))
    return told_figure(facts, figure, unit, int(decimals))


def indicator_told(facts: Facts, indicator: Indicator, field: str) -> Told | None:
    """A field of a core figure of the month: month, ytd, last_year, yoy, change (against last year), mom."""
    name, _, shape = field.partition(":")
    unit, _, decimals = shape.partition(":")
    unit, places = unit or indicator.unit, int(decimals) if decimals else indicator.decimals
    compared = year_to_date if cumulates(facts, indicator) else value_in
    now, base = compared(facts, indicator, facts.period), last_year(facts, indicator, facts.period)
    if name in ("yoy", "change", "mom") and too_few(facts, indicator):
        return Told(f"不作比较{SMALL}")
    if name == "yoy":
        return told_yoy(facts, indicator, now, base)
    if name == "change":
        return told_change(facts, indicator, now, base, unit, places)
    if name == "mom":
        here, before = (value_in(facts, indicator, m) for m in (facts.period, months.previous(facts.period)))
        return told_change(facts, indicator, here, before, unit, places)
    figures: dict[str, Callable[[], Figure]] = {
        "month": lambda: value_in(facts, indicator, facts.period),
        "ytd": lambda: year_to_date(facts, indicator, facts.period),
        "last_year": lambda: base,
    }
    if name in ("month", "ytd") and too_few(facts, indicator):
        return few_told(facts, indicator)
    figure = figures[name]()
    return None if figure.value is None else told_figure(facts, figure, unit, places)


def too_few(facts: Facts, indicator: Indicator) -> bool:
    """Whether a rate stands on fewer cases than bear one."""
    if indicator.nature != "rate" or not indicator.denominator:
        return False
    base = facts.figure(indicator.denominator, indicator.item, facts.period)
    unit = unit_of(facts, indicator.denominator)
    counted = unit not in MEASURED and facts.catalogue.units[unit].base != "元"
    return counted and base.value is not None and 0 < base.value < FEWEST_CASES


def few_told(facts: Facts, indicator: Indicator) -> Told | None:
    """Only counts, no rate: 18件中17件(基数较小)."""
    parts = [
        facts.figure(series, indicator.item, facts.period) for series in (indicator.denominator, indicator.numerator)
    ]
    if not all(part.told for part in parts):
        return None
    whole, some = (told_figure(facts, part, unit_of(facts, indicator.denominator), 0) for part in parts)
    return Told(f"{whole.text}中{some.text}{SMALL}", (*whole.parts, *some.parts))


def unit_of(facts: Facts, series: str) -> str:
    statistic = facts.catalogue.statistic(series)
    return statistic.unit if statistic else facts.catalogue.column(series).unit
