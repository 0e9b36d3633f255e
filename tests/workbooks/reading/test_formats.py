"""Formats other than .xlsx: what is read from them cell by cell, what is refused, and what hostile ones cost."""

import struct
from dataclasses import replace
from io import BytesIO
from time import process_time
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.workbooks.packages import a_package, a_zip
from tests.workbooks.reading import dressed
from tests.workbooks.reading.messy import clean, saved
from workbooks.reading.cells import Book
from workbooks.reading.guard import Limits, check
from workbooks.reading.kinds import OLE2
from workbooks.reading.members import is_archive, members
from workbooks.reading.opening import read_book
from workbooks.reading.unreadable import UnreadableReturn

LIMITS = Limits(cells=5_000, sheets=20, file_bytes=4 << 20)


def opened(data: bytes, passwords: tuple[str, ...] = (), limits: Limits = LIMITS) -> Book:
    check(data, limits)
    return read_book(data, limits, passwords)


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(UnreadableReturn) as caught:
        opened(data, (), limits)
    return caught.value.code


def cell(data: bytes, row: int, column: int) -> tuple[str, str]:
    found = opened(data).sheets[0].cells[row, column]
    return found.kind, found.text


def a_workbook() -> openpyxl.Workbook:
    """One cell of every kind, a merge, a hidden row and a hidden sheet."""
    book = openpyxl.Workbook()
    ws = book.worksheets[0]
    ws.title = "表1"
    for row, value in enumerate((12, 12.5, -0.25, "文字", "#DIV/0!", True, "=A1+A2", 100_000_000_000), 1):
        ws.cell(row, 1, value)
    ws["A5"].data_type = "e"
    ws["A2"].number_format = "0.00"
    ws["B1"] = openpyxl.utils.datetime.from_excel(44804)
    ws["B1"].number_format = "yyyy-mm-dd"
    ws.merge_cells("C1:D2")
    ws["C1"] = "合并"
    ws.row_dimensions[3].hidden = True
    book.create_sheet("藏").sheet_state = "hidden"
    return book


# CSV


@pytest.mark.parametrize(
    ("told", "kind", "text"),
    [
        ("12.50", "number", "12.5"),
        ("-3", "number", "-3"),
        ("0", "number", "0"),
        ("007", "text", "007"),
        ("91500105MA5U1234XY", "text", "91500105MA5U1234XY"),
        ("123456789012345678", "text", "123456789012345678"),
        ('"1,234.5"', "text", "1,234.5"),
        ('"=""00123"""', "text", "00123"),
        ("=A1+A2", "text", "=A1+A2"),
        ("1e5", "text", "1e5"),
        ("2022-08-31", "text", "2022-08-31"),
    ],
)
def test_a_text_file_tells_numbers_only_where_nothing_is_lost(told, kind, text):
    assert cell(f"单位,值\n甲,{told}\n".encode(), 2, 2) == (kind, text)


def test_written_decimals_of_a_text_file_are_known():
    assert opened("单位,值\n甲,12.50\n".encode()).sheets[0].cells[2, 2].number_format == "0.00"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_file_is_read_in_every_usual_encoding(encoding, delimiter):
    data = f"单位{delimiter}户数{delimiter}备注\n重庆壬午𠮷公司{delimiter}12{delimiter}x\n".encode(encoding)
    assert cell(data, 2, 1) == ("text", "重庆壬午𠮷公司")
    assert cell(data, 2, 2) == ("number", "12")


def test_a_line_break_within_quotes_is_one_cell():
    assert cell('单位,值\n"甲\n乙",1\n'.encode(), 2, 1) == ("text", "甲\n乙")


def test_a_stray_quote_loses_no_cell():
    data = '单位,值\n甲"乙,1\n"丙,2\n'.encode()
    assert cell(data, 2, 2) == ("number", "1")
    assert cell(data, 3, 2) == ("number", "2")


def test_a_text_in_no_known_encoding_asks_for_a_workbook():
    assert refusal("单位,值\n".encode() * 2000 + b"\xff\xff\xff") == "text_encoding"


# Web pages and XML


def test_a_page_tells_spans_as_merges_and_leaves_scripts_out():
    page = (
        b"<html><script>1</script><table><tr><td rowspan=2>a<td colspan=2>b<br>c<tr><td>1.5<td x:num='2.25'>2.3</table>"
    )
    sheet = opened(page).sheets[0]
    assert {place: c.text for place, c in sheet.cells.items()} == {
        (1, 1): "a",
        (1, 2): "b\nc",
        (2, 2): "1.5",
        (2, 3): "2.25",
    }
    assert sheet.merges == [(1, 1, 2, 1), (1, 2, 1, 3)]


def test_comments_that_nobody_ends_cost_no_more_than_others():
    started = process_time()
    assert refusal(b"<html>" + b"<!--" * 200_000) == "web_page"
    assert process_time() - started < 5


def test_a_page_without_a_table_is_refused():
    assert refusal(b"<html><body>404 Not Found</body></html>") == "web_page"


def test_xml_of_2003_tells_every_kind_of_cell():
    book = opened(dressed.as_spreadsheetml(saved(a_workbook())))
    kinds = {place: (c.kind, c.text) for place, c in book.sheets[0].cells.items()}
    assert kinds[2, 1] == ("number", "12.5")
    assert kinds[5, 1] == ("error", "#DIV/0!")
    assert kinds[7, 1] == ("empty", "")
    assert kinds[1, 2] == ("date", "2022-08-31")
    assert book.sheets[0].merges == [(1, 3, 2, 4)]
    assert book.sheets[0].hidden_rows == {3}
    assert book.sheets[1].visible == "hidden"


def test_entities_of_an_xml_are_refused():
    xml = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    assert refusal(xml.encode()) == "document_type"


# Binary workbooks


def test_a_binary_workbook_tells_errors_that_calamine_does_not():
    data = dressed.as_xlsb(saved(a_workbook()))
    book = opened(data)
    cells = book.sheets[0].cells
    assert [(cells[r, 1].kind, cells[r, 1].text) for r in (1, 2, 3, 4, 5)] == [
        ("number", "12"), ("number", "12.5"), ("number", "-0.25"), ("text", "文字"), ("error", "#DIV/0!"),
    ]  # fmt: skip
    assert (cells[8, 1].text, cells[2, 1].number_format, cells[1, 2].text) == ("100000000000", "0.00", "2022-08-31")
    assert (book.sheets[0].merges, book.sheets[0].hidden_rows) == ([(1, 3, 2, 4)], {3})
    assert book.sheets[1].visible == "hidden"
    theirs = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert [row[0] for row in theirs[:5]] == [12, 12.5, -0.25, "文字", ""]


@pytest.mark.parametrize("form", ["F01", "F03", "F10"])
def test_every_value_of_a_binary_workbook_is_that_of_calamine(form):
    data = dressed.as_xlsb(clean(form).data)
    theirs = CalamineWorkbook.from_filelike(BytesIO(data))
    for number, sheet in enumerate(read_book(data).sheets):
        rows = theirs.get_sheet_by_index(number).to_python(skip_empty_area=False)
        told = {(r, c): v for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1) if v != ""}
        assert told.keys() == sheet.cells.keys()
        for place, value in told.items():
            cell_ = sheet.cells[place]
            assert cell_.text == (
                value if isinstance(value, str) else f"{value:.15g}" if cell_.kind == "number" else str(value)[:10]
            )


def test_a_record_that_promises_more_than_there_is_damages_the_file():
    parts = dressed.parts_of(dressed.as_xlsb(saved(a_workbook())))
    for spoilt in (b"\x05\xff\xff\xff\x7f", b"\x07\x0c" + struct.pack("<III", 0, 0, 99), b"\x02\x01\x00", b"\x80"):
        # In a new row, so that it is no second cell of one place.
        changed = parts | {
            "xl/worksheets/sheet1.bin": parts["xl/worksheets/sheet1.bin"] + b"\x00\x11\x63" + bytes(16) + spoilt
        }
        assert refusal(dressed.zipped(changed)) == "damaged"


# OpenDocument

_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="表1">{}</table:table></office:spreadsheet></office:body></office:document-content>'
)


def an_ods(rows: str) -> bytes:
    return a_zip({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": _ODS.format(rows)})


def test_an_open_document_ends_in_a_million_empty_rows_that_cost_nothing():
    rows = '<table:table-row><table:table-cell office:value-type="float" office:value="12.5"><text:p>12.5</text:p></table:table-cell></table:table-row>'
    end = '<table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert cell(an_ods(rows + end), 1, 1) == ("number", "12.5")


def test_an_open_document_that_repeats_a_value_is_bounded():
    told = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    assert refusal(an_ods(f"<table:table-row>{told}</table:table-row>")) == "too_many_cells"
    one = '<table:table-cell office:value-type="float" office:value="1"/>'
    many = f'<table:table-row table:number-rows-repeated="1048576">{one}</table:table-row>'
    assert refusal(an_ods(many)) == "too_many_cells"


# Passwords


def test_a_password_of_the_settings_opens_a_file():
    data = dressed.encrypted(saved(a_workbook()), "营商2022")
    assert opened(data, ("wrong", "营商2022")).sheets[0].cells[4, 1].text == "文字"
    with pytest.raises(UnreadableReturn) as caught:
        opened(data, ("wrong",))
    assert caught.value.code == "encrypted"


def test_what_is_inside_an_encrypted_file_is_held_to_the_limits():
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c></row>' for r in range(1, 9000))
    with pytest.raises(UnreadableReturn) as caught:
        opened(dressed.encrypted(a_package(rows)))
    assert caught.value.code == "too_many_cells"


# Hostile ones


def test_what_is_too_much_is_refused_in_every_format():
    row = "<tr>" + "<td>1</td>" * 10 + "</tr>"
    assert refusal(b"<table>" + row.encode() * 600 + b"</table>") == "too_many_cells"
    assert refusal(b"<table><tr><td rowspan=900000 colspan=16000>1</table>") in ("merged_area", "too_many_cells")
    assert refusal(b"1,2\n" * 5_001) == "too_many_cells"
    assert refusal(b"," * 20_000) in ("too_many_cells", "damaged")
    book = openpyxl.Workbook()
    for number in range(30):
        book.create_sheet(f"表{number}")
    assert refusal(dressed.as_spreadsheetml(saved(book))) == "too_many_sheets"
    assert refusal(dressed.as_xlsb(saved(book))) == "too_many_sheets"


def test_an_old_workbook_of_nonsense_is_damaged():
    for length in (0, 512, 5_000):
        assert refusal(OLE2 + "Workbook".encode("utf-16-le") + bytes(length)) == "damaged"
    assert refusal(b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(40)) == "damaged"


# A zip of several


def test_members_of_a_zip_are_files_of_their_own():
    data = a_zip(
        {"报表/F01.xlsx": b"PK\x03\x04 one", "报表/F02.xls": b"two", "__MACOSX/._F01.xlsx": b"x", "Thumbs.db": b"x"}
    )
    assert is_archive(data)
    assert members(data, LIMITS) == [("F01.xlsx", b"PK\x03\x04 one"), ("F02.xls", b"two")]
    assert not is_archive(saved(a_workbook()))


def test_names_in_the_code_page_of_departments_are_understood():
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.writestr("ABCDEF.xlsx", b"1")
    data = buffer.getvalue().replace(b"ABCDEF", "区税务".encode("gb18030"))
    assert members(data, LIMITS) == [("区税务.xlsx", b"1")]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"a/F01.xlsx": b"1", "b/f01.XLSX": b"2"}, "same_names"),
        ({"in.zip": a_zip({"F01.xlsx": b"1"})}, "nested_archive"),
        ({"__MACOSX/x": b""}, "empty_archive"),
        ({f"{n}.xlsx": b"" for n in range(30)}, "too_many_members"),
        ({"big.xlsx": bytes(5 << 20)}, "file_size"),
    ],
)
def test_a_zip_that_cannot_be_taken_says_why(parts, code):
    found = members(a_zip(parts), replace(LIMITS, members=20))
    assert isinstance(found, UnreadableReturn)
    assert found.code == code


def test_no_name_in_a_zip_leads_anywhere():
    data = a_zip({"../../etc/passwd": b"1", "/root/x.xlsx": b"2", "C:\\temp\\y\x07.xlsx": b"3"})
    found = members(data, LIMITS)
    assert isinstance(found, list)
    assert [name for name, _ in found] == ["passwd", "x.xlsx", "y_.xlsx"]


def test_a_zip_that_lies_about_its_members_is_damaged():
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("F01.xlsx", bytes(100_000))
    data = buffer.getvalue()
    lying = data.replace(struct.pack("<I", 100_000), struct.pack("<I", 10))
    found = members(lying, LIMITS)
    assert isinstance(found, UnreadableReturn)
    assert found.code == "damaged"
    cut = members(data[: len(data) // 2] + data[-22:], LIMITS)
    assert isinstance(cut, UnreadableReturn)
