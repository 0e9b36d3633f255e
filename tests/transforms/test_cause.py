"""Why a told figure is not what it should be."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.cause import Told, cause_of_pairs, explain
from transforms.model import EXACT, Cause


def cause_of(
    told: str, low: str | None, high: str | None = None, step: str | None = "0.01", **known: str
) -> tuple[str, Decimal | None]:
    """Cause and corrected figure of one told figure that should lie between two others (one: exactly that)."""
    columns = {"told": told, "low": low, "high": high if high is not None else low, "step": step, **known}
    frame = pl.DataFrame(
        {name: [None if text is None else Decimal(text)] for name, text in columns.items()},
        schema=dict.fromkeys(columns, EXACT),
    )
    sources = {Cause.STALE: "last", Cause.BASIS: "month"}
    equal = {cause: pl.col(name) for cause, name in sources.items() if name in known}
    (row,) = explain(frame, Told(pl.col("told"), pl.col("step"), pl.col("low"), pl.col("high"), equal)).rows(named=True)
    return row["cause"], row["corrected"]


@pytest.mark.parametrize(
    ("told", "true", "step", "cause"),
    [
        ("123456", "1234560000", "1", Cause.UNIT),
        ("12345600.00", "1234.56", "0.01", Cause.UNIT),
        ("0.8920", "89.20", "0.0001", Cause.UNIT),
        ("-12.34", "12.34", "0.01", Cause.SIGN),
        ("24.68", "12.34", "0.01", Cause.DUPLICATE),
        ("1243.56", "1234.56", "0.01", Cause.TRANSPOSED),
        ("-1243.56", "-1234.56", "0.01", Cause.TRANSPOSED),
        ("134.56", "1234.56", "0.01", Cause.DROPPED),
        ("1274.56", "1234.56", "0.01", Cause.SUBSTITUTED),
        ("12.34", "12.35", "0.01", Cause.TRUNCATED),
        ("1234.00", "1234.56", "0.01", Cause.TRUNCATED),
        ("1000000000000.02", "1000000000000.01", "0.01", Cause.SUBSTITUTED),
    ],
)
def test_a_slip_is_called_by_its_name_and_put_right(told: str, true: str, step: str, cause: Cause) -> None:
    assert cause_of(told, true, step=step) == (cause.value, Decimal(true))


@pytest.mark.parametrize(
    ("told", "true"),
    # The counts of Changde; eighteen more, divisible by nine; two digits that are not neighbours.
    [("7610", "7608"), ("55", "73"), ("5234", "2534.5"), ("4231", "1234")],
)
def test_what_fits_nothing_is_not_guessed(told: str, true: str) -> None:
    assert cause_of(told, true, step="1") == (Cause.UNEXPLAINED.value, None)


def test_the_amounts_of_changde_have_no_cause() -> None:
    """13.591719 against 12.42 亿元 (003): nothing simple, and no proposal."""
    pairs = pl.DataFrame(
        {
            "left_value": [Decimal(1359171900)],
            "right_value": [Decimal(1242000000)],
            "low": [Decimal(116671850)],
            "high": [Decimal(117671950)],
        },
        schema=dict.fromkeys(("left_value", "right_value", "low", "high"), EXACT),
    )
    assert cause_of_pairs(pairs).to_list() == [Cause.UNEXPLAINED.value]
    steps = [pl.lit(Decimal(100), dtype=EXACT), pl.lit(Decimal(1000000), dtype=EXACT)]
    assert cause_of_pairs(pairs, steps).to_list() == [Cause.UNEXPLAINED.value]


def test_a_slip_counts_when_one_figure_of_its_kind_lies_in_the_interval() -> None:
    assert cause_of("134.56", "1234.55", "1234.57") == (Cause.DROPPED.value, Decimal("1234.56"))
    # Any of 1234.50 to 1234.59 could have lost its last digit.
    assert cause_of("123.45", "1234.50", "1234.59")[0] != Cause.DROPPED.value


def test_a_wide_interval_holds_something_of_every_kind_and_so_says_nothing() -> None:
    assert cause_of("5210", "2510", step="1")[0] == Cause.TRANSPOSED.value
    assert cause_of("5210", "2400", "2600", step="1")[0] == Cause.UNEXPLAINED.value


def test_a_figure_that_is_allowed_has_no_cause() -> None:
    assert cause_of("12.34", "12.33", "12.35") == ("", None)
    assert cause_of("12.34", "12.34") == ("", None)


def test_a_figure_one_smallest_unit_outside_the_interval_is_not_allowed() -> None:
    assert cause_of("50.00000001", "40", "50", step=None)[0] != ""
    assert cause_of("50", "40", "50", step=None)[0] == ""


def test_an_open_interval_says_nothing_of_digits_and_something_of_the_sign() -> None:
    frame = pl.DataFrame({"v": [Decimal(-1234)]}, schema={"v": EXACT})
    nothing = pl.lit(None, dtype=EXACT)
    told = Told(pl.col("v"), nothing, pl.lit(Decimal(0), dtype=EXACT), nothing)
    assert explain(frame, told)["cause"].to_list() == [Cause.SIGN.value]


def test_a_copy_of_last_month_is_told_before_a_digit_that_happens_to_fit() -> None:
    assert cause_of("1274.56", "1234.56", last="1274.56") == (Cause.STALE.value, Decimal("1234.56"))
    assert cause_of("1274.56", "1234.56", last="1274.57")[0] == Cause.SUBSTITUTED.value


def test_the_month_told_for_the_year_so_far() -> None:
    assert cause_of("310.00", "2510.00", month="310.00") == (Cause.BASIS.value, Decimal("2510.00"))


def test_a_figure_of_one_digit_explains_nothing() -> None:
    assert cause_of("3", "7", step="1", last="3") == (Cause.UNEXPLAINED.value, None)


digits = st.integers(10, 10**12)


@settings(max_examples=25, deadline=None)
@given(digits, digits, st.sampled_from([1, 100, 10_000, 10**8]))
def test_the_unit_does_not_change_the_cause(told: int, true: int, factor: int) -> None:
    plain = cause_of(str(told), str(true), step="1")
    larger = cause_of(str(told * factor), str(true * factor), step=str(factor))
    assert larger == (plain[0], None if plain[1] is None else plain[1] * factor)


@settings(max_examples=25, deadline=None)
@given(digits, digits)
def test_the_sign_of_everything_does_not_change_the_cause(told: int, true: int) -> None:
    plain, negated = cause_of(str(told), str(true), step="1"), cause_of(str(-told), str(-true), step="1")
    assert negated == (plain[0], None if plain[1] is None else -plain[1])
