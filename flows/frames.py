"""The frames that the record names, as they stood at a moment: wide tables, heads, layout, findings."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import polars as pl

from flows.house import House
from journal.record import TAKEN_IN, Segment
from transforms.localise import SUSPECTS
from transforms.model import FINDINGS, wide_schema
from transforms.spans import last_month_of
from workbooks.reading.read import HEADS, LAYOUT

READABLE = ("accepted", "questions", "returned")


@dataclass(frozen=True, slots=True)
class Frames:
    """Everything that was read from submissions.

    Attributes:
        tables: wide tables by code, all submissions.
        layout, heads, findings: as `workbooks.reading.read.Readings` and `model.FINDINGS` say.
        suspects: transforms.localise.SUSPECTS, the cells most likely wrong where hard rules were broken.
        submissions: the record of every submission (journal.record.SUBMISSIONS).
    """

    tables: Mapping[str, pl.DataFrame]
    layout: pl.DataFrame
    heads: pl.DataFrame
    findings: pl.DataFrame
    suspects: pl.DataFrame
    submissions: pl.DataFrame

    def current(self, statuses: Iterable[str] = TAKEN_IN) -> pl.DataFrame:
        """The newest submission of each district, department, form and period that has one of the states."""
        return self._one("last", statuses)

    def first(self, statuses: Iterable[str] = TAKEN_IN) -> pl.DataFrame:
        """The first submission of each that was accepted."""
        return self._one("first", statuses)

    def standing(self, locks: Mapping[tuple[str, str], datetime]) -> pl.DataFrame:
        """Of each district, department, form and period the submission whose figures stand: the newest; of a month that
        was closed the newest of then.

        Args:
            locks: district and month → when it was closed.
        """
        closed = pl.DataFrame(
            [(*place, at) for place, at in locks.items()],
            schema={"district": pl.String, "month": pl.String, "closed": pl.Datetime("us")},
            orient="row",
        )
        known = self.submissions.with_columns(month=last_month_of(pl.col("period")))
        known = known.join(closed, on=["district", "month"], how="left", maintain_order="left")
        of_then = pl.col("closed").is_null() | (pl.col("decided_at") <= pl.col("closed"))
        return replace(self, submissions=known.filter(of_then).drop("month", "closed")).current()

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
    """Read the frames that the record names; a submission decided after `known_at` is not known yet."""
    stored: dict[str, list[Segment]] = {}
    for segment in house.journal.segments():
        stored.setdefault(segment.name, []).append(segment)
    submissions = house.journal.submissions(known_at)
    readable = submissions.filter(pl.col("status").is_in(READABLE))["id"].implode()

    def joined(name: str, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
        found = [house.archive.frame(stored[name])] if name in stored else []
        both = pl.concat([pl.DataFrame(schema=schema), *found], how="diagonal_relaxed")
        return both.filter(pl.col("submission").is_in(readable))

    def table(code: str) -> pl.DataFrame:
        if code not in stored:
            return pl.DataFrame(schema=wide_schema(tables[code]))
        return house.archive.frame(stored[code]).filter(pl.col("submission").is_in(readable))

    tables = {table.code: table for table in house.catalogue.tables()}
    return Frames(
        tables=ReadWhenAsked(tables, table),
        layout=joined("layout", LAYOUT),
        heads=joined("heads", HEADS),
        findings=joined("findings", FINDINGS),
        suspects=joined("suspects", SUSPECTS),
        submissions=submissions,
    )


class ReadWhenAsked(Mapping[str, pl.DataFrame]):
    """Tables by code, each read when somebody asks for it: a drop is judged and answered without those of the other
    returns."""

    def __init__(self, codes: Iterable[str], read: Callable[[str], pl.DataFrame]) -> None:
        self._codes = dict.fromkeys(codes)
        self._read = cache(read)

    def __getitem__(self, code: str) -> pl.DataFrame:
        if code not in self._codes:
            raise KeyError(code)
        return self._read(code)

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)
