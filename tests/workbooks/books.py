"""Published workbooks opened again: their cells as a golden file compares them, and as a printer shows them.

Goldens are renewed on purpose, looked at, and committed: `YUEJI_RENEW_GOLDENS=1 .venv/bin/pytest tests/workbooks`.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

GOLDENS = Path(__file__).parents[1] / "goldens"
Cells = dict[str, Any]


@cache
def opened(data: bytes, values: bool = True) -> Workbook:
    return openpyxl.load_workbook(BytesIO(data), data_only=values)


@cache
def cells_of(data: bytes) -> dict[str, Cells]:
    """Sheet → cell → [value, number format, formula]; a text without format is its text alone."""
    values, formulas = opened(data), opened(data, values=False)
    return {
        sheet.title: {
            cell.coordinate: _told(cell, formulas[sheet.title][cell.coordinate].value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        for sheet in values.worksheets
    }


def _told(cell: Any, formula: object) -> Any:
    value = cell.value if isinstance(cell.value, int | float | str) else str(cell.value)
    if isinstance(value, str):
        return value
    # Twelve digits: the last of a float are no business of a golden.
    number = float(f"{value:.12g}")
    live = isinstance(formula, str) and formula.startswith("=")
    return [number, cell.number_format, formula] if live else [number, cell.number_format]


def names_of(data: bytes) -> dict[str, str]:
    return {name: defined.attr_text for name, defined in opened(data).defined_names.items()}


def charts_of(data: bytes, tab: str) -> dict[str, list[str]]:
    """The native charts of a sheet: place → title, then the ranges of every series."""
    sheet = opened(data)[tab]
    return {f"{chart.anchor._from.row}:{chart.anchor._from.col}": _told_chart(chart) for chart in sheet._charts}


def _told_chart(chart: Any) -> list[str]:
    title = "".join(run.t for run in chart.title.tx.rich.p[0].r or ()) if chart.title else ""
    parts = [chart, *(one for one in chart._charts if one is not chart)]
    return [title, *(series.val.numRef.f for part in parts for series in part.series)]


def compare_with_golden(name: str, told: Mapping[str, Any]) -> None:
    """Fails with the first cells that differ; writes the golden instead when YUEJI_RENEW_GOLDENS is set."""
    path = GOLDENS / f"{name}.json"
    text = json.dumps(told, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
    if os.environ.get("YUEJI_RENEW_GOLDENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    expected, seen = json.loads(path.read_text(encoding="utf-8")), json.loads(text)
    for part in sorted({*expected, *seen}):
        old, new = expected.get(part, {}), seen.get(part, {})
        changed = [(at, old.get(at), new.get(at)) for at in sorted({*old, *new}) if old.get(at) != new.get(at)]
        assert not changed, f"{part}: {changed[:5]}"


def row_with(sheet: Worksheet, text: str) -> int:
    return next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == text)


# ---- in print ------------------------------------------------------------------------------------------------------


@cache
def why_no_office() -> str:
    """Why workbooks cannot be printed on this machine; empty when they can."""
    missing = [tool for tool in ("soffice", "pdftotext", "pdfinfo") if not shutil.which(tool)]
    if missing:
        return f"{', '.join(missing)} not installed"
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout
    return "" if fonts.strip() else "no CJK fonts installed"


def converted(data: bytes, folder: Path, kind: str) -> Path:
    """The workbook as `pdf`, or as `xlsx` that LibreOffice has recalculated."""
    return converted_all({"book": data}, folder, kind)["book"]


def converted_all(books: Mapping[str, bytes], folder: Path, kind: str) -> dict[str, Path]:
    """Many workbooks in one call, which takes seconds to start: by the same names."""
    sources = [folder / f"{name}.xlsx" for name in books]
    for source, data in zip(sources, books.values(), strict=True):
        source.write_bytes(data)
    target = folder / kind
    profile = f"-env:UserInstallation=file://{folder}/office"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(target), *map(str, sources)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return {name: target / f"{name}.{kind}" for name in books}


def pages_of(pdf: Path) -> list[str]:
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    return [re.sub(r"\s+", "", page) for page in text.split("\f")[:-1]]


def without_cached_values(data: bytes) -> bytes:
    """The workbook with every cached value of a formula taken away, so that LibreOffice must compute it."""
    from zipfile import ZIP_DEFLATED, ZipFile

    source, buffer = ZipFile(BytesIO(data)), BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"</f><v>[^<]*</v>", b"</f>", content)
            target.writestr(name, content)
    return buffer.getvalue()
