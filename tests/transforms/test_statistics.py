"""Statistics over the rows of a table: limits, spans of days, the largest, the different ones; and quarters of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from catalogue.load import load
from tests.transforms.ledgers import observed_facts
from transforms import analyse
from transforms.facts import Facts, last_year, value_in, year_to_date
from transforms.model import Indicator

D = Decimal
CONNECTED = "\nutility user_class apply_date connect_date user_days\n"
CONTRACTS = "\ncontract_no award_date sign_date finish_date accept_date\n"
ISSUES = "\nissue_no received_on due_date done_on\n"
PAIRS = "\nuscc visits_m visits_ytd\n"


def indicator(code: str) -> Indicator:
    return next(i for i in load().indicators if i.code == code)


def told(table: str, lines: str, name: str) -> Mapping[str, Any]:
    facts = observed_facts({table: lines})
    (row,) = facts.known.filter(facts.known["series"] == f"{table}.{name}").to_dicts()
    return row


def test_cases_within_a_limit_are_counted_and_their_cells_named():
    lines = CONNECTED + (
        "电 低压小微 2022-08-01 2022-08-09 8\n电 低压小微 2022-08-01 2022-08-10 9\n"
        "电 低压小微 2022-08-01 2022-08-04 3\n电 10千伏 2022-08-01 2022-08-04 3\n"
        "电 低压小微 2022-07-01 2022-07-04 3\n电 低压小微 2022-08-20 · ·\n"
    )
    row = told("F12.applications", lines, "power_within")
    assert (row["value"], row["cell"]) == (2, "A5,A7")
    longest = told("F12.applications", lines, "power_longest")
    assert (longest["value"], longest["cell"]) == (9, "K5:K7")


def test_the_largest_of_nothing_is_not_told_and_not_zero():
    row = told("F12.applications", CONNECTED + "水 一般项目 2022-08-01 · ·\n", "power_longest")
    assert (row["value"], row["missing"]) == (None, None)


@pytest.mark.parametrize(
    ("signed", "within", "days"),
    [("2022-08-21", 1, 20), ("2022-08-22", 0, 21)],
)
def test_a_span_of_days_does_not_count_its_first_day(signed: str, within: int, days: int):
    lines = CONTRACTS + f"1 2022-08-01 {signed} · ·\n"
    assert told("F13.contracts", lines, "signed_within")["value"] == within
    assert told("F13.contracts", lines, "signing_longest")["value"] == days


def test_working_days_are_those_of_the_calendar():
    # 12 September 2022 is the Mid-Autumn holiday: from Thursday the 8th it is two working days to Tuesday the 13th.
    lines = CONTRACTS + "1 2022-07-01 2022-07-02 2022-09-08 2022-09-13\n"
    facts = observed_facts({"F13.contracts": lines}, period="2022-09")
    assert facts.figure("F13.contracts.acceptance_longest", "", "2022-09").value == 2


def test_a_contract_that_does_not_tell_its_award_is_not_counted_as_signed_in_time():
    lines = CONTRACTS + "1 · 2022-08-22 · ·\n2 2022-08-01 2022-08-22 · ·\n"
    assert told("F13.contracts", lines, "signed_n")["value"] == 2
    assert told("F13.contracts", lines, "signed_within")["value"] == 0
    assert told("F13.contracts", lines, "signing_days")["value"] is None


def test_what_is_open_and_due_before_the_month_ends_is_overdue():
    lines = ISSUES + (
        "1 2022-08-01 2022-08-30 ·\n2 2022-08-01 2022-08-31 ·\n3 2022-08-01 2022-08-30 2022-08-31\n4 2022-08-01 · ·\n"
    )
    assert told("F21.issues", lines, "overdue_n")["value"] == 1
    assert told("F21.issues", lines, "in_time_n")["value"] == 0


def test_good_ratings_are_three_columns_of_a_row_together():
    row = told("F06.ratings", "\ndept_code channel g5 g4 g3 g2 g1\ntax 短信 5 3 1 1 1\ntax 电话 1 0 0 0 0\n", "good_n")
    assert row["value"] == 10


def test_only_the_bad_ratings_of_earlier_months_must_have_been_answered():
    lines = "\nrating_no case_no rated_on answered_on\n1 1 2022-07-31 2022-08-02\n2 2 2022-07-30 ·\n3 3 2022-08-01 ·\n"
    assert told("F06.bad", lines, "earlier_n")["value"] == 2
    assert told("F06.bad", lines, "answered_n")["value"] == 1


def test_very_many_scattered_cells_are_named_by_their_ends_and_their_number():
    rows = "".join(f"{n} · {'2022-08-20' if n % 2 else '2022-07-20'} · ·\n" for n in range(100))
    assert told("F13.contracts", CONTRACTS + rows, "signed_n")["cell"] == "A6:A104(50格)"


def of_quarter(facts: Facts, code: str) -> Any:
    return analyse.of_quarter(facts, indicator(code), "2022Q2").value


def test_the_average_of_a_quarter_is_that_of_its_records_and_not_of_its_months():
    days = {"2022-04": (3,), "2022-05": (5, 5, 5), "2022-06": (7,)}
    lines = {
        month: CONNECTED + "".join(f"电 低压小微 {month}-01 {month}-15 {n}\n" for n in told)
        for month, told in days.items()
    }
    facts = observed_facts({"F12.applications": lines}, period="2022-06")
    assert of_quarter(facts, "I1201") == 5
    facts = observed_facts(
        {"F12.applications": {**lines, "2022-06": CONNECTED + "电 低压小微 2022-06-01 2022-06-20 12\n"}},
        period="2022-06",
    )
    assert of_quarter(facts, "I1201") == 6  # the mean of 3, 5 and 12 is 6.67


def test_firms_visited_in_two_months_of_a_quarter_are_counted_once():
    lines = {
        "2022-04": PAIRS + "甲 1 1\n乙 1 1\n丙 0 0\n",
        "2022-05": PAIRS + "甲 2 3\n乙 0 1\n丙 0 0\n",
        "2022-06": PAIRS + "甲 0 3\n乙 0 1\n丙 1 1\n",
    }
    facts = observed_facts({"F21.pairs": lines}, period="2022-06")
    assert [value_in(facts, indicator("I2104"), month).value for month in lines] == [2, 1, 1]
    assert of_quarter(facts, "I2104") == 3
    facts = observed_facts({"F21.pairs": {m: told for m, told in lines.items() if m != "2022-05"}}, period="2022-06")
    assert of_quarter(facts, "I2104") is None


def test_what_is_told_to_date_alone_has_the_growth_of_a_month():
    lines = {
        m: f"\nproject_no paid_ytd\n1 {paid}亿元\n" for m, paid in (("2022-01", 2), ("2022-02", 5), ("2022-03", 5))
    }
    facts = observed_facts({"F20.projects": lines}, period="2022-03")
    grown = [value_in(facts, indicator("I2001"), month).value for month in lines]
    assert grown == [200000000, 300000000, 0]
    assert year_to_date(facts, indicator("I2001"), "2022-03").value == 500000000


def test_the_multiple_of_a_quarter_is_that_of_its_last_month():
    lines = {
        m: f"\nproduct pool_bal loan_bal\n科技担保贷 2 {n}\n"
        for m, n in (("2022-04", 2), ("2022-05", 6), ("2022-06", 8))
    }
    facts = observed_facts({"F11.pools": lines}, period="2022-06")
    assert of_quarter(facts, "I1102") == 4


def test_a_rate_of_records_is_compared_with_that_of_the_same_months_of_last_year():
    lines = {
        "2021-08": ISSUES + "1 2021-08-01 2021-08-09 2021-08-10\n2 2021-08-01 2021-08-10 2021-08-10\n",
        "2022-08": ISSUES + "1 2022-08-01 2022-08-20 2022-08-10\n",
    }
    facts = observed_facts({"F21.issues": lines})
    assert value_in(facts, indicator("I2102"), "2022-08").value == 1
    assert value_in(facts, indicator("I2102"), "2021-08").value == D("0.5")
    assert last_year(facts, indicator("I2102"), "2022-08").value is None  # seven months of that year were not filed
