"""Receipts: every decided submission is answered once, with the department's own workbook back where that is possible."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.frames import READABLE, Frames, load_frames
from flows.house import House
from journal.archive import write_atomically
from transforms.versions import changed_cells
from workbooks.reading.kinds import kind_of
from workbooks.reading.office import recalculate
from workbooks.receipts.annotate import build_receipt, has_macros
from workbooks.receipts.package import CannotAnnotate
from workbooks.receipts.receipt import Change, Receipt, receipt_name


def answer(house: House, as_of: datetime) -> tuple[Path, ...]:
    """Tell every department what became of its files, where it has not been told yet: what was decided, that the same
    file came again, that it was withdrawn."""
    events = house.journal.unanswered()
    if not events:
        return ()
    frames = load_frames(house)
    rows = {row["id"]: row for row in frames.submissions.iter_rows(named=True)}
    workbooks = _own_workbooks(house, [rows[e["submission"]] for e in events if e["event"] in (*READABLE, "restored")])
    written = []
    for event in events:
        row = rows[event["submission"]]
        path = _write_receipt(house, row | _told(event, row), frames, workbooks.get(row["id"]))
        house.journal.note_event(row["id"], "answered", as_of, "yueji", path.name)
        written.append(path)
    return tuple(written)


def _told(event: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """What the receipt tells of an event, where it is not how the submission stands now."""
    if event["event"] == "restored":
        return {}
    reason = event["reason"]
    if event["event"] == "again":
        reason = f"同一份文件已于 {row['arrived_at']:%Y-%m-%d %H:%M} 送达（第 {row['version']} 版）。"
    return {"status": event["event"], "reasons": reason, "decided_at": event["at"]}


def _write_receipt(house: House, row: Mapping[str, Any], frames: Frames, workbook: bytes | None) -> Path:
    receipt = _receipt(house, row, frames)
    try:
        data, extension = build_receipt(receipt, workbook), "xlsm" if workbook and has_macros(workbook) else "xlsx"
    except CannotAnnotate:
        data, extension = build_receipt(receipt), "xlsx"
    folder = house.settings.outbound / receipt.district / "receipts" / receipt.department
    target = folder / receipt_name(receipt, extension)
    write_atomically(target, data)
    return target


def _receipt(house: House, row: Mapping[str, Any], frames: Frames) -> Receipt:
    district = house.catalogue.district(row["district"])
    return Receipt(
        number=row["id"],
        district=district.name,
        department=house.catalogue.department(row["department"]).name_in(district.code),
        form=row["form"],
        form_name=next((r.name for r in house.catalogue.returns if r.code == row["form"]), ""),
        period=row["period"],
        version=row["version"],
        file=row["file"],
        status=row["status"],
        reason=row["reasons"],
        arrived_at=row["arrived_at"],
        decided_at=row["decided_at"],
        findings=frames.findings.filter(pl.col("submission") == row["id"]),
        changes=_changes(house, row, frames),
    )


def _own_workbooks(house: House, rows: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """By submission the department's workbook as it was sent; formats that cannot be patched as .xlsx, where
    LibreOffice is installed. A file with a password is not sent back without it."""
    own, others = {}, {}
    for row in rows:
        data = house.archive.path(row["sha256"]).read_bytes()
        match kind_of(data) if row["status"] in READABLE else "":
            case "xlsx":
                own[row["id"]] = data
            case "xls" | "ods" | "xlsb" | "html" | "spreadsheetml":
                others[row["id"]] = data
    return own | recalculate(others)


def _changes(house: House, row: Mapping[str, Any], frames: Frames) -> list[Change] | None:
    """What this version tells otherwise than the one before that could be read; None: there was none."""
    same = [pl.col(name) == row[name] for name in ("district", "department", "form", "period")]
    earlier = frames.submissions.filter(
        *same, pl.col("version") < row["version"], pl.col("status").is_in(READABLE)
    ).sort("version")
    if earlier.is_empty() or row["status"] not in READABLE:
        return None
    before, now = earlier["id"][-1], row["id"]
    found: list[Change] = []
    for table in house.catalogue.form(row["form"]).tables:
        rows = frames.tables[table.code].filter(pl.col("submission").is_in([before, now]))
        letters = frames.layout.filter(pl.col("submission") == now, pl.col("table") == table.code)
        told = changed_cells(
            rows.filter(pl.col("submission") == before), rows.filter(pl.col("submission") == now), table, letters
        )
        found += [Change(**change) for change in told.iter_rows(named=True)]
    return found
