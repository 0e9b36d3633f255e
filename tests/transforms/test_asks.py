"""What a department is asked of the differences that its return is a side of."""

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest

from catalogue.load import load
from transforms.follow import FOLLOWED, Ask, asks_of
from transforms.follow.sentences import amount_of
from transforms.model import Cause, State

D = Decimal
DUE = date(2022, 9, 20)


def followed(*rows: dict[str, object]) -> pl.DataFrame:
    usual = dict.fromkeys(FOLLOWED) | {
        "id": "R02-202208-1A2B3C4D",
        "district": "jb",
        "rule": "R02",
        "name": "留抵退税本年累计:税务与国库",
        "key": "合计",
        "period": "2022-08",
        "left": "F01 本年累计金额",
        "left_value": D(1231026000),
        "left_cell": "表1 汇总!J5",
        "left_submission": "tax-1",
        "right": "F02 本年累计金额",
        "right_value": D(1229309900),
        "right_cell": "表1 退库汇总!F5",
        "right_submission": "treasury-1",
        "unit": "元",
        "difference": D(1716100),
        "low": D(1716000),
        "high": D(1716200),
        "state": State.DIFFERENT.value,
        "cause": Cause.UNEXPLAINED.value,
        "explanation": "原因未查明，请牵头单位核对两方底稿",
        "suspects": "",
        "lines": 1,
        "owner": "tax",
        "age": 0,
        "status": "open",
    }
    return pl.DataFrame([usual | row for row in rows], schema=FOLLOWED, orient="row")


def asked(*rows: dict[str, object], form: str = "F01", submission: str = "tax-1") -> list[Ask]:
    return asks_of(followed(*rows), load(), "jb", form, submission, DUE)


def test_each_side_is_told_its_own_figure_its_own_cell_and_what_the_other_told() -> None:
    (tax,) = asked({})
    (treasury,) = asked({}, form="F02", submission="treasury-1")
    assert (tax.sheet, tax.cell, tax.told) == ("表1 汇总", "J5", "123,102.60万元")
    assert (treasury.sheet, treasury.cell, treasury.told) == ("表1 退库汇总", "F5", "122,930.99万元")
    assert (
        "与区财政局对不上：本单位 F01 本年累计金额 123,102.60万元，区财政局 F02 本年累计金额 122,930.99万元"
        in tax.problem
    )
    assert "与区税务局对不上：本单位 F02" in treasury.problem
    for ask in (tax, treasury):
        for words in (
            "R02-202208-1A2B3C4D",
            "相差 +171.61万元",
            "在 171.60 至 171.62 万元之间，不是舍入造成的",
            "未查明",
        ):
            assert words in ask.problem


def test_the_lead_is_told_that_it_leads_and_both_are_told_by_when() -> None:
    (tax,), (treasury,) = asked({}), asked({}, form="F02", submission="treasury-1")
    assert tax.todo.startswith("由本单位牵头，请于9月20日前与区财政局核对")
    assert treasury.todo.startswith("请于9月20日前与区税务局核对")


def test_the_other_return_of_another_department_is_not_asked() -> None:
    assert asked({}, form="F10") == []


@pytest.mark.parametrize(
    "row",
    [
        {"status": "accepted", "ceiling": D(2000000)},
        {"status": "closed"},
        {"state": State.ONE_SIDED.value},
        {"state": State.EQUAL.value, "status": ""},
    ],
)
def test_what_rests_or_agrees_or_cannot_be_verified_is_not_asked(row: dict[str, object]) -> None:
    assert asked(row) == []


def test_what_was_said_stands_beside_it_and_a_phrase_is_not_taken_for_a_reason() -> None:
    told = {"said": "三笔在途", "said_by": "tax", "said_at": datetime(2022, 9, 14), "is_reason": True}
    (explained,) = asked(told | {"status": "explained"})
    (phrase,) = asked(told | {"said": "核实无误", "is_reason": False})
    (void,) = asked({"status": "open"})
    assert (explained.explanation, explained.is_reason) == ("三笔在途", True)
    assert (phrase.explanation, phrase.is_reason) == ("核实无误", False)
    assert void.explanation == ""


def test_one_of_an_earlier_month_leads_to_no_cell_and_says_how_long_it_has_been_carried() -> None:
    old = {"id": "R02-202206-00000000", "period": "2022-06", "left_submission": "tax-june", "age": 2}
    first, second = asked(old, {})
    assert (first.number, second.number) == ("R02-202208-1A2B3C4D", "R02-202206-00000000")
    assert (second.sheet, second.cell, second.place) == ("", "", "2022年6月 表1 汇总!J5")
    assert "已沿用2个月" in second.problem


def test_two_figures_of_one_department_are_not_two_departments() -> None:
    own = {"right": "F01 各行之和", "right_submission": "tax-1", "right_cell": "表1 汇总!J5、表1 汇总!J6"}
    (ask,) = asked(own)
    assert "两处所报对不上" in ask.problem
    assert "请于9月20日前核对" in ask.todo


def test_a_side_without_the_record_has_told_all_the_same() -> None:
    (ask,) = asked({"right_value": None, "right_submission": None, "right_cell": None})
    assert "区财政局 F02 本年累计金额 无此记录" in ask.problem


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("123456789.5", "元", "12,345.67895万元"),
        ("100", "元", "0.01万元"),
        ("2", "户", "2户"),
        ("0.895", "率", "89.5%"),
        (None, "元", "未报"),
    ],
)
def test_an_amount_is_told_in_the_unit_of_the_workbooks_with_all_its_digits(
    value: str | None, unit: str, words: str
) -> None:
    assert amount_of(None if value is None else D(value), unit) == words
