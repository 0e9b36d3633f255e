from pathlib import Path

import pytest

from catalogue.declarations import CatalogueError
from catalogue.evaluation import read_evaluation
from catalogue.load import load
from catalogue.sheets import load_touches, load_workbook

SHEET = """
- code: M01
  name: {name}
  title: 试
  blocks:
    - frame: f
      columns:
        - {{code: a, header: 甲, format: {format}, formula: "{formula}"}}
"""


def declared(folder: Path, **changes: str) -> None:
    (folder / "some.yaml").write_text(
        SHEET.format(**{"name": "总览", "format": "int", "formula": "", **changes}), encoding="utf-8"
    )
    load_workbook("some", folder)


def test_a_sheet_is_read(tmp_path: Path):
    declared(tmp_path)
    assert load_workbook("some", tmp_path)[0].tab == "M01 总览"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "总" * 28}, "some.yaml:2: .*31"),
        ({"name": "总/览"}, "some.yaml:2: .*refuses"),
        ({"format": "money"}, "some.yaml:8: unknown format “money”"),
        ({"formula": "={b}+1"}, "unknown column “b”"),
    ],
)
def test_a_wrong_sheet_is_refused_with_its_place(tmp_path: Path, changes, message):
    with pytest.raises(CatalogueError, match=message):
        declared(tmp_path, **changes)


def test_the_national_evaluation_has_18_indicators_in_its_order():
    names = [one.name for one in load().evaluation]
    assert len(names) == 18
    assert names[0] == "开办企业"
    assert names[-1] == "包容普惠创新"
    assert all(one.core in one.figures for one in load().evaluation if one.core)


def test_every_reconciliation_says_what_it_throws_doubt_on():
    assert {t.rule for t in load_touches(load())} == {r.code for r in load().reconciliations}


def test_a_core_figure_is_counted_under_one_indicator_alone(tmp_path: Path):
    twice = [f"- {{code: {code}, name: 试, department: tax, figures: [I0101]}}\n" for code in ("E01", "E02")]
    (tmp_path / "evaluation.yaml").write_text("".join(twice), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"evaluation\.yaml:2: “I0101” stands under E01"):
        read_evaluation(
            tmp_path / "evaluation.yaml", {d.code for d in load().departments}, {i.code for i in load().indicators}
        )


def test_every_figure_with_a_target_is_counted_in_the_overview():
    figures = {figure for one in load().evaluation for figure in one.figures}
    assert {i.code for i in load().indicators if i.target is not None} <= figures
