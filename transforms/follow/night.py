"""What one night adds to the ledger of differences."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period
from transforms.follow.events import ACCEPTED, EVENTS, Standing, number_of, standings
from transforms.follow.sentences import amount_of, sides_of, until_of
from transforms.follow.settle import OPEN_STATES, settle
from transforms.model import State

GONE = "两方已一致，不再列示"
AGREED = "两方一致"
SETTLED = "已在后续期间冲回"
OVERDUE = "按时间差应在下一期冲回，逾期未冲回，视为原因未查明"
LOCKED = "该期已锁定，此后数据有修订。"

CAME: Mapping[str, pl.DataType] = {
    "submission": pl.String(),
    "form": pl.String(),
    "version": pl.Int64(),
    "decided_at": pl.Datetime("us"),
}


def new_events(
    compared: pl.DataFrame,
    events: pl.DataFrame,
    *,
    came: pl.DataFrame | None = None,
    month: str = "",
    locked: Collection[tuple[str, str]] = (),
    after: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """What this run adds to the record: differences opened, changed, escalated, corrected or closed since the last
    event of each.

    Args:
        compared: difference.COMPARED over all periods known.
        events: the events so far, oldest first: EVENTS, with `at` and `actor` where known.
        came: CAME, the submissions that count: one that was decided after the night last spoke is what corrected.
        month: the month of the run (YYYY-MM): acceptances until an earlier one are over.
        locked: (district, month) that is closed: what changes there is told as a revision.
        after: see `settle`.
    Returns:
        EVENTS. A pair that cannot be verified any more says nothing: what was open stays so.
    """
    ledger = standings(events)
    told_at = _told_at(events)
    sources = came if came is not None else pl.DataFrame(schema=CAME)
    decided = {row["submission"]: row for row in sources.iter_rows(named=True)}
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    judged: dict[tuple[str, str, str], set[str]] = {}
    for row in settle(compared, after).iter_rows(named=True):
        number = number_of(row["district"], row["rule"], row["period"], row["key"])
        seen.add(number)
        if row["state"] == State.ONE_SIDED:
            continue
        sides = {row["left_submission"], row["right_submission"]} - {None}
        judged.setdefault((row["district"], row["rule"], row["period"]), set()).update(sides)
        revised = LOCKED if (row["district"], period.last_month(row["period"])) in locked else ""
        new = [decided[s] for s in sides if s in decided and _is_later(decided[s], told_at.get(number))]
        found += _of_pair(row, number, ledger.get(number), month, new, revised)
    for number, s in ledger.items():
        place = (s.district, s.rule, s.period)
        if number not in seen and place in judged and s.known and not s.closed:
            new = [decided[x] for x in judged[place] if x in decided and _is_later(decided[x], told_at.get(number))]
            found += _closing(_row_of(s), number, new, GONE)
    told = {row["difference"] for row in found}
    found += [
        _event(_row_of(s), number, "reopened", s.amount, s.cause, _expired(s))
        for number, s in ledger.items()
        if number not in told and s.status == ACCEPTED and month and s.until < month
    ]
    return pl.DataFrame(found, schema=EVENTS, orient="row")


def _told_at(events: pl.DataFrame) -> dict[str, datetime]:
    """When the night last told something of each difference."""
    if "at" not in events.columns:
        return {}
    of_night = events.filter(pl.col("event").is_in(["open", "reopened", "changed", "escalated", "closed"]))
    return dict(of_night.select("difference", "at").iter_rows())


def _is_later(submission: Mapping[str, Any], told_at: datetime | None) -> bool:
    return told_at is not None and submission["decided_at"] is not None and submission["decided_at"] > told_at


def _of_pair(
    row: Mapping[str, Any], number: str, s: Standing | None, month: str, new: Sequence[Mapping[str, Any]], revised: str
) -> Iterator[dict[str, Any]]:
    """What a pair that could be held against each other adds, given how its difference stood."""
    is_open = row["state"] in OPEN_STATES and not row["settled"]
    amount = f"{row['difference']:f}" if row["difference"] is not None else ""
    now = (amount, row["cause"])
    sides = f"{sides_of(row)}。{row['explanation'] or ''}".rstrip("。")
    if s is None or not s.known or s.closed:
        if is_open:
            again = s is not None and s.known
            words = f"{revised}{'两方又不一致：' if again else ''}{sides}"
            yield _event(row, number, "reopened" if again else "open", *now, words)
        if is_open and row["overdue"]:
            yield _event(row, number, "escalated", *now, OVERDUE)
    elif not is_open:
        why = SETTLED if row["settled"] else AGREED
        yield from _closing(row, number, new, why, amount)
    else:
        yield from _still_open(row, number, s, month, now, sides, revised)


def _still_open(
    row: Mapping[str, Any], number: str, s: Standing, month: str, now: tuple[str, str], sides: str, revised: str
) -> Iterator[dict[str, Any]]:
    changed = (s.amount, s.cause) != now
    accepted = s.status == ACCEPTED
    if accepted and (why := _no_longer_accepted(row, s, month)):
        yield _event(row, number, "reopened", *now, f"{revised}{why}{sides}")
        accepted = False
    elif changed:
        # Words that came with the very figures that changed it are about them.
        with_it = s.is_reason and s.spoken and s.said_with in (row["left_submission"], row["right_submission"])
        kept = accepted or (bool(s.said_with) and with_it)
        words = f"{revised}{_change(row, s, now)}{sides}"
        yield _event(row, number, "changed" if kept else "reopened", *now, words)
    if row["overdue"] and not s.escalated and not accepted:
        yield _event(row, number, "escalated", *now, OVERDUE)


def _no_longer_accepted(row: Mapping[str, Any], s: Standing, month: str) -> str:
    assert s.ceiling is not None
    if row["difference"] is not None and abs(row["difference"]) > s.ceiling:
        return f"超过接受的限额 {amount_of(s.ceiling, row['unit'])}。"
    return _expired(s) if month and s.until < month else ""


def _expired(s: Standing) -> str:
    return f"接受{until_of(s.until)}，已到期。"


def _change(row: Mapping[str, Any], s: Standing, now: tuple[str, str]) -> str:
    amount, cause = now
    if s.amount != amount:
        before = amount_of(Decimal(s.amount), row["unit"], sign=True) if s.amount else "不明"
        return f"差额由 {before} 变为 {amount_of(row['difference'], row['unit'], sign=True)}。"
    return f"原因由“{s.cause or '未定'}”变为“{cause or '未定'}”。"


def _closing(
    row: Mapping[str, Any], number: str, new: Sequence[Mapping[str, Any]], why: str, amount: str = ""
) -> Iterator[dict[str, Any]]:
    """`corrected`, where a submission has come since that made it so, and `closed`."""
    if new:
        last = max(new, key=lambda s: (s["decided_at"], s["submission"]))
        words = f"{last['form']} V{last['version']} 报送后{AGREED}"
        yield _event(row, number, "corrected", amount, "", words) | {"submission": last["submission"]}
    yield _event(row, number, "closed", amount, "", why)


def _row_of(s: Standing) -> dict[str, Any]:
    return {"district": s.district, "rule": s.rule, "key": s.key, "period": s.period}


def _event(row: Mapping[str, Any], number: str, event: str, amount: str, cause: str, reason: str) -> dict[str, Any]:
    place = {name: row[name] for name in ("district", "rule", "key", "period")}
    told = {"difference": number, "event": event, "amount": amount, "cause": cause, "reason": reason}
    return {**dict.fromkeys(EVENTS), **place, **told}
