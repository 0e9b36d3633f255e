"""Read an HTML page that was saved or exported as .xls: its tables below one another on one sheet."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from workbooks.reading.cells import LAST_COLUMN, LAST_ROW, Allowance, Book, Cell, Sheet, damaged
from workbooks.reading.delimited import plain_cell
from workbooks.reading.guard import Limits
from workbooks.reading.kinds import decode
from workbooks.reading.unreadable import UnreadableReturn

_CHARSET = re.compile(rb"""charset\s*=\s*["']?([A-Za-z0-9_-]{1,20})""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n]+")
_SILENT = frozenset({"style", "script", "title", "xml"})
_BREAKS = frozenset({"br", "p", "div", "li"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def read_html(data: bytes, limits: Limits) -> Book:
    """The cells of the tables of a page.

    Raises:
        UnreadableReturn: no encoding fits, no table (`web_page`), or over a limit.
    """
    named = _CHARSET.search(data[:4096])
    page = _Page(limits)
    page.feed(_without_comments(decode(data, named[1].decode("ascii") if named else "")))
    page.close()
    page.end_row()
    if not page.cells:
        raise UnreadableReturn("web_page")
    sheet = Sheet("网页", "visible", page.cells, page.merges, frozenset(page.hidden), frozenset())
    return Book((sheet,), False, "html")


def _without_comments(text: str) -> str:
    """Comments, those for one program included: the parser takes the square of their number to find that none ends."""
    first, *others = text.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)


@dataclass
class _Told:
    """The cell that is being read."""

    rowspan: int
    colspan: int
    number: str | None
    texts: list[str] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.allowance, self.merged = Allowance(limits.cells), Allowance(limits.merged_area)
        self.cells: dict[tuple[int, int], Cell] = {}
        self.merges: list[tuple[int, int, int, int]] = []
        self.hidden: list[int] = []
        self.taken: dict[int, int] = {}  # column → last row that a cell from above reaches down to
        self.row = self.column = 0
        self.told: _Told | None = None
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self.silent = self.silent or tag
        elif tag == "table":
            self.end_row()
            self.row += 1 if self.row else 0
            self.taken.clear()
        elif tag == "tr":
            self.end_row()
            self.row, self.column = self.row + 1, 0
            self.allowance.take()
            if _HIDDEN.search(attributes.get("style", "")):
                self.hidden.append(self.row)
        elif tag in ("td", "th"):
            self.end_cell()
            self.told = _Told(_span(attributes, "rowspan"), _span(attributes, "colspan"), attributes.get("x:num"))
        elif tag in _BREAKS and self.told:
            self.told.texts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""
        elif tag in ("td", "th"):
            self.end_cell()
        elif tag in ("tr", "table"):
            self.end_row()

    def handle_data(self, data: str) -> None:
        if self.told is not None and not self.silent:
            self.told.texts.append(_SPACES.sub(" ", data))

    def end_row(self) -> None:
        self.end_cell()

    def end_cell(self) -> None:
        told, self.told = self.told, None
        if told is None:
            return
        self.row = self.row or 1
        column = self.column + 1
        while self.taken.get(column, 0) >= self.row:
            column += 1
        last, bottom = column + told.colspan - 1, self.row + told.rowspan - 1
        if last > LAST_COLUMN or bottom > LAST_ROW:
            raise damaged(f"a cell down to row {bottom}, column {last}")
        self.allowance.take()
        if told.rowspan > 1 or told.colspan > 1:
            self.merged.take(told.colspan * told.rowspan)
            self.merges.append((self.row, column, bottom, last))
            if told.rowspan > 1:
                self.taken |= dict.fromkeys(range(column, last + 1), bottom)
        # A leading space that is written as &nbsp; is the indent of 其中 rows.
        text = "".join(told.texts).strip(" \n").replace("\xa0", " ").rstrip()
        if told.number or text.strip():
            self.cells[self.row, column] = plain_cell(self.row, column, told.number or text)
        self.column = last


def _span(attributes: dict[str, str], name: str) -> int:
    told = attributes.get(name, "").strip()
    return max(1, int(told)) if told.isascii() and told.isdigit() and len(told) < 8 else 1
