"""What changed from one edition of a workbook to the next, cell by cell."""

import polars as pl

KEY = ["sheet", "block", "row", "column"]
"""By these words a cell is found again in another edition: its row may have moved."""
OTHERWISE = "非报表数据变化(截止时点、规则、目标或人工设定的灯色)"
REPEATED = ("brief_numbers", "block_numbers", "report_numbers", "revisions")
"""Blocks that tell once more what stands in other cells, line after line: one line more would change all after it."""


def changed_cells(before: pl.DataFrame, now: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """The cells that show otherwise than in the edition before, in the order of the sheets.

    Args:
        before, now: sheet, block, row, column, cell, number (EXACT, null for a light), pattern, text, keys (the figures
            behind), note (what a person decided of a light; an edition of an earlier version does not tell it).
        changes: the figures told otherwise: series, item, period, reason (which submission).
    Returns:
        kind, sheet, cell, row, column, old, new, difference (EXACT, as shown; what stands there instead of a number is
        `old|why`, `new|why`), pattern (their number format), reason.
    """
    reasons = changes.select(
        pl.concat_str("series", "item", "period", separator="|").alias("keys"), "reason"
    ).drop_nulls("reason")
    once = ~pl.col("block").is_in(REPEATED)
    there = [one.filter(once).unique(KEY, keep="first", maintain_order=True) for one in (before, now)]
    there = [one if "note" in one.columns else one.with_columns(note=pl.lit("")) for one in there]
    old = there[0].select(*KEY, old="number", old_text="text", old_cell="cell", old_pattern="pattern", old_note="note")
    now_told = ("cell", "keys", "pattern", "note")
    new = there[1].with_row_index("order").select(*KEY, "order", *now_told, new="number", new_text="text")
    both = new.join(old, on=KEY, how="full", coalesce=True, maintain_order="left_right")
    numbers_differ = ~pl.col("old").eq_missing(pl.col("new"))
    texts_differ = pl.col("old_text").fill_null("") != pl.col("new_text").fill_null("")
    decided = pl.col("note").fill_null("") != pl.col("old_note").fill_null("")
    changed = both.filter(numbers_differ | texts_differ | decided).sort("order", nulls_last=True, maintain_order=True)
    grounds = changed.explode("keys").join(reasons, on="keys", how="inner", maintain_order="left")
    of_cell = grounds.group_by(KEY, maintain_order=True).agg(reason=pl.col("reason").unique(maintain_order=True))
    of_row = grounds.group_by(KEY[:3], maintain_order=True).agg(of_row=pl.col("reason").unique(maintain_order=True))
    lights = changed.filter(decided & (pl.col("note").fill_null("") != ""))
    of_light = lights.group_by(KEY[:3], maintain_order=True).agg(of_light=pl.col("note").unique(maintain_order=True))
    told = changed.join(of_cell, on=KEY, how="left", maintain_order="left")
    told = told.join(of_row, on=KEY[:3], how="left", maintain_order="left")
    told = told.join(of_light, on=KEY[:3], how="left", maintain_order="left")
    by_person = pl.when(decided).then(pl.col("note").replace("", None))
    grounds_told = [pl.col(name).list.join("、") for name in ("reason", "of_row", "of_light")]
    reason = pl.coalesce(by_person, *grounds_told, pl.lit(OTHERWISE))
    return told.select(
        kind=pl.lit("data"),
        sheet="sheet",
        cell=pl.coalesce("cell", "old_cell"),
        row="row",
        column="column",
        old="old",
        new="new",
        difference=pl.col("new") - pl.col("old"),
        **{"old|why": _instead("old_text"), "new|why": _instead("new_text"), "difference|why": pl.lit("—")},
        pattern=pl.coalesce("pattern", "old_pattern"),
        reason=reason,
    )


def _instead(text: str) -> pl.Expr:
    """What stands where no number stands: a light; 无 where the cell was not there."""
    return pl.col(text).replace("", None).fill_null("无")
