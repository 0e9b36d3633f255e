"""The row 合计 of a month: both sums, and how many entries met in which way."""

from decimal import Decimal

import polars as pl

from transforms.model import EXACT, Cause, State
from transforms.reconcile.ledgers.keys import Matched
from transforms.reconcile.ledgers.meet import OF_MONTH
from transforms.reconcile.ledgers.sides import Side

TOTAL = "合计"


def totals(sides: tuple[Side, Side], matched: Matched, items: pl.DataFrame) -> pl.DataFrame:
    """The row 合计 of each month that could be compared, or that one side filed and the other did not."""
    sums = _due(sides)
    for name, side in zip(("left", "right"), sides, strict=True):
        sums = sums.join(_summed(name, side, matched), on=OF_MONTH, how="left", maintain_order="left")
    sums = sums.join(_of_items(items), on=OF_MONTH, how="left", maintain_order="left")
    sums = sums.join(_told_ways(sides, matched.ways), on=OF_MONTH, how="left", maintain_order="left")
    difference = pl.col("left_value") - pl.col("right_value")
    slack = pl.col("slack").fill_null(Decimal(0)) + pl.col("met_half").fill_null(Decimal(0))
    sums = sums.with_columns(
        key=pl.lit(TOTAL),
        left=pl.lit(f"{sides[0].form} {sides[0].column.header} {SPANS[sides[0].window]}"),
        right=pl.lit(f"{sides[1].form} {sides[1].column.header} {SPANS[sides[1].window]}"),
        difference=difference,
        low=difference - slack,
        high=difference + slack,
        lines=pl.col("lines").fill_null(0),
    )
    cause = pl.when(pl.col("difference").is_not_null() & (pl.col("lines") > 0)).then("largest_cause")
    return sums.with_columns(
        state=_state_of_total(), cause=cause.fill_null(Cause.NONE.value), explanation=_words_of_total(sides)
    )


def _due(sides: tuple[Side, Side]) -> pl.DataFrame:
    """The months that a side filed for and both could have: nothing is due of a side that has moved on to a month which
    nobody has filed yet, nor before the first month of either."""
    of_now = [side.due for side in sides if not side.moved]
    due = pl.concat(of_now or [side.due for side in sides]).unique()
    for side in sides:
        first = side.due.group_by("district").agg(first=pl.col("period").min())
        due = due.join(first, on="district", how="left").filter(pl.col("period") >= pl.col("first").fill_null(""))
        due = due.drop("first")
    return due.sort(OF_MONTH)


SPANS = {"month": "当月合计", "all": "合计"}


def _summed(name: str, side: Side, matched: Matched) -> pl.DataFrame:
    """The sum of what counts, of each month that was filed: zero where nothing counts; how many entries have no number."""
    counted = side.entries.filter("counts").group_by(OF_MONTH)
    n = counted.agg(
        pl.len().alias(f"{name}_count"),
        pl.col("key").is_null().sum().alias(f"{name}_nameless"),
        pl.col("amount").sum().alias("told"),
        pl.col("amount").null_count().alias("untold"),
    )
    both = matched.sums.select(*OF_MONTH, pl.col(f"{name}_value").alias("met"), pl.col(f"{name}_n").alias("met_n"))
    sums = side.filed.join(n, on=OF_MONTH, how="left", maintain_order="left")
    sums = sums.join(both, on=OF_MONTH, how="left", maintain_order="left")
    zero = pl.lit(Decimal(0), dtype=EXACT)
    value = (
        pl.when(pl.col("met_n").is_not_null())
        .then("met")
        .when(pl.col(f"{name}_count").is_null())
        .then(zero)
        .when(pl.col("untold") == 0)
        .then("told")
    )
    return sums.select(
        *OF_MONTH,
        pl.col("submission").alias(f"{name}_submission"),
        pl.col(f"{name}_count").fill_null(0),
        pl.col(f"{name}_nameless").fill_null(0),
        value.alias(f"{name}_value"),
    )


def _of_items(items: pl.DataFrame) -> pl.DataFrame:
    largest, last_first = pl.col("difference").abs(), [True, False]
    untold = pl.col("state") == State.ONE_SIDED.value
    slack = pl.col("high") - pl.col("difference")
    return items.group_by(OF_MONTH).agg(
        lines=pl.len(),
        other_basis=(pl.col("state") == State.OTHER_BASIS.value).all(),
        timing=(pl.col("state") == State.TIMING.value).all(),
        # The cause of the largest entry; the entries themselves follow below.
        largest_cause=pl.col("cause").sort_by(largest, "key", descending=last_first, nulls_last=True).first(),
        largest=pl.col("explanation").sort_by(largest, "key", descending=last_first, nulls_last=True).first(),
        untold=pl.col("explanation").filter(untold).first(),
        untold_cell=pl.coalesce("left_cell", "right_cell").filter(untold).first(),
        slack=slack.sum(),
    )


def _told_ways(sides: tuple[Side, Side], ways: pl.DataFrame) -> pl.DataFrame:
    """How many entries met in which way, as a sentence (`met`), and what rounding leaves open of them (`met_half`)."""
    number = sides[0].number
    words = {
        "exact": pl.format("逐笔一致{}笔", "left_n"),
        "split": pl.format("分笔之和一致{}组（左方{}笔，右方{}笔）", "keys", "left_n", "right_n"),
        "rounded": pl.format("舍入内一致{}组", "keys"),
        "party": pl.format(f"{number}不同但对方、金额、日期相符{{}}笔", "keys"),
        "untried": pl.format(f"{{}}个{number}明细过多，只比合计，未逐笔组合", "keys"),
    }
    gathered = ways.group_by(*OF_MONTH, "way").agg(pl.col("keys", "left_n", "right_n", "half").sum())
    told = pl.coalesce(pl.when(pl.col("way") == way).then(sentence) for way, sentence in words.items())
    order = pl.col("way").replace_strict({way: place for place, way in enumerate(words)}, return_dtype=pl.Int64)
    return (
        gathered.with_columns(told=told, order=order)
        .sort(*OF_MONTH, "order")
        .group_by(OF_MONTH, maintain_order=True)
        .agg(pl.col("told").str.join("；").alias("met"), pl.col("half").sum().alias("met_half"))
    )


def hopeless(name: str) -> pl.Expr:
    """Nothing of a side has a number: nothing of it can be held against a single entry."""
    return (pl.col(f"{name}_nameless") == pl.col(f"{name}_count")) & (pl.col(f"{name}_count") > 0)


def _state_of_total() -> pl.Expr:
    difference = pl.col("difference")
    nameless = (hopeless("left") | hopeless("right")).fill_null(False)
    first_fit = [
        (difference.is_null(), State.ONE_SIDED),
        (pl.col("lines").eq(0) & difference.eq(0), State.EQUAL),
        (pl.col("lines").eq(0), State.WITHIN_ROUNDING),
        (nameless & difference.eq(0), State.ONE_SIDED),
        (pl.col("timing"), State.TIMING),
        (pl.col("other_basis"), State.OTHER_BASIS),
        (pl.lit(True), State.DIFFERENT),
    ]
    return pl.coalesce(pl.when(condition).then(pl.lit(state.value)) for condition, state in first_fit)


def _words_of_total(sides: tuple[Side, Side]) -> pl.Expr:
    several = pl.format("{}笔不符，最大一笔：{}", "lines", "largest")
    said = [
        pl.when(hopeless(name)).then(
            pl.format(f"{{}}全部{{}}笔均未填{side.number}，不能逐笔核对", side.name, f"{name}_count")
        )
        for name, side in zip(("left", "right"), sides, strict=True)
    ]
    largest = (
        pl.when(pl.col("difference").is_null())
        .then(pl.format("{}（{}）", "untold", "untold_cell"))
        .when(pl.any_horizontal(hopeless("left"), hopeless("right")))
        .then(pl.lit(None, dtype=pl.String))
        .when(pl.col("lines") > 1)
        .then(several)
        .otherwise("largest")
    )
    empty = pl.col("left_count").eq(0) & pl.col("right_count").eq(0) & pl.col("difference").is_not_null()
    nothing = pl.when(empty).then(pl.lit("两方均无应核对的记录"))
    return pl.concat_str(["met", *said, largest, nothing], separator="；", ignore_nulls=True)
