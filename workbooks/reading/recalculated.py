"""Results of formulas that a file does not store, taken from the same workbook as LibreOffice computed it."""

import re
from collections.abc import Iterable
from dataclasses import replace

from workbooks.reading.cells import Book, Cell, Sheet

# What looks beyond the workbook is never computed: other files, the network, other programs.
_OUTWARD = re.compile(
    r"\[\d+\]|\[[^\]]*\.[a-z]{2,5}\]|://|\b(?:WEBSERVICE|DDE|RTD|CALL|INDIRECT\.EXT|CUBE\w+)\s*\(|\|", re.I
)
_TEXTS = re.compile(r'"(?:[^"]|"")*"')


def lacks_results(book: Book) -> bool:
    """Whether there are formulas whose result can be computed from the workbook alone, and is not stored."""
    found = False
    for cell in _formulas(book.sheets):
        if looks_outward(cell.formula or ""):
            return False
        found = found or not cell.cached
    return found


def _formulas(sheets: Iterable[Sheet]) -> Iterable[Cell]:
    return (cell for sheet in sheets for cell in sheet.cells.values() if cell.formula)


def looks_outward(formula: str) -> bool:
    return bool(_OUTWARD.search(_TEXTS.sub('""', formula)))


def fill_results(told: Book, computed: Book) -> Book:
    """The book as told; a formula without a stored result gets the computed one and keeps `cached` False."""
    sheets = (_fill(sheet, other) if (other := computed.sheet(sheet.name)) else sheet for sheet in told.sheets)
    return replace(told, sheets=tuple(sheets))


def _fill(told: Sheet, computed: Sheet) -> Sheet:
    cells = {
        place: _result(cell, computed.cells.get(place)) if cell.formula and not cell.cached else cell
        for place, cell in told.cells.items()
    }
    return replace(told, cells=cells)


def _result(cell: Cell, computed: Cell | None) -> Cell:
    if computed is None or computed.kind == "empty":
        return cell
    return cell._replace(kind=computed.kind, text=computed.text)
