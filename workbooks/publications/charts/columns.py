"""Charts of upright columns: beside a line, stacked, waterfall, Pareto."""

from decimal import Decimal
from typing import Any

from xlsxwriter.chart import Chart as NativeChart

from workbooks.publications.charts.look import (
    DARK_FILLS,
    FILLS,
    LABEL_PATTERNS,
    LINE_COLOUR,
    STEP_FILLS,
    UNSEEN,
    Drawing,
    dress,
    labels,
    name_axis,
    value_axis,
)

GAP = 60
MOST_LABELS = 60
"""More columns than that stand too close for their numbers."""


def draw_columns(drawing: Drawing) -> NativeChart:
    """Columns side by side or stacked, with lines on the second axis or, as a target, on the same."""
    declared = drawing.declared
    stacked = declared.kind == "column_stacked"
    chart = drawing.book.add_chart({"type": "column", **({"subtype": "stacked"} if stacked else {})})
    crowded = drawing.frame.height * len(declared.bars) > MOST_LABELS
    for number, code in enumerate(declared.bars):
        series = drawing.series(code) | FILLS[number % len(FILLS)]
        series |= {"border": {"color": "#595959", "width": 0.5}, "gap": GAP}
        if not stacked and not crowded:
            pattern = LABEL_PATTERNS[declared.axis_format]
            # Where a line runs above, the number stands at the foot of its column.
            inside = bool(declared.second) and number in DARK_FILLS
            place = {"position": "inside_base"} if inside else {"position": "outside_end"}
            series["data_labels"] = labels(pattern, drawing.size, "#FFFFFF" if inside else "#000000", **place)
        chart.add_series(series)
    if declared.lines:
        chart.combine(_lines(drawing))
    _axes(chart, drawing)
    dress(chart, drawing.title, drawing.size)
    return chart


def draw_pareto(drawing: Drawing) -> NativeChart:
    """Columns from the largest to the smallest, and the share that they make up together, up to 100%."""
    declared = drawing.declared
    chart = drawing.book.add_chart({"type": "column"})
    look = FILLS[2] | {"border": {"color": "#595959", "width": 0.5}, "gap": 15}
    numbers = {"data_labels": labels(LABEL_PATTERNS[declared.axis_format], drawing.size, position="inside_end")}
    chart.add_series(drawing.series(declared.bars[0]) | look | numbers)
    line = _lines(drawing)
    chart.combine(line)
    line.set_y2_axis(value_axis(declared.second, drawing.size, "percent", rules=False) | {"min": 0, "max": 1})
    _axes(chart, drawing)
    dress(chart, drawing.title, drawing.size)
    return chart


def draw_waterfall(drawing: Drawing) -> NativeChart:
    """Ends and steps of a balance; what a step stands on is not seen."""
    declared = drawing.declared
    chart = drawing.book.add_chart({"type": "column", "subtype": "stacked"})
    for code in declared.bars:
        series = drawing.series(code) | {"gap": GAP}
        if code == "base":
            chart.add_series(series | UNSEEN)
            continue
        sign = {"up": "+", "down": "-"}.get(code, "")
        told = labels(f"{sign}#,##0;;;", drawing.size) | {"fill": {"color": "#FFFFFF"}}
        chart.add_series(
            series | STEP_FILLS[code] | {"border": {"color": "#595959", "width": 0.5}, "data_labels": told}
        )
    _axes(chart, drawing, _floor(drawing))
    dress(chart, drawing.title, drawing.size, hidden=(declared.bars.index("base"),))
    return chart


def _lines(drawing: Drawing) -> NativeChart:
    declared = drawing.declared
    line = drawing.book.add_chart({"type": "line"})
    for number, code in enumerate(declared.lines):
        dash = ("solid", "dash", "round_dot")[number % 3]
        series = drawing.series(code) | {"line": {"color": LINE_COLOUR, "width": 2.25, "dash_type": dash}}
        if declared.second:
            look = {"fill": {"color": "#FFFFFF"}, "position": "above"}
            pattern = LABEL_PATTERNS[declared.second_format]
            series |= {"y2_axis": True, "data_labels": labels(pattern, drawing.size, LINE_COLOUR, **look)}
        line.add_series(series | {"marker": _marker("diamond", LINE_COLOUR)})
    if declared.second:
        line.set_y2_axis(value_axis(declared.second, drawing.size, declared.second_format, rules=False))
    return line


def _marker(kind: str, colour: str) -> dict[str, Any]:
    return {"type": kind, "size": 7, "fill": {"color": colour}, "border": {"color": colour}}


def _axes(chart: NativeChart, drawing: Drawing, floor: float | None = None) -> None:
    declared = drawing.declared
    chart.set_x_axis(name_axis(drawing.size))
    low = {} if floor is None else {"min": floor}
    chart.set_y_axis(value_axis(declared.axis, drawing.size, declared.axis_format) | low)


def _floor(drawing: Drawing) -> float | None:
    """Where the axis of a waterfall starts: low enough to see the balances, high enough to see the steps."""
    levels = drawing.shown("level") + drawing.shown("base")
    steps = drawing.shown("up") + drawing.shown("down")
    if not levels or not steps or min(levels) <= 4 * max(steps):
        return None
    low = Decimal(min(levels) - max(steps))
    step = Decimal(10) ** (len(str(int(low))) - 2)
    return float(low // step * step)
