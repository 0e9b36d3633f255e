"""Read .xls and .et (BIFF in OLE2) with xlrd. Formulas come as their stored results: the library tells no more."""

import io
from collections.abc import Sequence
from typing import Any

from workbooks.reading.cells import Allowance, Book, Cell, Kind, Sheet, Visibility
from workbooks.reading.guard import Limits
from workbooks.reading.stored import date_text, decimal_text
from workbooks.reading.styles import is_date_format
from workbooks.reading.unreadable import UnreadableReturn

_VISIBILITIES: dict[int, Visibility] = {1: "hidden", 2: "veryHidden"}


def read_xls(data: bytes, limits: Limits, passwords: Sequence[str] = ()) -> Book:
    """The cells of an .xls or .et file.

    Raises:
        UnreadableReturn: damaged, encrypted, or over a limit.
    """
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO())
        if book.nsheets > limits.sheets:
            raise UnreadableReturn("too_many_sheets", facts={"found": book.nsheets, "limit": limits.sheets})
        allowance = Allowance(limits.cells)
        reader = _BookReader(book, allowance)
        return Book(tuple(reader.sheet(sheet) for sheet in book.sheets()), bool(book.datemode), "xls")
    except (UnreadableReturn, MemoryError):
        raise
    # The library leaves what malformed records raise as it is: struct.error, IndexError, AssertionError …
    except Exception as error:
        if "encrypted" in str(error).lower():
            return _read_encrypted(data, limits, passwords)
        raise UnreadableReturn("damaged", f"{type(error).__name__}: {error}") from error


def _read_encrypted(data: bytes, limits: Limits, passwords: Sequence[str]) -> Book:
    from workbooks.reading.encrypted import decrypt

    opened = decrypt(data, passwords)
    if opened == data:
        raise UnreadableReturn("encrypted")
    return read_xls(opened, limits)


class _BookReader:
    def __init__(self, book: Any, allowance: Allowance) -> None:
        self.book, self.allowance = book, allowance
        self.styles: dict[int, tuple[str, int, bool]] = {}

    def sheet(self, sheet: Any) -> Sheet:
        cells: dict[tuple[int, int], Cell] = {}
        for row in range(sheet.nrows):
            kinds, values = sheet.row_types(row), sheet.row_values(row)
            self.allowance.take(len(kinds))
            for column, (kind, value) in enumerate(zip(kinds, values, strict=True)):
                if kind in (0, 6):  # no cell, and a cell with only a format
                    continue
                number_format, indent, is_date = self.style(sheet.cell_xf_index(row, column))
                told = self.interpret(kind, value, is_date)
                cells[row + 1, column + 1] = Cell(row + 1, column + 1, *told, None, False, number_format, indent)
        merges = [(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells]
        rows = frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
        columns = frozenset(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden)
        visible = _VISIBILITIES.get(sheet.visibility, "visible")
        return Sheet(sheet.name, visible, cells, merges, rows, columns)

    def style(self, index: int) -> tuple[str, int, bool]:
        """Number format, indent, and whether it shows a date."""
        found = self.styles.get(index)
        if found is None:
            style = self.book.xf_list[index]
            number_format = self.book.format_map[style.format_key].format_str or "General"
            found = number_format, style.alignment.indent_level, is_date_format(number_format)
            self.styles[index] = found
        return found

    def interpret(self, kind: int, value: Any, is_date: bool) -> tuple[Kind, str]:
        match kind:
            case 2 | 3:
                number = decimal_text(repr(value)) or "0"
                shown = date_text(number, bool(self.book.datemode)) if is_date else None
                return ("date", shown) if shown is not None else ("number", number)
            case 4:
                return "bool", "TRUE" if value else "FALSE"
            case 5:
                import xlrd

                return "error", xlrd.error_text_from_code.get(value, "#VALUE!")
        return "text", str(value)
