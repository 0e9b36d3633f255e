"""M01 and M02: the indicators of the national evaluation with their lights, and every core figure."""

from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from transforms import period as months
from transforms.facts import (
    NOTHING,
    UNREPORTED,
    Facts,
    Figure,
    cumulates,
    divide,
    growth,
    last_year,
    points,
    value_in,
    year_to_date,
)
from transforms.lights import Lit, lit, lit_of, time_progress
from transforms.model import EXACT, EvaluationIndicator, Indicator, Light
from transforms.schedule.declared import target_of
from transforms.schedule.figures import (
    NATURES,
    Row,
    change,
    describe,
    figure_of,
    frame,
    light_columns,
    put,
    put_count,
    put_light,
    to_check,
)
from transforms.schedule.names import department_name

LIGHTS = {"blue": Light.BLUE, "green": Light.GREEN, "yellow": Light.YELLOW, "red": Light.RED, "grey": Light.GREY}
NO_RETURN = "尚无报表"
"""An indicator of the evaluation that no return of the district carries."""


def indicators(facts: Facts) -> pl.DataFrame:
    """M02: every core figure, in the order of protocol of the department that files it, then by code.

    `mom` and `yoy` are ratios of growth for amounts, percentage points for rates; `gap` is in percentage points.
    """
    order = {d.code: d.order for d in facts.catalogue.departments}
    ranked = sorted(facts.indicators, key=lambda i: (order[i.department], i.code))
    return frame(
        [_indicator_row(facts, indicator) for indicator in ranked],
        code=pl.String,
        name=pl.String,
        unit=pl.String,
        decimals=pl.Int64,
        nature=pl.String,
        basis=pl.String,
        comparator=pl.String,
        cutoff=pl.Date,
        month=EXACT,
        previous=EXACT,
        mom=EXACT,
        ytd=EXACT,
        last_year=EXACT,
        yoy=EXACT,
        target=EXACT,
        completion=EXACT,
        gap=EXACT,
        **light_columns("light"),
        department=pl.String,
        remark=pl.String,
    )


def _indicator_row(facts: Facts, indicator: Indicator) -> Row:
    now = value_in(facts, indicator, facts.period)
    before = value_in(facts, indicator, months.previous(facts.period))
    ytd = year_to_date(facts, indicator, facts.period)
    base = last_year(facts, indicator, facts.period)
    compared = ytd if cumulates(facts, indicator) else now
    yoy = change(indicator, compared, base)
    row: Row = describe(indicator) | {
        "basis": NATURES[indicator.nature],
        "comparator": indicator.comparator,
        "cutoff": months.last_day(facts.period) if now.told else None,
        "department": department_name(facts, indicator.department),
    }
    put_light(row, "light", lit_of(facts, indicator, facts.period))
    by = "points" if indicator.nature == "rate" else "growth"
    for column, figure in (("month", now), ("previous", before), ("ytd", ytd), ("last_year", base)):
        put(row, column, figure)
    put(row, "mom", change(indicator, now, before))
    put(row, "yoy", yoy)
    row["mom|by"] = by
    row["yoy|by"] = f"{by}_{'ytd' if cumulates(facts, indicator) else 'month'}"
    _put_target(row, facts, indicator)
    row["remark"] = _remark(facts, (now, ytd, base), compared, base)
    return row


def _put_target(row: Row, facts: Facts, indicator: Indicator) -> None:
    """How far the target is reached, by the figures as the row shows them: the cell is their live quotient."""
    if indicator.target is None:
        for column in ("target", "completion", "gap"):
            put(row, column, NOTHING)
        return
    target = target_of(indicator)
    yearly = indicator.target_kind == "yearly"
    put(row, "target", target)
    done = figure_of(row, "ytd" if yearly else "month")
    # How far "at most 4" or "exactly 0" is done has no meaning: these have their light alone.
    measurable = yearly or indicator.target_kind in ("at_least", "at_most_case")
    completion = divide(done, target) if measurable else NOTHING
    put(row, "completion", completion)
    row["completion|by"] = "ytd" if yearly else "month"
    progress = time_progress(facts.period)
    put(row, "gap", points(completion, Figure(progress, progress, progress, ())) if yearly else NOTHING)


def _remark(facts: Facts, figures: Iterable[Figure], compared: Figure, base: Figure) -> str:
    doubts = facts.doubts(key for figure in figures for key in figure.sources)
    told = [to_check(doubts)] if doubts else []
    if base.value == 0 and compared.told:
        told.append("上年同期为零")
    return ";".join(told)


def entities_by_month(facts: Facts, count: int = 12) -> pl.DataFrame:
    """M02, chart: new entities of each of the last `count` months, those of a year before, and their growth."""
    rows = []
    for month in months.months_between(months.shift(facts.period, 1 - count), facts.period):
        now = facts.figure("F03.entities.new_m", "合计", month)
        base = facts.figure("F03.entities.new_m", "合计", months.year_ago(month))
        row: Row = {"month": month, "remark": "" if now.told else now.why}
        put(row, "new", now)
        put(row, "last_year", base)
        put(row, "yoy", growth(now, base))
        rows.append(row)
    return frame(rows, month=pl.String, new=EXACT, last_year=EXACT, yoy=EXACT, remark=pl.String)


def overview(facts: Facts) -> pl.DataFrame:
    """M01: the 18 indicators of the national evaluation with the lights of our core figures, and 合计.

    `tasks` counts the figures that have a light; an indicator that no return carries counts as one, grey.
    """
    rows = [_overview_row(facts, number, one) for number, one in enumerate(facts.catalogue.evaluation, start=1)]
    total: Row = {"kind": "total", "name": "合计"}
    for column in ("tasks", *LIGHTS):
        total[column] = sum((row[column] for row in rows), Decimal(0))
    for column in ("month", "ytd", "yoy", "target", "completion"):
        put(total, column, Figure(None, None, None, (), ""))
    return frame(
        [*rows, total],
        number=pl.Int64,
        code=pl.String,
        name=pl.String,
        department=pl.String,
        tasks=EXACT,
        **dict.fromkeys(LIGHTS, EXACT),
        core=pl.String,
        unit=pl.String,
        decimals=pl.Int64,
        nature=pl.String,
        comparator=pl.String,
        month=EXACT,
        ytd=EXACT,
        yoy=EXACT,
        target=EXACT,
        completion=EXACT,
        **light_columns("light"),
        change=pl.String,
        remark=pl.String,
    )


def _overview_row(facts: Facts, number: int, one: EvaluationIndicator) -> Row:
    known = {i.code: i for i in facts.indicators}
    judged = [code for code in one.figures if code in known]
    of_figures = [lit_of(facts, known[code], facts.period) for code in judged]
    lights = [told.shown for told in of_figures or [without_return(facts, one, facts.period)]]
    lit_ones = [code for code, told in zip(judged, of_figures, strict=True) if told.shown] or judged
    work = f"计数({{indicators.light@code={','.join(lit_ones)}}})" if judged else f"{NO_RETURN} {{core}}"
    row: Row = {
        "number": number,
        "code": one.code,
        "name": one.name,
        "department": department_name(facts, one.department),
    }
    put_count(row, "tasks", sum(1 for light in lights if light), work=work)
    for name, light in LIGHTS.items():
        put_count(row, name, lights.count(light), work=work)
    if one.core not in known:
        missing = Figure(None, None, None, (), UNREPORTED)
        for column in ("month", "ytd", "yoy", "target", "completion"):
            put(row, column, missing if column in ("month", "ytd") else NOTHING)
        put_light(row, "light", without_return(facts, one, facts.period))
        return row | {"core": NO_RETURN, "change": "", "remark": ""}
    told = _indicator_row(facts, known[one.core])
    before = told["previous"]
    arrow = "" if told["month"] is None or before is None else _arrow(told["month"], before)
    return (
        row
        | told
        | {"code": one.code, "name": one.name, "department": row["department"]}
        | {
            "core": f"{told['name']}({told['unit']})",
            "change": arrow,
            # The formulas of M02 stand on columns that this sheet does not show.
            "yoy|by": None,
            "completion|by": told.get("completion|by"),
        }
    )


def without_return(facts: Facts, one: EvaluationIndicator, period: str) -> Lit:
    """The light of an indicator that no return carries: grey, unless a person who knows has set it."""
    return lit(facts, one.code, Light.GREY, period)


def _arrow(now: Decimal, before: Decimal) -> str:
    return "→" if now == before else "↑" if now > before else "↓"


def lights_by_lead(facts: Facts) -> pl.DataFrame:
    """M01, chart: lights by lead unit, most tasks first."""
    counts = (
        facts.once(overview)
        .filter(pl.col("kind") == "data")
        .group_by("department", maintain_order=True)
        .agg(pl.col("tasks", *LIGHTS).sum())
        .sort("tasks", descending=True, maintain_order=True)
    )
    rows = counts.to_dicts()
    for row in rows:
        row |= {f"{c}|work": f"合计({{overview.{c}@department={row['department']}}})" for c in ("tasks", *LIGHTS)}
    return frame(rows, department=pl.String, tasks=EXACT, **dict.fromkeys(LIGHTS, EXACT))
