"""What departments write to the findings of a receipt, put beside the findings of their next version; and to the differences,
as events of their ledger."""

from collections.abc import Mapping

import polars as pl

from transforms.edits.bounds import EMPTY_WORDS
from transforms.edits.heads import NO_EXPLANATION
from transforms.follow.events import EVENTS, NUMBER, Standing, number_of

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
    words = pl.col("explanation").str.strip_chars(_ENDS)
    return (words.is_not_null() & (words != "") & ~words.is_in(_PHRASES)).fill_null(False)


def is_reason(words: str) -> bool:
    """The same for words of their own."""
    return words.strip(_ENDS) not in ("", *_PHRASES)


_ENDS = "。；; \n"
_PHRASES = [*NO_EXPLANATION, *EMPTY_WORDS]


def said_of_differences(
    explanations: pl.DataFrame, submissions: pl.DataFrame, ledger: Mapping[str, Standing]
) -> pl.DataFrame:
    """What departments wrote to the differences on a receipt, as events: `explained`, or `remarked` where it is no
    reason. What stood there already is not said again, and a difference that is closed needs no words.

    Args:
        explanations: see `explain`; of a difference `rule_id` is its number, and its key stands in `sheet`!`cell`.
        submissions: id, district, department.
        ledger: how the differences stand; one that it does not know yet will be opened by the night.
    Returns:
        follow.EVENTS with `actor`, the code of the department.
    """
    by = {row["id"]: row for row in submissions.iter_rows(named=True)}
    rows = []
    for told in explanations.iter_rows(named=True):
        found = NUMBER.fullmatch(told["rule_id"] or "")
        submission = by.get(told["submission"])
        if found is None or submission is None:
            continue
        rule, month, _ = found.groups()
        month = month if "Q" in month else f"{month[:4]}-{month[4:]}"
        key = "!".join(part for part in (told["sheet"], told["cell"]) if part)
        place = {"district": submission["district"], "rule": rule, "key": key, "period": month}
        s = ledger.get(told["rule_id"])
        words = told["explanation"].strip()
        known = s is not None and (s.closed or (s.said == words and (s.is_reason or not is_reason(words))))
        if not known and number_of(place["district"], rule, month, key) == told["rule_id"]:
            event = "explained" if is_reason(words) else "remarked"
            said = {"difference": told["rule_id"], "event": event, "amount": s.amount if s else "", "reason": words}
            said |= {"cause": s.cause if s else "", "submission": told["submission"]}
            rows.append({**dict.fromkeys(EVENTS), **place, **said, "actor": submission["department"]})
    return pl.DataFrame(rows, schema={**EVENTS, "actor": pl.String()}, orient="row")
