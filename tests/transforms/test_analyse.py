from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from catalogue.load import load
from tests.transforms.makers import (
    RETURNS,
    a_difference,
    a_made_up_district,
    a_submission,
    an_observation,
    some_facts,
)
from transforms import analyse
from transforms.facts import Facts, Figure
from transforms.model import Indicator

Q2 = ["2022-04", "2022-05", "2022-06"]


def indicator(code: str) -> Indicator:
    return next(i for i in load().indicators if i.code == code)


def facts_with(series: str, item: str, values: dict[str, object], more: list[dict[str, Any]] | None = None) -> Facts:
    return some_facts([an_observation(series, item, m, v) for m, v in values.items()] + (more or []))


def figure(facts: Facts, code: str, quarter: str = "2022Q2") -> Figure:
    return analyse.of_quarter(facts, indicator(code), quarter)


def test_a_flow_of_the_quarter_is_the_sum_of_its_months():
    facts = facts_with("F03.entities.new_m", "合计", dict(zip(Q2, (1, 2, 4), strict=True)))
    assert figure(facts, "I0301").value == 7


def test_a_flow_with_a_missing_month_is_missing_not_smaller():
    told = figure(facts_with("F03.entities.new_m", "合计", {"2022-04": 1, "2022-06": 4}), "I0301")
    assert (told.value, told.why) == (None, "未报")


def test_a_stock_of_the_quarter_is_that_of_its_last_month():
    facts = facts_with("F10.balances.close_bal", "合计", dict(zip(Q2, (1, 2, 4), strict=True)))
    assert figure(facts, "I1001").value == 4


def test_a_rate_of_the_quarter_is_never_the_mean_of_rates():
    accepted = [an_observation("F05.cases.accept_m", "合计", m, v) for m, v in zip(Q2, (100, 100, 800), strict=True)]
    facts = facts_with("F05.cases.online_m", "合计", dict(zip(Q2, (100, 100, 80), strict=True)), accepted)
    assert figure(facts, "I0502").value == Decimal("0.28")


def test_a_rate_of_cumulated_parts_is_that_of_the_last_month():
    told = [("F01.summary.benefit_firms_ytd", (10, 20, 30)), ("F01.summary.eligible_n", (40, 40, 40))]
    rows = [an_observation(s, "HJ_ZZY", m, v) for s, values in told for m, v in zip(Q2, values, strict=True)]
    assert figure(some_facts(rows), "I0104").value == Decimal("0.75")


def test_averages_of_months_are_not_put_together():
    facts = facts_with("F03.startup.avg_hours", "", dict(zip(Q2, (1, 2, 3), strict=True)))
    assert (figure(facts, "I0307").value, figure(facts, "I0307").why) == (None, "—")


def test_a_quarter_that_is_not_over_is_marked_and_compared_over_as_many_months():
    facts = a_made_up_district()
    assert analyse.quarter_words(facts, "2022Q3") == "2022年三季度,未满季:7—8月"
    assert analyse.quarter_words(facts, "2022Q2") == "2022年二季度"
    row = analyse.quarter_overview(facts, "2022Q3").row(17, named=True)
    two = [facts.figure("F03.entities.new_m", "合计", m).value for m in ("2021-07", "2021-08")]
    assert row["last_year"] == sum(v for v in two if v is not None)
    assert row["light3"] == ""


def test_the_overview_tells_the_lights_of_the_three_months():
    row = analyse.quarter_overview(a_made_up_district(), "2022Q2").row(17, named=True)
    assert {row["light1"], row["light2"], row["light3"]} <= {"绿", "黄", "红"}
    assert row["light"] == row["light3"]


def test_nothing_is_said_about_what_is_missing():
    rows = analyse.quarter_overview(some_facts(), "2022Q2")
    assert set(rows["verdict"]) == {"没有报表可取数,不作评价", "本季数据未报,不作评价"}
    assert set(rows["light"]) == {"灰"}


def test_24_months_end_at_the_month_of_the_workbook():
    facts = a_made_up_district()
    row = analyse.trend_months(facts, "2022Q3").filter(pl.col("code") == "I0301").row(0, named=True)
    assert analyse.month_words(facts)["m00"] == "2020-09"
    assert row["m23"] == facts.figure("F03.entities.new_m", "合计", "2022-08").value
    assert (row["m00"], row["m00|why"]) == (None, "—")


def test_the_moving_mean_of_a_flow_is_over_three_months():
    facts = facts_with("F03.entities.new_m", "合计", {"2022-06": 1, "2022-07": 2, "2022-08": 6})
    row = analyse.trend_mean(facts, "2022Q3").filter(pl.col("code") == "I0301").row(0, named=True)
    assert (row["m23"], row["m22"]) == (3, None)


@pytest.mark.parametrize(("told", "verdict"), [(7, "一致"), (8, "有差异"), (None, "—")])
def test_the_quarter_is_held_against_the_growth_of_what_was_told_to_date(told, verdict):
    rows = [an_observation("F03.entities.new_m", "合计", m, v) for m, v in zip(Q2, (1, 2, 4), strict=True)]
    rows.append(an_observation("F03.entities.new_ytd", "合计", "2022-03", 10))
    rows.append(an_observation("F03.entities.new_ytd", "合计", "2022-06", None if told is None else 10 + told))
    row = analyse.quarter_check(some_facts(rows), "2022Q2").filter(pl.col("code") == "I0301").row(0, named=True)
    assert (row["quarter"], row["check"]) == (7, verdict)


def test_differences_of_the_quarter_stand_by_age_with_their_months_side_by_side():
    rows = [
        a_difference("R17", id="old", key="ICBC", period="2022-06", difference=Decimal(5), age=3),
        a_difference("R17", id="old", key="ICBC", period="2022-05", difference=Decimal(2), age=2),
        a_difference("R02", id="new", period="2022-06", difference=Decimal(900), age=0),
    ]
    frame = analyse.quarter_differences(some_facts(differences=rows), "2022Q2")
    assert frame["id"].to_list() == ["old", "new"]
    assert frame.select("month1", "month2", "month3", "sum").row(0) == (None, 2, 5, 7)


def test_open_differences_are_counted_by_age():
    rows = [a_difference("R02", id=str(n), age=age) for n, age in enumerate((0, 1, 3, 5, 12))]
    assert analyse.difference_ages(some_facts(differences=rows), "2022Q3")["count"].to_list() == [1, 1, 0, 2, 1]


def test_the_banks_movements_lead_from_the_opening_to_the_closing_balance():
    rows = analyse.bank_waterfall(a_made_up_district(), "2022Q2").to_dicts()
    moved = sum(row["value"] for row in rows[1:-1])
    assert rows[0]["value"] + moved == rows[-1]["value"]


def test_a_return_that_was_not_accepted_is_listed():
    filed = [a_submission(code, m) for code in RETURNS for m in Q2 if (code, m) != ("F09", "2022-05")]
    frame = analyse.missing_returns(some_facts(submissions=filed), "2022Q2")
    assert frame.select("period", "form").rows() == [("2022-05", "F09")]


def test_last_years_figure_as_told_now_and_as_first_filed_are_both_shown():
    rows = [
        an_observation("F03.entities.new_ytd_ly", "合计", "2022-06", 110),
        an_observation("F03.entities.new_ytd", "合计", "2021-06", 100),
    ]
    row = analyse.last_year_versions(some_facts(rows), "2022Q2").row(0, named=True)
    assert (row["filed"], row["told"], row["change"]) == (100, 110, Decimal("0.1"))
