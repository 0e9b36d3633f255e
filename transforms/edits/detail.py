"""Rules on other rows and other tables of the same submission."""

from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from transforms.edits.bounds import (
    FAR,
    Bounds,
    Context,
    exact,
    first_of,
    half,
    must_not,
    of_kind,
    over,
    scope,
    sum_of_told,
    told,
    total_of,
    where,
)
from transforms.edits.row import quotient, reachable_over
from transforms.model import EXACT, Edit, RowKind, Table

NOTHING = pl.lit(None, dtype=EXACT)


def footing(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """合计 is the sum of all data rows, 小计 of those since the last one (H07); unverifiable where one is not told."""
    value, slack = pl.col(edit.column), half(edit.column)
    data = of_kind(RowKind.DATA)
    block = f"{edit.id}|block"
    ends = of_kind(RowKind.SUBTOTAL).cast(pl.Int64)
    rows = rows.with_columns((ends.cum_sum() - ends).over("submission").alias(block))
    subtotal = of_kind(RowKind.SUBTOTAL)

    def summed(group: list[str]) -> tuple[pl.Expr, pl.Expr]:
        missing = (data & value.is_null()).any().over(group)
        total = pl.when(~missing).then(value.filter(data).sum().over(group))
        return total, slack.filter(data).sum().over(group)

    (whole, whole_width), (part, part_width) = summed(["submission"]), summed(["submission", block])
    expected = pl.when(subtotal).then(part).otherwise(whole)
    width = pl.when(subtotal).then(part_width).otherwise(whole_width)
    # A total that is left empty is H04's business, and only where the column must be told.
    applies = of_kind(RowKind.TOTAL, RowKind.SUBTOTAL) & value.is_not_null()
    return rows, Bounds(applies, value, expected - width, expected + width, slack, expected)


def in_window(rows: pl.DataFrame, window: Mapping[str, str]) -> pl.DataFrame:
    """Rows whose date lies in the month of their period, in the three months up to it, in its year up to the end of that
    month, or in an earlier month."""
    for column, span in window.items():
        of_row = pl.col(column).dt.strftime("%Y-%m")
        inside = of_row == pl.col("period")
        if span == "ytd":
            inside = (of_row <= pl.col("period")) & (of_row.str.head(4) == pl.col("period").str.head(4))
        elif span == "earlier":
            inside = of_row < pl.col("period")
        elif span == "three_months":
            first = pl.col("period").str.to_date("%Y-%m").dt.offset_by("-2mo").dt.strftime("%Y-%m")
            inside = (of_row <= pl.col("period")) & (of_row >= first)
        rows = rows.filter(inside.fill_null(False))
    return rows


def detail(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A summary figure is the sum, the number or the distinct number of its ledger rows (H16)."""
    p: Mapping[str, Any] = edit.params
    by: Mapping[str, str] = p.get("by", {})
    ledger = context.tables[p["detail"]]
    chosen = in_window(ledger.filter(of_kind(RowKind.DATA) & where(p.get("where", {}))), p.get("window", {}))
    if "value" in p:
        value, width = sum_of_told(p["value"]), half(p["value"]).sum()
    elif "distinct" in p:
        of = pl.col(p["distinct"])
        value, width = pl.when(of.null_count() == 0).then(of.n_unique().cast(EXACT)), exact(0).first()
    else:
        value, width = pl.len().cast(EXACT), exact(0).first()
    name = f"{edit.id}|detail"
    keys = ["submission", *by.values()]
    sums = chosen.group_by(keys).agg(value.alias(name), width.alias(name + "|half"), pl.len().alias(name + "|n"))
    present = _filed(ledger, p["detail"], context).with_columns(pl.lit(True).alias(name + "|present"))
    joined = rows.join(sums, left_on=["submission", *by], right_on=keys, how="left", maintain_order="left")
    joined = joined.join(present, on="submission", how="left", maintain_order="left")
    # An empty group of a ledger that was filed is a told zero; a ledger that was not filed is not.
    there = pl.col(name + "|present").fill_null(False)
    for key in by:
        there &= pl.col(key).is_not_null()
    expected = pl.when(there).then(pl.when(pl.col(name + "|n").is_null()).then(exact(0)).otherwise(pl.col(name)))
    width = pl.col(name + "|half").fill_null(exact(0))
    group = ["submission", *by]
    value, slack = total_of((1, c) for c in (edit.column, *p.get("plus", ())))
    if not by:
        # A figure of a note that is not told is H04's business, and only where it must be told.
        applies = scope(edit) if table.column(edit.column).required else scope(edit) & value.is_not_null()
        return joined, Bounds(applies, value, expected - width, expected + width, slack, expected)
    # Rows of one group are told together: null where one of them is not.
    data = of_kind(RowKind.DATA)
    missing = (data & value.is_null()).any().over(group)
    whole = pl.when(~missing).then(value.filter(data).sum().over(group))
    whole_slack = slack.filter(data).sum().over(group)
    return joined, Bounds(scope(edit), whole, expected - width, expected + width, whole_slack, expected)


def _filed(ledger: pl.DataFrame, table: str, context: Context) -> pl.DataFrame:
    """The submissions that hold a table, be it without a row."""
    submissions = [ledger.select("submission")]
    if context.layout is not None:
        submissions.append(context.layout.filter(pl.col("table") == table).select("submission"))
    return pl.concat(submissions).unique()


def detail_at_most(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A figure is at most the sum of the chosen rows of another table (H12)."""
    p, name = edit.params, f"{edit.id}|detail"
    chosen = context.tables[p["detail"]].filter(of_kind(RowKind.DATA) & where(p.get("where", {})))
    sums = chosen.group_by("submission").agg(
        sum_of_told(p["value"]).alias(name), half(p["value"]).sum().alias(name + "|half")
    )
    joined = rows.join(sums, on="submission", how="left", maintain_order="left")
    value, slack = told(edit, table)
    high = pl.col(name) + pl.col(name + "|half")
    return joined, Bounds(scope(edit), value, exact(-FAR), high, slack, pl.col(name))


def _counted(ledger: pl.DataFrame, measure: Mapping[str, Any], name: str) -> pl.DataFrame:
    """Per submission: the sum of a column, or the number of rows; of those rows alone that carry given words."""
    chosen = where(measure.get("where", {}))
    if "sum" in measure:
        value, ledger = sum_of_told(measure["sum"]), ledger.filter(chosen)
    else:
        value = ledger_count(chosen) if "where" in measure else pl.len().cast(EXACT)
    return ledger.group_by("submission").agg(value.alias(name))


def ledger_count(condition: pl.Expr) -> pl.Expr:
    return pl.when(condition).then(exact(1)).otherwise(exact(0)).sum()


def detail_ratio(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A told rate is the ratio of two measures of the rows (H11: 1 − 3564/32888 → 89.2%)."""
    p = edit.params
    ledger = context.tables[p["detail"]].filter(of_kind(RowKind.DATA))
    n, d = f"{edit.id}|n", f"{edit.id}|d"
    for name, measure in ((n, p["numerator"]), (d, p["denominator"])):
        rows = rows.join(_counted(ledger, measure, name), on="submission", how="left", maintain_order="left")
    numerator = pl.col(d) - pl.col(n) if p.get("complement") else pl.col(n)
    bounds = quotient(edit, (numerator, exact(0)), (pl.col(d), exact(0)), exact(0))
    if p.get("at_least"):
        # 减时间90%以上: what comes out may lie above what was told.
        bounds = Bounds(bounds.applies, numerator, rate_of(edit) * pl.col(d), exact(FAR), exact(0), bounds.expected)
    return rows, _if_told(bounds, edit)


def rate_of(edit: Edit) -> pl.Expr:
    """The least that a told rate stands for."""
    return pl.col(edit.column) - half(edit.column)


def _if_told(bounds: Bounds, edit: Edit) -> Bounds:
    applies = bounds.applies & pl.col(edit.column).is_not_null()
    return Bounds(applies, bounds.told, bounds.low, bounds.high, bounds.slack, bounds.expected)


def reachable(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A rate must be reachable over a told count, or over the number of rows of a ledger (H11)."""
    if "denominator" in edit.params:
        return rows, reachable_over(edit, pl.col(edit.params["denominator"]))
    name = f"{edit.id}|n"
    ledger = context.tables[edit.params["detail"]].filter(of_kind(RowKind.DATA))
    counts = ledger.group_by("submission").agg(pl.len().cast(EXACT).alias(name))
    joined = rows.join(counts, on="submission", how="left", maintain_order="left")
    return joined, reachable_over(edit, pl.col(name))


def top_share(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """The few largest parties of a ledger hold at most a given share of it (W08)."""
    p, name = edit.params, f"{edit.id}|top"
    ledger = in_window(context.tables[p["detail"]].filter(of_kind(RowKind.DATA)), p["window"])
    by_party = ledger.group_by("submission", p["by"]).agg(pl.col(p["value"]).sum().alias("amount"))
    sums = by_party.group_by("submission").agg(
        pl.col("amount").top_k(p["top"]).sum().alias(name), pl.col("amount").sum().alias(name + "|all")
    )
    joined = rows.join(sums, on="submission", how="left", maintain_order="left")
    applies = scope(edit) & pl.col(name + "|all").gt(exact(0)).fill_null(False)
    high = pl.col(name + "|all") * exact(p["high"])
    return joined, Bounds(applies, pl.col(name), exact(-FAR), high, exact(0), NOTHING)


def daily_output(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """Daily output × working days of the year so far lies near the told cases (W08: 300 × 250 against 8879)."""
    p, name = edit.params, f"{edit.id}|flow"
    totals = context.tables[p["summary"]].filter(of_kind(RowKind.TOTAL))
    totals = totals.select("submission", pl.col(p["flow"]).alias(name)).unique("submission", keep="last")
    days = context.calendar.select("period", pl.col("working_days_ytd").cast(EXACT).alias(name + "|days"))
    joined = rows.join(totals, on="submission", how="left", maintain_order="left")
    joined = joined.join(days, on="period", how="left", maintain_order="left")
    output = pl.col(edit.column) * pl.col(name + "|days")
    slack = Decimal(p["slack"])
    applies = scope(edit) & pl.col(edit.column).is_not_null()
    low, high = pl.col(name) * exact(1 - slack), pl.col(name) * exact(1 + slack)
    width = half(edit.column) * pl.col(name + "|days")
    return joined, Bounds(applies, output, low, high, width, over(pl.col(name), pl.col(name + "|days")))


def replaced(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A voucher that came back has a later one of its own for the same party and amount, or is kept open (H16)."""
    p, name = edit.params, f"{edit.id}|later"
    by, when = ["submission", *p["by"]], p["date"]
    rows = rows.with_row_index(f"{name}|row")
    back = pl.col(edit.column).eq_missing(p["state"])
    returned = rows.filter(back).select(*by, when, f"{name}|row").drop_nulls()
    later = rows.filter(pl.col(edit.column).is_in(list(p["open"]))).join(returned, on=by, how="semi").drop_nulls(when)
    answered = _answered(returned.sort(when, f"{name}|row"), later.select(*by, when).sort(when))
    rows = rows.with_columns(pl.col(f"{name}|row").is_in(answered).alias(name)).drop(f"{name}|row")
    return rows, must_not(~pl.col(name), scope(edit) & back)


def _answered(returned: pl.DataFrame, later: pl.DataFrame) -> list[int]:
    """The rows of what came back for which something later is left, each later one for one of them: earliest first, each
    takes the earliest. Args: returned: `by`, date, row. later: `by`, date. Both in the order of their dates."""
    dates: dict[tuple[object, ...], deque[date]] = defaultdict(deque)
    for *group, day in later.iter_rows():
        dates[tuple(group)].append(day)
    answered = []
    for *group, day, row in returned.iter_rows():
        left = dates[tuple(group)]
        while left and left[0] < day:
            left.popleft()
        if left:
            left.popleft()
            answered.append(row)
    return answered


def first_only(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A 首贷 has no earlier loan of the same firm in the ledger (H12)."""
    p = edit.params
    first = pl.col(p["date"]).min().over("submission", p["by"])
    applies = scope(edit) & pl.col(edit.column).eq_missing(p["value"]) & pl.col(p["by"]).is_not_null()
    return rows, must_not(first < pl.col(p["date"]), applies)


def median_band(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A mean (amount per borrower) lies within factors of the median of the rows (W08)."""
    p = edit.params
    n, d = pl.col(p["numerator"]), pl.col(p["denominator"])
    usable = of_kind(RowKind.DATA) & d.gt(exact(0)).fill_null(False) & n.is_not_null()
    mean = pl.when(usable).then(over(n, d))
    # The lower median: a figure that was told, so that it stays exact.
    ordered = mean.drop_nulls().sort()
    median = ordered.get((mean.is_not_null().sum() - 1) // 2, null_on_oob=True).over("submission")
    applies = scope(edit) & usable
    return rows, Bounds(applies, mean, median * exact(p["low"]), median * exact(p["high"]), exact(0), NOTHING)


def share_of_rows(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """One word stands in more than a share of the rows (W08); asked at the first that carries it, of enough rows."""
    p, data = edit.params, of_kind(RowKind.DATA)
    carries = data & pl.col(edit.column).eq_missing(p["value"])
    count = pl.when(carries).then(exact(1)).otherwise(exact(0)).sum().over("submission")
    every = data.cast(pl.Int64).sum().over("submission").cast(EXACT)
    applies = scope(edit) & _first_of_submission(carries) & every.ge(exact(p["rows"]))
    return rows, Bounds(applies, count, exact(-FAR), every * exact(p["high"]), exact(0), NOTHING)


def _first_of_submission(condition: pl.Expr) -> pl.Expr:
    return condition & (condition.cast(pl.Int64).cum_sum().over("submission") == 1)


def row_count(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A table has so many rows (H16); asked at the first."""
    data, wanted = of_kind(RowKind.DATA), exact(edit.params["rows"])
    count = data.cast(pl.Int64).sum().over("submission").cast(EXACT)
    return rows, Bounds(_first_of_submission(data), count, wanted, wanted, exact(0), wanted)


def rank(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """The rank is that of the figure among all rows, the highest first; ties share a rank (1, 2, 2, 4) (H11).

    Null, and so unverifiable, where a row does not tell the figure.
    """
    data, of = of_kind(RowKind.DATA), pl.col(edit.params["of"])
    among = pl.when(data).then(of)
    place = among.rank("min", descending=True).over("submission").cast(EXACT)
    missing = (data & of.is_null()).any().over("submission")
    expected = pl.when(~missing).then(place)
    return rows, Bounds(scope(edit), pl.col(edit.column), expected, expected, exact(0), expected)


def detail_within(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """What the rows of a ledger add up to is at most the figure of the row they belong to (H12: payments of a
    contract). A row without any is not looked at."""
    p, name = edit.params, f"{edit.id}|detail"
    by: Mapping[str, str] = p["by"]
    ledger, keys = context.tables[p["detail"]].filter(of_kind(RowKind.DATA)), ["submission", *by.values()]
    sums = ledger.group_by(keys).agg(
        sum_of_told(p["value"]).alias(name), half(p["value"]).sum().alias(name + "|half"), pl.len().alias(name + "|n")
    )
    joined = rows.join(sums, left_on=["submission", *by], right_on=keys, how="left", maintain_order="left")
    high, width = told(edit, table)
    applies = scope(edit) & pl.col(name + "|n").is_not_null()
    return joined, Bounds(applies, pl.col(name), exact(-FAR), high + width, pl.col(name + "|half"), pl.col(name))


def has_parent(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """The row that a record belongs to stands in the other table (H16: every payment has its contract)."""
    p, name = edit.params, f"{edit.id}|parent"
    by: Mapping[str, str] = p["by"]
    parents = context.tables[p["detail"]].filter(of_kind(RowKind.DATA)).select("submission", *by.values()).unique()
    parents = parents.with_columns(pl.lit(True).alias(name))
    joined = rows.join(
        parents, left_on=["submission", *by], right_on=["submission", *by.values()], how="left", maintain_order="left"
    )
    return joined, must_not(pl.col(name).is_null(), scope(edit) & pl.col(edit.column).is_not_null())


def enough(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """At least so many rows of a ledger answer a description (W02: no job fair in three months). The finding stands at
    the first row of the rule's table."""
    p, name = edit.params, f"{edit.id}|n"
    ledger = rows if p["detail"] == table.code else context.tables[p["detail"]]
    chosen = in_window(ledger.filter(of_kind(RowKind.DATA) & where(p.get("where", {}))), p.get("window", {}))
    counts = chosen.group_by("submission").agg(pl.len().cast(EXACT).alias(name))
    filed = _filed(ledger, p["detail"], context).with_columns(pl.lit(True).alias(name + "|filed"))
    for frame in (counts, filed):
        rows = rows.join(frame, on="submission", how="left", maintain_order="left")
    count = pl.when(pl.col(name + "|filed").fill_null(False)).then(pl.col(name).fill_null(exact(0)))
    applies = first_of(scope(edit), ["submission"])
    return rows, Bounds(applies, count, exact(p["number"]), exact(FAR), exact(0), NOTHING)
