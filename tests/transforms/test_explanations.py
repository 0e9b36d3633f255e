"""What a department writes to a finding stays with the finding."""

import polars as pl
import pytest

from transforms.explanations import explain, is_explained
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
