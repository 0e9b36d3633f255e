"""Where every published number comes from: the sheet `_src`, one row a number and figure behind it, written and read.

The sheet stands last and can be seen: a link to a hidden sheet leads nowhere.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import xlsxwriter
from openpyxl.utils.cell import rows_from_range

from catalogue.languages import CHINESE, Language
from transforms.facts import KEYS, Facts
from transforms.model import EXACT
from workbooks.formats import Formats, clean

SOURCE_SHEET = "_src"
COLUMNS: Mapping[str, int] = {
    "表页": 18,
    "单元格": 9,
    "行": 30,
    "列": 16,
    "数值": 16,
    "算法": 24,
    "序列": 30,
    "项目": 16,
    "统计期": 9,
    "表号": 7,
    "文件": 34,
    "源表": 16,
    "源单元格": 16,
    "版本": 6,
    "文件哈希": 20,
}
PLACE = ("series", "item", "period", "form", "file", "sheet", "cell", "version", "sha256")
AS_TOLD, COUNTED = "填报数", "本簿统计"
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
}
"""One row a published number (as shown: 万元, ratio, and its number format) or light (`text`)."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A number or a light that stands in a published cell.

    Attributes:
        block, row, column: the frame it is of, the words that begin its row, and its header.
        number: as shown (万元, ratio), by the number format `pattern`; None for a light, whose character is `text`.
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
    formula: str = ""
    work: str = ""
    keys: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        """How many lines of `_src` it takes."""
        return 0 if self.number is None else max(1, len(self.keys))

    @property
    def how(self) -> str:
        """公式 =F5/G5-1, (1)÷(2) of the sources that follow, or 填报数."""
        if self.formula:
            return f"公式 {self.formula}"
        if not self.keys:
            return COUNTED
        if not self.work:
            return AS_TOLD if len(self.keys) == 1 else "、".join(f"({n})" for n in range(1, len(self.keys) + 1))
        numbers = {f"[{key}]": f"({n})" for n, key in enumerate(self.keys, start=1)}
        work = KEYS.sub(lambda hit: numbers.get(hit[0], hit[0]), self.work)
        return work if len(work) <= LONGEST_WORK else f"{work[:LONGEST_WORK]}…"


def shown(printed: Iterable[Printed]) -> pl.DataFrame:
    """What stands in the published cells (SHOWN)."""
    rows = [{name: getattr(one, name) for name in SHOWN} | {"keys": list(one.keys)} for one in printed]
    return pl.DataFrame(rows, schema=dict(SHOWN))


def write_sources(
    book: xlsxwriter.Workbook, formats: Formats, facts: Facts, printed: Sequence[Printed], language: Language = CHINESE
) -> None:
    """The sheet `_src`: the first line of every number leads back to its cell."""
    page = book.add_worksheet(SOURCE_SHEET)
    page.set_tab_color("#BFBFBF")
    page.freeze_panes(1, 2)
    page.fit_to_pages(1, 1)
    page.print_area(0, 0, 0, len(COLUMNS) - 1)  # who prints the whole workbook wants none of its thousands of lines
    for column, (name, width) in enumerate(COLUMNS.items()):
        page.write_string(0, column, language.say(name), formats.header())
        page.set_column(column, column, width)
    places = facts.places(key for one in printed for key in one.keys)
    link, at = formats.link(), 0
    for one in printed:
        for number, key in enumerate(one.keys or ("",) * one.lines):
            at += 1
            if number == 0:
                page.write_url(at, 1, f"internal:'{one.sheet}'!{one.cell}", link, one.cell)
            else:
                page.write_string(at, 1, one.cell)
            page.write_string(at, 0, one.sheet)
            page.write_string(at, 2, language.say_parts(clean(one.row)))
            page.write_string(at, 3, clean(one.column))
            page.write_number(at, 4, float(one.number or 0))
            page.write_string(at, 5, one.how)
            source = places.get(key)
            for column, name in enumerate(PLACE if source else (), start=6):
                page.write_string(at, column, clean(source[name]))  # type: ignore[index]
    page.autofilter(0, 0, max(at, 1), len(COLUMNS) - 1)


@dataclass(frozen=True, slots=True)
class Source:
    """One line of `_src`."""

    sheet: str
    cell: str
    row: str
    column: str
    value: float
    how: str
    place: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lineage:
    """A published workbook as its lineage is read.

    Attributes:
        sources: sheet and cell → its lines of `_src`.
        values, formulas, patterns: sheet → cell → what stands there, and the number format it is shown in.
    """

    sources: Mapping[tuple[str, str], tuple[Source, ...]]
    values: Mapping[str, Mapping[str, Any]]
    formulas: Mapping[str, Mapping[str, str]]
    patterns: Mapping[str, Mapping[str, str]]

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
    if SOURCE_SHEET not in told.sheetnames:
        raise ValueError(f"{path.name} 没有 {SOURCE_SHEET} 表，不是本系统发布的工作簿。")
    sources: dict[tuple[str, str], tuple[Source, ...]] = {}
    for line in _lines(told[SOURCE_SHEET]):
        key = (line.sheet, line.cell)
        sources[key] = (*sources.get(key, ()), line)
    values = {sheet.title: _cells(sheet) for sheet in told.worksheets}
    formulas = {
        sheet.title: {at: text for at, text in _cells(sheet).items() if isinstance(text, str) and text.startswith("=")}
        for sheet in live.worksheets
    }
    patterns = {
        sheet.title: {c.coordinate: c.number_format for row in sheet.iter_rows() for c in row if c.value is not None}
        for sheet in told.worksheets
    }
    return Lineage(sources, values, formulas, patterns)


def _lines(sheet: Any) -> Iterator[Source]:
    for row in sheet.iter_rows(min_row=2, values_only=True):
        texts = ["" if value is None else str(value) for value in row]
        place = dict(zip(PLACE, texts[6:], strict=False)) if texts[6] else {}
        yield Source(texts[0], texts[1], texts[2], texts[3], float(row[4] or 0), texts[5], place)


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
