"""A return before it is a workbook: sheets, rows and cells with their addresses. Faults are planted here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from openpyxl.utils import get_column_letter

from transforms.model import RowKind, Table
from transforms.period import chinese

Value = int | Decimal | date | str | None
TOTAL = "合计"
NOT_TOLD = "—"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the values of its columns by code."""

    values: Mapping[str, Value]
    kind: RowKind = RowKind.DATA

    def with_value(self, column: str, value: Value) -> "Row":
        return replace(self, values={**self.values, column: value})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as it is laid on its sheet. `formats` overrides the number format of a column."""

    table: Table
    rows: tuple[Row, ...]
    note: str = ""
    explanation: str = ""
    unit_text: str = ""
    formats: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.table.title} {self.table.name}"

    @property
    def header_levels(self) -> int:
        return 2 if any(c.group for c in self.table.columns) else 1

    @property
    def first_row(self) -> int:
        """The sheet's row of the first row of the table."""
        return 3 + self.header_levels

    @property
    def note_row(self) -> int:
        return self.first_row + len(self.rows)

    @property
    def unit_row(self) -> tuple[int, int, int]:
        """First columns of the three cells of row 2: who, when, in which units. A table has five columns or more."""
        width = len(self.table.columns)
        left = width * 2 // 5
        return 1, left + 1, width - left + 1

    def letter(self, column: str) -> str:
        return get_column_letter(1 + [c.code for c in self.table.columns].index(column))

    def address(self, index: int, column: str) -> str:
        return f"{self.letter(column)}{self.first_row + index}"

    def key_of(self, row: Row) -> str:
        """What names a row: its key joined by “/”; 合计; the text of a 其中 row."""
        if row.kind is not RowKind.DATA:
            return str(row.values[self.first_column]).strip()
        return "/".join(str(row.values[k]) for k in self.table.key)

    @property
    def first_column(self) -> str:
        return self.table.key[0] if self.table.layout == "rows" else self.table.columns[0].code

    def find(self, key: str) -> int:
        """Index of the row of this key. Raises KeyError when there is none or more than one."""
        found = [i for i, row in enumerate(self.rows) if self.key_of(row) == key]
        if len(found) != 1:
            raise KeyError(f"{self.table.code}: {len(found)} rows “{key}”")
        return found[0]

    def value(self, key: str, column: str) -> Value:
        return self.rows[self.find(key)].values[column]

    def with_row(self, index: int, row: Row) -> "Sheet":
        return replace(self, rows=(*self.rows[:index], row, *self.rows[index + 1 :]))

    def with_value(self, key: str, column: str, value: Value) -> "Sheet":
        index = self.find(key)
        return self.with_row(index, self.rows[index].with_value(column, value))


@dataclass(frozen=True, slots=True)
class Filing:
    """One return as filed: what stands in the furniture, the sheets, when it was dropped (Asia/Shanghai).

    `district` and `department` are names as told, `file` is the name of the file, `folder` the path below inbound.
    `meta` is the hidden sheet `_meta`.
    """

    form: str
    form_name: str
    district: str
    department: str
    period: str
    version: int
    sheets: tuple[Sheet, ...]
    folder: str
    file: str
    dropped: datetime
    reporter: str
    auditor: str
    meta: Mapping[str, str]
    told_period: str = ""

    @property
    def title(self) -> str:
        return f"{self.district}{self.form_name}"

    @property
    def period_text(self) -> str:
        return chinese(self.told_period or self.period)

    @property
    def signature(self) -> str:
        return f"填报人:{self.reporter}  审核人:{self.auditor}  联系电话:023-67000000  填报日期:{self.dropped:%Y-%m-%d}"

    def sheet(self, table: str) -> Sheet:
        return next(s for s in self.sheets if s.table.code == table)

    def with_sheet(self, sheet: Sheet) -> "Filing":
        changed = tuple(sheet if s.table.code == sheet.table.code else s for s in self.sheets)
        return replace(self, sheets=changed)

    def cells(self) -> Iterator[tuple[str, str, Value]]:
        """Every cell of the tables: sheet, address, value."""
        for sheet in self.sheets:
            for index, row in enumerate(sheet.rows):
                for column in sheet.table.columns:
                    yield sheet.name, sheet.address(index, column.code), row.values.get(column.code)
