"""M07: every target, judged by what was filed, with the reason where nothing is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from catalogue.load import load
from tests.transforms.ledgers import observed_facts
from tests.transforms.makers import an_observation, some_facts
from tests.transforms.test_schedule import row_of
from transforms import schedule
from transforms.facts import Facts
from transforms.model import Light
from transforms.schedule.targets import ORDER

D = Decimal
EVERY = tuple(form.code for form in load().returns)


def facts_with(*told: tuple[str, str, object], period: str = "2022-08", half: str = "0") -> Facts:
    rows = [an_observation(series, item, period, value, half=D(half)) for series, item, value in told]
    facts = some_facts(rows, period=period)
    return replace(facts, district=replace(facts.district, returns=EVERY))


def shown(code: str, facts: Facts) -> dict[str, Any]:
    return row_of(schedule.targets(facts), id=code)


def test_all_targets_are_shown_and_none_that_nothing_was_filed_for_is_green():
    table = schedule.targets(facts_with())
    assert sorted(table["id"]) == [f"T{n:03d}" for n in range(1, 91)]
    assert set(table["light"]) == {"灰"}
    assert not table.filter(pl.col("remark") == "").height


def test_a_target_that_no_return_carries_says_why():
    row = shown("T085", facts_with())
    assert (row["light"], row["current|why"], row["source"], row["remark"]) == (
        "灰",
        "未报",
        "—",
        "未报:F05不报办事距离",
    )


CAP = "F12.applications.power"


@pytest.mark.parametrize(("within", "light"), [(100, "绿"), (99, "黄"), (95, "黄"), (94, "红")])
def test_a_limit_of_each_case_is_kept_by_all_of_them_or_nearly_all(within: int, light: str):
    row = shown("T004", facts_with((f"{CAP}_within", "", within), (f"{CAP}_n", "", 100), (f"{CAP}_longest", "", 12)))
    assert (row["light"], row["current"], row["completion"], row["target"]) == (light, 12, D(within) / 100, 8)


def test_a_month_without_a_case_is_grey_and_says_so():
    row = shown("T004", facts_with((f"{CAP}_within", "", 0), (f"{CAP}_n", "", 0)))
    assert (row["light"], row["remark"]) == ("灰", "本月无此类业务;当前值为最长一件")


def test_a_mean_is_held_against_its_limit_with_its_interval():
    told = facts_with(("F18.indicators.avg_days", "失业待遇", "0.98"), half="0.05")
    row = shown("T046", told)
    assert (row["light"], row["interval"], row["completion"]) == ("黄", "[0.93, 1.03]", None)


@pytest.mark.parametrize(("done", "light", "left"), [(97, "绿", 122), (60, "黄", 122), (56, "红", 122)])
def test_a_yearly_number_is_due_at_the_end_of_the_year_of_the_month(done: int, light: str, left: int):
    row = shown("T042", facts_with(("F18.indicators.value_ytd", "服务新注册企业", done)))
    assert (row["light"], row["due"], row["days_left"]) == (light, date(2022, 12, 31), left)
    assert row["completion"] == D(done) / 100


@pytest.mark.parametrize(
    ("users", "month", "light"),
    [(2000, "2022-08", "蓝"), (1999, "2022-08", "红"), (1999, "2021-11", "绿"), (1999, "2021-12", "黄")],
)
def test_a_number_to_be_reached_once_is_done_when_it_is_and_red_when_its_day_has_passed(users, month, light):
    row = shown("T035", facts_with(("F17.rates.value", "信用码户数", users), period=month))
    assert row["light"] == light
    assert (row["days_left"] is None) == (light == "蓝")


def test_a_rate_that_must_be_whole_knows_no_yellow():
    told = (("F17.rates.num", "归集率", 999), ("F17.rates.den", "归集率", 1000))
    assert shown("T037", facts_with(*told))["light"] == "红"


def rates(begun: tuple[int, int], running: tuple[int, int]) -> Facts:
    rows = []
    for month, n in (("2021-08", 0), ("2022-08", 1)):
        rows += [an_observation("F20.projects.all_n", "", month, 100)]
        rows += [an_observation("F20.projects.begun_n", "", month, begun[n])]
        rows += [an_observation("F20.projects.running_n", "", month, running[n])]
    facts = some_facts(rows)
    return replace(facts, district=replace(facts.district, returns=EVERY))


@pytest.mark.parametrize(
    ("begun", "running", "least", "light"),
    [((60, 70), (40, 43), 3, "绿"), ((60, 70), (40, 40), 0, "红"), ((60, 58), (40, 43), -2, "红")],
)
def test_both_rates_must_rise_and_the_one_that_rose_least_counts(begun, running, least, light):
    row = shown("T055", rates(begun, running))
    assert (row["current"], row["light"]) == (least, light)


MEASURE = "\nledger_id lead_dept due_date state progress evidence\n"


@pytest.mark.parametrize(
    ("state", "due", "light"),
    [
        ("已完成", "2022-12-31", "蓝"),
        ("推进中", "2022-12-31", "绿"),
        ("滞后", "2022-12-31", "黄"),
        ("逾期", "2022-08-01", "红"),
    ],
)
def test_a_milestone_has_the_state_of_its_measure(state: str, due: str, light: str):
    facts = observed_facts({"F22.measures": f"{MEASURE}ML-24 gov_service {due} {state} 100 ·\n"})
    row = shown("T029", facts)
    assert (row["light"], row["due"], row["source"]) == (light, date.fromisoformat(due), "F22表1")
    assert row["remark"] == f"ML-24{state}(按整项措施状态)"


def test_a_milestone_whose_own_day_has_passed_is_red_whatever_the_ledger_still_hopes_for():
    facts = observed_facts({"F22.measures": f"{MEASURE}ML-22 gov_service 2022-12-31 推进中 90 ·\n"})
    assert shown("T026", facts)["light"] == "红"


def test_a_plan_year_that_the_text_does_not_tell_makes_nothing_overdue():
    told = (("F05.items.licences_online_n", "", 95), ("F05.items.licences_n", "", 100))
    row = shown("T023", facts_with(*told))
    assert (row["light"], row["due"], row["due|why"], row["days_left"]) == ("绿", None, "持续", None)


def test_red_stands_first_then_yellow_green_blue_and_grey():
    told = [(f"{CAP}_within", "", 94), (f"{CAP}_n", "", 100), ("F17.rates.value", "信用码户数", 2000)]
    told += [("F14.tenders.electronic_m", "合计", 5), ("F14.tenders.tenders_m", "合计", 5)]
    lights = schedule.targets(facts_with(*told))["light"].to_list()
    assert lights == sorted(lights, key=[one.value for one in ORDER].index)
    assert lights[:3] == ["红", "绿", "蓝"]


def test_every_shown_number_knows_what_it_stands_on():
    row = shown("T035", facts_with(("F17.rates.value", "信用码户数", 2000)))
    assert row["current|src"] == ["F17.rates.value|信用码户数|2022-08"]
    assert row["completion|src"] == ["F17.rates.value|信用码户数|2022-08"]


def test_the_lights_of_a_target_and_of_its_core_figure_agree():
    """A figure of M02 that is held against a target of M07 has its light."""
    from tests.workbooks.sample_district import the_sample_district

    facts = the_sample_district()
    lights = {row["id"]: row["light"] for row in schedule.targets(facts).iter_rows(named=True)}
    compared = 0
    for row in schedule.indicators(facts).iter_rows(named=True):
        indicator = next(i for i in load().indicators if i.code == row["code"])
        if indicator.clause in lights and lights[indicator.clause] != Light.BLUE:
            assert row["light"] == lights[indicator.clause], indicator.code
            compared += 1
    assert compared > 15
