"""The fast way to the rows of a sheet gives the cells that the XML parser gives, or leaves them to it."""

from random import Random

import pytest

from tests.workbooks.packages import a_package, made_with_openpyxl, made_with_xlsxwriter
from tests.workbooks.reading import dressed
from tests.workbooks.reading.messy import clean
from workbooks.reading import worksheet, xlsx
from workbooks.reading.cells import Book
from workbooks.reading.rows import plain_rows, plain_strings
from workbooks.reading.unreadable import UnreadableReturn


def both_ways(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[Book | str, Book | str]:
    """What is read with the fast way and without it; the code of the fault where it is unreadable."""

    def read() -> Book | str:
        try:
            return xlsx.read_xlsx(data)
        except UnreadableReturn as fault:
            return fault.code

    fast = read()
    with monkeypatch.context() as patch:
        patch.setattr(worksheet, "plain_rows", lambda *_: None)
        patch.setattr(xlsx, "plain_strings", lambda *_: None)
        return fast, read()


def is_fast(data: bytes) -> bool:
    parts = dressed.parts_of(data)
    return plain_rows(parts["xl/worksheets/sheet1.xml"], 500) is not None


DRESSES = {
    "openpyxl": lambda data: data,
    "shared texts": dressed.shared_texts,
    "formulas": dressed.formulas_with_results,
    "shared formulas": dressed.shared_formulas,
    "stored": dressed.stored,
    "strict": dressed.strict,
}


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("form", ["F01", "F03", "F10"])
def test_usual_sheets_are_read_the_fast_way_and_alike(form, dress, monkeypatch):
    data = DRESSES[dress](clean(form).data)
    fast, slow = both_ways(data, monkeypatch)
    assert is_fast(data)
    assert fast == slow


def test_sheets_of_other_writers_are_read_the_fast_way_and_alike(monkeypatch):
    def fill(book):
        sheet = book.add_worksheet("表1")
        sheet.set_row(3, None, None, {"hidden": True})
        for row in range(300):
            sheet.write_row(row, 0, ["甲&乙<丙>", row, row / 7, True, "", " 空 "])
            sheet.write_formula(row, 7, f'=A{row + 1}&"<5"', None, "x<5")
            sheet.write_blank(row, 8, None, book.add_format({"num_format": "0.00"}))

    for data in (made_with_xlsxwriter(fill), made_with_openpyxl(lambda ws: ws.append([1, "二", None, "=A1", True]))):
        fast, slow = both_ways(data, monkeypatch)
        assert is_fast(data)
        assert fast == slow


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><!-- x --><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v><![CDATA[1]]></v></c></row>',
        "<row><c><v>1</v></c></row>",
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>一</t></r><r><t>二</t></r></is></c></row>',
        '<row r="1"><c r="A1" s="1" s="2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"></v></c>5<v><c r="B1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v/></c></row>',
        '<row r="1"><c r="A1" t="str"><v>&unknown;</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>&#1;</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>\x01</v></c></row>',
    ],
)
def test_what_is_not_plain_is_left_to_the_parser(rows, monkeypatch):
    fast, slow = both_ways(a_package(rows), monkeypatch)
    assert not is_fast(a_package(rows))
    assert fast == slow


def test_a_style_with_the_number_of_its_row_is_not_taken_for_it(monkeypatch):
    styles = "".join(f'<xf numFmtId="{n % 3}"/>' for n in range(12))
    rows = "".join(
        f'<row r="{r}"><c r="A{r}" s="{r}"><v>1</v></c><c r="B{r}" s="1{r}"><v>2</v></c></row>' for r in (1, 2)
    )
    rows += "".join(f'<row r="{r}"><c r="A{r}" s="{r % 12}"><v>1</v></c></row>' for r in range(3, 400))
    fast, slow = both_ways(a_package(rows, styles=f"<cellXfs>{styles}</cellXfs>"), monkeypatch)
    assert fast == slow


TOKENS = (
    "<v>", "</v>", "</c>", '<c r="A5">', "&amp;", "&#x41;", "<!-- x -->", " ", "\r\n", '"', "<", ">", "&", "<f>A1</f>",
    't="s"', "1", "</row>", '<row r="3">', "<v/>", "\x01", 's="5"', "]]>", "</t></si>", "<si>",
)  # fmt: skip


def test_changed_bytes_are_read_alike_both_ways(monkeypatch):
    """Where the parser finds a sheet ill-formed, the fast way may not read it either."""
    chance = Random(20220831)
    bases = [dressed.parts_of(DRESSES[dress](clean("F10").data)) for dress in ("openpyxl", "shared texts", "formulas")]
    for _ in range(150):
        parts = dict(chance.choice(bases))
        name = chance.choice([n for n in parts if n.endswith(("sheet1.xml", "sharedStrings.xml"))])
        part = bytearray(parts[name])
        for _ in range(chance.randrange(1, 4)):
            at, token = chance.randrange(len(part)), chance.choice(TOKENS).encode()
            part[at : at + chance.choice((0, 0, 1, len(token)))] = chance.choice(
                (token, b"", bytes([chance.randrange(256)]))
            )
        parts[name] = bytes(part)
        fast, slow = both_ways(dressed.zipped(parts, 0), monkeypatch)
        assert fast == slow


def test_strings_that_are_not_of_one_text_each_are_left_to_the_parser():
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    for items in ("<si><r><t>一</t></r></si>", "<si><t>一</t></si> <si><t>二</t></si>", "<si/>"):
        assert plain_strings(f'<sst xmlns="{main}">{items}</sst>'.encode()) is None
    assert plain_strings(f'<sst xmlns="{main}" count="2"><si><t>一&lt;</t></si><si><t/></si></sst>'.encode()) is None
    told = plain_strings(
        f'<sst xmlns="{main}" count="2"><si><t>一&lt;</t></si><si><t xml:space="preserve"> 二</t></si></sst>'.encode()
    )
    assert told == ["一<", " 二"]
