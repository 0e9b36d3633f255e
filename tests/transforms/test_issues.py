from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.transforms.ledgers import facts_of
from tests.transforms.test_schedule import row_of
from transforms import schedule
from transforms.facts import Facts

HEAD = "\nissue_no firm_name received_on lead_dept due_date done_on result confirmed extension\n"


def ledger(*lines: str) -> Facts:
    return facts_of({"F21.issues": HEAD + "\n".join(lines) + "\n"})


def shown(*lines: str) -> list[dict[str, Any]]:
    return schedule.issues(ledger(*lines)).to_dicts()


def test_red_comes_first_then_yellow_then_green_and_the_least_days_left_before_the_others():
    rows = shown(
        "green 甲 2022-08-20 tax 2022-09-30 · · 未确认 ·",
        "closed 甲 2022-08-01 tax 2022-08-20 2022-08-19 已解决 满意 ·",
        "yellow2 甲 2022-08-20 tax 2022-09-14 · · 未确认 ·",
        "red1 甲 2022-08-01 tax 2022-08-30 · · 未确认 ·",
        "yellow1 甲 2022-08-20 tax 2022-08-31 · · 未确认 ·",
        "red2 甲 2022-08-01 tax 2022-08-20 · · 未确认 ·",
    )
    assert [row["number"] for row in rows] == ["red2", "red1", "yellow1", "yellow2", "green", "closed"]
    assert [row["days_left"] for row in rows] == [-11, -1, 0, 14, 30, None]
    assert [row["state"] for row in rows] == ["逾期", "逾期", "办理中", "办理中", "办理中", "已办结"]


@pytest.mark.parametrize(
    ("due", "light"), [("2022-08-30", "红"), ("2022-08-31", "黄"), ("2022-09-15", "黄"), ("2022-09-16", "绿")]
)
def test_a_day_more_than_fifteen_ahead_is_green_and_one_that_has_passed_red(due: str, light: str):
    assert shown(f"1 甲 2022-08-01 tax {due} · · 未确认 ·")[0]["light"] == light


def test_the_office_says_from_when_on_a_date_is_yellow():
    facts = ledger("1 甲 2022-08-01 tax 2022-09-16 · · 未确认 ·")
    earlier = replace(facts.catalogue.thresholds, days_left=16)
    facts = replace(facts, catalogue=replace(facts.catalogue, thresholds=earlier))
    assert schedule.issues(facts)["light"].to_list() == ["黄"]


def test_an_issue_closed_late_says_so_and_is_no_longer_red():
    row = shown("1 甲 2022-07-01 tax 2022-08-01 2022-08-02 已解决 满意 ·")[0]
    assert (row["state"], row["light"], row["result"]) == ("逾期办结", "绿", "2022-08-02 已解决")


def test_an_issue_whose_firm_is_dissatisfied_is_taken_up_again():
    rows = shown(
        "green 甲 2022-08-20 tax 2022-09-30 · · 未确认 ·",
        "again 甲 2022-08-01 tax 2022-08-20 2022-08-19 解释说明 不满意 ·",
    )
    assert [(row["number"], row["state"], row["light"]) for row in rows] == [
        ("again", "重办", "黄"),
        ("green", "办理中", "绿"),
    ]


def test_an_issue_closed_before_the_month_is_not_shown():
    assert shown("1 甲 2022-07-01 tax 2022-07-31 2022-07-31 已解决 满意 ·") == []


@pytest.mark.parametrize(
    ("approval", "left"),
    [
        ("批准延期至2022年9月30日", 30),
        ("2022-08-10批准,延至2022-09-30", 30),
        ("延至9月30日", 30),
        ("营商办〔2022〕12号", -11),
        ("延至13月40日", -11),
        ("延至2022-08-01", -11),
    ],
)
def test_an_approved_extension_moves_the_deadline_to_the_day_that_it_names(approval: str, left: int):
    row = shown(f"1 甲 2022-08-01 tax 2022-08-20 · · 未确认 {approval}")[0]
    assert row["days_left"] == left
    assert row["result"] == f"延期批准:{approval}"


def test_the_days_left_name_the_cell_of_the_deadline():
    assert shown("1 甲 2022-08-01 tax 2022-08-20 · · 未确认 ·")[0]["days_left|src"] == [
        "F21.issues.due_date|行5|2022-08"
    ]


def test_a_ledger_that_was_not_filed_is_unreported_and_not_an_empty_list():
    facts = facts_of({}, more=("F21",))
    assert schedule.issues(facts).select("number", "state", "light").rows() == [("未报", "未报", "灰")]
    total = schedule.issues_by_lead(facts).to_dicts()
    assert [(row["department"], row["open"], row["open|why"]) for row in total] == [("合计", None, "未报")]


def test_a_ledger_filed_without_a_row_says_that_there_was_nothing():
    facts = facts_of({}, empty=("F21",))
    assert schedule.issues(facts).height == 0
    assert schedule.issues_by_lead(facts)["open"].to_list() == [0]


def test_opening_and_new_less_closed_are_what_is_open():
    table = schedule.issues_by_lead(
        ledger(
            "1 甲 2022-07-01 tax 2022-08-20 2022-08-21 已解决 满意 ·",
            "2 甲 2022-07-01 tax 2022-08-20 · · 未确认 ·",
            "3 甲 2022-08-02 tax 2022-08-20 2022-08-19 已解决 满意 ·",
            "4 甲 2022-08-02 police 2022-09-20 · · 未确认 延至10月1日",
        )
    )
    tax = row_of(table, department="区税务局")
    assert [tax[c] for c in ("opening", "new", "closed", "in_time", "open", "red")] == [2, 1, 2, 1, 1, 1]
    total = row_of(table, department="合计")
    assert [total[c] for c in ("opening", "new", "closed", "open", "extended")] == [2, 2, 2, 2, 1]
    assert table["department"].to_list() == ["区税务局", "区公安分局", "合计"]
    assert total["closed|src"] == ["F21.issues.done_on|行5,7|2022-08"]
    assert isinstance(total["open"], Decimal)
