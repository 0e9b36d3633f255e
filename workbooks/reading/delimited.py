"""Read .csv, and the tab-separated text that Excel calls Unicode text.

What is plainly a number becomes a number cell, so that a typed 0 is a zero; everything else stays text as typed.
"""

import csv
import re
from io import StringIO

from workbooks.reading.cells import LAST_COLUMN, LAST_ROW, Allowance, Book, Cell, Sheet, damaged
from workbooks.reading.guard import Limits
from workbooks.reading.kinds import decode

_DELIMITERS = (",", "\t", ";", "|", "，")
_LOOKED_AT = 60
# Not of digits that a number would lose: leading zeros, or more than Excel's fifteen.
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,14})?").fullmatch
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"').fullmatch
_MOST_DIGITS = 15


def read_csv(data: bytes, limits: Limits) -> Book:
    """The cells of a text file, on one sheet.

    Raises:
        UnreadableReturn: no encoding fits, a quote that does not end, or over a limit.
    """
    text = decode(data)
    allowance = Allowance(limits.cells)
    cells: dict[tuple[int, int], Cell] = {}
    for number, row in enumerate(_rows(text, _delimiter(text)), 1):
        allowance.take(len(row) or 1)
        if number > LAST_ROW or len(row) > LAST_COLUMN:
            raise damaged(f"row {number} with {len(row)} columns")
        for column, told in enumerate(row, 1):
            if told.strip():
                cells[number, column] = plain_cell(number, column, told)
    return Book((Sheet("CSV", "visible", cells, [], frozenset(), frozenset()),), False, "csv")


def plain_cell(row: int, column: int, told: str) -> Cell:
    """A cell of a format that knows only text."""
    kept = _KEPT_AS_TEXT(told.strip())
    if kept:  # how exporting systems keep Excel from taking a code for a number
        return Cell(row, column, "text", kept[1], None, False, "@", 0)
    digits = told.strip()
    if _PLAIN_NUMBER(digits) and sum(c.isdigit() for c in digits) <= _MOST_DIGITS:
        return Cell(row, column, "number", _without_zeros(digits), None, False, _format_of(digits), 0)
    return Cell(row, column, "text", told, None, False, "General", 0)


def _without_zeros(digits: str) -> str:
    short = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if short == "-0" else short


def _format_of(digits: str) -> str:
    """The decimals that were written, as a number format tells them: 12.50 is known to two."""
    decimals = len(digits.partition(".")[2])
    return f"0.{'0' * decimals}" if decimals else "General"


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        # A quote inside a field that nobody doubled; what one line tells is still plain without quotes.
        return [[part.strip('"') for part in line.split(delimiter)] for line in text.splitlines()]


def _delimiter(text: str) -> str:
    """The one that makes the most columns of the first rows; of equal ones the more usual."""
    lines = text.splitlines()[:_LOOKED_AT]
    return max(_DELIMITERS, key=lambda d: (sum(line.count(d) for line in lines), -_DELIMITERS.index(d)))
