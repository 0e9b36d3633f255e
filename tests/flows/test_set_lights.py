"""Lights set by hand over real nights: in the record, in the editions, asked for and taken back."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from flows.cli import main
from flows.deciding import Refused, close_month, reopen_month
from flows.house import House
from flows.lighting import list_lights, set_light, withdraw_light
from flows.publishing import MONTHLY, QUARTERLY, publish
from flows.summary import describe
from flows.tracing import trace
from tests.flows.nights import IN_MARCH, LOANS, a_house, laid, spend_night
from workbooks.publications.lights import PATTERN

pytestmark = pytest.mark.slow
JANUARY, FEBRUARY, BAD_LOANS = "2021-01", "2021-02", "I1004"
WHY = "核销在途,月末余额未扣"
MORNING, DAY = IN_MARCH + timedelta(hours=8), timedelta(days=1)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root after a night with the loans of two months; January is published as well. Copy it, do not change it."""
    root = tmp_path_factory.mktemp("lit")
    laid(root, LOANS)
    with a_house(root) as house:
        spend_night(house)
        publish(house, MONTHLY, JANUARY, IN_MARCH)
    return root


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "root"))


def set_red(house: House, month: str = FEBRUARY, at: datetime = MORNING, code: str = BAD_LOANS) -> str:
    return set_light(house, house.catalogue.district("jb"), month, code, "红", WHY, "高绮", at)


def withdrawn(house: House, at: datetime, month: str = FEBRUARY) -> str:
    return withdraw_light(house, house.catalogue.district("jb"), month, BAD_LOANS, "已核对", "李四", at)


def names(paths: tuple[Path, ...] | list[Path]) -> list[str]:
    return sorted(path.name for path in paths if "江北区" in path.name)


def rows_of(root: Path, name: str, sheet: str) -> list[list[object]]:
    path = next(root.rglob(name))
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows()]


def test_the_next_night_publishes_what_shows_the_light_anew_and_the_edition_says_who_set_it(root: Path) -> None:
    with a_house(root) as house:
        said = set_red(house)
        night = spend_night(house, IN_MARCH + DAY)
        assert spend_night(house, IN_MARCH + 2 * DAY).published == ()
    assert "设定为红灯（计算为" in said
    assert names(night.published) == [
        "江北区优化营商环境季度分析(2021年一季度)(未满季)(第2版).xlsx",
        "江北区优化营商环境月调度表(2021年2月)(第2版).xlsx",
    ]
    changed = rows_of(root, "江北区*(2021年2月)(第2版).xlsx", "M16 本版变更")
    mine = next(row for row in changed if row[0] == "M02 指标月调度" and row[3] == "灯色")
    assert mine[5] == "红※"
    assert mine[7] == f"人工设定为红(计算为{mine[4]}),高绮2021-03-12:{WHY}"
    listed = rows_of(root, "江北区*(2021年2月)(第2版).xlsx", "M15 口径与修订")
    row = next(row for row in listed if row[0] == BAD_LOANS and row[2] == "红")
    assert row[4] == WHY
    assert row[6:8] == ["高绮", datetime(2021, 3, 12)]


def test_a_light_of_an_earlier_month_makes_a_new_edition_of_that_month_alone(root: Path) -> None:
    with a_house(root) as house:
        set_red(house, JANUARY)
        night = spend_night(house, IN_MARCH + DAY)
    assert names(night.published) == [
        "江北区优化营商环境季度分析(2021年一季度)(未满季)(第2版).xlsx",
        "江北区优化营商环境月调度表(2021年1月)(第2版).xlsx",
    ]


def test_what_is_taken_back_is_published_without_it_and_the_record_keeps_both(root: Path) -> None:
    with a_house(root) as house:
        set_red(house)
        spend_night(house, IN_MARCH + DAY)
        withdrawn(house, MORNING + DAY)
        night = spend_night(house, IN_MARCH + 2 * DAY)
        assert house.journal.light_events()["event"].to_list() == ["set", "withdrawn"]
    assert "江北区优化营商环境月调度表(2021年2月)(第3版).xlsx" in names(night.published)
    changed = rows_of(root, "江北区*(2021年2月)(第3版).xlsx", "M16 本版变更")
    reasons = {row[7] for row in changed if row[0] == "M02 指标月调度" and row[3] == "灯色"}
    assert reasons == {"撤回人工设定,李四2021-03-13:已核对"}
    assert not [
        row
        for row in rows_of(root, "江北区*2月)(第3版).xlsx", "M15 口径与修订")
        if row[0] == BAD_LOANS and row[6] == "高绮"
    ]


def test_a_publication_as_known_earlier_does_not_see_it(root: Path) -> None:
    with a_house(root) as house:
        set_red(house)
        assert publish(house, MONTHLY, FEBRUARY, MORNING - timedelta(minutes=1)) == []
        assert names(publish(house, MONTHLY, FEBRUARY, MORNING)) == [
            "江北区优化营商环境月调度表(2021年2月)(第2版).xlsx"
        ]
        assert names(publish(house, QUARTERLY, "2021Q1", MORNING))


def test_trace_says_who_set_a_light_and_what_is_computed(root: Path) -> None:
    with a_house(root) as house:
        set_red(house)
        (path,) = [path for path in publish(house, MONTHLY, FEBRUARY, MORNING) if "江北区" in path.name]
        sheet = openpyxl.load_workbook(path)["M02 指标月调度"]
        place = next(cell.coordinate for row in sheet.iter_rows() for cell in row if cell.number_format == PATTERN)
        lines = trace(house, path, f"M02!{place}").splitlines()
    assert "（人工设定的灯色）" in lines[1]
    told = [line.split("─ ")[1] for line in lines[2:]]
    assert told[0] == f"设定项目:{BAD_LOANS}"
    assert told[1:2] + told[3:] == ["人工设定:红", "设定人:高绮", "设定日期:2021-03-12", f"设定理由:{WHY}"]
    assert told[2].startswith("计算灯色:")


def test_a_light_of_a_closed_month_is_set_only_after_the_month_has_been_opened_again(root: Path) -> None:
    with a_house(root) as house:
        district = house.catalogue.district("jb")
        close_month(house, district, FEBRUARY, "高绮", MORNING, "已定稿", force=True)
        with pytest.raises(Refused, match="先用 yueji reopen 解锁"):
            set_red(house, at=MORNING)
        reopen_month(house, district, FEBRUARY, "高绮", MORNING, "重定")
        assert set_red(house, at=MORNING)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "X99"}, "没有代码为 X99 的灯；可以设定的有"),
        ({"code": "I1001"}, "I1001 银税互动贷款余额没有目标，不亮灯"),
        ({"code": "E06"}, "的灯就是核心指标 .* 的灯"),
        ({"light": "灰"}, "灰＝未报，不能人工设定；请写蓝、绿、黄、红中的一个"),
        ({"light": "紫"}, "没有“紫”灯"),
        ({"by": " "}, "须有姓名"),
        ({"by": "名" * 31}, "姓名有31个字，请不超过30个字"),
        ({"reason": "无"}, "没有说出理由"),
        ({"reason": "长" * 201}, "理由有201个字，请不超过200个字"),
        ({"month": "2021-03"}, "2021年3月还没有结束"),
        ({"month": "2020-12"}, "江北区自2021年1月起报送"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_a_sentence_and_leaves_no_trace(
    published: Path, changes: dict[str, str], said: str
) -> None:
    told = {"month": FEBRUARY, "code": BAD_LOANS, "light": "红", "reason": WHY, "by": "高绮"} | changes
    with a_house(published) as house:
        with pytest.raises(Refused, match=said):
            set_light(house, house.catalogue.district("jb"), at=MORNING, **told)
        assert house.journal.light_events().is_empty()


def test_what_was_not_set_is_not_taken_back(published: Path) -> None:
    with a_house(published) as house, pytest.raises(Refused, match="没有人工设定的灯色，不必撤回"):
        withdrawn(house, MORNING)


def test_the_list_tells_how_each_light_stands_and_all_that_was_decided_of_it(root: Path) -> None:
    with a_house(root) as house:
        district = house.catalogue.district("jb")
        set_light(house, district, FEBRUARY, "t085", "绿", "街镇代办点已建成", "李四", MORNING)
        set_red(house)
        withdrawn(house, MORNING + DAY)
        lines = list_lights(house, None, FEBRUARY, MORNING + DAY).splitlines()
        before = list_lights(house, None, FEBRUARY, MORNING - DAY)
        status = [describe(house, FEBRUARY, at) for at in (MORNING, MORNING + DAY, MORNING - DAY)]
    assert lines[0].startswith(f"江北区 {BAD_LOANS} ")
    assert "：按计算（计算为" in lines[0]
    assert lines[1:3] == [f"  2021-03-12 09:30 高绮设定为红：{WHY}", "  2021-03-13 09:30 李四撤回：已核对"]
    assert lines[3].startswith("江北区 T085 ")
    assert lines[3].endswith("：绿※（计算为灰）")
    assert before == "2021年2月没有人工设定的灯色。"
    assert "人工设定的灯色：江北区 2 项（明细用 yueji lights 2021-02）" in status[0]
    assert "人工设定的灯色：江北区 1 项" in status[1]
    assert "人工设定的灯色" not in status[2]


def test_the_commands_ask_for_name_and_reason_and_take_the_district_by_name(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YUEJI_ROOT", str(root))
    place = ["light", FEBRUARY, "T010"]
    for missing in (["黄", "--by", "高绮"], ["黄", "--reason", WHY]):
        with pytest.raises(SystemExit, match="2"):
            main([*place, *missing, "--district", "jb"])
    by = ["--district", "江北区", "--by", "高绮", "--reason", WHY]
    assert main([*place, *by]) == 2
    assert main([*place, "黄", "--withdraw", *by]) == 2
    assert "请写明设定为哪种灯" in capsys.readouterr().err
    assert main([*place, "黄", *by]) == 0
    assert "T010 设立民营小微企业首贷续贷中心2021年2月设定为黄灯（计算为灰），由高绮设定" in capsys.readouterr().out
    assert main(["lights", FEBRUARY, "--district", "jb"]) == 0
    assert "黄※（计算为灰）" in capsys.readouterr().out
    assert main([*place, "--withdraw", *by]) == 0
    assert "恢复为计算的灰灯" in capsys.readouterr().out
    assert main(["lights", FEBRUARY, "--district", "北京"]) == 2
