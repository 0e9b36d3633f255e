from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samples.derive import derive
from samples.draws import shown_growth, shown_percent, shown_wan, spread
from samples.entities import TYPES
from samples.filing import TOTAL, Sheet
from samples.identity import check_character, draw_firms, organisation_check
from samples.loans import BANK_TAX, BANKS
from samples.taxes import CREDIT_REFUND, PAID, REFUND, RETURNED, Voucher, _sent_back
from samples.truth import Truth, make_truth
from transforms.model import RowKind
from transforms.period import previous, year_ago

AUGUST = "2022-08"
seeds = st.integers(0, 10**6).map(make_truth)
few = settings(max_examples=4, deadline=None)


def sheet(truth: Truth, table: str, period: str = AUGUST) -> Sheet:
    return next(s for s in derive(truth, table[:3], period) if s.table.code == table)


# What the seed texts tell


@pytest.mark.parametrize(
    ("row", "now", "base", "growth"),
    [(TOTAL, 17514, 12272, "42.72"), ("私营企业", 6824, 5653, "20.71"), ("个体工商户", 10506, 6480, "62.13")],
)
def test_new_entities_of_august_are_those_of_seed_004(truth: Truth, row: str, now: int, base: int, growth: str) -> None:
    entities = sheet(truth, "F03.entities")
    assert entities.value(row, "new_ytd") == now
    assert entities.value(row, "new_ytd_ly") == base
    assert entities.value(row, "new_yoy") == Decimal(growth)


def test_the_other_three_types_are_184_after_139(truth: Truth) -> None:
    others = ("国有集体", "外资企业", "农民专业合作社")
    assert sum(truth.entities.new_ytd(code, "2022-08") for code in others) == 184
    assert sum(truth.entities.new_ytd(code, "2021-08") for code in others) == 139


def test_the_stock_of_december_is_that_of_the_texts(truth: Truth) -> None:
    december = {t.code: truth.entities.months[t.code, "2021-12"].closing for t in TYPES}
    assert sum(december.values()) > 90_000
    assert december["外资企业"] == 745
    assert 50_500 <= december["私营企业"] <= 51_500


def test_the_catalogue_of_items_adds_up_to_seed_004(truth: Truth) -> None:
    items = truth.services.catalogue(AUGUST)
    assert len(items) == 1329
    assert sum(i.legal_days for i in items) == 32888
    assert sum(i.promised_days for i in items) == 3564
    assert sum(i.instant for i in items) == 876
    assert sheet(truth, "F05.items").note.startswith("时限压缩比例89.2%,即办件比例65.9%")


# The truth agrees with itself, whatever the seed


@given(truth=seeds)
@few
def test_entities_roll_forward_and_chain(truth: Truth) -> None:
    months = truth.entities.months
    for (code, m), month in months.items():
        assert min(month.opening, month.new, month.closed, month.capital) > 0
        assert month.closed_simply <= month.closed
        if before := months.get((code, previous(m))):
            assert month.opening == before.closing


@given(truth=seeds)
@few
def test_every_refund_paid_is_a_voucher_of_the_same_amount_on_the_same_day(truth: Truth) -> None:
    paid = {r.voucher: (r.firm.key, r.paid, r.amount) for r in truth.taxes.refunds_paid(truth.periods)}
    vouchers = {
        v.number: (v.payee, v.paid, v.amount)
        for v in truth.taxes.vouchers
        if v.kind == CREDIT_REFUND and v.status == PAID and f"{v.paid:%Y-%m}" in truth.periods
    }
    assert paid == vouchers
    assert len(paid) > 900


@given(truth=seeds)
@few
def test_both_ledgers_tell_the_same_vouchers_every_month(truth: Truth) -> None:
    for m in truth.periods:
        tax = sheet(truth, "F01.refunds", m)
        told = {r.values["voucher_no"]: r.values["refund_amount"] for r in tax.rows if r.values["pay_date"]}
        treasury = {
            r.values["voucher_no"]: r.values["amount"]
            for r in sheet(truth, "F02.vouchers", m).rows
            if (r.values["refund_kind"], r.values["status"]) == (CREDIT_REFUND, PAID)
        }
        assert told == treasury
        assert len({r.values["voucher_no"] for r in tax.rows}) == len(tax.rows)


def test_some_refunds_stand_approved_and_unpaid_at_the_end_of_a_month(truth: Truth) -> None:
    unpaid = [r for r in sheet(truth, "F01.refunds").rows if r.values["pay_date"] is None]
    assert unpaid


@given(truth=seeds)
@few
def test_tax_and_treasury_tell_one_sum(truth: Truth) -> None:
    for m in truth.periods:
        tax = sheet(truth, "F01.summary", m).value(REFUND, "amount_ytd")
        assert tax == sheet(truth, "F02.summary", m).value("1010101/留抵退税", "amount_ytd")


@given(truth=seeds)
@few
def test_deferred_taxes_add_up_to_the_policy_and_chain(truth: Truth) -> None:
    deferrals = truth.taxes.deferrals
    for m in truth.periods:
        assert sum(d.new for (_, n), d in deferrals.items() if n == m) == truth.taxes.policies["HJ_ZZY", m].amount
    for (batch, m), d in deferrals.items():
        assert d.closing >= 0
        if before := deferrals.get((batch, previous(m))):
            assert d.opening == before.closing


@given(truth=seeds)
@few
def test_channels_make_up_the_cases_and_a_part_stays_below_its_whole(truth: Truth) -> None:
    for m in truth.periods:
        rows = {s.values["dept_code"]: s for s in sheet(truth, "F05.cases", m).rows}
        for row in rows.values():
            v = row.values
            assert v["accept_m"] == v["online_m"] + v["post_m"] + v["self_m"] + v["counter_m"]
            assert v["onewin_rate"] != v["online_rate"]
        part, whole = rows["  其中:企业开办专区"].values, rows["区市场监管局"].values
        assert all(
            part[c] <= whole[c] for c in ("open_n", "accept_m", "done_m", "counter_m", "instant_m", "accept_ytd")
        )


@given(truth=seeds)
@few
def test_the_centre_lends_no_more_bank_tax_loans_than_the_bank_does(truth: Truth) -> None:
    for bank in BANKS:
        for m in truth.periods:
            centre = sum(x.amount for x in truth.loans.drawn(bank, [m]) if x.product == BANK_TAX)
            assert centre <= truth.loans.balances[bank, m].lent


@given(truth=seeds)
@few
def test_a_first_loan_is_the_first_and_a_balance_never_above_the_loan(truth: Truth) -> None:
    seen: set[str] = set()
    for loan in truth.loans.loans:
        assert not (loan.kind == "首贷" and loan.firm.uscc in seen)
        seen.add(loan.firm.uscc)
        assert 0 <= loan.balance(AUGUST) <= loan.amount
        assert loan.credited <= loan.drawn < loan.matures


@given(truth=seeds)
@few
def test_what_a_form_opens_with_is_what_the_last_one_closed_with(truth: Truth) -> None:
    now, before = sheet(truth, "F10.balances"), sheet(truth, "F10.balances", previous(AUGUST))
    december = sheet(truth, "F10.balances", "2021-12")
    for row in now.rows:
        key = now.key_of(row)
        assert row.values["open_bal"] == before.value(key, "close_bal")
        assert row.values["year_open"] == december.value(key, "close_bal")


def test_last_years_figure_is_what_was_filed_last_year(truth: Truth) -> None:
    now, then = sheet(truth, "F01.summary"), sheet(truth, "F01.summary", year_ago(AUGUST))
    for row in now.rows:
        assert row.values["amount_ytd_ly"] == then.value(now.key_of(row), "amount_ytd")


def test_another_seed_is_another_district_with_the_same_told_figures() -> None:
    other = make_truth(7)
    assert other.entities.new_ytd("私营企业", AUGUST) == 6824
    assert other.entities.new != make_truth().entities.new


# Small things


def test_a_month_without_a_late_voucher_has_one_sent_back_all_the_same() -> None:
    early = [Voucher("", "某", "误收", date(2022, 3, day), 1, PAID) for day in (4, 9)]
    back = _sent_back(Random(1), early)
    assert (back.status, back.paid) in [(RETURNED, date(2022, 3, day)) for day in (7, 8)]


@given(total=st.integers(0, 10**9), weights=st.lists(st.integers(1, 1000), min_size=1, max_size=20))
def test_spreading_loses_nothing(total: int, weights: list[int]) -> None:
    assert sum(spread(total, weights)) == total


def test_display_rounds_half_up() -> None:
    assert shown_wan(5_000) == Decimal("0.01")
    assert shown_wan(4_999) == Decimal("0.00")
    assert shown_growth(17514, 12272) == Decimal("42.72")
    assert shown_percent(1, 8, 1) == Decimal("12.5")


def test_credit_codes_carry_their_check_characters() -> None:
    assert check_character("91350100M000100Y4") == "3"  # example of GB 32100-2015
    assert organisation_check("D2143569") == "X"  # example of GB 11714
    for firm in draw_firms(Random(1), 50, "小"):
        assert check_character(firm.uscc[:17]) == firm.uscc[17]
        assert len({firm.uscc, firm.key}) == 2


def test_totals_are_the_rounded_sum_of_the_truth_not_of_the_rows(truth: Truth) -> None:
    table = sheet(truth, "F01.summary")
    rows = [r.values["amount_m"] for r in table.rows if r.kind is RowKind.DATA]
    total = table.value(TOTAL, "amount_m")
    assert abs(total - sum(rows)) <= Decimal("0.005") * (len(rows) + 1)
