from collections import Counter
from dataclasses import replace

import polars as pl
import pytest

from catalogue.sheets import load_workbook
from tests.transforms.makers import (
    PERIOD,
    a_difference,
    a_finding,
    a_made_up_district,
    an_observation,
    some_deadlines,
    some_facts,
)
from tests.workbooks.books import (
    cells_of,
    names_of,
    opened,
    row_with,
)
from transforms.facts import Facts
from transforms.model import EXACT
from workbooks.formats import clean, number_format
from workbooks.publications.monthly import build_monthly, make_monthly, monthly_name
from workbooks.publications.publication import Earlier


@pytest.fixture(scope="module")
def facts() -> Facts:
    return a_made_up_district()


@pytest.fixture(scope="module")
def book(facts: Facts) -> bytes:
    return build_monthly(facts)


@pytest.fixture(scope="module")
def empty() -> bytes:
    return build_monthly(some_facts())


def test_the_same_facts_give_the_same_bytes(facts, book):
    assert build_monthly(facts) == book


def test_editions_have_names_of_their_own(facts):
    assert monthly_name(facts) == "江北区优化营商环境月调度表(2022年8月).xlsx"
    assert monthly_name(facts, 2) == "江北区优化营商环境月调度表(2022年8月)(第2版).xlsx"


def test_the_sheets_stand_in_the_order_of_the_reporting_system(book):
    sheets = opened(book).worksheets
    declared = [sheet.tab for sheet in load_workbook("monthly") if sheet.kind != "changes"]
    assert [sheet.title for sheet in sheets] == [*declared, "_src", "_told"]
    assert {sheet.sheet_state for sheet in sheets} == {"visible"}, "a link to a hidden sheet leads nowhere"


def test_every_sheet_is_set_up_landscape_with_its_page_numbers_the_widest_on_a3(book):
    for sheet in opened(book).worksheets[1:-2]:
        setup = sheet.page_setup
        paper = 8 if sheet.title[:3] in ("M04", "M06", "M11") else 9
        assert (setup.paperSize, setup.orientation, setup.fitToHeight) == (paper, "landscape", 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert sheet.oddHeader.left.text.endswith("内部资料 注意保存")
        assert sheet.print_title_rows


def test_growth_completion_and_sums_are_live_formulas(book):
    formulas = cells_of(book)
    indicators = formulas["M02 指标月调度"]
    row = row_with(opened(book)["M02 指标月调度"], "I0301")
    assert indicators[f"K{row}"][2] == f"=I{row}/J{row}-1"
    assert indicators[f"M{row}"][2] == f"=I{row}/L{row}"
    assert indicators[f"N{row}"][2] == f"=ROUND((M{row}-8/12)*100,2)"
    totals = [c for c in formulas["M01 总览"].values() if isinstance(c, list) and len(c) > 2 and "SUM" in c[2]]
    assert len(totals) == 6


def test_the_main_figures_have_names(book):
    names = names_of(book)
    row = row_with(opened(book)["M02 指标月调度"], "I0301")
    assert names["I0301_本月"] == f"'M02 指标月调度'!$F${row}"
    assert {"I0301_本年累计", "I0301_同比", "I1001_本月"} <= set(names)


def test_every_printed_number_has_its_line_in_the_sources(book):
    cells = cells_of(book)
    listed = {(row[0].value, row[1].value): row[4].value for row in opened(book)["_src"].iter_rows(min_row=2)}
    for sheet, told in cells.items():
        if sheet[:3] in ("M01", "M02", "M08", "M09"):
            serials = {at for at in told if sheet.startswith("M01") and at.startswith("A")}
            for at, value in told.items():
                if isinstance(value, list) and at not in serials:
                    assert listed[sheet, at] == pytest.approx(value[0], rel=1e-9), (sheet, at)


def test_a_source_names_file_sheet_cell_version_and_hash(book):
    row = row_with(opened(book)["M02 指标月调度"], "I0301")
    lines = [[c.value for c in line] for line in opened(book)["_src"].iter_rows(min_row=2)]
    figures = {line[0].value: [c.value for c in line] for line in opened(book)["_told"].iter_rows(min_row=2)}
    line = next(one for one in lines if one[:2] == ["M02 指标月调度", f"F{row}"])
    assert line[2:4] == ["I0301 新增市场主体", "本月"]
    assert line[5] == "填报数"
    told = figures[int(line[6])]
    assert told[1:7] == ["F03.entities.new_m", "合计", PERIOD, "区市场监管局", "F03", "F03_jb_202208_V1.xlsx"]
    assert told[7:10] == ["表1", "D5", "1"]
    assert len(told[10]) == 64


def test_a_missing_figure_is_unreported_on_grey_and_never_zero(empty):
    book = opened(empty)
    for name in ("M02 指标月调度", "M08 税费与奖补调度", "M09 融资调度"):
        grey = [c for row in book[name].iter_rows() for c in row if c.value == "未报"]
        assert len(grey) > 20
        assert {c.fill.fgColor.rgb for c in grey} == {"FFD9D9D9"}
        told = {c.value for row in book[name].iter_rows() for c in row if isinstance(c.value, int | float)}
        targets = {c.value for c in book[name]["L"]} if name.startswith("M02") else set()
        assert told <= targets, "an empty month tells nothing but its targets"


def test_a_provisional_deadline_is_a_date_that_says_so():
    guessed = [{**d, "provisional": d["form"] == "F10"} for d in some_deadlines()]
    book = opened(build_monthly(some_facts(deadlines=guessed)))
    for tab, column in (("M03 报送情况", "D"), ("M15 口径与修订", "F")):
        sheet = book[tab]
        marked, plain = (sheet[f"{column}{row_with(sheet, form)}"] for form in ("F10", "F09"))
        assert (marked.is_date, marked.number_format) == (True, 'yyyy-mm-dd"(暂定)"')
        assert (plain.is_date, plain.number_format) == (True, "yyyy-mm-dd")


def test_lights_carry_their_colour_and_their_character(book):
    fills = {"绿": "FFC6EFCE", "黄": "FFFFEB9C", "红": "FFFFC7CE", "灰": "FFD9D9D9"}
    sheet = opened(book)["M02 指标月调度"]
    lights = [sheet.cell(row, 15) for row in range(4, 35)]
    seen = {c.value: c.fill.fgColor.rgb for c in lights if c.value}
    assert len(seen) >= 3
    assert seen.items() <= fills.items()


def test_what_departments_write_is_text_and_never_a_formula():
    nasty = '=HYPERLINK("http://x","点我")\x07\x0b'
    found = a_finding("H05", "F03.entities", nasty)
    told = a_difference("R02", explanation="=1+1", cause="")
    data = build_monthly(some_facts(findings=[found], differences=[told]))
    sheet = opened(data, values=False)["M04 勾稽校验"]
    texts = [
        c
        for row in sheet.iter_rows()
        for c in row
        if isinstance(c.value, str) and ("点我" in c.value or c.value == "=1+1")
    ]
    assert [c.value for c in texts] == ["=1+1", nasty[:-2]]
    assert {c.data_type for c in texts} <= {"s", "f"}
    assert b"<f>1+1</f>" not in _part(data, "xl/worksheets/sheet5.xml")


def _part(data: bytes, name: str) -> bytes:
    from io import BytesIO
    from zipfile import ZipFile

    return ZipFile(BytesIO(data)).read(name)


def test_no_firm_is_named_in_what_is_circulated(book):
    text = str(cells_of(book))
    assert "某某有限公司" not in text
    assert "91500105MA5YXXXXXX" not in text


def test_few_firms_are_hidden_and_their_total_is_not_a_sum_of_what_is_left(book):
    sheet = opened(book, values=False)["M09 融资调度"]
    row = row_with(sheet, "二、首贷续贷中心") + 3
    assert sheet.cell(row, 1).value == "合计"
    hidden = Counter(sheet.cell(row + n, 4).value for n in range(1, 7))
    assert hidden["＊"] == 2
    assert not str(sheet.cell(row, 4).value).startswith("=")


def test_a_doubtful_figure_says_so_beside_itself(book):
    sheet = opened(book)["M02 指标月调度"]
    row = row_with(sheet, "I0101")
    assert sheet.cell(row, 17).value == "(待核)R02-2022-08-001"


def test_a_second_edition_tells_what_changed_figure_by_figure_and_cell_by_cell(facts):
    first = make_monthly(facts)
    told = pl.col("series").eq("F03.entities.new_m") & pl.col("item").eq("合计") & pl.col("period").eq(PERIOD)
    later = replace(
        facts, observations=facts.observations.with_columns(pl.when(told).then(2190).otherwise("value").alias("value"))
    )
    changes = pl.DataFrame(
        [{"series": "F03.entities.new_m", "item": "合计", "period": PERIOD, "unit": "户", "old": 2170, "new": 2175,
          "reason": "重报 F03 V2", "version": 2, "place": "F03_V2.xlsx 表1!D5"}],
        schema_overrides={"old": EXACT, "new": EXACT},
    )  # fmt: skip
    book = opened(make_monthly(later, 2, Earlier(changes, first.shown)).data)
    sheet = book["M15 口径与修订"]
    row = row_with(sheet, "重报 F03 V2")
    assert [sheet.cell(row, n).value for n in range(1, 9)] == [
        PERIOD, "F03 表1 市场主体 本月新设(合计)", "户", "V2", "重报 F03 V2", "F03_V2.xlsx 表1!D5", 2170, 2175
    ]  # fmt: skip
    cells = [[c.value for c in line] for line in book["M16 本版变更"].iter_rows(min_row=3)]
    mine = next(line for line in cells if line[2] == "I0301 新增市场主体" and line[3] == "本月")
    assert mine[0] == "M02 指标月调度"
    assert mine[5] == 2190
    assert mine[7] == "重报 F03 V2"
    assert {line[3] for line in cells if line[2] == "I0301 新增市场主体"} == {"本月", "环比(%)"}
    assert not [line for line in cells if line[2] == "I0305 期末实有市场主体"], "what did not change is not listed"
    assert "第2版" in str(cells_of(make_monthly(later, 2, Earlier(changes, first.shown)).data)["M00 封面"])


def test_charts_are_bound_to_cells_and_titled_with_period_or_unit(book):
    charts = {sheet.title[:3]: sheet._charts for sheet in opened(book).worksheets if sheet._charts}
    assert set(charts) >= {"M01", "M02", "M08", "M09"}
    for code, chart in ((code, chart) for code, several in charts.items() for chart in several):
        assert chart.series[0].val.numRef.f.startswith(f"'{code} ")
        title = "".join(run.t for run in chart.title.tx.rich.p[0].r)
        assert "2022年8月" in title or "单位" in title


def test_a_district_of_two_returns_has_its_workbook_too(facts):
    banan = facts.catalogue.district("bn")
    sheets = opened(build_monthly(replace(some_facts(), district=banan))).sheetnames
    assert len(sheets) == len(load_workbook("monthly")) + 1


def test_numbers_are_formatted_as_the_reporting_system_says():
    assert [number_format("户", 0), number_format("万元", 2), number_format("%", 2)] == ["#,##0", "#,##0.00", "0.00%"]


def test_control_characters_do_not_reach_a_cell():
    assert clean("a\x00b\x1fc\ufffe") == "abc"
    assert clean(None) == ""


def test_an_exact_amount_is_the_nearest_float_of_itself():
    rows = [an_observation("F10.balances.close_bal", "合计", PERIOD, "1234567.89")]
    sheet = opened(build_monthly(some_facts(rows)))["M02 指标月调度"]
    assert sheet.cell(row_with(sheet, "I1001"), 6).value == 123.456789
