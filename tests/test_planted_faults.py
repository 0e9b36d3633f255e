"""The planted-fault campaign in small: one case of each kind through workbooks, verdicts, reconciliation and localisation."""

import polars as pl
import pytest

from benchmarks.planted.__main__ import alarms
from benchmarks.planted.campaign import Case, Outcome, clean_district, draw_cases, run
from benchmarks.planted.report import AIMS, page, shares
from benchmarks.planted.score import Scored, score
from transforms.localise import SUSPECTS

pytestmark = pytest.mark.slow
Campaign = tuple[list[Case], Outcome, list[Scored]]


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    clean = clean_district()
    cases = draw_cases(clean, seeds=1, pairs=2, controls=2, seed=3)
    outcome = run(cases, clean)
    return cases, outcome, score(cases, clean, outcome)


def test_districts_without_a_fault_raise_no_alarm(campaign: Campaign) -> None:
    cases, outcome, _ = campaign
    assert alarms(cases, outcome) == 0


def test_planted_faults_are_seen_named_and_called_by_their_name(campaign: Campaign) -> None:
    cases, outcome, scored = campaign
    whole = shares(scored, alarms(cases, outcome))
    assert {name: getattr(whole, name) for name, aim in AIMS.items() if getattr(whole, name) < aim} == {}


def test_every_kind_is_planted_and_told(campaign: Campaign) -> None:
    _, _, scored = campaign
    assert len({s.kind.name for s in scored if s.single}) == 34
    told = page(scored, 0, 2, "python -m benchmarks.planted")
    assert all(s.kind.title in told for s in scored)


def test_what_is_not_seen_is_not_scored_as_seen(campaign: Campaign) -> None:
    """Without findings, suspects and differences nothing counts: the score is no mirror of the plan."""
    cases, outcome, _ = campaign
    blind = Outcome(
        outcome.findings.clear(), pl.DataFrame(schema=SUSPECTS), outcome.differences.clear(), outcome.equations
    )
    assert not any(s.seen or s.first or s.cause for s in score(cases, clean_district(), blind))
