"""Facts made of a few ledgers written out (see `wide`), each filed and accepted for the periods that it tells."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from catalogue.load import load
from tests.transforms.makers import PERIOD, a_submission, some_facts
from tests.transforms.wide import layout_of, wide
from transforms.facts import Facts
from transforms.observe import observe


def facts_of(
    told: Mapping[str, str | Mapping[str, str]], *, period: str = PERIOD, empty: Iterable[str] = (), **changes: Any
) -> Facts:
    """Facts of 江北区 that owes these returns.

    Args:
        told: table code → its lines for `period`, or → a mapping of period → lines.
        empty: forms filed for `period` without a row in any ledger.
        changes: `more` adds returns that are owed and were not filed; the rest goes to `some_facts`.
    """
    by_period = {code: lines if isinstance(lines, Mapping) else {period: lines} for code, lines in told.items()}
    tables = {code: pl.concat([wide(code, lines, p) for p, lines in each.items()]) for code, each in by_period.items()}
    filed = {(code.split(".", maxsplit=1)[0], p) for code, each in by_period.items() for p in each}
    filed |= {(form, period) for form in empty}
    forms = tuple(sorted({form for form, _ in filed} | set(changes.pop("more", ()))))
    submissions = [a_submission(form, p, submission=f"{form}-jb-{p}-V1") for form, p in sorted(filed)]
    submissions += changes.pop("submissions", [])
    return some_facts(
        submissions=submissions,
        period=period,
        tables=tables,
        layout=layout_of(tables),
        district=replace(load().district("jb"), returns=forms),
        **changes,
    )


def observed_facts(told: Mapping[str, str | Mapping[str, str]], **changes: Any) -> Facts:
    """The same, with the figures and the statistics that the tables tell."""
    facts = facts_of(told, **changes)
    return replace(facts, observations=observe(facts.tables, facts.layout, facts.catalogue))
