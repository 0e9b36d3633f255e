"""Typography and number formats of the published workbooks (reporting-system.md, §4 and §5)."""

import re
from collections.abc import Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format

TITLE_SIZE = 22
TITLE_FONT = "方正小标宋简体"
BODY_FONT = "仿宋_GB2312"
HEAD_FONT = "黑体"
NUMBER_FONT = "Times New Roman"
GB2312, SERIF, SANS = 134, 1, 2
FALLBACKS: dict[str, dict[str, int]] = {
    TITLE_FONT: {"font_charset": GB2312, "font_family": SERIF},
    BODY_FONT: {"font_charset": GB2312, "font_family": SERIF},
    HEAD_FONT: {"font_charset": GB2312, "font_family": SANS},
    NUMBER_FONT: {"font_family": SERIF},
}
"""Where a machine lacks the font it takes another of this character set and kind: 宋体 for 仿宋, not a Latin one."""
BORDER = "#7F7F7F"
HEAD_FILL = "#EDEFF2"
TOTAL_FILL = "#F7F8FA"
MISSING = {"bg_color": "#D9D9D9", "font_color": "#595959"}
FILLS: dict[str, dict[str, str]] = {
    "绿": {"bg_color": "#C6EFCE", "font_color": "#006100"},
    "黄": {"bg_color": "#FFEB9C", "font_color": "#9C6500"},
    "红": {"bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "蓝": {"bg_color": "#BDD7EE", "font_color": "#1F3864"},
    "灰": {"bg_color": "#D9D9D9", "font_color": "#595959"},
}
STATE_FILLS = {
    "有差异": FILLS["红"],
    "硬性": FILLS["红"],
    "退回待重报": FILLS["红"],
    "无法读取": FILLS["红"],
    "未报(逾期)": FILLS["红"],
    "无法核对": FILLS["灰"],
    "未报": FILLS["灰"],
    "时间差": FILLS["黄"],
    "软性": FILLS["黄"],
    "待说明": FILLS["黄"],
    "已完成": FILLS["蓝"],
    "推进中": FILLS["绿"],
    "滞后": FILLS["黄"],
    "逾期": FILLS["红"],
    "逾期办结": FILLS["黄"],
    "重办": FILLS["黄"],
    "不报送": FILLS["灰"],
    "前三名": FILLS["绿"],
    "后三名": FILLS["黄"],
    "签": FILLS["黄"],
    "建": FILLS["绿"],
    "产": FILLS["蓝"],
}
INTEGER = "#,##0"
GROWTH = "+0.00%;[Red]-0.00%;0.00%"
POINTS = "+0.00;[Red]-0.00;0.00"
RATE_POINTS = '+0.00"百分点";[Red]-0.00"百分点";0.00"百分点"'
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


LONGEST_TEXT = 32767
CUT = "…(过长,已截断)"


def clean(text: object) -> str:
    """Text that a cell can hold: no control characters, no more than Excel takes."""
    told = "" if text is None else str(text)
    if not told.isprintable():
        told = _CONTROL.sub("", told)
    return told if len(told) <= LONGEST_TEXT else told[: LONGEST_TEXT - len(CUT)] + CUT


def what_was_cleaned(text: str) -> str:
    """What `clean` did to a text, for the reader."""
    removed = len(_CONTROL.findall(text))
    done = [f"去除 {removed} 个控制字符"] if removed else []
    if len(text) - removed > LONGEST_TEXT:
        done.append(f"共 {len(text) - removed} 字,超过单元格上限 {LONGEST_TEXT} 字,已截断")
    return ";".join(done)


def number_format(unit: str, decimals: int) -> str:
    """`#,##0`, `#,##0.00`, `0.00%`."""
    places = f".{'0' * decimals}" if decimals else ""
    return f"0{places}%" if unit == "%" else f"#,##0{places}"


class Formats:
    """The formats of one workbook, each made once. The order of making is part of the bytes of the file."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._asked: dict[tuple[Any, ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": BODY_FONT, "font_size": 12, "valign": "vcenter"}
            named = base | properties
            self._made[key] = self._book.add_format(named | FALLBACKS.get(str(named["font_name"]), {}))
        return self._made[key]

    def title(self, size: int = TITLE_SIZE) -> Format:
        more = {"text_wrap": True} if size < TITLE_SIZE else {}
        return self.get(font_name=TITLE_FONT, font_size=size, align="center", **more)

    def subtitle(self) -> Format:
        return self.get(font_name=HEAD_FONT, font_size=13, align="left")

    def unit_line(self) -> Format:
        return self.get(align="right", font_size=11)

    def note(self) -> Format:
        return self.get(font_size=11, text_wrap=True, align="left", valign="top")

    def header(self) -> Format:
        return self.get(
            font_name=HEAD_FONT, align="center", text_wrap=True, border=1, border_color=BORDER, bg_color=HEAD_FILL
        )

    def text(self, total: bool, align: str = "left", wrap: bool = False, **more: Any) -> Format:
        asked = ("text", total, align, wrap, *more.items())
        if asked not in self._asked:
            self._asked[asked] = self._text(total, align, wrap, more)
        return self._asked[asked]

    def _text(self, total: bool, align: str, wrap: bool, more: Mapping[str, Any]) -> Format:
        look: dict[str, Any] = {"border": 1, "border_color": BORDER, "align": align}
        if wrap:
            look["text_wrap"] = True
        if align == "left":
            look["indent"] = 1  # else the text sticks to the number in the cell before it
        if total:
            look |= {"font_name": HEAD_FONT, "bg_color": TOTAL_FILL}
        return self.get(**look | dict(more))

    def number(self, total: bool, pattern: str, **more: Any) -> Format:
        asked = ("number", total, pattern, *more.items())
        if asked not in self._asked:
            self._asked[asked] = self._number(total, pattern, more)
        return self._asked[asked]

    def _number(self, total: bool, pattern: str, more: Mapping[str, Any]) -> Format:
        look: dict[str, Any] = {"border": 1, "border_color": BORDER, "align": "right", "font_name": NUMBER_FONT}
        if total:
            look |= {"bold": True, "bg_color": TOTAL_FILL}
        return self.get(**look | {"num_format": pattern} | dict(more))

    def link(self) -> Format:
        return self.get(font_size=10, font_color="#1F4E79", underline=1)

    def link_cell(self) -> Format:
        return self.text(False, font_color="#1F4E79", underline=1)

    def part(self, total: bool, first: bool, last: bool) -> Format:
        """An empty cell of a span."""
        look: dict[str, Any] = {"border": 1, "border_color": BORDER}
        if not first:
            look["left"] = 0
        if not last:
            look["right"] = 0
        return self.get(**look | ({"bg_color": TOTAL_FILL} if total else {}))

    def missing(self, grey: bool, **more: Any) -> Format:
        look: dict[str, Any] = {"border": 1, "border_color": BORDER, "align": "center"}
        return self.get(**look | (MISSING if grey else {"font_color": "#7F7F7F"}) | more)
