"""Q07: the measures of the reform plan over the quarter: where each stood at the ends of the months, and what moved."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from transforms import period as months
from transforms.analyse.quarter import months_held
from transforms.facts import NOT_APPLICABLE, UNREPORTED, Facts, Figure, points
from transforms.model import EXACT
from transforms.schedule import Row, frame, measures, measures_by_lead, put
from transforms.schedule.figures import figure_of, light_columns
from transforms.schedule.measures import COLUMNS, measures_by_section

Frame = Mapping[str, dict[str, Any]]


def _baseline(facts: Facts, quarter: str) -> Facts | None:
    """What was known at the end of the quarter before; None where it lies before the first month of the district."""
    before = months.last_month(months.previous(quarter))
    return facts.at(before) if before >= facts.district.first_period else None


def measures_of_quarter(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q07: one row a measure: its state and progress at the end of the quarter before and of each month, what changed,
    the progress as last told, and the documents that were issued in the quarter."""
    held, base = months_held(facts, quarter), _baseline(facts, quarter)
    before = _by_code(base) if base else {}
    told = [_by_code(facts.at(month)) for month in held]
    rows = [_row(code, before, told) for code in (told[-1] if told else _by_code(facts))]
    return frame(
        rows,
        code=pl.String,
        section=pl.String,
        title=pl.String,
        department=pl.String,
        state0=pl.String,
        state1=pl.String,
        state2=pl.String,
        state3=pl.String,
        reached0=EXACT,
        reached=EXACT,
        gain=EXACT,
        change=pl.String,
        result=pl.String,
        documents=pl.String,
        **light_columns("light"),
    )


def _by_code(facts: Facts) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in facts.once(measures).iter_rows(named=True)}


def _row(code: str, before: Frame, told: list[dict[str, dict[str, Any]]]) -> Row:
    states = [of_month[code]["state"] for of_month in told]
    first = before[code]["state"] if code in before else NOT_APPLICABLE
    last: dict[str, Any] = told[-1][code] if told else {}
    row: Row = {name: last.get(name) for name in ("section", "title", "department", "light", "light|set")} | {
        "code": code
    }
    row |= {"state0": first} | {f"state{n}": state for n, state in enumerate(states, start=1)}
    start = figure_of(before[code], "progress") if code in before else _missing(NOT_APPLICABLE)
    now = figure_of(last, "progress") if last else _missing(UNREPORTED)
    put(row, "reached0", start)
    put(row, "reached", now)
    put(row, "gain", points(now, start))
    seen = {before[code]["evidence"]} if code in before else set()
    issued = [of_month[code]["evidence"] for of_month in told]
    return row | {
        "change": _change([first, *states]),
        "result": last.get("note") or "",
        "documents": "、".join(dict.fromkeys(text for text in issued if text and text not in seen)),
    }


def _missing(why: str) -> Figure:
    return Figure(None, None, None, (), why)


def _change(states: list[str]) -> str:
    """推进中→已完成: the states that a measure went through; 未变 where it stayed. What was not reported is left out."""
    known = [state for state in states if state not in (NOT_APPLICABLE, UNREPORTED)]
    went = [state for n, state in enumerate(known) if not n or state != known[n - 1]]
    return "→".join(went) if len(went) > 1 else "未变" if len(known) > 1 else NOT_APPLICABLE


def sections_of_quarter(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q07: the measures by section at the end of the quarter, and how many were done before it."""
    return _summed(facts, quarter, measures_by_section, "section")


def leads_of_quarter(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q07: the tasks by lead unit at the end of the quarter, and how many were done before it."""
    return _summed(facts, quarter, measures_by_lead, "department")


def _summed(facts: Facts, quarter: str, make: Any, name: str) -> pl.DataFrame:
    held, base = months_held(facts, quarter), _baseline(facts, quarter)
    now = facts.at(held[-1]) if held else facts
    done = {row[name]: figure_of(row, "done") for row in base.once(make).iter_rows(named=True)} if base else {}
    rows: list[Row] = []
    for told in now.once(make).iter_rows(named=True):
        row: Row = dict(told)
        put(row, "before", done.get(told[name], _missing(NOT_APPLICABLE)))
        before, after = figure_of(row, "before"), figure_of(row, "done")
        newly = (
            after._replace(value=after.value - before.value)
            if after.value is not None and before.value is not None
            else None
        )
        put(row, "newly", newly or _missing(UNREPORTED if after.value is None else NOT_APPLICABLE))
        rows.append(row)
    return frame(rows, **{name: pl.String}, **dict.fromkeys(("tasks", "before", "newly", *COLUMNS.values()), EXACT))
