"""The one representation of cells that every format is read into: value, kind, formula, format and place.

Whoever looks for tables and figures sees these and never the format of a file.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from workbooks.reading.unreadable import UnreadableReturn

Kind = Literal["number", "text", "bool", "error", "date", "empty"]
Visibility = Literal["visible", "hidden", "veryHidden"]

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


FORMATS = {
    "xlsx": "Excel 工作簿（.xlsx）",
    "xls": "旧版 Excel 或 WPS 表格（.xls、.et）",
    "xlsb": "二进制工作簿（.xlsb）",
    "ods": "OpenDocument 表格（.ods）",
    "csv": "文本（CSV）",
    "html": "网页",
    "spreadsheetml": "XML 表格（2003）",
}
"""The formats that are read, as departments know them."""


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
    """The worksheets of a workbook, in the order of its tabs (chart sheets are left out).

    `format` is what the file really is, a key of `FORMATS`.
    """

    sheets: tuple[Sheet, ...]
    date1904: bool
    format: str = "xlsx"

    def sheet(self, name: str) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.name == name), None)


def address(row: int, column: int) -> str:
    """The A1 address of a place: (12, 7) is G12."""
    return f"{letters_of(column)}{row}"


class Allowance:
    """How many cells a file may still have: for formats whose cells nobody can count before they are read."""

    def __init__(self, limit: int) -> None:
        self.limit, self.taken = limit, 0

    def take(self, cells: int = 1) -> None:
        self.taken += cells
        if self.taken > self.limit:
            raise UnreadableReturn("too_many_cells", facts={"found": self.taken, "limit": self.limit})


def damaged(detail: str) -> UnreadableReturn:
    return UnreadableReturn("damaged", detail)


# Places


class _Columns(dict[str, int]):
    """Column numbers by letters, as they come up."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters.upper():
            if not "A" <= letter <= "Z":
                raise damaged(f"no such column: {letters[:40]}")
            number = number * 26 + ord(letter) - 64
        if not (letters and len(letters) <= 3 and number <= LAST_COLUMN):
            raise damaged(f"no such column: {letters[:40]}")
        self[letters] = number
        return number


COLUMNS = _Columns()


def place_of(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not 0 < len(digits) < 8:
        raise damaged(f"no such place: {reference[:40]}")
    return int(digits), COLUMNS[letters]


def letters_of(column: int) -> str:
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
