from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.transforms.ledgers import facts_of
from tests.transforms.makers import PERIOD, an_observation
from tests.transforms.test_schedule import row_of
from transforms import schedule
from transforms.facts import Facts

RATINGS = "\ndept_code channel ratable_m rated_m active_rated_m g5 g4 g3 g2 g1\n"
PARCELS = "\ndept_code direction parcels_m\n"
STATIONS = "\nstation_code mode services_m services_ytd projects_n undone_in undone_done\n"
CASES = ("accept_m", "done_m", "close_n", "online_m", "onewin_m", "instant_m", "late_m")


def told(cases: Mapping[str, tuple[int, ...]], ledgers: Mapping[str, str] | None = None, **changes: Any) -> Facts:
    """Facts with the cases of departments in the order of CASES, and other returns."""
    rows = [
        an_observation(f"F05.cases.{column}", code, PERIOD, value)
        for code, values in cases.items()
        for column, value in zip(CASES, values, strict=True)
    ]
    return facts_of(ledgers or {}, empty=("F05",), observations=rows, **changes)


TAX, POLICE = (100, 90, 5, 80, 95, 60, 1), (300, 300, 9, 150, 200, 100, 0)


def test_the_lowest_share_online_comes_first_and_the_total_is_the_sum_of_numerators_over_that_of_denominators():
    shown = schedule.services(told({"tax": TAX, "police": POLICE}))
    assert shown["department"].to_list() == ["区公安分局", "区税务局", "合计"]
    assert shown["online_rate"].to_list() == [Decimal("0.5"), Decimal("0.8"), Decimal("0.575")]
    assert shown["instant_rate"].to_list()[-1] == Decimal("0.41025641")


def test_ratings_are_summed_over_their_channels_and_name_the_cells():
    ratings = RATINGS + "tax 短信 50 40 30 30 5 1 3 1\ntax 电话 10 10 8 6 4 0 0 0\n"
    row = row_of(schedule.services(told({"tax": TAX}, {"F06.ratings": ratings})), department="区税务局")
    assert [row[c] for c in ("ratable", "active", "rated", "good", "bad")] == [60, 38, 50, 46, 4]
    assert (row["good_rate"], row["active_rate"]) == (Decimal("0.92"), Decimal("0.63333333"))
    assert row["bad|src"] == ["F06.ratings.g2|行5-6|2022-08", "F06.ratings.g1|行5-6|2022-08"]


def test_a_department_without_parcels_has_none_told_and_does_not_spoil_the_total():
    parcels = PARCELS + "police 寄出结果 7\npolice 寄入材料 2\n"
    shown = schedule.services(told({"tax": TAX, "police": POLICE}, {"F07.parcels": parcels}))
    assert shown["parcels"].to_list() == [9, None, 9]
    assert shown["parcels|why"].to_list() == [None, "—", None]


def test_a_return_that_was_not_filed_is_unreported_in_every_row_and_the_others_stand():
    shown = schedule.services(told({"tax": TAX}, more=("F06",)))
    assert shown["accept"].to_list() == [100, 100]
    assert shown["good_rate|why"].to_list() == ["未报", "未报"]
    empty = schedule.services(facts_of({}, more=("F05",)))
    assert empty.select("department", "accept|why", "online_rate|why").rows() == [("合计", "未报", "未报")]


def test_the_chart_sets_each_share_beside_the_target_and_the_whole_district_last():
    shown = schedule.online_shares(told({"tax": TAX, "police": POLICE}))
    assert shown["department"].to_list() == ["区公安分局", "区税务局", "全区"]
    assert set(shown["target"]) == {Decimal("0.7")}
    assert shown["gap"].to_list() == [-20, 10, Decimal("-12.5")]


def test_the_help_of_a_station_is_told_by_mode():
    lines = "JB02 延时 5 50 2 1 1\nJB02 上门 3 30 1 0 0\nJB01 预约 4 40 1 0 0\n"
    shown = schedule.town_services(facts_of({"F08.stations": STATIONS + lines}))
    assert shown["station"].to_list() == ["华新街街道公共服务中心", "江北城街道公共服务中心", "合计"]
    second = shown.to_dicts()[1]
    assert [second[c] for c in ("late_hours", "visits", "services", "ytd", "undone_in")] == [5, 3, 8, 80, 1]
    assert (second["shifted"], second["shifted|why"]) == (None, "—")
    assert shown.to_dicts()[-1]["appointed"] == 4
    assert schedule.town_services(facts_of({}, more=("F08",)))["services|why"].to_list() == ["未报"]
