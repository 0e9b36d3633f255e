"""Q08: how the units were assessed in the quarter (F25), beside what they scored in its months."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period as months
from transforms.analyse.quarter import months_held, unfinished
from transforms.facts import NOT_APPLICABLE, NOTHING, Facts, Figure, divide
from transforms.model import EXACT
from transforms.records import records, told
from transforms.schedule import Row, frame, put, scores
from transforms.schedule.figures import figure_of
from transforms.schedule.ranking import mark_of, moved, unit_name

TABLE = "F25.assessment"
PARTS = ("s_time", "s_quality", "s_reform", "s_issue", "s_third", "deduct")
NUMBERS = (*PARTS, "score", "rank", "warnings", "corrected")
UNFINISHED = "未满季"


def assessment(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q08: one row a unit, the highest score first: what each part brought, rank, last quarter's rank, top and bottom,
    warnings of the electronic inspection, and the scores of the three months (M13). Every unit is 未报 where the return
    was not filed, 未满季 while the quarter is not over. No rows in a district that is not assessed."""
    if "F25" not in facts.district.returns:
        return frame([], **_columns())
    now, before = _told(facts, quarter), _told(facts, months.previous(quarter))
    monthly = [scores(facts.at(month)) for month in months_held(facts, quarter)]
    codes = [code.code for code in facts.catalogue.code_lists["assessed_units"].codes]
    ranked = [int(row["rank"]) for row in now.values() if row["rank"] is not None]
    rows = []
    for code in [*codes, *(code for code in now if code not in codes)]:
        row = _row(facts, quarter, code, now.get(code), before.get(code))
        for number, month in enumerate(monthly, start=1):
            score = month.get(code)
            put(row, f"month{number}", NOTHING if score is None else score.figure)
        rows.append(row | {"mark": mark_of(_whole(row["rank"]), ranked, facts.catalogue.scores.marked)})
    rows.sort(key=lambda r: (r["score"] is None, -(r["score"] or 0)))
    return frame(rows, **_columns())


def _columns() -> dict[str, Any]:
    numbers = dict.fromkeys((*NUMBERS, "previous_rank", "corrected_share", "month1", "month2", "month3"), EXACT)
    return {"unit": pl.String, **numbers, "change": pl.String, "mark": pl.String}


def _told(facts: Facts, quarter: str) -> dict[str, Mapping[str, Any]]:
    rows = records(facts, TABLE, months.last_month(quarter)).rows
    return {row["unit_code"]: row for row in rows.iter_rows(named=True)}


def _row(facts: Facts, quarter: str, code: str, row: Mapping[str, Any] | None, last: Mapping[str, Any] | None) -> Row:
    shown: Row = {"unit": unit_name(facts, code)}
    why = UNFINISHED if unfinished(facts, quarter) else records(facts, TABLE, months.last_month(quarter)).why
    missing = Figure(None, None, None, (), why or NOT_APPLICABLE)
    for column in NUMBERS:
        put(shown, column, told(TABLE, row, column) if row is not None else missing)
    put(shown, "corrected_share", divide(figure_of(shown, "corrected"), figure_of(shown, "warnings")))
    put(shown, "previous_rank", told(TABLE, last, "rank") if last is not None else NOTHING)
    return shown | {"change": moved(_whole(shown["rank"]), _whole(shown["previous_rank"]))}


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)
