"""Lights that a person has set by hand: they stand in place of the computed ones, which stay to be seen."""

from dataclasses import replace
from datetime import datetime

import polars as pl
import pytest

from catalogue.load import load
from tests.transforms.ledgers import facts_of
from tests.transforms.makers import an_observation, some_facts
from tests.transforms.test_narrate import brief_of
from tests.transforms.test_schedule import row_of
from tests.transforms.test_targets import facts_with
from transforms import analyse, schedule
from transforms.editions import OTHERWISE, changed_cells
from transforms.facts import Facts
from transforms.lights import subject_of
from transforms.model import EXACT, Light, SetLight

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


def test_the_heat_map_of_the_quarter_counts_it_as_it_was_set():
    (computed, by_hand) = (
        row_of(analyse.FRAMES["lights_heat"](power(*lights), "2022Q3"), department="区经济信息委")["h11"]
        for lights in ((), (decided("I1202", Light.RED),))
    )
    assert (computed, by_hand) == (1, 0)


# ---- what is said of them ------------------------------------------------------------------------------------------


def problems(facts: Facts) -> str:
    """五、存在问题 of the brief."""
    return dict(brief_of(facts).paragraphs.iter_rows())["五、存在问题。"]


def test_the_brief_tells_who_set_a_light_and_does_not_say_that_a_good_figure_falls_short():
    text = problems(power(decided("I1202", Light.RED)))
    assert "没有红灯" not in text
    assert "人工设定灯色:低压小微接电达标率设定为红灯(计算为绿),高绮:超时2户,已书面说明。" in text
    assert "目标" not in text


def test_a_red_figure_that_was_set_to_green_is_no_red_light_of_the_brief():
    late = replace(
        facts_with((f"{CAP}_within", "", 90), (f"{CAP}_n", "", 100)), lights=(decided("I1202", Light.GREEN),)
    )
    text = problems(late)
    assert "没有红灯。人工设定灯色:低压小微接电达标率设定为绿灯(计算为红)" in text


def test_the_numbers_of_a_reason_are_listed_with_where_it_stands():
    numbers = brief_of(power(decided("I1202", Light.RED))).numbers
    assert numbers.filter(pl.col("origin") == "人工设定的灯色 I1202")["number"].to_list() == ["2"]


def test_the_list_of_the_month_names_each_light_as_set_and_as_computed_and_none_that_was_taken_back():
    lights = (decided("I1202", Light.RED), decided("T085", None), decided("I1202", Light.RED, period="2022-07"))
    (row,) = schedule.lights_by_hand(power(*lights)).to_dicts()
    told = {name: row[name] for name in ("period", "code", "name", "light", "computed", "by", "day", "reason")}
    assert told == {
        "period": "2022-08", "code": "I1202", "name": "低压小微接电达标率", "light": "红", "computed": "绿",
        "by": "高绮", "day": MONDAY.date(), "reason": LATE,
    }  # fmt: skip


def test_the_list_of_the_quarter_goes_month_by_month():
    lights = (decided("I1202", Light.RED), decided("T085", Light.GREEN, period="2022-07"))
    table = analyse.FRAMES["lights_of_quarter"](power(*lights), "2022Q3")
    assert table.select("period", "title", "computed").rows() == [
        ("2022-07", "T085 力争实现办事服务“只走一公里”", "灰"),
        ("2022-08", "I1202 低压小微接电达标率", "绿"),
    ]


def test_every_light_of_m02_m06_and_m07_may_be_set_under_one_code():
    facts = reform("推进中")
    facts = replace(facts, district=power().district)
    codes = set(schedule.lamps(facts))
    for frame, column in ((schedule.indicators, "code"), (schedule.targets, "id"), (schedule.measures, "code")):
        lit = {row[column] for row in frame(facts).to_dicts() if row["light"]}
        without_target = {one.code for one in facts.indicators if one.target is None}
        assert {subject_of(facts.catalogue, code) for code in lit} - without_target <= codes
    assert {"E07", "E09"} == {code for code in codes if code.startswith("E")}


# ---- from one edition to the next ----------------------------------------------------------------------------------


SHOWN = {
    **dict.fromkeys(("sheet", "block", "row", "column", "cell"), pl.String),
    "number": EXACT,
    **dict.fromkeys(("pattern", "text"), pl.String),
    "keys": pl.List(pl.String),
    "note": pl.String,
}


def cell(text: str, note: str = "", row: str = "I1202 接电", block: str = "indicators") -> dict[str, object]:
    place = {"sheet": "M02", "block": block, "row": row, "column": "灯色", "cell": "O13"}
    return {**place, "number": None, "pattern": "", "text": text, "keys": [], "note": note}


def changes(before: dict[str, object], now: dict[str, object], *, told: bool = True) -> list[tuple[str, ...]]:
    was, is_now = (pl.DataFrame([one], schema=SHOWN) for one in (before, now))
    none = pl.DataFrame(schema=dict.fromkeys(("series", "item", "period", "reason"), pl.String))
    found = changed_cells(was if told else was.drop("note"), is_now, none)
    return found.select("old|why", "new|why", "reason").rows()


def test_a_change_of_a_light_by_hand_names_the_person_and_one_of_the_figure_does_not():
    note = "人工设定为红(计算为绿),高绮2022-09-12:x"
    assert changes(cell("绿"), cell("红※", note)) == [("绿", "红※", note)]
    assert changes(cell("红※", note), cell("绿", "撤回人工设定,李四2022-09-13:y")) == [
        ("红※", "绿", "撤回人工设定,李四2022-09-13:y")
    ]
    assert changes(cell("绿", note), cell("红", note)) == [("绿", "红", OTHERWISE)], "that was told before"


def test_a_light_set_anew_to_the_same_colour_is_a_change_of_who_and_why():
    assert changes(cell("红※", "高绮:x"), cell("红※", "李四:y")) == [("红※", "红※", "李四:y")]
    assert changes(cell("红※", "高绮:x"), cell("红※", "高绮:x")) == []


def test_an_edition_of_an_earlier_version_tells_nothing_of_people_and_is_compared_all_the_same():
    assert changes(cell("绿"), cell("红※", "高绮:x"), told=False) == [("绿", "红※", "高绮:x")]
    assert changes(cell("绿"), cell("绿"), told=False) == []
