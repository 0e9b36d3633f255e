"""A receipt is the department's own workbook: what was not touched is the same to the byte, what is wrong is marked."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from samples.drops import as_drop, make_filings
from tests.workbooks.books import converted_all
from tests.workbooks.receipts import a_decorated_book, a_finding, a_receipt
from workbooks.receipts.annotate import build_receipt
from workbooks.receipts.comments import AUTHOR
from workbooks.receipts.package import CannotAnnotate, Package
from workbooks.receipts.words import HEADERS, TITLE

TOUCHED = re.compile(
    r"\[Content_Types\]\.xml|xl/workbook\.xml|xl/_rels/workbook\.xml\.rels|xl/styles\.xml|xl/worksheets/.*|xl/comments.*|"
    r"xl/drawings/vmlDrawing.*"
)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_part_that_is_not_touched_is_the_same_to_the_byte() -> None:
    macros = bytes(range(256)) * 9
    own = a_decorated_book(macros)
    before, after = parts(own), parts(build_receipt(a_receipt(a_finding()), own))
    kept = [name for name in before if not TOUCHED.fullmatch(name)]
    assert {"xl/media/image1.png", "xl/charts/chart1.xml", "xl/vbaProject.bin", "xl/tables/table1.xml"} <= set(kept)
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


def test_a_copied_member_is_not_even_packed_anew() -> None:
    own = a_decorated_book()
    with zipfile.ZipFile(BytesIO(own)) as archive:
        info = archive.getinfo("xl/charts/chart1.xml")
    packed = own[info.header_offset + 30 + len(info.filename) :][: info.compress_size]
    assert packed in build_receipt(a_receipt(), own)


def test_cells_formulas_cached_values_and_validations_stay() -> None:
    own = a_decorated_book()
    after = build_receipt(a_receipt(a_finding(), a_finding(cell="Z99")), own)
    for values in (False, True):
        book, was = (openpyxl.load_workbook(BytesIO(data), data_only=values) for data in (after, own))
        assert book.sheetnames == ["回执", *was.sheetnames]
        for name in was.sheetnames:
            cells = [cell for row in was[name].iter_rows() for cell in row]
            assert [book[name][cell.coordinate].value for cell in cells] == [cell.value for cell in cells]
    rows = re.search(rb"<sheetData>.*</sheetData>", parts(own)["xl/worksheets/sheet1.xml"])
    assert rows is not None
    assert rows[0] in parts(after)["xl/worksheets/sheet1.xml"]
    assert b"dataValidation" in parts(after)["xl/worksheets/sheet1.xml"]


def test_a_bad_cell_is_marked_and_its_comment_says_what_to_do() -> None:
    soft = a_finding(cell="C5", severity="soft", rule="W01")
    sheet = openpyxl.load_workbook(BytesIO(build_receipt(a_receipt(a_finding(), soft), a_decorated_book())))[
        "表1 余额滚动"
    ]
    assert "请核对 D12:G12。" in sheet["G12"].comment.text
    ours = {
        str(r.sqref): r.rules[0].dxf.fill.fgColor.rgb for r in sheet.conditional_formatting if str(r.sqref) != "A1:C3"
    }
    assert ours == {"G12": "FFFFC7CE", "C5": "FFFFEB9C"}
    assert str(next(iter(sheet.conditional_formatting)).sqref) == "A1:C3"


def test_a_comment_of_the_department_stays_and_ours_stands_on_the_first_sheet() -> None:
    book = openpyxl.load_workbook(BytesIO(build_receipt(a_receipt(a_finding(cell="B2")), a_decorated_book())))
    assert book["表1 余额滚动"]["B2"].comment.text == "原有批注"
    assert book["回执"]["D13"].value == "表1 余额滚动!B2"


def test_a_line_of_the_first_sheet_leads_to_its_cell() -> None:
    book = openpyxl.load_workbook(
        BytesIO(build_receipt(a_receipt(a_finding(sheet="it's 2", cell="B1")), a_decorated_book()))
    )
    assert book["回执"]["D13"].hyperlink.location == "'it''s 2'!B1"


def test_names_of_one_sheet_stay_with_their_sheet_and_the_receipt_lies_open() -> None:
    book = openpyxl.load_workbook(BytesIO(build_receipt(a_receipt(), a_decorated_book())))
    assert list(book["表2 明细"].defined_names) == ["Local"]
    assert book["表2 明细"].print_area == "'表2 明细'!$A$1:$C$10"
    assert book.active.title == "回执"
    assert [s.title for s in book if s.sheet_view.tabSelected] == ["回执"]


def test_marks_of_the_last_receipt_are_taken_back_when_the_workbook_comes_again() -> None:
    first = build_receipt(a_receipt(a_finding()), a_decorated_book())
    second = build_receipt(a_receipt(a_finding(cell="A7"), version=2), first)
    book = openpyxl.load_workbook(BytesIO(second))
    sheet = book["表1 余额滚动"]
    assert book.sheetnames == ["回执", "表1 余额滚动", "表2 明细"]
    assert sheet["G12"].comment is None
    assert sheet["A7"].comment is not None
    assert [str(r.sqref) for r in sheet.conditional_formatting] == ["A1:C3", "A7"]
    assert sheet["B2"].comment.text == "原有批注"
    assert second.count(b"xl/worksheets/sheetYj") == first.count(b"xl/worksheets/sheetYj")


def test_a_sheet_of_the_department_that_is_called_receipt_is_left_alone() -> None:
    book = openpyxl.Workbook()
    book.active.title = "回执"
    book.active["A1"] = "上月回执收到"
    buffer = BytesIO()
    book.save(buffer)
    after = openpyxl.load_workbook(BytesIO(build_receipt(a_receipt(), buffer.getvalue())))
    assert after.sheetnames == ["回执2", "回执"]
    assert after["回执"]["A1"].value == "上月回执收到"


def _prefixed(own: bytes) -> bytes:
    """The same workbook with every element of the sheets under a prefix, as some programs write it."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, told in parts(own).items():
            content = told
            if re.match(r"xl/(workbook|styles|worksheets/sheet\d)\.?.*xml$", name) or name.startswith(
                "xl/worksheets/s"
            ):
                text = re.sub(r"<(/?)(?=[A-Za-z])(?![\w]+:)", r"<\1x:", told.decode())
                content = text.replace(" xmlns=", " xmlns:x=").encode()
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_workbook_whose_elements_bear_a_prefix_is_marked_as_well() -> None:
    own = _prefixed(a_decorated_book())
    assert openpyxl.load_workbook(BytesIO(own)).sheetnames == ["表1 余额滚动", "表2 明细"]
    book = openpyxl.load_workbook(BytesIO(build_receipt(a_receipt(a_finding()), own)))
    assert book.sheetnames[0] == "回执"
    assert "请核对" in book["表1 余额滚动"]["G12"].comment.text


def test_a_workbook_without_formats_cannot_be_patched_and_says_so() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts(a_decorated_book()).items():
            archive.writestr(name, b"<styleSheet/>" if name == "xl/styles.xml" else content)
    with pytest.raises(CannotAnnotate, match="styles without"):
        build_receipt(a_receipt(a_finding()), buffer.getvalue())


# Hypothesis finds the middle of the file; the rest is its directory, where each byte leads elsewhere.
@pytest.mark.parametrize("back", [*range(1, 24), *range(100, 140)])
@pytest.mark.parametrize("byte", [0x00, 0x96, 0xFF])
def test_a_damaged_directory_is_refused_or_makes_no_difference(back: int, byte: int) -> None:
    own = bytearray(a_decorated_book())
    own[-back] = byte
    try:
        build_receipt(a_receipt(a_finding()), bytes(own))
    except CannotAnnotate:
        return


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 255), st.integers(1, 30))
@example(28, 44, 2)  # a size that leads behind the end of the file
def test_a_damaged_workbook_is_patched_or_refused_and_never_crashes(place: int, byte: int, length: int) -> None:
    own = bytearray(a_decorated_book())
    place %= len(own)
    own[place : place + length] = bytes([byte]) * length
    try:
        build_receipt(a_receipt(a_finding()), bytes(own))
    except CannotAnnotate:
        return


def test_the_same_receipt_over_the_same_workbook_has_the_same_bytes() -> None:
    own = a_decorated_book()
    assert build_receipt(a_receipt(a_finding()), own) == build_receipt(a_receipt(a_finding()), own)


def test_package_resolves_parts_whatever_their_case() -> None:
    package = Package(a_decorated_book())
    assert package.read("XL/Workbook.xml") == package.read("xl/workbook.xml")


@pytest.mark.office
def test_every_return_of_the_sample_opens_in_another_program_with_its_receipt(tmp_path: Path) -> None:
    sheets, own = {}, {}
    for filing in make_filings("jb", ["2022-08"])[:6]:
        name = sheets[filing.form] = filing.sheets[0].name
        marked = a_receipt(a_finding(sheet=name, cell="C6"), a_finding(sheet=name, cell="A99"))
        own[filing.form] = build_receipt(marked, as_drop(filing).bytes())
    for form, saved in converted_all(own, tmp_path, "xlsx").items():
        again, name = openpyxl.load_workbook(saved), sheets[form]
        assert again.sheetnames[0] == "回执"
        assert again["回执"]["A1"].value == TITLE
        assert [c.value for c in again["回执"][12]][: len(HEADERS)] == list(HEADERS)
        assert "请核对" in again[name]["C6"].comment.text
        # What another program has saved since comes back with its marks taken away all the same.
        clean = openpyxl.load_workbook(BytesIO(build_receipt(a_receipt(), saved.read_bytes())))
        assert clean.sheetnames == again.sheetnames
        assert not any(
            cell.comment and AUTHOR in cell.comment.author for row in clean[name].iter_rows() for cell in row
        )
        assert not [str(r.sqref) for r in clean[name].conditional_formatting]


def test_a_reader_of_another_kind_opens_the_receipt_as_well() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(build_receipt(a_receipt(a_finding()), a_decorated_book())))
    assert book.sheet_names == ["回执", "表1 余额滚动", "表2 明细"]
    assert book.get_sheet_by_name("回执").to_python()[0][0] == TITLE
    assert book.get_sheet_by_name("表1 余额滚动").to_python()[3][3] == 55


def test_a_sheet_that_does_not_end_cannot_be_patched_and_says_so() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts(a_decorated_book()).items():
            cut = content.partition(b"</sheetData>")[0] + b"</sheetData>"
            archive.writestr(name, cut if name == "xl/worksheets/sheet1.xml" else content)
    with pytest.raises(CannotAnnotate):
        build_receipt(a_receipt(a_finding()), buffer.getvalue())
