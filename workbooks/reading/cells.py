"""Read an .xlsx workbook into cells: value, kind, formula, format and place of each, in one pass.

The reader is sparse: it costs what the file holds, whatever box the cells span. It trusts nothing about
sizes: `guard.check` comes first, and `worker.read_books` puts limits on memory and time.
"""

import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import chain
from posixpath import dirname, join, normpath
from typing import Literal, NamedTuple, TypeVar
from urllib.parse import unquote
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from workbooks.reading.unreadable import UnreadableReturn

__all__ = ["Book", "Cell", "Kind", "Sheet", "UnreadableReturn", "address", "read_book"]

Kind = Literal["number", "text", "bool", "error", "date", "empty"]
Visibility = Literal["visible", "hidden", "veryHidden"]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


class Cell(NamedTuple):
    """One cell that holds a value or a formula. Cells with only a format are not kept.

    `text` by kind: number – decimal digits at the 15 significant ones that Excel keeps, no exponent;
    date – ISO date, date and time, or time; bool – TRUE or FALSE; error – as #REF!; empty – "".
    `kind` is "empty" for a formula whose result was not stored. `formula` begins with "=".
    Elapsed times ([h]:mm) are numbers of days; a number beyond Excel's calendar stays a number.
    """

    row: int
    column: int
    kind: Kind
    text: str
    formula: str | None
    cached: bool
    number_format: str
    indent: int

    @property
    def address(self) -> str:
        return address(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet. Rows and columns count from 1; a merge is (row, column, last row, last column)."""

    name: str
    visible: Visibility
    cells: dict[tuple[int, int], Cell]
    merges: list[tuple[int, int, int, int]]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]

    def value_at(self, row: int, column: int) -> Cell | None:
        """The cell that a reader sees there: for a merged place the one at its top left."""
        cell = self.cells.get((row, column))
        if cell is not None:
            return cell
        for top, left, bottom, right in self.merges:
            if top <= row <= bottom and left <= column <= right:
                return self.cells.get((top, left))
        return None

    def rows(self) -> dict[int, list[Cell]]:
        """The cells by row, rows downwards, cells from left to right."""
        found: dict[int, list[Cell]] = {}
        for _, cell in sorted(self.cells.items()):
            found.setdefault(cell.row, []).append(cell)
        return found


@dataclass(frozen=True, slots=True)
class Book:
    """The worksheets of a workbook, in the order of its tabs (chart sheets are left out)."""

    sheets: tuple[Sheet, ...]
    date1904: bool

    def sheet(self, name: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def address(row: int, column: int) -> str:
    """The A1 address of a place: (12, 7) is G12."""
    return f"{_letters(column)}{row}"


def read_book(data: bytes) -> Book:
    """Read every worksheet of an .xlsx file.

    Args:
        data: The file. Both OOXML dialects (transitional, strict) are read.
    Raises:
        UnreadableReturn: not a zip, a part is missing or is not XML, a DTD, a cell told twice.
    """
    try:
        with ZipFile(BytesIO(data)) as archive:
            return _read_package(_Package(archive))
    # What zipfile raises for a damaged member, an unknown method, an encrypted or a truncated one.
    except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableReturn("damaged", f"{type(error).__name__}: {error}") from error


def _damaged(detail: str) -> UnreadableReturn:
    return UnreadableReturn("damaged", detail)


# The package: parts and the relations between them


class _Relation(NamedTuple):
    kind: str  # the last word of the relation's type: worksheet, styles …; the same in both dialects
    target: str


class _Package:
    """The parts of a workbook by name, whatever their case: part names are case-insensitive (OPC)."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.names = {name.lower(): name for name in archive.namelist()}

    def part(self, name: str) -> bytes:
        found = self.names.get(name.lower()) or self.names.get(unquote(name).lower())
        if found is None:
            raise _damaged(f"no part {name}")
        return self.archive.read(found)

    def relations(self, source: str) -> dict[str, _Relation]:
        """The relations of a part by id; of the package when `source` is empty."""
        folder = dirname(source)
        path = join(folder, "_rels", source[len(folder) :].lstrip("/") + ".rels")
        found: dict[str, _Relation] = {}
        if path.lower() not in self.names:
            return found

        def start(name: str, attributes: dict[str, str]) -> None:
            if name.endswith("Relationship") and attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                target = normpath(join("/", folder, attributes.get("Target", ""))).lstrip("/")
                found[attributes.get("Id", "")] = _Relation(kind, target)

        _parse(self.part(path), start)
        return found


def _read_package(package: _Package) -> Book:
    workbook = _target(package.relations(""), "officeDocument") or "xl/workbook.xml"
    relations = package.relations(workbook)
    tabs, date1904 = _read_tabs(package.part(workbook))
    strings = _target(relations, "sharedStrings")
    styles = _target(relations, "styles")
    texts = _read_strings(package.part(strings)) if strings else []
    formats = _read_styles(package.part(styles)) if styles else {}
    sheets: list[Sheet] = []
    used: set[str] = set()
    for tab in tabs:
        relation = relations.get(tab.relation)
        if relation is None:
            raise _damaged(f"sheet {tab.name} has no part")
        if relation.kind != "worksheet":
            continue
        if relation.target in used:
            raise _damaged(f"two sheets share {relation.target}")
        used.add(relation.target)
        reader = _SheetReader(texts, formats, date1904)
        _parse(package.part(relation.target), reader.start, reader.end, reader.texts.append)
        sheets.append(reader.sheet(tab))
    return Book(tuple(sheets), date1904)


def _target(relations: dict[str, _Relation], kind: str) -> str | None:
    return next((relation.target for relation in relations.values() if relation.kind == kind), None)


# XML: names come as "namespace local"

_Action = TypeVar("_Action")
_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main ",
    "http://purl.oclc.org/ooxml/spreadsheetml/main ",
    "",
)


def _parse(
    part: bytes,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(part, True)
    # LookupError and ValueError: an encoding that Python does not know, or that is not of single bytes.
    except (expat.ExpatError, LookupError, UnicodeError) as error:
        raise _damaged(f"XML: {error}") from error


def _refuse_document_type(name: str, *_: object) -> None:
    raise UnreadableReturn("document_type", f"<!DOCTYPE {name}")


def _in_namespaces(actions: Mapping[str, _Action]) -> dict[str, _Action]:
    return {space + name: action for space in _NAMESPACES for name, action in actions.items()}


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise _damaged(f"not a whole number: {text[:40]}")
    return int(text)


def _is_true(text: str | None) -> bool:
    return text in ("1", "true", "on")


# Workbook, shared strings and styles


class _Tab(NamedTuple):
    name: str
    visible: Visibility
    relation: str


_VISIBILITIES: dict[str, Visibility] = {"hidden": "hidden", "veryHidden": "veryHidden"}


def _read_tabs(part: bytes) -> tuple[list[_Tab], bool]:
    tabs: list[_Tab] = []
    date1904 = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal date1904
        match _local(name):
            case "sheet":
                relation = next((value for key, value in attributes.items() if _local(key) == "id"), "")
                visible = _VISIBILITIES.get(attributes.get("state", ""), "visible")
                tabs.append(_Tab(_unescape(attributes.get("name", "")), visible, relation))
            case "workbookPr":
                date1904 = _is_true(attributes.get("date1904"))

    _parse(part, start)
    return tabs, date1904


def _read_strings(part: bytes) -> list[str]:
    """The shared strings; runs of rich text are joined, phonetic readings (rPh) left out."""
    strings: list[str] = []
    texts: list[str] = []
    runs: list[str] = []
    in_reading = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal in_reading
        in_reading = in_reading or name in readings
        texts.clear()

    def end(name: str) -> None:
        nonlocal in_reading
        if name in text_ends and not in_reading:
            runs.append("".join(texts))
        elif name in item_ends:
            strings.append(_unescape("".join(runs)))
            runs.clear()
        elif name in readings:
            in_reading = False

    readings, text_ends, item_ends = (_in_namespaces({name: True}) for name in ("rPh", "t", "si"))
    _parse(part, start, end, texts.append)
    return strings


class _Style(NamedTuple):
    number_format: str
    indent: int
    is_date: bool


_GENERAL = _Style("General", 0, False)

# ECMA-376 18.8.30: formats that a file names by number only; 27–36 and 50–58 as in Chinese (zh-cn).
_BUILTIN_FORMATS = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0', 6: '"¥"#,##0;[Red]"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00', 8: '"¥"#,##0.00;[Red]"¥"-#,##0.00',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)', 42: '_("¥"* #,##0_);_("¥"* (#,##0);_("¥"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("¥"* #,##0.00_);_("¥"* (#,##0.00);_("¥"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"', 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}  # fmt: skip

_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general', re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs]|a{3}|e(?![+-])", re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


def _is_date_format(number_format: str) -> bool:
    """Whether Excel shows a number as a date or a time of day under this format."""
    codes = _LITERALS.sub("", number_format).split(";", 1)[0]
    return bool(_DATE_LETTERS.search(codes)) and not _ELAPSED.search(codes)


def _read_styles(part: bytes) -> dict[str, _Style]:
    """The cell formats by the index that cells name (as text, as cells have it)."""
    own_formats: dict[int, str] = {}
    formats: list[int] = []
    indents: list[int] = []
    section = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal section
        match _local(name):
            case "numFmts" | "cellXfs" | "cellStyleXfs" | "dxfs" as entered:
                section = entered
            case "numFmt" if section == "numFmts":
                own_formats[_whole(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "General")
            case "xf" if section == "cellXfs":
                formats.append(_whole(attributes.get("numFmtId", "0")))
                indents.append(0)
            case "alignment" if section == "cellXfs" and indents:
                indents[-1] = _whole(attributes.get("indent", "0"))

    _parse(part, start)
    known = _BUILTIN_FORMATS | own_formats
    is_date = {number: _is_date_format(known.get(number, "General")) for number in set(formats)}
    return {
        str(index): _Style(known.get(number, "General"), indent, is_date[number])
        for index, (number, indent) in enumerate(zip(formats, indents, strict=True))
    }


# A sheet

_NO_RESULT: tuple[Kind, str] = ("empty", "")


class _SheetReader:
    """Takes the events of one sheet part and gathers its cells.

    Text of v, f and t arrives in `texts`, which is cleared at their start and joined at their end.
    """

    def __init__(self, strings: list[str], styles: dict[str, _Style], date1904: bool) -> None:
        self.strings, self.styles, self.date1904 = strings, styles, date1904
        self.plain = styles.get("0", _GENERAL)
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[range] = []
        self.texts: list[str] = []
        self.row = self.column = 0
        self.type, self.style = "n", self.plain
        self.value: str | None = None
        self.formula: str | None = None
        self.formula_attributes: dict[str, str] = {}
        self.masters: dict[str, tuple[int, int, str]] = {}
        self.in_reading = False
        self.starts = _in_namespaces(self._start_actions())
        self.ends = _in_namespaces(self._end_actions())

    def _start_actions(self) -> dict[str, Callable[[dict[str, str]], None]]:
        return {
            "c": self.start_cell,
            "v": self.start_text,
            "t": self.start_text,
            "row": self.start_row,
            "f": self.start_formula,
            "rPh": self.start_reading,
            "mergeCell": self.add_merge,
            "col": self.add_columns,
        }

    def _end_actions(self) -> dict[str, Callable[[], None]]:
        return {
            "c": self.end_cell,
            "v": self.end_value,
            "t": self.end_run,
            "f": self.end_formula,
            "rPh": self.end_reading,
        }

    def sheet(self, tab: _Tab) -> Sheet:
        columns = frozenset(chain.from_iterable(self.hidden_columns))
        return Sheet(tab.name, tab.visible, self.cells, self.merges, frozenset(self.hidden_rows), columns)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        action = self.starts.get(name)
        if action is not None:
            action(attributes)

    def end(self, name: str) -> None:
        action = self.ends.get(name)
        if action is not None:
            action()

    def start_row(self, attributes: dict[str, str]) -> None:
        told = attributes.get("r")
        self.row = self.row + 1 if told is None else _whole(told)
        self.column = 0
        if _is_true(attributes.get("hidden")):
            self.hidden_rows.append(self.row)

    def start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self.column += 1
        else:
            self.row, self.column = _place(place)
        self.type = attributes.get("t", "n")
        style = attributes.get("s")
        self.style = self.plain if style is None else self.styles.get(style, self.plain)
        self.value = self.formula = None

    def start_text(self, _: dict[str, str]) -> None:
        self.texts.clear()

    def start_formula(self, attributes: dict[str, str]) -> None:
        self.texts.clear()
        self.formula_attributes = attributes

    def start_reading(self, _: dict[str, str]) -> None:
        self.in_reading = True

    def end_reading(self) -> None:
        self.in_reading = False

    def end_value(self) -> None:
        self.value = "".join(self.texts)

    def end_run(self) -> None:
        if not self.in_reading:
            self.value = (self.value or "") + "".join(self.texts)

    def end_formula(self) -> None:
        text = "".join(self.texts)
        match self.formula_attributes.get("t"):
            case "shared":
                text = self.shared_formula(text, self.formula_attributes.get("si", ""))
            case "dataTable":
                text = "TABLE()"
        self.formula = f"={text}" if text else None

    def shared_formula(self, text: str, group: str) -> str:
        """The formula of this cell, where only the first cell of a group tells it."""
        if text:
            self.masters[group] = (self.row, self.column, text)
            return text
        row, column, formula = self.masters.get(group, (self.row, self.column, "#SHARED!"))
        return _shift(formula, self.row - row, self.column - column)

    def end_cell(self) -> None:
        value, formula, style = self.value, self.formula, self.style
        # <v></v> is a stored result only where the result is a text.
        if value == "" and self.type not in ("str", "inlineStr"):
            value = None
        if value is None and formula is None:
            return
        row, column = place = self.row, self.column
        if place in self.cells:
            raise UnreadableReturn("duplicate_cells", facts={"found": address(row, column)})
        if not (0 < row <= LAST_ROW and 0 < column <= LAST_COLUMN):
            raise _damaged(f"no such place: row {row}, column {column}")
        kind, text = _NO_RESULT if value is None else self.interpret(value)
        cached = value is not None and formula is not None
        self.cells[place] = Cell(row, column, kind, text, formula, cached, style.number_format, style.indent)

    def interpret(self, value: str) -> tuple[Kind, str]:
        """Kind and text of a stored value, by the type of its cell."""
        if self.type == "n":
            return self.interpret_number(value)
        match self.type:
            case "s":
                index = _whole(value.strip())
                if index >= len(self.strings):
                    raise _damaged(f"no shared string {index}")
                return "text", self.strings[index]
            case "b":
                return "bool", "TRUE" if _is_true(value.strip()) else "FALSE"
            case "e":
                return "error", value.strip()
            case "d":
                return _interpret_iso_date(value)
        return "text", _unescape(value)

    def interpret_number(self, value: str) -> tuple[Kind, str]:
        number = _decimal_text(value)
        if number is None:
            return "text", value
        if self.style.is_date:
            shown = _date_text(number, self.date1904)
            if shown is not None:
                return "date", shown
        return "number", number

    def add_merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        top, left = _place(first)
        bottom, right = _place(last or first)
        self.merges.append((min(top, bottom), min(left, right), max(top, bottom), max(left, right)))

    def add_columns(self, attributes: dict[str, str]) -> None:
        if _is_true(attributes.get("hidden")):
            first, last = _whole(attributes.get("min", "")), _whole(attributes.get("max", ""))
            self.hidden_columns.append(range(first, min(last, LAST_COLUMN) + 1))


# Places


class _Columns(dict[str, int]):
    """Column numbers by letters, as they come up."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters.upper():
            if not "A" <= letter <= "Z":
                raise _damaged(f"no such column: {letters[:40]}")
            number = number * 26 + ord(letter) - 64
        if not (letters and len(letters) <= 3 and number <= LAST_COLUMN):
            raise _damaged(f"no such column: {letters[:40]}")
        self[letters] = number
        return number


_COLUMNS = _Columns()


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not 0 < len(digits) < 8:
        raise _damaged(f"no such place: {reference[:40]}")
    return int(digits), _COLUMNS[letters]


def _letters(column: int) -> str:
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_REFERENCES = re.compile(
    r"""
    "(?:[^"]|"")*" | '(?:[^']|'')*' | \[[^\]]*\]                    # texts, sheet names, table columns
  | (?<![\w.$]) (\$?)([A-Z]{1,3}) (\$?)([1-9][0-9]{0,6}) (?![\w.(!])  # A1
  | (?<![\w.$:]) (\$?)([A-Z]{1,3}):(\$?)([A-Z]{1,3}) (?![\w.(!$])       # A:C
  | (?<![\w.$:]) (\$?)([1-9][0-9]{0,6}):(\$?)([1-9][0-9]{0,6}) (?![\w.(!$]) # 1:3
    """,
    re.VERBOSE,
)


def _shift(formula: str, rows: int, columns: int) -> str:
    """The formula as copied so many rows down and columns to the right: $ holds a reference still."""

    def moved_column(fixed: str, letters: str) -> str:
        number = _COLUMNS[letters] + (0 if fixed else columns)
        if not 0 < number <= LAST_COLUMN:
            raise IndexError
        return fixed + _letters(number)

    def moved_row(fixed: str, digits: str) -> str:
        number = int(digits) + (0 if fixed else rows)
        if not 0 < number <= LAST_ROW:
            raise IndexError
        return fixed + str(number)

    def move(found: re.Match[str]) -> str:
        part = found.groups("")
        try:
            if part[1]:
                return moved_column(part[0], part[1]) + moved_row(part[2], part[3])
            if part[5]:
                return f"{moved_column(part[4], part[5])}:{moved_column(part[6], part[7])}"
            if part[9]:
                return f"{moved_row(part[8], part[9])}:{moved_row(part[10], part[11])}"
        except IndexError:
            return "#REF!"
        except UnreadableReturn:  # three letters beyond XFD: a name, not a place
            return found[0]
        return found[0]

    return _REFERENCES.sub(move, formula)


# Values

_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?\s*", re.ASCII).fullmatch
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ISO_DATE = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)?(?:T?(?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)?Z?", re.ASCII).fullmatch


def _decimal_text(stored: str) -> str | None:
    """The stored double at 15 significant digits, without exponent; None when it is no number.

    A decimal of 15 digits survives the double and back, so no digit that was typed is lost; the 16th and
    17th, which files carry, are the double's and not the department's. Nothing is computed here.
    """
    if not _NUMBER(stored):
        return None
    text = f"{float(stored):.15g}"
    if "e" in text:
        return f"{Decimal(text):f}"
    if text == "-0":
        return "0"
    return None if "inf" in text else text


def _date_text(number: str, date1904: bool) -> str | None:
    """ISO text of a serial date; None when Excel has no such day (it shows ####)."""
    serial = Decimal(number)
    if not 0 <= serial < 2_958_466:
        return None
    days, seconds = divmod(int(serial * 86_400 + Decimal("0.5")), 86_400)
    days += 1462 if date1904 else 0
    time = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}" if seconds or not days else ""
    if days == 0:
        return time
    if days > 2_958_465:
        return None
    # Excel counts a 29 February 1900 that never was; days before it are one off.
    day = "1900-02-29" if days == 60 else str(date(1899, 12, 30) + timedelta(days + (days < 60)))
    return f"{day}T{time}" if time else day


def _interpret_iso_date(value: str) -> tuple[Kind, str]:
    found = _ISO_DATE(value.strip())
    if not found or not value.strip():
        return "text", value
    day, time = found["day"], found["time"]
    if time and len(time) == 5:
        time += ":00"
    if not day:
        return ("date", time) if time else ("text", value)
    return "date", day if time in (None, "00:00:00") else f"{day}T{time}"


def _unescape(text: str) -> str:
    """Undo Excel's _xHHHH_ for characters that XML cannot hold; _x005F_ is an underscore."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    if _SURROGATE.search(text):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
