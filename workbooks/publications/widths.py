"""How many lines a text takes: what is printed has no one to drag a column wider."""

import math
import re
from functools import lru_cache

from workbooks.formats import TITLE_SIZE

LINE = 17.0
"""Height of a line of 12 point, in points."""
WIDE, NARROW = 16 / 7, 8 / 7
"""Widths of a Chinese and of another character of 12 point, in widths of a column's unit (7 pixels)."""
INDENT = 9 / 7
"""What the indent of a text takes of its column's width."""
_WORDS = re.compile(r"([^\s\u2001-\uffff-]+-?|[^ ])( *)")
"""What a line may be parted between: Latin words, to their hyphen, and single Chinese characters, each with its gap."""


@lru_cache(maxsize=20_000)
def lines_of(text: str, width: float) -> int:
    """How many lines of 12 point a text takes in a column of this width. Words of Latin letters are not parted."""
    return sum(_lines_of_one(line, max(width, 1)) for line in text.split("\n"))


def _lines_of_one(line: str, width: float) -> int:
    units = _units(line)
    if units <= width or units == len(line) * WIDE:
        return max(1, math.ceil(units / width))
    lines, taken = 1, 0.0
    for word, gap in _WORDS.findall(line):
        units = _units(word)
        if taken and taken + units > width:
            lines, taken = lines + 1, 0.0
        lines += max(0, math.ceil(units / width) - 1)
        taken += (units - 1) % width + 1 if units > width else units
        taken += _units(gap)
    return lines


def _units(text: str) -> float:
    return sum(WIDE if ord(c) > 0x2000 else NARROW for c in text)


def size_of_title(text: str, width: float, size: int) -> tuple[int, int]:
    """Size and number of lines of a title over this width: smaller where the name is long, in two lines at most half
    as large."""
    while size > TITLE_SIZE // 2 and lines_of(text, width * 12 / size) > 1:
        size -= 1
    return size, lines_of(text, width * 12 / size)
