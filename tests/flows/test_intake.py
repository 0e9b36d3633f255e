"""What lies in a drop folder and is no plain file: told, left where it is, and never opened."""

import os
import unicodedata
from pathlib import Path

import pytest

from flows.intake import _opened, look_into
from tests.flows.nights import IN_MARCH, a_house
from tests.workbooks.packages import a_package

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "inbound/江北区/区税务局"
    folder.mkdir(parents=True)
    return folder


def drop(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    os.utime(path, (1_600_000_000, 1_600_000_000))


def test_links_and_pipes_are_told_and_never_opened(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xlsx"
    drop(secret, a_package())
    (folder / "链接.xlsx").symlink_to(secret)
    (folder / "断.xlsx").symlink_to(tmp_path / "nothing")
    (folder / "夹").symlink_to(tmp_path)
    os.mkfifo(folder / "管道.xlsx")
    drop(folder / "F10_jb_202102_x_V1.xlsx", a_package("<row r='1'/>"))
    with a_house(tmp_path) as house:
        found = look_into(house, IN_MARCH)
    assert [a.file for a in found.arrivals] == ["F10_jb_202102_x_V1.xlsx"]
    assert sorted(p.name for p in found.unknown) == sorted(["链接.xlsx", "断.xlsx", "夹", "管道.xlsx"])


def test_what_becomes_a_link_or_a_pipe_while_we_look_is_not_followed(folder: Path, tmp_path: Path) -> None:
    link, pipe = folder / "a.xlsx", folder / "b.xlsx"
    link.symlink_to("/etc/passwd")
    os.mkfifo(pipe)
    for path in (link, pipe, folder):
        with pytest.raises(OSError):  # noqa: PT011 – whichever the system says
            _opened(path)


def test_a_file_that_goes_away_between_two_looks_does_not_end_the_night(folder: Path, tmp_path: Path) -> None:
    kept, gone = folder / "F10_jb_202102_x_V1.xlsx", folder / "F10_jb_202101_x_V1.xlsx"
    drop(kept, a_package())
    drop(gone, a_package("<row r='1'/>"))
    with a_house(tmp_path) as house:
        first = look_into(house, IN_MARCH)
        gone.unlink()
        second = look_into(house, IN_MARCH)
    assert len(first.arrivals) == 2
    assert [a.file for a in second.arrivals] == [kept.name]


def test_names_that_differ_by_case_or_form_are_two_files(folder: Path, tmp_path: Path) -> None:
    names = ["Café.xlsx", unicodedata.normalize("NFD", "Café.xlsx"), "CAFÉ.xlsx"]
    for number, name in enumerate(names, 1):
        drop(folder / name, a_package(f'<row r="{number}"/>'))
    with a_house(tmp_path) as house:
        found = look_into(house, IN_MARCH)
    assert sorted(a.file for a in found.arrivals) == sorted(names)
    assert len({a.submission for a in found.arrivals}) == 3
