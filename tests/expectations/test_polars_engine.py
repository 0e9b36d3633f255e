"""The Polars engine held against the pandas engine of Great Expectations, and our own rules against plain Python."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
import pytest
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.context import RuleResult, run_suite
from expectations.edits import ExpectCheckDigit, ExpectToldToMeet

COMPLETE = {
    "result_format": "COMPLETE",
    "unexpected_index_column_names": ["file", "row"],
    "return_unexpected_index_query": False,
}
STANDARD_EXAMPLE = "91350100M000100Y43"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
SCHEMA = {
    "bank": pl.String,
    "kind": pl.String,
    "loans": pl.Int64,
    "lent": pl.Decimal(38, 2),
    "balance": pl.Decimal(38, 4),
    "opened": pl.Date,
    "closed": pl.Date,
    "open": pl.Boolean,
}


def a_table(*rows: dict[str, Any]) -> pl.DataFrame:
    """Rows of a return; what a row does not name is null."""
    table = pl.DataFrame([{**dict.fromkeys(SCHEMA), **row} for row in rows], schema=SCHEMA)
    return numbered(table)


def numbered(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(file=pl.lit("F10.xlsx"), row=pl.int_range(pl.len()))


def some_banks() -> pl.DataFrame:
    first, later = date(2022, 1, 31), date(2022, 8, 31)
    return a_table(
        {"bank": "A01", "kind": "data", "loans": 3, "lent": Decimal("1.10"), "balance": Decimal("1.1000")},
        {"bank": "A02", "kind": "data", "loans": 0, "lent": Decimal("2.00"), "balance": Decimal("1.9999")},
        {"bank": "A02", "kind": "data", "loans": -1, "lent": Decimal("0.00"), "opened": first, "closed": later},
        {"bank": "x", "kind": "total", "loans": 3, "balance": Decimal("7"), "opened": later, "closed": first},
        {"kind": "total", "loans": 10**12, "lent": Decimal("10.10"), "opened": first, "closed": first, "open": True},
        {"bank": "A03", "open": False, "lent": Decimal("10.11"), "balance": Decimal("10.1100"), "closed": later},
        {},
    )


def a_rule(expectation: Callable[..., Expectation], rule_id: str = "H01", **kwargs: Any) -> Expectation:
    return expectation(meta={"rule_id": rule_id}, **kwargs)


def run(frame: pl.DataFrame, rule: Expectation) -> RuleResult:
    return run_suite(frame, [rule], ["row"])[0]


def rows(frame: pl.DataFrame) -> list[int]:
    return frame["row"].to_list()


def on_pandas(frame: pl.DataFrame, rules: Sequence[Expectation]) -> dict[str, dict[str, Any]]:
    """Through Great Expectations' own engine: Decimals, dates and nulls as Python objects."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    import pandas as pd

    told = pd.DataFrame({name: pd.Series(frame[name].to_list(), dtype=object) for name in frame.columns})
    return _outcomes(context, asset.get_batch(asset.build_batch_request({"dataframe": told})), rules)


def on_polars(frame: pl.DataFrame, rules: Sequence[Expectation]) -> dict[str, dict[str, Any]]:
    """The complete results of our engine, as a Data Docs page would have them."""
    import expectations.polars_engine  # noqa: F401  # brings `add_polars`

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_polars("frames").add_frame_asset("frame")
    return _outcomes(context, asset.get_batch(asset.build_batch_request({"dataframe": frame})), rules)


def _outcomes(context: Any, batch: Any, rules: Sequence[Expectation]) -> dict[str, dict[str, Any]]:
    validator = context.get_validator(batch_list=[batch])
    results = validator.graph_validate([rule.configuration for rule in rules], {"result_format": COMPLETE})
    return {result.expectation_config.meta["rule_id"]: _outcome(result) for result in results}


def _outcome(result: Any) -> dict[str, Any]:
    told = result.result
    counts = {name: told.get(name) for name in ("element_count", "missing_count", "unexpected_count")}
    failing = [(key["file"], key["row"]) for key in told.get("unexpected_index_list") or []]
    return {"success": result.success, **counts, "failing": failing, "error": _raised(result.exception_info)}


def _raised(info: dict[str, Any]) -> bool:
    return any(entry["raised_exception"] for entry in ([info] if "raised_exception" in info else info.values()))


def both_agree(frame: pl.DataFrame, *rules: Expectation) -> None:
    ours, theirs = on_polars(frame, rules), on_pandas(frame, rules)
    assert not any(outcome["error"] for outcome in theirs.values())
    assert ours == theirs
    # run_suite tells the same rows as the complete result.
    for result in run_suite(frame, rules, ["file", "row"]):
        assert result.violated.rows() == ours[result.rule_id]["failing"]
        missing = ours[result.rule_id]["missing_count"] or 0
        assert result.evaluated == ours[result.rule_id]["element_count"] - missing


# As on pandas

A_GREATER_B = gxe.ExpectColumnPairValuesAToBeGreaterThanB
RULES: list[tuple[str, Callable[..., Expectation], dict[str, Any]]] = [
    ("not null", gxe.ExpectColumnValuesToNotBeNull, {"column": "lent"}),
    ("not null, text", gxe.ExpectColumnValuesToNotBeNull, {"column": "bank"}),
    ("not null, boolean", gxe.ExpectColumnValuesToNotBeNull, {"column": "open"}),
    ("mostly not null", gxe.ExpectColumnValuesToNotBeNull, {"column": "lent", "mostly": 0.5}),
    ("in set", gxe.ExpectColumnValuesToBeInSet, {"column": "bank", "value_set": ["A01", "A02"]}),
    ("in an empty set", gxe.ExpectColumnValuesToBeInSet, {"column": "bank", "value_set": []}),
    ("in a set of integers", gxe.ExpectColumnValuesToBeInSet, {"column": "loans", "value_set": [3, 0]}),
    (
        "in a set of amounts",
        gxe.ExpectColumnValuesToBeInSet,
        {"column": "lent", "value_set": [Decimal("1.1"), Decimal("10.10"), Decimal("2.001")]},
    ),
    ("in a set of booleans", gxe.ExpectColumnValuesToBeInSet, {"column": "open", "value_set": [True]}),
    ("in a set of days", gxe.ExpectColumnValuesToBeInSet, {"column": "closed", "value_set": [date(2022, 8, 31)]}),
    ("regex", gxe.ExpectColumnValuesToMatchRegex, {"column": "bank", "regex": r"^A\d{2}$"}),
    ("regex within", gxe.ExpectColumnValuesToMatchRegex, {"column": "bank", "regex": "0[12]"}),
    ("regex on integers", gxe.ExpectColumnValuesToMatchRegex, {"column": "loans", "regex": r"^\d$"}),
    ("unique", gxe.ExpectColumnValuesToBeUnique, {"column": "bank"}),
    ("unique integers", gxe.ExpectColumnValuesToBeUnique, {"column": "loans"}),
    ("unique amounts", gxe.ExpectColumnValuesToBeUnique, {"column": "lent"}),
    ("compound", gxe.ExpectCompoundColumnsToBeUnique, {"column_list": ["bank", "kind"]}),
    ("compound with nulls", gxe.ExpectCompoundColumnsToBeUnique, {"column_list": ["kind", "open"]}),
    (
        "compound, none missing",
        gxe.ExpectCompoundColumnsToBeUnique,
        {"column_list": ["bank", "kind"], "ignore_row_if": "any_value_is_missing"},
    ),
    (
        "compound, all rows",
        gxe.ExpectCompoundColumnsToBeUnique,
        {"column_list": ["opened", "open"], "ignore_row_if": "never"},
    ),
    (
        "between amounts",
        gxe.ExpectColumnValuesToBeBetween,
        {"column": "lent", "min_value": Decimal("0.5"), "max_value": Decimal("2.00")},
    ),
    (
        "strictly between",
        gxe.ExpectColumnValuesToBeBetween,
        {"column": "loans", "min_value": 0, "max_value": 10**12, "strict_min": True, "strict_max": True},
    ),
    ("not below", gxe.ExpectColumnValuesToBeBetween, {"column": "loans", "min_value": 0}),
    ("not above", gxe.ExpectColumnValuesToBeBetween, {"column": "balance", "max_value": Decimal("1.5")}),
    (
        "between days",
        gxe.ExpectColumnValuesToBeBetween,
        {"column": "opened", "min_value": date(2022, 1, 1), "max_value": date(2022, 7, 31)},
    ),
    (
        "days in order",
        A_GREATER_B,
        {"column_A": "closed", "column_B": "opened", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
    ),
    (
        "days strictly in order",
        A_GREATER_B,
        {"column_A": "closed", "column_B": "opened", "ignore_row_if": "either_value_is_missing"},
    ),
    (
        "amounts of two scales",
        A_GREATER_B,
        {"column_A": "lent", "column_B": "balance", "or_equal": True, "ignore_row_if": "either_value_is_missing"},
    ),
    (
        "only data rows",
        gxe.ExpectColumnValuesToBeBetween,
        {"column": "loans", "min_value": 0, "row_condition": Column("kind") == "data"},
    ),
    (
        "unique among data rows",
        gxe.ExpectColumnValuesToBeUnique,
        {"column": "loans", "row_condition": Column("kind") == "data"},
    ),
    (
        "compound among rows with a balance",
        gxe.ExpectCompoundColumnsToBeUnique,
        {"column_list": ["kind", "loans"], "row_condition": Column("balance").is_not_null()},
    ),
    (
        "compound among data rows",
        gxe.ExpectCompoundColumnsToBeUnique,
        {"column_list": ["loans", "open"], "row_condition": Column("kind") == "data"},
    ),
    (
        "all but totals",
        gxe.ExpectColumnValuesToNotBeNull,
        {"column": "balance", "row_condition": Column("kind") != "total"},
    ),
    (
        "and",
        gxe.ExpectColumnValuesToNotBeNull,
        {"column": "bank", "row_condition": (Column("kind") == "total") & Column("lent").is_not_null()},
    ),
    (
        "or",
        gxe.ExpectColumnValuesToNotBeNull,
        {"column": "lent", "row_condition": (Column("kind") == "total") | Column("kind").is_null()},
    ),
    (
        "among",
        gxe.ExpectColumnValuesToNotBeNull,
        {"column": "lent", "row_condition": Column("kind").is_in(["total", "data"])},
    ),
    (
        "not among",
        gxe.ExpectColumnValuesToNotBeNull,
        {"column": "lent", "row_condition": Column("kind").is_not_in(["total"])},
    ),
    (
        "no such rows",
        gxe.ExpectColumnValuesToNotBeNull,
        {"column": "lent", "row_condition": Column("kind") == "note"},
    ),
]


def test_every_rule_finds_the_same_rows_as_on_pandas():
    both_agree(some_banks(), *(a_rule(kind, name, **kwargs) for name, kind, kwargs in RULES))


def test_pairs_that_ignore_a_row_only_when_both_are_missing_fail_on_one_null_as_on_pandas():
    frame = numbered(pl.DataFrame({"a": [1.0, None, 3.0, None], "b": [0.5, 1.0, None, None]}))
    rule = a_rule(A_GREATER_B, column_A="a", column_B="b")
    result = run(frame, rule)
    assert (rows(result.violated), rows(result.unverifiable), result.satisfied) == ([1, 2], [3], 1)
    theirs = on_pandas(frame.with_columns(pl.col("a", "b").fill_null(float("nan"))).cast({"a": pl.Float64}), [rule])
    assert [row for _, row in theirs["H01"]["failing"]] == [1, 2]


def test_a_bound_is_the_decimal_it_shows_where_pandas_takes_the_nearest_float():
    rule = a_rule(gxe.ExpectColumnValuesToBeBetween, column="lent", min_value=Decimal("1.1"))
    assert rows(run(some_banks(), rule).violated) == [2]
    assert [row for _, row in on_pandas(some_banks(), [rule])["H01"]["failing"]] == [0, 2]


def test_a_nan_is_missing_as_on_pandas():
    frame = numbered(pl.DataFrame({"rate": [0.5, float("nan"), None, 2.0]}))
    both_agree(
        frame,
        a_rule(gxe.ExpectColumnValuesToNotBeNull, "R1", column="rate"),
        a_rule(gxe.ExpectColumnValuesToBeBetween, "R2", column="rate", max_value=1),
        a_rule(gxe.ExpectColumnValuesToBeUnique, "R3", column="rate"),
    )


def test_a_frame_without_rows_is_told_as_not_evaluated():
    names = [name for name, _, _ in RULES]
    results = run_suite(some_banks().clear(), [a_rule(kind, name, **kwargs) for name, kind, kwargs in RULES], ["row"])
    assert [result.rule_id for result in results] == names
    assert {(r.success, r.evaluated, r.violated.height, r.error) for r in results} == {(None, 0, 0, None)}


def test_a_column_either_exists_or_does_not():
    frame = some_banks()
    there = run(frame, a_rule(gxe.ExpectColumnToExist, column="lent"))
    absent = run(frame, a_rule(gxe.ExpectColumnToExist, column="repaid"))
    assert (there.success, there.evaluated, there.error) == (True, 1, None)
    assert (absent.success, absent.evaluated, absent.error) == (False, 1, None)


amounts = st.none() | st.decimals(-100, 100, places=2)
near = st.none() | st.decimals(-1, 1, places=1)
counts = st.none() | st.integers(-3, 3)
days = st.none() | st.dates(date(2022, 1, 1), date(2022, 1, 5))
words = st.none() | st.text("A0甲", max_size=2)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.fixed_dictionaries({"lent": amounts, "loans": counts, "opened": days, "closed": days,
                                       "bank": words, "kind": st.sampled_from(["data", "total", None])}),
                min_size=1, max_size=12))  # fmt: skip
def test_any_table_is_judged_as_on_pandas(table: list[dict[str, Any]]):
    data = {"row_condition": Column("kind") == "data"}
    both_agree(
        a_table(*table),
        a_rule(gxe.ExpectColumnValuesToNotBeNull, "R1", column="lent", **data),
        a_rule(gxe.ExpectColumnValuesToBeBetween, "R2", column="lent", min_value=0, max_value=Decimal("0.25")),
        a_rule(gxe.ExpectColumnValuesToBeUnique, "R3", column="loans", **data),
        a_rule(gxe.ExpectCompoundColumnsToBeUnique, "R4", column_list=["loans", "bank"]),
        a_rule(A_GREATER_B, "R5", column_A="closed", column_B="opened", ignore_row_if="either_value_is_missing"),
        a_rule(gxe.ExpectColumnValuesToMatchRegex, "R6", column="bank", regex="^[A甲]"),
        a_rule(gxe.ExpectColumnValuesToBeInSet, "R7", column="loans", value_set=[1, 2, 3], **data),
    )


# Errors are not failures


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (a_rule(gxe.ExpectColumnValuesToNotBeNull, column="repaid"), "repaid"),
        (a_rule(gxe.ExpectCompoundColumnsToBeUnique, column_list=["bank", "repaid"]), "repaid"),
        (a_rule(gxe.ExpectColumnValuesToNotBeNull, column="lent", row_condition=Column("sort") == "x"), "sort"),
        (a_rule(gxe.ExpectColumnValuesToBeBetween, column="bank", min_value=1), "string"),
        (a_rule(A_GREATER_B, column_A="opened", column_B="loans"), "cannot be compared"),
        (a_rule(gxe.ExpectColumnValuesToBeInSet, column="lent", value_set=["x"]), ""),
        (a_rule(gxe.ExpectColumnValuesToMatchRegex, column="bank", regex="(?=A)"), "look-around"),
        (a_rule(gxe.ExpectColumnMeanToBeBetween, column="lent", min_value=0), "column.mean"),
        (a_rule(ExpectToldToMeet, column="lent", low="bank", high="balance", slack="lent"), "bank"),
        (a_rule(gxe.ExpectColumnValuesToBeBetween, column="lent", min_value=Decimal("1234567890123456.7")), "15"),
    ],
)
def test_a_rule_that_cannot_be_run_is_an_error_and_the_others_still_count(rule: Expectation, message: str):
    good = [a_rule(gxe.ExpectColumnValuesToNotBeNull, f"G{n}", column=name) for n, name in enumerate(SCHEMA)]
    *results, bad = run_suite(some_banks(), [*good, rule], ["row"])
    assert bad.error is not None
    assert message in bad.error
    assert (bad.success, bad.evaluated, bad.violated.height, bad.unverifiable.height) == (None, 0, 0, 0)
    assert [(r.success, r.evaluated, r.error) for r in results] == [(False, 7, None)] * len(SCHEMA)


def test_an_overflow_is_an_error_and_the_others_still_count():
    huge = [Decimal("9" * 36 + ".99"), Decimal(1)]
    frame = numbered(pl.DataFrame({"told": huge, "s": huge}, schema=dict.fromkeys(["told", "s"], pl.Decimal(38, 2))))
    overflow, fine = run_suite(
        frame,
        [
            a_rule(ExpectToldToMeet, "R1", column="told", low="told", high="told", slack="s"),
            a_rule(gxe.ExpectColumnValuesToBeUnique, "R2", column="told"),
        ],
        ["row"],
    )
    assert overflow.error is not None
    assert "overflow" in overflow.error
    assert (fine.success, fine.evaluated, fine.error) == (True, 2, None)


def test_rules_need_ids_of_their_own_and_index_columns_must_exist():
    frame, rule = some_banks(), a_rule(gxe.ExpectColumnValuesToNotBeNull, column="lent")
    with pytest.raises(ValueError, match="rule_id"):
        run_suite(frame, [rule, rule], ["row"])
    with pytest.raises(ValueError, match="rule_id"):
        run_suite(frame, [gxe.ExpectColumnValuesToNotBeNull(column="lent")], ["row"])
    with pytest.raises(ValueError, match="cell"):
        run_suite(frame, [rule], ["row", "cell"])
    assert run_suite(frame, [], ["row"]) == []


# Told figures, parts and wholes


def figures(**columns: list[str | None]) -> pl.DataFrame:
    """Columns of Decimals of different scales, written as text."""
    scales = dict(zip(columns, (2, 4, 3, 4), strict=False))
    return numbered(
        pl.DataFrame(
            {name: [None if v is None else Decimal(v) for v in told] for name, told in columns.items()},
            schema={name: pl.Decimal(38, scale) for name, scale in scales.items()},
        )
    )


def test_a_told_figure_meets_touches_or_misses_an_interval():
    frame = figures(
        told=["12.23", "12.23", "12.23", "12.23", None, "12.23", "12.23", "12.23"],
        low=["12.2200", "12.2350", "12.2351", "12.0000", "1", None, "13", "12"],
        high=["12.230", "12.300", "12.300", "12.224", "2", "13", "12", "12.225"],
        slack=["0.0050", "0.0050", "0.0050", "0.0050", "0", "0.005", "5", "0.005"],
    )
    rule = a_rule(ExpectToldToMeet, column="told", low="low", high="high", slack="slack")
    result = run(frame, rule)
    # Touching is meeting; an interval that ends before it begins is met by nothing.
    assert rows(result.violated) == [2, 3, 6]
    assert rows(result.unverifiable) == [4, 5]
    assert (result.satisfied, result.evaluated, result.success) == (3, 6, False)


def test_told_integers_near_the_end_of_their_type_do_not_wrap_around():
    frame = numbered(pl.DataFrame({"told": [2**63 - 1], "low": [0], "high": [10], "slack": [10]}))
    assert rows(run(frame, a_rule(ExpectToldToMeet, column="told", low="low", high="high", slack="slack")).violated)


def test_one_column_may_be_both_ends():
    frame = figures(told=["1.00", "1.01"], total=["1.0000", "1.0000"], slack=["0.005", "0.005"])
    result = run(frame, a_rule(ExpectToldToMeet, column="told", low="total", high="total", slack="slack"))
    assert rows(result.violated) == [1]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(near, near, near, st.none() | st.decimals(0, 1, places=1)), min_size=1))
def test_any_told_figure_is_judged_as_by_hand(told: list[tuple[Decimal | None, ...]]):
    columns = dict.fromkeys(["told", "low", "high", "slack"], pl.Decimal(38, 2))
    frame = numbered(pl.DataFrame(told, schema=columns, orient="row"))
    result = run(frame, a_rule(ExpectToldToMeet, column="told", low="low", high="high", slack="slack"))
    missing = [n for n, row in enumerate(told) if None in row]
    violated = [
        n
        for n, (a, low, high, slack) in enumerate(told)
        if None not in (a, low, high, slack) and (low > high or max(a - slack, low) > min(a + slack, high))
    ]
    assert (rows(result.unverifiable), rows(result.violated)) == (missing, violated)
    assert result.satisfied == len(told) - len(missing) - len(violated)


def test_our_own_rules_survive_json():
    from great_expectations.core import ExpectationSuite

    rules = [
        a_rule(ExpectToldToMeet, "R1", column="told", low="low", high="high", slack="slack"),
        a_rule(ExpectCheckDigit, "R2", column="code", row_condition=Column("told").is_not_null()),
    ]
    suite = ExpectationSuite(name="F10", expectations=rules).to_json_dict()
    again = ExpectationSuite(name="F10", expectations=suite["expectations"]).expectations
    frame = figures(told=["1", "2"], low=["1", "9"], high=["2", "3"], slack=["0", "0"]).with_columns(code=pl.lit("x"))
    assert [rows(r.violated) for r in run_suite(frame, again, ["row"])] == [[1], [0, 1]]


# Check digits


def codes(*told: str | None) -> pl.DataFrame:
    return numbered(pl.DataFrame({"code": told}, schema={"code": pl.String}))


CHECKED = a_rule(ExpectCheckDigit, column="code")


def test_the_code_of_the_standard_and_known_codes_are_valid():
    known = ["91110000802100433B", "914403001922038216", "91440300708461136T", "91100000100003962T"]
    result = run(codes(STANDARD_EXAMPLE, *known, None), CHECKED)
    assert (result.success, result.evaluated, rows(result.unverifiable)) == (True, 5, [5])


def test_every_substituted_character_is_found():
    wrong = [
        STANDARD_EXAMPLE[:place] + other + STANDARD_EXAMPLE[place + 1 :]
        for place in range(18)
        for other in ALPHABET + "IOZSVa一"
        if other != STANDARD_EXAMPLE[place]
    ]
    assert run(codes(*wrong), CHECKED).violated.height == len(wrong) > 500


@pytest.mark.parametrize(
    "told", ["", "9", STANDARD_EXAMPLE[:-1], STANDARD_EXAMPLE + "0", STANDARD_EXAMPLE.lower(), "一" * 18]
)
def test_a_code_of_another_shape_is_violated(told: str):
    assert rows(run(codes(told), CHECKED).violated) == [0]


# At work


def test_a_hundred_thousand_rows_by_twenty_rules():
    n = 100_000
    frame = pl.DataFrame({"code": [STANDARD_EXAMPLE], "lent": [Decimal("1.00")], "loans": [1]})
    frame = numbered(pl.concat([frame] * n)).with_columns(loans=pl.int_range(pl.len()))
    rules = [a_rule(gxe.ExpectColumnValuesToBeBetween, f"R{k}", column="loans", min_value=k * 1000) for k in range(18)]
    rules.append(a_rule(ExpectCheckDigit, "R18", column="code"))
    rules.append(a_rule(gxe.ExpectColumnValuesToBeUnique, "R19", column="lent"))
    results = run_suite(frame, rules, ["file", "row"])
    assert [result.violated.height for result in results] == [*(k * 1000 for k in range(18)), 0, n]


def test_all_rules_of_a_table_are_computed_in_one_select(monkeypatch: pytest.MonkeyPatch):
    from expectations import polars_engine

    bundles = []
    resolve = polars_engine.PolarsExecutionEngine.resolve_metric_bundle

    def counted(self: Any, metric_fn_bundle: Any) -> Any:
        if metric_fn_bundle:
            bundles.append(len(list(metric_fn_bundle)))
        return resolve(self, metric_fn_bundle)

    monkeypatch.setattr(polars_engine.PolarsExecutionEngine, "resolve_metric_bundle", counted)
    rules = [a_rule(kind, name, **kwargs) for name, kind, kwargs in RULES]
    # Told before anything is computed, so that the others need not be computed one by one.
    bad = a_rule(gxe.ExpectColumnValuesToBeBetween, "bad", column="bank", min_value=1)
    assert run_suite(some_banks(), [*rules, bad], ["row"])[-1].error
    assert len(bundles) == 1
    assert bundles[0] > len(RULES)


def test_threads_count_for_themselves():
    start = Barrier(4)

    def count(n: int) -> list[int]:
        start.wait()
        frame = numbered(pl.DataFrame({"loans": range(n)}))
        rule = a_rule(gxe.ExpectColumnValuesToBeBetween, column="loans", min_value=n // 2)
        return [run(frame, rule).violated.height for _ in range(10)]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(count, [10, 100, 1_000, 10_000])) == [[5] * 10, [50] * 10, [500] * 10, [5_000] * 10]


def test_great_expectations_is_imported_late_and_told_to_report_nothing():
    program = (
        "import os, sys, expectations.context; "
        "print('great_expectations' in sys.modules, os.environ['GX_ANALYTICS_ENABLED'])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "false"]
