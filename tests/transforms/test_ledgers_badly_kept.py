"""Ledgers that cannot be matched as they should: told as such, never a crash, never a silent zero, never slow."""

import time
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from tests.transforms.entries import ledger
from tests.transforms.test_reconcile_ledgers import items, payments, r01, taxes, total
from tests.transforms.wide import MONTH
from transforms.model import Cause, State
from transforms.reconcile.ledgers import match
from transforms.reconcile.ledgers.sides import LIMIT

D = Decimal


# Numbers


@pytest.mark.parametrize("nothing", ["·", "-", "—", "/", "无"])
def test_a_ledger_without_numbers_is_said_to_have_none(nothing: str) -> None:
    left = taxes("V1 甲 2022-08-03 100.00\nV2 乙 2022-08-04 200.00")
    right = payments(f"{nothing} 丙 2022-08-20 100.00 已退\n{nothing} 丁 2022-08-20 200.00 已退")
    found = r01(left, right)
    assert items(found, "key") == []
    assert total(found)["state"] == State.ONE_SIDED
    assert "区财政局全部2笔均未填收入退还书号，不能逐笔核对" in str(total(found)["explanation"])


def test_a_ledger_without_numbers_still_differs_in_its_sum() -> None:
    left = taxes("V1 甲 2022-08-03 100.00\nV2 乙 2022-08-04 200.00")
    found = r01(left, payments("· 丙 2022-08-20 100.00 已退"))
    assert items(found, "key") == []
    assert (total(found)["state"], total(found)["difference"]) == (State.DIFFERENT, D(200))
    assert "区财政局全部1笔均未填收入退还书号" in str(total(found)["explanation"])


def test_a_ledger_without_numbers_meets_by_party_amount_and_day_and_says_so() -> None:
    left = taxes("V1 甲 2022-08-03 100.00\nV2 乙 2022-08-04 200.00")
    found = r01(left, payments("· 甲 2022-08-04 100.00 已退\n· 乙 2022-08-04 200.00 已退"))
    assert total(found)["state"] == State.EQUAL
    assert "收入退还书号不同但对方、金额、日期相符2笔" in str(total(found)["explanation"])


def test_two_ledgers_without_numbers_are_both_said_to_have_none() -> None:
    found = r01(taxes("· 甲 2022-08-03 100.00"), payments("· 乙 2022-08-04 100.00 已退"))
    words = str(total(found)["explanation"])
    assert total(found)["state"] == State.ONE_SIDED
    assert "区税务局全部1笔" in words
    assert "区财政局全部1笔" in words


def test_spaces_around_a_number_are_no_part_of_it() -> None:
    left = taxes("V1 甲 2022-08-03 100.00").with_columns(voucher_no=pl.lit(" V1　"))
    assert items(r01(left, payments("V1 甲 2022-08-20 100.00 已退")), "key") == []


@pytest.mark.parametrize("word", ["", "  ", "-", "——", "无"])
def test_a_word_for_nothing_is_no_number_even_where_it_was_read_as_one(word: str) -> None:
    """A frame of an older reading: two of these are not the same voucher."""
    left, right = taxes("V1 甲 2022-08-03 100.00"), payments("V1 乙 2022-08-20 100.00 已退")
    found = r01(*(side.with_columns(voucher_no=pl.lit(word)) for side in (left, right)))
    assert total(found)["state"] == State.ONE_SIDED


# Amounts


def test_an_amount_that_was_not_told_is_said_with_its_cell() -> None:
    found = r01(taxes("V1 甲 2022-08-03 不适用"), payments("V1 甲 2022-08-03 100.00 已退"))
    assert "同一收入退还书号有一方未报金额（表2!L5）" in str(total(found)["explanation"])


@pytest.mark.parametrize("amount", ["900000000000000.01", "-900000000000000.01", "1" + 29 * "0"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_an_amount_beyond_all_reason_is_put_aside_and_named(amount: str, side: str) -> None:
    mine, theirs = (amount, "100.00") if side == "left" else ("100.00", amount)
    found = r01(
        taxes(f"V1 甲 2022-08-03 {mine}\nV2 乙 2022-08-03 5.00"),
        payments(f"V1 甲 2022-08-03 {theirs} 已退\nV2 乙 2022-08-03 5.00 已退"),
    )
    cell = "表2!L5" if side == "left" else "表2!E5"
    assert items(found, "key", "difference", "state", f"{side}_cell") == [("V1", None, State.ONE_SIDED, cell)]
    assert total(found)["state"] == State.ONE_SIDED
    assert "超过 900,000,000,000,000 元，不参与计算" in str(total(found)["explanation"])
    assert total(found)[f"{side}_value"] is None


def test_the_largest_amount_that_is_reasonable_is_reckoned_with() -> None:
    found = r01(taxes(f"V1 甲 2022-08-03 {LIMIT}.00"), payments(f"V1 甲 2022-08-03 {LIMIT - 1}.00 已退"))
    assert items(found, "difference") == [(D(1),)]


def test_a_match_refuses_amounts_that_nobody_put_aside() -> None:
    left = ledger([("V1", None, None, LIMIT + 1, D(0))])
    with pytest.raises(OverflowError, match="900,000,000,000,000"):
        match(left, left)


def test_ten_thousand_of_the_largest_amounts_add_up_exactly() -> None:
    left = ledger([(f"V{n}", None, None, LIMIT, D(0)) for n in range(10_000)])
    assert match(left, left[1:]).sums.select("left_value", "right_value").row(0) == (LIMIT * 10_000, LIMIT * 9_999)


# Many of one kind


def equal_rows(frame: pl.DataFrame, count: int) -> pl.DataFrame:
    return frame.select(pl.all().repeat_by(count).explode())


def seconds_for(count: int, *, key: str | None = "V1", other: str | None = "V1", amount: str = "100") -> float:
    left = equal_rows(ledger([(key, "甲", 3, D(100), D(0))]), count)
    right = equal_rows(ledger([(other, "甲", 9, D(amount), D(0))]), count - 1)
    begun = time.process_time()
    found = match(left, right, days=3)
    assert found.keys["left_n"].sum() <= count
    return time.process_time() - begun


@pytest.mark.parametrize(
    ("key", "other", "amount"),
    [("V1", "V1", "100"), ("V1", "V1", "99"), (None, None, "100"), ("V1", "V2", "100")],
    ids=["equal entries", "one number, other amounts", "no numbers", "other numbers"],
)
@pytest.mark.slow
def test_a_million_entries_of_one_number_take_seconds(key: str | None, other: str | None, amount: str) -> None:
    assert seconds_for(1_000_000, key=key, other=other, amount=amount) < 30


def test_a_number_that_stands_on_thousands_of_rows_is_held_as_a_whole_and_said_so() -> None:
    count = 20_000
    left = equal_rows(taxes("V1 甲 2022-08-03 100.00"), count)
    right = equal_rows(payments("V1 甲 2022-08-03 99.00 已退"), count)
    begun = time.process_time()
    found = r01(left, right)
    assert time.process_time() - begun < 5
    assert items(found, "difference", "explanation") == [
        (D(count), f"同一收入退还书号两方金额不同（左方{count}笔，右方{count}笔）")
    ]
    assert "1个收入退还书号明细过多，只比合计，未逐笔组合" in str(total(found)["explanation"])


def test_the_same_line_pasted_over_and_over_is_a_copy_counted() -> None:
    left = equal_rows(taxes("V1 甲 2022-08-03 100.00"), 1_000)
    found = r01(left, payments("V1 甲 2022-08-03 100.00 已退"))
    assert items(found, "difference", "cause") == [(D(99_900), Cause.DUPLICATE)]


def test_dates_that_were_not_told_count_in_no_month() -> None:
    found = r01(taxes("V1 甲 · 100.00"), payments("V1 甲 2022-08-03 100.00 已退"))
    assert items(found, "key", "cause") == [("V1", Cause.TIMING)]
    assert total(found)["left_value"] == D(0)


def test_ledgers_of_a_month_in_which_nothing_happened_say_so() -> None:
    found = r01(taxes("V1 甲 2022-03-03 100.00"), payments("V1 甲 2022-03-03 100.00 已退"))
    assert total(found)["explanation"] == "两方均无应核对的记录"
    assert date.fromisoformat(f"{MONTH}-01").month == 8
