"""The kinds of reconciliations, and what each needs: made and held against the returns when the catalogue is loaded.

An entry is a rule with its code; its `checks` are what it compares, each with a label of its own. A rule of one check
is written without `checks`. Sides of figures are a path, a path with what narrows it, or a list of these.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from catalogue.declarations import Entry, Place
from catalogue.matching import PARAMETERS, check_match
from transforms.model import Column, Figure, Reconciliation, Table, Unit

Tables = Mapping[str, Table]
FIGURES = ("equal", "at_most", "band", "sum")
PAIRED = ("key", "where", "window")
"""Parameters that tell something of each side: {left: …, right: …}."""
OWN: Mapping[str, frozenset[str]] = {
    "equal": frozenset({"told", "after", "bases", "settles"}),
    "at_most": frozenset({"told", "bases"}),
    "band": frozenset({"low", "high", "bases"}),
    "sum": frozenset({"told"}),
    "exists": frozenset({"where", "window", "both"}),
    "unique": frozenset({"where", "window"}),
    "in_order": frozenset({"key", "where", "window"}),
    "unfiled": frozenset({"reason"}),
    "match_ledgers": PARAMETERS,
}
"""The kinds of reconciliations, and which parameters each knows."""
NEEDED: Mapping[str, frozenset[str]] = {
    "band": frozenset({"low", "high"}),
    "in_order": frozenset({"key"}),
    "unfiled": frozenset({"reason"}),
    "match_ledgers": frozenset({"key"}),
}
ROWS = ("data", "total", "each")
AT = ("this", "previous", "previous_of_year", "december", "year_ago")
OVER = ("", "two_months", "three_months", "year", "quarter", "always")
TAKE = ("sum", "largest")
SPANS = ("month", "three_months", "ytd")
STOCKS = frozenset({"balance", "year_open", "stock"})


def reconciliations_of(
    entry: Entry, tables: Tables, departments: Iterable[str], units: Mapping[str, Unit]
) -> list[Reconciliation]:
    """The checks of one entry. Raises CatalogueError with file and line where it does not agree with the returns."""
    place = entry.place
    code, name = entry.take("code"), entry.take("name")
    owner, source = entry.take("owner"), entry.take("source", default="")
    if owner not in departments:
        raise place.error(f"{code}: unknown department “{owner}”")
    checks = entry.take("checks", list, None)
    several = checks if checks is not None else [entry]
    made: list[Reconciliation] = []
    for check in several:
        about = _About(check.place, code, name, owner, source, units)
        made += _check(check, about, tables)
        if check is not entry:
            check.done()
    if len({m.label for m in made}) < len(made):
        raise place.error(f"{code}: two checks have one label")
    return made


@dataclass(frozen=True, slots=True)
class _About:
    """What all checks of an entry share."""

    place: Place
    code: str
    name: str
    owner: str
    source: str
    units: Mapping[str, Unit]

    def error(self, message: str) -> Exception:
        return self.place.error(f"{self.code}: {message}")


def _check(check: Entry, about: _About, tables: Tables) -> list[Reconciliation]:
    kind = check.take("kind")
    if kind not in OWN:
        raise about.place.error(f"unknown kind of reconciliation “{kind}”")
    label = check.take("label", default="")
    if kind == "sum":
        return _footings(check, about, tables)
    if kind in FIGURES:
        shared = check.take("by", (str, list), None)
        sides = tuple(_side(check.take(end, (str, dict, list)), shared, about, tables) for end in ("left", "right"))
        left, right = (side[0].of for side in sides)
        figures = (sides[0], sides[1])
    else:
        left, right = check.take("left"), check.take("right", default="")
        figures = ((), ())
    params = {name: _plain(check.pop(name)) for name in sorted(OWN[kind] & set(check))}
    if missing := NEEDED.get(kind, frozenset()) - set(params):
        raise about.error(f"missing {', '.join(sorted(missing))}")
    rule = Reconciliation(
        about.code, about.name, kind, left, right, about.owner, MappingProxyType(params), about.source, label, figures
    )
    if kind in FIGURES:
        _figures_are_alike(rule, about, tables)
        _band_is_one(rule, about)
    elif kind == "match_ledgers":
        check_match(about.place, rule, tables, about.units)
    else:
        _records_exist(rule, about, tables)
    return [rule]


def _footings(check: Entry, about: _About, tables: Tables) -> list[Reconciliation]:
    """The total row of a table against the sum of its rows, a check a column."""
    table = check.take("table")
    if table not in tables:
        raise about.error(f"unknown table “{table}”")
    if not tables[table].total:
        raise about.error(f"{table} has no total row")
    params = {name: _plain(check.pop(name)) for name in sorted(OWN["sum"] & set(check))}
    made = []
    for code in check.words("columns"):
        path = f"{table}.{code}"
        column = _column(path, about, tables)
        sides = ((Figure(path, rows="total"),), (Figure(path, rows="data"),))
        label = column.header if column else ""
        made.append(
            Reconciliation(
                *(about.code, about.name, "equal", path, path, about.owner, MappingProxyType(params)),
                *(about.source, label, sides),
            )
        )
    return made


def _side(declared: Any, shared: Any, about: _About, tables: Tables) -> tuple[Figure, ...]:
    figures = tuple(
        _figure(one, shared, about, tables) for one in (declared if isinstance(declared, list) else [declared])
    )
    if not figures:
        raise about.error("a side without a figure")
    return figures


def _figure(declared: Any, shared: Any, about: _About, tables: Tables) -> Figure:
    entry = declared if isinstance(declared, Entry) else Entry(of=declared)
    if not isinstance(declared, Entry):
        entry.place = about.place
    path = entry.take("of")
    sign = Decimal(-1) if path.startswith("-") else Decimal(1)
    by = entry.take("by", (str, list), shared)
    made = Figure(
        of=path.lstrip("-"),
        weight=sign * _exact(entry.take("times", (str, int), 1), about),
        by=() if by is None else (by,) if isinstance(by, str) else tuple(by),
        rows=_one_of(entry.take("rows", default="data"), ROWS, "rows", about),
        where=MappingProxyType({c: _values(v) for c, v in entry.take("where", dict, {}).items()}),
        window=MappingProxyType(dict(entry.take("window", dict, {}))),
        at=_one_of(entry.take("at", default="this"), AT, "at", about),
        over=_one_of(entry.take("over", default=""), OVER, "over", about),
        basis=MappingProxyType({c: _values(v) for c, v in entry.take("basis", dict, {}).items()}),
        take=_one_of(entry.take("take", default="sum"), TAKE, "take", about),
    )
    entry.done()
    _figure_exists(made, about, tables)
    return made


def _figure_exists(figure: Figure, about: _About, tables: Tables) -> None:
    column = _column(figure.of, about, tables)
    table = tables[figure.table]
    for code in (*figure.by, *figure.where, *figure.window, *figure.basis):
        if not table.has(code):
            raise about.error(f"{table.code} has no column “{code}”")
    for span in figure.window.values():
        _one_of(span, SPANS, "window", about)
    if column is not None and not column.numeric:
        raise about.error(f"{figure.of} is no number")
    if column is None and table.layout != "ledger":
        raise about.error(f"{table.code} is no ledger: its rows are not counted")
    if figure.rows != "data" and not table.total:
        raise about.error(f"{table.code} has no total row")


def _column(path: str, about: _About, tables: Tables) -> Column | None:
    """The column of "<form>.<table>.<column>"; None of "<form>.<table>"."""
    table, code = (path, "") if path.count(".") == 1 else tuple(path.rsplit(".", maxsplit=1))
    if table not in tables:
        raise about.error(f"unknown table “{table}”")
    if code and not tables[table].has(code):
        raise about.error(f"{table} has no column “{code}”")
    return tables[table].column(code) if code else None


def _figures_are_alike(rule: Reconciliation, about: _About, tables: Tables) -> None:
    """Both sides are money, or neither is; and of one basis (§1, Basis), unless `bases` says why they may differ."""
    figures = [figure for side in rule.figures for figure in side]
    columns = [_column(figure.of, about, tables) for figure in figures]
    # A number of things times a price is money.
    money = {bool(c and c.type == "money") or abs(f.weight) != 1 for f, c in zip(figures, columns, strict=True)}
    if len(money) > 1:
        raise about.error("the sides are of two types")
    bases = {_basis(figure, column) for figure, column in zip(figures, columns, strict=True)}
    if len(bases) > 1 and "bases" not in rule.params:
        raise about.error(f"a rule over two bases: {', '.join(sorted(bases))}")
    keyed = {bool(figure.by) or figure.rows == "each" for figure in figures}
    if len(keyed) > 1:
        raise about.error("one side has a key and the other has none")


def _basis(figure: Figure, column: Column | None) -> str:
    """What a figure is about once its rows are chosen and its periods summed."""
    basis = column.basis if column else "event"
    if basis == "event":
        # The rows of a ledger within the month make up a flow of that month; all of them are what it holds.
        basis = {"month": "month", "ytd": "ytd"}.get(next(iter(figure.window.values()), ""), "stock")
    if basis in STOCKS:
        return "stock"
    if basis == "month" and figure.over:
        return {"year": "ytd", "quarter": "quarter", "always": "since_inception"}.get(figure.over, figure.over)
    return basis


def _band_is_one(rule: Reconciliation, about: _About) -> None:
    if "settles" in rule.params:
        _one_of(rule.params["settles"], ("next_month",), "settles", about)
    if rule.kind == "band":
        low, high = (_exact(rule.params[end], about) for end in ("low", "high"))
        if low > high:
            raise about.error(f"no figure lies between {low} and {high} times another")
    if rule.figures[0] == rule.figures[1]:
        raise about.error("both sides are the same figure: it always holds")


def _records_exist(rule: Reconciliation, about: _About, tables: Tables) -> None:
    for side, path in (("left", rule.left), ("right", rule.right)):
        if rule.kind == "unfiled" and not path:
            continue
        column = _column(path, about, tables)
        if column is None:
            raise about.error(f"{path} names no column")
        table = tables[path.rpartition(".")[0]]
        for code in _told_of(rule.params, side):
            if not table.has(code):
                raise about.error(f"{table.code} has no column “{code}”")
    if rule.kind == "in_order" and {_type(p, about, tables) for p in (rule.left, rule.right)} != {"date"}:
        raise about.error("only dates are in order")


def _told_of(params: Mapping[str, Any], side: str) -> Iterator[str]:
    """The columns that the parameters name on one side."""
    for name, value in params.items():
        own = value.get(side, ()) if name in PAIRED and isinstance(value, Mapping) else ()
        yield from (own,) if isinstance(own, str) else own


def _type(path: str, about: _About, tables: Tables) -> str:
    column = _column(path, about, tables)
    return column.type if column else ""


def _one_of(word: Any, known: Iterable[str], what: str, about: _About) -> str:
    if word not in known:
        raise about.error(f"unknown {what} “{word}”")
    return str(word)


def _exact(text: object, about: _About) -> Decimal:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        raise about.error(f"{text!r} is not a number") from None


def _values(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (str(value),)


def _plain(value: Any) -> Any:
    """The value without its places, frozen."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: _plain(v) for key, v in value.items()})
    return tuple(_plain(v) for v in value) if isinstance(value, list) else value
