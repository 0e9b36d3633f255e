"""Find the tables of a return on a sheet by their headers, wherever they stand, and the rows that are theirs."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, product
from typing import NamedTuple

from workbooks.reading.cells import LAST_COLUMN, Cell, Sheet
from workbooks.reading.shapes import ColumnShape, TableShape
from workbooks.reading.wording import loose, plain, told_unit

REFERENCE = "参考"
"""Headers that begin so are for the reporter's eyes."""
_DEPTHS = (1, 2, 3, 4)
_BESIDE = 5
"""So many rows higher than a table another one may begin beside it."""
_MERGE_PLACES = 20_000
"""A merge of more places is a frame around a sheet, not a header."""

_ENDS = re.compile(
    r"(注|附注|备注|说明|填表说明|填报说明)\d*[:.、]|(填报人|制表人|填表人|审核人|联系电话|填报日期|负责人):?"
)
_ADDRESS_LINE = re.compile(r"填报单位|统计期|报告期|(?<!填报)单位:")
_COLUMN_NUMBERS = ("栏次", "列次", "甲")


class Header(NamedTuple):
    """Where the header of a table stands and which column of the sheet carries which declared column.

    `named` are the columns of the sheet in which a header text itself stands, not only one merged over them.
    """

    table: TableShape
    top: int
    bottom: int
    columns: dict[str, int]
    texts: dict[int, tuple[str, ...]]
    doubled: dict[str, int]
    named: frozenset[int]

    @property
    def left(self) -> int:
        return min(self.columns.values())

    @property
    def right(self) -> int:
        return max(self.columns.values())

    @property
    def score(self) -> int:
        return 3 * len(self.columns) - len(self.table.columns)

    @property
    def missing(self) -> list[ColumnShape]:
        return [c for c in self.table.columns if c.required and c.code not in self.columns]

    def repeated(self, cells: Sequence[Cell]) -> bool:
        """Whether a row says again what the header says above it, as on every printed page."""
        above = ({plain(text) for text in self.texts.get(c.column, ())} for c in cells)
        return sum(bool(c.text) and plain(c.text) in texts for c, texts in zip(cells, above, strict=True)) >= 2

    @property
    def unknown(self) -> dict[int, str]:
        """Columns with a header of their own (not only below a group) that are none of the table's. What a template
        shows for comparison alone is left out."""
        taken = {*self.columns.values(), *self.doubled.values()}
        told = {c: "".join(path) for c, path in self.texts.items() if c not in taken and c in self.named}
        return {c: text for c, text in told.items() if not text.startswith(REFERENCE)}


@dataclass
class Block:
    """A located table: its header, its rows (data, parts, totals), the rows above it and below it.

    `grid` is the part of the sheet that it was found in: all of it, or the columns of one of several tables that stand
    beside one another.
    """

    grid: "Grid"
    header: Header
    before: list[int]
    rows: list[int] = field(default_factory=list)
    after: list[int] = field(default_factory=list)


class Grid:
    """A sheet with its merged places filled: the text that a reader sees at a place."""

    def __init__(self, sheet: Sheet, whole: "Grid | None" = None) -> None:
        self.sheet = sheet
        self.whole = whole or self
        self.cells = sheet.cells
        self.rows = sheet.rows()
        self.order = list(self.rows)

    def between(self, first: int, last: int) -> "Grid":
        """Only some columns of the sheet; of merges those that begin there."""
        cells = {place: cell for place, cell in self.cells.items() if first <= place[1] <= last}
        merges = [(t, a, b, min(z, last)) for t, a, b, z in self.sheet.merges if first <= a <= last]
        return Grid(replace(self.sheet, cells=cells, merges=merges), self.whole)

    @cached_property
    def anchors(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Every place inside a merge → the place at its top left."""
        widest = max((column for _, column in self.cells), default=0)
        found: dict[tuple[int, int], tuple[int, int]] = {}
        for top, left, bottom, right in self.sheet.merges:
            columns = range(left, min(right, widest) + 1)
            if (bottom - top + 1) * len(columns) > _MERGE_PLACES:
                continue
            found |= dict.fromkeys(product(range(top, bottom + 1), columns), (top, left))
        return found

    @cached_property
    def merged_columns(self) -> dict[int, list[int]]:
        """The columns of each row that lie inside a merge."""
        found: dict[int, list[int]] = {}
        for row, column in self.anchors:
            found.setdefault(row, []).append(column)
        return found

    def cell(self, row: int, column: int) -> Cell | None:
        found = self.cells.get((row, column))
        if found is None:
            anchor = self.anchors.get((row, column))
            return self.cells.get(anchor) if anchor else None
        return found

    def paths(self, top: int, bottom: int) -> dict[int, tuple[str, ...]]:
        """The texts above each column from `top` to `bottom`, a merged one once, empty ones left out."""
        columns = {cell.column for row in range(top, bottom + 1) for cell in self.rows.get(row, ())}
        columns.update(*(self.merged_columns.get(row, ()) for row in range(top, bottom + 1)))
        found: dict[int, tuple[str, ...]] = {}
        for column in sorted(columns):
            seen: dict[tuple[int, int], str] = {}
            for row in range(top, bottom + 1):
                place = self.anchors.get((row, column), (row, column))
                cell = self.cells.get(place)
                if cell is not None and cell.text.strip():
                    seen[place] = cell.text
            if seen:
                found[column] = tuple(seen.values())
        return found


class _Words:
    """The header spellings of one table: strict (as declared), loose, and of the lower level alone."""

    def __init__(self, table: TableShape, units: frozenset[str]) -> None:
        self.table = table
        self.strict: dict[str, str] = {}
        relaxed: dict[str, set[str]] = {}
        lower: dict[str, set[str]] = {}
        for column in table.columns:
            for header in (column.header, *column.synonyms):
                self.strict.setdefault(plain(header), column.code)
                self.strict.setdefault(plain(column.group + header), column.code)
                for spelt in (header, column.group + header):
                    relaxed.setdefault(loose(spelt, units), set()).add(column.code)
            if column.group and plain(column.header).startswith(plain(column.group)):
                rest = plain(column.header)[len(plain(column.group)) :]
                lower.setdefault(rest, set()).add(column.code)
        self.loose = {word: next(iter(codes)) for word, codes in relaxed.items() if len(codes) == 1 and word}
        self.lower = {word: next(iter(codes)) for word, codes in lower.items() if len(codes) == 1 and word}
        self.vocabulary = {loose(w, units) for c in table.columns for w in (c.header, c.group, *c.synonyms) if w}
        self.vocabulary |= {loose(word, units) for word in lower} - {""}


class Locator:
    """Finds the given tables. One locator serves all sheets of a file, and all files of a worker."""

    def __init__(self, tables: Iterable[TableShape], units: frozenset[str]) -> None:
        self.units = units
        self.words = [_Words(t, units) for t in tables if t.layout != "note"]
        self.vocabulary = frozenset().union(*(w.vocabulary for w in self.words)) if self.words else frozenset()
        self.known: dict[str, bool] = {}

    def blocks(self, grid: Grid) -> list[Block]:
        """The tables of a sheet with the rows that belong to each: downwards, and those that stand beside one another."""
        found = self._stacked(grid)
        for block in found:
            cut = self._cut_beside(grid, block)
            if cut and not any(b.header.left < cut <= b.header.right for b in found):
                return [b for part in ((1, cut - 1), (cut, LAST_COLUMN)) for b in self.blocks(grid.between(*part))]
        return found

    def _cut_beside(self, grid: Grid, block: Block) -> int:
        """The column at which the sheet must be cut, so that a table beside this one is found; 0 where there is none."""
        header = block.header
        top, bottom = header.top - _BESIDE, max([header.bottom, *block.rows]) + 1
        for first, last in ((header.right + 1, LAST_COLUMN), (1, header.left - 1)):
            words = Counter(
                c.row
                for row in grid.order
                if top <= row <= bottom
                for c in grid.rows[row]
                if first <= c.column <= last and c.kind == "text" and self._is_known(c.text)
            )
            if max(words.values(), default=0) < 2:
                continue
            for beside in self._stacked(grid.between(first, last)):
                return beside.header.left if first > 1 else header.left
        return 0

    def _stacked(self, grid: Grid) -> list[Block]:
        """The tables that stand below one another."""
        blocks: list[Block] = []
        loose_rows: list[int] = []
        order, i = grid.order, 0
        while i < len(order):
            header = self.header_at(grid, order[i])
            if header is None:
                loose_rows.append(order[i])
                i += 1
                continue
            if blocks:
                blocks[-1].after = loose_rows
            block = Block(grid, header, loose_rows)
            blocks.append(block)
            loose_rows = []
            while i < len(order) and order[i] <= header.bottom:
                i += 1
            if i < len(order) and _numbers_columns(grid.rows[order[i]]):
                i += 1
            i = self._take_rows(grid, block, i)
        if blocks:
            blocks[-1].after = loose_rows
        return blocks

    def _take_rows(self, grid: Grid, block: Block, i: int) -> int:
        """Give a block its rows from position `i` of the sheet's rows on; where it ends is handed back."""
        order, header = grid.order, block.header
        titles = {plain(c.text) for row in block.before for c in grid.rows[row] if c.text.strip()}
        while i < len(order):
            cells = grid.rows[order[i]]
            first = next((c for c in cells if c.text.strip()), None)
            if first is None:
                # Formulas without a stored result have no text, but are told.
                if any(c.column in header.columns.values() for c in cells):
                    block.rows.append(order[i])
                i += 1
                continue
            word = plain(first.text) if first.kind == "text" else ""
            if word and _ENDS.match(word) and not _is_filled(cells, header):
                return i
            known = bool(word) and self._is_known(word)
            if known and header.repeated(cells):
                i += 1
                continue
            if known and self.header_at(grid, order[i]) is not None:
                return i
            # The title and the unit line come again on every printed page; a row of numbers heads some forms.
            if not (word in titles or _ADDRESS_LINE.match(word) or word in _COLUMN_NUMBERS):
                block.rows.append(order[i])
            i += 1
        return i

    def _is_known(self, text: str) -> bool:
        known = self.known.get(text)
        if known is None:
            known = self.known[text] = loose(text, self.units) in self.vocabulary
        return known

    def header_at(self, grid: Grid, row: int) -> Header | None:
        """The table whose header begins in this row; of several the one that fits best."""
        cells = grid.rows[row]
        if sum(c.kind == "text" and self._is_known(c.text) for c in cells) < 2:
            return None
        found: list[Header] = []
        for depth in _DEPTHS:
            texts = grid.paths(row, row + depth - 1)
            named = frozenset(c.column for r in range(row, row + depth) for c in grid.rows.get(r, ()) if c.text.strip())
            paths = [_Path(column, path, self.units) for column, path in texts.items()]
            _carry_groups(paths, grid, row)
            for words in self.words:
                columns, doubled = _match(words, paths)
                if 2 * len(columns) >= max(2, len(words.table.columns)) and len(columns) > 1:
                    found.append(Header(words.table, row, row + depth - 1, columns, texts, doubled, named))
        # Of equal fits the shallowest: a deeper one has taken in a row of data.
        return max(found, key=lambda h: (h.score, -h.bottom), default=None)


def _numbers_columns(cells: Sequence[Cell]) -> bool:
    """Whether a row only numbers the columns above it: 甲 1 2 3 …, (1) (2) (3) …"""
    words = [plain(c.text).strip("()") for c in cells if c.text.strip()]
    numbers = [word for word in words if word not in (*_COLUMN_NUMBERS, "乙", "丙", "丁")]
    if len(numbers) < 3 or not all(word.isascii() and word.isdigit() and len(word) < 4 for word in numbers):
        return False
    return numbers[0] in ("0", "1") and all(int(b) == int(a) + 1 for a, b in pairwise(numbers))


def _is_filled(cells: Sequence[Cell], header: Header) -> bool:
    """Whether a row has numbers in the table's columns: then it is no note, whatever its first word."""
    columns = set(header.columns.values())
    return sum(c.kind == "number" and c.column in columns for c in cells) >= 2


class _Path:
    """The header above one column in its spellings."""

    def __init__(self, column: int, texts: tuple[str, ...], units: frozenset[str]) -> None:
        self.column, self.texts, self.units = column, texts, units
        self.joined = plain("".join(texts))
        self.last = plain(texts[-1])
        self.carried = ""

    @property
    def lower(self) -> str:
        """Without the highest of three or more levels: what is above a whole table says nothing of a column."""
        return plain("".join(self.texts[1:])) if len(self.texts) > 2 else ""

    def spellings(self) -> Iterator[str]:
        yield self.joined
        if self.carried:
            yield self.carried
        if self.lower:
            yield self.lower
        if self.last != self.joined:
            yield self.last


def _carry_groups(paths: list[_Path], grid: Grid, top: int) -> None:
    """Where a group's cells were unmerged, only the first carries its name: the next ones take it over."""
    group, before = "", 0
    for path in paths:
        upper = grid.cell(top, path.column)
        if len(path.texts) > 1:
            group = plain(path.texts[0])
        elif upper is None or not upper.text.strip():
            if group and path.column == before + 1:
                path.carried = group + path.joined
        else:
            group = ""
        before = path.column


def _match(words: _Words, paths: list[_Path]) -> tuple[dict[str, int], dict[str, int]]:
    """Declared column → column of the sheet; and columns whose header came a second time.

    The surest spelling first: as declared, then without punctuation, then the lower level alone where it is unique.
    """
    columns: dict[str, int] = {}
    doubled: dict[str, int] = {}
    rest = list(paths)

    def take(path: _Path, code: str | None) -> bool:
        if code is None:
            return False
        if code in columns:
            doubled.setdefault(code, path.column)
        else:
            columns[code] = path.column
        return True

    # A path as a whole is surer than its carried group, and that surer than its last level.
    for level in ("joined", "carried", "lower", "last"):
        rest = [p for p in rest if not take(p, words.strict.get(getattr(p, level)))]
    for path in list(rest):
        for text in path.spellings():
            code = words.loose.get(loose(text, path.units))
            if code is not None and code not in columns:
                columns[code] = path.column
                rest.remove(path)
                break
    counts = Counter(p.last for p in paths)
    for path in rest:
        code = words.lower.get(path.last)
        if code is not None and code not in columns and counts[path.last] == 1:
            columns[code] = path.column
    return columns, {c: n for c, n in doubled.items() if n not in columns.values()}


def header_units(header: Header, units: frozenset[str]) -> dict[str, str]:
    """Columns whose header on the sheet tells a unit in brackets: code → unit."""
    found = {code: told_unit("".join(header.texts.get(c, ())), units) for code, c in header.columns.items()}
    return {code: unit for code, unit in found.items() if unit}
