"""The floor of reading: every file unzipped, and every part of it passed through expat, without any work."""

from pathlib import Path

from benchmarks.clock import START, Run


def run_floor(folder: Path) -> Run:
    run = Run()
    with run.stage(START):
        from pyexpat import ParserCreate
        from zipfile import ZipFile
    paths = sorted((folder / "inbound").rglob("*.xlsx"))
    with run.stage("unzip"):
        parts = [[book.read(name) for name in book.namelist()] for book in map(ZipFile, paths)]
    with run.stage("expat"):
        for book in parts:
            for part in book:
                ParserCreate().Parse(part, True)
    run.counts = {"files": len(paths)}
    return run
