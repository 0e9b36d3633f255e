"""The archive: files and frames under the hash of their content, written once, never changed.

A thing is on the disk (fsync of file and folder) before the journal names it, so that a crash leaves at most an
orphan, which `orphans` finds.
"""

import hashlib
import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl

from journal.record import Segment

_PIECE = 1 << 20


class DamagedArchive(Exception):
    """A stored file does not have the hash it is stored under: restore it from a backup."""


class Archive:
    """Content-addressed storage below one folder: `files/` for what departments sent, `frames/` for what was read,
    `published/` for the workbooks that were circulated."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def keep(self, data: bytes, shelf: str = "files", suffix: str = ".bin") -> str:
        """Store bytes and return their SHA-256. Storing the same bytes again is nothing new."""
        digest = hashlib.sha256(data).hexdigest()
        target = self.path(digest, shelf, suffix)
        if not target.exists():
            write_atomically(target, data)
        return digest

    def keep_stream(self, file: BinaryIO) -> str:
        """Store what a file holds piece by piece, for files that are too large to hold; returns its SHA-256."""
        hashed = hashlib.sha256()

        def pieces() -> Iterator[bytes]:
            while piece := file.read(_PIECE):
                hashed.update(piece)
                yield piece

        incoming = self.root / "files" / "incoming"
        write_atomically(incoming, pieces())
        target = self.path(hashed.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        incoming.replace(target)
        return hashed.hexdigest()

    def path(self, digest: str, shelf: str = "files", suffix: str = ".bin") -> Path:
        return self.root / shelf / digest[:2] / f"{digest}{suffix}"

    def fetch(self, digest: str, shelf: str = "files", suffix: str = ".bin") -> bytes:
        """Raises DamagedArchive when the bytes are not those that were stored."""
        data = self.path(digest, shelf, suffix).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise DamagedArchive(f"{self.path(digest, shelf, suffix)}")
        return data

    def keep_frame(self, name: str, frame: pl.DataFrame) -> Segment:
        """Store a frame as Parquet. The same frame gives the same bytes."""
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", statistics=True)
        return Segment(name, self.keep(buffer.getvalue(), "frames", ".parquet"), frame.height)

    def frame(self, segments: Iterable[Segment]) -> pl.DataFrame:
        """The rows of these segments below each other, with the columns of all of them.

        A drop that is answered at once leaves a segment a table: in one go a thousand of them are read in a quarter of
        the time. It is possible as long as their columns are the same.
        """
        paths = [self.path(segment.sha256, "frames", ".parquet") for segment in segments]
        try:
            return pl.read_parquet(paths)
        except (pl.exceptions.SchemaError, pl.exceptions.ColumnNotFoundError):
            return pl.concat(map(pl.read_parquet, paths), how="diagonal_relaxed")

    def orphans(self, segments: Iterable[Segment]) -> list[Path]:
        """Frames that no journal row names: what a crash left. They may be deleted."""
        named = {s.sha256 for s in segments}
        return [path for path in sorted((self.root / "frames").rglob("*.parquet")) if path.stem not in named]


def write_atomically(target: Path, data: bytes | Iterable[bytes]) -> None:
    """Write beside, fsync, rename, fsync the folder: a reader sees the whole file or none.

    There is one writer at a time, so the file beside has one name: what a crash left of it is written over.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    try:
        with partial.open("wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
