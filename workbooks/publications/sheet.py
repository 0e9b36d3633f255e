"""One declared sheet written with XlsxWriter: title, blocks of rows under their headers, native charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from catalogue.languages import CHINESE, Language
from catalogue.sheets import PAPERS, Block, Sheet
from transforms.model import Unit
from workbooks.formats import TITLE_SIZE, Formats, clean
from workbooks.publications.cells import TEXT_FORMATS, CellWriter, Place, Row, fill, subject_of
from workbooks.publications.charts import ChartPlace, add_chart
from workbooks.publications.lights import NOTE
from workbooks.publications.references import Standing
from workbooks.publications.sources import MOST_LINKS, SOURCE_SHEET
from workbooks.publications.widths import INDENT, LINE, lines_of, size_of_title

CONTENTS, BACK, TO_SOURCES = "目录", "← 目录", "来源→"
INTERNAL, PAGES = "内部资料 注意保存", "第 &P 页 共 &N 页"
TITLE_HEIGHT = 40


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
        self.page: Worksheet = book.add_worksheet(sheet.tab)
        self.cells = CellWriter(book, self.page, formats, sheet, words, units, language)
        self.row = 0
        self.heights: dict[int, float] = {}
        self.breaks: list[int] = []
        self.last_rows = (0, 0)
        self.frozen = False
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
        if self.cells.by_hand:
            self.notes([self.language.say(NOTE)])
            self.cells.by_hand = False
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
        height, before = block.row_height, len(self.cells.printed)
        subject = subject_of(block, row)
        for column in block.columns:
            first = columns[column.code]
            widths = self.sheet.grid[first : first + column.span]
            place = Place(column, at, first, values, span, tuple(widths), block.frame, subject)
            text = self.cells.write(place, row)
            if text and (column.format in ("wrap", "text") or not place.fits(text)):
                lines = lines_of(text, place.width_of(text) - INDENT)
                height = max(height, lines * LINE + 6 if lines > 1 else 0)
        self.set_height(at, height)
        self._link_sources(at, before)

    def _link_sources(self, at: int, before: int) -> None:
        """Beside the row, outside the printed page, a link to its sources."""
        numbers = sum(one.number is not None for one in self.cells.printed[before:])
        if numbers:
            line = self.lines + self.taken + 2
            self.taken += numbers
            if self.linked == MOST_LINKS:
                return
            self.linked += 1
            target = f"internal:'{SOURCE_SHEET}'!A{line}"
            self.page.write_url(at, len(self.sheet.grid), target, self.formats.link(), self.language.say(TO_SOURCES))

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
