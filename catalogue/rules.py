"""The rule language: which kinds of edit rule there are, what each needs, and which rules follow from the columns.

A rule of the reporting system (H01–H16, W01–W12) is declared in `returns/*.yaml`, or follows from what a column
says of itself (required, part_of, additive …) and is made here, so that nobody has to write it down twice.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from catalogue.declarations import Place
from transforms.model import Edit, Severity, Table

COMMON = {"row", "applies", "least", "when", "below", "given", "untold", "passed"}
"""Parameters that any rule may have: which rows it looks at (transforms.edits.bounds.scope)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of rule needs. `own`: parameters that name columns of the rule's table; `other`: columns of its
    detail table; `plain`: anything else. A trailing ? marks an optional one."""

    own: str = ""
    other: str = ""
    plain: str = ""

    def names(self) -> set[str]:
        return {p.rstrip("?") for p in f"{self.own} {self.other} {self.plain}".split()}

    def required(self) -> set[str]:
        return {p for p in f"{self.own} {self.other} {self.plain}".split() if not p.endswith("?")}

    def columns(self, which: str) -> set[str]:
        return {p.rstrip("?") for p in getattr(self, which).split()}


KINDS: Mapping[str, Kind] = {
    # Derived from the columns.
    "typed": Kind(),
    "required": Kind(),
    "unique": Kind(own="by?"),
    "in_list": Kind(),
    "check_digit": Kind(),
    "not_negative": Kind(),
    "footing": Kind(),
    "part_rows": Kind(),
    "change": Kind(),
    "vanished": Kind(),
    "slip": Kind(),
    "same_row": Kind(),
    "unlike": Kind(own="other"),
    "not_falling": Kind(own="unless?"),
    "round": Kind(),
    # Declared: arithmetic of one row.
    "roll_forward": Kind(own="opening movements closing"),
    "sum": Kind(own="parts"),
    "at_most": Kind(own="part whole"),
    "ratio": Kind(own="numerator denominator"),
    "growth": Kind(own="now base"),
    "product": Kind(own="factor", plain="price"),  # a price, or the column that tells it
    "reachable": Kind(own="denominator?", plain="detail?"),
    "whole_base": Kind(own="now"),
    "band": Kind(own="numerator? denominator?", plain="low? high?"),
    "implies": Kind(plain="equals"),
    "in_order": Kind(own="earlier later", plain="strict?"),
    "not_after_period": Kind(),
    "forbid_text": Kind(plain="pattern unless? says?"),
    "near_ratio": Kind(own="numerator denominator", plain="points"),
    "filled_if": Kind(),
    "empty_if": Kind(),
    "must_say": Kind(plain="words"),
    "elapsed": Kind(own="first? last?", plain="working?"),
    "within_days": Kind(own="first? last? most_of?", plain="most? times? working?"),
    "moment_bound": Kind(own="mean"),
    # Declared: against other rows or tables of the same submission.
    "detail": Kind(own="plus?", other="value? distinct?", plain="detail count? where? window? by?"),
    "detail_at_most": Kind(other="value", plain="detail where?"),
    "detail_ratio": Kind(plain="detail numerator denominator complement? at_least?"),
    "top_share": Kind(other="value by", plain="detail top window high"),
    "daily_output": Kind(plain="summary flow slack"),
    "replaced": Kind(own="by date", plain="state open"),
    "first_only": Kind(own="by date", plain="value"),
    "median_band": Kind(own="numerator denominator", plain="low high"),
    "share_of_rows": Kind(plain="value high rows"),
    "row_count": Kind(plain="rows"),
    "rank": Kind(own="of"),
    "detail_within": Kind(other="value", plain="detail by"),
    "has_parent": Kind(plain="detail by"),
    "enough": Kind(plain="detail number where? window?"),
    "row_share": Kind(own="same? by?", plain="high number share?"),
    "party_share": Kind(own="by within", plain="high parties"),
    "mean_at_most": Kind(plain="most"),
    "newer_mean": Kind(own="date", plain="times"),
    "once": Kind(own="by date"),
    "stages_in_order": Kind(own="by stage", plain="order"),
    "repeated": Kind(own="by date", plain="days"),
    "planned": Kind(),
    "complete": Kind(),
    # Declared: against other periods.
    "carry": Kind(own="from", plain="at first_filed? where?"),
    "cumulative": Kind(own="flow", plain="reset fresh?"),
    "roll_on": Kind(own="increments? movements?"),
    "not_dropped": Kind(own="until?"),
    "not_again": Kind(own="closed"),
    "unchanged": Kind(own="columns"),
    "ledger_roll": Kind(own="opened closed"),
    "same_text": Kind(),
    "standstill": Kind(plain="months"),
    "mean_change": Kind(own="by", plain="number"),
    "growth_since": Kind(own="now from", plain="at"),
    "outlier": Kind(own="numerator denominator"),
    "ratio_change": Kind(own="numerator denominator", plain="points"),
    "size_change": Kind(plain="detail limit"),
    "standing": Kind(plain="value periods"),
    "rise": Kind(plain="share"),
    "moved": Kind(plain="points"),
    "above_mean": Kind(plain="factor"),
}

PERIODS = ("previous", "december", "year_ago")
STOCKS = {"balance", "year_open", "stock"}


def words_of(value: Any) -> Iterator[str]:
    """The words in a value of a rule, without their signs: "+lent_m" names lent_m."""
    if isinstance(value, tuple):
        for word in value:
            yield from words_of(word)
    elif isinstance(value, str):
        yield value.lstrip("+-")


def _named(value: Any) -> Iterable[str]:
    """The columns that a mapping of columns to values names."""
    return value if isinstance(value, Mapping) else ()


def check_edit(place: Place, edit: Edit, tables: Mapping[str, Table]) -> None:
    """Hold one declared rule against the tables. Raises CatalogueError with file and line."""
    kind = KINDS.get(edit.kind)
    if kind is None:
        raise place.error(f"unknown kind of rule “{edit.kind}”")
    given = set(edit.params) - COMMON
    if missing := kind.required() - given:
        raise place.error(f"{edit.id}: missing {', '.join(sorted(missing))}")
    if unknown := given - kind.names():
        raise place.error(f"{edit.id}: unknown {', '.join(sorted(unknown))}")
    table = tables[edit.table]
    looked_at = [c for p in ("row", "least", "when", "below", "share") for c in _named(edit.params.get(p))]
    looked_at += [edit.params[p] for p in ("given", "untold", "passed") if p in edit.params]
    _columns_exist(place, edit, table, [edit.column, *looked_at])
    for name in sorted(kind.columns("own") & given):
        _columns_exist(place, edit, table, words_of(edit.params[name]))
    for role in ("detail", "summary"):
        if role in given:
            if edit.params[role] not in tables:
                raise place.error(f"{edit.id}: unknown table “{edit.params[role]}”")
            other = tables[edit.params[role]]
            for name in sorted(kind.columns("other") & given):
                _columns_exist(place, edit, other, words_of(edit.params[name]))
            _columns_exist(place, edit, other, [*edit.params.get("where", {}), *edit.params.get("window", {})])
    if "at" in given and edit.params["at"] not in PERIODS:
        raise place.error(f"{edit.id}: “at” must be one of {', '.join(PERIODS)}")
    _bases_agree(place, edit, table)


def _columns_exist(place: Place, edit: Edit, table: Table, codes: Iterable[str]) -> None:
    for code in codes:
        if not table.has(code):
            raise place.error(f"{edit.id}: {table.code} has no column “{code}”")


def _bases_agree(place: Place, edit: Edit, table: Table) -> None:
    """Figures of different basis may not be added or compared unless the kind of rule says how (§1, Basis)."""

    def basis(code: str) -> str:
        return table.column(code.lstrip("+-")).basis

    def refuse(codes: Iterable[str]) -> None:
        told = ", ".join(f"{c.lstrip('+-')} ({basis(c)})" for c in codes)
        raise place.error(f"{edit.id}: a rule over two bases: {told}")

    p = edit.params
    if edit.kind == "roll_forward":
        stocks, flows = (p["opening"], p["closing"]), p["movements"]
        if any(basis(c) not in STOCKS for c in stocks) or any(basis(c) != "month" for c in flows):
            refuse([*stocks, *flows])
    elif edit.kind == "sum":
        parts = {basis(c) for c in p["parts"]}
        # What is left of the events of one record is its balance (granted − paid = unpaid).
        left_over = parts == {"event"} and basis(edit.column) in STOCKS
        if parts != {basis(edit.column)} and not parts <= STOCKS and not left_over:
            refuse([edit.column, *p["parts"]])
    elif edit.kind == "cumulative":
        if basis(edit.column) not in ("ytd", "since_inception") or basis(p["flow"]) != "month":
            refuse([edit.column, p["flow"]])
    elif edit.kind == "carry":
        same = basis(edit.column) in STOCKS and basis(p["from"]) in STOCKS
        last_year = (basis(edit.column), basis(p["from"])) == ("ytd_last_year", "ytd")
        if not (same or last_year):
            refuse([edit.column, p["from"]])
    elif edit.kind == "growth":
        pair = (basis(p["now"]), basis(p["base"]))
        if pair != ("ytd", "ytd_last_year") and not set(pair) <= STOCKS:
            refuse([p["now"], p["base"]])
    elif edit.kind == "ratio":
        both = [*words_of(p["numerator"]), p["denominator"]]
        if {"month", "ytd"} <= {basis(c) for c in both}:
            refuse(both)


def derived_edits(table: Table) -> Iterator[Edit]:
    """The rules that follow from what the columns of a table say of themselves."""

    def edit(code: str, kind: str, column: str = "", severity: Severity = Severity.HARD, **params: Any) -> Edit:
        suffix = f".{column}" if column else ""
        return Edit(
            id=f"{table.code}.{code}.{kind}{suffix}",
            code=code,
            kind=kind,
            severity=severity,
            table=table.code,
            column=column,
            params=MappingProxyType(params),
            source="reporting-system.md, §1",
        )

    soft = Severity.SOFT
    for c in table.columns:
        yield edit("H05", "typed", c.code)
        if c.required:
            yield edit("H04", "required", c.code)
        if c.codes:
            yield edit("H13", "in_list", c.code)
        if c.scheme:
            yield edit("H13", "check_digit", c.code)
        if c.numeric and not c.signed:
            yield edit("H15", "not_negative", c.code, positive=c.positive)
        if c.part_of:
            yield edit("H12", "at_most", c.code, part=c.code, whole=c.part_of)
        if table.total and c.additive:
            yield edit("H07", "footing", c.code)
        if table.layout == "rows" and c.additive:
            yield edit("H12", "part_rows", c.code)
        if c.floor is not None:
            yield edit("W01", "change", c.code, soft, applies=("data", "total"))
            yield edit("W02", "vanished", c.code, soft, applies=("data", "total"))
            yield edit("W04", "slip", c.code, soft, applies=("data", "total"))
        if c.basis in ("ytd", "since_inception") and c.numeric and not c.signed:
            yield edit("W06", "not_falling", c.code, soft, applies=("data", "total"))
        if c.exact:
            yield edit("W10", "round", c.code, soft, applies=("data", "total"))
    if table.key:
        yield edit("H06", "unique", table.key[0])
    # One flow alone is the same as last month's often enough.
    if table.layout in ("rows", "single") and len(table.flows) > 1:
        first = next((c.code for c in table.columns if c.numeric), "")
        yield edit("W03", "same_row", first, soft)
    for first, second in table.unlike:
        yield edit("W05", "unlike", first, soft, other=second)
