"""What happens to a difference, and how it stands once all of it is added up. Nothing is ever taken back."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import polars as pl

from transforms.model import Cause

OPEN, EXPLAINED, ACCEPTED, CLOSED = "open", "explained", "accepted", "closed"
LIVING = (OPEN, EXPLAINED, ACCEPTED)
"""How a difference stands that is not closed."""

EVENTS: Mapping[str, pl.DataType] = {
    "district": pl.String(),
    "difference": pl.String(),
    "rule": pl.String(),
    "key": pl.String(),
    "period": pl.String(),
    "event": pl.String(),
    "amount": pl.String(),
    "cause": pl.String(),
    "reason": pl.String(),
    "submission": pl.String(),
    "ceiling": pl.String(),
    "keeper": pl.String(),
    "until": pl.String(),
}
"""What is entered in the record, beside when and by whom.

By the night: `open`; `reopened` (amount or cause changed, an acceptance no longer holds, or closed before); `changed`
(the same, but what people said of it still holds); `escalated` (a timing difference that did not come back);
`corrected` (`submission` made both sides agree) and `closed`. By people: `explained` and `remarked` (words that are no
reason), `accepted` (`ceiling` in the base unit, `keeper`, `until` a month) and `withdrawn` (the acceptance). Amounts
are exact text."""

NUMBER = re.compile(r"([A-Z]\d{2})-(\d{6}|\d{4}Q[1-4])-([0-9A-F]{8})")


def number_of(district: str, rule: str, month: str, key: str) -> str:
    """The number of a difference: from district, rule, period and key alone, so that it is the same on every run.

    Eight digits: with four, a ledger of three hundred entries would have two of one number more often than not.
    """
    digest = hashlib.sha256(f"{district}/{key}".encode()).hexdigest()
    return f"{rule}-{month.replace('-', '')}-{digest[:8].upper()}"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a difference stands after its events.

    Attributes:
        known: the night has seen it; until then there are only words about it.
        amount, cause: as the night saw them last (exact text, 元 or the base unit).
        escalated: a timing difference that should have come back by now.
        said, said_by, said_at, said_with: the last words about it, whose, when, and the submission they came with;
            `is_reason`: they are one, and nothing has changed since.
        spoken: words have come since the night last had something to tell.
        ceiling, keeper, until, accepted_by, accepted_at, accepted_for: the acceptance that holds; else None or "".
        why: what the last event of the night tells.
    """

    number: str
    district: str
    rule: str
    key: str
    period: str
    known: bool = False
    closed: bool = False
    amount: str = ""
    cause: str = ""
    escalated: bool = False
    said: str = ""
    said_by: str = ""
    said_at: datetime | None = None
    said_with: str = ""
    is_reason: bool = False
    spoken: bool = False
    ceiling: Decimal | None = None
    keeper: str = ""
    until: str = ""
    accepted_by: str = ""
    accepted_at: datetime | None = None
    accepted_for: str = ""
    why: str = ""

    @property
    def status(self) -> str:
        if self.closed:
            return CLOSED
        if self.ceiling is not None:
            return ACCEPTED
        return EXPLAINED if self.is_reason else OPEN


def standings(events: pl.DataFrame) -> dict[str, Standing]:
    """How every difference stands, by number.

    Args:
        events: EVENTS with `at` (Datetime) and `actor` where they are known, oldest first.
    """
    found: dict[str, Standing] = {}
    for row in events.iter_rows(named=True):
        number = row["difference"]
        place = (number, row["district"], row["rule"], row["key"], row["period"])
        found[number] = _after(found.get(number) or Standing(*place), row)
    return found


_NOT_ACCEPTED: Mapping[str, Any] = {
    "ceiling": None,
    "keeper": "",
    "until": "",
    "accepted_by": "",
    "accepted_at": None,
    "accepted_for": "",
}


def _after(s: Standing, row: Mapping[str, Any]) -> Standing:
    actor, at, reason = row.get("actor") or "", row.get("at"), row["reason"] or ""
    seen: dict[str, Any] = {
        "known": True,
        "amount": row["amount"],
        "cause": row["cause"],
        "why": reason,
        "spoken": False,
    }
    match row["event"]:
        case "open":
            # Words may have come before the night saw it: they are about these very figures.
            return replace(s, **seen, closed=False)
        case "reopened":
            late = s.escalated and row["cause"] == Cause.TIMING.value
            return replace(s, **seen, **_NOT_ACCEPTED, closed=False, is_reason=False, escalated=late)
        case "changed":
            return replace(s, **seen)
        case "escalated":
            return replace(s, **seen, escalated=True, is_reason=False)
        case "closed":
            return replace(s, **seen, **_NOT_ACCEPTED, closed=True, is_reason=False, escalated=False)
        case "remarked" if s.is_reason:
            return s  # A phrase takes nothing back that was said before it.
        case "explained" | "remarked":
            told: dict[str, Any] = {
                "said": reason,
                "said_by": actor,
                "said_at": at,
                "said_with": row.get("submission") or "",
            }
            return replace(s, **told, is_reason=row["event"] == "explained", spoken=True)
        case "accepted":
            told = {
                "ceiling": Decimal(row["ceiling"]),
                "keeper": row["keeper"] or "",
                "until": row["until"] or "",
                "accepted_for": reason,
            }
            return replace(s, **told, accepted_by=actor, accepted_at=at, escalated=False)
        case "withdrawn":
            return replace(s, **_NOT_ACCEPTED)
    return s  # corrected: what follows from it is told by the `closed` after it
