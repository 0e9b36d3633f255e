"""Rules that came with the returns of services, court and assessment."""

import polars as pl
import pytest

from tests.transforms.wide import a_context, a_made_up_table, an_edit, judged, verdicts, wide
from transforms.model import Column, Table, Verdict
from transforms.period import shift

OK, BROKEN, UNKNOWN = Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNVERIFIABLE
JULY, AUGUST = "2022-07", "2022-08"
PLAIN = a_made_up_table("n of", "int", "件", 0)


def rows(lines: str, period: str = AUGUST, table: Table = PLAIN, header: str = "k n of") -> pl.DataFrame:
    return wide(table, f"\n{header}\n{lines}", period=period)


def months_of(value: str, count: int) -> pl.DataFrame:
    """One item that told the same for so many months before August."""
    return pl.concat([rows(f"a {value} 0\n", shift(AUGUST, -k)) for k in range(1, count + 1)])


def held_after(kind: str, now: str, past: pl.DataFrame | None, **params: object) -> list[str]:
    table = rows(f"a {now} 0\n")
    known = {} if past is None else {PLAIN.code: past}
    return verdicts(an_edit(kind, PLAIN, "n", **params), table, PLAIN, a_context({PLAIN.code: table}, known))


def test_the_third_zero_in_a_row_is_asked_about() -> None:
    assert held_after("standing", "0", months_of("0", 2), value="0", periods=3) == [BROKEN]
    assert held_after("standing", "1", months_of("0", 2), value="0", periods=3) == [OK]
    once = pl.concat([rows("a 0 0\n", JULY), rows("a 5 0\n", "2022-06")])
    assert held_after("standing", "0", once, value="0", periods=3) == [OK]


def test_a_point_that_is_new_has_not_stood_still_for_long() -> None:
    assert held_after("standing", "0", months_of("0", 1), value="0", periods=3) == []
    assert held_after("standing", "0", None, value="0", periods=3) == []


@pytest.mark.parametrize(("now", "verdict"), [("120", OK), ("121", BROKEN), ("40", OK)])
def test_a_rise_by_a_fifth_is_allowed_and_a_fall_is_no_rise(now: str, verdict: str) -> None:
    assert held_after("rise", now, months_of("100", 1), share="0.20") == [verdict]


@pytest.mark.parametrize(("now", "verdict"), [("85", OK), ("84", BROKEN), ("116", BROKEN)])
def test_fifteen_points_are_allowed_either_way(now: str, verdict: str) -> None:
    assert held_after("moved", now, months_of("100", 1), points="15") == [verdict]
    assert held_after("moved", now, None, points="15") == []


def test_what_lies_above_one_and_a_half_means_of_a_year_is_asked_about() -> None:
    assert held_after("above_mean", "150", months_of("100", 12), factor="1.5") == [OK]
    assert held_after("above_mean", "151", months_of("100", 12), factor="1.5") == [BROKEN]
    assert held_after("above_mean", "151", months_of("100", 5), factor="1.5") == []


def test_months_of_more_than_a_year_ago_do_not_enter_the_mean() -> None:
    old = pl.concat([months_of("100", 12), rows("a 9999 0\n", shift(AUGUST, -13))])
    assert held_after("above_mean", "151", old, factor="1.5") == [BROKEN]


@pytest.mark.parametrize(("n", "verdict"), [("29", OK), ("30", BROKEN)])
def test_a_row_of_small_numbers_may_well_come_again(n: str, verdict: str) -> None:
    now, july = rows(f"a {n} 5\n"), rows(f"a {n} 5\n", JULY)
    known = a_context({PLAIN.code: now}, {PLAIN.code: july})
    assert verdicts(an_edit("same_row", PLAIN, "n"), now, PLAIN, known) == [verdict]


def test_ties_share_a_rank() -> None:
    told = rows("a 1 90\nb 2 80\nc 2 80\nd 4 70\n")
    assert verdicts(an_edit("rank", PLAIN, "n", of="of"), told, PLAIN) == [OK, OK, OK, OK]
    wrong = judged(an_edit("rank", PLAIN, "n", of="of"), rows("a 1 90\nb 2 80\nc 3 80\nd 4 70\n"), PLAIN)
    assert wrong["verdict"].to_list() == [OK, OK, BROKEN, OK]
    assert wrong["expected"].to_list() == [1, 2, 2, 4]


def test_nobody_is_ranked_while_a_score_is_missing() -> None:
    assert verdicts(an_edit("rank", PLAIN, "n", of="of"), rows("a 1 90\nb 2 ·\n"), PLAIN) == [UNKNOWN, UNKNOWN]


def test_a_row_too_few_is_said_once() -> None:
    two = rows("a 1 0\nb 2 0\n合计 3 0\n")
    assert verdicts(an_edit("row_count", PLAIN, "k", rows=2), two, PLAIN) == [OK]
    assert verdicts(an_edit("row_count", PLAIN, "k", rows=3), two, PLAIN) == [BROKEN]


WORDS = Table(
    "X01.t", "表1", "试表", "ledger", (Column("k", "编号", "code"), Column("why", "原因", "text")), key=("k",)
)


@pytest.mark.parametrize(("others", "of", "verdicts_"), [(3, 10, [OK]), (4, 10, [BROKEN]), (4, 9, []), (0, 10, [])])
def test_one_word_may_not_explain_too_much(others: int, of: int, verdicts_: list[str]) -> None:
    lines = "".join(f"r{i} {'其他' if i < others else '时限'}\n" for i in range(of))
    told = rows(lines, table=WORDS, header="k why")
    assert (
        verdicts(an_edit("share_of_rows", WORDS, "why", value="其他", high="0.30", rows=10), told, WORDS) == verdicts_
    )


def test_bad_ratings_of_both_marks_are_the_rows_of_their_department() -> None:
    ledger = wide("F06.bad", "\nrating_no dept_code rated_on\n1 tax 2022-08-02\n2 tax 2022-08-09\n3 tax 2022-07-30\n")
    header = "\ndept_code channel g2 g1\n"
    for marks, verdict in (("tax 电话 1 0\ntax 短信 0 1\n", OK), ("tax 电话 1 1\ntax 短信 0 1\n", BROKEN)):
        ratings = wide("F06.ratings", header + marks)
        context = a_context({"F06.ratings": ratings, "F06.bad": ledger})
        assert set(verdicts("F06.ratings.H16.bad", ratings, context=context)) == {verdict}


def test_three_marks_together_are_good() -> None:
    header = "\ndept_code channel rated_m g5 g4 g3 good_rate\n"
    told = wide("F06.ratings", header + "tax 电话 8 4 2 1 87.50\ntax 短信 8 4 2 1 87.51\n")
    assert verdicts("F06.ratings.H11.good", told) == [OK, BROKEN]


def test_the_post_is_paid_by_the_parcel_at_the_price_it_tells() -> None:
    header = "\ndept_code direction parcels_m unit_price paid_amount\n"
    told = wide("F07.parcels", header + "tax 寄出结果 120 11.50 1380.00\ntax 寄入材料 10 9.00 90.01\n")
    assert verdicts("F07.parcels.H11.paid", told) == [OK, BROKEN]


def packages(lines: str, note: str) -> list[str]:
    told = wide("F08.told", f"\ncut_rate\n{note}\n")
    ledger = wide("F08.packages", "\npackage_code days_before days_after\n" + lines)
    return verdicts("F08.told.W08.cut", told, context=a_context({"F08.told": told, "F08.packages": ledger}))


def test_ninety_percent_and_more_is_what_was_told() -> None:
    assert packages("A 100 4\nB 100 10\n", "90") == [OK]
    assert packages("A 100 20\nB 100 10\n", "90") == [BROKEN]
    assert packages("A 100 20\nB 100 10\n", "·") == []


def test_everything_but_the_hall_is_online() -> None:
    header = "\nchannel cases_m online_rate\n"
    lines = "电子税务局 970 —\n大厅 20 —\n热线 10 —\n"
    for rate, verdict in (("98.00", OK), ("97.00", BROKEN)):
        told = wide("F24.channels", f"{header}{lines}合计 1000 {rate}\n")
        assert verdicts("F24.channels.H11.online", told, context=a_context({"F24.channels": told})) == [verdict]


def context_of(status: str, value: str, year: str) -> pl.DataFrame:
    lines = f"\nindicator_code value_ytd value_ytd_ly status\nTAX {value} 310.00 {status}\n"
    return wide("F25.context", lines, period=year)


@pytest.mark.parametrize(
    ("status", "then", "verdicts_"), [("最终", "310.00", [OK]), ("最终", "309.00", [BROKEN]), ("初步", "309.00", [])]
)
def test_a_final_figure_of_last_year_stays_what_it_was(status: str, then: str, verdicts_: list[str]) -> None:
    now, before = context_of("初步", "320.00", "2022Q2"), context_of(status, then, "2021Q2")
    known = a_context({"F25.context": now}, {"F25.context": before})
    assert verdicts("F25.context.W07.final", now, context=known) == verdicts_


def test_a_quarter_is_held_against_the_quarter_before() -> None:
    def scores(score: str, quarter: str) -> pl.DataFrame:
        return wide("F25.assessment", f"\nunit_code score\ntax {score}\n", period=quarter)

    for first, verdict in (("2022Q1", BROKEN), ("2021Q4", None)):
        now = scores("60.00", "2022Q2")
        known = a_context({"F25.assessment": now}, {"F25.assessment": scores("90.00", first)})
        assert verdicts("F25.assessment.W08.score", now, context=known) == ([verdict] if verdict else [])
