"""Months and quarters as text."""

import re
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import period
from transforms.spans import last_month_of

months = st.builds(period.month, st.integers(1990, 2090), st.integers(1, 12))


quarters = st.builds("{:04d}Q{}".format, st.integers(1990, 2090), st.integers(1, 4))


@given(months, st.integers(-200, 200))
def test_shifting_there_and_back_and_counting_agree(month: str, by: int) -> None:
    there = period.shift(month, by)
    assert period.shift(there, -by) == month
    first, last = sorted((month, there))
    assert len(period.months_between(first, last)) == abs(by) + 1


@given(months)
def test_a_month_lies_in_its_quarter_and_between_its_days(month: str) -> None:
    assert month in period.months_of(period.quarter_of(month))
    assert period.first_day(month) <= period.last_day(month) < period.first_day(period.shift(month, 1))
    assert period.year_to_date(month)[0].endswith("-01")
    assert period.december_before(month) < period.year_to_date(month)[0]


@given(quarters, st.integers(-60, 60))
def test_a_quarter_moves_by_quarters(quarter: str, by: int) -> None:
    there = period.shift(quarter, by)
    assert period.is_quarter(there)
    assert period.shift(there, -by) == quarter
    assert period.shift(period.last_month(quarter), 3 * by) == period.last_month(there)
    assert period.year_ago(quarter)[4:] == quarter[4:]


@given(quarters)
def test_a_quarter_begins_and_ends_with_its_months(quarter: str) -> None:
    first, _, last = period.months_of(quarter)
    assert (period.first_day(quarter), period.last_day(quarter)) == (period.first_day(first), period.last_day(last))
    assert period.quarter_of(quarter) == period.quarter_of(first) == quarter
    assert period.year_to_date(quarter) == period.year_to_date(last)


def test_a_quarterly_return_is_over_with_its_quarter() -> None:
    assert [period.ending_with(m, "quarterly") for m in ("2022-05", "2022-06", "2022-07")] == [None, "2022Q2", None]
    assert period.ending_with("2022-05", "monthly") == "2022-05"


def test_months_and_quarters_are_compared_by_their_last_month() -> None:
    told = pl.DataFrame({"period": ["2021Q4", "2022-01", "2022Q1", "2022Q2", "2022-12"]})
    ends = told.select(last_month_of(pl.col("period")))["period"].to_list()
    assert ends == ["2021-12", "2022-01", "2022-03", "2022-06", "2022-12"] == [*map(period.last_month, told["period"])]


def test_the_year_begins_again_in_january_and_in_the_first_quarter() -> None:
    told = ["2022-01", "2022-11", "2022-10", "2022Q1", "2022Q4"]
    assert [p for p in told if re.search(period.OPENS_YEAR, p)] == ["2022-01", "2022Q1"]


def test_the_year_turns() -> None:
    assert period.previous("2022-01") == period.december_before("2022-12") == "2021-12"
    assert period.previous("2022Q1") == period.december_before("2022Q3") == "2021Q4"
    assert period.year_ago("2024-02") == "2023-02"
    assert period.year_ago("2022Q2") == "2021Q2"
    assert period.last_day("2024-02") == date(2024, 2, 29)
    assert period.months_between("2022-02", "2022-01") == []


@pytest.mark.parametrize(
    "word", ["", "2022", "2022-13", "2022-00", "2022-8", "22-08", "2022Q3", "abcd-01", "+202-01", "2022-0 "]
)
def test_what_is_no_month_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"month|invalid"):
        period.split(word)


@pytest.mark.parametrize("word", ["2022Q0", "2022Q5", "2022-3", "2022Q", "2022Q11", ""])
def test_what_is_no_period_is_refused(word: str) -> None:
    assert not period.is_period(word)
    with pytest.raises(ValueError, match="not a month"):
        period.months_of(word)


def test_in_words() -> None:
    assert period.chinese("2022-08") == "2022年8月"
    assert period.chinese("2022Q3") == "2022年三季度"
