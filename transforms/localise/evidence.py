"""What is known of a suspect cell besides the rules: its own history, what it may have been copied from, its parts."""

import polars as pl

from transforms import period
from transforms.edits.bounds import Context, of_kind
from transforms.edits.prepare import with_item
from transforms.localise.sets import EVIDENCE, place, with_boxes
from transforms.model import EXACT, Catalogue, RowKind, Table

MONTHS = 12


def evidence_of(equations: pl.DataFrame, context: Context, catalogue: Catalogue) -> pl.DataFrame:
    """EVIDENCE for the cells of violated equations.

    Args:
        equations: EQUATIONS.
        context: tables hold the rows of the submissions, known those of other periods.
    """
    boxed = with_boxes(equations.with_columns(place=place()))
    broken = boxed.filter(pl.col("violated")).select("equation").unique()
    near = boxed.join(broken, on="equation", how="semi").select("place").unique()
    near = boxed.join(near, on="place", how="semi").select("equation").unique()
    cells = boxed.join(near, on="equation", how="semi").filter(~pl.col("free") & pl.col("row").is_not_null())
    cells = cells.unique("place", maintain_order=True)
    found = [pl.DataFrame(schema=EVIDENCE)]
    for (code, column), of_column in cells.group_by("table", "column", maintain_order=True):
        table = catalogue.table(str(code))
        if table.layout != "ledger":
            found.append(_of_column(of_column, table, str(column), context, catalogue))
    return pl.concat(found)


def _of_column(cells: pl.DataFrame, table: Table, column: str, context: Context, catalogue: Catalogue) -> pl.DataFrame:
    frames = [f for f in (context.tables.get(table.code), context.known.get(table.code)) if f is not None]
    rows = with_item(pl.concat(frames, how="diagonal_relaxed"), table)
    rows = rows.unique(["submission", "row"], keep="first", maintain_order=True)
    cells = cells.select("place", "district", "item", "kind", "of_period", "submission", "row")
    cells = _with_history(cells, rows, column)
    cells = _with_other(cells, rows, column, partners(table, column, catalogue))
    return _with_parts(cells, rows, column).select(pl.col(n).cast(k) for n, k in EVIDENCE.items())


def _with_history(cells: pl.DataFrame, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """The same item in the twelve periods before."""
    told = rows.filter(of_kind(RowKind.DATA, RowKind.TOTAL) & pl.col(column).is_not_null())
    told = told.select("district", "item", past="period", told=column).unique(
        ["district", "item", "past"], keep="first"
    )
    months = [(m, period.shift(m, -k), k) for m in cells["of_period"].unique() for k in range(1, MONTHS + 1)]
    spans = pl.DataFrame(months, schema={"of_period": pl.String, "past": pl.String, "back": pl.Int64}, orient="row")
    past = cells.select("place", "district", "item", "of_period").join(spans, on="of_period")
    past = past.join(told, on=["district", "item", "past"], how="inner")
    summed = past.group_by("place").agg(
        previous=pl.col("told").filter(pl.col("back") == 1).first(),
        least=pl.col("told").min(),
        most=pl.col("told").max(),
    )
    return cells.join(summed, on="place", how="left", maintain_order="left")


def _with_other(cells: pl.DataFrame, rows: pl.DataFrame, column: str, codes: list[str]) -> pl.DataFrame:
    """Of several figures that it may have been mixed up with the one that is told in the cell."""
    if not codes:
        return cells.with_columns(other=pl.lit(None, dtype=EXACT))
    same = [pl.when(pl.col(code) == pl.col(column)).then(pl.col(code)) for code in codes]
    other = rows.select("submission", "row", other=pl.coalesce(*same, pl.col(codes[0])))
    return cells.join(other, on=["submission", "row"], how="left", maintain_order="left")


def partners(table: Table, column: str, catalogue: Catalogue) -> list[str]:
    """The month's figure of a cumulative one, or the cumulative ones of a month's."""
    pairs = [(e.column, e.params["flow"]) for e in catalogue.edits(table.code) if e.kind == "cumulative"]
    return [flow for total, flow in pairs if total == column] or [total for total, flow in pairs if flow == column]


def _with_parts(cells: pl.DataFrame, rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Of a total the parts."""
    totals = cells.filter(pl.col("kind") == RowKind.TOTAL.value).select("place", "submission")
    parts = rows.filter(of_kind(RowKind.DATA) & pl.col(column).is_not_null()).group_by("submission").agg(parts=column)
    listed = totals.join(parts, on="submission", how="left").select("place", "parts")
    return cells.with_columns(corrected_before=pl.lit(0, dtype=pl.Int64)).join(
        listed, on="place", how="left", maintain_order="left"
    )
