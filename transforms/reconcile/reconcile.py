"""All reconciliations of the catalogue over the submissions that count."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from transforms import period
from transforms.cause import cause_of_pairs
from transforms.model import EXACT, Catalogue, Cause, Reconciliation, State
from transforms.reconcile import ledgers, records
from transforms.reconcile.cause import CAUSE_OF_AMOUNTS
from transforms.reconcile.difference import no_pairs
from transforms.reconcile.figures import compare_figures
from transforms.reconcile.terms import TERMS, TOTAL, Held


@dataclass(frozen=True, slots=True)
class Holdings:
    """What there is to reconcile.

    Attributes:
        accepted: wide tables by code: the current accepted submission of each district, form and period.
        latest: the same with the latest readable submission, accepted or sent back: for rules that stay within
            one return and are told to the office either way.
        layout: submission, table, code, letter.
        districts: which forms each district has to file; a rule between forms that it does not file is no rule.
    """

    accepted: Mapping[str, pl.DataFrame]
    latest: Mapping[str, pl.DataFrame]
    layout: pl.DataFrame
    districts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the reconciliations say.

    Attributes:
        compared: difference.COMPARED: every compared pair, in the order of rule, district, period, key.
        terms: terms.TERMS: the told cells behind the pairs of figures.
    """

    compared: pl.DataFrame
    terms: pl.DataFrame


FIGURES = ("equal", "at_most", "band")
"""Kinds of rules that compare sums of told cells (reconcile.figures)."""
RECORDS: Mapping[str, Callable[[Reconciliation, Held, Catalogue], pl.DataFrame]] = {
    "exists": records.exists,
    "unique": records.unique,
    "in_order": records.in_order,
}
"""Kinds of rules that compare records by their numbers."""


def reconcile(holdings: Holdings, catalogue: Catalogue) -> Reconciled:
    """Every compared pair of every rule, district and period that is held."""
    accepted, latest = (Held(tables, holdings.layout) for tables in (holdings.accepted, holdings.latest))
    found, behind = [no_pairs()], [pl.DataFrame(schema=TERMS)]
    for rule in catalogue.reconciliations:
        held = latest if rule.params.get("told") == "latest" else accepted
        if rule.kind in FIGURES:
            judged, terms = compare_figures(rule, held, catalogue)
            behind.append(_due(terms, rule, holdings))
        elif rule.kind in RECORDS:
            judged = RECORDS[rule.kind](rule, held, catalogue)
        elif rule.kind == "unfiled":
            continue
        else:
            judged = _with_slips(ledgers.match_ledgers(rule, held.tables, holdings.layout, catalogue))
        found.append(_due(judged, rule, holdings))
    compared = _explained(pl.concat(found))
    if any(rule.params.get("after") for rule in catalogue.reconciliations):
        compared = _after_items(compared, catalogue)
    compared = compared.sort("rule", "district", "period", pl.col("key") != TOTAL, "key", maintain_order=True)
    return Reconciled(compared, pl.concat(behind))


def _with_slips(judged: pl.DataFrame) -> pl.DataFrame:
    """Say of two amounts under one number in what their digits differ, where it is one slip of the pen: a record has no
    other rule that could be broken by it."""
    told = pl.col("left_value").is_not_null() & pl.col("right_value").is_not_null() & (pl.col("key") != TOTAL)
    open_ones = told & (pl.col("state") == State.DIFFERENT.value) & (pl.col("cause") == Cause.UNEXPLAINED.value)
    numbered = judged.with_row_index("n")
    pairs = numbered.filter(open_ones)
    if pairs.is_empty():
        return judged
    causes = pairs.select("n", slip=cause_of_pairs(pairs)).filter(pl.col("slip").is_in(list(SLIPS)))
    joined = numbered.join(causes, on="n", how="left", maintain_order="left")
    words = pl.col("slip").replace_strict(SLIPS, default="", return_dtype=pl.String)
    return joined.with_columns(
        cause=pl.coalesce("slip", "cause"),
        explanation=pl.when(pl.col("slip").is_not_null())
        .then(pl.format("{}，{}", "explanation", words))
        .otherwise("explanation"),
    ).select(judged.columns)


SLIPS = {
    Cause.TRANSPOSED.value: "两数相邻的两位数字颠倒",
    Cause.DROPPED.value: "一数比另一数少一位数字",
    Cause.SUBSTITUTED.value: "两数只有一位数字不同",
    Cause.TRUNCATED.value: "一数是另一数截去末位",
}
"""What is said of two amounts under one number that differ by a slip of the pen."""


def _due(judged: pl.DataFrame, rule: Reconciliation, holdings: Holdings) -> pl.DataFrame:
    """Leave out districts that do not file every form that the rule looks at."""
    districts = [code for code, due in holdings.districts.items() if rule.forms <= set(due)]
    return judged.filter(pl.col("district").is_in(districts))


def _explained(compared: pl.DataFrame) -> pl.DataFrame:
    """Give a plain cause to the differences that have one, and words to every one that has none yet."""
    unexplained = (pl.col("state") == State.DIFFERENT.value) & (pl.col("cause") == Cause.UNEXPLAINED.value)
    cause = pl.when(unexplained).then(CAUSE_OF_AMOUNTS).otherwise(pl.col("cause"))
    words = pl.col("cause").replace_strict(EXPLANATIONS, default="", return_dtype=pl.String)
    compared = compared.with_columns(cause=cause)
    missing = pl.when(pl.col("left_value").is_null()).then(pl.lit("左方未报")).otherwise(pl.lit("右方未报"))
    explanation = (
        pl.when(pl.col("explanation").fill_null("") != "")
        .then(pl.col("explanation"))
        .when(pl.col("state") == State.ONE_SIDED.value)
        .then(missing)
        .when(pl.col("state") == State.DIFFERENT.value)
        .then(words)
        .otherwise(pl.lit(""))
    )
    return compared.with_columns(explanation=explanation)


EXPLANATIONS = {
    Cause.UNIT.value: "两方正好相差百倍、万倍或亿倍，疑为计量单位错位",
    Cause.SIGN.value: "两方绝对值相同、正负相反",
    Cause.DUPLICATE.value: "一方正好是另一方的两倍，疑为重复计入",
    Cause.UNEXPLAINED.value: "原因未查明，请牵头单位核对两方底稿",
}


def _after_items(compared: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """A cumulative difference that is the sum of the item differences of its year has their cause (R02 after R01)."""
    for rule in catalogue.reconciliations:
        if after := rule.params.get("after"):
            compared = _explain_by_items(compared, rule.code, after)
    return compared


def _explain_by_items(compared: pl.DataFrame, rule: str, after: str) -> pl.DataFrame:
    totals = compared.filter((pl.col("rule") == after) & (pl.col("key") == TOTAL))
    months = pl.DataFrame(
        [(p, m) for p in compared["period"].unique().sort() for m in period.year_to_date(p)],
        schema={"period": pl.String, "month": pl.String},
        orient="row",
    )
    by_month = totals.select("district", pl.col("period").alias("month"), "difference", "cause", "state", "lines")
    items = months.join(by_month, on="month", how="inner").filter(pl.col("lines") > 0)
    summed = items.group_by("district", "period").agg(
        items_sum=pl.col("difference").sum(),
        items_n=pl.col("lines").sum(),
        items_cause=pl.col("cause").sort_by(pl.col("difference").abs(), descending=True).first(),
        items_timing=(pl.col("state") == State.TIMING.value).all(),
    )
    joined = compared.join(summed, on=["district", "period"], how="left", maintain_order="left")
    zero = pl.lit(0).cast(EXACT)
    rest_low, rest_high = pl.col("low") - pl.col("items_sum"), pl.col("high") - pl.col("items_sum")
    explained = (
        (pl.col("rule") == rule)
        & (pl.col("state") == State.DIFFERENT.value)
        & (rest_low <= zero).fill_null(False)
        & (rest_high >= zero).fill_null(False)
    )
    words = pl.format(f"与{after}本年逐笔差异之和一致（{{}}笔）", "items_n")
    return joined.with_columns(
        cause=pl.when(explained).then("items_cause").otherwise("cause"),
        explanation=pl.when(explained).then(words).otherwise("explanation"),
        state=pl.when(explained & pl.col("items_timing")).then(pl.lit(State.TIMING.value)).otherwise("state"),
    ).drop("items_sum", "items_n", "items_cause", "items_timing")
