"""The entries of one side of a declared match: which rows of which filings, under which key, in which month."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period
from transforms.edits.bounds import EMPTY_WORDS, half, of_kind, where
from transforms.model import EXACT, Catalogue, Column, Reconciliation, RowKind
from transforms.reconcile.filings import filings
from transforms.reconcile.ledgers.meet import OF_MONTH

LIMIT = Decimal(9) * 10**14
"""元. No ledger of a district holds a larger amount; ten million of them still add up within Decimal(38, 8)."""

MATCHED: Mapping[str, pl.DataType] = {
    "district": pl.String(),
    "period": pl.String(),
    "key": pl.String(),
    "party": pl.String(),
    "day": pl.Date(),
    "amount": EXACT,
    "half": EXACT,
    "place": pl.String(),
    "submission": pl.String(),
}
"""What `match` needs of an entry. `amount` in the base unit, null where it was not told; `half`: what rounding may hide of
it, 0 for an amount to the 分; `place`: its cell. A null key is no number at all."""

SIDE: Mapping[str, pl.DataType] = {
    **MATCHED,
    "id": pl.Int64(),
    "counts": pl.Boolean(),
    "alike": pl.String(),
    "beyond": pl.Boolean(),
}
"""One row an entry. `counts`: it belongs to the month and has the state that is compared; the others are what a missing
entry is looked for among. `alike`: what both sides must have in common to be compared at all (a currency). `beyond`: its
amount is above LIMIT and was put aside."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a declared match.

    Attributes:
        entries: SIDE.
        filed: district, period, submission: the months for which this side told something, be it nothing.
        due: district, period: the months for which it could have (a side at the month before has no first month).
        name: what the reader calls who told it, by the column `district`.
        number: the header of the key.
        column: the amount.
        window: month (an entry counts in the month of its date) or all.
        moved: told a month earlier than it is compared.
    """

    entries: pl.DataFrame
    filed: pl.DataFrame
    due: pl.DataFrame
    name: pl.Expr
    number: str
    form: str
    column: Column
    window: str
    moved: bool


def told_by(rule: Reconciliation, side: str, what: str, default: Any = None) -> Any:
    """A parameter of one side: `what: {left: …, right: …}`."""
    return rule.params.get(what, {}).get(side, default)


def read_side(
    rule: Reconciliation, side: str, tables: Mapping[str, pl.DataFrame], letters: pl.DataFrame, catalogue: Catalogue
) -> Side:
    table, _, code = (rule.left if side == "left" else rule.right).rpartition(".")
    form, column = table.split(".", maxsplit=1)[0], catalogue.column(f"{table}.{code}")
    rows = _placed(tables[table].filter(of_kind(RowKind.DATA)), table, code, letters)
    filed = filings(tables, table, letters)
    due = filed.select(OF_MONTH)
    if moved := bool(told_by(rule, side, "at")):
        rows, filed, due = (_month_later(frame) for frame in (rows, filed, due))
    window = rule.params.get("window", "month")
    return Side(
        entries=_entries(rule, side, rows, code, column, window),
        filed=filed,
        due=due,
        name=_name(rule, side, catalogue),
        number=catalogue.column(f"{table}.{rule.params['key'][side]}").header,
        form=form,
        column=column,
        window=window,
        moved=moved,
    )


def _placed(rows: pl.DataFrame, table: str, code: str, letters: pl.DataFrame) -> pl.DataFrame:
    of_column = letters.filter((pl.col("table") == table) & (pl.col("code") == code)).select("submission", "letter")
    rows = rows.join(of_column.unique("submission"), on="submission", how="left", maintain_order="left")
    return rows.with_columns(place=pl.col("sheet") + "!" + pl.col("letter") + pl.col("row").cast(pl.String))


def _entries(
    rule: Reconciliation, side: str, rows: pl.DataFrame, code: str, column: Column, window: str
) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    day, party, alike = (told_by(rule, side, what) for what in ("date", "party", "alike"))
    amount, when = pl.col(code), pl.col(day) if day else pl.lit(None, dtype=pl.Date)
    beyond = (amount.abs() > pl.lit(LIMIT, dtype=EXACT)).fill_null(False)
    in_window = (when.dt.strftime("%Y-%m") == pl.col("period")).fill_null(False) if window == "month" else pl.lit(True)
    key = pl.col(rule.params["key"][side]).cast(pl.String).str.strip_chars()
    return (
        rows.with_row_index("id")
        .with_columns(
            # What stands for a number that is none is none.
            key=pl.when(~key.is_in(["", *EMPTY_WORDS])).then(key),
            party=pl.col(party) if party else nothing,
            day=when,
            amount=pl.when(~beyond).then(amount),
            half=_rounding(code, column),
            counts=in_window & where(told_by(rule, side, "where", {})),
            alike=pl.col(alike) if alike else nothing,
            beyond=beyond,
        )
        .select(pl.col(name).cast(kind) for name, kind in SIDE.items())
    )


def _rounding(code: str, column: Column) -> pl.Expr:
    """What the told digits leave open, at most half a unit of the declared ones. Amounts in 元 are to the 分."""
    if column.type == "int" or column.unit == "元":
        return pl.lit(Decimal(0), dtype=EXACT)
    return half(code).fill_null(Decimal(0))


def _month_later(frame: pl.DataFrame) -> pl.DataFrame:
    later = {month: period.shift(month, 1) for month in frame["period"].unique()}
    return frame.with_columns(pl.col("period").replace_strict(later, return_dtype=pl.String))


def _name(rule: Reconciliation, side: str, catalogue: Catalogue) -> pl.Expr:
    """Who told it: the department; its form where both sides are of one department; the month where of one form."""
    forms = [path.split(".", maxsplit=1)[0] for path in (rule.left, rule.right)]
    form = forms[side == "right"]
    department = catalogue.department(catalogue.form(form).department)
    names = {d.code: department.name_in(d.code) for d in catalogue.districts}
    name = pl.col("district").replace_strict(names, default=department.name, return_dtype=pl.String)
    if forms[0] == forms[1]:
        return name + pl.lit("上月" if told_by(rule, side, "at") else "本月")
    owners = {catalogue.form(form).department for form in forms}
    return name + pl.lit(form) if len(owners) == 1 else name
