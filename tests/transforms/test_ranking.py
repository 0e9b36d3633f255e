from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.transforms.ledgers import facts_of
from tests.transforms.makers import PERIOD, a_submission
from tests.transforms.test_schedule import row_of
from transforms import schedule
from transforms.facts import Facts
from transforms.schedule.ranking import ranks

ISSUES = "\nissue_no lead_dept received_on due_date done_on result confirmed\n"
MEASURES = "\nledger_id lead_dept due_date state progress\n"
ASSESSED = "\nunit_code score rank\n"
FORMS = {"F01": "tax", "F03": "market_reg", "F07": "post"}


def filed(*versions: dict[str, Any], ledgers: dict[str, str] | None = None, **changes: Any) -> Facts:
    """A month in which F01, F03 and F07 were due on 5 September; F21 and F22 as given, else owed by nobody."""
    deadlines = [
        {"district": "jb", "form": form, "period": PERIOD, "due": date(2022, 9, 5), "provisional": False}
        for form in FORMS
    ]
    more = {*FORMS, *changes.pop("more", ())}
    return facts_of(ledgers or {}, more=more, submissions=list(versions), deadlines=deadlines, **changes)


def version(form: str, day: int = 5, **changes: Any) -> dict[str, Any]:
    return a_submission(form, PERIOD, arrived_at=datetime(2022, 9, day, 9), **changes)


ON_TIME = [version(form) for form in FORMS]


def parts_of(facts: Facts, unit: str) -> list[Any]:
    row = row_of(schedule.ranking(facts), unit=unit)
    return [
        row[c] if row[c] is not None else row[f"{c}|why"]
        for c in (*("timeliness", "quality", "issues", "reform"), "score")
    ]


def test_ties_share_a_rank_and_the_next_one_counts_on():
    totals = dict(zip("abcd", map(Fraction, (90, 80, 80, 70)), strict=True))
    assert ranks(totals) == {"a": 1, "b": 2, "c": 2, "d": 4}


def test_each_day_late_costs_three_and_never_less_than_zero():
    facts = filed(version("F01", 5), version("F03", 7), version("F07", 16))
    assert [parts_of(facts, unit)[0] for unit in ("区税务局", "区市场监管局", "邮政分公司")] == [30, 24, 0]


def test_a_return_sent_back_costs_five_and_an_unexplained_warning_one():
    back = version("F01", 2, submission="x", version=1, status="returned", hard=3)
    again = version("F01", 4, version=2, soft=3, explained=1)
    facts = filed(back, again, version("F03", soft=40), version("F07"))
    assert [parts_of(facts, unit)[1] for unit in ("区税务局", "区市场监管局", "邮政分公司")] == [23, 0, 30]


def test_what_was_not_filed_at_all_has_no_quality():
    facts = filed(version("F03"), version("F07"))
    # Nine days late by the day of the publication.
    assert parts_of(facts, "区税务局") == [3, 0, "—", "—", 5]


def test_the_parts_that_a_unit_has_no_duty_in_are_left_out_and_the_rest_counts_in_their_stead():
    facts = filed(version("F01", 6), *ON_TIME[1:])
    row = row_of(schedule.ranking(facts), unit="区税务局")
    assert (row["full"], row["score"]) == (60, Decimal("95"))


def test_issues_count_when_they_were_closed_in_the_month_or_their_day_has_passed():
    lines = (
        "1 tax 2022-07-01 2022-08-20 2022-08-20 已解决 满意\n"
        "2 tax 2022-07-01 2022-08-20 2022-08-21 已解决 满意\n"
        "3 tax 2022-07-01 2022-07-20 · · 未确认\n"
        "4 tax 2022-08-01 2022-09-20 2022-08-02 已解决 满意\n"
        "5 tax 2022-08-01 2022-09-20 · · 未确认\n"
    )
    row = row_of(schedule.ranking(filed(*ON_TIME, ledgers={"F21.issues": ISSUES + lines})), unit="区税务局")
    assert (row["due"], row["in_time"], row["issues"]) == (4, 2, Decimal("12.5"))
    assert row["issues|work"].startswith("25×计数([F21.issues.due_date|行5-8|2022-08],")
    assert row["score|work"] == "({timeliness}+{quality}+{issues})÷{full}×100"
    assert row["issues|src"] == ["F21.issues.due_date|行5-8|2022-08", "F21.issues.done_on|行5-8|2022-08"]


def test_reform_is_the_share_of_tasks_done_or_on_time():
    lines = "".join(
        f"ML-{n} tax 2022-12-31 {state} 50\n" for n, state in ((28, "已完成"), (29, "推进中"), (30, "滞后"))
    )
    assert parts_of(filed(*ON_TIME, ledgers={"F22.measures": MEASURES + lines}), "区税务局")[3] == 10


def test_a_unit_without_any_duty_is_not_ranked_and_has_no_zero():
    told = "tax 90 1\nhealth 80 2\n华新街街道 70 3\n"
    facts = filed(*ON_TIME, ledgers={"F25.assessment": ASSESSED + told}, more=("F25",))
    assert parts_of(facts, "区卫生健康委") == ["—", "—", "—", "—", "不参评"]
    row = schedule.ranking(facts).to_dicts()[-1]
    assert (row["rank"], row["rank|why"], row["mark"]) == (None, "不参评", "")
    towns = schedule.ranking_towns(facts)
    assert towns.height == 12
    assert set(towns["score|why"]) == {"不参评"}


def test_departments_are_ranked_apart_from_towns_and_the_office_not_at_all():
    lines = "1 be_office 2022-08-01 2022-08-20 · · 未确认\n2 tax 2022-08-01 2022-08-20 2022-08-20 已解决 满意\n"
    facts = filed(*ON_TIME, ledgers={"F21.issues": ISSUES + lines}, more=("F25",))
    units = schedule.ranking(facts)["unit"].to_list()
    assert "区营商办" not in units
    assert not [unit for unit in units if unit.endswith(("街道", "镇"))]
    assert schedule.ranking(filed(*ON_TIME)).height == 3


@pytest.mark.parametrize("form", ["F21", "F22"])
def test_nobody_is_ranked_while_a_ledger_is_missing(form: str):
    shown = schedule.ranking(filed(*ON_TIME, more=(form,)))
    assert shown["rank"].null_count() == shown.height
    assert row_of(shown, unit="区税务局")["score|why"] == "未报"


def test_ranks_are_taken_from_exact_scores_and_not_from_rounded_ones():
    lines = [f"{n} tax 2022-08-01 2022-08-20 2022-08-20 已解决 满意\n" for n in range(20000)]
    lines += [f"p{n} post 2022-08-01 2022-08-20 2022-08-20 已解决 满意\n" for n in range(20001)]
    lines += [
        "late tax 2022-08-01 2022-08-20 2022-08-21 已解决 满意\n",
        "plate post 2022-08-01 2022-08-20 2022-08-21 已解决 满意\n",
    ]
    shown = schedule.ranking(filed(*ON_TIME, ledgers={"F21.issues": ISSUES + "".join(lines)}))
    assert [round(one, 4) for one in shown["score"]] == [100, Decimal("99.9985"), Decimal("99.9985")]
    assert shown["rank"].to_list() == [1, 2, 3]
    assert shown["unit"].to_list()[1] == "邮政分公司"


def test_last_months_rank_and_the_move_are_shown():
    early = [a_submission(form, "2022-07", submission=f"{form}-7") for form in FORMS]
    late = a_submission("F01", "2022-07", submission="x7", status="returned", arrived_at=datetime(2022, 8, 1))
    facts = filed(*ON_TIME[:2], version("F07", 6), *early, late)
    rows = {row["unit"]: row for row in schedule.ranking(facts).iter_rows(named=True)}
    assert (rows["区税务局"]["rank"], rows["区税务局"]["previous_rank"], rows["区税务局"]["change"]) == (1, 3, "↑2")
    assert (rows["邮政分公司"]["rank"], rows["邮政分公司"]["change"]) == (3, "↓2")
    assert rows["区市场监管局"]["change"] == "→"


def test_the_first_month_has_no_rank_before_it():
    first = [a_submission(form, "2021-01") for form in FORMS]
    shown = schedule.ranking(facts_of({}, period="2021-01", more=tuple(FORMS), submissions=first))
    assert set(shown["change"]) == {"—"}


def test_the_first_and_the_last_three_are_marked_and_nobody_twice():
    issues = "".join(
        f"{unit}{n} {unit} 2022-08-01 2022-08-20 2022-08-{20 if n < kept else 21} 已解决 满意\n"
        for kept, unit in enumerate(("health", "police", "justice", "science", "transport", "ecology", "audit"))
        for n in range(6)
    )
    shown = schedule.ranking(filed(*ON_TIME, ledgers={"F21.issues": ISSUES + issues}))
    marks = dict(shown.select("unit", "mark").iter_rows())
    assert shown.filter(mark="前三名")["rank"].to_list() == [1, 1, 1, 1]
    assert [unit for unit, mark in marks.items() if mark == "后三名"] == ["区司法局", "区公安分局", "区卫生健康委"]


def test_the_assessment_of_the_last_quarter_stands_beside_the_score():
    told = {"F25.assessment": {"2022Q2": ASSESSED + "tax 88.13 1\n"}}
    facts = filed(*ON_TIME, ledgers=told)
    row = row_of(schedule.ranking(facts), unit="区税务局")
    assert row["assessed"] == Decimal("88.13")
    assert schedule.score_words(facts)["assessed_quarter"] == "2022年二季度"
