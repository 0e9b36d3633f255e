"""Q03: every core figure over 24 months, and the quarter put together from its months."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period as months
from transforms.analyse.quarter import months_held
from transforms.facts import (
    NOT_APPLICABLE,
    NOTHING,
    Facts,
    Figure,
    add,
    divide,
    sums_up,
    value_in,
    value_over,
    year_to_date,
)
from transforms.model import EXACT, Indicator, State
from transforms.schedule import (
    NATURES,
    Row,
    change,
    describe,
    frame,
    put,
)

TREND_MONTHS = 24
MEAN_MONTHS = 3


def trend_span(facts: Facts) -> list[str]:
    return months.months_between(months.shift(facts.period, 1 - TREND_MONTHS), facts.period)


def month_words(facts: Facts) -> dict[str, str]:
    """Headers of the columns m00 … m23: 2020-09 …"""
    return {f"m{n:02d}": month for n, month in enumerate(trend_span(facts))}


def _trend(facts: Facts, figure_at: Any, **more: Any) -> pl.DataFrame:
    span = trend_span(facts)
    rows = []
    for indicator in facts.indicators:
        row = describe(indicator)
        for n, month in enumerate(span):
            put(row, f"m{n:02d}", figure_at(indicator, month))
        rows.append(row)
    rows.sort(key=lambda r: r["code"])
    columns = dict.fromkeys([f"m{n:02d}" for n in range(TREND_MONTHS)], EXACT)
    texts = {"code": pl.String, "name": pl.String, "unit": pl.String, "decimals": pl.Int64, "nature": pl.String}
    return frame(rows, **texts, **columns)


def trend_months(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q03: 24 months of every core figure."""
    return _trend(facts, lambda indicator, month: value_in(facts, indicator, month))


def trend_ytd(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q03: year to date."""
    return _trend(facts, lambda indicator, month: year_to_date(facts, indicator, month))


def trend_yoy(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q03: month against the same month of last year; percentage points for rates."""

    def grown(indicator: Indicator, month: str) -> Figure:
        now, base = (value_in(facts, indicator, m) for m in (month, months.year_ago(month)))
        return change(indicator, now, base)

    return _trend(facts, grown)


def trend_mean(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q03: mean of three months of a flow; the rate or the average of records over the three months; — for the rest."""

    def mean(indicator: Indicator, month: str) -> Figure:
        span = months.months_between(months.shift(month, 1 - MEAN_MONTHS), month)
        if indicator.nature == "flow":
            three = Figure(Decimal(MEAN_MONTHS), Decimal(MEAN_MONTHS), Decimal(MEAN_MONTHS), ())
            return divide(add(value_in(facts, indicator, m) for m in span), three)
        if sums_up(facts.catalogue, indicator):
            return value_over(facts, indicator, span)
        return NOTHING

    return _trend(facts, mean)


def quarter_check(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q03: how each quarter figure is put together: the three months, the quarter, the rule, and for flows with a
    told 本年累计 whether the growth of that agrees with the sum of the months."""
    rows = []
    span = months.months_of(quarter)
    held = months_held(facts, quarter)
    for indicator in sorted(facts.indicators, key=lambda i: i.code):
        row = describe(indicator) | {"basis": NATURES[indicator.nature], "rule": _rule(facts, indicator)}
        for n, month in enumerate(span, start=1):
            not_yet = Figure(None, None, None, (), NOT_APPLICABLE)
            put(row, f"month{n}", value_in(facts, indicator, month) if month in held else not_yet)
        flow = indicator.nature == "flow"
        put(row, "adjusted", (facts.adjustment(indicator.series, indicator.item, held) if flow else None) or NOTHING)
        put(row, "quarter", value_over(facts, indicator, held))
        row["quarter|by"] = "sum" if indicator.nature == "flow" else None
        put(row, "told", _told_growth(facts, indicator, held))
        row["check"] = _agrees(row)
        rows.append(row)
    texts = dict.fromkeys(("code", "name", "unit", "nature", "basis", "rule", "check"), pl.String)
    numbers = dict.fromkeys(("month1", "month2", "month3", "adjusted", "quarter", "told"), EXACT)
    return frame(rows, **texts, decimals=pl.Int64, **numbers)


def _rule(facts: Facts, indicator: Indicator) -> str:
    if sums_up(facts.catalogue, indicator):
        return "Σ分子÷Σ分母"
    return {
        "flow": "三个月之和",
        "stock": "取末月",
        "rate": "取末月(累计或期末口径)",
        "multiple": "取末月",
        "average": "各月平均不可合并",
        "distinct": "三个月合并去重",
    }[indicator.nature]


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
