"""Corrections of closed months. What was told of a month when it was closed stands; a later correction enters as an
adjustment, shown apart with the words or the document number that came with it (reporting-system.md, §1)."""

import polars as pl

from transforms.model import EXACT
from transforms.observe import OBSERVATIONS

ADJUSTMENTS = {
    **{name: OBSERVATIONS[name] for name in ("district", "form", "series", "item", "period", "unit")},
    "frozen": EXACT,
    "now": EXACT,
    **{name: OBSERVATIONS[name] for name in ("submission", "version", "file", "sheet", "cell")},
    "document": pl.String(),
}
"""One row a figure of a closed month that is told otherwise since: `frozen` when it was closed (null = not told), `now`
in the submission that came later, `document` what that submission says of it."""
SUFFIX = "调整"
"""Ends the key of an adjustment: series|item|period|调整."""


def adjustments(frozen: pl.DataFrame, now: pl.DataFrame, documents: pl.DataFrame) -> pl.DataFrame:
    """What is told otherwise of closed months (ADJUSTMENTS).

    Args:
        frozen: observations of the submissions that stood when the months were closed.
        now: observations of those that came later, in the place of the former.
        documents: submission, document.
    """
    keys = ["district", "series", "item", "period"]
    before = frozen.select(*keys, frozen="value")
    later = now.drop_nulls("value").rename({"value": "now"})
    both = later.join(before, on=keys, how="left", maintain_order="left")
    changed = both.filter(~pl.col("now").eq_missing(pl.col("frozen")))
    told = changed.join(documents, on="submission", how="left", maintain_order="left")
    return told.with_columns(pl.col("document").fill_null("")).select(*ADJUSTMENTS)
