"""A new version of a return is held against the last one, cell by cell."""

import polars as pl
import pytest

from catalogue.load import load
from tests.transforms.wide import wide
from transforms.versions import CHANGED, changed_cells

HEADER = "bank_code open_bal lent_m close_bal"
LETTERS = pl.DataFrame({"code": ["bank_code", "open_bal", "lent_m", "close_bal"], "letter": ["A", "C", "D", "G"]})


def balances(*lines: str) -> pl.DataFrame:
    return wide("F10.balances", "\n".join(["", HEADER, *lines, ""]))


def changes(before: pl.DataFrame, now: pl.DataFrame) -> list[tuple[object, ...]]:
    return changed_cells(before, now, load().table("F10.balances"), LETTERS).rows()


def test_the_same_version_has_not_changed() -> None:
    told = balances("ICBC 10.00 2.00 12.00", "合计 10.00 2.00 12.00")
    assert changes(told, told) == []
    assert changed_cells(told, told, load().table("F10.balances"), LETTERS).schema == CHANGED


def test_a_changed_cell_is_told_with_its_place_and_both_values() -> None:
    before, now = balances("ICBC 10.00 2.00 12.00"), balances("ICBC 10.00 2.50 12.50")
    assert changes(before, now) == [
        ("表1", "D5", "“ICBC”本月发放", "2.00", "2.50"),
        ("表1", "G5", "“ICBC”期末余额", "12.00", "12.50"),
    ]


def test_another_spelling_of_the_same_number_is_no_change() -> None:
    assert changes(balances("ICBC 10.00 2.00 12.00"), balances("ICBC 10 2.0 12.0")) == []


def test_rows_are_matched_by_their_key_and_not_by_their_order() -> None:
    first, second = "ICBC 10.00 2.00 12.00", "ABC 5.00 1.00 6.00"
    assert changes(balances(first, second), balances(second, first)) == []


def test_a_row_that_came_and_a_row_that_went_are_told() -> None:
    told = changes(balances("ICBC 1.00 2.00 3.00"), balances("ABC 1.00 2.00 3.00"))
    assert [(cell, before, now) for _, cell, _, before, now in told[:1]] == [("A5", "（空）", "ABC")]
    assert ("表1", "", "“ICBC”期末余额", "3.00", "（空）") in told
    assert len(told) == 8


@pytest.mark.parametrize("word", ["—", "无"])
def test_a_cell_that_is_no_longer_told_has_changed(word: str) -> None:
    told = changes(balances("ICBC 10.00 2.00 12.00"), balances(f"ICBC 10.00 {word} 12.00"))
    assert told == [("表1", "D5", "“ICBC”本月发放", "2.00", word)]


def test_of_two_rows_of_one_key_each_is_held_against_its_own() -> None:
    twice = balances("ICBC 10.00 2.00 12.00", "ICBC 1.00 1.00 2.00")
    now = balances("ICBC 10.00 2.00 12.00", "ICBC 1.00 1.00 3.00")
    assert changes(twice, now) == [("表1", "G6", "“ICBC”期末余额", "2.00", "3.00")]
