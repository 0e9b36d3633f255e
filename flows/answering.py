"""Receipts: every decided submission is answered once, with the department's own workbook back where that is possible."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from flows.frames import READABLE, Frames, load_frames
from flows.house import House
from flows.publishing import after_of, compare_some, settle_by
from journal.archive import write_atomically
from journal.record import TAKEN_IN
from transforms import period
from transforms.follow import Ask, asks_of, follow, standings
from transforms.versions import changed_cells
from workbooks.reading.kinds import kind_of
from workbooks.reading.office import recalculate
from workbooks.receipts.annotate import build_receipt, has_macros
from workbooks.receipts.package import CannotAnnotate
from workbooks.receipts.receipt import Change, Receipt, receipt_name


def answer(house: House, as_of: datetime, compared: pl.DataFrame | None = None) -> tuple[Path, ...]:
    """Tell every department what became of its files, where it has not been told yet: what was decided, that the same
    file came again, that it was withdrawn; and which reconciliations with its return do not hold.

    Args:
        compared: every reconciliation of tonight (publishing.compare_all). Between the nights there is none: those of
            the returns that are answered are held against what is accepted by now.
    """
    events = house.journal.unanswered()
    if not events:
        return ()
    frames = load_frames(house)
    rows = {row["id"]: row for row in frames.submissions.iter_rows(named=True)}
    workbooks = _own_workbooks(house, [rows[e["submission"]] for e in events if e["event"] in (*READABLE, "restored")])
    differences = _Differences(house, frames, [rows[e["submission"]] for e in events], compared)
    locks = house.journal.locks()
    written = []
    for event in events:
        row = rows[event["submission"]]
        told = row | _told(event, row)
        receipt = _receipt(house, told, frames, differences.asks(told), _revision(told, locks))
        path = _write_receipt(house, receipt, workbooks.get(row["id"]))
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


class _Differences:
    """The reconciliations that the answered returns are a side of, followed for the month of each."""

    def __init__(
        self, house: House, frames: Frames, rows: Iterable[Mapping[str, Any]], compared: pl.DataFrame | None
    ) -> None:
        self._house, self._followed = house, dict[tuple[str, str], pl.DataFrame]()
        forms = {row["form"] for row in rows if row["status"] in TAKEN_IN}
        about = {r.code for r in house.catalogue.reconciliations if forms & r.forms}
        self._compared = compare_some(house, frames, about).compared if compared is None and about else compared
        self._ledger = standings(house.journal.difference_events()) if about else {}

    def asks(self, row: Mapping[str, Any]) -> list[Ask]:
        """What the department is asked; nothing where the return was not taken in."""
        if self._compared is None or row["status"] not in TAKEN_IN:
            return []
        district, last = self._house.catalogue.district(row["district"]), period.last_month(row["period"])
        place = (district.code, last)
        if place not in self._followed:
            of_district = self._compared.filter(pl.col("district") == district.code)
            self._followed[place] = follow(of_district, last, self._ledger, after_of(self._house.catalogue))
        due = settle_by(self._house, district, last)
        return asks_of(self._followed[place], self._house.catalogue, district.code, row["form"], row["id"], due)


def _revision(row: Mapping[str, Any], locks: Mapping[tuple[str, str], Mapping[str, Any]]) -> str:
    """What the department has to know when its return is about a month that has been closed."""
    lock = locks.get((row["district"], period.last_month(row["period"]))) if period.is_period(row["period"]) else None
    if lock is None or row["status"] not in TAKEN_IN or row["decided_at"] <= lock["at"]:
        return ""
    return (
        f"{period.chinese(lock['period'])}已于 {lock['at']:%Y-%m-%d} 由{lock['actor']}锁定。本次报送作为数据修订收下，"
        "已发布的工作簿不改，涉及的差异重新打开，在以后月份的工作簿里列示。"
    )


def _write_receipt(house: House, receipt: Receipt, workbook: bytes | None) -> Path:
    try:
        data, extension = build_receipt(receipt, workbook), "xlsm" if workbook and has_macros(workbook) else "xlsx"
    except CannotAnnotate:
        data, extension = build_receipt(receipt), "xlsx"
    folder = house.settings.outbound / receipt.district / "receipts" / receipt.department
    target = folder / receipt_name(receipt, extension)
    write_atomically(target, data)
    return target


def _receipt(house: House, row: Mapping[str, Any], frames: Frames, asks: Sequence[Ask], revision: str) -> Receipt:
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
        asks=asks,
        revision=revision,
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
