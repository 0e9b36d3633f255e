"""The rows of keys that differ, each with its state and a sentence for the department that must act."""

from decimal import Decimal

import polars as pl

from transforms.model import EXACT, Cause, State
from transforms.reconcile.ledgers.meet import OF_KEY
from transforms.reconcile.ledgers.sides import LIMIT, Side

TOO_LARGE = f"金额超过 {LIMIT:,} 元，不参与计算"


def timed(keys: pl.DataFrame, found: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """Put in what was found at another time. A copy stays a copy whatever other months say. Found under another number,
    both halves stand under that of the left, so that they cancel out over the months."""
    elsewhere = pl.concat(
        [one.with_columns(alone=pl.lit(name)) for name, one in zip(("left", "right"), found, strict=True)]
    )
    timed = keys.join(elsewhere, on=[*OF_KEY, "alone"], how="left", maintain_order="left")
    timing = pl.col("found_key").is_not_null() & pl.col("cause").is_in([Cause.MISSING.value])
    timed = timed.with_columns(
        cause=pl.when(timing).then(pl.lit(Cause.TIMING.value)).otherwise("cause"),
        own_key="key",
        key=pl.when(timing & (pl.col("alone") == "right")).then("found_key").otherwise("key"),
    )
    taken = pl.struct(OF_KEY).is_duplicated() & (pl.col("key") != pl.col("own_key")).fill_null(False)
    return timed.with_columns(key=pl.when(taken).then("own_key").otherwise("key"))


def worded(items: pl.DataFrame, sides: tuple[Side, Side], unit: str) -> pl.DataFrame:
    """Add state, difference and sentence, and give entries without a number a name."""
    left, right = pl.col("left_value"), pl.col("right_value")
    untold = pl.col("cause") == Cause.NONE.value
    zero = pl.lit(Decimal(0), dtype=EXACT)
    difference = pl.when(~untold).then(left.fill_null(zero) - right.fill_null(zero))
    single = (pl.col("left_n") == 1) & (pl.col("right_n") == 1) & (pl.col("left_half") == pl.col("right_half"))
    slack = pl.col("left_half").fill_null(zero) + pl.col("right_half").fill_null(zero)
    slack = pl.when(single.fill_null(False)).then(zero).otherwise(slack)
    timing = pl.col("cause") == Cause.TIMING.value
    state = (
        pl.when(untold)
        .then(pl.lit(State.ONE_SIDED.value))
        .when(timing)
        .then(pl.lit(State.TIMING.value))
        .otherwise(pl.lit(State.DIFFERENT.value))
    )
    nameless = [pl.lit("（") + side.name + pl.lit(f"无{side.number}）") for side in sides]
    key = pl.coalesce("key", pl.when(pl.col("alone") == "left").then(nameless[0]).otherwise(nameless[1]))
    words = items.with_columns(explanation=_sentence(sides, unit))
    return words.with_columns(
        key=key, state=state, difference=difference, low=difference - slack, high=difference + slack
    )


def not_compared(unlike: pl.DataFrame, sides: tuple[Side, Side]) -> pl.DataFrame:
    said = pl.format("{}记为{}，{}记为{}，不作比较", sides[0].name, "left_alike", sides[1].name, "right_alike")
    return unlike.with_columns(
        state=pl.lit(State.OTHER_BASIS.value),
        cause=pl.lit(Cause.BASIS.value),
        explanation=said,
        difference=pl.lit(None, dtype=EXACT),
    )


def _sentence(sides: tuple[Side, Side], unit: str) -> pl.Expr:
    """Why a key differs, for the department that must act. One sentence a cause, chosen by the cause."""
    on_left, number = pl.col("alone") == "left", sides[0].number

    def mine(name: str) -> pl.Expr:
        return pl.when(on_left).then(f"left_{name}").otherwise(f"right_{name}")

    me, you = (pl.when(on_left).then(a.name).otherwise(b.name) for a, b in (sides, sides[::-1]))
    amount = money(pl.coalesce("left_value", "right_value"), unit)
    day = pl.col("found_day").dt.strftime("%Y-%m-%d").fill_null("日期不明")
    lines = pl.when(mine("n") > 1).then(pl.format("{}笔共", mine("n"))).otherwise(pl.lit("金额"))
    copied = pl.when(mine("copies") > 0).then(pl.format("，其中{}笔与 {} 重复", mine("copies"), mine("original")))
    several = pl.when((pl.col("left_n") > 1) | (pl.col("right_n") > 1)).then(
        pl.format("（左方{}笔，右方{}笔）", "left_n", "right_n")
    )
    # Never the number itself: a number of a record stands for one firm, and M04 is circulated.
    own = pl.col("found_key") == pl.col("own_key")
    same = pl.when(own).then(pl.lit(f"同一{number}")).otherwise(pl.lit(f"另一{number}下的同一对方、同一金额"))
    nobody, beyond = pl.col("own_key").is_null(), pl.col("beyond").fill_null(False)
    fits = [
        (_is(Cause.NONE) & beyond, pl.lit(TOO_LARGE)),
        (_is(Cause.NONE), pl.lit(f"同一{number}有一方未报金额")),
        (
            _is(Cause.DUPLICATE) & (pl.col("alone") != ""),
            pl.format(f"{{}}同一{number}重复列示，与 {{}} 相同", me, mine("original")),
        ),
        (
            _is(Cause.TIMING),
            pl.format("{}在本月以外或未付状态列有{}（{}）", you, same, day),
        ),
        (nobody, pl.format(f"{{}}有{{}}笔未填{number}，共 {{}}", me, mine("n"), amount)),
        (_is(Cause.MISSING), pl.format(f"{{}}未列此{number}，{{}} {{}}{{}}", you, lines, amount, _or_nothing(copied))),
        (pl.lit(True), pl.format(f"同一{number}两方金额不同{{}}", _or_nothing(several))),
    ]
    return pl.coalesce(pl.when(condition).then(words) for condition, words in fits)


def _is(cause: Cause) -> pl.Expr:
    return pl.col("cause") == cause.value


def _or_nothing(words: pl.Expr) -> pl.Expr:
    return words.fill_null("")


def money(amount: pl.Expr, unit: str) -> pl.Expr:
    """100.00 元; a figure of another unit without the zeros behind its point."""
    text = amount.cast(pl.String)
    digits = text.str.replace(r"0{1,6}$", "") if unit == "元" else text.str.replace(r"\.?0+$", "")
    return digits + pl.lit(f" {unit}")
