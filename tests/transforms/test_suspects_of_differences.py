"""Differences between returns name the cell that is most likely wrong, or say nothing."""

from collections.abc import Mapping
from decimal import Decimal

import polars as pl

from catalogue.load import load
from tests.transforms.wide import a_context, all_tables, layout_of, wide
from transforms.localise import name_suspects
from transforms.model import Cause, State
from transforms.reconcile import Holdings, reconcile

D = Decimal


def compared(tables: Mapping[str, pl.DataFrame], rule: str, latest: bool = False) -> dict[str, dict[str, object]]:
    """The pairs of a rule by key, suspects named."""
    every, layout = all_tables(tables), layout_of(tables)
    filed = {d.code: tuple(r.code for r in load().returns) for d in load().districts}
    found = reconcile(Holdings(all_tables({}) if latest else every, every, layout, filed), load())
    context = a_context(every, known=every, layout=layout)
    named = name_suspects(found.compared, found.terms, context, layout, load())
    return {row["key"]: row for row in named.filter(pl.col("rule") == rule).iter_rows(named=True)}


def cases(done: str, accepted: str = "100") -> pl.DataFrame:
    """One department: 10 at the beginning, 20 at the end."""
    row = f"10 {accepted} {done} 0 20"
    return wide("F05.cases", f"\ndept_code open_n accept_m done_m returned_m close_n\ntax {row}\n合计 {row}\n")


def ratings(told: str) -> pl.DataFrame:
    return wide("F06.ratings", f"\ndept_code channel ratable_m\ntax 网上 {told}\n")


def test_the_side_that_breaks_no_rule_of_its_own_is_not_suspected() -> None:
    """90 done closes the roll of F05; the 99 to be rated stand alone: they are what is wrong."""
    row = compared({"F05.cases": cases("90"), "F06.ratings": ratings("99")}, "R13")["tax"]
    assert (row["state"], row["difference"]) == (State.DIFFERENT, D(-9))
    assert "F06" in str(row["right"])
    assert "应评办件" in str(row["suspects"])
    assert "90" in str(row["suspects"])
    assert "本月办结" not in str(row["suspects"])


def test_a_slip_of_digits_that_closes_every_rule_is_the_cause() -> None:
    row = compared({"F05.cases": cases("12435", "12445"), "F06.ratings": ratings("1235")}, "R13")["tax"]
    assert row["cause"] == Cause.DROPPED
    assert "漏写一位数字" in str(row["explanation"])


def test_what_agrees_is_not_suspected() -> None:
    row = compared({"F05.cases": cases("90"), "F06.ratings": ratings("90")}, "R13")["tax"]
    assert (row["state"], row["suspects"]) == (State.EQUAL, "")


CHANGDE = """
policy_code benefit_times_ytd amount_ytd
ZZS_LDTS    177               12.23亿元
HJ_ZZY      413               1.2亿元
XGM_MZ      6521              1283.04万元
LSLF        499               334.15万元
合计        7608              12.42亿元
"""


def test_of_the_amounts_of_changde_nothing_is_proposed() -> None:
    """Any of the five cells could be changed so that the total holds: none is named, the cause is not known."""
    rows = compared({"F01.summary": wide("F01.summary", CHANGDE, district="cd")}, "R03", latest=True)
    amounts, times = rows["本年累计金额"], rows["本年累计享受户次"]
    assert (amounts["state"], amounts["cause"], amounts["suspects"]) == (State.DIFFERENT, Cause.UNEXPLAINED, "")
    assert (times["state"], times["difference"]) == (State.DIFFERENT, D(-2))
