"""The frames of the monthly workbook, one function a block of a sheet.

By what is made: `figures` (rows and the figures put into them; what the columns of every frame are), `names` (what
a reader calls things), `indicators` (M01, M02), `reports` (M03), `differences` (M04), `taxes` (M08), `loans` (M09)
and `notes` (M15). `FRAMES` are the frames by the names that monthly.yaml uses.
"""

from collections.abc import Callable, Mapping

import polars as pl

from transforms.facts import Facts
from transforms.schedule.awards import awards, awards_by_department, tax_service
from transforms.schedule.by_hand import Lamp, lamps, lights_by_hand, lights_by_hand_in
from transforms.schedule.differences import differences, failed_checks, follow_up
from transforms.schedule.elements import elements
from transforms.schedule.figures import NATURES, Row, change, describe, frame, put, put_count
from transforms.schedule.indicators import (
    LIGHTS,
    NO_RETURN,
    entities_by_month,
    indicators,
    lights_by_lead,
    overview,
)
from transforms.schedule.issues import issues, issues_by_lead
from transforms.schedule.loans import BALANCE_COLUMNS, banks, centre_loans, pools, technology_loans, waterfall
from transforms.schedule.measures import measure_counts, measure_figures, measures, measures_by_lead
from transforms.schedule.names import department_name, label, series_name, subject_of
from transforms.schedule.notes import adjusted, code_lists, definitions, revised
from transforms.schedule.projects import project_gantt, projects, projects_by_currency, strip_words
from transforms.schedule.ranking import Score, ranking, ranking_towns, score_bars, score_words, scores
from transforms.schedule.reports import reports, unreported
from transforms.schedule.services import online_shares, services, town_services
from transforms.schedule.targets import targets
from transforms.schedule.taxes import deferrals, policies, refunds_by_month, treasury_check, treasury_refunds

FRAMES: Mapping[str, Callable[[Facts], pl.DataFrame]] = {
    "overview": overview,
    "lights_by_lead": lights_by_lead,
    "indicators": indicators,
    "entities_by_month": entities_by_month,
    "reports": reports,
    "differences": differences,
    "failed_checks": failed_checks,
    "issues": issues,
    "issues_by_lead": issues_by_lead,
    "measures": measures,
    "measures_by_lead": measures_by_lead,
    "policies": policies,
    "treasury_check": treasury_check,
    "treasury_refunds": treasury_refunds,
    "deferrals": deferrals,
    "refunds_by_month": refunds_by_month,
    "targets": targets,
    "awards": awards,
    "awards_by_department": awards_by_department,
    "tax_service": tax_service,
    "pools": pools,
    "technology_loans": technology_loans,
    "elements": elements,
    "banks": banks,
    "centre_loans": centre_loans,
    "waterfall": waterfall,
    "services": services,
    "town_services": town_services,
    "online_shares": online_shares,
    "projects": projects,
    "projects_by_currency": projects_by_currency,
    "project_gantt": project_gantt,
    "ranking": ranking,
    "ranking_towns": ranking_towns,
    "score_bars": score_bars,
    "unreported": unreported,
    "definitions": definitions,
    "adjusted": adjusted,
    "lights_by_hand": lights_by_hand,
    "code_lists": code_lists,
}

__all__ = [
    "BALANCE_COLUMNS",
    "FRAMES",
    "LIGHTS",
    "NATURES",
    "NO_RETURN",
    "Lamp",
    "Row",
    "Score",
    "awards",
    "awards_by_department",
    "banks",
    "centre_loans",
    "change",
    "code_lists",
    "deferrals",
    "definitions",
    "department_name",
    "describe",
    "differences",
    "elements",
    "entities_by_month",
    "failed_checks",
    "follow_up",
    "frame",
    "indicators",
    "issues",
    "issues_by_lead",
    "label",
    "lamps",
    "lights_by_hand",
    "lights_by_hand_in",
    "lights_by_lead",
    "measure_counts",
    "measure_figures",
    "measures",
    "measures_by_lead",
    "online_shares",
    "overview",
    "policies",
    "pools",
    "project_gantt",
    "projects",
    "projects_by_currency",
    "put",
    "put_count",
    "ranking",
    "ranking_towns",
    "refunds_by_month",
    "reports",
    "revised",
    "score_bars",
    "score_words",
    "scores",
    "series_name",
    "services",
    "strip_words",
    "subject_of",
    "targets",
    "tax_service",
    "technology_loans",
    "town_services",
    "treasury_check",
    "treasury_refunds",
    "unreported",
    "waterfall",
]
