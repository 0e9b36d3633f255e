"""Files and frames lie under the hash of their content, whole or not at all."""

import hashlib
import io
from pathlib import Path

import polars as pl
import pytest

from journal.archive import Archive, DamagedArchive, write_atomically


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first, second = archive.keep(b"a return"), archive.keep(b"a return")
    assert first == second
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1
    assert archive.fetch(first) == b"a return"


def test_damaged_bytes_are_told(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    digest = archive.keep(b"a return")
    archive.path(digest).write_bytes(b"another")
    with pytest.raises(DamagedArchive):
        archive.fetch(digest)


def test_a_frame_comes_back_equal_and_to_the_same_bytes(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": ["x", None]}).with_columns(n=pl.lit("1.25").cast(pl.Decimal(38, 8)))
    archive = Archive(tmp_path)
    segment, again = archive.keep_frame("F01.summary", frame), archive.keep_frame("F01.summary", frame)
    assert segment == again
    back = archive.frame([segment])
    assert back.equals(frame)
    assert back.schema == frame.schema


def test_segments_lie_below_each_other_whatever_columns_they_have(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    old, new = pl.DataFrame({"a": [1]}), pl.DataFrame({"b": ["x"], "a": [2]})
    mistyped = pl.DataFrame({"a": [2.5]})
    kept = [archive.keep_frame("t", frame) for frame in (old, new, mistyped)]
    assert archive.frame([kept[0], kept[0]]).equals(pl.concat([old, old]))
    assert archive.frame(kept[:2]).equals(pl.DataFrame({"a": [1, 2], "b": [None, "x"]}))
    assert archive.frame(kept).equals(pl.DataFrame({"a": [1.0, 2.0, 2.5], "b": [None, "x", None]}))
    assert archive.frame([kept[1], archive.keep_frame("t", new.select("a", "b"))])["a"].to_list() == [2, 2]


def test_a_frame_that_the_record_does_not_name_is_an_orphan(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    named = archive.keep_frame("t", pl.DataFrame({"a": [1]}))
    lost = archive.keep_frame("t", pl.DataFrame({"a": [2]}))
    assert [p.stem for p in archive.orphans([named])] == [lost.sha256]


def test_a_failed_write_leaves_the_earlier_file_whole(tmp_path: Path) -> None:
    target = tmp_path / "published.xlsx"
    write_atomically(target, b"first edition")
    with pytest.raises(TypeError):
        write_atomically(target, "not bytes")  # type: ignore[arg-type]
    assert target.read_bytes() == b"first edition"
    assert [p.name for p in tmp_path.iterdir()] == ["published.xlsx"]


def test_a_file_too_large_to_hold_is_kept_piece_by_piece(tmp_path: Path) -> None:
    archive, data = Archive(tmp_path), bytes(range(256)) * 9_000
    digest = archive.keep_stream(io.BytesIO(data))
    assert digest == hashlib.sha256(data).hexdigest()
    assert archive.fetch(digest) == data
    assert [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()] == [f"{digest}.bin"]
