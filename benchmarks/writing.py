"""Writing alone: receipts in the departments' own workbooks beside openpyxl's load-and-save, and the templates of a month.

python -m benchmarks.writing            the returns of one month and a workbook with a ledger of 20,000 rows
python -m benchmarks.writing --quick    a ledger of 2,000 rows

Each side runs in a process of its own over the same files, turn about; the quickest of its runs counts. openpyxl marks
nothing and lists nothing: loading and saving is the least that a receipt made with it would take.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from benchmarks.clock import Run

if TYPE_CHECKING:
    from workbooks.receipts.receipt import Receipt
    from workbooks.templates.template import Template

MONTH = "2022-06"
"""The last of a quarter: the quarterly return is due as well."""
ROWS, QUICK_ROWS = 20_000, 2_000
LARGE = "large"
MADE_AT = datetime(2022, 7, 1, 9, 0)
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


# The files


def lay_writing(folder: Path, rows: int) -> None:
    """Every return of the month as it was filed, and one workbook with pictures, charts and a long ledger."""
    from samples.drops import as_drop, make_filings

    for filing in make_filings("jb", [MONTH]):
        (folder / f"{filing.form}.xlsx").write_bytes(as_drop(filing).bytes())
    _lay_large(folder / f"{LARGE}.xlsx", rows)


def _lay_large(path: Path, rows: int) -> None:
    import xlsxwriter

    chance = Random(1)
    with xlsxwriter.Workbook(path) as book:
        first, ledger = book.add_worksheet("表1 汇总"), book.add_worksheet("表2 台账")
        for row in range(40):
            first.write_row(row, 0, [chance.randrange(10_000) / 100 for _ in range(10)])
            ledger.insert_image(row * 40, 14, "像.png", {"image_data": BytesIO(_PIXEL)})
        for row in range(4):
            chart = book.add_chart({"type": "column"})
            chart.add_series({"values": ["表1 汇总", 0, row, 39, row]})
            first.insert_chart(row * 16, 12, chart)
        for row in range(rows):
            ledger.write_row(row, 0, [f"TS{row:08d}", f"企业{row % 5000}", row, chance.randrange(10**8) / 100] * 3)


# The sides


def _open(path: Path) -> "tuple[bytes, Receipt]":
    """A return's bytes, and a receipt that has something to say of it: one hard and one soft finding."""
    import polars as pl
    from openpyxl import load_workbook

    from transforms.model import FINDINGS
    from workbooks.receipts.receipt import Receipt

    data = path.read_bytes()
    sheet = load_workbook(BytesIO(data), read_only=True).sheetnames[0]
    finding = dict.fromkeys(FINDINGS) | {"rule": "H10", "rule_id": "H10", "verdict": "violated", "sheet": sheet}
    told = {"told": "40,589.00", "expected": "40,579.00", "unit": "万元", "todo": "请核对。"}
    findings = [
        finding | told | {"severity": severity, "cell": cell, "message": f"H10 硬性 {sheet}!{cell} 多 10.00 万元。"}
        for severity, cell in (("hard", "C6"), ("soft", "B7"))
    ]
    return data, Receipt(
        number="4f3a",
        district="江北区",
        department="区金融办",
        form=path.stem,
        form_name="",
        period=MONTH,
        version=1,
        file=path.name,
        status="returned",
        reason="H10",
        arrived_at=MADE_AT,
        decided_at=MADE_AT,
        findings=pl.DataFrame(findings, schema=FINDINGS, orient="row"),
    )


def _receipts(paths: Sequence[Path]) -> Mapping[str, float]:
    from workbooks.receipts.annotate import build_receipt

    opened = {path.stem: _open(path) for path in paths}
    data, receipt = opened["F10"]
    build_receipt(receipt, data)
    return {name: _timed(build_receipt, receipt, data) for name, (data, receipt) in opened.items()}


def _openpyxl(paths: Sequence[Path]) -> Mapping[str, float]:
    from openpyxl import load_workbook

    def save_again(data: bytes) -> None:
        load_workbook(BytesIO(data)).save(BytesIO())

    save_again(next(p for p in paths if p.stem == "F10").read_bytes())
    return {path.stem: _timed(save_again, path.read_bytes()) for path in paths}


def _unzip(paths: Sequence[Path]) -> Mapping[str, float]:
    """Unpacking of those parts alone that a receipt looks at."""
    return {path.stem: _timed(_unpack, *_looked_at(*_open(path))) for path in paths}


def _unpack(archive: ZipFile, names: Sequence[str]) -> None:
    for name in names:
        archive.read(name)


def _looked_at(data: bytes, receipt: "Receipt") -> tuple[ZipFile, list[str]]:
    from workbooks.receipts.annotate import build_receipt
    from workbooks.receipts.package import Package

    names: set[str] = set()
    read = Package.read

    def watched(package: Package, name: str) -> bytes:
        names.add(name.lower())
        return read(package, name)

    setattr(Package, "read", watched)  # noqa: B010 – a method is not assigned to
    build_receipt(receipt, data)
    setattr(Package, "read", read)  # noqa: B010
    archive = ZipFile(BytesIO(data))
    return archive, [info.filename for info in archive.infolist() if info.filename.lower() in names]


def _templates(paths: Sequence[Path]) -> Mapping[str, float]:
    made = _Templates(paths)
    made.build("F10")
    return {form: _timed(made.build, form) for form in made.of_form}


def _cells(paths: Sequence[Path]) -> Mapping[str, float]:
    """The cells of the same templates written by openpyxl: values alone, no formats, checks, lists or protection."""
    from openpyxl import Workbook, load_workbook

    made, spent = _Templates(paths), {}

    def write(sheets: Mapping[str, Sequence[tuple[int, int, Any]]]) -> None:
        book = Workbook()
        for title, cells in sheets.items():
            sheet = book.create_sheet(title)
            for row, column, value in cells:
                sheet.cell(row, column, value)
        book.save(BytesIO())

    for form in made.of_form:
        book = load_workbook(BytesIO(made.build(form)))
        sheets = {
            s.title: [(c.row, c.column, c.value) for row in s.iter_rows() for c in row if c.value is not None]
            for s in book.worksheets
        }
        spent[form] = _timed(write, sheets)
    return spent


class _Templates:
    """The templates of the month after, prefilled with the rows of the returns."""

    def __init__(self, paths: Sequence[Path]) -> None:
        from catalogue.load import load

        self.catalogue, self.paths = load(), paths

    @cached_property
    def of_form(self) -> "dict[str, Template]":
        from workbooks.reading.guard import Limits
        from workbooks.reading.read import Received, read_returns
        from workbooks.templates.template import lines_of

        items = [
            Received(p.stem, "jb", self.catalogue.form(p.stem).department, 1, p.name, p, p.stem, MONTH)
            for p in self.paths
            if p.stem != LARGE
        ]
        tables = read_returns(items, self.catalogue, Limits()).tables
        return {
            form.code: self._template(
                form.code,
                {t.code: lines_of(tables[t.code].iter_rows(named=True), t) for t in form.tables if t.layout != "note"},
            )
            for form in (self.catalogue.form(item.form) for item in items)
        }

    def _template(self, code: str, before: Mapping[str, Any]) -> "Template":
        from workbooks.templates.template import Template

        form = self.catalogue.form(code)
        return Template(
            form=form,
            district=("jb", "江北区"),
            department=(form.department, self.catalogue.department(form.department).name_in("jb")),
            period="2022Q3" if form.frequency == "quarterly" else "2022-07",
            due=date(2022, 8, 8),
            file=f"{code}.xlsx",
            made_at=MADE_AT,
            before=before,
        )

    def build(self, form: str) -> bytes:
        from workbooks.templates.template import build_template

        return build_template(self.of_form[form], self.catalogue)


def _timed(work: Callable[..., object], *arguments: Any) -> float:
    start = process_time()
    work(*arguments)
    return process_time() - start


SIDES: Mapping[str, Callable[[Sequence[Path]], Mapping[str, float]]] = {
    "receipts": _receipts, "openpyxl": _openpyxl, "unzip": _unzip, "templates": _templates, "cells": _cells,
}  # fmt: skip


# Measuring


@dataclass(frozen=True, slots=True)
class Written:
    """CPU seconds by side and file (the form, or `large`): of each file the quickest of the runs."""

    spent: Mapping[str, Mapping[str, float]]
    rows: int

    def month(self, side: str) -> float:
        return sum(seconds for name, seconds in self.spent[side].items() if name != LARGE)


def measure_writing(quick: bool, rounds: int) -> Written:
    rows = QUICK_ROWS if quick else ROWS
    runs: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
    with TemporaryDirectory() as name:
        lay_writing(Path(name), rows)
        for _ in range(rounds):
            for side in SIDES:
                command = [sys.executable, "-m", "benchmarks.writing", "--side", side, "--place", name]
                told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                runs[side].append(json.loads(told)["cpu"])
    return Written(
        {side: {n: min(run[n] for run in of_side) for n in of_side[0]} for side, of_side in runs.items()}, rows
    )


def run_side(side: str, place: Path) -> Run:
    return Run(cpu=dict(SIDES[side](sorted(place.glob("*.xlsx")))))


# Telling


def describe_writing(written: Written) -> str:
    """The section of docs/benchmarks.md."""
    ours, other, unzip = (written.spent[side] for side in ("receipts", "openpyxl", "unzip"))
    forms = sorted(name for name in ours if name != LARGE)
    ratio = {name: other[name] / ours[name] for name in ours}
    low, high = min(forms, key=ratio.__getitem__), max(forms, key=ratio.__getitem__)
    month = tuple(map(written.month, ("receipts", "openpyxl", "unzip")))
    lines = [
        "| receipt | ours, CPU ms | openpyxl, load and save, CPU ms | openpyxl ÷ ours | unzipping, share of ours |",
        "| --- | ---: | ---: | ---: | ---: |",
        _line(f"**the {len(forms)} returns of one month**", *month),
        _line("one of them, on average", *(seconds / len(forms) for seconds in month)),
        _line(f"{low}, the least ratio", ours[low], other[low], unzip[low]),
        _line(f"{high}, the greatest", ours[high], other[high], unzip[high]),
        _line(f"ledger of {written.rows:,} rows, pictures, charts", ours[LARGE], other[LARGE], unzip[LARGE]),
        "",
        f"The aim is 8 times. Templates: the {len(forms)} of one month, prefilled, take "
        f"{written.month('templates'):.2f} s CPU ({written.month('templates') / len(forms) * 1000:.0f} ms each); openpyxl, "
        f"which writes the values of their cells and nothing else, {written.month('cells'):.2f} s.",
    ]
    return "\n".join(lines)


def _line(words: str, ours: float, other: float, unzip: float) -> str:
    return f"| {words} | {ours * 1000:.1f} | {other * 1000:.1f} | {other / ours:.1f} | {unzip / ours:.0%} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit: 0 measured, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.writing", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a ledger of 2,000 rows")
    parser.add_argument("--rounds", type=int, default=3, help="runs a side; the quickest of each counts (default: 3)")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.side:
        json.dump(run_side(given.side, given.place).finish(), sys.stdout)
        return 0
    sys.stdout.write(describe_writing(measure_writing(given.quick, given.rounds)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
