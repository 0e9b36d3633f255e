"""The smallest sets of cells that repair a record, against a plain elimination in fractions."""

from fractions import Fraction
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.localise.circuits import circuits, relation
from transforms.localise.supports import WHOLE, smallest_sets

Box = tuple[int | None, int | None]


def boxes_of(*records: list[Box]) -> pl.DataFrame:
    schema = {"record": pl.Int64} | {f"{e}_{i}": WHOLE for i in range(len(records[0])) for e in ("low", "high")}
    rows = [(k, *(end for box in record for end in box)) for k, record in enumerate(records)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def found(matrix: list[tuple[int, ...]], *records: list[Box], largest: int = 3) -> list[set[tuple[int, ...]]]:
    sets = smallest_sets(matrix, boxes_of(*records), largest)
    rows = list(sets.select("record", "cells").iter_rows())
    return [{tuple(cells) for record, cells in rows if record == k} for k in range(len(records))]


def can_repair(matrix: list[tuple[int, ...]], support: tuple[int, ...], box: list[Box]) -> bool:
    """Fourier and Motzkin: eliminate one change after the other from the inequalities."""
    rows: list[tuple[list[Fraction], Fraction]] = []
    for row, (low, high) in zip(matrix, box, strict=True):
        part = [Fraction(row[c]) for c in support]
        if high is not None:
            rows.append((part, Fraction(high)))
        if low is not None:
            rows.append(([-x for x in part], Fraction(-low)))
    for place in range(len(support)):
        up = [r for r in rows if r[0][place] > 0]
        down = [r for r in rows if r[0][place] < 0]
        rows = [r for r in rows if r[0][place] == 0]
        for a, b in up:
            for c, d in down:
                s, t = -c[place], a[place]
                rows.append(([s * x + t * y for x, y in zip(a, c, strict=True)], s * b + t * d))
    return all(bound >= 0 for _, bound in rows)


def by_trying(matrix: list[tuple[int, ...]], box: list[Box]) -> set[tuple[int, ...]]:
    cells = range(len(matrix[0]))
    if can_repair(matrix, (), box):
        return set()
    for size in (1, 2, 3):
        if sets := {s for s in combinations(cells, size) if can_repair(matrix, s, box)}:
            return sets
    return set()


@st.composite
def systems(draw: st.DrawFn) -> tuple[list[tuple[int, ...]], list[Box]]:
    width = draw(st.integers(2, 5))
    entry = st.sampled_from([-1, 0, 0, 1, 1, 2])
    matrix = draw(st.lists(st.tuples(*[entry] * width), min_size=1, max_size=4))
    ends = st.one_of(st.none(), st.integers(-6, 6))
    box = []
    for _ in matrix:
        low, high = draw(ends), draw(ends)
        if low is not None and high is not None and low > high:
            low, high = high, low
        box.append((low, high))
    return matrix, box


@settings(max_examples=150, deadline=None)
@given(systems())
def test_all_smallest_sets_are_found_and_no_others(system: tuple[list[tuple[int, ...]], list[Box]]) -> None:
    matrix, box = system
    assert found(matrix, box) == [by_trying(matrix, box)]


def test_two_totals_that_miss_by_the_same_amount_name_the_part_they_share() -> None:
    """a + b = c and b + d = e: both ten too high, so b it is."""
    matrix = [(1, 1, -1, 0, 0), (0, 1, 0, 1, -1)]
    assert found(matrix, [(-10, -10), (-10, -10)]) == [{(1,)}]


def test_ties_are_all_shown() -> None:
    assert found([(1, 1, -1)], [(-10, -10)]) == [{(0,), (1,), (2,)}]


def test_the_implied_change_is_told_with_its_ends() -> None:
    sets = smallest_sets([(1, 0, -1), (1, 1, 0)], boxes_of([(-12, -8), (-11, 5)]))
    (row,) = sets.filter(pl.col("cells") == [0]).rows(named=True)
    assert (row["low"], row["high"]) == ([-11], [-8])


def test_a_record_that_holds_has_no_suspects() -> None:
    assert found([(1, 1, -1)], [(-1, 1)]) == [set()]


def test_more_than_three_cells_are_not_guessed() -> None:
    four = [tuple(int(i == j) for j in range(4)) for i in range(4)]
    assert found(four, [(5, 5)] * 4) == [set()]


def test_a_fault_of_one_fen_in_a_billion_is_seen_and_one_within_rounding_is_not() -> None:
    """10¹² 元 in 10⁻⁸, a total that is 0.01 too high; then the ends of the interval and one smallest unit beyond."""
    fen = 10**6
    matrix = [(1, 1, -1), (1, 0, 0)]
    assert found(matrix, [(-fen, -fen), (0, 0)]) == [{(1,), (2,)}]
    assert found([(1, 1, -1)], [(0, 2 * fen)], [(1, 2 * fen)]) == [set(), {(0,), (1,), (2,)}]


def test_records_of_one_matrix_are_worked_out_together_as_alone() -> None:
    matrix = [(1, 1, -1, 0), (0, 1, 0, -1)]
    records: list[list[Box]] = [[(3, 3), (0, 0)], [(0, 0), (2, 2)], [(4, 4), (4, 4)], [(0, 0), (0, 0)]]
    assert found(matrix, *records) == [found(matrix, record)[0] for record in records]


@settings(max_examples=60, deadline=None)
@given(systems(), st.sampled_from([1, 100, 10_000, 10**8]), st.randoms())
def test_unit_order_and_sign_do_not_change_the_sets(
    system: tuple[list[tuple[int, ...]], list[Box]], factor: int, random: object
) -> None:
    matrix, box = system
    plain = found(matrix, box)
    assert found(matrix, [(l and l * factor, h and h * factor) for l, h in box]) == plain  # noqa: E741
    order = list(range(len(matrix)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert found([matrix[i] for i in order], [box[i] for i in order]) == plain
    negated = [(None if h is None else -h, None if l is None else -l) for l, h in box]  # noqa: E741
    assert found(matrix, negated) == plain


def test_numbers_that_do_not_fit_are_refused_not_wrapped() -> None:
    with pytest.raises(OverflowError):
        smallest_sets([(1, -1)], boxes_of([(2**125, 2**125)]))


def test_circuits_are_relations_without_a_smaller_one_in_them() -> None:
    rows = [(1, 0), (2, 0), (0, 1), (1, 1)]
    assert set(circuits(rows)) == {((0, 2), (1, -1)), ((0, 1), (2, 1), (3, -1)), ((1, 1), (2, 2), (3, -2))}
    assert relation(((1, 0), (0, 1))) == ()
