"""Rules of figures: two sums of told cells that are equal, of which one is at most the other, or whose ratio lies in a
band. What cannot be told from the digits is no difference."""

from decimal import Decimal

import polars as pl

from transforms.model import EXACT, Catalogue, Cause, Figure, Reconciliation, State
from transforms.reconcile.difference import compare
from transforms.reconcile.statement import side_in_words
from transforms.reconcile.terms import TERMS, TOTAL, Held, needed_by, pairs_of, terms_of

PAIR = ["district", "period", "key"]
PLACES = 5
"""Cells of one side that are named; the others are counted."""


def compare_figures(rule: Reconciliation, held: Held, catalogue: Catalogue) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every pair of a rule of figures, and the terms that it consists of.

    Returns:
        difference.COMPARED, terms.TERMS. A side of which a return was not filed or a cell was not told is null. An item
        that no row tells is zero where the rows are those of a ledger, else not told; where the other side tells
        zero or nothing of it either it is no pair.
    """
    of_rule = pairs_of(rule, held)
    terms = terms_of(rule, of_rule, held, catalogue)
    filed = _filed(rule, of_rule, held, catalogue)
    # What an earlier period told of an item that is told no more is no pair of this one.
    keys = terms.filter("own").select(PAIR).unique(maintain_order=True)
    if not any(figure.by or figure.rows == "each" for side in rule.figures for figure in side):
        named = filed.select("district", "period", key=pl.lit(rule.label or TOTAL))
        keys = pl.concat([keys, named]).unique(maintain_order=True)
    pairs = keys.join(filed, on=["district", "period"], how="inner", maintain_order="left")
    for side, figures in zip(("left", "right"), rule.figures, strict=True):
        pairs = _with_side(pairs, terms.filter(pl.col("side") == side), side, figures)
    pairs = pairs.filter(~_told_by_neither())
    pairs = pairs.with_columns(
        left=_name(rule.figures[0], catalogue),
        right=_name(rule.figures[1], catalogue),
        unit=pl.lit(_unit(rule, catalogue)),
        lines=pl.max_horizontal("left_lines", "right_lines", pl.lit(1)),
    )
    compared = compare(pairs, rule)
    if rule.params.get("settles"):
        compared = _across_months(compared)
    return compared, terms.select(list(TERMS))


def _across_months(compared: pl.DataFrame) -> pl.DataFrame:
    """What differs in one month and is made up for in the month before or after is a difference in time: the rounding
    of both months allows them to cancel."""
    month = pl.col("period").str.slice(0, 4).cast(pl.Int64) * 12 + pl.col("period").str.slice(5, 2).cast(pl.Int64)
    of_item = ["district", "key"]
    ordered = compared.with_columns(month=month).sort(*of_item, "month", maintain_order=True)
    different = pl.col("state") == State.DIFFERENT.value
    zero = pl.lit(Decimal(0), dtype=EXACT)

    def cancels(step: int) -> pl.Expr:
        def beside(column: str) -> pl.Expr:
            return pl.col(column).shift(step).over(of_item)

        near = (pl.col("month") - beside("month")).abs() == 1
        meets = (pl.col("low") + beside("low") <= zero) & (pl.col("high") + beside("high") >= zero)
        return (different & near & (beside("state") == State.DIFFERENT.value) & meets).fill_null(False)

    before, after = cancels(1), cancels(-1)
    other = (
        pl.when(before)
        .then(pl.col("period").shift(1).over(of_item))
        .otherwise(pl.col("period").shift(-1).over(of_item))
    )
    return ordered.with_columns(
        state=pl.when(before | after).then(pl.lit(State.TIMING.value)).otherwise("state"),
        cause=pl.when(before | after).then(pl.lit(Cause.TIMING.value)).otherwise("cause"),
        explanation=pl.when(before | after).then(pl.format("与{}的差额相抵，跨月办理", other)).otherwise("explanation"),
    ).drop("month")


def _unit(rule: Reconciliation, catalogue: Catalogue) -> str:
    """The base unit of the pair: of the first figure that is no number of rows, and told without a price."""
    figures = sorted((f for side in rule.figures for f in side if f.column), key=lambda f: abs(f.weight) != 1)
    return catalogue.units[catalogue.column(figures[0].of).unit].base if figures else "个"


def _filed(rule: Reconciliation, pairs: pl.DataFrame, held: Held, catalogue: Catalogue) -> pl.DataFrame:
    """The pairs' periods with, by side, whether everything was filed that it is read from (`left_filed`), how many cells
    an item has to be told in (`left_cells`), and the first return that is missing (`left_lacks`)."""
    found = pairs
    for side, figures in zip(("left", "right"), rule.figures, strict=True):
        wanted = [
            needed_by(figure, pairs, held.first)
            .join(
                held.filed(figure.table).rename({"period": "of_period"}),
                on=["district", "of_period"],
                how="left",
            )
            .with_columns(form=pl.lit(figure.table.split(".")[0]), part=pl.lit(part))
            for part, figure in enumerate(figures)
        ]
        told_in_rows = [part for part, figure in enumerate(figures) if catalogue.table(figure.table).layout != "ledger"]
        lacks = pl.col("form") + " " + pl.col("of_period")
        counts = (
            pl.concat(wanted)
            .group_by("district", "period")
            .agg(
                pl.col("submission").is_not_null().all().alias(f"{side}_filed"),
                pl.col("part").is_in(told_in_rows).sum().cast(pl.Int64).alias(f"{side}_cells"),
                lacks.filter(pl.col("submission").is_null()).sort().first().alias(f"{side}_lacks"),
                pl.col("submission").first().alias(f"{side}_of"),
            )
        )
        found = found.join(counts, on=["district", "period"], how="left", maintain_order="left")
    return found


def _with_side(pairs: pl.DataFrame, terms: pl.DataFrame, side: str, figures: tuple[Figure, ...]) -> pl.DataFrame:
    """Add value, ends, cells, submission and lines of a side."""
    weight, zero = pl.col("weight"), pl.lit(Decimal(0), dtype=EXACT)
    low = pl.when(weight > zero).then("low").otherwise("high")
    high = pl.when(weight > zero).then("high").otherwise("low")
    low_open = pl.when(weight > zero).then("low_open").otherwise("high_open")
    high_open = pl.when(weight > zero).then("high_open").otherwise("low_open")
    place = pl.col("sheet") + "!" + pl.col("cell")
    told = pl.col("value").null_count() == 0
    sums = terms.group_by(PAIR, maintain_order=True).agg(
        value=pl.when(told).then((weight * pl.col("value")).sum()),
        low=pl.when(told).then((weight * low).sum()),
        high=pl.when(told).then((weight * high).sum()),
        low_open=low_open.any(),
        high_open=high_open.any(),
        told_in=pl.struct("part", "of_period").filter(~pl.col("ledger")).n_unique().cast(pl.Int64),
        cell=place.head(PLACES).str.join("、")
        + pl.when(pl.len() > PLACES).then(pl.format("等{}处", pl.len())).otherwise(pl.lit("")),
        submission=pl.col("submission").first(),
        lines=pl.col("lines").sum(),
        alike=pl.col("alike").all(),
    )
    sums = sums.rename({name: f"{side}_{name}" for name in sums.columns if name not in PAIR})
    joined = pairs.join(sums, on=PAIR, how="left", maintain_order="left")
    filed, cells = pl.col(f"{side}_filed").fill_null(False), pl.col(f"{side}_cells").fill_null(0)
    # A ledger that was filed without a row for an item tells zero of it.
    nothing = filed & (cells == 0) & pl.col(f"{side}_told_in").is_null()
    whole = filed & (pl.col(f"{side}_told_in") == cells)
    of_side, closed = {}, pl.lit(False)
    for name, empty in (("value", zero), ("low", zero), ("high", zero), ("low_open", closed), ("high_open", closed)):
        column = pl.col(f"{side}_{name}")
        of_side[f"{side}_{name}"] = pl.when(nothing).then(empty).when(whole).then(column)
    return joined.with_columns(
        **of_side,
        **{
            f"{side}_absent": filed & ~nothing & ~whole,
            f"{side}_submission": pl.coalesce(f"{side}_submission", f"{side}_of"),
        },
    )


def _told_by_neither() -> pl.Expr:
    """An item of which one side has no row and the other tells zero."""
    zero = pl.lit(Decimal(0), dtype=EXACT)
    absent = pl.lit(False)
    for one, other in (("left", "right"), ("right", "left")):
        nothing = (pl.col(f"{other}_value") == zero).fill_null(False) | pl.col(f"{other}_absent")
        absent |= pl.col(f"{one}_absent") & pl.col(f"{one}_told_in").is_null() & nothing
    return absent & (pl.col("key") != TOTAL)


def _name(figures: tuple[Figure, ...], catalogue: Catalogue) -> pl.Expr:
    """A side in words, after it the item where there is one."""
    words = side_in_words(figures, catalogue)
    several = any(figure.by or figure.rows == "each" for figure in figures)
    return pl.lit(words) if not several else pl.lit(f"{words} ") + pl.col("key").str.split("/").list.first()
