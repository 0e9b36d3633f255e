"""Who filed a table: with rows, or as a table without any, which tells zero."""

from collections.abc import Mapping

import polars as pl

IDENTITY = ("district", "period", "submission")


def filings(tables: Mapping[str, pl.DataFrame], table: str, letters: pl.DataFrame) -> pl.DataFrame:
    """The submissions that hold a table.

    A table without a row is known by its columns alone, and whose it is by the other tables of its form.

    Args:
        letters: submission, table, code, letter.
    Returns:
        district, period, submission (String): one row a district and period.
    """
    form = table.split(".", maxsplit=1)[0] + "."
    of_form = [rows.select(IDENTITY) for code, rows in tables.items() if code.startswith(form)]
    laid = letters.filter(pl.col("table") == table)["submission"]
    there = pl.concat([laid, tables[table]["submission"]]).unique()
    filed = pl.concat(of_form).filter(pl.col("submission").is_in(there.implode()))
    return filed.unique(["district", "period"], keep="first", maintain_order=True)
