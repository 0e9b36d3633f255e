"""How a figure is looked up in what a district knew."""

from dataclasses import replace
from decimal import Decimal

from tests.transforms.makers import an_observation, some_facts

NEW = "F03.entities.new_m"


def told(facts, period):
    return facts.figure(NEW, "合计", period).value


def test_a_figure_of_thirty_digits_is_looked_up_as_it_was_told():
    long = Decimal("123456789012345678901234567890.12345678")
    assert told(some_facts([an_observation(NEW, "合计", "2022-08", long)]), "2022-08") == long


def test_an_earlier_month_does_not_know_what_came_after_it():
    facts = some_facts([an_observation(NEW, "合计", month, 7) for month in ("2022-06", "2022-08")]).at("2022-06")

    assert told(facts, "2022-06") == 7
    assert told(facts, "2022-08") is None
    assert facts.known["period"].to_list() == ["2022-06"]


def test_a_later_month_and_other_observations_are_looked_up_anew():
    rows = [an_observation(NEW, "合计", month, 7) for month in ("2022-06", "2022-08")]
    june = some_facts(rows, period="2022-06")
    assert told(june, "2022-06") == 7

    assert told(june.at("2022-08"), "2022-08") == 7
    assert told(replace(june, observations=june.observations.clear()), "2022-06") is None
