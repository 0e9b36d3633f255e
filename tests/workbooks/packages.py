"""Makers of workbooks for the tests: by hand, part by part, and with openpyxl and XlsxWriter."""

from collections.abc import Callable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

TRANSITIONAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONS = {
    TRANSITIONAL: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    STRICT: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def a_zip(parts: Mapping[str, bytes | str]) -> bytes:
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def a_package(
    sheet: str = "",
    *,
    tail: str = "",
    head: str = "",
    strings: str = "",
    styles: str = "",
    workbook: str = "",
    namespace: str = TRANSITIONAL,
    target: str = "worksheets/sheet1.xml",
    changes: Mapping[str, bytes | str] | None = None,
) -> bytes:
    """A workbook of one sheet, 表1: `sheet` goes inside sheetData, `head` before it, `tail` after it."""
    kinds = _RELATIONS[namespace]
    root = f'xmlns="{namespace}" xmlns:r="{kinds}"'
    relation = '<Relationship Id="{}" Type="' + kinds + '/{}" Target="{}"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    relations = f'<Relationships xmlns="{package}/relationships">'
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": relations + relation.format("rId1", "officeDocument", "xl/workbook.xml") + "</Relationships>",
        "xl/workbook.xml": f"<workbook {root}>{workbook}<sheets>"
        '<sheet name="表1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations
        + relation.format("rId1", "worksheet", target)
        + relation.format("rId2", "sharedStrings", "sharedStrings.xml")
        + relation.format("rId3", "styles", "/xl/styles.xml")
        + "</Relationships>",
        "xl/worksheets/sheet1.xml": f"<worksheet {root}>{head}<sheetData>{sheet}</sheetData>{tail}</worksheet>",
        "xl/sharedStrings.xml": f"<sst {root}>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet {root}>{styles}</styleSheet>",
    }
    return a_zip(parts | (changes or {}))


def made_with_openpyxl(fill: Callable[[Worksheet], object]) -> bytes:
    book = openpyxl.Workbook()
    fill(book.worksheets[0])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def made_with_xlsxwriter(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill(book)
    return buffer.getvalue()
