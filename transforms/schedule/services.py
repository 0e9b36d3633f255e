"""M10: government services by department (F05, F06, F07), and the help given in towns (F08)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from transforms.facts import NOT_APPLICABLE, NOTHING, UNREPORTED, Facts, Figure, add, divide, points
from transforms.model import EXACT
from transforms.records import cells_key, records
from transforms.schedule.declared import target_of
from transforms.schedule.figures import Row, doubted, figure_of, frame, put, series_row, to_check
from transforms.schedule.names import department_name, label

CASES = {
    "accept": "F05.cases.accept_m",
    "done": "F05.cases.done_m",
    "close": "F05.cases.close_n",
    "online": "F05.cases.online_m",
    "onewin": "F05.cases.onewin_m",
    "instant": "F05.cases.instant_m",
    "late": "F05.cases.late_m",
}
RATINGS = {"ratable": ("ratable_m",), "active": ("active_rated_m",), "rated": ("rated_m",)}
MARKS = {"good": ("g5", "g4", "g3"), "bad": ("g2", "g1")}
RATES = {
    "online_rate": ("online", "accept"),
    "onewin_rate": ("onewin", "accept"),
    "instant_rate": ("instant", "done"),
    "active_rate": ("active", "ratable"),
    "good_rate": ("good", "rated"),
}
"""Rates and what they are divided of: the shares of what was accepted and done, of what could be and was rated."""
COUNTED = (*CASES, *RATINGS, *MARKS, "parcels")
ONLINE_SHARE = "I0502"
MODES = {"延时": "late_hours", "错时": "shifted", "预约": "appointed", "上门": "visits"}
HELPED = (*MODES.values(), "services", "ytd", "projects", "undone_in", "undone_done")
Told = Mapping[str, Any]


def services(facts: Facts) -> pl.DataFrame:
    """M10: one row a department, the lowest share of cases online first, and the sum of what is shown."""
    return facts.once(_services)


def _services(facts: Facts) -> pl.DataFrame:
    rated = _by(facts, "F06.ratings", "dept_code")
    sent = _by(facts, "F07.parcels", "dept_code")
    known = {*facts.items(CASES["accept"], facts.period), *rated, *sent}
    rows: list[Row] = []
    for code in (d.code for d in facts.catalogue.departments if d.code in known):
        row = {"department": department_name(facts, code)} | series_row(facts, code, CASES, facts.period)
        for column, parts in (RATINGS | MARKS).items():
            put(row, column, _sum(facts, "F06.ratings", rated.get(code, ()), parts))
        put(row, "parcels", _sum(facts, "F07.parcels", sent.get(code, ()), ("parcels_m",)))
        rows.append(_with_rates(row) | {"remark": doubted(facts, row)})
    rows.sort(key=lambda r: (r["online_rate"] is None, r["online_rate"] or 0))
    rows.append(_total(facts, rows))
    numbers = dict.fromkeys((*COUNTED, *RATES), EXACT)
    return frame(rows, department=pl.String, **numbers, remark=pl.String)


def _with_rates(row: Row) -> Row:
    for rate, (numerator, denominator) in RATES.items():
        put(row, rate, divide(figure_of(row, numerator), figure_of(row, denominator)))
    return row


def _total(facts: Facts, rows: Sequence[Row]) -> Row:
    total: Row = {"kind": "total", "department": "合计"}
    returns = dict.fromkeys(CASES, "F05") | dict.fromkeys((*RATINGS, *MARKS), "F06") | {"parcels": "F07"}
    for column in COUNTED:
        put(total, column, _sum_of_rows(facts, rows, column, returns[column]))
    doubts = facts.doubts(f"{series}|合计|{facts.period}" for series in CASES.values())
    return _with_rates(total) | {"remark": to_check(doubts)}


def _sum_of_rows(facts: Facts, rows: Sequence[Row], column: str, form: str) -> Figure:
    """The sum of what is shown. A row that the return does not carry (—) is no part of it."""
    told = [one for one in (figure_of(row, column) for row in rows) if one.why != NOT_APPLICABLE]
    due = facts.due(f"{form}.", facts.period)
    return add(told) if told else Figure(None, None, None, (), UNREPORTED if due else NOT_APPLICABLE)


def _by(facts: Facts, table: str, column: str) -> dict[str, list[Told]]:
    """The rows of a table by a code in them."""
    found: dict[str, list[Told]] = {}
    for row in records(facts, table).rows.iter_rows(named=True):
        found.setdefault(row[column], []).append(row)
    return found


def _sum(facts: Facts, table: str, rows: Iterable[Told], columns: Sequence[str]) -> Figure:
    """The sum of some columns over some rows: a row has a key a column. — for a department without a row in a return
    that was filed."""
    rows, why = list(rows), records(facts, table).why
    values = [row[column] for row in rows for column in columns]
    if why or not rows:
        return Figure(None, None, None, (), why) if why else NOTHING
    if any(value is None for value in values):
        return Figure(None, None, None, (), UNREPORTED)
    total: Decimal = sum(values, Decimal(0))
    cells = [row["row"] for row in rows]
    keys = tuple(cells_key(f"{table}.{column}", cells, rows[0]["period"]) for column in columns)
    return Figure(total, total, total, keys, work=f"合计({','.join(f'[{key}]' for key in keys)})")


def online_shares(facts: Facts) -> pl.DataFrame:
    """M10, chart: the share of cases online by department beside the target of the district."""
    indicator = next(i for i in facts.catalogue.indicators if i.code == ONLINE_SHARE)
    target = target_of(indicator)
    rows: list[Row] = []
    for told in services(facts).iter_rows(named=True):
        row: Row = {"kind": "data", "department": "全区" if told["kind"] != "data" else told["department"]}
        rate = figure_of(told, "online_rate")
        put(row, "online_rate", rate)
        put(row, "target", target)
        put(row, "gap", points(rate, target) if rate.told and target.told else NOTHING)
        rows.append(row)
    return frame(rows, department=pl.String, **dict.fromkeys(("online_rate", "target", "gap"), EXACT))


def town_services(facts: Facts) -> pl.DataFrame:
    """M10, below: the help given at each station by mode, and what could not be done elsewhere."""
    by_station = _by(facts, "F08.stations", "station_code")
    codes = [code.code for code in facts.catalogue.code_lists["stations"].codes]
    known = sorted(by_station, key=lambda code: (codes.index(code) if code in codes else len(codes), code or ""))
    rows = [{"station": label(facts, "stations", code)} | _helped(facts, by_station[code]) for code in known]
    total: Row = {"kind": "total", "station": "合计"}
    for column in HELPED:
        put(total, column, _sum_of_rows(facts, rows, column, "F08"))
    return frame([*rows, total], station=pl.String, **dict.fromkeys(HELPED, EXACT))


def _helped(facts: Facts, told: Sequence[Told]) -> Row:
    row: Row = {}
    table = "F08.stations"
    for mode, column in MODES.items():
        put(row, column, _sum(facts, table, [one for one in told if one["mode"] == mode], ("services_m",)))
    for column, of in (
        ("services", "services_m"),
        ("ytd", "services_ytd"),
        ("projects", "projects_n"),
        ("undone_in", "undone_in"),
        ("undone_done", "undone_done"),
    ):
        put(row, column, _sum(facts, table, told, (of,)))
    return row
