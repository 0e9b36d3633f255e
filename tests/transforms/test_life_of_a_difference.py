"""Open, explained, accepted, corrected, closed, and open again: what the night adds and what people say between."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.follow import EVENTS, follow, new_events, number_of, standings
from transforms.follow.events import ACCEPTED, CLOSED, EXPLAINED, OPEN, Standing
from transforms.follow.night import CAME, LOCKED
from transforms.model import Cause, State
from transforms.reconcile.difference import COMPARED

D = Decimal
FIRST = datetime(2022, 9, 13, 1, 30)
NIGHT = timedelta(days=1)
HOUR = timedelta(hours=1)
AGREES = {"state": State.EQUAL.value, "cause": "", "difference": D(0)}
UNTOLD = {"state": State.ONE_SIDED.value, "cause": "", "difference": None}
TIMING = {"state": State.TIMING.value, "cause": Cause.TIMING.value}
NUMBER = number_of("jb", "R02", "2022-08", "合计")
RECORD = {**EVENTS, "at": pl.Datetime("us"), "actor": pl.String()}


def pairs(*rows: dict[str, object]) -> pl.DataFrame:
    usual = dict.fromkeys(COMPARED) | {
        "district": "jb",
        "rule": "R02",
        "key": "合计",
        "period": "2022-08",
        "left": "F01 本年累计金额",
        "right": "F02 本年累计金额",
        "unit": "元",
        "state": State.DIFFERENT.value,
        "cause": Cause.UNEXPLAINED.value,
        "difference": D(1000000),
        "explanation": "",
        "left_submission": "tax-1",
        "right_submission": "treasury-1",
    }
    return pl.DataFrame([usual | row for row in rows], schema=COMPARED, orient="row")


class Ledger:
    """A record of events, written by nights and by people, one night a day."""

    def __init__(self) -> None:
        self.events = pl.DataFrame(schema=RECORD)
        self.at = FIRST

    def night(self, compared: pl.DataFrame, **more: object) -> list[str]:
        """What one night adds."""
        new = new_events(compared, self.events, **{"month": f"{self.at:%Y-%m}"} | more)  # type: ignore[arg-type]
        self._enter(new.with_columns(at=pl.lit(self.at), actor=pl.lit("yueji")))
        self.at += NIGHT
        return new["event"].to_list()

    def say(self, event: str, reason: str = "三笔在途", **more: object) -> None:
        """Somebody says something an hour before the next night."""
        place = {"district": "jb", "difference": NUMBER, "rule": "R02", "key": "合计", "period": "2022-08"}
        row = dict.fromkeys(RECORD) | place | {"event": event, "reason": reason, "actor": "高绮"} | more
        self._enter(pl.DataFrame([row | {"at": self.at - HOUR}], schema=RECORD, orient="row"))

    def accept(self, ceiling: str, until: str = "2022-12") -> None:
        self.say("accepted", ceiling=ceiling, keeper="tax", until=until)

    def _enter(self, rows: pl.DataFrame) -> None:
        self.events = pl.concat([self.events, rows.select(list(RECORD))])

    @property
    def one(self) -> Standing:
        return standings(self.events)[NUMBER]

    @property
    def last(self) -> str:
        return str(self.events["reason"][-1])


@pytest.fixture
def ledger() -> Ledger:
    opened = Ledger()
    assert opened.night(pairs({})) == ["open"]
    return opened


def came(submission: str, at: datetime, version: int = 2, form: str = "F01") -> pl.DataFrame:
    return pl.DataFrame([(submission, form, version, at)], schema=CAME, orient="row")


# What people say


def test_a_reason_explains_it_and_the_night_has_nothing_to_add(ledger: Ledger) -> None:
    ledger.say("explained")
    assert ledger.night(pairs({})) == []
    assert (ledger.one.status, ledger.one.said, ledger.one.said_by) == (EXPLAINED, "三笔在途", "高绮")


def test_a_phrase_is_kept_and_explains_nothing(ledger: Ledger) -> None:
    ledger.say("remarked", "核实无误")
    assert (ledger.one.status, ledger.one.said) == (OPEN, "核实无误")


def test_a_phrase_after_a_reason_takes_nothing_back(ledger: Ledger) -> None:
    ledger.say("explained")
    ledger.say("remarked", "核实无误")
    assert (ledger.one.status, ledger.one.said) == (EXPLAINED, "三笔在途")


def test_another_amount_voids_what_was_said_of_the_first(ledger: Ledger) -> None:
    ledger.say("explained")
    assert ledger.night(pairs({"difference": D(2000000)})) == ["reopened"]
    assert ledger.last.startswith("差额由 +100.00万元 变为 +200.00万元。")
    assert (ledger.one.status, ledger.one.said) == (OPEN, "三笔在途")


def test_words_that_came_with_the_new_figures_are_about_them(ledger: Ledger) -> None:
    ledger.say("explained", submission="tax-2")
    changed = {"difference": D(2000000), "left_submission": "tax-2"}
    assert ledger.night(pairs(changed)) == ["changed"]
    assert ledger.one.status == EXPLAINED
    assert ledger.night(pairs(changed | {"difference": D(3000000)})) == ["reopened"]


def test_words_that_came_before_the_night_saw_it_count() -> None:
    """A receipt between the nights asks of what the night has not entered yet."""
    early = Ledger()
    early.say("explained")
    assert not early.one.known
    assert early.night(pairs({})) == ["open"]
    assert early.one.status == EXPLAINED


def test_words_about_what_the_night_never_saw_open_and_close_nothing() -> None:
    early = Ledger()
    early.say("explained")
    assert early.night(pairs(AGREES)) == []
    assert early.night(pairs({"key": "另一项"} | AGREES)) == []


# Acceptance


def test_an_acceptance_holds_up_to_its_limit_whatever_the_sign(ledger: Ledger) -> None:
    ledger.accept("1500000")
    assert ledger.night(pairs({})) == []
    assert ledger.night(pairs({"difference": D(-1500000)})) == ["changed"]
    assert ledger.one.status == ACCEPTED


@pytest.mark.parametrize("difference", ["1500000.01", "-1500000.01"])
def test_one_smallest_unit_beyond_the_limit_opens_it_again(ledger: Ledger, difference: str) -> None:
    ledger.accept("1500000")
    assert ledger.night(pairs({"difference": D(difference)})) == ["reopened"]
    assert "超过接受的限额 150.00万元" in ledger.last
    assert (ledger.one.status, ledger.one.ceiling) == (OPEN, None)


def test_an_acceptance_ends_with_its_month_even_where_a_side_was_taken_back(ledger: Ledger) -> None:
    ledger.accept("1500000", until="2022-09")
    assert ledger.night(pairs({})) == []
    ledger.at = datetime(2022, 10, 1, 1, 30)
    assert ledger.night(pairs(UNTOLD)) == ["reopened"]
    assert "至2022年9月底，已到期" in ledger.last
    assert ledger.night(pairs({})) == []


def test_a_withdrawn_acceptance_leaves_the_reason_that_was_told(ledger: Ledger) -> None:
    ledger.say("explained")
    ledger.accept("1500000")
    ledger.say("withdrawn")
    assert ledger.one.status == EXPLAINED


def test_an_accepted_difference_closes_when_both_sides_agree(ledger: Ledger) -> None:
    ledger.accept("1500000")
    assert ledger.night(pairs(AGREES)) == ["closed"]
    assert ledger.one.status == CLOSED


# Correction


def test_a_later_submission_that_makes_both_sides_agree_is_named(ledger: Ledger) -> None:
    arrived = came("tax-2", ledger.at)
    told = ledger.night(pairs(AGREES | {"left_submission": "tax-2"}), came=arrived)
    assert told == ["corrected", "closed"]
    corrected = ledger.events.filter(pl.col("event") == "corrected").row(0, named=True)
    assert (corrected["submission"], corrected["reason"]) == ("tax-2", "F01 V2 报送后两方一致")


def test_agreement_without_a_new_submission_corrects_nothing(ledger: Ledger) -> None:
    """A rule was mended, or a version withdrawn: the one before it is older than the difference."""
    before = came("tax-1", FIRST - NIGHT, version=1)
    assert ledger.night(pairs(AGREES), came=before) == ["closed"]


def test_a_record_that_is_no_longer_listed_was_corrected_by_what_came() -> None:
    ledger = Ledger()
    ledger.night(pairs({"rule": "R01", "key": "V1"}, {"rule": "R01"}))
    agreeing = pairs({"rule": "R01", "right_submission": "treasury-2"} | AGREES)
    told = ledger.night(agreeing, came=came("treasury-2", ledger.at, form="F02"))
    assert sorted(told) == ["closed", "closed", "corrected", "corrected"]


def test_what_was_closed_and_differs_again_is_open_without_its_old_words(ledger: Ledger) -> None:
    ledger.say("explained")
    ledger.night(pairs(AGREES))
    assert ledger.night(pairs({})) == ["reopened"]
    assert (ledger.one.status, ledger.one.known) == (OPEN, True)


def test_what_changes_in_a_month_that_was_closed_is_told_as_a_revision(ledger: Ledger) -> None:
    locked = {("jb", "2022-08")}
    assert ledger.night(pairs({}), locked=locked) == []
    assert ledger.night(pairs({"difference": D(5)}, {"key": "x"}), locked=locked) == ["reopened", "open"]
    assert [reason.startswith(LOCKED) for reason in ledger.events["reason"]] == [False, True, True]


# Timing


def july(**changes: object) -> dict[str, object]:
    return {"rule": "R01", "key": "V1", "period": "2022-07"} | TIMING | changes


def test_a_timing_difference_that_does_not_come_back_escalates_once() -> None:
    ledger = Ledger()
    august = {"rule": "R01", "period": "2022-08"} | AGREES
    assert ledger.night(pairs(july())) == ["open"]
    assert ledger.night(pairs(july(), august)) == ["escalated"]
    assert ledger.night(pairs(july(), august)) == []
    (row,) = follow(pairs(july(), august), "2022-08", standings(ledger.events)).filter(pl.col("age") == 1).to_dicts()
    assert (row["state"], row["cause"], row["status"], row["escalated"]) == ("有差异", "未查明", OPEN, True)
    assert "逾期未冲回" in row["explanation"]


def test_one_that_is_first_seen_when_it_should_have_come_back_escalates_at_once() -> None:
    both, ledger = pairs(july(), {"rule": "R01", "period": "2022-08"} | AGREES), Ledger()
    assert ledger.night(both) == ["open", "escalated"]
    assert ledger.night(both) == []


def test_its_own_month_still_calls_it_timing() -> None:
    (row,) = follow(pairs(july()), "2022-07").to_dicts()
    assert (row["state"], row["escalated"]) == ("时间差", False)


def test_nobody_can_say_that_it_did_not_come_back_while_the_next_month_is_not_told() -> None:
    ledger = Ledger()
    ledger.night(pairs(july()))
    assert ledger.night(pairs(july(), {"rule": "R01", "period": "2022-08"} | UNTOLD)) == []
    assert ledger.night(pairs(july(), {"rule": "R01", "period": "2022-09"} | AGREES)) == []
    assert follow(pairs(july()), "2022-09")["state"].to_list() == ["时间差"]


def test_one_that_came_back_closes_and_does_not_escalate() -> None:
    ledger = Ledger()
    back = july(period="2022-08", difference=D(-1000000))
    ledger.night(pairs(july()))
    assert ledger.night(pairs(july(), back)) == ["closed"]


def test_an_escalated_one_needs_a_new_reason_and_an_accepted_one_does_not_escalate() -> None:
    both = pairs({"period": "2022-08"} | TIMING, {"period": "2022-09", "key": "另一项"})
    explained, accepted = Ledger(), Ledger()
    for ledger in (explained, accepted):
        ledger.night(both.head(1))
        ledger.say("explained")
    accepted.accept("1500000")
    assert explained.night(both) == ["escalated", "open"]
    assert accepted.night(both) == ["open"]
    assert (explained.one.status, explained.one.escalated) == (OPEN, True)
    explained.say("explained", "国库退回，10月重办")
    assert explained.one.status == EXPLAINED
    assert follow(both, "2022-09", standings(accepted.events))["escalated"].to_list() == [False, False]


def test_a_cumulative_figure_is_settled_with_the_entries_that_it_lagged_by() -> None:
    """August lags by an entry of its own, so that it does not agree; July's entry has come back all the same."""
    entries = [july(), july(period="2022-08", difference=D(-1000000)), july(key="V2", period="2022-08")]
    totals = [{"period": month} | TIMING for month in ("2022-07", "2022-08")]
    compared, after = pairs(*entries, *totals), {"R02": "R01"}
    number = number_of("jb", "R02", "2022-07", "合计")
    with_items = new_events(compared, pl.DataFrame(schema=EVENTS), after=after)
    assert number not in with_items["difference"].to_list()
    alone = follow(compared.filter(pl.col("rule") == "R02"), "2022-08", after=after)
    assert alone.filter(pl.col("id") == number)["escalated"].to_list() == [True]


# What a published month shows


def test_a_month_shows_how_each_stood_at_its_moment(ledger: Ledger) -> None:
    before = standings(ledger.events)
    ledger.accept("1500000")
    for known, status in ((before, OPEN), (standings(ledger.events), ACCEPTED)):
        (row,) = follow(pairs({}), "2022-08", known).to_dicts()
        assert (row["status"], row["until"]) == (status, "2022-12" if status == ACCEPTED else None)
    assert follow(pairs(AGREES), "2022-08", standings(ledger.events))["status"].to_list() == [""]


def test_what_was_open_when_a_side_was_taken_back_is_carried_on(ledger: Ledger) -> None:
    later = follow(pairs(UNTOLD), "2022-10", standings(ledger.events))
    assert later.select("state", "status", "age").rows() == [("无法核对", OPEN, 2)]
    assert follow(pairs(UNTOLD), "2022-10").is_empty()


# Whatever happens

happenings = st.sampled_from(
    ["night", "other", "agrees", "untold", "gone", "explained", "remarked", "accepted", "withdrawn"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(happenings, max_size=14))
def test_history_only_grows_and_the_last_night_tells_whether_it_is_open(course: list[str]) -> None:
    nights = {
        "night": pairs({}),
        "other": pairs({"difference": D(2000000)}),
        "agrees": pairs(AGREES),
        "untold": pairs(UNTOLD),
        "gone": pairs({"key": "另一项"} | AGREES),
    }
    ledger, is_open = Ledger(), False
    for step in course:
        before = ledger.events
        if step in nights:
            ledger.night(nights[step])
            is_open = {"night": True, "other": True, "agrees": False, "gone": False}.get(step, is_open)
            assert ledger.night(nights[step]) == [], "the same night once more adds nothing"
        elif ledger.events.height:
            ledger.say(step, ceiling="1500000", until="2022-12")
        assert ledger.events.head(before.height).equals(before)
        told = standings(ledger.events)
        assert set(told) <= {NUMBER}
        assert is_open == any(s.known and not s.closed for s in told.values())
    of_night = ledger.events.filter(pl.col("actor") == "yueji")["event"].to_list()
    assert of_night[:1] in ([], ["open"])
    assert of_night.count("open") <= 1
    assert all(after == "reopened" for was, after in pairwise(of_night) if was == "closed")


@settings(max_examples=25, deadline=None)
@given(st.permutations(["a", "b", "c"]), st.permutations([0, 1, 2]))
def test_numbers_stay_whatever_the_order_of_rows_and_nights(keys: list[str], order: list[int]) -> None:
    nights = [pairs(*({"key": key, "difference": D(n + 1)} for key in keys)) for n in order]
    ledger = Ledger()
    for compared in nights:
        ledger.night(compared)
    assert set(ledger.events["difference"]) == {number_of("jb", "R02", "2022-08", key) for key in "abc"}
