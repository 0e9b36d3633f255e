"""Every cell of every test file as openpyxl reads it: values, types, formulas and merges.

Where the two differ on purpose, `WHY` says so; any other difference is a bug of ours.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from tests.workbooks.reading import dressed
from tests.workbooks.reading.messy import FILE, Messy, clean, messy_files
from workbooks.reading.cells import Cell
from workbooks.reading.xlsx import read_xlsx

WHY = {
    "strict": "openpyxl finds no sheet in strict OOXML, and says nothing",
    "without_references": "openpyxl gives cells without r= the places of their neighbours in the row, and ends the same",
    "encrypted_as_excel_does_by_itself": "openpyxl opens no file with a password",
}
"""Deformations of the file that openpyxl cannot be asked about, and why."""

NOT_OOXML = ("xls", "ods", "csv", "web_page", "2003", "binary")
FILES = [m for m in messy_files() if len(m.steps) == 1 or m.steps[1].stage == FILE]
FILES = [m for m in FILES if not any(word in m.name for word in (*WHY, *NOT_OOXML)) and not m.office]


def told(cell: Cell) -> object:
    """A cell of ours as openpyxl would hold it."""
    match cell.kind:
        case "number":
            return Decimal(cell.text)
        case "bool":
            return cell.text == "TRUE"
        case "empty":
            return None
    return cell.text


def held(value: Any) -> object:
    """A value of openpyxl as we would tell it: numbers at Excel's fifteen digits, dates as ISO text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return Decimal(f"{value:.15g}")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return Decimal(str(value / timedelta(days=1)))
    return str(value)


def formula_of(value: Any) -> str | None:
    if isinstance(value, ArrayFormula):
        return f"={str(value.text).removeprefix('=')}"
    if isinstance(value, DataTableFormula):
        return "=TABLE()"
    return value if isinstance(value, str) and value.startswith("=") else None


def differences(data: bytes) -> list[str]:
    ours = read_xlsx(data)
    values = openpyxl.load_workbook(BytesIO(data), data_only=True)
    formulas = openpyxl.load_workbook(BytesIO(data))
    found: list[str] = []
    if [s.name for s in ours.sheets] != [ws.title for ws in values.worksheets]:
        return [f"sheets: {[s.name for s in ours.sheets]} and {values.sheetnames}"]
    for sheet, ws in zip(ours.sheets, values.worksheets, strict=True):
        theirs = {(c.row, c.column): c for row in ws.iter_rows() for c in row if c.value is not None}
        spelt = {(c.row, c.column): c for row in formulas[ws.title].iter_rows() for c in row if c.value is not None}
        for place in sheet.cells.keys() | theirs.keys() | spelt.keys():
            cell = sheet.cells.get(place)
            value = held(theirs[place].value) if place in theirs else None
            if (told(cell) if cell else None) != value:
                found.append(f"{sheet.name} {place}: {told(cell) if cell else None!r} and {value!r}")
            written = formula_of(spelt[place].value) if place in spelt else None
            if (cell.formula if cell else None) != written:
                found.append(f"{sheet.name} {place}: {cell and cell.formula} and {written}")
            if cell and place in theirs and theirs[place].data_type == "e" and cell.kind != "error":
                found.append(f"{sheet.name} {place}: an error read as {cell.kind}")
            if cell and place in spelt and cell.number_format != spelt[place].number_format and cell.kind == "number":
                found.append(f"{sheet.name} {place}: {cell.number_format} and {spelt[place].number_format}")
        merges = {(m.min_row, m.min_col, m.max_row, m.max_col) for m in ws.merged_cells.ranges}
        if set(sheet.merges) != merges:
            found.append(f"{sheet.name}: merges {set(sheet.merges) ^ merges}")
    return found


@pytest.mark.parametrize("messy", FILES, ids=[m.name for m in FILES])
def test_every_cell_of_a_messy_file_is_that_of_openpyxl(messy: Messy):
    assert differences(messy.data()) == []


@pytest.mark.parametrize("form", ["F01", "F03", "F10"])
@pytest.mark.parametrize("dress", [dressed.shared_texts, dressed.formulas_with_results, dressed.with_macros])
def test_every_cell_of_a_clean_file_is_that_of_openpyxl(form, dress):
    assert differences(dress(clean(form).data)) == []
