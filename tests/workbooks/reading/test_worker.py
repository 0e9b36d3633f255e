import os
import subprocess
import sys
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.workbooks.packages import a_package
from tests.workbooks.reading.readers import add_suffix, obey
from workbooks.reading.cells import Book
from workbooks.reading.guard import MEGABYTE, Limits
from workbooks.reading.opening import read_book
from workbooks.reading.unreadable import UnreadableReturn
from workbooks.reading.worker import read_books

QUICK = replace(Limits(), seconds=1.0, memory_bytes=200 * MEGABYTE)


def a_file(text: str) -> bytes:
    return a_package(f'<row r="1"><c r="A1" t="str"><v>{text}</v></c></row>')


def folder_of(folder: Path, *texts: str) -> list[tuple[str, Path]]:
    """Files in this order, each under its number and text, with the text in A1."""
    items = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.xlsx"
        path.write_bytes(a_file(text))
        items.append((f"{number} {text}", path))
    return items


def codes(found: dict[str, str | UnreadableReturn]) -> dict[str, str]:
    return {key: value.code if isinstance(value, UnreadableReturn) else f"={value}" for key, value in found.items()}


def test_files_come_back_in_their_order_from_one_process(tmp_path):
    found = read_books(folder_of(tmp_path, *["pid"] * 50), Limits(), obey)
    assert list(found) == [f"{number} pid" for number in range(50)]
    (process,) = set(found.values())
    assert process != str(os.getpid())


def test_books_survive_the_way_back(tmp_path):
    found = read_books(folder_of(tmp_path, "甲"), Limits(), read_book)["0 甲"]
    assert isinstance(found, Book)
    assert found == read_book(a_file("甲"))


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("loop", "timeout"),
        ("sleep", "timeout"),
        ("fill", "memory"),
        ("abort", "killed"),
        ("exit", "killed"),
        ("bug", "reader_error"),
        ("write", "reader_error"),
    ],
)
def test_one_hostile_file_costs_itself_alone(tmp_path, deed, code):
    found = read_books(folder_of(tmp_path, "甲", deed, "乙", "丙"), QUICK, obey)
    assert codes(found) == {"0 甲": "=甲", f"1 {deed}": code, "2 乙": "=乙", "3 丙": "=丙"}


def test_many_hostile_files_one_after_the_other(tmp_path):
    found = read_books(folder_of(tmp_path, "abort", "fill", "甲", "exit", "abort"), QUICK, obey)
    assert list(codes(found).values()) == ["killed", "memory", "=甲", "killed", "killed"]


def test_the_last_words_of_a_process_are_kept_for_operators(tmp_path):
    fault = read_books(folder_of(tmp_path, "abort"), QUICK, obey)["0 abort"]
    assert isinstance(fault, UnreadableReturn)
    assert "panicked at calamine" in fault.detail
    bug = read_books(folder_of(tmp_path, "bug"), QUICK, obey)["0 bug"]
    assert isinstance(bug, UnreadableReturn)
    assert "KeyError: '口径'" in bug.detail


def test_a_file_is_not_blamed_for_what_an_earlier_one_took(tmp_path):
    found = read_books(folder_of(tmp_path, "leak", "need", "甲"), QUICK, obey)
    assert codes(found) == {"0 leak": "=leak", "1 need": "=need", "2 甲": "=甲"}


def test_what_a_reader_prints_stays_in_its_process(tmp_path, capfd):
    assert codes(read_books(folder_of(tmp_path, "chatter", "甲"), QUICK, obey)) == {
        "0 chatter": "=chatter",
        "1 甲": "=甲",
    }
    assert capfd.readouterr() == ("", "")


def test_files_are_checked_before_they_are_read(tmp_path):
    items = folder_of(tmp_path, "甲", "乙", "丙")
    items[0][1].write_bytes(b"%PDF-1.7")
    items[1][1].unlink()
    small = replace(QUICK, file_bytes=len(a_file("丙")))
    (tmp_path / "long.xlsx").write_bytes(a_file("丙") + b"x")
    found = read_books([*items, ("long", tmp_path / "long.xlsx")], small, obey)
    assert codes(found) == {"0 甲": "pdf", "1 乙": "unavailable", "2 丙": "=丙", "long": "file_size"}


def test_a_reader_may_carry_what_it_needs(tmp_path):
    assert read_books(folder_of(tmp_path, "甲"), QUICK, partial(add_suffix, "！")) == {"0 甲": "甲！"}


def test_a_reader_that_a_worker_cannot_import_is_a_bug_of_the_caller(tmp_path):
    with pytest.raises(ValueError, match="importable"):
        read_books(folder_of(tmp_path, "甲"), QUICK, lambda data: data[:1])


def test_keys_must_differ(tmp_path):
    ((key, path),) = folder_of(tmp_path, "甲")
    with pytest.raises(ValueError, match="twice"):
        read_books([(key, path), (key, path)], QUICK, obey)


def test_threads_read_side_by_side(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    found: dict[str, dict[str, str]] = {}

    def work(name: str, *texts: str) -> None:
        found[name] = codes(read_books(folder_of(tmp_path / name, *texts), QUICK, obey))

    threads = [
        threading.Thread(target=work, args=("a", "甲", "abort", "乙")),
        threading.Thread(target=work, args=("b", "丙", "sleep", "丁")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found["a"].values()) == ["=甲", "killed", "=乙"]
    assert list(found["b"].values()) == ["=丙", "timeout", "=丁"]


def test_no_process_and_no_descriptor_is_left_behind(tmp_path):
    items = folder_of(tmp_path, "甲", "sleep", "abort", "乙")
    read_books(items, QUICK, obey)
    before = len(os.listdir("/proc/self/fd"))
    read_books(items, QUICK, obey)
    assert len(os.listdir("/proc/self/fd")) == before
    children = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text()
    assert children.strip() == ""


def test_the_worker_imports_nothing_heavy():
    heavy = {"prefect", "great_expectations", "polars", "openpyxl", "sqlalchemy", "asyncio"}
    program = "import sys, workbooks.reading.worker, workbooks.reading.cells; print(' '.join(sys.modules))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(told.stdout.split())
