"""The native charts of the published sheets as declared beside their blocks: kind, columns, axes, texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalogue.declarations import Entry

CHARTS = (
    "bar",
    "bar_stacked",
    "column_line",
    "column_stacked",
    "funnel",
    "gantt",
    "line",
    "multiples",
    "pareto",
    "waterfall",
)
AXIS_FORMATS = ("number", "decimal", "percent", "date")
STEPS = ("base", "level", "up", "down")
"""The columns of a waterfall: what a step stands on, the ends, what is added, what is taken off."""
PANELS_ABREAST = 3


@dataclass(frozen=True, slots=True)
class Chart:
    """A native chart bound to the block's cells.

    `bars` and `lines` name columns; lines stand on the second axis when `second` names it, else on that of the bars
    (a target). Of a `gantt` the first of `bars` is the date at which a strip begins, the others are numbers of days;
    of a `funnel` the first centres the others; of a `pareto` the line is the cumulated share. `multiples` draws a
    small chart for each of `bars`. A chart `below` its rows may begin a page. `axis_format` is number, decimal, percent or date. `alt` is the alternative text:
    without one the title and what is shown.
    """

    kind: str
    title: str
    x: str
    bars: tuple[str, ...]
    lines: tuple[str, ...]
    axis: str
    second: str
    source: str
    height: int
    columns: int
    below: bool
    page_break: bool
    axis_format: str
    second_format: str
    abreast: int
    alt: str


def read_chart(entry: Entry, formats: Mapping[str, str]) -> Chart:
    """One chart. `formats`: the format of every column of its block, by code.

    Raises:
        CatalogueError: with file and line.
    """
    place = entry.place
    kind = entry.take("kind")
    if kind not in CHARTS:
        raise place.error(f"unknown kind of chart “{kind}”: {', '.join(CHARTS)}")
    chart = Chart(
        kind=kind,
        title=entry.take("title"),
        x=entry.take("x"),
        bars=entry.words("bars"),
        lines=entry.words("lines"),
        axis=entry.take("axis", default=""),
        second=entry.take("second", default=""),
        source=entry.take("source"),
        height=entry.take("height", int, 300),
        columns=entry.take("columns", int, 0),
        below=entry.take("below", bool, False),
        page_break=entry.take("page_break", bool, False),
        axis_format=entry.take("axis_format", default="date" if kind == "gantt" else "number"),
        second_format=entry.take("second_format", default="number" if kind == "line" else "percent"),
        abreast=entry.take("abreast", int, PANELS_ABREAST),
        alt=entry.take("alt", default=""),
    )
    for form in (chart.axis_format, chart.second_format):
        if form not in AXIS_FORMATS:
            raise place.error(f"chart “{chart.title}”: unknown format of an axis “{form}”: {', '.join(AXIS_FORMATS)}")
    for code in (chart.x, *chart.bars, *chart.lines):
        if code not in formats:
            raise place.error(f"chart “{chart.title}”: unknown column “{code}”")
    if wrong := NEEDS.get(kind, _some_bars)(chart, formats):
        raise place.error(f"chart “{chart.title}”: {wrong}")
    entry.done()
    return chart


def _some_bars(chart: Chart, formats: Mapping[str, str]) -> str:
    return "" if chart.bars else "nothing to draw: “bars” is empty"


def _strips(chart: Chart, formats: Mapping[str, str]) -> str:
    if len(chart.bars) < 2 or formats[chart.bars[0]] not in ("date", "deadline"):
        return "a gantt needs a date and numbers of days after it in “bars”"
    return ""


def _centred(chart: Chart, formats: Mapping[str, str]) -> str:
    return "" if len(chart.bars) >= 2 else "a funnel needs what centres it and a value in “bars”"


def _cumulated(chart: Chart, formats: Mapping[str, str]) -> str:
    if len(chart.bars) != 1 or len(chart.lines) != 1 or not chart.second:
        return "a pareto needs one column in “bars”, its cumulated share in “lines” and a “second” axis"
    return ""


def _panels(chart: Chart, formats: Mapping[str, str]) -> str:
    return "" if chart.bars and chart.abreast > 0 else "multiples need columns in “bars” and “abreast” above 0"


def _steps(chart: Chart, formats: Mapping[str, str]) -> str:
    return "" if set(chart.bars) == set(STEPS) else f"a waterfall needs the columns {', '.join(STEPS)} in “bars”"


NEEDS: Mapping[str, Callable[[Chart, Mapping[str, str]], str]] = {
    "gantt": _strips,
    "funnel": _centred,
    "pareto": _cumulated,
    "multiples": _panels,
    "waterfall": _steps,
}
