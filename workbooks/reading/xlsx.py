"""Read an .xlsx workbook (.xlsm, .et in that dress, either OOXML dialect) into cells, in one pass a sheet.

The reader is sparse: it costs what the file holds, whatever box the cells span. It trusts nothing about
sizes: `guard.check` comes first, and `worker.read_books` puts limits on memory and time.
"""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from itertools import chain
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote
from zipfile import ZipFile

from workbooks.reading.cells import (
    LAST_COLUMN,
    LAST_ROW,
    Book,
    Cell,
    Kind,
    Sheet,
    Visibility,
    address,
    collector_paused,
    damaged,
    place_of,
)
from workbooks.reading.formulas import shift
from workbooks.reading.kinds import zip_faults
from workbooks.reading.markup import in_namespaces, is_true, local, parse, whole
from workbooks.reading.rows import ATTRIBUTE, Place, PlainRow, Skeleton, plain_rows, plain_strings
from workbooks.reading.stored import date_text, decimal_text, interpret_iso_date, unescape
from workbooks.reading.styles import GENERAL, Style, read_styles
from workbooks.reading.unreadable import UnreadableReturn


def read_xlsx(data: bytes) -> Book:
    """Read every worksheet of an .xlsx file.

    Args:
        data: The file. Both OOXML dialects (transitional, strict) are read.
    Raises:
        UnreadableReturn: not a zip, a part is missing or is not XML, a DTD, a cell told twice.
    """
    with zip_faults():
        archive = ZipFile(BytesIO(data))
    with archive, collector_paused():
        return _read_package(_Package(archive))


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
            raise damaged(f"no part {name}")
        with zip_faults():
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

        parse(self.part(path), start)
        return found


def _read_package(package: _Package) -> Book:
    workbook = _target(package.relations(""), "officeDocument") or "xl/workbook.xml"
    relations = package.relations(workbook)
    tabs, date1904, to_compute = _read_tabs(package.part(workbook))
    strings = _target(relations, "sharedStrings")
    styles = _target(relations, "styles")
    texts = _read_strings(package.part(strings)) if strings else []
    formats = read_styles(package.part(styles)) if styles else {}
    sheets: list[Sheet] = []
    used: set[str] = set()
    for tab in tabs:
        relation = relations.get(tab.relation)
        if relation is None:
            raise damaged(f"sheet {tab.name} has no part")
        if relation.kind != "worksheet":
            continue
        if relation.target in used:
            raise damaged(f"two sheets share {relation.target}")
        used.add(relation.target)
        reader = _SheetReader(texts, formats, date1904, to_compute)
        reader.read(package.part(relation.target))
        sheets.append(reader.sheet(tab))
    return Book(tuple(sheets), date1904)


def _target(relations: dict[str, _Relation], kind: str) -> str | None:
    return next((relation.target for relation in relations.values() if relation.kind == kind), None)


# Workbook, shared strings and styles


class _Tab(NamedTuple):
    name: str
    visible: Visibility
    relation: str


_VISIBILITIES: dict[str, Visibility] = {"hidden": "hidden", "veryHidden": "veryHidden"}


def _read_tabs(part: bytes) -> tuple[list[_Tab], bool, bool]:
    """The tabs; whether dates count from 1904; whether the results are still to be computed when it is opened."""
    tabs: list[_Tab] = []
    date1904 = to_compute = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal date1904, to_compute
        match local(name):
            case "sheet":
                relation = next((value for key, value in attributes.items() if local(key) == "id"), "")
                visible = _VISIBILITIES.get(attributes.get("state", ""), "visible")
                tabs.append(_Tab(unescape(attributes.get("name", "")), visible, relation))
            case "workbookPr":
                date1904 = is_true(attributes.get("date1904"))
            case "calcPr":
                to_compute = is_true(attributes.get("fullCalcOnLoad"))

    parse(part, start)
    return tabs, date1904, to_compute


def _read_strings(part: bytes) -> list[str]:
    """The shared strings; runs of rich text are joined, phonetic readings (rPh) left out."""
    plain = plain_strings(part)
    if plain is not None:
        return [unescape(text) for text in plain]
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
            strings.append(unescape("".join(runs)))
            runs.clear()
        elif name in readings:
            in_reading = False

    readings, text_ends, item_ends = (in_namespaces({name: True}) for name in ("rPh", "t", "si"))
    parse(part, start, end, texts.append)
    return strings


# A sheet

_NO_RESULT: tuple[Kind, str] = ("empty", "")


_Dressed = tuple[str, int, int, bool, str, int, Place]
"""Kind, column, which value, whether a date, number format, indent; and the place itself for what is not usual."""


class _SheetReader:
    """Takes the events of one sheet part and gathers its cells.

    Text of v, f and t arrives in `texts`, which is cleared at their start and joined at their end.
    """

    def __init__(self, strings: list[str], styles: dict[str, Style], date1904: bool, to_compute: bool) -> None:
        self.strings, self.styles, self.date1904 = strings, styles, date1904
        self.to_compute = to_compute
        self.plain = styles.get("0", GENERAL)
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
        self.starts = in_namespaces(self._start_actions())
        self.ends = in_namespaces(self._end_actions())

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

    def read(self, part: bytes) -> None:
        """The rows in the fast way where the sheet is plain; the XML parser reads the rest, and every other sheet."""
        found = plain_rows(part, len(self.styles))
        if found is not None:
            rows, part = found
            self.add_rows(rows)
        parse(part, self.start, self.end, self.texts.append)

    def add_rows(self, rows: list[PlainRow]) -> None:
        """The cells of plain rows. One loop for all of them: it is most of what reading costs."""
        cells, strings, date1904 = self.cells, self.strings, self.date1904
        new, count = partial(tuple.__new__, Cell), len(strings)
        known: dict[int, list[_Dressed]] = {}
        for row, skeleton, values in rows:
            if skeleton.hidden:
                self.hidden_rows.append(row)
            places = known.get(id(skeleton))
            if places is None:
                places = known[id(skeleton)] = self.dress(skeleton)
            for kind, column, at, is_date, number_format, indent, place in places:
                if kind == "s":
                    value = values[at]
                    if value.isdecimal() and (index := int(value)) < count:
                        cells[row, column] = new(
                            (row, column, "text", strings[index], None, False, number_format, indent)
                        )
                        continue
                elif kind == "n":
                    number = decimal_text(values[at])
                    if number is not None:
                        if not is_date:
                            cells[row, column] = new(
                                (row, column, "number", number, None, False, number_format, indent)
                            )
                            continue
                        day = date_text(number, date1904)
                        if day is not None:
                            cells[row, column] = new((row, column, "date", day, None, False, number_format, indent))
                            continue
                elif kind == "str":
                    cells[row, column] = new(
                        (row, column, "text", unescape(values[at]), None, False, number_format, indent)
                    )
                    continue
                self.add_cell(row, place, values)

    def dress(self, skeleton: Skeleton) -> list["_Dressed"]:
        """The places of a skeleton with their styles; kind "": not one of the usual."""
        kinds = {"n": "n", "s": "s", "str": "str", "inlineStr": "str"}
        dressed = []
        for place in skeleton.places:
            style = self.plain if place.style is None else self.styles.get(place.style, self.plain)
            kind = kinds.get(place.type, "") if place.formula is None and place.value >= 0 else ""
            dressed.append((kind, place.column, place.value, style.is_date, style.number_format, style.indent, place))
        return dressed

    def add_cell(self, row: int, place: Place, values: list[str]) -> None:
        """A cell of a plain row as the XML parser would tell it."""
        self.row, self.column, self.type = row, place.column, place.type
        self.style = self.plain if place.style is None else self.styles.get(place.style, self.plain)
        self.value = values[place.value] if place.value >= 0 else None
        self.formula = None
        if place.formula is not None:
            self.formula_attributes = dict(ATTRIBUTE.findall(place.attributes))
            self.texts[:] = (place.formula,)
            self.end_formula()
        self.end_cell()

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
        self.row = self.row + 1 if told is None else whole(told)
        self.column = 0
        if is_true(attributes.get("hidden")):
            self.hidden_rows.append(self.row)

    def start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        if place is None:
            self.column += 1
        else:
            self.row, self.column = place_of(place)
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
        return shift(formula, self.row - row, self.column - column)

    def end_cell(self) -> None:
        value, formula, style = self.value, self.formula, self.style
        # <v></v> is a stored result only where the result is a text.
        if value == "" and self.type not in ("str", "inlineStr"):
            value = None
        if value is None and formula is None:
            return
        # A library that cannot compute stores 0 for every result and asks whoever opens the file to compute.
        if value == "0" and formula is not None and self.to_compute:
            value = None
        row, column = place = self.row, self.column
        if place in self.cells:
            raise UnreadableReturn("duplicate_cells", facts={"found": address(row, column)})
        if not (0 < row <= LAST_ROW and 0 < column <= LAST_COLUMN):
            raise damaged(f"no such place: row {row}, column {column}")
        kind, text = _NO_RESULT if value is None else self.interpret(value)
        cached = value is not None and formula is not None
        self.cells[place] = Cell(row, column, kind, text, formula, cached, style.number_format, style.indent)

    def interpret(self, value: str) -> tuple[Kind, str]:
        """Kind and text of a stored value, by the type of its cell."""
        if self.type == "n":
            return self.interpret_number(value)
        match self.type:
            case "s":
                index = whole(value.strip())
                if index >= len(self.strings):
                    raise damaged(f"no shared string {index}")
                return "text", self.strings[index]
            case "b":
                return "bool", "TRUE" if is_true(value.strip()) else "FALSE"
            case "e":
                return "error", value.strip()
            case "d":
                return interpret_iso_date(value)
        return "text", unescape(value)

    def interpret_number(self, value: str) -> tuple[Kind, str]:
        number = decimal_text(value)
        if number is None:
            return "text", value
        if self.style.is_date:
            shown = date_text(number, self.date1904)
            if shown is not None:
                return "date", shown
        return "number", number

    def add_merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        top, left = place_of(first)
        bottom, right = place_of(last or first)
        self.merges.append((min(top, bottom), min(left, right), max(top, bottom), max(left, right)))

    def add_columns(self, attributes: dict[str, str]) -> None:
        if is_true(attributes.get("hidden")):
            first, last = whole(attributes.get("min", "")), whole(attributes.get("max", ""))
            self.hidden_columns.append(range(first, min(last, LAST_COLUMN) + 1))
