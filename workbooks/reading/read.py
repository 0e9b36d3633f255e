"""Read the returns of a night: every file in the worker process, one frame a table over all of them."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import polars as pl

from transforms.edits.bounds import EMPTY_WORDS
from transforms.model import EXACT, FINDINGS, WIDE_ID, Catalogue, Table, Verdict
from workbooks.reading.guard import Limits
from workbooks.reading.office import recalculate
from workbooks.reading.parse import Parsed, ReturnReader, Rows
from workbooks.reading.remarks import Remark
from workbooks.reading.shapes import shape_catalogue
from workbooks.reading.unreadable import UnreadableReturn
from workbooks.reading.wording import listed
from workbooks.reading.worker import read_books


@dataclass(frozen=True, slots=True)
class Received:
    """One file to read, as intake identified it. `form` and `period` are "" where the file name does not tell."""

    submission: str
    district: str
    department: str
    version: int
    file: str
    path: Path
    form: str
    period: str


LAYOUT: Mapping[str, pl.DataType] = MappingProxyType(
    {"submission": pl.String(), "table": pl.String(), "code": pl.String(), "letter": pl.String()}
)

EXPLANATIONS: Mapping[str, pl.DataType] = MappingProxyType(
    dict.fromkeys(("submission", "rule_id", "sheet", "cell", "explanation"), pl.String())
)

IDENTIFIED: Mapping[str, pl.DataType] = MappingProxyType(
    {"submission": pl.String(), "form": pl.String(), "period": pl.String(), "version": pl.Int64()}
)

_HEAD_TEXTS = (
    *("submission", "district", "department", "period"),
    *("district_scheduled", "department_scheduled", "form_scheduled", "period_scheduled", "unit_scheduled"),
    *("form", "district_told", "department_told", "period_told", "meta_period", "unit"),
    *("table", "sheet", "title", "reporter", "auditor", "phone", "filled_on", "note", "explanation"),
    *("template_version", "meta_state", "meta_department", "title_district", "file", "answers"),
)

HEADS: Mapping[str, pl.DataType] = MappingProxyType(
    dict.fromkeys(_HEAD_TEXTS, pl.String()) | {"row": pl.Int64(), "version": pl.Int64()}
)
"""Columns of `heads`. `district`, `department`, `period` are those of the submission; `…_scheduled` what was due (null:
the file name did not tell); `form`, `…_told`, `meta_period`, `unit` what the file says, `answers` the number of the receipt that it is (null: nothing; codes where the
words are known, else the words as told); `row` is that of the unit line."""


@dataclass(frozen=True)
class Readings:
    """What a batch of files tells.

    tables: by code, every table of every form (empty where nobody told it): WIDE_ID, then a declared column `c` as
        typed value (numbers EXACT in the base unit, dates Date, the rest String), `c|text` String as told (null: the
        cell is empty), and for numbers `c|half` EXACT, half a unit of the last told digit in the base unit.
    layout: LAYOUT, the column of the sheet that carries each declared column; a cell is letter + row.
    heads: HEADS, one row a submission and located table.
    findings: model.FINDINGS of reading.
    unreadable: by submission, what cannot be read at all; such a file has no rows in any frame.
    identified: IDENTIFIED, form and period as decided: the schedule's, where it does not tell `_meta`'s, else the
        sheet's (null: nobody tells the period).
    explanations: EXPLANATIONS, what a department has written to the findings of a receipt that it sent back.
    """

    tables: dict[str, pl.DataFrame]
    layout: pl.DataFrame
    heads: pl.DataFrame
    findings: pl.DataFrame
    unreadable: dict[str, UnreadableReturn]
    identified: pl.DataFrame
    explanations: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Reading:
    """One readable file: whose it is and what it tells."""

    item: Received
    parsed: Parsed
    period: str | None


def read_returns(
    items: Sequence[Received], catalogue: Catalogue, limits: Limits, passwords: Sequence[str] = ()
) -> Readings:
    """Read files into wide tables, heads and findings.

    Args:
        items: the files; submissions must differ.
        catalogue: what is declared.
        limits: what a file may be and cost.
        passwords: tried on files that have one.
    Raises:
        ValueError: a submission twice.
        RuntimeError: the worker does not start.
    """
    return collect(items, _read_files(items, catalogue, limits, passwords), catalogue)


def collect(
    items: Sequence[Received], outcomes: Mapping[str, Parsed | UnreadableReturn], catalogue: Catalogue
) -> Readings:
    """Put what the files told (by submission) into frames."""
    readings: list[_Reading] = []
    unreadable: dict[str, UnreadableReturn] = {}
    for item in items:
        outcome = outcomes[item.submission]
        if isinstance(outcome, UnreadableReturn):
            unreadable[item.submission] = outcome
        else:
            readings.append(_Reading(item, outcome, item.period or outcome.period or None))
    return Readings(
        tables={table.code: _build_table(table, readings) for table in catalogue.tables()},
        layout=_build_layout(readings),
        heads=_build_heads(readings, catalogue),
        findings=_build_findings(readings),
        unreadable=unreadable,
        explanations=_build_explanations(readings),
        identified=_frame(IDENTIFIED, ((r.item.submission, r.parsed.form, r.period, r.item.version) for r in readings)),
    )


def _read_files(
    items: Sequence[Received], catalogue: Catalogue, limits: Limits, passwords: Sequence[str]
) -> dict[str, Parsed | UnreadableReturn]:
    reader = ReturnReader(shape_catalogue(catalogue, EMPTY_WORDS), limits=limits, passwords=passwords)
    found = read_books([(item.submission, item.path) for item in items], limits, reader)
    # Headers may fit two forms, and the worker does not know the schedule: where it decides, read once more.
    chosen = {i.submission: i.form for i in items if i.form in _rivals(found[i.submission])}
    for form in set(chosen.values()):
        paths = [(i.submission, i.path) for i in items if chosen.get(i.submission) == form]
        found |= read_books(paths, limits, reader.wanting(form))
    lacking = [i for i in items if _lacks_results(found[i.submission])]
    return found | _read_computed(lacking, chosen, reader, limits) if lacking else found


def _rivals(outcome: Parsed | UnreadableReturn) -> tuple[str, ...]:
    return outcome.rivals if isinstance(outcome, Parsed) else ()


def _lacks_results(outcome: Parsed | UnreadableReturn) -> bool:
    return isinstance(outcome, Parsed) and outcome.uncomputed


def _read_computed(
    items: Sequence[Received], chosen: Mapping[str, str], reader: ReturnReader, limits: Limits
) -> dict[str, Parsed | UnreadableReturn]:
    """Files with formulas that have no stored result, read again with what LibreOffice computes; one call for all."""
    files = {hashlib.sha256(data).hexdigest(): data for data in (i.path.read_bytes() for i in items)}
    computed = recalculate(files)
    found: dict[str, Parsed | UnreadableReturn] = {}
    with TemporaryDirectory(prefix="yueji-computed-") as folder:
        paths = {sha256: Path(folder) / f"{sha256}.xlsx" for sha256 in computed}
        for sha256, path in paths.items():
            path.write_bytes(computed[sha256])
        for form in {chosen.get(i.submission, "") for i in items} if computed else ():
            alike = [(i.submission, i.path) for i in items if chosen.get(i.submission, "") == form]
            outcomes = read_books(alike, limits, reader.wanting(form, paths))
            # What goes wrong with the computed file is no fault of the department: the first reading stands.
            found |= {key: outcome for key, outcome in outcomes.items() if isinstance(outcome, Parsed)}
    return found


# Frames: columns are gathered as lists over all files and made into a frame once


def _frame(schema: Mapping[str, pl.DataType], rows: Iterable[Sequence[object]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(schema), orient="row")


def _build_table(table: Table, readings: Sequence[_Reading]) -> pl.DataFrame:
    """The rows of one table over all files, in the order of the files and of their rows."""
    told = [(r, r.parsed.tables[table.code]) for r in readings if table.code in r.parsed.tables]
    columns = _identity(told)
    for column in table.columns:
        values = pl.Series(column.code, _gather(told, "values", column.code), dtype=pl.String)
        if column.numeric:
            values = values.cast(EXACT)
        elif column.type == "date":
            values = values.str.to_date("%Y-%m-%d")
        texts = pl.Series(f"{column.code}|text", _gather(told, "texts", column.code), dtype=pl.String)
        columns += [values, texts]
        if column.numeric:
            halves = pl.Series(f"{column.code}|half", _gather(told, "halves", column.code), dtype=pl.String)
            columns.append(halves.cast(EXACT))
    return pl.DataFrame(columns)


def _gather(told: Sequence[tuple[_Reading, Rows]], part: str, code: str) -> list[str | None]:
    gathered: list[str | None] = []
    for _, rows in told:
        gathered += getattr(rows, part)[code]
    return gathered


def _identity(told: Sequence[tuple[_Reading, Rows]]) -> list[pl.Series]:
    found: dict[str, list[object]] = {name: [] for name in WIDE_ID}
    for reading, rows in told:
        item, count = reading.item, len(rows.rows)
        same = {
            "district": item.district,
            "department": item.department,
            "period": reading.period,
            "submission": item.submission,
            "version": item.version,
            "file": item.file,
            "sheet": rows.sheet,
        }
        for name, value in same.items():
            found[name] += repeat(value, count)
        found["row"] += rows.rows
        found["kind"] += rows.kinds
        found["parent"] += rows.parents
    return [pl.Series(name, found[name], dtype=kind) for name, kind in WIDE_ID.items()]


def _build_layout(readings: Sequence[_Reading]) -> pl.DataFrame:
    return _frame(
        LAYOUT,
        (
            (r.item.submission, table, code, letter)
            for r in readings
            for table, letters in r.parsed.letters.items()
            for code, letter in letters.items()
        ),
    )


def _build_heads(readings: Sequence[_Reading], catalogue: Catalogue) -> pl.DataFrame:
    units = {table.code: listed(table.unit_text) or None for table in catalogue.tables()}
    rows = []
    for r in readings:
        scheduled = {
            "submission": r.item.submission,
            "district": r.item.district,
            "department": r.item.department,
            "period": r.period,
            "district_scheduled": r.item.district,
            "department_scheduled": r.item.department,
            "form_scheduled": r.item.form or None,
            "period_scheduled": r.item.period or None,
            "file": r.item.file,
            "version": r.item.version,
            "answers": (r.parsed.answer and r.parsed.answer.number) or None,
        }
        for head in r.parsed.heads:
            told = {**head, **scheduled, "unit_scheduled": units[str(head["table"])]}
            rows.append([told[name] for name in HEADS])
    return _frame(HEADS, rows)


def _build_explanations(readings: Sequence[_Reading]) -> pl.DataFrame:
    rows = []
    for r in readings:
        for identity, words in r.parsed.answer.explanations.items() if r.parsed.answer else ():
            rule_id, _, place = identity.partition("@")
            sheet, _, cell = place.rpartition("!")
            rows.append((r.item.submission, rule_id, sheet, cell, words))
    return _frame(EXPLANATIONS, rows)


def _build_findings(readings: Sequence[_Reading]) -> pl.DataFrame:
    return _frame(FINDINGS, (_finding(r, remark) for r in readings for remark in r.parsed.remarks))


_KINDS = {"hard": "硬性", "soft": "软性", "info": "提示"}


def _finding(reading: _Reading, remark: Remark) -> list[object]:
    item, where = reading.item, remark.table or remark.form
    told: dict[str, object] = {
        **remark._asdict(),
        "district": item.district,
        "department": item.department,
        "period": reading.period,
        "submission": item.submission,
        "file": item.file,
        "rule_id": f"{where}.{remark.rule}.{remark.name}",
        "verdict": Verdict.VIOLATED.value,
        "difference": None,
        "explanation": None,
        "message": f"{remark.rule} {_KINDS[remark.severity]} {remark.message}",
    }
    return [told[name] for name in FINDINGS]
