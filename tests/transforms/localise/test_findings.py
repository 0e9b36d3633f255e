"""From a return with a wrong figure to the sentence that its department reads."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl
import pytest

from catalogue.load import load
from samples.drops import make_filings
from tests.samples.frames import numbered_workdays, wide_frames
from tests.samples.test_silent import calendar
from transforms.edits import BOUNDED_KINDS, Context, plans, prepare
from transforms.localise import edit_equations, locate
from transforms.localise.equations import KINDS
from transforms.localise.sets import place, with_boxes
from transforms.model import EXACT, FINDINGS, Severity, Verdict

MONTHS, TABLE = ["2022-06", "2022-07"], "F10.balances"
Told = tuple[Mapping[str, pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def told() -> Told:
    return wide_frames(make_filings("jb", MONTHS, forms=["F10", "F09"]))


def context(tables: Mapping[str, pl.DataFrame], layout: pl.DataFrame) -> Context:
    units = load().units
    days = numbered_workdays()
    return Context(tables, tables, tables, calendar(MONTHS), units, layout=layout, workdays=days, plans=plans(load()))


def july(tables: Mapping[str, pl.DataFrame], table: str = TABLE) -> str:
    return str(tables[table].filter(pl.col("period") == "2022-07")["submission"][0])


def with_fault(told: Told, column: str, row: int, value: Decimal) -> Mapping[str, pl.DataFrame]:
    tables, _ = told
    here = (pl.col("submission") == july(tables)) & (pl.col("row") == row)
    other = pl.when(here).then(pl.lit(value, dtype=EXACT)).otherwise(pl.col(column))
    return {**tables, TABLE: tables[TABLE].with_columns(other.alias(column))}


def value(tables: Mapping[str, pl.DataFrame], column: str, row: int) -> Decimal:
    found = tables[TABLE].filter(pl.col("submission") == july(tables), pl.col("row") == row)
    return Decimal(found[column][0])


def broken_rules(tables: Mapping[str, pl.DataFrame], layout: pl.DataFrame) -> set[tuple[str, int]]:
    """Rule and row of what does not hold, as judged by the bounds of the rules."""
    table, known = load().table(TABLE), context(tables, layout)
    edits = [
        e for e in load().edits(TABLE) if e.severity is Severity.HARD and e.kind in BOUNDED_KINDS and e.kind in KINDS
    ]
    rows = prepare(tables[TABLE].filter(pl.col("submission") == july(tables)), table, edits, known)
    found = set()
    for e in edits:
        own = {name: pl.col(f"{e.id}|{name}") for name in ("applies", "told", "low", "high", "slack")}
        holds = (own["told"] - own["slack"] <= own["high"]) & (own["told"] + own["slack"] >= own["low"])
        found |= {(e.id, row) for row in rows.filter(own["applies"] & ~holds)["row"]}
    return found


def broken_equations(tables: Mapping[str, pl.DataFrame], layout: pl.DataFrame) -> set[tuple[str, int]]:
    equations = edit_equations([july(tables)], context(tables, layout), layout, load())
    boxed = with_boxes(equations.with_columns(place=place())).filter("violated")
    kinds = {e.id for e in load().edits(TABLE) if e.kind in BOUNDED_KINDS}
    parts = pl.col("equation").str.split("|").list
    names = boxed.select("rule", row=parts.get(2).cast(pl.Int64)).unique()
    return {(rule, row) for rule, row in names.iter_rows() if rule in kinds}


@pytest.mark.parametrize(
    "column", ["year_open", "open_bal", "lent_m", "close_bal", "vs_year_open", "vs_year_open_pct", "npl_bal"]
)
@pytest.mark.parametrize("factor", ["0.5", "1.0001", "100", "-1"])
def test_an_equation_is_broken_where_its_rule_is(told: Told, column: str, factor: str) -> None:
    tables = with_fault(told, column, 7, value(told[0], column, 7) * Decimal(factor))
    assert broken_equations(tables, told[1]) == broken_rules(tables, told[1])


def test_a_clean_return_breaks_no_equation(told: Told) -> None:
    tables, layout = told
    submissions = [july(tables), july(tables, "F09.summary")]
    equations = edit_equations(submissions, context(tables, layout), layout, load())
    assert equations["equation"].n_unique() > 300
    assert not with_boxes(equations.with_columns(place=place()))["violated"].any()


def a_finding(tables: Mapping[str, pl.DataFrame], rule: str, row: int, severity: Severity) -> dict[str, object]:
    blank = dict.fromkeys(FINDINGS)
    verdict = Verdict.VIOLATED.value
    return blank | {
        "submission": july(tables),
        "rule_id": rule,
        "row": row,
        "severity": severity.value,
        "verdict": verdict,
        "todo": "请核对。",
    }


def test_the_finding_names_the_cell_and_what_it_should_be(told: Told) -> None:
    tables, layout = told
    true = value(tables, "lent_m", 7)
    spoilt = with_fault(told, "lent_m", 7, true * 10_000)
    rules = broken_rules(spoilt, layout)
    assert len(rules) == 2
    findings = pl.DataFrame(
        [
            *(a_finding(spoilt, rule, row, Severity.HARD) for rule, row in sorted(rules)),
            a_finding(spoilt, min(rules)[0], min(rules)[1], Severity.SOFT),
        ],
        schema=dict(FINDINGS),
        orient="row",
    )
    located, suspects = locate(findings, context(spoilt, layout), layout, load())
    assert suspects.select("cell", "implied", "cause", "certain").rows() == [("D7", true, "错单位", True)]
    *hard, soft = located["todo"]
    assert soft == "请核对。"
    for todo in hard:
        assert todo.startswith("请核对。最可能有误的单元格：表1 余额滚动!D7")
        assert f"若改为 {true / 10_000:,.2f} 万元，则各项勾稽均成立" in todo


def test_a_row_of_the_ledger_is_named_where_its_slip_closes_the_sum(told: Told) -> None:
    tables, layout = told
    ledger = tables["F09.loans"]
    submission = july(tables, "F09.loans")
    rows = ledger.filter(pl.col("submission") == submission, pl.col("drawdown_date").dt.strftime("%Y-%m") == "2022-07")
    row = rows["row"][-1]
    here = (pl.col("submission") == submission) & (pl.col("row") == row)
    slipped = ledger.with_columns(amount=pl.when(here).then(pl.col("amount") * 100).otherwise("amount"))
    spoilt = {**tables, "F09.loans": slipped}
    finding = a_finding(spoilt, "F09.summary.H16.amount_total", 0, Severity.HARD) | {"submission": submission}
    findings = pl.DataFrame([finding], schema=dict(FINDINGS), orient="row")
    located, suspects = locate(findings, context(spoilt, layout), layout, load())
    best = suspects.filter(pl.col("rank") == 1, pl.col("table") == "F09.loans")
    assert best["cell"].to_list() == [f"M{row}"]
    assert f"表2 贷款台账!M{row}" in located["todo"][0]
