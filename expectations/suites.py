"""Suites of Great Expectations, built from the edit rules of the catalogue: one expectation a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from transforms.edits import BOUNDED_KINDS
from transforms.model import Catalogue, Edit

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suite(edits: tuple[Edit, ...], catalogue: Catalogue) -> list[Expectation]:
    """One expectation a rule; `meta["rule_id"]` is the rule's id. Imports Great Expectations (seconds)."""
    return [_expectation(edit, catalogue) for edit in edits]


def _expectation(edit: Edit, catalogue: Catalogue) -> Expectation:
    from great_expectations.expectations.row_conditions import Column

    common = {
        "meta": {"rule_id": edit.id, "severity": edit.severity.value, "source": edit.source},
        "row_condition": Column(f"{edit.id}|applies") == True,  # noqa: E712 – a condition, not a comparison
    }
    if edit.kind in BOUNDED_KINDS or edit.kind.startswith("head_"):
        return _bounded(edit, common)
    return _NATIVE[edit.kind](edit, catalogue, common)


def _bounded(edit: Edit, common: dict[str, Any]) -> Expectation:
    from expectations.edits import ExpectToldToMeet

    named: dict[str, Any] = {role: f"{edit.id}|{role}" for role in ("low", "high", "slack")}
    return ExpectToldToMeet(column=f"{edit.id}|told", **named, **common)


def _filled(edit: Edit, _: Catalogue, common: dict[str, Any]) -> Expectation:
    """H04 looks at what was told (a word is an answer), H05 at what could be read from it."""
    from expectations.edits import ExpectToBeGiven

    column = f"{edit.id}|given" if edit.kind == "required" else edit.column
    return ExpectToBeGiven(column=column, **common)


def _unique(edit: Edit, catalogue: Catalogue, common: dict[str, Any]) -> Expectation:
    from expectations.edits import ExpectCompoundKeyToBeUnique

    key = edit.params.get("by", catalogue.table(edit.table).key)
    return ExpectCompoundKeyToBeUnique(column_list=["submission", *key], ignore_row_if="any_value_is_missing", **common)


def _in_list(edit: Edit, catalogue: Catalogue, common: dict[str, Any]) -> Expectation:
    from expectations.edits import ExpectToBeListed

    codes = catalogue.code_lists[catalogue.table(edit.table).column(edit.column).codes].codes
    return ExpectToBeListed(column=edit.column, value_set=[c.code for c in codes], **common)


def _check_digit(edit: Edit, _: Catalogue, common: dict[str, Any]) -> Expectation:
    from expectations.edits import ExpectCheckDigit

    return ExpectCheckDigit(column=edit.column, **common)


def _not_negative(edit: Edit, _: Catalogue, common: dict[str, Any]) -> Expectation:
    from expectations.edits import ExpectToLieBetween

    strict = bool(edit.params.get("positive"))
    return ExpectToLieBetween(column=edit.column, min_value=0, strict_min=strict, **common)


def _in_order(edit: Edit, _: Catalogue, common: dict[str, Any]) -> Expectation:
    from expectations.edits import ExpectInOrder

    earlier, later = edit.params["earlier"], edit.params["later"]
    strict = bool(edit.params.get("strict"))
    return ExpectInOrder(column_A=later, column_B=earlier, or_equal=not strict, **common)


def _not_after_period(edit: Edit, _: Catalogue, common: dict[str, Any]) -> Expectation:
    from expectations.edits import ExpectInOrder

    return ExpectInOrder(column_A="period_end", column_B=edit.column, or_equal=True, **common)


_NATIVE: Mapping[str, Callable[[Edit, Catalogue, dict[str, Any]], Expectation]] = {
    "typed": _filled,
    "required": _filled,
    "unique": _unique,
    "in_list": _in_list,
    "check_digit": _check_digit,
    "not_negative": _not_negative,
    "in_order": _in_order,
    "not_after_period": _not_after_period,
}
