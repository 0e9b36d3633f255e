"""Native charts of the published workbooks, bound to the cells of a block."""

from collections.abc import Callable, Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.chart import Chart as NativeChart
from xlsxwriter.worksheet import Worksheet

from catalogue.sheets import Block, Chart

FONT = "仿宋_GB2312"
SOBER = ("#1F4E79", "#5B8DB8", "#A9C4DE", "#7F8C99", "#C9CED4", "#B48A52")
LIGHTS = {"blue": "#5B9BD5", "green": "#70AD47", "yellow": "#FFC000", "red": "#C00000", "grey": "#BFBFBF"}
STEPS = {"level": "#1F4E79", "up": "#70AD47", "down": "#C0504D"}
LINE_COLOUR = "#C00000"
KINDS: dict[str, dict[str, str]] = {
    "bar_stacked": {"type": "bar", "subtype": "stacked"},
    "column_line": {"type": "column"},
    "column_stacked": {"type": "column", "subtype": "stacked"},
    "waterfall": {"type": "column", "subtype": "stacked"},
    "line": {"type": "line"},
}
Reference = Callable[[str], list[object]]


def add_chart(
    book: xlsxwriter.Workbook,
    page: Worksheet,
    tab: str,
    block: Block,
    columns: Mapping[str, int],
    rows: tuple[int, int],
    place: tuple[int, int, int],
    fill: Callable[[str], str],
) -> None:
    """Insert the chart of a block. `place`: row, column and width in pixels."""
    declared = block.chart
    assert declared is not None
    headers = {column.code: column.header for column in block.columns}

    def cells(code: str) -> list[object]:
        return [tab, rows[0], columns[code], rows[1], columns[code]]

    chart = book.add_chart(KINDS[declared.kind])
    for number, code in enumerate(declared.bars):
        chart.add_series(_bar(declared, code, number, headers[code], cells))
    if declared.lines and declared.kind != "line":
        line = book.add_chart({"type": "line"})
        for code in declared.lines:
            line.add_series(_line(declared, code, headers[code], cells))
        chart.combine(line)
        if declared.second:
            line.set_y2_axis(_axis(declared.second, "0%"))
    _dress(chart, declared, fill(declared.title))
    chart.set_size({"width": place[2], "height": declared.height})
    page.insert_chart(place[0], place[1], chart, {"x_offset": 14, "y_offset": 4, "object_position": 2})


def _bar(declared: Chart, code: str, number: int, header: str, cells: Reference) -> dict[str, Any]:
    colour = LIGHTS.get(code) or STEPS.get(code) or SOBER[number % len(SOBER)]
    series: dict[str, Any] = {
        "name": header,
        "categories": cells(declared.x),
        "values": cells(code),
        "fill": {"color": colour},
        "border": {"color": "#FFFFFF", "width": 0.5},
        "gap": 60,
    }
    if declared.kind == "waterfall" and code == "base":
        return series | {"fill": {"none": True}, "border": {"none": True}}
    if declared.kind == "line":
        return {
            "name": header,
            "categories": cells(declared.x),
            "values": cells(code),
            "line": {"color": colour, "width": 2},
            "marker": {"type": "circle", "size": 4, "fill": {"color": colour}, "border": {"color": colour}},
        }
    if declared.kind in ("bar_stacked", "waterfall"):
        pattern = "0;;;" if declared.kind == "bar_stacked" else "#,##0.00;;;"
        dark = code in ("level", "red", "blue", "green")
        font = {"size": 10, "color": "#FFFFFF" if dark else "#000000"}
        series["data_labels"] = {"value": True, "num_format": pattern, "font": font}
    if declared.kind == "column_line":
        series["data_labels"] = {"value": True, "num_format": "#,##0", "font": {"size": 9}, "position": "inside_end"}
        series["data_labels"]["font"]["color"] = "#FFFFFF"
    return series


def _line(declared: Chart, code: str, header: str, cells: Reference) -> dict[str, Any]:
    pattern = "0.0%" if declared.second else "#,##0"
    return {
        "name": header,
        "categories": cells(declared.x),
        "values": cells(code),
        "y2_axis": bool(declared.second),
        "line": {"color": LINE_COLOUR, "width": 2},
        "marker": {"type": "diamond", "size": 6, "fill": {"color": LINE_COLOUR}, "border": {"color": LINE_COLOUR}},
        "data_labels": {"value": True, "num_format": pattern, "position": "above", "font": {"size": 9, "color": LINE_COLOUR}},
    }


def _axis(name: str, pattern: str = "#,##0") -> dict[str, Any]:
    return {
        "name": name,
        "name_font": {"name": FONT, "size": 10, "bold": False},
        "num_font": {"size": 10},
        "num_format": pattern,
        "major_gridlines": {"visible": False},
        "line": {"color": "#7F7F7F"},
    }


def _dress(chart: NativeChart, declared: Chart, title: str) -> None:
    """Title, axes and legend in print size; a gap where nothing was told."""
    chart.set_title({"name": title, "name_font": {"name": "黑体", "size": 13, "bold": False}, "overlay": False})
    names = {"num_font": {"name": FONT, "size": 10}, "line": {"color": "#7F7F7F"}}
    values = _axis(declared.axis) | {"major_gridlines": {"visible": True, "line": {"color": "#E3E3E3", "width": 0.5}}}
    if declared.kind == "bar_stacked":
        chart.set_x_axis(values | {"major_unit": 1, "num_format": "0"})
        chart.set_y_axis(names | {"reverse": True})
    else:
        chart.set_x_axis(names)
        chart.set_y_axis(values)
    legend: dict[str, Any] = {"position": "bottom", "font": {"name": FONT, "size": 10}}
    if declared.kind == "waterfall":
        legend["delete_series"] = [declared.bars.index("base")]
    chart.set_legend(legend)
    chart.show_blanks_as("gap")
    chart.set_chartarea({"border": {"color": "#BFBFBF"}})
