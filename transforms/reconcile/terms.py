"""What the two sides of a rule consist of: the told cells, each with its weight and what its digits stand for.

Every rule of figures is Σ w·v on the left against Σ w·v on the right. The pairs are sums of these terms; `explain`
lists them, and the cell that is most likely wrong is looked for among them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import polars as pl

from transforms import period
from transforms.edits.bounds import of_kind, where
from transforms.edits.detail import in_window
from transforms.edits.prepare import with_item
from transforms.interval import ENDS, ends_of
from transforms.model import EXACT, Catalogue, Figure, Reconciliation, RowKind, Table
from transforms.reconcile.filings import filings

TERMS: Mapping[str, pl.DataType] = {
    "district": pl.String(),
    "rule": pl.String(),
    "key": pl.String(),
    "period": pl.String(),
    "side": pl.String(),
    "weight": EXACT,
    "form": pl.String(),
    "table": pl.String(),
    "column": pl.String(),
    "header": pl.String(),
    "item": pl.String(),
    "of_period": pl.String(),
    "submission": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "lines": pl.Int64(),
    "value": EXACT,
    "low": EXACT,
    "high": EXACT,
    "low_open": pl.Boolean(),
    "high_open": pl.Boolean(),
    "unit": pl.String(),
}
"""One row a told cell of one side of one pair; the rows of a ledger that enter one sum are one term. `period` is that of
the pair, `of_period` that of the return; `value` (null: not told), `low` and `high` are in the base `unit` and without
the weight; `lines` is how many rows stand behind it."""

TOTAL = "合计"
"""The key of a pair that is not one of several."""

NUMBER_OF_ROWS = "条数"


@dataclass(frozen=True)
class Held:
    """The tables that a rule looks at.

    Attributes:
        tables: wide tables by code.
        letters: submission, table, code, letter.
    """

    tables: Mapping[str, pl.DataFrame]
    letters: pl.DataFrame

    @cached_property
    def first(self) -> Mapping[tuple[str, str], str]:
        """The first month for which each district filed each form, by (district, form)."""
        found: dict[tuple[str, str], str] = {}
        for table, rows in self.tables.items():
            form = table.split(".", maxsplit=1)[0]
            for district, earliest in rows.group_by("district").agg(pl.col("period").min()).iter_rows():
                month = period.months_of(earliest)[0]
                found[district, form] = min(found.get((district, form), month), month)
        return found

    @cached_property
    def _filings(self) -> dict[str, pl.DataFrame]:
        return {}

    def filed(self, table: str) -> pl.DataFrame:
        """The submissions that hold a table (reconcile.filings)."""
        if table not in self._filings:
            self._filings[table] = filings(self.tables, table, self.letters)
        return self._filings[table]


def terms_of(rule: Reconciliation, pairs: pl.DataFrame, held: Held, catalogue: Catalogue) -> pl.DataFrame:
    """The terms of both sides of a rule of figures.

    Args:
        pairs: see pairs_of.
    Returns:
        TERMS and `part` (Int64: which figure of its side), `ledger` (Boolean: no row of it is a told zero), `own`
        (Boolean: told in the period of the pair itself), `alike` (Boolean: of the basis that the rule compares).
    """
    found = []
    for side, figures in zip(("left", "right"), rule.figures, strict=True):
        for part, figure in enumerate(figures):
            terms = _figure(figure, held, catalogue).with_columns(
                rule=pl.lit(rule.code),
                side=pl.lit(side),
                part=pl.lit(part, dtype=pl.Int64),
                own=pl.lit(figure.at == "this"),
            )
            needed = needed_by(figure, pairs, held.first)
            found.append(terms.join(needed, on=["district", "of_period"], how="inner", maintain_order="left"))
    every = pl.concat(found).with_columns(key=_key(rule))
    return every.select(*TERMS, "part", "ledger", "own", "alike")


def _key(rule: Reconciliation) -> pl.Expr:
    if not rule.label:
        return pl.when(pl.col("key") == "").then(pl.lit(TOTAL)).otherwise("key")
    of_item = pl.concat_str("key", pl.lit("/" + rule.label))
    return pl.when(pl.col("key") == "").then(pl.lit(rule.label)).otherwise(of_item)


def pairs_of(rule: Reconciliation, held: Held) -> pl.DataFrame:
    """The periods that a rule compares: those for which a return was filed that it reads in the period itself, unless
    it also reads one from before the district first filed that form: what continues nothing is no pair.

    Returns:
        district, period.
    """
    every = [f for side in rule.figures for f in side]
    of_itself = [f for f in every if f.at == "this" and f.over != "quarter"]
    filed = pl.concat([held.filed(t) for t in sorted({f.table for f in of_itself})])
    pairs = filed.select("district", "period").unique().sort("district", "period")
    if any(f.at == "previous_of_year" for f in every):
        pairs = pairs.filter(~pl.col("period").str.contains(period.OPENS_YEAR))
    kept = [
        (district, p)
        for district, p in pairs.iter_rows()
        if all(_continues(f, p, held.first.get((district, f.form), "")) for f in every)
    ]
    return pl.DataFrame(kept, schema=pairs.schema, orient="row")


def _continues(figure: Figure, of: str, first: str) -> bool:
    """Whether the other periods that a figure is read from lie in the time of the form's returns."""
    others = [q for q in needs(figure, of, first or of) if q != of and of not in (q, period.quarter_of(q))]
    return all(period.months_of(q)[0] >= first for q in others)


def needs(figure: Figure, of: str, first: str) -> list[str]:
    """The periods whose returns a figure of the pair of a period is read from.

    Args:
        first: the first month for which the form was filed.
    """
    shifted = {
        "this": of,
        "previous": period.previous(of),
        "previous_of_year": period.previous(of),
        "december": period.december_before(of),
        "year_ago": period.year_ago(of),
    }[figure.at]
    if figure.over == "quarter":
        return list(period.months_of(shifted))
    if figure.over == "always":
        return period.months_between(min(first, shifted), shifted)
    if figure.over == "year":
        return list(period.year_to_date(shifted))
    back = {"": 1, "two_months": 2, "three_months": 3}[figure.over]
    return [period.shift(shifted, -n) for n in range(back)]


def needed_by(figure: Figure, pairs: pl.DataFrame, first: Mapping[tuple[str, str], str]) -> pl.DataFrame:
    """district, of_period, period: which returns a figure is read from in each pair."""
    rows = [
        (district, of, p)
        for district, p in pairs.iter_rows()
        for of in needs(figure, p, first.get((district, figure.form), p))
    ]
    return pl.DataFrame(rows, schema={"district": pl.String, "of_period": pl.String, "period": pl.String}, orient="row")


def _figure(figure: Figure, held: Held, catalogue: Catalogue) -> pl.DataFrame:
    """The told cells of a figure: TERMS without rule, side and period, and `ledger`."""
    table = catalogue.table(figure.table)
    kinds = {"data": (RowKind.DATA,), "total": (RowKind.TOTAL,), "each": (RowKind.DATA, RowKind.TOTAL)}[figure.rows]
    rows = with_item(in_window(held.tables[table.code], figure.window), table)
    rows = rows.filter(of_kind(*kinds) & where(figure.where) & _last_total())
    key = pl.col("item") if figure.rows == "each" else pl.concat_str(figure.by, separator="/") if figure.by else None
    rows = rows.with_columns(key=pl.lit("") if key is None else key, alike=where(figure.basis))
    rows = rows.filter(pl.col("key").is_not_null())
    letter = held.letters.filter((pl.col("table") == table.code) & (pl.col("code") == (figure.column or table.key[0])))
    letter = letter.select("submission", "letter").unique("submission")
    rows = rows.join(letter, on="submission", how="left", maintain_order="left")
    cells = _of_ledger(rows, figure, table) if table.layout == "ledger" else _of_rows(rows, figure, table)
    unit = catalogue.units[table.column(figure.column).unit].base if figure.column else "个"
    header = table.column(figure.column).header if figure.column else NUMBER_OF_ROWS
    return cells.select(
        "district",
        "key",
        pl.lit(figure.weight, dtype=EXACT).alias("weight"),
        pl.lit(table.form).alias("form"),
        pl.lit(table.code).alias("table"),
        pl.lit(figure.column).alias("column"),
        pl.lit(header).alias("header"),
        "item",
        pl.col("period").alias("of_period"),
        "submission",
        "sheet",
        "cell",
        "lines",
        "value",
        *ENDS,
        pl.lit(unit).alias("unit"),
        pl.lit(table.layout == "ledger").alias("ledger"),
        "alike",
    )


def _last_total() -> pl.Expr:
    """Of several total rows the last is that of the whole table; H07 holds every one of them."""
    total = of_kind(RowKind.TOTAL)
    return ~total | (pl.col("row") == pl.col("row").filter(total).max().over("submission"))


def _of_rows(rows: pl.DataFrame, figure: Figure, table: Table) -> pl.DataFrame:
    if not figure.column:
        raise ValueError(f"{figure.of}: only the rows of a ledger are counted")
    cell = pl.col("letter") + pl.col("row").cast(pl.String)
    told = ends_of(table.column(figure.column))
    return rows.with_columns(cell=cell, lines=pl.lit(1, dtype=pl.Int64), value=pl.col(figure.column), **told)


def _of_ledger(rows: pl.DataFrame, figure: Figure, table: Table) -> pl.DataFrame:
    """One term a submission and key: the sum of its rows, null where one was not told, or their number."""
    one = pl.lit(Decimal(1), dtype=EXACT)
    told: dict[str, pl.Expr] = {"value": one, "low": one, "high": one}
    told |= {"low_open": pl.lit(False), "high_open": pl.lit(False)}
    if figure.column:
        told = {"value": pl.col(figure.column), **ends_of(table.column(figure.column))}
    rows = rows.with_columns(**{f"|{name}": of for name, of in told.items()})
    all_told = pl.col("|value").null_count() == 0
    of_rows = {
        n: pl.col(f"|{n}").sum() if figure.take == "sum" else pl.col(f"|{n}").max() for n in ("value", *ENDS[:2])
    }
    sums = {name: pl.when(all_told).then(of) for name, of in of_rows.items()}
    opens = {name: pl.col(f"|{name}").any() for name in ("low_open", "high_open")}
    first, last = pl.col("row").min().cast(pl.String), pl.col("row").max().cast(pl.String)
    place = pl.col("letter").first() + first
    return rows.group_by("district", "period", "submission", "key", maintain_order=True).agg(
        item=pl.col("key").first(),
        sheet=pl.col("sheet").first(),
        cell=pl.when(pl.len() == 1).then(place).otherwise(place + "—" + pl.col("letter").first() + last),
        lines=pl.len().cast(pl.Int64),
        alike=pl.col("alike").all(),
        **sums,
        **opens,
    )
