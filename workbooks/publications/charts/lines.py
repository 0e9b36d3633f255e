"""Charts of lines: over the months, and many small ones side by side."""

from collections.abc import Iterator
from typing import Any

from xlsxwriter.chart import Chart as NativeChart

from workbooks.publications.charts.look import INK, Drawing, dress, line_series, name_axis, value_axis

FINE_SHARE, FINE, WHOLE = 0.04, 10, 0.99
"""Shares that differ by less, and figures below, are told with a decimal; shares up to here reach the whole."""


def draw_lines(drawing: Drawing) -> NativeChart:
    """Lines over the rows; those of `lines` on the second axis."""
    declared = drawing.declared
    chart = drawing.book.add_chart({"type": "line"})
    for number, code in enumerate((*declared.bars, *declared.lines)):
        second = code in declared.lines and bool(declared.second)
        chart.add_series(line_series(drawing, code, number) | {"y2_axis": second})
    chart.set_x_axis(name_axis(drawing.size))
    chart.set_y_axis(value_axis(declared.axis, drawing.size, declared.axis_format))
    if declared.second:
        chart.set_y2_axis(value_axis(declared.second, drawing.size, declared.second_format, rules=False))
    dress(chart, drawing.title, drawing.size)
    return chart


def draw_multiples(drawing: Drawing) -> Iterator[tuple[NativeChart, str]]:
    """A small line chart for each column that tells at least one figure, with the header of the column."""
    declared = drawing.declared
    months = drawing.frame.height
    for code in declared.bars:
        if not drawing.frame[code].drop_nulls().len():
            continue
        chart = drawing.book.add_chart({"type": "line"})
        marker = {"type": "circle", "size": 3, "fill": {"color": INK}, "border": {"color": INK}}
        chart.add_series(drawing.series(code) | {"line": {"color": INK, "width": 1.5}, "marker": marker})
        chart.set_x_axis(name_axis(drawing.size - 2) | {"interval_unit": max(1, months // 4)})
        chart.set_y_axis(_own_axis(drawing, code))
        dress(chart, drawing.header(code), drawing.size - 2, legend=False)
        yield chart, drawing.header(code)


def _own_axis(drawing: Drawing, code: str) -> dict[str, Any]:
    """The axis of one small chart, as fine as its figures ask for; shares do not rise above the whole."""
    told = [float(value) for value in drawing.frame[code] if value is not None]
    axis = value_axis("", drawing.size - 2, "percent" if drawing.is_rate(code) else drawing.declared.axis_format)
    if drawing.is_rate(code):
        fine = {"num_format": "0.0%"} if max(told) - min(told) < FINE_SHARE else {}
        return axis | fine | ({"max": 1} if WHOLE <= max(told) <= 1 else {})
    return axis | ({"num_format": "0.0"} if max(abs(value) for value in told) < FINE else {})
