"""The figures of the seed texts as acceptance cases (reporting-system.md, §7)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from catalogue.load import load
from samples.filing import Filing
from samples.fixtures import fixture_filings, health_filing
from tests.samples.frames import wide_frames
from tests.transforms.wide import a_context, compared, judged, wide
from transforms.model import State, Verdict

D = Decimal
OK, BROKEN = Verdict.SATISFIED, Verdict.VIOLATED


def held(rule: str, filings: Iterable[Filing]) -> dict[str, str]:
    """The verdict of a rule by row."""
    tables, _ = wide_frames(filings)
    table = next(e.table for r in load().returns for e in r.edits if e.id.endswith(rule))
    found = judged(rule, tables[table], context=a_context(tables)).drop_nulls("verdict")
    return dict(found.select("item", "verdict").iter_rows())


def changde() -> list[Filing]:
    return fixture_filings("cd")


def banan(form: str) -> list[Filing]:
    return [f for f in fixture_filings("bn") if f.form == form]


def test_changde_four_policies_counts_are_two_short() -> None:
    assert held("F01.summary.H07.footing.benefit_times_ytd", changde()) == {"合计": BROKEN}


def test_changde_window_output_is_far_from_the_cases_of_the_platform() -> None:
    """300 a day over the working days of the year is 74,700 or more, against 8,879."""
    tables, _ = wide_frames(changde())
    calendar = pl.DataFrame({"period": ["2022-12"], "last_day": [date(2022, 12, 31)], "working_days_ytd": [249]})
    context = a_context(tables)
    context = type(context)(tables, {}, {}, calendar, load().units)
    found = judged("F05.told.W08.daily_output", tables["F05.told"], context=context)
    assert found.select("verdict", "told").rows() == [(BROKEN, D(74_700))]


def test_changde_online_and_rated_shares_are_whole_numbers_of_8879() -> None:
    assert set(held("F05.cases.H11.online", changde()).values()) == {OK}
    assert set(held("F05.cases.H11.online_reachable", changde()).values()) == {OK}
    rated = wide("F05.cases", "\ndept_code accept_m onewin_rate\nA 8879 84.87\n")
    assert judged("F05.cases.H11.onewin_reachable", rated)["verdict"].to_list() == [OK]  # 7536


@pytest.mark.parametrize(("sets", "cost", "verdict"), [(776, "310400", OK), (776, "310000", BROKEN)])
def test_changde_seals(sets: int, cost: str, verdict: str) -> None:
    rows = wide("F03.startup", f"\nseal_sets seal_cost\n{sets} {cost}.00\n")
    assert judged("F03.startup.H11.seals", rows)["verdict"].to_list() == [verdict]


JIANGBEI = """
entity_type new_ytd new_ytd_ly new_yoy
合计        17514   12272      42.72
私营企业    6824    5653       20.71
个体工商户  10506   6480       62.13
其他        184     139        32.37
"""


def test_jiangbei_growth_rates_have_whole_bases() -> None:
    rows = wide("F03.entities", JIANGBEI)
    for rule in ("H11.yoy", "W09.yoy"):
        assert set(judged(f"F03.entities.{rule}", rows)["verdict"].drop_nulls()) == {OK}


def test_jiangbei_new_entities_of_two_types_lack_184() -> None:
    told = [line for line in JIANGBEI.splitlines() if not line.startswith("其他")]
    footing = "F03.entities.H07.footing.new_ytd"
    assert judged(footing, wide("F03.entities", JIANGBEI))["verdict"].drop_nulls().to_list() == [OK]
    short = judged(footing, wide("F03.entities", "\n".join(told) + "\n")).drop_nulls("verdict")
    assert short.select("verdict", pl.col("told") - pl.col("expected")).rows() == [(BROKEN, D(184))]


def test_jiangbei_health_tells_two_rates_that_213_items_cannot_give() -> None:
    filings = [health_filing()]
    assert held("F05.told.H11.zero_trip", filings) == {"": BROKEN}
    assert held("F05.told.H11.fully_online", filings) == {"": BROKEN}
    assert held("F05.told.H11.instant", filings) == {"": OK}  # 124 of 213


@pytest.mark.parametrize("base", [1238, 489, 388, 156])
def test_banan_one_window_rate_is_reachable_over_none_of_its_counts(base: int) -> None:
    rows = wide("F05.cases", f"\ndept_code accept_m onewin_rate\nA {base} 99.21\n")
    assert judged("F05.cases.H11.onewin_reachable", rows)["verdict"].to_list() == [BROKEN]
    if base == 1238:
        assert set(held("F05.cases.H11.onewin_reachable", banan("F05")).values()) == {BROKEN}


def test_banan_bank_tax_balance_rolls_and_grows() -> None:
    filings = banan("F10")
    for rule in ("H10.balances", "H10.vs_year_open", "H11.vs_year_open"):
        assert set(held(f"F10.balances.{rule}", filings).values()) == {OK}
    tables, _ = wide_frames(filings)
    november = tables["F10.balances"].filter((pl.col("kind") == "total") & (pl.col("period") == "2021-11"))
    assert november.select("close_bal", "vs_year_open", "year_open").row(0) == (
        D(405_890_000),
        D(151_190_000),
        D(254_700_000),
    )
    found = compared("R17", {"F10.balances": tables["F10.balances"]})
    assert set(found["state"]) <= {State.EQUAL, State.WITHIN_ROUNDING}
    growth = wide(
        "F10.balances", "\nbank_code close_bal year_open vs_year_open_pct\nA 40589 25470 59.36\nB 40589 25470 59.38\n"
    )
    assert judged("F10.balances.H11.vs_year_open", growth)["verdict"].to_list() == [OK, BROKEN]
