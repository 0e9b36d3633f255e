"""Two ledgers, row by row: on key and amount first, so that only the few that differ go on (R01)."""

from collections.abc import Mapping

import polars as pl

from transforms.edits.bounds import of_kind, where
from transforms.model import EXACT, Catalogue, Cause, Reconciliation, State
from transforms.reconcile.cause import CAUSE_OF_AMOUNTS
from transforms.reconcile.difference import shaped

SIDE: Mapping[str, pl.DataType] = {
    "district": pl.String(),
    "period": pl.String(),
    "key": pl.String(),
    "party": pl.String(),
    "day": pl.Date(),
    "amount": EXACT,
    "place": pl.String(),
    "submission": pl.String(),
    "counts": pl.Boolean(),
}
"""One row an entry. `counts`: it belongs to the month and has the state that is compared; the others are what a
missing entry is looked for among (another month, sent back)."""


def match_ledgers(
    rule: Reconciliation, tables: Mapping[str, pl.DataFrame], letters: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """Match two ledgers on their key, then on party, amount and days; what is left is explained where it is plain.

    Returns:
        COMPARED: for each district and period one row with key 合计 (the sums of both sides, its lines are the
        entries that differ) and one row an entry that differs.
    Source: reporting-system.md, R01; DESIGN.md, Reconciliation, 3 and 4.
    """
    left, right = (_entries(rule, name, tables, letters) for name in ("left", "right"))
    unit = catalogue.units[catalogue.column(rule.left).unit].base
    counted_left, counted_right = left.filter("counts"), right.filter("counts")
    exact = ["district", "period", "key", "amount"]
    rest_left = _numbered(counted_left, exact).join(_numbered(counted_right, exact), on=[*exact, "nth"], how="anti")
    rest_right = _numbered(counted_right, exact).join(_numbered(counted_left, exact), on=[*exact, "nth"], how="anti")
    rest_left, rest_right = _match_parties(rest_left, rest_right, rule)
    items = _explain(rest_left, rest_right, left, right, counted_left, counted_right)
    header = catalogue.column(rule.left).header
    named = items.with_columns(
        left=pl.lit(f"{rule.left.split('.')[0]} {header} ") + pl.col("key"),
        right=pl.lit(f"{rule.right.split('.')[0]} {catalogue.column(rule.right).header} ") + pl.col("key"),
        unit=pl.lit(unit),
        rule=pl.lit(rule.code),
        name=pl.lit(rule.name),
        owner=pl.lit(rule.owner),
        lines=pl.lit(1),
    )
    return pl.concat([_totals(counted_left, counted_right, named, rule, unit, catalogue), shaped(named)])


def _entries(
    rule: Reconciliation, name: str, tables: Mapping[str, pl.DataFrame], letters: pl.DataFrame
) -> pl.DataFrame:
    p = rule.params
    table, _, column = (rule.left if name == "left" else rule.right).rpartition(".")
    (key,) = p["key"]
    rows = tables[table].filter(of_kind("data"))
    of_column = letters.filter((pl.col("table") == table) & (pl.col("code") == column)).select("submission", "letter")
    rows = rows.join(of_column, on="submission", how="left", maintain_order="left")
    day = pl.col(p[f"{name}_date"])
    in_month = (day.dt.strftime("%Y-%m") == pl.col("period")).fill_null(False)
    return rows.select(
        "district",
        "period",
        key=pl.col(key),
        party=pl.col(p[f"{name}_party"]),
        day=day,
        amount=pl.col(column),
        place=pl.col("sheet") + "!" + pl.col("letter") + pl.col("row").cast(pl.String),
        submission="submission",
        counts=in_month & where(p.get(f"{name}_where", {})),
    ).select(pl.col(name).cast(kind) for name, kind in SIDE.items())


def _numbered(entries: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """The first, second … of equal entries, so that a duplicate is left over and not matched twice."""
    return entries.with_columns(nth=pl.int_range(pl.len()).over(keys))


def _match_parties(left: pl.DataFrame, right: pl.DataFrame, rule: Reconciliation) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out the entries that agree in party and amount within the days although their keys differ."""
    on = ["district", "period", "party", "amount"]
    keyed = [frame.with_row_index("id") for frame in (left, right)]
    both = keyed[0].join(keyed[1], on=on, how="inner")
    near = (pl.col("day") - pl.col("day_right")).dt.total_days().abs() <= rule.params["days"]
    both = both.filter(near).sort("id", "id_right")
    both = both.unique("id", keep="first", maintain_order=True).unique("id_right", keep="first", maintain_order=True)
    return (
        keyed[0].filter(~pl.col("id").is_in(both["id"].implode())).drop("id"),
        keyed[1].filter(~pl.col("id").is_in(both["id_right"].implode())).drop("id"),
    )


def _explain(
    rest_left: pl.DataFrame,
    rest_right: pl.DataFrame,
    left: pl.DataFrame,
    right: pl.DataFrame,
    counted_left: pl.DataFrame,
    counted_right: pl.DataFrame,
) -> pl.DataFrame:
    """One row an entry that differs, with its cause where it is plain."""
    on = ["district", "period", "key"]
    items = rest_left.join(rest_right, on=[*on, "nth"], how="full", coalesce=True, suffix="_right").rename(
        {
            "amount": "left_value",
            "amount_right": "right_value",
            "place": "left_cell",
            "place_right": "right_cell",
            "submission": "left_submission",
            "submission_right": "right_submission",
        }
    )
    for name, counted, every in (("left", counted_left, left), ("right", counted_right, right)):
        there = counted.group_by(on).agg(pl.len().alias(f"{name}_n"))
        elsewhere = (
            every.filter(~pl.col("counts"))
            .group_by("district", "key")
            .agg(pl.col("amount").first().alias(f"{name}_elsewhere"), pl.col("day").max().alias(f"{name}_day"))
        )
        items = items.join(there, on=on, how="left").join(elsewhere, on=["district", "key"], how="left")
    return _with_cause(items)


def _with_cause(items: pl.DataFrame) -> pl.DataFrame:
    zero = pl.lit(0).cast(EXACT)
    left, right = pl.col("left_value"), pl.col("right_value")
    only_left, only_right = right.is_null(), left.is_null()
    duplicate = (only_left & (pl.col("right_n") > 0)) | (only_right & (pl.col("left_n") > 0))
    later = (only_left & (pl.col("right_elsewhere") == left)) | (only_right & (pl.col("left_elsewhere") == right))
    amount = pl.coalesce("left_value", "right_value").cast(pl.String).str.replace(r"0{1,6}$", "")
    party = pl.when(only_left).then(pl.lit("国库")).otherwise(pl.lit("税务"))
    day = pl.coalesce("right_day", "left_day").dt.strftime("%Y-%m-%d").fill_null("日期不明")
    cause = (
        pl.when(later)
        .then(pl.lit(Cause.TIMING.value))
        .when(duplicate)
        .then(pl.lit(Cause.DUPLICATE.value))
        .when(only_left | only_right)
        .then(pl.lit(Cause.MISSING.value))
        .otherwise(CAUSE_OF_AMOUNTS)
    )
    explanation = (
        pl.when(later)
        .then(pl.format("{}在本月以外或未付状态列有同一凭证（{}）", party, day))
        .when(duplicate)
        .then(pl.lit("同一凭证重复列示"))
        .when(only_left | only_right)
        .then(pl.format("{}未列此凭证，金额 {} 元", party, amount))
        .otherwise(pl.lit("同一凭证两方金额不同"))
    )
    difference = left.fill_null(zero) - right.fill_null(zero)
    state = pl.when(later).then(pl.lit(State.TIMING.value)).otherwise(pl.lit(State.DIFFERENT.value))
    return items.with_columns(
        difference=difference, low=difference, high=difference, state=state, cause=cause, explanation=explanation
    )


def _totals(
    left: pl.DataFrame,
    right: pl.DataFrame,
    items: pl.DataFrame,
    rule: Reconciliation,
    unit: str,
    catalogue: Catalogue,
) -> pl.DataFrame:
    on = ["district", "period"]
    sums = _summed(left, "left").join(_summed(right, "right"), on=on, how="full", coalesce=True)
    found = items.group_by(on).agg(
        lines=pl.len(),
        timing=(pl.col("state") == State.TIMING.value).all(),
        # The cause of the largest entry; the entries themselves follow below.
        cause=pl.col("cause").sort_by(pl.col("difference").abs(), descending=True).first(),
        explanation=pl.col("explanation").sort_by(pl.col("difference").abs(), descending=True).first(),
    )
    sums = sums.join(found, on=on, how="left")
    difference = pl.col("left_value") - pl.col("right_value")
    state = (
        pl.when(difference.is_null())
        .then(pl.lit(State.ONE_SIDED.value))
        .when(pl.col("lines").is_null())
        .then(pl.lit(State.EQUAL.value))
        .when("timing")
        .then(pl.lit(State.TIMING.value))
        .otherwise(pl.lit(State.DIFFERENT.value))
    )
    header = catalogue.column(rule.left).header
    named = sums.with_columns(
        key=pl.lit("合计"),
        left=pl.lit(f"{rule.left.split('.')[0]} {header} 当月合计"),
        right=pl.lit(f"{rule.right.split('.')[0]} {catalogue.column(rule.right).header} 当月合计"),
        unit=pl.lit(unit),
        rule=pl.lit(rule.code),
        name=pl.lit(rule.name),
        owner=pl.lit(rule.owner),
        difference=difference,
        low=difference,
        high=difference,
        state=state,
        cause=pl.col("cause").fill_null(""),
        lines=pl.col("lines").fill_null(0),
        explanation=pl.when(pl.col("lines") > 1)
        .then(pl.format("{}笔不符，最大一笔：{}", "lines", "explanation"))
        .otherwise(pl.col("explanation").fill_null("")),
    )
    return shaped(named.sort(on))


def _summed(entries: pl.DataFrame, name: str) -> pl.DataFrame:
    return entries.group_by("district", "period").agg(
        pl.col("amount").sum().alias(f"{name}_value"), pl.col("submission").first().alias(f"{name}_submission")
    )
