import pytest

from catalogue.sheets import load_workbook
from tests.transforms.makers import a_made_up_district, some_facts
from tests.workbooks.books import (
    cells_of,
    opened,
    row_with,
)
from transforms.facts import Facts
from workbooks.publications.quarterly import build_quarterly, quarterly_name


@pytest.fixture(scope="module")
def facts() -> Facts:
    return a_made_up_district()


@pytest.fixture(scope="module")
def book(facts: Facts) -> bytes:
    return build_quarterly(facts, "2022Q2")


@pytest.fixture(scope="module")
def unfinished(facts: Facts) -> bytes:
    return build_quarterly(facts, "2022Q3")


def test_the_same_facts_give_the_same_bytes(facts, book):
    assert build_quarterly(facts, "2022Q2") == book


def test_a_quarter_that_is_not_over_has_a_name_of_its_own(facts):
    assert quarterly_name(facts, "2022Q2") == "江北区优化营商环境季度分析(2022年二季度).xlsx"
    assert quarterly_name(facts, "2022Q3") == "江北区优化营商环境季度分析(2022年三季度)(未满季).xlsx"
    assert quarterly_name(facts, "2022Q2", 2) == "江北区优化营商环境季度分析(2022年二季度)(第2版).xlsx"


def test_the_sheets_stand_in_order(book):
    codes = [name.split(" ")[0] for name in opened(book).sheetnames]
    assert codes == [
        *(sheet.code or sheet.name for sheet in load_workbook("quarterly") if sheet.kind != "changes"),
        "_src",
        "_told",
    ]


def test_months_after_the_quarter_are_left_aside(book):
    assert opened(book)["Q03 趋势与同比"].cell(1, 1).value == "江北区核心指标趋势(2020-07至2022-06)"
    assert "2022-07" not in str(cells_of(book)["Q03 趋势与同比"])


def test_an_unfinished_quarter_says_so_with_the_months_it_holds(unfinished):
    sheet = opened(unfinished)["Q01 季度总览"]
    assert sheet.cell(1, 1).value == "江北区营商环境季度总览(2022年三季度,未满季:7—8月)"


def test_the_quarter_of_a_flow_is_a_live_sum_of_its_months(book):
    sheet, formulas = opened(book)["Q03 趋势与同比"], opened(book, values=False)["Q03 趋势与同比"]
    block = row_with(sheet, "一、季度值与校验(2022年二季度)")
    row = next(n for n in range(block, block + 40) if sheet.cell(n, 1).value == "I0301")
    assert formulas.cell(row, 18).value == f"=SUM(G{row},J{row},M{row},O{row})"
    assert sheet.cell(row, 18).value == sum(sheet.cell(row, n).value for n in (7, 10, 13))


def test_an_empty_quarter_is_unreported_everywhere():
    sheet = opened(build_quarterly(some_facts(), "2022Q2"))["Q01 季度总览"]
    told = {sheet.cell(row, column).value for row in range(5, 23) for column in (6, 7, 8)}
    assert told == {"未报"}


def test_every_chart_is_bound_to_cells(book):
    charts = opened(book)["Q09 图表"]._charts
    declared = [block.chart for sheet in load_workbook("quarterly") for block in sheet.blocks if block.chart]
    assert len(charts) >= len(declared)
    assert all(chart.series[0].val.numRef.f.startswith("'Q09 ") for chart in charts)
