"""What departments write to the findings of a receipt, put beside the findings of their next version."""

import polars as pl

from transforms.edits.bounds import EMPTY_WORDS
from transforms.edits.heads import NO_EXPLANATION

PLACE = ["rule_id", "sheet", "cell"]
RETURN = ["district", "department", "form", "period"]


def explain(findings: pl.DataFrame, explanations: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Fill `explanation`: what came with this version, else what was written to the same finding, told the same, before.

    Args:
        findings: model.FINDINGS of tonight.
        explanations: submission, rule_id, sheet, cell, explanation (reading.read.EXPLANATIONS).
        earlier: model.FINDINGS of earlier versions, the last written explanation last.
    """
    came = explanations.unique(["submission", *PLACE], keep="last", maintain_order=True)
    joined = findings.drop("explanation").join(
        came, on=["submission", *PLACE], how="left", maintain_order="left", nulls_equal=True
    )
    same = [*RETURN, *PLACE, "told"]
    before = earlier.filter(pl.col("explanation").is_not_null()).select(*same, written="explanation")
    before = before.unique(same, keep="last", maintain_order=True)
    joined = joined.join(before, on=same, how="left", maintain_order="left", nulls_equal=True)
    filled = joined.with_columns(explanation=pl.coalesce("explanation", "written")).drop("written")
    return filled.select(findings.columns)


def is_explained() -> pl.Expr:
    """Whether a finding has an explanation that is one: 核实无误 alone is none."""
    words = pl.col("explanation").str.strip_chars("。；; \n")
    return (words.is_not_null() & (words != "") & ~words.is_in([*NO_EXPLANATION, *EMPTY_WORDS])).fill_null(False)
