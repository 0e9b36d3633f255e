"""One mistake in many cells: rows or columns changed over, a column in another unit, last month's rows sent once more.

More than three cells are not looked for one by one. But such a mistake is one: it is put right as a whole, and counts when
that closes every rule that it touches.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

import polars as pl

from transforms.localise.equations import EQUAL, WITHIN
from transforms.model import EXACT, Cause

POWERS = (2, 4, 8)
LEAST_CLOSED = 2
"""Rules that it has to close: one rule alone is closed by too many things."""
LEAST_STALE = 3
"""Figures, not zero, that have to be last month's."""
LEAST_EXCHANGED = 10
"""Small figures are like each other too often."""
LEAST_OF_SHEET = 8
MOST_ROWS = 40
"""Rows with violated rules of which pairs are tried."""

BLOCKS = {
    "record": pl.String(),
    "set": pl.String(),
    "place": pl.String(),
    "size": pl.Int64(),
    "low": EXACT,
    "high": EXACT,
    "known": pl.String(),
}
"""One row a cell of a block: what it would be (low = high; null where that is not known) and the cause."""

Guess = tuple[str, str, str, Decimal]
"""Cause, name of the block, cell, what it would be."""


def find_blocks(
    boxed: pl.DataFrame, records: pl.DataFrame, evidence: pl.DataFrame | None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Blocks that close what single cells do not.

    Args:
        boxed: equations with `place` and their boxes. records: record, equation: violated, without a single cell.
        evidence: what was told last month, by cell.
    Returns:
        BLOCKS, and the records with those that one block closes as one.
    """
    found, joined = [pl.DataFrame(schema=BLOCKS)], dict[str, str]()
    now = boxed.filter(~pl.col("free") & pl.col("row").is_not_null() & ~(pl.col("of_period") < pl.col("period")))
    touched = now.join(records, on="equation", how="inner", maintain_order="left")
    for _, own in touched.group_by("submission", "table", maintain_order=True):
        equations = own["equation"].n_unique()
        if equations < LEAST_CLOSED:
            continue
        cells = now.filter((pl.col("submission") == own["submission"][0]) & (pl.col("table") == own["table"][0]))
        cells = cells.unique("place", maintain_order=True)
        block = _stale(cells, own, evidence)
        if block is None:
            block = _best(boxed, cells, own)
        if block is not None:
            names = own.join(block.select("place"), on="place", how="semi")["record"].unique(maintain_order=True)
            names = names.filter(~names.is_in(list(joined)))
            if names.len():
                joined |= dict.fromkeys(names, names[0])
                found.append(block.with_columns(record=pl.lit(names[0])).select(*BLOCKS))
    renamed = records.with_columns(pl.col("record").replace(joined))
    return pl.concat(found), renamed


def _best(boxed: pl.DataFrame, cells: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame | None:
    """The blocks that close the most, where they leave nothing open."""
    guesses = pl.DataFrame(
        [*_columns(cells, own), *_rows(cells, own), *_slips(cells, own)],
        schema={"known": pl.String, "set": pl.String, "place": pl.String, "new": EXACT},
        orient="row",
    )
    if guesses.is_empty():
        return None
    judged = _judged(guesses, boxed)
    good = judged.filter((pl.col("open") == 0) & (pl.col("closed") >= LEAST_CLOSED))
    good = good.filter(pl.col("closed") == pl.col("closed").max())
    if good.is_empty():
        return None
    changed = guesses.join(good.select("set"), on="set", how="semi").join(cells.select("place", "value"), on="place")
    changed = changed.filter(pl.col("new") != pl.col("value"))
    return changed.select(
        "set", "place", "known", size=pl.lit(1, dtype=pl.Int64), low=pl.col("new"), high=pl.col("new")
    )


def _judged(guesses: pl.DataFrame, boxed: pl.DataFrame) -> pl.DataFrame:
    """For each guess how many rules it leaves open, and how many violated ones it closes: set, open, closed."""
    shifted = guesses.join(boxed, on="place", how="inner").with_columns(shift=pl.col("new") - pl.col("value"))
    held = shifted.group_by("set", "equation").agg(
        shift=(pl.col("weight") * pl.col("shift")).sum(),
        low=pl.col("box_low").first(),
        high=pl.col("box_high").first(),
        within=(pl.col("relation") == WITHIN).first(),
        equal=(pl.col("relation") == EQUAL).first(),
        alone=pl.len() == 1,
        outside=(
            (pl.col("new") < pl.col("bound_low")).fill_null(False)
            | (pl.col("new") > pl.col("bound_high")).fill_null(False)
        ).any(),
        violated=pl.col("violated").first(),
    )
    broken = (pl.col("shift") < pl.col("low")).fill_null(False) | (pl.col("shift") > pl.col("high")).fill_null(False)
    # Of a rate of which several figures change nothing is known.
    open_ = pl.when(pl.col("within")).then(pl.col("alone") & pl.col("outside")).otherwise(broken)
    # That a limit is kept again is no evidence: anything small enough keeps it.
    closed = pl.col("violated") & pl.col("equal")
    return held.group_by("set").agg(open=open_.sum(), closed=closed.sum())


def find_exchanges(boxed: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Two neighbouring figures that were changed over: putting them back closes every rule of their record.

    Returns:
        BLOCKS. Unlike two cells that may each be anything, this is one mistake.
    """
    now = boxed.filter(~pl.col("free") & pl.col("row").is_not_null() & ~(pl.col("of_period") < pl.col("period")))
    figure = ["place", "submission", "table", "row", "column", "unit", "value", "step"]
    others = now.unique("place", maintain_order=True).select(figure)
    wrong = now.join(records, on="equation", how="inner", maintain_order="left").unique(
        ["record", "place"], maintain_order=True
    )
    pairs = wrong.select("record", *figure).join(others, on=["submission", "table", "unit"], suffix="_other")
    beside = (pl.col("row") == pl.col("row_other")) ^ (
        (pl.col("column") == pl.col("column_other")) & ((pl.col("row") - pl.col("row_other")).abs() == 1)
    )
    large = telling("value", "step") & telling("value_other", "step_other")
    pairs = pairs.filter(beside & large & (pl.col("value") != pl.col("value_other")))
    ends = [pl.min_horizontal("place", "place_other"), pl.max_horizontal("place", "place_other")]
    pairs = pairs.with_columns(set=pl.concat_str(["record", *ends], separator="&")).unique("set", maintain_order=True)
    known = pl.lit(Cause.SWAPPED.value)
    one = pairs.select("record", "set", "place", new="value_other", known=known)
    two = pairs.select("record", "set", place="place_other", new="value", known=known)
    guesses = pl.concat([one, two])
    judged = _judged(guesses, boxed).filter(pl.col("open") == 0)
    equal = boxed.filter(pl.col("relation") == EQUAL).select("equation").unique()
    wanted = records.join(equal, on="equation", how="semi").group_by("record").agg(wanted=pl.len())
    good = guesses.join(judged, on="set").join(wanted, on="record").filter(pl.col("closed") >= pl.col("wanted"))
    return good.select(
        "record", "set", "place", size=pl.lit(1, dtype=pl.Int64), low="new", high="new", known="known"
    ).select(*BLOCKS)


def telling(value: str, step: str) -> pl.Expr:
    """Whether a figure has two digits or more: small figures are like each other too often."""
    return pl.col(value).abs() >= pl.col(step).fill_null(pl.lit(1).cast(EXACT)) * LEAST_EXCHANGED


def _grid(cells: pl.DataFrame) -> dict[tuple[int, str], tuple[str, Decimal]]:
    return {
        (row, column): (place, value)
        for row, column, place, value in cells.select("row", "column", "place", "value").iter_rows()
    }


def _columns(cells: pl.DataFrame, own: pl.DataFrame) -> Iterator[Guess]:
    """Two columns of one unit changed over."""
    grid, rows = _grid(cells), cells["row"].unique().to_list()
    units = dict(cells.select("column", "unit").unique("column").iter_rows())
    wrong = set(own["column"])
    for a, b in combinations(sorted(units), 2):
        if units[a] != units[b] or not {a, b} & wrong:
            continue
        for row in rows:
            if (row, a) in grid and (row, b) in grid:
                (one, first), (two, second) = grid[row, a], grid[row, b]
                yield Cause.SWAPPED.value, f"columns {a} {b}", one, second
                yield Cause.SWAPPED.value, f"columns {a} {b}", two, first


def _rows(cells: pl.DataFrame, own: pl.DataFrame) -> Iterator[Guess]:
    """Two rows changed over."""
    grid, columns = _grid(cells), cells["column"].unique().sort().to_list()
    wrong = own.filter(pl.col("kind") == "data")["row"].unique().sort().to_list()[:MOST_ROWS]
    for a, b in combinations(wrong, 2):
        for column in columns:
            if (a, column) in grid and (b, column) in grid:
                (one, first), (two, second) = grid[a, column], grid[b, column]
                yield Cause.SWAPPED.value, f"rows {a} {b}", one, second
                yield Cause.SWAPPED.value, f"rows {a} {b}", two, first


def _slips(cells: pl.DataFrame, own: pl.DataFrame) -> Iterator[Guess]:
    """A column of amounts in another unit."""
    for column in own.filter(pl.col("unit").str.ends_with("元"))["column"].unique().sort():
        told = cells.filter(pl.col("column") == column).select("place", "value").rows()
        for power in POWERS:
            for sign in (power, -power):
                for place, value in told:
                    yield Cause.UNIT.value, f"slip {column} {sign}", place, value.scaleb(sign)


def _stale(cells: pl.DataFrame, own: pl.DataFrame, evidence: pl.DataFrame | None) -> pl.DataFrame | None:
    """Rows of which every figure is last month's."""
    if evidence is None:
        return None
    told = cells.join(evidence.select("place", "previous"), on="place", how="inner").filter(
        pl.col("previous").is_not_null()
    )
    same = told.group_by("row").agg(
        same=(pl.col("value") == pl.col("previous")).all(),
        n=((pl.col("value") != 0) & (pl.col("value").abs() >= LEAST_EXCHANGED)).sum(),
        told=(pl.col("value") != 0).sum(),
    )
    # A row of few or small figures may well come again; a whole table of them does not.
    sheet = same["same"].all() and same["told"].sum() >= LEAST_OF_SHEET
    rows = same.filter(pl.col("same") & ((pl.col("n") >= LEAST_STALE) | pl.lit(bool(sheet))))["row"]
    stale = told.filter(pl.col("row").is_in(rows.implode()))
    if stale.join(own.select("place"), on="place", how="semi").is_empty():
        return None
    nothing = pl.lit(None, dtype=EXACT)
    return stale.select(
        "place",
        set=pl.lit("stale"),
        known=pl.lit(Cause.STALE.value),
        size=pl.lit(1, dtype=pl.Int64),
        low=nothing,
        high=nothing,
    )
