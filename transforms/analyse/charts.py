"""Q09: what the charts are drawn from."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period as months
from transforms.analyse.ledgers import parts_of, quarter_records
from transforms.analyse.quarter import months_held
from transforms.analyse.structure import COHORTS, cohort_of
from transforms.analyse.trends import trend_span
from transforms.facts import (
    UNREPORTED,
    Facts,
    Figure,
    add,
    divide,
    value_in,
)
from transforms.lights import judged_figure, light_of
from transforms.model import EXACT, EvaluationIndicator, Indicator, Light
from transforms.records import records
from transforms.schedule import (
    BALANCE_COLUMNS,
    NO_RETURN,
    Row,
    department_name,
    frame,
    label,
    put,
    put_count,
)
from transforms.schedule.figures import figure_of

NO_CORE = Figure(None, None, None, (), UNREPORTED)
LINES = {
    "entities": ("I0301", "新增市场主体"),
    "refunds": ("I0101", "留抵退税"),
    "treasury": ("I0201", "国库实退"),
    "loans": ("I1001", "银税互动余额"),
    "centre": ("I0903", "首贷续贷放款"),
}


def lines(facts: Facts, quarter: str) -> pl.DataFrame:
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


# ---- the small charts ----------------------------------------------------------------------------------------------


def core_lines(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q09, small multiples: 24 months of the core figure of each indicator of the evaluation: core01 … core18."""
    rows = []
    for month in trend_span(facts):
        row: Row = {"month": month}
        for column, (_, core) in _cores(facts).items():
            put(row, column, value_in(facts, core, month) if core else NO_CORE)
            if core:
                row |= {f"{column}|unit": core.unit, f"{column}|decimals": core.decimals}
        rows.append(row)
    shapes: dict[str, Any] = {f"{column}|unit": pl.String for column in _cores(facts)}
    shapes |= {f"{column}|decimals": pl.Int64 for column in _cores(facts)}
    return frame(rows, month=pl.String, **dict.fromkeys(_cores(facts), EXACT), **shapes)


def core_words(facts: Facts) -> dict[str, str]:
    """Headers of core01 …: the indicator, and its core figure with the unit."""
    return {
        column: f"{one.name}:{core.name}({core.unit})" if core else f"{one.name}:{NO_RETURN}"
        for column, (one, core) in _cores(facts).items()
    }


def _cores(facts: Facts) -> dict[str, tuple[EvaluationIndicator, Indicator | None]]:
    known = {i.code: i for i in facts.catalogue.indicators}
    return {f"core{n:02d}": (one, known.get(one.core)) for n, one in enumerate(facts.catalogue.evaluation, start=1)}


def issue_categories(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q09, Pareto: issues received in the quarter by category, the most frequent first, with the share that they make
    up together. Source: F21.issues."""
    found = quarter_records(facts, "F21.issues", quarter, "received_on")
    if found.why:
        row: Row = {"name": "合计"}
        for column in ("count", "share", "together"):
            put(row, column, Figure(None, None, None, (), found.why))
        return frame([row], name=pl.String, **dict.fromkeys(("count", "share", "together"), EXACT))
    told = [(name, part.count("issue_no")) for name, part in parts_of(found, "category")]
    told.sort(key=lambda one: (-(one[1].value or 0), one[0]))
    total = add(figure for _, figure in told)
    rows: list[Row] = []
    for n, (name, figure) in enumerate(told, start=1):
        row = {"name": name, "share|by": "live"}
        put(row, "count", figure)
        put(row, "share", divide(figure, total))
        put(row, "together", divide(add(one for _, one in told[:n]), total))
        rows.append(row)
    return frame(rows, name=pl.String, **dict.fromkeys(("count", "share", "together"), EXACT))


REACHED = (("签约", "sign_date"), ("开工", "start_date"), ("投产", "operate_date"))


def project_funnel(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q09, funnel: how many projects have signed, started and operate at the end of the quarter, by signing year
    (cohort0 is the oldest). `base` centres the stages. Source: F20.projects."""
    found = records(facts, "F20.projects", *months_held(facts, quarter)[-1:])
    found = replace(found, rows=found.rows.with_columns(cohort=cohort_of(facts)))
    rows: list[Row] = []
    for name, column in REACHED:
        there = found.where(pl.col(column).is_not_null())
        row: Row = {"stage": name}
        put(row, "count", there.count(column))
        for cohort, year in cohort_words(facts).items():
            put(row, cohort, there.where(pl.col("cohort") == year).count(column))
        rows.append(row)
    most = rows[0]["count"]
    for row in rows:
        told = row["count"] is not None and most is not None
        base = Figure((most - row["count"]) / 2 if told else None, None, None, (), "", "({count:rows}−{count})÷2")
        put(row, "base", base)
        put(row, "share", divide(figure_of(row, "count"), figure_of(rows[0], "count")))
    return frame(rows, stage=pl.String, **dict.fromkeys(("count", "share", *cohort_words(facts), "base"), EXACT))


def cohort_words(facts: Facts) -> dict[str, str]:
    """Headers of cohort0 …: 2018年及以前, 2019年 …"""
    year = months.split(facts.period)[0]
    last = [f"{n}年" for n in range(year - COHORTS + 1, year + 1)]
    return {f"cohort{n}": name for n, name in enumerate([f"{year - COHORTS}年及以前", *last])}


HEAT_MONTHS = 12


def lights_heat(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q09, heat map: the share of green (and blue) among the lights of each lead unit, over twelve months: h00 … h11.

    The lights are those of M01: core figures with a target, by the lead of their indicator; what was not told has none.
    """
    known = {i.code: i for i in facts.catalogue.indicators}
    led: dict[str, list[Indicator]] = {}
    for one in facts.catalogue.evaluation:
        led.setdefault(one.department, []).extend(known[code] for code in one.figures)
    rows: list[Row] = []
    for department, figures in led.items():
        row: Row = {"department": department_name(facts, department)}
        put_count(row, "tasks", len(figures))
        for n, month in enumerate(heat_span(facts)):
            lights = [(light_of(facts, one, month), judged_figure(facts, one, month)) for one in figures]
            put(row, f"h{n:02d}", _green(lights))
        rows.append(row)
    rows.sort(key=lambda row: -row["tasks"])
    columns = ("tasks", *(f"h{n:02d}" for n in range(HEAT_MONTHS)))
    return frame(rows, department=pl.String, **dict.fromkeys(columns, EXACT))


def heat_span(facts: Facts) -> list[str]:
    return trend_span(facts)[-HEAT_MONTHS:]


def heat_words(facts: Facts) -> dict[str, str]:
    """Headers of h00 …: 2021-09 …"""
    return {f"h{n:02d}": month for n, month in enumerate(heat_span(facts))}


def _green(lights: Sequence[tuple[Light | None, Figure]]) -> Figure:
    """The share of green and blue among what is lit, with the figures that were judged."""
    lit = [(light, figure) for light, figure in lights if light is not None and light is not Light.GREY]
    if not lit:
        return Figure(None, None, None, (), UNREPORTED)
    good = sum(light in (Light.GREEN, Light.BLUE) for light, _ in lit)
    keys = tuple(dict.fromkeys(key for _, figure in lit for key in figure.sources))
    return Figure(Decimal(good) / len(lit), None, None, keys, work=f"绿灯 {good} ÷ 有灯 {len(lit)}")
