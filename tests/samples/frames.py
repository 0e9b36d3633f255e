"""Filings as the wide frames of a reading, without a workbook between: what a faultless reader would hand on."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl

from catalogue.load import load
from catalogue.workdays import load_workdays
from samples.faults import as_text
from samples.filing import Filing, Row, Sheet, Value
from transforms.model import EXACT, WIDE_ID, Column, RowKind, Table

LAYOUT = {"submission": pl.String(), "table": pl.String(), "code": pl.String(), "letter": pl.String()}


@cache
def numbered_workdays() -> pl.DataFrame:
    """The days of the sample's records with their numbers as working days."""
    days = load_workdays().numbers(date(2018, 1, 1), date(2022, 12, 31))
    return pl.DataFrame(days, schema={"day": pl.Date, "number": pl.Int64}, orient="row")


def wide_frames(filings: Iterable[Filing]) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Every table of the filings as one wide frame, and the layout."""
    filings = list(filings)
    frames, letters = {}, []
    for table in load().tables():
        rows = []
        for filing in filings:
            if filing.form != table.form:
                continue
            sheet = filing.sheet(table.under or table.code)
            rows += [_told(filing, sheet, table)] if table.under else _rows(filing, sheet)
            letters += [
                (filing.file, table.code, c.code, sheet.letter(c.code) if not table.under else "A")
                for c in table.columns
            ]
        frames[table.code] = pl.DataFrame(rows, schema=_schema(table), orient="row")
    return frames, pl.DataFrame(letters, schema=LAYOUT, orient="row")


def _schema(table: Table) -> dict[str, pl.DataType]:
    schema = dict(WIDE_ID)
    for c in table.columns:
        schema[c.code] = EXACT if c.numeric else pl.Date() if c.type == "date" else pl.String()
        schema[f"{c.code}|text"] = pl.String()
        if c.numeric:
            schema[f"{c.code}|half"] = EXACT
    return schema


def _identity(filing: Filing, sheet: Sheet, row: int, kind: str, parent: str | None) -> list[object]:
    meta = filing.meta
    told = [meta["district"], meta["department"], filing.period, filing.file, filing.version, filing.file]
    return [*told, sheet.name, row, kind, parent]


def _rows(filing: Filing, sheet: Sheet) -> list[list[object]]:
    rows, above = [], None
    for index, row in enumerate(sheet.rows, sheet.first_row):
        parent = above if row.kind is RowKind.PART else None
        if row.kind is RowKind.DATA:
            above = sheet.key_of(row)
        rows.append(_identity(filing, sheet, index, str(row.kind), parent) + _values(sheet.table, row))
    return rows


def _values(table: Table, row: Row) -> list[object]:
    values: list[object] = []
    for c in table.columns:
        values += _cell(c, row.values.get(c.code))
    return values


def _cell(column: Column, value: Value) -> list[object]:
    text = None if value is None else as_text(value).strip()
    if not column.numeric:
        return (
            [value if isinstance(value, date) or column.type != "date" else None, text]
            if column.type == "date"
            else [_resolved(column, text), text]
        )
    factor = load().units[column.unit].factor if column.unit else Decimal(1)
    if not isinstance(value, int | Decimal):
        return [None, text, None]
    half = Decimal(0) if column.type == "int" else Decimal(5).scaleb(-column.decimals - 1) * factor
    return [Decimal(value) * factor, text, half]


def _resolved(column: Column, text: str | None) -> str | None:
    if not column.codes or text is None:
        return text
    return load().code_lists[column.codes].resolve().get(text, text)


def _told(filing: Filing, sheet: Sheet, table: Table) -> list[object]:
    values: list[object] = []
    for c in table.columns:
        found = re.search(c.pattern, sheet.note)
        told = found.group(1) if found else None
        values += _cell(c, Decimal(told) if told and c.numeric else told)
    return _identity(filing, sheet, sheet.note_row, str(RowKind.DATA), None) + values
