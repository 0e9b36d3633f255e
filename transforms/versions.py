"""What a new version of a return tells otherwise than the version before."""

import polars as pl

from transforms.model import RowKind, Table

CHANGED = pl.Schema(dict.fromkeys(("sheet", "cell", "what", "before", "now"), pl.String))
NOTHING = "（空）"


def changed_cells(before: pl.DataFrame, now: pl.DataFrame, table: Table, letters: pl.DataFrame) -> pl.DataFrame:
    """Cells that differ between two versions of one table, rows matched by their key and kind.

    A value is compared as it was understood, so that 1,234 and 1234.00 are the same; it is shown as it was typed. Rows
    of one key are matched in the order in which they stand.

    Args:
        before, now: wide rows (model.wide_schema) of one submission each.
        letters: code, letter of the columns of `now`.
    Returns:
        CHANGED, in the order of the new version and then of what is gone; `cell` is "" for a row that is gone.
    """
    old, new = _long(before, table), _long(now, table)
    joined = new.join(old, on=["item", "nth", "code"], how="full", coalesce=True, suffix="_before")
    differs = pl.col("value").ne_missing(pl.col("value_before"))
    headers = pl.DataFrame({"code": [c.code for c in table.columns], "header": [c.header for c in table.columns]})
    joined = joined.with_columns(shown=pl.coalesce("shown", "shown_before"), place=pl.coalesce("place", "place_before"))
    told = joined.filter(differs).join(headers, on="code", how="left").join(letters, on="code", how="left")
    told = told.sort("row", "row_before", "place", nulls_last=True)
    cell = pl.format("{}{}", "letter", "row").fill_null("")
    return told.select(
        sheet=pl.coalesce("sheet", "sheet_before"),
        cell=cell,
        what=pl.when(pl.col("item") == "").then("header").otherwise(pl.format("“{}”{}", "shown", "header")),
        before=pl.col("text_before").fill_null(NOTHING),
        now=pl.col("text").fill_null(NOTHING),
    ).cast(CHANGED)


def _long(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """One row a cell: item (its key), shown (the key as typed), nth (of the rows of this key), code, place (of the
    column), sheet, row, value (what is compared), text (as typed)."""
    total = pl.col("kind").is_in([RowKind.TOTAL.value, RowKind.SUBTOTAL.value])
    key = [pl.coalesce(pl.col(k).cast(pl.String), pl.col(f"{k}|text")) for k in table.key]
    typed = [pl.coalesce(pl.col(f"{k}|text"), pl.col(k).cast(pl.String)).str.strip_chars() for k in table.key]
    identified = rows.with_columns(
        item=pl.when(total).then(pl.lit("合计")).otherwise(_joined(key)),
        shown=pl.when(total).then(pl.lit("合计")).otherwise(_joined(typed)),
    ).with_columns(nth=pl.int_range(pl.len()).over("item"))
    cells = [
        identified.select(
            "item",
            "shown",
            "nth",
            code=pl.lit(c.code),
            place=pl.lit(number),
            sheet="sheet",
            row="row",
            value=pl.coalesce(pl.col(c.code).cast(pl.String), pl.col(f"{c.code}|text")),
            text=pl.col(f"{c.code}|text"),
        )
        for number, c in enumerate(table.columns)
    ]
    return pl.concat(cells)


def _joined(words: list[pl.Expr]) -> pl.Expr:
    return pl.concat_str([w.fill_null("") for w in words], separator="/") if words else pl.lit("")
