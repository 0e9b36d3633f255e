"""The ledger of differences: one number for each, kept from month to month until it is closed."""

import hashlib
from collections.abc import Mapping
from typing import Any

import polars as pl

from transforms import period
from transforms.model import State
from transforms.reconcile.difference import COMPARED
from transforms.spans import last_month_of

TOTAL = "合计"
OPEN_STATES = (State.DIFFERENT.value, State.TIMING.value)

FOLLOWED: Mapping[str, pl.DataType] = {
    "id": pl.String(),
    **COMPARED,
    "since": pl.String(),
    "age": pl.Int64(),
    "status": pl.String(),
}
"""COMPARED with `id`, `since` (the period it is of), `age` (whole months carried up to the published month) and
`status` (open, closed or "" for a pair that agrees)."""

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
}


def number_of(district: str, rule: str, month: str, key: str) -> str:
    """The number of a difference: from district, rule, period and key alone, so that it is the same on every run.

    Eight digits: with four, a ledger of three hundred entries would have two of one number more often than not.
    """
    digest = hashlib.sha256(f"{district}/{key}".encode()).hexdigest()
    return f"{rule}-{month.replace('-', '')}-{digest[:8].upper()}"


def settle(compared: pl.DataFrame) -> pl.DataFrame:
    """Mark what a later month has put right (`settled`, Boolean).

    A timing difference is settled when the entry has come back with the other sign: over all months of its key nothing
    is left. The 合计 of a month is settled when every entry behind it is, and where no entries stand behind it (a
    cumulative figure) when a later month agrees. Source: DESIGN.md, Reconciliation, 7.
    """
    entry = pl.col("key") != TOTAL
    timing = pl.col("state") == State.TIMING.value
    zero = pl.col("difference").sum().over("district", "rule", "key", timing) == 0
    months = pl.len().over("district", "rule", "key", timing)
    of_entry = (entry & timing & zero & (months > 1)).fill_null(False)
    marked = compared.with_columns(settled=of_entry)
    open_entries = (entry & pl.col("state").is_in(OPEN_STATES) & ~pl.col("settled")).sum()
    all_entries = (entry & pl.col("state").is_in(OPEN_STATES)).sum()
    group = ("district", "rule", "period")
    agrees = pl.col("state").is_in([State.EQUAL.value, State.WITHIN_ROUNDING.value])
    agreed = pl.col("period").filter(agrees).max().over("district", "rule", "key")
    later = (agreed > pl.col("period")).fill_null(False)
    none_open = (all_entries.over(group) > 0) & (open_entries.over(group) == 0)
    of_total = ~entry & timing & (none_open | ((all_entries.over(group) == 0) & later))
    return marked.with_columns(settled=pl.col("settled") | of_total)


def follow(compared: pl.DataFrame, month: str) -> pl.DataFrame:
    """The pairs of a month and the differences of earlier months that are still open.

    Args:
        compared: difference.COMPARED over all periods known.
        month: the published month.
    Returns:
        FOLLOWED: every pair of the month (of the quarter that ends with it), and of earlier months those that still differ; what a later month up to
        this one has put right is settled.
    """
    ends = last_month_of(pl.col("period"))
    known = settle(compared.filter(ends <= month))
    carried = (ends < month) & pl.col("state").is_in(OPEN_STATES) & ~pl.col("settled")
    kept = known.filter((ends == month) | carried)
    numbers = [number_of(*row) for row in kept.select("district", "rule", "period", "key").iter_rows()]
    ages = {p: len(period.months_between(period.last_month(p), month)) - 1 for p in kept["period"].unique()}
    return kept.with_columns(
        id=pl.Series(numbers, dtype=pl.String),
        since="period",
        age=pl.col("period").replace_strict(ages, default=0, return_dtype=pl.Int64),
        status=pl.when(pl.col("state").is_in(OPEN_STATES)).then(pl.lit("open")).otherwise(pl.lit("")),
    ).select(list(FOLLOWED))


def new_events(compared: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """What this run adds to the record: differences opened, changed or closed since the last event of each.

    Args:
        compared: difference.COMPARED over all periods known.
        events: the events so far, oldest first: EVENTS without reason.
    Returns:
        EVENTS: open, reopened (amount or cause changed, or closed before) and closed. A pair that cannot be verified
        any more says nothing: what was open stays so.
    """
    last = {row["difference"]: row for row in events.iter_rows(named=True)}
    found, seen, judged = [], set(), set()
    for row in settle(compared).iter_rows(named=True):
        number = number_of(row["district"], row["rule"], row["period"], row["key"])
        seen.add(number)
        if row["state"] == State.ONE_SIDED:
            continue
        judged.add((row["district"], row["rule"], row["period"]))
        is_open = row["state"] in OPEN_STATES and not row["settled"]
        amount = f"{row['difference']:f}" if row["difference"] is not None else ""
        if event := _event(last.get(number), is_open, amount, row["cause"]):
            found.append(_told(row, number, event, amount, row["cause"] if is_open else "", row["explanation"] or ""))
    for number, row in last.items():
        gone = number not in seen and (row["district"], row["rule"], row["period"]) in judged
        if gone and row["event"] != "closed":
            found.append(_told(row, number, "closed", "", "", GONE))
    return pl.DataFrame(found, schema=EVENTS, orient="row")


GONE = "两方已一致，不再列示"


def _told(row: Mapping[str, Any], number: str, event: str, amount: str, cause: str, reason: str) -> dict[str, str]:
    place = {name: row[name] for name in ("district", "rule", "key", "period")}
    return {**place, "difference": number, "event": event, "amount": amount, "cause": cause, "reason": reason}


def _event(before: Mapping[str, str] | None, is_open: bool, amount: str, cause: str) -> str:
    if before is None:
        return "open" if is_open else ""
    if before["event"] == "closed":
        return "reopened" if is_open else ""
    if not is_open:
        return "closed"
    return "reopened" if (before["amount"], before["cause"]) != (amount, cause) else ""
