from decimal import Decimal

from tests.transforms.ledgers import facts_of
from tests.transforms.test_schedule import row_of
from transforms import schedule

HEAD = "\nledger_id lead_dept target_text target_value actual_value due_date state progress progress_note evidence\n"
MARKET = "ML-01 market_reg · · · 2022-12-31"


def plan(*lines: str) -> dict[str, str]:
    return {"F22.measures": HEAD + "\n".join(lines) + "\n"}


def test_every_measure_of_the_plan_has_its_row_and_one_that_was_not_told_is_unreported():
    shown = schedule.measures(facts_of(plan(f"{MARKET} 已完成 100 · 文1")))
    assert shown["code"].to_list() == [f"ML-{n:02d}" for n in range(1, 53)]
    assert shown["state"].to_list() == ["已完成"] + ["未报"] * 51
    assert shown["light"].to_list() == ["蓝"] + ["灰"] * 51


def test_a_ledger_that_was_not_filed_is_unreported_and_counts_nothing():
    facts = facts_of({}, more=("F22",))
    assert set(schedule.measures(facts)["state"]) == {"未报"}
    assert schedule.measure_counts(facts) == {
        "已完成": 0, "推进中": 0, "滞后": 0, "逾期": 0, "未启动": 0, "未报": 52,
    }  # fmt: skip
    last = schedule.measures_by_lead(facts).to_dicts()[-1]
    assert (last["tasks"], last["done"], last["done|why"], last["overdue"]) == (52, None, "未报", None)


def test_a_district_without_the_reform_ledger_has_no_measures():
    facts = facts_of({"F05.cases": "\ndept_code accept_m\ntax 1\n"})
    assert schedule.measures(facts).height == 0
    assert schedule.measures_by_lead(facts).height == 0
    assert schedule.measure_counts(facts) == {}


def test_a_measure_of_two_leads_is_as_far_as_the_slower_of_them():
    facts = facts_of(
        plan(
            "ML-08 urban_management · · · 2022-12-31 滞后 60 慢 ·",
            "ML-08 econ_info · · · 2022-12-31 已完成 100 快 文8",
        )
    )
    row = row_of(schedule.measures(facts), code="ML-08")
    assert (row["state"], row["light"], row["progress"]) == ("滞后", "黄", Decimal("0.6"))
    assert row["note"] == "区城管局:慢;区经济信息委:快"
    assert row["evidence"] == "区经济信息委:文8"
    assert row["progress|src"] == ["F22.measures.progress|行5|2022-08"]


def test_a_measure_of_two_leads_is_not_done_while_one_of_them_is_silent():
    facts = facts_of(plan("ML-08 econ_info · · · 2022-12-31 已完成 100 快 文8"))
    assert row_of(schedule.measures(facts), code="ML-08")["state"] == "未报"


def test_leads_with_targets_of_their_own_are_not_thrown_together():
    facts = facts_of(
        plan(
            "ML-06 urban_management 用水9日 9 7 2022-12-31 推进中 80 a ·",
            "ML-06 econ_info 用电8日 8 6 2022-12-31 推进中 90 b ·",
        )
    )
    row = row_of(schedule.measures(facts), code="ML-06")
    assert row["target"] == "区城管局:用水9日(当前7);区经济信息委:用电8日(当前6)"
    assert (row["current"], row["current|why"]) == (None, "见目标")


def test_what_is_due_and_not_done_is_overdue_whatever_is_told():
    facts = facts_of(plan("ML-22 gov_service · · · 2022-08-30 推进中 90 a ·"))
    row = row_of(schedule.measures(facts), code="ML-22")
    assert (row["state"], row["light"]) == ("逾期", "红")


def test_a_measure_not_begun_has_the_light_of_its_deadline():
    far, near = (
        row_of(schedule.measures(facts_of(plan(f"ML-01 market_reg · · · {due} 未启动 0 · ·"))), code="ML-01")["light"]
        for due in ("2022-09-16", "2022-09-15")
    )
    assert (far, near) == ("绿", "黄")


def test_the_assignments_of_the_plan_are_55_and_its_measures_52():
    total, distinct = schedule.measures_by_lead(facts_of(plan(f"{MARKET} 已完成 100 · 文1"))).to_dicts()[-2:]
    assert (total["tasks"], total["kind"]) == (55, "total")
    assert (distinct["tasks"], distinct["done"], distinct["unreported"]) == (52, 1, 51)


def test_a_count_names_the_cells_that_were_counted():
    facts = facts_of(plan(f"{MARKET} 已完成 100 · 文1", "ML-02 market_reg · · · 2022-12-31 推进中 50 a ·"))
    row = row_of(schedule.measures_by_lead(facts), department="区市场监管局")
    assert (row["tasks"], row["done"], row["ongoing"], row["unreported"]) == (13, 1, 1, 11)
    assert row["done|src"] == ["F22.measures.state|行5-6|2022-08"]
    assert facts.places(row["done|src"])["F22.measures.state|行5-6|2022-08"]["cell"] == "K5:K6"
