"""A shared formula as it stands in each cell of its group."""

import re

from workbooks.reading.cells import COLUMNS, LAST_COLUMN, LAST_ROW, letters_of
from workbooks.reading.unreadable import UnreadableReturn

_REFERENCES = re.compile(
    r"""
    "(?:[^"]|"")*" | '(?:[^']|'')*' | \[[^\]]*\]                    # texts, sheet names, table columns
  | (?<![\w.$]) (\$?)([A-Z]{1,3}) (\$?)([1-9][0-9]{0,6}) (?![\w.(!])  # A1
  | (?<![\w.$:]) (\$?)([A-Z]{1,3}):(\$?)([A-Z]{1,3}) (?![\w.(!$])       # A:C
  | (?<![\w.$:]) (\$?)([1-9][0-9]{0,6}):(\$?)([1-9][0-9]{0,6}) (?![\w.(!$]) # 1:3
    """,
    re.VERBOSE,
)


def shift(formula: str, rows: int, columns: int) -> str:
    """The formula as copied so many rows down and columns to the right: $ holds a reference still."""

    def moved_column(fixed: str, letters: str) -> str:
        number = COLUMNS[letters] + (0 if fixed else columns)
        if not 0 < number <= LAST_COLUMN:
            raise IndexError
        return fixed + letters_of(number)

    def moved_row(fixed: str, digits: str) -> str:
        number = int(digits) + (0 if fixed else rows)
        if not 0 < number <= LAST_ROW:
            raise IndexError
        return fixed + str(number)

    def move(found: re.Match[str]) -> str:
        part = found.groups("")
        try:
            if part[1]:
                return moved_column(part[0], part[1]) + moved_row(part[2], part[3])
            if part[5]:
                return f"{moved_column(part[4], part[5])}:{moved_column(part[6], part[7])}"
            if part[9]:
                return f"{moved_row(part[8], part[9])}:{moved_row(part[10], part[11])}"
        except IndexError:
            return "#REF!"
        except UnreadableReturn:  # three letters beyond XFD: a name, not a place
            return found[0]
        return found[0]

    return _REFERENCES.sub(move, formula)
