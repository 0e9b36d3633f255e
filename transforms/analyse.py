"""The frames of the quarterly workbook: a quarter from its months.

A flow is the sum of its months, a balance that of the last month, a rate Σ numerators ÷ Σ denominators, never the mean
of rates; averages and distinct firms are not put together. A quarter that is not over is made of the months it holds
and marked 未满季; it is compared with the same months of the other quarters. Frames are as in `transforms.schedule`.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period as months
from transforms.facts import (
    NOT_APPLICABLE,
    NOTHING,
    UNREPORTED,
    EvaluationIndicator,
    Facts,
    Figure,
    add,
    divide,
    growth,
    sums_up,
    value_in,
    value_over,
    year_to_date,
)
from transforms.lights import light_of
from transforms.model import EXACT, Indicator, Light, State
from transforms.narrate import number, rise, rounded
from transforms.schedule import (
    BALANCE_COLUMNS,
    NATURES,
    NO_RETURN,
    Row,
    change,
    department_name,
    describe,
    differences,
    follow_up,
    frame,
    label,
    put,
    put_count,
    subject_of,
)
from transforms.spans import last_month_of

TREND_MONTHS = 24
MEAN_MONTHS = 3
AGES = (("当月", 0, 0), ("1个月", 1, 1), ("2个月", 2, 2), ("3—5个月", 3, 5), ("6个月及以上", 6, 10**6))


def months_held(facts: Facts, quarter: str) -> list[str]:
    """The months of a quarter that have come, as of the facts' period."""
    return [month for month in months.months_of(quarter) if month <= facts.period]


def unfinished(facts: Facts, quarter: str) -> bool:
    return len(months_held(facts, quarter)) < 3


def quarter_words(facts: Facts, quarter: str) -> str:
    """2022年三季度, or 2022年三季度,未满季:7—8月."""
    held = months_held(facts, quarter)
    if len(held) == 3:
        return months.chinese(quarter)
    numbers = [str(months.split(month)[1]) for month in held]
    told = f"{numbers[0]}—{numbers[-1]}月" if len(numbers) > 1 else f"{numbers[0]}月" if numbers else "尚无月份"
    return f"{months.chinese(quarter)},未满季:{told}"


def of_quarter(facts: Facts, indicator: Indicator, quarter: str, count: int = 3) -> Figure:
    """The figure of a quarter's first `count` months. An average over several months is that of none: —, except
    that a quarter of one month has it."""
    return value_over(facts, indicator, months.months_of(quarter)[:count])


# ---- Q01 -----------------------------------------------------------------------------------------------------------


def quarter_overview(facts: Facts, quarter: str, evaluation: Iterable[EvaluationIndicator]) -> pl.DataFrame:
    """Q01: the 18 indicators: target, last, this and last year's quarter, growth, the lights of the three months."""
    rows = [_overview_row(facts, quarter, n, one) for n, one in enumerate(evaluation, start=1)]
    return frame(
        rows,
        number=pl.Int64,
        name=pl.String,
        department=pl.String,
        core=pl.String,
        unit=pl.String,
        decimals=pl.Int64,
        nature=pl.String,
        comparator=pl.String,
        target=EXACT,
        previous=EXACT,
        now=EXACT,
        last_year=EXACT,
        yoy=EXACT,
        qoq=EXACT,
        light1=pl.String,
        light2=pl.String,
        light3=pl.String,
        light=pl.String,
        verdict=pl.String,
    )


def _overview_row(facts: Facts, quarter: str, n: int, one: EvaluationIndicator) -> Row:
    row: Row = {"number": n, "name": one.name, "department": department_name(facts, one.department)}
    indicator = next((i for i in facts.catalogue.indicators if i.code == one.core), None)
    if indicator is None:
        for column in ("target", "previous", "now", "last_year", "yoy", "qoq"):
            blank = Figure(None, None, None, (), UNREPORTED)
            put(row, column, blank if column in ("previous", "now", "last_year") else NOTHING)
        greys = {f"light{n}": Light.GREY for n in (1, 2, 3)}
        return row | greys | {"core": NO_RETURN, "light": Light.GREY, "verdict": "报表尚未接入,未报"}
    held = months_held(facts, quarter)
    row |= {
        "core": f"{indicator.name}({indicator.unit})",
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "nature": indicator.nature,
        "comparator": indicator.comparator,
    }
    put(row, "target", NOTHING if indicator.target is None else Figure(indicator.target, None, None, ()))
    now = _put_quarters(row, facts, indicator, quarter)
    lights = [light_of(facts, indicator, m) if m in held else None for m in months.months_of(quarter)]
    row |= {f"light{number}": light or ("" if held else Light.GREY) for number, light in enumerate(lights, start=1)}
    row["light"] = light_of(facts, indicator, held[-1]) if held else Light.GREY
    return row | {"verdict": _verdict(facts, indicator, row, now)}


def _put_quarters(row: Row, facts: Facts, indicator: Indicator, quarter: str) -> Figure:
    """This, the last and last year's quarter over as many months, with growth; an average is told by its last month."""
    count = len(months_held(facts, quarter))

    def told(which: str) -> Figure:
        if count and indicator.nature == "average":
            return value_in(facts, indicator, months.months_of(which)[count - 1])
        return of_quarter(facts, indicator, which, count)

    now, before = told(quarter), told(months.previous(quarter))
    base = told(months.year_ago(quarter))
    put(row, "now", now)
    put(row, "previous", before)
    put(row, "last_year", base)
    put(row, "yoy", change(indicator, now, base))
    put(row, "qoq", change(indicator, now, before))
    by = "points" if indicator.nature == "rate" else "growth"
    row |= {"yoy|by": by, "qoq|by": by}
    return now


def _verdict(facts: Facts, indicator: Indicator, row: Row, now: Figure) -> str:
    """一句话评价: what it came to, how it moved, where it stands. Nothing is said about what is missing."""
    if now.value is None:
        return "本季数据未报,不作评价"
    parts = [number(facts, now.value, indicator.unit, indicator.decimals)]
    moved = row["yoy"]
    if moved is not None:
        rate = f"{'上升' if moved > 0 else '下降'}{rounded(abs(moved), 2):f}个百分点"
        flat = abs(moved) < Decimal("0.05")
        parts.append("同比" + (("持平" if flat else rate) if indicator.nature == "rate" else rise(moved)))
    said = {"绿": "达到进度要求", "黄": "略低于目标", "红": "明显偏离目标"}.get(row["light"] or "", "")
    doubt = "(待核)" if facts.doubts(now.sources) else ""
    return ",".join([parts[0] + doubt, *parts[1:], *([said] if said else [])])


# ---- Q03 -----------------------------------------------------------------------------------------------------------


def trend_span(facts: Facts) -> list[str]:
    return months.months_between(months.shift(facts.period, 1 - TREND_MONTHS), facts.period)


def month_words(facts: Facts) -> dict[str, str]:
    """Headers of the columns m00 … m23: 2020-09 …"""
    return {f"m{n:02d}": month for n, month in enumerate(trend_span(facts))}


def _trend(facts: Facts, figure_at: Any, **more: Any) -> pl.DataFrame:
    span = trend_span(facts)
    rows = []
    for indicator in facts.catalogue.indicators:
        row = describe(indicator)
        for n, month in enumerate(span):
            put(row, f"m{n:02d}", figure_at(indicator, month))
        rows.append(row)
    rows.sort(key=lambda r: r["code"])
    columns = dict.fromkeys([f"m{n:02d}" for n in range(TREND_MONTHS)], EXACT)
    texts = {"code": pl.String, "name": pl.String, "unit": pl.String, "decimals": pl.Int64, "nature": pl.String}
    return frame(rows, **texts, **columns)


def trend_months(facts: Facts) -> pl.DataFrame:
    """Q03: 24 months of every core figure."""
    return _trend(facts, lambda indicator, month: value_in(facts, indicator, month))


def trend_ytd(facts: Facts) -> pl.DataFrame:
    """Q03: year to date."""
    return _trend(facts, lambda indicator, month: year_to_date(facts, indicator, month))


def trend_yoy(facts: Facts) -> pl.DataFrame:
    """Q03: month against the same month of last year; percentage points for rates."""

    def grown(indicator: Indicator, month: str) -> Figure:
        now, base = (value_in(facts, indicator, m) for m in (month, months.year_ago(month)))
        return change(indicator, now, base)

    return _trend(facts, grown)


def trend_mean(facts: Facts) -> pl.DataFrame:
    """Q03: mean of three months of a flow; the rate over the three months; — for the rest."""

    def mean(indicator: Indicator, month: str) -> Figure:
        span = months.months_between(months.shift(month, 1 - MEAN_MONTHS), month)
        if indicator.nature == "flow":
            three = Figure(Decimal(MEAN_MONTHS), Decimal(MEAN_MONTHS), Decimal(MEAN_MONTHS), ())
            return divide(add(value_in(facts, indicator, m) for m in span), three)
        if indicator.nature == "rate" and sums_up(facts.catalogue, indicator):
            return value_over(facts, indicator, span)
        return NOTHING

    return _trend(facts, mean)


def quarter_check(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q03: how each quarter figure is put together: the three months, the quarter, the rule, and for flows with a
    told 本年累计 whether the growth of that agrees with the sum of the months."""
    rows = []
    span = months.months_of(quarter)
    held = months_held(facts, quarter)
    for indicator in sorted(facts.catalogue.indicators, key=lambda i: i.code):
        row = describe(indicator) | {"basis": NATURES[indicator.nature], "rule": _rule(facts, indicator)}
        for n, month in enumerate(span, start=1):
            not_yet = Figure(None, None, None, (), NOT_APPLICABLE)
            put(row, f"month{n}", value_in(facts, indicator, month) if month in held else not_yet)
        put(row, "quarter", value_over(facts, indicator, held))
        row["quarter|by"] = "sum" if indicator.nature == "flow" else None
        put(row, "told", _told_growth(facts, indicator, held))
        row["check"] = _agrees(row)
        rows.append(row)
    texts = dict.fromkeys(("code", "name", "unit", "nature", "basis", "rule", "check"), pl.String)
    numbers = dict.fromkeys(("month1", "month2", "month3", "quarter", "told"), EXACT)
    return frame(rows, **texts, decimals=pl.Int64, **numbers)


def _rule(facts: Facts, indicator: Indicator) -> str:
    if indicator.nature == "rate":
        return "Σ分子÷Σ分母" if sums_up(facts.catalogue, indicator) else "取末月(累计或期末口径)"
    return {"flow": "三个月之和", "stock": "取末月", "average": "各月平均不可合并"}[indicator.nature]


def _told_growth(facts: Facts, indicator: Indicator, held: Sequence[str]) -> Figure:
    """How much the told 本年累计 grew over the quarter."""
    if indicator.nature != "flow" or not indicator.ytd or not held:
        return NOTHING
    now = year_to_date(facts, indicator, held[-1])
    if held[0].endswith("-01"):
        return now
    before = year_to_date(facts, indicator, months.previous(held[0]))
    if before.value is None or before.low is None or before.high is None:
        return before
    return add((now, Figure(-before.value, -before.high, -before.low, before.sources)))


def _agrees(row: Row) -> str:
    """Months and told cumulation are both printed with half a unit of rounding: seven such halves at most."""
    if row["told"] is None or row["quarter"] is None:
        return NOT_APPLICABLE
    gap = abs(row["told"] - row["quarter"])
    if gap == 0:
        return State.EQUAL.value
    slack = Decimal(50) * 5 if row["unit"] == "万元" else Decimal(0)
    return State.WITHIN_ROUNDING.value if gap <= slack else State.DIFFERENT.value


# ---- Q04 -----------------------------------------------------------------------------------------------------------


def quarter_differences(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q04: every reconciliation that did not hold in a month of the quarter, its three differences, oldest first."""
    span = months.months_of(quarter)
    ends = last_month_of(pl.col("period"))
    known = facts.differences_known.filter(ends.is_in(span), pl.col("state") != State.EQUAL.value)
    return _aged_rows(facts, span, known)


def carried_differences(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q04, second block: the differences of earlier quarters that are still carried, each with its amount in `sum`."""
    first = months.months_of(quarter)[0]
    older = facts.differences_known.filter(last_month_of(pl.col("period")) < first, pl.col("status") != "closed")
    older = older.filter(~pl.col("state").is_in([State.EQUAL.value, State.WITHIN_ROUNDING.value]))
    older = older.sort("period").unique("id", keep="last", maintain_order=True)
    return _aged_rows(facts, [], older)


def _aged_rows(facts: Facts, span: Sequence[str], known: pl.DataFrame) -> pl.DataFrame:
    by = ("rule", "key") if span else ("id",)
    rows = [_aged_row(facts, span, group) for _, group in known.group_by(*by, maintain_order=True)]
    rows.sort(key=lambda r: (-r["age"], -abs(r["sum"] or 0), r["id"]))
    return frame(
        rows,
        period=pl.String,
        id=pl.String,
        rule=pl.String,
        key=pl.String,
        unit=pl.String,
        decimals=pl.Int64,
        month1=EXACT,
        month2=EXACT,
        month3=EXACT,
        sum=EXACT,
        state=pl.String,
        cause=pl.String,
        department=pl.String,
        due=pl.Date,
        outcome=pl.String,
        age=EXACT,
    )


def _aged_row(facts: Facts, span: Sequence[str], group: pl.DataFrame) -> Row:
    # What is told by the quarter stands with its last month.
    told = {months.last_month(row["period"]): row for row in group.iter_rows(named=True)}
    last = told[max(told)]
    row = follow_up(facts, last) | {
        "key": subject_of(facts, last["key"], last["left_cell"] or last["right_cell"] or ""),
        "decimals": 2 if last["unit"] == "元" else 0,
        "period": months.chinese(last["period"]),
    }
    for n in (1, 2, 3):
        month = span[n - 1] if span else ""
        value = told[month]["difference"] if month in told else None
        put(row, f"month{n}", Figure(value, value, value, (), NOT_APPLICABLE))
    gaps = [one["difference"] for one in told.values() if one["difference"] is not None]
    total = sum(gaps, Decimal(0)) if gaps else None
    put(row, "sum", Figure(total, total, total, (), NOT_APPLICABLE))
    return row


def difference_ages(facts: Facts) -> pl.DataFrame:
    """Q09, chart: open differences by age in months."""
    open_ones = differences(facts).filter(pl.col("state") == State.DIFFERENT.value)
    ages = [int(age) for age in open_ones["age"].to_list()]
    rows = []
    for name, low, high in AGES:
        row: Row = {"age": name}
        put_count(row, "count", sum(1 for age in ages if low <= age <= high))
        rows.append(row)
    return frame(rows, age=pl.String, count=EXACT)


# ---- Q09 -----------------------------------------------------------------------------------------------------------

LINES = {
    "entities": ("I0301", "新增市场主体"),
    "refunds": ("I0101", "留抵退税"),
    "treasury": ("I0201", "国库实退"),
    "loans": ("I1001", "银税互动余额"),
    "centre": ("I0903", "首贷续贷放款"),
}


def lines(facts: Facts) -> pl.DataFrame:
    """Q09, charts: 24 months of entities, refunds and loans."""
    known = {i.code: i for i in facts.catalogue.indicators}
    rows = []
    for month in trend_span(facts):
        row: Row = {"month": month}
        for column, (code, _) in LINES.items():
            put(row, column, value_in(facts, known[code], month))
        rows.append(row)
    return frame(rows, month=pl.String, **dict.fromkeys(LINES, EXACT))


def bank_waterfall(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q09, chart: the balance of bank-tax loans before the quarter, what each bank added or took off, and after it.

    Source: F10 opening of the first month held and closing of the last one.
    """
    held = months_held(facts, quarter)
    first, last = (held[0], held[-1]) if held else (facts.period, facts.period)
    opening = facts.figure(BALANCE_COLUMNS["open"], "合计", first)
    rows: list[Row] = [{"step": "季初余额", **_step("value", opening), **_step("level", opening)}]
    running = opening
    for bank in facts.items(BALANCE_COLUMNS["close"], last):
        now, before = (
            facts.figure(BALANCE_COLUMNS[name], bank, month) for name, month in (("close", last), ("open", first))
        )
        moved = _moved(now, before)
        row: Row = {"step": label(facts, "banks", bank), **_step("value", moved)}
        if moved.value is not None and running.value is not None:
            after = add((running, moved))
            low = running if moved.value >= 0 else after
            size = Figure(abs(moved.value), None, None, moved.sources)
            row |= _step("base", low) | _step("up" if moved.value >= 0 else "down", size)
            running = after
        rows.append(row)
    closing = facts.figure(BALANCE_COLUMNS["close"], "合计", last)
    rows.append({"step": "季末余额", **_step("value", closing), **_step("level", closing)})
    for row in rows:
        for column in ("base", "level", "up", "down"):
            row[f"{column}|why"] = ""
    return frame(rows, step=pl.String, **dict.fromkeys(("value", "base", "level", "up", "down"), EXACT))


def _moved(now: Figure, before: Figure) -> Figure:
    if before.value is None or before.low is None or before.high is None:
        return Figure(None, None, None, (), before.why)
    return add((now, Figure(-before.value, -before.high, -before.low, before.sources)))


def _step(column: str, figure: Figure) -> Row:
    row: Row = {}
    put(row, column, figure)
    return row


# ---- Q11 -----------------------------------------------------------------------------------------------------------


def missing_returns(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q11: returns of the quarter that were not accepted."""
    rows, accepted = [], pl.col("status").is_in(["accepted", "questions"])
    mine = facts.submissions.filter(pl.col("district") == facts.district.code, accepted)
    filed = set(mine.select("form", "period").iter_rows())
    for month in months_held(facts, quarter):
        for form in map(facts.catalogue.form, facts.district.returns):
            owed = facts.district.owes(form, month)
            if owed and (form.code, owed) not in filed:
                department = department_name(facts, form.department)
                rows.append({"period": owed, "form": form.code, "name": form.name, "department": department})
    return frame(rows, **dict.fromkeys(("period", "form", "name", "department"), pl.String))


OUT_OF_SCOPE = (
    ("季度拜访及问题闭环(Q06)、改革进展(Q07)、考核排名(Q08)", "F21、F22、F25 尚未接入"),
    ("结构分析(Q05)、分指标分析(Q02)、分析报告(Q10)", "待相应报表接入后编制"),
    ("疫苗接种等与营商环境无关的数据", "不纳入本表"),
)


def out_of_scope() -> pl.DataFrame:
    """Q11: what this workbook does not show, and why."""
    return frame([{"what": what, "why": why} for what, why in OUT_OF_SCOPE], what=pl.String, why=pl.String)


def last_year_versions(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q11: 上年同期 as it is told now and as it was filed a year ago, where the two differ."""
    rows = []
    held = months_held(facts, quarter)
    for indicator in facts.catalogue.indicators:
        if not indicator.ytd_last_year or not held:
            continue
        told = facts.figure(indicator.ytd_last_year, indicator.item, held[-1])
        filed = year_to_date(facts, indicator, months.year_ago(held[-1]))
        if told.value is None or filed.value is None or told.value == filed.value:
            continue
        row = describe(indicator)
        put(row, "filed", filed)
        put(row, "told", told)
        put(row, "change", growth(told, filed))
        rows.append(row)
    texts = dict.fromkeys(("code", "name", "unit"), pl.String)
    return frame(rows, **texts, decimals=pl.Int64, **dict.fromkeys(("filed", "told", "change"), EXACT))
