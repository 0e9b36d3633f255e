"""Where every published number comes from: the sheet `_src`, a line a number, and `_told`, a line a figure that numbers
were worked out of. Written and read.

They stand last and can be seen: a link to a hidden sheet leads nowhere.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import polars as pl
import xlsxwriter
from openpyxl.utils.cell import rows_from_range
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from catalogue.languages import CHINESE, Language
from transforms.facts import KEYS, Facts
from transforms.keys import frame_of
from transforms.model import EXACT
from transforms.ranges import row_ranges
from transforms.schedule import department_name
from workbooks.formats import Formats, clean
from workbooks.publications.references import Standing, references_in, with_references

SOURCE_SHEET, TOLD_SHEET = "_src", "_told"
COLUMNS: Mapping[str, int] = {"表页": 18, "单元格": 9, "行": 34, "列": 20, "数值": 18, "算法": 40, "来源": 16}
PLACES: Mapping[str, tuple[str, int]] = {
    "series": ("序列", 34),
    "item": ("项目", 18),
    "period": ("统计期", 10),
    "department": ("报送单位", 18),
    "form": ("表号", 7),
    "file": ("文件", 38),
    "sheet": ("源表", 18),
    "cell": ("源单元格", 18),
    "version": ("版本", 6),
    "sha256": ("文件哈希", 70),
}
AS_TOLD, COUNTED = "填报数", "本簿统计"
MOST_LINKS = 65_000
"""Excel takes 65,530 links a sheet; the lines after these have none."""
_CHINESE = re.compile(r"(?:第\d+)?[\u4e00-\u9fff]+")
LONGEST_WORK = 200
"""A longer work – the sum of hundreds of cells – is told by its parts alone."""
SHOWN: Mapping[str, pl.DataType] = {
    "sheet": pl.String(),
    "block": pl.String(),
    "row": pl.String(),
    "column": pl.String(),
    "cell": pl.String(),
    "number": EXACT,
    "pattern": pl.String(),
    "text": pl.String(),
    "keys": pl.List(pl.String()),
    "note": pl.String(),
}
"""One row a published number (as shown: 万元, ratio, and its number format) or light (`text`, and in `note` what a person
decided of it)."""


class Printed(NamedTuple):
    """A number or a light that stands in a published cell.

    Attributes:
        block, row, column: the frame it is of, the words that begin its row, and its header.
        number: as shown (万元, ratio), by the number format `pattern`; None for a light, whose character is `text`.
        note: of a light, what a person decided of it.
        formula: the live formula, if there is one. work: how it was worked out of `keys`, the figures behind it.
    """

    sheet: str
    cell: str
    block: str
    row: str
    column: str
    number: Decimal | None
    pattern: str = ""
    text: str = ""
    note: str = ""
    formula: str = ""
    work: str = ""
    keys: tuple[str, ...] = ()

    def at(self, blocks: Mapping[str, Standing]) -> "Printed":
        """The same with the cells that its work names by their blocks."""
        return self._replace(work=with_references(self.work, blocks)) if "{" in self.work else self

    def how(self, numbers: Mapping[str, int]) -> str:
        """公式 =F5/G5-1, (12)÷(13) of the figures with these numbers, or 填报数."""
        if self.formula:
            return f"公式 {self.formula}"
        if not self.keys:
            return self.work or COUNTED
        if not self.work:
            return AS_TOLD if len(self.keys) == 1 else "、".join(f"({numbers[key]})" for key in self.keys)
        work = KEYS.sub(lambda hit: f"({numbers[hit[0][1:-1]]})" if hit[0][1:-1] in numbers else hit[0], self.work)
        return work if len(work) <= LONGEST_WORK else f"{work[:LONGEST_WORK]}…"


def shown(printed: Iterable[Printed]) -> pl.DataFrame:
    """What stands in the published cells (SHOWN)."""
    told = list(printed)
    return frame_of({name: [getattr(one, name) for one in told] for name in SHOWN}, SHOWN)


def write_sources(
    book: xlsxwriter.Workbook, formats: Formats, facts: Facts, printed: Sequence[Printed], language: Language = CHINESE
) -> None:
    """The sheets `_src` and `_told`. A number leads back to its cell, and on to the figures it was worked out of."""
    numbered = [one for one in printed if one.number is not None]
    figures = {key: n for n, key in enumerate(dict.fromkeys(key for one in numbered for key in one.keys), start=1)}
    page = _page(book, formats, SOURCE_SHEET, [*COLUMNS.items()], len(numbered), language)
    tabs = {page.name.split(" ")[0]: page.name for page in book.worksheets()}
    link, before = formats.link(), ("", "", "")
    for at, one in enumerate(numbered, start=1):
        page.write_string(at, 0, one.sheet)
        if at > MOST_LINKS // 2:
            page.write_string(at, 1, one.cell)
            page.write_string(at, 6, _behind(one, figures))
        else:
            place = (one.sheet, one.block, one.row)
            _link(page, at, one, figures, tabs, link, first_of_row=place != before)
            before = place
        page.write_string(at, 2, language.say_parts(clean(one.row)))
        page.write_string(at, 3, clean(one.column))
        page.write_number(at, 4, float(one.number or 0))
        page.write_string(at, 5, _said(one.how(figures), language))
    _write_told(book, formats, _with_departments(facts, facts.places(figures), language), figures, language)


def _with_departments(
    facts: Facts, places: Mapping[str, Mapping[str, Any]], language: Language
) -> dict[str, dict[str, Any]]:
    forms = {place["form"] for place in places.values()}
    names = {form: department_name(facts, facts.catalogue.form(form).department) for form in forms}
    return {key: {**place, "department": language.say(names[place["form"]])} for key, place in places.items()}


def _said(how: str, language: Language) -> str:
    return how if language == CHINESE else _CHINESE.sub(lambda word: language.say(word[0]), how)


def _link(
    page: Worksheet,
    at: int,
    one: Printed,
    figures: Mapping[str, int],
    tabs: Mapping[str, str],
    look: Format,
    *,
    first_of_row: bool,
) -> None:
    """Back to the first cell of a row, and on to the first of the figures or cells behind a number."""
    if first_of_row:
        page.write_url(at, 1, f"internal:'{one.sheet}'!{one.cell}", look, one.cell)
    else:
        page.write_string(at, 1, one.cell)
    if one.keys:
        page.write_url(at, 6, f"internal:'{TOLD_SHEET}'!A{figures[one.keys[0]] + 1}", look, _behind(one, figures))
    elif cells := references_in(one.work):
        sheet, cell = cells[0]
        page.write_url(at, 6, f"internal:'{tabs[sheet]}'!{cell}", look, _behind(one, figures))


def _behind(one: Printed, figures: Mapping[str, int]) -> str:
    """The numbers of the figures behind a number: 12-14,20; of one that was worked out of cells of the workbook the
    first of these: M02!O5."""
    if len(one.keys) == 1:
        return str(figures[one.keys[0]])
    if one.keys:
        return ranges_of(figures[key] for key in one.keys)
    cells = references_in(one.work)
    return "!".join(cells[0]) if cells else ""


def _write_told(
    book: xlsxwriter.Workbook,
    formats: Formats,
    places: Mapping[str, Mapping[str, Any]],
    figures: Mapping[str, int],
    language: Language,
) -> None:
    page = _page(book, formats, TOLD_SHEET, [("序号", 8), *PLACES.values()], len(figures), language)
    for key, number in figures.items():
        page.write_number(number, 0, number)
        place = places.get(key)
        for column, name in enumerate(PLACES if place else (), start=1):
            told = str(place[name])  # type: ignore[index]
            page.write_string(number, column, language.say(told) if name == "department" else told)


def _page(
    book: xlsxwriter.Workbook,
    formats: Formats,
    name: str,
    columns: Sequence[tuple[str, int]],
    rows: int,
    language: Language,
) -> Worksheet:
    page = book.add_worksheet(name)
    page.set_tab_color("#BFBFBF")
    page.freeze_panes(1, 2)
    page.fit_to_pages(1, 1)
    page.print_area(0, 0, 0, len(columns) - 1)  # who prints the whole workbook wants none of its thousands of lines
    for column, (header, width) in enumerate(columns):
        page.write_string(0, column, language.say(header), formats.header())
        page.set_column(column, column, width)
    page.autofilter(0, 0, max(rows, 1), len(columns) - 1)
    return page


def ranges_of(numbers: Iterable[int]) -> str:
    """12, 13, 14, 20 → 12-14,20."""
    spans = row_ranges(set(numbers))
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def numbers_of(ranges: str) -> list[int]:
    """12-14,20 → 12, 13, 14, 20."""
    spans = [part.split("-") for part in ranges.split(",") if part and "!" not in part]
    return [number for span in spans for number in range(int(span[0]), int(span[-1]) + 1)]


@dataclass(frozen=True, slots=True)
class Source:
    """A line of `_src`: a number, and the numbers of the figures behind it."""

    row: str
    column: str
    value: float
    how: str
    figures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """A published workbook as its lineage is read.

    Attributes:
        sources: sheet and cell → its line of `_src`. figures: number → its line of `_told`, by the names of PLACES.
        values, formulas, patterns: sheet → cell → what stands there, and the number format it is shown in.
        comments: sheet → cell → what its comment says: by whom, when and why a light was set by hand.
    """

    sources: Mapping[tuple[str, str], Source]
    figures: Mapping[int, Mapping[str, str]]
    values: Mapping[str, Mapping[str, Any]]
    formulas: Mapping[str, Mapping[str, str]]
    patterns: Mapping[str, Mapping[str, str]]
    comments: Mapping[str, Mapping[str, str]]

    def sheet_named(self, word: str) -> str | None:
        """The sheet with this code or name: M02 is M02 指标月调度."""
        names = [name for name in self.values if word in (name, *name.split(" ", 1))]
        return names[0] if len(names) == 1 else None


def read_lineage(path: Path) -> Lineage:
    """The published workbook in a file.

    Raises:
        ValueError: the file has no sheet `_src`: it is none of ours.
    """
    data = path.read_bytes()
    told, live = (openpyxl.load_workbook(BytesIO(data), data_only=values) for values in (True, False))
    if not {SOURCE_SHEET, TOLD_SHEET} <= set(told.sheetnames):
        raise ValueError(f"{path.name} 没有 {SOURCE_SHEET}、{TOLD_SHEET} 表，不是本系统发布的工作簿。")
    sources = dict(_lines(told[SOURCE_SHEET]))
    figures = {int(row[0]): dict(zip(PLACES, row[1:], strict=False)) for row in _rows(told[TOLD_SHEET]) if row[5]}
    values = {sheet.title: _cells(sheet) for sheet in told.worksheets}
    formulas = {
        sheet.title: {at: text for at, text in _cells(sheet).items() if isinstance(text, str) and text.startswith("=")}
        for sheet in live.worksheets
    }
    patterns = {
        sheet.title: {c.coordinate: c.number_format for row in sheet.iter_rows() for c in row if c.value is not None}
        for sheet in told.worksheets
    }
    comments = {
        sheet.title: {c.coordinate: c.comment.text for row in sheet.iter_rows() for c in row if c.comment}
        for sheet in told.worksheets
    }
    return Lineage(sources, figures, values, formulas, patterns, comments)


def _lines(sheet: Any) -> Iterator[tuple[tuple[str, str], Source]]:
    for row in _rows(sheet):
        place = (row[0], row[1])
        yield place, Source(row[2], row[3], float(row[4] or 0), row[5], tuple(numbers_of(row[6])))


def _rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows(min_row=2, values_only=True):
        yield ["" if value is None else str(value) for value in row]


def _cells(sheet: Any) -> dict[str, Any]:
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}


REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")


def cells_named(formula: str) -> list[str]:
    """The cells that a formula of one sheet stands on, ranges cell by cell."""
    cells = []
    for first, top, last, bottom in REFERENCE.findall(formula):
        if last:
            ranged = rows_from_range(f"{first}{top}:{last}{bottom}")
            cells += [cell for row in ranged for cell in row]
        else:
            cells.append(first + top)
    return list(dict.fromkeys(cells))
