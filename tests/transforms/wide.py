"""Wide tables written as they look on paper: a header of column codes, a line a row, `·` for an empty cell."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import polars as pl

from catalogue.load import load
from transforms import period as months
from transforms.edits import Context, prepare
from transforms.edits.bounds import EMPTY_WORDS
from transforms.model import EXACT, Column, Edit, RowKind, Severity, Table, Verdict, wide_schema
from transforms.reconcile import Holdings, reconcile

MONTH = "2022-08"
LAYOUT = {"submission": pl.String(), "table": pl.String(), "code": pl.String(), "letter": pl.String()}
FIGURE = re.compile(r"(-?[0-9.]+)(亿元|万元|元|%)?")
Tables = Mapping[str, pl.DataFrame]


def wide(
    table: str | Table, told: str = "", period: str = MONTH, district: str = "jb", version: int = 1, **changes: Any
) -> pl.DataFrame:
    """A wide table from its lines. Figures are in the unit of their column unless they name another; 合计 in the first
    column makes a total, 其中: a part of the line above."""
    declared = load().table(table) if isinstance(table, str) else table
    header, *lines = told.split("\n")[1:-1] if "\n" in told else ("",)
    codes, rows, above = header.split(), [], None
    for number, line in enumerate(lines, 5):
        words = dict(zip(codes, line.split(), strict=True))
        first = words[codes[0]]
        kind = RowKind.TOTAL if first == "合计" else RowKind.PART if first.startswith("其中:") else RowKind.DATA
        identity = {
            "district": district,
            "department": load().form(declared.form).department if declared.form in FORMS else "tax",
            "period": period,
            "submission": f"{declared.form}-{district}-{period}-V{version}",
            "version": version,
            "file": f"{declared.form}_{district}_{period}.xlsx",
            "sheet": declared.title,
            "row": number,
            "kind": str(kind),
            "parent": above if kind is RowKind.PART else None,
        }
        rows.append({**identity, **_cells(declared, words), **changes})
        above = first if kind is RowKind.DATA else above
    return pl.DataFrame(rows, schema=wide_schema(declared), orient="row")


FORMS = {form.code for form in load().returns}


def _cells(table: Table, words: Mapping[str, str]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for column in table.columns:
        word = words.get(column.code, "·")
        text = None if word == "·" else word
        cells[f"{column.code}|text"] = text
        if column.numeric:
            cells[column.code], cells[f"{column.code}|half"] = figure(text, column)
        elif column.type == "date":
            cells[column.code] = date.fromisoformat(text) if text else None
        else:
            cells[column.code] = None if text in EMPTY_WORDS else text
    return cells


def figure(text: str | None, column: Column) -> tuple[Decimal | None, Decimal | None]:
    """Value and half a unit of the last digit, in the base unit."""
    found = FIGURE.fullmatch(text or "")
    if not found:
        return None, None
    unit = found[2] or column.unit
    factor = load().units[unit].factor if unit else Decimal(1)
    places = len(found[1].partition(".")[2])
    half = Decimal(0) if column.type == "int" else Decimal(5).scaleb(-places - 1) * factor
    return Decimal(found[1]) * factor, half


def layout_of(tables: Tables, empty: Iterable[tuple[str, str]] = ()) -> pl.DataFrame:
    """Where the columns of these tables stand; `empty`: submission and table of tables that were filed without rows."""
    filed = {(s, code) for code, rows in tables.items() for s in rows["submission"].unique()} | set(empty)
    found = [
        (submission, code, column.code, chr(ord("A") + place))
        for submission, code in sorted(filed)
        for place, column in enumerate(load().table(code).columns)
    ]
    return pl.DataFrame(found, schema=LAYOUT, orient="row")


def all_tables(tables: Tables) -> dict[str, pl.DataFrame]:
    empty = {table.code: pl.DataFrame(schema=wide_schema(table)) for table in load().tables()}
    return {**empty, **tables}


def compared(
    rule: str, tables: Tables, *, empty: Iterable[tuple[str, str]] = (), latest: Tables | None = None
) -> pl.DataFrame:
    """What a reconciliation says of these tables."""
    filed = {d.code: tuple(r.code for r in load().returns) for d in load().districts}
    holdings = Holdings(
        all_tables(tables), all_tables(latest or tables), layout_of({**tables, **(latest or {})}, empty), filed
    )
    # The rule alone, and the one that it comes after: to run them all takes a hundred times as long.
    before = {r.params.get("after") for r in load().reconciliations if r.code == rule}
    rules = tuple(r for r in load().reconciliations if r.code == rule or r.code in before)
    return reconcile(holdings, replace(load(), reconciliations=rules)).compared.filter(pl.col("rule") == rule)


def a_context(tables: Tables | None = None, known: Tables | None = None, **changes: Any) -> Context:
    rows = [(m, months.last_day(m), 20 * months.split(m)[1]) for m in months.months_between("2021-01", "2023-12")]
    calendar = pl.DataFrame(
        rows,
        schema={"period": pl.String, "last_day": pl.Date, "working_days_ytd": pl.Int64},
        orient="row",
    )
    known = all_tables(known or {})
    settings = {"tables": all_tables(tables or {}), "known": known, "first_filed": known, **changes}
    return Context(calendar=calendar, units=load().units, **settings)


def an_edit(kind: str, table: Table, column: str, **params: Any) -> Edit:
    return Edit(f"{table.code}.X.{kind}", "X", kind, Severity.HARD, table.code, column, MappingProxyType(params))


def rule_of(edit_id: str) -> Edit:
    """A rule of the catalogue by the end of its id."""
    (found,) = (e for r in load().returns for e in r.edits if e.id.endswith(edit_id))
    return found


def judged(
    edit: Edit | str, rows: pl.DataFrame, table: Table | None = None, context: Context | None = None
) -> pl.DataFrame:
    """The prepared rows with the `verdict` of one rule where it applies (null elsewhere), by intervals that meet."""
    edit = rule_of(edit) if isinstance(edit, str) else edit
    table = table or load().table(edit.table)
    prepared = prepare(rows, table, [edit], context or a_context({table.code: rows}))
    told, low, high, slack = (pl.col(f"{edit.id}|{name}") for name in ("told", "low", "high", "slack"))
    meets = (told - slack <= high) & (told + slack >= low)
    names = {True: Verdict.SATISFIED.value, False: Verdict.VIOLATED.value}
    verdict = meets.replace_strict(names, default=Verdict.UNVERIFIABLE.value, return_dtype=pl.String)
    expected = pl.col(f"{edit.id}|expected")
    return prepared.with_columns(
        verdict=pl.when(pl.col(f"{edit.id}|applies")).then(verdict), expected=expected, told=told
    )


def verdicts(
    edit: Edit | str, rows: pl.DataFrame, table: Table | None = None, context: Context | None = None
) -> list[str]:
    """The verdicts of one rule, in the order of the rows that it looks at."""
    return judged(edit, rows, table, context)["verdict"].drop_nulls().to_list()


def a_made_up_table(columns: str, kind: str = "money", unit: str = "万元", decimals: int = 2, **changes: Any) -> Table:
    """A table X01.t with a key and these columns."""
    key = Column("k", "项目", "code")
    numbers = tuple(Column(c, c, kind, unit, decimals, "month", additive=True) for c in columns.split())
    return Table("X01.t", "表1", "试表", "rows", (key, *numbers), key=("k",), total=True, **changes)


__all__ = ["EXACT", "MONTH", "a_context", "a_made_up_table", "an_edit", "compared", "judged", "verdicts", "wide"]
