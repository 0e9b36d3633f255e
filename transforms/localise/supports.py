"""Error localisation after Fellegi and Holt: the smallest sets of cells whose change satisfies every edit.

All records that share one matrix of edits are worked out at once, exactly, in whole numbers.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce

import polars as pl

from transforms.localise.circuits import Circuit, Row, bounding, circuits

WHOLE = pl.Int128
MOST = 3
"""Cells that are looked for. A record that needs more is told as such: no guess."""
LARGEST = 2**126
"""Whole numbers that Int128 holds with room for a sign."""

FOUND = {
    "record": pl.Int64(),
    "size": pl.Int64(),
    "cells": pl.List(pl.Int64()),
    "low": pl.List(WHOLE),
    "high": pl.List(WHOLE),
}
"""One row a smallest set: the columns of its cells in the matrix, and for each of them the change (told + change is the
implied figure) that is possible; null: open."""


def smallest_sets(
    matrix: Sequence[Row], boxes: pl.DataFrame, largest: int = MOST, covers: Sequence[frozenset[int]] = ()
) -> pl.DataFrame:
    """The smallest sets of cells that can repair each record, all of them.

    Args:
        matrix: the edits by rows, whole coefficients of the cells.
        boxes: one row a record: record (Int64), and for each edit i `low_<i>`, `high_<i>` (Int128; null: open), the
            interval that the change of its sum has to lie in. Of an edit that holds it contains zero.
        largest: cells that are looked for.
        covers: groups of cells of each of which one has to be in a set (a broken rule that is no sum).
    Returns:
        FOUND. A record that holds has no row, nor has one that needs more cells than `largest`.
    Raises:
        OverflowError: numbers that do not fit.
    """
    _guard(matrix, boxes)
    broken = [~_holds(((i, 1),)) for i in range(len(matrix))]
    boxes = boxes.with_columns(b.alias(f"broken_{i}") for i, b in enumerate(broken))
    any_broken = pl.any_horizontal(f"broken_{i}" for i in range(len(matrix))) | pl.lit(bool(covers))
    left = boxes.filter(any_broken) if matrix else boxes.clear()
    found = [pl.DataFrame(schema=FOUND)]
    for size in range(1, largest + 1):
        if left.is_empty():
            break
        of_size = _sets_of(size, matrix, left, covers)
        found.append(of_size)
        left = left.filter(~pl.col("record").is_in(of_size["record"].unique().implode()))
    return pl.concat(found).sort("record", maintain_order=True)


def _guard(matrix: Sequence[Row], boxes: pl.DataFrame) -> None:
    """Circuits of four rows have weights up to 6·m³ (determinants); their sums have to fit."""
    ends = boxes.select(pl.exclude("record").abs().max()).row(0) if boxes.height else ()
    greatest = max((abs(x) for x in ends if x is not None), default=0)
    steepest = max((abs(a) for row in matrix for a in row), default=1)
    if greatest * 4 * 6 * steepest**3 >= LARGEST:
        raise OverflowError("an edit's residual is too large for exact localisation")


def _sets_of(size: int, matrix: Sequence[Row], boxes: pl.DataFrame, covers: Sequence[frozenset[int]]) -> pl.DataFrame:
    """The sets of this many cells that repair the records left."""
    supports = _candidates(size, matrix, boxes, covers)
    if not supports:
        return pl.DataFrame(schema=FOUND)
    needed = {support: tuple(circuits(_part(matrix, support))) for support in supports}
    number = {c: k for k, c in enumerate(dict.fromkeys(c for of in needed.values() for c in of))}
    held = boxes.select(_holds(circuit).alias(f"circuit_{k}") for circuit, k in number.items())
    held = pl.concat([boxes.select(pl.col("^broken_.*$")), held], how="horizontal")
    repairs = held.select(_repairs(matrix, s, needed[s], number).alias(str(j)) for j, s in enumerate(supports))
    found = [
        _implied(matrix, support, boxes.filter(repairs[str(j)]))
        for j, support in enumerate(supports)
        if repairs[str(j)].any()
    ]
    return pl.concat([pl.DataFrame(schema=FOUND), *found])


def _candidates(
    size: int, matrix: Sequence[Row], boxes: pl.DataFrame, covers: Sequence[frozenset[int]]
) -> list[tuple[int, ...]]:
    """Sets that touch every broken edit of some record (by the patterns of broken edits) and every cover, and hang
    together: a cell that shares no edit with a broken one, or with another cell of the set, cannot help."""
    columns = [f"broken_{i}" for i in range(len(matrix))]
    patterns = [{i for i, b in enumerate(row) if b} for row in boxes.select(columns).unique().iter_rows()]
    cells = [frozenset(c for c, a in enumerate(row) if a) for row in matrix]
    chosen: set[frozenset[int]] = set()
    for pattern in patterns:
        chosen |= _grow(size, [*(cells[i] for i in sorted(pattern)), *covers], cells)
    return sorted(tuple(sorted(support)) for support in chosen)


def _grow(size: int, wanted: Sequence[frozenset[int]], edits: Sequence[frozenset[int]]) -> set[frozenset[int]]:
    """Sets of so many cells with one of each of the wanted groups; once all are met, neighbours of what is chosen."""
    grown: set[frozenset[int]] = {frozenset()}
    for _ in range(size):
        larger: set[frozenset[int]] = set()
        for support in grown:
            unmet = next((group for group in wanted if not group & support), None)
            near = unmet if unmet is not None else frozenset().union(*(e for e in edits if e & support))
            larger |= {support | {cell} for cell in near - support}
        grown = larger
    return {support for support in grown if all(group & support for group in wanted)}


def _part(matrix: Sequence[Row], support: Iterable[int]) -> list[Row]:
    support = tuple(support)
    return [tuple(row[c] for c in support) for row in matrix]


def _sum(terms: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(lambda a, b: a + b, terms)


def _ends(circuit: Circuit) -> tuple[pl.Expr, pl.Expr]:
    """y·box: its lower and its upper end; null where it is open."""

    def end(which: tuple[str, str]) -> pl.Expr:
        return _sum(
            pl.col(f"{which[weight < 0]}_{edit}") * pl.lit(weight, dtype=WHOLE)
            if weight != 1
            else pl.col(f"{which[0]}_{edit}")
            for edit, weight in circuit
        )

    return end(("low", "high")), end(("high", "low"))


def _holds(circuit: Circuit) -> pl.Expr:
    low, high = _ends(circuit)
    return (low <= 0).fill_null(True) & (high >= 0).fill_null(True)


def _repairs(
    matrix: Sequence[Row], support: tuple[int, ...], needed: Sequence[Circuit], number: dict[Circuit, int]
) -> pl.Expr:
    untouched = [~pl.col(f"broken_{i}") for i, row in enumerate(_part(matrix, support)) if not any(row)]
    certified = [pl.col(f"circuit_{number[c]}") for c in needed]
    return pl.all_horizontal(untouched + certified) if untouched or certified else pl.lit(True)


def _implied(matrix: Sequence[Row], support: tuple[int, ...], boxes: pl.DataFrame) -> pl.DataFrame:
    """For each cell of a set that repairs these records, the changes that are possible."""
    rows = _part(matrix, support)
    ends = [_change(list(bounding(rows, place))) for place in range(len(support))]
    return boxes.select(
        "record",
        size=pl.lit(len(support), dtype=pl.Int64),
        cells=pl.lit(list(support), dtype=pl.List(pl.Int64)),
        low=pl.concat_list(low.alias(f"l{i}") for i, (low, _) in enumerate(ends)),
        high=pl.concat_list(high.alias(f"h{i}") for i, (_, high) in enumerate(ends)),
    ).select(pl.col(name).cast(kind) for name, kind in FOUND.items())


def _change(bounds: Sequence[tuple[Circuit, int]]) -> tuple[pl.Expr, pl.Expr]:
    """The least and the greatest change of one cell: the meeting of all that bounds it, rounded inwards."""
    lows, highs = [], []
    for circuit, slope in bounds:
        low, high = _ends(circuit)
        first, last = (low, high) if slope > 0 else (_minus(high), _minus(low))
        lows.append(_minus(_minus(first) // abs(slope)) if abs(slope) != 1 else first)
        highs.append(last // abs(slope) if abs(slope) != 1 else last)
    nothing = pl.lit(None, dtype=WHOLE)
    pick: Callable[[list[pl.Expr], Callable[..., pl.Expr]], pl.Expr] = lambda found, of: of(found) if found else nothing  # noqa: E731
    return pick(lows, pl.max_horizontal), pick(highs, pl.min_horizontal)


def _minus(number: pl.Expr) -> pl.Expr:
    """Polars 2.1 has no negation of Int128."""
    return pl.lit(0, dtype=WHOLE) - number
