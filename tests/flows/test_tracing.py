"""Where a published number comes from, asked of real workbooks of real nights."""

import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from flows.cli import main
from flows.deciding import Refused
from flows.house import House
from flows.tracing import trace
from tests.flows.nights import a_house, publish_february

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("traced")
    publish_february(root, ("F05", "F10"))
    return root


@pytest.fixture
def house(root: Path) -> Iterator[House]:
    with a_house(root) as opened:
        yield opened


@pytest.fixture(scope="module")
def book(root: Path) -> Path:
    return next(path for path in (root / "outbound/江北区/monthly").glob("*.xlsx"))


def cell_of(book: Path, code: str, column: int) -> str:
    sheet = openpyxl.load_workbook(book)["M02 指标月调度"]
    row = next(row[0].row for row in sheet.iter_rows() if row[0].value == code)
    return f"M02!{openpyxl.utils.get_column_letter(column)}{row}"


def test_a_told_figure_leads_to_the_cell_of_the_return_and_what_was_written_there(house: House, book: Path) -> None:
    lines = trace(house, book, cell_of(book, "I1001", 6)).splitlines()
    assert "第1版" in lines[0]
    assert "I1001 银税互动贷款余额 · 本月" in lines[1]
    assert "填报数" in lines[1]
    assert "F10 表1 余额滚动 期末余额（合计） 2021-02" in lines[2]
    assert "区金融办 F10" in lines[3]
    assert "F10_jb_202102_finance_office_V1.xlsx 第1版 sha256 " in lines[3]
    told = lines[4].split("填报“")[1].removesuffix("”")
    place = lines[4].split("!")[1].split(" ")[0]
    sent = next((house.settings.root / "var/files").rglob(f"{lines[3].split('sha256 ')[1]}*"))
    sheet = openpyxl.load_workbook(BytesIO(sent.read_bytes()))["表1 余额滚动"]
    assert f"{sheet[place].value:.2f}" == told


def test_a_rate_is_worked_out_of_both_its_parts_and_its_change_is_a_formula(house: House, book: Path) -> None:
    text = trace(house, book, cell_of(book, "I1004", 8))
    assert "公式 =ROUND((F" in text
    assert len(re.findall(r"\(\d+\)÷\(\d+\)", text)) == 2
    assert text.count("填报“") == 4


def test_a_figure_made_of_rows_lists_every_cell_of_them(house: House, book: Path) -> None:
    text = trace(house, book, cell_of(book, "I0506", 6))
    assert re.search(r"1−\(\d+\)÷\(\d+\)", text)
    lines = text.splitlines()
    assert sum("表2 事项目录!" in line for line in lines) > 2000
    assert all("填报“" in line for line in lines if "事项目录!" in line)


def test_a_workbook_that_was_changed_is_said_to_be_none_of_the_record(house: House, book: Path, tmp_path: Path) -> None:
    changed, place = openpyxl.load_workbook(book), cell_of(book, "I1001", 6)
    changed["M02 指标月调度"][place.split("!")[1]].value = 1
    copy = tmp_path / "copy.xlsx"
    changed.save(copy)
    text = trace(house, copy, place)
    assert "不是台账里的原件" in text
    assert "此格后来改过" in text


@pytest.mark.parametrize(
    ("place", "said"),
    [("M02!ZZ99", "是空的"), ("M99!A1", "没有表页"), ("H17", "不是一个单元格")],
)
def test_a_place_that_is_none_gets_a_clear_sentence(house: House, book: Path, place: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        trace(house, book, place)


def test_a_file_that_is_none_of_ours_gets_a_clear_sentence(house: House, root: Path, tmp_path: Path) -> None:
    sent = next((root / "var/files").glob("*/*"))
    with pytest.raises(Refused, match="不是本系统发布的工作簿"):
        trace(house, sent, "M02!A1")
    with pytest.raises(Refused):
        trace(house, tmp_path / "nothing.xlsx", "M02!A1")


def test_the_command_prints_the_tree(
    root: Path, book: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YUEJI_ROOT", str(root))
    assert main(["trace", str(book), cell_of(book, "I1001", 6)]) == 0
    assert "└─ 表1 余额滚动!" in capsys.readouterr().out
    assert main(["trace", str(book), "M02!ZZ99"]) == 2


def number_of(book: Path, sheet: str, column: str, row: str = "") -> tuple[str, str]:
    """A cell of a column by the line of `_src`, and how its number was made."""
    lines = openpyxl.load_workbook(book)["_src"].iter_rows(min_row=2, values_only=True)
    found = (line for line in lines if str(line[0]).startswith(sheet) and line[3] == column and row in str(line[2]))
    tab, cell, *_, how, _ = next(found)
    return f"{str(tab)[:3]}!{cell}", str(how)


def test_lights_of_a_unit_lead_by_those_of_its_indicators_to_the_lights_that_were_counted(
    house: House, book: Path
) -> None:
    lines = trace(house, book, number_of(book, "M01", "绿", "区政务服务办")[0]).splitlines()
    assert re.search(r"合计\(M01!F\d+\)$", lines[1])
    assert re.search(r"├?─ F\d+ 政务服务 区政务服务办 · 灯色分布 绿 = \d　计数\(M02!O\d+", lines[2])
    assert [re.search(r"M02 指标月调度!O\d+ (.)", line)[1] for line in lines[3:]].count("绿") == 2  # type: ignore[index]
    assert "按本行的数与目标判定" in lines[3]


def test_a_count_of_versions_leads_to_the_file_without_a_cell(house: House, book: Path) -> None:
    lines = trace(house, book, number_of(book, "M03", "版本数", "F10")[0]).splitlines()
    assert "F10（第1版） 2021-02" in lines[2]
    assert "区金融办 F10" in lines[3]
    assert re.search(r"F10_jb_202102_finance_office_V1.xlsx 第1版 sha256 [0-9a-f]{64}$", lines[3])
    assert len(lines) == 4


def test_a_return_that_has_not_come_has_no_file(house: House, book: Path) -> None:
    lines = trace(house, book, number_of(book, "M03", "逾期天数", "F01")[0]).splitlines()
    assert "未报 F01 应报 2021-03-" in lines[1]
    assert len(lines) == 2


def test_a_difference_leads_to_the_cells_of_both_sides_and_what_was_told_there(house: House, book: Path) -> None:
    place, how = number_of(book, "M04", "差额", "R17")
    assert re.fullmatch(r"\(\d+\)−\(\d+\)", how)
    lines = trace(house, book, place).splitlines()
    told = [Decimal(line.split("填报“")[1].removesuffix("”")) for line in lines if "填报“" in line]
    assert len(told) == 3
    assert told[0] != told[1] - told[2]
    assert all("F10_jb_202102_finance_office_V1.xlsx" in lines[n] for n in (3, 6))


def test_a_score_leads_to_what_it_was_counted_in_and_to_the_points_that_are_declared(house: House, book: Path) -> None:
    lines = trace(house, book, number_of(book, "M13", "报送及时(30)", "区金融办")[0]).splitlines()
    assert re.search(r"30−3×逾期天数\(\(\d+\)\)\(未报 F09 应报 2021-03-08 计至 2021-03-12\)$", lines[1])
    assert "F10_jb_202102_finance_office_V1.xlsx" in lines[3]
    lines = trace(house, book, number_of(book, "M13", "适用满分", "区金融办")[0]).splitlines()
    assert lines[2] == "├─ 计分标准 timeliness 30分 catalogue/scores.yaml"


def test_a_target_is_told_with_its_clause(house: House, book: Path) -> None:
    lines = trace(house, book, number_of(book, "M07", "目标值", "T012")[0]).splitlines()
    assert lines[2].startswith("└─ 目标 T012 条款")
    assert lines[2].endswith("catalogue/targets.tsv")
