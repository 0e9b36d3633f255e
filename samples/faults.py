"""Faults planted in the returns as filed, never in the truth; and the record of what was planted where.

A plan is a list of entries `{kind, district, form, period, …}`. Faults of rows come first, then faults of cells, then
those of whole files, each in the order of the plan, so that the cell of a planted value is its final one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import yaml
from openpyxl.utils import get_column_letter

from catalogue.load import load
from samples.calendar import drop_time, working_day
from samples.draws import rounded
from samples.drops import Drop, as_drop, refiled
from samples.filing import TOTAL, Filing, Row, Sheet, Value
from samples.identity import ALPHABET
from transforms.model import RowKind
from transforms.period import chinese, first_day, previous, year_to_date

DEMO_PLAN = Path(__file__).parent / "faults.yaml"


class FaultPlanError(Exception):
    """An entry of a fault plan cannot be planted: the message names the entry. Mend the plan."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of a plan.

    `table` is the code of a table; `row` its key (合计 for the total), or a number: the n-th of the rows that
    `where` admits, from the end when negative (a date is admitted by its month). `column` is the code of the cell.
    `value`, `by`, `factor`, `other` are what the kind asks for. `follow` carries the fault on to where the department
    itself would carry it: the 合计 of the column, or the summary that is counted from a ledger. `explanation` is put
    below the table as 说明. `days`: until a resubmission, or too late. `version`: of a stray file.
    """

    kind: str
    district: str
    form: str
    period: str
    table: str = ""
    row: str | int = ""
    where: Mapping[str, str] = field(default_factory=dict)
    column: str = ""
    value: str | int | None = None
    by: str = ""
    factor: str = "10000"
    other: str = ""
    follow: bool = False
    explanation: str = ""
    days: int = 1
    version: int = 1

    def error(self, message: str) -> FaultPlanError:
        return FaultPlanError(f"{self.kind} {self.district} {self.form} {self.period}: {message}")


@dataclass(frozen=True, slots=True)
class Planted:
    """One place that a fault has changed: what is told there and what is true. `follows`: carried on from the cell
    that the plan names. A fault of a row or a file names no cell, or the first cell of the row."""

    kind: str
    district: str
    form: str
    period: str
    file: str
    sheet: str
    cell: str
    told: str
    true: str
    follows: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_plan(path: Path = DEMO_PLAN) -> list[Fault]:
    """The entries of a plan. Raises FaultPlanError for an unknown kind or an unknown parameter."""
    faults = []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
        try:
            fault = Fault(**{**entry, "period": str(entry["period"])})
        except (TypeError, KeyError) as error:
            raise FaultPlanError(f"{path.name}: {entry}: {error}") from error
        if fault.kind not in KINDS:
            raise fault.error("unknown kind")
        faults.append(fault)
    return faults


def plant(drops: Sequence[Drop], faults: Sequence[Fault]) -> tuple[list[Drop], list[Planted]]:
    """The drops with the faults in them, and what was planted. The drops themselves are not changed."""
    field_ = _Field({_key(drop.filing): drop.filing for drop in drops}, {drop.path: drop for drop in drops})
    for kinds in (_ROW_KINDS, _CELL_KINDS, _SHEET_KINDS, _FILE_KINDS):
        for fault in faults:
            if fault.kind in kinds:
                if (fault.district, fault.form, fault.period) not in field_.clean:
                    raise fault.error("no such return is filed")
                kinds[fault.kind](field_, fault)
    return list(field_.drops.values()), [_settled(field_, planted) for planted in field_.planted]


def _settled(field_: "_Field", planted: "Planted") -> "Planted":
    """What the cell finally tells against what is true, where several faults have met in it."""
    clean = field_.clean[planted.district, planted.form, planted.period]
    drop = field_.drops.get(as_drop(clean).path)
    if drop is None or planted.kind not in {*_ROW_KINDS, *_CELL_KINDS}:
        return planted
    sheets = [next((s for s in f.sheets if s.name == planted.sheet), None) for f in (clean, drop.filing)]
    if None in sheets or len({len(s.rows) for s in sheets if s}) > 1:
        return planted
    true, told = ({(s, c): v for s, c, v in f.cells()} for f in (clean, drop.filing))
    where = (planted.sheet, planted.cell)
    return replace(planted, told=as_text(told[where]), true=as_text(true[where]))


@dataclass(frozen=True, slots=True)
class _Field:
    """What is being planted: the clean filings by district, form and period, and the drops as they now are."""

    clean: Mapping[tuple[str, str, str], Filing]
    drops: dict[str, Drop]
    planted: list[Planted] = field(default_factory=list)

    def original(self, fault: Fault) -> Filing:
        return self.clean[fault.district, fault.form, fault.period]

    def path(self, fault: Fault) -> str:
        return as_drop(self.original(fault)).path

    def filing(self, fault: Fault) -> Filing:
        return self.drops[self.path(fault)].filing

    def refile(self, fault: Fault, filing: Filing) -> None:
        path = self.path(fault)
        self.drops[path] = replace(self.drops[path], filing=filing, dropped=filing.dropped)

    def record(self, fault: Fault, told: str, true: str, file: str = "", sheet: str = "", cell: str = "") -> None:
        where = (fault.district, fault.form, fault.period, file or self.original(fault).file, sheet, cell)
        self.planted.append(Planted(fault.kind, *where, told, true))

    def record_changes(self, fault: Fault, sheet: str, cell: str, before: Filing, after: Filing) -> None:
        """The named cell first, then every other cell that changed with it, where rows have kept their places."""
        old = {(s, c): v for s, c, v in before.cells()}
        for s, c, value in after.cells():
            if (s, c) in old and old[s, c] != value:
                follows = (s, c) != (sheet, cell)
                told = Planted(
                    fault.kind,
                    fault.district,
                    fault.form,
                    fault.period,
                    after.file,
                    s,
                    c,
                    as_text(value),
                    as_text(old[s, c]),
                    follows,
                )
                self.planted.append(told)


def _key(filing: Filing) -> tuple[str, str, str]:
    return (filing.meta["district"], filing.form, filing.period)


def as_text(value: Value) -> str:
    """A value as plain text: an empty cell is the empty text."""
    return "" if value is None else str(value)


def _index(sheet: Sheet, fault: Fault) -> int:
    """Which row of the sheet the fault means."""
    if not isinstance(fault.row, int):
        try:
            return sheet.find(fault.row)
        except KeyError as error:
            raise fault.error(str(error)) from error
    fitting = [i for i, row in enumerate(sheet.rows) if row.kind is RowKind.DATA and _admits(row, fault.where)]
    place = fault.row - 1 if fault.row > 0 else fault.row
    if not fault.row or not -len(fitting) <= place < len(fitting):
        raise fault.error(f"{fault.table} has {len(fitting)} such rows, not {fault.row}")
    return fitting[place]


def _admits(row: Row, where: Mapping[str, str]) -> bool:
    return all(as_text(row.values.get(column)).startswith(str(wanted)) for column, wanted in where.items())


# Cells


def _change_cell(make: Callable[[_Field, Fault, Sheet, Row], Value]) -> Callable[[_Field, Fault], None]:
    """A kind of fault that puts another value into one cell."""

    def plant_it(field_: _Field, fault: Fault) -> None:
        filing = field_.filing(fault)
        sheet = filing.sheet(fault.table)
        if not sheet.table.has(fault.column):
            raise fault.error(f"{fault.table} has no column {fault.column}")
        index = _index(sheet, fault)
        true, told = sheet.rows[index].values.get(fault.column), make(field_, fault, sheet, sheet.rows[index])
        if true == told:
            raise fault.error(f"{sheet.address(index, fault.column)} would stay {as_text(true)}")
        changed = sheet.with_row(index, sheet.rows[index].with_value(fault.column, told))
        after = filing.with_sheet(replace(changed, explanation=fault.explanation or sheet.explanation))
        if fault.follow:
            after = _follow(after, fault, true, told)
        field_.record_changes(fault, sheet.name, sheet.address(index, fault.column), filing, after)
        field_.refile(fault, after)

    return plant_it


def _follow(filing: Filing, fault: Fault, true: Value, told: Value) -> Filing:
    """Carry a fault on: into the summary that is counted from the ledger, or into the 合计."""
    sheet = filing.sheet(fault.table)
    if fault.table == "F02.vouchers":
        return _recount(filing)
    if not sheet.table.total or not all(isinstance(v, int | Decimal) for v in (true, told)):
        return filing
    before = _number(fault, sheet.value(TOTAL, fault.column))
    after = before + _number(fault, told) - _number(fault, true)
    return filing.with_sheet(sheet.with_value(TOTAL, fault.column, _like(before, after)))


def _recount(filing: Filing) -> Filing:
    """The summary of F02 as the department counts it from its own vouchers."""
    summary, vouchers = filing.sheet("F02.summary"), filing.sheet("F02.vouchers").rows
    for index, row in enumerate(summary.rows):
        kind = row.values["refund_kind"]
        paid = [v for v in vouchers if v.values["status"] == "已退" and kind in (None, v.values["refund_kind"])]
        month = [v for v in paid if as_text(v.values["pay_date"]).startswith(filing.period)]
        counted: dict[str, Value] = {
            "n_m": len(month),
            "amount_m": _in_wan(month),
            "n_ytd": len(paid),
            "amount_ytd": _in_wan(paid),
            "district_share": _in_wan(paid, share=4),
        }
        # What was right before stays as it was: only what the change has moved is told anew.
        for column, value in counted.items():
            if value != row.values[column]:
                summary = summary.with_row(index, summary.rows[index].with_value(column, value))
    return filing.with_sheet(summary)


def _in_wan(vouchers: Sequence[Row], share: int = 1) -> Decimal:
    fen = sum(int(Decimal(str(v.values["amount"])) * 100) for v in vouchers)
    return rounded(Decimal(fen // share) / 1_000_000, 2)


def _number(fault: Fault, value: Value) -> Decimal:
    if not isinstance(value, int | Decimal):
        raise fault.error(f"{as_text(value)!r} is not a number")
    return Decimal(value)


def _like(model: Value, value: Decimal) -> Value:
    """A number told in the manner of another: whole, or with as many decimals."""
    if isinstance(model, Decimal):
        return rounded(value, max(0, -int(model.as_tuple().exponent)))
    return int(value)


def _told(fault: Fault, row: Row) -> Decimal:
    return _number(fault, row.values.get(fault.column))


def _slip(_: _Field, fault: Fault, __: Sheet, row: Row) -> Value:
    return _like(row.values[fault.column], _told(fault, row) * Decimal(fault.factor))


def _transpose(_: _Field, fault: Fault, __: Sheet, row: Row) -> Value:
    """Swap the first two neighbouring digits that differ."""
    digits = str(_told(fault, row))
    for i in range(len(digits) - 1):
        a, b = digits[i], digits[i + 1]
        if a.isdigit() and b.isdigit() and a != b and not (i == 0 and b == "0"):
            return _like(row.values[fault.column], Decimal(digits[:i] + b + a + digits[i + 2 :]))
    raise fault.error(f"{digits} has no two neighbouring digits that differ")


def _negate(_: _Field, fault: Fault, __: Sheet, row: Row) -> Value:
    return _like(row.values[fault.column], -_told(fault, row))


def _add(_: _Field, fault: Fault, __: Sheet, row: Row) -> Value:
    return _like(row.values[fault.column], _told(fault, row) + Decimal(fault.by or "1000"))


def _leave_total(_: _Field, fault: Fault, sheet: Sheet, row: Row) -> Value:
    """The total of before the last row was entered."""
    last = [r for r in sheet.rows if r.kind is RowKind.DATA][-1]
    return _like(row.values[fault.column], _told(fault, row) - _told(fault, last))


def _month_for_ytd(_: _Field, fault: Fault, __: Sheet, row: Row) -> Value:
    return row.values[fault.other]


def _stale(field_: _Field, fault: Fault, sheet: Sheet, row: Row) -> Value:
    """The opening of the month before, copied on."""
    before = field_.clean.get((fault.district, fault.form, previous(fault.period)))
    if before is None:
        raise fault.error("the month before is not filed")
    return before.sheet(fault.table).value(sheet.key_of(row), fault.column)


def _error_value(*_: object) -> Value:
    return "#REF!"


def _text(_: _Field, fault: Fault, __: Sheet, row: Row) -> Value:
    return str(fault.value) if fault.value is not None else f"约{as_text(row.values[fault.column])}"


def _blank(*_: object) -> Value:
    return None


def _bad_digit(_: _Field, fault: Fault, __: Sheet, row: Row) -> Value:
    code = as_text(row.values[fault.column])
    return code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]


def _unknown_code(_: _Field, fault: Fault, __: Sheet, ___: Row) -> Value:
    return str(fault.value) if fault.value is not None else "XX99"


def _outlier(_: _Field, fault: Fault, __: Sheet, row: Row) -> Value:
    if fault.value is None:
        raise fault.error("needs a value")
    return _like(row.values[fault.column], Decimal(fault.value))


def _reverse_dates(field_: _Field, fault: Fault) -> None:
    """Two dates of one record change places."""
    filing = field_.filing(fault)
    sheet = filing.sheet(fault.table)
    index = _index(sheet, fault)
    row = sheet.rows[index]
    first, second = row.values[fault.column], row.values[fault.other]
    if not isinstance(first, date) or not isinstance(second, date) or first == second:
        raise fault.error("needs two different dates")
    swapped = row.with_value(fault.column, second).with_value(fault.other, first)
    after = filing.with_sheet(sheet.with_row(index, swapped))
    field_.record_changes(fault, sheet.name, sheet.address(index, fault.column), filing, after)
    field_.refile(fault, after)


# Rows


def _drop_row(field_: _Field, fault: Fault) -> None:
    filing = field_.filing(fault)
    sheet = filing.sheet(fault.table)
    index = _index(sheet, fault)
    after = filing.with_sheet(replace(sheet, rows=sheet.rows[:index] + sheet.rows[index + 1 :]))
    _record_row(field_, fault, filing, after, sheet, index, "", sheet.key_of(sheet.rows[index]))


def _duplicate_row(field_: _Field, fault: Fault) -> None:
    """A row stands twice: the second time below the last data row."""
    filing = field_.filing(fault)
    sheet = filing.sheet(fault.table)
    row = sheet.rows[_index(sheet, fault)]
    place = 1 + max(i for i, r in enumerate(sheet.rows) if r.kind is not RowKind.TOTAL)
    after = filing.with_sheet(replace(sheet, rows=(*sheet.rows[:place], row, *sheet.rows[place:])))
    _record_row(field_, fault, filing, after, sheet, place, sheet.key_of(row), "")


def _record_row(
    field_: _Field, fault: Fault, filing: Filing, after: Filing, sheet: Sheet, index: int, told: str, true: str
) -> None:
    """Name the row by its key in the first cell of its place; then what the department counted anew from it."""
    cell = sheet.address(index, sheet.first_column)
    field_.record(fault, told, true, after.file, sheet.name, cell)
    if fault.follow and fault.table == "F02.vouchers":
        recounted = _recount(after)
        field_.record_changes(fault, "", "", after, recounted)
        after = recounted
    field_.refile(fault, after)


def _pay_late(field_: _Field, fault: Fault) -> None:
    """The treasury pays in the first days of the next month: gone from this month's ledger, in the next ones later."""
    filing = field_.filing(fault)
    sheet = filing.sheet(fault.table or "F02.vouchers")
    row = sheet.rows[_index(sheet, fault)]
    number, day = row.values["voucher_no"], working_day(fault.period, 2)
    _drop_row(field_, replace(fault, follow=True))
    months = [m for m in year_to_date(f"{day.year}-12") if m > fault.period]
    for month in months if day.year == first_day(fault.period).year else []:
        if (fault.district, fault.form, month) not in field_.clean:
            continue
        later = replace(fault, period=month)
        then = field_.filing(later)
        told = then.sheet(sheet.table.code)
        index = next(i for i, r in enumerate(told.rows) if r.values["voucher_no"] == number)
        paid = _recount(then.with_sheet(told.with_row(index, told.rows[index].with_value("pay_date", day))))
        field_.record_changes(later, told.name, told.address(index, "pay_date"), then, paid)
        field_.refile(later, paid)


# Furniture


def _wrong_period(field_: _Field, fault: Fault) -> None:
    filing = field_.filing(fault)
    told = str(fault.value or previous(fault.period))
    meta = {**filing.meta, "period": told}
    for sheet in filing.sheets:
        cell = f"{get_column_letter(sheet.unit_row[1])}2"
        field_.record(fault, chinese(told), chinese(fault.period), sheet=sheet.name, cell=cell)
    field_.record(fault, told, fault.period, sheet="_meta", cell=_meta_cell(filing, "period"))
    field_.refile(fault, replace(filing, told_period=told, meta=meta))


def _wrong_unit(field_: _Field, fault: Fault) -> None:
    filing = field_.filing(fault)
    sheet = filing.sheet(fault.table) if fault.table else filing.sheets[0]
    true = sheet.table.unit_text
    told = str(fault.value) if fault.value else true.replace("万元", "亿元")
    field_.record(fault, told, true, sheet=sheet.name, cell=f"{get_column_letter(sheet.unit_row[2])}2")
    field_.refile(fault, filing.with_sheet(replace(sheet, unit_text=told)))


def _wrong_template(field_: _Field, fault: Fault) -> None:
    filing = field_.filing(fault)
    told = str(fault.value or next(r.code for r in load().returns if r.code != fault.form))
    field_.record(fault, told, fault.form, sheet="_meta", cell=_meta_cell(filing, "template"))
    field_.refile(fault, replace(filing, meta={**filing.meta, "template": told}))


def _meta_cell(filing: Filing, key: str) -> str:
    return f"B{1 + list(filing.meta).index(key)}"


# Files

HTML = "<html><body><table><tr><td>{title}</td></tr><tr><td>{period}</td></tr></table></body></html>\n"


def _spoil(field_: _Field, fault: Fault, told: str, content: Callable[[Filing], bytes]) -> None:
    """Put raw bytes in the place of the file, or beside it as a later version that is still on its way."""
    path = field_.path(fault)
    if fault.version > 1:
        drop = field_.drops[path]
        stray = refiled(field_.original(fault), fault.version, drop.dropped + timedelta(days=fault.days))
        path = as_drop(stray).path
        field_.drops[path] = as_drop(stray)
    drop = field_.drops[path]
    field_.drops[path] = replace(drop, content=content(drop.filing))
    field_.record(fault, told, "", drop.filing.file)


def _truncate(field_: _Field, fault: Fault) -> None:
    def content(filing: Filing) -> bytes:
        whole = Drop("", filing.dropped, filing).bytes()
        return whole[: len(whole) * 3 // 5]

    _spoil(field_, fault, "no zip end record", content)


def _html(field_: _Field, fault: Fault) -> None:
    def content(filing: Filing) -> bytes:
        return HTML.format(title=filing.title, period=filing.period_text).encode()

    _spoil(field_, fault, "HTML", content)


def _resubmit(field_: _Field, fault: Fault) -> None:
    """The corrected return arrives `days` days after the first."""
    first = field_.drops[field_.path(fault)]
    version = max(fault.version, 2)
    corrected = refiled(field_.original(fault), version, first.dropped + timedelta(days=fault.days))
    field_.drops[as_drop(corrected).path] = as_drop(corrected)
    field_.record(fault, f"V{version}", "V1", corrected.file)


def _file_twice(field_: _Field, fault: Fault) -> None:
    drop = field_.drops[field_.path(fault)]
    name = f"副本{drop.filing.file}"
    again = replace(drop, path=f"{drop.filing.folder}/{name}", dropped=drop.dropped + timedelta(minutes=7))
    field_.drops[again.path] = again
    field_.record(fault, name, drop.filing.file, name)


def _file_late(field_: _Field, fault: Fault) -> None:
    filing = field_.filing(fault)
    late = drop_time(Random(f"late/{fault.form}/{fault.period}"), load().form(fault.form), fault.period, fault.days)
    due = working_day(fault.period, load().form(fault.form).due)
    field_.record(fault, f"{late:%Y-%m-%d}", f"{due}")
    field_.refile(fault, replace(filing, dropped=late))


def _leave_out(field_: _Field, fault: Fault) -> None:
    del field_.drops[field_.path(fault)]
    field_.record(fault, "", "not filed")


_Plant = Callable[[_Field, Fault], None]
_ROW_KINDS: Mapping[str, _Plant] = {
    "late_payment": _pay_late,
    "drop_row": _drop_row,
    "duplicate_row": _duplicate_row,
}
_CELL_KINDS: Mapping[str, _Plant] = {
    "unit_slip": _change_cell(_slip),
    "transpose": _change_cell(_transpose),
    "sign": _change_cell(_negate),
    "different_amount": _change_cell(_add),
    "total_not_updated": _change_cell(_leave_total),
    "month_for_ytd": _change_cell(_month_for_ytd),
    "stale_opening": _change_cell(_stale),
    "formula_error": _change_cell(_error_value),
    "text_in_number": _change_cell(_text),
    "blank_required": _change_cell(_blank),
    "bad_check_digit": _change_cell(_bad_digit),
    "unknown_code": _change_cell(_unknown_code),
    "outlier": _change_cell(_outlier),
    "reversed_dates": _reverse_dates,
}
_SHEET_KINDS: Mapping[str, _Plant] = {
    "wrong_period": _wrong_period,
    "wrong_unit": _wrong_unit,
    "wrong_template": _wrong_template,
}
_FILE_KINDS: Mapping[str, _Plant] = {
    "late": _file_late,
    "truncated_file": _truncate,
    "not_a_workbook": _html,
    "resubmission": _resubmit,
    "same_file_twice": _file_twice,
    "missing": _leave_out,
}
KINDS = frozenset({*_ROW_KINDS, *_CELL_KINDS, *_SHEET_KINDS, *_FILE_KINDS})
"""The kinds of faults that a plan may name."""
