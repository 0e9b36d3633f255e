"""Rules that say what others say already, or that nothing can satisfy, are refused when the catalogue is loaded."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from catalogue.consistency import check_consistency, check_reconciliations
from catalogue.declarations import CatalogueError
from catalogue.load import load
from transforms.model import Edit, Reconciliation, Return, Severity


def an_edit(kind: str, column: str, **params: Any) -> Edit:
    params = MappingProxyType(params)
    return Edit(f"F10.balances.X.{kind}.{column}", "X", kind, Severity.HARD, "F10.balances", column, params)


def with_edits(*edits: Edit, instead: bool = True) -> Return:
    form = load().form("F10")
    return replace(form, edits=edits if instead else (*form.edits, *edits))


ROLL = an_edit("roll_forward", "close_bal", opening="open_bal", movements=("+lent_m", "-repaid_m"), closing="close_bal")


def test_the_catalogue_says_nothing_twice() -> None:
    for form in load().returns:
        check_consistency(form)
    check_reconciliations(load().reconciliations)


def test_a_rule_that_says_the_same_in_other_words_is_redundant() -> None:
    again = an_edit("sum", "open_bal", parts=("+close_bal", "-lent_m", "+repaid_m"))
    with pytest.raises(CatalogueError, match=r"F10\.yaml: F10\.balances\.X\.sum\.open_bal is redundant"):
        check_consistency(with_edits(ROLL, again))


def test_a_rule_that_follows_from_two_others_is_redundant() -> None:
    first = an_edit("sum", "lent_m", parts=("+repaid_m", "+writeoff_m"))
    both = an_edit("sum", "close_bal", parts=("+open_bal", "+writeoff_m"))
    check_consistency(with_edits(ROLL, first))
    with pytest.raises(CatalogueError, match="it follows from"):
        check_consistency(with_edits(ROLL, first, both))


def test_the_same_equation_of_other_rows_is_a_rule_of_its_own() -> None:
    total = replace(ROLL, id="F10.balances.X.total", params=MappingProxyType({**ROLL.params, "applies": ("total",)}))
    check_consistency(with_edits(ROLL, total))


def test_rules_that_only_zeros_satisfy_contradict_each_other() -> None:
    """lent = repaid + written off, and repaid = lent + written off: nothing was ever written off."""
    one = an_edit("sum", "lent_m", parts=("+repaid_m", "+writeoff_m"))
    other = an_edit("sum", "repaid_m", parts=("+lent_m", "+writeoff_m"))
    with pytest.raises(CatalogueError, match="only zeros in writeoff_m could satisfy it"):
        check_consistency(with_edits(one, other))


def test_what_is_at_most_another_and_at_least_it_contradicts_itself() -> None:
    steps = [("npl_bal", "close_bal"), ("close_bal", "credit_bal"), ("credit_bal", "npl_bal")]
    edits = [an_edit("at_most", part, part=part, whole=whole) for part, whole in steps]
    check_consistency(with_edits(*edits[:2]))
    with pytest.raises(CatalogueError, match="npl_bal is at most credit_bal already"):
        check_consistency(with_edits(*edits))


def test_a_part_that_is_told_twice_is_redundant() -> None:
    first = an_edit("at_most", "npl_bal", part="npl_bal", whole="close_bal")
    with pytest.raises(CatalogueError, match="says it already"):
        check_consistency(with_edits(first, replace(first, id="F10.balances.X.again")))


def test_a_band_that_nothing_lies_in_is_refused() -> None:
    with pytest.raises(CatalogueError, match="nothing lies between 3 and 2"):
        check_consistency(with_edits(an_edit("band", "npl_bal", low="3", high="2")))


def of_code(code: str) -> Reconciliation:
    return next(r for r in load().reconciliations if r.code == code)


def test_two_reconciliations_of_the_same_sides_are_one_too_many() -> None:
    rule = of_code("R05")
    with pytest.raises(CatalogueError, match="R98 compares what R05 compares already"):
        check_reconciliations([rule, replace(rule, code="R98")])
    turned = replace(rule, code="R99", kind="at_most", figures=(rule.figures[1], rule.figures[0]))
    with pytest.raises(CatalogueError, match="R99 compares what R05 compares already"):
        check_reconciliations([rule, turned])
