"""What a night does with what lies in the drop folders: real files, the stages one after the other, no Prefect."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from catalogue.load import load
from flows import night as night_stages
from flows import publishing
from flows.frames import load_frames
from flows.house import House
from flows.settings import SHANGHAI
from flows.summary import describe
from tests.flows.nights import IN_MARCH, LOANS, a_house, laid, spend_night
from transforms import period

pytestmark = pytest.mark.slow
FEBRUARY = ("2021-02",)
Spoil = Callable[[Path], None]


@pytest.fixture
def loans(tmp_path: Path) -> Path:
    """A root with the bank-tax loans (F10) of 2021-02 alone: a night over one small table is quick."""
    laid(tmp_path, LOANS, FEBRUARY)
    return tmp_path


def the_return(root: Path, form: str) -> Path:
    return next((root / "inbound").rglob(f"{form}_*.xlsx"))


def dropped_at(path: Path, moment: datetime) -> None:
    seconds = moment.replace(tzinfo=SHANGHAI).timestamp()
    os.utime(path, (seconds, seconds))


def changed(path: Path, sheet: str, cell: str, value: object) -> None:
    """Change one cell as a reporter would, keeping the time of the drop."""
    at = path.stat().st_mtime
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = value
    book.save(path)
    os.utime(path, (at, at))


def statuses(house: House) -> dict[str, str]:
    rows = house.journal.submissions().select("form", "version", "status")
    return {f"{form} V{version}": status for form, version, status in rows.iter_rows()}


def messages(house: House, form: str) -> str:
    findings = load_frames(house).findings.filter((pl.col("form") == form) & (pl.col("verdict") == "violated"))
    return "\n".join(findings["message"])


def test_a_clean_month_is_taken_in_published_and_the_drop_folders_are_empty(tmp_path: Path) -> None:
    returns = load().district("jb").returns
    laid(tmp_path, returns, FEBRUARY)
    with a_house(tmp_path) as house:
        night = spend_night(house)
        assert set(statuses(house).values()) == {"accepted"}
    assert night.exit_code == 0
    assert not list((tmp_path / "inbound").rglob("*.xlsx"))
    assert len(night.receipts) == len(returns) - 1  # all but the quarterly one
    names = [path.name for path in night.published]
    assert "江北区优化营商环境月调度表(2021年2月).xlsx" in names
    assert "江北区优化营商环境季度分析(2021年一季度)(未满季).xlsx" in names


def test_the_same_night_again_changes_nothing(loans: Path) -> None:
    with a_house(loans) as house:
        spend_night(house)
        before = {p: p.read_bytes() for p in (loans / "outbound").rglob("*.xlsx")}
        again = spend_night(house, IN_MARCH + timedelta(days=1))
        assert again.received.height == 0
        assert again.published == ()
        assert {p: p.read_bytes() for p in (loans / "outbound").rglob("*.xlsx")} == before


def test_a_published_workbook_that_was_deleted_is_laid_out_again_to_the_byte(loans: Path) -> None:
    with a_house(loans) as house:
        path = next(p for p in spend_night(house).published if "月调度" in p.name)
        published = path.read_bytes()
        path.unlink()
        spend_night(house, IN_MARCH + timedelta(days=1))
        assert path.read_bytes() == published


def test_a_resubmission_is_a_version_and_a_new_edition_says_what_changed(tmp_path: Path) -> None:
    laid(tmp_path, ("F03", "F10"), FEBRUARY)
    path = the_return(tmp_path, "F03")
    original = path.read_bytes()
    with a_house(tmp_path) as house:
        spend_night(house)
        second = path.with_name(path.name.replace("_V1", "_V2"))
        second.write_bytes(original)
        book = openpyxl.load_workbook(second)
        sheet = book["表2 企业开办"]
        row = next(c.row for c in sheet["A"] if isinstance(c.value, int))
        column = next(c.column_letter for r in sheet.iter_rows() for c in r if c.value == "川渝互办互发")
        sheet[f"{column}{row}"] = sheet[f"{column}{row}"].value + 1
        book.save(second)
        dropped_at(second, IN_MARCH + timedelta(hours=8))
        night = spend_night(house, IN_MARCH + timedelta(days=1))
        assert statuses(house)["F03 V2"] in ("accepted", "questions")
        editions = [p.name for p in night.published if "月调度" in p.name]
        assert editions == ["江北区优化营商环境月调度表(2021年2月)(第2版).xlsx"]
        first = house.settings.outbound / "江北区/monthly/江北区优化营商环境月调度表(2021年2月).xlsx"
        assert first.exists()
        told = openpyxl.load_workbook(next(p for p in night.published if "月调度" in p.name))
        revisions = [
            [c.value for c in r]
            for r in told["M15 口径与修订"].iter_rows()
            if any("川渝互办互发" in str(c.value) for c in r)
        ]
        assert revisions, "the list of revisions does not name the figure"


def test_the_same_file_twice_is_told_and_not_counted_twice(loans: Path) -> None:
    path = the_return(loans, "F10")
    shutil.copy2(path, path.with_name(f"副本{path.name}"))
    with a_house(loans) as house:
        night = spend_night(house, publish=False)
        assert len([s for s in statuses(house) if s.startswith("F10")]) == 1
        assert len(night.again) == 1
    assert not list((loans / "inbound").rglob("*.xlsx"))


def test_a_half_written_file_waits_for_the_next_run(loans: Path) -> None:
    path = the_return(loans, "F10")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    dropped_at(path, IN_MARCH - timedelta(minutes=5))
    with a_house(loans) as house:
        night = spend_night(house, publish=False)
        assert night.waiting == (path.name,)
        assert path.exists()
        assert "F10 V1" not in statuses(house)
        path.write_bytes(whole)
        dropped_at(path, IN_MARCH + timedelta(minutes=5))
        spend_night(house, IN_MARCH + timedelta(days=1), publish=False)
        assert statuses(house)["F10 V1"] in ("accepted", "questions")


def test_a_half_file_that_nobody_finishes_is_sent_back_after_a_day(loans: Path) -> None:
    path = the_return(loans, "F10")
    path.write_bytes(path.read_bytes()[:3000])
    dropped_at(path, IN_MARCH - timedelta(days=2))
    with a_house(loans) as house:
        night = spend_night(house, publish=False)
        assert statuses(house)["F10 V1"] == "unreadable"
        assert night.exit_code == 1
    (receipt,) = (loans / "outbound").rglob("回执_F10_*无法读取.xlsx")
    assert "另存" in str(list(openpyxl.load_workbook(receipt).active.values))


def test_a_file_that_grows_between_two_looks_is_left(loans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = the_return(loans, "F10")
    whole = path.read_bytes()

    def grow(_: float) -> None:
        path.write_bytes(whole + b"more")

    monkeypatch.setattr("flows.intake.time.sleep", grow)
    with a_house(loans) as house:
        assert spend_night(house, publish=False).waiting == (path.name,)


def changed_line(path: Path, old: str, new: str) -> None:
    """Change a word of the second row of every sheet."""
    at = path.stat().st_mtime
    book = openpyxl.load_workbook(path)
    found = False
    for sheet in book:
        for cell in sheet[2]:
            if isinstance(cell.value, str) and old in cell.value:
                cell.value, found = cell.value.replace(old, new), True
    assert found, f"no {old} in the second row"
    book.save(path)
    os.utime(path, (at, at))


def add_to_total(path: Path) -> None:
    at = path.stat().st_mtime
    book = openpyxl.load_workbook(path)
    sheet = book["表1 余额滚动"]
    row = next(c.row for c in sheet["A"] if str(c.value).replace(" ", "") == "合计")
    sheet[f"K{row}"] = sheet[f"K{row}"].value + 500
    book.save(path)
    os.utime(path, (at, at))


SPOILT: list[tuple[str, Spoil, str, str]] = [
    ("a wrong unit", lambda p: changed_line(p, "万元", "亿元"), "H03", "计量单位"),
    ("a wrong period", lambda p: changed_line(p, "2021年2月", "2021年1月"), "H02", "统计期"),
    ("a wrong department", lambda p: changed_line(p, "区金融办", "区税务局"), "H01", "填报单位"),
    ("another template", lambda p: changed(p, "_meta", "B1", "F09"), "H01", "F09"),
    ("a total that is not the sum", add_to_total, "H07", "合计应等于各行之和"),
    ("a formula error", lambda p: changed(p, "表1 余额滚动", "D6", "=1/0"), "H05", "表1 余额滚动!D6"),
    ("text in a number", lambda p: changed(p, "表1 余额滚动", "D6", "约两千"), "H05", "约两千"),
    ("an empty required cell", lambda p: changed(p, "表1 余额滚动", "D6", None), "H04", "没有填写"),
]


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, House, dict[str, str]]]:
    """One night over a month of loans for each way of spoiling a return, and a clean one: what became of each."""
    root = tmp_path_factory.mktemp("spoilt")
    months = period.months_between("2021-01", period.shift("2021-01", len(SPOILT)))
    paths = {path.name: path for path in laid(root, LOANS, months)}
    of = {}
    for month, (name, spoil, _, _) in zip(months, SPOILT, strict=False):
        path = next(p for n, p in paths.items() if n.startswith(f"F10_jb_{month.replace('-', '')}"))
        spoil(path)
        of[name] = month
    with a_house(root) as house:
        spend_night(house, datetime(2021, 12, 1, 1, 30), publish=False)
        yield root, house, of | {"clean": months[-1]}


@pytest.mark.parametrize(("name", "rule", "words"), [(s[0], s[2], s[3]) for s in SPOILT], ids=[s[0] for s in SPOILT])
def test_a_return_with_a_hard_fault_goes_back_with_a_sentence_and_the_night_goes_on(
    spoilt: tuple[Path, House, dict[str, str]], name: str, rule: str, words: str
) -> None:
    root, house, months = spoilt
    by_period = dict(house.journal.submissions().select("period", "status").iter_rows())
    assert by_period[months[name]] == "returned"
    assert by_period[months["clean"]] in ("accepted", "questions")
    findings = load_frames(house).findings.filter(
        (pl.col("period") == months[name]) & (pl.col("verdict") == "violated") & (pl.col("rule") == rule)
    )
    assert [m for m in findings["message"] if words in m]
    (receipt,) = (root / "outbound").rglob(f"回执_F10_{months[name].replace('-', '')}_V1_退回重报.xlsx")
    assert words in "".join(str(v) for row in openpyxl.load_workbook(receipt).active.values for v in row)


def test_a_department_cannot_file_for_another(loans: Path) -> None:
    path = the_return(loans, "F10")
    stranger = loans / "inbound/江北区/区税务局" / path.name
    stranger.parent.mkdir(exist_ok=True)
    shutil.move(path, stranger)
    with a_house(loans) as house:
        spend_night(house, publish=False)
        assert statuses(house)["F10 V1"] == "returned"
        assert "填报单位" in messages(house, "F10")


def test_what_lies_in_no_departments_folder_is_told_and_left(loans: Path) -> None:
    stray = loans / "inbound/江北区/不知道的单位/F10_jb_202102_x_V1.xlsx"
    stray.parent.mkdir()
    shutil.copy2(the_return(loans, "F10"), stray)
    os.symlink("/etc/passwd", loans / "inbound/江北区/区金融办/链接.xlsx")
    with a_house(loans) as house:
        night = spend_night(house, publish=False)
    assert set(night.unknown) == {"江北区/不知道的单位/F10_jb_202102_x_V1.xlsx", "江北区/区金融办/链接.xlsx"}
    assert stray.exists()


def test_a_month_with_nothing_reported_is_published_in_grey(tmp_path: Path) -> None:
    with a_house(tmp_path) as house:
        night = spend_night(house)
        (path,) = (p for p in night.published if p.parent.name == "monthly" and "江北区" in p.name)
    book = openpyxl.load_workbook(path)
    sheet = book["M02 指标月调度"]
    header = next(row for row in sheet.iter_rows() if any(c.value == "本月" for c in row))
    told = {c.column: c.value for c in header if c.value in ("本月", "上月", "本年累计")}
    figures = [c for row in sheet.iter_rows() if str(row[0].value).startswith("I0") for c in row if c.column in told]
    assert figures
    assert {c.value for c in figures} <= {"未报", "—"}
    assert all(c.fill.fgColor.rgb == "FFD9D9D9" for c in figures if c.value == "未报")


def test_a_month_that_was_sent_back_is_no_ground_for_the_next(loans: Path) -> None:
    """January goes back for its own fault; February is not held against it."""
    (january,) = laid(loans, LOANS, ("2021-01",))
    add_to_total(january)
    changed(january, "表1 余额滚动", "G6", 1)
    with a_house(loans) as house:
        spend_night(house, publish=False)
        by_period = dict(
            house.journal.submissions().filter(pl.col("form") == "F10").select("period", "status").iter_rows()
        )
    assert by_period["2021-01"] == "returned"
    assert by_period["2021-02"] in ("accepted", "questions")


def test_what_was_known_on_a_day_is_what_a_backfill_publishes(loans: Path) -> None:
    with a_house(loans) as house:
        spend_night(house, IN_MARCH, publish=False)
        early = publishing.publish(house, "monthly", "2021-02", IN_MARCH - timedelta(days=1))
        late = publishing.publish(house, "monthly", "2021-02", IN_MARCH)
    texts = []
    for path in (early[0], late[0]):
        sheet = openpyxl.load_workbook(path)["M02 指标月调度"]
        texts.append(sum(c.value == "未报" for row in sheet.iter_rows() for c in row))
    assert texts[0] > texts[1]


def test_a_late_drop_is_judged_by_when_it_lay_there_not_by_its_own_time(loans: Path) -> None:
    """A file edited in time but dropped after a later look is late, whatever time it carries."""
    path = the_return(loans, "F10")
    aside = loans / path.name
    shutil.move(path, aside)
    with a_house(loans) as house:
        spend_night(house, datetime(2021, 3, 12, 1, 30), publish=False)
        shutil.move(aside, path)
        dropped_at(path, datetime(2021, 3, 3, 9, 0))
        spend_night(house, datetime(2021, 3, 20, 1, 30), publish=False)
        assert statuses(house)["F10 V1"] == "questions"
        assert "逾期" in messages(house, "F10")


def test_a_form_filed_by_a_department_that_does_not_own_it_goes_back(loans: Path) -> None:
    """Even when the sheet names the stranger: the folder decides who is speaking, and that one does not file this."""
    path = the_return(loans, "F10")
    changed_line(path, "区金融办", "区税务局")
    stranger = loans / "inbound/江北区/区税务局" / path.name
    stranger.parent.mkdir(exist_ok=True)
    shutil.move(path, stranger)
    with a_house(loans) as house:
        spend_night(house, publish=False)
        assert statuses(house)["F10 V1"] == "returned"
        assert "这张表由“区金融办”报送" in messages(house, "F10")


def test_who_corrects_a_return_that_came_in_time_is_not_late(loans: Path) -> None:
    path = the_return(loans, "F10")
    whole = path.read_bytes()
    at = path.stat().st_mtime
    add_to_total(path)
    with a_house(loans) as house:
        spend_night(house, publish=False)
        second = path.with_name(path.name.replace("_V1", "_V2"))
        second.write_bytes(whole)
        dropped_at(second, datetime.fromtimestamp(at, SHANGHAI).replace(tzinfo=None) + timedelta(days=20))
        spend_night(house, IN_MARCH + timedelta(days=30), publish=False)
        assert statuses(house) == {"F10 V1": "returned", "F10 V2": "accepted"}


def test_a_month_that_is_not_over_is_not_published(tmp_path: Path) -> None:
    with a_house(tmp_path) as house:
        with pytest.raises(publishing.NotOver, match="还没有结束"):
            publishing.publish(house, "monthly", "2021-03", IN_MARCH)
        with pytest.raises(publishing.NotOver):
            publishing.publish(house, "quarterly", "2021Q2", IN_MARCH)


def test_status_tells_what_counts_and_what_is_missing(loans: Path) -> None:
    path = the_return(loans, "F10")
    second = path.with_name(path.name.replace("_V1", "_V2"))
    second.write_bytes(b"<html></html>")
    dropped_at(second, IN_MARCH - timedelta(hours=2))
    with a_house(loans) as house:
        spend_night(house, publish=False)
        told = describe(house, "2021-02", IN_MARCH)
    lines = {line.split()[2]: line for line in told.splitlines() if line.startswith("江北区")}
    assert "V1" in lines["F10"]
    assert "已接收" in lines["F10"]
    assert "逾期未报" in lines["F03"]


def test_a_month_restated_by_a_night_that_was_killed_is_published_by_the_next(loans: Path) -> None:
    path = the_return(loans, "F10")
    whole = path.read_bytes()
    in_april = datetime(2021, 4, 12, 1, 30)
    with a_house(loans) as house:
        spend_night(house)
        second = path.with_name(path.name.replace("_V1", "_V2"))
        second.write_bytes(whole)
        changed(second, "_meta", "A20", "更正")
        dropped_at(second, in_april - timedelta(days=1))
        found = night_stages.receive(house, in_april)
        night_stages.validate(house, night_stages.read(house, found, in_april), in_april)
        # Killed here: decided, nothing published. The next night receives nothing.
        names = [p.name for p in spend_night(house, in_april + timedelta(days=1)).published]
    assert "江北区优化营商环境月调度表(2021年2月)(第2版).xlsx" in names
