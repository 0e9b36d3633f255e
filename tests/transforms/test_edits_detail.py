"""Summaries against their ledgers, and totals against their rows, within one submission."""

import polars as pl

from tests.transforms.wide import a_context, a_made_up_table, an_edit, judged, layout_of, verdicts, wide
from transforms.model import Verdict

OK, BROKEN, UNKNOWN = Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNVERIFIABLE
TABLE = a_made_up_table("a")
FOOTING = an_edit("footing", TABLE, "a")
KINDS = "\nbudget_item refund_kind amount_m n_m\n"
VOUCHERS = "\nvoucher_no refund_kind pay_date amount status\n"
BANKS = "\nbank_code visits_m borrowers_m amount_m loans_m\n"
LOANS = "\nloan_no bank_code drawdown_date amount uscc loan_kind\n"


def foots(lines: str) -> list[str]:
    return verdicts(FOOTING, wide(TABLE, "\nk a\n" + lines), TABLE, a_context())


def test_a_total_is_the_sum_of_its_rows_and_of_nothing_else() -> None:
    assert foots("x 1.00\n其中:p 0.40\ny 2.00\n合计 3.00\n") == [OK]
    assert foots("x 1.00\n其中:p 0.40\ny 2.00\n合计 3.40\n") == [BROKEN]


def test_every_total_row_is_held() -> None:
    assert foots("x 1.00\ny 2.00\n合计 3.00\n合计 9.00\n") == [OK, BROKEN]


def test_a_total_over_a_row_that_is_not_told_cannot_be_verified() -> None:
    assert foots("x 1.00\ny —\n合计 1.00\n") == [UNKNOWN]


def test_a_total_without_rows_is_zero() -> None:
    assert foots("合计 0.00\n") == [OK]
    assert foots("合计 1.00\n") == [BROKEN]


def treasury(summary: str, vouchers: str, **changes: object) -> list[str]:
    rows, ledger = wide("F02.summary", KINDS + summary), wide("F02.vouchers", VOUCHERS + vouchers)
    context = a_context({"F02.summary": rows, "F02.vouchers": ledger}, **changes)
    return verdicts("F02.summary.H16.amount", rows, context=context)


PAID = "V1 留抵退税 2022-08-03 30000.00 已退\nV2 留抵退税 2022-08-04 10000.00 已退\nV3 留抵退税 2022-07-04 1.00 已退\nV4 留抵退税 2022-08-04 1.00 退回\n"


def test_rows_of_one_kind_are_told_together() -> None:
    assert treasury("增值税 留抵退税 3.00 1\n附加 留抵退税 1.00 1\n", PAID) == [OK, OK]
    assert treasury("增值税 留抵退税 3.00 1\n附加 留抵退税 2.00 1\n", PAID) == [BROKEN, BROKEN]


def test_a_row_that_is_not_told_leaves_its_kind_unverified() -> None:
    """Else the others would be held against the whole, or agree with it by chance."""
    assert treasury("增值税 留抵退税 3.00 1\n附加 留抵退税 — 1\n", PAID) == [UNKNOWN, UNKNOWN]
    assert treasury("增值税 留抵退税 4.00 1\n附加 留抵退税 — 1\n", PAID) == [UNKNOWN, UNKNOWN]


def test_an_amount_of_the_ledger_that_is_not_told_is_not_zero() -> None:
    assert treasury("增值税 留抵退税 4.00 1\n", PAID + "V5 留抵退税 2022-08-05 — 已退\n") == [UNKNOWN]


def test_a_kind_without_a_voucher_was_told_to_be_zero() -> None:
    assert treasury("增值税 留抵退税 4.00 1\n增值税 误收退税 0.00 0\n", PAID) == [OK, OK]
    assert treasury("增值税 留抵退税 4.00 1\n增值税 误收退税 5.00 0\n", PAID) == [OK, BROKEN]


def test_a_ledger_filed_without_a_row_tells_zero_and_one_not_filed_nothing() -> None:
    rows = wide("F02.summary", KINDS + "增值税 留抵退税 5.00 1\n")
    tables = {"F02.summary": rows}
    assert verdicts("F02.summary.H16.amount", rows, context=a_context(tables)) == [UNKNOWN]
    laid = layout_of(tables, [(rows["submission"][0], "F02.vouchers")])
    assert verdicts("F02.summary.H16.amount", rows, context=a_context(tables, layout=laid)) == [BROKEN]


def test_a_row_without_its_kind_is_held_against_no_vouchers() -> None:
    assert treasury("增值税 · 4.00 1\n", PAID) == [UNKNOWN]


def test_firms_are_counted_once_and_one_without_a_code_cannot_be_counted() -> None:
    rows = wide("F01.summary", "\npolicy_code benefit_firms_ytd\nZZS_LDTS 2\n")
    for third, verdict in (("甲", OK), ("丙", BROKEN), ("·", UNKNOWN)):
        ledger = wide(
            "F01.refunds",
            f"\ntaxpayer_key pay_date refund_amount\n甲 2022-03-01 1.00\n乙 2022-08-01 1.00\n{third} 2022-08-02 1.00\n",
        )
        context = a_context({"F01.summary": rows, "F01.refunds": ledger})
        assert verdicts("F01.summary.H16.refunds_firms", rows, context=context) == [verdict]


def test_online_firms_are_at_most_the_new_ones() -> None:
    for told, private, verdict in (("9", "5", OK), ("10", "5", BROKEN), ("1", "—", UNKNOWN)):
        rows = wide("F03.startup", f"\nonline_n\n{told}\n")
        entities = wide("F03.entities", f"\nentity_type new_m\n国有集体 4\n私营企业 {private}\n个体工商户 900\n")
        context = a_context({"F03.startup": rows, "F03.entities": entities})
        assert verdicts("F03.startup.H12.online", rows, context=context) == [verdict]


def test_a_summary_with_two_total_rows_does_not_multiply_the_note() -> None:
    rows = wide("F05.told", "\ncounter_daily\n300\n")
    cases = wide("F05.cases", "\ndept_code accept_ytd\nA 48000\n合计 48000\n合计 48000\n")
    context = a_context({"F05.told": rows, "F05.cases": cases})
    found = judged("F05.told.W08.daily_output", rows, context=context)
    assert found.height == 1
    assert found["verdict"].to_list() == [OK]  # 300 × 160 working days


def test_items_without_days_leave_the_cut_unverified() -> None:
    rows = wide("F05.told", "\ncut_rate\n80.0\n")
    for days, verdict in (("2", OK), ("3", BROKEN), ("—", UNKNOWN)):
        items = wide("F05.items", f"\nitem_code legal_days promised_days\nA 5 0\nB 5 {days}\n")
        context = a_context({"F05.told": rows, "F05.items": items})
        assert verdicts("F05.told.H11.cut", rows, context=context) == [verdict]


def test_a_first_loan_has_no_earlier_one() -> None:
    loans = wide(
        "F09.loans",
        LOANS + "L1 ICBC 2022-08-02 1.00 甲 首贷\nL2 ICBC 2022-07-02 1.00 甲 续贷\nL3 CCB 2022-08-02 1.00 乙 首贷\n",
    )
    assert verdicts("F09.loans.H12.first_loan", loans) == [BROKEN, OK]


def test_a_voucher_that_came_back_needs_a_later_one() -> None:
    lines = "\nvoucher_no payee_key pay_date amount status\nV1 甲 2022-08-02 1.00 退回\nV2 乙 2022-08-02 1.00 退回\nV3 甲 2022-08-05 1.00 已退\nV4 乙 2022-08-01 1.00 已退\n"
    assert verdicts("F02.vouchers.H16.replaced", wide("F02.vouchers", lines)) == [OK, BROKEN]


def test_one_later_voucher_replaces_one_that_came_back() -> None:
    lines = (
        "\nvoucher_no payee_key pay_date amount status\n"
        "V1 甲 2022-08-02 1.00 退回\nV2 甲 2022-08-04 1.00 退回\nV3 甲 2022-08-05 1.00 已退\n"
    )
    assert verdicts("F02.vouchers.H16.replaced", wide("F02.vouchers", lines)) == [OK, BROKEN]


def test_each_voucher_that_came_back_takes_the_earliest_that_can_replace_it() -> None:
    """V2 can be replaced by V4 alone: V1 must not take that."""
    lines = (
        "\nvoucher_no payee_key pay_date amount status\n"
        "V2 甲 2022-08-04 1.00 退回\nV1 甲 2022-08-02 1.00 退回\nV4 甲 2022-08-05 1.00 挂账\nV3 甲 2022-08-03 1.00 已退\n"
    )
    assert verdicts("F02.vouchers.H16.replaced", wide("F02.vouchers", lines)) == [OK, OK]


def test_banks_without_visits_or_borrowers_stop_nobody() -> None:
    rows = wide(
        "F09.summary", BANKS + "ICBC 0 0 0.00 0\nCCB 10 5 500.00 5\nABC 10 5 6000.00 5\n合计 20 10 6500.00 10\n"
    )
    context = a_context({"F09.summary": rows}, {"F09.summary": rows.with_columns(period=pl.lit("2022-07"))})
    assert verdicts("F09.summary.W08.per_borrower", rows, context=context) == [OK, BROKEN]
    assert verdicts("F09.summary.W08.conversion", rows, context=context) == [OK]
