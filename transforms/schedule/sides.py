"""The two sides of a difference with the cells or returns that each was read from."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from transforms import period as months
from transforms.facts import NOT_APPLICABLE, UNREPORTED, Facts, Figure, filing_key, table_key
from transforms.follow.sentences import NO_RECORD
from transforms.model import Reconciliation
from transforms.reconcile.terms import needs
from transforms.schedule.figures import whole

SIDES = ("left", "right")
CELL = re.compile(r"![A-Z]{1,3}\d+\|")
"""Ends the item of a key that stands for one cell."""
Told = Mapping[str, Any]


def side_of(facts: Facts, told: Told, side: str) -> Figure:
    """What one side told, with its cells where they stand in one return, else with the tables it was put together of."""
    value, keys = told[f"{side}_value"], _keys(facts, told, side)
    how = "计数" if "条数" in (told[side] or "") else "合计"
    work = "" if len(keys) == 1 and CELL.search(keys[0]) else f"{how}({_named(keys)})" if keys else _number(told)
    return Figure(value, value, value, keys, work=work)


def gap_of(facts: Facts, told: Told) -> Figure:
    """The difference of both sides: left − right, or how many items of theirs do not agree."""
    left, right = (side_of(facts, told, side) for side in SIDES)
    keys = tuple(dict.fromkeys((*left.sources, *right.sources)))
    gap = told["difference"]
    subtracted = (left.value or Decimal(0)) - (right.value or Decimal(0))
    work = f"{left.term}−{right.term}" if gap == subtracted else f"不符项计数({_named(keys)})"
    if left.told != right.told:  # a record that the other side lacks
        has, lacks = (left, right) if left.told else (right, left)
        work = f"{'' if left.told else '−'}{has.term} {NO_RECORD}({_named(lacks.sources)})"
    return Figure(gap, gap, gap, keys, NOT_APPLICABLE, work if keys else _number(told))


def count_of(facts: Facts, told: Told, number: int, how: str) -> Figure:
    """A number that is told of a difference, with what both sides were read from."""
    keys = tuple(dict.fromkeys(key for side in SIDES for key in _keys(facts, told, side)))
    return whole(number, keys)._replace(work=how if keys else _number(told))


def _number(told: Told) -> str:
    """Where nothing that was compared is known any more the number of the difference is."""
    return f"差异编号 {told['id']}"


def compared(facts: Facts, told: Iterable[Told]) -> tuple[str, ...]:
    """The tables that pairs were read from, each once; a pair that agrees with many others is not told cell by cell."""
    found = (key for one in told for side in SIDES for key in _of_tables(facts, one, side))
    return tuple(dict.fromkeys(found))


def not_compared(facts: Facts, rule: Reconciliation, number: int) -> Figure:
    """A number told of a rule that had nothing to compare: with the returns that came, and those that did not."""
    keys: list[str] = []
    missing: list[str] = []
    for form in sorted(rule.forms):
        period = facts.district.owes(facts.catalogue.form(form), facts.period)
        filed = facts.filings.get((form, period or ""))
        if filed:
            keys.append(filing_key(form, period or "", filed[-1]["version"]))
        else:
            missing.append(form)
    work = " ".join(("未核对", *((UNREPORTED, *missing) if missing else ())))
    return whole(number, keys)._replace(work=work)


def _keys(facts: Facts, told: Told, side: str) -> tuple[str, ...]:
    tables, cells = _of_tables(facts, told, side), told[f"{side}_cell"]
    submission = facts.filed_as.get(told[f"{side}_submission"] or "")
    if submission is None or len(tables) > 1 or not cells:
        return tables
    return (filing_key(*submission, cells),)


def _of_tables(facts: Facts, told: Told, side: str) -> tuple[str, ...]:
    """The tables that a side is read from, by the rule that compares them, of the months that it needs."""
    rule = _rule(facts, told)
    figures = rule.figures[SIDES.index(side)] if rule.figures else ()
    begun = facts.district.first_period
    named = [(f.table, month) for f in figures for month in needs(f, told["period"], min(begun, told["period"]))]
    if not figures:
        table = ".".join((rule.left if side == "left" else rule.right).split(".")[:2])
        submission = facts.filed_as.get(told[f"{side}_submission"] or "")
        named = [(table, submission[1] if submission else told["period"])]
    return tuple(dict.fromkeys(table_key(table, month) for table, month in named if _was_filed(facts, table, month)))


def _rule(facts: Facts, told: Told) -> Reconciliation:
    """The rule of a pair: of several checks with one code the one whose label the key bears."""
    of_code = [one for one in facts.catalogue.reconciliations if one.code == told["rule"]]
    parts = (told["key"] or "").split("/")
    return next((one for one in of_code if one.label and one.label in parts), of_code[0])


def _was_filed(facts: Facts, table: str, period: str) -> bool:
    return (table.split(".", maxsplit=1)[0], period) in facts.filings and months.last_month(period) <= facts.period


def _named(keys: Iterable[str]) -> str:
    return ",".join(f"[{key}]" for key in keys)
