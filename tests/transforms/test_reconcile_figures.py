"""R02, R03 and R17: figures of two returns, totals against their rows, balances against those they continue."""

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.load import load
from tests.transforms.wide import MONTH, compared, wide
from transforms.model import EXACT, Cause, State
from transforms.period import shift
from transforms.reconcile.cause import CAUSE_OF_AMOUNTS
from transforms.reconcile.difference import compare

D = Decimal
ZERO = D(0)
SUMMARY, TREASURY, BALANCES = "F01.summary", "F02.summary", "F10.balances"
yuan = st.decimals(-(10**12), 10**12, places=2)
halves = st.sampled_from([D(0), D("0.005"), D(50), D(5000), D(500_000)])


def a_pair(left: Decimal | None, right: Decimal | None, lh: Decimal = ZERO, rh: Decimal = ZERO) -> pl.DataFrame:
    row = {"district": "jb", "period": MONTH, "key": "k", "left": "左", "right": "右", "unit": "元", "lines": 1}
    values = {}
    for side, value, half in (("left", left, lh), ("right", right, rh)):
        ends = (None, None) if value is None else (value - half, value + half)
        values |= dict(zip((f"{side}_value", f"{side}_low", f"{side}_high"), (value, *ends), strict=True))
        row |= {f"{side}_low_open": False, f"{side}_high_open": False}
    return pl.DataFrame([row | values], schema_overrides=dict.fromkeys(values, EXACT))


def state(
    left: Decimal | None, right: Decimal | None, lh: Decimal = ZERO, rh: Decimal = ZERO, kind: str = "equal"
) -> str:
    rule = replace(load().reconciliations[1], kind=kind)
    found: str = compare(a_pair(left, right, lh, rh), rule)["state"][0]
    return found


# Intervals


@settings(max_examples=20, deadline=None)
@given(yuan, halves, halves)
def test_sides_apart_by_their_whole_rounding_agree_and_by_a_cent_more_do_not(v: D, lh: D, rh: D) -> None:
    slack = lh + rh
    at_end = State.WITHIN_ROUNDING if slack else State.EQUAL
    for sign in (1, -1):
        assert state(v + sign * slack, v, lh, rh) == at_end
        assert state(v + sign * (slack + D("0.01")), v, lh, rh) == State.DIFFERENT


@settings(max_examples=15, deadline=None)
@given(yuan, yuan, halves, halves)
def test_changing_the_sides_or_all_signs_does_not_change_the_state(a: D, b: D, ah: D, bh: D) -> None:
    assert state(a, b, ah, bh) == state(b, a, bh, ah) == state(-a, -b, ah, bh)


@settings(max_examples=15, deadline=None)
@given(yuan, yuan)
def test_less_is_no_more_than_more(a: D, b: D) -> None:
    assert (state(a, b, kind="at_most") == State.DIFFERENT) == (a > b)


@pytest.mark.parametrize("sides", [(None, D(1)), (D(1), None), (None, None)])
def test_what_was_not_told_agrees_with_nothing(sides: tuple[D | None, D | None]) -> None:
    assert state(*sides) == state(*sides, kind="at_most") == State.ONE_SIDED


def test_a_cent_in_a_trillion_is_seen() -> None:
    assert state(D(10) ** 12, D(10) ** 12 + D("0.01")) == State.DIFFERENT


# Causes


@pytest.mark.parametrize(
    ("left", "right", "cause"),
    [
        ("334.15", "3341500", Cause.UNIT),
        ("1200000000", "12", Cause.UNIT),
        ("100", "-100", Cause.SIGN),
        ("100", "50", Cause.DUPLICATE),
        ("1000", "100", Cause.UNEXPLAINED),
        ("1.001", "10000", Cause.UNEXPLAINED),
        ("0", "5", Cause.UNEXPLAINED),
        ("5", "0", Cause.UNEXPLAINED),
        ("0", "0", Cause.UNEXPLAINED),
        ("-100", "-50", Cause.DUPLICATE),
    ],
)
def test_a_cause_is_named_only_when_it_is_plain(left: str, right: str, cause: Cause) -> None:
    pair = a_pair(D(left), D(right))
    assert pair.select(CAUSE_OF_AMOUNTS).item() == cause
    assert a_pair(D(right), D(left)).select(CAUSE_OF_AMOUNTS).item() == cause


def test_an_amount_not_told_has_no_cause_but_unexplained() -> None:
    assert a_pair(None, D(5)).select(CAUSE_OF_AMOUNTS).item() == Cause.UNEXPLAINED


# R02: after R01


def refunds(amount: str, **changes: str) -> pl.DataFrame:
    return wide(SUMMARY, f"\npolicy_code amount_ytd\nZZS_LDTS {amount}\nXW_PH 7.00\n", **changes)


def treasury(amount: str, **changes: str) -> pl.DataFrame:
    return wide(
        TREASURY, f"\nbudget_item refund_kind amount_ytd\n增值税 留抵退税 {amount}\n增值税 误收退税 3.00\n", **changes
    )


def ledger(table: str, who: str, lines: str, **changes: str) -> pl.DataFrame:
    amount = "refund_amount" if who == "taxpayer_key" else "amount"
    rows = wide(table, f"\nvoucher_no {who} pay_date {amount}\n{lines}\n", **changes)
    return rows if who == "taxpayer_key" else rows.with_columns(refund_kind=pl.lit("留抵退税"), status=pl.lit("已退"))


def test_the_kind_of_refund_is_compared_and_no_other() -> None:
    found = compared("R02", {SUMMARY: refunds("12.00"), TREASURY: treasury("12.00")})
    assert found.select("left_value", "right_value", "state").rows() == [(D(120_000), D(120_000), State.EQUAL)]


def test_a_difference_that_the_vouchers_of_the_year_add_up_to_has_their_cause() -> None:
    """July lacks a voucher of 2 万元; in August the year to date still differs by it."""
    tables = {
        SUMMARY: refunds("12.00"),
        TREASURY: treasury("10.00"),
        "F01.refunds": ledger(
            "F01.refunds", "taxpayer_key", "V1 甲 2022-07-05 20000.00\nV2 乙 2022-07-06 5.00", period="2022-07"
        ),
        "F02.vouchers": ledger("F02.vouchers", "payee_key", "V2 乙 2022-07-06 5.00", period="2022-07"),
    }
    row = compared("R02", tables).row(0, named=True)
    assert (row["state"], row["cause"], row["difference"]) == (State.DIFFERENT, Cause.MISSING, D(20_000))
    assert "R01" in row["explanation"]


def test_vouchers_of_another_year_or_of_another_sum_explain_nothing() -> None:
    for period, amount in (("2021-12", "20000.00"), ("2022-07", "20200.00")):
        day = f"{period}-05"
        tables = {
            SUMMARY: refunds("12.00"),
            TREASURY: treasury("10.00"),
            "F01.refunds": ledger(
                "F01.refunds", "taxpayer_key", f"V1 甲 {day} {amount}\nV2 乙 {day} 5.00", period=period
            ),
            "F02.vouchers": ledger("F02.vouchers", "payee_key", f"V2 乙 {day} 5.00", period=period),
        }
        row = compared("R02", tables).row(0, named=True)
        assert (row["state"], row["cause"]) == (State.DIFFERENT, Cause.UNEXPLAINED)


def test_the_treasury_did_not_file() -> None:
    (row,) = compared("R02", {SUMMARY: refunds("12.00")}).iter_rows(named=True)
    assert (row["state"], row["explanation"]) == (State.ONE_SIDED, "F02 2022-08未报")


# R03: the seed of Changde


CHANGDE = """
policy_code benefit_times_ytd amount_ytd
ZZS_LDTS    177               12.23亿元
HJ_ZZY      413               1.2亿元
XGM_MZ      6521              1283.04万元
LSLF        499               334.15万元
合计        7608              12.42亿元
"""


def r03(lines: str, **changes: str) -> dict[str, dict[str, object]]:
    rows = wide(SUMMARY, lines, district="cd", **changes)
    return {row["key"]: row for row in compared("R03", {}, latest={SUMMARY: rows}).iter_rows(named=True)}


def test_changde_counts_are_two_short() -> None:
    row = r03(CHANGDE)["本年累计享受户次"]
    assert (row["left_value"], row["right_value"], row["difference"]) == (D(7608), D(7610), D(-2))
    assert (row["state"], row["low"], row["high"]) == (State.DIFFERENT, D(-2), D(-2))


def test_changde_amounts_are_more_than_a_hundred_million_apart_and_nobody_knows_why() -> None:
    """13.591719 亿 against 12.42 亿; the rounding of all five explains 0.060001 亿."""
    row = r03(CHANGDE)["本年累计金额"]
    assert (row["right_value"], row["left_value"]) == (D("1359171900"), D("1242000000"))
    assert row["difference"] == D("-117171900")
    assert (row["high"] - row["low"]) / 2 == D("6000100")  # type: ignore[operator]
    assert (row["state"], row["cause"]) == (State.DIFFERENT, Cause.UNEXPLAINED)


def test_what_changde_did_not_tell_cannot_be_verified() -> None:
    assert r03(CHANGDE)["本月金额"]["state"] == State.ONE_SIDED


def test_one_row_not_told_leaves_the_total_unverified() -> None:
    rows = r03("\npolicy_code benefit_times_ytd\nZZS_LDTS 5\nHJ_ZZY —\n合计 5\n")
    assert rows["本年累计享受户次"]["state"] == State.ONE_SIDED


def test_parts_and_subtotals_are_not_added() -> None:
    rows = wide(
        SUMMARY, "\npolicy_code benefit_times_ytd\nZZS_LDTS 5\n其中:小微 4\nHJ_ZZY 2\n小计 7\n合计 7\n", district="cd"
    )
    rows = rows.with_columns(kind=pl.when(pl.col("policy_code") == "小计").then(pl.lit("subtotal")).otherwise("kind"))
    found = compared("R03", {}, latest={SUMMARY: rows}).filter(pl.col("key") == "本年累计享受户次")
    assert found["state"].to_list() == [State.EQUAL]


def test_a_total_written_twice_is_not_doubled() -> None:
    assert (
        r03("\npolicy_code benefit_times_ytd\nZZS_LDTS 5\nHJ_ZZY 2\n合计 7\n合计 7\n")["本年累计享受户次"]["state"]
        == State.EQUAL
    )


# R17: balances


def balances(lines: str, period: str = MONTH, **changes: str) -> pl.DataFrame:
    return wide(BALANCES, "\nbank_code year_open open_bal close_bal vs_year_open\n" + lines, period=period, **changes)


def r17(*tables: pl.DataFrame) -> list[tuple[str, str, str, Decimal | None]]:
    found = compared("R17", {BALANCES: pl.concat(tables)})
    return found.select("period", "key", "state", "difference").rows()


def test_banan_closing_less_increase_is_its_start_of_the_year() -> None:
    """40589 − 15119 = 25470, in whole 万元: the start of the year may lie within 1 of it (and half a unit of its own)."""
    for told, expected in (
        ("25470", State.EQUAL),
        ("25471", State.WITHIN_ROUNDING),
        ("25469", State.WITHIN_ROUNDING),
        ("25472", State.DIFFERENT),
    ):
        found = compared("R17", {BALANCES: balances(f"CCB {told} 40000 40589 15119\n", "2021-11", district="bn")})
        row = found.filter(pl.col("key") == "CCB/较年初").row(0, named=True)
        assert row["right_value"] == D(254_700_000)
        assert row["state"] == expected


def test_the_opening_is_last_months_closing() -> None:
    july = balances("CCB 1.00 5.00 9.00 8.00\n", "2022-07")
    assert (MONTH, "CCB/期初余额", State.EQUAL, D(0)) in r17(july, balances("CCB 1.00 9.00 9.00 8.00\n"))
    assert (MONTH, "CCB/期初余额", State.WITHIN_ROUNDING, D(100)) in r17(july, balances("CCB 1.00 9.01 9.00 8.00\n"))
    assert (MONTH, "CCB/期初余额", State.DIFFERENT, D(200)) in r17(july, balances("CCB 1.00 9.02 9.00 8.00\n"))


def test_all_months_of_a_year_continue_its_december() -> None:
    tables = [balances("CCB 0.00 0.00 7.00 7.00\n", "2021-12")]
    tables += [balances("CCB 7.00 7.00 7.00 0.00\n", shift("2022-01", k)) for k in range(3)]
    keys = [(p, k, s) for p, k, s, _ in r17(*tables) if k == "CCB/年初余额" and p > "2021-12"]
    assert {s for _, _, s in keys} == {State.EQUAL}
    assert len(keys) == 3


def test_nothing_is_asked_of_the_months_before_a_districts_first_return() -> None:
    """Else every first month, and every start of the first year, would be something that could not be verified."""
    found = r17(balances("CCB 1.00 5.00 9.00 8.00\n", "2022-03"), balances("CCB 1.00 9.00 9.00 8.00\n", "2022-04"))
    assert [(p, k, s) for p, k, s, _ in found] == [
        ("2022-03", "CCB/较年初", State.EQUAL),
        ("2022-04", "CCB/期初余额", State.EQUAL),
        ("2022-04", "CCB/较年初", State.EQUAL),
    ]


def test_the_first_return_of_one_district_is_not_that_of_another() -> None:
    found = r17(
        balances("CCB 1.00 5.00 9.00 8.00\n", "2022-07"), balances("CCB 1.00 9.00 9.00 8.00\n", MONTH, district="bn")
    )
    assert [k for p, k, _, _ in found if p == MONTH] == ["CCB/较年初"]


def test_a_month_left_out_after_the_first_return_cannot_be_verified() -> None:
    found = r17(balances("CCB 1.00 5.00 9.00 8.00\n", "2022-05"), balances("CCB 1.00 9.00 9.00 8.00\n", "2022-08"))
    assert ("2022-08", "CCB/期初余额", State.ONE_SIDED, None) in found


def test_a_bank_that_exists_no_longer_is_no_difference() -> None:
    found = r17(
        balances("CCB 1.00 5.00 9.00 8.00\nICBC 1.00 1.00 1.00 0.00\n", "2022-07"),
        balances("CCB 1.00 9.00 9.00 8.00\n"),
    )
    assert all(not k.startswith("ICBC") for p, k, _, _ in found if p == MONTH)
