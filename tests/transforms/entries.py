"""Entries of a ledger as they are matched, written a line each: key, party, day of August 2022, amount, half a unit."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import polars as pl

from transforms.reconcile.ledgers.sides import MATCHED

Line = tuple[str | None, str | None, int | None, Decimal | None, Decimal]
"""Key, party, day of the month, amount, and what rounding may hide of it."""


def entries(*lines: str, half: str = "0") -> pl.DataFrame:
    """`V1 甲 3 100.00`: · stands for what was not told."""
    told = []
    for line in lines:
        key, party, day, amount = (None if word == "·" else word for word in line.split())
        told.append((key, party, int(day) if day else None, Decimal(amount) if amount else None, Decimal(half)))
    return ledger(told)


def ledger(lines: Iterable[Line]) -> pl.DataFrame:
    rows = [
        ("jb", "2022-08", key, party, date(2022, 8, day) if day else None, amount, half, f"表!A{place}", "S")
        for place, (key, party, day, amount, half) in enumerate(lines, 5)
    ]
    return pl.DataFrame(rows, schema=MATCHED, orient="row")
