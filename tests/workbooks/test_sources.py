"""Every number of both workbooks leads somewhere: to a return, to the cells or the declaration it was worked out of."""

import re
from functools import cache

import polars as pl
import pytest

from tests.transforms.makers import some_facts
from tests.workbooks.books import opened
from tests.workbooks.sample_district import the_sample_district
from transforms.facts import filing_key, table_key
from transforms.model import EXACT
from workbooks.publications.monthly import make_monthly
from workbooks.publications.publication import Earlier, Edition
from workbooks.publications.quarterly import make_quarterly
from workbooks.publications.references import Standing, references_in, with_references
from workbooks.publications.sources import COUNTED

QUARTERS = ("2022Q2", "2022Q3")
DECLARED = re.compile(r"\b(T\d{3}|I\d{4}|districts\.yaml)\b|^计分标准 ")
NOT_FILED = re.compile(r"\b(未报|未核对)\b")
NO_CHANGES = pl.DataFrame(
    schema={
        **dict.fromkeys(("series", "item", "period", "unit", "reason", "place"), pl.String),
        "old": EXACT,
        "new": EXACT,
        "version": pl.Int64,
    }
)


@cache
def edition(product: str, number: int) -> Edition:
    facts = the_sample_district()
    earlier = Earlier(NO_CHANGES, edition(product, 1).shown) if number > 1 else None
    if product == "monthly":
        return make_monthly(facts, number, earlier)
    return make_quarterly(facts, product, number, earlier)


def lines(data: bytes, sheet: str) -> list[list[str]]:
    return [
        ["" if value is None else str(value) for value in row]
        for row in opened(data)[sheet].iter_rows(min_row=2, values_only=True)
    ]


def leads_nowhere(data: bytes) -> list[list[str]]:
    """The lines of `_src` of which nobody can tell what stands behind them."""
    tabs = {sheet.title.split(" ")[0] for sheet in opened(data).worksheets}
    return [line for line in lines(data, "_src") if not _leads(line[5], line[6], tabs)]


def _leads(how: str, figures: str, tabs: set[str]) -> bool:
    if how == COUNTED or re.search(r"[{}\[\]]", how):
        return False
    cells = references_in(how)
    if cells:
        return {sheet for sheet, _ in cells} <= tabs
    return bool(figures or DECLARED.search(how) or NOT_FILED.search(how)) or how.startswith("公式 ")


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("product", ["monthly", *QUARTERS])
def test_every_number_leads_to_what_it_was_told_in_counted_in_or_declared_as(product: str, number: int) -> None:
    data = edition(product, number).data
    assert leads_nowhere(data) == []
    assert len(lines(data, "_src")) > 3000


@pytest.mark.parametrize("product", ["monthly", *QUARTERS])
def test_every_figure_names_department_return_file_version_and_hash(product: str) -> None:
    for number, series, _, period, department, form, file, *_, version, sha256 in lines(
        edition(product, 1).data, "_told"
    ):
        assert all((number, series, period, department, form, file, version)), number
        assert len(sha256) == 64, number


def test_of_a_district_that_has_filed_nothing_every_number_says_so() -> None:
    facts = some_facts()
    assert leads_nowhere(make_monthly(facts).data) == []
    assert leads_nowhere(make_quarterly(facts, "2022Q3").data) == []


def source(data: bytes, sheet: str, column: str, row: str = "") -> list[str]:
    """How the first number of a column was made, and what stands behind it."""
    return next(
        line[5:7] for line in lines(data, "_src") if line[0].startswith(sheet) and line[3] == column and row in line[2]
    )


def told(data: bytes, number: str) -> list[str]:
    return next(
        line for line in lines(data, "_told") if line[0] == number.split("-", maxsplit=1)[0].split(",", maxsplit=1)[0]
    )


def test_a_count_of_versions_leads_to_the_files_without_a_cell() -> None:
    data = edition("monthly", 1).data
    how, number = source(data, "M03", "版本数", "F01")
    assert how == f"版本数(({number}))"
    assert told(data, number)[1:9] == ["F01", "第1版", "2022-08", "区税务局", "F01", told(data, number)[6], "", ""]


def test_a_return_that_has_not_come_says_so_with_its_due_day() -> None:
    how, number = source(edition("monthly", 1).data, "M03", "逾期天数", "F14")
    assert re.fullmatch(r"未报 F14 应报 2022-09-\d\d 计至 2022-09-\d\d", how)
    assert number == ""


def test_lights_of_an_indicator_lead_to_the_lights_that_were_counted() -> None:
    data = edition("monthly", 1).data
    how, first = source(data, "M01", "灯色分布 绿")
    cells = references_in(how)
    assert first == "!".join(cells[0])
    lights = [opened(data)["M02 指标月调度"][cell.split(":")[0]].value for _, cell in cells]
    assert set(lights) <= set("蓝绿黄红灰")


def test_a_zero_leads_to_the_ledger_that_has_no_such_row() -> None:
    data = edition("monthly", 1).data
    zeros = [
        line for line in lines(data, "_src") if line[0].startswith("M08") and line[4] == "0" and "未兑现" in line[3]
    ]
    of_ledger = [told(data, line[6]) for line in zeros]
    assert {line[1:3] == ["F23.awards", "全表"] for line in of_ledger} == {True}
    assert {(line[5], line[8]) for line in of_ledger} == {("F23", "")}


def test_a_rank_leads_to_the_scores() -> None:
    how, _ = source(edition("monthly", 1).data, "M13", "排名")
    assert re.fullmatch(r"名次\(M13!G\d+;M13!G\d+:G\d+\)", how)


def test_a_declared_target_names_its_entry() -> None:
    data = edition("monthly", 1).data
    assert source(data, "M07", "目标值")[0].startswith("目标 T")
    assert source(data, "M02", "年度目标", "I0104")[0] == "目标 T073"
    assert source(data, "M02", "年度目标", "I0301")[0] == "目标 I0301"


def test_a_difference_leads_to_both_sides() -> None:
    how, numbers = source(edition("monthly", 1).data, "M04", "差额", "R01")
    assert "−" in how
    assert "-" in numbers or "," in numbers


def test_keys_of_returns_and_tables_are_found_with_their_files() -> None:
    facts = the_sample_district()
    cells, ledger = (
        filing_key("F10", "2022-08", 1, "表1 余额滚动!G7、表1 余额滚动!H7等9处"),
        table_key("F23.awards", "2022-08"),
    )
    unknown = filing_key("F10", "2022-08", 9)
    found = facts.places([cells, ledger, unknown])
    assert (found[cells]["sheet"], found[cells]["cell"]) == ("表1 余额滚动", "G7,H7等9处")
    assert (found[ledger]["form"], found[ledger]["cell"], found[ledger]["version"]) == ("F23", "", 1)
    assert unknown not in found


BLOCKS = {
    "indicators": Standing(
        "M02",
        3,
        {"code": 0, "light": 14},
        [{"kind": "data", "code": f"I{n}"} for n in range(4)] + [{"kind": "total", "code": ""}],
    )
}


@pytest.mark.parametrize(
    ("work", "cells"),
    [
        ("计数({indicators.light@code=I0,I1,I3})", "计数(M02!O4:O5,O7)"),
        ("计数({indicators.light})", "计数(M02!O4:O7)"),
        ("计数({indicators.light@code=I9})", "计数(M02!O4:O7)"),
        ("{overview.blue|indicators.light@code=I2}", "M02!O6"),
        ("计数({overview.blue})", "计数()"),
        ("[F05.cases|合计|2022-08]÷2", "[F05.cases|合计|2022-08]÷2"),
    ],
)
def test_a_work_names_cells_once_they_are_known(work: str, cells: str) -> None:
    assert with_references(work, BLOCKS) == cells
