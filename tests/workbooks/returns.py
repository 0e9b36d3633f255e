"""Small returns made from the catalogue with openpyxl, and read without a worker."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from catalogue.load import load
from transforms.edits.bounds import EMPTY_WORDS
from transforms.model import Table
from workbooks.reading.parse import ReturnReader
from workbooks.reading.read import Readings, Received, collect
from workbooks.reading.shapes import shape_catalogue
from workbooks.reading.unreadable import UnreadableReturn

Told = Mapping[str, object]
READER = ReturnReader(shape_catalogue(load(), EMPTY_WORDS))


def levels(table: Table) -> int:
    return 2 if any(c.group for c in table.columns) else 1


def lay_table(ws: Worksheet, table: Table, rows: Sequence[Told], *, top: int = 1, left: int = 1, unit: str = "") -> int:
    """Title, unit line, header, rows. Returns the row below the last."""
    form = load().form(table.form)
    ws.cell(top, left, f"江北区{form.name}")
    told = f"填报单位(盖章):{load().department(form.department).name}"
    ws.cell(top + 1, left, told)
    ws.cell(top + 1, left + 2, "统计期:2022年8月")
    ws.cell(top + 1, left + 4, f"单位:{unit or table.unit_text}")
    lay_header(ws, table, top + 2, left)
    first = top + 2 + levels(table)
    for row, values in enumerate(rows, first):
        for column, declared in enumerate(table.columns, left):
            ws.cell(row, column).value = values.get(declared.code)  # type: ignore[assignment]
    return first + len(rows)


def lay_header(ws: Worksheet, table: Table, top: int, left: int) -> None:
    group, start = "", left
    for column, declared in enumerate(table.columns, left):
        if levels(table) == 1:
            ws.cell(top, column, declared.header)
        elif not declared.group:
            ws.cell(top, column, declared.header)
            ws.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
        else:
            if declared.group != group:
                start = column
                ws.cell(top, column, declared.group)
            ws.cell(top + 1, column, declared.header.removeprefix(declared.group))
            following = table.columns[column - left + 1 :]
            if not following or following[0].group != declared.group:
                ws.merge_cells(start_row=top, end_row=top, start_column=start, end_column=column)
        group = declared.group


def a_book(*tables: str, rows: Mapping[str, Sequence[Told]] | None = None, meta: bool = True) -> openpyxl.Workbook:
    """A return of these tables (all of F10 when none is named), one sheet each, signed."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    codes = tables or ("F10.balances",)
    for code in codes:
        table = load().table(code)
        ws = book.create_sheet(f"{table.title} {table.name}")
        end = lay_table(ws, table, (rows or {}).get(code, []))
        ws.cell(end, 1, "注:本表按月填报。")
        ws.cell(end + 1, 1, "填报人:陈 静  审核人:李雪梅  联系电话:023-67000000  填报日期:2022-09-06")
    if meta:
        ws = book.create_sheet("_meta")
        ws.sheet_state = "hidden"
        for pair in (("template", codes[0][:3]), ("template_version", "1"), ("district", "jb"), ("period", "2022-08")):
            ws.append(pair)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def received(form: str = "", period: str = "2022-08", submission: str = "甲") -> Received:
    return Received(submission, "jb", "finance_office", 1, f"{submission}.xlsx", Path(), form, period)


def read(*books: openpyxl.Workbook, form: str = "", period: str = "2022-08") -> Readings:
    """What the books tell, each as one submission: 甲, 乙 …"""
    items = [received(form, period, name) for name, _ in zip("甲乙丙丁", books, strict=False)]
    outcomes = {}
    for item, book in zip(items, books, strict=True):
        try:
            outcomes[item.submission] = READER(saved(book))
        except UnreadableReturn as fault:
            outcomes[item.submission] = fault
    return collect(items, outcomes, load())


def read_cell(table: str, column: str, value: object, change: Callable[[Worksheet, str], object] | None = None) -> Told:
    """Value, text, half and the rules of the findings of one cell of a return that tells nothing else in its row."""
    declared = load().table(table)
    key: dict[str, object] = {} if not declared.key or column in declared.key else {declared.key[0]: "工商银行"}
    book = a_book(table, rows={table: [{**key, column: value}]})
    if change is not None:
        letter = openpyxl.utils.get_column_letter(1 + [c.code for c in declared.columns].index(column))
        change(book.worksheets[0], f"{letter}{3 + levels(declared)}")
    readings = read(book)
    row = readings.tables[table].row(0, named=True)
    findings = readings.findings.filter(readings.findings["column"] == column)
    return {
        "value": row[column],
        "text": row[f"{column}|text"],
        "half": row.get(f"{column}|half"),
        "rules": [rule.rpartition(".")[2] for rule in findings["rule_id"]],
    }
