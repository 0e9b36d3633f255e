"""Native charts of the published workbooks, bound to the cells of a block."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.chart import Chart as NativeChart
from xlsxwriter.worksheet import Worksheet

from catalogue.sheets import Block, Chart
from transforms.model import Unit

FONT = "仿宋_GB2312"
SOBER = ("#1F4E79", "#5B8DB8", "#A9C4DE", "#7F8C99", "#C9CED4", "#B48A52")
TREND = ("#1F4E79", "#C55A11")
LIGHTS = {"blue": "#5B9BD5", "green": "#70AD47", "yellow": "#FFC000", "red": "#C00000", "grey": "#BFBFBF"}
STEPS = {"level": "#8FB0D0", "up": "#A9D08E", "down": "#F4B183"}
LINE_COLOUR = "#C00000"
KINDS: dict[str, dict[str, str]] = {
    "bar_stacked": {"type": "bar", "subtype": "stacked"},
    "column_line": {"type": "column"},
    "column_stacked": {"type": "column", "subtype": "stacked"},
    "waterfall": {"type": "column", "subtype": "stacked"},
    "line": {"type": "line"},
}
Reference = Callable[[str], list[object]]


@dataclass(frozen=True, slots=True)
class ChartPlace:
    """The cells that a chart is bound to, and where it stands: row, column, width in pixels."""

    tab: str
    columns: Mapping[str, int]
    rows: tuple[int, int]
    row: int
    column: int
    width: int

    def cells(self, code: str) -> list[object]:
        return [self.tab, self.rows[0], self.columns[code], self.rows[1], self.columns[code]]


def add_chart(
    book: xlsxwriter.Workbook,
    page: Worksheet,
    block: Block,
    frame: pl.DataFrame,
    place: ChartPlace,
    fill: Callable[[str], str],
    size: int,
    units: Mapping[str, Unit],
) -> None:
    """Insert the chart of a block, its text in `size` points."""
    declared = block.chart
    assert declared is not None
    headers = {column.code: column.header for column in block.columns}
    chart = book.add_chart(KINDS[declared.kind])
    for number, code in enumerate(declared.bars):
        chart.add_series(_bar(declared, code, number, headers[code], place.cells, size))
    if declared.lines and declared.kind == "line":
        for code in declared.lines:
            chart.add_series(_line(declared, code, headers[code], place.cells, size))
        chart.set_y2_axis(_axis(declared.second, size))
    elif declared.lines:
        line = book.add_chart({"type": "line"})
        for code in declared.lines:
            line.add_series(_line(declared, code, headers[code], place.cells, size))
        chart.combine(line)
        if declared.second:
            line.set_y2_axis(_axis(declared.second, size, "0%"))
    _dress(chart, declared, fill(declared.title), size, _floor(block, frame, units))
    chart.set_size({"width": place.width, "height": declared.height})
    page.insert_chart(place.row, place.column, chart, {"x_offset": 14, "y_offset": 4, "object_position": 2})


def _floor(block: Block, frame: pl.DataFrame, units: Mapping[str, Unit]) -> float | None:
    """Where the axis of a waterfall starts: low enough to see the balances, high enough to see the steps."""
    if block.chart is None or block.chart.kind != "waterfall" or "value" not in frame.columns:
        return None
    levels = [v for v in (*frame["level"], *frame["base"]) if v is not None]
    steps = [v for v in (*frame["up"], *frame["down"]) if v is not None]
    if not levels or not steps or min(levels) <= 4 * max(steps):
        return None
    unit = next(c.unit for c in block.columns if c.code == "level")
    low = (min(levels) - max(steps)) / units[unit].factor
    step = Decimal(10) ** (len(str(int(low))) - 2)
    return float(low // step * step)


def _bar(declared: Chart, code: str, number: int, header: str, cells: Reference, size: int) -> dict[str, Any]:
    hues = TREND if declared.kind == "line" else SOBER
    colour = LIGHTS.get(code) or STEPS.get(code) or hues[number % len(hues)]
    series: dict[str, Any] = {"name": header, "categories": cells(declared.x), "values": cells(code)}
    if declared.kind == "line":
        marker = {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
        dash = "solid" if number == 0 else "dash"
        return series | {"line": {"color": colour, "width": 2.25, "dash_type": dash}, "marker": marker}
    if declared.kind == "waterfall" and code == "base":
        return series | {"fill": {"none": True}, "border": {"none": True}, "gap": 60}
    series |= {"fill": {"color": colour}, "border": {"color": "#FFFFFF", "width": 0.5}, "gap": 60}
    dark = code in ("red", "blue", "green", "new", "count")
    font = {"size": size, "color": "#FFFFFF" if dark else "#000000"}
    labels = {"bar_stacked": "0;;;", "waterfall": "#,##0;;;", "column_line": "#,##0"}
    if declared.kind in labels:
        series["data_labels"] = {"value": True, "num_format": labels[declared.kind], "font": font}
    if declared.kind == "column_line":
        series["data_labels"]["position"] = "inside_base"
    return series


def _line(declared: Chart, code: str, header: str, cells: Reference, size: int) -> dict[str, Any]:
    marker = {"type": "diamond", "size": 7, "fill": {"color": LINE_COLOUR}, "border": {"color": LINE_COLOUR}}
    series: dict[str, Any] = {
        "name": header,
        "categories": cells(declared.x),
        "values": cells(code),
        "y2_axis": bool(declared.second),
        "line": {"color": LINE_COLOUR, "width": 2.25},
        "marker": marker,
    }
    if declared.second and declared.kind != "line":
        look = {"font": {"size": size, "color": LINE_COLOUR}, "fill": {"color": "#FFFFFF"}}
        series["data_labels"] = {"value": True, "num_format": "0.0%", "position": "above"} | look
    return series


def _axis(name: str, size: int, pattern: str = "#,##0") -> dict[str, Any]:
    return {
        "name": name,
        "name_font": {"name": FONT, "size": size, "bold": False},
        "num_font": {"size": size},
        "num_format": pattern,
        "major_gridlines": {"visible": False},
        "line": {"color": "#7F7F7F"},
    }


def _dress(chart: NativeChart, declared: Chart, title: str, size: int, floor: float | None) -> None:
    """Title, axes and legend in print size; a gap where nothing was told."""
    chart.set_title({"name": title, "name_font": {"name": "黑体", "size": size + 3, "bold": False}, "overlay": False})
    names = {"num_font": {"name": FONT, "size": size}, "line": {"color": "#7F7F7F"}, "interval_unit": 1}
    values = _axis(declared.axis, size) | {
        "major_gridlines": {"visible": True, "line": {"color": "#E3E3E3", "width": 0.5}}
    }
    if floor is not None:
        values["min"] = floor
    if declared.kind == "bar_stacked":
        chart.set_x_axis(values | {"major_unit": 1, "num_format": "0"})
        chart.set_y_axis(names | {"reverse": True, "crossing": "max"})
    else:
        chart.set_x_axis(names)
        chart.set_y_axis(values)
    legend: dict[str, Any] = {"position": "bottom", "font": {"name": FONT, "size": size}}
    if declared.kind == "waterfall":
        legend["delete_series"] = [declared.bars.index("base")]
    chart.set_legend(legend)
    chart.show_blanks_as("gap")
    chart.set_chartarea({"border": {"color": "#BFBFBF"}})
