"""What a department writes to a finding stays with the finding."""

import polars as pl
import pytest

from transforms.explanations import explain, is_explained, said_of_differences
from transforms.follow import Standing, number_of
from transforms.model import FINDINGS

PLACE = {"rule_id": "F10.balances.W01.lent_m", "sheet": "表1", "cell": "D5"}
RETURN = {"district": "jb", "department": "finance_office", "form": "F10", "period": "2022-08"}


def findings(*changes: dict[str, object]) -> pl.DataFrame:
    usual = dict.fromkeys(FINDINGS) | PLACE | RETURN | {"submission": "二", "told": "12.00", "severity": "soft"}
    return pl.DataFrame([usual | change for change in changes], schema=FINDINGS, orient="row")


def answers(*changes: dict[str, object]) -> pl.DataFrame:
    usual = PLACE | {"submission": "二", "explanation": "新增两笔大额贷款"}
    return pl.DataFrame([usual | c for c in changes], schema=dict.fromkeys(usual, pl.String), orient="row")


def explained(tonight: pl.DataFrame, came: pl.DataFrame, earlier: pl.DataFrame) -> list[object]:
    return explain(tonight, came, earlier)["explanation"].to_list()


def test_an_explanation_goes_to_its_own_finding_alone() -> None:
    tonight = findings({}, {"cell": "D6"}, {"submission": "三"})
    assert explained(tonight, answers({}), findings()) == ["新增两笔大额贷款", None, None]


def test_a_finding_about_the_whole_file_can_be_explained() -> None:
    tonight = findings({"sheet": "", "cell": ""})
    assert explained(tonight, answers({"sheet": "", "cell": ""}), findings()) == ["新增两笔大额贷款"]


def test_what_was_written_to_the_last_version_holds_while_the_same_is_told() -> None:
    before = findings({"submission": "一", "explanation": "季末集中放款"})
    assert explained(findings({}), answers(), before) == ["季末集中放款"]
    assert explained(findings({"told": "13.00"}), answers(), before) == [None]
    assert explained(findings({"period": "2022-09"}), answers(), before) == [None]


def test_a_new_explanation_replaces_the_old_one() -> None:
    before = findings({"submission": "一", "explanation": "季末集中放款"})
    assert explained(findings({}), answers({}), before) == ["新增两笔大额贷款"]


@pytest.mark.parametrize(
    ("words", "counts"), [("季末集中放款", True), ("核实无误", False), ("无", False), (None, False), (" ", False)]
)
def test_a_phrase_is_no_explanation(words: str | None, counts: bool) -> None:
    assert findings({"explanation": words}).select(is_explained()).item() is counts


# What is written to a difference

NUMBER = number_of("jb", "R02", "2022-08", "合计")
SUBMITTED = pl.DataFrame({"id": ["二"], "district": ["jb"], "department": ["tax"]})


def written(words: str = "三笔9月2日入账", number: str = NUMBER, sheet: str = "", cell: str = "合计") -> pl.DataFrame:
    return answers({"rule_id": number, "sheet": sheet, "cell": cell, "explanation": words})


def said(came: pl.DataFrame, ledger: dict[str, Standing] | None = None) -> list[tuple[str, str]]:
    return said_of_differences(came, SUBMITTED, ledger or {}).select("event", "reason").rows()


def stands(**told: object) -> dict[str, Standing]:
    return {NUMBER: Standing(NUMBER, "jb", "R02", "合计", "2022-08", known=True, **told)}  # type: ignore[arg-type]


def test_words_on_a_receipt_go_to_the_difference_of_their_number_with_who_and_where_from() -> None:
    (row,) = said_of_differences(written(), SUBMITTED, {}).to_dicts()
    assert (row["event"], row["difference"], row["actor"], row["submission"]) == ("explained", NUMBER, "tax", "二")
    assert (row["district"], row["rule"], row["key"], row["period"]) == ("jb", "R02", "合计", "2022-08")


def test_a_phrase_is_remarked_and_told_once() -> None:
    assert said(written("核实无误。")) == [("remarked", "核实无误。")]
    assert said(written("核实无误。"), stands(said="核实无误。")) == []


def test_what_stood_there_already_is_not_said_again_unless_it_is_void() -> None:
    assert said(written(), stands(said="三笔9月2日入账", is_reason=True)) == []
    assert said(written(), stands(said="三笔9月2日入账")) == [("explained", "三笔9月2日入账")]


def test_a_closed_difference_needs_no_words() -> None:
    assert said(written(), stands(closed=True)) == []


@pytest.mark.parametrize(
    "number", ["R02-202208-00000000", number_of("cd", "R02", "2022-08", "合计"), "F10.balances.W01.lent_m", ""]
)
def test_a_number_that_does_not_follow_from_its_place_is_nobodys(number: str) -> None:
    assert said(written(number=number)) == []


def test_a_key_with_a_mark_of_exclamation_and_one_of_a_quarter_find_their_way() -> None:
    strange, quarterly = number_of("jb", "R01", "2022-08", "甲!乙"), number_of("jb", "R32", "2022Q3", "合计")
    assert len(said(written(number=strange, sheet="甲", cell="乙"))) == 1
    (row,) = said_of_differences(written(number=quarterly), SUBMITTED, {}).to_dicts()
    assert row["period"] == "2022Q3"
