"""Adjustments of closed months: shown apart, counted in the quarter and the year, never in the month itself."""

from decimal import Decimal

import polars as pl

from tests.transforms.makers import a_submission, an_observation, some_facts
from transforms import analyse
from transforms.adjustments import ADJUSTMENTS, adjustments
from transforms.facts import Facts, value_in, value_over, year_to_date
from transforms.observe import OBSERVATIONS
from transforms.schedule import adjusted

D = Decimal
LENT = "F10.balances.lent_m"
SPRING = ("2022-04", "2022-05", "2022-06")


def told(period: str, value: object, **changes: object) -> dict[str, object]:
    return an_observation(LENT, "合计", period, value, unit="元", **changes)


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(OBSERVATIONS))


def documents(**said: str) -> pl.DataFrame:
    return pl.DataFrame(list(said.items()), schema={"submission": pl.String, "document": pl.String}, orient="row")


def corrected(*, document: str = "〔2022〕7号") -> Facts:
    """Lent 100, 200 and 300万元; April was closed, and told as 150 later."""
    frozen = [told(month, amount * 10_000) for month, amount in zip(SPRING, (100, 200, 300), strict=True)]
    later = told("2022-04", 1_500_000, submission="late", version=2)
    changes = adjustments(frame(*frozen), frame(later), documents(late=document))
    submissions = [a_submission("F10", month) for month in SPRING]
    return some_facts(frozen, submissions=submissions, adjustments=changes, period="2022-06")


def lent(facts: Facts):
    return next(i for i in facts.catalogue.indicators if i.series == LENT)


def test_a_correction_is_what_was_told_otherwise_and_nothing_else() -> None:
    before = frame(told("2022-04", 100), told("2022-05", 7))
    later = frame(told("2022-04", 150, version=2), told("2022-05", 7, version=2), told("2022-06", None, version=2))
    found = adjustments(before, later, documents())
    assert found.columns == list(ADJUSTMENTS)
    assert found.select("period", "frozen", "now", "document").rows() == [("2022-04", D(100), D(150), "")]


def test_what_was_not_told_when_the_month_was_closed_is_a_correction_too() -> None:
    found = adjustments(frame(), frame(told("2022-04", 150)), documents())
    assert found.select("frozen", "now").rows() == [(None, D(150))]


def test_the_closed_month_stands_and_the_quarter_counts_its_correction() -> None:
    facts = corrected()
    assert value_in(facts, lent(facts), "2022-04").value == D(1_000_000)
    assert value_over(facts, lent(facts), SPRING).value == D(6_500_000)
    assert value_over(facts, lent(facts), SPRING[1:]).value == D(5_000_000)
    row = analyse.quarter_check(facts, "2022Q2").filter(code="I1002").row(0, named=True)
    assert (row["month1"], row["adjusted"], row["quarter"]) == (D(1_000_000), D(500_000), D(6_500_000))


def test_the_year_to_date_that_is_put_together_counts_it() -> None:
    months = [told(f"2022-0{n}", 0) for n in (1, 2, 3)]
    facts = corrected()
    facts = some_facts([*facts.observations.to_dicts(), *months], adjustments=facts.adjustments, period="2022-06")
    assert year_to_date(facts, lent(facts), "2022-06").value == D(6_500_000)


def test_a_correction_is_listed_with_its_document_and_traced_to_its_cell() -> None:
    facts = corrected()
    row = adjusted(facts).row(0, named=True)
    assert (row["old"], row["new"], row["difference"]) == (D(1_000_000), D(1_500_000), D(500_000))
    assert row["ground"] == "〔2022〕7号"
    assert adjusted(corrected(document="")).row(0, named=True)["ground"] == "未注明文号或说明"
    (key,) = facts.adjustment(LENT, "合计", SPRING).sources
    assert facts.places([key])[key]["version"] == 2
