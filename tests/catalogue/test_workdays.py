"""Working days of the State Council's calendar, and of what the office adds to it."""

from datetime import date

import pytest

from catalogue.declarations import CatalogueError
from catalogue.load import load
from catalogue.workdays import Workdays, load_workdays

PLAIN = Workdays(frozenset(), frozenset())


def test_national_day_moves_the_due_day_of_september() -> None:
    """1–7 October 2022 are holidays, 8 and 9 (a weekend) are worked for them."""
    assert PLAIN.nth_after("2022-09", 1) == (date(2022, 10, 8), False)
    assert PLAIN.nth_after("2022-09", 3) == (date(2022, 10, 10), False)


def test_december_is_due_in_january_after_new_year() -> None:
    assert PLAIN.nth_after("2021-12", 1) == (date(2022, 1, 4), False)


def test_a_year_without_a_decree_is_provisional() -> None:
    day, provisional = PLAIN.nth_after("2098-12", 1)
    assert (day, provisional) == (date(2099, 1, 1), True)


def test_what_the_office_enters_settles_its_year() -> None:
    entered = Workdays(frozenset({date(2099, 1, 1)}), frozenset({date(2099, 1, 3)}))
    assert entered.nth_after("2098-12", 1) == (date(2099, 1, 2), False)
    assert entered.nth_after("2098-12", 2) == (date(2099, 1, 3), False)
    assert entered.nth_after("2097-12", 1)[1]


def test_what_the_office_enters_overrules_the_library() -> None:
    day = date(2022, 8, 3)
    assert PLAIN.is_workday(day) == (True, False)
    assert Workdays(frozenset({day}), frozenset()).is_workday(day) == (False, False)


def test_days_are_counted_with_both_ends() -> None:
    assert PLAIN.count(date(2022, 8, 1), date(2022, 8, 7)) == 5
    assert PLAIN.count(date(2022, 8, 1), date(2022, 8, 1)) == 1
    assert PLAIN.count(date(2022, 8, 2), date(2022, 8, 1)) == 0


@pytest.mark.parametrize("number", [0, -1])
def test_there_is_no_day_before_the_first(number: int) -> None:
    with pytest.raises(ValueError, match="1"):
        PLAIN.nth_after("2022-09", number)


def test_every_return_is_due_within_the_month_after() -> None:
    for form in load().returns:
        assert load_workdays().nth_after("2022-08", form.due)[0].month == 9


def test_an_entry_that_is_no_date_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "calendar.yaml").write_text("holidays: {国庆: 2027-10-01}\nmake_up_days: {}\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"calendar\.yaml"):
        load_workdays(tmp_path)
