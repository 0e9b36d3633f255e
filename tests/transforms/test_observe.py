"""Wide to long: one row a figure, with its cell; statistics over ledgers."""

from decimal import Decimal

import polars as pl

from catalogue.load import load
from tests.transforms.wide import MONTH, layout_of, wide
from transforms.observe import OBSERVATIONS, observe

D = Decimal


def observed(series: str, *, empty: tuple[tuple[str, str], ...] = (), **tables: pl.DataFrame) -> pl.DataFrame:
    named = {code.replace("_", ".", 1): rows for code, rows in tables.items()}
    return observe(named, layout_of(named, empty), load()).filter(pl.col("series") == series)


def test_a_figure_carries_its_cell_its_basis_and_its_rounding() -> None:
    rows = wide("F10.balances", "\nbank_code close_bal\nCCB 9.00\n合计 12.23亿元\n")
    found = observed("F10.balances.close_bal", F10_balances=rows)
    assert found.schema == OBSERVATIONS
    assert found.select("item", "value", "half", "basis", "unit", "text", "cell").rows() == [
        ("CCB", D(90_000), D(50), "balance", "元", "9.00", "G5"),
        ("合计", D("1223000000"), D(500_000), "balance", "元", "12.23亿元", "G6"),
    ]


def test_five_kinds_of_empty_stay_apart_and_none_is_zero() -> None:
    lines = "\nbank_code close_bal\nA -\nB —\nC /\nD 无\nE ·\nF 0.00\nG 约九百\n"
    found = observed("F10.balances.close_bal", F10_balances=wide("F10.balances", lines))
    assert found["missing"].to_list() == ["-", "—", "/", "无", "未报", None, "未报"]
    assert found["value"].to_list() == [None] * 5 + [D(0), None]


def test_parts_and_subtotals_are_no_items_of_their_own() -> None:
    rows = wide("F01.summary", "\npolicy_code amount_m\nA 10.00\n其中:小微 9.00\n合计 10.00\n")
    assert observed("F01.summary.amount_m", F01_summary=rows)["item"].to_list() == ["A", "合计"]


def test_a_column_laid_out_twice_does_not_double_its_figures() -> None:
    tables = {"F10.balances": wide("F10.balances", "\nbank_code close_bal\nCCB 9.00\n")}
    layout = layout_of(tables)
    found = observe(tables, pl.concat([layout, layout]), load())
    assert found.filter(pl.col("series") == "F10.balances.close_bal").height == 1


LEDGER = "\nvoucher_no taxpayer_key pay_date refund_amount\n"


def test_a_statistic_counts_its_month_alone() -> None:
    rows = wide(
        "F01.refunds", LEDGER + "V1 甲 2022-08-01 1.50\nV2 乙 2022-07-31 9.00\nV3 丙 · 9.00\nV4 丁 2022-08-31 2.00\n"
    )
    row = observed("F01.refunds.paid_m", F01_refunds=rows).row(0, named=True)
    assert (row["value"], row["half"], row["item"], row["period"]) == (D("3.5"), D("0.01"), "", MONTH)


def test_a_statistic_over_a_row_that_is_not_told_is_not_told() -> None:
    rows = wide("F01.refunds", LEDGER + "V1 甲 2022-08-01 1.50\nV2 乙 2022-08-02 —\n")
    row = observed("F01.refunds.paid_m", F01_refunds=rows).row(0, named=True)
    assert (row["value"], row["missing"]) == (None, "未报")


def test_a_ledger_without_a_row_of_the_month_told_zero() -> None:
    rows = wide("F01.refunds", LEDGER + "V2 乙 2022-07-31 9.00\n")
    assert observed("F01.refunds.paid_m", F01_refunds=rows)["value"].to_list() == [D(0)]


def test_a_ledger_filed_without_a_row_told_zero_and_one_not_filed_nothing() -> None:
    summary = wide("F01.summary", "\npolicy_code amount_m\nZZS_LDTS 0.00\n")
    ledger = wide("F01.refunds", LEDGER + "V1 甲 2022-08-01 1.50\n").clear()
    empty = ((summary["submission"][0], "F01.refunds"),)
    assert observed("F01.refunds.paid_m", F01_summary=summary, F01_refunds=ledger, empty=empty)["value"].to_list() == [
        D(0)
    ]
    assert observed("F01.refunds.paid_m", F01_summary=summary, F01_refunds=ledger).is_empty()


def test_districts_stay_apart() -> None:
    rows = pl.concat([wide("F01.refunds", LEDGER + "V1 甲 2022-08-01 1.00\n", district=d) for d in ("jb", "cd")])
    assert observed("F01.refunds.paid_m", F01_refunds=rows).select("district", "value").rows() == [
        ("cd", D(1)),
        ("jb", D(1)),
    ]
