"""Which cells of a published workbook a reader would see as #### or cut off, worked out from the widths of their text.

Widths are those of the fonts that the workbook names: a Chinese character of 12 point takes 16 pixels, a digit of Times
New Roman 8. A number that is wider than its column shows as ####; a text that does not wrap may run on over empty
cells; a text that wraps needs a row high enough for its lines.
"""

import re
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

PADDING, WIDEST = 5, 16_384
TIMES = {",": 0.25, ".": 0.25, ":": 0.28, " ": 0.25, "-": 0.33, "%": 0.83, "+": 0.57}
"""Ems of what stands between the digits of a number; a digit takes half an em."""
LINE_HEIGHT = 1.3
"""A line of text in heights of its font."""
LOOSE = 0.5
"""Of a line: so much may be missing before a reader sees it."""


def cut_off(data: bytes) -> list[str]:
    """What does not fit, as `sheet!cell text`."""
    book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    return [told for sheet in book.worksheets if not sheet.title.startswith("_") for told in _of_sheet(sheet)]


def _of_sheet(sheet: Worksheet) -> list[str]:
    merged = {area.start_cell.coordinate: area for area in sheet.merged_cells.ranges}
    last = _last_printed(sheet)
    found = []
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None or cell.column > last:
                continue
            area = merged.get(cell.coordinate)
            columns = range(area.min_col, area.max_col + 1) if area else range(cell.column, cell.column + 1)
            rows = range(area.min_row, area.max_row + 1) if area else range(cell.row, cell.row + 1)
            width = sum(_width(sheet, column) for column in columns)
            height = sum(sheet.row_dimensions[r].height or 15 for r in rows)
            if not _fits(sheet, cell, width, height, last, bool(area)):
                found.append(f"{sheet.title}!{cell.coordinate} {cell.value!r:.60} in {width:.0f}×{height:.0f}")
    return found


def _last_printed(sheet: Worksheet) -> int:
    areas = re.findall(r"\$([A-Z]+)\$\d+$", str(sheet.print_area or "")) if sheet.print_area else []
    return openpyxl.utils.column_index_from_string(areas[-1]) if areas else WIDEST


def _width(sheet: Worksheet, column: int) -> float:
    letter = get_column_letter(column)
    for name, dimension in sheet.column_dimensions.items():
        if dimension.min and dimension.max and dimension.min <= column <= dimension.max:
            return int(dimension.width * 7 + 0.5)
        if name == letter and dimension.width:
            return int(dimension.width * 7 + 0.5)
    return 64


def _fits(sheet: Worksheet, cell: Cell, width: float, height: float, last: int, merged: bool) -> bool:
    size = cell.font.size or 11
    if isinstance(cell.value, int | float | date | datetime):
        return number_width(shown(cell.value, cell.number_format), size) + PADDING <= width
    text = str(cell.value)
    indent = (cell.alignment.indent or 0) * 9
    if cell.alignment.wrap_text:
        room = max(width - indent - PADDING, 1)
        lines = sum(lines_in(line, size, room) for line in text.split("\n"))
        return (lines - LOOSE) * size * LINE_HEIGHT <= height
    room = width - indent
    column = cell.column + 1
    while not merged and column <= last and sheet.cell(cell.row, column).value is None:
        room += _width(sheet, column)
        column += 1
    return text_width(text, size) <= room


def lines_in(line: str, size: float, room: float) -> int:
    """Lines that a text takes where it wraps: between Latin words and Chinese characters."""
    lines, left = 1, room
    for word, gap in re.findall(r"([!-,.-~\u00a1-\u2000]+-?|[^ ])( *)", line):
        wide = text_width(word, size)
        if wide > left and left < room:
            lines, left = lines + 1, room
        while wide > room:
            lines, wide = lines + 1, wide - room
        left -= wide + text_width(gap, size)
    return lines


def text_width(text: str, size: float) -> float:
    """Pixels: an em for Chinese, half of it for others."""
    em = size * 4 / 3
    return sum(em if ord(c) > 0x2000 else em / 2 for c in text)


def number_width(text: str, size: float) -> float:
    """Pixels of a number in Times New Roman."""
    em = size * 4 / 3
    return sum(em if ord(c) > 0x2000 else em * TIMES.get(c, 0.5) for c in text)


def shown(value: Any, pattern: str) -> str:
    """A number or date as its format shows it."""
    if isinstance(value, date | datetime):
        return re.sub(r"[a-z]", "0", re.sub(r'"([^"]*)"', r"\1", pattern))
    sections = pattern.split(";")
    section = (
        sections[1]
        if value < 0 and len(sections) > 1
        else sections[2]
        if value == 0 and len(sections) > 2
        else sections[0]
    )
    words = "".join(re.findall(r'"([^"]*)"', section))
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', "", section)
    places = len(re.search(r"\.(0+)", bare)[1]) if re.search(r"\.(0+)", bare) else 0  # type: ignore[index]
    number = f"{abs(value) * (100 if '%' in bare else 1):,.{places}f}"
    sign = "-" if value < 0 else "+" if bare.startswith("+") else ""
    return f"{sign}{number if ',' in bare else number.replace(',', '')}{'%' if '%' in bare else ''}{words}"
