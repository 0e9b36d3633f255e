"""Where everything stands on the sheet of a table: header, prefilled rows, room for more, the total, what to compare with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlsxwriter.utility import xl_col_to_name

from transforms.model import Column, Edit, RowKind, Table
from workbooks.reading.locate import REFERENCE

TOTAL = "合计"
FIRST_HEADER_ROW = 3
_SPARE_ROWS = 3
_LEDGER_ROWS = 50
_AT = {"previous": "上期", "december": "上年末", "year_ago": "上年同期"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the last return of the same form: the texts as typed by column code, what kind of row it is, and its
    key by codes (joined by “/”)."""

    texts: Mapping[str, str]
    kind: RowKind = RowKind.DATA
    item: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A column beside the table with figures filed before: of `column`, at `at` (previous, december, year_ago)."""

    header: str
    column: str
    at: str


@dataclass(frozen=True)
class Layout:
    """One table on its sheet. Rows and columns count from 1.

    Attributes:
        before: the rows of the last return (for rows and single tables: those to prefill; for a ledger: how many).
        keys: the rows to begin with where there is no last return.
    """

    table: Table
    edits: Sequence[Edit]
    before: Sequence[Line] = ()
    keys: Sequence[Line] = ()

    @property
    def sheet(self) -> str:
        return f"{self.table.title} {self.table.name}"

    @property
    def header_rows(self) -> int:
        return 2 if any(c.group for c in self.table.columns) else 1

    @property
    def first(self) -> int:
        """The first row of the table."""
        return FIRST_HEADER_ROW + self.header_rows

    @cached_property
    def lines(self) -> list[Line]:
        """The rows that stand there from the start: those of the last return, else one for each key."""
        if self.table.layout != "rows":
            return []
        told = [line for line in self.before if line.kind in (RowKind.DATA, RowKind.PART)]
        return told or list(self.keys)

    @property
    def room(self) -> int:
        """How many rows there are to fill in, without the total."""
        if self.table.layout == "single":
            return 1
        if self.table.layout == "ledger":
            return max(_LEDGER_ROWS, len(self.before) * 5 // 4 + 20)
        return len(self.lines) + _SPARE_ROWS if self.lines else 30

    @property
    def last(self) -> int:
        """The last row to fill in, without the total."""
        return self.first + self.room - 1

    @property
    def total(self) -> int | None:
        return self.last + 1 if self.table.total else None

    @property
    def closing(self) -> int:
        """The row of the note."""
        return (self.total or self.last) + 1

    @property
    def width(self) -> int:
        return len(self.table.columns)

    def letter(self, code: str) -> str:
        return str(xl_col_to_name([c.code for c in self.table.columns].index(code)))

    def column(self, code: str) -> Column:
        return self.table.column(code)

    @cached_property
    def references(self) -> list[Reference]:
        """What to show beside the table: every earlier figure that a rule holds this one against."""
        if self.table.layout not in ("rows", "single"):
            return []
        found: dict[tuple[str, str], Reference] = {}
        for edit in self.edits:
            if edit.kind == "cumulative":
                wanted = (edit.column, "previous")
            elif edit.kind in ("carry", "growth_since"):
                wanted = (str(edit.params["from"]), str(edit.params["at"]))
            else:
                continue
            column, at = wanted
            found.setdefault(wanted, Reference(f"{REFERENCE}:{_AT[at]}{self.column(column).header}", column, at))
        return list(found.values())

    def reference_letter(self, column: str, at: str) -> str:
        """Letter of a column to compare with; they stand behind the table with one empty column between."""
        number = [(r.column, r.at) for r in self.references].index((column, at))
        return str(xl_col_to_name(self.width + 1 + number))
