"""A declared chart drawn and set on its sheet."""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.chart import Chart as NativeChart
from xlsxwriter.worksheet import Worksheet

from catalogue.languages import Language
from catalogue.sheets import Block
from transforms.model import Unit
from workbooks.publications.charts.bars import draw_bars, draw_funnel, draw_gantt, draw_stacked_bars
from workbooks.publications.charts.columns import draw_columns, draw_pareto, draw_waterfall
from workbooks.publications.charts.lines import draw_lines, draw_multiples
from workbooks.publications.charts.look import ChartPlace, Drawing, alternative

DRAWN: Mapping[str, Callable[[Drawing], NativeChart]] = {
    "bar": draw_bars,
    "bar_stacked": draw_stacked_bars,
    "column_line": draw_columns,
    "column_stacked": draw_columns,
    "funnel": draw_funnel,
    "gantt": draw_gantt,
    "line": draw_lines,
    "pareto": draw_pareto,
    "waterfall": draw_waterfall,
}
LEFT, TOP = 14, 4
BETWEEN = 8
MOVE_ONLY = 2
"""A chart moves with its cells and is never stretched by them."""


def add_chart(
    book: xlsxwriter.Workbook,
    page: Worksheet,
    block: Block,
    frame: pl.DataFrame,
    place: ChartPlace,
    fill: Callable[[str], str],
    size: int,
    units: Mapping[str, Unit],
    language: Language,
) -> None:
    """Insert the chart of a block, its text in `size` points."""
    assert block.chart is not None
    drawing = Drawing(book, block, block.chart, frame, place, fill, size, units, language)
    if block.chart.kind == "multiples":
        _add_multiples(page, drawing)
        return
    chart = DRAWN[block.chart.kind](drawing)
    chart.set_size({"width": place.width, "height": block.chart.height})
    page.insert_chart(place.row, place.column, chart, _options(alternative(drawing)))


def _options(text: str, x: int = LEFT, y: int = TOP) -> dict[str, Any]:
    return {"x_offset": x, "y_offset": y, "object_position": MOVE_ONLY, "description": text}


def _add_multiples(page: Worksheet, drawing: Drawing) -> None:
    """Panels in rows of `abreast`, together as wide and as high as a chart would be."""
    declared, place = drawing.declared, drawing.place
    panels = list(draw_multiples(drawing))
    down = -(-len(declared.bars) // declared.abreast)
    width, height = place.width // declared.abreast - BETWEEN, declared.height // down - BETWEEN
    for number, (chart, name) in enumerate(panels):
        row, column = divmod(number, declared.abreast)
        chart.set_size({"width": width, "height": height})
        x, y = LEFT + column * (width + BETWEEN), TOP + row * (height + BETWEEN)
        page.insert_chart(
            place.row, place.column, chart, _options(f"{name}{drawing.language.mark('。')}{alternative(drawing)}", x, y)
        )
