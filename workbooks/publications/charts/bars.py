"""Charts of lying bars: beside one another, stacked, Gantt strips, funnel."""

from datetime import date, datetime
from typing import Any

import polars as pl
from xlsxwriter.chart import Chart as NativeChart

from workbooks.publications.charts.look import (
    DARK_FILLS,
    FILLS,
    LABEL_PATTERNS,
    LIGHT_WORDS,
    LIGHTS,
    UNSEEN,
    Drawing,
    dress,
    labels,
    name_axis,
    value_axis,
)

GAP = 50
FEW = 15
"""Up to so many, every number has its own line across."""
DAYS_A_MONTH = 30.4375
MOST_TICKS = 14
EXCEL_DAY_ZERO = date(1899, 12, 30)


def draw_bars(drawing: Drawing) -> NativeChart:
    """Bars from the top down in the order of the rows, each with its number at its end. They begin at zero, so that
    their lengths can be compared."""
    chart = drawing.book.add_chart({"type": "bar"})
    pattern = LABEL_PATTERNS[drawing.declared.axis_format]
    for number, code in enumerate(drawing.declared.bars):
        told = labels(pattern, drawing.size, position="outside_end")
        chart.add_series(_bar(drawing, code, number) | {"data_labels": told})
    shown = [value for code in drawing.declared.bars for value in drawing.shown(code)]
    _axes(chart, drawing, {"min": 0} if min(shown, default=0) >= 0 else {})
    dress(chart, drawing.title, drawing.size, legend=len(drawing.declared.bars) > 1)
    return chart


def draw_stacked_bars(drawing: Drawing) -> NativeChart:
    """Stacked bars; those of lights carry the character of the light beside the number."""
    declared = drawing.declared
    chart = drawing.book.add_chart({"type": "bar", "subtype": "stacked"})
    for number, code in enumerate(declared.bars):
        dark = code in ("red", "blue", "green") if code in LIGHTS else number in DARK_FILLS
        word = drawing.language.say(LIGHT_WORDS.get(code, ""))
        told = labels(
            f'"{word} "0;;;' if word.isascii() and word else f'"{word}"0;;;',
            drawing.size,
            "#FFFFFF" if dark else "#000000",
        )
        if not dark and code not in LIGHTS:
            told["fill"] = {"color": "#FFFFFF"}
        chart.add_series(_bar(drawing, code, number) | {"data_labels": told})
    longest = drawing.frame.select(pl.sum_horizontal(pl.col(*declared.bars).fill_null(0)).max()).item()
    _axes(chart, drawing, {"major_unit": 1, "num_format": "0"} if (longest or 0) <= FEW else {})
    dress(chart, drawing.title, drawing.size)
    return chart


def draw_gantt(drawing: Drawing) -> NativeChart:
    """A strip a row: it begins at a date, which is not seen itself, and is as long as its days."""
    declared = drawing.declared
    chart = drawing.book.add_chart({"type": "bar", "subtype": "stacked"})
    chart.add_series(_unseen(drawing, GAP))
    for number, code in enumerate(declared.bars[1:]):
        chart.add_series(_bar(drawing, code, number))
    _axes(chart, drawing, _calendar(drawing))
    dress(chart, drawing.title, drawing.size)
    return chart


def draw_funnel(drawing: Drawing) -> NativeChart:
    """Stages centred under one another, narrower as fewer remain; what centres them is not seen."""
    declared = drawing.declared
    chart = drawing.book.add_chart({"type": "bar", "subtype": "stacked"})
    chart.add_series(_unseen(drawing, 25))
    for number, code in enumerate(declared.bars[1:]):
        dark = number in DARK_FILLS
        told = labels(LABEL_PATTERNS[declared.axis_format], drawing.size, "#FFFFFF" if dark else "#000000")
        if not dark:
            told["fill"] = {"color": "#FFFFFF"}
        chart.add_series(_bar(drawing, code, number) | {"gap": 25, "data_labels": told})
    _axes(chart, drawing, {"visible": False, "major_gridlines": {"visible": False}})
    dress(chart, drawing.title, drawing.size, legend=len(declared.bars) > 2)
    return chart


def _bar(drawing: Drawing, code: str, number: int) -> dict[str, Any]:
    look = {"fill": {"color": LIGHTS[code]}} if code in LIGHTS else FILLS[number % len(FILLS)]
    return drawing.series(code) | look | {"border": {"color": "#595959", "width": 0.5}, "gap": GAP}


def _unseen(drawing: Drawing, gap: int) -> dict[str, Any]:
    """What the others stand on. It goes without a name, since programs count the entries of the legend of lying bars
    from different ends and one would leave out another."""
    return drawing.series(drawing.declared.bars[0]) | UNSEEN | {"name": " ", "gap": gap}


def _axes(chart: NativeChart, drawing: Drawing, more: dict[str, Any] | None = None) -> None:
    declared = drawing.declared
    chart.set_x_axis(value_axis(declared.axis, drawing.size, declared.axis_format) | (more or {}))
    chart.set_y_axis(name_axis(drawing.size) | {"reverse": True, "crossing": "max"})


def _calendar(drawing: Drawing) -> dict[str, Any]:
    """The span of the strips, ticked by one or more months. Ticks of a mean month stay within their month when they
    start on its fifth day."""
    rows = drawing.frame.filter(pl.col("kind") == "data")
    starts = [_day(value) for value in rows[drawing.declared.bars[0]] if value is not None]
    if not starts:
        return {}
    first = min(starts).replace(day=5)
    days = rows.select(days=pl.sum_horizontal(pl.col(*drawing.declared.bars[1:]).fill_null(0)))["days"].to_list()
    told = zip(rows[drawing.declared.bars[0]], days, strict=True)
    end = max(((_day(start) - first).days + int(length) for start, length in told if start is not None), default=0)
    months = max(1, -(-end // int(DAYS_A_MONTH)))
    step = next((n for n in (1, 2, 3, 6, 12) if months / n <= MOST_TICKS), 24)
    low = (first - EXCEL_DAY_ZERO).days
    return {
        "min": low,
        "max": low + round(-(-months // step) * step * DAYS_A_MONTH),
        "major_unit": step * DAYS_A_MONTH,
        "num_font": {"size": drawing.size, "rotation": -45},
    }


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
