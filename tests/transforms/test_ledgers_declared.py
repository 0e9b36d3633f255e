"""Declared matches: what the reader is told of them (R01), a ledger that is part of another (R19), last month's (R27)."""

from decimal import Decimal

import polars as pl
import pytest

from catalogue.load import load
from tests.transforms.test_reconcile_ledgers import items, payments, r01, taxes, total
from tests.transforms.wide import MONTH, compared, wide
from transforms.follow.settle import settle
from transforms.model import Cause, State
from transforms.period import shift
from transforms.reconcile.statement import statement

D = Decimal
SEPTEMBER = shift(MONTH, 1)


# R01: how entries met, in the row 合计


def test_the_total_says_how_many_entries_met_in_which_way() -> None:
    found = r01(
        taxes(
            "V1 甲 2022-08-03 100.00\nV2 乙 2022-08-03 70.00\nV3 丙 2022-08-03 350.00\nV4 丁 2022-08-03 9.00\nV5 戊 2022-08-03 1.00"
        ),
        payments(
            "V1 甲 2022-08-03 100.00 已退\nV2 乙 2022-08-03 70.00 已退\nV3 丙 2022-08-03 100.00 已退\n"
            "V3 丙 2022-08-03 250.00 已退\nVX 丁 2022-08-05 9.00 已退\nV5 戊 2022-08-03 1.10 已退"
        ),
    )
    assert total(found)["explanation"] == (
        "逐笔一致2笔；分笔之和一致1组（左方1笔，右方2笔）；收入退还书号不同但对方、金额、日期相符1笔；同一收入退还书号两方金额不同"
    )


def test_a_missing_entry_is_told_with_the_side_that_lacks_it_and_its_amount() -> None:
    found = r01(taxes("V1 甲 2022-08-03 1234.50"), payments("V9 乙 2022-08-03 7.00 已退"))
    assert items(found, "key", "explanation") == [
        ("V1", "区财政局未列此收入退还书号，金额 1234.50 元"),
        ("V9", "区税务局未列此收入退还书号，金额 7.00 元"),
    ]


def test_a_district_calls_its_departments_by_its_own_names() -> None:
    found = r01(taxes("V1 甲 2022-08-03 1.00", district="cd"), payments("V9 乙 2022-08-03 7.00 已退", district="cd"))
    assert ("V9", "经开区税务局未列此收入退还书号，金额 7.00 元") in items(found, "key", "explanation")


def test_a_copy_names_the_cell_that_it_repeats() -> None:
    line = "V1 甲 2022-08-03 100.00"
    found = r01(taxes(f"{line}\nV2 乙 2022-08-03 5.00\n{line}"), payments(f"{line} 已退\nV2 乙 2022-08-03 5.00 已退"))
    assert items(found, "left_cell", "explanation") == [("表2!L7", "区税务局同一收入退还书号重复列示，与 表2!L5 相同")]


def test_entries_of_one_number_that_is_missing_are_told_with_their_sum() -> None:
    found = r01(taxes("V1 甲 2022-08-03 1.00\nV1 甲 2022-08-03 2.50"), payments("V9 乙 2022-08-03 7.00 已退"))
    assert ("V1", "区财政局未列此收入退还书号，2笔共 3.50 元") in items(found, "key", "explanation")


# R01: sent back and paid again, over the end of a month


def paid_again() -> tuple[pl.DataFrame, pl.DataFrame]:
    """V1 came back on the last of August and was paid on 2 September under the number V9."""
    left = pl.concat([taxes("V1 甲 2022-08-30 100.00"), taxes("V1 甲 2022-08-30 100.00", period=SEPTEMBER)])
    back = "V0 丁 2022-08-02 0.00 挂账"
    again = payments(f"{back}\nV9 甲 2022-09-02 100.00 已退", period=SEPTEMBER)
    return left, pl.concat([payments(back), again])


def test_what_is_paid_again_under_another_number_is_timing_in_both_months() -> None:
    found = r01(*paid_again())
    assert items(found, "period", "key", "difference", "cause") == [
        (MONTH, "V1", D(100), Cause.TIMING),
        (SEPTEMBER, "V1", D(-100), Cause.TIMING),
    ]
    assert items(found, "explanation")[0] == (
        "区财政局在本月以外或未付状态列有另一收入退还书号下的同一对方、同一金额（2022-09-02）",
    )
    assert total(found)["state"] == State.TIMING


def test_no_sentence_names_the_number_of_a_record() -> None:
    """The sentences stand in M04, which is circulated: a voucher stands for one firm."""
    left = pl.concat([paid_again()[0], taxes("V8 丙 2022-08-03 1.00\nV8 丙 2022-08-03 1.00\nV7 丁 2022-08-05 3.00")])
    right = pl.concat([paid_again()[1], payments("V8 丙 2022-08-03 1.00 已退\nV6 丁 2022-08-06 4.00 已退")])
    found = r01(left, right)
    assert found.height > 5
    assert not found["explanation"].str.contains(r"V\d|甲|丙|丁").any()


def test_what_is_paid_again_under_another_number_settles() -> None:
    settled = settle(r01(*paid_again()))
    assert settled.filter(pl.col("key") == "V1")["settled"].to_list() == [True, True]


def test_one_payment_explains_one_of_two_that_came_back() -> None:
    left, right = paid_again()
    left = pl.concat([left, taxes("V2 甲 2022-08-30 100.00")])
    found = r01(left, right).filter(pl.col("period") == MONTH)
    assert items(found, "key", "cause") == [("V1", Cause.TIMING), ("V2", Cause.MISSING)]


def test_another_payment_to_the_same_party_a_fortnight_later_is_no_timing() -> None:
    left = taxes("V1 甲 2022-08-30 100.00")
    later = payments("V9 甲 2022-09-14 100.00 已退", period=SEPTEMBER)
    found = r01(left, pl.concat([payments("V0 丁 2022-08-02 0.00 挂账"), later]))
    assert items(found, "key", "cause") == [("V1", Cause.MISSING)]


def test_a_payment_that_met_its_own_refund_explains_no_other() -> None:
    own = "V9 甲 2022-09-02 100.00"
    left = pl.concat([taxes("V1 甲 2022-08-30 100.00"), taxes(own, period=SEPTEMBER)])
    right = pl.concat([payments("V0 丁 2022-08-02 0.00 挂账"), payments(f"{own} 已退", period=SEPTEMBER)])
    assert items(r01(left, right), "period", "key", "cause") == [(MONTH, "V1", Cause.MISSING)]


# R19: what one bureau tells is part of the other's ledger

MINE, ALL = "F11.loans", "F09.loans"


def mine(lines: str, **changes: str) -> pl.DataFrame:
    return wide(MINE, "\nloan_no uscc drawdown_date amount\n" + lines + "\n", **changes)


def every(lines: str, **changes: str) -> pl.DataFrame:
    return wide(ALL, "\nloan_no uscc drawdown_date amount\n" + lines + "\n", **changes)


def r19(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    return compared("R19", {MINE: left, ALL: right})


def test_loans_to_other_firms_are_no_difference() -> None:
    found = r19(mine("L1 甲 2021-03-01 120.00"), every("L1 甲 2021-03-01 120.00\nL2 乙 2022-08-01 80.00"))
    assert found.select("key", "left_value", "right_value", "state").rows() == [
        ("合计", D(1_200_000), D(1_200_000), State.EQUAL)
    ]


def test_a_loan_that_the_centre_does_not_know_is_listed() -> None:
    found = r19(mine("L1 甲 2021-03-01 120.00\nL9 丙 2021-03-01 1.00"), every("L1 甲 2021-03-01 120.00"))
    assert items(found, "key", "explanation") == [("L9", "区金融办未列此贷款合同号，金额 10000.00 元")]


def test_a_loan_number_written_wrongly_is_found_by_firm_amount_and_day() -> None:
    found = r19(mine("L1O 甲 2021-03-01 120.00"), every("L10 甲 2021-03-02 120.00\nL2 乙 2022-08-01 80.00"))
    assert items(found, "key") == []
    assert total(found)["explanation"] == "贷款合同号不同但对方、金额、日期相符1笔"


@pytest.mark.parametrize("amount", ["120.01", "119.99", "1.20"])
def test_the_same_loan_with_another_amount_is_a_difference_whatever_its_rounding(amount: str) -> None:
    found = r19(mine(f"L1 甲 2021-03-01 {amount}"), every("L1 甲 2021-03-01 120.00"))
    assert items(found, "key", "state") == [("L1", State.DIFFERENT)]


def test_a_loan_told_in_two_lines_of_rounded_amounts_agrees_within_them() -> None:
    found = r19(mine("L1 甲 2021-03-01 120.00"), every("L1 甲 2021-03-01 60.00\nL1 甲 2021-03-01 60.01"))
    assert total(found)["state"] == State.WITHIN_ROUNDING
    assert (total(found)["low"], total(found)["high"]) == (D(-250), D(50))


# R27: projects against those of last month

PROJECTS = "F20.projects"


def projects(lines: str, period: str = MONTH) -> pl.DataFrame:
    return wide(PROJECTS, "\nproject_no contract_amount currency\n" + lines + "\n", period)


def r27(now: str, before: str) -> pl.DataFrame:
    july = shift(MONTH, -1)
    return compared("R27", {PROJECTS: pl.concat([projects(now), projects(before, july)])})


def test_projects_are_carried_and_new_ones_are_no_difference() -> None:
    found = r27("P1 1.2000 CNY\nP2 3.0000 CNY", "P1 1.2000 CNY")
    assert found.select("period", "key", "state").rows() == [(MONTH, "合计", State.EQUAL)]


def test_a_project_that_is_not_carried_is_missing_this_month() -> None:
    found = r27("P1 1.2000 CNY", "P1 1.2000 CNY\nP2 3.0000 CNY")
    assert items(found, "key", "explanation") == [("P2", "区招商投资局本月未列此项目编号，金额 300000000.00 元")]


def test_a_contract_signed_again_is_listed_with_both_amounts() -> None:
    found = r27("P1 1.5000 CNY", "P1 1.2000 CNY")
    assert items(found, "key", "left_value", "right_value") == [("P1", D(150_000_000), D(120_000_000))]


def test_a_contract_in_another_currency_is_not_subtracted() -> None:
    found = r27("P1 1.2000 USD\nP2 3.0000 CNY", "P1 1.2000 CNY\nP2 3.0000 CNY")
    assert items(found, "key", "difference", "state", "cause", "explanation") == [
        ("P1", None, State.OTHER_BASIS, Cause.BASIS, "区招商投资局本月记为USD，区招商投资局上月记为CNY，不作比较")
    ]
    assert (total(found)["state"], total(found)["left_value"]) == (State.OTHER_BASIS, D(300_000_000))


def test_the_first_month_continues_none_and_the_last_is_continued_by_none() -> None:
    found = compared("R27", {PROJECTS: projects("P1 1.2000 CNY")})
    assert found.is_empty()


def test_a_month_that_was_left_out_cannot_be_continued() -> None:
    june = shift(MONTH, -2)
    found = compared("R27", {PROJECTS: pl.concat([projects("P1 1.0000 CNY"), projects("P1 1.0000 CNY", june)])})
    assert found.select("period", "key", "state").rows() == [(MONTH, "合计", State.ONE_SIDED)]


def test_what_a_match_demands_is_said_in_a_sentence() -> None:
    said = {r.code: statement(r, load()) for r in load().reconciliations if r.kind == "match_ledgers"}
    assert said == {
        "R01": "F01 留抵退税台账 退税金额 与 F02 退库明细 金额 逐笔相符。",
        "R19": "F11 明细 贷款金额 的每一笔都在 F09 贷款台账 放款金额 中。",
        "R27": "上期F20 项目台账 合同金额 的每一笔都在 F20 项目台账 合同金额 中。",
    }
