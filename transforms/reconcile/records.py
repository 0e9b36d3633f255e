"""Rules of records, by their numbers: what stands in one ledger stands in the other, what a record tells comes before
what another tells of it, and a number serves once."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from transforms.edits.bounds import EMPTY_WORDS, of_kind, where
from transforms.edits.detail import in_window
from transforms.model import EXACT, Catalogue, Cause, Reconciliation, RowKind, State
from transforms.reconcile.difference import shaped
from transforms.reconcile.terms import TOTAL, Held

OF_MONTH = ["district", "period"]
PLACES = 5


def exists(rule: Reconciliation, held: Held, catalogue: Catalogue) -> pl.DataFrame:
    """Every number on the left is also on the right, and with `both` the other way round.

    Returns:
        COMPARED: a row 合计 for each period that both sides filed (how many numbers either side has), and one row a
        number that one side lacks: 1 against 0, cause 漏报.
    """
    left, right = (_numbers(rule, side, held, catalogue) for side in ("left", "right"))
    lacking = [_only(left, right, "left", rule, catalogue)]
    if rule.params.get("both"):
        lacking.append(_only(right, left, "right", rule, catalogue))
    items = pl.concat(lacking)
    return _with_totals(items, rule, held, catalogue, (left, right))


def unique(rule: Reconciliation, held: Held, catalogue: Catalogue) -> pl.DataFrame:
    """No number stands twice, on one side or on both. Returns COMPARED: one row 合计 a period, one row a number that
    is used again, cause 重复: `lines` times instead of once."""
    sides = [_cells(rule, side, held, catalogue) for side in ("left", "right")]
    every = pl.concat(
        [side.with_columns(side=pl.lit(name)) for name, side in zip(("left", "right"), sides, strict=True)]
    )
    place = pl.col("place").head(PLACES).str.join("、")
    again = every.group_by(*OF_MONTH, "number", maintain_order=True).agg(
        lines=pl.len().cast(pl.Int64),
        left_cell=place,
        left_submission=pl.col("submission").first(),
    )
    again = again.filter(pl.col("lines") > 1)
    items = again.select(
        *OF_MONTH,
        "lines",
        "left_cell",
        "left_submission",
        key=pl.col("number"),
        left=_named(rule, "left", catalogue),
        right=pl.lit("一号一用"),
        left_value=pl.col("lines").cast(EXACT),
        right_value=pl.lit(1).cast(EXACT),
        difference=pl.col("lines").cast(EXACT) - 1,
        cause=pl.lit(Cause.DUPLICATE.value),
        explanation=pl.format("同一号码出现{}次：{}", "lines", "left_cell"),
    )
    return _with_totals(items, rule, held, catalogue, (sides[0], sides[1]))


def in_order(rule: Reconciliation, held: Held, catalogue: Catalogue) -> pl.DataFrame:
    """The dates on the left are no later than that on the right, of the records with one number that both sides date.

    Returns:
        COMPARED: one row 合计 a period, one row a number whose dates are the wrong way round; the difference in days.
    """
    left, right = (_cells(rule, side, held, catalogue) for side in ("left", "right"))
    last = pl.col("day").max()
    of_left = left.group_by(*OF_MONTH, "number").agg(
        earlier=last, left_cell=pl.col("place").first(), left_submission=pl.col("submission").first()
    )
    of_right = right.group_by(*OF_MONTH, "number").agg(
        later=last, right_cell=pl.col("place").first(), right_submission=pl.col("submission").first()
    )
    both = of_left.drop_nulls("earlier").join(of_right.drop_nulls("later"), on=[*OF_MONTH, "number"])
    days = (pl.col("earlier") - pl.col("later")).dt.total_days()
    wrong = both.with_columns(days=days).filter(pl.col("days") > 0).sort(*OF_MONTH, "number")
    items = wrong.select(
        *OF_MONTH,
        "left_cell",
        "right_cell",
        "left_submission",
        "right_submission",
        key="number",
        left=_named(rule, "left", catalogue),
        right=_named(rule, "right", catalogue),
        left_value=pl.col("days").cast(EXACT),
        right_value=pl.lit(0).cast(EXACT),
        difference=pl.col("days").cast(EXACT),
        lines=pl.lit(1, dtype=pl.Int64),
        cause=pl.lit(Cause.UNEXPLAINED.value),
        explanation=pl.format(
            "{}为 {}，晚于{} {}，相差{}天",
            pl.lit(_header(rule, "left", catalogue)),
            pl.col("earlier").dt.strftime("%Y-%m-%d"),
            pl.lit(_header(rule, "right", catalogue)),
            pl.col("later").dt.strftime("%Y-%m-%d"),
            "days",
        ),
    )
    return _with_totals(items, rule, held, catalogue, (left, right), unit="天")


def _cells(rule: Reconciliation, side: str, held: Held, catalogue: Catalogue) -> pl.DataFrame:
    """The numbered records of a side: district, period, submission, number, day (Date, null where no column is dated),
    place. A record without a number is none: whether it must have one is a rule of its return."""
    path = rule.left if side == "left" else rule.right
    table, _, column = path.rpartition(".")
    p: Mapping[str, Any] = rule.params
    key = p.get("key", {}).get(side, column)
    rows = held.tables[table].filter(of_kind(RowKind.DATA) & where(p.get("where", {}).get(side, {})))
    rows = in_window(rows, p.get("window", {}).get(side, {}))
    letters = held.letters.filter((pl.col("table") == table) & (pl.col("code") == column))
    rows = rows.join(
        letters.select("submission", "letter").unique("submission"), on="submission", how="left", maintain_order="left"
    )
    dated = catalogue.table(table).column(column).type == "date"
    number = pl.col(key).str.strip_chars()
    rows = rows.select(
        *OF_MONTH,
        "submission",
        number=number,
        day=pl.col(column) if dated else pl.lit(None, dtype=pl.Date),
        place=pl.col("sheet") + "!" + pl.col("letter") + pl.col("row").cast(pl.String),
    )
    return rows.filter(pl.col("number").is_not_null() & ~pl.col("number").is_in([*EMPTY_WORDS, ""]))


def _numbers(rule: Reconciliation, side: str, held: Held, catalogue: Catalogue) -> pl.DataFrame:
    return _cells(rule, side, held, catalogue).unique([*OF_MONTH, "number"], keep="first", maintain_order=True)


def _only(
    one: pl.DataFrame, other: pl.DataFrame, side: str, rule: Reconciliation, catalogue: Catalogue
) -> pl.DataFrame:
    """The numbers that one side has and the other has not, as rows of COMPARED."""
    missing = "right" if side == "left" else "left"
    sign = 1 if side == "left" else -1
    there, not_there = pl.lit(1).cast(EXACT), pl.lit(0).cast(EXACT)
    rows = one.join(other, on=[*OF_MONTH, "number"], how="anti", maintain_order="left")
    return rows.select(
        *OF_MONTH,
        key="number",
        left=_named(rule, "left", catalogue),
        right=_named(rule, "right", catalogue),
        left_value=there if side == "left" else not_there,
        right_value=there if side == "right" else not_there,
        difference=pl.lit(sign).cast(EXACT),
        lines=pl.lit(1, dtype=pl.Int64),
        left_cell=pl.col("place") if side == "left" else pl.lit(None, dtype=pl.String),
        right_cell=pl.col("place") if side == "right" else pl.lit(None, dtype=pl.String),
        left_submission=pl.col("submission") if side == "left" else pl.lit(None, dtype=pl.String),
        right_submission=pl.col("submission") if side == "right" else pl.lit(None, dtype=pl.String),
        cause=pl.lit(Cause.MISSING.value),
        explanation=pl.format("{}未列此号", pl.lit(_table_name(rule, missing, catalogue))),
    )


def _with_totals(
    items: pl.DataFrame,
    rule: Reconciliation,
    held: Held,
    catalogue: Catalogue,
    sides: tuple[pl.DataFrame, pl.DataFrame],
    unit: str = "个",
) -> pl.DataFrame:
    """The items and a row 合计 for every period of which a side was filed: how many numbers either has, and how many of
    them are wrong. Of a side that was not filed nothing is known."""
    tables = [path.rpartition(".")[0] for path in (rule.left, rule.right)]
    filed = [
        held.filed(t).rename({"submission": s})
        for t, s in zip(tables, ("left_submission", "right_submission"), strict=True)
    ]
    both = filed[0].join(filed[1], on=OF_MONTH, how="full", coalesce=True, maintain_order="left_right")
    for name, side in zip(("left", "right"), sides, strict=True):
        counts = side.group_by(OF_MONTH).agg(pl.len().cast(EXACT).alias(f"{name}_n"))
        both = both.join(counts, on=OF_MONTH, how="left", maintain_order="left")
    whole = pl.col("left_submission").is_not_null() & pl.col("right_submission").is_not_null()
    known = items.join(both.filter(whole).select(OF_MONTH), on=OF_MONTH, how="semi", maintain_order="left")
    wrong = known.group_by(OF_MONTH).agg(
        wrong=pl.len(), cause=pl.col("cause").first(), first=pl.col("explanation").first()
    )
    totals = both.join(wrong, on=OF_MONTH, how="left", maintain_order="left")
    n = pl.col("wrong").fill_null(0)
    state = (
        pl.when(~whole)
        .then(pl.lit(State.ONE_SIDED.value))
        .when(n == 0)
        .then(pl.lit(State.EQUAL.value))
        .otherwise(pl.lit(State.DIFFERENT.value))
    )
    left_n, right_n = (
        pl.when(pl.col(f"{s}_submission").is_not_null()).then(pl.col(f"{s}_n").fill_null(pl.lit(0).cast(EXACT)))
        for s in ("left", "right")
    )
    difference = pl.when(whole).then(n.cast(EXACT))
    totals = totals.select(
        *OF_MONTH,
        "left_submission",
        "right_submission",
        key=pl.lit(rule.label or TOTAL),
        left=pl.lit(f"{_table_name(rule, 'left', catalogue)} 条数"),
        right=pl.lit(f"{_table_name(rule, 'right', catalogue)} 条数"),
        left_value=left_n,
        right_value=right_n,
        difference=difference,
        lines=n.cast(pl.Int64),
        cause=pl.when(state == State.DIFFERENT.value).then("cause").otherwise(pl.lit("")),
        explanation=pl.when(n > 1)
        .then(pl.format("{}个号码不符，第一个：{}", n, "first"))
        .otherwise(pl.col("first").fill_null("")),
        state=state,
    )
    known = known.with_columns(state=pl.lit(State.DIFFERENT.value))
    common = {"rule": pl.lit(rule.code), "name": pl.lit(rule.name), "owner": pl.lit(rule.owner), "unit": pl.lit(unit)}
    ends = {"low": pl.col("difference"), "high": pl.col("difference")}
    return pl.concat([shaped(part.with_columns(**common, **ends)) for part in (totals.sort(OF_MONTH), known)])


def _table_name(rule: Reconciliation, side: str, catalogue: Catalogue) -> str:
    table = catalogue.table((rule.left if side == "left" else rule.right).rpartition(".")[0])
    return f"{table.form} {table.name}"


def _header(rule: Reconciliation, side: str, catalogue: Catalogue) -> str:
    return catalogue.column(rule.left if side == "left" else rule.right).header


def _named(rule: Reconciliation, side: str, catalogue: Catalogue) -> pl.Expr:
    number = pl.col("number")
    return pl.lit(f"{_table_name(rule, side, catalogue).split(' ')[0]} {_header(rule, side, catalogue)} ") + number
