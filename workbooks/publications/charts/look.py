"""What all charts share: fonts, fills and marks that can be told apart in black-and-white print, axes, titles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.chart import Chart as NativeChart

from catalogue.charts import Chart
from catalogue.languages import CHINESE, Language
from catalogue.sheets import Block
from transforms.model import Unit

FONT = "仿宋_GB2312"
TITLE_FONT = "黑体"
INK, PALE, RULE, FRAME = "#1F4E79", "#E3E3E3", "#7F7F7F", "#BFBFBF"
LINE_COLOUR = "#C00000"
FILLS: tuple[dict[str, Any], ...] = (
    {"fill": {"color": INK}},
    {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#5B8DB8", "bg_color": "#FFFFFF"}},
    {"fill": {"color": "#A9C4DE"}},
    {"pattern": {"pattern": "small_grid", "fg_color": "#7F8C99", "bg_color": "#FFFFFF"}},
    {"fill": {"color": "#E4E8EC"}},
    {"pattern": {"pattern": "dark_horizontal", "fg_color": "#B48A52", "bg_color": "#FFFFFF"}},
)
DARK_FILLS = (0,)
LINES: tuple[tuple[str, str, str], ...] = (
    (INK, "solid", "circle"),
    ("#C55A11", "dash", "diamond"),
    ("#548235", "round_dot", "square"),
    ("#7030A0", "long_dash", "triangle"),
)
"""Colour, dash and marker of the first, second … line."""
LIGHTS = {"blue": "#5B9BD5", "green": "#70AD47", "yellow": "#FFC000", "red": "#C00000", "grey": "#BFBFBF"}
LIGHT_WORDS = {"blue": "蓝", "green": "绿", "yellow": "黄", "red": "红", "grey": "灰"}
STEP_FILLS: dict[str, dict[str, Any]] = {
    "level": {"fill": {"color": "#8FB0D0"}},
    "up": {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#548235", "bg_color": "#FFFFFF"}},
    "down": {"pattern": {"pattern": "wide_downward_diagonal", "fg_color": "#C55A11", "bg_color": "#FFFFFF"}},
}
AXIS_PATTERNS = {"number": "#,##0", "decimal": "0.0", "percent": "0%", "date": "yyyy-mm"}
LABEL_PATTERNS = {"number": "#,##0;-#,##0;;", "decimal": "0.0;-0.0;;", "percent": "0.0%", "date": "yyyy-mm"}
WORDS = {
    "bar": "条形图",
    "bar_stacked": "堆积条形图",
    "column_line": "柱形图",
    "column_stacked": "堆积柱形图",
    "funnel": "漏斗图",
    "gantt": "甘特图",
    "line": "折线图",
    "multiples": "分指标小折线图",
    "pareto": "帕累托图",
    "waterfall": "瀑布图",
}
ALTERNATIVE = "{kind}:{title}。按{x}显示{shown}。{source}"
UNSEEN = {"fill": {"none": True}, "border": {"none": True}}


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


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart about to be drawn; texts are printed in `size` points."""

    book: xlsxwriter.Workbook
    block: Block
    declared: Chart
    frame: pl.DataFrame
    place: ChartPlace
    fill: Callable[[str], str]
    size: int
    units: Mapping[str, Unit]
    language: Language = CHINESE

    @property
    def title(self) -> str:
        return self.fill(self.declared.title)

    def header(self, code: str) -> str:
        return self.fill(next(column.header for column in self.block.columns if column.code == code))

    def series(self, code: str) -> dict[str, Any]:
        """Name, categories and values of a series: all of them cells."""
        return {
            "name": self.header(code),
            "categories": self.place.cells(self.declared.x),
            "values": self.place.cells(code),
        }

    def is_rate(self, code: str) -> bool:
        """Whether the cells of a column are percentages."""
        of_cells = f"{code}|unit"
        told = self.frame[of_cells].drop_nulls().to_list() if of_cells in self.frame.columns else []
        column = next(column for column in self.block.columns if column.code == code)
        return column.format == "percent" or column.unit == "%" or told[:1] == ["%"]

    def shown(self, code: str) -> list[float]:
        """The told values of the data rows as the cells show them."""
        unit = next(column.unit for column in self.block.columns if column.code == code)
        factor = self.units[unit].factor if unit not in ("", "%") else 1
        rows = self.frame.filter(pl.col("kind") == "data")
        return [float(value / factor) for value in rows[code] if value is not None]


def alternative(drawing: Drawing) -> str:
    """The text that stands for the chart where it cannot be seen."""
    declared = drawing.declared
    if declared.alt:
        return drawing.fill(declared.alt)
    bars = [
        code
        for code in declared.bars
        if code != "base" and not (declared.kind == "funnel" and code == declared.bars[0])
    ]
    say = drawing.language.say
    return say(ALTERNATIVE).format(
        kind=say(WORDS[declared.kind]),
        title=drawing.title,
        x=drawing.header(declared.x),
        shown=drawing.language.mark("、").join(drawing.header(code) for code in (*bars, *declared.lines)),
        source=drawing.fill(declared.source),
    )


def font(size: int, colour: str = "#000000") -> dict[str, Any]:
    return {"name": FONT, "size": size, "color": colour}


def labels(pattern: str, size: int, colour: str = "#000000", **more: Any) -> dict[str, Any]:
    return {"value": True, "num_format": pattern, "font": font(size, colour)} | more


def value_axis(name: str, size: int, pattern: str, rules: bool = True) -> dict[str, Any]:
    """An axis of numbers; `rules`: thin lines across the chart."""
    return {
        "name": name,
        "name_font": {"name": FONT, "size": size, "bold": False},
        "num_font": {"size": size},
        "num_format": AXIS_PATTERNS[pattern],
        "major_gridlines": {"visible": rules, "line": {"color": PALE, "width": 0.5}},
        "line": {"color": RULE},
    }


def name_axis(size: int) -> dict[str, Any]:
    """The axis of months, units, steps: none is left out."""
    return {"num_font": {"name": FONT, "size": size}, "line": {"color": RULE}, "interval_unit": 1}


def line_series(drawing: Drawing, code: str, number: int) -> dict[str, Any]:
    """A line with its own dash and marker, so that colour is never the only sign."""
    colour, dash, marker = LINES[number % len(LINES)]
    return drawing.series(code) | {
        "line": {"color": colour, "width": 2.25, "dash_type": dash},
        "marker": {"type": marker, "size": 6, "fill": {"color": colour}, "border": {"color": colour}},
    }


def dress(chart: NativeChart, title: object, size: int, hidden: tuple[int, ...] = (), legend: bool = True) -> None:
    """Title, legend and frame; a gap where nothing was told. `hidden`: series that the legend leaves out."""
    chart.set_title(
        {"name": title, "name_font": {"name": TITLE_FONT, "size": size + 3, "bold": False}, "overlay": False}
    )
    words: dict[str, Any] = {"position": "bottom", "font": {"name": FONT, "size": size}}
    if hidden:
        words["delete_series"] = list(hidden)
    chart.set_legend(words if legend else {"none": True})
    chart.show_blanks_as("gap")
    chart.set_chartarea({"border": {"color": FRAME}})
