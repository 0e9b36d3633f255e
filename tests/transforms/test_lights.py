from dataclasses import replace
from decimal import Decimal

import pytest

from catalogue.load import load
from tests.transforms.makers import an_observation, some_facts
from transforms.facts import Figure
from transforms.lights import judge, light_of, time_progress
from transforms.model import Indicator, Light, Thresholds

DAYS = {"days_to_act": 3, "days_to_settle": 5, "days_left": 15}
USUAL = Thresholds(Decimal("0.10"), Decimal("0.02"), Decimal("0.10"), cases_within=Decimal("0.95"), **DAYS)
STRICT = Thresholds(Decimal(0), Decimal(0), Decimal(0), cases_within=Decimal(1), **DAYS)
ENTITIES, ONLINE, HOURS, NPL, LATE, POWER = "I0301", "I0502", "I0307", "I1004", "I0505", "I1202"


def indicator(code: str) -> Indicator:
    return next(i for i in load().indicators if i.code == code)


def told(value: str, half: str = "0") -> Figure:
    middle, width = Decimal(value), Decimal(half)
    return Figure(middle, middle - width, middle + width, ("x",))


def test_time_progress_is_the_month_of_twelve():
    assert time_progress("2022-03") == Decimal("0.25")


@pytest.mark.parametrize(
    ("done", "light"),
    [("16000", Light.GREEN), ("15999", Light.YELLOW), ("13600", Light.YELLOW), ("13599", Light.RED)],
)
def test_a_yearly_count_is_held_against_the_months_gone(done, light):
    # 24000 a year: 16000 by August; 10 points of 24000 are 2400.
    assert judge(indicator(ENTITIES), told(done), "2022-08", USUAL) == light


def test_in_december_whatever_is_short_of_the_yearly_target_is_red():
    assert judge(indicator(ENTITIES), told("23999"), "2022-12", USUAL) == Light.RED
    assert judge(indicator(ENTITIES), told("24000"), "2022-12", USUAL) == Light.GREEN


@pytest.mark.parametrize(
    ("value", "half", "light"),
    [
        ("0.7", "0", Light.GREEN),
        ("0.7", "0.005", Light.YELLOW),  # told as 70%: anything from 69.5% on
        ("0.68", "0", Light.YELLOW),
        ("0.6799", "0", Light.RED),
    ],
)
def test_a_rate_is_green_only_when_its_whole_interval_reaches_the_target(value, half, light):
    assert judge(indicator(ONLINE), told(value, half), "2022-08", USUAL) == light


@pytest.mark.parametrize(
    ("value", "light"),
    [("3.9", Light.GREEN), ("3.95", Light.GREEN), ("4.0", Light.YELLOW), ("4.3", Light.YELLOW), ("4.4", Light.RED)],
)
def test_a_mean_is_green_only_when_its_upper_bound_keeps_the_limit(value, light):
    assert judge(indicator(HOURS), told(value, "0.05"), "2022-08", USUAL) == light


@pytest.mark.parametrize(
    ("within", "light"),
    [("1", Light.GREEN), ("0.9999", Light.YELLOW), ("0.95", Light.YELLOW), ("0.9499", Light.RED)],
)
def test_a_limit_of_each_case_is_green_only_when_every_case_keeps_it(within, light):
    assert judge(indicator(POWER), told(within), "2022-08", USUAL) == light


def test_an_exact_target_knows_no_yellow():
    assert judge(indicator(LATE), told("0"), "2022-08", USUAL) == Light.GREEN
    assert judge(indicator(LATE), told("1"), "2022-08", USUAL) == Light.RED


@pytest.mark.parametrize(("code", "value"), [(ENTITIES, "15999"), (ONLINE, "0.6999"), (HOURS, "4.1"), (POWER, "0.96")])
def test_how_far_yellow_reaches_is_the_offices_to_say(code, value):
    assert judge(indicator(code), told(value), "2022-08", USUAL) == Light.YELLOW
    assert judge(indicator(code), told(value), "2022-08", STRICT) == Light.RED


def test_the_thresholds_of_the_catalogue_are_those_that_lights_are_judged_by():
    row = an_observation("F03.entities.new_ytd", "合计", "2022-08", 15999)
    strict = some_facts([row], catalogue=replace(load(), thresholds=STRICT))
    assert light_of(some_facts([row]), indicator(ENTITIES), "2022-08") == Light.YELLOW
    assert light_of(strict, indicator(ENTITIES), "2022-08") == Light.RED


def test_what_is_missing_is_grey_and_what_has_no_target_has_no_light():
    facts = some_facts([an_observation("F03.entities.closed_m", "合计", "2022-08", 5)])
    assert light_of(facts, indicator(ENTITIES), "2022-08") == Light.GREY
    assert light_of(facts, indicator("I0306"), "2022-08") is None


def test_a_light_is_computed_from_what_was_filed():
    facts = some_facts([an_observation("F03.entities.new_ytd", "合计", "2022-08", 17514)])
    assert light_of(facts, indicator(ENTITIES), "2022-08") == Light.GREEN
