"""The frames of the quarterly workbook: a quarter from its months.

A flow is the sum of its months, a balance that of the last month, a rate Σ numerators ÷ Σ denominators, never the mean
of rates; averages and distinct firms are not put together. A quarter that is not over is made of the months it holds
and marked 未满季; it is compared with the same months of the other quarters. Frames are as in `transforms.schedule`.

A module a group of sheets. `FRAMES` are the frames by the names that quarterly.yaml uses.
"""

from collections.abc import Callable, Mapping

import polars as pl

from transforms.analyse.charts import bank_waterfall, lines
from transforms.analyse.differences import carried_differences, difference_ages, quarter_differences
from transforms.analyse.notes import last_year_versions, missing_returns, out_of_scope
from transforms.analyse.overview import quarter_overview
from transforms.analyse.quarter import months_held, of_quarter, quarter_words, unfinished
from transforms.analyse.trends import (
    month_words,
    quarter_check,
    trend_mean,
    trend_months,
    trend_span,
    trend_yoy,
    trend_ytd,
)
from transforms.facts import Facts

FRAMES: Mapping[str, Callable[[Facts, str], pl.DataFrame]] = {
    "quarter_overview": quarter_overview,
    "trend_months": trend_months,
    "trend_ytd": trend_ytd,
    "trend_yoy": trend_yoy,
    "trend_mean": trend_mean,
    "quarter_check": quarter_check,
    "quarter_differences": quarter_differences,
    "carried_differences": carried_differences,
    "lines": lines,
    "bank_waterfall": bank_waterfall,
    "difference_ages": difference_ages,
    "last_year_versions": last_year_versions,
    "missing_returns": missing_returns,
    "out_of_scope": out_of_scope,
}

__all__ = [
    "FRAMES",
    "bank_waterfall",
    "carried_differences",
    "difference_ages",
    "last_year_versions",
    "lines",
    "missing_returns",
    "month_words",
    "months_held",
    "of_quarter",
    "out_of_scope",
    "quarter_check",
    "quarter_differences",
    "quarter_overview",
    "quarter_words",
    "trend_mean",
    "trend_months",
    "trend_span",
    "trend_yoy",
    "trend_ytd",
    "unfinished",
]
