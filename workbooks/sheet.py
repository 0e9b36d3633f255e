"""One declared sheet written with XlsxWriter: title, blocks, live formulas, native charts, and where every number
comes from.

Numbers stay exact until the very last step: `_float` is the only place where one becomes binary.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from catalogue.languages import CHINESE, Language
from catalogue.sheets import PAPERS, Block, Sheet, SheetColumn
from transforms.facts import UNREPORTED
from transforms.model import Unit
from transforms.narrate import AGED_MONTHS, rounded
from transforms.schedule.figures import set_by_hand
from workbooks.charts import ChartPlace, add_chart
from workbooks.formats import (
    FILLS,
    GROWTH,
    INTEGER,
    POINTS,
    RATE_POINTS,
    STATE_FILLS,
    TITLE_SIZE,
    Formats,
    clean,
    number_format,
    what_was_cleaned,
)
from workbooks.lights import NOTE, PATTERN, SIGN, comment_of, sentence_of
from workbooks.references import Standing
from workbooks.sources import MOST_LINKS, SOURCE_SHEET, Printed

CONTENTS, BACK, TO_SOURCES = "目录", "← 目录", "来源→"
INTERNAL, PAGES = "内部资料 注意保存", "第 &P 页 共 &N 页"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
"""A text that begins so is marked as text, so that no program takes it for a formula when it is edited."""
TITLE_HEIGHT = 40
LINE = 17.0
"""Height of a line of 12 point, in points."""
WIDE, NARROW = 16 / 7, 8 / 7
"""Widths of a Chinese and of another character of 12 point, in widths of a column's unit (7 pixels)."""
INDENT = 9 / 7
"""What the indent of a text takes of its column's width."""
TEXT_FORMATS = ("text", "wrap", "centre", "light", "state", "link")
DATES = {"date": "yyyy-mm-dd", "deadline": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm"}
_WORD = re.compile(r"\{(\w+)(:rows)?\}")
_WORDS = re.compile(r"([^\s\u2001-\uffff-]+-?|[^ ])( *)")
"""What a line may be parted between: Latin words, to their hyphen, and single Chinese characters, each with its gap."""
SIZE, SMALLEST = 12, 8
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that a cell cannot hold as it was told, and what was done to it."""

    sheet: str
    cell: str
    row: str
    what: str


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a block stands: first and last row of data, the column of each code, first column right of it."""

    first: int
    last: int
    columns: Mapping[str, int]
    right: int


class SheetWriter:
    """Writes the blocks of one sheet from top to bottom. `words` fill the titles and notes."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        formats: Formats,
        sheet: Sheet,
        words: Mapping[str, str],
        units: Mapping[str, Unit],
        lines: int = 0,
        language: Language = CHINESE,
    ) -> None:
        """`lines`: how many lines of `_src` the sheets before have taken. `sheet` is in the language already."""
        self.language = language
        self.book, self.formats, self.sheet, self.words, self.units = book, formats, sheet, words, units
        self.lines, self.taken, self.linked = lines, 0, 0
        self.cleaned: list[Cleaned] = []
        self.page: Worksheet = book.add_worksheet(sheet.tab)
        self.printed: list[Printed] = []
        self.row = 0
        self.heights: dict[int, float] = {}
        self.breaks: list[int] = []
        self.last_rows = (0, 0)
        self.frozen = False
        self.by_hand = False
        self.regions = 0
        self.standing: dict[str, Standing] = {}

    # ---- the page ----

    def set_up(self) -> None:
        """Paper, margins, header and footer, widths."""
        page, sheet = self.page, self.sheet
        page.set_paper(PAPERS[sheet.paper])
        if not sheet.portrait:
            page.set_landscape()
        page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.7)
        page.set_header(f'&L&"黑体,常规"&10{self.language.say(INTERNAL)}', {"margin": 0.35})
        page.set_footer(f'&C&"仿宋_GB2312,常规"&10{self.language.say(PAGES)}', {"margin": 0.35})
        page.fit_to_pages(1, 0)
        page.center_horizontally()
        page.hide_gridlines(2)
        for number, width in enumerate(sheet.grid):
            page.set_column(number, number, width)
        page.set_column(len(sheet.grid), len(sheet.grid), 8)
        page.write_url(
            0,
            len(sheet.grid),
            f"internal:'{self.language.say(CONTENTS)}'!A1",
            self.formats.link(),
            self.language.say(BACK),
        )

    @property
    def scale(self) -> float:
        """How much the page shrinks in print, so that the text of charts can be made larger by as much."""
        paper = {"A4": (1026, 698), "A3": (1491, 1026)}[self.sheet.paper]
        return min(1.0, paper[self.sheet.portrait] / sum(int(w * 7 + 5) for w in self.sheet.grid))

    def title(self) -> None:
        last = len(self.sheet.grid) - 1
        text = self.fill(self.sheet.title)
        size, lines = size_of_title(text, sum(self.sheet.grid), TITLE_SIZE)
        self.set_height(0, max(TITLE_HEIGHT, lines * size * 1.5 + 6))
        self._merge(0, 0, last, text, self.formats.title(size))
        self.row = 1
        if self.sheet.unit:
            self.set_height(1, 20)
            self._merge(1, 0, last, self.fill(self.sheet.unit), self.formats.unit_line())
            self.row = 2
        self.page.repeat_rows(0, self.row - 1)

    def set_height(self, row: int, height: float) -> None:
        """The height of a row in points."""
        self.heights[row] = height
        self.page.set_row(row, height)

    def fill(self, text: str) -> str:
        return fill(text, self.words)

    def notes(self, notes: Sequence[str]) -> None:
        width = sum(self.sheet.grid)
        for note in notes:
            text = self.fill(note)
            self.set_height(self.row, lines_of(text, width) * LINE + 2)
            self._merge(self.row, 0, len(self.sheet.grid) - 1, text, self.formats.note())
            self.row += 1

    def finish(self) -> None:
        self.notes(self.sheet.notes)
        self.page.set_h_pagebreaks(self.breaks)
        self.page.print_area(0, 0, max(self.row - 1, 0), len(self.sheet.grid) - 1)

    def _merge(self, row: int, first: int, last: int, text: str, look: Any) -> None:
        """A merged text; a merge of one cell is none."""
        if first == last:
            self.page.write_string(row, first, clean(text), look)
        else:
            self.page.merge_range(row, first, row, last, "", look)
            self.page.write_string(row, first, clean(text), look)

    # ---- a block ----

    def block(self, block: Block, frame: pl.DataFrame) -> Placed:
        if block.page_break and self.row > 2:
            first, last = self.last_rows
            self.breaks.append(max(first, last + 1 - block.with_rows) if block.with_rows else self.row)
        self._subtitle(block)
        top = self.row
        columns = self._header(block)
        values = {c.code: columns[c.code] + (0 if c.format in TEXT_FORMATS else c.span - 1) for c in block.columns}
        first = self.row
        rows = frame.to_dicts()
        self.standing[block.frame] = Standing(self.sheet.code, first, values, rows)
        body = [n for n, row in enumerate(rows) if row["kind"] == "data"]
        span = (first + min(body), first + max(body)) if body else (first, first)
        for number, row in enumerate(rows):
            self._data_row(block, columns, values, row, first + number, span)
        self.row = first + len(rows)
        right = max(start + column.span for column, start in zip(block.columns, columns.values(), strict=True))
        if not rows:
            self.page.write_string(self.row, 0, clean(self.fill(block.empty)), self.formats.get())
            self.set_height(self.row, block.row_height)
            self.row += 1
        self._mark_header(top, first - 1, self.row - 1, right - 1)
        placed = Placed(span[0], span[1], values, right)
        self.last_rows = span
        self._heat(block, placed)
        if block.chart:
            self._chart(block, frame, placed, top)
        self.notes(block.notes)
        if self.by_hand:
            self.notes([self.language.say(NOTE)])
            self.by_hand = False
        self.row += 1
        return placed

    def _mark_header(self, top: int, bottom: int, last: int, right: int) -> None:
        """Tell screen readers which rows hold the headers of a table and which column those of its rows: the name that
        they look for (TitleRegion1.A4.Q91.3, the number of the sheet last), known on this sheet alone."""
        self.regions += 1
        corner, end = xl_rowcol_to_cell(top, 0), xl_rowcol_to_cell(last, right)
        number = len(self.book.worksheets())
        place = f"{xl_rowcol_to_cell(top, 0, True, True)}:{xl_rowcol_to_cell(bottom, 0, True, True)}"
        name = f"TitleRegion{self.regions}.{corner}.{end}.{number}"
        self.book.define_name(f"'{self.sheet.tab}'!{name}", f"='{self.sheet.tab}'!{place}")

    def _subtitle(self, block: Block) -> None:
        last = len(self.sheet.grid) - 1
        if block.title:
            self.set_height(self.row, 26)
            self._merge(self.row, 0, last - 2, self.fill(block.title), self.formats.subtitle())
            if block.unit:
                self._merge(self.row, last - 1, last, self.fill(block.unit), self.formats.unit_line())
            self.row += 1

    def _header(self, block: Block) -> dict[str, int]:
        """One row, or two where columns stand in groups. Returns the column of each code."""
        page, look, top = self.page, self.formats.header(), self.row
        levels = 2 if any(column.group for column in block.columns) else 1
        starts: dict[str, int] = {}
        at = 0
        for column in block.columns:
            starts[column.code] = at
            bottom = top + levels - 1
            header = self.fill(column.header)
            row = bottom if column.group else top
            if row == bottom and column.span == 1:
                page.write_string(row, at, clean(header), look)
            else:
                page.merge_range(row, at, bottom, at + column.span - 1, clean(header), look)
            at += column.span
        group_lines = self._groups(block, starts, top)
        width = {c.code: sum(self.sheet.grid[starts[c.code] : starts[c.code] + c.span]) for c in block.columns}
        lines = [lines_of(self.fill(c.header), width[c.code]) for c in block.columns]
        heights = [max(22.0, group_lines * LINE + 5), 22.0] if levels == 2 else [0.0]
        heights[-1] = max(24.0, max(lines) * LINE + 6 - (heights[0] if levels == 2 and max(lines) > 1 else 0))
        if levels == 2:
            in_groups = [n for n, c in zip(lines, block.columns, strict=True) if c.group]
            heights[-1] = max(heights[-1], max(in_groups) * LINE + 6)
        for number, height in enumerate(heights):
            self.set_height(top + number, height)
        self.row = top + levels
        self._freeze(block, top)
        return starts

    def _groups(self, block: Block, starts: Mapping[str, int], top: int) -> int:
        """The upper cells of the header; returns how many lines the longest takes."""
        look, lines = self.formats.header(), 1
        columns = list(block.columns)
        while columns:
            group = columns[0].group
            run = 1
            while run < len(columns) and columns[run].group == group:
                run += 1
            if group:
                first, end = starts[columns[0].code], starts[columns[run - 1].code] + columns[run - 1].span
                self._merge(top, first, end - 1, group, look)
                lines = max(lines, lines_of(group, sum(self.sheet.grid[first:end])))
            columns = columns[run:]
        return lines

    def _freeze(self, block: Block, top: int) -> None:
        """The panes are frozen below the first header; it is repeated in print where it is the only one. Where the main
        block stands further down its header is repeated, and the panes are frozen below the title."""
        if block.main:
            self.page.repeat_rows(top, self.row - 1)
        if self.frozen:
            return
        self.frozen = True
        if self.sheet.kind == "text":
            return
        below_title = 2 if self.sheet.unit else 1
        below = below_title if any(one.main for one in self.sheet.blocks) else self.row
        self.page.freeze_panes(below, self.sheet.freeze)
        if self.sheet.repeat_header:
            self.page.repeat_rows(0, self.row - 1)

    def _data_row(
        self,
        block: Block,
        columns: Mapping[str, int],
        values: Mapping[str, int],
        row: Row,
        at: int,
        span: tuple[int, int],
    ) -> None:
        height, before = block.row_height, len(self.printed)
        subject = _subject(block, row)
        for column in block.columns:
            first = columns[column.code]
            widths = self.sheet.grid[first : first + column.span]
            place = _Cell(column, at, first, values, span, tuple(widths), block.frame, subject)
            text = self._cell(place, row)
            if text and (column.format in ("wrap", "text") or not place.fits(text)):
                lines = lines_of(text, place.width_of(text) - INDENT)
                height = max(height, lines * LINE + 6 if lines > 1 else 0)
        self.set_height(at, height)
        self._link_sources(at, before)

    def _link_sources(self, at: int, before: int) -> None:
        """Beside the row, outside the printed page, a link to its sources."""
        numbers = sum(one.number is not None for one in self.printed[before:])
        if numbers:
            line = self.lines + self.taken + 2
            self.taken += numbers
            if self.linked == MOST_LINKS:
                return
            self.linked += 1
            target = f"internal:'{SOURCE_SHEET}'!A{line}"
            self.page.write_url(at, len(self.sheet.grid), target, self.formats.link(), self.language.say(TO_SOURCES))

    def _cell(self, place: "_Cell", row: Row) -> str:
        """Write one cell; returns the text that stands in it, if it is text."""
        column, value = place.of, row.get(place.of.code)
        total = row["kind"] != "data"
        self._span(place, total)
        if column.format in TEXT_FORMATS or (value is not None and isinstance(value, str)):
            return self._text(place, row, self._clean(place, value), total)
        if column.format in DATES:
            return self._missing(place, row, total) if value is None else self._date(place, row, value, total)
        if value is None:
            return self._missing(place, row, total)
        self._number(place, row, Decimal(value), total)
        return ""

    def _span(self, place: "_Cell", total: bool) -> None:
        """A column of several grid columns is one cell of data and empty ones beside it: a merged cell could be
        neither sorted nor filtered. The frame of the cells makes them look like one."""
        last = place.column + place.of.span - 1
        for at in range(place.column, last + 1) if place.of.span > 1 else ():
            self.page.write_blank(place.row, at, None, self.formats.part(total, at == place.column, at == last))

    def _text(self, place: "_Cell", row: Row, text: str, total: bool) -> str:
        kind = place.of.format
        align = "center" if kind in ("centre", "light", "state") else "left"
        by_hand = set_by_hand(row, place.of.code) if kind == "light" else None
        sign = SIGN if by_hand else ""
        if kind == "light" and text:
            self._note_printed(place, text=text + sign, note=sentence_of(row.get(f"{place.of.code}|set")))
        if kind == "link":
            self.page.write_url(place.row, place.column, f"internal:'{text}'!A1", self.formats.link_cell(), text)
            return text
        told = text if place.of.told else self.language.say_parts(text)
        fills = {"light": FILLS, "state": STATE_FILLS}.get(kind, {UNREPORTED: FILLS["灰"]})
        more: dict[str, Any] = dict(fills.get(text, {}))
        if told.startswith(FORMULA_SIGNS):
            more["quote_prefix"] = True
        size = place.size_of(told) if kind in ("wrap", "text") else 0
        if 0 < size < SIZE:
            more["font_size"] = size
        wrap = not size if kind in ("wrap", "text") else not place.fits(told + sign)
        more.update(place.frame(0))
        if by_hand:
            more["num_format"] = PATTERN
            self.by_hand = True
            self.page.write_comment(place.row, place.column, *comment_of(by_hand, self.language))
        look = self.formats.text(total, align, wrap, **more)
        self.page.write_string(place.row, place.column, told, look)
        return told + sign

    def _clean(self, place: "_Cell", value: object) -> str:
        text = clean(value)
        if value is not None and text != str(value):
            cell = str(xl_rowcol_to_cell(place.row, place.column))
            self.cleaned.append(Cleaned(self.sheet.tab, cell, place.subject, what_was_cleaned(str(value))))
        return text

    def _date(self, place: "_Cell", row: Row, value: date | datetime, total: bool) -> str:
        pattern = DATES[place.of.format]
        if place.of.format == "deadline" and row["provisional"]:
            pattern += f'"{self.language.say("(暂定)")}"'
        look = self.formats.number(total, pattern, align="center", **place.frame(-1))
        self.page.write_datetime(place.row, place.last, value, look)
        return ""

    def _missing(self, place: "_Cell", row: Row, total: bool) -> str:
        why = row.get(f"{place.of.code}|why")
        why = UNREPORTED if why is None else why
        if place.of.blank or not why:
            grey = bool(why) and why != "—"
            edge: dict[str, Any] = dict(place.frame(-1))
            look = self.formats.missing(True, **edge) if grey else self.formats.text(total, **edge)
            self.page.write_blank(place.row, place.last, None, look)
        else:
            told, more = self.language.say_parts(why), dict[str, Any](place.frame(-1))
            if not place.fits(told):
                more["text_wrap"] = True
            self.page.write_string(place.row, place.last, told, self.formats.missing(why == UNREPORTED, **more))
            return told
        return ""

    def _number(self, place: "_Cell", row: Row, value: Decimal, total: bool) -> None:
        column = place.of
        unit = _unit(column, row)
        shown = value if unit in ("", "%") else value / self.units[unit].factor
        more: dict[str, Any] = {"align": "center"} if column.format in ("count", "age") else {}
        if column.format == "age" and value >= AGED_MONTHS:
            more |= FILLS["红"]
        pattern = self._pattern(column, row, unit).replace("百分点", self.language.say("百分点"))
        look = self.formats.number(total, pattern, **more | place.frame(-1))
        formula = self._formula(place, row)
        if column.format == "points" or (column.format in ("change", "change_short") and row.get("nature") == "rate"):
            shown = rounded(shown, 2)  # a change of 0.001 point must not print as −0.00
        number = _float(shown)
        if formula:
            self.page.write_formula(place.row, place.last, formula, look, number)
        else:
            self.page.write_number(place.row, place.last, number, look)
        if column.name and row["kind"] == "data":
            name = column.name.format(**{key: word for key, word in row.items() if isinstance(word, str)})
            self.book.define_name(name, f"='{self.sheet.tab}'!{xl_rowcol_to_cell(place.row, place.last, True, True)}")
        work, keys = row.get(f"{column.code}|work") or "", tuple(row.get(f"{column.code}|src") or ())
        if "{" in work:
            work = _WORD.sub(lambda hit: self._behind(place, hit), work)
        self._note_printed(place, number=shown, pattern=pattern, formula=formula, work=work, keys=keys)

    def _behind(self, place: "_Cell", hit: re.Match[str]) -> str:
        """A cell of the row, or the cells of a column of the block, that a number was worked out of: M13!F5:F26."""
        if hit[1] not in place.columns:
            return hit[0]
        return f"{self.sheet.code}!{(place.rows if hit[2] else place.cell)(hit[1])}"

    def _note_printed(self, place: "_Cell", **what: Any) -> None:
        column, at = place.of, place.last if "number" in what else place.column
        header = self.fill(f"{column.group} {column.header}".strip())
        cell = str(xl_rowcol_to_cell(place.row, at))
        self.printed.append(
            Printed(self.sheet.tab, cell, place.block, place.subject, header, **{"number": None, **what})
        )

    def _pattern(self, column: SheetColumn, row: Row, unit: str) -> str:
        kind = column.format
        if row.get("pattern"):
            return str(row["pattern"])
        if kind in ("by_row", "target"):
            pattern = number_format(unit, _decimals(column, row))
            sign = row.get("comparator") or ""
            return f'"{sign}"{pattern}' if kind == "target" and sign else pattern
        if kind == "change_short":
            return POINTS if row.get("nature") == "rate" else GROWTH
        if kind == "change":
            return RATE_POINTS if row.get("nature") == "rate" else GROWTH
        fixed = {
            "int": INTEGER,
            "count": INTEGER,
            "age": INTEGER,
            "percent": "0.00%",
            "growth": GROWTH,
            "points": POINTS,
        }
        return fixed.get(kind) or number_format(unit, column.decimals)

    def _formula(self, place: "_Cell", row: Row) -> str:
        """The live formula of a cell, if it has one."""
        column = place.of
        if row["kind"] == "total" and column.total:
            return f"=SUM({place.rows(column.code)})"
        formula = column.formula.get("") or column.formula.get(row.get(f"{column.code}|by") or "", "")

        def cell(hit: re.Match[str]) -> str:
            if hit[1] == "progress":
                return self.words["progress_formula"]
            return place.rows(hit[1]) if hit[2] else place.cell(hit[1])

        return _WORD.sub(cell, formula)

    # ---- heat maps ----

    def _heat(self, block: Block, placed: Placed) -> None:
        """Three colours over the numbers of the columns that ask for it, one scale for all; the numbers stay."""
        hot = [placed.columns[column.code] for column in block.columns if column.heat]
        if not hot:
            return
        areas = " ".join(f"{xl_rowcol_to_cell(placed.first, n)}:{xl_rowcol_to_cell(placed.last, n)}" for n in hot)
        scale = {"type": "3_color_scale", "mid_type": "percent", "mid_value": 50}
        scale |= {"min_color": "#F8A9A2", "mid_color": "#FFEB9C", "max_color": "#A9D8A0"}
        self.page.conditional_format(placed.first, min(hot), placed.last, max(hot), scale | {"multi_range": areas})

    # ---- charts ----

    def _chart(self, block: Block, frame: pl.DataFrame, placed: Placed, top: int) -> None:
        assert block.chart is not None
        if block.chart.below and block.chart.page_break:
            self.breaks.append(self.row)
        first_column = 0 if block.chart.below else placed.right
        last_column = first_column + block.chart.columns if block.chart.columns else len(self.sheet.grid)
        grid = self.sheet.grid[first_column:last_column]
        width = sum(int(w * 7 + 5) for w in grid) - 16
        row = self.row if block.chart.below else top
        place = ChartPlace(self.sheet.tab, placed.columns, (placed.first, placed.last), row, first_column, width)
        add_chart(
            self.book, self.page, block, frame, place, self.fill, round(9.5 / self.scale), self.units, self.language
        )
        # The rows that the chart covers stand ready, so that nothing is written under it.
        start = self.row if block.chart.below else top
        while sum(self.heights.get(n, 15) for n in range(start, self.row)) * 4 / 3 < block.chart.height + 8:
            self.set_height(self.row, 20)
            self.row += 1
        source, last_column = self.fill(block.chart.source), len(self.sheet.grid) - 1
        self.set_height(self.row, lines_of(source, sum(self.sheet.grid[first_column:])) * LINE + 2)
        self._merge(self.row, first_column, last_column, source, self.formats.note())
        self.row += 1


class _Cell(NamedTuple):
    """Where a figure is written: `column` is the first, `last` the last column of its span. A text stands in the
    first, a number in the last; `columns` tells the one that holds the numbers of each code."""

    of: SheetColumn
    row: int
    column: int
    columns: Mapping[str, int]
    span: tuple[int, int]
    widths: tuple[float, ...]
    block: str
    subject: str

    @property
    def last(self) -> int:
        return self.column + self.of.span - 1

    def runs_on(self, text: str) -> bool:
        """Whether a text stands in one line across its span: it must not wrap in the first cell then."""
        return self.size_of(text) > 0

    def size_of(self, text: str) -> int:
        """The points in which a text stands in one line across its span, smaller where it is long; 0 for none."""
        if self.of.span == 1 or "\n" in text:
            return 0
        room = sum(self.widths) - INDENT
        smallest = SMALLEST if self.of.format in ("wrap", "text") else SIZE
        return next((n for n in range(SIZE, smallest - 1, -1) if lines_of(text, room * SIZE / n) == 1), 0)

    def fits(self, text: str) -> bool:
        """Whether a label stands in one line."""
        return lines_of(text, sum(self.widths)) == 1

    def width_of(self, text: str) -> float:
        return sum(self.widths) if self.runs_on(text) else self.widths[0]

    def frame(self, at: int) -> dict[str, int]:
        """The borders of the cell that is written: none to the empty cells of its span."""
        if self.of.span == 1:
            return {}
        return {"right": 0} if at == 0 else {"left": 0}

    def cell(self, code: str) -> str:
        return str(xl_rowcol_to_cell(self.row, self.columns[code]))

    def rows(self, code: str) -> str:
        column = self.columns[code]
        return f"{xl_rowcol_to_cell(self.span[0], column)}:{xl_rowcol_to_cell(self.span[1], column)}"


def size_of_title(text: str, width: float, size: int) -> tuple[int, int]:
    """Size and number of lines of a title over this width: smaller where the name is long, in two lines at most half
    as large."""
    while size > TITLE_SIZE // 2 and lines_of(text, width * 12 / size) > 1:
        size -= 1
    return size, lines_of(text, width * 12 / size)


def fill(text: str, words: Mapping[str, str]) -> str:
    """A declared text with the words of this workbook."""
    return _WORD.sub(lambda hit: words.get(hit[1], hit[0]), text)


def _subject(block: Block, row: Row) -> str:
    """The words that begin a row: by these it is found again in another edition."""
    words = []
    for column in block.columns[:4]:
        value = row.get(column.code)
        if column.format not in TEXT_FORMATS:
            break
        if isinstance(value, str):  # not the running number of a row, which may be another one there
            words.append(clean(value))
    return " ".join(words[:2])


def _unit(column: SheetColumn, row: Row) -> str:
    """The unit that a number is shown in: that of its cell, of its row or of its column."""
    if column.format not in ("by_row", "target"):
        return column.unit
    of_cell = row.get(f"{column.code}|unit")
    return str(row.get("unit") or "") if of_cell is None else str(of_cell)


def _decimals(column: SheetColumn, row: Row) -> int:
    told = row.get(f"{column.code}|decimals")
    told = row.get("decimals") if told is None else told
    return 0 if told is None else int(told)


@lru_cache(maxsize=20_000)
def lines_of(text: str, width: float) -> int:
    """How many lines of 12 point a text takes in a column of this width. Words of Latin letters are not parted."""
    return sum(_lines_of_one(line, max(width, 1)) for line in text.split("\n"))


def _lines_of_one(line: str, width: float) -> int:
    units = _units(line)
    if units <= width or units == len(line) * WIDE:
        return max(1, math.ceil(units / width))
    lines, taken = 1, 0.0
    for word, gap in _WORDS.findall(line):
        units = _units(word)
        if taken and taken + units > width:
            lines, taken = lines + 1, 0.0
        lines += max(0, math.ceil(units / width) - 1)
        taken += (units - 1) % width + 1 if units > width else units
        taken += _units(gap)
    return lines


def _units(text: str) -> float:
    return sum(WIDE if ord(c) > 0x2000 else NARROW for c in text)


def _float(value: Decimal) -> float:
    """The one place where a number becomes binary: xlsx holds nothing else."""
    return float(value)
