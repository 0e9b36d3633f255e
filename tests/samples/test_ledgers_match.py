"""The ledgers of the clean district match in all of its months, and planted faults are all that does not."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from catalogue.load import load
from samples.derive import DERIVED
from samples.drops import make_filings
from samples.filing import Filing
from tests.samples.frames import wide_frames
from transforms.model import Cause, Reconciliation, State
from transforms.reconcile.ledgers import match_ledgers

RULES = [rule for rule in load().reconciliations if rule.kind == "match_ledgers"]
AUGUST = "2022-08"


def rule_of(code: str) -> Reconciliation:
    return next(rule for rule in RULES if rule.code == code)


def found(filings: list[Filing], code: str) -> pl.DataFrame:
    tables, letters = wide_frames(filings)
    return match_ledgers(rule_of(code), tables, letters, load())


def test_all_ledgers_of_the_reporting_system_that_the_returns_can_carry_are_matched() -> None:
    assert [rule.code for rule in RULES] == ["R01", "R19", "R27"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 4711])
def test_another_clean_district_matches_as_well(seed: int) -> None:
    filings = make_filings("jb", seed=seed, forms=DERIVED)
    for rule in RULES:
        assert set(found(filings, rule.code)["state"]) == {State.EQUAL.value}


@pytest.mark.parametrize(("code", "months"), [("R01", 20), ("R19", 20), ("R27", 19)])
def test_the_clean_district_matches_in_every_month(clean: list[Filing], code: str, months: int) -> None:
    judged = found(clean, code)
    assert judged.select("key", "state").unique().rows() == [("合计", State.EQUAL.value)]
    assert judged["period"].n_unique() == judged.height == months
    assert judged["explanation"].str.contains("^逐笔一致[1-9][0-9]*笔$").all()


def test_a_loan_that_left_the_centres_ledger_is_missed_there(clean: list[Filing]) -> None:
    tables, letters = wide_frames([f for f in clean if f.form in ("F09", "F11")])
    lost = tables["F11.loans"].filter(pl.col("period") == AUGUST)["loan_no"][0]
    gone = (pl.col("loan_no") == lost) & (pl.col("period") == AUGUST)
    judged = match_ledgers(rule_of("R19"), {**tables, "F09.loans": tables["F09.loans"].filter(~gone)}, letters, load())
    listed = judged.filter(pl.col("key") != "合计")
    assert listed.select("period", "key", "cause").rows() == [(AUGUST, lost, Cause.MISSING.value)]


def test_a_refund_that_the_treasury_paid_a_day_after_the_month_is_timing_in_both(clean: list[Filing]) -> None:
    tables, letters = wide_frames([f for f in clean if f.form in ("F01", "F02")])
    vouchers = tables["F02.vouchers"]
    july = vouchers.filter(
        pl.col("refund_kind") == "留抵退税", pl.col("period") == "2022-07", pl.col("status") == "已退"
    )
    late = july.filter(pl.col("pay_date") >= date(2022, 7, 1))["voucher_no"][-1]
    mine = pl.col("voucher_no") == late
    moved = vouchers.filter(~(mine & (pl.col("period") == "2022-07"))).with_columns(
        pay_date=pl.when(mine).then(pl.lit(date(2022, 8, 1))).otherwise("pay_date")
    )
    listed = match_ledgers(rule_of("R01"), {**tables, "F02.vouchers": moved}, letters, load())
    listed = listed.filter(pl.col("key") != "合计")
    assert listed.select("period", "key", "cause").rows() == [
        ("2022-07", late, Cause.TIMING.value),
        ("2022-08", late, Cause.TIMING.value),
    ]
    assert listed["difference"].sum() == Decimal(0)
