"""From a cell to a typed value: text and digits in, exact text of the value in its base unit out.

Values are text here (decimal digits, ISO dates): they are pickled, and cast to their frame type in one go.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from workbooks.reading.cells import Cell
from workbooks.reading.shapes import ColumnShape, Shapes, spelling
from workbooks.reading.wording import half_width, plain

LARGEST = Decimal(10) ** 14
"""No figure of a district comes near it; beyond it products of two figures overflow Decimal(38, 8)."""

_FINEST = Decimal("1e-8")
_HALF = Decimal("0.5")


class Told(NamedTuple):
    """What a cell tells: value (None: not told, or not of the column's type), text as told, half a unit of the last
    told digit (both in the base unit), and a remark for the findings: a key of `remarks.REMARKS`, or ""."""

    value: str | None
    text: str | None
    half: str | None
    remark: str = ""


NOTHING = Told(None, None, None)


class CellReader:
    """Reads the cells of one column. Equal cells are read once: ledgers repeat themselves."""

    def __init__(self, column: ColumnShape, shapes: Shapes, date1904: bool = False) -> None:
        self.column, self.shapes, self.date1904 = column, shapes, date1904
        self.known: dict[tuple[str, str, str], Told] = {}
        self.interpret: Callable[[Cell], Told] = {
            "date": self._date,
            "period": self._period,
            "bool": self._coded,
            "text": self._text,
        }.get(column.type, self._number if column.numeric else self._coded)

    def read(self, cell: Cell | None) -> Told:
        if cell is None:
            return NOTHING
        if cell.kind == "empty":
            return Told(None, cell.formula, None, "no_result") if cell.formula else NOTHING
        key = (cell.kind, cell.text, cell.number_format)
        told = self.known.get(key)
        if told is None:
            told = self.known[key] = self._read(cell)
        if cell.formula and not cell.cached and told.value is not None and told.remark in ("", "rounded"):
            return told._replace(remark="recalculated")
        return told

    def _read(self, cell: Cell) -> Told:
        if cell.kind == "error":
            return Told(None, cell.text, None)
        if cell.kind == "text":
            word = plain(cell.text)
            if not word:
                return NOTHING
            # A code list may hold a word of emptiness (通办范围: 无): then it is a value.
            if not (self.column.codes and word.upper() in self.column.codes):
                empty = self.shapes.empty.get(word) or self.shapes.reasons.get(word)
                if empty:
                    return Told(None, empty, None)
        return self.interpret(cell)

    def _number(self, cell: Cell) -> Told:
        if cell.kind == "number":
            return read_number(cell.text, cell.number_format, self.column)
        text = cell.text.strip()
        return read_amount(text, self.column, self.shapes) if cell.kind == "text" else Told(None, text, None)

    def _date(self, cell: Cell) -> Told:
        text = cell.text.strip()
        if cell.kind == "date":
            # A time of day is no date, nor is Excel's 29 February 1900.
            return _spelt(parse_date(text[:10]), text)
        if cell.kind == "number":
            return _spelt(date_of_number(text, self.date1904), text)
        return _spelt(parse_date(text), text)

    def _period(self, cell: Cell) -> Told:
        text = cell.text.strip()
        if cell.kind == "date":
            return _spelt(text[:7] if "-" in text else None, text)
        if cell.kind == "number" and "." in text:
            # 2022.1 may be October that lost its zero: only the format tells.
            shown = f"{Decimal(text):.2f}" if _parse_format(cell.number_format).decimals == 2 else text
            return _spelt(None if shown.endswith(".1") else parse_period(shown), text)
        return _spelt(parse_period(text), text)

    def _coded(self, cell: Cell) -> Told:
        text = cell.text.strip()
        column = self.column
        if cell.kind == "bool" and column.type == "bool":
            return Told("是" if text == "TRUE" else "否", text, None)
        if column.codes is not None:
            # A word outside the list stays as told: H13 says so.
            return Told(column.codes.get(spelling(text), text), text, None)
        if cell.kind == "number" and len(text) > 15:
            return Told(None, text, None, "lost_digits")
        return Told(plain(text), text, None)

    def _text(self, cell: Cell) -> Told:
        text = cell.text.strip()
        return Told(text, text, None)


def _spelt(value: str | None, text: str) -> Told:
    """A date or a period that may have been told in other words than it is held in."""
    return Told(value, text, None, "date_spelling" if value not in (None, text) else "")


# Numbers


class _Format(NamedTuple):
    """What a number format shows: decimals (None: it does not say) and whether as percent."""

    decimals: int | None
    percent: bool


_FORMAT_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_FORMAT_DIGITS = re.compile(r"[0#?,]*[0#?](?:\.([0#?]*))?(,*)")


@lru_cache(maxsize=4096)
def _parse_format(number_format: str) -> _Format:
    code = _FORMAT_LITERALS.sub("", number_format.split(";", 1)[0])
    percent = "%" in code
    found = _FORMAT_DIGITS.search(code)
    # Scientific, scaled (#,##0,) and optional (0.##) digits do not say how many decimals were meant.
    if not found or "E" in code.upper() or found[2] or "general" in code.lower():
        return _Format(None, percent)
    return _Format(sum(c in "0?" for c in found[1] or ""), percent)


def _carried(value: Decimal) -> int:
    """Decimals that a value really has, without zeros at the end."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def exact_text(value: Decimal) -> str:
    """A value as frames hold it: at most eight decimals, half up, no exponent."""
    if _carried(value) > 8:
        value = value.quantize(_FINEST, ROUND_HALF_UP)
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def half_of(decimals: int, factor: Decimal) -> str:
    return exact_text(_HALF.scaleb(-decimals) * factor)


def read_number(text: str, number_format: str, column: ColumnShape) -> Told:
    """A number cell: shown decimals where its format says so, else the declared ones of the column.

    A value with more digits than declared (a formula's) is taken at the declared decimals, half up, as Excel shows it.
    """
    shown = _parse_format(number_format)
    value = Decimal(text)
    if shown.percent and column.type == "pct":
        value *= 100
    if abs(value * column.factor) >= LARGEST:
        return Told(None, text, None, "too_large")
    carried = _carried(value)
    if column.type == "int":
        return Told(None, text, None, "not_whole") if carried else Told(exact_text(value * column.factor), text, "0")
    declared = column.decimals
    if carried > declared:
        value = value.quantize(Decimal(1).scaleb(-declared), ROUND_HALF_UP)
    decimals = declared if shown.decimals is None else min(declared, max(shown.decimals, carried))
    # Where the cell shows no more decimals than declared, its reporter sees what is taken.
    remark = "rounded" if carried > declared and (shown.decimals is None or shown.decimals > declared) else ""
    return Told(exact_text(value * column.factor), text, half_of(decimals, column.factor), remark)


_AMOUNT = re.compile(
    r"""(?P<open>\()? \s*
        (?P<before>约|近|超过|超|逾|突破|不低于|不少于|不足|至少|不超过)? \s* (?P<yen>¥)? \s*
        (?P<sign>[+-])? \s*
        (?P<digits>[0-9]{1,3}(?:[, ][0-9]{3})+(?:\.[0-9]+)? | [0-9]+(?:\.[0-9]+)? | \.[0-9]+) \s*
        (?P<close>\))? \s* (?P<tail>.*)""",
    re.VERBOSE | re.DOTALL,
).fullmatch
_HEDGES = re.compile(r"余|多|以上|左右|上下|以内")
_MULTIPLES = (("万亿", 12), ("亿", 8), ("万", 4), ("千", 3), ("百", 2))


class _Scale(NamedTuple):
    """What one of the told digits is in the base unit."""

    factor: Decimal
    own: bool
    remark: str


def _scale(unit: str, column: ColumnShape, shapes: Shapes) -> _Scale | str:
    """How a unit written in the cell relates to the column; a remark where it cannot."""
    if not unit:
        return _Scale(column.factor, False, "number_text")
    known = shapes.units.get(unit)
    if known:
        if known.base != column.base:
            return "wrong_unit"
        return _Scale(known.factor, True, "number_text" if unit == column.unit else "own_unit")
    for word, power in _MULTIPLES:
        if unit.startswith(word):
            rest, factor = unit[len(word) :], Decimal(1).scaleb(power)
            if not rest:
                return _Scale(factor, True, "bare_multiple") if column.base == "元" else _multiple(factor, column)
            known = shapes.units.get(rest)
            if known and known.base == column.base and known.factor == 1:
                return _Scale(factor, True, "own_unit")
            return "wrong_unit" if known else ""
    return ""


def _multiple(factor: Decimal, column: ColumnShape) -> _Scale | str:
    """万 after a count (5万) is ten thousand of them; after a rate it is nothing."""
    return "wrong_unit" if column.type == "pct" else _Scale(factor, True, "own_unit")


def read_amount(text: str, column: ColumnShape, shapes: Shapes) -> Told:
    """A number told as text, with or without separators, brackets, a unit of its own, a hedge.

    Digits with a unit of their own count as written (12.23亿元 is known to ± 0.005 亿元). A hedge (余, 多, 约, 以上)
    keeps the value; its interval [v, v + step) lies within v ± step, so half becomes the step, which is one of the
    last written digit that is not a zero at the end (300余: 100, as figures.tsv reads the seeds).
    """
    found = _AMOUNT(half_width(text))
    if not found or bool(found["open"]) != bool(found["close"]):
        return Told(None, text, None)
    tail = plain(found["tail"])
    unit = _HEDGES.sub("", tail)
    scale = _scale(unit or ("元" if found["yen"] else ""), column, shapes)
    if isinstance(scale, str):
        return Told(None, text, None, scale)
    digits = found["digits"].replace(",", "").replace(" ", "")
    value = Decimal(digits)
    if found["open"] or found["sign"] == "-":
        value = -value
    hedged = bool(found["before"]) or unit != tail
    written = len(digits.partition(".")[2])
    return _amount(text, value, written, scale, hedged, column)


def _amount(text: str, value: Decimal, written: int, scale: _Scale, hedged: bool, column: ColumnShape) -> Told:
    if abs(value * scale.factor) >= LARGEST:
        return Told(None, text, None, "too_large")
    if column.type == "int" and _carried(value * scale.factor / column.factor):
        return Told(None, text, None, "not_whole")
    decimals = written
    if not scale.own:
        decimals = column.decimals
        if _carried(value) > decimals:
            value = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
            scale = scale._replace(remark="rounded")
    if hedged:
        return Told(exact_text(value * scale.factor), text, exact_text(_step(value, written) * scale.factor), "hedge")
    # A count is exact, unless it is told in ten thousands (5万件次).
    whole = column.type == "int" and scale.factor == column.factor
    half = "0" if whole else half_of(decimals, scale.factor)
    return Told(exact_text(value * scale.factor), text, half, scale.remark)


def _step(value: Decimal, written: int) -> Decimal:
    """One of the last written digit; zeros at the end of a whole number do not count."""
    if written:
        return Decimal(1).scaleb(-written)
    digits = str(abs(int(value)))
    return Decimal(1).scaleb(len(digits) - len(digits.rstrip("0"))) if int(value) else Decimal(1)


# Dates and periods

_DATE = re.compile(
    r"(\d{4})(?:[-/.。、]|年)(\d{1,2})(?:[-/.。、]|月)(\d{1,2})[日号]?(?:[T ]?\d{1,2}:\d{2}(?::\d{2})?)?"
).fullmatch
_DIGITS8 = re.compile(r"(\d{4})(\d{2})(\d{2})").fullmatch
_MONTH = re.compile(r"(\d{4})(?:[-/.]|年)?(\d{1,2})月?(?:份)?").fullmatch
_QUARTER = re.compile(r"(\d{4})年?(?:Q|第)?([1-4一二三四])(?:季度)?").fullmatch
_QUARTER_WORDS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_SERIALS = range(20_000, 80_000)  # 1954 to 2119: a General number outside is no date


def parse_date(text: str) -> str | None:
    """ISO date of 2022-08-31, 2022/8/31, 2022.8.31, 2022年8月31日, 20220831; None for anything else."""
    word = plain(text)
    found = _DATE(word) or _DIGITS8(word)
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        return None


def date_of_number(text: str, date1904: bool) -> str | None:
    """ISO date of a number: 20220831, or a serial day under a General format."""
    if "." in text or not text.isdigit():
        return None
    number = int(text)
    if number in _SERIALS:
        return (date(1899, 12, 30) + timedelta(number + (1462 if date1904 else 0))).isoformat()
    return parse_date(text)


def parse_period(text: str) -> str | None:
    """`YYYY-MM` of 2022-08, 2022年8月, 202208, 2022.8; `YYYYQn` of 2022年三季度; None for anything else."""
    word = plain(text).upper()
    found = _MONTH(word)
    if found and 1 <= int(found[2]) <= 12:
        # 20228 is no month: without a separator there must be two digits.
        if word.isdigit() and len(word) != 6:
            return None
        return f"{found[1]}-{int(found[2]):02d}"
    quarter = _QUARTER(word)
    if quarter and ("季" in word or "Q" in word):
        return f"{quarter[1]}Q{_QUARTER_WORDS.get(quarter[2], quarter[2])}"
    return None


def read_note_figure(column: ColumnShape, note: str, shapes: Shapes) -> Told:
    """The figure that the column's pattern finds in a note; nothing where it does not.

    300余件 stands for 300 and a little more. Half is taken as 5 there, half of the ten that a little more fills:
    a note is prose, and the rules on it have bands of their own. Other figures count as written.
    """
    found = re.search(column.pattern, note) or re.search(column.pattern, half_width(note))
    if not found:
        return NOTHING
    text = found[0].strip()
    if not column.numeric:
        return Told(found[1].strip(), text, None)
    try:
        value = Decimal(half_width(found[1]))
    except ArithmeticError:
        return Told(None, text, None)
    if abs(value * column.factor) >= LARGEST:
        return Told(None, text, None, "too_large")
    written = len(found[1].partition(".")[2])
    half = "0" if column.type == "int" else half_of(written, column.factor)
    if re.search("余|多|约", text):
        half = exact_text((Decimal(5) if _step(value, written) >= 10 else _step(value, written)) * column.factor)
    return Told(exact_text(value * column.factor), text, half)
