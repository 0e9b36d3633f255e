"""Q02 and Q10: the texts of the quarter sentence by sentence."""

from decimal import Decimal
from typing import Any

import pytest

from catalogue.benchmarks import load_benchmarks
from catalogue.declarations import CatalogueError
from catalogue.load import load
from tests.transforms.ledgers import facts_of
from tests.transforms.makers import a_finding, a_made_up_district, an_observation, some_facts
from transforms import analyse, schedule
from transforms.analyse.benchmarks import Benchmark, best_known
from transforms.analyse.blocks import TO_ADD, explanations
from transforms.analyse.report import resolve, target_told
from transforms.facts import Facts
from transforms.narrate import Cases, Paragraph, Sentence

QUARTER = "2022Q2"
JUNE = "2022-06"
POWER = Cases("F12.applications", "connect_date", "user_days", "target_days", "工作日", {"utility": "电"})
HEADER = "apply_no utility connect_date user_days target_days"


def about(facts: Facts, quarter: str = QUARTER, benchmarks: tuple[Benchmark, ...] = ()) -> analyse.Quarter:
    frames = {name: facts.once(schedule.FRAMES[name]) for name in ("overview", "indicators", "reports")}
    frames |= {"quarter_overview": analyse.FRAMES["quarter_overview"](facts, quarter)}
    return analyse.Quarter(facts, quarter, frames, benchmarks)


def said(quarter: analyse.Quarter, *clauses: str, of: str = "E01", cases: Cases | None = None) -> str:
    paragraph = Paragraph("试。", (Sentence(clauses),), of, cases)
    return str(analyse.write_blocks(quarter, [paragraph]).paragraphs["text"].item())


def power(days: list[int], last_year: list[int]) -> analyse.Quarter:
    def lines(month: str, told: list[int]) -> str:
        rows = [f"D{month}{n} 电 {month}-{n % 28 + 1:02d} {value} 8" for n, value in enumerate(told)]
        return "\n".join(("", HEADER, *rows, ""))

    told = {m: lines(m, days if m == JUNE else []) for m in ("2022-04", "2022-05", JUNE)}
    told |= {m: lines(m, last_year if m == "2021-06" else []) for m in ("2021-04", "2021-05", "2021-06")}
    return about(facts_of({"F12.applications": told}, period=JUNE))


PATTERN = (
    "{quarter}接电{cases.n},平均用时{cases.mean}",
    ",同比{cases.shorter}",
    ";最长{cases.max},{cases.kept}",
)


def test_the_block_of_the_power_supply_tells_mean_longest_and_those_over_the_limit():
    quarter = power([5] * 35 + [9] * 5, [6] * 40)
    assert said(quarter, *PATTERN, cases=POWER) == (
        "二季度接电40件,平均用时5.5个工作日,同比缩短0.5个工作日(8.33%);最长9个工作日,5件超过8个工作日限时(占12.50%)。"
    )


def test_few_cases_bear_no_rate():
    quarter = power([5] * 10 + [9], [6] * 12)
    assert said(quarter, *PATTERN, cases=POWER) == (
        "二季度接电11件,平均用时5.4个工作日,同比缩短0.6个工作日(基数较小);最长9个工作日,1件超过8个工作日限时。"
    )


def test_where_all_are_in_time_that_is_said():
    assert said(power([5] * 39 + [8], [6] * 40), "{cases.kept}", cases=POWER) == "均未超过8个工作日限时。"


def test_without_last_year_the_clause_is_left_out():
    assert said(power([5] * 40, []), *PATTERN, cases=POWER).startswith("二季度接电40件,平均用时5.0个工作日;最长")


def entities(now: tuple[int, ...], base: tuple[int, ...]) -> Facts:
    months = ("2022-04", "2022-05", JUNE, "2021-04", "2021-05", "2021-06")
    rows = [an_observation("F03.entities.new_m", "合计", m, v) for m, v in zip(months, (*now, *base), strict=True)]
    return some_facts(rows, period=JUNE)


def test_a_core_figure_is_told_over_the_quarter_with_last_years():
    text = said(
        about(entities((10, 20, 30), (10, 10, 20))), "{quarter}{core.q},{core.yoy}(上年同季{core.last_year})", of="E18"
    )
    assert text == "二季度60户,同比增长50.00%(上年同季40户)。"


def test_an_average_that_is_told_by_the_month_is_that_of_the_last_one_and_says_so():
    rows = [an_observation("F03.startup.avg_hours", "", m, v) for m, v in (("2022-04", 9), ("2022-05", 9), (JUNE, 3))]
    text = said(about(some_facts(rows, period=JUNE)), "{core.when}{core.name}{core.q}", of="E01")
    assert text == "6月企业开办平均用时3.0小时。"


def test_an_indicator_without_a_return_says_that_it_is_left_out():
    assert said(about(some_facts(period=JUNE)), "{quarter}{core.q}", of="E07") == "所需数据未报,本段从略(见Q11)。"


def test_a_quarter_that_is_not_over_is_told_with_its_months():
    facts = a_made_up_district()
    assert said(about(facts, "2022Q3"), "{quarter}") == "三季度(7—8月)。"


def test_a_target_is_told_in_words():
    known = {i.code: i for i in load().indicators}
    facts = some_facts()
    assert target_told(facts, known["I0502"]).text == "目标值不低于70.00%"
    assert target_told(facts, known["I0307"]).text == "目标值不超过4.0小时"
    assert target_told(facts, known["I0301"]).text == "年度目标不低于24000户"


def a_benchmark(district: str, value: str, indicator: str = "I0502") -> Benchmark:
    return Benchmark(indicator, district, Decimal(value), 2, "2022年", "公开报告", f"达{value}")


def test_a_district_is_held_against_the_best_of_the_others():
    known = {i.code: i for i in load().indicators}
    told = [a_benchmark("cd", "0.7"), a_benchmark("bn", "0.8"), a_benchmark("jb", "0.99")]
    assert best_known(some_facts(), known["I0502"], told) == told[1]
    times = [a_benchmark(district, value, "I0307") for district, value in (("cd", "3"), ("bn", "2"))]
    assert best_known(some_facts(), known["I0307"], times) == times[1]
    assert best_known(some_facts(), known["I0301"], told) is None


def blocks(facts: Facts, benchmarks: tuple[Benchmark, ...] = ()) -> dict[str, dict[str, Any]]:
    overview = analyse.FRAMES["quarter_overview"](facts, QUARTER)
    told = analyse.indicator_blocks(facts, QUARTER, overview, {"E01": "试写。"}, benchmarks)
    return {row["name"]: row for row in told.to_dicts()}


def online(shares: tuple[int, ...]) -> Facts:
    months = ("2022-04", "2022-05", JUNE)
    rows = [an_observation("F05.cases.online_m", "合计", m, v) for m, v in zip(months, shares, strict=True)]
    rows += [an_observation("F05.cases.accept_m", "合计", m, 100) for m in months]
    return some_facts(rows, period=JUNE)


def test_the_distance_of_a_rate_is_told_in_points():
    row = blocks(online((60, 70, 80)), (a_benchmark("cd", "0.75"),))["政务服务"]
    assert (row["now"], row["gap"], row["behind"]) == (Decimal("0.7"), 0, -5)
    assert row["benchmark"] == "常德经开区(2022年,达0.75)"


def test_a_yearly_target_is_not_held_against_a_quarter():
    row = blocks(entities((10, 20, 30), (1, 1, 1)))["包容普惠创新"]
    assert (row["gap"], row["gap|why"]) == (None, "—")


def test_nothing_is_made_up_where_nothing_was_told():
    row = blocks(some_facts(period=JUNE))["开办企业"]
    assert (row["cause"], row["measures"], row["responsible"]) == (TO_ADD, TO_ADD, TO_ADD)
    assert row["benchmark"] == "暂无"
    assert row["text"] == "试写。"


MEASURES = """
ledger_id be_indicator title lead_dept due_date state next_step issue_no
ML-08 E03 优化办理方式 econ_info 2022-12-31 推进中 压减环节。 ·
ML-08 E03 优化办理方式 urban_management 2022-12-31 推进中 压减环节。 ·
ML-09 E03 公开标准 econ_info 2022-09-30 滞后 · W7
ML-10 E03 已做完的 econ_info 2022-06-30 已完成 不再列。 ·
"""


def test_causes_and_measures_are_those_of_the_reform_ledger():
    row = blocks(facts_of({"F22.measures": {JUNE: MEASURES}}, period=JUNE))["获得电力"]
    assert row["cause"] == "“公开标准”存在问题W7"
    assert row["measures"] == "ML-08优化办理方式:压减环节"
    assert row["responsible"] == "区经济信息委、区城管局"
    assert str(row["due"]) == "2022-12-31"


def test_what_is_said_of_a_record_is_not_circulated():
    told = [
        a_finding("W08", "F05.cases", "网上办件率下降", form="F05", period=JUNE, explanation="系统升级停办三天。"),
        a_finding("W08", "F01.refunds", "退税", form="F01", period=JUNE, explanation="某公司退税。"),
    ]
    facts = some_facts(findings=told, period=JUNE)
    assert explanations(facts, QUARTER, "F05") == ["系统升级停办三天"]
    assert explanations(facts, QUARTER, "F01") == []


def test_an_unknown_word_is_missing_and_not_an_error():
    assert resolve(about(some_facts(period=JUNE)), {"paragraph": Paragraph("试。", ())}, "nothing.such") is None


def test_the_benchmarks_of_the_catalogue_are_read(tmp_path):
    assert {b.indicator for b in load_benchmarks(load())} == {"I0104", "I0502"}
    path = tmp_path / "benchmarks.yaml"
    path.write_text(
        "- {indicator: I0502, district: zz, value: '1', decimals: 0, when: 今, source: 试, basis: 试}\n",
        encoding="utf-8",
    )
    with pytest.raises(CatalogueError, match=r"benchmarks\.yaml:1: unknown district “zz”"):
        load_benchmarks(load(), path)
