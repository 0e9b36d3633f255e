"""Rates over told counts, growth over whole bases: the figures of the seeds (checks.tsv)."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.attain import bases, nearest, nearest_bases, numerators, shared_bases
from transforms.interval import Interval


def percent(text: str) -> Interval:
    """What a told percentage stands for, as a ratio."""
    return Interval.of(Decimal(text), Decimal(1).scaleb(-len(text.partition(".")[2]))) / 100


@pytest.mark.parametrize(
    ("rate", "base", "found"),
    [("71.72", 8879, [6368]), ("84.87", 8879, [7536]), ("65.9", 1329, [876]), ("58.2", 213, [124]), ("89.5", 213, [])],
)
def test_a_rate_names_its_numerator_where_it_is_one(rate: str, base: int, found: list[int]) -> None:
    assert list(numerators(percent(rate), base)) == found


def test_what_is_not_reached_has_a_neighbour_on_either_side() -> None:
    found = nearest(Fraction("0.895"), 213)
    assert {n: f"{float(rate):.4%}" for n, rate in found.items()} == {190: "89.2019%", 191: "89.6714%"}
    assert nearest(Fraction(1, 2), 10) == {5: Fraction(1, 2)}


@pytest.mark.parametrize(
    ("now", "rate", "base"), [(17514, "42.72", 12272), (6824, "20.71", 5653), (10506, "62.13", 6480)]
)
def test_a_growth_rate_names_its_base(now: int, rate: str, base: int) -> None:
    assert list(bases(now, percent(rate))) == [base]
    assert base in nearest_bases(now, Fraction(Decimal(rate)) / 100)


def test_no_whole_number_grows_to_seven_by_fifty_percent() -> None:
    assert not bases(7, percent("50.00"))
    assert nearest_bases(7, Fraction(1, 2)) == {4: Fraction(3, 4), 5: Fraction(2, 5)}


def test_the_rates_of_the_health_items_may_share_153_of_them() -> None:
    """C091: of the numbers up to 213 one alone reaches both; the told 213 does not."""
    assert shared_bases([percent("58.2"), percent("89.5")], 213)[-1] == 153
    assert 213 not in shared_bases([percent("89.5")], 213)


@given(st.integers(1, 5000), st.data())
def test_a_rounded_share_is_always_reached(base: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, base))
    told = (Decimal(100 * n) / base).quantize(Decimal("0.01"))
    assert n in numerators(percent(str(told)), base)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_rounded_growth_always_has_its_base(base: int, now: int) -> None:
    told = (Decimal(100 * now) / base - 100).quantize(Decimal("0.01"))
    if told > -100:
        assert base in bases(now, percent(str(told)))
