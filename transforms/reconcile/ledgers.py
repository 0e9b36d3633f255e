"""Two ledgers, row by row: on key and amount first, so that only the few that differ go on (R01)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

import polars as pl

from transforms.edits.bounds import of_kind, where
from transforms.model import EXACT, Catalogue, Cause, Reconciliation, State
from transforms.reconcile.cause import CAUSE_OF_AMOUNTS
from transforms.reconcile.difference import shaped
from transforms.reconcile.filings import filings

SIDE: Mapping[str, pl.DataType] = {
    "id": pl.Int64(),
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

OF_MONTH = ["district", "period"]
NAMES = {"left": "税务", "right": "国库"}
CELLS = 5


def match_ledgers(
    rule: Reconciliation, tables: Mapping[str, pl.DataFrame], letters: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """Match two ledgers on key and amount, then on the sum of a key, then on party, amount and days.

    What is left is explained where it is plain.

    Returns:
        COMPARED: for each district and period one row with key 合计 (the sums of both sides, its lines are the
        keys that differ) and one row a key that differs. Where a side was not filed there is the 合计 row alone.
    Source: reporting-system.md, R01; DESIGN.md, Reconciliation, 3 and 4.
    """
    left, right = (_entries(rule, name, tables, letters) for name in ("left", "right"))
    filed_left, filed_right = (filings(tables, p.rpartition(".")[0], letters) for p in (rule.left, rule.right))
    unit = catalogue.units[catalogue.column(rule.left).unit].base
    both = filed_left.join(filed_right, on=OF_MONTH)
    counted_left, counted_right = (side.filter("counts").join(both, on=OF_MONTH, how="semi") for side in (left, right))
    rest_left, rest_right = _match_entries(_numbered(counted_left), _numbered(counted_right))
    rest_left, rest_right = _match_sums(rest_left, rest_right)
    rest_left, rest_right = _match_parties(rest_left, rest_right, rule.params["days"])
    items = _paired(rest_left, rest_right)
    items = _found_elsewhere(items, "left", right, _without(counted_right, rest_right))
    items = _found_elsewhere(items, "right", left, _without(counted_left, rest_left))
    header = catalogue.column(rule.left).header
    named = _with_cause(items).with_columns(
        left=pl.lit(f"{rule.left.split('.')[0]} {header} ") + pl.col("key"),
        right=pl.lit(f"{rule.right.split('.')[0]} {catalogue.column(rule.right).header} ") + pl.col("key"),
        unit=pl.lit(unit),
        rule=pl.lit(rule.code),
        name=pl.lit(rule.name),
        owner=pl.lit(rule.owner),
        lines=pl.lit(1),
    )
    sums = _summed(left, filed_left, "left").join(
        _summed(right, filed_right, "right"), on=OF_MONTH, how="full", coalesce=True
    )
    return pl.concat([_totals(sums, named, rule, unit, catalogue), shaped(named)])


def _entries(
    rule: Reconciliation, name: str, tables: Mapping[str, pl.DataFrame], letters: pl.DataFrame
) -> pl.DataFrame:
    p = rule.params
    table, _, column = (rule.left if name == "left" else rule.right).rpartition(".")
    (key,) = p["key"]
    rows = tables[table].filter(of_kind("data"))
    of_column = letters.filter((pl.col("table") == table) & (pl.col("code") == column)).select("submission", "letter")
    rows = rows.join(of_column.unique("submission"), on="submission", how="left", maintain_order="left")
    day = pl.col(p[f"{name}_date"])
    in_month = (day.dt.strftime("%Y-%m") == pl.col("period")).fill_null(False)
    return (
        rows.with_row_index("id")
        .select(
            "id",
            "district",
            "period",
            # Entries without a number are one item of their side, and never the other side's.
            key=pl.col(key).fill_null(f"（{NAMES[name]}无凭证号）"),
            party=pl.col(p[f"{name}_party"]),
            day=day,
            amount=pl.col(column),
            place=pl.col("sheet") + "!" + pl.col("letter") + pl.col("row").cast(pl.String),
            submission="submission",
            counts=in_month & where(p.get(f"{name}_where", {})),
        )
        .select(pl.col(name).cast(kind) for name, kind in SIDE.items())
    )


def _numbered(entries: pl.DataFrame) -> pl.DataFrame:
    """The first, second … of equal entries, so that a duplicate is left over and not matched twice."""
    return entries.with_columns(nth=pl.int_range(pl.len()).over(*OF_MONTH, "key", "amount"))


def _match_entries(left: pl.DataFrame, right: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    on = [*OF_MONTH, "key", "amount", "nth"]
    return (
        left.join(right, on=on, how="anti", maintain_order="left"),
        right.join(left, on=on, how="anti", maintain_order="left"),
    )


def _match_sums(left: pl.DataFrame, right: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out the keys whose lines add up to the other side's: one voucher in several lines."""
    on = [*OF_MONTH, "key"]
    sums = [side.group_by(on).agg(amount=_sum_of_told()) for side in (left, right)]
    equal = sums[0].join(sums[1], on=[*on, "amount"], how="semi")
    return (
        left.join(equal, on=on, how="anti", maintain_order="left"),
        right.join(equal, on=on, how="anti", maintain_order="left"),
    )


def _sum_of_told() -> pl.Expr:
    """The sum of amounts; null where one of them was not told."""
    amount = pl.col("amount")
    return pl.when(amount.null_count() == 0).then(amount.sum())


def _match_parties(left: pl.DataFrame, right: pl.DataFrame, days: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Take out the entries that agree in party and amount within the days although their keys differ."""
    on = [*OF_MONTH, "party", "amount"]
    near = [
        side.join(other, on=on, how="semi").drop_nulls("day").select(*on, "day", "id").sort("day", "id")
        for side, other in ((left, right), (right, left))
    ]
    grouped: tuple[dict[tuple[object, ...], list[tuple[date, int]]], ...] = (defaultdict(list), defaultdict(list))
    for entries, groups in zip(near, grouped, strict=True):
        for *group, day, number in entries.iter_rows():
            groups[tuple(group)].append((day, number))
    taken: tuple[list[int], list[int]] = ([], [])
    for key, some in grouped[0].items():
        _take_pairs(some, grouped[1][key], days, taken)
    return (
        left.filter(~pl.col("id").is_in(taken[0])),
        right.filter(~pl.col("id").is_in(taken[1])),
    )


def _take_pairs(
    left: list[tuple[date, int]], right: list[tuple[date, int]], days: int, taken: tuple[list[int], list[int]]
) -> None:
    """Both sides by day, earliest with earliest: with one width for all, no other choice takes more pairs."""
    i = j = 0
    while i < len(left) and j < len(right):
        apart = (right[j][0] - left[i][0]).days
        if abs(apart) <= days:
            taken[0].append(left[i][1])
            taken[1].append(right[j][1])
        i, j = i + (apart >= -days), j + (apart <= days)


def _paired(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """One row a key that differs: what is left of either side, its cells, and whether it merely repeats."""
    on = [*OF_MONTH, "key"]
    sides = [
        side.group_by(on, maintain_order=True).agg(
            _sum_of_told().alias(f"{name}_value"),
            pl.col("place").head(CELLS).str.join("、").alias(f"{name}_cell"),
            pl.col("submission").first().alias(f"{name}_submission"),
            (pl.col("nth") > 0).all().alias(f"{name}_repeats"),
        )
        for name, side in (("left", left), ("right", right))
    ]
    items = sides[0].join(sides[1], on=on, how="full", coalesce=True)
    same = (pl.col("left_value") == pl.col("right_value")).fill_null(False)
    return items.filter(~same).sort(on)


def _without(counted: pl.DataFrame, rest: pl.DataFrame) -> pl.DataFrame:
    return counted.join(rest, on="id", how="anti")


def _found_elsewhere(items: pl.DataFrame, name: str, other: pl.DataFrame, matched: pl.DataFrame) -> pl.DataFrame:
    """Add `<name>_day` and `<name>_later`: whether the other side has this key and amount in a neighbouring month or
    in another state. An entry that was matched in its own month explains no other, nor do its copies in the
    cumulative ledgers of later months."""
    on = ["district", "key", "amount"]
    of_day = pl.col("day").dt.strftime("%Y-%m")
    free = other.with_columns(month=of_day).join(
        matched.with_columns(month=of_day).select(*on, "month"), on=[*on, "month"], how="anti", nulls_equal=True
    )
    free = free.select(*on, "day", pl.coalesce("month", "period").alias("month")).unique()
    wanted = items.select(*OF_MONTH, "key", pl.col(f"{name}_value").alias("amount"))
    apart = (_month_number("month") - _month_number("period")).abs()
    near = wanted.join(free, on=on).filter(apart <= 1)
    days = near.group_by(*OF_MONTH, "key").agg(
        pl.col("day").max().alias(f"{name}_day"), pl.lit(True).first().alias(f"{name}_later")
    )
    return items.join(days, on=[*OF_MONTH, "key"], how="left", maintain_order="left")


def _month_number(column: str) -> pl.Expr:
    month = pl.col(column)
    return month.str.slice(0, 4).cast(pl.Int64) * 12 + month.str.slice(5, 2).cast(pl.Int64)


def _with_cause(items: pl.DataFrame) -> pl.DataFrame:
    zero = pl.lit(0).cast(EXACT)
    left, right = pl.col("left_value"), pl.col("right_value")
    only_left, only_right = pl.col("right_submission").is_null(), pl.col("left_submission").is_null()
    one = only_left | only_right
    untold = (left.is_null() & ~only_right) | (right.is_null() & ~only_left)
    duplicate = one & pl.when(only_left).then("left_repeats").otherwise("right_repeats")
    later = one & ~duplicate & pl.when(only_left).then("left_later").otherwise("right_later").fill_null(False)
    amount = pl.coalesce("left_value", "right_value").cast(pl.String).str.replace(r"0{1,6}$", "")
    party = pl.when(only_left).then(pl.lit(NAMES["right"])).otherwise(pl.lit(NAMES["left"]))
    day = pl.when(only_left).then("left_day").otherwise("right_day").dt.strftime("%Y-%m-%d").fill_null("日期不明")
    rows = [
        (untold, State.ONE_SIDED, pl.lit(Cause.NONE.value), pl.lit("同一凭证有一方未报金额")),
        (duplicate, State.DIFFERENT, pl.lit(Cause.DUPLICATE.value), pl.lit("同一凭证重复列示")),
        (
            later,
            State.TIMING,
            pl.lit(Cause.TIMING.value),
            pl.format("{}在本月以外或未付状态列有同一凭证（{}）", party, day),
        ),
        (one, State.DIFFERENT, pl.lit(Cause.MISSING.value), pl.format("{}未列此凭证，金额 {} 元", party, amount)),
        (pl.lit(True), State.DIFFERENT, CAUSE_OF_AMOUNTS, pl.lit("同一凭证两方金额不同")),
    ]
    first_fit = {
        "state": pl.coalesce(pl.when(fits).then(pl.lit(state.value)) for fits, state, _, _ in rows),
        "cause": pl.coalesce(pl.when(fits).then(cause) for fits, _, cause, _ in rows),
        "explanation": pl.coalesce(pl.when(fits).then(words) for fits, _, _, words in rows),
    }
    difference = pl.when(~untold).then(left.fill_null(zero) - right.fill_null(zero))
    return items.with_columns(difference=difference, low=difference, high=difference, **first_fit)


def _totals(
    sums: pl.DataFrame, items: pl.DataFrame, rule: Reconciliation, unit: str, catalogue: Catalogue
) -> pl.DataFrame:
    largest = pl.col("difference").abs()
    found = items.group_by(OF_MONTH).agg(
        lines=pl.len(),
        timing=(pl.col("state") == State.TIMING.value).all(),
        # The cause of the largest entry; the entries themselves follow below.
        cause=pl.col("cause").sort_by(largest, "key", descending=[True, False], nulls_last=True).first(),
        explanation=pl.col("explanation").sort_by(largest, "key", descending=[True, False], nulls_last=True).first(),
    )
    sums = sums.join(found, on=OF_MONTH, how="left")
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
        cause=pl.when(difference.is_not_null()).then("cause").fill_null(""),
        lines=pl.col("lines").fill_null(0),
        explanation=pl.when(pl.col("lines") > 1)
        .then(pl.format("{}笔不符，最大一笔：{}", "lines", "explanation"))
        .otherwise(pl.col("explanation").fill_null("")),
    )
    return shaped(named.sort(OF_MONTH))


def _summed(entries: pl.DataFrame, filed: pl.DataFrame, name: str) -> pl.DataFrame:
    """The sum of what counts, of each month that was filed: zero where nothing counts."""
    sums = entries.filter("counts").group_by(OF_MONTH).agg(_sum_of_told().alias("sum"), pl.len().alias("n"))
    joined = filed.join(sums, on=OF_MONTH, how="left", maintain_order="left")
    value = pl.when(pl.col("n").is_null()).then(pl.lit(0).cast(EXACT)).otherwise("sum")
    return joined.select(*OF_MONTH, value.alias(f"{name}_value"), pl.col("submission").alias(f"{name}_submission"))
