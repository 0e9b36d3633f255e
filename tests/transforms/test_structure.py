"""Q05 and Q09: what a quarter is made of, from its ledgers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.transforms.ledgers import facts_of
from tests.transforms.makers import an_observation, some_facts
from transforms import analyse
from transforms.analyse.ledgers import quarter_records
from transforms.facts import Facts

QUARTER = "2022Q2"
JUNE = "2022-06"
LOANS = """
loan_no uscc firm_size bank_code product drawdown_date amount balance
D1 A 微 ICBC 信易贷 2022-04-02 100 90
D2 B 微 ICBC 信易贷 2022-05-02 200 90
D3 C 小 ICBC 银税互动 2022-06-02 300 90
D4 C 小 CCB 银税互动 2022-06-03 400 90
D5 D 微 CCB 银税互动 2022-06-03 100 90
D6 E 微 CCB 银税互动 2022-06-04 100 90
D7 F 微 ICBC 信易贷 2022-03-31 999 90
"""
ISSUES = """
issue_no received_on category
{rows}
"""


def loans(lines: str = LOANS, **changes: Any) -> Facts:
    return facts_of({"F09.loans": {JUNE: lines}}, period=JUNE, **changes)


def rows_of(frame: Any, *columns: str) -> list[tuple[Any, ...]]:
    return frame.select("name", *columns).rows()


def test_the_largest_share_stands_first_and_all_of_them_make_the_whole():
    told = analyse.FRAMES["loans_by_bank"](loans(), QUARTER)
    assert told["name"].to_list() == ["工商银行", "建设银行", "合计"]
    assert told["count"].to_list() == [3, 3, 6]
    assert [amount / 10000 for amount in told["amount"]] == [600, 600, 1200]
    assert told["share"].to_list() == [Decimal("0.5"), Decimal("0.5"), 1]


def test_what_was_drawn_before_the_quarter_is_not_of_it():
    assert analyse.FRAMES["loans_by_size"](loans(), QUARTER)["count"].to_list() == [2, 4, 6]


def test_a_firm_with_two_loans_is_one_firm():
    told = analyse.FRAMES["loans_by_bank"](loans(), QUARTER)
    assert told["firms"].to_list() == [3, 3, 5]


def test_money_of_one_or_two_firms_is_hidden_and_no_live_share_gives_it_away():
    told = analyse.FRAMES["loans_by_product"](loans(), QUARTER)
    hidden = dict(zip(told["name"], told["amount"], strict=True))
    assert hidden["信易贷"] is None
    assert hidden["银税互动"] is None  # else the hidden one is what is missing from the total
    assert set(told["share|by"].to_list()) == {None}
    assert told.row(-1, named=True)["kind"] == "told_total"


def test_a_ledger_that_was_not_filed_is_unreported_and_not_empty():
    told = analyse.FRAMES["loans_by_bank"](some_facts(period=JUNE), QUARTER)
    assert told.select("name", "amount|why").rows() == [("合计", "未报")]


def test_every_figure_of_a_part_keeps_its_cells():
    first = analyse.FRAMES["loans_by_bank"](loans(), QUARTER).row(0, named=True)
    assert first["amount|src"] == ["F09.loans.amount|行5-7|2022-06"]


def issues(rows: Mapping[str, str], **changes: Any) -> Facts:
    told = {month: ISSUES.format(rows=lines) for month, lines in rows.items()}
    return facts_of({"F21.issues": told}, period=JUNE, **changes)


def test_an_issue_that_two_months_carry_counts_once():
    facts = issues(
        {
            "2022-04": "W1 2022-04-02 审批\nW2 2022-04-03 用地",
            "2022-05": "W1 2022-04-02 审批\nW3 2022-05-03 审批",
            JUNE: "W3 2022-05-03 融资\nW4 2022-06-03 审批",
        }
    )
    assert quarter_records(facts, "F21.issues", QUARTER, "received_on").rows.height == 4
    told = analyse.FRAMES["issue_categories"](facts, QUARTER)
    # W3 is counted as it was told last.
    assert dict(rows_of(told, "count")) == {"审批": 2, "用地": 1, "融资": 1}


def test_a_pareto_falls_and_its_shares_together_make_the_whole():
    told = analyse.FRAMES["issue_categories"](
        issues({"2022-04": "W1 2022-04-02 审批", "2022-05": "W2 2022-05-02 用地", JUNE: "W3 2022-06-02 审批"}), QUARTER
    )
    assert told["count"].to_list() == [2, 1]
    assert [round(share, 4) for share in told["together"]] == [Decimal("0.6667"), 1]


def test_a_month_without_its_ledger_leaves_the_quarter_unreported():
    told = analyse.FRAMES["issue_categories"](issues({JUNE: "W1 2022-06-02 审批"}), QUARTER)
    assert told.select("name", "count|why").rows() == [("合计", "未报")]


PROJECTS = """
project_no industry_chain sign_date contract_amount start_date operate_date stage
X1 智能装备 2017-02-01 1 2018-01-01 2019-01-01 投产
X2 智能装备 2021-02-01 2 2021-09-01 · 开工
X3 生物医药 2022-02-01 3 · · 签约
X4 生物医药 2022-03-01 4 2022-05-01 · 开工
"""


def projects() -> Facts:
    return facts_of({"F20.projects": {JUNE: PROJECTS}}, period=JUNE)


def test_projects_stand_by_signing_year_and_by_the_stage_they_reached():
    told = analyse.FRAMES["projects_by_cohort"](projects(), QUARTER)
    assert told["name"].to_list() == ["2018年及以前", "2021年", "2022年", "合计"]
    words = analyse.heading_words(projects())
    started = next(code for code, word in words.items() if word == "开工" and code.startswith("s"))
    assert told[started].to_list() == [0, 1, 1, 2]
    assert told["count"].to_list() == [1, 1, 2, 4]


def test_a_funnel_narrows_from_signing_to_operating_and_is_centred():
    told = analyse.FRAMES["project_funnel"](projects(), QUARTER)
    assert told.select("stage", "count", "base").rows() == [
        ("签约", 4, 0),
        ("开工", 3, Decimal("0.5")),
        ("投产", 1, 1.5),
    ]
    assert told["cohort0"].to_list() == [1, 1, 1]
    assert told["cohort4"].to_list() == [2, 1, 0]


def test_the_quarter_of_a_type_of_entities_is_the_sum_of_its_months_and_its_stock_the_last():
    told = [("new_m", m, v) for m, v in zip(("2022-04", "2022-05", JUNE), (10, 20, 30), strict=True)]
    told += [("close_n", "2022-05", 7), ("close_n", JUNE, 9)]
    rows = [an_observation(f"F03.entities.{column}", "私营企业", month, value) for column, month, value in told]
    frame = analyse.FRAMES["entities_structure"](some_facts(rows, period=JUNE), QUARTER)
    row = next(row for row in frame.to_dicts() if row["name"] == "私营企业")
    assert (row["new"], row["stock"]) == (60, 9)
    assert row["share"] is None  # the other types are not told


def test_the_heat_map_leaves_a_unit_without_figures_unreported():
    told = analyse.FRAMES["lights_heat"](some_facts(period=JUNE), QUARTER)
    assert set(told["h00|why"].to_list()) == {"未报"}


@pytest.mark.parametrize("column", ["core07", "core09"])
def test_an_indicator_that_no_return_carries_has_no_small_chart(column: str):
    told = analyse.FRAMES["core_lines"](some_facts(period=JUNE), QUARTER)
    assert told.height == 24
    assert told[column].null_count() == 24
    assert analyse.heading_words(some_facts(period=JUNE))[column].endswith("尚无报表")
