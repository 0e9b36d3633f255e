"""The frames that the record names, as they stood at a moment: wide tables, heads, layout, findings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from flows.house import House
from journal.record import TAKEN_IN
from transforms.model import FINDINGS, Catalogue, wide_schema
from workbooks.reading.read import HEADS, LAYOUT

READABLE = ("accepted", "questions", "returned")


@dataclass(frozen=True, slots=True)
class Frames:
    """Everything that was read from submissions.

    Attributes:
        tables: wide tables by code, all submissions.
        layout, heads, findings: as `workbooks.reading.read.Readings` and `model.FINDINGS` say.
        submissions: the record of every submission (journal.record.SUBMISSIONS).
    """

    tables: Mapping[str, pl.DataFrame]
    layout: pl.DataFrame
    heads: pl.DataFrame
    findings: pl.DataFrame
    submissions: pl.DataFrame

    def current(self, statuses: Iterable[str] = TAKEN_IN) -> pl.DataFrame:
        """The newest submission of each district, department, form and period that has one of the states."""
        return self._one("last", statuses)

    def first(self, statuses: Iterable[str] = TAKEN_IN) -> pl.DataFrame:
        """The first submission of each that was accepted."""
        return self._one("first", statuses)

    def _one(self, keep: str, statuses: Iterable[str]) -> pl.DataFrame:
        of_state = self.submissions.filter(pl.col("status").is_in(list(statuses)))
        ordered = of_state.sort("version", "received_at", "id", maintain_order=True)
        keys = ["district", "department", "form", "period"]
        return ordered.unique(keys, keep="last" if keep == "last" else "first", maintain_order=True)

    def rows_of(self, submissions: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """The wide tables with the rows of these submissions alone."""
        ids = submissions["id"].implode()
        return {code: rows.filter(pl.col("submission").is_in(ids)) for code, rows in self.tables.items()}


def load_frames(house: House, known_at: datetime | None = None) -> Frames:
    """Read every frame that the record names; a submission decided after `known_at` is not known yet."""
    by_name: dict[str, list[pl.DataFrame]] = {}
    for name, frame in house.archive.frames(house.journal.segments()):
        by_name.setdefault(name, []).append(frame)
    submissions = house.journal.submissions(known_at)
    readable = submissions.filter(pl.col("status").is_in(READABLE))["id"].implode()

    def joined(name: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
        found = pl.concat([pl.DataFrame(schema=schema), *by_name.get(name, [])], how="diagonal_relaxed")
        return found.filter(pl.col("submission").is_in(readable))

    tables = {
        table.code: pl.concat(by_name[table.code], how="diagonal_relaxed").filter(pl.col("submission").is_in(readable))
        for table in house.catalogue.tables()
        if table.code in by_name
    }
    return Frames(
        tables={**empty_tables(house.catalogue), **tables},
        layout=joined("layout", LAYOUT),
        heads=joined("heads", HEADS),
        findings=joined("findings", FINDINGS),
        submissions=submissions,
    )


def empty_tables(catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """Every wide table of the catalogue, without rows."""
    return {table.code: pl.DataFrame(schema=wide_schema(table)) for table in catalogue.tables()}
