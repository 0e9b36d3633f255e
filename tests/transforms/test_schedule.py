from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from catalogue.load import load
from catalogue.sheets import load_touches
from tests.transforms.makers import (
    BANKS,
    PERIOD,
    a_difference,
    a_finding,
    a_made_up_district,
    a_submission,
    an_observation,
    some_deadlines,
    some_facts,
)
from transforms import schedule
from transforms.facts import Facts

WAN = 10000


def row_of(frame: pl.DataFrame, **wanted: str) -> dict[str, Any]:
    found = frame.filter(*(pl.col(key) == value for key, value in wanted.items())).to_dicts()
    assert len(found) == 1
    return found[0]


def entities(**told: object) -> Facts:
    names = {
        "now": ("F03.entities.new_m", PERIOD),
        "before": ("F03.entities.new_m", "2022-07"),
        "ytd": ("F03.entities.new_ytd", PERIOD),
        "ly": ("F03.entities.new_ytd_ly", PERIOD),
        "ytd_ly": ("F03.entities.new_ytd", "2021-08"),
    }
    return some_facts([an_observation(names[n][0], "合计", names[n][1], v) for n, v in told.items()])


def test_the_seeds_growth_of_new_entities_comes_out():
    row = row_of(schedule.indicators(a_made_up_district()), code="I0301")
    assert (row["ytd"], row["last_year"], round(row["yoy"] * 100, 2)) == (17514, 12272, Decimal("42.72"))


def test_growth_on_last_month_is_exact_to_eight_places():
    row = row_of(schedule.indicators(entities(now=2, before=3)), code="I0301")
    assert row["mom"] == Decimal("-0.33333333")


def test_last_years_figure_is_taken_as_told_now_before_what_was_filed_then():
    assert row_of(schedule.indicators(entities(ytd=10, ly=8, ytd_ly=7)), code="I0301")["last_year"] == 8
    assert row_of(schedule.indicators(entities(ytd=10, ytd_ly=7)), code="I0301")["last_year"] == 7


def test_a_missing_figure_is_unreported_and_what_needs_it_too():
    row = row_of(schedule.indicators(entities(now=2)), code="I0301")
    assert (row["previous"], row["previous|why"], row["mom"], row["mom|why"]) == (None, "未报", None, "未报")


def test_a_base_of_zero_has_no_growth_and_says_so():
    row = row_of(schedule.indicators(entities(ytd=5, ly=0)), code="I0301")
    assert (row["yoy"], row["yoy|why"], row["remark"]) == (None, "—", "上年同期为零")


def test_a_rate_moves_in_percentage_points():
    told = [("F05.cases.online_m", PERIOD, 70), ("F05.cases.accept_m", PERIOD, 100)]
    told += [("F05.cases.online_m", "2022-07", 60), ("F05.cases.accept_m", "2022-07", 100)]
    facts = some_facts([an_observation(series, "合计", month, value) for series, month, value in told])
    row = row_of(schedule.indicators(facts), code="I0502")
    assert (row["month"], row["mom"], row["mom|by"]) == (Decimal("0.7"), 10, "points")


def test_a_year_to_date_that_is_not_told_is_put_together_only_from_all_its_months():
    months = [f"2022-{n:02d}" for n in range(1, 9)]
    rows = [an_observation("F03.entities.closed_m", "合计", m, 10) for m in months]
    assert row_of(schedule.indicators(some_facts(rows)), code="I0306")["ytd"] == 80
    row = row_of(schedule.indicators(some_facts(rows[1:])), code="I0306")
    assert (row["ytd"], row["ytd|why"]) == (None, "未报")


def test_the_highest_version_of_a_figure_stands():
    rows = [an_observation("F03.entities.new_m", "合计", PERIOD, v, version=v) for v in (2, 1)]
    assert row_of(schedule.indicators(some_facts(rows)), code="I0301")["month"] == 2


def test_every_number_knows_the_observations_it_stands_on():
    row = row_of(schedule.indicators(entities(ytd=10, ly=8)), code="I0301")
    assert row["yoy|src"] == [f"F03.entities.new_ytd|合计|{PERIOD}", f"F03.entities.new_ytd_ly|合计|{PERIOD}"]


def test_an_open_difference_casts_doubt_on_the_figure_and_a_settled_one_does_not():
    rows = [an_observation("F01.summary.amount_ytd", "ZZS_LDTS", PERIOD, 5 * WAN)]
    for state, doubt in (("有差异", "(待核)R02-2022-08-001"), ("一致", "")):
        facts = some_facts(rows, differences=[a_difference("R02", state=state)], touches=load_touches(load()))
        assert row_of(schedule.indicators(facts), code="I0101")["remark"] == doubt


def test_a_difference_of_one_bank_throws_doubt_on_that_bank_and_on_the_total_alone():
    rows = [an_observation("F10.balances.open_bal", bank, PERIOD, WAN) for bank in (*BANKS, "合计")]
    rows += [an_observation("F10.balances.close_bal", bank, PERIOD, WAN) for bank in (*BANKS, "合计")]
    told = a_difference("R17", key="CQB", left="F10.balances.open_bal", right="F10.balances.close_bal")
    facts = some_facts(rows, differences=[told], touches=load_touches(load()))
    doubted = schedule.banks(facts).filter(pl.col("remark") != "")["bank"].to_list()
    assert sorted(doubted) == ["合计", "重庆银行"]


def test_the_overview_has_the_18_indicators_and_their_sum():
    frame = schedule.overview(a_made_up_district())
    assert frame.height == 19
    rows, total = frame.head(18), frame.row(18, named=True)
    for column in ("tasks", "blue", "green", "yellow", "red", "grey"):
        assert total[column] == rows[column].sum()
    assert rows["tasks"].to_list() == [sum(r[c] for c in schedule.LIGHTS) for r in rows.to_dicts()]


def test_an_indicator_without_a_return_is_grey_and_unreported():
    row = row_of(schedule.overview(some_facts()), name="跨境贸易")
    assert (row["light"], row["grey"], row["month|why"]) == ("灰", 1, "未报")


def test_overdue_returns_stand_first():
    late = a_submission("F10", PERIOD, arrived_at=datetime(2022, 9, 20, 9))
    facts = some_facts(submissions=[a_submission("F01", PERIOD), late])
    frame = schedule.reports(facts)
    assert frame.filter(pl.col("form") == "F10")["days_late"].item() == 10
    days = frame["days_late"].to_list()
    assert days == sorted(days, reverse=True)


def test_a_return_that_never_came_is_late_up_to_the_moment_of_the_workbook():
    row = row_of(schedule.reports(some_facts()), form="F03")
    assert (row["first"], row["state"], row["days_late"]) == (None, "未报(逾期)", 9)


def test_a_deadline_in_a_year_without_a_decree_is_provisional_in_every_list_of_returns():
    guessed = [{**d, "provisional": d["form"] == "F10"} for d in some_deadlines()]
    facts = some_facts(deadlines=guessed)
    for table in (schedule.reports(facts), schedule.unreported(facts)):
        assert table.filter(pl.col("provisional"))["form"].to_list() == ["F10"]


def test_a_return_sent_back_and_filed_again_shows_both_its_reasons_and_its_acceptance():
    returned = a_submission("F02", PERIOD, submission="a", status="returned", hard=3, reasons="H10 不平")
    accepted = a_submission("F02", PERIOD, submission="b", version=2, soft=2, explained=1)
    row = row_of(schedule.reports(some_facts(submissions=[accepted, returned])), form="F02")
    told = (row["versions"], row["reasons"], row["hard"], row["soft"], row["explained"], row["state"])
    assert told == (2, "H10 不平", 3, 2, 1, "已通过")


def test_differences_stand_in_the_order_of_their_gravity():
    rows = [
        a_difference("R03", id="c", state="一致", difference=Decimal(0)),
        a_difference("R01", id="b", state="时间差", difference=Decimal(7)),
        a_difference("R02", id="a1", difference=Decimal(-9)),
        a_difference("R17", id="a2", difference=Decimal(3)),
        a_difference("R16", id="d", state="无法核对"),
    ]
    frame = schedule.differences(some_facts(differences=rows))
    assert [i for i in frame["id"].to_list() if not i.startswith("R")] == ["a1", "a2", "d", "b", "c"]


def test_the_items_of_a_rule_follow_its_total():
    total = a_difference("R01", id="t", difference=Decimal(1716058))
    items = [a_difference("R01", id=i, difference=Decimal(d)) for i, d in (("i1", 1689058), ("i2", 27000))]
    small = a_difference("R16", id="s", difference=Decimal(-1000000))
    large = a_difference("R17", id="l", difference=Decimal(-2000000))
    frame = schedule.differences(some_facts(differences=[items[1], small, items[0], total, large]))
    assert frame["id"].to_list()[:5] == ["l", "t", "i1", "i2", "s"]


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        ("1716000", "1716200", "元", "[171.60, 171.62]"),
        ("-250", "50", "元", "[-0.025, 0.005]"),
        ("1716008.43", "1716108.43", "元", "[171.600843, 171.610843]"),
        ("1689058.43", "1689058.43", "元", "无舍入"),
        ("-1", "1", "户", "[-1, 1]"),
        (None, None, "元", ""),
    ],
)
def test_an_interval_shows_its_digits_and_one_without_width_says_so(low, high, unit, words):
    ends = {"low": low and Decimal(low), "high": high and Decimal(high)}
    frame = schedule.differences(some_facts(differences=[a_difference("R02", unit=unit, **ends)]))
    assert frame["interval"][0] == words


@pytest.mark.parametrize(("value", "decimals"), [("1689000", 2), ("1689058", 4), ("1689058.43", 6)])
def test_both_sides_are_shown_with_all_the_digits_they_were_told_in(value, decimals):
    told = a_difference("R01", left_value=Decimal(value), right_value=Decimal(0), difference=Decimal(value))
    assert schedule.differences(some_facts(differences=[told]))["decimals"][0] == decimals


def test_a_record_that_the_other_side_does_not_have_is_not_an_unreported_return():
    known = {"left_value": Decimal(5), "left_cell": "L414"}
    record = a_difference("R01", id="r", key="2022081500123", **known)
    bank = a_difference("R01", id="b", key="ICBC", **known)
    frame = schedule.differences(some_facts(differences=[record, bank]))
    assert row_of(frame, id="r")["right_value|why"] == "无此记录"
    assert row_of(frame, id="b")["right_value|why"] == "未报"


def test_agreements_in_several_units_are_told_without_one():
    rows = [a_difference("R03", id=u, key=u, unit=u, state="一致", difference=Decimal(0)) for u in ("元", "户次")]
    assert row_of(schedule.differences(some_facts(differences=rows)), id=f"R03-{PERIOD}")["unit"] == ""


def test_pairs_that_agree_are_gathered_into_one_row():
    rows = [a_difference("R16", id=str(n), key=b, state="一致") for n, b in enumerate(BANKS)]
    row = row_of(schedule.differences(some_facts(differences=rows)), id=f"R16-{PERIOD}")
    assert row["cause"] == "8组数据全部一致"


def test_an_open_difference_of_an_earlier_month_stays_and_a_closed_one_goes():
    old = a_difference("R17", id="R17-2022-05-001", period="2022-05", age=3)
    done = a_difference("R17", id="R17-2022-04-001", period="2022-04", state="一致")
    ids = schedule.differences(some_facts(differences=[old, done]))["id"].to_list()
    assert "R17-2022-05-001" in ids
    assert "R17-2022-04-001" not in ids


def of_every_return(month: str):
    facts = some_facts()
    district = replace(facts.district, returns=tuple(form.code for form in load().returns))
    return replace(facts, district=district, period=month)


def test_a_rule_of_quarters_is_not_missed_in_a_month_that_ends_none():
    rules = {month: schedule.differences(of_every_return(month))["id"].str.head(3) for month in ("2022-08", "2022-09")}
    assert "R32" in set(rules["2022-09"])
    assert not {"R30", "R32"} & set(rules["2022-08"])


def test_what_no_return_carries_says_so_and_asks_nobody():
    row = row_of(schedule.differences(of_every_return("2022-08")), id="R24-2022-08")
    assert (row["state"], row["left_value|why"], row["outcome"]) == ("无法核对", "—", "")
    assert "过户清单" in row["cause"]


def test_a_reconciliation_without_data_is_told_as_impossible():
    states = schedule.differences(some_facts())["state"].to_list()
    filed = set(some_facts().district.returns)
    held_to = {rule.code for rule in load().reconciliations if rule.forms <= filed}
    assert states == ["无法核对"] * len(held_to)
    assert len(held_to) > 5


def test_a_finding_in_a_ledger_is_counted_without_its_wording():
    found = [a_finding("H13", "F09.loans", "91500105MA5YXXXXXX(某某公司)") for _ in range(3)]
    row = row_of(schedule.failed_checks(some_facts(findings=found)), rule="H13")
    assert (row["count"], row["message"]) == (3, "台账明细见回执")


def test_what_one_or_two_firms_stand_behind_is_hidden_with_one_row_more():
    frame = schedule.centre_loans(a_made_up_district())
    hidden = frame.filter(pl.col("amount_m|why") == "＊")
    assert "重庆银行" in hidden["bank"].to_list()
    assert hidden.height == 2, "a single hidden row could be found from the total"
    assert frame.row(0, named=True)["kind"] == "told_total"


def test_nothing_is_hidden_where_three_firms_stand_behind_every_cell():
    rows = [an_observation("F09.summary.borrowers_m", b, PERIOD, 3) for b in BANKS[:3]]
    rows += [an_observation("F09.summary.amount_ytd", b, PERIOD, 300) for b in BANKS[:3]]
    frame = schedule.centre_loans(some_facts(rows))
    assert frame["borrowers_m"].to_list() == [9, 3, 3, 3]
    assert frame["kind"].to_list() == ["total", "data", "data", "data"]


def test_a_sum_with_a_missing_part_is_missing():
    rows = [an_observation("F10.balances.close_bal", b, PERIOD, v) for b, v in (("ICBC", 5), ("ABC", None))]
    total = schedule.banks(some_facts(rows)).row(0, named=True)
    assert (total["close"], total["close|why"]) == (None, "未报")


def test_banks_stand_by_their_balance_under_the_total():
    balances = schedule.banks(a_made_up_district())["close"].to_list()
    assert balances[0] == sum(balances[1:])
    assert balances[1:] == sorted(balances[1:], reverse=True)


def test_the_steps_of_the_waterfall_end_at_the_closing_balance():
    rows = {row["step"]: row for row in schedule.waterfall(a_made_up_district()).to_dicts()}
    paid = rows["核销转出"]
    assert paid["base"] == rows["期末余额"]["level"]
    assert rows["本月发放"]["base"] == rows["期初余额"]["level"]


def test_tax_and_treasury_are_laid_side_by_side_with_the_verdict_of_the_reconciliation():
    row = row_of(schedule.treasury_check(a_made_up_district()), name="本年累计")
    assert (row["difference"], row["state"]) == (50 * WAN, "有差异")


def test_a_revised_figure_is_shown_in_the_unit_of_its_return():
    changes = pl.DataFrame(
        [
            {
                "series": "F10.balances.close_bal",
                "item": "ICBC",
                "period": PERIOD,
                "unit": "元",
                "old": None,
                "new": Decimal(5 * WAN),
                "reason": "补报 F10 V1",
            }
        ],
        schema_overrides={"old": pl.Decimal(38, 8), "new": pl.Decimal(38, 8)},
    )
    row = schedule.revised(some_facts(), changes).row(0, named=True)
    assert (row["name"], row["unit"], row["old|why"]) == ("F10 表1 余额滚动 期末余额(工商银行)", "万元", "未报")


def test_a_district_is_not_asked_for_months_before_its_first():
    facts = some_facts(period="2020-12")
    assert schedule.reports(facts).is_empty()
    row = row_of(schedule.indicators(facts), code="I0301")
    assert row["month|why"] == "—"


@pytest.mark.parametrize("due", [date(2022, 9, 20)])
def test_only_open_differences_have_a_day_to_be_settled_by(due):
    rows = [a_difference("R02", due=due), a_difference("R01", state="时间差", due=due)]
    told = {r["state"]: r["due"] for r in schedule.differences(some_facts(differences=rows)).to_dicts()}
    assert (told["有差异"], told["时间差"]) == (due, None)


def test_a_record_of_a_ledger_is_named_by_its_cell_and_not_by_its_number():
    told = a_difference("R01", key="TS220801044", left="F01 退税金额 TS220801044", left_cell="表2!L439")
    told |= {"right": "F02 金额 TS220801044", "right_cell": None}
    row = row_of(schedule.differences(some_facts(differences=[told])), id=f"R01-{PERIOD}-001")
    assert (row["left"], row["right"]) == ("F01 退税金额 表2!L439", "F02 金额 无此记录")


def test_a_bank_is_named_by_its_name():
    told = a_difference("R17", key="CQTGB/年初余额", left="F10 CQTGB 年初余额", right="F10 期末余额 − 较年初增加")
    row = row_of(schedule.differences(some_facts(differences=[told])), id=f"R17-{PERIOD}-001")
    assert (row["left"], row["right"]) == ("F10 三峡银行 年初余额", "F10 期末余额 − 较年初增加")
