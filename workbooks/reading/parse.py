"""From the bytes of a return to plain rows: which form, which tables, which kinds of rows, typed values, findings.

Runs in the worker process: nothing here imports Polars, and everything handed back is pickled quickly.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from transforms.period import is_period
from workbooks.reading.answers import Answer, is_front, read_answer
from workbooks.reading.cells import Book, Cell, address
from workbooks.reading.furniture import Furniture, head_of, is_meta, read_meta
from workbooks.reading.guard import Limits
from workbooks.reading.locate import Block, Grid, Locator, header_units
from workbooks.reading.opening import read_book
from workbooks.reading.recalculated import fill_results, lacks_results
from workbooks.reading.remarks import (
    Remark,
    remark_data_below_notes,
    remark_doubled_columns,
    remark_format,
    remark_header_unit,
    remark_hidden_rows,
    remark_hidden_sheet,
    remark_missing_columns,
    remark_missing_table,
    remark_other_template,
    remark_second_table,
    remark_several_rows,
    remark_unknown_columns,
    remark_values,
)
from workbooks.reading.shapes import ColumnShape, Shapes, TableShape, spelling
from workbooks.reading.unreadable import UnreadableReturn
from workbooks.reading.values import NOTHING, CellReader, Told, read_note_figure
from workbooks.reading.wording import plain

DATA, PART, SUBTOTAL, TOTAL = "data", "part", "subtotal", "total"


class Rows(NamedTuple):
    """The rows of one table: identity by row, then by column code the values, the texts, and the halves."""

    sheet: str
    rows: list[int | None]
    kinds: list[str]
    parents: list[str | None]
    values: dict[str, list[str | None]]
    texts: dict[str, list[str | None]]
    halves: dict[str, list[str | None]]


class Parsed(NamedTuple):
    """What one file tells. `rivals` are other forms whose tables fit its headers; `period` is that of `_meta`, else of
    the first sheet that tells one ("" where none does). `uncomputed`: formulas without results that could be computed;
    `answer` is what a receipt that came back tells."""

    form: str
    rivals: tuple[str, ...]
    period: str
    heads: list[dict[str, object]]
    tables: dict[str, Rows]
    letters: dict[str, dict[str, str]]
    remarks: list[Remark]
    uncomputed: bool = False
    answer: Answer | None = None


@dataclass
class _Located:
    """A table of the return on its sheet."""

    grid: Grid
    block: Block
    number: int  # of the sheet among the tabs: the first comes first

    @property
    def rank(self) -> tuple[bool, int, int]:
        return (self.grid.sheet.visible != "visible", self.number, self.block.header.top)


@dataclass
class _Choice:
    form: str
    rivals: tuple[str, ...] = ()
    found: dict[str, list[_Located]] = field(default_factory=dict)


class ReturnReader:
    """Reads returns: bytes of a checked file → Parsed. Goes to the worker once and keeps what files have in common.

    Args:
        shapes: the catalogue as plain values.
        wanted: the form to read, where the caller knows better than the file; "" else.
        limits: for what can only be counted while it is read, and for what is inside encrypted files.
        passwords: tried on files that have one.
        computed: by the SHA-256 of a file, the same workbook with its formulas computed: results that a file does not
            store are taken from there.
    """

    def __init__(
        self,
        shapes: Shapes,
        wanted: str = "",
        limits: Limits | None = None,
        passwords: Sequence[str] = (),
        computed: Mapping[str, Path] | None = None,
    ) -> None:
        self.shapes, self.wanted = shapes, wanted
        self.limits, self.passwords, self.computed = limits or Limits(), tuple(passwords), dict(computed or {})
        self.locators: dict[str, Locator] = {}

    def wanting(self, form: str, computed: Mapping[str, Path] | None = None) -> "ReturnReader":
        """The same reader for files of a form that is known ("": it is not), and with computed results."""
        return ReturnReader(self.shapes, form, self.limits, self.passwords, computed)

    def __call__(self, data: bytes) -> Parsed:
        """Read one return.

        Raises:
            UnreadableReturn: no workbook, or no header of any return in it (`no_table`).
        """
        book = read_book(data, self.limits, self.passwords)
        computed = self.computed.get(hashlib.sha256(data).hexdigest()) if self.computed else None
        if computed is not None:
            book = fill_results(book, read_book(computed.read_bytes(), self.limits))
        return self.read(book)

    def read(self, book: Book) -> Parsed:
        """Read a return from its cells. Raises UnreadableReturn (`no_table`, `receipt_alone`)."""
        meta = read_meta(book)
        grids = [
            (number, Grid(sheet))
            for number, sheet in enumerate(book.sheets)
            if not is_meta(sheet) and not is_front(sheet)
        ]
        answer = read_answer(book)
        if answer and not any(grid.rows for _, grid in grids):
            raise UnreadableReturn("receipt_alone")
        choice = self.choose(grids, self.wanted or meta.get("template", ""))
        remarks: list[Remark] = []
        if meta and meta["template"] != choice.form:
            remarks.append(remark_other_template(meta["template"], choice.form, meta["template"] in self.shapes.forms))
        if book.format != "xlsx":
            remarks.append(remark_format(choice.form, book.format))
        return _TableReader(book, meta, choice, self.shapes, remarks).read()._replace(answer=answer)

    def choose(self, grids: Sequence[tuple[int, Grid]], named: str) -> _Choice:
        """The form that the file is of: the one it names, if its headers are there; else the one that fits best."""
        if named in self.shapes.forms:
            found = _locate(grids, self.locator(named))
            if found:
                return _Choice(named, (), found)
        scores: Counter[str] = Counter()
        for located in _locate(grids, self.locator("")).values():
            header = located[0].block.header
            scores[header.table.form] += header.score
        if not scores:
            raise UnreadableReturn("no_table")
        form = max(scores, key=lambda f: scores[f])
        # Again with the tables of this form alone: one of them may look like another form's.
        return _Choice(form, tuple(f for f in scores if f != form), _locate(grids, self.locator(form)))

    def locator(self, form: str) -> Locator:
        """Finds the tables of a form; of all forms for ""."""
        if form not in self.locators:
            tables = [t for t in self.shapes.tables if form in ("", t.form)]
            self.locators[form] = Locator(tables, frozenset(self.shapes.units))
        return self.locators[form]


def _locate(grids: Sequence[tuple[int, Grid]], locator: Locator) -> dict[str, list[_Located]]:
    found: dict[str, list[_Located]] = {}
    for number, grid in grids:
        for block in locator.blocks(grid):
            found.setdefault(block.header.table.code, []).append(_Located(block.grid, block, number))
    for located in found.values():
        located.sort(key=lambda x: x.rank)
    return found


class _TableReader:
    """Reads the located tables of one return."""

    def __init__(
        self, book: Book, meta: dict[str, str], choice: _Choice, shapes: Shapes, remarks: list[Remark]
    ) -> None:
        self.book, self.meta, self.choice, self.shapes, self.remarks = book, meta, choice, shapes, remarks
        self.units = frozenset(shapes.units)
        self.furniture: dict[str, tuple[_Located, Furniture]] = {}
        self.tables: dict[str, Rows] = {}
        self.letters: dict[str, dict[str, str]] = {}
        self.heads: list[dict[str, object]] = []

    def read(self) -> Parsed:
        own = [t for t in self.shapes.tables if t.form == self.choice.form]
        for table in own:
            if table.layout != "note":
                self.read_table(table)
        for table in own:
            if table.layout == "note":
                self.read_note(table)
        periods = [head[name] for name in ("meta_period", "period_told") for head in self.heads]
        period = next((p for p in periods if isinstance(p, str) and is_period(p)), "")
        return Parsed(
            form=self.choice.form,
            rivals=self.choice.rivals,
            period=period,
            heads=self.heads,
            tables=self.tables,
            letters=self.letters,
            remarks=self.remarks,
            uncomputed=lacks_results(self.book),
        )

    def read_table(self, table: TableShape) -> None:
        found = self.choice.found.get(table.code)
        if not found:
            self.remarks.append(remark_missing_table(table, [s.name for s in self.book.sheets if not is_meta(s)]))
            return
        first, *others = found
        head, told = head_of(first.grid, first.block, self.meta, self.shapes)
        self.heads.append(head)
        self.furniture[table.code] = (first, told)
        sheet, header = first.grid.sheet.name, first.block.header
        self.remarks += [remark_second_table(table, sheet, o.grid.sheet.name, o.block.header.top) for o in others]
        if first.grid.sheet.visible != "visible":
            self.remarks.append(remark_hidden_sheet(table, sheet))
        self.remarks += remark_missing_columns(header, sheet)
        self.remarks += remark_unknown_columns(header, sheet)
        self.remarks += remark_doubled_columns(header, sheet)
        told_units = header_units(header, self.units)
        self.remarks += remark_header_unit(header, sheet, told_units)
        rows = _rows_of(first, table, self.shapes, self.book.date1904, self.remarks)
        self.tables[table.code] = rows
        self.letters[table.code] = {code: address(1, column)[:-1] for code, column in header.columns.items()}

    def read_note(self, table: TableShape) -> None:
        """The figures that the note below a table tells: one row always, so that what is not told is seen."""
        located, told = self.furniture.get(table.under, (None, None))
        text = "\n".join(filter(None, (told.note, told.explanation))) if told else ""
        figures = {c.code: read_note_figure(c, text, self.shapes) if text else NOTHING for c in table.columns}
        place = told.note_cell if told else None
        self.tables[table.code] = Rows(
            sheet=located.grid.sheet.name if located else "",
            rows=[place[0] if place else None],
            kinds=[DATA],
            parents=[None],
            values={code: [f.value] for code, f in figures.items()},
            texts={code: [f.text] for code, f in figures.items()},
            halves={c.code: [figures[c.code].half] for c in table.columns if c.numeric},
        )
        letter = address(1, place[1])[:-1] if place else ""
        self.letters[table.code] = {c.code: letter for c in table.columns} if letter else {}


# Rows

_PART = re.compile(r"其中[:]?")
_TOTALS = re.compile(r"(总|合|共)计(数)?[:]?|(.*小计)[:]?")


class _RowKey(NamedTuple):
    """What the first key cell of a row makes of the row."""

    row: int
    kind: str
    parent: str | None
    word: str | None  # the key text of a 其中 row
    marker: int  # column that holds 合计 or 小计; 0: none


def _rows_of(located: _Located, table: TableShape, shapes: Shapes, date1904: bool, remarks: list[Remark]) -> Rows:
    grid, header = located.grid, located.block.header
    keys = list(_classify(located, table, shapes))
    if table.layout == "single" and len(keys) > 1:
        remarks.append(remark_several_rows(header, grid.sheet.name, [k.row for k in keys]))
        keys = keys[:1]
    remarks += remark_hidden_rows(header, grid.sheet.name, [k.row for k in keys if k.row in grid.sheet.hidden_rows])
    remarks += remark_data_below_notes(grid, located.block)
    rows = Rows(grid.sheet.name, [k.row for k in keys], [k.kind for k in keys], [k.parent for k in keys], {}, {}, {})
    for column in table.columns:
        told = _read_column(grid, keys, column, header.columns.get(column.code), table, shapes, date1904)
        rows.values[column.code] = [t.value for t in told]
        rows.texts[column.code] = [t.text for t in told]
        if column.numeric:
            rows.halves[column.code] = [t.half for t in told]
        if any(t.remark for t in told):
            places = [(k.row, header.columns[column.code], t) for k, t in zip(keys, told, strict=True) if t.remark]
            remarks += remark_values(table, column, grid.sheet.name, places)
    return rows


def _classify(located: _Located, table: TableShape, shapes: Shapes) -> Iterator[_RowKey]:
    """The rows that tell something, each with its kind; a 其中 row with the key of the row it belongs to."""
    grid, columns = located.grid, located.block.header.columns
    numbering = {c.code for c in table.columns if c.type == "int" and not c.required and c.code not in table.key}
    telling = frozenset(n for code, n in columns.items() if code not in numbering)
    key_column = next((c for c in table.columns if table.key and c.code == table.key[0]), None)
    key_place = columns.get(table.key[0], 0) if table.key else 0
    reader = CellReader(key_column, shapes) if key_column else None
    parent: str | None = None
    indent = 0
    for row in located.block.rows:
        told = [c for c in grid.rows[row] if c.column in telling and (c.formula or c.text.strip())]
        marked = _marker(grid.rows[row], key_place)
        if not told or (marked is None and all(c.kind == "empty" for c in told)):
            continue
        if marked is not None:
            subtotal = "小计" in plain(marked.text)
            yield _RowKey(row, SUBTOTAL if subtotal else TOTAL, None, None, marked.column)
            continue
        cell = grid.cell(row, key_place) if key_place else None
        if cell is not None and reader is not None and table.layout == "rows":
            word = _part_word(cell, parent, indent, key_column, shapes)
            if word is not None:
                yield _RowKey(row, PART, parent, word, 0)
                continue
        if cell is not None and reader is not None:
            parent, indent = reader.read(cell).value, cell.indent
        yield _RowKey(row, DATA, None, None, 0)


def _marker(cells: Sequence[Cell], key_place: int) -> Cell | None:
    """The cell that says 合计 or 小计: the first text of the row, or its key."""
    for cell in cells:
        if cell.kind == "text" and cell.text.strip():
            if "计" in cell.text and _TOTALS.fullmatch(plain(cell.text)):
                return cell
            if cell.column >= key_place:
                return None
    return None


def _part_word(cell: Cell, parent: str | None, indent: int, column: ColumnShape | None, shapes: Shapes) -> str | None:
    """The key of a 其中 row without that word; None for a row of its own."""
    text = cell.text
    word = plain(text)
    found = _PART.match(word)
    if found:
        return text.strip()[len(text.strip()) - len(word[found.end() :]) :] if found.end() < len(word) else ""
    inset = text[:1].isspace() or cell.indent > indent
    if not inset or parent is None or not word or cell.kind != "text":
        return None
    # A known code that someone began with a space is a row of its own.
    known = column is not None and column.codes is not None and spelling(text) in column.codes
    return None if known and cell.indent <= indent else text.strip()


def _read_column(
    grid: Grid,
    keys: Sequence[_RowKey],
    column: ColumnShape,
    place: int | None,
    table: TableShape,
    shapes: Shapes,
    date1904: bool,
) -> list[Told]:
    if place is None:
        return [NOTHING] * len(keys)
    reader = CellReader(column, shapes, date1904)
    # A key that is merged over its rows is the key of each of them; a figure is told once.
    get = grid.cell if column.code in table.key else lambda row, n: grid.cells.get((row, n))
    first = bool(table.key) and column.code == table.key[0]
    told: list[Told] = []
    for key in keys:
        cell = get(key.row, place)
        if key.kind == DATA or cell is None:
            told.append(reader.read(cell))
        elif first:
            told.append(_marked_key(cell, key, column))
        elif key.marker == place:
            told.append(NOTHING)
        else:
            told.append(reader.read(cell))
    return told


def _marked_key(cell: Cell, key: _RowKey, column: ColumnShape) -> Told:
    text = cell.text.strip()
    if key.kind == PART and key.word is not None:
        value = key.word if column.codes is None else column.codes.get(spelling(key.word), key.word)
        return Told(value, text, None)
    if key.kind == TOTAL and _TOTALS.fullmatch(plain(text)):
        return Told("合计", text, None)
    return Told(plain(text) or None, text or None, None)
