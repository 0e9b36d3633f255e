"""What one department tells is what another tells of the same thing (reporting-system.md, §3), month by month."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from samples.assessment import PARTS
from samples.derive import derive
from samples.entities import ENTERPRISES
from samples.filing import TOTAL, Sheet
from samples.post import OUT
from samples.property import REGISTRY
from samples.tax_service import SOLE
from samples.truth import QUARTERS, Truth, make_truth
from transforms.model import RowKind
from transforms.period import previous, shift

seeds = st.integers(0, 10**6).map(make_truth)
few = settings(max_examples=3, deadline=None)


def sheet(truth: Truth, table: str, period: str) -> Sheet:
    return next(s for s in derive(truth, table[:3], period) if s.table.code == table)


def by(sheet: Sheet, key: str, *columns: str) -> Counter[str]:
    """The sums of columns over the data rows, by what stands in the key column."""
    sums: Counter[str] = Counter()
    for row in sheet.rows:
        if row.kind is RowKind.DATA:
            sums[str(row.values[key])] += sum(int(row.values[c]) for c in columns)
    return sums


@given(truth=seeds)
@few
def test_every_case_that_was_done_is_to_be_rated_and_every_bad_rating_is_in_the_ledger(truth: Truth) -> None:
    for m in truth.periods:
        ratings, cases = sheet(truth, "F06.ratings", m), sheet(truth, "F05.cases", m)
        assert by(ratings, "dept_code", "ratable_m") == by(cases, "dept_code", "done_m")
        told = Counter(
            str(r.values["dept_code"]) for r in sheet(truth, "F06.bad", m).rows if f"{r.values['rated_on']:%Y-%m}" == m
        )
        assert +by(ratings, "dept_code", "g1", "g2") == told
        assert len(truth.ratings.bad_ratings(m)) == told.total() > 10


@given(truth=seeds)
@few
def test_the_post_carries_no_more_than_is_printed_and_does_what_is_done_by_post(truth: Truth) -> None:
    for m in truth.periods:
        cases, parcels = sheet(truth, "F05.cases", m), sheet(truth, "F07.parcels", m)
        paper = by(cases, "dept_code", "paper_m")
        sent = {str(r.values["dept_code"]): r.values["parcels_m"] for r in parcels.rows if r.values["direction"] == OUT}
        assert all(sent[department] <= paper[department] for department in paper)
        points = sheet(truth, "F07.points", m)
        assert sum(r.values["agency_m"] for r in points.rows) == cases.value(TOTAL, "post_m")
        mailed = sheet(truth, "F16.registrations", m).value(TOTAL, "mailed_m")
        assert mailed == truth.post.sent(REGISTRY, m)


@given(truth=seeds)
@few
def test_the_tax_bureau_tells_the_refunds_of_the_treasury(truth: Truth) -> None:
    for m in truth.periods:
        channels = sheet(truth, "F24.channels", m)
        paid = sheet(truth, "F02.summary", m).value(TOTAL, "n_m")
        assert channels.value(TOTAL, "refund_m") == channels.value(TOTAL, "erefund_m") == paid
        assert channels.value(TOTAL, "online_rate") >= 98


@given(truth=seeds)
@few
def test_new_taxpayers_are_new_enterprises_and_closed_ones_have_left_the_register_before(truth: Truth) -> None:
    new, licensed, gone, closed = [], [], 0, 0
    for m in truth.periods:
        months = [facts for (name, n), facts in truth.tax_service.registered.items() if n == m and name != SOLE]
        new.append(sum(f.new for f in months))
        licensed.append(truth.entities.new_enterprises(m))
        gone += sum(f.closed for f in months)
        closed += sum(truth.entities.months[code, m].closed for code in ENTERPRISES)
        assert 60 * licensed[-1] <= 100 * new[-1] <= 130 * licensed[-1]
        assert gone >= closed
        assert len(new) < 3 or sum(new[-3:]) <= sum(licensed[-3:])


@given(truth=seeds)
@few
def test_each_bad_rating_undone_matter_and_warning_has_an_issue_of_its_own(truth: Truth) -> None:
    numbers = [x.issue_no for x in (*truth.ratings.bad, *truth.packages.matters, *truth.assessment.warned)]
    assert len(set(numbers)) == len(numbers)
    for m in truth.periods:
        ours = [b.issue_no for b in truth.ratings.bad_ratings(m)] + [u.issue_no for u in truth.packages.undone(m)]
        assert all(number.startswith(f"WT-{m.replace('-', '')}-") for number in ours)
        taken = sum(r.values["undone_in"] for r in sheet(truth, "F08.stations", m).rows)
        assert taken == len(truth.packages.undone(m)) > 0


@given(truth=seeds)
@few
def test_the_issues_of_ratings_windows_and_warnings_are_those_that_were_counted(truth: Truth) -> None:
    found = [(i.source, i.number) for i in truth.issues.issues if i.source in ("差评", "办不成事", "电子监察")]
    counted = [("差评", b.issue_no) for b in truth.ratings.bad]
    counted += [("办不成事", u.issue_no) for u in truth.packages.matters]
    counted += [("电子监察", w.issue_no) for w in truth.assessment.warned]
    assert sorted(found) == sorted(counted)


@given(truth=seeds)
@few
def test_a_bad_rating_is_answered_within_three_weeks_and_not_before_it_is_given(truth: Truth) -> None:
    for bad in truth.ratings.bad:
        assert bad.rated <= bad.answered <= bad.rated + timedelta(days=21)
        assert bad.answered < bad.revisited


def test_packages_and_parcels_of_august_are_those_of_seed_004(truth: Truth) -> None:
    packages = sheet(truth, "F08.packages", "2022-08")
    told = [packages.value(TOTAL, c) for c in ("steps_before", "steps_after", "done_all")]
    assert (len(packages.rows) - 1, *told) == (145, 2003, 549, 6519)
    assert "环节由2003个压减至549个" in packages.note
    parcels = sheet(truth, "F07.parcels", "2022-08")
    assert sum(r.values["parcels_all"] for r in parcels.rows if r.values["direction"] == OUT) == 116_500


@given(truth=seeds)
@few
def test_no_package_waits_half_a_year(truth: Truth) -> None:
    for package in truth.packages.packages:
        months = list(package.done.values())
        assert min(months) >= 0
        assert all(any(months[i : i + 6]) for i in range(len(months) - 5))


@given(truth=seeds)
@few
def test_scores_are_made_of_their_parts_and_ranked(truth: Truth) -> None:
    for quarter in QUARTERS:
        rows = [r.values for r in sheet(truth, "F25.assessment", quarter).rows]
        assert len(rows) == 46
        for row in rows:
            assert row["score"] == sum(row[part] for part in PARTS) - row["deduct"]
            assert row["rank"] == 1 + sum(other["score"] > row["score"] for other in rows)
            assert all(0 <= row[part] <= most for part, most in PARTS.items())
        assert sum(row["warnings"] for row in rows) == len(truth.assessment.warnings(quarter))


@given(truth=seeds)
@few
def test_last_years_quarter_is_what_was_filed_then(truth: Truth) -> None:
    for quarter in QUARTERS[4:]:
        now, then = sheet(truth, "F25.context", quarter), sheet(truth, "F25.context", shift(quarter, -4))
        for row in now.rows:
            assert row.values["value_ytd_ly"] == then.value(now.key_of(row), "value_ytd")


def test_gdp_of_2021_passed_1500(truth: Truth) -> None:
    assert sheet(truth, "F25.context", "2021Q4").value("地区生产总值(亿元)", "value_ytd") > Decimal(1500)


@given(truth=seeds)
@few
def test_stocks_open_with_what_the_month_before_closed_with(truth: Truth) -> None:
    stocks = [
        ("F04.registered", "open_n", "close_n"),
        ("F07.points", "locker_open", "locker_close"),
        ("F14.tenders", "complaints_open", "complaints_close"),
        ("F19.cases", "open_n", "close_n"),
        ("F19.cases", "funds_open", "funds_close"),
    ]
    for m in truth.periods[1::6]:
        for table, opening, closing in stocks:
            now, before = sheet(truth, table, m), sheet(truth, table, previous(m))
            for row in now.rows:
                assert row.values[opening] == before.value(now.key_of(row), closing)
                assert row.values[closing] >= 0
