"""The differences that a published month shows: its own, and those of earlier months that are not closed."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from transforms import period
from transforms.follow.events import CLOSED, LIVING, OPEN, Standing, number_of
from transforms.follow.night import OVERDUE
from transforms.follow.settle import OPEN_STATES, settle
from transforms.model import EXACT, Cause, State
from transforms.reconcile.difference import COMPARED
from transforms.spans import last_month_of

STANDING: Mapping[str, pl.DataType] = {
    "said": pl.String(),
    "said_by": pl.String(),
    "said_at": pl.Datetime("us"),
    "is_reason": pl.Boolean(),
    "ceiling": EXACT,
    "keeper": pl.String(),
    "until": pl.String(),
    "accepted_by": pl.String(),
    "accepted_at": pl.Datetime("us"),
    "accepted_for": pl.String(),
    "why": pl.String(),
}

FOLLOWED: Mapping[str, pl.DataType] = {
    "id": pl.String(),
    **COMPARED,
    "since": pl.String(),
    "age": pl.Int64(),
    "status": pl.String(),
    "escalated": pl.Boolean(),
    **STANDING,
}
"""COMPARED with `id`, `since` (the period it is of), `age` (whole months carried up to the published month), `status`
(open, explained, accepted, closed, or "" for a pair that agrees), `escalated` (a timing difference that should have
come back by that month and has not: its state is 有差异, its cause 未查明), and what people said of it and decided
(see events.Standing; null where nothing was)."""


def follow(
    compared: pl.DataFrame,
    month: str,
    ledger: Mapping[str, Standing] | None = None,
    after: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """The pairs of a month and the differences of earlier months that are not closed.

    Args:
        compared: difference.COMPARED over all periods known.
        month: the published month.
        ledger: how the differences stand at that moment (events.standings); without it a pair that differs is open.
        after: see `settle`.
    Returns:
        FOLLOWED: every pair of the month (of the quarter that ends with it), and of earlier months those that still
        differ or were open when a side was taken back; what a later month up to this one has put right is settled.
    """
    ends = last_month_of(pl.col("period"))
    known = settle(compared.filter(ends <= month), after)
    places = known.select("district", "rule", "period", "key").iter_rows()
    known = known.with_columns(id=pl.Series([number_of(*place) for place in places], dtype=pl.String))
    known = known.join(_frame_of(ledger or {}), on="id", how="left", maintain_order="left")
    living = pl.col("ledger").is_in(LIVING).fill_null(False)
    differs = pl.col("state").is_in(OPEN_STATES) & ~pl.col("settled")
    untold = (pl.col("state") == State.ONE_SIDED.value) & living
    kept = known.filter((ends == month) | ((ends < month) & (differs | untold)))
    ages = {p: len(period.months_between(period.last_month(p), month)) - 1 for p in kept["period"].unique()}
    escalated = pl.col("overdue") & (pl.col("ledger").fill_null("") != "accepted")
    words = pl.format("{}：{}", pl.lit(OVERDUE), "explanation")
    return kept.with_columns(
        since="period",
        age=pl.col("period").replace_strict(ages, default=0, return_dtype=pl.Int64),
        status=_status(living),
        escalated=escalated,
        state=pl.when(escalated).then(pl.lit(State.DIFFERENT.value)).otherwise("state"),
        cause=pl.when(escalated).then(pl.lit(Cause.UNEXPLAINED.value)).otherwise("cause"),
        explanation=pl.when(escalated).then(words).otherwise("explanation"),
    ).select(list(FOLLOWED))


def _status(living: pl.Expr) -> pl.Expr:
    """That of the ledger while the pair differs or cannot be verified; nothing where it agrees."""
    differs = pl.col("state").is_in(OPEN_STATES)
    untold = pl.col("state") == State.ONE_SIDED.value
    closed_later = pl.when(pl.col("ledger") == CLOSED).then(pl.lit(CLOSED)).otherwise(pl.lit(OPEN))
    put_right = differs & pl.col("settled")
    return (
        pl.when(put_right)
        .then(pl.lit(CLOSED))
        .when((differs | untold) & living)
        .then("ledger")
        .when(differs)
        .then(closed_later)
        .otherwise(pl.lit(""))
    )


def _frame_of(ledger: Mapping[str, Standing]) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for number, s in ledger.items():
        told = {name: getattr(s, name) if getattr(s, name) != "" else None for name in STANDING}
        # Words spoken before the night saw a difference have no standing yet.
        rows.append({"id": number, "ledger": s.status if s.known or s.said else None, **told})
    return pl.DataFrame(rows, schema={"id": pl.String(), "ledger": pl.String(), **STANDING}, orient="row")
