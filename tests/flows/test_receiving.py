"""Between the nights: files are answered within minutes, receipts come back with explanations, people withdraw."""

import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from flows.answering import answer
from flows.frames import load_frames
from flows.house import House
from flows.lock import HouseLocked, only_writer
from flows.publishing import submissions_of
from flows.receiving import take_in
from flows.withdrawing import NotFound, withdraw
from tests.flows.nights import IN_MARCH, LOANS, a_house, laid, spend_night
from workbooks.receipts.words import HEADERS

pytestmark = pytest.mark.slow
SHEET = "表1 余额滚动"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="session")
def loans_of_february(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root whose inbound holds F10 of 2021-01 and 2021-02 alone. Copy it, do not change it."""
    root = tmp_path_factory.mktemp("loans")
    laid(root, LOANS)
    return root


@pytest.fixture
def root(loans_of_february: Path, tmp_path: Path) -> Path:
    shutil.copytree(loans_of_february / "inbound", tmp_path / "inbound", copy_function=shutil.copy2)
    return tmp_path


def folder(root: Path) -> Path:
    return root / "inbound" / "江北区" / "区金融办"


def borrowers(sheet: Worksheet) -> tuple[Cell, Cell]:
    """期末户数 of the first bank and of all."""
    header = next(c for row in sheet.iter_rows(min_row=3, max_row=4) for c in row if c.value == "期末户数")
    total = next(c.row for c in sheet["A"] if str(c.value).replace(" ", "") == "合计")
    return sheet.cell(5, header.column), sheet.cell(total, header.column)


def change_borrowers(path: Path, by: int) -> None:
    """Change the borrowers of one bank and the total with it, keeping the time of the drop. With hundreds fewer, what
    each has borrowed is asked about."""
    at = path.stat().st_mtime
    book = openpyxl.load_workbook(path)
    for cell in borrowers(book[SHEET]):
        cell.value += by
    book.save(path)
    os.utime(path, (at, at))


FEWER = 130


def receipts(root: Path, words: str) -> list[Path]:
    return sorted((root / "outbound").rglob(f"回执_*{words}.xlsx"))


def statuses(house: House) -> list[tuple[str, int, str]]:
    return list(house.journal.submissions().sort("period", "version").select("period", "version", "status").iter_rows())


def lines(path: Path) -> dict[str, list[str]]:
    """What the first sheet of a receipt lists, by kind: the problems."""
    sheet = openpyxl.load_workbook(path)["回执"]
    found: dict[str, list[str]] = {}
    for row in sheet.iter_rows(values_only=True):
        if isinstance(row[0], int):
            found.setdefault(str(row[1]), []).append(f"{row[3]} {row[6]}")
    return found


def explain_all(path: Path, words: str) -> None:
    """Fill the last column of every line that asks for an explanation."""
    book = openpyxl.load_workbook(path)
    sheet = book["回执"]
    column = HEADERS.index("本单位说明") + 1
    for row in sheet.iter_rows():
        if isinstance(row[0].value, int) and row[1].value == "需说明":
            sheet.cell(row[0].row, column).value = words
    book.save(path)


@pytest.fixture
def asked(root: Path) -> Path:
    """The root after a look at a February that is asked about; January is in order."""
    change_borrowers(next(folder(root).glob("F10_jb_202102*")), -FEWER)
    with a_house(root) as house:
        take_in(house, IN_MARCH)
        assert [s for _, _, s in statuses(house)] == ["accepted", "questions"]
    return root


def test_a_drop_is_answered_without_waiting_for_the_night_which_then_publishes_it(root: Path) -> None:
    with a_house(root) as house:
        taken = take_in(house, IN_MARCH)
        assert len(taken.receipts) == 2
        assert not list(folder(root).iterdir())
        assert house.journal.publications().is_empty()
        assert take_in(house, IN_MARCH + HOUR).receipts == ()
        night = spend_night(house, IN_MARCH + 2 * HOUR)
        assert any("2021年2月" in path.name for path in night.published), night.published


def test_the_receipt_is_the_departments_own_workbook_with_the_cell_marked(asked: Path) -> None:
    (path,) = receipts(asked, "请说明")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:2] == ["回执", SHEET]
    assert "_meta" in book.sheetnames
    place = next(row[3].value for row in book["回执"].iter_rows() if row[1].value == "需说明")
    sheet, cell = place.split("!")
    assert "怎么办" in book[sheet][cell].comment.text


def test_an_explanation_on_the_receipt_settles_the_question(asked: Path) -> None:
    (path,) = receipts(asked, "请说明")
    explain_all(path, "本月起改由系统自动查询，次数大增")
    shutil.move(path, folder(asked) / path.name)
    with a_house(asked) as house:
        take_in(house, IN_MARCH + HOUR)
        assert statuses(house)[1:] == [("2021-02", 1, "questions"), ("2021-02", 2, "accepted")]
        told = submissions_of(load_frames(house)).filter(pl.col("version") == 2)
        assert told["explained"].to_list() == told["soft"].to_list()
        assert told["soft"][0] > 0
    (second,) = receipts(asked, "V2_已接收")
    assert lines(second)["变化"] == ["整个文件 与上一版相比，各表数据没有变化。"]
    book = openpyxl.load_workbook(second)
    assert book.sheetnames.count("回执") == 1
    assert "本月起改由系统自动查询，次数大增" in [row[8].value for row in book["回执"].iter_rows()]


def test_a_phrase_does_not_settle_it_and_the_receipt_says_so(asked: Path) -> None:
    (path,) = receipts(asked, "请说明")
    explain_all(path, "核实无误。")
    shutil.move(path, folder(asked) / path.name)
    with a_house(asked) as house:
        take_in(house, IN_MARCH + HOUR)
        assert statuses(house)[-1] == ("2021-02", 2, "questions")
    (second,) = receipts(asked, "V2_已接收请说明")
    assert any("请写明具体原因" in str(row[7].value) for row in openpyxl.load_workbook(second)["回执"].iter_rows())


def test_a_figure_corrected_on_the_receipt_is_taken_in_and_told_as_a_change(asked: Path) -> None:
    (path,) = receipts(asked, "请说明")
    change_borrowers(path, FEWER)
    place = borrowers(openpyxl.load_workbook(path)[SHEET])[0].coordinate
    shutil.move(path, folder(asked) / path.name)
    with a_house(asked) as house:
        take_in(house, IN_MARCH + HOUR)
        assert statuses(house)[-1] == ("2021-02", 2, "accepted"), load_frames(house).findings["message"].to_list()
    (second,) = receipts(asked, "V2_已接收")
    assert [line.split()[0] for line in lines(second)["变化"]] == [SHEET.split(maxsplit=1)[0]] * 2
    assert all(cell.comment is None for row in openpyxl.load_workbook(second)[SHEET] for cell in row)
    assert any(place in line for line in lines(second)["变化"])


def test_the_same_file_again_is_told_on_a_receipt_of_its_own(root: Path) -> None:
    kept = {path.name: path.read_bytes() for path in folder(root).iterdir()}
    with a_house(root) as house:
        take_in(house, IN_MARCH)
        name = min(kept)
        (folder(root) / name).write_bytes(kept[name])
        taken = take_in(house, IN_MARCH + HOUR)
        assert [path.name for path in taken.receipts] == ["回执_F10_202101_V1_同一文件已收过.xlsx"]
        words = [
            c.value for row in openpyxl.load_workbook(taken.receipts[0]).active.iter_rows() for c in row if c.value
        ]
        assert any(re.search(r"同一份文件已于 2021-\d\d-\d\d \d\d:\d\d 送达（第 1 版）", str(word)) for word in words)
        assert take_in(house, IN_MARCH + 2 * HOUR).receipts == ()


def test_a_withdrawn_version_no_longer_counts_and_nothing_is_deleted(root: Path) -> None:
    with a_house(root) as house:
        spend_night(house)
        number = house.journal.submissions().filter(pl.col("period") == "2021-02")["id"][0]
        (receipt,) = withdraw(house, number[:8], "高绮", "投错了月份", IN_MARCH + HOUR)
        assert receipt.name == "回执_F10_202102_V1_已撤回.xlsx"
        assert statuses(house)[-1] == ("2021-02", 1, "withdrawn")
        assert number not in load_frames(house).current()["id"].to_list()
        assert number in load_frames(house, IN_MARCH).current()["id"].to_list()
        assert house.archive.path(house.journal.submissions()["sha256"][-1]).exists()
        published = spend_night(house, IN_MARCH + 24 * HOUR).published
        assert any("2021年2月" in path.name for path in published), published


def test_the_same_file_again_after_a_withdrawal_counts_again(root: Path) -> None:
    kept = {path.name: path.read_bytes() for path in folder(root).iterdir()}
    with a_house(root) as house:
        take_in(house, IN_MARCH)
        rows = house.journal.submissions().filter(pl.col("period") == "2021-02").row(0, named=True)
        before = load_frames(house).tables["F10.balances"]
        withdraw(house, rows["id"], "高绮", "投错了", IN_MARCH + HOUR)
        (folder(root) / rows["file"]).write_bytes(kept[rows["file"]])
        taken = take_in(house, IN_MARCH + 2 * HOUR)
        assert statuses(house)[-1] == ("2021-02", 1, "accepted")
        assert len(taken.receipts) == 1
        assert load_frames(house).tables["F10.balances"].equals(before)


@pytest.mark.parametrize("number", ["4f3a", "ffffffffffff", ""])
def test_an_unknown_number_is_refused_with_a_sentence(root: Path, number: str) -> None:
    with a_house(root) as house:
        take_in(house, IN_MARCH)
        with pytest.raises(NotFound, match="回执编号"):
            withdraw(house, number, "高绮", "", IN_MARCH + HOUR)


def test_what_is_withdrawn_is_not_withdrawn_again(root: Path) -> None:
    with a_house(root) as house:
        take_in(house, IN_MARCH)
        number = house.journal.submissions()["id"][0]
        withdraw(house, number, "高绮", "投错了", IN_MARCH + HOUR)
        with pytest.raises(NotFound, match="已经撤回"):
            withdraw(house, number, "高绮", "投错了", IN_MARCH + HOUR)
        assert answer(house, IN_MARCH + 2 * HOUR) == ()


def test_an_older_version_after_a_newer_one_is_asked_about(root: Path) -> None:
    path = next(folder(root).glob("F10_jb_202102*V1*"))
    first = path.read_bytes()
    with a_house(root) as house:
        take_in(house, IN_MARCH)
        for hours, name in enumerate((path.name.replace("V1", "V2"), path.name), start=1):
            (folder(root) / name).write_bytes(first + b"\0" * 0)
            book = openpyxl.load_workbook(folder(root) / name)
            book[SHEET]["A30"] = f"第{hours}次"
            book.save(folder(root) / name)
            take_in(house, IN_MARCH + hours * HOUR)
        assert statuses(house)[-1] == ("2021-02", 3, "questions")
    (third,) = receipts(root, "V3_已接收请说明")
    assert any("这份文件是第 1 版，而更新的版本早已收到" in line for line in lines(third)["需说明"])


def test_a_night_waits_for_a_run_that_is_taking_files_in(tmp_path: Path) -> None:
    with only_writer(tmp_path), pytest.raises(HouseLocked), only_writer(tmp_path, patience=0.6):
        pass
    with only_writer(tmp_path, patience=0.6):
        pass


def test_nothing_dropped_is_nothing_done(tmp_path: Path) -> None:
    (tmp_path / "inbound").mkdir()
    with a_house(tmp_path) as house:
        taken = take_in(house, datetime(2021, 3, 12, 9, 0))
        assert taken.receipts == ()
        assert taken.exit_code == 0
