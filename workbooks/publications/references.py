"""Cells of the workbook itself that a number was worked out of.

While a frame is made nobody knows where it will stand: its work names cells by block and column. `{indicators.light@code=I0301}`
is the light of one row, `{overview.blue@department=区税务局}` the cells of the rows that it holds for, `{reports.due}` a
whole column; of several blocks, parted by `|`, the first that stands in this workbook is meant. Published are the
cells: M02!O5,O8:O11.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from transforms.ranges import row_ranges

NAMED = re.compile(r"\{(\w+\.[^{}]+)\}")
CELLS = re.compile(r"\b([MQ]\d\d)!((?:[A-Z]{1,3}\d+(?::[A-Z]{1,3}\d+)?,?)+)")
"""Published: the code of a sheet and some cells of it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a block stands: the code of its sheet, its first row (from 0), the grid column of each code, and its rows."""

    sheet: str
    first: int
    columns: Mapping[str, int]
    rows: Sequence[Mapping[str, Any]]

    def cells(self, column: str, wanted: Mapping[str, frozenset[str]]) -> str:
        """The cells of a column in the rows that hold one of the wanted words in each column named. Where none does –
        something was counted and there was none –, all that were looked at; of a block without rows, its first cell."""
        at = self.columns.get(column, 0)
        held = [n for n, row in enumerate(self.rows) if all(str(row.get(name)) in of for name, of in wanted.items())]
        looked_at = held if wanted and held else [n for n, row in enumerate(self.rows) if row["kind"] == "data"]
        spans = [(self._cell(first, at), self._cell(last, at)) for first, last in row_ranges(looked_at)]
        told = ",".join(first if first == last else f"{first}:{last}" for first, last in spans)
        return f"{self.sheet}!{told or self._cell(0, 0)}"

    def _cell(self, row: int, column: int) -> str:
        return str(xl_rowcol_to_cell(self.first + row, column))


def with_references(work: str, blocks: Mapping[str, Standing]) -> str:
    """A work with the cells in place of the blocks and columns that it names. A block that does not stand in this
    workbook leaves nothing."""
    return NAMED.sub(lambda hit: _cells(hit[1].split("|"), blocks), work) if "{" in work else work


def _cells(named: Iterable[str], blocks: Mapping[str, Standing]) -> str:
    for one in named:
        place, _, where = one.partition("@")
        block, _, column = place.partition(".")
        if block in blocks:
            pairs = [part.partition("=") for part in where.split("&") if part]
            return blocks[block].cells(column, {name: frozenset(words.split(",")) for name, _, words in pairs})
    return ""


def references_in(work: str) -> list[tuple[str, str]]:
    """The cells that a published work names, one by one: code of the sheet, and a cell or a range."""
    return [(sheet, cell) for sheet, cells in CELLS.findall(work) for cell in cells.split(",") if cell]
