"""Months and quarters as text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms import period

months = st.builds(period.month, st.integers(1990, 2090), st.integers(1, 12))


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


def test_the_year_turns() -> None:
    assert period.previous("2022-01") == period.december_before("2022-12") == "2021-12"
    assert period.shift_quarter("2022Q1", -1) == "2021Q4"
    assert period.year_ago("2024-02") == "2023-02"
    assert period.last_day("2024-02") == date(2024, 2, 29)
    assert period.months_between("2022-02", "2022-01") == []


@pytest.mark.parametrize(
    "word", ["", "2022", "2022-13", "2022-00", "2022-8", "22-08", "2022Q3", "abcd-01", "+202-01", "2022-0 "]
)
def test_what_is_no_month_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"month|invalid"):
        period.split(word)


@pytest.mark.parametrize("word", ["2022Q0", "2022Q5", "2022-3", "2022Q"])
def test_what_is_no_quarter_is_refused(word: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 – by int() or by us
        period.months_of(word)


def test_in_words() -> None:
    assert period.chinese("2022-08") == "2022年8月"
    assert period.chinese("2022Q3") == "2022年三季度"
