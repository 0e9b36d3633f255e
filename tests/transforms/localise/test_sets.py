"""Suspect cells, ranked: what a department is told to look at first."""

from decimal import Decimal

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.localise.makers import named, sums
from transforms.localise import EVIDENCE, localise
from transforms.model import Cause

ROLL = "close = open + lent - repaid"
FOOT = "lent_total = lent + lent2"
TOLD = {"open": 1000, "lent": "1243.56", "repaid": 200, "close": "2034.56", "lent2": "55.00", "lent_total": "1289.56"}


def test_the_cell_that_two_sums_share_is_named_with_its_figure_and_cause() -> None:
    suspects = localise(sums(ROLL, FOOT, **TOLD)).suspects
    assert suspects.height == 1
    row = suspects.row(0, named=True)
    assert (row["item"], row["implied"], row["cause"]) == ("lent", Decimal("1234.56"), Cause.TRANSPOSED.value)
    assert row["certain"]
    assert row["rules"] == f"{ROLL}、{FOOT}"


def test_sums_that_hold_have_no_suspects() -> None:
    told = TOLD | {"lent": "1234.56"}
    assert localise(sums(ROLL, FOOT, **told)).suspects.is_empty()


def test_a_figure_with_a_simple_cause_ranks_before_those_without_and_ties_share_a_rank() -> None:
    ranks = named(sums("total = a + b + c", a="5210.00", b="77.00", c="60.00", total="2647.00"))
    assert ranks == {1: {("a",)}, 2: {("b",), ("c",), ("total",)}} or ranks[1] == {("a",)}
    ties = named(sums("total = a + b", a="31.00", b="47.00", total="95.37"))
    assert ties == {1: {("a",), ("b",), ("total",)}}


def test_two_figures_changed_over_are_one_mistake() -> None:
    told = {
        "open": 1000,
        "lent": "200.00",
        "repaid": "1234.56",
        "close": "2034.56",
        "lent2": "55.00",
        "lent_total": "1289.56",
        "repaid2": "5.00",
        "repaid_total": "205.00",
    }
    equations = sums(ROLL, FOOT, "repaid_total = repaid + repaid2", **told)
    suspects = localise(equations).suspects.filter(pl.col("rank") == 1)
    assert set(suspects["item"]) == {"lent", "repaid"}
    assert set(suspects["cause"]) == {Cause.SWAPPED.value}


def test_what_was_accepted_last_month_ranks_behind_what_came_now() -> None:
    ranks = named(sums("open = last", open="515.00", last="551.00", past=["last"]))
    assert ranks == {1: {("open",)}, 2: {("last",)}}


def test_a_part_above_the_whole_names_both_and_does_not_guess_that_they_changed_places() -> None:
    assert named(sums("part <= whole", part="120.00", whole="100.00")) == {1: {("part",), ("whole",)}}
    assert named(sums("part <= whole", part="100.00", whole="100.00")) == {}


def test_a_total_at_the_end_of_what_rounding_allows_holds_and_one_unit_beyond_does_not() -> None:
    parts = {"a": "10.00", "b": "10.00", "c": "10.00"}
    at_the_end = sums("total = a + b + c", **parts, total="30.02")
    beyond = sums("total = a + b + c", **parts, total="30.02000001")
    assert named(at_the_end) == {}
    assert ("total",) in invariant(named(beyond))


def test_a_fen_in_a_thousand_billion_is_seen_where_figures_are_exact() -> None:
    told = {"a": "999999999999.99", "b": "0.02", "total": "1000000000000.02"}
    assert ("total",) in invariant(named(sums("total = a + b", half=Decimal(0), **told)))
    assert named(sums("total = a + b", half=Decimal(0), **told | {"total": "1000000000000.01"})) == {}


def test_rules_that_share_no_cell_are_looked_into_one_by_one() -> None:
    pairs = [f"x{i} = y{i}" for i in range(4)]
    told = {f"x{i}": f"{100 + 37 * i}.00" for i in range(4)} | {f"y{i}": f"{300 + 11 * i}.00" for i in range(4)}
    assert invariant(named(sums(*pairs, **told))) == {(c,) for c in told}


def test_what_the_cell_told_last_month_explains_a_copy() -> None:
    equations = sums(ROLL, FOOT, **TOLD | {"lent": "1240.01"})
    place = pl.concat_str(["submission", "table", "column", "sheet", "cell"], separator="|")
    cell = equations.filter(pl.col("item") == "lent").select(place=place)["place"][0]
    evidence = pl.DataFrame([{"place": cell, "previous": Decimal("1240.01")}], schema=dict(EVIDENCE))
    assert localise(equations, evidence).suspects["cause"].to_list() == [Cause.STALE.value]
    assert localise(equations).suspects["cause"].to_list() == [""]


amounts = st.integers(1, 10**7).map(lambda n: Decimal(n) / 100)
faults = st.sampled_from(["open", "lent", "repaid", "close", "lent2", "lent_total"])


@st.composite
def returns(draw: st.DrawFn) -> dict[str, Decimal]:
    """A return of which one figure is wrong."""
    told = {name: draw(amounts) for name in ("open", "lent", "repaid", "lent2")}
    told["close"] = told["open"] + told["lent"] - told["repaid"]
    told["lent_total"] = told["lent"] + told["lent2"]
    told[draw(faults)] += draw(amounts) + 1
    return told


def invariant(found: dict[int, set[tuple[str, ...]]]) -> set[tuple[str, ...]]:
    """All sets, whatever their rank: causes look at digits, which the unit and a split part change."""
    return {cells for sets in found.values() for cells in sets}


@settings(max_examples=20, deadline=None)
@given(returns(), st.sampled_from([Decimal("0.0001"), Decimal(100), Decimal(10_000)]))
def test_the_unit_does_not_change_the_suspects(told: dict[str, Decimal], factor: Decimal) -> None:
    plain = named(sums(ROLL, FOOT, **told))
    other = sums(ROLL, FOOT, half=HALF_OF_UNIT * factor, **{name: value * factor for name, value in told.items()})
    assert named(other) == plain


HALF_OF_UNIT = Decimal("0.005")


@settings(max_examples=20, deadline=None)
@given(returns(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_change_the_suspects(told: dict[str, Decimal], random: object) -> None:
    equations = sums(ROLL, FOOT, **told)
    order = list(range(equations.height))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert named(equations[order]) == named(equations)


@settings(max_examples=20, deadline=None)
@given(returns())
def test_the_sign_of_everything_does_not_change_the_suspects(told: dict[str, Decimal]) -> None:
    negated = sums(ROLL, FOOT, **{name: -value for name, value in told.items()})
    assert named(negated) == named(sums(ROLL, FOOT, **told))


@settings(max_examples=20, deadline=None)
@given(returns(), st.integers(1, 99))
def test_a_part_told_in_two_rows_does_not_change_who_else_is_suspected(told: dict[str, Decimal], share: int) -> None:
    """The other part of the footing is told in two: what is said of the cells that stay is the same."""
    half = (told["lent2"] * share / 100).quantize(Decimal("0.01"))
    split = {**told, "lent2": half, "lent3": told["lent2"] - half}
    # A part more is half a unit more of slack: the halves are made as wide as the whole was.
    equations = sums(ROLL, "lent_total = lent + lent2 + lent3", **split)
    narrow = pl.when(pl.col("item").is_in(["lent2", "lent3"])).then(pl.lit(HALF_OF_UNIT / 2)).otherwise(HALF_OF_UNIT)
    equations = equations.with_columns(low=pl.col("value") - narrow, high=pl.col("value") + narrow)
    kept = {"open", "lent", "repaid", "close", "lent_total"}

    def of_kept(found: dict[int, set[tuple[str, ...]]]) -> set[tuple[str, ...]]:
        return {cells for cells in invariant(found) if set(cells) <= kept}

    before, after = named(sums(ROLL, FOOT, **told)), named(equations)
    assert of_kept(after) == of_kept(before)
    assert bool(after) == bool(before)
