"""What a later period has put right, and what it should have put right by now."""

from collections.abc import Mapping

import polars as pl

from transforms import period
from transforms.model import State
from transforms.spans import last_month_of

TOTAL = "合计"
OPEN_STATES = (State.DIFFERENT.value, State.TIMING.value)
AGREEING = (State.EQUAL.value, State.WITHIN_ROUNDING.value)


def settle(compared: pl.DataFrame, after: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Mark what a later period has put right (`settled`), and timing differences that it did not (`overdue`; Boolean).

    A timing difference is settled when the entry has come back with the other sign: over all periods of its key nothing
    is left. The 合计 of a period is settled when every entry behind it is, and where no entries stand behind it (a
    figure) when a later period agrees, when its neighbour makes up for it, or when the entries of its year that explain it
    are settled. It must
    come back in the next period: once both sides of that have been held against each other and it has not, it is
    overdue. While they have not, nobody can say.

    Args:
        compared: difference.COMPARED.
        after: rule → the rule whose entries explain its cumulative figures.
    Source: DESIGN.md, Reconciliation, 7.
    """
    entry = pl.col("key") != TOTAL
    timing = pl.col("state") == State.TIMING.value
    zero = pl.col("difference").sum().over("district", "rule", "key", timing) == 0
    periods = pl.len().over("district", "rule", "key", timing)
    of_entry = (entry & timing & zero & (periods > 1)).fill_null(False)
    marked = compared.with_columns(settled=of_entry)
    open_entries = (entry & pl.col("state").is_in(OPEN_STATES) & ~pl.col("settled")).sum()
    all_entries = (entry & pl.col("state").is_in(OPEN_STATES)).sum()
    group = ("district", "rule", "period")
    agreed = pl.col("period").filter(pl.col("state").is_in(AGREEING)).max().over("district", "rule", "key")
    later = (agreed > pl.col("period")).fill_null(False)
    none_open = (all_entries.over(group) > 0) & (open_entries.over(group) == 0)
    alone = all_entries.over(group) == 0
    of_total = ~entry & timing & (none_open | (alone & later))
    marked = marked.with_columns(settled=pl.col("settled") | of_total | (timing & alone & _made_up_for(marked)))
    marked = _settled_by_items(marked, after or {})
    judged = marked.filter(pl.col("state") != State.ONE_SIDED.value).select("district", "rule", "period").unique()
    next_period = {p: period.shift(p, 1) for p in marked["period"].unique()}
    before = judged.select("district", "rule", back="period", came=True)
    marked = marked.with_columns(
        back=pl.col("period").replace_strict(next_period, default=None, return_dtype=pl.String)
    )
    marked = marked.join(before, on=["district", "rule", "back"], how="left", maintain_order="left")
    overdue = timing & ~pl.col("settled") & pl.col("came").fill_null(False)
    return marked.with_columns(overdue=overdue).drop("back", "came")


def _made_up_for(marked: pl.DataFrame) -> pl.Series:
    """Timing differences of figures whose neighbouring period differs the other way by as much, give or take the rounding
    of both: there is nothing left to come back (reconcile.figures)."""
    of_key = ("district", "rule", "key")
    ends = last_month_of(pl.col("period"))
    month = ends.str.slice(0, 4).cast(pl.Int64) * 12 + ends.str.slice(5, 2).cast(pl.Int64)
    step = pl.when(pl.col("period").str.contains("Q")).then(3).otherwise(1)
    made_up = pl.lit(False)
    for back in (1, -1):
        low, high, state, at = (
            pl.col(name).shift(back).over(of_key, order_by="at") for name in ("low", "high", "state", "at")
        )
        near = ((pl.col("at") - at).abs() == step) & (state == State.TIMING.value)
        made_up |= near & (pl.col("low") + low <= 0) & (pl.col("high") + high >= 0)
    return marked.with_columns(at=month).select(made_up.fill_null(False).alias("made_up")).to_series()


def _settled_by_items(marked: pl.DataFrame, after: Mapping[str, str]) -> pl.DataFrame:
    """A cumulative figure that lagged by the entries of its year (R02 by those of R01) is settled with the last of
    them, although the next period lags by entries of its own."""
    if not after:
        return marked
    timing = pl.col("state") == State.TIMING.value
    entries = marked.filter(pl.col("rule").is_in(list(after.values())), pl.col("key") != TOTAL, timing)
    items = entries.select(
        "district",
        items="rule",
        year=pl.col("period").str.head(4),
        month=last_month_of(pl.col("period")),
        left="settled",
    )
    lagging = marked.with_row_index("n").filter(pl.col("rule").is_in(list(after)), timing, ~pl.col("settled"))
    asked = lagging.select(
        "n",
        "district",
        items=pl.col("rule").replace_strict(dict(after), return_dtype=pl.String),
        year=pl.col("period").str.head(4),
        ends=last_month_of(pl.col("period")),
    )
    behind = asked.join(items, on=["district", "items", "year"]).filter(pl.col("month") <= pl.col("ends"))
    done = behind.group_by("n").agg(all=pl.col("left").all()).filter("all")["n"]
    by_items = pl.int_range(pl.len()).is_in(done.cast(pl.Int64).implode())
    return marked.with_columns(settled=pl.col("settled") | by_items)
