"""Read SpreadsheetML 2003: the XML that Excel 2003 and many systems save under the name .xls."""

import re

from workbooks.reading.cells import LAST_COLUMN, LAST_ROW, Allowance, Book, Cell, Kind, Sheet, Visibility, damaged
from workbooks.reading.guard import Limits
from workbooks.reading.markup import parse, whole
from workbooks.reading.stored import decimal_text, interpret_iso_date
from workbooks.reading.styles import NAMED_FORMATS
from workbooks.reading.unreadable import UnreadableReturn

_SPACE = "urn:schemas-microsoft-com:office:spreadsheet "
_OLD_SPACE = "urn:schemas-microsoft-com:office:excel "
_VISIBILITIES: dict[str, Visibility] = {"SheetHidden": "hidden", "SheetVeryHidden": "veryHidden"}
_MILLISECONDS = re.compile(r"\.0+$")


def read_spreadsheetml(data: bytes, limits: Limits) -> Book:
    """The cells of a SpreadsheetML 2003 workbook.

    Raises:
        UnreadableReturn: no well-formed XML, a DTD, or over a limit.
    """
    reader = _Reader(limits)
    parse(data, reader.start, reader.end, reader.texts.append)
    return Book(tuple(reader.sheets), False, "spreadsheetml")


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.allowance, self.merged = Allowance(limits.cells), Allowance(limits.merged_area)
        self.sheets: list[Sheet] = []
        self.styles: dict[str, tuple[str, int]] = {}
        self.style, self.name = "", ""
        self.visible: Visibility = "visible"
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden: set[int] = set()
        self.row = self.column = self.span = 0
        self.cell: dict[str, str] = {}
        self.row_style = ""
        self.type = ""
        self.value: str | None = None
        self.in_comment = False
        self.texts: list[str] = []

    def start(self, name: str, given: dict[str, str]) -> None:
        attributes = {key.rpartition(" ")[2]: value for key, value in given.items()}
        if name in (f"{_SPACE}Data", f"{_OLD_SPACE}Visible"):
            self.texts.clear()
        match name.removeprefix(_SPACE):
            case "Style":
                self.style = attributes.get("ID", "")
                self.styles[self.style] = self.styles.get(attributes.get("Parent", ""), ("General", 0))
            case "NumberFormat":
                told = attributes.get("Format", "General")
                self.styles[self.style] = (NAMED_FORMATS.get(told, told), self.styles.get(self.style, ("", 0))[1])
            case "Alignment":
                indent = attributes.get("Indent", "0")
                self.styles[self.style] = (self.styles.get(self.style, ("General", 0))[0], whole(indent))
            case "Worksheet":
                self.name, self.visible = attributes.get("Name", ""), "visible"
                self.cells, self.merges, self.hidden, self.row = {}, [], set(), 0
            case "Row":
                self.row = whole(attributes["Index"]) if "Index" in attributes else self.row + 1
                self.column, self.row_style = 0, attributes.get("StyleID", "")
                self.span = whole(attributes.get("Span", "0"))  # so many equal empty rows follow
                if attributes.get("Hidden") == "1":
                    self.hidden.add(self.row)
                self.allowance.take()
            case "Cell":
                self.column = whole(attributes["Index"]) if "Index" in attributes else self.column + 1
                self.cell, self.type, self.value = attributes, "", None
                self.allowance.take()
            case "Comment":
                self.in_comment = True
            case "Data" if not self.in_comment:
                self.type = attributes.get("Type", "String")

    def end(self, name: str) -> None:
        match name.removeprefix(_SPACE):
            case "Data" if not self.in_comment:
                self.value = "".join(self.texts)
            case "Cell":
                self.end_cell()
            case "Row":
                self.row += self.span
            case "Comment":
                self.in_comment = False
            case "Worksheet":
                if len(self.sheets) >= self.limits.sheets:
                    raise UnreadableReturn(
                        "too_many_sheets", facts={"found": len(self.sheets) + 1, "limit": self.limits.sheets}
                    )
                columns: frozenset[int] = frozenset()
                hidden = frozenset(self.hidden)
                self.sheets.append(Sheet(self.name, self.visible, self.cells, self.merges, hidden, columns))
        if name == f"{_OLD_SPACE}Visible":
            self.visible = _VISIBILITIES.get("".join(self.texts).strip(), "visible")

    def end_cell(self) -> None:
        row, column = self.row, self.column
        across, down = (whole(self.cell.get(name, "0")) for name in ("MergeAcross", "MergeDown"))
        if not (0 < row <= LAST_ROW - down and 0 < column <= LAST_COLUMN - across):
            raise damaged(f"no such place: row {row}, column {column}")
        if across or down:
            self.merged.take((across + 1) * (down + 1))
            self.merges.append((row, column, row + down, column + across))
        self.column += across
        formula = self.cell.get("Formula")
        if self.value is None and not formula:
            return
        if (row, column) in self.cells:
            raise UnreadableReturn("duplicate_cells", facts={"found": f"R{row}C{column}"})
        number_format, indent = self.styles.get(self.cell.get("StyleID", self.row_style), ("General", 0))
        told: tuple[Kind, str] = ("empty", "") if self.value is None else self.interpret(self.value)
        cached = self.value is not None and formula is not None
        self.cells[row, column] = Cell(row, column, *told, formula, cached, number_format, indent)

    def interpret(self, value: str) -> tuple[Kind, str]:
        match self.type:
            case "Number":
                number = decimal_text(value)
                return ("number", number) if number is not None else ("text", value)
            case "DateTime":
                return interpret_iso_date(_MILLISECONDS.sub("", value))
            case "Boolean":
                return "bool", "TRUE" if value.strip() == "1" else "FALSE"
            case "Error":
                return "error", value.strip()
        return "text", value
