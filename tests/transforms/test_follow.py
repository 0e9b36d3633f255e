"""The ledger of differences: numbers that stay, ages that grow, events told once."""

from decimal import Decimal
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.follow import EVENTS, follow, new_events, number_of
from transforms.model import Cause, State
from transforms.reconcile.difference import COMPARED

D = Decimal


def pairs(*rows: dict[str, object]) -> pl.DataFrame:
    usual = dict.fromkeys(COMPARED) | {
        "district": "jb",
        "rule": "R02",
        "key": "合计",
        "period": "2022-08",
        "state": State.DIFFERENT.value,
        "cause": Cause.UNEXPLAINED.value,
        "difference": D(100),
        "explanation": "",
    }
    return pl.DataFrame([usual | row for row in rows], schema=COMPARED, orient="row")


def nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=EVENTS)


def run(*nights: pl.DataFrame) -> list[list[str]]:
    """What each night adds to the record."""
    events, told = nothing(), []
    for compared in nights:
        new = new_events(compared, events)
        events = pl.concat([events, new])
        told.append(new["event"].to_list())
    return told


AGREES = {"state": State.EQUAL.value, "cause": "", "difference": D(0)}


def test_a_difference_keeps_its_number_and_grows_old() -> None:
    compared = pairs({"period": "2021-11"}, {"period": "2022-02", "key": "x"})
    november, february, april = (follow(compared, m) for m in ("2021-11", "2022-02", "2022-04"))
    assert november["id"][0] == february["id"][0] == april["id"][0]
    assert [november["age"][0], *february["age"], *april["age"]] == [0, 3, 0, 5, 2]
    assert set(april["since"]) == {"2021-11", "2022-02"}


def test_what_agrees_now_is_not_carried_on_and_later_months_are_not_known() -> None:
    compared = pairs({"period": "2022-07"} | AGREES, {"period": "2022-08"} | AGREES, {"period": "2022-09"})
    assert follow(compared, "2022-08").select("period", "status").rows() == [("2022-08", "")]


def test_a_difference_of_a_quarter_is_of_its_last_month_and_grows_old_by_months() -> None:
    compared = pairs({"period": "2022Q2"}, {"period": "2022-06"}, {"period": "2022Q3"})
    assert follow(compared, "2022-05").is_empty()
    assert dict(follow(compared, "2022-06").select("since", "age").iter_rows()) == {"2022Q2": 0, "2022-06": 0}
    assert dict(follow(compared, "2022-08").select("since", "age").iter_rows()) == {"2022Q2": 2, "2022-06": 2}


def test_districts_have_numbers_of_their_own() -> None:
    compared = pairs({"district": "jb"}, {"district": "cd", "difference": D(7)})
    assert follow(compared, "2022-08")["id"].n_unique() == 2
    assert run(compared, compared) == [["open", "open"], []]


def test_a_thousand_differences_of_a_month_have_a_thousand_numbers() -> None:
    assert len({number_of("jb", "R01", "2022-08", f"V{n:08d}") for n in range(5_000)}) == 5_000


def test_a_number_tells_rule_and_period() -> None:
    assert number_of("jb", "R01", "2022-08", "V1").startswith("R01-202208-")


def test_a_night_without_change_adds_nothing() -> None:
    compared = pairs({"key": "a"}, {"key": "b", "difference": D(3)})
    assert run(compared, compared, compared.reverse()) == [["open", "open"], [], []]


def test_amount_and_cause_reopen_and_agreement_closes() -> None:
    nights = (
        pairs({}),
        pairs({"difference": D(101)}),
        pairs({"difference": D(101), "cause": Cause.MISSING.value}),
        pairs(AGREES),
        pairs(AGREES),
        pairs({}),
    )
    assert run(*nights) == [["open"], ["reopened"], ["reopened"], ["closed"], [], ["reopened"]]


def test_an_entry_that_is_no_longer_listed_is_closed_once() -> None:
    """A ledger lists what differs: what was mended is gone from it."""
    nights = (pairs({"rule": "R01", "key": "V1"}, {"rule": "R01"}), pairs({"rule": "R01"} | AGREES))
    assert run(*nights, nights[1]) == [["open", "open"], ["closed", "closed"], []]
    events = new_events(nights[1], new_events(nights[0], nothing()))
    gone = events.filter(pl.col("key") == "V1").row(0, named=True)
    assert (gone["district"], gone["rule"], gone["period"], gone["amount"]) == ("jb", "R01", "2022-08", "")


def test_a_pair_that_cannot_be_verified_any_more_stays_open() -> None:
    """A return that was taken back settles nothing."""
    nights = (pairs({}), pairs({"state": State.ONE_SIDED.value, "cause": "", "difference": None}))
    assert run(*nights, nights[0]) == [["open"], [], []]


def test_an_entry_of_a_month_that_cannot_be_verified_any_more_stays_open() -> None:
    item = {"rule": "R01", "key": "V1"}
    untold = pairs({"rule": "R01", "state": State.ONE_SIDED.value, "cause": "", "difference": None})
    assert run(pairs(item, {"rule": "R01"}), untold)[1] == []


def test_decisions_of_people_between_do_not_make_it_new() -> None:
    opened = new_events(pairs({}), nothing())
    decided = opened.with_columns(event=pl.lit("explained"))
    assert new_events(pairs({}), pl.concat([opened, decided])).is_empty()


states = st.sampled_from([pairs({}), pairs({"difference": D(5)}), pairs(AGREES), pairs({}).clear()])


@settings(max_examples=15, deadline=None)
@given(st.lists(states, min_size=2, max_size=8))
def test_events_alternate_and_the_last_tells_how_it_stands(nights: list[pl.DataFrame]) -> None:
    events = [event for told in run(*nights) for event in told]
    assert events[:1] in ([], ["open"])
    assert all(b != a or a == "reopened" for a, b in pairwise(events))
    compared = [night for night in nights if night.height]
    is_open = bool(compared) and compared[-1]["state"][0] == State.DIFFERENT
    assert is_open == bool(events and events[-1] != "closed")


def test_a_timing_difference_is_settled_when_it_has_come_back() -> None:
    """Told by tax in July, paid in August: July's entry is open in July's workbook and gone from August's."""
    timing = State.TIMING.value
    known = pairs(
        {"period": "2022-07", "key": "V1", "state": timing, "difference": Decimal(100)},
        {"period": "2022-07", "key": "合计", "state": timing, "difference": Decimal(100)},
        {"period": "2022-08", "key": "V1", "state": timing, "difference": Decimal(-100)},
        {"period": "2022-08", "key": "合计", "state": timing, "difference": Decimal(-100)},
    )
    assert follow(known, "2022-07").filter(pl.col("status") == "open").height == 2
    assert follow(known, "2022-08")["period"].unique().to_list() == ["2022-08"]


def test_a_timing_difference_that_does_not_come_back_is_carried_on() -> None:
    timing = State.TIMING.value
    known = pairs(
        {"period": "2022-07", "key": "V1", "state": timing, "difference": Decimal(100)},
        {"period": "2022-08", "key": "V2", "state": timing, "difference": Decimal(-100)},
    )
    carried = follow(known, "2022-08")
    assert carried.filter(pl.col("key") == "V1")["age"].to_list() == [1]


def test_a_cumulative_figure_that_lagged_is_settled_when_a_later_month_agrees() -> None:
    known = pairs(
        {"period": "2022-07", "key": "合计", "state": State.TIMING.value, "difference": Decimal(100)},
        {"period": "2022-08", "key": "合计", "state": State.EQUAL.value, "difference": Decimal(0)},
    )
    assert follow(known, "2022-08")["period"].to_list() == ["2022-08"]
    (_, later) = run(known.head(1), known)
    assert later == ["closed"]
