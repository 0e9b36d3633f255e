"""What a told figure stands for: XBRL Calculations 1.1, and the hedges of §1."""

from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.load import load
from transforms.interval import ABOVE, ENDS, FAR, MORE, UNDER, Interval, ends_of, hedge_of, sum_of
from transforms.model import EXACT, Column, Rounding

D = Decimal
ROUND, TRUNCATE, WHOLE = Rounding.ROUND, Rounding.TRUNCATE, Rounding.EXACT
values = st.decimals(-(10**9), 10**9, places=2)
steps = st.sampled_from([D(0), D("0.01"), D(1), D(10**4), D(10**6)])
modes = st.sampled_from([ROUND, TRUNCATE, WHOLE])


def told(value: str, step: str = "0", mode: str = ROUND) -> Interval:
    return Interval.of(D(value), D(step), mode)


@pytest.mark.parametrize(
    ("value", "step", "mode", "inside", "outside"),
    [
        ("12.23", "0.01", ROUND, ["12.225", "12.235"], ["12.2249", "12.2351"]),
        ("12.23", "0.01", TRUNCATE, ["12.23", "12.2399"], ["12.24", "12.2299"]),
        ("-12.23", "0.01", TRUNCATE, ["-12.23", "-12.2399"], ["-12.24", "-12.2299"]),
        ("0", "1", TRUNCATE, ["0", "0.99", "-0.99"], ["1", "-1"]),
        ("7608", "1", WHOLE, ["7608"], ["7608.1"]),
        ("300", "100", ABOVE, ["300", "399.9"], ["400", "299"]),
        ("1500", "100", MORE, ["1500", "999999999"], ["1499.99"]),
        ("5", "1", UNDER, ["4.99", "-5"], ["5"]),
    ],
)
def test_digits_stand_for_what_they_were_shortened_from(value, step, mode, inside, outside):
    interval = told(value, step, mode)
    assert all(D(x) in interval for x in inside)
    assert not any(D(x) in interval for x in outside)


@pytest.mark.parametrize(
    ("text", "hedge"),
    [
        ("300余件", ABOVE),
        ("300多件", ABOVE),
        ("突破1500亿元", MORE),
        ("50%以上", MORE),
        ("约占50%以上", MORE),
        ("不超过9个工作日", "below"),
        ("20日以内", "below"),
        ("近269名", "below"),
        ("不足5户", UNDER),
        ("约8天", "about"),
        ("1,234.50", ""),
    ],
)
def test_a_hedge_is_read_from_its_words(text, hedge):
    assert hedge_of(text) == hedge


@given(values, values, steps, steps, modes)
def test_a_sum_holds_what_its_parts_may_be(a: D, b: D, u: D, v: D, mode: Rounding) -> None:
    first, second = Interval.of(a, u, mode), Interval.of(b, v, mode)
    assert Fraction(a) + Fraction(b) in first + second
    assert Fraction(a) - Fraction(b) in first - second
    assert (first + second) - second == first + (second - second)


@given(values, steps, modes, st.integers(-5, 5))
def test_a_negative_weight_swaps_the_ends(v: D, u: D, mode: Rounding, weight: int) -> None:
    interval = Interval.of(v, u, mode) * weight
    assert Fraction(v) * weight in interval
    if weight < 0:
        assert (interval.low_open, interval.high_open) == (
            Interval.of(v, u, mode).high_open,
            Interval.of(v, u, mode).low_open,
        )
    assert (interval * -1) * -1 == interval


@given(values, values, steps, steps, modes, modes)
def test_two_reports_of_a_figure_meet_or_contradict_whichever_is_asked(
    a: D, b: D, u: D, v: D, m: Rounding, n: Rounding
) -> None:
    one, other = Interval.of(a, u, m), Interval.of(b, v, n)
    assert one.meets(other) == other.meets(one)
    both = one.intersect(other)
    assert both == other.intersect(one)
    assert (both is None) == (not one.at_most(other) or not other.at_most(one))


def test_the_end_of_a_truncated_figure_is_not_in_it():
    """[12.23, 12.24) and [12.24, …) do not meet; rounded, both may be 12.235."""
    assert not told("12.23", "0.01", TRUNCATE).meets(told("12.24", "0.01", TRUNCATE))
    assert told("12.23", "0.01").meets(told("12.24", "0.01"))
    assert not told("12.23", "0.01").meets(told("12.25", "0.01"))


def test_three_reports_with_other_decimals_leave_what_all_allow():
    reports = [told("12.2", "0.1"), told("12.23", "0.01"), told("12.227", "0.001")]
    left = reports[0]
    for report in reports[1:]:
        left = left.intersect(report)
        assert left is not None
    assert (left.low, left.high) == (Fraction("12.2265"), Fraction("12.2275"))
    assert left.intersect(told("12.3", "0.01")) is None


def test_the_parts_of_changde_cannot_be_its_total():
    parts = sum_of(
        [told("12.23", "0.01"), told("1.2", "0.1"), told("0.128304", "0.000001"), told("0.033415", "0.000001")]
    )
    assert (parts.low, parts.high) == (Fraction("13.536718"), Fraction("13.646720"))
    assert not parts.meets(told("12.42", "0.01"))


# In a frame


def a_column(**changes: object) -> Column:
    usual = {"code": "x", "header": "X", "type": "money", "unit": "元", "decimals": 2, "basis": "month"}
    return Column(**{**usual, **changes})


@settings(deadline=None)
@given(
    st.lists(st.tuples(values, steps, st.sampled_from(["", "余", "以上", "不足", "约"])), min_size=1, max_size=20),
    modes,
)
def test_a_column_of_figures_stands_for_what_each_stands_for(told_figures, mode):
    halves = [step if hedge else step / 2 for _, step, hedge in told_figures]
    rows = pl.DataFrame(
        {
            "x": [v for v, _, _ in told_figures],
            "x|half": [
                D(0) if mode is WHOLE and not hedge else h
                for h, (_, _, hedge) in zip(halves, told_figures, strict=True)
            ],
            "x|text": [f"{v}{hedge}" for v, _, hedge in told_figures],
        },
        schema={"x": EXACT, "x|half": EXACT, "x|text": pl.String},
    )
    found = rows.select(**ends_of(a_column(rounding=mode)))
    for (value, step, hedge), row in zip(told_figures, found.iter_rows(), strict=True):
        expected = Interval.of(value, step, hedge_of(hedge) or mode)
        low, high, low_open, high_open = row
        assert (None if low == -FAR else Fraction(low)) == expected.low
        assert (None if high == FAR else Fraction(high)) == expected.high
        assert (low_open, high_open) == (expected.low_open, expected.high_open)


def test_what_was_not_told_stands_for_nothing():
    rows = pl.DataFrame(
        {"x": [None], "x|half": [None], "x|text": [None]}, schema={"x": EXACT, "x|half": EXACT, "x|text": pl.String}
    )
    assert rows.select(**ends_of(a_column())).row(0) == (None,) * len(ENDS)


def test_every_source_of_the_catalogue_rounds():
    """The seeds round half up, none truncates (checks.tsv, C193)."""
    assert {c.rounding for t in load().tables() for c in t.columns} == {ROUND}
