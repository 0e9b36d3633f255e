"""R01 and R16: the ledger of the tax bureau against that of the treasury, and of the loan centre against the banks."""

from decimal import Decimal

import polars as pl
import pytest

from tests.transforms.wide import MONTH, compared, wide
from transforms.model import Cause, State
from transforms.period import shift

D = Decimal
TAX, TREASURY = "F01.refunds", "F02.vouchers"


def taxes(lines: str, **changes: str) -> pl.DataFrame:
    return wide(TAX, "\nvoucher_no taxpayer_key pay_date refund_amount\n" + lines.strip("\n") + "\n", **changes)


def payments(lines: str, **changes: str) -> pl.DataFrame:
    rows = wide(TREASURY, "\nvoucher_no payee_key pay_date amount status\n" + lines.strip("\n") + "\n", **changes)
    return rows.with_columns(refund_kind=pl.lit("留抵退税"))


def r01(left: pl.DataFrame, right: pl.DataFrame, **changes: object) -> pl.DataFrame:
    return compared("R01", {TAX: left, TREASURY: right}, **changes)  # type: ignore[arg-type]


def total(found: pl.DataFrame, period: str = MONTH) -> dict[str, object]:
    return found.filter((pl.col("key") == "合计") & (pl.col("period") == period)).row(0, named=True)


def items(found: pl.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return found.filter(pl.col("key") != "合计").select(columns).rows()


def test_equal_ledgers_agree_and_list_nothing() -> None:
    found = r01(
        taxes("V1 甲 2022-08-03 100.00\nV2 乙 2022-08-04 200.00"),
        payments("V2 乙 2022-08-04 200.00 已退\nV1 甲 2022-08-03 100.00 已退"),
    )
    assert found.height == 1
    told = total(found)
    assert (told["left_value"], told["right_value"], told["state"]) == (D(300), D(300), State.EQUAL)


def test_an_entry_of_one_side_only_is_listed_with_its_cell() -> None:
    left = taxes("V1 甲 2022-08-03 100.00\nV2 乙 2022-08-04 200.00")
    right = payments("V1 甲 2022-08-03 100.00 已退\nV3 丙 2022-08-05 70.00 已退")
    found = r01(left, right)
    assert items(found, "key", "difference", "cause", "state") == [
        ("V2", D(200), Cause.MISSING, State.DIFFERENT),
        ("V3", D(-70), Cause.MISSING, State.DIFFERENT),
    ]
    assert items(found, "left_cell", "right_cell") == [("表2!L6", None), (None, "表2!E6")]
    assert (total(found)["difference"], total(found)["lines"]) == (D(130), 2)


@pytest.mark.parametrize("side", ["left", "right"])
def test_an_entry_listed_twice_is_left_over_once(side: str) -> None:
    lines = ["V1 甲 2022-08-03 100.00", "V1 甲 2022-08-03 100.00"]
    left = taxes("\n".join(lines if side == "left" else lines[:1]))
    right = payments("\n".join(f"{line} 已退" for line in (lines if side == "right" else lines[:1])))
    found = r01(left, right)
    assert items(found, "key", "cause") == [("V1", Cause.DUPLICATE)]
    assert total(found)["difference"] == (D(100) if side == "left" else D(-100))


@pytest.mark.parametrize(
    ("amount", "cause"),
    [
        ("1000000.00", Cause.UNIT),
        ("10000.00", Cause.UNIT),
        ("10000000000.00", Cause.UNIT),
        ("-100.00", Cause.SIGN),
        ("200.00", Cause.DUPLICATE),
        ("100.01", Cause.SUBSTITUTED),
        ("137.46", Cause.UNEXPLAINED),
        ("1000.00", Cause.UNEXPLAINED),
    ],
)
def test_the_same_voucher_with_another_amount_has_its_plain_cause(amount: str, cause: Cause) -> None:
    found = r01(taxes(f"V1 甲 2022-08-03 {amount}"), payments("V1 甲 2022-08-03 100.00 已退"))
    assert items(found, "difference", "cause", "state") == [(D(amount) - 100, cause, State.DIFFERENT)]


@pytest.mark.parametrize(
    ("amount", "cause", "words"),
    [
        ("13524.07", Cause.TRANSPOSED, "颠倒"),
        ("1354.07", Cause.DROPPED, "少一位"),
        ("15254.07", Cause.SUBSTITUTED, "一位数字不同"),
        ("52347.01", Cause.UNEXPLAINED, "两方金额不同"),
    ],
)
def test_a_slip_of_the_pen_under_one_voucher_is_named(amount: str, cause: Cause, words: str) -> None:
    found = r01(taxes(f"V1 甲 2022-08-03 {amount}"), payments("V1 甲 2022-08-03 13254.07 已退"))
    assert items(found, "cause") == [(cause,)]
    assert words in items(found, "explanation")[0][0]


def test_a_wrong_number_of_the_same_party_amount_and_week_is_no_difference() -> None:
    found = r01(taxes("V1 甲 2022-08-03 100.00"), payments("VX 甲 2022-08-06 100.00 已退"))
    assert items(found, "key") == []
    assert total(found)["state"] == State.EQUAL


def test_a_wrong_number_four_days_apart_is_a_difference() -> None:
    found = r01(taxes("V1 甲 2022-08-03 100.00"), payments("VX 甲 2022-08-07 100.00 已退"))
    assert items(found, "key") == [("V1",), ("VX",)]


def test_two_wrong_numbers_of_one_party_and_amount_find_one_each() -> None:
    """Each entry takes the other side's once: neither stays behind because both looked at the same one."""
    found = r01(
        taxes("V1 甲 2022-08-03 100.00\nV2 甲 2022-08-03 100.00"),
        payments("VX 甲 2022-08-03 100.00 已退\nVY 甲 2022-08-04 100.00 已退"),
    )
    assert items(found, "key") == []


def test_days_are_matched_so_that_as_few_as_possible_are_left() -> None:
    """Day 1 may go with 4 only, day 6 with 4 or 8: whoever takes the nearest first leaves two behind."""
    found = r01(
        taxes("V1 甲 2022-08-01 100.00\nV2 甲 2022-08-06 100.00"),
        payments("VX 甲 2022-08-04 100.00 已退\nVY 甲 2022-08-08 100.00 已退"),
    )
    assert items(found, "key") == []


def test_one_voucher_in_two_lines_is_matched_by_its_sum() -> None:
    found = r01(
        taxes("V1 甲 2022-08-03 100.00\nV1 甲 2022-08-03 250.00"),
        payments("V1 甲 2022-08-03 350.00 已退"),
    )
    assert items(found, "key") == []
    assert total(found)["state"] == State.EQUAL


def test_a_voucher_of_two_lines_that_do_not_add_up_is_not_counted_twice() -> None:
    """Its lines are held against the one of the other side once: the items add up to the difference of the sums."""
    found = r01(
        taxes("V1 甲 2022-08-03 100.00\nV1 甲 2022-08-03 250.00"),
        payments("V1 甲 2022-08-03 340.00 已退"),
    )
    listed = found.filter(pl.col("key") != "合计")
    assert listed["difference"].sum() == total(found)["difference"] == D(10)
    assert listed["key"].n_unique() == listed.height


def test_a_voucher_paid_in_the_next_month_is_a_difference_of_timing_in_both() -> None:
    september = shift(MONTH, 1)
    left = pl.concat([taxes("V1 甲 2022-08-31 100.00"), taxes("V2 乙 2022-09-05 50.00", period=september)])
    right = pl.concat(
        [
            payments("V0 丁 2022-08-02 0.00 挂账"),
            payments("V1 甲 2022-09-01 100.00 已退\nV2 乙 2022-09-05 50.00 已退", period=september),
        ]
    )
    found = r01(left, right)
    assert items(found, "period", "key", "state", "cause") == [
        (MONTH, "V1", State.TIMING, Cause.TIMING),
        (september, "V1", State.TIMING, Cause.TIMING),
    ]
    assert total(found)["state"] == State.TIMING
    assert "2022-09-01" in str(total(found)["explanation"])


def test_a_voucher_of_another_amount_next_month_is_no_timing() -> None:
    september = shift(MONTH, 1)
    left = taxes("V1 甲 2022-08-31 100.00")
    right = pl.concat(
        [payments("V0 丁 2022-08-02 0.00 挂账"), payments("V1 甲 2022-09-01 101.00 已退", period=september)]
    )
    assert items(r01(left, right).filter(pl.col("period") == MONTH), "cause") == [(Cause.MISSING,)]


def test_a_voucher_that_comes_half_a_year_later_is_no_timing() -> None:
    left = taxes("V1 甲 2022-03-31 100.00", period="2022-03")
    right = pl.concat(
        [
            payments("V0 丁 2022-03-02 0.00 挂账", period="2022-03"),
            payments("V1 甲 2022-10-01 100.00 已退", period="2022-10"),
        ]
    )
    assert items(r01(left, right).filter(pl.col("period") == "2022-03"), "cause") == [(Cause.MISSING,)]


def test_a_voucher_that_came_back_is_a_difference_of_timing() -> None:
    found = r01(taxes("V1 甲 2022-08-03 100.00"), payments("V1 甲 2022-08-04 100.00 退回"))
    assert items(found, "key", "cause") == [("V1", Cause.TIMING)]


def test_a_duplicate_stays_one_when_next_months_ledger_lists_the_year_so_far() -> None:
    """Ledgers are cumulative: next month's carries the same voucher once more, which explains nothing."""
    left = taxes("V1 甲 2022-08-03 100.00\nV1 甲 2022-08-03 100.00")
    one = "V1 甲 2022-08-03 100.00 已退"
    right = pl.concat([payments(one), payments(one, period=shift(MONTH, 1))])
    assert items(r01(left, right).filter(pl.col("period") == MONTH), "cause") == [(Cause.DUPLICATE,)]


def test_offsetting_entries_with_equal_sums_are_still_different() -> None:
    found = r01(
        taxes("V1 甲 2022-08-03 100.00\nV2 乙 2022-08-03 50.00"),
        payments("V1 甲 2022-08-03 50.00 已退\nV2 乙 2022-08-03 100.00 已退"),
    )
    assert (total(found)["difference"], total(found)["state"], total(found)["lines"]) == (D(0), State.DIFFERENT, 2)


@pytest.mark.parametrize("absent", ["left", "right"])
def test_without_the_other_ledger_nothing_can_be_said_of_its_entries(absent: str) -> None:
    left, right = taxes("V1 甲 2022-08-03 100.00"), payments("V1 甲 2022-08-03 100.00 已退")
    found = r01(left.clear() if absent == "left" else left, right.clear() if absent == "right" else right)
    assert found.select("key", "state").rows() == [("合计", State.ONE_SIDED)]
    assert found["difference"].to_list() == [None]


def test_a_ledger_with_nothing_paid_this_month_told_zero() -> None:
    found = r01(taxes("V1 甲 · 100.00"), payments("V2 乙 2022-08-04 70.00 已退"))
    assert (total(found)["left_value"], total(found)["state"]) == (D(0), State.DIFFERENT)


def test_a_ledger_filed_without_a_row_told_zero() -> None:
    """Its table stands on the sheet, its form tells other tables: nothing was paid, which is not nothing told."""
    summary = wide("F01.summary", "\npolicy_code amount_m\nZZS_LDTS 0.00\n")
    tables = {"F01.summary": summary, TREASURY: payments("V2 乙 2022-08-04 70.00 已退")}
    found = compared("R01", tables, empty=[(summary["submission"][0], TAX)])
    assert (total(found)["left_value"], total(found)["state"]) == (D(0), State.DIFFERENT)
    assert items(found, "key", "cause") == [("V2", Cause.MISSING)]


def test_two_ledgers_filed_without_a_row_agree_on_zero() -> None:
    summaries = {
        "F01.summary": wide("F01.summary", "\npolicy_code amount_m\nZZS_LDTS 0.00\n"),
        "F02.summary": wide("F02.summary", "\nbudget_item amount_m\nB1 0.00\n"),
    }
    filed = [(f["submission"][0], table) for f, table in zip(summaries.values(), (TAX, TREASURY), strict=True)]
    found = compared("R01", summaries, empty=filed)
    assert found.select("key", "left_value", "right_value", "state").rows() == [("合计", D(0), D(0), State.EQUAL)]


def test_an_amount_that_is_not_told_is_not_a_zero() -> None:
    found = r01(
        taxes("V1 甲 2022-08-03 不适用\nV2 乙 2022-08-03 50.00"),
        payments("V1 甲 2022-08-03 100.00 已退\nV2 乙 2022-08-03 50.00 已退"),
    )
    assert items(found, "key", "difference", "state") == [("V1", None, State.ONE_SIDED)]
    assert (total(found)["left_value"], total(found)["state"]) == (None, State.ONE_SIDED)


def test_two_entries_without_a_number_are_not_the_same_entry() -> None:
    found = r01(
        taxes("· 甲 2022-08-03 100.00\n· 乙 2022-08-03 200.00\nV2 丁 2022-08-03 7.00"),
        payments("V1 丙 2022-08-03 300.00 已退\nV2 丁 2022-08-03 7.00 已退"),
    )
    assert items(found, "key", "difference") == [("V1", D(-300)), ("（区税务局无收入退还书号）", D(300))]


def test_districts_do_not_answer_for_each_other() -> None:
    found = r01(
        pl.concat([taxes("V1 甲 2022-08-03 100.00"), taxes("V9 甲 2022-08-03 1.00", district="cd")]),
        pl.concat([payments("V9 甲 2022-08-03 1.00 已退"), payments("V1 甲 2022-08-03 100.00 已退", district="cd")]),
    )
    assert found.filter(pl.col("key") != "合计").height == 4
    assert set(found["cause"]) == {Cause.MISSING}


def test_order_of_rows_does_not_matter() -> None:
    lines = ["V1 甲 2022-08-03 100.00", "V1 甲 2022-08-03 250.00", "V2 乙 2022-08-09 70.00", "V3 丙 2022-08-09 70.00"]
    right = payments("V1 甲 2022-08-03 340.00 已退\nV2 乙 2022-08-09 71.00 已退\nVX 丙 2022-08-09 70.00 已退")
    columns = ["key", "left_value", "right_value", "difference", "cause", "state"]
    forth, back = (r01(taxes("\n".join(some)), right).select(columns) for some in (lines, lines[::-1]))
    assert forth.rows() == back.rows()


def test_thousands_of_equal_entries_are_paired_one_to_one() -> None:
    """A ledger pasted full of one line must not be multiplied with itself: 10⁹ pairs would not fit this machine."""
    count = 30_000
    left = taxes("V1 甲 2022-08-03 100.00")
    right = payments("VX 甲 2022-08-03 100.00 已退")
    many = [f.select(pl.all().repeat_by(count).explode()) for f in (left, right)]
    found = r01(*many)
    assert items(found, "key") == []


# R16: the centre is one channel of the banks

LOANS, BALANCES = "F09.loans", "F10.balances"


def loans(lines: str, **changes: str) -> pl.DataFrame:
    return wide(LOANS, "\nloan_no bank_code drawdown_date product amount\n" + lines.strip("\n") + "\n", **changes)


def lent(lines: str, **changes: str) -> pl.DataFrame:
    return wide(BALANCES, "\nbank_code lent_m\n" + lines.strip("\n") + "\n", **changes)


def r16(left: pl.DataFrame, right: pl.DataFrame) -> list[tuple[object, ...]]:
    found = compared("R16", {LOANS: left, BALANCES: right})
    return found.select("key", "left_value", "right_value", "state").rows()


def test_the_centre_lent_at_most_what_the_bank_lent() -> None:
    found = r16(
        loans("L1 ICBC 2022-08-02 银税互动 100.00\nL2 ICBC 2022-08-03 银税互动 50.00\nL3 ICBC 2022-08-03 其他 900.00"),
        lent("ICBC 150.00"),
    )
    assert found == [("ICBC", D(1_500_000), D(1_500_000), State.EQUAL)]


def test_the_centre_lent_more_than_the_bank() -> None:
    assert r16(loans("L1 ICBC 2022-08-02 银税互动 150.02"), lent("ICBC 150.00"))[0][3] == State.DIFFERENT


def test_more_within_the_rounding_of_both_is_no_difference() -> None:
    assert r16(loans("L1 ICBC 2022-08-02 银税互动 150.01"), lent("ICBC 150.00"))[0][3] == State.WITHIN_ROUNDING


def test_a_bank_without_a_loan_in_the_ledger_lent_nothing_through_the_centre() -> None:
    found = r16(loans("L1 ICBC 2022-07-02 银税互动 100.00"), lent("ICBC 150.00\nCCB 20.00"))
    assert found == [
        ("CCB", D(0), D(200_000), State.EQUAL),
        ("ICBC", D(0), D(1_500_000), State.EQUAL),
    ]


def test_a_loan_ledger_filed_without_a_row_told_zero() -> None:
    summary = wide("F09.summary", "\nbank_code amount_m\nICBC 0.00\n")
    tables = {"F09.summary": summary, BALANCES: lent("ICBC 150.00")}
    found = compared("R16", tables, empty=[(summary["submission"][0], LOANS)])
    assert found.select("left_value", "state").rows() == [(D(0), State.EQUAL)]


def test_without_the_loan_ledger_nothing_is_said_to_agree() -> None:
    assert r16(loans("L1 ICBC 2022-08-02 银税互动 1.00").clear(), lent("ICBC 150.00")) == [
        ("ICBC", None, D(1_500_000), State.ONE_SIDED)
    ]


def test_a_bank_of_the_ledger_that_told_no_balance_cannot_be_verified() -> None:
    found = r16(loans("L1 ICBC 2022-08-02 银税互动 100.00"), lent("CCB 20.00"))
    assert ("ICBC", D(1_000_000), None, State.ONE_SIDED) in found


def test_banks_of_one_name_in_two_districts_stay_apart() -> None:
    found = r16(
        pl.concat(
            [loans("L1 ICBC 2022-08-02 银税互动 100.00"), loans("L1 ICBC 2022-08-02 银税互动 1.00", district="bn")]
        ),
        pl.concat([lent("ICBC 1.00"), lent("ICBC 100.00", district="bn")]),
    )
    assert [row[3] for row in found] == [State.EQUAL, State.DIFFERENT]
