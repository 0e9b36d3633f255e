"""Number formats and indents of cells, and which formats show a date."""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from workbooks.reading.markup import local, parse, whole


class Style(NamedTuple):
    number_format: str
    indent: int
    is_date: bool


GENERAL = Style("General", 0, False)

# ECMA-376 18.8.30: formats that a file names by number only; 27–36 and 50–58 as in Chinese (zh-cn).
BUILTIN_FORMATS = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0', 6: '"¥"#,##0;[Red]"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00', 8: '"¥"#,##0.00;[Red]"¥"-#,##0.00',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)', 42: '_("¥"* #,##0_);_("¥"* (#,##0);_("¥"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("¥"* #,##0.00_);_("¥"* (#,##0.00);_("¥"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"',
    32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"', 35: '上午/下午h"时"mm"分"ss"秒"',
    36: 'yyyy"年"m"月"', 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}  # fmt: skip

NAMED_FORMATS = {
    "General Number": "General", "Fixed": "0.00", "Standard": "#,##0.00", "Percent": "0.00%", "Currency": "#,##0.00",
    "Scientific": "0.00E+00", "Short Date": "yyyy/m/d", "Medium Date": "d-mmm-yy", "Long Date": "yyyy/m/d",
    "General Date": "yyyy/m/d h:mm", "Short Time": "h:mm", "Medium Time": "h:mm AM/PM", "Long Time": "h:mm:ss",
}  # fmt: skip
"""Formats that SpreadsheetML 2003 names by a word."""

_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general', re.IGNORECASE)
_DATE_LETTERS = re.compile(r"[ymdhs]|a{3}|e(?![+-])", re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)


def is_date_format(number_format: str) -> bool:
    """Whether Excel shows a number as a date or a time of day under this format."""
    codes = _LITERALS.sub("", number_format).split(";", 1)[0]
    return bool(_DATE_LETTERS.search(codes)) and not _ELAPSED.search(codes)


_LARGEST_KEPT = 1 << 18


class Styles(dict[str, Style]):
    """The cell formats of a workbook by the index that cells name (as text). `dressed` is for what a reader works out from
    them once, by the identity of what it is about, which it keeps alive."""

    def __init__(self, styles: Mapping[str, Style] = MappingProxyType({})) -> None:
        super().__init__(styles)
        self.dressed: dict[int, tuple[object, list[Any]]] = {}


def read_styles(part: bytes) -> Styles:
    """The cell formats by the index that cells name (as text, as cells have it)."""
    # Returns of one template have one style part, to the byte.
    return _read_once(part) if len(part) < _LARGEST_KEPT else _read(part)


@lru_cache(maxsize=32)
def _read_once(part: bytes) -> Styles:
    return _read(part)


def _read(part: bytes) -> Styles:
    own_formats: dict[int, str] = {}
    formats: list[int] = []
    indents: list[int] = []
    section = ""

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal section
        match local(name):
            case "numFmts" | "cellXfs" | "cellStyleXfs" | "dxfs" as entered:
                section = entered
            case "numFmt" if section == "numFmts":
                own_formats[whole(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "General")
            case "xf" if section == "cellXfs":
                formats.append(whole(attributes.get("numFmtId", "0")))
                indents.append(0)
            case "alignment" if section == "cellXfs" and indents:
                indents[-1] = whole(attributes.get("indent", "0"))

    parse(part, start)
    known = BUILTIN_FORMATS | own_formats
    is_date = {number: is_date_format(known.get(number, "General")) for number in set(formats)}
    styles = {
        str(index): Style(known.get(number, "General"), indent, is_date[number])
        for index, (number, indent) in enumerate(zip(formats, indents, strict=True))
    }
    return Styles(styles)
