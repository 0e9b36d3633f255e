"""The records of a ledger – rows of a return that each stand for a case, a project, an issue – and figures made of them.

A figure made of records keeps the cells it stands on as one key a return: `F12.applications.user_days|行5-9,12|2022-08`.
Medians and percentiles are taken from the records, never from those of the months.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Any

import polars as pl

from transforms.edits.bounds import of_kind
from transforms.facts import NOT_APPLICABLE, ROWS, TAKEN, UNREPORTED, Facts, Figure, table_key
from transforms.model import RowKind, wide_schema
from transforms.ranges import row_ranges

NONE_TOLD = Figure(None, None, None, (), NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Records:
    """Some records of one ledger.

    Attributes:
        table: the code of the ledger.
        rows: model.wide_schema of it; data rows alone, of one or more periods.
        why: what is shown for a figure where the ledger was not filed; "" where it was.
        looked_at: the keys of the whole ledger in these periods: what a count of none was counted in.
    """

    table: str
    rows: pl.DataFrame
    why: str = ""
    looked_at: tuple[str, ...] = ()

    def where(self, *conditions: pl.Expr) -> "Records":
        """The records that meet all conditions; what is not told meets none."""
        return replace(self, rows=self.rows.filter(*conditions))

    def count(self, column: str) -> Figure:
        """How many records there are; zero where the ledger was filed without any. `column` names their cells."""
        return self._figure("计数", column, Decimal(self.rows.height))

    def distinct(self, column: str) -> Figure:
        """How many different values a column tells: firms counted once."""
        return self._figure("去重计数", column, Decimal(self.rows[column].drop_nulls().n_unique()))

    def sum(self, column: str) -> Figure:
        """The sum of a column with its interval; not told where one of its cells is not."""
        return self._sum("合计", column, 1)

    def mean(self, column: str) -> Figure:
        """The mean of a column with its interval; — without records."""
        return self._sum("平均", column, self.rows.height) if self.rows.height else self._none()

    def maximum(self, column: str) -> Figure:
        told = self._sorted(column)
        return self._figure("最大", column, told[-1]) if told else self._none()

    def median(self, column: str) -> Figure:
        """The middle record, or the mean of the two in the middle."""
        told = self._sorted(column)
        return self._figure("中位数", column, median_of(told)) if told else self._none()

    def percentile(self, column: str, share: Decimal) -> Figure:
        """The smallest told value that at least this share of the records does not exceed (nearest rank)."""
        told = self._sorted(column)
        how = f"第{(share * 100).normalize():f}百分位"
        return self._figure(how, column, percentile_of(told, share)) if told else self._none()

    def _sorted(self, column: str) -> list[Decimal]:
        return [] if self.rows[column].null_count() else sorted(self.rows[column].to_list())

    def _sum(self, how: str, column: str, parts: int) -> Figure:
        if self.rows[column].null_count():
            return self._none()
        total: Decimal = sum(self.rows[column].to_list(), Decimal(0))
        slack: Decimal = sum((half or Decimal(0) for half in self.rows[f"{column}|half"].to_list()), Decimal(0))
        return self._figure(how, column, total / parts, slack / parts)

    def _none(self) -> Figure:
        return Figure(None, None, None, (), self.why or NOT_APPLICABLE)

    def _figure(self, how: str, column: str, value: Decimal, slack: Decimal = Decimal(0)) -> Figure:
        if self.why:
            return self._none()
        keys = self.keys(column)
        work = f"{how}({','.join(f'[{key}]' for key in keys)})"
        return Figure(value, value - slack, value + slack, keys, work=work)

    def keys(self, column: str) -> tuple[str, ...]:
        """The keys of the cells of a column, one a period; of no cells those of the ledger they were looked for in."""
        rows: dict[str, list[int]] = {}
        for period, row in zip(self.rows["period"].to_list(), self.rows["row"].to_list(), strict=True):
            rows.setdefault(period, []).append(row)
        keys = (cells_key(f"{self.table}.{column}", found, period) for period, found in rows.items())
        return tuple(keys) if rows else self.looked_at


def median_of(told: Sequence[Decimal]) -> Decimal:
    """The middle of some sorted values, or the mean of the two in the middle."""
    middle = len(told) // 2
    return told[middle] if len(told) % 2 else (told[middle - 1] + told[middle]) / 2


def percentile_of(told: Sequence[Decimal], share: Decimal) -> Decimal:
    """The smallest of some sorted values that at least this share of them does not exceed (nearest rank)."""
    rank = int((share * len(told)).to_integral_value(ROUND_CEILING))
    return told[max(rank, 1) - 1]


def records(facts: Facts, table: str, *periods: str) -> Records:
    """The records of a ledger as filed for these periods (the month of the facts, where none is given)."""
    asked = periods or (facts.period,)
    return facts.once(lambda known: _records(known, table, asked), f"records of {table} in {' '.join(asked)}")


def _records(facts: Facts, table: str, periods: Iterable[str]) -> Records:
    form = facts.catalogue.form(table.split(".", maxsplit=1)[0])
    wanted = list(filter(None, (facts.district.owes(form, period) for period in periods)))
    declared = facts.catalogue.table(table)
    rows = facts.once(lambda known: _of_district(known, table), f"records of {table}")
    rows = (
        rows.filter(pl.col("period").is_in(wanted)) if rows is not None else pl.DataFrame(schema=wide_schema(declared))
    )
    missing = [period for period in wanted if not _was_filed(facts, table, period)]
    due = any(facts.due(f"{table}.", period) for period in missing)
    looked_at = tuple(table_key(table, period) for period in wanted if period not in missing)
    return Records(table, rows, UNREPORTED if due else NOT_APPLICABLE if missing or not wanted else "", looked_at)


def _of_district(facts: Facts, table: str) -> pl.DataFrame | None:
    if table not in facts.tables:
        return None
    return facts.tables[table].filter(pl.col("district") == facts.district.code, of_kind(RowKind.DATA))


def _was_filed(facts: Facts, table: str, period: str) -> bool:
    """Whether a return that counts carried this ledger; one without records says that there was nothing."""
    form = table.split(".", maxsplit=1)[0]
    filed = facts.once(_filed, "filed")
    return (form, period) in filed


def _filed(facts: Facts) -> set[tuple[str, str]]:
    taken = pl.col("status").is_in(TAKEN)
    mine = facts.submissions.filter(pl.col("district") == facts.district.code, taken)
    return set(mine.select("form", "period").iter_rows())


def told(table: str, row: Mapping[str, Any], column: str) -> Figure:
    """The number of one cell of a record, with its interval."""
    value, half = row[column], row.get(f"{column}|half") or Decimal(0)
    if value is None:
        return NONE_TOLD
    return Figure(value, value - half, value + half, (cells_key(f"{table}.{column}", [row["row"]], row["period"]),))


def cells_key(series: str, rows: Iterable[int], period: str) -> str:
    """The key of some cells of a column: their rows as ranges."""
    spans = ",".join(str(first) if first == last else f"{first}-{last}" for first, last in row_ranges(rows))
    return f"{series}|{ROWS}{spans}|{period}"
