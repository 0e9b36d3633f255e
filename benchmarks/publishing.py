"""Publishing alone: both workbooks of a district, forty districts one after the other, and a long annex beside openpyxl.

python -m benchmarks.publishing            forty districts, an annex of 200,000 rows
python -m benchmarks.publishing --quick    four districts, 20,000 rows

The facts are those of the sample district: 25 returns of twenty months. Every side runs in a process of its own, turn
about; the quickest of its runs counts. The annex has the same cells, number formats and borders on each side; the floor
writes bare values with XlsxWriter, its rows one after the other.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import Any

import polars as pl

DISTRICTS, QUICK_DISTRICTS = 40, 4
ROWS, QUICK_ROWS = 200_000, 20_000
QUARTER = "2022Q2"
MB = 1024
HEADERS = ("编号", "部门", "日期", "金额(万元)", "占比(%)", "状态")
WIDTHS = (18, 24, 14, 18, 12, 14)
FORMATS = ("@", "@", "yyyy-mm-dd", "#,##0.00", "0.00%", "@")
Measured = dict[str, float]


@dataclass(frozen=True, slots=True)
class Publishing:
    """What was measured: CPU seconds of the two workbooks, MB after the first and the last district, and of each side of
    the annex CPU seconds and MB."""

    monthly: float
    quarterly: float
    districts: int
    first: float
    last: float
    rows: int
    annex: Mapping[str, Measured]


# ---- the sides -----------------------------------------------------------------------------------------------------


def both_workbooks(rounds: int) -> Measured:
    """CPU seconds of each workbook of the sample district, the quickest of `rounds`; nothing is remembered between."""
    from tests.workbooks.sample_district import the_sample_district
    from workbooks.publications.monthly import build_monthly
    from workbooks.publications.quarterly import build_quarterly

    facts, best = the_sample_district(), {"monthly": 1e9, "quarterly": 1e9}
    for _ in range(rounds + 1):
        anew = replace(facts, observed=None)
        start = process_time()
        build_monthly(anew)
        middle = process_time()
        build_quarterly(anew, QUARTER)
        spent = {"monthly": middle - start, "quarterly": process_time() - middle}
        best = {name: min(best[name], spent[name]) for name in best}
    return best


def districts_in_a_row(count: int) -> Measured:
    """MB that the process holds after the first and after the last of so many districts."""
    from tests.workbooks.sample_district import the_sample_district
    from workbooks.publications.monthly import build_monthly
    from workbooks.publications.quarterly import build_quarterly

    facts, held = the_sample_district(), []
    for number in range(count):
        named = replace(facts, district=replace(facts.district, name=f"第{number}区"), observed=None)
        build_monthly(named)
        build_quarterly(named, QUARTER)
        del named
        held.append(_resident())
    return {"first": held[0], "second": held[min(1, count - 1)], "last": held[-1]}


def annex_rows(count: int) -> pl.DataFrame:
    exact = pl.Decimal(38, 8)
    numbers = pl.int_range(count, eager=True)
    return pl.DataFrame(
        {
            "kind": pl.repeat("data", count, eager=True),
            "code": ("R03-202208-" + numbers.cast(pl.String)),
            "department": pl.Series(["区税务局", "区财政局", "区市场监管局", "区金融办"] * (count // 4)),
            "day": pl.Series([date(2022, 1, 1) + timedelta(days=n % 240) for n in range(count)]),
            "amount": (numbers * 1237 % 1_000_003).cast(exact),
            "share": (numbers % 10_000).cast(exact) / Decimal(10_000),
            "state": pl.Series(["一致", "有差异", "时间差", "无法核对"] * (count // 4)),
        }
    )


def annex_ours(count: int) -> Measured:
    """A declared block, written as every sheet is."""
    import xlsxwriter

    from catalogue.load import load
    from catalogue.sheets import Block, Sheet, SheetColumn
    from workbooks.formats import Formats
    from workbooks.publications.publication import OPTIONS
    from workbooks.publications.sheet import SheetWriter

    kinds = ("centre", "centre", "date", "amount", "percent", "state")
    codes = ("code", "department", "day", "amount", "share", "state")
    columns = tuple(
        SheetColumn(code, header, kind, unit="万元" if kind == "amount" else "")
        for code, header, kind in zip(codes, HEADERS, kinds, strict=True)
    )
    block = Block("annex", "", "", columns, (), None, False, 20, "无")
    sheet = Sheet(
        "A01", "附表", "table", "附表", "", "A4", False, 1, 0, True, tuple(map(float, WIDTHS)), (block,), (), ()
    )
    rows, buffer, units = annex_rows(count), BytesIO(), load().units
    start = process_time()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    writer = SheetWriter(book, Formats(book), sheet, {}, units)
    writer.set_up()
    writer.title()
    writer.block(block, rows)
    writer.finish()
    book.close()
    return {"cpu": process_time() - start, "mb": _peak(), "bytes": float(len(buffer.getvalue()))}


def annex_openpyxl(count: int) -> Measured:
    """Write-only, which is openpyxl's quickest way, with the same formats and borders."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, Side

    rows = annex_rows(count).drop("kind")
    start = process_time()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("附表")
    side = Side(style="thin", color="7F7F7F")
    border, centre, right = (
        Border(side, side, side, side),
        Alignment(horizontal="center"),
        Alignment(horizontal="right"),
    )
    body, digits = Font(name="仿宋_GB2312", size=12), Font(name="Times New Roman", size=12)
    for letter, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append(list(HEADERS))
    for row in rows.iter_rows():
        cells = []
        for number, value in enumerate(row):
            cell = WriteOnlyCell(sheet, value / 10_000 if number == 3 else value)
            cell.border, cell.number_format = border, FORMATS[number]
            cell.font, cell.alignment = (digits, right) if number in (3, 4) else (body, centre)
            cells.append(cell)
        sheet.append(cells)
    buffer = BytesIO()
    book.save(buffer)
    return {"cpu": process_time() - start, "mb": _peak(), "bytes": float(len(buffer.getvalue()))}


def annex_floor(count: int) -> Measured:
    """Bare values, the rows one after the other, nothing kept."""
    import xlsxwriter

    rows = annex_rows(count).drop("kind")
    start, buffer = process_time(), BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    page, day = book.add_worksheet("附表"), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, (code, department, told, amount, share, state) in enumerate(rows.iter_rows(), start=1):
        page.write_string(at, 0, code)
        page.write_string(at, 1, department)
        page.write_datetime(at, 2, told, day)
        page.write_number(at, 3, float(amount))
        page.write_number(at, 4, float(share))
        page.write_string(at, 5, state)
    book.close()
    return {"cpu": process_time() - start, "mb": _peak(), "bytes": float(len(buffer.getvalue()))}


SIDES: Mapping[str, Callable[[int], Measured]] = {
    "workbooks": both_workbooks,
    "districts": districts_in_a_row,
    "ours": annex_ours,
    "openpyxl": annex_openpyxl,
    "floor": annex_floor,
}


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / MB / MB


def _peak() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB


# ---- the measuring -------------------------------------------------------------------------------------------------


def measure_publishing(quick: bool, rounds: int) -> Publishing:
    districts, rows = (QUICK_DISTRICTS, QUICK_ROWS) if quick else (DISTRICTS, ROWS)
    both, held = _side("workbooks", rounds), _side("districts", districts)
    runs: dict[str, list[Measured]] = {name: [] for name in ("ours", "openpyxl", "floor")}
    for _ in range(rounds):
        for name, told in runs.items():
            told.append(_side(name, rows))
    best = {name: min(told, key=lambda run: run["cpu"]) for name, told in runs.items()}
    return Publishing(both["monthly"], both["quarterly"], districts, held["second"], held["last"], rows, best)


def _side(name: str, count: int) -> Measured:
    command = [sys.executable, "-m", "benchmarks.publishing", "--side", name, "--count", str(count)]
    told: Any = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {key: float(value) for key, value in told.items()}


def describe_publishing(told: Publishing) -> str:
    ours = told.annex["ours"]
    lines = [
        "| both workbooks of the sample district | CPU s |",
        "| --- | ---: |",
        f"| monthly | {told.monthly:.2f} |",
        f"| quarterly | {told.quarterly:.2f} |",
        f"| **together** | **{told.monthly + told.quarterly:.2f}** |",
        "",
        f"{told.districts} districts in a row: {told.first:.0f} MB after the second, {told.last:.0f} MB after the last.",
        "",
        f"| an annex of {told.rows:,} rows, {len(HEADERS)} columns | CPU s | ÷ ours | MB | file MB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    names = {"ours": "**ours**, a declared block", "openpyxl": "openpyxl, write-only", "floor": "bare values (floor)"}
    for key, name in names.items():
        one = told.annex[key]
        size = one["bytes"] / MB / MB
        lines.append(f"| {name} | {one['cpu']:.2f} | {one['cpu'] / ours['cpu']:.2f} | {one['mb']:.0f} | {size:.1f} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--side", choices=[*SIDES], help=argparse.SUPPRESS)
    parser.add_argument("--count", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        print(json.dumps(SIDES[given.side](given.count)))
        return 0
    print(describe_publishing(measure_publishing(given.quick, given.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
