"""The cells of a row of figures: each written as its column declares, and noted for `_src`.

Numbers stay exact until the very last step: `_float` is the only place where one becomes binary.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from catalogue.languages import Language
from catalogue.sheets import Block, Sheet, SheetColumn
from transforms.facts import UNREPORTED
from transforms.model import Unit
from transforms.narrate import AGED_MONTHS, rounded
from transforms.schedule.figures import set_by_hand
from workbooks.formats import (
    FILLS,
    GROWTH,
    INTEGER,
    POINTS,
    RATE_POINTS,
    STATE_FILLS,
    Formats,
    clean,
    number_format,
    what_was_cleaned,
)
from workbooks.publications.lights import PATTERN, SIGN, comment_of, sentence_of
from workbooks.publications.sources import Printed
from workbooks.publications.widths import INDENT, lines_of

FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
"""A text that begins so is marked as text, so that no program takes it for a formula when it is edited."""
TEXT_FORMATS = ("text", "wrap", "centre", "light", "state", "link")
DATES = {"date": "yyyy-mm-dd", "deadline": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm"}
_WORD = re.compile(r"\{(\w+)(:rows)?\}")
SIZE, SMALLEST = 12, 8
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that a cell cannot hold as it was told, and what was done to it."""

    sheet: str
    cell: str
    row: str
    what: str


class Place(NamedTuple):
    """Where a figure is written: `column` is the first, `last` the last column of its span. A text stands in the
    first, a number in the last; `columns` tells the one that holds the numbers of each code."""

    of: SheetColumn
    row: int
    column: int
    columns: Mapping[str, int]
    span: tuple[int, int]
    widths: tuple[float, ...]
    block: str
    subject: str

    @property
    def last(self) -> int:
        return self.column + self.of.span - 1

    def runs_on(self, text: str) -> bool:
        """Whether a text stands in one line across its span: it must not wrap in the first cell then."""
        return self.size_of(text) > 0

    def size_of(self, text: str) -> int:
        """The points in which a text stands in one line across its span, smaller where it is long; 0 for none."""
        if self.of.span == 1 or "\n" in text:
            return 0
        room = sum(self.widths) - INDENT
        smallest = SMALLEST if self.of.format in ("wrap", "text") else SIZE
        return next((n for n in range(SIZE, smallest - 1, -1) if lines_of(text, room * SIZE / n) == 1), 0)

    def fits(self, text: str) -> bool:
        """Whether a label stands in one line."""
        return lines_of(text, sum(self.widths)) == 1

    def width_of(self, text: str) -> float:
        return sum(self.widths) if self.runs_on(text) else self.widths[0]

    def frame(self, at: int) -> dict[str, int]:
        """The borders of the cell that is written: none to the empty cells of its span."""
        if self.of.span == 1:
            return {}
        return {"right": 0} if at == 0 else {"left": 0}

    def cell(self, code: str) -> str:
        return str(xl_rowcol_to_cell(self.row, self.columns[code]))

    def rows(self, code: str) -> str:
        column = self.columns[code]
        return f"{xl_rowcol_to_cell(self.span[0], column)}:{xl_rowcol_to_cell(self.span[1], column)}"


class CellWriter:
    """Writes the cells of one sheet. `printed` are the numbers and lights that stand in them, `cleaned` the texts that
    could not be written as they were told, `by_hand` says that a light was set by hand."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        page: Worksheet,
        formats: Formats,
        sheet: Sheet,
        words: Mapping[str, str],
        units: Mapping[str, Unit],
        language: Language,
    ) -> None:
        self.book, self.page, self.formats, self.sheet = book, page, formats, sheet
        self.words, self.units, self.language = words, units, language
        self.printed: list[Printed] = []
        self.cleaned: list[Cleaned] = []
        self.by_hand = False

    def write(self, place: Place, row: Row) -> str:
        """Write one cell; returns the text that stands in it, if it is text."""
        column, value = place.of, row.get(place.of.code)
        total = row["kind"] != "data"
        self._span(place, total)
        if column.format in TEXT_FORMATS or (value is not None and isinstance(value, str)):
            return self._text(place, row, self._clean(place, value), total)
        if column.format in DATES:
            return self._missing(place, row, total) if value is None else self._date(place, row, value, total)
        if value is None:
            return self._missing(place, row, total)
        self._number(place, row, Decimal(value), total)
        return ""

    def _span(self, place: Place, total: bool) -> None:
        """A column of several grid columns is one cell of data and empty ones beside it: a merged cell could be
        neither sorted nor filtered. The frame of the cells makes them look like one."""
        last = place.column + place.of.span - 1
        for at in range(place.column, last + 1) if place.of.span > 1 else ():
            self.page.write_blank(place.row, at, None, self.formats.part(total, at == place.column, at == last))

    def _text(self, place: Place, row: Row, text: str, total: bool) -> str:
        kind = place.of.format
        align = "center" if kind in ("centre", "light", "state") else "left"
        by_hand = set_by_hand(row, place.of.code) if kind == "light" else None
        sign = SIGN if by_hand else ""
        if kind == "light" and text:
            self._note_printed(place, text=text + sign, note=sentence_of(row.get(f"{place.of.code}|set")))
        if kind == "link":
            self.page.write_url(place.row, place.column, f"internal:'{text}'!A1", self.formats.link_cell(), text)
            return text
        told = text if place.of.told else self.language.say_parts(text)
        if place.of.span > 1 and lines_of(told, place.widths[0]) > 1:
            align = "left"  # in the middle of its first cell it would run out of it on both sides
        fills = {"light": FILLS, "state": STATE_FILLS}.get(kind, {UNREPORTED: FILLS["灰"]})
        more: dict[str, Any] = dict(fills.get(text, {}))
        if told.startswith(FORMULA_SIGNS):
            more["quote_prefix"] = True
        size = place.size_of(told) if kind in ("wrap", "text") else 0
        if 0 < size < SIZE:
            more["font_size"] = size
        wrap = not size if kind in ("wrap", "text") else not place.fits(told + sign)
        more.update(place.frame(0))
        if by_hand:
            more["num_format"] = PATTERN
            self.by_hand = True
            self.page.write_comment(place.row, place.column, *comment_of(by_hand, self.language))
        look = self.formats.text(total, align, wrap, **more)
        self.page.write_string(place.row, place.column, told, look)
        return told + sign

    def _clean(self, place: Place, value: object) -> str:
        text = clean(value)
        if value is not None and text != str(value):
            cell = str(xl_rowcol_to_cell(place.row, place.column))
            self.cleaned.append(Cleaned(self.sheet.tab, cell, place.subject, what_was_cleaned(str(value))))
        return text

    def _date(self, place: Place, row: Row, value: date | datetime, total: bool) -> str:
        pattern = DATES[place.of.format]
        if place.of.format == "deadline" and row["provisional"]:
            pattern += f'"{self.language.say("(暂定)")}"'
        look = self.formats.number(total, pattern, align="center", **place.frame(-1))
        self.page.write_datetime(place.row, place.last, value, look)
        return ""

    def _missing(self, place: Place, row: Row, total: bool) -> str:
        why = row.get(f"{place.of.code}|why")
        why = UNREPORTED if why is None else why
        if place.of.blank or not why:
            grey = bool(why) and why != "—"
            edge: dict[str, Any] = dict(place.frame(-1))
            look = self.formats.missing(True, **edge) if grey else self.formats.text(total, **edge)
            self.page.write_blank(place.row, place.last, None, look)
        else:
            told, more = self.language.say_parts(why), dict[str, Any](place.frame(-1))
            if not place.fits(told):
                more["text_wrap"] = True
            self.page.write_string(place.row, place.last, told, self.formats.missing(why == UNREPORTED, **more))
            return told
        return ""

    def _number(self, place: Place, row: Row, value: Decimal, total: bool) -> None:
        column = place.of
        unit = _unit(column, row)
        shown = value if unit in ("", "%") else value / self.units[unit].factor
        more: dict[str, Any] = {"align": "center"} if column.format in ("count", "age") else {}
        if column.format == "age" and value >= AGED_MONTHS:
            more |= FILLS["红"]
        pattern = self._pattern(column, row, unit).replace("百分点", self.language.say("百分点"))
        look = self.formats.number(total, pattern, **more | place.frame(-1))
        formula = self._formula(place, row)
        if column.format == "points" or (column.format in ("change", "change_short") and row.get("nature") == "rate"):
            shown = rounded(shown, 2)  # a change of 0.001 point must not print as −0.00
        number = _float(shown)
        if formula:
            self.page.write_formula(place.row, place.last, formula, look, number)
        else:
            self.page.write_number(place.row, place.last, number, look)
        if column.name and row["kind"] == "data":
            name = column.name.format(**{key: word for key, word in row.items() if isinstance(word, str)})
            self.book.define_name(name, f"='{self.sheet.tab}'!{xl_rowcol_to_cell(place.row, place.last, True, True)}")
        work, keys = row.get(f"{column.code}|work") or "", tuple(row.get(f"{column.code}|src") or ())
        if "{" in work:
            work = _WORD.sub(lambda hit: self._behind(place, hit), work)
        self._note_printed(place, number=shown, pattern=pattern, formula=formula, work=work, keys=keys)

    def _behind(self, place: Place, hit: re.Match[str]) -> str:
        """A cell of the row, or the cells of a column of the block, that a number was worked out of: M13!F5:F26."""
        if hit[1] not in place.columns:
            return hit[0]
        return f"{self.sheet.code}!{(place.rows if hit[2] else place.cell)(hit[1])}"

    def _note_printed(self, place: Place, **what: Any) -> None:
        column, at = place.of, place.last if "number" in what else place.column
        header = fill(f"{column.group} {column.header}".strip(), self.words)
        cell = str(xl_rowcol_to_cell(place.row, at))
        self.printed.append(
            Printed(self.sheet.tab, cell, place.block, place.subject, header, **{"number": None, **what})
        )

    def _pattern(self, column: SheetColumn, row: Row, unit: str) -> str:
        kind = column.format
        if row.get("pattern"):
            return str(row["pattern"])
        if kind in ("by_row", "target"):
            pattern = number_format(unit, _decimals(column, row))
            sign = row.get("comparator") or ""
            return f'"{sign}"{pattern}' if kind == "target" and sign else pattern
        if kind == "change_short":
            return POINTS if row.get("nature") == "rate" else GROWTH
        if kind == "change":
            return RATE_POINTS if row.get("nature") == "rate" else GROWTH
        fixed = {
            "int": INTEGER,
            "count": INTEGER,
            "age": INTEGER,
            "percent": "0.00%",
            "growth": GROWTH,
            "points": POINTS,
        }
        return fixed.get(kind) or number_format(unit, column.decimals)

    def _formula(self, place: Place, row: Row) -> str:
        """The live formula of a cell, if it has one."""
        column = place.of
        if row["kind"] == "total" and column.total:
            return f"=SUM({place.rows(column.code)})"
        formula = column.formula.get("") or column.formula.get(row.get(f"{column.code}|by") or "", "")
        if not formula:
            return ""

        def cell(hit: re.Match[str]) -> str:
            if hit[1] == "progress":
                return self.words["progress_formula"]
            return place.rows(hit[1]) if hit[2] else place.cell(hit[1])

        return _WORD.sub(cell, formula)


def fill(text: str, words: Mapping[str, str]) -> str:
    """A declared text with the words of this workbook."""
    return _WORD.sub(lambda hit: words.get(hit[1], hit[0]), text) if "{" in text else text


def subject_of(block: Block, row: Row) -> str:
    """The words that begin a row: by these it is found again in another edition."""
    words = []
    for column in block.columns[:4]:
        value = row.get(column.code)
        if column.format not in TEXT_FORMATS:
            break
        if isinstance(value, str):  # not the running number of a row, which may be another one there
            words.append(clean(value))
    return " ".join(words[:2])


def _unit(column: SheetColumn, row: Row) -> str:
    """The unit that a number is shown in: that of its cell, of its row or of its column."""
    if column.format not in ("by_row", "target"):
        return column.unit
    of_cell = row.get(f"{column.code}|unit")
    return str(row.get("unit") or "") if of_cell is None else str(of_cell)


def _decimals(column: SheetColumn, row: Row) -> int:
    told = row.get(f"{column.code}|decimals")
    told = row.get("decimals") if told is None else told
    return 0 if told is None else int(told)


def _float(value: Decimal) -> float:
    """The one place where a number becomes binary: xlsx holds nothing else."""
    return float(value)
