"""Files as departments really drop them: packed, of other formats, with a password."""

import io
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from flows.house import House
from flows.receiving import take_in
from tests.flows.nights import IN_MARCH, LOANS, a_house, laid

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def loans_of_spring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root whose inbound holds F10 of 2021-01 and 2021-02 alone. Copy it, do not change it."""
    root = tmp_path_factory.mktemp("spring")
    laid(root, LOANS)
    return root


@pytest.fixture
def root(loans_of_spring: Path, tmp_path: Path) -> Path:
    shutil.copytree(loans_of_spring / "inbound", tmp_path / "inbound", copy_function=shutil.copy2)
    return tmp_path


def drops(root: Path) -> Path:
    return root / "inbound" / "江北区" / "区金融办"


def told(house: House) -> list[tuple[str, str, str]]:
    return sorted(house.journal.submissions().select("file", "period", "status").iter_rows())


def packed(folder: Path, name: str, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(folder / name, "w") as archive:
        for member, data in files.items():
            archive.writestr(member, data)


def test_each_workbook_of_a_zip_is_a_submission_with_a_receipt_of_its_own(root: Path) -> None:
    files = {f"1-2月/{path.name}": path.read_bytes() for path in drops(root).iterdir()}
    for path in drops(root).iterdir():
        path.unlink()
    packed(drops(root), "报表.zip", {**files, "__MACOSX/._x": b"x"})
    with a_house(root) as house:
        taken = take_in(house, IN_MARCH)
        assert [period for _, period, _ in told(house)] == ["2021-01", "2021-02"]
        assert {status for _, _, status in told(house)} <= {"accepted", "questions"}
        assert len(taken.receipts) == 2
        assert not list(drops(root).iterdir())
        again = take_in(house, datetime(2021, 3, 12, 2, 0))
        assert again.receipts == ()


def test_a_zip_in_a_zip_goes_back_with_a_sentence(root: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.txt", "x")
    for path in drops(root).iterdir():
        path.unlink()
    packed(drops(root), "报表.zip", {"内.zip": inner.getvalue()})
    with a_house(root) as house:
        take_in(house, IN_MARCH)
        ((_, _, status),) = told(house)
        assert status == "unreadable"
        assert "压缩包" in house.journal.submissions()["reasons"][0]


@pytest.mark.parametrize(("passwords", "status"), [((), "unreadable"), (("错的", "hy2021"), "accepted")])
def test_a_file_with_a_password_is_read_with_one_from_the_settings_or_asked_for_again(
    root: Path, passwords: tuple[str, ...], status: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    january, february = sorted(drops(root).iterdir())
    february.unlink()
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(january.read_bytes())).encrypt("hy2021", locked)
    january.write_bytes(locked.getvalue())
    monkeypatch.setenv("YUEJI_PASSWORDS", str(list(passwords)).replace("'", '"'))
    with a_house(root) as house:
        taken = take_in(house, datetime(2021, 2, 12, 1, 30))
        assert [s for _, _, s in told(house)] in ([status], ["questions"] if status == "accepted" else [status])
        # What came with a password does not go back without it.
        assert openpyxl.load_workbook(taken.receipts[0]).sheetnames == ["回执"]


def test_a_receipt_of_one_sheet_that_comes_back_alone_is_told_where_to_write(root: Path) -> None:
    january, february = sorted(drops(root).iterdir())
    february.unlink()
    january.write_bytes(b"%PDF-1.4")
    with a_house(root) as house:
        (receipt,) = take_in(house, IN_MARCH).receipts
        shutil.move(receipt, drops(root) / receipt.name)
        take_in(house, datetime(2021, 3, 12, 3, 0))
        assert "只有“回执”一页" in house.journal.submissions()["reasons"][-1]


def test_a_file_larger_than_a_return_can_be_goes_back_with_a_sentence_and_is_kept(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    january, february = sorted(drops(root).iterdir())
    january.write_bytes(january.read_bytes() + b"\0" * 60_000)
    whole = january.read_bytes()
    monkeypatch.setenv("YUEJI_FILE_BYTES", "50000")
    assert february.stat().st_size < 50_000 < len(whole)
    with a_house(root) as house:
        take_in(house, IN_MARCH)
        rows = {row["file"]: row for row in house.journal.submissions().iter_rows(named=True)}
        assert rows[january.name]["status"] == "unreadable"
        assert rows[february.name]["status"] != "unreadable"
        assert house.archive.fetch(rows[january.name]["sha256"]) == whole


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_an_older_format_is_read_and_comes_back_as_xlsx_with_its_cells_marked(
    root: Path, kind: str, tmp_path: Path
) -> None:
    january, february = sorted(drops(root).iterdir())
    february.unlink()
    book = openpyxl.load_workbook(january)
    book["表1 余额滚动"]["G6"] = 1
    book.save(january)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(drops(root)), str(january)], check=True, capture_output=True, timeout=240)
    january.unlink()
    with a_house(root) as house:
        (receipt,) = take_in(house, IN_MARCH).receipts
        assert told(house)[0][2] == "returned"
    assert receipt.suffix == ".xlsx"
    back = openpyxl.load_workbook(receipt)
    assert back.sheetnames[0] == "回执"
    assert "期末" in back["表1 余额滚动"]["G6"].comment.text
