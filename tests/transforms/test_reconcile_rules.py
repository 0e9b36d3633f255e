"""Every reconciliation of the catalogue: silent on a clean district, and seen to break when a cell of it is changed."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from catalogue.load import load
from tests.transforms.wide import compared, wide
from transforms.follow import follow
from transforms.follow.settle import settle
from transforms.model import EXACT, Cause, Reconciliation, Rounding, State
from transforms.reconcile import Holdings, Reconciled, reconcile
from transforms.reconcile.figures import compare_figures
from transforms.reconcile.reconcile import FIGURES, RECORDS
from transforms.reconcile.statement import check_of, statement
from transforms.reconcile.terms import TERMS, Held
from workbooks.reading.read import Readings

D = Decimal
AGREES = (State.EQUAL, State.WITHIN_ROUNDING)
OF_FIGURES = [r for r in load().reconciliations if r.kind in FIGURES]
OF_RECORDS = [r for r in load().reconciliations if r.kind in RECORDS]


def named(rule: Reconciliation) -> str:
    return f"{rule.code} {rule.label}".strip()


@pytest.fixture(scope="module")
def held(clean_readings: Readings) -> Held:
    return Held(clean_readings.tables, clean_readings.layout)


@pytest.fixture(scope="module")
def clean(clean_readings: Readings) -> Reconciled:
    tables = clean_readings.tables
    filed = {d.code: d.returns for d in load().districts}
    return reconcile(Holdings(tables, tables, clean_readings.layout, filed), load())


def test_a_clean_district_differs_nowhere_in_twenty_months(clean: Reconciled) -> None:
    wrong = clean.compared.filter(~pl.col("state").is_in(AGREES))
    assert wrong.select("rule", "period", "key", "state", "explanation").rows() == []
    assert clean.compared.height > 2000


def test_every_rule_compares_something_in_a_clean_district(clean: Reconciled) -> None:
    seen = set(clean.compared["rule"])
    assert {r.code for r in load().reconciliations if r.kind != "unfiled"} - seen == set()


def test_all_rules_of_the_reporting_system_are_declared_in_their_order() -> None:
    declared = list(dict.fromkeys(r.code for r in load().reconciliations))
    assert declared == [f"R{n:02}" for n in range(1, 33)]


def test_every_rule_is_said_in_one_sentence() -> None:
    said = [statement(rule, load()) for rule in load().reconciliations]
    assert len(set(said)) == len(said)
    assert all(words.endswith("。") and "None" not in words for words in said)


def changed(tables: Mapping[str, pl.DataFrame], term: Mapping[str, object], by: Decimal) -> dict[str, pl.DataFrame]:
    """The tables with one told cell of a term changed."""
    table, column = str(term["table"]), str(term["column"])
    row = int("".join(c for c in str(term["cell"]).split("—")[0] if c.isdigit()))
    of_row = (pl.col("submission") == term["submission"]) & (pl.col("row") == row)
    value = pl.when(of_row).then(pl.col(column) + pl.lit(by, dtype=EXACT)).otherwise(pl.col(column))
    return {**tables, table: tables[table].with_columns(value.alias(column))}


@pytest.mark.parametrize("rule", OF_FIGURES, ids=named)
def test_a_changed_cell_breaks_the_rule_that_reads_it(rule: Reconciliation, held: Held) -> None:
    """Up on the left, or down on the right: beyond every bound and every rounding. A rule that counts rows on both
    sides would have no cell to change; there is none."""
    _, terms = compare_figures(rule, held, load())
    told = terms.filter((pl.col("column") != "") & pl.col("value").is_not_null()).sort("period", "side")
    term = told.row(told.height // 2, named=True)
    up = (1 if term["side"] == "left" else -1) * (1 if term["weight"] > 0 else -1)
    tables = changed(held.tables, term, D(up) * 10**12)
    found, _ = compare_figures(rule, Held(tables, held.letters), load())
    (pair,) = found.filter((pl.col("period") == term["period"]) & (pl.col("key") == term["key"])).to_dicts()
    # A preliminary figure of last year is told apart before it is subtracted.
    assert pair["state"] in (State.DIFFERENT, State.OTHER_BASIS)
    before, _ = compare_figures(rule, held, load())
    (was,) = before.filter((pl.col("period") == term["period"]) & (pl.col("key") == term["key"])).to_dicts()
    assert was["state"] in AGREES


@pytest.mark.parametrize("rule", OF_FIGURES, ids=named)
def test_a_cell_that_is_not_told_is_no_zero(rule: Reconciliation, held: Held) -> None:
    _, terms = compare_figures(rule, held, load())
    told = terms.filter((pl.col("column") != "") & pl.col("value").is_not_null()).sort("period", "side")
    term = told.row(told.height // 2, named=True)
    table, column = term["table"], term["column"]
    row = int("".join(c for c in str(term["cell"]).split("—")[0] if c.isdigit()))
    of_row = (pl.col("submission") == term["submission"]) & (pl.col("row") == row)
    emptied = held.tables[table].with_columns(pl.when(~of_row).then(pl.col(column)).alias(column))
    found, _ = compare_figures(rule, Held({**held.tables, table: emptied}, held.letters), load())
    (pair,) = found.filter((pl.col("period") == term["period"]) & (pl.col("key") == term["key"])).to_dicts()
    assert (pair["state"], pair["difference"]) == (State.ONE_SIDED, None)


@pytest.mark.parametrize("rule", OF_FIGURES, ids=named)
def test_the_terms_add_up_to_the_sides(rule: Reconciliation, held: Held) -> None:
    found, terms = compare_figures(rule, held, load())
    assert terms.columns == list(TERMS)
    sums = terms.group_by("period", "key", "side").agg(value=(pl.col("weight") * pl.col("value")).sum())
    for side in ("left", "right"):
        of_side = sums.filter(pl.col("side") == side)
        both = found.join(of_side, on=["period", "key"], how="left")
        differ = both.filter(pl.col("value").fill_null(pl.lit(0).cast(EXACT)) != pl.col(f"{side}_value"))
        if rule.kind != "band" or side == "left":
            assert differ.is_empty()


def test_a_number_times_a_price_is_told_in_the_unit_of_the_amount() -> None:
    rows = wide("F03.startup", "\nseal_sets seal_cost\n776 310000.00\n")
    (row,) = compared("R08", {"F03.startup": rows}).filter(pl.col("key") == "费用").to_dicts()
    assert (row["unit"], row["left_value"], row["difference"]) == ("元", D(310_400), D(400))


# Time and basis


def parcels(mailed: str, sent: str, period: str) -> dict[str, pl.DataFrame]:
    return {
        "F16.registrations": wide("F16.registrations", f"\nreg_kind mailed_m\n转移 {mailed}\n合计 {mailed}\n", period),
        "F07.parcels": wide(
            "F07.parcels", f"\ndept_code direction parcels_m\nnatural_resources 寄出结果 {sent}\n", period
        ),
    }


def months(*told: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {code: pl.concat([tables[code] for tables in told]) for code in told[0]}


def test_what_is_posted_in_the_next_month_is_a_difference_in_time() -> None:
    found = compared("R23", months(parcels("100", "96", "2022-07"), parcels("100", "104", "2022-08")))
    assert found.select("period", "state", "cause", "difference").rows() == [
        ("2022-07", State.TIMING, Cause.TIMING, D(4)),
        ("2022-08", State.TIMING, Cause.TIMING, D(-4)),
    ]
    assert "2022-08" in found["explanation"][0]


def test_what_was_made_up_for_has_come_back_and_is_not_overdue() -> None:
    """The month that makes up for it is the reversal: nothing is left to come, and neither month is carried on."""
    found = compared("R23", months(parcels("100", "96", "2022-06"), parcels("100", "104", "2022-07")))
    assert settle(found).select("settled", "overdue").rows() == [(True, False), (True, False)]
    (july,) = follow(found, "2022-07").iter_rows(named=True)
    assert (july["period"], july["state"], july["status"], july["escalated"]) == ("2022-07", "时间差", "closed", False)


def test_what_is_not_made_up_for_stays_a_difference() -> None:
    found = compared("R23", months(parcels("100", "96", "2022-07"), parcels("100", "103", "2022-08")))
    assert found["state"].to_list() == [State.DIFFERENT] * 2
    alone = compared("R23", parcels("100", "96", "2022-08"))
    assert alone["state"].to_list() == [State.DIFFERENT]


def context(value: str, last_year: str, status: str, period: str) -> pl.DataFrame:
    return wide(
        "F25.context",
        f"\nindicator_code value_ytd value_ytd_ly status\nGDP {value} {last_year} {status}\n",
        period,
    )


@pytest.mark.parametrize(
    ("told", "status", "state"),
    [
        ("100.00", "最终", State.EQUAL),
        ("101.00", "最终", State.DIFFERENT),
        ("101.00", "初步", State.OTHER_BASIS),
        ("100.00", "初步", State.EQUAL),
    ],
)
def test_a_preliminary_figure_of_last_year_is_not_subtracted(told: str, status: str, state: State) -> None:
    rows = pl.concat([context("100.00", "90.00", status, "2021Q2"), context("110.00", told, "初步", "2022Q2")])
    found = compared("R32", {"F25.context": rows}).filter(pl.col("key") == "GDP/上年同期").row(0, named=True)
    assert (found["period"], found["state"]) == ("2022Q2", state)
    assert (found["difference"] is None) == (state == State.OTHER_BASIS)


def test_a_quarter_is_held_against_its_months_and_no_more() -> None:
    """Two warnings of one month are two of the quarter; a month that was not filed leaves it open."""
    issues = [
        wide("F21.issues", f"\nissue_no source received_on\nA{m} 电子监察 {m}-05\nB{m} 电子监察 2022-03-31\n", m)
        for m in ("2022-04", "2022-05", "2022-06")
    ]
    assessment = wide("F25.assessment", "\nunit_code warnings\ntax 3\n", "2022Q2")
    found = compared("R30", {"F21.issues": pl.concat(issues), "F25.assessment": assessment})
    assert found.select("period", "left_value", "state").rows() == [("2022Q2", D(3), State.EQUAL)]
    short = compared("R30", {"F21.issues": pl.concat(issues[:2]), "F25.assessment": assessment})
    assert short.select("state", "explanation").rows() == [(State.ONE_SIDED, "F21 2022-06未报")]


# Truncation and open ends


def test_a_source_that_truncates_is_judged_by_what_it_cut_off() -> None:
    """5.99 万元 truncated from below 6 may be 5.9999, never 6.00; rounded it may be 5.994999."""
    catalogue = load()
    form = catalogue.form("F10")
    table = form.table("F10.balances")

    def told_by(rounding: Rounding, left: str, right: str) -> str:
        columns = tuple(replace(c, rounding=rounding) if c.type == "money" else c for c in table.columns)
        cut = replace(
            form, tables=tuple(replace(t, columns=columns) if t.code == table.code else t for t in form.tables)
        )
        other = replace(catalogue, returns=tuple(cut if f.code == "F10" else f for f in catalogue.returns))
        rows = [
            wide("F10.balances", f"\nbank_code open_bal close_bal\nCCB 1.00 {right}\n", "2022-07"),
            wide("F10.balances", f"\nbank_code open_bal close_bal\nCCB {left} 1.00\n", "2022-08"),
        ]
        tables = {"F10.balances": pl.concat(rows)}
        rule = next(r for r in catalogue.reconciliations if r.code == "R17" and r.label == "期初余额")
        letters = pl.DataFrame(schema=dict.fromkeys(("submission", "table", "code", "letter"), pl.String))
        found, _ = compare_figures(rule, Held(tables, letters), other)
        return str(found.filter(pl.col("period") == "2022-08")["state"][0])

    assert told_by(Rounding.ROUND, "5.99", "6.00") == State.WITHIN_ROUNDING
    assert told_by(Rounding.TRUNCATE, "5.99", "6.00") == State.DIFFERENT
    assert told_by(Rounding.TRUNCATE, "5.99", "5.99") == State.EQUAL
    assert told_by(Rounding.ROUND, "5.99", "6.01") == State.DIFFERENT


# Records


@pytest.mark.parametrize("rule", OF_RECORDS, ids=named)
def test_a_record_that_is_changed_breaks_the_rule_that_reads_it(rule: Reconciliation, held: Held) -> None:
    """Its number is changed on the left, or its date put after the other's, or it is told twice."""
    table, _, column = rule.left.rpartition(".")
    clean = RECORDS[rule.kind](rule, held, load())
    last = clean.filter(pl.col("left_value") > 0)["period"].max()
    rows = held.tables[table]
    told = rows.filter((pl.col("period") == last) & pl.col(column).is_not_null())
    if rule.kind == "in_order":
        started = held.tables["F20.projects"].filter(pl.col("period") == last).drop_nulls("start_date")["project_no"]
        told = told.filter(pl.col("project_no").is_in(started.implode()) & (pl.col("stage") == "施工许可"))
        last, told = _any_month_with(rule, held) if told.is_empty() else (last, told)
    for name, of_day in rule.params.get("window", {}).get("left", {}).items():
        assert of_day == "month"
        told = told.filter(pl.col(name).dt.strftime("%Y-%m") == last)
    row = told.row(0, named=True)
    of_row = (pl.col("submission") == row["submission"]) & (pl.col("row") == row["row"])
    if rule.kind == "unique":
        broken = pl.concat([rows, rows.filter(of_row).with_columns(row=pl.lit(9999, dtype=pl.Int64))])
    else:
        other = pl.lit("2099-01-01").str.to_date() if rule.kind == "in_order" else pl.lit("改了的号码")
        broken = rows.with_columns(pl.when(of_row).then(other).otherwise(pl.col(column)).alias(column))
    found = RECORDS[rule.kind](rule, Held({**held.tables, table: broken}, held.letters), load())
    of_month = found.filter(pl.col("period") == row["period"])
    assert State.DIFFERENT in of_month["state"].to_list()
    assert of_month.filter(pl.col("state") == State.DIFFERENT).height >= 2  # the total and the record


def _any_month_with(rule: Reconciliation, held: Held) -> tuple[str, pl.DataFrame]:
    """A month in which both sides date one project."""
    permits = held.tables["F15.approvals"].filter(pl.col("stage") == "施工许可", pl.col("tolerance") == "否")
    starts = held.tables["F20.projects"].drop_nulls("start_date").select("period", "project_no")
    both = permits.join(starts, on=["period", "project_no"], how="semi")
    return str(both["period"][0]), both


@pytest.mark.parametrize(
    ("code", "key", "label"),
    [
        ("R17", "CCB/年初余额", "年初余额"),
        ("R06", "当月比例", "当月比例"),
        ("R14", "WT-202208-001", "问题编号"),
        ("R05", "合计", ""),
    ],
)
def test_a_pair_is_known_by_its_check(code: str, key: str, label: str) -> None:
    assert check_of(load(), code, key).label == label
