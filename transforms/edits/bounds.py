"""What a prepared rule is, and the words in which rules are written as Polars expressions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from transforms.model import EXACT, Column, Edit, RowKind, Table, Unit

FAR = Decimal(10) ** 20
"""Beyond every amount: the open end of a bound."""

EMPTY_WORDS = ("-", "—", "--", "——", "－", "/", "无", "N/A")
"""Five kinds of empty (§1): none of them is zero, and none of them is a value."""


@dataclass(frozen=True, slots=True)
class Context:
    """What rules may look at beside the rows themselves.

    Args:
        tables: tonight's wide tables by code; the rows of all submissions.
        known: the rows that earlier (or other) periods stand on, by table code: the current submission of each
            district, form and period that has not been sent back.
        first_filed: the same, but the first accepted submission of each period.
        calendar: one row a period: period, last_day (Date), working_days_ytd (Int64).
        units: units of the catalogue by code.
        reasons: words that a required cell may carry in place of a value.
        layout: submission, table, code, letter of tonight's tables: a ledger that was filed without a row stands here
            alone.
        workdays: one row a day: day (Date), number (Int64: working days up to and with it, counted from any day on).
            The difference of two numbers is the working days after the one day up to and with the other.
        plans: by table code, the keys (columns as in the table) of the rows that a return has to hold, no less and no
            more.
    """

    tables: Mapping[str, pl.DataFrame]
    known: Mapping[str, pl.DataFrame]
    first_filed: Mapping[str, pl.DataFrame]
    calendar: pl.DataFrame
    units: Mapping[str, Unit]
    reasons: tuple[str, ...] = field(default=())
    layout: pl.DataFrame | None = None
    workdays: pl.DataFrame | None = None
    plans: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def factor(self, column: Column) -> Decimal:
        return self.units[column.unit].factor


@dataclass(frozen=True, slots=True)
class Bounds:
    """One rule on the rows of a table: where it applies, what was told, and where that must lie.

    The told interval [told − slack, told + slack] must meet [low, high]. A null in any of them makes the row
    unverifiable. `expected` is for the reader: the value in the base unit of the rule's column.
    """

    applies: pl.Expr
    told: pl.Expr
    low: pl.Expr
    high: pl.Expr
    slack: pl.Expr
    expected: pl.Expr


def exact(value: Decimal | int | str) -> pl.Expr:
    """A constant that stays exact."""
    return pl.lit(Decimal(value), dtype=EXACT)


def over(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """A quotient; null over zero. Polars stops at a zero anywhere in the column: one department without a case would
    stop the night of all others."""
    return numerator / pl.when(denominator != exact(0)).then(denominator)


def sum_of_told(column: str) -> pl.Expr:
    """The sum of a group; null where one of it is not told."""
    value = pl.col(column)
    return pl.when(value.null_count() == 0).then(value.sum())


def half(code: str) -> pl.Expr:
    """Half a unit of the last reported digit of a column."""
    return pl.col(f"{code}|half")


def of_kind(*kinds: str) -> pl.Expr:
    return pl.col("kind").is_in(list(kinds))


def scope(edit: Edit, default: Iterable[str] = (RowKind.DATA,)) -> pl.Expr:
    """Rows that a rule looks at: by kind of row, by `row` and `when` (column → value, or one of several), from the
    `least` amounts on and `below` others, with cells that are `given` or `untold`, with a date that has `passed`."""
    p = edit.params
    rows = of_kind(*p.get("applies", tuple(default)))
    for column, value in p.get("row", {}).items():
        rows &= pl.col(column).eq_missing(value)
    rows &= where(p.get("when", {}))
    for column, amount in p.get("least", {}).items():
        rows &= pl.col(column).ge(exact(amount)).fill_null(False)
    for column, amount in p.get("below", {}).items():
        rows &= pl.col(column).lt(exact(amount)).fill_null(False)
    if "given" in p:
        rows &= pl.col(p["given"]).is_not_null()
    if "untold" in p:
        rows &= pl.col(p["untold"]).is_null()
    if "passed" in p:
        rows &= pl.col(p["passed"]).lt(pl.col("period_end")).fill_null(False)
    return rows


def answered(column: str) -> pl.Expr:
    """What a cell tells, null where it tells nothing: a word for empty is no answer, a reason is one, and so is a
    value (无 is an entry of some code lists)."""
    text = pl.col(f"{column}|text").str.strip_chars()
    return pl.when(~text.is_in([*EMPTY_WORDS, ""]) | pl.col(column).is_not_null()).then(text)


def first_of(rows: pl.Expr, keys: list[str]) -> pl.Expr:
    """The first of these rows in each group: where a finding about all of them is put."""
    return rows & (rows.cast(pl.Int64).cum_sum().over(keys) == 1)


def where(conditions: Mapping[str, object]) -> pl.Expr:
    """Rows whose columns carry the given values (a value or a tuple of values each)."""
    rows = pl.lit(True)
    for column, value in conditions.items():
        values = list(value) if isinstance(value, tuple) else [value]
        rows &= pl.col(column).is_in(values).fill_null(False)
    return rows


def must_not(condition: pl.Expr, applies: pl.Expr) -> Bounds:
    """A rule that is broken where `condition` holds: told 1 where only 0 is allowed. Null: unverifiable."""
    told = pl.when(condition).then(exact(1)).when(~condition).then(exact(0))
    return Bounds(applies, told, exact(0), exact(0), exact(0), pl.lit(None, dtype=EXACT))


def told(edit: Edit, table: Table) -> tuple[pl.Expr, pl.Expr]:
    """The told value of the rule's column and half a unit of its last digit."""
    return pl.col(edit.column), half(edit.column)


def signed(movements: Iterable[str]) -> list[tuple[int, str]]:
    """("+lent_m", "-repaid_m") → [(1, "lent_m"), (-1, "repaid_m")]."""
    return [(-1 if m.startswith("-") else 1, m.lstrip("+-")) for m in movements]


def total_of(parts: Iterable[tuple[int, str]]) -> tuple[pl.Expr, pl.Expr]:
    """Σ w·v and Σ |w|·half of columns of one row; null where any part is null."""
    value, slack = exact(0), exact(0)
    for weight, code in parts:
        value = value + weight * pl.col(code)
        slack = slack + half(code)
    return value, slack
