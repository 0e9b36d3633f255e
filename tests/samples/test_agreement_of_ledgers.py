"""The ledgers of the sample agree with each other and with the other returns (reporting-system.md, §3)."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.load import load
from samples.derive import derive
from samples.filing import Row, Sheet
from samples.truth import PERIODS, Truth, make_truth
from transforms.model import RowKind
from transforms.period import first_day, last_day, previous

AUGUST = "2022-08"
seeds = st.integers(0, 10**6).map(make_truth)
few = settings(max_examples=2, deadline=None)


def sheet(truth: Truth, table: str, period: str = AUGUST) -> Sheet:
    return next(s for s in derive(truth, table[:3], period) if s.table.code == table)


def rows(truth: Truth, table: str, period: str = AUGUST) -> list[Row]:
    return [row for row in sheet(truth, table, period).rows if row.kind is RowKind.DATA]


def paid(truth: Truth, kind: str, period: str) -> Decimal:
    """Paid out under a kind of award in a month, 万元 (F23)."""
    awards = [r.values for r in rows(truth, "F23.awards", period) if r.values["award_kind"] == kind]
    return sum((a["paid"] for a in awards if a["paid_on"] and a["paid_on"] >= first_day(period)), start=Decimal(0))


@pytest.mark.parametrize("period", PERIODS[1:])
def test_seals_and_parcels_are_paid_in_the_month_after(truth: Truth, period: str) -> None:
    """R08 and R12."""
    before = previous(period)
    seals = sheet(truth, "F03.startup", before).rows[0].values["seal_cost"]
    parcels = sum(r.values["paid_amount"] for r in rows(truth, "F07.parcels", before))
    assert paid(truth, "免费刻章", period) == seals / 10_000
    assert abs(paid(truth, "寄递付费", period) - parcels / 10_000) <= Decimal("0.005")


@given(truth=seeds)
@few
def test_issues_of_ratings_windows_and_warnings_are_those_that_were_told_there(truth: Truth) -> None:
    """R14, R15 and R30."""
    for m in PERIODS:
        issues = [r.values for r in rows(truth, "F21.issues", m) if r.values["received_on"] >= first_day(m)]
        numbers = {
            source: {i["issue_no"] for i in issues if i["source"] == source}
            for source in ("差评", "办不成事", "电子监察")
        }
        assert numbers["差评"] == {b.issue_no for b in truth.ratings.bad_ratings(m)}
        assert numbers["办不成事"] == {u.issue_no for u in truth.packages.undone(m)}
        assert numbers["电子监察"] == {w.issue_no for w in truth.assessment.warnings(m)}


@given(truth=seeds)
@few
def test_technology_loans_are_loans_of_the_centre(truth: Truth) -> None:
    """R19."""
    told = {r.values["loan_no"]: r.values for r in rows(truth, "F09.loans")}
    mine = [r.values for r in rows(truth, "F11.loans")]
    assert len(mine) > 60
    for loan in mine:
        other = told[loan["loan_no"]]
        assert all(loan[c] == other[c] for c in ("uscc", "bank_code", "drawdown_date", "amount", "balance"))


@given(truth=seeds)
@few
def test_what_flows_into_the_pools_was_paid_by_the_treasury(truth: Truth) -> None:
    """R20."""
    for m in PERIODS[1:]:
        now, before = (
            {r.values["product"]: r.values["pool_in"] for r in rows(truth, "F11.pools", x)} for x in (m, previous(m))
        )
        told = {
            r.values["policy"].removesuffix("风险资金池注资"): r.values["paid"]
            for r in rows(truth, "F23.awards", m)
            if r.values["policy"].endswith("注资") and (r.values["paid_on"] or last_day(m)) >= first_day(m)
        }
        assert {p: now[p] - before[p] for p in now if now[p] != before[p]} == told


@given(truth=seeds)
@few
def test_a_project_starts_with_its_permit_and_its_utilities(truth: Truth) -> None:
    """R21 and R22, project by project in the month in which it starts."""
    started = 0
    for m in PERIODS:
        applied = [r.values for r in rows(truth, "F12.applications", m)]
        for project in (r.values for r in rows(truth, "F20.projects", m)):
            if project["start_date"] and project["start_date"] >= first_day(m):
                started += 1
                mine = [a for a in applied if a["project_no"] == project["project_no"]]
                assert {a["utility"] for a in mine} == {"水", "电", "气"}
                assert all(a["uscc"] == project["uscc"] for a in mine)
    assert started > 30
    permits = {a.project: a.done for a in truth.construction.approvals if a.stage == "施工许可"}
    for project in truth.investment.projects:
        if project.ended is None:
            assert permits[project.number] <= project.started


@given(truth=seeds)
@few
def test_every_registered_project_has_an_officer_and_numbers_its_issue(truth: Truth) -> None:
    """R28."""
    for m in (PERIODS[5], AUGUST):
        pairs = {r.values["uscc"] for r in rows(truth, "F21.pairs", m)}
        issues = {r.values["issue_no"]: r.values for r in rows(truth, "F21.issues", m)}
        for project in (r.values for r in rows(truth, "F20.projects", m)):
            assert project["uscc"] is None or project["uscc"] in pairs
            if project["issue_no"]:
                issue = issues[project["issue_no"]]
                assert (issue["uscc"], issue["done_on"]) == (project["uscc"], None)


@given(truth=seeds)
@few
def test_job_keeping_is_what_the_treasury_paid(truth: Truth) -> None:
    """R26."""
    for m in ("2021-12", AUGUST):
        told = sheet(truth, "F18.indicators", m).value("稳岗补贴", "subsidy")
        months = [p for p in PERIODS if p[:4] == m[:4] and p <= m]
        assert told == sum(paid(truth, "稳岗补贴", p) for p in months)


@given(truth=seeds)
@few
def test_the_register_of_objects_is_that_of_the_entities(truth: Truth) -> None:
    """R29: within 5%."""
    for m in PERIODS:
        stock = sheet(truth, "F03.entities", m).value("合计", "close_n")
        for task in rows(truth, "F17.tasks", m):
            assert abs(task.values["objects_n"] - stock) * 20 <= stock


def test_the_reform_ledger_tells_what_the_other_returns_tell(truth: Truth) -> None:
    """R31, and the 55 rows of the plan."""
    ledger = {(r.values["ledger_id"], r.values["lead_dept"]): r.values for r in rows(truth, "F22.measures")}
    assert len(ledger) == 55
    assert len({measure for measure, _ in ledger}) == len(load().measures) == 52
    rates, labour = sheet(truth, "F17.rates"), sheet(truth, "F18.indicators")
    assert ledger["ML-32", "区市场监管局"]["actual_value"] == rates.value("信用码户数", "value") >= 2000
    assert ledger["ML-39", "区人力社保局"]["actual_value"] == labour.value("服务新注册企业", "value_ytd")
    assert ledger["ML-40", "区人力社保局"]["actual_value"] == labour.value("失业待遇", "avg_days")
    days = [r.values for r in rows(truth, "F12.applications") if r.values["user_days"] is not None]
    longest = max(a["user_days"] for a in days if (a["utility"], a["user_class"]) == ("电", "低压小微"))
    assert ledger["ML-06", "区经济信息委"]["actual_value"] == longest


@given(truth=seeds)
@few
def test_no_two_payments_share_a_voucher(truth: Truth) -> None:
    """R25 joins by it."""
    vouchers = [p.treasury_no for c in truth.procurement.contracts for p in c.payments]
    vouchers += [a.treasury_no for a in truth.awards.awards]
    assert len(set(vouchers)) == len(vouchers)
