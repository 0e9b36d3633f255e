"""Rules on other periods of the same return."""

from collections.abc import Callable, Mapping
from decimal import Decimal

import polars as pl

from transforms import period
from transforms.edits.bounds import (
    FAR,
    Bounds,
    Context,
    answered,
    exact,
    half,
    must_not,
    of_kind,
    over,
    scope,
    signed,
    told,
    total_of,
    where,
)
from transforms.edits.detail import NOTHING
from transforms.edits.row import quotient
from transforms.model import EXACT, Edit, RowKind, Table

AT: Mapping[str, Callable[[str], str]] = {
    "previous": period.previous,
    "december": period.december_before,
    "year_ago": period.year_ago,
}
SLIPS = (2, 4, 8, -2, -4, -8)
"""Powers of ten between 元, 百元, 万元 and 亿元 (W04)."""
MONTHS, LEAST_MONTHS = 12, 6
SMALL = 30
"""Cases below which nothing is concluded from a figure (the wording rules of the reporting system: 基数较小)."""
ROBUST, NARROWEST = Decimal("4.4478"), Decimal("0.5")
"""Three robust deviations: 3 × 1.4826 × the median absolute deviation; never narrower than half the median, since a
very even series would make every movement remarkable (a proposal)."""


def lookup(
    rows: pl.DataFrame, known: pl.DataFrame | None, columns: list[str], at: str | int, name: str
) -> pl.DataFrame:
    """Add the figures of the same item in another period (a word of AT, or so many periods before) as
    `<name>|<column>`; null where there are none."""
    wanted = [c for c in columns if known is not None and c in known.columns]
    if known is None or known.is_empty():
        return rows.with_columns(pl.lit(None, dtype=EXACT).alias(f"{name}|{c}") for c in columns)
    other = (lambda p: period.shift(p, -at)) if isinstance(at, int) else AT[at]
    periods = rows.select(pl.col("period").unique()).with_columns(
        pl.col("period").map_elements(other, return_dtype=pl.String).alias("other")
    )
    # A 其中 row may bear the name of a row.
    there = (
        known.filter(of_kind(RowKind.DATA, RowKind.TOTAL))
        .select("district", "item", pl.col("period").alias("other"), *(pl.col(c).alias(f"{name}|{c}") for c in wanted))
        .unique(["district", "item", "other"], keep="first", maintain_order=True)
    )
    joined = rows.join(periods, on="period", how="left", maintain_order="left")
    return joined.join(there, on=["district", "item", "other"], how="left", maintain_order="left").drop("other")


def carry(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A figure equals what was told for another period: opening = last closing (H09), last year's figure (W07); with
    `where`, only where it was told in such a row."""
    p, name = edit.params, edit.id
    source = p["from"]
    known = (context.first_filed if p.get("first_filed") else context.known).get(table.code)
    applies = scope(edit)
    if known is not None and "where" in p:
        known = known.filter(where(p["where"]))
    rows = lookup(rows, known, [source, f"{source}|half"], p["at"], name)
    value, slack = told(edit, table)
    low = pl.col(f"{name}|{source}") - pl.col(f"{name}|{source}|half")
    high = pl.col(f"{name}|{source}") + pl.col(f"{name}|{source}|half")
    if "where" in p:
        # What was filed otherwise is not spoken of.
        applies &= low.is_not_null()
    return rows, Bounds(applies, value, low, high, slack, pl.col(f"{name}|{source}"))


def cumulative(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """ytd = last ytd + month; in January ytd = month. Since inception there is no January (H08)."""
    p, name = edit.params, edit.id
    c = edit.column
    rows = lookup(rows, context.known.get(table.code), [c, f"{c}|half"], "previous", name)
    none = pl.col("period").str.contains(period.OPENS_YEAR) if p["reset"] == "january" else pl.lit(False)
    if p.get("fresh"):
        rows = mark_new(rows, context.known.get(table.code), name)
        none |= pl.col(f"{name}|new")
    last = pl.when(none).then(exact(0)).otherwise(pl.col(f"{name}|{c}"))
    width = pl.when(none).then(exact(0)).otherwise(pl.col(f"{name}|{c}|half")) + half(p["flow"])
    expected = last + pl.col(p["flow"])
    value, slack = told(edit, table)
    return rows, Bounds(scope(edit), value, expected - width, expected + width, slack, expected)


def mark_new(rows: pl.DataFrame, known: pl.DataFrame | None, name: str) -> pl.DataFrame:
    """Add `<name>|new`: whether an item is new, that is: not among the rows of a month before that was told."""
    if known is None or known.is_empty():
        return rows.with_columns(pl.lit(False).alias(f"{name}|new"))
    of_items = known.filter(of_kind(RowKind.DATA)).select("district", "item", other="period", there=pl.lit(True))
    of_months = known.select("district", other="period", filed=pl.lit(True)).unique()
    joined = rows.with_columns(other=_before(rows))
    for frame, keys in ((of_items.unique(), ["district", "item", "other"]), (of_months, ["district", "other"])):
        joined = joined.join(frame, on=keys, how="left", maintain_order="left")
    new = pl.col("filed").fill_null(False) & pl.col("there").is_null()
    return joined.with_columns(new.alias(f"{name}|new")).drop("other", "there", "filed")


def _before(rows: pl.DataFrame) -> pl.Expr:
    """The month before that of each row."""
    months = {month: period.previous(month) for month in rows["period"].unique()}
    return pl.col("period").replace_strict(months, default=None, return_dtype=pl.String)


def roll_on(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A figure = that of the month before + what cumulative columns have grown by + movements (H10: the balance of a
    pool; what was paid in all). A row that is new begins at zero; a column of the year so far does so in January."""
    p, name = edit.params, edit.id
    cumulative_columns = list(p.get("increments", ()))
    needed = [edit.column, *cumulative_columns]
    known = context.known.get(table.code)
    rows = lookup(rows, known, [f"{c}{end}" for c in needed for end in ("", "|half")], "previous", name)
    rows = mark_new(rows, known, name)
    new, zero = pl.col(f"{name}|new"), exact(0)

    def last(code: str, begins: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
        past = (pl.col(f"{name}|{code}"), pl.col(f"{name}|{code}|half"))
        return pl.when(begins).then(zero).otherwise(past[0]), pl.when(begins).then(zero).otherwise(past[1])

    expected, width = last(edit.column, new)
    for code in cumulative_columns:
        yearly = pl.lit(table.column(code).basis == "ytd") & pl.col("period").str.ends_with("-01")
        before, before_width = last(code, new | yearly)
        expected, width = expected + pl.col(code) - before, width + half(code) + before_width
    moved, moved_width = total_of(signed(p.get("movements", ())))
    expected, width = expected + moved, width + moved_width
    value, slack = told(edit, table)
    return rows, Bounds(scope(edit), value, expected - width, expected + width, slack, expected)


def growth_since(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """rate = now ÷ the figure of another period − 1 (较年初)."""
    p, name = edit.params, edit.id
    base = p["from"]
    rows = lookup(rows, context.known.get(table.code), [base, f"{base}|half"], p["at"], name)
    now = (pl.col(p["now"]), half(p["now"]))
    return rows, quotient(edit, now, (pl.col(f"{name}|{base}"), pl.col(f"{name}|{base}|half")), exact(1))


def _with_last(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, pl.Expr]:
    rows = lookup(rows, context.known.get(table.code), [edit.column], "previous", edit.id)
    return rows, pl.col(f"{edit.id}|{edit.column}")


def change(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """Change on last month beyond ±50% and beyond the floor of the column (W01)."""
    rows, last = _with_last(rows, edit, table, context)
    allowed = pl.max_horizontal(last.abs() * exact("0.5"), exact(_floor(edit, table, context)))
    applies = scope(edit) & last.is_not_null() & pl.col(edit.column).is_not_null()
    return rows, Bounds(applies, pl.col(edit.column), last - allowed, last + allowed, exact(0), last)


def _floor(edit: Edit, table: Table, context: Context) -> Decimal:
    column = table.column(edit.column)
    return (column.floor or Decimal(0)) * context.factor(column)


def vanished(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """Zero after a month that was not, or the reverse, beyond the floor of the column (W02)."""
    rows, last = _with_last(rows, edit, table, context)
    now, floor = pl.col(edit.column), exact(_floor(edit, table, context))
    zero = exact(0)
    broken = ((now == zero) & (last >= floor) & (last > zero)) | ((last == zero) & (now >= floor) & (now > zero))
    return rows, must_not(broken, scope(edit) & last.is_not_null() & now.is_not_null())


def slip(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """About 10², 10⁴ or 10⁸ times last month or a part of it: a 万/亿 slip (W04)."""
    rows, last = _with_last(rows, edit, table, context)
    now, floor = pl.col(edit.column), exact(_floor(edit, table, context))
    slipped = pl.lit(False)
    for power in SLIPS:
        big, small = (now, last) if power > 0 else (last, now)
        scale = exact(10 ** abs(power))
        near = (big * 2 >= small * scale) & (big <= small * scale * 2)
        slipped |= near & (small > exact(0))
    beyond = pl.max_horizontal(now.abs(), last.abs()) >= floor
    applies = scope(edit) & last.is_not_null() & now.is_not_null()
    return rows, must_not(slipped & beyond, applies)


def same_row(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A whole row that is last month's (W03): every flow the same, three of them (or all of two) not zero, and one of
    them no small number, which may well come again."""
    flows = list(table.flows)
    rows = lookup(rows, context.known.get(table.code), flows, "previous", edit.id)
    same, busy, least = pl.lit(True), pl.lit(0), min(len(flows), 3)
    large = pl.max_horizontal(pl.col(c).abs() for c in flows) >= exact(SMALL)
    for c in flows:
        same &= pl.col(c).eq(pl.col(f"{edit.id}|{c}")).fill_null(False)
        busy += pl.when(pl.col(c) != exact(0)).then(1).otherwise(0)
    return rows, must_not(same & (busy >= least) & large, scope(edit))


def not_falling(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A cumulative figure falls (W06); the year begins again in January."""
    rows, last = _with_last(rows, edit, table, context)
    applies = scope(edit) & last.is_not_null() & pl.col(edit.column).is_not_null()
    if table.column(edit.column).basis == "ytd":
        applies &= ~pl.col("period").str.contains(period.OPENS_YEAR)
    if "unless" in edit.params:
        applies &= answered(edit.params["unless"]).is_null()
    return rows, Bounds(applies, pl.col(edit.column), last, exact(FAR), half(edit.column), last)


def same_text(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A text of this month is that of last month, word for word (W11)."""
    rows, last = _with_last(rows, edit, table, context)
    known = context.known.get(table.code)
    applies = scope(edit) & pl.lit(known is not None and not known.is_empty()) & last.is_not_null()
    return rows, must_not(pl.col(edit.column).cast(pl.String) == last.cast(pl.String), applies)


def standstill(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A figure has not moved for so many months (W02)."""
    months, name = int(edit.params["months"]), f"{edit.id}|same"
    known = context.known.get(table.code)
    if known is None or known.is_empty():
        return rows, must_not(pl.lit(False), pl.lit(False))
    spans = pl.DataFrame(
        [(m, period.shift(m, -k)) for m in rows["period"].unique() for k in range(1, months + 1)],
        schema={"period": pl.String, "past": pl.String},
        orient="row",
    )
    past = known.filter(of_kind(RowKind.DATA)).select(
        "district", "item", pl.col("period").alias("past"), pl.col(edit.column).alias("was")
    )
    keys = ["district", "item", "period"]
    steady = (
        spans.join(past, on="past").group_by(keys).agg(n=pl.len(), low=pl.col("was").min(), high=pl.col("was").max())
    )
    steady = steady.filter((pl.col("n") == months) & (pl.col("low") == pl.col("high")))
    rows = rows.join(steady.select(*keys, pl.col("low").alias(name)), on=keys, how="left", maintain_order="left")
    value = pl.col(edit.column)
    return rows, must_not(value == pl.col(name), scope(edit) & value.is_not_null() & pl.col(name).is_not_null())


def ratio_change(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A rate moves by more than so many points against last month (W08)."""
    p, name = edit.params, edit.id
    n, d = p["numerator"], p["denominator"]
    rows = lookup(rows, context.known.get(table.code), [n, d], "previous", name)
    last_n, last_d = pl.col(f"{name}|{n}"), pl.col(f"{name}|{d}")
    usable = pl.col(d).gt(exact(0)).fill_null(False) & last_d.gt(exact(0)).fill_null(False)
    now, last = over(pl.col(n), pl.col(d)), over(last_n, last_d)
    points = exact(p["points"])
    applies = scope(edit) & usable & pl.col(n).is_not_null() & last_n.is_not_null()
    return rows, Bounds(applies, now, last - points, last + points, exact(0), NOTHING)


def outlier(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A mean beyond three robust deviations of the last 12 months (W08); at least six must be known."""
    p, name = edit.params, f"{edit.id}|median"
    known = context.known.get(table.code)
    mean = over(pl.col(p["numerator"]), pl.col(p["denominator"]))
    usable = pl.col(p["denominator"]).gt(exact(0)).fill_null(False) & pl.col(p["numerator"]).is_not_null()
    if known is None or known.is_empty():
        rows = rows.with_columns(pl.lit(None, dtype=EXACT).alias(name), pl.lit(None, dtype=EXACT).alias(name + "|mad"))
    else:
        history = known.filter(of_kind(RowKind.DATA) & usable).select(
            "district", "item", pl.col("period").alias("past"), mean.alias("mean")
        )
        rows = rows.join(
            _robust(rows, history, name), on=["district", "item", "period"], how="left", maintain_order="left"
        )
    centre, deviation = pl.col(name), pl.col(name + "|mad") * exact(ROBUST)
    allowed = pl.max_horizontal(deviation, centre * exact(NARROWEST))
    applies = scope(edit) & usable & centre.is_not_null()
    return rows, Bounds(applies, mean, centre - allowed, centre + allowed, exact(0), NOTHING)


def _robust(rows: pl.DataFrame, history: pl.DataFrame, name: str) -> pl.DataFrame:
    """Per district, item and period: lower median and median absolute deviation of the last 12 months."""
    keys = ["district", "item", "period"]
    past = _periods_before(rows, MONTHS).join(history, on="past", how="inner")
    past = past.with_columns(_lower_median("mean").over(keys).alias(name), pl.len().over(keys).alias("months"))
    past = past.with_columns((pl.col("mean") - pl.col(name)).abs().alias("away"))
    grouped = past.filter(pl.col("months") >= LEAST_MONTHS).group_by(keys)
    return grouped.agg(pl.col(name).first(), _lower_median("away").alias(name + "|mad"))


def _lower_median(column: str) -> pl.Expr:
    """The lower median: one of the values, so that it stays exact."""
    return pl.col(column).sort().get((pl.len() - 1) // 2)


def size_change(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A catalogue changes its size by more than a share without a change log (W08)."""
    p, name = edit.params, edit.id
    now = _sizes(context.tables.get(p["detail"]), ["submission"], f"{name}|now")
    last = _sizes(context.known.get(p["detail"]), ["district", "period"], f"{name}|last").rename({"period": "other"})
    periods = rows.select(pl.col("period").unique()).with_columns(
        pl.col("period").map_elements(period.previous, return_dtype=pl.String).alias("other")
    )
    rows = rows.join(now, on="submission", how="left", maintain_order="left")
    rows = rows.join(periods, on="period", how="left", maintain_order="left")
    rows = rows.join(last, on=["district", "other"], how="left", maintain_order="left").drop("other")
    before, limit = pl.col(f"{name}|last"), exact(p["limit"])
    applies = scope(edit) & pl.col(edit.column).is_null() & before.is_not_null()
    allowed = before * limit
    return rows, Bounds(applies, pl.col(f"{name}|now"), before - allowed, before + allowed, exact(0), NOTHING)


def _sizes(ledger: pl.DataFrame | None, keys: list[str], name: str) -> pl.DataFrame:
    if ledger is None or ledger.is_empty():
        return pl.DataFrame(schema={**dict.fromkeys(keys, pl.String), name: EXACT})
    return ledger.filter(of_kind(RowKind.DATA)).group_by(keys).agg(pl.len().cast(EXACT).alias(name))


def standing(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A figure has stood at one value for so many periods, this one among them (W02: no case in three months)."""
    p, name, c = edit.params, edit.id, edit.column
    value = exact(p["value"])
    stands, told_before = pl.col(c) == value, pl.lit(True)
    for back in range(1, p["periods"]):
        rows = lookup(rows, context.known.get(table.code), [c], back, f"{name}|{back}")
        before = pl.col(f"{name}|{back}|{c}")
        stands &= before.eq(value).fill_null(False)
        told_before &= before.is_not_null()
    return rows, must_not(stands, scope(edit) & pl.col(c).is_not_null() & told_before)


def rise(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A figure rises by more than a share against the period before (W08)."""
    rows, last = _with_last(rows, edit, table, context)
    applies = scope(edit) & last.gt(exact(0)).fill_null(False) & pl.col(edit.column).is_not_null()
    high = last * exact(1 + Decimal(edit.params["share"]))
    return rows, Bounds(applies, pl.col(edit.column), exact(-FAR), high, half(edit.column), last)


def moved(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A figure moves by more than so many points against the period before (W08)."""
    rows, last = _with_last(rows, edit, table, context)
    points = exact(Decimal(edit.params["points"]) * context.factor(table.column(edit.column)))
    applies = scope(edit) & last.is_not_null() & pl.col(edit.column).is_not_null()
    return rows, Bounds(applies, pl.col(edit.column), last - points, last + points, half(edit.column), last)


def above_mean(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A figure lies above so many times the mean of the last 12 periods (W08); at least six must be known."""
    name, c, known = edit.id, edit.column, context.known.get(table.code)
    rows = lookup_span(rows, known, c, MONTHS, name)
    mean = over(pl.col(f"{name}|sum"), pl.col(f"{name}|n"))
    applies = scope(edit) & pl.col(c).is_not_null() & pl.col(f"{name}|n").ge(exact(LEAST_MONTHS)).fill_null(False)
    high = mean * exact(edit.params["factor"])
    return rows, Bounds(applies, pl.col(c), exact(-FAR), high, half(c), mean)


def lookup_span(rows: pl.DataFrame, known: pl.DataFrame | None, column: str, periods: int, name: str) -> pl.DataFrame:
    """Add over the periods before, so many of them, what the same item told: `<name>|sum` and `<name>|n`, how often."""
    if known is None or known.is_empty():
        return rows.with_columns(pl.lit(None, dtype=EXACT).alias(f"{name}|{what}") for what in ("sum", "n"))
    past = known.filter(of_kind(RowKind.DATA, RowKind.TOTAL) & pl.col(column).is_not_null())
    past = past.select("district", "item", pl.col("period").alias("past"), pl.col(column).alias("value"))
    past = past.unique(["district", "item", "past"], keep="first", maintain_order=True)
    spans = _periods_before(rows, periods).join(past, on="past", how="inner")
    sums = spans.group_by("district", "item", "period").agg(
        pl.col("value").sum().alias(f"{name}|sum"), pl.len().cast(EXACT).alias(f"{name}|n")
    )
    return rows.join(sums, on=["district", "item", "period"], how="left", maintain_order="left")


def _periods_before(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """period, past: each of the rows' periods beside every one of the so many before it."""
    pairs = [(p, period.shift(p, -k)) for p in rows["period"].unique() for k in range(1, count + 1)]
    return pl.DataFrame(pairs, schema={"period": pl.String, "past": pl.String}, orient="row")
