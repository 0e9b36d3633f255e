"""The texts of both workbooks: no number in them that does not stand in a cell."""

import re
from datetime import datetime

import polars as pl
import pytest

from catalogue.sheets import load_workbook
from tests.transforms.makers import a_made_up_district
from tests.workbooks.books import opened, row_with
from tests.workbooks.sample_district import the_sample_district
from transforms.facts import exact
from transforms.model import EXACT
from workbooks.publications.monthly import build_monthly
from workbooks.publications.quarterly import build_quarterly
from workbooks.publications.sources import Printed
from workbooks.publications.texts import _height, _rows, with_cells

NUMBER = re.compile(r"\d[\d.]*")
DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
CODE = re.compile(r"[A-Z]+-?\d[\w-]*", re.ASCII)
MONTHS = re.compile(r"\d{1,2}(—\d{1,2})?月")


@pytest.fixture(scope="module")
def monthly() -> bytes:
    return build_monthly(the_sample_district())


@pytest.fixture(scope="module")
def quarterly() -> bytes:
    return build_quarterly(the_sample_district(), "2022Q2")


def texts_and_listed(book: bytes, tab: str, title: str) -> tuple[str, list[str], list[float]]:
    """The text of a sheet, and what its list of numbers has: texts as written, values as shown."""
    sheet = opened(book)[tab]
    top = row_with(sheet, title)
    header = next(sheet.iter_rows(min_row=top + 1, max_row=top + 1, values_only=True))
    written, shown = header.index("文中数字"), header.index("数值")
    rows = list(sheet.iter_rows(min_row=top + 2, values_only=True))
    rows = [row for row in rows if str(row[0] or "").isdigit()]
    if tab.startswith("Q02"):
        column = next(c for c in range(1, 40) if sheet.cell(4, c).value == "分析" or sheet.cell(3, c).value == "分析")
        text = "".join(str(sheet.cell(row, column).value or "") for row in range(4, top))
    else:
        cells = [str(sheet.cell(row, 1).value or "") for row in range(2, top)]
        text = "".join(cell for cell in cells if cell.startswith("　　"))
    return (
        text,
        [str(row[written]) for row in rows],
        [row[shown] for row in rows if isinstance(row[shown], int | float)],
    )


SHEETS = [
    ("monthly", "M14 文字简报", "附 简报数字来源"),
    ("quarterly", "Q02 分指标分析", "附 分析文字数字来源"),
    ("quarterly", "Q10 分析报告", "附表二 报告数字来源"),
]


@pytest.mark.parametrize(("name", "tab", "title"), SHEETS)
def test_every_number_of_a_text_stands_in_a_cell(name: str, tab: str, title: str, request: pytest.FixtureRequest):
    text, listed, values = texts_and_listed(request.getfixturevalue(name), tab, title)
    tabs = {tab.split(" ")[0] for tab in opened(request.getfixturevalue(name)).sheetnames}
    told = [word for word in DAY.findall(text) + CODE.findall(text) if word not in tabs]
    assert not [word for word in told if not any(word in one for one in listed)]
    for pattern in (DAY, CODE, MONTHS):
        text = pattern.sub("", text)
    numbers = set(NUMBER.findall(text))
    assert len(numbers) > 20
    as_shown = {f"{value * scale:.{places}f}" for value in values for places in range(5) for scale in (1, 100)}
    as_told = {hit for one in listed for hit in NUMBER.findall(one)}
    missing = sorted(number for number in numbers if number not in as_shown and number not in as_told)
    assert missing == []


@pytest.mark.parametrize(("name", "tab", "title"), SHEETS)
def test_what_is_written_is_what_the_cell_beside_it_shows(name: str, tab: str, title: str, request):
    sheet = opened(request.getfixturevalue(name))[tab]
    top = row_with(sheet, title)
    header = next(sheet.iter_rows(min_row=top + 1, max_row=top + 1, values_only=True))
    written, shown = header.index("文中数字"), header.index("数值")
    seen = 0
    for row in sheet.iter_rows(min_row=top + 2, values_only=True):
        if isinstance(row[shown], int | float):
            number = NUMBER.search(str(row[written]))
            assert number, row
            places = len(number[0].partition(".")[2])
            scale = 100 if "%" in str(row[written]) else 1
            assert abs(abs(row[shown]) * scale - float(number[0])) <= 0.5000001 * 10**-places, row
            seen += 1
    assert seen > 20


def test_a_number_points_to_the_cell_of_the_workbook_where_it_stands(monthly: bytes):
    book = opened(monthly)
    sheet = book["M14 文字简报"]
    top = row_with(sheet, "附 简报数字来源")
    header = next(sheet.iter_rows(min_row=top + 1, max_row=top + 1, values_only=True))
    written, cell = header.index("文中数字"), header.index("本簿单元格")
    pointed = 0
    for row in sheet.iter_rows(min_row=top + 2, values_only=True):
        if "!" not in str(row[cell]):
            continue
        code, place = str(row[cell]).split("!")
        there = next(one for one in book.worksheets if one.title.startswith(code))[place].value
        number = float(NUMBER.search(str(row[written]))[0])
        scales = (1, 100, 1e-4, 1e-8, 1e4)
        assert any(abs(abs(there) * scale - number) <= 0.0051 * max(1, scale) for scale in scales), (row, there)
        pointed += 1
    assert pointed > 15


def test_a_paragraph_is_one_cell_that_can_be_edited(monthly: bytes):
    sheet = opened(monthly)["M14 文字简报"]
    texts = [sheet.cell(row, 1).value for row in range(1, 12)]
    assert [text[2:4] for text in texts if str(text).startswith("　　")] == [
        "一、",
        "二、",
        "三、",
        "四、",
        "五、",
        "六、",
    ]


def test_what_is_higher_than_a_row_can_be_goes_on_in_the_next_row():
    rows = _rows("二、", "一句话。" * 2000, 100)
    assert len(rows) > 1
    assert "".join(row.removeprefix("　　") for row in rows) == "一句话。" * 2000
    assert all(_height(row, 100) <= 409 for row in rows)
    assert _rows("二、", "甲。\n　　乙。", 100) == ["甲。", "　　乙。"]


def test_no_row_of_a_text_is_higher_than_a_program_shows(quarterly: bytes):
    sheet = opened(quarterly)["Q10 分析报告"]
    assert max(dimension.height or 0 for dimension in sheet.row_dimensions.values()) < 409


def test_of_cells_with_the_same_sources_the_one_with_the_same_value_and_work_is_meant():
    numbers = pl.DataFrame(
        {
            "value": [exact(500000), exact(7), exact(7), exact(3)],
            "value|src": [["a", "b"], ["a"], [], ["c"]],
            "value|work": [None, None, None, "计数([c])"],
        },
        schema={"value": EXACT, "value|src": pl.List(pl.String), "value|work": pl.String},
    )
    told = {"block": "f", "row": "", "column": ""}
    printed = [
        Printed("M02 指标", "F5", number=exact(50), keys=("b", "a"), **told),
        Printed("M02 指标", "G5", number=exact(51), keys=("b", "a"), **told),
        Printed("M02 指标", "H5", number=exact(8), keys=("a",), **told),
        Printed("M14 简报", "D9", number=exact(7), keys=("a",), **told),
        Printed("M04 勾稽", "J7", number=exact(3), keys=("c",), work="计数([c])", **told),
        Printed("M04 勾稽", "K7", number=exact(3), keys=("c",), **told),
    ]
    assert with_cells(numbers, printed, "M14")["cell"].to_list() == ["M02!F5", "本表", "本表", "M04!J7"]


def test_an_unfinished_quarter_says_so():
    facts = a_made_up_district()
    book = build_quarterly(facts, "2022Q3")
    text = str(opened(book)["Q10 分析报告"].cell(2, 1).value) + str(opened(book)["Q10 分析报告"].cell(3, 1).value)
    assert "本季未满,只含7月、8月数据" in text
    assert "三季度(7—8月)" in text
    assert facts.as_of > datetime(2022, 8, 31)


def test_every_paragraph_of_the_indicators_is_about_one_of_the_evaluation():
    blocks = next(sheet for sheet in load_workbook("quarterly") if sheet.code == "Q02")
    assert [p.of for p in blocks.paragraphs] == [f"E{n:02d}" for n in range(1, 19)]
