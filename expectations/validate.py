"""One validation a table for all submissions of the night: prepared rows in, findings out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from expectations.context import RuleResult, run_suite
from expectations.place import Place, unit_of
from expectations.sentences import HARD_OR_SOFT, HEAD_SENTENCES, describe
from expectations.suites import suite
from transforms.edits.heads import head_edits
from transforms.model import FINDINGS, Catalogue, Edit, Severity, Table, Verdict

COUNTS = {
    "table": pl.String(),
    "rule_id": pl.String(),
    "satisfied": pl.Int64(),
    "violated": pl.Int64(),
    "unverifiable": pl.Int64(),
}


class RuleFailed(Exception):
    """A rule could not be run: a bug of ours or of the catalogue, never of a return."""


@dataclass(frozen=True, slots=True)
class Validation:
    """What a validation found.

    Attributes:
        findings: one row a violated place, and one a submission and rule that could not be verified (verdict
            unverifiable, severity info): the columns of model.FINDINGS.
        counts: one row a rule: table, rule_id, satisfied, violated, unverifiable (Int64).
    """

    findings: pl.DataFrame
    counts: pl.DataFrame


def merge(validations: Iterable[Validation]) -> Validation:
    parts = list(validations)
    return Validation(
        pl.concat([pl.DataFrame(schema=FINDINGS), *(p.findings for p in parts)]),
        pl.concat([pl.DataFrame(schema=COUNTS), *(p.counts for p in parts)]),
    )


def validate_table(
    prepared: pl.DataFrame,
    table: Table,
    layout: pl.DataFrame,
    catalogue: Catalogue,
    edits: tuple[Edit, ...] | None = None,
) -> Validation:
    """Hold the prepared rows of a table (see transforms.edits.prepare) against its suite.

    Args:
        layout: submission, table, code, letter: where each column stands.
        edits: the rules that were prepared; all rules of the table when none are given.
    Raises:
        RuleFailed: a rule could not be run.
    """
    edits = catalogue.edits(table.code) if edits is None else edits
    if prepared.is_empty():
        return merge([])
    rows = prepared.with_row_index("place")
    results = _run(rows, edits, catalogue)
    letters = _letters(layout, table.code)
    by_id = {edit.id: edit for edit in edits}
    found = [
        finding
        for result in results
        for finding in _findings(rows, by_id[result.rule_id], result, table, letters, catalogue)
    ]
    return Validation(pl.DataFrame(found, schema=FINDINGS, orient="row"), _counts(table.code, results))


def validate_heads(prepared: pl.DataFrame, catalogue: Catalogue) -> Validation:
    """Hold the prepared heads (see transforms.edits.heads) against their suite. Raises RuleFailed."""
    if prepared.is_empty():
        return merge([])
    rows = prepared.with_row_index("place")
    results = _run(rows, head_edits(), catalogue)
    by_id = {edit.id: edit for edit in head_edits()}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for result in results:
        for row in rows[result.violated["place"]].iter_rows(named=True):
            # Each sheet has a head; what is said of the file as a whole is said once.
            name = result.rule_id.rpartition(".")[2]
            sheet = row["table"] if name in ("unit", "period") else ""
            found.setdefault(
                (result.rule_id, row["submission"] + sheet), _head_finding(by_id[result.rule_id], row, catalogue)
            )
    return Validation(pl.DataFrame(list(found.values()), schema=FINDINGS, orient="row"), _counts("heads", results))


def _run(rows: pl.DataFrame, edits: tuple[Edit, ...], catalogue: Catalogue) -> list[RuleResult]:
    results = run_suite(rows, suite(edits, catalogue), ["place", "submission"])
    if failed := [f"{r.rule_id}: {r.error}" for r in results if r.error]:
        raise RuleFailed("; ".join(failed))
    return results


def _counts(table: str, results: list[RuleResult]) -> pl.DataFrame:
    rows = [(table, r.rule_id, r.satisfied, r.violated.height, r.unverifiable.height) for r in results]
    return pl.DataFrame(rows, schema=COUNTS, orient="row")


def _letters(layout: pl.DataFrame, table: str) -> dict[str, dict[str, str]]:
    letters: dict[str, dict[str, str]] = {}
    for submission, code, letter in (
        layout.filter(pl.col("table") == table).select("submission", "code", "letter").iter_rows()
    ):
        letters.setdefault(submission, {})[code] = letter
    return letters


def _findings(
    rows: pl.DataFrame,
    edit: Edit,
    result: RuleResult,
    table: Table,
    letters: Mapping[str, Mapping[str, str]],
    catalogue: Catalogue,
) -> Iterable[dict[str, Any]]:
    # Most rules find nothing, and rows are wide: they are not gathered for nothing.
    if result.violated.height:
        for row in rows[result.violated["place"]].iter_rows(named=True):
            yield _violated(Place(edit, table, row, letters.get(row["submission"], {}), catalogue))
    if result.unverifiable.height:
        once = result.unverifiable.unique("submission", keep="first", maintain_order=True)
        told = rows.select(
            list(dict.fromkeys([*IDENTITY, "kind", "item", edit.column, f"{edit.column}|text", *table.key]))
        )
        for row in told[once["place"]].iter_rows(named=True):
            yield _unverifiable(Place(edit, table, row, letters.get(row["submission"], {}), catalogue))


IDENTITY = ("district", "department", "period", "submission", "file", "sheet", "row")


def _identity(row: Mapping[str, Any], edit: Edit) -> dict[str, Any]:
    return {
        **{name: row[name] for name in IDENTITY},
        "form": edit.table.split(".")[0],
        "table": edit.table,
        "rule": edit.code,
        "rule_id": edit.id,
        "column": edit.column,
    }


def _violated(place: Place) -> dict[str, Any]:
    expected, wrong, todo = describe(place)
    column, cell = place.column, place.cell(place.edit.column)
    unit = "" if not column.numeric else column.unit if column.unit == "%" else unit_of(column)
    told = place.told()
    kind = HARD_OR_SOFT[place.edit.severity]
    shown = f" {told}{'' if unit == '%' else ' '}{unit}".rstrip() if told and place.column.numeric else ""
    of = f"“{place.item()}”" if place.table.layout == "rows" else ""
    return {
        **_identity(place.row, place.edit),
        "severity": place.edit.severity.value,
        "verdict": Verdict.VIOLATED.value,
        "cell": cell,
        "told": told,
        "expected": expected,
        "difference": place.difference(),
        "unit": unit,
        "message": f"{place.edit.code} {kind} {place.row['sheet']}!{cell} {of}{column.header}{shown}：{wrong}。",
        "todo": todo,
    }


def _unverifiable(place: Place) -> dict[str, Any]:
    return {
        **_identity(place.row, place.edit),
        "severity": Severity.INFO.value,
        "verdict": Verdict.UNVERIFIABLE.value,
        "cell": place.cell(place.edit.column),
        "told": place.told(),
        "expected": "",
        "difference": None,
        "unit": "",
        "message": f"{place.edit.code} 无法核对 {place.row['sheet']} {place.column.header}：缺少上期、明细或本格的数。",
        "todo": "",
    }


def _head_finding(edit: Edit, row: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    told_in, expected_in, wrong, todo = HEAD_SENTENCES[edit.id.rpartition(".")[2]]
    told, expected = (_named(row.get(name), name, catalogue) if name else "" for name in (told_in, expected_in))
    kind = HARD_OR_SOFT[edit.severity]
    where = f"{row['sheet']}!A{row['row']}：" if row.get("sheet") else "："
    held = wrong.format(told=told or "未填", expected=expected)
    return {
        **_identity(row, edit),
        "form": row["form_scheduled"] or row["form"],
        "severity": edit.severity.value,
        "verdict": Verdict.VIOLATED.value,
        "cell": f"A{row['row']}" if row.get("row") else "",
        "told": told,
        "expected": expected,
        "difference": None,
        "unit": "",
        "message": f"{edit.code} {kind} {where}{held}。",
        "todo": todo,
    }


def _named(value: Any, column: str, catalogue: Catalogue) -> str:
    """A code as the name that people use."""
    if value is None:
        return ""
    if column in ("owner", "file_department", "meta_department") or column.startswith("department"):
        return catalogue.code_lists["departments"].label(str(value))
    if column in ("file_district", "title_district") or column.startswith("district"):
        return next((d.name for d in catalogue.districts if d.code == value), str(value))
    return str(value)
