"""LibreOffice: results for formulas that have none, and .xlsx of older formats."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from catalogue.load import load
from tests.workbooks.packages import a_package, made_with_xlsxwriter
from tests.workbooks.reading.dressed import converted
from tests.workbooks.returns import a_book, saved
from workbooks.reading.guard import Limits
from workbooks.reading.office import OfficeLimits, as_xlsx, find_office, recalculate
from workbooks.reading.opening import read_book
from workbooks.reading.read import Readings, Received, read_returns
from workbooks.reading.recalculated import lacks_results, looks_outward


def read_files(folder: Path, **books: openpyxl.Workbook) -> Readings:
    items = []
    for name, book in books.items():
        path = folder / f"{name}.xlsx"
        path.write_bytes(saved(book))
        items.append(Received(name, "jb", "finance_office", 1, path.name, path, "F10", "2022-08"))
    return read_returns(items, load(), Limits())


def a_return(**told: object) -> openpyxl.Workbook:
    return a_book(rows={"F10.balances": [{"bank_code": "工商银行", "open_bal": 10, "lent_m": 2.5, **told}]})


@pytest.mark.office
def test_formulas_without_results_are_computed_and_told(tmp_path):
    readings = read_files(
        tmp_path,
        one=a_return(close_bal="=C5+D5"),
        two=a_return(close_bal="=ROUND(SUM(C5:D5)*1.1,2)"),
        three=a_return(close_bal=1),
    )
    table = readings.tables["F10.balances"]
    assert [str(value).rstrip("0").rstrip(".") for value in table["close_bal"]] == ["125000", "137500", "10000"]
    found = readings.findings.filter(pl.col("rule_id").str.ends_with("recalculated"))
    assert found["submission"].to_list() == ["one", "two"]
    assert found["severity"].to_list() == ["info", "info"]
    assert "12.5" in found["message"][0]


@pytest.mark.office
def test_formulas_that_look_outside_are_not_computed(tmp_path):
    readings = read_files(tmp_path, one=a_return(close_bal='=WEBSERVICE("http://127.0.0.1/")', open_bal="=1+1"))
    assert readings.tables["F10.balances"]["close_bal"].to_list() == [None]
    assert {rule.rpartition(".")[2] for rule in readings.findings["rule_id"]} == {"no_result"}


@pytest.mark.office
def test_one_file_that_cannot_be_computed_costs_nobody_else():
    good = made_with_xlsxwriter(lambda book: book.add_worksheet("表1").write_formula(0, 0, "=1+1"))
    found = recalculate({"bad": b"PK\x03\x04 nonsense", "good": good, "empty": a_package()})
    assert "bad" not in found
    assert read_book(found["good"]).sheets[0].cells[1, 1].text == "2"


@pytest.mark.office
def test_limits_end_the_program():
    good = made_with_xlsxwriter(lambda book: book.add_worksheet("表1").write(0, 0, "x" * 30_000))
    assert as_xlsx(good, OfficeLimits(start_seconds=0.2, seconds=0.1)) is None
    assert as_xlsx(good, OfficeLimits(file_bytes=512)) is None


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_older_formats_become_xlsx_with_the_same_cells(kind):
    data = converted(saved(a_return(close_bal=12.5)), kind)
    told = as_xlsx(data)
    assert told is not None
    before, after = read_book(data).sheets[0], read_book(told).sheets[0]
    assert {p: (c.kind, c.text) for p, c in before.cells.items()} == {
        p: (c.kind, c.text) for p, c in after.cells.items()
    }
    assert sorted(before.merges) == sorted(after.merges)


@pytest.mark.office
def test_an_old_workbook_tells_formats_indents_errors_and_hidden_rows():
    book = openpyxl.Workbook()
    ws = book.worksheets[0]
    ws["A1"], ws["A2"], ws["A3"] = 12.5, "其中", "=1/0"
    ws["A1"].number_format = "#,##0.00"
    ws["A2"].alignment = openpyxl.styles.Alignment(indent=2)
    ws.merge_cells("B1:C2")
    ws.row_dimensions[3].hidden = True
    found = read_book(converted(saved(book), "xls"))
    sheet = found.sheets[0]
    assert found.format == "xls"
    assert (sheet.cells[1, 1].number_format, sheet.cells[2, 1].indent) == ("#,##0.00", 2)
    assert (sheet.cells[3, 1].kind, sheet.cells[3, 1].text) == ("error", "#DIV/0!")
    assert (sheet.merges, sheet.hidden_rows) == ([(1, 2, 2, 3)], {3})


def test_where_it_is_not_installed_nothing_is_computed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_office() is None
    assert as_xlsx(a_package()) is None
    readings = read_files(tmp_path, one=a_return(close_bal="=C5+D5"))
    assert {rule.rpartition(".")[2] for rule in readings.findings["rule_id"]} == {"no_result"}


def test_a_zero_that_a_library_stored_for_every_formula_is_no_result():
    data = made_with_xlsxwriter(lambda book: book.add_worksheet("表1").write_formula(0, 0, "=1+1"))
    assert read_book(data).sheets[0].cells[1, 1].kind == "empty"
    assert lacks_results(read_book(data))


@pytest.mark.parametrize(
    ("formula", "outward"),
    [
        ("=SUM(A1:A3)", False),
        ("=[1]表1!A1", True),
        ("='C:\\x\\[b.xlsx]表1'!A1", True),
        ('=WEBSERVICE("http://x")', True),
        ('=IF(A1="http://x",1,2)', False),
        ("=Table1[金额]", False),
        ("=cmd|'/c calc'!A0", True),
    ],
)
def test_formulas_that_look_outside_are_known(formula, outward):
    assert looks_outward(formula) == outward
