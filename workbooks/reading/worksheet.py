"""The cells of one worksheet part: its rows by their shape where it is plain, and by the XML parser where it is not."""

from collections.abc import Callable
from functools import partial
from itertools import chain

from workbooks.reading.cells import (
    LAST_COLUMN,
    LAST_ROW,
    Cell,
    Kind,
    Sheet,
    Visibility,
    address,
    damaged,
    place_of,
)
from workbooks.reading.formulas import shift
from workbooks.reading.markup import in_namespaces, is_true, parse, whole
from workbooks.reading.rows import ATTRIBUTE, Place, PlainRow, Skeleton, plain_rows
from workbooks.reading.stored import date_text, decimal_text, interpret_iso_date, unescape
from workbooks.reading.styles import GENERAL, Styles
from workbooks.reading.unreadable import UnreadableReturn

# So many characters of shared formulas are spelt out cell by cell; a sheet of long ones would cost minutes.
_MOST_DRESSED = 5_000
_MOST_SHIFTED = 20_000_000
_NO_RESULT: tuple[Kind, str] = ("empty", "")


_Dressed = tuple[str, int, int, bool, str, int, Place]
"""Kind, column, which value, whether a date, number format, indent; and the place itself for what is not usual."""


class SheetReader:
    """Takes the events of one sheet part and gathers its cells.

    Text of v, f and t arrives in `texts`, which is cleared at their start and joined at their end.
    """

    def __init__(self, strings: list[str], styles: Styles, date1904: bool, to_compute: bool) -> None:
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
        self.shifted = 0
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

    def sheet(self, name: str, visible: Visibility) -> Sheet:
        columns = frozenset(chain.from_iterable(self.hidden_columns))
        return Sheet(name, visible, self.cells, self.merges, frozenset(self.hidden_rows), columns)

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
        for row, skeleton, values in rows:
            if skeleton.hidden:
                self.hidden_rows.append(row)
            for kind, column, at, is_date, number_format, indent, place in self.dress(skeleton):
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
        known = self.styles.dressed.get(id(skeleton))
        if known is not None:
            return known[1]
        kinds = {"n": "n", "s": "s", "str": "str", "inlineStr": "str"}
        dressed = []
        for place in skeleton.places:
            style = self.plain if place.style is None else self.styles.get(place.style, self.plain)
            kind = kinds.get(place.type, "") if place.formula is None and place.value >= 0 else ""
            dressed.append((kind, place.column, place.value, style.is_date, style.number_format, style.indent, place))
        # A skeleton with formulas is of one row and is not kept.
        if not skeleton.formulas:
            if len(self.styles.dressed) >= _MOST_DRESSED:
                self.styles.dressed.clear()
            self.styles.dressed[id(skeleton)] = (skeleton, dressed)
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
        self.shifted += len(formula)
        if self.shifted > _MOST_SHIFTED:
            return "…"
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
