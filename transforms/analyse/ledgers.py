"""The records of a quarter, each counted once."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from transforms.analyse.quarter import months_held
from transforms.facts import Facts
from transforms.records import Records, records


def quarter_records(facts: Facts, table: str, quarter: str, dated: str, carried: bool = False) -> Records:
    """The records of a ledger whose date `dated` lies in the months of the quarter that have come. A record that several
    months tell counts once, as told last.

    Args:
        carried: the ledger of a month holds those of the months before too, so that the last one tells all.
    """
    return records_of(facts, table, months_held(facts, quarter), dated, carried)


def records_of(facts: Facts, table: str, held: Sequence[str], dated: str, carried: bool = False) -> Records:
    """The records of some months, as `quarter_records` takes those of a quarter."""
    name = f"records of {table} by {dated} in {' '.join(held)} {carried}"
    return facts.once(lambda known: _records_of(known, table, held, dated, carried), name)


def _records_of(facts: Facts, table: str, held: Sequence[str], dated: str, carried: bool) -> Records:
    found = records(facts, table, *(held[-1:] if carried else held))
    key = list(facts.catalogue.table(table).key)
    rows = found.rows.filter(pl.col(dated).dt.strftime("%Y-%m").is_in(held))
    rows = rows.sort("period", "row").unique(key, keep="last", maintain_order=True)
    return replace(found, rows=rows)


def parts_of(found: Records, by: str | pl.Expr) -> list[tuple[str, Records]]:
    """The records by the values of a column, in the order in which they are first told; not told is “未填”."""
    column = pl.col(by) if isinstance(by, str) else by
    named = found.rows.with_columns(column.cast(pl.String).fill_null("未填").alias("part|of"))
    parts = named.partition_by("part|of", maintain_order=True, include_key=False, as_dict=True)
    return [(str(name), replace(found, rows=part)) for (name,), part in parts.items()]
