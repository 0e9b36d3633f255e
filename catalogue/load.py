"""The one loader of the catalogue: reads the declarations, holds them against each other, freezes them."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from catalogue.consistency import check_consistency, check_reconciliations
from catalogue.declarations import CatalogueError, Entry, Place, read_declarations
from catalogue.evaluation import read_evaluation
from catalogue.measures import measure_codes, read_measures
from catalogue.reconciliations import reconciliations_of
from catalogue.rules import check_edit, derived_edits
from catalogue.targets import read_targets
from catalogue.workdays import load_workdays
from transforms import period
from transforms.model import (
    BASES,
    ELAPSED,
    INDICATOR_NATURES,
    TARGET_KINDS,
    WIDE_ID,
    Catalogue,
    Code,
    CodeList,
    Column,
    Department,
    District,
    Edit,
    Indicator,
    Reconciliation,
    Return,
    Rounding,
    Scores,
    Severity,
    Statistic,
    Table,
    Thresholds,
    Unit,
)

HERE = Path(__file__).parent
TYPES = ("int", "money", "decimal", "pct", "date", "period", "code", "enum", "bool", "text")
T = TypeVar("T")
LAYOUTS = ("rows", "ledger", "single", "note")
FIRST_WORKDAY, LAST_WORKDAY = date(2010, 1, 1), date(2035, 12, 31)
"""Days outside of these cannot be held against the calendar."""
WINDOWS = ("month", "ytd", "three_months", "earlier")
TAKES = ("sum", "count", "max", "distinct")


@cache
def load(folder: Path = HERE) -> Catalogue:
    """The catalogue declared in `folder`.

    Raises:
        CatalogueError: a declaration is wrong; the message names file and line.
    """
    units = {u.code: u for u in _each(folder / "units.yaml", _unit)}
    departments = _each(folder / "departments.yaml", _department)
    code_lists = _code_lists(folder / "codes.yaml", departments)
    code_lists["measures"] = measure_codes(folder / "measures.tsv")
    returns = tuple(
        _return(read_declarations(path), units, code_lists, departments)
        for path in sorted((folder / "returns").glob("F*.yaml"))
    )
    for form in returns:
        check_consistency(form)
    tables = {t.code: t for r in returns for t in r.tables}
    statistics = _each(folder / "statistics.yaml", lambda e: _statistic(e, tables, units))
    indicators = _each(folder / "indicators.yaml", lambda e: _indicator(e, tables, statistics, units, departments))
    measures = read_measures(folder / "measures.tsv", departments, code_lists)
    series = {s.series for s in statistics} | {f"{t.code}.{c.code}" for t in tables.values() for c in t.columns}
    return Catalogue(
        units=MappingProxyType(units),
        code_lists=MappingProxyType(code_lists),
        departments=departments,
        districts=_each(folder / "districts.yaml", lambda e: _district(e, returns, departments)),
        returns=returns,
        reconciliations=_reconciliations(folder / "reconciliations.yaml", tables, departments, units),
        statistics=statistics,
        indicators=indicators,
        thresholds=_thresholds(folder / "lights.yaml"),
        scores=_scores(folder / "scores.yaml"),
        digest=_digest(folder),
        measures=measures,
        targets=read_targets(
            folder / "targets.tsv",
            departments,
            units,
            known={"indicators": indicators, "series": series, "measures": {m.code for m in measures}},
        ),
        workdays=MappingProxyType(dict(load_workdays(folder).numbers(FIRST_WORKDAY, LAST_WORKDAY))),
        evaluation=read_evaluation(
            folder / "evaluation.yaml", {d.code for d in departments}, {i.code for i in indicators}
        ),
    )


def _digest(folder: Path) -> str:
    """Names the ruleset: SHA-256 over every declaration, first 12 digits."""
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.tsv")]):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def _each(path: Path, make: Callable[[Entry], T]) -> tuple[T, ...]:
    made: list[T] = []
    for entry in read_declarations(path):
        place, name = entry.place, entry.get("code") or entry.get("series")
        value = make(entry)
        entry.done()
        if any((getattr(m, "code", None) or getattr(m, "series", None)) == name for m in made):
            raise place.error(f"“{name}” stands twice")
        made.append(value)
    return tuple(made)


def _number(place: Place, text: object) -> Decimal:
    """An exact number of the declarations: written in quotes or as a whole number, never a float."""
    if isinstance(text, float):
        raise place.error(f"{text!r} must be written in quotes, so that it stays exact")
    try:
        number = Decimal(str(text))
    except InvalidOperation:
        raise place.error(f"{text!r} is not a number") from None
    if not number.is_finite():
        raise place.error(f"{text!r} is not a number")
    return number


def _unit(entry: Entry) -> Unit:
    return Unit(entry.take("code"), entry.take("base"), _number(entry.place, entry.take("factor")))


def _department(entry: Entry) -> Department:
    return Department(
        code=entry.take("code"),
        name=entry.take("name"),
        aliases=entry.words("aliases"),
        order=entry.place.line,
        names=MappingProxyType(dict(entry.take("names", dict, {}))),
    )


def _code_lists(path: Path, departments: Iterable[Department]) -> dict[str, CodeList]:
    lists = {
        "departments": CodeList(
            "departments",
            tuple(Code(d.code, d.name, (*d.aliases, *d.names.values())) for d in departments),
        )
    }
    declared = read_declarations(path)
    for name, entries in declared.items():
        codes = []
        for entry in entries:
            code = entry.take("code")
            codes.append(Code(code, entry.take("name", default=code), entry.words("aliases")))
            entry.done()
        lists[name] = CodeList(name, tuple(codes))
    for name, code_list in lists.items():
        _refuse_ambiguous_spellings(path.name, name, code_list)
    return lists


def _refuse_ambiguous_spellings(file: str, name: str, code_list: CodeList) -> None:
    owner: dict[str, str] = {}
    for code in code_list.codes:
        for word in {code.code, code.name, *code.aliases}:
            if owner.setdefault(word, code.code) != code.code:
                raise CatalogueError(f"{file}: list “{name}”: “{word}” means {owner[word]} and {code.code}")


def _district(entry: Entry, returns: Iterable[Return], departments: Iterable[Department]) -> District:
    place = entry.place
    first = entry.take("first_period")
    try:
        period.split(first)
    except ValueError as error:
        raise place.error(str(error)) from None
    reporters = entry.take("reporters", dict, {})
    _known(place, reporters, [d.code for d in departments], "department")
    return District(
        code=entry.take("code"),
        name=entry.take("name"),
        office=entry.take("office"),
        first_period=first,
        returns=_known(place, entry.words("returns"), [r.code for r in returns], "return"),
        aliases=entry.words("aliases"),
        reporters=MappingProxyType({code: tuple(people) for code, people in reporters.items()}),
    )


def _known(place: Place, words: Iterable[str], known: Iterable[str], what: str) -> tuple[str, ...]:
    words, known = tuple(words), set(known)
    for word in words:
        if word not in known:
            raise place.error(f"unknown {what} “{word}”")
    return words


def _return(
    entry: Entry,
    units: Mapping[str, Unit],
    code_lists: Mapping[str, CodeList],
    departments: Iterable[Department],
) -> Return:
    place, code = entry.place, entry.take("code")
    tables: list[Table] = []
    for declared in entry.take("tables", list):
        table = _table(declared, code, units, code_lists)
        if any(t.code == table.code for t in tables):
            raise declared.place.error(f"table “{table.code}” stands twice")
        tables.append(table)
    by_code = {t.code: t for t in tables}
    edits: list[Edit] = [edit for table in tables for edit in derived_edits(table)]
    for declared in entry.take("edits", list, []):
        edit = _edit(declared, by_code)
        if any(e.id == edit.id for e in edits):
            raise declared.place.error(f"rule “{edit.id}” stands twice")
        edits.append(edit)
    (department,) = _known(place, [entry.take("department")], [d.code for d in departments], "department")
    (frequency,) = _known(place, [entry.take("frequency")], period.FREQUENCIES, "frequency")
    result = Return(
        code=code,
        name=entry.take("name"),
        english=entry.take("english"),
        department=department,
        frequency=frequency,
        due=entry.take("due", int),
        version=entry.take("version", int),
        feeds=entry.words("feeds"),
        tables=tuple(tables),
        edits=tuple(edits),
        source=entry.take("source", default=""),
    )
    entry.done()
    return result


def _table(entry: Entry, form: str, units: Mapping[str, Unit], code_lists: Mapping[str, CodeList]) -> Table:
    place, code = entry.place, entry.take("code")
    if not re.fullmatch(form + r"\.[a-z_]+", code):
        raise place.error(f"“{code}” must be {form}.<name>")
    (layout,) = _known(place, [entry.take("layout")], LAYOUTS, "layout")
    columns: list[Column] = []
    for declared in entry.take("columns", list):
        column = _column(declared, layout, units, code_lists)
        if any(c.code == column.code for c in columns):
            raise declared.place.error(f"two columns of the code “{column.code}” in {code}")
        if column.code in WIDE_ID:
            raise declared.place.error(f"“{column.code}” is the name of a column that every table has: choose another")
        if any(c.header == column.header for c in columns):
            raise declared.place.error(f"two columns with the header “{column.header}” in {code}")
        columns.append(column)
        declared.done()
    codes = [c.code for c in columns]
    unlike = []
    for pair in entry.take("unlike", list, []):
        first, second = _known(place, pair, codes, "column")
        unlike.append((first, second))
    _known(place, [c.part_of for c in columns if c.part_of], codes, "column in part_of:")
    table = Table(
        code=code,
        title=entry.take("title"),
        name=entry.take("name"),
        layout=layout,
        columns=tuple(columns),
        key=_known(place, entry.words("key"), codes, "column in key:"),
        total=entry.take("total", bool, False),
        under=entry.take("under", default=""),
        unlike=tuple(unlike),
        unit_text=entry.take("unit_text", default=""),
    )
    if layout in ("rows", "ledger") and not table.key:
        raise place.error(f"{code} needs a key")
    entry.done()
    return table


def _column(entry: Entry, layout: str, units: Mapping[str, Unit], code_lists: Mapping[str, CodeList]) -> Column:
    place = entry.place
    (kind,) = _known(place, [entry.take("type")], TYPES, "type")
    floor = entry.take("floor", (str, int), None)
    column = Column(
        code=entry.take("code"),
        header=entry.take("header"),
        type=kind,
        unit=entry.take("unit", default=""),
        decimals=entry.take("decimals", int, 0),
        basis=entry.take("basis", default=""),
        required=entry.take("required", bool, True),
        group=entry.take("group", default=""),
        synonyms=entry.words("synonyms"),
        codes=entry.take("codes", default="yes_no" if kind == "bool" else ""),
        part_of=entry.take("part_of", default=""),
        additive=entry.take("additive", bool, False),
        signed=entry.take("signed", bool, False),
        positive=entry.take("positive", bool, False),
        floor=None if floor is None else _number(place, floor),
        exact=entry.take("exact", bool, False),
        scheme=entry.take("scheme", default=""),
        pattern=entry.take("pattern", default=""),
        note=entry.take("note", default=""),
        rounding=_rounding(place, entry.take("rounding", default=Rounding.ROUND)),
    )
    if column.unit and column.unit not in units:
        raise place.error(f"unknown unit “{column.unit}”")
    if column.basis and column.basis not in BASES:
        raise place.error(f"unknown basis “{column.basis}”")
    if column.codes and column.codes not in code_lists:
        raise place.error(f"unknown code list “{column.codes}”")
    if column.numeric and column.required and not (column.unit and column.basis):
        raise place.error(f"“{column.code}” is a number: it needs a unit and a basis")
    if (layout == "note") != bool(column.pattern):
        raise place.error("a pattern belongs to figures of a note, and to those alone")
    return column


def _rounding(place: Place, word: str) -> Rounding:
    _known(place, [word], [mode.value for mode in Rounding], "rounding")
    return Rounding(word)


def _edit(entry: Entry, tables: Mapping[str, Table]) -> Edit:
    place = entry.place
    (table,) = _known(place, [entry.take("table")], tables, "table")
    code, name = entry.take("code"), entry.take("name")
    severity = entry.take("severity", default="hard")
    if severity not in list(Severity):
        raise place.error(f"unknown severity “{severity}”")
    edit = Edit(
        id=f"{table}.{code}.{name}",
        code=code,
        kind=entry.take("kind"),
        severity=Severity(severity),
        table=table,
        column=entry.take("column", default=entry.get("closing", "")),
        source=entry.take("source", default=""),
        params=MappingProxyType(_plain(entry)),
    )
    check_edit(place, edit, tables)
    entry.clear()
    return edit


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as frozen values: tuples for lists, read-only mappings for mappings."""

    def frozen(value: Any) -> Any:
        if isinstance(value, Mapping):
            return MappingProxyType({k: frozen(v) for k, v in value.items()})
        return tuple(frozen(v) for v in value) if isinstance(value, list) else value

    return {key: frozen(value) for key, value in entry.items()}


def _reconciliations(
    path: Path, tables: Mapping[str, Table], departments: Iterable[Department], units: Mapping[str, Unit]
) -> tuple[Reconciliation, ...]:
    """The rules in the order of the file, each check a rule of its own."""
    known = [d.code for d in departments]
    made: list[Reconciliation] = []
    for entry in read_declarations(path):
        place, checks = entry.place, reconciliations_of(entry, tables, known, units)
        entry.done()
        if any(m.code == checks[0].code for m in made):
            raise place.error(f"“{checks[0].code}” stands twice")
        made += checks
    check_reconciliations(made)
    return tuple(made)


def _where(place: Place, table: Table, declared: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    _known(place, declared, [c.code for c in table.columns], f"column of {table.code}")
    return MappingProxyType({k: tuple(v) if isinstance(v, list) else (str(v),) for k, v in declared.items()})


def _statistic(entry: Entry, tables: Mapping[str, Table], units: Mapping[str, Unit]) -> Statistic:
    place = entry.place
    (name,) = _known(place, [entry.take("table")], tables, "table")
    table = tables[name]
    of = entry.take("of", default="")
    codes = [c.code for c in table.columns]
    window = entry.take("window", dict, {})
    _known(place, window.values(), WINDOWS, "span of a window")
    days = entry.words("days")
    limits = {word: dict(entry.take(word, dict, {})) for word in ("most", "least", "below")}
    conditions = {word: entry.words(word) for word in ("given", "untold", "passed")}
    plus = entry.words("plus")
    looked_at = [of, *plus, *(column for limit in limits.values() for column in limit)]
    named = [*window, *filter(None, days), *(column for columns in conditions.values() for column in columns)]
    named += [column for column in filter(None, looked_at) if column != ELAPSED]
    _known(place, named, codes, f"column of {name}")
    (unit,) = _known(place, [entry.take("unit")], units, "unit")
    (basis,) = _known(place, [entry.take("basis")], BASES, "basis")
    (take,) = _known(place, [entry.take("take", default="sum" if of else "count")], TAKES, "way of a statistic")
    if bool(of) == (take == "count"):
        raise place.error("rows are counted, columns are not: `of` belongs to sum, max and distinct")
    if (ELAPSED in looked_at) != bool(days) or len(days) not in (0, 2):
        raise place.error("“days” needs a first and a last date, and a use")
    for column in (of, *plus):
        if (
            column
            and column != ELAPSED
            and take != "distinct"
            and units[table.column(column).unit].base != units[unit].base
        ):
            raise place.error(f"“{column}” is in {table.column(column).unit}, not in {unit}")
    return Statistic(
        series=_series_of(entry, table),
        name=entry.take("name"),
        table=name,
        of=of,
        unit=unit,
        basis=basis,
        where=_where(place, table, entry.take("where", dict, {})),
        window=MappingProxyType(dict(window)),
        take=take,
        plus=plus,
        days=(days[0], days[1]) if days else None,
        working=entry.take("working", bool, False),
        most=_limits(place, limits["most"], codes),
        least=_limits(place, limits["least"], codes),
        below=_limits(place, limits["below"], codes),
        given=conditions["given"],
        untold=conditions["untold"],
        passed=conditions["passed"],
    )


def _series_of(entry: Entry, table: Table) -> str:
    series: str = entry.take("series")
    owner, _, name = series.rpartition(".")
    if owner != table.code or (table.layout != "ledger" and table.has(name)):
        raise entry.place.error(f"“{series}” is not a name for a statistic of {table.code}")
    return series


def _limits(place: Place, limits: Mapping[str, object], codes: Iterable[str]) -> Mapping[str, str]:
    """Column → the other column, or the number, that it is held against."""
    known = set(codes)
    return MappingProxyType(
        {column: str(limit) if limit in known else str(_number(place, limit)) for column, limit in limits.items()}
    )


def _indicator(
    entry: Entry,
    tables: Mapping[str, Table],
    statistics: Iterable[Statistic],
    units: Mapping[str, Unit],
    departments: Iterable[Department],
) -> Indicator:
    place = entry.place
    known = {s.series for s in statistics}
    known |= {f"{t.code}.{c.code}" for t in tables.values() for c in t.columns if c.numeric}
    series = {
        role: entry.take(role, default="") for role in ("series", "numerator", "denominator", "ytd", "ytd_last_year")
    }
    _known(place, filter(None, series.values()), known, "series")
    (department,) = _known(place, [entry.take("department")], [d.code for d in departments], "department")
    (unit,) = _known(place, [entry.take("unit")], units, "unit")
    if bool(series["numerator"]) != bool(series["denominator"]) or not any(series.values()):
        raise place.error("a figure needs a series, or a numerator and a denominator")
    (nature,) = _known(place, [entry.take("nature")], INDICATOR_NATURES, "nature")
    target = entry.take("target", default=None)
    (target_kind,) = _known(place, [entry.take("target_kind", default="")], ("", *TARGET_KINDS), "kind of target")
    if (target is None) == bool(target_kind):
        raise place.error("a target needs a value and a kind")
    return Indicator(
        code=entry.take("code"),
        name=entry.take("name"),
        nature=nature,
        unit=unit,
        decimals=entry.take("decimals", int),
        department=department,
        item=entry.take("item"),
        complement=entry.take("complement", bool, False),
        comparator=entry.take("comparator", default=""),
        target=None if target is None else _number(place, target),
        target_kind=target_kind,
        clause=entry.take("clause", default=""),
        definition=entry.take("definition"),
        **series,
    )


def _thresholds(path: Path) -> Thresholds:
    return Thresholds(**_settings(path, Thresholds, "threshold", _share)[0])


def _scores(path: Path) -> Scores:
    told, place = _settings(path, Scores, "part of a score", _points)
    scores = Scores(**told)
    if scores.timeliness + scores.quality + scores.issues + scores.reform != 100:
        raise place.error("timeliness, quality, issues and reform do not make 100")
    return scores


def _settings(
    path: Path, of: type, what: str, number_of: Callable[[Place, Decimal], Decimal]
) -> tuple[dict[str, Any], Place]:
    """The numbers of a file of settings by the fields of a class, each once and none left out; and the place of the
    last. Whole numbers where the field is one, else as `number_of` allows."""
    told: dict[str, Any] = {}
    place = Place(path.name, 1)
    known = {field.name: field.type for field in fields(of)}
    for entry in read_declarations(path):
        place = entry.place
        (code,) = _known(place, [entry.take("code")], known, what)
        if code in told:
            raise place.error(f"“{code}” stands twice")
        number = _number(place, entry.take("value", (str, int, float)))
        told[code] = _days(place, number) if known[code] is int else number_of(place, number)
        entry.done()
    for code in known:
        if code not in told:
            raise place.error(f"“{code}” is missing")
    return told, place


def _points(place: Place, number: Decimal) -> Decimal:
    if number <= 0:
        raise place.error(f"{number} is not above zero")
    return number


def _days(place: Place, number: Decimal) -> int:
    if number != int(number) or number < 1:
        raise place.error(f"{number} is not a whole number of days")
    return int(number)


def _share(place: Place, number: Decimal) -> Decimal:
    if not 0 <= number < 1:
        raise place.error(f'{number} is not a share between 0 and 1 (10 points are "0.10")')
    return number
