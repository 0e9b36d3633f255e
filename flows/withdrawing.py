"""A submission withdrawn by a person: a line in the record. The file and its figures stay; they no longer count."""

from datetime import datetime
from pathlib import Path

import polars as pl

from flows import answering
from flows.house import House
from transforms import period

SHORTEST = 6


class NotFound(ValueError):
    """No submission, or more than one, has this number; or it is withdrawn already, or its month has been closed."""


def withdraw(house: House, number: str, by: str, reason: str, at: datetime) -> tuple[Path, ...]:
    """Withdraw the submission of a receipt and tell the department; the version before it counts again.

    Args:
        number: 回执编号, or its beginning (six characters or more).
        by: the name of the person who decides.
    Returns:
        The receipts that were written.
    Raises:
        NotFound: see there.
    """
    rows = house.journal.submissions()
    found = rows.filter(pl.col("id").str.starts_with(number)) if len(number) >= SHORTEST else rows.clear()
    if found.height != 1:
        raise NotFound(f"没有编号为 {number} 的报送，或不止一份；请写回执上完整的回执编号。")
    row = found.row(0, named=True)
    if row["status"] == "withdrawn":
        raise NotFound(f"{row['file']}（{row['id']}）已经撤回，不必再撤。")
    month = period.last_month(row["period"])
    if (row["district"], month) in house.journal.locks():
        raise NotFound(f"{row['file']} 所属的{period.chinese(month)}已经锁定；先用 yueji reopen 解锁，再撤回。")
    house.journal.note_event(row["id"], "withdrawn", at, by, reason)
    return answering.answer(house, at)
