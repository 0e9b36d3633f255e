"""The frames of the quarterly workbook: a quarter from its months.

A flow is the sum of its months, a balance that of the last month, a rate Σ numerators ÷ Σ denominators, never the mean
of rates; averages and distinct firms are not put together. A quarter that is not over is made of the months it holds
and marked 未满季; it is compared with the same months of the other quarters. Frames are as in `transforms.schedule`.

A module a group of sheets. `FRAMES` are the frames by the names that quarterly.yaml uses.
"""

from collections.abc import Callable, Mapping

import polars as pl

from transforms.analyse.blocks import indicator_blocks
from transforms.analyse.charts import (
    HEAT_MONTHS,
    bank_waterfall,
    cohort_words,
    core_lines,
    core_words,
    heat_words,
    issue_categories,
    lights_heat,
    lines,
    project_funnel,
)
from transforms.analyse.differences import carried_differences, difference_ages, quarter_differences
from transforms.analyse.issues import issues_by_category, issues_by_source, issues_by_unit
from transforms.analyse.notes import last_year_versions, lights_of_quarter, missing_returns, out_of_scope
from transforms.analyse.overview import quarter_overview
from transforms.analyse.quarter import months_held, of_quarter, quarter_words, unfinished
from transforms.analyse.ranking import assessment
from transforms.analyse.reform import leads_of_quarter, measures_of_quarter, sections_of_quarter
from transforms.analyse.report import Quarter, write_blocks, write_report
from transforms.analyse.structure import (
    deliveries,
    entities_structure,
    loans_by_bank,
    loans_by_product,
    loans_by_size,
    projects_by_chain,
    projects_by_cohort,
    ratings_by_reason,
    refunds_by_industry,
    refunds_by_size,
    stage_words,
    technology_loans,
)
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
    "deliveries": deliveries,
    "entities_structure": entities_structure,
    "loans_by_bank": loans_by_bank,
    "loans_by_product": loans_by_product,
    "loans_by_size": loans_by_size,
    "projects_by_chain": projects_by_chain,
    "projects_by_cohort": projects_by_cohort,
    "ratings_by_reason": ratings_by_reason,
    "refunds_by_industry": refunds_by_industry,
    "refunds_by_size": refunds_by_size,
    "technology_loans": technology_loans,
    "lines": lines,
    "bank_waterfall": bank_waterfall,
    "core_lines": core_lines,
    "issue_categories": issue_categories,
    "project_funnel": project_funnel,
    "lights_heat": lights_heat,
    "difference_ages": difference_ages,
    "issues_by_source": issues_by_source,
    "issues_by_category": issues_by_category,
    "issues_by_unit": issues_by_unit,
    "sections_of_quarter": sections_of_quarter,
    "leads_of_quarter": leads_of_quarter,
    "measures_of_quarter": measures_of_quarter,
    "assessment": assessment,
    "last_year_versions": last_year_versions,
    "lights_of_quarter": lights_of_quarter,
    "missing_returns": missing_returns,
    "out_of_scope": out_of_scope,
}


def heading_words(facts: Facts) -> dict[str, str]:
    """The headers that depend on the month and on the catalogue: months, stages, signing years, core figures."""
    makers = (month_words, heat_words, stage_words, cohort_words, core_words)
    return {code: words for make in makers for code, words in make(facts).items()}


__all__ = [
    "FRAMES",
    "HEAT_MONTHS",
    "Quarter",
    "assessment",
    "bank_waterfall",
    "carried_differences",
    "difference_ages",
    "heading_words",
    "indicator_blocks",
    "issues_by_category",
    "issues_by_source",
    "issues_by_unit",
    "last_year_versions",
    "leads_of_quarter",
    "lights_of_quarter",
    "lines",
    "measures_of_quarter",
    "missing_returns",
    "months_held",
    "of_quarter",
    "out_of_scope",
    "quarter_check",
    "quarter_differences",
    "quarter_overview",
    "quarter_words",
    "sections_of_quarter",
    "trend_mean",
    "trend_months",
    "trend_span",
    "trend_yoy",
    "trend_ytd",
    "unfinished",
    "write_blocks",
    "write_report",
]
