from dataclasses import replace
from io import BytesIO
from string import Formatter
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbooks.packages import STRICT, a_package, a_zip, made_with_openpyxl, made_with_xlsxwriter
from workbooks.reading.guard import MEGABYTE, Contents, Limits, check
from workbooks.reading.kinds import kind_of
from workbooks.reading.unreadable import SENTENCES, UnreadableReturn

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def refusal(data: bytes, **limits: int) -> str:
    with pytest.raises(UnreadableReturn) as caught:
        check(data, replace(Limits(), **limits))
    return caught.value.code


def a_sheet_part(body: str) -> dict[str, bytes | str]:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return {
        "xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{main}"><x:sheetData>{body}</x:sheetData></x:worksheet>'
    }


# What passes


def test_ordinary_workbooks_pass_whoever_wrote_them():
    check(made_with_openpyxl(lambda sheet: sheet.append([1, "二"])), Limits())
    check(made_with_xlsxwriter(lambda book: book.add_worksheet("表1").write(0, 0, 1)), Limits())
    check(a_package(namespace=STRICT), Limits())


def test_what_was_counted_is_handed_back():
    def fill(book):
        for name in ("表1", "表2"):
            sheet = book.add_worksheet(name)
            sheet.merge_range("A1:C1", "标题")
            sheet.write(9, 4, 1)

    found = check(made_with_xlsxwriter(fill), Limits())
    assert isinstance(found, Contents)
    assert (found.sheets, found.merges, found.cells, found.largest_box) == (2, 2, 4, 10 * 5)


def test_a_large_box_is_told_and_not_refused():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    assert check(a_package(rows), Limits()).largest_box == 1_048_576 * 16_384


def test_a_false_dimension_harms_nobody():
    assert check(a_package(head='<dimension ref="A1:XFD1048576"/>'), Limits()).largest_box == 0


def test_repetition_in_a_small_file_is_no_bomb():
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>0</v></c></row>' for row in range(1, 50_000))
    check(a_package(rows), Limits())


# What kind of file it is


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (bytes(4096), "damaged"),
        (OLE2 + "WordDocument".encode("utf-16-le"), "not_workbook"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "web_archive"),
        (b"%PDF-1.7\n", "pdf"),
        (b"Rar!\x1a\x07\x00", "packed"),
        (b"7z\xbc\xaf\x27\x1c", "packed"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture"),
        (b"PK\x05\x06" + bytes(18), "damaged"),
        (b"\x01\x02\x03\x04 no text", "not_workbook"),
        (a_zip({"F01.xlsx": b"PK"}), "archive"),
        (a_zip({"[Content_Types].xml": "", "word/document.xml": ""}), "not_workbook"),
    ],
)
def test_a_file_of_another_kind_is_named_for_what_it_is(data, code):
    assert refusal(data) == code


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (OLE2 + "Workbook".encode("utf-16-le"), "xls"),
        (OLE2 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "html"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html/>", "html"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "spreadsheetml"),
        ("单位,户数\n市场局,17514\n".encode(), "csv"),
        ("单位,户数\n市场局,17514\n".encode("gb18030"), "csv"),
        ("单位\t户数\n".encode("utf-16"), "csv"),
        ("，".encode() * 3000, "csv"),
        (a_zip({"F01.xlsx": b"PK"}), "archive"),
        (a_zip({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}), "ods"),
        (a_zip({"[Content_Types].xml": "", "xl/workbook.bin": ""}), "xlsb"),
        (a_package(), "xlsx"),
    ],
)
def test_a_file_is_read_as_what_its_bytes_say(data, kind):
    assert kind_of(data) == kind


# What is wrong inside


@pytest.mark.parametrize("kept", [10, 200, -1, -30])
def test_a_truncated_file_is_damaged(kept):
    assert refusal(a_package()[:kept]) == "damaged"


def test_a_part_that_fails_its_checksum_is_damaged():
    data = bytearray(a_package('<row r="1"><c r="A1"><v>1</v></c></row>'))
    data[data.index(b"xl/worksheets/sheet1.xml") + 60] ^= 0xFF
    assert refusal(bytes(data)) == "damaged"


def test_a_part_that_is_larger_than_its_entry_says_is_damaged():
    data = bytearray(a_package("<row/>" * 5000))
    entry = data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02"))
    data[entry - 22 : entry - 18] = (100).to_bytes(4, "little")
    assert refusal(bytes(data)) == "damaged"


@pytest.mark.parametrize("again", ["xl/workbook.xml", "XL/Workbook.XML"])
def test_a_part_told_twice_is_refused(again):
    buffer = BytesIO(a_package())
    with ZipFile(buffer, "a") as archive:
        if again in archive.namelist():
            with pytest.warns(UserWarning, match="Duplicate name"):
                archive.writestr(again, "<workbook/>")
        else:
            archive.writestr(again, "<workbook/>")
    assert refusal(buffer.getvalue()) == "duplicate_parts"


@pytest.mark.parametrize("name", ["../../etc/passwd", "xl/../../x.xml", "/etc/passwd", "xl\\sheet.xml", "./x.xml"])
def test_a_part_that_leaves_its_folder_is_refused(name):
    assert refusal(a_package(changes={name: "x"})) == "part_names"


def test_an_encrypted_member_is_refused():
    data = bytearray(a_package())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(data)) == "encrypted"


BOMB = '<!DOCTYPE x [<!ENTITY a "哈哈哈"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    "name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/app.xml", "xl/media/a.png"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_type_in_any_part_is_refused(name, encoding):
    assert refusal(a_package(changes={name: BOMB.encode(encoding)})) == "document_type"


def test_a_document_type_behind_a_long_comment_is_refused():
    for length in (256 * 1024 - 30 + offset for offset in range(20)):
        late = f"<!--{' ' * length}-->{BOMB}"
        assert refusal(a_package(changes={"xl/styles.xml": late})) == "document_type"


def test_an_encoding_that_hides_tags_is_refused():
    hidden = b"<?xml version='1.0' encoding='cp037'?>" + "<!DOCTYPE x>".encode("cp037")
    assert refusal(a_package(changes={"xl/styles.xml": hidden})) == "encoding"


# What is too much


def test_a_zip_bomb_is_refused_by_what_it_says_of_itself():
    buffer = BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/workbook.xml", bytes(30 * MEGABYTE))
    assert refusal(buffer.getvalue()) == "compression_ratio"
    assert refusal(buffer.getvalue(), unzipped_bytes=29 * MEGABYTE) == "unzipped_size"


def test_each_limit_holds_at_its_number_and_not_before():
    rows = "".join(f'<x:c r="A{row}"><x:v>1</x:v></x:c>' for row in range(1, 101))
    merges = '<x:mergeCell ref="A1:B5"/><x:mergeCell ref="D1:D10"/>'
    sheets = "".join(f'<sheet name="{n}" sheetId="{n}"/>' for n in range(4))
    data = a_package(changes=a_sheet_part(rows + merges), workbook=sheets)
    at = {"cells": 100, "merges": 2, "merged_area": 20, "sheets": 5, "parts": 7, "file_bytes": len(data)}
    check(data, replace(Limits(), **at))
    codes = ["too_many_cells", "too_many_merges", "merged_area", "too_many_sheets", "too_many_parts", "file_size"]
    for (limit, most), code in zip(at.items(), codes, strict=True):
        assert refusal(data, **{limit: most - 1}) == code


def test_a_merge_of_the_whole_sheet_is_refused():
    tail = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    assert refusal(a_package(tail=tail)) == "merged_area"


def test_ten_thousand_sheets_are_refused():
    assert refusal(a_package(workbook='<sheet name="a"/>' * 10_000)) == "too_many_sheets"


def test_cells_are_counted_across_the_pieces_a_part_is_read_in():
    cells = 40_000
    body = "".join(f'<x:c r="B{row}"><x:v>{row}</x:v></x:c>' for row in range(1, cells + 1))
    found = check(a_package(changes=a_sheet_part(body)), Limits())
    assert (found.cells, found.largest_box) == (cells, cells * 2)


def test_broken_tags_cost_no_more_than_whole_ones():
    parts = a_sheet_part("<c " * 1_000_000 + "x" * 1_000_000)
    assert refusal(a_package(changes=parts), cells=999_999) == "too_many_cells"


# What is said


@given(st.sampled_from(sorted(SENTENCES)))
def test_every_sentence_says_what_to_do(code):
    named = {name for _, name, _, _ in Formatter().parse(SENTENCES[code]) if name}
    fault = UnreadableReturn(code, facts=dict.fromkeys(named, 7))
    assert "请" in fault.sentence
    assert fault.sentence.endswith("。")
    assert "{" not in fault.sentence


def test_a_refusal_over_a_limit_names_both_numbers():
    with pytest.raises(UnreadableReturn, match="10,000 个工作表，超过上限 200 个") as caught:
        check(a_package(workbook='<sheet name="a"/>' * 9_999), Limits())
    assert caught.value.code == "too_many_sheets"
