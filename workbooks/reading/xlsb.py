"""Read binary workbooks (.xlsb, BIFF12) into cells. Formulas come as "=…": their text is compiled, their result is not.

A record is a type and a length, both in bytes of seven bits, and so many bytes. Source: [MS-XLSB].
"""

import struct
from collections.abc import Iterator
from io import BytesIO
from posixpath import join, normpath
from typing import NamedTuple
from zipfile import ZipFile

from workbooks.reading.cells import (
    LAST_COLUMN,
    LAST_ROW,
    Allowance,
    Book,
    Cell,
    Kind,
    Sheet,
    Visibility,
    address,
    damaged,
)
from workbooks.reading.guard import Limits
from workbooks.reading.kinds import zip_faults
from workbooks.reading.markup import parse
from workbooks.reading.stored import date_text, decimal_text
from workbooks.reading.styles import BUILTIN_FORMATS, GENERAL, Style, is_date_format
from workbooks.reading.unreadable import UnreadableReturn

_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _STRING, _SHARED = range(8)
_FORMULA_STRING, _FORMULA_NUMBER, _FORMULA_BOOL, _FORMULA_ERROR = range(8, 12)
_SHARED_ITEM, _FORMAT, _XF, _COLUMN, _RICH_STRING = 19, 44, 47, 60, 62
_BOOK_PROPERTIES, _TAB, _MERGE, _CELL_FORMATS, _END_CELL_FORMATS = 153, 156, 176, 617, 618
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_VISIBILITIES: dict[int, Visibility] = {1: "hidden", 2: "veryHidden"}
_COMPILED = "=…"


class _Tab(NamedTuple):
    name: str
    visible: Visibility
    relation: str


def read_xlsb(data: bytes, limits: Limits) -> Book:
    """The cells of a binary workbook.

    Raises:
        UnreadableReturn: damaged, or over a limit.
    """
    try:
        with zip_faults(), ZipFile(BytesIO(data)) as archive:
            return _read_parts(archive, limits)
    except (LookupError, UnicodeDecodeError) as error:
        raise damaged(f"a record: {type(error).__name__}: {error}") from error


def _read_parts(archive: ZipFile, limits: Limits) -> Book:
    names = {name.lower(): name for name in archive.namelist()}

    def part(name: str) -> bytes:
        found = names.get(name.lower())
        return archive.read(found) if found else b""

    targets: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("Relationship") and attributes.get("TargetMode") != "External":
            target = normpath(join("/xl", attributes.get("Target", ""))).lstrip("/")
            targets[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)

    parse(part("xl/_rels/workbook.bin.rels"), start)
    tabs, date1904 = _read_tabs(part("xl/workbook.bin"))
    if len(tabs) > limits.sheets:
        raise UnreadableReturn("too_many_sheets", facts={"found": len(tabs), "limit": limits.sheets})
    texts = [text for kind, target in targets.values() if kind == "sharedStrings" for text in _shared(part(target))]
    styles = [style for kind, target in targets.values() if kind == "styles" for style in _read_styles(part(target))]
    allowance, merged = Allowance(limits.cells), Allowance(limits.merged_area)
    sheets = []
    for tab in tabs:
        kind, target = targets[tab.relation]
        if kind == "worksheet":
            sheets.append(_read_sheet(part(target), tab, texts, styles, date1904, allowance, merged))
    return Book(tuple(sheets), date1904, "xlsb")


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(part)
    while at < end:
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (part[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while True:
            byte = part[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:
                break
        if at + size > end:
            raise damaged("a record beyond the end of its part")
        yield kind, part[at : at + size]
        at += size


def _text(record: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", record, at)
    end = at + 4 + 2 * length
    if length == 0xFFFFFFFF:
        return "", at + 4
    if end > len(record):
        raise damaged("a text beyond the end of its record")
    return record[at + 4 : end].decode("utf-16-le", "replace"), end


def _read_tabs(part: bytes) -> tuple[list[_Tab], bool]:
    tabs: list[_Tab] = []
    date1904 = False
    for kind, record in _records(part):
        if kind == _BOOK_PROPERTIES:
            date1904 = bool(record[0] & 1)
        elif kind == _TAB:
            (state,) = struct.unpack_from("<I", record)
            relation, at = _text(record, 8)
            name, _ = _text(record, at)
            tabs.append(_Tab(name, _VISIBILITIES.get(state, "visible"), relation))
    return tabs, date1904


def _shared(part: bytes) -> Iterator[str]:
    for kind, record in _records(part):
        if kind == _SHARED_ITEM:
            yield _text(record, 1)[0]


def _read_styles(part: bytes) -> Iterator[Style]:
    formats = dict(BUILTIN_FORMATS)
    in_cells = False
    for kind, record in _records(part):
        if kind == _FORMAT:
            formats[struct.unpack_from("<H", record)[0]] = _text(record, 2)[0]
        elif kind in (_CELL_FORMATS, _END_CELL_FORMATS):
            in_cells = kind == _CELL_FORMATS
        elif kind == _XF and in_cells:
            number_format = formats.get(struct.unpack_from("<H", record, 2)[0], "General")
            yield Style(number_format, record[11], is_date_format(number_format))


def _read_sheet(
    part: bytes,
    tab: _Tab,
    texts: list[str],
    styles: list[Style],
    date1904: bool,
    allowance: Allowance,
    merged: Allowance,
) -> Sheet:
    cells: dict[tuple[int, int], Cell] = {}
    merges: list[tuple[int, int, int, int]] = []
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    row = 0
    for kind, record in _records(part):
        if kind == _ROW:
            row = struct.unpack_from("<I", record)[0] + 1
            if record[11] & 0x10:
                hidden_rows.add(row)
        elif kind <= _FORMULA_ERROR or kind == _RICH_STRING:
            allowance.take()
            if kind == _BLANK:
                continue
            number, style_bits = struct.unpack_from("<II", record)
            column, index = number + 1, style_bits & 0xFFFFFF
            if not (0 < row <= LAST_ROW and column <= LAST_COLUMN):
                raise damaged(f"no such place: row {row}, column {column}")
            if (row, column) in cells:
                raise UnreadableReturn("duplicate_cells", facts={"found": address(row, column)})
            style = styles[index] if index < len(styles) else GENERAL
            told = _interpret(kind, record, texts, style, date1904)
            is_formula = _FORMULA_STRING <= kind <= _FORMULA_ERROR
            formula = _COMPILED if is_formula else None
            cells[row, column] = Cell(row, column, *told, formula, is_formula, style.number_format, style.indent)
        elif kind == _MERGE:
            top, bottom, left, right = (n + 1 for n in struct.unpack_from("<IIII", record))
            merged.take((bottom - top + 1) * (right - left + 1))
            merges.append((top, left, bottom, right))
        elif kind == _COLUMN:
            first, last = struct.unpack_from("<II", record)
            if record[16] & 1:
                hidden_columns.update(range(first + 1, min(last + 1, LAST_COLUMN) + 1))
    return Sheet(tab.name, tab.visible, cells, merges, frozenset(hidden_rows), frozenset(hidden_columns))


def _interpret(kind: int, record: bytes, texts: list[str], style: Style, date1904: bool) -> tuple[Kind, str]:
    """Kind and text of a cell record: column, style, then the value."""
    match kind:
        case 2:
            return _number(_rk(record), style, date1904)
        case 5 | 9:
            return _number(struct.unpack_from("<d", record, 8)[0], style, date1904)
        case 3 | 11:
            return "error", _ERRORS.get(record[8], "#VALUE!")
        case 4 | 10:
            return "bool", "TRUE" if record[8] else "FALSE"
        case 7:
            return "text", texts[struct.unpack_from("<I", record, 8)[0]]
        case 62:
            return "text", _text(record, 9)[0]
    return "text", _text(record, 8)[0]


def _rk(record: bytes) -> float:
    """A number in four bytes: an integer or the upper half of a double, perhaps to be divided by a hundred."""
    (bits,) = struct.unpack_from("<i", record, 8)
    if bits & 2:
        value: float = bits >> 2
    else:
        value = struct.unpack("<d", struct.pack("<II", 0, bits & 0xFFFFFFFC))[0]
    return value / 100 if bits & 1 else value


def _number(value: float, style: Style, date1904: bool) -> tuple[Kind, str]:
    number = decimal_text(repr(value))
    if number is None:
        return "error", "#NUM!"
    shown = date_text(number, date1904) if style.is_date else None
    return ("date", shown) if shown is not None else ("number", number)
