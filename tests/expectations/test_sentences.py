"""What a finding says: where, what was told, what was expected, by how much, what to do."""

from decimal import Decimal

import polars as pl
import pytest

from catalogue.load import load
from expectations.place import Place, by_how_much, show
from expectations.sentences import SENTENCES, describe
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
    assert "1,228 ÷ 1,238 = 99.192%，1,229 ÷ 1,238 = 99.273%" in wrong
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


# The kinds that came with the returns of services, court and assessment


def scores(lines: str, quarter: str = "2022Q2") -> pl.DataFrame:
    return wide("F25.assessment", "\nunit_code s_time score rank\n" + lines, period=quarter)


def test_a_rank_is_told_with_the_place_that_it_should_be() -> None:
    expected, wrong, todo = said("F25.assessment.H11.rank", scores("tax 18.00 90.00 2\ncourt 18.00 90.00 1\n"))
    assert (expected, todo) == ("1", "请按总分重排名次。")
    assert wrong == "按总分从高到低应为第 1 名（同分同名次）"


def test_a_quarterly_return_looks_back_at_the_quarter_before() -> None:
    expected, wrong, _ = said(
        "F25.assessment.W08.score", scores("tax 18.00 60.00 1\n"), scores("tax 18.00 90.00 1\n", "2022Q1")
    )
    assert (expected, wrong) == ("上季 90.00", "较上季 90.00 变动超过 15 分")


def test_a_list_that_is_too_short_tells_both_counts() -> None:
    expected, wrong, _ = said("F25.assessment.H16.units", scores("tax 18.00 90.00 1\n"))
    assert (expected, wrong) == ("46 行", "本表应有 46 行，实有 1 行")


def test_days_that_rise_tell_by_how_much() -> None:
    line = "\ncase_class avg_days\n民商事 {}\n"
    rows, july = wide("F19.cases", line.format("61.0")), wide("F19.cases", line.format("50.0"), "2022-07")
    assert said("F19.cases.W08.days", rows, july)[:2] == ("上月 50.0", "较上月 50.0 上升超过 20%")


def test_a_backlog_is_told_beside_the_mean_of_the_year() -> None:
    line = "\ncase_class open_n\n民商事 {}\n"
    past = pl.concat([wide("F19.cases", line.format("100"), f"2022-0{m}") for m in range(1, 8)])
    expected, wrong, _ = said("F19.cases.W08.backlog", wide("F19.cases", line.format("151")), past)
    assert (expected, wrong) == ("平均 100", "超过近12期平均数 100 的 1.5 倍")


def test_a_point_without_a_case_is_told_since_when() -> None:
    line = "\npoint_code agency_m\nYZ01 0\n"
    past = pl.concat([wide("F07.points", line, month) for month in ("2022-06", "2022-07")])
    assert said("F07.points.W02.idle_point", wide("F07.points", line), past)[1] == "已连续 3 期为 0"


def test_a_word_that_explains_nothing_is_named() -> None:
    rows = wide("F06.bad", "\nrating_no reason\n" + "".join(f"{n} 其他\n" for n in range(10)))
    expected, wrong, todo = said("F06.bad.W08.other_reason", rows)
    assert (expected, wrong) == ("不高于 30%", "“其他”占全部各行的比例超过 30%")
    assert "不要填“其他”" in todo


def test_a_price_that_is_told_is_named() -> None:
    line = "\ndept_code direction parcels_m unit_price paid_amount\ntax 寄出结果 120 11.50 1390.00\n"
    assert (
        "本月件数 120 × 单价 11.50 = 1,380.00，多 10.00 元"
        in said("F07.parcels.H11.paid", wide("F07.parcels", line))[1]
    )


def test_a_rate_of_three_marks_names_them_all() -> None:
    line = "\ndept_code channel rated_m g5 g4 g3 good_rate\ntax 电话 8 4 2 1 97.50\n"
    wrong = said("F06.ratings.H11.good", wide("F06.ratings", line))[1]
    assert wrong.startswith("（非常满意 4 + 满意 2 + 基本满意 1） ÷ 收到评价 8 = 87.50%，多 10.00 个百分点")


def test_one_rating_a_case_names_case_and_day() -> None:
    from expectations.suites import suite

    edit = rule_of("F06.bad.H06.one_rating")
    (rule,) = suite((edit,), load())
    assert rule.configuration.kwargs["column_list"] == ["submission", "case_no", "rated_on"]
    row = {"kind": "data", "row": 4, "case_no": "BJ1", "rated_on": "2022-08-02", "rating_no": "1"}
    assert describe(Place(edit, load().table("F06.bad"), row | {"period": "2022-08"}, {}, load()))[1] == (
        "办件编号 BJ1、评价日期 2022-08-02 重复出现"
    )


def test_a_cell_that_must_be_filled_says_why() -> None:
    rows = wide("F22.measures", "\nledger_id lead_dept state evidence\nML-01 market_reg 已完成 ·\n")
    expected, wrong, _ = said("F22.measures.H04.evidence", rows)
    assert (expected, wrong) == ("必填", "状态为“已完成”时必须填写佐证材料")


def test_rows_that_were_not_carried_on_are_named() -> None:
    line = "\nissue_no received_on done_on\n{} 2022-07-01 ·\n"
    rows, july = wide("F21.issues", line.format("WT-2")), wide("F21.issues", line.format("WT-1"), "2022-07")
    _, wrong, todo = said("F21.issues.H09.carried", rows, july)
    assert wrong == "上月办结日期未填的记录有 1 条未结转：WT-1"
    assert todo == "请补列；已终止的请保留该行并注明。"


def test_an_overdue_issue_says_since_when() -> None:
    rows = wide("F21.issues", "\nissue_no due_date done_on\nWT-1 2022-08-21 ·\n")
    expected, wrong, _ = said("F21.issues.W08.overdue", rows)
    assert (expected, wrong) == ("不超过 0 天", "办结时限 2022-08-21 至统计期末 2022-08-31 已 10 天，应不超过 0 天")


def test_a_changed_cell_is_told_with_both_values() -> None:
    line = "\nproject_no contract_amount\nXM-1 {}\n"
    rows, july = wide("F20.projects", line.format("2.5000")), wide("F20.projects", line.format("2.0000"), "2022-07")
    _, wrong, _ = said("F20.projects.W07.contract", rows, july)
    assert wrong == "“XM-1”与上月不同：合同金额由 2.0000 改为 2.5000"


def test_a_cost_that_must_be_nothing_says_so() -> None:
    rows = wide("F12.applications", "\napply_no user_cost_outside\na 120.00\n")
    expected, wrong, _ = said("F12.applications.H15.free", rows)
    assert expected == "等于 0元"
    assert "超出合理范围（等于 0元）" in wrong
