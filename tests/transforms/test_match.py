"""Two ledgers matched as plain frames: what meets, in which way, and what is left of either side."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.transforms.entries import Line, entries, ledger
from transforms.model import Cause
from transforms.reconcile.ledgers import match
from transforms.reconcile.ledgers.apart import apart, number
from transforms.reconcile.ledgers.keys import Matched

D = Decimal


def left_over(matched: Matched) -> list[tuple[object, ...]]:
    """Key, value of the left, value of the right, cause."""
    return matched.keys.sort("key").select("key", "left_value", "right_value", "cause").rows()


def ways(matched: Matched) -> dict[str, tuple[int, int]]:
    """By way, how many entries of the left and of the right met in it."""
    summed = matched.ways.group_by("way").agg(pl.col("left_n", "right_n").sum())
    return {way: (left, right) for way, left, right in summed.rows()}


def test_what_is_the_same_meets_at_once_whatever_its_order() -> None:
    found = match(entries("V1 甲 3 100", "V2 乙 4 200"), entries("V2 乙 4 200", "V1 甲 3 100"))
    assert left_over(found) == []
    assert ways(found) == {"exact": (2, 2)}


def test_the_sums_are_told_of_all_entries() -> None:
    found = match(entries("V1 甲 3 100", "V2 乙 4 200"), entries("V1 甲 3 100"))
    assert found.sums.select("left_value", "left_n", "right_value", "right_n").row(0) == (D(300), 2, D(100), 1)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("V1 甲 3 350",), ("V1 甲 3 100", "V1 甲 4 250")),
        (("V1 甲 3 100", "V1 甲 4 250"), ("V1 甲 3 350",)),
        (("V1 甲 3 100", "V1 甲 4 250"), ("V1 甲 3 300", "V1 甲 4 50")),
        (("V1 甲 3 100", "V1 甲 4 -100", "V2 乙 3 1"), ("V2 乙 3 1",)),
    ],
    ids=["one to many", "many to one", "many to many", "booked and reversed"],
)
def test_lines_of_one_key_meet_in_their_sum(left: tuple[str, ...], right: tuple[str, ...]) -> None:
    found = match(entries(*left), entries(*right))
    assert left_over(found) == []
    assert "split" in ways(found)


def test_a_line_meets_its_parts_though_another_line_of_the_key_differs() -> None:
    found = match(entries("V1 甲 3 350", "V1 甲 3 70"), entries("V1 甲 3 100", "V1 甲 4 250", "V1 甲 3 71"))
    assert left_over(found) == [("V1", D(70), D(71), Cause.UNEXPLAINED)]
    assert ways(found) == {"split": (1, 2)}


def test_a_key_of_too_many_lines_is_held_as_a_whole_and_counted() -> None:
    parts = [f"V1 甲 3 {n}" for n in range(101, 108)]
    found = match(entries("V1 甲 3 728", "V1 甲 3 5"), entries(*parts, "V1 甲 3 6"))
    assert left_over(found) == [("V1", D(733), D(734), Cause.UNEXPLAINED)]
    untried = found.ways.filter(pl.col("way") == "untried")
    assert untried["keys"].to_list() == [1]


def test_sums_of_two_keys_do_not_meet() -> None:
    found = match(entries("V1 甲 3 350"), entries("V2 甲 3 100", "V3 甲 4 250"))
    assert [key for key, *_ in left_over(found)] == ["V1", "V2", "V3"]


def test_what_stands_twice_here_and_once_there_is_left_once_with_the_place_of_the_first() -> None:
    found = match(entries("V1 甲 3 100", "V2 乙 4 200", "V1 甲 3 100"), entries("V1 甲 3 100", "V2 乙 4 200"))
    assert left_over(found) == [("V1", D(100), None, Cause.DUPLICATE)]
    assert found.keys.select("left_cell", "left_original").row(0) == ("表!A7", "表!A5")


def test_what_stands_twice_on_both_sides_meets_twice() -> None:
    twice = entries("V1 甲 3 100", "V1 甲 3 100")
    assert left_over(match(twice, twice)) == []


def test_what_only_one_side_has_is_missing_and_a_copy_of_it_is_counted() -> None:
    found = match(entries("V1 甲 3 100", "V1 甲 3 100"), entries("V9 丁 3 1"))
    assert left_over(found) == [("V1", D(200), None, Cause.MISSING), ("V9", None, D(1), Cause.MISSING)]
    assert found.keys.filter(pl.col("key") == "V1")["left_copies"].to_list() == [1]


def test_party_amount_and_day_meet_where_the_other_side_does_not_know_the_key() -> None:
    found = match(entries("V1 甲 3 100", "· 乙 3 50"), entries("VX 甲 6 100", "VY 乙 1 50"), days=3)
    assert left_over(found) == []
    assert ways(found) == {"party": (2, 2)}


def test_party_and_amount_do_not_take_an_entry_whose_key_the_other_side_tells_otherwise() -> None:
    """V1 was told as 120: it is that entry which differs, and V2 which is missing."""
    found = match(entries("V1 甲 3 100"), entries("V1 甲 3 120", "V2 甲 3 100"), days=3)
    assert left_over(found) == [("V1", D(100), D(120), Cause.UNEXPLAINED), ("V2", None, D(100), Cause.MISSING)]


def test_two_entries_without_a_key_are_not_the_same_for_their_amount() -> None:
    found = match(entries("· 甲 3 100"), entries("· 乙 3 100"))
    assert sorted(found.keys["alone"]) == ["left", "right"]


def test_two_amounts_that_were_not_told_are_not_equal() -> None:
    assert left_over(match(entries("V1 甲 3 ·"), entries("V1 甲 3 ·"))) == [("V1", None, None, Cause.NONE)]


def test_days_are_not_looked_at_unless_asked() -> None:
    assert len(left_over(match(entries("V1 甲 3 100"), entries("VX 甲 3 100")))) == 2


def test_a_part_need_not_hold_what_the_whole_holds() -> None:
    found = match(entries("V1 甲 3 100"), entries("V1 甲 3 100", "V2 乙 4 200"), part="left")
    assert left_over(found) == []
    assert found.sums.select("left_value", "right_value").row(0) == (D(100), D(100))


def test_the_whole_must_hold_what_a_part_holds() -> None:
    found = match(entries("V1 甲 3 100", "V3 丙 3 7"), entries("V1 甲 3 100", "V2 乙 4 200"), part="left")
    assert left_over(found) == [("V3", D(7), None, Cause.MISSING)]


def test_an_amount_of_the_whole_that_was_not_told_is_no_matter_of_the_part() -> None:
    found = match(entries("V1 甲 3 100"), entries("V1 甲 3 100", "V2 乙 4 ·"), part="left")
    assert found.sums["right_value"].to_list() == [D(100)]


def test_lines_told_in_wan_meet_their_sum_within_the_rounding_of_all() -> None:
    left, right = entries("V1 甲 3 10000", half="50"), entries("V1 甲 3 3300", "V1 甲 3 6550", half="50")
    assert ways(match(left, right)) == {"rounded": (1, 2)}
    beyond = entries("V1 甲 3 3300", "V1 甲 3 6549.99", half="50")
    assert left_over(match(left, beyond)) == [("V1", D(10000), D("9849.99"), Cause.UNEXPLAINED)]


def test_one_amount_told_twice_with_the_same_digits_has_no_rounding() -> None:
    found = match(entries("V1 甲 3 123400", half="50"), entries("V1 甲 3 123500", half="50"))
    assert [key for key, *_ in left_over(found)] == ["V1"]


def test_a_lazy_frame_is_matched_like_a_frame() -> None:
    left, right = entries("V1 甲 3 100", "V2 乙 4 200"), entries("V2 乙 4 201")
    assert left_over(match(left.lazy(), right.lazy())) == left_over(match(left, right))


def test_amounts_are_told_apart_to_the_last_place() -> None:
    found = match(entries("V1 甲 3 0.00000001"), entries("V1 甲 3 0.00000002"))
    assert [key for key, *_ in left_over(found)] == ["V1"]


def test_of_two_that_could_have_been_taken_the_order_of_rows_does_not_choose() -> None:
    rows = ("V1 甲 3 100", "V2 甲 3 100")
    forth, back = (left_over(match(entries(*some), entries("VX 甲 4 100"), days=3)) for some in (rows, rows[::-1]))
    assert forth == back == [("V2", D(100), None, Cause.MISSING)]


def test_of_two_ways_to_add_up_the_order_of_rows_does_not_choose() -> None:
    """100 is 20 + 80 or 40 + 60; after the second, 50 would be 20 + 30 as well."""
    parts = [f"V1 甲 3 {n}" for n in (60, 40, 80, 20, 30)]
    wholes = entries("V1 甲 3 100", "V1 甲 3 50")
    forth, back = (left_over(match(wholes, entries(*some))) for some in (parts, sorted(parts)))
    assert forth == back


# Numbers in place of texts


def test_unlike_entries_that_share_a_number_are_told_apart_by_the_proof() -> None:
    """A number that does not know the amount: the second try, with one that does, must find the difference."""
    by_key_alone = pl.col("key").hash(1)
    left, right = entries("V1 甲 3 100", "V2 乙 3 5"), entries("V1 甲 3 120", "V2 乙 3 5")
    rest = apart(left, right, (by_key_alone, number(3), number(30)))
    assert [side["key"].to_list() for side in rest] == [["V1"], ["V1"]]


def test_numbers_that_cannot_tell_entries_apart_are_refused() -> None:
    """One confuses V1 with V1, the other V2 with V3: neither may pass what the other proves wrong."""
    left, right = entries("V1 甲 3 100", "V2 乙 3 5"), entries("V1 甲 3 120", "V3 乙 3 5")
    with pytest.raises(RuntimeError, match="told apart"):
        apart(left, right, (pl.col("key").hash(1), pl.col("amount").hash(1)))


def test_partitions_find_what_the_whole_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(3)
    lines = [(f"V{n}", None, 3, D(random.randint(1, 99)), D(0)) for n in range(500)]
    left, right = ledger(lines[:450] + lines[100:120]), ledger(lines[50:])
    whole = [side.sort("key") for side in apart(left, right)]
    monkeypatch.setattr("transforms.reconcile.ledgers.apart.AT_ONCE", 40)
    assert [side.sort("key").equals(other) for side, other in zip(apart(left, right), whole, strict=True)] == [True] * 2
    assert [side.height for side in whole] == [50 + 2 * 20, 50 + 20]


# What must not change a verdict

cents = st.integers(-300, 300).filter(bool).map(lambda n: Decimal(n) / 100)
keys = st.sampled_from(["V1", "V2", "V3", "V4", None])
lines = st.tuples(keys, st.sampled_from(["甲", "乙", None]), st.integers(1, 9), st.none() | cents, st.just(Decimal(0)))
told_lines = st.tuples(st.sampled_from(["V1", "V2", "V3"]), st.none(), st.just(3), cents, st.just(Decimal(0)))
sides = st.lists(lines, max_size=9)
thorough = settings(max_examples=30, deadline=None)


@dataclass(frozen=True)
class Verdict:
    """What a reader is told of a key, without the places."""

    left: tuple[Decimal | None, int | None]
    right: tuple[Decimal | None, int | None]
    alone: str
    plain: str

    @property
    def difference(self) -> Decimal | None:
        told = [value for value, n in (self.left, self.right) if n]
        return None if None in told else (self.left[0] or Decimal(0)) - (self.right[0] or Decimal(0))


def verdicts(left: Sequence[Line], right: Sequence[Line], **how: int) -> dict[tuple[str | None, str], Verdict]:
    """By key and the side that alone holds it (a null key stands on either)."""
    found = match(ledger(left), ledger(right), **how)  # type: ignore[arg-type]
    return {
        (row["key"], row["alone"]): Verdict(
            (row["left_value"], row["left_n"]),
            (row["right_value"], row["right_n"]),
            row["alone"],
            row["cause"] if row["alone"] else "",
        )
        for row in found.keys.iter_rows(named=True)
    }


@given(left=sides, right=sides, seed=st.integers(0, 999))
@thorough
def test_the_order_of_rows_changes_no_verdict(left: list[Line], right: list[Line], seed: int) -> None:
    random = Random(seed)
    mixed = [random.sample(side, len(side)) for side in (left, right)]
    assert verdicts(*mixed, days=3) == verdicts(left, right, days=3)


@given(left=sides, right=sides, factor=st.sampled_from([-1, 100, 10_000, -10_000]))
@thorough
def test_neither_sign_nor_unit_of_everything_changes_a_verdict(
    left: list[Line], right: list[Line], factor: int
) -> None:
    def changed(value: Decimal | None) -> Decimal | None:
        return None if value is None else value * factor

    scaled = [[(k, p, d, changed(a), h) for k, p, d, a, h in side] for side in (left, right)]
    expected = {
        key: Verdict((changed(v.left[0]), v.left[1]), (changed(v.right[0]), v.right[1]), v.alone, v.plain)
        for key, v in verdicts(left, right, days=3).items()
    }
    assert verdicts(*scaled, days=3) == expected


@given(left=sides, right=sides)
@thorough
def test_changing_sides_mirrors_every_verdict(left: list[Line], right: list[Line]) -> None:
    other = {"left": "right", "right": "left", "": ""}
    mirrored = {
        (key, other[alone]): Verdict(v.right, v.left, other[alone], v.plain)
        for (key, alone), v in verdicts(left, right, days=3).items()
    }
    assert verdicts(right, left, days=3) == mirrored


@given(left=st.lists(told_lines, min_size=1, max_size=6), right=st.lists(told_lines, max_size=6), part=cents)
@thorough
def test_a_line_split_in_two_within_its_key_changes_no_difference(
    left: list[Line], right: list[Line], part: Decimal
) -> None:
    key, party, day, amount, half = left[0]
    assert amount is not None
    assume(amount != part)
    split = [(key, party, day, part, half), (key, party, day, amount - part, half), *left[1:]]
    before, after = ({k: v.difference for k, v in verdicts(side, right).items()} for side in (left, split))
    assert {k[0]: d for k, d in after.items()} == {k[0]: d for k, d in before.items()}


told_sides = st.lists(st.tuples(keys, st.just("甲"), st.integers(1, 9), cents, st.just(Decimal(0))), max_size=9)


@given(left=told_sides, right=told_sides)
@thorough
def test_what_is_left_over_is_the_difference_of_the_sums(left: list[Line], right: list[Line]) -> None:
    sums = match(ledger(left), ledger(right)).sums.fill_null(0)
    listed = sum((v.difference or Decimal(0) for v in verdicts(left, right, days=3).values()), start=Decimal(0))
    assert listed == (sums["left_value"].sum() or 0) - (sums["right_value"].sum() or 0)
