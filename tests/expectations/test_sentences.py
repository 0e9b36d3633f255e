"""What a finding says: where, what was told, what was expected, by how much, what to do."""

from decimal import Decimal

import polars as pl
import pytest

from catalogue.load import load
from expectations.sentences import SENTENCES, Place, by_how_much, describe, show
from tests.transforms.wide import a_context, judged, rule_of, wide
from transforms.edits import BOUNDED_KINDS, NATIVE_KINDS
from transforms.model import Verdict

D = Decimal


def said(
    rule: str, rows: pl.DataFrame, known: pl.DataFrame | None = None, **others: pl.DataFrame
) -> tuple[str, str, str]:
    """The sentence of the first row that breaks a rule."""
    edit, catalogue = rule_of(rule), load()
    tables = {edit.table: rows} | {code.replace("_", ".", 1): frame for code, frame in others.items()}
    found = judged(edit, rows, context=a_context(tables, {} if known is None else {edit.table: known}))
    row = found.filter(pl.col("verdict") == Verdict.VIOLATED.value).row(0, named=True)
    table = catalogue.table(edit.table)
    letters = {c.code: chr(ord("A") + i) for i, c in enumerate(table.columns)}
    return describe(Place(edit, table, row, letters, catalogue))


def test_every_kind_of_rule_has_its_sentence() -> None:
    assert set(SENTENCES) == {*BOUNDED_KINDS, *NATIVE_KINDS}


def test_a_balance_that_does_not_roll_forward() -> None:
    rows = wide(
        "F10.balances",
        "\nbank_code open_bal lent_m repaid_m writeoff_m close_bal\nCCB 39120.50 2010.00 551.50 0.00 40589.00\n",
    )
    expected, wrong, todo = said("F10.balances.H10.balances", rows)
    assert expected == "40,579.00"
    assert "39,120.50 + 本月发放 2,010.00 − 本月收回 551.50 − 本月核销转出 0.00 = 40,579.00" in wrong
    assert "多 10.00 万元" in wrong
    assert todo == "请核对 C5、D5、E5、F5、G5。"


def test_a_rate_is_told_in_points() -> None:
    rows = wide("F05.cases", "\ndept_code accept_m onewin_m onewin_rate\nA 213 190 89.50\n")
    expected, wrong, _ = said("F05.cases.H11.onewin", rows)
    assert expected == "89.20%"
    assert "190 ÷" in wrong
    assert "多 0.30 个百分点" in wrong


def test_the_nearest_reachable_rate_is_named() -> None:
    rows = wide("F05.cases", "\ndept_code accept_m onewin_rate\nA 1238 99.21\n")
    _, wrong, todo = said("F05.cases.H11.onewin_reachable", rows)
    assert "99.19%" in wrong
    assert "分子和分母" in todo


def test_rows_told_together_say_so_and_by_how_much_together() -> None:
    rows = wide("F02.summary", "\nbudget_item refund_kind amount_m\n增值税 留抵退税 3.00\n附加 留抵退税 2.00\n")
    vouchers = wide(
        "F02.vouchers", "\nvoucher_no refund_kind pay_date amount status\nV1 留抵退税 2022-08-03 40000.00 已退\n"
    )
    expected, wrong, _ = said("F02.summary.H16.amount", rows, F02_vouchers=vouchers)
    assert expected == "4.00"
    assert "同类各行之和 5.00" in wrong
    assert "多 1.00 万元" in wrong


def test_a_carried_figure_names_where_it_comes_from() -> None:
    line = "\nbank_code open_bal close_bal\nCCB {} 9.00\n"
    rows, july = wide("F10.balances", line.format("8.00")), wide("F10.balances", line.format("1.00"), "2022-07")
    _, wrong, _ = said("F10.balances.H09.opening", rows, july)
    assert wrong.startswith("应等于上月已报期末余额 9.00，少 1.00 万元")


@pytest.mark.parametrize(
    ("value", "told"),
    [("12345678.905", "1,234.57"), ("-0.4", "-0.00"), ("49.999", "0.00"), ("1e16", "1,000,000,000,000.00")],
)
def test_figures_are_shown_in_their_unit_half_up(value: str, told: str) -> None:
    assert show(D(value), load().column("F10.balances.close_bal"), load()) == told


def test_a_small_difference_does_not_show_as_nothing() -> None:
    edit = rule_of("F10.balances.H10.balances")
    row = {"close_bal": D("100.01"), f"{edit.id}|expected": D("100")}
    place = Place(edit, load().table("F10.balances"), row, {}, load())
    assert by_how_much(place) == "，多 0.000001 万元"


def test_every_rule_has_its_sentence() -> None:
    from catalogue.load import load
    from expectations.sentences import HEAD_SENTENCES, SENTENCES
    from transforms.edits.heads import HEAD_RULES

    assert {e.kind for r in load().returns for e in r.edits} <= set(SENTENCES)
    assert set(HEAD_RULES) == set(HEAD_SENTENCES)
