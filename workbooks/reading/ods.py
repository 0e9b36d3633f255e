"""Read OpenDocument spreadsheets (.ods) from their content.xml, in one pass.

Rows and cells that repeat are told once with a number; the end of a sheet is a million empty rows told so. Only what
holds a value is taken so many times, within the limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple
from zipfile import ZipFile

from workbooks.reading.cells import LAST_COLUMN, LAST_ROW, Allowance, Book, Cell, Kind, Sheet, damaged
from workbooks.reading.guard import Limits
from workbooks.reading.kinds import zip_faults
from workbooks.reading.markup import parse, whole
from workbooks.reading.stored import decimal_text, interpret_iso_date
from workbooks.reading.unreadable import UnreadableReturn

_SPACES = {
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0": "number",
    "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0": "fo",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}
_HIDDEN = frozenset({"collapse", "filter"})


def read_ods(data: bytes, limits: Limits) -> Book:
    """The cells of an OpenDocument spreadsheet.

    Raises:
        UnreadableReturn: damaged, encrypted, no spreadsheet, or over a limit.
    """
    with zip_faults(), ZipFile(BytesIO(data)) as archive:
        names = {"META-INF/manifest.xml", "styles.xml", "content.xml"} & set(archive.namelist())
        parts = {name: archive.read(name) for name in names}
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise UnreadableReturn("encrypted", "an encrypted OpenDocument")
    if "content.xml" not in parts:
        raise damaged("no content.xml")
    reader = _Reader(limits)
    # Styles that the user named lie in a part of their own.
    for name in ("styles.xml", "content.xml"):
        if name in parts:
            parse(parts[name], reader.start, reader.end, reader.tell)
    if not reader.is_spreadsheet:
        raise UnreadableReturn("not_workbook", "an OpenDocument of another kind")
    return Book(tuple(reader.sheets), False, "ods")


class _Style(NamedTuple):
    number_format: str
    indent: int


_GENERAL = _Style("General", 0)


@dataclass
class _Told:
    """The cell that is being read."""

    attributes: Mapping[str, str]
    paragraphs: list[str] = field(default_factory=list)


def _qualified(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return f"{_SPACES.get(space, '')}:{local}"


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.allowance, self.merged = Allowance(limits.cells), Allowance(limits.merged_area)
        self.sheets: list[Sheet] = []
        self.is_spreadsheet = False
        self.formats: dict[str, str] = {}
        self.styles: dict[str, _Style] = {}
        self.format_name = self.style_name = ""
        self.hidden_tables: dict[str, bool] = {}
        self.names: dict[str, str] = {}
        self.begin_table({})
        self.told: _Told | None = None
        self.silent = 0  # inside a comment or a drawing of a cell, or a table in a table

    def begin_table(self, attributes: Mapping[str, str]) -> None:
        self.table = attributes
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden_rows: list[range] = []
        self.hidden_columns: set[int] = set()
        self.row = self.column = 0
        self.repeat = 1
        self.row_cells: list[Cell] = []
        self.columns: list[tuple[int, str]] = []  # up to which column, its default style
        self.column_end = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        named = self.named(name)
        if self.silent or named in ("office:annotation", "table:shapes", "draw:frame", "table:tracked-changes"):
            self.silent += 1
            return
        attributes = {self.named(key): value for key, value in given.items()}
        kind, _, local = named.partition(":")
        if kind == "table":
            self.start_table(local, attributes)
        elif named == "text:p" and self.told is not None:
            self.told.paragraphs.append("")
        elif named == "text:s":
            self.tell(" " * min(whole(attributes.get("text:c", "1")), 1000))
        elif named in ("text:tab", "text:line-break"):
            self.tell("\t" if named == "text:tab" else "\n")
        elif named == "office:spreadsheet":
            self.is_spreadsheet = True
        else:
            self.start_style(named, attributes)

    def named(self, name: str) -> str:
        found = self.names.get(name)
        if found is None:
            found = self.names[name] = _qualified(name)
        return found

    def end(self, name: str) -> None:
        if self.silent:
            self.silent -= 1
            return
        match self.named(name):
            case "table:table-cell" | "table:covered-table-cell":
                self.end_cell()
            case "table:table-row":
                self.end_row()
            case "table:table":
                self.end_table()

    def tell(self, text: str) -> None:
        if not self.silent and self.told is not None and self.told.paragraphs:
            self.told.paragraphs[-1] += text

    # Styles: a number format is spelt as far as it says how many decimals are shown

    def start_style(self, named: str, attributes: Mapping[str, str]) -> None:
        match named:
            case "number:number-style" | "number:percentage-style" | "number:currency-style":
                self.format_name = attributes.get("style:name", "")
                self.formats[self.format_name] = "%" if "percentage" in named else ""
            case "number:date-style" | "number:time-style":
                self.formats[attributes.get("style:name", "")] = "yyyy-mm-dd" if "date" in named else "h:mm:ss"
                self.format_name = ""
            case "number:number" if self.format_name:
                told = attributes.get("number:decimal-places")
                percent = "%" if "%" in self.formats[self.format_name] else ""
                if told is not None:
                    decimals = min(whole(told), 30)
                    grouped = "#,##0" if attributes.get("number:grouping") == "true" else "0"
                    self.formats[self.format_name] = f"{grouped}.{'0' * decimals}".rstrip(".") + percent
            case "style:style":
                self.style_name = attributes.get("style:name", "")
                base = self.styles.get(attributes.get("style:parent-style-name", ""), _GENERAL)
                own = self.formats.get(attributes.get("style:data-style-name", ""))
                self.styles[self.style_name] = base if own is None else base._replace(number_format=own or "General")
                if attributes.get("style:family") == "table":
                    self.hidden_tables.setdefault(self.style_name, False)
            case "style:paragraph-properties" if self.style_name:
                margin = attributes.get("fo:margin-left", "0").rstrip("abcdefghijklmnopqrstuvwxyz%")
                if margin.strip("0."):
                    self.styles[self.style_name] = self.styles[self.style_name]._replace(indent=1)
            case "style:table-properties" if self.style_name:
                self.hidden_tables[self.style_name] = attributes.get("table:display") == "false"

    # Tables

    def start_table(self, local: str, attributes: Mapping[str, str]) -> None:
        match local:
            case "table":
                if self.told is not None:  # a table in a cell
                    self.silent += 1
                    return
                if len(self.sheets) >= self.limits.sheets:
                    raise UnreadableReturn(
                        "too_many_sheets", facts={"found": len(self.sheets) + 1, "limit": self.limits.sheets}
                    )
                self.begin_table(attributes)
            case "table-column":
                self.start_columns(attributes)
            case "table-row":
                self.row += 1
                self.column, self.row_cells = 0, []
                self.repeat = max(1, whole(attributes.get("table:number-rows-repeated", "1")))
                if attributes.get("table:visibility") in _HIDDEN:
                    self.hidden_rows.append(range(self.row, min(self.row + self.repeat, LAST_ROW + 1)))
            case "table-cell" | "covered-table-cell":
                self.allowance.take()
                self.told = _Told(attributes)

    def start_columns(self, attributes: Mapping[str, str]) -> None:
        first = self.column_end + 1
        self.column_end += whole(attributes.get("table:number-columns-repeated", "1"))
        self.columns.append((self.column_end, attributes.get("table:default-cell-style-name", "")))
        if attributes.get("table:visibility") in _HIDDEN:
            self.hidden_columns.update(range(first, min(self.column_end, LAST_COLUMN) + 1))

    def end_cell(self) -> None:
        told, self.told = self.told, None
        if told is None:
            return
        attributes, first = told.attributes, self.column + 1
        repeat = max(1, whole(attributes.get("table:number-columns-repeated", "1")))
        self.column += repeat
        kind, text = _interpret(attributes, "\n".join(told.paragraphs))
        formula = attributes.get("table:formula")
        across, down = (whole(attributes.get(f"table:number-{n}-spanned", "1")) for n in ("columns", "rows"))
        if across > 1 or down > 1:
            self.merged.take(across * down)
            self.merges.append((self.row, first, self.row + down - 1, first + across - 1))
        if kind == "empty" and formula is None:
            return
        self.allowance.take(repeat - 1)
        if self.column > LAST_COLUMN:
            raise damaged(f"row {self.row} has {self.column} columns")
        spelt = None if formula is None else f"={formula.partition(':=')[2] or formula.lstrip('=')}"
        cached = formula is not None and kind != "empty"
        for column in range(first, self.column + 1):
            style = self.styles.get(attributes.get("table:style-name") or self.style_of(column), _GENERAL)
            self.row_cells.append(Cell(self.row, column, kind, text, spelt, cached, *style))

    def style_of(self, column: int) -> str:
        return next((style for last, style in self.columns if column <= last), "")

    def end_row(self) -> None:
        last = self.row + self.repeat - 1
        if self.row_cells:
            self.allowance.take((self.repeat - 1) * len(self.row_cells))
            if last > LAST_ROW:
                raise damaged(f"{last} rows")
            for row in range(self.row, last + 1):
                for cell in self.row_cells:
                    self.cells[row, cell.column] = cell if row == cell.row else cell._replace(row=row)
        self.row = last

    def end_table(self) -> None:
        hidden = self.hidden_tables.get(self.table.get("table:style-name", ""), False)
        rows = frozenset(row for found in self.hidden_rows for row in found)
        self.sheets.append(
            Sheet(
                self.table.get("table:name", ""),
                "hidden" if hidden else "visible",
                self.cells,
                self.merges,
                rows,
                frozenset(self.hidden_columns),
            )
        )


def _interpret(attributes: Mapping[str, str], shown: str) -> tuple[Kind, str]:
    """Kind and text of a cell, by the type that it names."""
    if attributes.get("calcext:value-type") == "error" or (
        shown.startswith(("Err:", "#")) and "table:formula" in attributes
    ):
        return "error", shown or "#VALUE!"
    match attributes.get("office:value-type"):
        case "float" | "percentage" | "currency":
            number = decimal_text(attributes.get("office:value", ""))
            return ("number", number) if number is not None else ("text", shown)
        case "date":
            return interpret_iso_date(attributes.get("office:date-value", "").partition(".")[0])
        case "boolean":
            return "bool", "TRUE" if attributes.get("office:boolean-value") == "true" else "FALSE"
        case "string":
            return "text", attributes.get("office:string-value", shown)
    return ("text", shown) if shown else ("empty", "")
