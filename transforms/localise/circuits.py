"""Certificates: which combinations of edits say that a set of cells cannot repair a record.

Cells S with changes δ repair a record when A_S·δ lies in the box of the edits. That is possible if and only if for every
elementary vector (circuit) y of the left null space of A_S the interval y·box holds zero (Rockafellar 1969; for boxes of
one width Farkas' lemma: |y·r| ≤ |y|·s). Whole numbers throughout.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from math import gcd

Row = tuple[int, ...]
Circuit = tuple[tuple[int, int], ...]
"""The edits of a circuit with their weights: ((edit, weight), …), the first weight positive, without common divisor."""


def circuits(rows: Sequence[Row]) -> Iterator[Circuit]:
    """The elementary vectors of the left null space of a matrix, but for those of rows that are zero.

    Args:
        rows: one tuple an edit: its coefficients of the cells of the support.
    """
    touched = [i for i, row in enumerate(rows) if any(row)]
    width = len(rows[0]) if rows else 0
    for size in range(2, width + 2):
        for chosen in combinations(touched, size):
            weights = relation(tuple(rows[i] for i in chosen))
            if weights:
                yield tuple(zip(chosen, weights, strict=True))


@lru_cache(maxsize=200_000)
def relation(rows: tuple[Row, ...]) -> Row:
    """The weights, none of them zero, of the one linear relation between these rows; () where there is none, or it leaves
    rows out: then it is a relation of fewer rows, found there."""
    # Each row beside its own unit vector: what becomes of the unit vectors when the row is reduced to zero is a relation.
    work = [[*row, *(int(i == j) for j in range(len(rows)))] for i, row in enumerate(rows)]
    width, rank = len(rows[0]), 0
    for column in range(width):
        pivot = next((i for i in range(rank, len(work)) if work[i][column]), None)
        if pivot is None:
            continue
        work[rank], work[pivot] = work[pivot], work[rank]
        for i in range(rank + 1, len(work)):
            if work[i][column]:
                a, b = work[rank][column], work[i][column]
                work[i] = [a * x - b * y for x, y in zip(work[i], work[rank], strict=True)]
        rank += 1
    if rank != len(rows) - 1:
        return ()
    weights = work[-1][width:]
    return primitive(weights) if all(weights) else ()


def primitive(weights: Sequence[int]) -> Row:
    """The same vector without common divisor, its first weight positive."""
    divisor = gcd(*weights)
    sign = -1 if weights[0] < 0 else 1
    return tuple(sign * w // divisor for w in weights)


def bounding(rows: Sequence[Row], cell: int) -> Iterator[tuple[Circuit, int]]:
    """What bounds the change of one cell of a support: circuits of the other cells, and what each makes of this one.

    Yields:
        y and y·a, not zero: y·box, divided by it, holds the change.
    """
    others = [row[:cell] + row[cell + 1 :] for row in rows]
    for i, row in enumerate(rows):
        if row[cell] and not any(others[i]):
            yield ((i, 1),), row[cell]
    for circuit in circuits(others) if len(rows[0]) > 1 else ():
        if slope := sum(weight * rows[i][cell] for i, weight in circuit):
            yield circuit, slope
