"""Templates of a month for every department, with what was filed before."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from catalogue.load import load
from flows.templating import write_templates
from tests.flows.nights import IN_MARCH, LOANS, a_house, laid, spend_night

pytestmark = pytest.mark.slow
MADE = datetime(2021, 3, 25, 9, 0)


def test_every_return_due_gets_a_template_in_the_folder_of_its_department(tmp_path: Path) -> None:
    with a_house(tmp_path) as house:
        paths = write_templates(house, "2021-03", ["jb"], MADE)
    told = {path.name.split("_")[0]: path for path in paths}
    jb = load().district("jb")
    assert set(told) == set(jb.returns)
    assert told["F10"] == tmp_path / "outbound/江北区/templates/2021-03/区金融办/F10_jb_202103_finance_office_V1.xlsx"


def test_a_quarterly_return_gets_its_template_with_the_last_month_of_the_quarter(tmp_path: Path) -> None:
    quarterly = [
        r.code for r in load().returns if r.frequency == "quarterly" and r.code in load().district("jb").returns
    ]
    with a_house(tmp_path) as house:
        for month, expected in (("2021-02", []), ("2021-03", quarterly)):
            paths = write_templates(house, month, ["jb"], MADE)
            assert [p.name[:3] for p in paths if "Q" in p.name] == expected


def test_last_months_figures_stand_beside_the_table(tmp_path: Path) -> None:
    laid(tmp_path, LOANS)
    with a_house(tmp_path) as house:
        spend_night(house, IN_MARCH, publish=False)
        path = next(p for p in write_templates(house, "2021-03", ["jb"], MADE) if p.name.startswith("F10"))
    sheet = openpyxl.load_workbook(path)["表1 余额滚动"]
    header = next(c for c in sheet[3] if c.value == "参考:上期期末余额")
    february = load_february(tmp_path)
    rows = {sheet.cell(r, 1).value: sheet.cell(r, header.column).value for r in range(5, 20)}
    assert {bank: rows[bank] for bank in february} == february


def load_february(root: Path) -> dict[object, object]:
    """期末余额 of every bank and of all, as the department filed it."""
    path = next((root / "outbound").rglob("回执_F10_202102_*"))
    sheet = openpyxl.load_workbook(path)["表1 余额滚动"]
    column = next(c.column for row in sheet.iter_rows(min_row=3, max_row=4) for c in row if c.value == "期末余额")
    last = next(c.row for c in sheet["A"] if c.value == "合计")
    return {sheet.cell(r, 1).value: sheet.cell(r, column).value for r in range(5, last + 1)}


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    with a_house(tmp_path) as house:
        first, second = (
            {p.name: p.read_bytes() for p in write_templates(house, "2021-03", ["bn"], MADE)} for _ in range(2)
        )
    assert first == second
