"""Lights that a person has set by hand: they stand in place of the computed ones, which stay to be seen."""

from dataclasses import replace
from datetime import datetime

import pytest

from catalogue.load import load
from tests.transforms.ledgers import facts_of
from tests.transforms.makers import an_observation, some_facts
from tests.transforms.test_schedule import row_of
from tests.transforms.test_targets import facts_with
from transforms import analyse, schedule
from transforms.facts import Facts
from transforms.lights import subject_of
from transforms.model import Light, SetLight

MONDAY = datetime(2022, 9, 12, 10, 30)
LATE = "超时2户,已书面说明"
CAP = "F12.applications.power"
ALL_IN_TIME = ((f"{CAP}_within", "", 100), (f"{CAP}_n", "", 100), (f"{CAP}_longest", "", 7))


def decided(subject: str, light: Light | None, *, period: str = "2022-08", reason: str = LATE) -> SetLight:
    return SetLight(period, subject, light, "高绮", MONDAY, reason)


def power(*lights: SetLight) -> Facts:
    """Every user got power in time: green."""
    return replace(facts_with(*ALL_IN_TIME), lights=lights)


def test_a_light_set_by_hand_stands_in_place_of_the_computed_one_which_stays_to_be_seen():
    row = row_of(schedule.indicators(power(decided("I1202", Light.YELLOW))), code="I1202")
    assert row["light"] == "黄"
    assert row["light|set"] == {
        "subject": "I1202",
        "light": "黄",
        "computed": "绿",
        "by": "高绮",
        "at": MONDAY,
        "reason": LATE,
    }


def test_it_is_counted_and_shown_wherever_that_light_is():
    facts = power(decided("I1202", Light.RED))
    overview = row_of(schedule.overview(facts), code="E03")
    assert (overview["green"], overview["red"], overview["light"]) == (0, 1, "红")
    target, supply = row_of(schedule.targets(facts), id="T004"), row_of(schedule.elements(facts), name="低压小微")
    assert [row["light|set"]["computed"] for row in (overview, target, supply)] == ["绿", "绿", "绿"]
    assert (target["light"], supply["light"]) == ("红", "红")


def test_what_was_taken_back_leaves_the_computed_light_and_says_who_took_it_back():
    row = row_of(schedule.indicators(power(decided("I1202", None))), code="I1202")
    assert row["light"] == "绿"
    assert (row["light|set"]["light"], row["light|set"]["by"]) == (None, "高绮")


def test_a_light_is_set_for_one_month_and_no_other():
    row = row_of(schedule.indicators(power(decided("I1202", Light.RED, period="2022-07"))), code="I1202")
    assert (row["light"], row["light|set"]) == ("绿", None)


def test_a_target_that_nothing_was_reported_for_keeps_saying_so_under_its_light():
    row = row_of(schedule.targets(power(decided("T085", Light.GREEN))), id="T085")
    assert (row["light"], row["light|set"]["computed"]) == ("绿", "灰")
    assert (row["current|why"], row["remark"]) == ("未报", "未报:F05不报办事距离")


def test_an_indicator_that_no_return_carries_may_be_set_and_no_longer_counts_as_grey():
    facts = power(decided("E07", Light.GREEN))
    row = row_of(schedule.overview(facts), code="E07")
    assert (row["green"], row["grey"], row["light"], row["core"]) == (1, 0, "绿", "尚无报表")


@pytest.mark.parametrize(
    ("code", "subject"),
    [("T004", "I1202"), ("T062", "I1301"), ("T042", "I1801"), ("T035", "T035"), ("T013", "T013"), ("T055", "T055")],
)
def test_a_target_that_is_judged_as_a_core_figure_is_has_the_light_of_that_figure(code: str, subject: str):
    # T035 is reached once and for all, I1701 is held against the same number every month; T055 stands on two figures.
    assert subject_of(load(), code) == subject


def test_the_quarter_shows_it_in_its_month_and_judges_in_words_by_the_computed_light():
    told = [an_observation(*one[:2], month, one[2]) for one in ALL_IN_TIME for month in ("2022-07", "2022-08")]
    facts = replace(some_facts(told), district=power().district, lights=(decided("I1202", Light.RED),))
    row = row_of(analyse.quarter_overview(facts, "2022Q3"), name="获得电力")
    assert (row["light2"], row["light"], row["light2|set"]["computed"]) == ("红", "红", "绿")
    assert (row["light1|set"], row["light3"]) == (None, "")
    assert row["verdict"].endswith("达到进度要求,人工设定为红灯")


def reform(state: str, *lights: SetLight) -> Facts:
    """ML-11, which T010 and T011 have their light from, is told to be in a state."""
    lines = "\nledger_id lead_dept due_date state progress\nML-11 finance_office 2022-12-31 " + f"{state} 80\n"
    return replace(facts_of({"F22.measures": lines}), lights=lights)


def test_a_target_follows_the_light_that_its_measure_was_set_to():
    facts = reform("推进中", decided("ML-11", Light.YELLOW))
    measure = row_of(schedule.measures(facts), code="ML-11")
    target = row_of(schedule.targets(facts), id="T010")
    assert (measure["light"], measure["state"], target["light"]) == ("黄", "推进中", "黄")
    assert (target["light|set"]["subject"], target["light|set"]["computed"]) == ("ML-11", "绿")


def test_a_target_set_by_hand_itself_does_not_follow_its_measure():
    facts = reform("推进中", decided("ML-11", Light.YELLOW), decided("T010", Light.RED))
    lights = {row["id"]: row["light"] for row in schedule.targets(facts).to_dicts()}
    assert (lights["T010"], lights["T011"]) == ("红", "黄")


def test_the_quarter_shows_the_light_of_the_measure_as_it_was_set():
    row = row_of(analyse.measures_of_quarter(reform("滞后", decided("ML-11", Light.GREEN)), "2022Q3"), code="ML-11")
    assert (row["light"], row["light|set"]["computed"]) == ("绿", "黄")
