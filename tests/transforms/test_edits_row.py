"""Arithmetic of one row, by intervals: what rounding allows is never a fault, what it does not always is."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.load import load
from tests.transforms.wide import a_context, a_made_up_table, an_edit, judged, rule_of, verdicts, wide
from transforms.model import EXACT, Rounding, Table, Verdict

D = Decimal
OK, BROKEN, UNKNOWN = Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNVERIFIABLE
UNITS = {"元": D(1), "万元": D(10) ** 4, "亿元": D(10) ** 8}
AMOUNTS = a_made_up_table("a b c whole")
SUM = an_edit("sum", AMOUNTS, "whole", parts=("+a", "+b", "-c"))
EDITS = [e for r in load().returns for e in r.edits]
quick = settings(max_examples=12, deadline=None)

true_yuan = st.decimals(0, 10**12, places=4)
tellings = st.tuples(st.sampled_from(list(UNITS)), st.integers(0, 4))


def tell(true: Decimal, how: tuple[str, int]) -> tuple[Decimal, Decimal]:
    """A true amount in 元 as someone tells it in a unit with so many decimals: value and half a unit of the last."""
    unit, places = how
    step = UNITS[unit] * D(1).scaleb(-places)
    return (true / step).quantize(D(1), rounding=ROUND_HALF_UP) * step, step / 2


def a_row(table: Table, **told: tuple[Decimal | None, Decimal | None]) -> pl.DataFrame:
    row = wide(table, "\nk\nx\n")
    values = [
        pl.lit(v, dtype=EXACT).alias(name)
        for code, pair in told.items()
        for name, v in zip((code, f"{code}|half"), pair, strict=True)
    ]
    return row.with_columns(values)


def sum_of(**told: tuple[Decimal | None, Decimal | None]) -> str:
    return verdicts(SUM, a_row(AMOUNTS, **told), AMOUNTS)[0]


# Sums


@quick
@given(st.tuples(true_yuan, true_yuan, true_yuan), st.tuples(tellings, tellings, tellings, tellings))
def test_true_parts_rounded_by_anyone_in_any_unit_never_break_a_sum(
    parts: tuple[D, D, D], how: tuple[tuple[str, int], ...]
) -> None:
    a, b, c = parts
    told = {name: tell(v, h) for name, v, h in zip("abc", parts, how, strict=False)}
    assert sum_of(**told, whole=tell(a + b - c, how[3])) == OK


@quick
@given(
    st.tuples(true_yuan, true_yuan, true_yuan),
    st.tuples(tellings, tellings, tellings, tellings),
    st.sampled_from([1, -1]),
)
def test_a_part_changed_by_more_than_the_whole_slack_always_does(
    parts: tuple[D, D, D], how: tuple[tuple[str, int], ...], sign: int
) -> None:
    a, b, c = parts
    told = {name: tell(v, h) for name, v, h in zip("abc", parts, how, strict=False)}
    told["whole"] = tell(a + b - c, how[3])
    slack = sum(half for _, half in told.values())
    told["a"] = (told["a"][0] + sign * (2 * slack + D("0.01")), told["a"][1])
    assert sum_of(**told) == BROKEN


@quick
@given(
    st.tuples(true_yuan, true_yuan, true_yuan),
    st.tuples(tellings, tellings, tellings, tellings),
    st.sampled_from([1, -1]),
)
def test_a_total_at_the_very_end_holds_and_one_smallest_unit_further_does_not(
    parts: tuple[D, D, D], how: tuple[tuple[str, int], ...], sign: int
) -> None:
    told = {name: tell(v, h) for name, v, h in zip("abc", parts, how, strict=False)}
    value = told["a"][0] + told["b"][0] - told["c"][0]
    half = UNITS[how[3][0]] * D(1).scaleb(-how[3][1]) / 2
    end = sum(h for _, h in told.values()) + half
    assert sum_of(**told, whole=(value + sign * end, half)) == OK
    assert sum_of(**told, whole=(value + sign * (end + D("0.00000001")), half)) == BROKEN


@quick
@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=4, max_size=4), st.integers(0, 3))
def test_sign_of_everything_order_and_splitting_do_not_change_a_verdict(values: list[D], shift: int) -> None:
    a, b, c, whole = values
    half = D("0.5")
    plain = sum_of(a=(a, half), b=(b, half), c=(c, half), whole=(whole, half))
    assert sum_of(a=(-a, half), b=(-b, half), c=(-c, half), whole=(-whole, half)) == plain
    assert sum_of(a=(b, half), b=(a, half), c=(c, half), whole=(whole, half)) == plain
    halved = sum_of(a=(a + b - shift, half), b=(D(shift), half), c=(c, half), whole=(whole, half))
    assert halved == plain


@quick
@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=4, max_size=4), st.sampled_from([2, 4, 8]))
def test_the_unit_of_all_does_not_change_a_verdict(values: list[D], power: int) -> None:
    half = D("0.005")
    told = dict(zip(("a", "b", "c", "whole"), ((v, half) for v in values), strict=True))
    scaled = {name: (v * 10**power, h * 10**power) for name, (v, h) in told.items()}
    assert sum_of(**told) == sum_of(**scaled)


def test_a_cent_is_seen_in_a_trillion() -> None:
    trillion, exact = D(10) ** 12, D(0)
    assert sum_of(a=(trillion, exact), b=(trillion, exact), c=(D(0), exact), whole=(2 * trillion, exact)) == OK
    assert (
        sum_of(a=(trillion, exact), b=(trillion, exact), c=(D(0), exact), whole=(2 * trillion + D("0.01"), exact))
        == BROKEN
    )


@pytest.mark.parametrize("untold", ["a", "b", "c", "whole"])
def test_a_figure_that_is_not_told_is_never_satisfied(untold: str) -> None:
    told = dict.fromkeys(("a", "b", "c", "whole"), (D(0), D(0))) | {untold: (None, None)}
    assert sum_of(**told) == UNKNOWN


def test_a_balance_rolls_forward() -> None:
    told = """
bank_code open_bal lent_m  repaid_m writeoff_m close_bal
ICBC      39120.50 2010.00 551.50   0.00       40579.00
CCB       39120.50 2010.00 551.50   0.00       40589.00
ABC       39120.50 2010.00 551.50   —          40579.00
合计      100.00   10.00   5.00     0.00       105.00
"""
    assert verdicts("F10.balances.H10.balances", wide("F10.balances", told)) == [OK, BROKEN, UNKNOWN, OK]


# Parts and wholes


def test_a_part_may_exceed_its_whole_by_the_rounding_of_both() -> None:
    table = a_made_up_table("part whole")
    edit = an_edit("at_most", table, "part", part="part", whole="whole")
    assert verdicts(
        edit, wide(table, "\nk part whole\nx 1.01 1.00\ny 1.02 1.00\nz 12.24亿元 122350.00万元\n"), table
    ) == [OK, BROKEN, OK]
    assert verdicts(edit, wide(table, "\nk part whole\nx — 1.00\ny 1.00 —\n"), table) == []


def test_a_minimum_is_held_against_its_mean() -> None:
    told = "\navg_hours max_hours\n3.5 3.0\n"
    (verdict,) = verdicts("F03.startup.H12.hours", wide("F03.startup", told))
    assert verdict == BROKEN


def test_a_part_row_belongs_to_the_row_above() -> None:
    rows = wide(
        "F01.summary", "\npolicy_code amount_m\nA 10.00\n其中:小微 9.00\n其中:中型 10.02\nB 3.00\n其中:小微 4.00\n"
    )
    table = a_made_up_table("amount_m")
    assert rows["parent"].to_list() == [None, "A", "A", None, "B"]
    edit = next(e for e in EDITS if e.kind == "part_rows" and e.column == "amount_m" and e.table == "F01.summary")
    assert verdicts(edit, rows) == [OK, BROKEN, BROKEN]
    assert table.has("amount_m")


def test_part_rows_of_two_rows_of_one_key_are_not_multiplied() -> None:
    rows = wide("F01.summary", "\npolicy_code amount_m\nA 10.00\nA 11.00\n其中:小微 9.00\n")
    edit = next(e for e in EDITS if e.kind == "part_rows" and e.column == "amount_m" and e.table == "F01.summary")
    assert judged(edit, rows).height == rows.height


# Rates

RATES = a_made_up_table("n d", "int", "户", 0)
counts = st.integers(1, 5000)
places = st.integers(0, 2)


def with_rate(table: Table, kind: str, rate: Decimal, decimals: int, **told: int) -> list[str]:
    edit = an_edit(kind, table, "rate", **PARAMS[kind])
    row = a_row(table, rate=(rate, D(5).scaleb(-decimals - 3)), **{c: (D(v), D(0)) for c, v in told.items()})
    return verdicts(edit, row, table)


PARAMS = {
    "ratio": {"numerator": "n", "denominator": "d"},
    "reachable": {"denominator": "d"},
    "growth": {"now": "n", "base": "d"},
    "whole_base": {"now": "n"},
}
RATED = a_made_up_table("n d rate", "int", "户", 0)


def shown(value: Fraction, decimals: int) -> Decimal:
    """A ratio shown in % with so many decimals, half up."""
    step = Fraction(1, 100 * 10**decimals)
    return D((value / step + Fraction(1, 2)).__floor__()).scaleb(-decimals - 2)


@quick
@given(counts, counts, places)
def test_every_true_rate_is_satisfied_and_reachable(n: int, d: int, decimals: int) -> None:
    n = min(n, d)
    rate = shown(Fraction(n, d), decimals)
    assert with_rate(RATED, "ratio", rate, decimals, n=n, d=d) == [OK]
    assert with_rate(RATED, "reachable", rate, decimals, d=d) == [OK]


@quick
@given(counts, counts, places, st.sampled_from([1, -1]))
def test_a_rate_off_by_two_digits_is_broken(n: int, d: int, decimals: int, sign: int) -> None:
    rate = shown(Fraction(n, d), decimals) + sign * 2 * D(1).scaleb(-decimals - 2)
    assert with_rate(RATED, "ratio", rate, decimals, n=n, d=d) == [BROKEN]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.integers(0, 10_000), places)
def test_a_rate_is_reachable_where_brute_force_finds_a_whole_number(d: int, raw: int, decimals: int) -> None:
    rate = D(raw % (100 * 10**decimals + 1)).scaleb(-decimals - 2)
    half = Fraction(1, 200 * 10**decimals)
    found = any(abs(Fraction(n, d) - Fraction(rate)) <= half for n in range(d + 2))
    assert with_rate(RATED, "reachable", rate, decimals, d=d) == [OK if found else BROKEN]


@quick
@given(st.integers(0, 5000), counts, places)
def test_every_true_growth_is_satisfied(now: int, base: int, decimals: int) -> None:
    rate = shown(Fraction(now, base) - 1, decimals)
    assert with_rate(RATED, "growth", rate, decimals, n=now, d=base) == [OK]
    wrong = rate + 2 * D(1).scaleb(-decimals - 2)
    assert with_rate(RATED, "growth", wrong, decimals, n=now, d=base) == [BROKEN]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 300), st.integers(-90, 300), places)
def test_a_growth_has_a_whole_base_where_brute_force_finds_one(now: int, percent: int, decimals: int) -> None:
    rate, scale = D(percent) / 100, 200 * 10**decimals
    low, high = (scale + percent * scale // 100 + step for step in (-1, 1))
    found = any(base * low <= now * scale <= base * high for base in range(1, 3_500))
    assert with_rate(RATED, "whole_base", rate, decimals, n=now) == [OK if found else BROKEN]


def test_a_rate_over_nothing_is_not_judged_and_stops_nobody_else() -> None:
    """A department without a case must not stop the night of all others."""
    told = """
dept_code accept_m onewin_m onewin_rate
A         0        0        0.00
B         200      100      50.00
C         0        0        —
"""
    rows = wide("F05.cases", told)
    assert verdicts("F05.cases.H11.onewin", rows) == [OK]
    assert verdicts("F05.cases.H11.onewin_reachable", rows) == [OK]


def test_a_growth_of_minus_one_hundred_percent_stops_nobody_else() -> None:
    rows = wide("F03.entities", "\nentity_type new_ytd new_ytd_ly new_yoy\nA 0 5 -100.00\nB 10 5 100.00\nC 0 0 —\n")
    assert verdicts("F03.entities.W09.yoy", rows) == [OK]
    assert verdicts("F03.entities.H11.yoy", rows) == [OK, OK]


def test_a_rate_not_told_over_a_told_base_is_unverifiable() -> None:
    rows = wide("F05.cases", "\ndept_code accept_m onewin_m onewin_rate\nA 200 100 —\nB 200 — 50.00\nC — 100 50.00\n")
    assert verdicts("F05.cases.H11.onewin", rows) == [UNKNOWN] * 3


@pytest.mark.parametrize(
    ("rate", "n", "d", "verdict"), [("89.5", 190, 213, BROKEN), ("58.2", 124, 213, OK), ("89.2", 190, 213, OK)]
)
def test_health_of_jiangbei(rate: str, n: int, d: int, verdict: str) -> None:
    assert with_rate(RATED, "ratio", D(rate) / 100, 1, n=n, d=d) == [verdict]
    assert with_rate(RATED, "reachable", D(rate) / 100, 1, d=d) == [verdict]


# Others


def test_seals_at_400_yuan() -> None:
    rows = pl.concat(
        [wide("F03.startup", f"\nseal_sets seal_cost\n776 {cost}\n") for cost in ("310400.00", "310800.00")]
    )
    assert verdicts("F03.startup.H11.seals", rows) == [OK, BROKEN]


def test_a_band_includes_its_ends() -> None:
    rows = wide("F09.loans", "\nloan_no rate\nL1 24.00\nL2 24.01\nL3 —\n")
    assert verdicts("F09.loans.H11.rate_range", rows) == [OK, BROKEN]


def test_two_rates_of_unlike_things_alike_to_the_digit() -> None:
    table = a_made_up_table("a b", "pct", "%", 1)
    rows = wide(table, "\nk a b\nx 89.5 89.5\ny 89.5 89.4\nz 100.0 100.0\nw 0.0 0.0\nv — 89.5\n")
    assert verdicts(an_edit("unlike", table, "a", other="b"), rows, table) == [BROKEN, OK, OK, OK]


def test_figures_that_nobody_counted() -> None:
    table = a_made_up_table("a", "int", "件", 0)
    rows = wide(table, "\nk a\nx 50000\ny 50001\nz 0\nw 5000\nv —\n")
    assert verdicts(an_edit("round", table, "a"), rows, table) == [BROKEN, OK, OK, OK]


def test_rules_look_at_their_own_submission() -> None:
    first, second = (wide(RATES, f"\nk n\nx {n}\n合计 {t}\n", district=d) for n, t, d in ((5, 5, "jb"), (6, 5, "cd")))
    edit = an_edit("footing", RATES, "n")
    rows = pl.concat([first, second])
    assert verdicts(edit, rows, RATES, a_context()) == [OK, BROKEN]
    assert verdicts(edit, rows.reverse(), RATES, a_context()) == [BROKEN, OK]


def test_a_source_that_cuts_off_its_digits_may_miss_a_whole_step_of_each_part() -> None:
    """1.99 + 1.99 cut off from up to 3.9999 may be told as 3.99: rounded they could not be 0.01 above their sum, twice."""
    table = load().table("F10.balances")
    cut = replace(table, columns=tuple(replace(c, rounding=Rounding.TRUNCATE) for c in table.columns))
    edit = rule_of("F10.balances.H10.balances")
    told = "\nbank_code open_bal lent_m repaid_m writeoff_m close_bal\nCCB 1.99 1.99 0.00 0.00 {}\n"
    for closing, rounded, truncated in (
        ("3.98", "satisfied", "satisfied"),
        ("4.01", "violated", "satisfied"),
        ("4.05", "violated", "violated"),
    ):
        rows = wide("F10.balances", told.format(closing))
        assert judged(edit, rows)["verdict"].to_list() == [rounded]
        assert judged(edit, rows, cut)["verdict"].to_list() == [truncated]
