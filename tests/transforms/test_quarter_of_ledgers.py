"""Q06, Q07, Q08: a quarter told from the records of its months."""

from decimal import Decimal
from typing import Any

from tests.transforms.ledgers import facts_of
from tests.transforms.test_schedule import row_of
from transforms import analyse
from transforms.facts import Facts

Q2 = ("2022-04", "2022-05", "2022-06")
ISSUES = "\nissue_no source lead_dept received_on due_date done_on result confirmed\n"
MEASURES = "\nledger_id lead_dept due_date state progress progress_note evidence\n"
ASSESSED = "\nunit_code s_time s_quality s_reform s_issue s_third deduct score rank warnings corrected\n"


def closed(number: int, days: int, source: str = "热线", confirmed: str = "满意", late: bool = False) -> str:
    """An issue of May that took so many days."""
    due = "2022-05-01" if late else "2022-06-30"
    return f"{number} {source} tax 2022-05-01 {due} 2022-05-{1 + days:02d} 已解决 {confirmed}\n"


def issues(may: str = "", april: str = "", june: str = "", **changes: Any) -> Facts:
    months = dict(zip(Q2, (april, may, june), strict=True))
    return facts_of({"F21.issues": {m: ISSUES + lines for m, lines in months.items()}}, period="2022-06", **changes)


def whole_of(facts: Facts, quarter: str = "2022Q2") -> dict[str, Any]:
    return row_of(analyse.FRAMES["issues_by_source"](facts, quarter), name="合计")


def test_median_and_90th_percentile_are_those_of_the_records_and_not_of_the_months():
    # Months of medians 1 and 20: their mean would be 10.5.
    april = "a 热线 tax 2022-04-01 2022-06-30 2022-04-21 已解决 满意\n"
    row = whole_of(issues(may="".join(closed(n, 1) for n in range(9)), april=april))
    assert (row["median"], row["long"], row["closed"]) == (1, 1, 10)
    row = whole_of(issues(may="".join(closed(n, n) for n in range(1, 11))))
    assert (row["median"], row["long"]) == (Decimal("5.5"), 9)
    assert whole_of(issues(may="".join(closed(n, n) for n in range(1, 7))))["long"] == 6, (
        "5 of 6 are less than nine tenths"
    )
    assert row["long|src"] == ["F21.issues.received_on|行5-14|2022-05", "F21.issues.done_on|行5-14|2022-05"]


def test_an_issue_that_several_months_tell_counts_once_as_told_last():
    still_open = "1 热线 tax 2022-03-30 2022-05-20 · · 未确认\n"
    done = "1 热线 tax 2022-03-30 2022-05-20 2022-05-20 已解决 满意\n"
    row = whole_of(issues(april=still_open, may=done))
    assert [row[c] for c in ("opening", "new", "closed", "open", "due", "in_time")] == [1, 0, 1, 0, 1, 1]


def test_the_lowest_share_closed_in_time_comes_first_and_what_was_never_due_last():
    lines = closed(1, 3, "热线") + closed(2, 5, "走访", late=True) + closed(3, 9, "专线")
    open_one = "4 督查 tax 2022-06-30 2022-07-30 · · 未确认\n"
    shown = analyse.FRAMES["issues_by_source"](issues(may=lines, june=open_one), "2022Q2")
    assert shown["name"].to_list() == ["走访", "专线", "热线", "督查", "合计"]
    assert shown["rate"].to_list()[:4] == [0, 1, 1, None]


def test_what_is_overdue_at_the_end_of_the_quarter_was_due_and_not_in_time():
    row = whole_of(
        issues(june="1 热线 tax 2022-05-01 2022-06-29 · · 未确认\n2 热线 tax 2022-06-01 2022-07-01 · · 未确认\n")
    )
    assert (row["open"], row["due"], row["in_time"], row["rate"]) == (2, 1, 0, 0)


def test_satisfaction_is_that_of_the_firms_that_answered_and_the_dissatisfied_are_reopened():
    lines = "".join(closed(n, 1, confirmed=c) for n, c in enumerate(("满意", "基本满意", "不满意", "未确认")))
    row = whole_of(issues(may=lines))
    assert (row["confirmed"], row["satisfied"], row["reopened"]) == (3, 2, 1)
    assert row["satisfaction"] == Decimal("0.66666667")


def test_a_quarter_with_a_month_missing_is_unreported():
    facts = facts_of({"F21.issues": {"2022-04": ISSUES + closed(1, 1)}}, period="2022-06")
    row = whole_of(facts)
    assert (row["closed"], row["closed|why"], row["rate|why"], row["median|why"]) == (None, "未报", "未报", "未报")


def test_an_unfinished_quarter_is_made_of_the_months_it_holds():
    facts = facts_of({"F21.issues": {"2022-04": ISSUES + closed(1, 1).replace("2022-05", "2022-04")}}, period="2022-04")
    assert whole_of(facts)["closed"] == 1


def plan(states: dict[str, tuple[str, int, str]]) -> Facts:
    told = {m: MEASURES + f"ML-01 market_reg 2022-12-31 {s} {p} 进展{m} {e}\n" for m, (s, p, e) in states.items()}
    return facts_of({"F22.measures": told}, period=max(states))


def test_a_measure_is_shown_as_it_stood_at_the_ends_of_the_months_with_what_moved():
    facts = plan(
        {
            "2022-03": ("推进中", 60, "文1"),
            "2022-04": ("滞后", 62, "文1"),
            "2022-05": ("推进中", 80, "文2"),
            "2022-06": ("已完成", 100, "文3"),
        }
    )
    row = row_of(analyse.FRAMES["measures_of_quarter"](facts, "2022Q2"), code="ML-01")
    assert [row[f"state{n}"] for n in range(4)] == ["推进中", "滞后", "推进中", "已完成"]
    assert row["change"] == "推进中→滞后→推进中→已完成"
    assert (row["reached0"], row["reached"], row["gain"]) == (Decimal("0.6"), 1, 40)
    assert (row["result"], row["documents"], row["light"]) == ("进展2022-06", "文2、文3", "蓝")
    sections = row_of(analyse.FRAMES["sections_of_quarter"](facts, "2022Q2"), section="市场")
    assert [sections[c] for c in ("tasks", "before", "done", "newly")] == [20, 0, 1, 1]
    assert analyse.FRAMES["leads_of_quarter"](facts, "2022Q2")["tasks"].to_list()[-2:] == [55, 52]


def test_an_unfinished_quarter_leaves_the_months_to_come_empty():
    facts = plan({"2022-03": ("推进中", 60, "·"), "2022-04": ("推进中", 62, "·")})
    row = row_of(analyse.FRAMES["measures_of_quarter"](facts, "2022Q2"), code="ML-01")
    assert (row["state1"], row["state2"], row["state3"], row["change"]) == ("推进中", None, None, "未变")


def test_a_quarter_without_its_reform_ledger_is_unreported():
    shown = analyse.FRAMES["measures_of_quarter"](facts_of({}, period="2022-06", more=("F22",)), "2022Q2")
    assert shown.height == 52
    assert set(shown["state3"]) == {"未报"}
    assert set(shown["gain|why"]) == {"未报"}


def assessed(told: dict[str, str], period: str = "2022-06", **changes: Any) -> Facts:
    lines = {quarter: ASSESSED + text for quarter, text in told.items()}
    return facts_of({"F25.assessment": lines}, period=period, more=("F25",), **changes)


FIRST = "tax 18 18 20 18 12 1 85 2 2 1\nhealth 20 20 20 20 10 0 90 1 0 0\n"
SECOND = "tax 20 20 25 20 10 0 95 1 2 2\nhealth 18 18 20 18 12 1 85 2 0 0\n"


def test_units_stand_by_score_with_last_quarters_rank_and_the_corrected_warnings():
    shown = analyse.FRAMES["assessment"](assessed({"2022Q1": FIRST, "2022Q2": SECOND}), "2022Q2")
    assert shown.height == 46
    tax, health = shown.to_dicts()[:2]
    assert [tax[c] for c in ("unit", "score", "rank", "previous_rank", "change")] == ["区税务局", 95, 1, 2, "↑1"]
    assert (tax["corrected_share"], health["corrected_share"], health["corrected_share|why"]) == (1, None, "—")
    assert shown.to_dicts()[2]["score|why"] == "—"


def test_an_assessment_that_was_not_filed_is_unreported_and_one_of_a_quarter_that_goes_on_says_so():
    over = analyse.FRAMES["assessment"](assessed({"2022Q1": FIRST}), "2022Q2")
    assert (over.height, set(over["score|why"]), set(over["mark"])) == (46, {"未报"}, {""})
    assert row_of(over, unit="区税务局")["previous_rank"] == 2
    going_on = analyse.FRAMES["assessment"](assessed({"2022Q1": FIRST}, period="2022-05"), "2022Q2")
    assert set(going_on["rank|why"]) == {"未满季"}


def test_a_district_that_is_not_assessed_has_no_such_table():
    assert analyse.FRAMES["assessment"](facts_of({}, period="2022-06", more=("F05",)), "2022Q2").height == 0
