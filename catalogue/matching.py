"""What a match of two ledgers (kind match_ledgers) may declare, held against the returns when the catalogue is loaded.

key, party, date, alike: {left: column, right: column}. where: {left: {column: value or values}, right: …}. at: {right:
previous}: that side's return of the month before. window: month (the default: an entry counts in the month of its date) or
all. part: left or right: that side tells some of the other's entries only. days: how far apart entries of one party and
amount may lie whose keys differ.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalogue.declarations import Place
from transforms.model import Column, Reconciliation, Table, Unit

SIDES = ("left", "right")
OF_COLUMNS = ("key", "party", "date", "alike")
PARAMETERS = frozenset({*OF_COLUMNS, "where", "at", "window", "part", "days"})
WINDOWS = ("month", "all")
FLOWS = {"month", "event"}


def check_match(place: Place, rule: Reconciliation, tables: Mapping[str, Table], units: Mapping[str, Unit]) -> None:
    """Hold a declared match against the tables. Raises CatalogueError with file and line."""

    def refuse(message: str) -> None:
        raise place.error(f"{rule.code}: {message}")

    p = rule.params
    for name in PARAMETERS - {"window", "part", "days"}:
        if name in p and not (isinstance(p[name], Mapping) and set(p[name]) <= set(SIDES)):
            refuse(f"“{name}” must be told by side: {{left: …, right: …}}")
    for name in OF_COLUMNS:
        if name in p and set(p[name]) != set(SIDES):
            refuse(f"“{name}” must name a column of both sides")
    if p.get("window", "month") not in WINDOWS:
        refuse(f"“window” must be one of {', '.join(WINDOWS)}")
    if p.get("window", "month") == "month" and "date" not in p:
        refuse("entries count in the month of their date: name a date, or “window: all”")
    if set(p.get("at", {}).values()) - {"previous"}:
        refuse("“at” must be previous")
    if p.get("part", "left") not in SIDES:
        refuse("“part” must be left or right")
    columns = [_column(place, rule, path, tables) for path in (rule.left, rule.right)]
    for side, path in zip(SIDES, (rule.left, rule.right), strict=True):
        _check_side(place, rule, side, tables[path.rpartition(".")[0]])
    if "days" in p and not {"party", "date"} <= set(p):
        refuse("“days” needs party and date of both sides")
    if "days" in p and not (isinstance(p["days"], int) and 0 <= p["days"] <= 31):
        refuse("“days” must be a number of days up to 31")
    _alike(place, rule, columns, units)


def _column(place: Place, rule: Reconciliation, path: str, tables: Mapping[str, Table]) -> Column:
    table, _, code = path.rpartition(".")
    if table not in tables:
        raise place.error(f"{rule.code}: “{path}” must be <form>.<table>.<column> of a known table")
    if not tables[table].has(code):
        raise place.error(f"{rule.code}: {table} has no column “{code}”")
    column = tables[table].column(code)
    if not column.numeric:
        raise place.error(f"{rule.code}: {path} is no amount")
    return column


def _check_side(place: Place, rule: Reconciliation, side: str, table: Table) -> None:
    for code in _codes(rule.params, side):
        if not table.has(code):
            raise place.error(f"{rule.code}: {table.code} has no column “{code}”")
    date = rule.params.get("date", {}).get(side)
    if date and table.column(date).type != "date":
        raise place.error(f"{rule.code}: {table.code}.{date} is no date")


def _codes(params: Mapping[str, Any], side: str) -> Iterator[str]:
    for name in OF_COLUMNS:
        if code := params.get(name, {}).get(side):
            yield code
    conditions: Iterable[str] = params.get("where", {}).get(side, {})
    yield from conditions


def _alike(place: Place, rule: Reconciliation, columns: list[Column], units: Mapping[str, Unit]) -> None:
    """Both amounts are of one kind: the same base unit (never two currencies), flows against flows."""
    for column in columns:
        if column.unit not in units:
            raise place.error(f"{rule.code}: the unit “{column.unit}” of {column.code} is unknown")
    told = [units[column.unit].base for column in columns]
    if told[0] != told[1]:
        raise place.error(f"{rule.code}: the sides are told in {told[0]} and {told[1]}: they cannot be compared")
    bases = {column.basis for column in columns}
    if len(bases) > 1 and bases != FLOWS:
        raise place.error(f"{rule.code}: a rule over two bases: {', '.join(sorted(bases))}")
