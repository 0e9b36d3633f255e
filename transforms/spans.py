"""Columns of periods, in which months and quarters may stand side by side."""

import polars as pl

from transforms.period import QUARTER_ENDS


def last_month_of(periods: pl.Expr) -> pl.Expr:
    """`period.last_month` of a column: what can be compared with a month and with one another."""
    return periods.str.replace_many(list(QUARTER_ENDS), list(QUARTER_ENDS.values()))
