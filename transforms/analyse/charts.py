"""Q09: what the charts are drawn from."""

import polars as pl

from transforms.analyse.quarter import months_held
from transforms.analyse.trends import trend_span
from transforms.facts import (
    Facts,
    Figure,
    add,
    value_in,
)
from transforms.model import EXACT
from transforms.schedule import (
    BALANCE_COLUMNS,
    Row,
    frame,
    label,
    put,
)

LINES = {
    "entities": ("I0301", "新增市场主体"),
    "refunds": ("I0101", "留抵退税"),
    "treasury": ("I0201", "国库实退"),
    "loans": ("I1001", "银税互动余额"),
    "centre": ("I0903", "首贷续贷放款"),
}


def lines(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q09, charts: 24 months of entities, refunds and loans."""
    known = {i.code: i for i in facts.catalogue.indicators}
    rows = []
    for month in trend_span(facts):
        row: Row = {"month": month}
        for column, (code, _) in LINES.items():
            put(row, column, value_in(facts, known[code], month))
        rows.append(row)
    return frame(rows, month=pl.String, **dict.fromkeys(LINES, EXACT))


def bank_waterfall(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q09, chart: the balance of bank-tax loans before the quarter, what each bank added or took off, and after it.

    Source: F10 opening of the first month held and closing of the last one.
    """
    held = months_held(facts, quarter)
    first, last = (held[0], held[-1]) if held else (facts.period, facts.period)
    opening = facts.figure(BALANCE_COLUMNS["open"], "合计", first)
    rows: list[Row] = [{"step": "季初余额", **_step("value", opening), **_step("level", opening)}]
    running = opening
    for bank in facts.items(BALANCE_COLUMNS["close"], last):
        now, before = (
            facts.figure(BALANCE_COLUMNS[name], bank, month) for name, month in (("close", last), ("open", first))
        )
        moved = _moved(now, before)
        row: Row = {"step": label(facts, "banks", bank), **_step("value", moved)}
        if moved.value is not None and running.value is not None:
            after = add((running, moved))
            low = running if moved.value >= 0 else after
            size = Figure(abs(moved.value), None, None, moved.sources)
            row |= _step("base", low) | _step("up" if moved.value >= 0 else "down", size)
            running = after
        rows.append(row)
    closing = facts.figure(BALANCE_COLUMNS["close"], "合计", last)
    rows.append({"step": "季末余额", **_step("value", closing), **_step("level", closing)})
    for row in rows:
        for column in ("base", "level", "up", "down"):
            row[f"{column}|why"] = ""
    return frame(rows, step=pl.String, **dict.fromkeys(("value", "base", "level", "up", "down"), EXACT))


def _moved(now: Figure, before: Figure) -> Figure:
    if before.value is None or before.low is None or before.high is None:
        return Figure(None, None, None, (), before.why)
    return add((now, Figure(-before.value, -before.high, -before.low, before.sources)))


def _step(column: str, figure: Figure) -> Row:
    row: Row = {}
    put(row, column, figure)
    return row
