"""Reading alone: small returns and a long ledger, beside openpyxl, calamine and a bare expat pass.

python -m benchmarks.reading            1,000 small returns and a ledger of 200,000 rows; some minutes
python -m benchmarks.reading --quick    100 small returns, 20,000 rows

Each side runs in a process of its own over the same files, turn about; the quickest of its runs counts. Ours hands on
every cell with address, text, kind, formula, stored result, error, format and indent.
"""

import argparse
import gc
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from benchmarks.clock import Run
from benchmarks.counting import count_cells

RETURNS, QUICK_RETURNS = 1_000, 100
ROWS, QUICK_ROWS = 200_000, 20_000
_LARGEST_RETURN = 20_000
_OPENPYXL_TAKES = 10
"""openpyxl is asked for one return in so many: it is that much slower."""


# The files


def lay_reading(folder: Path, returns: int, rows: int) -> None:
    """`small/`: so many small returns of the sample (some districts' more than once); `ledger.xlsx`: so many rows."""
    from benchmarks.corpus import lay_corpus

    corpus = lay_corpus(folder / "corpus", 3)
    paths = sorted(p for p in (corpus.folder / "inbound").rglob("*.xlsx") if p.stat().st_size < _LARGEST_RETURN)
    small = folder / "small"
    small.mkdir()
    for number in range(returns):
        (small / f"{number:05}.xlsx").write_bytes(paths[number % len(paths)].read_bytes())
    _lay_ledger(folder / "ledger.xlsx", rows)


def _lay_ledger(path: Path, rows: int) -> None:
    import xlsxwriter

    chance = Random(1)
    kinds, states = ("留抵退税", "六税两费", "误收", "汇算清缴"), ("已退", "退回", "挂账")
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("台账")
        money, day = book.add_format({"num_format": "#,##0.00"}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, [f"列{number}" for number in range(12)])
        for row in range(1, rows + 1):
            texts = (f"TS{row:010d}", f"{chance.getrandbits(72):018X}", kinds[row % 4], f"企业{row % 5000}")
            sheet.write_number(row, 0, row)
            for column, text in enumerate(texts, 1):
                sheet.write_string(row, column, text)
            sheet.write_number(row, 5, 44_000 + row % 900, day)
            for column in (6, 7):
                sheet.write_number(row, column, chance.randrange(10**8) / 100, money)
            sheet.write_number(row, 8, chance.randrange(100))
            sheet.write_string(row, 9, states[row % 3])
            sheet.write_number(row, 10, chance.randrange(10_000) / 100)
            sheet.write_string(row, 11, "区级")


# The sides: each reads one file, and says how many cells it saw


def _expat(data: bytes) -> int:
    from pyexpat import ParserCreate

    with ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            ParserCreate().Parse(archive.read(name), True)
    return 0


def _openpyxl(data: bytes) -> int:
    """Values and formulas take two loads."""
    from openpyxl import load_workbook

    seen = 0
    for values in (True, False):
        book = load_workbook(BytesIO(data), data_only=values)
        seen = sum(cell.value is not None for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return seen


def _calamine(data: bytes) -> int:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(BytesIO(data))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    return sum(map(len, rows))


def _guard(data: bytes) -> int:
    from workbooks.reading.guard import Limits, check

    return check(data, Limits(file_bytes=1 << 30, unzipped_bytes=1 << 30, cells=10**8)).cells


SIDES: dict[str, Callable[[bytes], int]] = {
    "ours": count_cells, "expat": _expat, "openpyxl": _openpyxl, "calamine": _calamine, "guard": _guard,
}  # fmt: skip
SMALL = ("ours", "expat", "openpyxl", "calamine", "guard", "worker")
LEDGER = ("ours", "expat", "calamine", "guard", "worker")


def run_side(side: str, paths: Sequence[Path]) -> Run:
    run = Run()
    if side == "worker":
        from workbooks.reading.guard import Limits
        from workbooks.reading.worker import read_books

        limits = Limits(file_bytes=1 << 30, unzipped_bytes=1 << 30, cells=10**8, seconds=600, memory_bytes=4 << 30)
        with run.stage("read"):
            found = read_books([(str(path), path) for path in paths], limits, count_cells)
        run.counts = {"cells": sum(n for n in found.values() if isinstance(n, int)), "files": len(found)}
        return run
    read = SIDES[side]
    files = [path.read_bytes() for path in paths]
    read(files[0])
    gc.collect()
    if len(files) == 1:
        # What is not ours may be helped as ours helps itself: by not looking for garbage among millions of values.
        gc.disable()
    with run.stage("read"):
        cells = sum(read(data) for data in files)
    run.counts = {"cells": cells, "files": len(files)}
    return run


# Measuring


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU seconds, wall seconds, peak MB and cells of each side; for openpyxl of one return in ten, times ten."""

    cpu: dict[str, float]
    wall: dict[str, float]
    peak: dict[str, float]
    files: int
    cells: int


def measure_reading(quick: bool, rounds: int) -> tuple[Measured, Measured]:
    """Small returns and ledger."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own: what a parent took counts as peak of its children.
        told = [str(QUICK_RETURNS if quick else RETURNS), str(QUICK_ROWS if quick else ROWS)]
        subprocess.run([sys.executable, "-m", "benchmarks.reading", "--lay", *told, "--place", name], check=True)
        return _measure(SMALL, folder / "small", rounds), _measure(LEDGER, folder / "ledger.xlsx", rounds)


def _measure(sides: Sequence[str], place: Path, rounds: int) -> Measured:
    runs: dict[str, list[dict[str, object]]] = {side: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            command = [sys.executable, "-m", "benchmarks.reading", "--side", side, "--place", str(place)]
            runs[side].append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    best = {side: Run(**min(of_side, key=_seconds)) for side, of_side in runs.items()}  # type: ignore[arg-type]
    times = {side: best["ours"].counts["files"] / best[side].counts["files"] for side in sides}
    return Measured(
        cpu={side: run.cpu["read"] * times[side] for side, run in best.items()},
        wall={side: run.wall["read"] * times[side] for side, run in best.items()},
        peak={side: run.peak for side, run in best.items()},
        files=best["ours"].counts["files"],
        cells=best["ours"].counts["cells"],
    )


def _seconds(run: dict[str, object]) -> float:
    cpu: dict[str, float] = run["cpu"]  # type: ignore[assignment]
    return cpu["read"]


def _paths(side: str, place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    paths = sorted(place.iterdir())
    return paths[::_OPENPYXL_TAKES] if side == "openpyxl" else paths


# Telling

_WORDS = {
    "ours": "**ours**",
    "expat": "bare expat (floor)",
    "openpyxl": "openpyxl, two loads",
    "calamine": "calamine, values only",
    "guard": "the guard, apart",
    "worker": "guard, worker process and ours",
}


def describe_reading(small: Measured, ledger: Measured) -> str:
    """The section of docs/benchmarks.md."""
    lines = [
        "| side | small returns, CPU s | ÷ ours | MB | ledger, CPU s | ÷ ours | MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for side, words in _WORDS.items():
        cells = [*_figures(small, side), *_figures(ledger, side)]
        lines.append(f"| {words} | {' | '.join(cells)} |")
    return "\n".join(
        [
            *lines,
            "",
            f"{small.files} small returns with {small.cells} cells; a ledger with {ledger.cells} cells.",
            f"Small returns: openpyxl takes {small.cpu['openpyxl'] / small.cpu['ours']:.1f} times ours (aim: 10), ours "
            f"{small.cpu['ours'] / small.cpu['expat']:.1f} times a bare expat pass (aim: at most 2.5). Ledger: ours takes "
            f"{ledger.cpu['ours'] / ledger.cpu['calamine']:.1f} times calamine (aim: 1.3), which gives values only.",
        ]
    )


def _figures(measured: Measured, side: str) -> tuple[str, str, str]:
    if side not in measured.cpu:
        return "–", "–", "–"
    cpu = measured.cpu[side]
    return f"{cpu:.2f}", f"{cpu / measured.cpu['ours']:.2f}", f"{measured.peak[side]:.0f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit: 0 measured, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reading", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="100 returns and 20,000 rows")
    parser.add_argument("--rounds", type=int, default=3, help="runs a side; the quickest of each counts (default: 3)")
    parser.add_argument("--side", choices=SMALL, help=argparse.SUPPRESS)
    parser.add_argument("--lay", type=int, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.lay:
        lay_reading(given.place, *given.lay)
        return 0
    if given.side:
        json.dump(run_side(given.side, _paths(given.side, given.place)).finish(), sys.stdout)
        return 0
    sys.stdout.write(describe_reading(*measure_reading(given.quick, given.rounds)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
