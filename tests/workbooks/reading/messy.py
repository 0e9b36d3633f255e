"""Messy files: clean returns, and what people and programs do to them, by name.

A deformation changes a clean return in one way. It says which findings reading must tell, and how many figures it takes
away; every other figure must come out as it went in. Values are changed first, then the layout, then the file itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO

import openpyxl
from openpyxl.cell.cell import Cell as XlCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from catalogue.load import load
from samples.derive import derive
from samples.drops import make_filing
from samples.truth import SEED, make_truth
from samples.workbook import render
from tests.workbooks.reading import dressed
from tests.workbooks.returns import READER
from transforms.model import Column
from workbooks.reading.parse import Parsed

VALUES, LAYOUT, FILE = 0, 1, 2
_LEDGER_ROWS = 12


@dataclass(frozen=True)
class Clean:
    """A clean return as bytes, and what is read from it."""

    form: str
    data: bytes
    parsed: Parsed = field(repr=False)

    def book(self) -> Workbook:
        return openpyxl.load_workbook(BytesIO(self.data))


@cache
def clean(form: str) -> Clean:
    """A small return: a month with short ledgers, cut, with a negative amount and a negative rate."""
    month = "2021-01" if form == "F01" else "2022-08"
    filing = make_filing(load().district("jb"), form, month, derive(make_truth(SEED), form, month), SEED)
    book = openpyxl.load_workbook(BytesIO(render(filing)))
    for ws in book.worksheets:
        last = next((r for r in range(1, ws.max_row) if str(ws.cell(r, 1).value or "").startswith(("注", "填报人"))), 0)
        if last > 40:
            relay(
                ws, lambda r, last=last: r if r < 4 + _LEDGER_ROWS else r - last + 4 + _LEDGER_ROWS if r >= last else 0
            )
    if form == "F10":
        book.worksheets[0]["H6"], book.worksheets[0]["I6"] = -1234.5, -1.25
    data = saved(book)
    return Clean(form, data, READER(data))


@cache
def unchanged(form: str) -> bytes:
    """The clean return as it is saved again."""
    return saved(clean(form).book())


def saved(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def relay(
    ws: Worksheet,
    row_of: Callable[[int], int],
    column_of: Callable[[int], int] = lambda c: c,
    onto: Worksheet | None = None,
) -> None:
    """Every cell and merge to another place (0: nowhere), as inserting and deleting does; perhaps on another sheet."""
    merges = [(m.min_row, m.min_col, m.max_row, m.max_col) for m in ws.merged_cells.ranges]
    for merged in list(ws.merged_cells.ranges):
        ws.unmerge_cells(str(merged))
    cells = [cell for row in ws.iter_rows() for cell in row if cell.value is not None or cell.has_style]
    told = [(row_of(c.row), column_of(c.column), c.value, c.data_type, c._style) for c in cells]
    target = onto or ws
    ws._cells.clear()
    for row, column, value, kind, style in told:
        if row and column:
            cell = target.cell(row, column)
            cell.value, cell._style = value, style
            if kind in ("s", "e"):
                cell.data_type = kind
    for top, left, bottom, right in merges:
        if row_of(top) and row_of(bottom) and column_of(left) and column_of(right):
            target.merge_cells(
                start_row=row_of(top), end_row=row_of(bottom), start_column=column_of(left), end_column=column_of(right)
            )


# Deformations


@dataclass(frozen=True)
class Deformation:
    """One thing that is done to a return.

    Attributes:
        change: to the open workbook (values, layout) or to its bytes (file); told the clean return.
        tells: names of the findings of reading that must come, and no others.
        loses: whether figures go: each must be told as nothing, its text kept.
        halves: whether every figure stays as exactly known as before.
        moved: whether rows or columns come in another order.
    """

    name: str
    stage: int
    change: Callable[..., object]
    forms: tuple[str, ...]
    tells: frozenset[str]
    loses: bool
    halves: bool
    office: bool


DEFORMATIONS: dict[str, Deformation] = {}
ALL = ("F01", "F03", "F10")


def deformation(
    stage: int, *forms: str, tells: str = "", loses: bool = False, halves: bool = True, office: bool = False
) -> Callable[[Callable[..., object]], Callable[..., object]]:
    def register(change: Callable[..., object]) -> Callable[..., object]:
        name = change.__name__
        DEFORMATIONS[name] = Deformation(
            name, stage, change, forms or ALL, frozenset(tells.split()), loses, halves, office
        )
        return change

    return register


@dataclass(frozen=True)
class Figure:
    """A cell of a clean return that tells something in a column."""

    cell: XlCell
    column: Column
    kind: str

    def say(self, value: object, number_format: str = "General") -> None:
        self.cell.value = value  # type: ignore[assignment]
        self.cell.number_format = number_format


def figures(
    book: Workbook, base: Clean, *types: str, kinds: tuple[str, ...] = ("data", "part", "total")
) -> Iterator[Figure]:
    """The cells of columns of these types that hold a value."""
    for table in load().form(base.form).tables:
        rows = base.parsed.tables.get(table.code)
        if table.layout == "note" or rows is None:
            continue
        for column in table.columns:
            letter = base.parsed.letters[table.code].get(column.code)
            if column.type not in types or letter is None:
                continue
            for row, kind, value in zip(rows.rows, rows.kinds, rows.values[column.code], strict=True):
                if value is not None and kind in kinds:
                    yield Figure(book[rows.sheet][f"{letter}{row}"], column, kind)


def sheets(book: Workbook) -> list[Worksheet]:
    return [ws for ws in book.worksheets if ws.title != "_meta"]


def header_rows(ws: Worksheet) -> range:
    """From row 3 to the row above the first that is not merged downwards and not of words of a second level."""
    return range(3, 5 if any(m.min_row == 3 for m in ws.merged_cells.ranges) else 4)


def number(cell: XlCell) -> Decimal:
    return Decimal(str(cell.value))


FULL_WIDTH = str.maketrans("0123456789.,-%()", "０１２３４５６７８９．，－％（）")

# Numbers in other spellings


@deformation(VALUES, tells="number_text")
def digits_as_text(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money", "decimal"):
        f.say(str(f.cell.value), "@")


@deformation(VALUES, tells="number_text")
def digits_in_full_width(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money"):
        f.say(str(f.cell.value).translate(FULL_WIDTH))


@deformation(VALUES, tells="number_text")
def thousands_separated(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money", "int"):
        f.say(f"{number(f.cell):,}")


@deformation(VALUES, tells="number_text")
def thousands_separated_in_full_width(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money"):
        f.say(f"{number(f.cell):,}".translate(FULL_WIDTH))


@deformation(VALUES, tells="number_text")
def thousands_separated_by_spaces(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money"):
        f.say(f"{number(f.cell):,}".replace(",", " "))


@deformation(VALUES, tells="number_text")
def spaces_around_numbers(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money"):
        f.say(f" \u3000{f.cell.value}\xa0")


@deformation(VALUES, tells="number_text")
def unseen_characters_in_numbers(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money", "int"):
        f.say(f"\u200b\ufeff{f.cell.value}\u202c")


@deformation(VALUES, tells="number_text", halves=False)
def unit_of_the_column_in_the_cell(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money", "int"):
        f.say(f"{f.cell.value}{f.column.unit}")


@deformation(VALUES, "F01", "F10", tells="own_unit", halves=False)
def money_in_hundreds_of_millions(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money"):
        f.say(f"{number(f.cell) / (10_000 if f.column.unit == '万元' else 10**8):f}亿元")


@deformation(VALUES, "F03", "F10", tells="own_unit", halves=False)
def money_in_yuan(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money"):
        if f.column.unit == "万元":
            f.say(f"{number(f.cell) * 10_000:f}元")


@deformation(VALUES, "F03", "F10", tells="own_unit bare_multiple", halves=False)
def money_in_bare_ten_thousands(book: Workbook, base: Clean) -> None:
    (first, *_) = (f for f in figures(book, base, "money") if f.column.unit == "万元")
    first.say(f"{number(first.cell)}万")
    for f in list(figures(book, base, "money"))[1:]:
        if f.column.unit == "万元":
            f.say(f"{number(f.cell) * 10_000:f}元")


@deformation(VALUES, "F10", tells="number_text", halves=False)
def money_with_its_sign(book: Workbook, base: Clean) -> None:
    """¥ before what is in 万元 would be another unit: here only the sign of the column's own."""
    for f in figures(book, base, "money"):
        f.say(f"{f.cell.value} {f.column.unit}")


@deformation(VALUES, "F03", tells="own_unit", halves=False)
def counts_in_ten_thousands(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "int"):
        f.say(f"{number(f.cell) / 10_000:f}万户" if f.column.unit == "户" else f.cell.value)


@deformation(VALUES, "F10", tells="number_text")
def negatives_in_brackets(book: Workbook, base: Clean) -> None:
    _negatives(book, base, "({:,})")


@deformation(VALUES, "F10", tells="number_text")
def negatives_in_wide_brackets(book: Workbook, base: Clean) -> None:
    _negatives(book, base, "（{}）")


@deformation(VALUES, "F10", tells="number_text")
def negatives_with_a_long_minus(book: Workbook, base: Clean) -> None:
    _negatives(book, base, "−{}")


def _negatives(book: Workbook, base: Clean, spelt: str) -> None:
    found = [f for f in figures(book, base, "money") if number(f.cell) < 0]
    assert found
    for f in found:
        f.say(spelt.format(-number(f.cell)))


@deformation(VALUES, tells="number_text", halves=False)
def rates_with_a_percent_sign(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "pct"):
        f.say(f"{f.cell.value}%")


@deformation(VALUES, tells="number_text", halves=False)
def rates_with_a_wide_percent_sign(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "pct"):
        f.say(f"{f.cell.value}％".translate(FULL_WIDTH))


@deformation(VALUES)
def rates_under_a_percent_format(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "pct"):
        f.say(float(number(f.cell) / 100), f"0.{'0' * f.column.decimals}%".replace(".%", "%"))


@deformation(VALUES)
def noise_of_doubles(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money"):
        f.say(float(number(f.cell)) * (1 + 2**-52), f.cell.number_format)


@deformation(VALUES, tells="rounded")
def more_digits_than_asked_for(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money"):
        f.say(float(number(f.cell) + Decimal("0.0004")))


@deformation(VALUES, "F03", "F10", tells="hedge", halves=False)
def about(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "int", kinds=("data",)):
        f.say(f"约{f.cell.value}{f.column.unit}")


@deformation(VALUES, "F03", "F10", tells="hedge", halves=False)
def and_a_little_more(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "int", kinds=("data",)):
        f.say(f"{f.cell.value}余{f.column.unit}")


@deformation(VALUES, "F03", "F10", tells="hedge", halves=False)
def not_more_than(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money", kinds=("data",)):
        f.say(f"不超过{f.cell.value}{f.column.unit}" if number(f.cell) > 0 else f.cell.value)


@deformation(VALUES, "F03", "F10", tells="hedge", halves=False)
def nearly(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "int", kinds=("data",)):
        f.say(f"近 {f.cell.value:,} {f.column.unit}")


# Dates and periods in other spellings


def _dates(book: Workbook, base: Clean, spell: Callable[[date], object], number_format: str = "General") -> None:
    found = list(figures(book, base, "date"))
    assert found
    for f in found:
        told = f.cell.value
        f.say(spell(told.date() if isinstance(told, datetime) else told), number_format)  # type: ignore[arg-type]


@deformation(VALUES, "F01")
def dates_as_iso_text(book: Workbook, base: Clean) -> None:
    _dates(book, base, date.isoformat)


@deformation(VALUES, "F01", tells="date_spelling")
def dates_in_chinese(book: Workbook, base: Clean) -> None:
    _dates(book, base, lambda d: f"{d.year}年{d.month}月{d.day}日")


@deformation(VALUES, "F01", tells="date_spelling")
def dates_with_dots(book: Workbook, base: Clean) -> None:
    _dates(book, base, lambda d: f"{d.year}.{d.month}.{d.day}")


@deformation(VALUES, "F01", tells="date_spelling")
def dates_with_slashes_in_full_width(book: Workbook, base: Clean) -> None:
    _dates(book, base, lambda d: f"{d.year}／{d.month:02}／{d.day:02}".translate(FULL_WIDTH))


@deformation(VALUES, "F01", tells="date_spelling")
def dates_as_eight_digits(book: Workbook, base: Clean) -> None:
    _dates(book, base, lambda d: int(f"{d:%Y%m%d}"))


@deformation(VALUES, "F01", tells="date_spelling")
def dates_as_serial_numbers(book: Workbook, base: Clean) -> None:
    _dates(book, base, lambda d: (d - date(1899, 12, 30)).days)


@deformation(VALUES, "F01")
def dates_counted_from_1904(book: Workbook, base: Clean) -> None:
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    _dates(book, base, lambda d: d, "yyyy-mm-dd")


@deformation(VALUES, "F01")
def dates_in_another_format(book: Workbook, base: Clean) -> None:
    _dates(book, base, lambda d: d, '[$-804]yyyy"年"m"月"d"日";@')


@deformation(VALUES, "F01", tells="date_spelling")
def dates_with_a_time(book: Workbook, base: Clean) -> None:
    _dates(book, base, lambda d: datetime(d.year, d.month, d.day, 9, 30), "yyyy-mm-dd hh:mm")


def _periods(book: Workbook, base: Clean, spell: Callable[[int, int], object], number_format: str = "General") -> None:
    found = list(figures(book, base, "period"))
    assert found
    for f in found:
        year, month = map(int, str(f.cell.value).split("-"))
        f.say(spell(year, month), number_format)


@deformation(VALUES, "F01", tells="date_spelling")
def periods_in_chinese(book: Workbook, base: Clean) -> None:
    _periods(book, base, lambda y, m: f"{y}年{m}月")


@deformation(VALUES, "F01", tells="date_spelling")
def periods_as_six_digits(book: Workbook, base: Clean) -> None:
    _periods(book, base, lambda y, m: y * 100 + m)


@deformation(VALUES, "F01", tells="date_spelling")
def periods_as_dates(book: Workbook, base: Clean) -> None:
    _periods(book, base, lambda y, m: date(y, m, 1), 'yyyy"年"m"月"')


@deformation(VALUES, "F01", tells="date_spelling")
def periods_as_decimals_of_two_places(book: Workbook, base: Clean) -> None:
    _periods(book, base, lambda y, m: float(f"{y}.{m:02}"), "0.00")


@deformation(VALUES, "F01", loses=True)
def a_period_that_lost_its_zero(book: Workbook, base: Clean) -> None:
    """2022.1: January, or October under a format that shows one decimal."""
    _first(book, base, "period").say(2022.1)


# Words


@deformation(VALUES)
def spaces_around_words(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "code", "enum", kinds=("data",)):
        f.say(f" {f.cell.value}\u3000")


@deformation(VALUES)
def line_breaks_in_words(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "enum", kinds=("data",)):
        f.say(f"{str(f.cell.value)[:1]}\n{str(f.cell.value)[1:]}")


@deformation(VALUES, "F01", "F10")
def codes_in_full_width_and_small(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "code", kinds=("data",)):
        if f.column.codes:
            f.say("".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in str(f.cell.value).lower()))


@deformation(VALUES, "F03", "F10")
def totals_in_other_words(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        for cell in next(ws.iter_cols(1, 1)):
            if cell.value == "合计":
                cell.value = "总　计："


@deformation(VALUES, "F03")
def parts_with_a_wide_colon(book: Workbook, base: Clean) -> None:
    for cell in next(book.worksheets[0].iter_cols(1, 1)):
        if "其中" in str(cell.value):
            cell.value = str(cell.value).replace("  其中:", "\u3000\u3000其中：")


@deformation(VALUES, "F03")
def parts_by_spaces_alone(book: Workbook, base: Clean) -> None:
    for cell in next(book.worksheets[0].iter_cols(1, 1)):
        if "其中" in str(cell.value):
            cell.value = str(cell.value).replace("其中:", "  ")


@deformation(VALUES, "F03")
def parts_by_the_indent_of_the_cell(book: Workbook, base: Clean) -> None:
    for cell in next(book.worksheets[0].iter_cols(1, 1)):
        if "其中" in str(cell.value):
            cell.value, cell.alignment = str(cell.value).replace("其中:", "").strip(), Alignment(indent=2)


# What is not told, and what cannot be


def _first(book: Workbook, base: Clean, *types: str) -> Figure:
    return next(f for f in figures(book, base, *types) if f.cell.value)


def _emptied(word: object) -> Callable[..., object]:
    def change(book: Workbook, base: Clean) -> None:
        _first(book, base, "money", "decimal").say(word)

    return change


for _name, _word in (("nothing", None), ("a_hyphen", "-"), ("a_dash", "—"), ("a_slash", "/"), ("a_word", "无")):
    _change = _emptied(_word)
    _change.__name__ = f"a_figure_is_{_name}"
    deformation(VALUES, loses=True)(_change)


@deformation(VALUES, loses=True)
def a_figure_is_an_error(book: Workbook, base: Clean) -> None:
    figure = _first(book, base, "money", "decimal")
    figure.say("#DIV/0!")
    figure.cell.data_type = "e"


@deformation(VALUES, loses=True)
def a_figure_is_in_words(book: Workbook, base: Clean) -> None:
    _first(book, base, "money", "decimal").say("三千余")


@deformation(VALUES, loses=True)
def a_figure_with_a_comma_for_a_point(book: Workbook, base: Clean) -> None:
    _first(book, base, "money", "decimal").say("1234,5")


@deformation(VALUES, loses=True, tells="wrong_unit")
def a_figure_in_another_unit(book: Workbook, base: Clean) -> None:
    _first(book, base, "money").say("12户")


@deformation(VALUES, loses=True, tells="too_large")
def a_figure_beyond_every_amount(book: Workbook, base: Clean) -> None:
    _first(book, base, "money").say(1e15)


@deformation(VALUES, "F03", "F10", loses=True, tells="not_whole")
def half_a_firm(book: Workbook, base: Clean) -> None:
    _first(book, base, "int").say(12.5)


@deformation(VALUES, "F01", loses=True)
def a_day_that_never_was(book: Workbook, base: Clean) -> None:
    _first(book, base, "date").say("2022-02-30")


# Formulas


@deformation(VALUES, loses=True, tells="no_result")
def formulas_without_results(book: Workbook, base: Clean) -> None:
    for f in figures(book, base, "money", kinds=("data",)):
        f.cell.value = f"=ROUND({f.cell.value},2)"


# The sheet


@deformation(LAYOUT)
def rows_above(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        relay(ws, lambda r: r + 5)


@deformation(LAYOUT)
def columns_before(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        relay(ws, lambda r: r, lambda c: c + 3)


@deformation(LAYOUT)
def a_row_inserted_among_the_data(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        last = header_rows(ws)[-1]
        relay(ws, lambda r, last=last: r + (r > last + 1))


@deformation(LAYOUT)
def a_row_inserted_below_the_header(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        last = header_rows(ws)[-1]
        relay(ws, lambda r, last=last: r + (r > last))


@deformation(LAYOUT)
def a_column_inserted_in_the_middle(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        relay(ws, lambda r: r, lambda c: c + (c > 5))


@deformation(LAYOUT)
def columns_in_another_order(book: Workbook, base: Clean) -> None:
    """The first column to the end; only where nothing is merged across."""
    for ws in sheets(book):
        if len(header_rows(ws)) == 1:
            width = ws.max_column
            titles = {r: ws.cell(r, 1).value for r in (1, 2)}
            for merged in list(ws.merged_cells.ranges):
                ws.unmerge_cells(str(merged))
            relay(ws, lambda r: r, lambda c, width=width: width if c == 2 else c - 1 if c > 2 else c)
            for row, value in titles.items():
                ws.cell(row, 1).value = value


@deformation(LAYOUT)
def sheets_renamed(book: Workbook, base: Clean) -> None:
    for number_, ws in enumerate(sheets(book), 1):
        ws.title = f"Sheet{number_}"


@deformation(LAYOUT, tells="hidden_sheet")
def sheets_hidden(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        ws.sheet_state = "hidden"
    book.create_sheet("填写说明", 0)["A1"] = "请在各表页填写"


@deformation(LAYOUT)
def title_missing(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        ws["A1"] = None


@deformation(LAYOUT)
def title_and_unit_line_missing(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        relay(ws, lambda r: r - 2 if r > 2 else 0)


@deformation(LAYOUT)
def the_hidden_sheet_missing(book: Workbook, base: Clean) -> None:
    del book["_meta"]


@deformation(LAYOUT, "F01", "F03")
def tables_below_one_another(book: Workbook, base: Clean) -> None:
    first, *others = sheets(book)
    for ws in others:
        down = first.max_row + 1
        relay(ws, lambda r, down=down: r + down, onto=first)
        book.remove(ws)


@deformation(LAYOUT, "F01", "F03")
def tables_beside_one_another(book: Workbook, base: Clean) -> None:
    first, *others = sheets(book)
    for ws in others:
        right = first.max_column + 1
        relay(ws, lambda r: r, lambda c, right=right: c + right, onto=first)
        book.remove(ws)


@deformation(LAYOUT, "F01", "F03")
def tables_beside_one_another_from_different_rows(book: Workbook, base: Clean) -> None:
    first, *others = sheets(book)
    for number_, ws in enumerate(others, 1):
        right = first.max_column + 2
        relay(ws, lambda r, n=number_: r + n, lambda c, right=right: c + right, onto=first)
        book.remove(ws)


@deformation(LAYOUT)
def header_in_full_width_with_breaks(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        for row in ws.iter_rows(header_rows(ws)[0], header_rows(ws)[-1]):
            for cell in row:
                if isinstance(cell.value, str):
                    told = cell.value.translate(FULL_WIDTH).replace(":", "：")
                    cell.value = f" {told[:2]}\n{told[2:]} "


@deformation(LAYOUT)
def header_groups_unmerged(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        for merged in [m for m in ws.merged_cells.ranges if m.min_row == m.max_row == 3]:
            ws.unmerge_cells(str(merged))


@deformation(LAYOUT)
def header_groups_unmerged_and_repeated(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        for merged in [m for m in ws.merged_cells.ranges if m.min_row == m.max_row == 3]:
            told = ws.cell(3, merged.min_col).value
            ws.unmerge_cells(str(merged))
            for column in range(merged.min_col, merged.max_col + 1):
                ws.cell(3, column).value = told


@deformation(LAYOUT)
def header_merged_in_three_levels(book: Workbook, base: Clean) -> None:
    """One more level above all: 主要指标 over every column but the first."""
    for ws in sheets(book):
        width = ws.max_column
        for merged in [m for m in ws.merged_cells.ranges if m.min_row >= 3 and m.max_row <= 4]:
            ws.unmerge_cells(str(merged))
        relay(ws, lambda r: r + (r > 2))
        ws.cell(3, 2).value = "主要指标"
        ws.merge_cells(start_row=3, end_row=3, start_column=2, end_column=width)


@deformation(LAYOUT)
def numbers_of_columns_below_the_header(book: Workbook, base: Clean) -> None:
    _number_columns(book, lambda n: n)


@deformation(LAYOUT)
def letters_and_numbers_of_columns_below_the_header(book: Workbook, base: Clean) -> None:
    _number_columns(book, lambda n: "甲" if n == 1 else n - 1)


@deformation(LAYOUT)
def bracketed_numbers_of_columns_below_the_header(book: Workbook, base: Clean) -> None:
    _number_columns(book, lambda n: f"({n})")


def _number_columns(book: Workbook, spell: Callable[[int], object]) -> None:
    for ws in sheets(book):
        last, width = header_rows(ws)[-1], ws.max_column
        relay(ws, lambda r, last=last: r + (r > last))
        for column in range(1, width + 1):
            ws.cell(last + 1, column).value = spell(column)  # type: ignore[assignment]


@deformation(LAYOUT)
def header_repeated_as_on_a_second_page(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        rows = header_rows(ws)
        at = rows[-1] + 3
        if ws.max_row < at + 3:
            continue
        header = [[ws.cell(row, c).value for c in range(1, ws.max_column + 1)] for row in rows]
        relay(ws, lambda r, at=at, rows=rows: r + (len(rows) if r >= at else 0))
        for row, told in enumerate(header, at):
            for column, value in enumerate(told, 1):
                ws.cell(row, column).value = value


@deformation(LAYOUT, tells="unknown_columns")
def a_column_of_their_own(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        column = ws.max_column + 1
        for row in range(3, header_rows(ws)[-1] + 4):
            ws.cell(row, column).value = "经办人" if row == 3 else "张三" if row > header_rows(ws)[-1] else None


@deformation(LAYOUT, tells="hidden_rows")
def a_row_hidden(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        ws.row_dimensions[header_rows(ws)[-1] + 1].hidden = True


@deformation(LAYOUT, tells="second_table")
def a_copy_of_the_sheet(book: Workbook, base: Clean) -> None:
    book.copy_worksheet(book.worksheets[0])


@deformation(LAYOUT)
def a_sheet_of_their_own(book: Workbook, base: Clean) -> None:
    ws = book.create_sheet("计算过程", 0)
    for row in (("项目", "一月", "二月"), ("户数", 1, 2), ("金额", 3.5, 4.5)):
        ws.append(row)


@deformation(LAYOUT)
def a_subtotal_in_the_middle(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        at = header_rows(ws)[-1] + 3
        if ws.max_row < at + 3:
            continue
        relay(ws, lambda r, at=at: r + (r >= at))
        ws.cell(at, 1).value = "小 计"
        for column in range(4, 6):
            ws.cell(at, column).value = 1


@deformation(LAYOUT)
def styled_empty_rows_below(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        for row in range(ws.max_row + 1, ws.max_row + 300):
            ws.cell(row, 1).number_format = "0.00"


@deformation(LAYOUT)
def signatures_missing(book: Workbook, base: Clean) -> None:
    for ws in sheets(book):
        ws.delete_rows(ws.max_row)


@deformation(LAYOUT)
def furniture_of_excel(book: Workbook, base: Clean) -> None:
    """Filters, validations, comments, print areas, frozen panes."""
    from openpyxl.comments import Comment
    from openpyxl.worksheet.datavalidation import DataValidation

    for ws in sheets(book):
        ws.auto_filter.ref = f"A3:{get_column_letter(ws.max_column)}{ws.max_row}"
        validation = DataValidation(type="whole", operator="greaterThan", formula1="0")
        validation.add("D5:D9")
        ws.add_data_validation(validation)
        ws["A5"].comment = Comment("请核对", "审核人")
        ws.print_area = "A1:E9"


# The file


def _file(name: str, change: Callable[[bytes], bytes], *forms: str, tells: str = "", halves: bool = True) -> None:
    def changed(data: bytes, base: Clean) -> bytes:
        return change(data)

    changed.__name__ = name
    deformation(FILE, *forms, tells=tells, halves=halves)(changed)


_file("macros_beside_it", dressed.with_macros)
_file("strict", dressed.strict)
_file("prefixed", dressed.prefixed)
_file("without_references", dressed.without_references)
_file("shared_texts", dressed.shared_texts)
_file("stored_without_compression", dressed.stored)
_file("formulas_with_results", dressed.formulas_with_results)
_file("shared_formulas", dressed.shared_formulas)
_file("a_false_dimension", dressed.false_dimension)
_file("encrypted_as_excel_does_by_itself", dressed.encrypted)
_file("a_web_page", dressed.as_html, tells="format", halves=False)
_file("a_web_page_in_gb2312", dressed.as_html_gb, tells="format", halves=False)
_file("xml_of_2003", dressed.as_spreadsheetml, tells="format")
_file("a_binary_workbook", dressed.as_xlsb, tells="format")
for _encoding in ("utf-8", "utf-8-sig", "gb18030"):
    _file(
        f"csv_in_{re.sub('[^a-z0-9]', '_', _encoding)}", dressed.as_csv(_encoding), "F10", tells="format", halves=False
    )
_file("csv_in_utf_16_with_tabs", dressed.as_csv("utf-16", "\t"), "F10", tells="format", halves=False)
_file("csv_with_semicolons", dressed.as_csv("gb18030", ";"), "F10", tells="format", halves=False)


def _converted(name: str, kind: str, tells: str = "format") -> None:
    def changed(data: bytes, base: Clean) -> bytes:
        return dressed.converted(data, kind, tuple(map(unchanged, ALL)))

    changed.__name__ = name
    deformation(FILE, tells=tells, office=True)(changed)


_converted("saved_as_xls", "xls")
_converted("saved_as_ods", "ods")
_converted("saved_by_another_program", "xlsx", tells="")


# Files


@dataclass(frozen=True)
class Messy:
    """A messy file and what must come of it."""

    name: str
    form: str
    steps: tuple[Deformation, ...]

    @property
    def tells(self) -> set[str]:
        return {name for step in self.steps for name in step.tells}

    @property
    def loses(self) -> bool:
        return any(step.loses for step in self.steps)

    @property
    def halves(self) -> bool:
        return all(step.halves for step in self.steps)

    @property
    def office(self) -> bool:
        return any(step.office for step in self.steps)

    def data(self) -> bytes:
        base = clean(self.form)
        data = unchanged(self.form)
        if any(step.stage != FILE for step in self.steps):
            book = base.book()
            for step in self.steps:
                if step.stage != FILE:
                    step.change(book, base)
            data = saved(book)
        for step in self.steps:
            if step.stage == FILE:
                data = step.change(data, base)  # type: ignore[assignment]
        return data


def messy_files() -> list[Messy]:
    """Every deformation alone on every form that it is for, and pairs of different stages, taken in turn."""
    alone = [Messy(f"{d.name}-{form}", form, (d,)) for d in DEFORMATIONS.values() for form in d.forms]
    of = {
        stage: [d for d in DEFORMATIONS.values() if d.stage == stage and not d.office]
        for stage in (VALUES, LAYOUT, FILE)
    }
    pairs = []
    for first, second, times in ((VALUES, LAYOUT, 2), (VALUES, FILE, 1), (LAYOUT, FILE, 2)):
        for turn in range(times * len(of[first])):
            one, other = (
                of[first][turn % len(of[first])],
                of[second][(turn * 7 + turn // len(of[first])) % len(of[second])],
            )
            forms = [form for form in one.forms if form in other.forms]
            if forms and not _contradict(one, other):
                pairs.append(
                    Messy(f"{one.name}+{other.name}-{forms[turn % len(forms)]}", forms[turn % len(forms)], (one, other))
                )
    return alone + list({m.name: m for m in pairs}.values())


def _contradict(one: Deformation, other: Deformation) -> bool:
    """A text file has no hidden rows, no second sheet, no formats and no indents: such pairs say nothing."""
    flat = other.name.startswith(("csv", "a_web_page"))
    needs = (
        "by_the_indent",
        "hidden",
        "copy",
        "of_their_own",
        "percent_format",
        "1904",
        "two_places",
        "serial",
        "beside",
        "spaces_around",
    )
    if flat and any(word in one.name for word in needs):
        return True
    return other.name in ("formulas_with_results", "shared_formulas") and one.loses
