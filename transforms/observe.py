"""Wide → long: one row a figure, with its basis, its unit and the cell it was told in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from transforms.edits.bounds import EMPTY_WORDS, half, of_kind, where
from transforms.edits.detail import in_window
from transforms.edits.prepare import with_item
from transforms.model import ELAPSED, EXACT, Catalogue, Column, RowKind, Statistic, Table
from transforms.ranges import row_ranges

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
    frames: Iterable[pl.DataFrame] = [
        pl.DataFrame(schema=OBSERVATIONS),
        *told,
        *_statistics(tables, layout, catalogue),
    ]
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
MOST_RANGES = 40
"""Of a statistic over more scattered rows than this, the first and the last cell and their number are named."""


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


def _statistics(tables: Mapping[str, pl.DataFrame], layout: pl.DataFrame, catalogue: Catalogue) -> list[pl.DataFrame]:
    """The statistics of the catalogue, table by table."""
    made = []
    by_table: dict[str, list[Statistic]] = {}
    for statistic in catalogue.statistics:
        if statistic.table in tables:
            by_table.setdefault(statistic.table, []).append(statistic)
    for table, statistics in by_table.items():
        filed = _filed(tables, table, layout)
        laid = layout.filter(pl.col("table") == table)
        letters = {(submission, code): letter for submission, _, code, letter in laid.iter_rows()}
        made += [_statistic(tables[table], statistic, filed, letters, catalogue) for statistic in statistics]
    return made


def _statistic(
    rows: pl.DataFrame,
    statistic: Statistic,
    filed: pl.DataFrame,
    letters: Mapping[tuple[str, str], str],
    catalogue: Catalogue,
) -> pl.DataFrame:
    """One row a submission that holds the table; null where a row that counts was not told, and where there is no row
    to take the largest of."""
    chosen = chosen_rows(rows, statistic, catalogue)
    value, width = _taken(statistic)
    of_submission = chosen.group_by("submission", maintain_order=True)
    sums = of_submission.agg(value.alias("value"), width.alias("half"), pl.col("row"))
    table = catalogue.table(statistic.table)
    column = columns_of(statistic, table)[0]
    cells = [
        cell_text(letters.get((submission, column), ""), rows)
        for submission, rows in sums.select("submission", "row").iter_rows()
    ]
    sums = sums.with_columns(cell=pl.Series(cells, dtype=pl.String), counted=pl.lit(True)).drop("row")
    joined = filed.join(sums, on="submission", how="left", maintain_order="left", validate="1:1")
    nothing = pl.col("counted").is_null()
    zero = pl.lit(None if statistic.take == "max" else 0).cast(EXACT)
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


def columns_of(statistic: Statistic, table: Table) -> tuple[str, ...]:
    """The columns whose cells a statistic stands on; of a number of rows the first of their key."""
    if statistic.of == ELAPSED and statistic.days:
        return tuple(filter(None, statistic.days))
    return (statistic.of, *statistic.plus) if statistic.of else table.key[:1]


def chosen_rows(rows: pl.DataFrame, statistic: Statistic, catalogue: Catalogue) -> pl.DataFrame:
    """The data rows of a table that a statistic is made of, with the length of their span of days where it has one.

    A row that does not tell what a condition asks for does not meet it; one that counts and does not tell its figure
    makes the statistic unknown.
    """
    meets = of_kind(RowKind.DATA) & where(statistic.where)
    for column in statistic.given:
        meets &= pl.col(column).is_not_null()
    for column in statistic.untold:
        meets &= pl.col(column).is_null()
    chosen = in_window(rows.filter(meets), statistic.window)
    if statistic.passed or statistic.days:
        chosen = chosen.with_columns(period_end=pl.col("period").str.to_date("%Y-%m", strict=False).dt.month_end())
    if statistic.days:
        chosen = chosen.with_columns(_days(statistic.days, catalogue.workdays if statistic.working else {}))
    limits = [pl.col(column) < pl.col("period_end") for column in statistic.passed]
    limits += [pl.col(column) <= _limit(limit) for column, limit in statistic.most.items()]
    limits += [pl.col(column) >= _limit(limit) for column, limit in statistic.least.items()]
    limits += [pl.col(column) < _limit(limit) for column, limit in statistic.below.items()]
    return chosen.filter(*(limit.fill_null(False) for limit in limits)) if limits else chosen


def _days(ends: tuple[str, str], workdays: Mapping[date, int]) -> pl.Expr:
    """The days after the first date up to and with the last; null where a date is not told or beyond the calendar."""
    first, last = (pl.col(column or "period_end") for column in ends)
    if workdays:
        numbers = {"return_dtype": pl.Int64, "default": None}
        first = first.replace_strict(list(workdays), list(workdays.values()), **numbers)  # type: ignore[arg-type]
        last = last.replace_strict(list(workdays), list(workdays.values()), **numbers)  # type: ignore[arg-type]
        return (last - first).cast(EXACT).alias(ELAPSED)
    return (last - first).dt.total_days().cast(EXACT).alias(ELAPSED)


def _limit(limit: str) -> pl.Expr:
    return pl.lit(Decimal(limit), dtype=EXACT) if limit[:1].isdigit() else pl.col(limit)


def _taken(statistic: Statistic) -> tuple[pl.Expr, pl.Expr]:
    """The figure of a group of rows, and half a unit of its last digit; null where one of the rows is not told."""
    zero = pl.lit(0).cast(EXACT)
    if statistic.take == "count":
        return pl.len().cast(EXACT), zero.first()
    columns = (statistic.of, *statistic.plus)
    of = pl.sum_horizontal(*columns, ignore_nulls=False) if statistic.plus else pl.col(statistic.of)
    if statistic.take == "distinct":
        return of.drop_nulls().n_unique().cast(EXACT), zero.first()
    slack = zero.first() if statistic.of == ELAPSED else pl.sum_horizontal(half(column) for column in columns)
    told = of.null_count() == 0
    if statistic.take == "max":
        return pl.when(told).then(of.max()), slack if statistic.of == ELAPSED else slack.max()
    return pl.when(told).then(of.sum()), slack if statistic.of == ELAPSED else slack.sum()


def cell_text(letter: str, rows: Sequence[int]) -> str:
    """K5:K9,K12; of very many scattered cells K5:K1333(876格)."""
    ranges = row_ranges(rows)
    if len(ranges) > MOST_RANGES:
        return f"{letter}{ranges[0][0]}:{letter}{ranges[-1][1]}({len(rows)}格)"
    return ",".join(
        f"{letter}{first}" if first == last else f"{letter}{first}:{letter}{last}" for first, last in ranges
    )
