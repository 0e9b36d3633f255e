"""Localisation over the violated rules of returns: suspects, and the sentence that a department reads at its findings."""

import polars as pl

from transforms.edits.bounds import Context
from transforms.localise.equations import edit_equations
from transforms.localise.evidence import evidence_of
from transforms.localise.sentences import say
from transforms.localise.sets import SUSPECTS, Localised, localise
from transforms.model import Catalogue, Severity, Verdict

BEYOND = "改动三个以内的单元格不能使各项勾稽同时成立，请逐格核对本条涉及的各行各列。"
"""What is said of a record that needs more cells than are looked for: no guess."""


def locate(
    findings: pl.DataFrame, context: Context, layout: pl.DataFrame, catalogue: Catalogue
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Name the cells that are most likely wrong at the findings of violated hard rules.

    Args:
        findings: model.FINDINGS.
        context: what the rules were judged by; tables hold the rows of the submissions.
        layout: submission, table, code, letter, of these and of earlier submissions.
    Returns:
        The findings, `todo` with a sentence on the suspect cells where there are some; and SUSPECTS.
    """
    broken = findings.filter(_broken())
    if broken.is_empty():
        return findings, pl.DataFrame(schema=SUSPECTS)
    equations = edit_equations(broken["submission"].unique().sort(), context, layout, catalogue)
    found = localise(equations, evidence_of(equations, context, catalogue))
    return with_sentences(findings, found, catalogue), found.suspects


def _broken() -> pl.Expr:
    return (pl.col("severity") == Severity.HARD.value) & (pl.col("verdict") == Verdict.VIOLATED.value)


def with_sentences(findings: pl.DataFrame, found: Localised, catalogue: Catalogue) -> pl.DataFrame:
    """Put the sentence of a record at the findings of its rules. A rule on several rows that are told together has one
    finding whatever the row."""
    said = say(found.suspects, catalogue)
    sentences = found.records.with_columns(
        sentence=pl.col("record").replace_strict(said, default=BEYOND, return_dtype=pl.String)
    )
    grouped = [e.id for table in catalogue.tables() for e in catalogue.edits(table.code) if e.kind == "detail"]
    of_row = sentences.filter(~pl.col("rule").is_in(grouped)).select("submission", "row", "sentence", rule_id="rule")
    of_rule = sentences.filter(pl.col("rule").is_in(grouped)).select("submission", of_rule="sentence", rule_id="rule")
    keys = ["submission", "rule_id"]
    joined = findings.join(of_row.unique([*keys, "row"]), on=[*keys, "row"], how="left", maintain_order="left")
    joined = joined.join(of_rule.unique(keys), on=keys, how="left", maintain_order="left")
    sentence = pl.when(_broken()).then(pl.coalesce("sentence", "of_rule")).fill_null("")
    return joined.with_columns(todo=pl.col("todo").fill_null("") + sentence).select(findings.columns)
