"""Every rule of every return fires on a table planted to break it, and is silent on the clean district."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl
import pytest

from catalogue.load import load
from catalogue.workdays import load_workdays
from expectations.validate import merge, validate_table
from tests.samples.frames import numbered_workdays
from transforms import period
from transforms.edits import Context, plans, prepare
from transforms.model import EXACT, Catalogue, Edit, Table, Verdict
from workbooks.reading.read import Readings

MONTH, QUARTER = "2022-08", "2022Q2"
Tables = dict[str, pl.DataFrame]
HUGE = Decimal(10) ** 13

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def tonight(clean_readings: Readings) -> Tables:
    return {code: rows.filter(pl.col("period") == period_of(code)) for code, rows in clean_readings.tables.items()}


@pytest.fixture(scope="session")
def known(clean_readings: Readings) -> Tables:
    return {code: rows.filter(pl.col("period") < period_of(code)) for code, rows in clean_readings.tables.items()}


def period_of(table: str) -> str:
    """The period that is judged: the last month, the last quarter that is over."""
    return QUARTER if load().form(table.split(".", maxsplit=1)[0]).frequency == "quarterly" else MONTH


@cache
def calendar() -> pl.DataFrame:
    periods = [MONTH, QUARTER]
    last_days = [period.last_day(p) for p in periods]
    days = [load_workdays().count(date(2022, 1, 1), day) for day in last_days]
    return pl.DataFrame({"period": periods, "last_day": last_days, "working_days_ytd": days})


def a_context(tables: Tables, known: Tables, catalogue: Catalogue) -> Context:
    return Context(
        tables,
        known,
        known,
        calendar(),
        catalogue.units,
        ("未开展",),
        workdays=numbered_workdays(),
        plans=plans(catalogue),
    )


def broken_rules(
    tables: Tables, known: Tables, edits: tuple[Edit, ...], clean: Readings, catalogue: Catalogue
) -> set[str]:
    context = a_context(tables, known, catalogue)
    found = []
    for table in catalogue.tables():
        of_table = tuple(e for e in edits if e.table == table.code)
        if of_table:
            prepared = prepare(tables[table.code], table, of_table, context)
            found.append(validate_table(prepared, table, clean.layout, catalogue, of_table))
    findings = merge(found).findings
    return set(findings.filter(pl.col("verdict") == Verdict.VIOLATED.value)["rule_id"])


def test_every_clean_return_of_the_district_is_read_without_a_word(clean_readings: Readings) -> None:
    assert clean_readings.unreadable == {}
    assert clean_readings.identified.height > 480
    assert clean_readings.findings["message"].to_list() == []


def test_the_clean_district_breaks_no_rule(
    clean_readings: Readings, tonight: Tables, known: Tables, catalogue: Catalogue
) -> None:
    edits = tuple(e for r in catalogue.returns for e in r.edits)
    assert broken_rules(tonight, known, edits, clean_readings, catalogue) == set()


# Planting: each takes the tables, the rows in scope first, and returns the tables with the fault.

Scope = pl.Expr


def on_first(rows: pl.DataFrame, scope: Scope, **changes: object) -> pl.DataFrame:
    """Change columns in the first row of the scope."""
    rows = rows.with_row_index("at")
    found = rows.filter(scope)
    assert found.height, "no row to plant the fault in"
    at = found["at"][0]
    here = pl.col("at") == at
    changed = []
    for name, value in changes.items():
        kind = rows.schema[name]
        new = value.cast(kind) if isinstance(value, pl.Expr) else pl.lit(value, dtype=kind)
        changed.append(pl.when(here).then(new).otherwise(pl.col(name)).alias(name))
    return rows.with_columns(changed).drop("at")


def scope_of(edit: Edit) -> Scope:
    scope = pl.col("kind").is_in(list(edit.params.get("applies", ("data",))))
    for column, value in edit.params.get("row", {}).items():
        scope &= pl.col(column) == value
    for column, value in edit.params.get("when", {}).items():
        scope &= pl.col(column).is_in(list(value) if isinstance(value, tuple) else [value])
    for column, amount in edit.params.get("least", {}).items():
        scope &= pl.col(column) >= Decimal(amount)
    if edit.kind == "carry":
        for column, value in edit.params.get("where", {}).items():
            scope &= pl.col(column) == value
    return scope


def met(edit: Edit, table: Table, **changes: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Change the first row of data so that the rule looks at it, and as told besides."""
    p = edit.params
    cells: dict[str, object] = dict(changes)
    cells |= {c: v[0] if isinstance(v, tuple) else v for c, v in p.get("when", {}).items()}
    cells |= {c: Decimal(v) for c, v in p.get("least", {}).items()}
    cells |= {c: Decimal(v) / 2 for c, v in p.get("below", {}).items()}
    if "given" in p:
        cells[p["given"]] = something(table.column(p["given"]).type)
    if "untold" in p:
        cells[p["untold"]] = None
    if "passed" in p:
        cells[p["passed"]] = date(2022, 1, 1)
    cells |= {f"{c}|text": None if v is None else str(v) for c, v in cells.items() if not isinstance(v, Decimal)}
    return lambda rows: on_first(rows, pl.col("kind") == "data", **cells)


def something(kind: str) -> object:
    if kind in ("int", "money", "decimal", "pct"):
        return Decimal(1)
    return date(2022, 8, 15) if kind == "date" else "某"


def set_text(edit: Edit, text: str | None, value: object = None) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda rows: on_first(rows, pl.col("kind") == "data", **{edit.column: value, f"{edit.column}|text": text})


def plant(edit: Edit, table: Table, tables: Tables, known: Tables) -> list[Tables]:
    """Tables with the rule broken; several where the direction depends on the figures."""
    makers: Mapping[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
        "typed": set_text(edit, "#REF!"),
        "required": set_text(edit, None),
        "in_list": set_text(edit, "查无此项", "查无此项"),
        "check_digit": set_text(edit, "91500105MA5U0000X0", "91500105MA5U0000X0"),
        "unique": lambda rows: pl.concat([rows, rows.filter(pl.col("kind") == "data").head(1)]),
        "not_negative": lambda rows: on_first(rows, pl.col("kind") == "data", **{edit.column: Decimal(-1)}),
        "not_after_period": lambda rows: on_first(rows, pl.col("kind") == "data", **{edit.column: date(2022, 9, 1)}),
        "in_order": lambda rows: on_first(
            rows, pl.col(edit.params["earlier"]).is_not_null(), **{edit.params["later"]: date(1999, 1, 1)}
        ),
        "forbid_text": met(edit, table, **{edit.column: "甲、乙" * 99 if "says" in edit.params else "小规模纳税人"}),
        "replaced": lambda rows: on_first(rows, pl.col("kind") == "data", status="退回"),
        "implies": met(edit, table, **{edit.column: Decimal(3)}),
        "round": lambda rows: on_first(rows, scope_of(edit), **{edit.column: Decimal(50000)}),
        "vanished": lambda rows: (
            on_first(rows, pl.col("kind") == "total", **{edit.column: Decimal(0)})
            if table.total
            else on_first(rows, pl.col(edit.column) == pl.col(edit.column).max(), **{edit.column: Decimal(0)})
        ),
        "slip": lambda rows: on_first(
            rows, pl.col(edit.column) == pl.col(edit.column).max(), **{edit.column: pl.col(edit.column) * 10_000}
        ),
        "unlike": lambda rows: on_first(
            rows,
            pl.lit(True),
            **{edit.column: Decimal("0.895"), edit.params.get("other", edit.column): Decimal("0.895")},
        ),
        "whole_base": lambda rows: on_first(
            rows, scope_of(edit), new_ytd=Decimal(7), **{edit.column: Decimal("0.1234")}
        ),
        "reachable": lambda rows: (
            on_first(
                rows,
                scope_of(edit),
                **{edit.column: Decimal("0.9921"), edit.params.get("denominator", edit.column): Decimal(1238)},
            )
            if "denominator" in edit.params
            else on_first(
                rows, pl.lit(True), **{edit.column: Decimal("0.00049"), f"{edit.column}|half": Decimal("0.00005")}
            )
        ),
        "moment_bound": lambda rows: on_first(
            rows, pl.lit(True), avg_trips=Decimal("0.08"), zero_trip_rate=Decimal("0.895")
        ),
        "daily_output": lambda rows: on_first(
            rows, pl.lit(True), counter_daily=Decimal(999_999), **{"counter_daily|half": Decimal(0)}
        ),
        "detail_ratio": lambda rows: on_first(
            rows, scope_of(edit), **{edit.column: Decimal("0.999" if "at_least" in edit.params else "0.5")}
        ),
        "standing": lambda rows: on_first(rows, scope_of(edit), **{edit.column: Decimal(edit.params["value"])}),
        "share_of_rows": lambda rows: rows.with_columns(pl.lit(edit.params["value"]).alias(edit.column)),
        "row_count": lambda rows: rows.head(edit.params["rows"] - 1),
        "same_row": lambda rows: _as_last_month(rows, known[edit.table], table),
        "first_only": _first_loan_again,
        "part_rows": lambda rows: _bigger_part(rows, edit, table),
        "not_falling": lambda rows: rows.with_columns(**fallen(edit, rows)),
        **planted_ledgers(edit, table, known),
    }
    if edit.kind in makers:
        return [tables | {edit.table: makers[edit.kind](tables[edit.table])}]
    if edit.kind == "top_share":
        ledger = on_first(tables["F01.refunds"], pl.col("pay_date") >= date(2022, 8, 1), refund_amount=HUGE)
        return [tables | {"F01.refunds": ledger}]
    if edit.kind == "size_change":
        return [tables | {"F05.items": tables["F05.items"].head(600)}]
    if edit.kind in ("detail_within", "enough"):
        return [planted_detail(edit, tables)]
    scope = scope_of(edit)
    if edit.kind == "footing":
        scope = pl.col("kind") == "total"
    amount = pl.col(edit.column)
    return [
        tables | {edit.table: on_first(tables[edit.table], scope, **{edit.column: amount + HUGE})},
        tables | {edit.table: on_first(tables[edit.table], scope, **{edit.column: amount * 0})},
    ]


def past(edit: Edit, known: Tables) -> Tables:
    """What was told before: a rule on what has stood for long wants a past in which it stood."""
    if edit.kind != "standing":
        return known
    stood = pl.lit(Decimal(edit.params["value"]), dtype=EXACT).alias(edit.column)
    return known | {edit.table: known[edit.table].with_columns(stood)}


def fallen(edit: Edit, rows: pl.DataFrame) -> dict[str, pl.Expr]:
    cells = {edit.column: pl.lit(Decimal(0), dtype=EXACT)}
    if unless := edit.params.get("unless"):
        cells |= {c: pl.lit(None, dtype=rows.schema[c]) for c in (unless, f"{unless}|text")}
    return cells


def planted_detail(edit: Edit, tables: Tables) -> Tables:
    p = edit.params
    if edit.kind == "enough":
        long_ago = {c: pl.lit(date(1999, 1, 1)) for c in p["window"]}
        return tables | {p["detail"]: tables[p["detail"]].with_columns(**long_ago)}
    paid = pl.col(next(iter(p["by"]))).is_in(tables[p["detail"]][next(iter(p["by"].values()))].implode())
    return tables | {edit.table: on_first(tables[edit.table], paid, **{edit.column: Decimal(1)})}


Planter = Callable[[pl.DataFrame], pl.DataFrame]


def planted_ledgers(edit: Edit, table: Table, known: Tables) -> Mapping[str, Planter]:
    """Makers of faults in ledgers."""
    p, c = edit.params, edit.column
    data = pl.col("kind") == "data"
    other_words = (
        [code.code for code in load().code_lists[table.column(c).codes].codes] if table.column(c).codes else []
    )
    dates = {p.get("first"): date(2019, 1, 2), p.get("last"): date(2022, 8, 10)}
    long = {name: day for name, day in dates.items() if name}
    if "most_of" in p:
        long[p["most_of"]] = Decimal(1)
    last_month = known[edit.table].filter(pl.col("period") == period.previous(MONTH)) if edit.table in known else None
    return {
        "elapsed": met(edit, table, **long, **{c: Decimal(500), f"{c}|half": Decimal(0)})
        if c not in long
        else met(edit, table),
        "within_days": met(edit, table, **long),
        "filled_if": met(edit, table, **{c: None}),
        "empty_if": met(edit, table, **{c: something(table.column(c).type)}),
        "must_say": met(edit, table, **{c: next((w for w in other_words if w not in p.get("words", ())), None)}),
        "near_ratio": met(edit, table, **{c: Decimal("0.9")}),
        "has_parent": met(edit, table, **{c: "查无此号"}),
        "mean_at_most": met(edit, table, **{c: Decimal(10**6)}),
        "planned": met(edit, table, **{c: "ML-99"}),
        "complete": lambda rows: rows.tail(-1),
        "not_dropped": lambda rows: on_first(rows.head(1), data, **{c: "新的一行"}),
        "ledger_roll": lambda rows: rows.tail(3),
        "not_again": lambda rows: on_first(
            rows, data, **{c: known[edit.table].filter(pl.col(p["closed"]).is_not_null())[c][0]}
        ),
        "unchanged": lambda rows: on_first(
            rows,
            pl.col(c if c in table.key else table.key[0]).is_in(last_month[table.key[0]].implode()),
            **{p["columns"][0]: Decimal(7) if table.column(p["columns"][0]).numeric else "另一类"},
        ),
        "same_text": lambda rows: met(edit, table, **{c: same_item(rows, last_month, table)[c][0]})(rows),
        "standstill": lambda rows: on_first(rows, pl.col(c) == 1, state="推进中"),
        "row_share": lambda rows: rows.with_columns(
            [pl.lit(words).alias(column) for column, words in p.get("share", {}).items()]
            or [pl.col(p["same"][1]).alias(p["same"][0])]
        ),
        "party_share": lambda rows: on_first(rows, in_the_largest_class(edit, rows), **{c: pl.col(c) + HUGE}),
        "mean_change": lambda rows: rows.with_columns((pl.col(c) * 10).alias(c)),
        "newer_mean": lambda rows: on_first(
            rows, pl.col(p["date"]).dt.strftime("%Y-%m") == MONTH, **{c: pl.col(c) + HUGE}
        ),
        "once": lambda rows: pl.concat([rows, rows.filter(scope_of(edit)).head(1).with_columns(award_no=pl.lit("又"))]),
        "repeated": lambda rows: twice(rows.filter(pl.all_horizontal(pl.col(k).is_not_null() for k in p["by"])), table),
        "stages_in_order": lambda rows: pl.concat(
            [
                met(edit, table, project_no="P", stage=stage, done_date=day)(rows.slice(i, 1))
                for i, (stage, day) in enumerate([("施工许可", date(2022, 8, 2)), ("工程许可", date(2022, 8, 9))])
            ]
        ),
    }


def twice(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """A row that comes again under another number."""
    again = rows.head(1).with_columns(pl.lit("又").alias(table.key[0]), row=pl.col("row") + 1000)
    return pl.concat([rows, again])


def same_item(rows: pl.DataFrame, last: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Last month's row of the first row of data."""
    return last.join(rows.filter(pl.col("kind") == "data").head(1), on=list(table.key), how="semi")


def in_the_largest_class(edit: Edit, rows: pl.DataFrame) -> Scope:
    p = edit.params
    of_class = rows.filter(scope_of(edit)).group_by(p["within"]).agg(n=pl.col(p["by"]).n_unique())
    return scope_of(edit) & (pl.col(p["within"]) == of_class.sort("n")[p["within"]][-1])


def _as_last_month(rows: pl.DataFrame, before: pl.DataFrame, table: Table) -> pl.DataFrame:
    last = before.filter((pl.col("period") == period.previous(period_of(table.code))) & (pl.col("kind") == "data"))
    busy = pl.sum_horizontal(pl.col(c) != 0 for c in table.flows)
    last = last.sort(busy, table.flows[0]).tail(1) if table.key else last
    flows = table.flows
    here = pl.lit(True)
    for key in table.key:
        here &= pl.col(key) == last[key][0]
    # The busiest row: three that are not zero, one of them no small number.
    return on_first(rows, here, **{c: last[c][0] for c in flows})


def _first_loan_again(rows: pl.DataFrame) -> pl.DataFrame:
    twice = rows.sort("drawdown_date").filter(pl.col("uscc").is_duplicated()).group_by("uscc", maintain_order=True)
    loan = twice.agg(pl.col("loan_no").last(), pl.col("drawdown_date").n_unique().alias("days")).filter(
        pl.col("days") > 1
    )
    return on_first(rows, pl.col("loan_no") == loan["loan_no"][0], loan_kind="首贷")


def _bigger_part(rows: pl.DataFrame, edit: Edit, table: Table) -> pl.DataFrame:
    """Add a 其中 row that is larger than its row."""
    whole = rows.filter(pl.col("kind") == "data").head(1)
    part = whole.with_columns(
        kind=pl.lit("part"),
        parent=pl.col(table.key[0]),
        row=pl.col("row") + 1000,
        **{edit.column: pl.col(edit.column) + 10**9},
    )
    return pl.concat([rows, part.select(rows.columns).cast(dict(rows.schema))])


EDITS = [e for r in load().returns for e in r.edits]


@pytest.mark.parametrize("edit", EDITS, ids=[e.id for e in EDITS])
def test_the_rule_fires_on_a_table_planted_to_break_it(
    edit: Edit, clean_readings: Readings, tonight: Tables, known: Tables, catalogue: Catalogue
) -> None:
    table = catalogue.table(edit.table)
    planted = plant(edit, table, tonight, known)
    before = past(edit, known)
    fired = [edit.id in broken_rules(tables, before, (edit,), clean_readings, catalogue) for tables in planted]
    assert any(fired)


def test_an_exact_number_type_is_used_throughout(tonight: Tables, catalogue: Catalogue) -> None:
    for table in catalogue.tables():
        numbers = {c.code: tonight[table.code].schema[c.code] for c in table.columns if c.numeric}
        assert set(numbers.values()) <= {EXACT}
