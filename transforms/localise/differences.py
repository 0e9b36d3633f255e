"""Localisation over the differences between returns: their cells, together with the hard rules of the returns that told
them. A figure that differs across returns and breaks nothing within its own is seldom wrong alone."""

from dataclasses import replace

import polars as pl

from transforms.edits.bounds import Context
from transforms.localise.equations import AT_MOST, EQUAL, EQUATIONS, ROWS, edit_equations
from transforms.localise.evidence import evidence_of
from transforms.localise.sentences import WORDS, say
from transforms.localise.sets import Localised, localise
from transforms.model import EXACT, Catalogue, Cause, RowKind, State
from transforms.reconcile.difference import COMPARED
from transforms.reconcile.terms import TOTAL

PAIR = ["rule", "district", "period", "key"]
RELATIONS = {"equal": EQUAL, "at_most": AT_MOST}
TIES = 2
"""Sets without a cause that a sentence names at most: of more of them nothing is proposed (Changde: any of five cells)."""


def name_suspects(
    compared: pl.DataFrame, terms: pl.DataFrame, context: Context, layout: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """Name the cells that are most likely wrong at the differences between figures.

    Args:
        compared: difference.COMPARED.
        terms: terms.TERMS of the same rules.
        context: the rows of all submissions that were compared, as `tables` and as `known`.
        layout: submission, table, code, letter.
    Returns:
        COMPARED with `suspects`; where one cell alone explains a difference by a plain cause that closes every rule it
        touches, that is the cause of what was 未查明 before.
    """
    figures = terms.select(PAIR).unique()
    different = compared.filter(pl.col("state") == State.DIFFERENT.value).join(figures, on=PAIR, how="semi")
    if different.is_empty():
        return compared
    across = _equations(terms, catalogue)
    broken = across.filter(pl.col("equation").is_in(different.select(_name())["equation"].implode()))
    cells = ["submission", "table", "row", "column"]
    near = across.join(broken.select(cells).unique(), on=cells, how="semi", nulls_equal=True)
    linked = across.filter(pl.col("equation").is_in(near["equation"].unique().implode()))
    told_in = broken["submission"].drop_nulls().unique().sort()
    within = edit_equations(told_in, _of(context, told_in), layout, catalogue)
    equations = pl.concat([linked, within]).select(list(EQUATIONS))
    found = localise(equations, evidence_of(equations, context, catalogue))
    return _with_suspects(compared, found, catalogue)


def _of(context: Context, submissions: pl.Series) -> Context:
    chosen = pl.col("submission").is_in(submissions.implode())
    return replace(context, tables={code: rows.filter(chosen) for code, rows in context.tables.items()})


def _name() -> pl.Expr:
    """A pair as the name of its equation."""
    return pl.format("{}|{} {}|{}", *(pl.col(c) for c in PAIR)).alias("equation")


def _equations(terms: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """EQUATIONS of the pairs that are equal or at most one another; a pair of which a cell is not told has none."""
    kinds = {(r.code, r.label): r.kind for r in catalogue.reconciliations if r.figures[0]}
    rules = pl.DataFrame(
        [(code, label or TOTAL, RELATIONS.get(kind, "")) for (code, label), kind in kinds.items()],
        schema={"rule": pl.String, "label": pl.String, "relation": pl.String},
        orient="row",
    )
    label = pl.col("key").str.split("/").list.last()
    several = terms["rule"].is_in([code for code, name in kinds if name])
    of_rule = terms.with_columns(label=pl.when(several).then(label).otherwise(pl.lit(TOTAL)))
    of_rule = of_rule.join(rules, on=["rule", "label"], how="inner", maintain_order="left").filter(
        pl.col("relation") != ""
    )
    columns = {
        (table.code, column.code): (column.unit, column.signed, column.type == "int")
        for table in catalogue.tables()
        for column in table.columns
    }
    known = pl.DataFrame(
        [(t, c, u, s, catalogue.units[u].factor if whole and u else None) for (t, c), (u, s, whole) in columns.items()],
        schema={"table": pl.String, "column": pl.String, "told_unit": pl.String, "signed": pl.Boolean, "whole": EXACT},
        orient="row",
    )
    departments = {form.code: form.department for form in catalogue.returns}
    ledgers = [table.code for table in catalogue.tables() if table.layout == "ledger"]
    joined = of_rule.join(known, on=["table", "column"], how="left", maintain_order="left")
    free = pl.col("table").is_in(ledgers)
    width = pl.col("high") - pl.col("low")
    sign = pl.when(pl.col("side") == "left").then(pl.lit(1)).otherwise(pl.lit(-1)).cast(EXACT)
    made = joined.with_columns(
        equation=_name(),
        weight=pl.col("weight") * sign,
        free=free,
        bound_low=pl.lit(None, dtype=EXACT),
        bound_high=pl.lit(None, dtype=EXACT),
        department=pl.col("form").replace_strict(departments, return_dtype=pl.String),
        column=pl.when(free).then(pl.lit(ROWS)).otherwise("column"),
        kind=pl.when(pl.col("item") == TOTAL).then(pl.lit(RowKind.TOTAL.value)).otherwise(pl.lit(RowKind.DATA.value)),
        row=pl.when(~free).then(pl.col("cell").str.extract(r"(\d+)$").cast(pl.Int64)),
        file=pl.lit(None, dtype=pl.String),
        unit=pl.col("told_unit").fill_null(""),
        step=pl.coalesce("whole", pl.when(width > 0).then(width)),
        signed=pl.col("signed").fill_null(True),
    )
    lacking = made.filter(pl.col("value").is_null()).select("equation").unique()
    whole = made.join(lacking, on="equation", how="anti", maintain_order="left")
    return whole.select(pl.col(name).cast(kind) for name, kind in EQUATIONS.items())


def _with_suspects(compared: pl.DataFrame, found: Localised, catalogue: Catalogue) -> pl.DataFrame:
    best = found.suspects.filter(pl.col("rank") == pl.col("rank").min().over("record"))
    of_record = best.group_by("record").agg(
        sets=pl.col("set").n_unique(),
        cells=pl.len(),
        likely=pl.col("cause").first(),
        plain=pl.col("certain").all() & (pl.col("cause") != "").all(),
        named=(pl.col("cause") != "").any(),
    )
    told = of_record.filter((pl.col("sets") <= TIES) | pl.col("named"))
    said = say(found.suspects.join(told, on="record", how="semi"), catalogue)
    sentences = pl.DataFrame(list(said.items()), schema={"record": pl.String, "sentence": pl.String}, orient="row")
    pairs = (
        found.records.join(told, on="record")
        .join(sentences, on="record")
        .select("equation", "sentence", "likely", alone=(pl.col("cells") == 1) & pl.col("plain"))
    )
    joined = compared.with_columns(_name()).join(pairs, on="equation", how="left", maintain_order="left")
    unexplained = (pl.col("state") == State.DIFFERENT.value) & (pl.col("cause") == Cause.UNEXPLAINED.value)
    explained = unexplained & pl.col("alone").fill_null(False) & pl.col("likely").is_in(list(WORDS))
    words = pl.col("likely").replace_strict(WORDS, default="", return_dtype=pl.String)
    return joined.with_columns(
        suspects=pl.when(pl.col("state") == State.DIFFERENT.value).then(pl.col("sentence")).fill_null(""),
        cause=pl.when(explained).then("likely").otherwise("cause"),
        explanation=pl.when(explained).then(pl.format("疑为{}，见疑错单元格", words)).otherwise("explanation"),
    ).select(list(COMPARED))
