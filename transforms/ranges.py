"""Runs of rows: which cells of a column, in few words."""

from collections.abc import Iterable


def row_ranges(rows: Iterable[int]) -> list[tuple[int, int]]:
    """First and last of every run of rows: 5, 6, 7, 12 → (5, 7), (12, 12)."""
    ranges: list[tuple[int, int]] = []
    for row in sorted(rows):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], row)
        else:
            ranges.append((row, row))
    return ranges
