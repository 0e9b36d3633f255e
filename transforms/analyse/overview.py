"""Q01: the indicators of the national evaluation over the quarter."""

from collections.abc import Callable
from decimal import Decimal

import polars as pl

from transforms import period as months
from transforms.analyse.quarter import months_held, of_quarter
from transforms.facts import (
    NOTHING,
    UNREPORTED,
    Facts,
    Figure,
    sums_up,
    value_in,
)
from transforms.lights import Lit, lit_of
from transforms.model import EXACT, EvaluationIndicator, Indicator, Light
from transforms.narrate import number, rise, rounded
from transforms.schedule import (
    NO_RETURN,
    Row,
    change,
    department_name,
    frame,
    put,
)
from transforms.schedule.declared import target_of
from transforms.schedule.figures import light_columns, put_light, set_by_hand
from transforms.schedule.indicators import without_return

NOT_LIT = Lit(None, None)
SAID_OF = {"绿": "达到进度要求", "黄": "略低于目标", "红": "明显偏离目标"}


def quarter_overview(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q01: the 18 indicators: target, last, this and last year's quarter, growth, the lights of the three months."""
    rows = [_overview_row(facts, quarter, n, one) for n, one in enumerate(facts.catalogue.evaluation, start=1)]
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
        **light_columns("light1", "light2", "light3", "light"),
        verdict=pl.String,
    )


def _overview_row(facts: Facts, quarter: str, n: int, one: EvaluationIndicator) -> Row:
    row: Row = {"number": n, "name": one.name, "department": department_name(facts, one.department)}
    indicator = next((i for i in facts.indicators if i.code == one.core), None)
    if indicator is None:
        for column in ("target", "previous", "now", "last_year", "yoy", "qoq"):
            blank = Figure(None, None, None, (), UNREPORTED)
            put(row, column, blank if column in ("previous", "now", "last_year") else NOTHING)
        _put_lights(row, facts, quarter, lambda month: without_return(facts, one, month))
        return row | {"core": NO_RETURN, "verdict": "没有报表可取数,不作评价"}
    row |= {
        "core": f"{indicator.name}({indicator.unit})",
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "nature": indicator.nature,
        "comparator": indicator.comparator,
    }
    put(row, "target", target_of(indicator))
    now = _put_quarters(row, facts, indicator, quarter)
    _put_lights(row, facts, quarter, lambda month: lit_of(facts, indicator, month))
    return row | {"verdict": _verdict(facts, indicator, row, now)}


def _put_lights(row: Row, facts: Facts, quarter: str, of: Callable[[str], Lit]) -> None:
    """The lights of the three months, none of a month that has not come, and that of the last one held."""
    held = months_held(facts, quarter)
    for n, month in enumerate(months.months_of(quarter), start=1):
        nothing = "" if held else Light.GREY
        put_light(row, f"light{n}", of(month) if month in held else NOT_LIT)
        row[f"light{n}"] = row[f"light{n}"] or nothing
    put_light(row, "light", of(held[-1]) if held else Lit(Light.GREY, Light.GREY))


def _put_quarters(row: Row, facts: Facts, indicator: Indicator, quarter: str) -> Figure:
    """This, the last and last year's quarter over as many months, with growth; an average that is told by its last month."""
    count = len(months_held(facts, quarter))

    def told(which: str) -> Figure:
        if count and indicator.nature == "average" and not sums_up(facts.catalogue, indicator):
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
    by_hand = set_by_hand(row, "light")
    said = SAID_OF.get((by_hand["computed"] if by_hand else row["light"]) or "", "")
    doubt = "(待核)" if facts.doubts(now.sources) else ""
    set_to = f"人工设定为{row['light']}灯" if by_hand else ""
    return ",".join(filter(None, [parts[0] + doubt, *parts[1:], said, set_to]))
