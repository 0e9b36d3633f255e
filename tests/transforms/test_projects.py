from datetime import date
from decimal import Decimal

from tests.transforms.ledgers import facts_of
from tests.transforms.test_schedule import row_of
from transforms import schedule
from transforms.facts import Facts

HEAD = (
    "\nproject_no project_name sign_date contract_amount currency start_date operate_date stage paid_all last_track\n"
)
STEPS = "\nproject_no step_no step_name planned_date actual_date\n"


def ledger(projects: list[str], steps: list[str]) -> Facts:
    told = {"F20.projects": HEAD + "".join(f"{line}\n" for line in projects)}
    return facts_of(told | {"F20.countdown": STEPS + "".join(f"{line}\n" for line in steps)})


def under_way(number: str, amount: str = "1", currency: str = "CNY") -> str:
    return f"{number} 甲{number} 2022-01-10 {amount} {currency} · · 拿地 0.5 2022-08-30"


def test_red_comes_first_then_yellow_and_green_and_what_is_in_operation_and_ended_after_them():
    facts = ledger(
        [
            "ended 甲 2022-01-10 9 CNY · · 终止 0 2022-08-30",
            "operating 甲 2021-01-10 9 CNY 2021-06-01 2022-01-01 投产 9 2022-01-01",
            under_way("green"), under_way("yellow"), under_way("red"), under_way("grey"),
        ],
        ["green 1 开工 2022-09-16 ·", "yellow 1 开工 2022-09-15 ·", "yellow 2 投产 2023-09-15 ·", "red 1 开工 2022-08-30 ·"],
    )  # fmt: skip
    shown = schedule.projects(facts)
    assert shown["number"].to_list() == ["red", "yellow", "green", "operating", "grey", "ended"]
    assert shown["light"].to_list() == ["红", "黄", "绿", "蓝", "灰", ""]
    assert shown["days_left"].to_list() == [-1, 15, 16, None, None, None]


def test_within_a_light_the_largest_contract_comes_first_and_currencies_are_not_compared():
    facts = ledger(
        [under_way("a", "1"), under_way("b", "900", "USD"), under_way("c", "3"), under_way("d", "2")],
        [f"{one} 1 开工 2022-12-01 ·" for one in "abcd"],
    )
    assert schedule.projects(facts)["number"].to_list() == ["c", "d", "a", "b"]


def test_amounts_of_several_currencies_are_never_added():
    facts = ledger([under_way("a", "1.2345"), under_way("b", "2", "USD"), under_way("c", "3")], [])
    by_currency = schedule.projects_by_currency(facts)
    assert row_of(by_currency, currency="人民币")["amount"] == Decimal("423450000")
    assert row_of(by_currency, currency="美元")["amount"] == Decimal("200000000")
    total = row_of(by_currency, currency="合计")
    assert (total["projects"], total["amount"], total["amount|why"], total["paid"]) == (3, None, "—", None)


def test_a_single_currency_has_its_total_with_the_cells_of_all_its_contracts():
    total = row_of(schedule.projects_by_currency(ledger([under_way("a"), under_way("b")], [])), currency="合计")
    assert total["amount"] == Decimal("200000000")
    assert total["amount|src"] == ["F20.projects.contract_amount|行5-6|2022-08"]
    assert total["paid_share"] == Decimal("0.5")


def strip_of(facts: Facts, number: str) -> list[str]:
    row = row_of(schedule.projects(facts), number=number)
    return [row[f"g{n:02d}"] for n in range(12)]


def test_the_strip_shows_what_was_and_what_is_planned_in_words_of_their_own():
    facts = ledger(
        ["a 甲 2022-04-10 1 CNY · · 拿地 0 2022-08-30", "b 乙 2021-01-10 1 CNY 2022-05-01 · 开工 0 2022-08-30"],
        ["a 1 施工许可 2022-10-20 ·", "a 2 投产达效 2023-02-10 ·", "b 1 投产达效 2022-11-30 ·"],
    )
    assert strip_of(facts, "a") == ["", "签", "签", "签", "签", "签", "签", "拟建", "拟建", "拟建", "拟建", "拟产"]
    assert strip_of(facts, "b") == ["签", "签", *["建"] * 6, *["拟产"] * 4]


def test_a_plan_that_was_not_kept_shows_no_building_in_the_past():
    facts = ledger([under_way("a")], ["a 1 施工许可 2022-06-01 ·", "a 2 投产 2023-12-01 ·"])
    assert strip_of(facts, "a") == [*["签"] * 6, *["拟建"] * 6]


def test_an_ended_project_has_no_strip():
    assert set(strip_of(ledger(["a 甲 2022-01-10 9 CNY · · 终止 0 2022-08-30"], []), "a")) == {""}


def test_the_months_of_the_strip_run_from_five_before_to_six_after():
    words = schedule.strip_words("2022-01")
    assert (words["g00"], words["g05"], words["g11"]) == ("21-08", "22-01", "22-07")


def test_the_chart_has_the_days_of_what_is_under_way():
    facts = ledger(
        [under_way("a"), "b 乙 2021-01-10 9 CNY 2021-06-01 2022-01-01 投产 9 2022-01-01"],
        ["a 1 施工许可 2022-06-01 ·", "a 2 投产 2022-12-01 ·", "b 1 投产 2022-01-01 2022-01-01"],
    )
    (row,) = schedule.project_gantt(facts).to_dicts()
    assert (row["name"], row["signed"]) == ("甲a", date(2022, 1, 10))
    assert (row["preparing"], row["building"]) == (142, 183)
    assert row["building|src"] == ["F20.countdown.planned_date|行5-6|2022-08"]


def test_a_ledger_that_was_not_filed_is_unreported():
    facts = facts_of({}, more=("F20",))
    assert schedule.projects(facts).select("name", "stage", "light").rows() == [("未报", "未报", "灰")]
    for row in schedule.projects_by_currency(facts).iter_rows(named=True):
        assert (row["projects"], row["projects|why"], row["amount|why"]) == (None, "未报", "未报")
    assert schedule.project_gantt(facts).select("name", "preparing|why").rows() == [("未报", "未报")]
