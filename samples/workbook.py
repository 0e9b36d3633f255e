"""A filing as a real .xlsx, with the furniture that departments know. The same filing gives the same bytes."""

import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from samples.filing import Filing, Sheet, Value
from transforms.model import Column, RowKind

_FIXED = (2022, 1, 1, 0, 0, 0)
_THIN = Side(style="thin", color="FF7F7F7F")
_GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_FONTS = {
    "title": Font(name="方正小标宋简体", size=16),
    "furniture": Font(name="仿宋_GB2312", size=11),
    "header": Font(name="黑体", size=11),
    "text": Font(name="仿宋_GB2312", size=11),
    "number": Font(name="Times New Roman", size=11),
    "total": Font(name="Times New Roman", size=11, bold=True),
}
_FORMATS = {"int": "#,##0", "date": "yyyy-mm-dd"}
_WIDTHS = {"int": 11, "money": 14, "decimal": 10, "pct": 10, "date": 12, "period": 11, "bool": 8, "text": 27}


def render(filing: Filing) -> bytes:
    """The bytes of the workbook of a filing."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in filing.sheets:
        _lay_sheet(book.create_sheet(sheet.name), filing, sheet)
    meta = book.create_sheet("_meta")
    for row in filing.meta.items():
        meta.append(row)
    meta.sheet_state = "hidden"
    return _saved(book, filing)


class _TimelessZip(ZipFile):
    """A zip whose entries all carry one fixed time, so that the same content gives the same bytes."""

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, _FIXED)
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        return entry

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        super().writestr(self._entry(str(zinfo_or_arcname)), data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        with open(filename, "rb") as part:
            super().writestr(self._entry(str(arcname or os.path.basename(filename))), part.read())


def _saved(book: Workbook, filing: Filing) -> bytes:
    properties = book.properties
    properties.creator = properties.lastModifiedBy = filing.reporter
    properties.title = filing.title
    properties.created = properties.modified = filing.dropped
    buffer = BytesIO()
    ExcelWriter(book, _TimelessZip(buffer, "w", ZIP_DEFLATED)).save()
    return buffer.getvalue()


# One sheet


def _lay_sheet(ws: Worksheet, filing: Filing, sheet: Sheet) -> None:
    width = len(sheet.table.columns)
    paint = _Painter(ws)
    paint.merged(1, 1, 1, width, filing.title, "title")
    ws.row_dimensions[1].height = 30
    _lay_unit_row(paint, filing, sheet)
    _lay_header(paint, sheet)
    columns = list(enumerate(sheet.table.columns, 1))
    for index, row in enumerate(sheet.rows, sheet.first_row):
        for letter, column in columns:
            value = row.values.get(column.code)
            paint.cell(index, letter, value, *_look(column, sheet, value, row.kind))
    for index, text in enumerate(_closing_lines(filing, sheet), sheet.note_row):
        paint.merged(index, 1, index, width, text, "furniture", "left")
    for letter, column in columns:
        ws.column_dimensions[get_column_letter(letter)].width = _column_width(column)
    ws.sheet_format.defaultRowHeight, ws.sheet_format.customHeight = 18, True
    ws.freeze_panes = f"B{sheet.first_row}"
    ws.page_setup.orientation, ws.page_setup.paperSize = "landscape", 9
    ws.page_setup.fitToHeight = 0
    ws.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    ws.print_title_rows = f"1:{sheet.first_row - 1}"


def _column_width(column: Column) -> int:
    usual = _WIDTHS.get(column.type, 18)
    return max(usual, min(2 * len(column.header) - len(column.group), 20))


def _closing_lines(filing: Filing, sheet: Sheet) -> Iterator[str]:
    if sheet.note:
        yield f"注:{sheet.note}"
    if sheet.explanation:
        yield f"说明:{sheet.explanation}"
    yield filing.signature


def _lay_unit_row(paint: "_Painter", filing: Filing, sheet: Sheet) -> None:
    """Who, when, in which units: three cells, merged as far as there is room."""
    who, when, units = sheet.unit_row
    paint.merged(2, who, 2, when - 1, f"填报单位(盖章):{filing.department}", "furniture", "left")
    paint.merged(2, when, 2, units - 1, f"统计期:{filing.period_text}", "furniture")
    paint.merged(
        2, units, 2, len(sheet.table.columns), f"单位:{sheet.unit_text or sheet.table.unit_text}", "furniture", "right"
    )


def _lay_header(paint: "_Painter", sheet: Sheet) -> None:
    columns = sheet.table.columns
    last, start = 2 + sheet.header_levels, 0
    while start < len(columns):
        group, end = columns[start].group, start + 1
        if not group:
            paint.merged(3, end, last, end, columns[start].header, "header")
        else:
            while end < len(columns) and columns[end].group == group:
                end += 1
            paint.merged(3, start + 1, 3, end, group, "header")
            for i in range(start, end):
                paint.cell(4, i + 1, columns[i].header.removeprefix(group), "header", "General", "center")
        start = end


def _look(column: Column, sheet: Sheet, value: Value, kind: RowKind) -> tuple[str, str, str]:
    """Role, number format and alignment of a cell."""
    if isinstance(value, date):
        return "number", "yyyy-mm-dd", "center"
    if isinstance(value, int | Decimal):
        return ("total" if kind is RowKind.TOTAL else "number"), _number_format(column, sheet), "right"
    if kind is RowKind.PART or column.type in ("text",):
        return "text", "General", "left"
    return "text", "General", "right" if column.numeric else "center"


def _number_format(column: Column, sheet: Sheet) -> str:
    if column.code in sheet.formats:
        return sheet.formats[column.code]
    if column.type == "money":
        return f"#,##0.{'0' * column.decimals}"
    return _FORMATS.get(column.type) or f"0.{'0' * column.decimals}".rstrip(".")


class _Painter:
    """Writes values with shared styles: making a style anew for every cell would take most of the time."""

    def __init__(self, ws: Worksheet) -> None:
        self.ws = ws
        self.styles: dict[tuple[str, str, str], Any] = {}

    def cell(self, row: int, column: int, value: Value, role: str, number_format: str, align: str) -> None:
        cell: Any = self.ws.cell(row, column, value)
        look = (role, number_format, align)
        if look in self.styles:
            cell._style = self.styles[look]
            return
        cell.font, cell.number_format = _FONTS[role], number_format
        cell.alignment = _alignment(role, align)
        if role not in ("title", "furniture"):
            cell.border = _GRID
        if role == "header":
            cell.fill = PatternFill("solid", fgColor="FFF2F2F2")
        self.styles[look] = cell._style

    def merged(self, top: int, left: int, bottom: int, right: int, text: str, role: str, align: str = "center") -> None:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self.cell(row, column, text if (row, column) == (top, left) else None, role, "General", align)
        if (top, left) != (bottom, right):
            self.ws.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)


@lru_cache(maxsize=64)
def _alignment(role: str, align: str) -> Alignment:
    if role == "header":
        return _CENTRE
    return Alignment(horizontal=align, vertical="center")
