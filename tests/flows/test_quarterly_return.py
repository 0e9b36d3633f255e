"""A return that is filed once a quarter, from its drop to the workbooks of its quarter."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows import publishing
from flows.frames import load_frames
from flows.house import House
from flows.summary import describe
from samples.returns import lay
from tests.flows.nights import a_house, spend_night
from transforms.analyse import missing_returns
from transforms.facts import NOT_APPLICABLE, UNREPORTED, Facts
from transforms.schedule.reports import reports

pytestmark = pytest.mark.slow
FORMS = ("F10", "F25")
IN_APRIL = datetime(2021, 4, 22, 1, 30)
SCORE = "F25.assessment.score"


def owing(house: House) -> House:
    """A house in which 江北区 has to file these two returns alone."""
    districts = tuple(replace(d, returns=FORMS if d.code == "jb" else d.returns) for d in house.catalogue.districts)
    return replace(house, catalogue=replace(house.catalogue, districts=districts))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The first quarter of 2021 was filed, and the night over it was spent."""
    root = tmp_path_factory.mktemp("quarter")
    lay(root / "inbound", ["jb"], ["2021-01", "2021-02", "2021-03"], forms=FORMS)
    with a_house(root) as opened:
        house = owing(opened)
        spend_night(house, IN_APRIL, publish=False)
        yield house


def facts_in(house: House, month: str) -> Facts:
    known = publishing.know(house, load_frames(house, IN_APRIL), IN_APRIL)
    return publishing.facts_of(house, known, house.catalogue.district("jb"), month)


def test_it_is_due_on_the_twelfth_working_day_after_the_quarter(tmp_path: Path) -> None:
    with a_house(tmp_path) as house:
        deadlines = owing(house).deadlines(datetime(2021, 7, 1)).filter(pl.col("form") == "F25", district="jb")
    assert deadlines.select("period", "due").rows() == [("2021Q1", date(2021, 4, 19)), ("2021Q2", date(2021, 7, 16))]


def test_it_is_not_owed_before_its_quarter_is_over(tmp_path: Path) -> None:
    with a_house(tmp_path) as house:
        deadlines = owing(house).deadlines(datetime(2021, 3, 31)).filter(pl.col("form") == "F25")
    assert deadlines.is_empty()


def test_a_district_that_came_within_a_quarter_owes_the_next(tmp_path: Path) -> None:
    with a_house(tmp_path) as house:
        form, later = house.catalogue.form("F25"), replace(house.catalogue.district("jb"), first_period="2021-02")
        later = replace(later, returns=FORMS)
    assert [later.owes(form, m) for m in ("2021-03", "2021-06")] == [None, "2021Q2"]


def test_it_is_taken_in_and_judged(night: House) -> None:
    filed = night.journal.submissions().filter(pl.col("form") == "F25")
    assert filed.select("period", "department", "status").rows() == [("2021Q1", "be_office", "accepted")]


def test_it_stands_in_the_workbook_of_the_last_month_of_its_quarter(night: House) -> None:
    march, february = facts_in(night, "2021-03"), facts_in(night, "2021-02")
    assert march.figure(SCORE, "tax", "2021Q1").told
    assert february.figure(SCORE, "tax", "2021Q1").why == NOT_APPLICABLE
    assert facts_in(night, "2021-03").figure(SCORE, "nobody", "2021Q1").why == UNREPORTED
    told = {row["form"]: row["state"] for row in reports(march).iter_rows(named=True)}
    assert told == {"F10": "已通过", "F25": "已通过"}
    assert reports(february)["form"].to_list() == ["F10"]


def test_the_analyst_misses_it_only_where_it_was_not_filed(night: House) -> None:
    facts = facts_in(night, "2021-03")
    assert missing_returns(facts, "2021Q1").is_empty()
    without = replace(facts, submissions=facts.submissions.filter(pl.col("form") != "F25"))
    assert missing_returns(without, "2021Q1").select("period", "form").rows() == [("2021Q1", "F25")]


def test_it_touches_its_quarter_and_the_last_month_of_it(night: House) -> None:
    published = {"product": "monthly", "edition": 1, "as_of": IN_APRIL, "published_at": IN_APRIL, "file": "f.xlsx"}
    more = {"district": "jb", "workbook_sha256": "0", "inputs": "0", "code_version": "0", "ruleset": "0"}
    for month in ("2021-01", "2021-03"):
        night.journal.publish({**published, **more, "ref_period": month})
    night.journal.publish({**published, **more, "product": "quarterly", "ref_period": "2021Q1"})
    wanted = publishing.periods_to_publish(night, ["2021Q1"], datetime(2021, 9, 2))
    assert [w for w in wanted if w[1] < "2021-05"] == [("monthly", "2021-03")]
    assert ("quarterly", "2021Q1") in wanted


def test_the_state_of_march_names_it(night: House) -> None:
    assert "F25" in describe(night, "2021-03", IN_APRIL)
    assert "F25" not in describe(night, "2021-02", IN_APRIL)
