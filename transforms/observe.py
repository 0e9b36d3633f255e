"""Wide → long: one row a figure, with its basis, its unit and the cell it was told in."""

from collections.abc import Iterable, Mapping

import polars as pl

from transforms.edits.bounds import EMPTY_WORDS, half, of_kind, where
from transforms.edits.detail import in_window
from transforms.edits.prepare import with_item
from transforms.model import EXACT, Catalogue, Column, RowKind, Statistic, Table

OBSERVATIONS: Mapping[str, pl.DataType] = {
    "district": pl.String(),
    "department": pl.String(),
    "form": pl.String(),
    "table": pl.String(),
    "series": pl.String(),
    "item": pl.String(),
    "period": pl.String(),
    "basis": pl.String(),
    "unit": pl.String(),
    "value": EXACT,
    "half": EXACT,
    "text": pl.String(),
    "missing": pl.String(),
    "submission": pl.String(),
    "version": pl.Int64(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
}
"""One row a figure. `value` is in the base `unit`; null means not told, and `missing` says how that was written.
`half` is half a unit of the last reported digit."""


def observe(tables: Mapping[str, pl.DataFrame], layout: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Every told figure of the summaries and notes, and every statistic of the catalogue.

    Args:
        tables: wide tables by code; the rows of the submissions to observe.
        layout: submission, table, code, letter.
    Returns:
        OBSERVATIONS, ordered by series, district, period, item.
    """
    told = [
        _column(rows, table, column, layout, catalogue)
        for table in catalogue.tables()
        if table.layout != "ledger" and (rows := tables.get(table.code)) is not None
        for column in table.columns
        if column.numeric
    ]
    computed = [
        _statistic(rows, statistic, _filed(tables, statistic.table, layout), catalogue)
        for statistic in catalogue.statistics
        if (rows := tables.get(statistic.table)) is not None
    ]
    frames: Iterable[pl.DataFrame] = [pl.DataFrame(schema=OBSERVATIONS), *told, *computed]
    return pl.concat(frames).sort("series", "district", "period", "item", "submission", maintain_order=True)


def _column(
    rows: pl.DataFrame, table: Table, column: Column, layout: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    letters = layout.filter((pl.col("table") == table.code) & (pl.col("code") == column.code))
    rows = with_item(rows.filter(of_kind(RowKind.DATA, RowKind.TOTAL)), table)
    letters = letters.select("submission", "letter").unique("submission")
    rows = rows.join(letters, on="submission", how="left", maintain_order="left")
    text = pl.col(f"{column.code}|text")
    value = pl.col(column.code)
    return rows.select(
        "district",
        "department",
        form=pl.lit(table.form),
        table=pl.lit(table.code),
        series=pl.lit(f"{table.code}.{column.code}"),
        item="item",
        period="period",
        basis=pl.lit(column.basis),
        unit=pl.lit(catalogue.units[column.unit].base),
        value=value,
        half=half(column.code),
        text=text,
        missing=pl.when(value.is_null()).then(pl.when(text.is_in(EMPTY_WORDS)).then(text).otherwise(pl.lit("未报"))),
        submission="submission",
        version="version",
        file="file",
        sheet="sheet",
        cell=pl.col("letter") + pl.col("row").cast(pl.String),
    )


IDENTITY = ["district", "department", "period", "submission", "version", "file", "sheet"]


def _filed(tables: Mapping[str, pl.DataFrame], table: str, layout: pl.DataFrame) -> pl.DataFrame:
    """The submissions that hold a table; one without a row is known by its columns, and by its form's other tables."""
    form = table.split(".", maxsplit=1)[0] + "."
    laid = pl.concat([layout.filter(pl.col("table") == table)["submission"], tables[table]["submission"]]).unique()
    others = [
        rows.select(*IDENTITY[:-1], sheet=pl.lit(None, dtype=pl.String))
        for code, rows in tables.items()
        if code.startswith(form) and code != table
    ]
    told = pl.concat([tables[table].select(IDENTITY), *others]).filter(pl.col("submission").is_in(laid.implode()))
    return told.unique("submission", keep="first", maintain_order=True)


def chosen_rows(rows: pl.DataFrame, statistic: Statistic) -> pl.DataFrame:
    """The rows of a table that a statistic is made of."""
    return in_window(rows.filter(of_kind(RowKind.DATA), where(statistic.where)), statistic.window)


def _statistic(rows: pl.DataFrame, statistic: Statistic, filed: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """One row a submission that holds the table; null where a row that counts was not told."""
    chosen = chosen_rows(rows, statistic)
    value: pl.Expr = pl.len().cast(EXACT)
    width: pl.Expr = pl.lit(0).cast(EXACT)
    if statistic.of:
        of = pl.col(statistic.of)
        value = pl.when(of.null_count() == 0).then(of.sum())
        width = half(statistic.of).sum()
    first, last = pl.col("row").min().cast(pl.String), pl.col("row").max().cast(pl.String)
    sums = chosen.group_by("submission").agg(value.alias("value"), width.alias("half"), cell=first + "—" + last + "行")
    joined = filed.join(sums, on="submission", how="left", maintain_order="left", validate="1:1")
    nothing = ~pl.col("submission").is_in(chosen["submission"].unique().implode())
    table = catalogue.table(statistic.table)
    zero = pl.lit(0).cast(EXACT)
    return joined.select(
        "district",
        "department",
        form=pl.lit(table.form),
        table=pl.lit(table.code),
        series=pl.lit(statistic.series),
        item=pl.lit(""),
        period="period",
        basis=pl.lit(statistic.basis),
        unit=pl.lit(catalogue.units[statistic.unit].base),
        value=pl.when(nothing).then(zero).otherwise(pl.col("value")),
        half=pl.when(nothing).then(zero).otherwise(pl.col("half")),
        text=pl.lit(None, dtype=pl.String),
        missing=pl.when(~nothing & pl.col("value").is_null()).then(pl.lit("未报")),
        submission="submission",
        version="version",
        file="file",
        sheet="sheet",
        cell="cell",
    )
