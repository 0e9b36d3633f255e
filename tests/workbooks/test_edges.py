"""Workbooks at the edges: nothing reported, a hundred departments, names of sixty characters, January, other time zones,
texts that no cell can hold; and the same numbers for every program that reads them."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from catalogue.sheets import load_workbook
from tests.transforms.makers import a_finding, a_made_up_district, some_facts
from tests.workbooks.books import (
    Cells,
    cells_of,
    converted_all,
    opened,
    pages_of,
    row_with,
    why_no_office,
    without_cached_values,
)
from tests.workbooks.fits import cut_off
from tests.workbooks.sample_district import the_sample_district
from tests.workbooks.test_goldens import QUARTER, published
from transforms.facts import Facts
from transforms.model import CodeList, Department
from transforms.observe import observe
from workbooks.formats import CUT, LONGEST_TEXT
from workbooks.publications.monthly import build_monthly
from workbooks.publications.quarterly import build_quarterly

PRODUCTS = ("monthly", "quarterly")
LONG = "重庆市江北区优化营商环境工作领导小组办公室下设的政务服务和数据治理综合协调中心驻区行政服务中心大厅首席代表联络工作专班组"
assert len(LONG) == 60


def both(facts: Facts, quarter: str = QUARTER) -> dict[str, bytes]:
    return {"monthly": build_monthly(facts), "quarterly": build_quarterly(facts, quarter)}


# ---- what every program reads --------------------------------------------------------------------------------------


@pytest.mark.parametrize("product", PRODUCTS)
def test_two_readers_tell_the_same_numbers(product: str) -> None:
    book, other = opened(published(product)), CalamineWorkbook.from_filelike(BytesIO(published(product)))
    compared = 0
    for sheet in book.worksheets:
        rows = other.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, int | float):
                    assert rows[cell.row - 1][cell.column - 1] == cell.value, (sheet.title, cell.coordinate)
                    compared += 1
    assert compared > 2000


EIGHT_DIGITS = 1.01e-8
"""A figure is cached with the eight digits that the frames hold, and so are those that its formula stands on."""


@pytest.mark.office
@pytest.mark.skipif(bool(why_no_office()), reason=why_no_office() or "-")
@pytest.mark.parametrize("product", PRODUCTS)
def test_a_spreadsheet_program_computes_what_we_cached(product: str) -> None:
    computed, formulas = recalculated()[product], 0
    for sheet, told in cells_of(published(product)).items():
        for at, value in told.items():
            if isinstance(value, list) and len(value) == 3:
                assert computed[sheet][at][0] == pytest.approx(value[0], rel=1e-12, abs=EIGHT_DIGITS), (sheet, at)
                formulas += 1
    assert formulas > 400


@cache
def recalculated() -> dict[str, dict[str, Cells]]:
    with TemporaryDirectory() as folder:
        books = {product: without_cached_values(published(product)) for product in PRODUCTS}
        found = converted_all(books, Path(folder), "xlsx")
        return {product: cells_of(path.read_bytes()) for product, path in found.items()}


@pytest.mark.office
@pytest.mark.skipif(bool(why_no_office()), reason=why_no_office() or "-")
@pytest.mark.parametrize("product", PRODUCTS)
def test_every_sheet_prints_on_as_many_pages_as_declared(product: str) -> None:
    assert not [page for page in printed()[product] if "###" in page]
    found = Counter(code for code, _ in pages_by_sheet(product))
    assert found == {sheet.code: sheet.pages for sheet in load_workbook(product) if sheet.kind in ("table", "text")}


@pytest.mark.office
@pytest.mark.skipif(bool(why_no_office()), reason=why_no_office() or "-")
@pytest.mark.parametrize("product", PRODUCTS)
def test_no_page_shows_the_header_of_a_block_that_has_no_row_on_it(product: str) -> None:
    book, seen = opened(published(product)), 0
    tabs = {sheet.title.split(" ")[0]: sheet for sheet in book.worksheets}
    for code, page in pages_by_sheet(product):
        blocks = blocks_of(tabs[code])
        shown = {header for header, _ in blocks if all(cell in page for cell in header)}
        there = {header for header, rows in blocks if any(all(cell in page for cell in row) for row in rows)}
        strangers = [header for header in shown - there if not any(header <= other for other in there)]
        assert strangers == [], code
        seen += len(shown)
    assert seen > 40


def blocks_of(sheet: Worksheet) -> list[tuple[frozenset[str], list[frozenset[str]]]]:
    """Header and rows of every block, as the texts that stand in one line of a cell."""
    blocks = []
    for name, defined in sheet.defined_names.items():
        if name.startswith("TitleRegion"):
            first, last = (int(row) for row in re.findall(r"\$A\$(\d+)", defined.attr_text))
            end = sheet[name.split(".")[2]]
            rows = list(sheet.iter_rows(min_row=first, max_row=end.row, max_col=end.column))
            header = frozenset(text for row in rows[: last - first + 1] for text in _texts(row) if len(text) <= 7)
            told = [frozenset(_texts(row[:3])) for row in rows[last - first + 1 :]]
            blocks.append((header, [row for row in told if row]))
    return blocks


def _texts(row: Iterable[Cell]) -> list[str]:
    return [re.sub(r"\s+", "", cell.value) for cell in row if isinstance(cell.value, str)]


@cache
def printed() -> dict[str, list[str]]:
    """The pages of both workbooks, from one start of LibreOffice."""
    with TemporaryDirectory() as folder:
        found = converted_all({product: published(product) for product in PRODUCTS}, Path(folder), "pdf")
        return {product: pages_of(path) for product, path in found.items()}


def pages_by_sheet(product: str) -> list[tuple[str, str]]:
    """Every page of a table or a text with the code of its sheet: that of the last title seen."""
    book, told, at = opened(published(product)), [], ""
    declared = [sheet for sheet in load_workbook(product) if sheet.kind in ("table", "text")]
    titles = {sheet.code: re.sub(r"\s+", "", book[sheet.tab]["A1"].value) for sheet in declared}
    for page in [page for page in printed()[product] if "点击转到" not in page][1:-2]:
        at = next((code for code, title in titles.items() if title in page), at)
        told.append((at, page))
    return told


@pytest.mark.parametrize("product", PRODUCTS)
def test_no_cell_of_data_is_merged_with_another(product: str) -> None:
    for sheet in opened(published(product)).worksheets:
        for area in sheet.merged_cells.ranges:
            value = sheet.cell(area.min_row, area.min_col).value
            assert value is None or isinstance(value, str), (sheet.title, str(area))
            numbers = [c.value for c in sheet[area.min_row] if isinstance(c.value, int | float) and c.column > 1]
            assert not numbers, (sheet.title, str(area), "a merge stands in a row of data")


ZONED = """
import sys
from tests.workbooks.sample_district import the_sample_district
from tests.transforms.makers import a_made_up_district
from workbooks.publications.monthly import build_monthly
from workbooks.publications.quarterly import build_quarterly
import hashlib
facts = a_made_up_district()
print(hashlib.sha256(build_monthly(facts) + build_quarterly(facts, "2022Q2")).hexdigest())
"""


def test_the_bytes_are_the_same_in_every_time_zone_and_language_of_a_machine() -> None:
    machines = [("UTC", "C.UTF-8", "1"), ("Asia/Shanghai", "C", "2"), ("America/Los_Angeles", "zh_CN.UTF-8", "3")]
    seen = set()
    for zone, language, seed in machines:
        there = {**os.environ, "TZ": zone, "LC_ALL": language, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}
        run = subprocess.run([sys.executable, "-c", ZONED], env=there, capture_output=True, text=True, check=True)
        seen.add(run.stdout.strip())
    assert len(seen) == 1


# ---- districts at the edge -----------------------------------------------------------------------------------------


def test_where_nothing_was_reported_every_figure_says_so_and_nothing_is_zero() -> None:
    for product, data in both(some_facts()).items():
        assert cut_off(data) == [], product
        assert "未报" in str(cells_of(data))
        for sheet in opened(data).worksheets:
            assert not [c for row in sheet.iter_rows() for c in row if c.value == "#DIV/0!"], sheet.title


@cache
def a_hundred_departments() -> Facts:
    """江北区 with a hundred departments that take in cases, named with sixty characters where they are new."""
    facts = the_sample_district()
    catalogue = facts.catalogue
    new = [f"d{n:03}" for n in range(100 - len(catalogue.departments))]
    departments = (*catalogue.departments, *(_department(code) for code in new))
    listed = catalogue.code_lists["departments"]
    codes = (*listed.codes, *(replace(listed.codes[0], code=d.code, name=d.name) for d in departments[-len(new) :]))
    code_lists = {**catalogue.code_lists, "departments": CodeList("departments", codes)}
    larger = replace(catalogue, departments=departments, code_lists=code_lists)
    cases = facts.tables["F05.cases"]
    pattern = cases.filter(pl.col("kind") == "data", pl.col("period") == facts.period).head(1)
    more = [
        pattern.with_columns(dept_code=pl.lit(code), row=pl.lit(200 + n, dtype=cases.schema["row"]))
        for n, code in enumerate(new)
    ]
    tables = {**facts.tables, "F05.cases": pl.concat([cases, *more])}
    return replace(facts, catalogue=larger, tables=tables, observations=observe(tables, facts.layout, larger))


def _department(code: str) -> Department:
    from catalogue.load import load

    first = load().departments[0]
    return replace(first, code=code, name=f"{LONG[:-3]}{code[1:]}", aliases=(), order=int(code[1:]) + 100)


def test_a_hundred_departments_stand_in_their_sheet_and_nothing_is_cut() -> None:
    for product, data in both(a_hundred_departments()).items():
        assert cut_off(data) == [], product
    sheet = opened(build_monthly(a_hundred_departments()))["M10 政务服务调度"]
    named = {str(row[0].value) for row in sheet.iter_rows()} | {str(row[1].value) for row in sheet.iter_rows()}
    assert len([name for name in named if name.startswith(LONG[:-3])]) > 60


def test_a_district_with_a_name_of_sixty_characters_has_its_workbooks() -> None:
    facts = a_made_up_district()
    named = replace(facts, district=replace(facts.district, name=LONG, office=LONG))
    for product, data in both(named).items():
        assert cut_off(data) == [], product


def test_in_january_the_year_to_date_is_the_month_and_the_year_before_is_told() -> None:
    facts = the_sample_district().at("2022-01")
    book = opened(build_monthly(facts))
    sheet = book["M02 指标月调度"]
    row = row_with(sheet, "I0301")
    assert sheet.cell(row, 9).value == sheet.cell(row, 6).value
    assert sheet.cell(row, 10).value is not None
    assert "2022年1月" in book["M02 指标月调度"]["A1"].value
    for product, data in both(facts, "2022Q1").items():
        assert cut_off(data) == [], product


# ---- texts that a cell cannot hold ---------------------------------------------------------------------------------

NASTY = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1")


def test_a_text_that_begins_like_a_formula_stays_text_for_every_program() -> None:
    findings = [a_finding("H05", "F03.entities", text, rule_id=f"F03.entities.H05.{n}") for n, text in enumerate(NASTY)]
    data = build_monthly(some_facts(findings=findings))
    sheet = opened(data, values=False)["M04 勾稽校验"]
    texts = {c.value: c for row in sheet.iter_rows() for c in row if isinstance(c.value, str)}
    for text in NASTY:
        cell = texts[text]
        assert cell.data_type == "s" or cell.quotePrefix
        assert cell.quotePrefix, f"{text!r} would become a formula when it is edited"


def test_what_was_cleaned_is_listed_with_its_cell() -> None:
    told = "控制\x00字\x1f符\ufffe" + "长" * (LONGEST_TEXT + 10)
    data = build_monthly(some_facts(findings=[a_finding("H05", "F03.entities", told)]))
    cells = cells_of(data)
    written = next(text for text in cells["M04 勾稽校验"].values() if isinstance(text, str) and text.startswith("控制"))
    assert written.startswith("控制字符长")
    assert written.endswith(CUT)
    assert len(written) == LONGEST_TEXT
    listed = next(text for text in cells["M15 口径与修订"].values() if isinstance(text, str) and "控制字符;" in text)
    assert listed == f"去除 3 个控制字符;共 {LONGEST_TEXT + 14} 字,超过单元格上限 {LONGEST_TEXT} 字,已截断"
    assert any(str(text).startswith("M04 勾稽校验!") for text in cells["M15 口径与修订"].values())


def test_an_amount_reads_back_as_the_exact_amount_that_was_told() -> None:
    facts = the_sample_district()
    told = {
        key: value
        for key, value in facts.known.filter(pl.col("period") == facts.period).select("key", "value").iter_rows()
        if value is not None
    }
    seen = 0
    figures = {
        row[0]: "|".join(str(row[n] or "") for n in (1, 2, 3))
        for row in opened(published("monthly"))["_told"].iter_rows(min_row=2, values_only=True)
    }
    for row in opened(published("monthly"))["_src"].iter_rows(min_row=2, values_only=True):
        key = figures[int(row[6])] if row[5] == "填报数" else ""
        if row[5] == "填报数" and key in told and not str(row[0]).startswith("M14"):
            shares = [told[key] / factor for factor in (Decimal(1), Decimal(10_000), Decimal(10) ** 8)]
            assert float(row[4]) in [float(share) for share in shares], row
            seen += 1
    assert seen > 100


@pytest.mark.parametrize("product", PRODUCTS)
def test_every_table_marks_its_header_for_screen_readers(product: str) -> None:
    book = opened(published(product))
    declared = {sheet.tab: len(sheet.blocks) for sheet in load_workbook(product) if sheet.kind in ("table", "text")}
    for number, sheet in enumerate(book.worksheets, start=1):
        marked = [name for name in sheet.defined_names if name.startswith("TitleRegion")]
        assert len(marked) == declared.get(sheet.title, len(marked)), sheet.title
        for name in marked:
            _, corner, end, told = name.split(".")
            assert told == str(number)
            assert sheet[corner].value, (name, "the corner of the header is empty")
            assert sheet[end].row > sheet[corner].row
