import datetime
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from time import process_time
from zipfile import ZipFile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator
from openpyxl.styles import Alignment

from tests.workbooks.packages import STRICT, a_package, a_zip, made_with_openpyxl, made_with_xlsxwriter
from workbooks.reading.cells import Cell, Sheet, address
from workbooks.reading.unreadable import UnreadableReturn
from workbooks.reading.xlsx import read_xlsx as read_book


def the_sheet(data: bytes) -> Sheet:
    (sheet,) = read_book(data).sheets
    return sheet


def the_cell(sheet: str, **package: str) -> Cell:
    (cell,) = the_sheet(a_package(f'<row r="1">{sheet}</row>', **package)).cells.values()
    return cell


def fault(data: bytes) -> str:
    with pytest.raises(UnreadableReturn) as caught:
        read_book(data)
    return caught.value.code


# Beside other writers and readers


def a_form(book: xlsxwriter.Workbook) -> None:
    money = book.add_format({"num_format": "#,##0.00"})
    percent = book.add_format({"num_format": 10})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    indented = book.add_format({"indent": 2})
    sheet = book.add_worksheet("表1")
    sheet.merge_range("A1:D1", "江北区减税降费月报表", book.add_format({"bold": True}))
    sheet.write_string("A3", "税种")
    sheet.write_string("A4", "其中：留抵退税", indented)
    sheet.write_number("B4", 40589.1, money)
    sheet.write_number("C4", 0.4272, percent)
    sheet.write_datetime("D4", datetime.datetime(2022, 8, 31), day)
    sheet.write_boolean("E4", True)
    sheet.write_formula("F4", "=SUM(B4:C4)", money, 40589.5272)
    sheet.write_formula("G4", '=IF(B4>0,"是","否")', None, "是")
    sheet.write_formula("H4", "=1/0", None, "#DIV/0!")
    sheet.write_formula("I4", "=B4*2", None, "")
    sheet.write_rich_string("J4", "增值税", book.add_format({"bold": True}), "（含附加）")
    sheet.set_row(5, None, None, {"hidden": True})
    sheet.set_column("K:L", 9, None, {"hidden": True})
    sheet.merge_range("A7:A9", "合计")
    book.add_worksheet("说明").hide()
    book.add_worksheet("代码").very_hidden()


def test_a_form_reads_as_openpyxl_reads_it():
    data = made_with_xlsxwriter(a_form)
    ours = read_book(data)
    formulas = openpyxl.load_workbook(BytesIO(data))
    values = openpyxl.load_workbook(BytesIO(data), data_only=True)
    assert [(s.name, s.visible) for s in ours.sheets] == [(s.title, s.sheet_state) for s in formulas.worksheets]
    sheet = ours.sheets[0]
    for row in formulas["表1"].iter_rows():
        for theirs in row:
            if theirs.value is None:
                continue
            cell = sheet.cells[theirs.row, theirs.column]
            assert cell.formula == (theirs.value if theirs.data_type == "f" else None)
            assert cell.number_format == theirs.number_format
            assert cell.indent == theirs.alignment.indent
            result = values["表1"].cell(theirs.row, theirs.column).value
            match result:
                case bool():
                    assert (cell.kind, cell.text) == ("bool", str(result).upper())
                case int() | float():
                    assert (cell.kind, cell.text) == ("number", repr(result))
                case datetime.datetime():
                    assert (cell.kind, cell.text) == ("date", result.date().isoformat())
                case str():
                    assert cell.text == result
                case None:
                    assert (cell.kind, cell.text, cell.cached) == ("empty", "", False)
    theirs_merged = sorted((m.min_row, m.min_col, m.max_row, m.max_col) for m in formulas["表1"].merged_cells.ranges)
    assert sorted(sheet.merges) == theirs_merged
    assert sheet.hidden_rows == {6}
    assert sheet.hidden_columns == {11, 12}


def test_formulas_come_with_their_cached_values_and_without():
    def with_a_sum(sheet):
        sheet["A1"], sheet["A2"], sheet["A3"] = 1, 2, "=SUM(A1:A2)"

    sheet = the_sheet(made_with_openpyxl(with_a_sum))
    assert sheet.cells[3, 1] == Cell(3, 1, "empty", "", "=SUM(A1:A2)", False, "General", 0)
    form = read_book(made_with_xlsxwriter(a_form)).sheets[0]
    assert form.cells[4, 6] == Cell(4, 6, "number", "40589.5272", "=SUM(B4:C4)", True, "#,##0.00", 0)
    assert form.cells[4, 7][2:6] == ("text", "是", '=IF(B4>0,"是","否")', True)
    assert form.cells[4, 8][2:6] == ("error", "#DIV/0!", "=1/0", True)


def test_indents_and_formats_of_openpyxl_are_seen():
    def fill(sheet):
        sheet["A1"] = "其中：区级负担"
        sheet["A1"].alignment = Alignment(indent=3)
        sheet["B1"] = 12.5
        sheet["B1"].number_format = '0.00"万元"'

    sheet = the_sheet(made_with_openpyxl(fill))
    assert sheet.cells[1, 1].indent == 3
    assert sheet.cells[1, 2].number_format == '0.00"万元"'


DECIMALS_OF_EXCEL = st.builds(
    lambda digits, places, sign: Decimal(sign * digits).scaleb(-places),
    st.integers(0, 10**15 - 1),
    st.integers(-5, 20),
    st.sampled_from([1, -1]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(DECIMALS_OF_EXCEL, min_size=1, max_size=40))
def test_every_decimal_of_15_digits_comes_back_as_it_was(numbers):
    def with_openpyxl(sheet):
        for number in numbers:
            sheet.append([float(number)])

    def with_xlsxwriter(book):
        sheet = book.add_worksheet()
        for row, number in enumerate(numbers):
            sheet.write_number(row, 0, float(number))

    for data in (made_with_openpyxl(with_openpyxl), made_with_xlsxwriter(with_xlsxwriter)):
        cells = the_sheet(data).cells
        assert [Decimal(cells[row, 1].text) for row in range(1, len(numbers) + 1)] == numbers
        assert not any("e" in cell.text.lower() for cell in cells.values())


# Numbers


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("0.42720000000000002", "0.4272"),
        ("40589", "40589"),
        ("40589.0", "40589"),
        ("-0.10000000000000001", "-0.1"),
        ("1.2E-7", "0.00000012"),
        ("1E+16", "10000000000000000"),
        ("500112199001011234", "500112199001011000"),
        ("-0", "0"),
        (" 7\n", "7"),
    ],
)
def test_a_number_is_told_in_the_fifteen_digits_of_excel(stored, text):
    cell = the_cell(f'<c r="A1"><v>{stored}</v></c>')
    assert (cell.kind, cell.text) == ("number", text)


@pytest.mark.parametrize("stored", ["一百", "nan", "inf", "1e999", "1_000", "１２", "0x10", "1,000"])
def test_what_is_no_number_is_not_taken_for_one(stored):
    assert the_cell(f'<c r="A1"><v>{stored}</v></c>')[2:4] == ("text", stored)


# Dates

DAY_STYLES = (
    '<numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
    '<numFmt numFmtId="177" formatCode="[h]:mm"/><numFmt numFmtId="178" formatCode="0.00&quot;days&quot;"/>'
    '<numFmt numFmtId="179" formatCode="[$-804][DBNum1]General"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/><xf numFmtId="176"/><xf numFmtId="177"/>'
    '<xf numFmtId="178"/><xf numFmtId="179"/><xf numFmtId="11"/></cellXfs>'
    '<dxfs><dxf><numFmt numFmtId="176" formatCode="0"/></dxf></dxfs>'
)


@pytest.mark.parametrize(
    ("style", "stored", "kind", "text"),
    [
        (0, "44804", "number", "44804"),
        (1, "44804", "date", "2022-08-31"),
        (2, "44804", "date", "2022-08-31"),
        (3, "44804", "date", "2022-08-31"),
        (1, "44804.4375", "date", "2022-08-31T10:30:00"),
        (1, "44804.999999999", "date", "2022-09-01"),
        (1, "0.4375", "date", "10:30:00"),
        (1, "1", "date", "1900-01-01"),
        (1, "60", "date", "1900-02-29"),
        (1, "61", "date", "1900-03-01"),
        (1, "2958465", "date", "9999-12-31"),
        (1, "2958465.9999999", "number", "2958465.9999999"),
        (1, "2958466", "number", "2958466"),
        (1, "-1", "number", "-1"),
        (4, "1.5", "number", "1.5"),
        (5, "3", "number", "3"),
        (6, "3", "number", "3"),
        (7, "3", "number", "3"),
    ],
)
def test_a_number_under_a_date_format_is_a_date(style, stored, kind, text):
    cell = the_cell(f'<c r="A1" s="{style}"><v>{stored}</v></c>', styles=DAY_STYLES)
    assert (cell.kind, cell.text) == (kind, text)


def test_dates_count_from_1904_where_the_workbook_says_so():
    workbook = '<workbookPr date1904="1"/>'
    cell = the_cell('<c r="A1" s="1"><v>43342</v></c>', styles=DAY_STYLES, workbook=workbook)
    assert cell.text == "2022-08-31"
    assert read_book(a_package(workbook=workbook)).date1904


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("2022-08-31", "2022-08-31"),
        ("2022-08-31T00:00:00.000Z", "2022-08-31"),
        ("2022-08-31T10:30", "2022-08-31T10:30:00"),
        ("10:30:00", "10:30:00"),
    ],
)
def test_dates_stored_as_iso_text_are_dates(stored, text):
    assert the_cell(f'<c r="A1" t="d"><v>{stored}</v></c>')[2:4] == ("date", text)


# Texts


def test_rich_text_is_joined_and_phonetic_readings_are_left_out():
    strings = "<si><r><t>重</t></r><r><rPr><b/></rPr><t>庆市</t></r><rPh sb='0' eb='1'><t>chóng</t></rPh></si>"
    assert the_cell('<c r="A1" t="s"><v>0</v></c>', strings=strings)[2:4] == ("text", "重庆市")
    inline = "<is><r><t>江</t></r><r><t>北</t></r><rPh sb='0' eb='1'><t>jiāng</t></rPh></is>"
    assert the_cell(f'<c r="A1" t="inlineStr">{inline}</c>')[2:4] == ("text", "江北")


@pytest.mark.parametrize(
    ("stored", "text"),
    [("甲_x000D_乙", "甲\r乙"), ("_x005F_x000D_", "_x000D_"), ("_xD83D__xDE00_", "😀"), ("_xlfn", "_xlfn")],
)
def test_escaped_characters_are_undone(stored, text):
    assert the_cell('<c r="A1" t="s"><v>0</v></c>', strings=f"<si><t>{stored}</t></si>").text == text
    assert the_cell(f'<c r="A1" t="str"><v>{stored}</v></c>').text == text


def test_spaces_before_a_text_are_kept_for_they_are_the_indent():
    strings = '<si><t xml:space="preserve">  其中：个体</t></si>'
    assert the_cell('<c r="A1" t="s"><v>0</v></c>', strings=strings).text == "  其中：个体"


def test_booleans_and_errors_keep_their_kind():
    assert the_cell('<c r="A1" t="b"><v>0</v></c>')[2:4] == ("bool", "FALSE")
    assert the_cell('<c r="A1" t="e"><v>#REF!</v></c>')[2:4] == ("error", "#REF!")


def test_a_cached_empty_text_is_a_value_and_a_missing_result_is_none():
    assert the_cell('<c r="A1" t="str"><f>""</f><v></v></c>')[2:6] == ("text", "", '=""', True)
    assert the_cell('<c r="A1"><f>A2</f><v></v></c>')[2:6] == ("empty", "", "=A2", False)
    assert the_cell('<c r="A1"><f>A2</f></c>')[2:6] == ("empty", "", "=A2", False)


def test_cells_with_only_a_format_are_not_kept():
    assert the_sheet(a_package('<row r="1"><c r="A1" s="0"/><c r="B1"><v/></c></row>')).cells == {}


# Places


def test_cells_and_rows_without_references_follow_one_another():
    rows = '<row><c><v>1</v></c><c r="D1"><v>2</v></c><c><v>3</v></c></row><row><c><v>4</v></c></row>'
    cells = the_sheet(a_package(rows + '<row r="9"><c><v>5</v></c></row>')).cells
    assert {place: cell.text for place, cell in cells.items()} == {
        (1, 1): "1",
        (1, 4): "2",
        (1, 5): "3",
        (2, 1): "4",
        (9, 1): "5",
    }


def test_line_breaks_between_elements_are_not_part_of_values():
    sheet = '<row r="1">\n  <c r="A1" t="str">\n    <f>B1</f>\n    <v>是</v>\n  </c>\n</row>'
    assert the_sheet(a_package(sheet)).cells[1, 1].text == "是"


def test_the_far_corner_costs_no_more_than_the_near_one():
    cells = the_sheet(
        a_package('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')
    )
    assert cells.cells[1_048_576, 16_384].address == "XFD1048576"


def test_a_merged_place_shows_the_cell_at_its_top_left():
    sheet = the_sheet(
        a_package('<row r="1"><c r="B1"><v>7</v></c></row>', tail='<mergeCells><mergeCell ref="B1:D2"/></mergeCells>')
    )
    assert sheet.value_at(2, 4) is sheet.cells[1, 2]
    assert sheet.value_at(3, 4) is None


@given(st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_addresses_are_those_of_openpyxl(row, column):
    assert address(row, column) == f"{openpyxl.utils.get_column_letter(column)}{row}"


@pytest.mark.parametrize("place", ["A0", "XFE1", "A1048577", "1A", "A", "$A$1", "A９", ""])
def test_a_cell_at_no_place_damages_the_file(place):
    assert fault(a_package(f'<row><c r="{place}"><v>1</v></c></row>')) == "damaged"


def test_a_cell_told_twice_is_not_read():
    assert fault(a_package('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')) == "duplicate_cells"


# Shared formulas


@pytest.mark.parametrize(
    "formula",
    [
        "B2+C2",
        "SUM($B2:C$2)*$D$1",
        "'表 B2'!B2&\"B2\"",
        "LOG10(B2)+税额!B2",
        "SUM(B:C)+SUM(2:3)",
        "IF(B2>0,TRUE,A1B2)",
        "SUM($B:C,$2:3)",
    ],
)
def test_a_shared_formula_is_told_as_it_stands_in_each_cell(formula):
    escaped = formula.replace("&", "&amp;").replace(">", "&gt;")
    rows = (
        f'<row r="5"><c r="E5"><f t="shared" ref="E5:F7" si="0">{escaped}</f><v>1</v></c></row>'
        '<row r="7"><c r="F7"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    cells = the_sheet(a_package(rows)).cells
    assert cells[5, 5].formula == f"={formula}"
    assert cells[7, 6].formula == Translator(f"={formula}", "E5").translate_formula("F7")


def test_a_shared_formula_that_leaves_the_sheet_refers_to_nothing():
    master = '<row r="2"><c r="B2"><f t="shared" si="0">A1</f><v>1</v></c></row>'
    cells = the_sheet(a_package(master + '<row r="3"><c r="A3"><f t="shared" si="0"/></c></row>')).cells
    assert cells[3, 1].formula == "=#REF!"


def test_a_shared_formula_without_its_master_is_marked():
    assert the_cell('<c r="A1"><f t="shared" si="7"/><v>1</v></c>').formula == "=#SHARED!"


# Dialects and packages


def test_strict_workbooks_are_read():
    assert the_cell('<c r="A1"><v>12.5</v></c>', namespace=STRICT).text == "12.5"


def test_prefixed_elements_are_read():
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr">'
        "<x:is><x:t>户数</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert the_sheet(a_package(changes={"xl/worksheets/sheet1.xml": sheet})).cells[1, 1].text == "户数"


@pytest.mark.parametrize("target", ["/xl/worksheets/sheet1.xml", "./worksheets/../worksheets/Sheet1.xml"])
def test_parts_are_found_by_absolute_and_relative_targets(target):
    assert the_cell('<c r="A1"><v>1</v></c>', target=target).text == "1"


def test_a_sheet_whose_part_is_missing_damages_the_file():
    assert fault(a_package(target="worksheets/sheet9.xml")) == "damaged"


def test_two_tabs_on_one_part_damage_the_file():
    twice = '<sheets><sheet name="表0" sheetId="2" r:id="rId1"/></sheets>'
    assert fault(a_package(workbook=twice)) == "damaged"


def test_a_document_type_is_refused_by_the_reader_too():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>'
    assert fault(a_package(changes={"xl/worksheets/sheet1.xml": bomb})) == "document_type"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html>", a_package()[:-30], a_package()[:200]])
def test_what_is_no_workbook_is_damaged(data):
    assert fault(data) == "damaged"


@pytest.mark.parametrize(
    "cell", ['<c r="A1" t="s"><v>5</v></c>', '<c r="A1" t="s"><v>x</v></c>', '<c r="A1"><v>1</v>', "<c r='A1'>\x01</c>"]
)
def test_a_sheet_that_contradicts_itself_is_damaged(cell):
    assert fault(a_package(f'<row r="1">{cell}</row>')) == "damaged"


MADE = made_with_xlsxwriter(a_form)
with ZipFile(BytesIO(MADE)) as archive:
    PARTS = {name: archive.read(name) for name in archive.namelist()}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_with_changed_bytes_is_read_or_unreadable_and_nothing_else(data):
    name = data.draw(st.sampled_from(sorted(PARTS)))
    part = bytearray(PARTS[name])
    for _ in range(data.draw(st.integers(1, 4))):
        part[data.draw(st.integers(0, len(part) - 1))] = data.draw(st.sampled_from(b'<>"/ 0:9Ax\xff'))
    # Anything but UnreadableReturn, which is a verdict, fails the test.
    with suppress(UnreadableReturn):
        read_book(a_zip(PARTS | {name: bytes(part)}))


def test_long_shared_formulas_are_spelt_out_within_a_limit():
    first = '<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A99999">' + "B1+" * 2000 + "1</f><v>1</v></c></row>"
    rest = "".join(f'<row r="{r}"><c r="A{r}"><f t="shared" si="0"/><v>1</v></c></row>' for r in range(2, 9000))
    started = process_time()
    cells = read_book(a_package(first + rest)).sheets[0].cells
    assert process_time() - started < 30
    assert cells[2, 1].formula.startswith("=B2+B2")
    assert (cells[8999, 1].formula, cells[8999, 1].text) == ("=…", "1")
