from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from catalogue.load import load
from catalogue.sheets import load_touches, load_workbook
from catalogue.texts import wrong_in
from tests.transforms.makers import PERIOD, a_difference, a_made_up_district, a_submission, an_observation, some_facts
from transforms import schedule
from transforms.facts import Facts
from transforms.narrate import (
    NOT_SAID,
    Brief,
    Paragraph,
    Sentence,
    Told,
    number,
    numbers_of,
    rise,
    told_quote,
    write_brief,
    write_text,
)


def brief_of(facts: Facts, *sentences: Sentence) -> Brief:
    paragraphs = (
        (Paragraph("一、试写。", sentences),)
        if sentences
        else next(s.paragraphs for s in load_workbook("monthly") if s.kind == "text")
    )
    frames = {
        "overview": schedule.overview(facts),
        "indicators": schedule.indicators(facts),
        "reports": schedule.reports(facts),
        "differences": schedule.differences(facts),
    }
    return write_brief(facts, paragraphs, frames)


def text_of(facts: Facts, *clauses: str, each: str = "") -> str:
    return str(brief_of(facts, Sentence(clauses, each)).paragraphs["text"].item())


def entities(ytd: object, base: object = None, **more: Any) -> Facts:
    rows = [an_observation("F03.entities.new_ytd", "合计", PERIOD, ytd)]
    rows.append(an_observation("F03.entities.new_ytd_ly", "合计", PERIOD, base))
    return some_facts(rows, **more)


def test_the_paragraph_of_the_seeds_comes_out_word_for_word():
    paragraphs = dict(brief_of(a_made_up_district()).paragraphs.iter_rows())
    assert paragraphs["二、主要指标。"].startswith(
        "1—8月,全区新增市场主体17514户,同比增长42.72%(上年同期12272户,增加5242户);"
        "其中民营企业6824户,同比增长20.71%;个体工商户10506户,同比增长62.13%;其他184户。"
    )


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        ("0.4272", "增长42.72%"),
        ("-0.031", "下降3.10%"),
        ("0.0004", "持平"),
        ("-0.00049", "持平"),
        ("0.0005", "增长0.05%"),
        ("0.12345", "增长12.35%"),
    ],
)
def test_growth_is_told_by_a_word_and_a_rate_without_sign(rate, words):
    assert rise(Decimal(rate)) == words


@pytest.mark.parametrize(
    ("now", "base", "words"),
    [
        (45, 29, "同比增加16户(基数较小)"),
        (45, 30, "同比增长50.00%"),
        (45, 0, "上年同期为零"),
        (20, 25, "同比减少5户(基数较小)"),
    ],
)
def test_a_small_base_bears_no_rate(now, base, words):
    assert text_of(entities(now, base), "{I0301.yoy}") == f"{words}。"


def test_rates_differ_by_percentage_points():
    told = [
        ("online_m", PERIOD, 70),
        ("accept_m", PERIOD, 100),
        ("online_m", "2022-07", 65),
        ("accept_m", "2022-07", 100),
    ]
    facts = some_facts([an_observation(f"F05.cases.{c}", "合计", m, v) for c, m, v in told])
    assert text_of(facts, "网上办件率{I0502.month},比上月{I0502.mom}") == "网上办件率70.00%,比上月上升5.00个百分点。"


def test_a_clause_with_a_missing_figure_is_left_out_and_listed():
    brief = brief_of(entities(17514), Sentence(("全区新增{I0301.ytd}", ",{I0301.yoy}", ",共{I0305.month}")))
    assert brief.paragraphs["text"].item() == "全区新增17514户。"
    assert brief.left_out["missing"].to_list() == ["新增市场主体", "期末实有市场主体"]


def test_a_sentence_without_its_first_figure_is_not_written():
    brief = brief_of(entities(17514), Sentence(("实有{I0305.month}", ",新增{I0301.ytd}")))
    assert brief.paragraphs["text"].item() == "所需数据未报,本段从略(见M15)。"
    assert brief.left_out["text"].to_list() == ["实有[期末实有市场主体]"]


def test_an_empty_month_fills_in_no_zero():
    brief = brief_of(some_facts())
    texts = dict(brief.paragraphs.iter_rows())
    assert texts["二、主要指标。"] == "所需数据未报,本段从略(见M15)。"
    assert "8月报表应报6张、已报0张" in texts["一、总体情况。"]


def test_a_figure_that_an_open_difference_touches_is_to_be_checked():
    rows = [an_observation("F01.summary.amount_ytd", "ZZS_LDTS", PERIOD, 1223000000)]
    doubtful = some_facts(
        rows, differences=[a_difference("R02", difference=Decimal(500000))], touches=load_touches(load())
    )
    assert text_of(doubtful, "退税{I0101.ytd:亿元:2}") == "退税12.23亿元(待核)。"
    assert text_of(some_facts(rows), "退税{I0101.ytd:亿元:2}") == "退税12.23亿元。"


@pytest.mark.parametrize(
    ("state", "cause", "words"),
    [
        ("一致", "", "两方一致"),
        ("时间差", "时间差", "相差50.00万元,系时间差"),
        ("有差异", "未查明", "相差50.00万元,原因未查明"),
    ],
)
def test_the_two_sides_of_the_refunds_are_told_with_their_cause(state, cause, words):
    gap = Decimal(0) if state == "一致" else Decimal(500000)
    facts = some_facts(differences=[a_difference("R02", state=state, cause=cause, difference=gap)])
    assert text_of(facts, "{vat.verdict}") == f"{words}。"


def test_red_lights_tell_target_and_distance():
    text = text_of(entities(9000), "{red.name}目标{red.target}、实际{red.actual},差{red.gap}", each="red_lights")
    assert text == "新增市场主体目标≥24000户、实际9000户,差15000户。"


def test_the_lights_of_the_brief_are_those_of_the_total_of_the_overview():
    facts = a_made_up_district()
    total = schedule.overview(facts).row(-1, named=True)
    told = text_of(facts, "{lights.green}|{lights.yellow}|{lights.red}|{lights.grey}|{lights.tasks}")
    assert told == "|".join(f"{total[c]:.0f}" for c in ("green", "yellow", "red", "grey", "tasks")) + "。"


def test_a_light_that_nothing_was_filed_for_is_told_apart_from_one_without_a_return():
    assert text_of(entities(17514), "{lights.green}|{lights.unreported}|{lights.without}") == "1|14|13。"


def test_old_differences_are_told_with_their_age():
    facts = some_facts(differences=[a_difference("R17", age=4, difference=Decimal(100000)), a_difference("R02", age=2)])
    assert text_of(facts, "{aged.id}差异{aged.difference},已沿用{aged.age}个月", each="aged_differences") == (
        "R17-2022-08-001差异10.00万元,已沿用4个月。"
    )


def test_who_has_not_filed_is_asked_by_a_day():
    filed = [a_submission(f, PERIOD) for f in ("F01", "F02", "F03", "F05", "F09")]
    facts = some_facts(submissions=filed)
    text = text_of(facts, "请{ask.department}于{ask.due}前{ask.matter}", each="asks")
    assert text == "请区金融办于2022年9月17日前补报F10《“银税互动”贷款余额滚动表》。"


def test_what_was_filed_is_told_as_of_the_day_and_figures_as_of_the_end_of_the_month():
    text = brief_of(a_made_up_district()).paragraphs["text"][0]
    assert text.startswith("截至2022年9月14日,8月报表应报6张、已报6张")
    assert "数据截至2022年8月31日,指标灯色24项" in text


def filing(*submissions: Any, day: int = 14) -> str:
    facts = some_facts(submissions=submissions, as_of=datetime(2022, 9, day, 2, 30))
    return text_of(facts, "{reports.due}|{reports.filed}|{reports.late}", "|{reports.in_time}", "|{reports.returned}")


def test_a_return_whose_day_has_not_come_is_neither_in_time_nor_late():
    # By the 6th only F03 and F05 (due on the 5th) had to be there; F05 is not.
    assert filing(a_submission("F03", PERIOD), day=6) == "6|1|1|50.0%|0。"


def test_before_any_day_has_come_there_is_no_share_in_time():
    assert filing(day=1) == "6|0|0|0。"


def test_a_return_sent_back_twice_is_one_return():
    returned = {"hard": 1, "status": "returned"}
    twice = [a_submission("F01", PERIOD, submission=f"x{n}", version=n, **returned) for n in (1, 2)]
    assert filing(*twice).endswith("|1。")


def test_the_office_says_how_many_days_it_gives():
    catalogue = replace(load(), thresholds=replace(load().thresholds, days_to_act=10))
    assert text_of(some_facts(catalogue=catalogue), "{ask.due}", each="asks").startswith("2022年9月24日")


def test_every_number_of_a_sentence_carries_where_it_stands():
    brief = brief_of(entities(17514, 12272), Sentence(("新增{I0301.ytd},{I0301.yoy}",)))
    now, base = (f"F03.entities.{column}|合计|{PERIOD}" for column in ("new_ytd", "new_ytd_ly"))
    assert brief.numbers.select("number", "keys").rows() == [("17514户", [now]), ("42.72%", [now, base])]
    first = numbers_of(entities(17514, 12272), brief).row(0, named=True)
    assert (first["name"], first["file"], first["place"]) == (
        "F03 表1 市场主体 本年累计新设(合计)",
        "F03_jb_202208_V1.xlsx",
        "表1!D5",
    )


def timed(now: object, base: object) -> Facts:
    rows = [("F03.startup.avg_hours", PERIOD, now), ("F03.startup.avg_hours", "2021-08", base)]
    return some_facts([an_observation(series, "", month, value) for series, month, value in rows])


@pytest.mark.parametrize(
    ("now", "base", "words"),
    [
        ("2.7", "2.4", "同比延长0.3小时(12.50%)"),
        ("2.4", "3.2", "同比缩短0.8小时(25.00%)"),
        ("2.4", "2.4", "同比持平"),
    ],
)
def test_a_time_becomes_longer_or_shorter(now, base, words):
    assert text_of(timed(now, base), "{I0307.yoy}") == f"{words}。"


def a_rate(part: int, whole: int) -> Facts:
    told = [
        ("online_m", PERIOD, part),
        ("accept_m", PERIOD, whole),
        ("online_m", "2022-07", 5),
        ("accept_m", "2022-07", 9),
    ]
    return some_facts([an_observation(f"F05.cases.{c}", "合计", m, v) for c, m, v in told])


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(17, 29, "网上办件率29件中17件(基数较小)"), (15, 30, "网上办件率50.00%")],
)
def test_a_rate_of_few_cases_is_told_by_its_counts(part, whole, words):
    assert text_of(a_rate(part, whole), "网上办件率{I0502.month}") == f"{words}。"


def test_a_rate_of_few_cases_is_not_compared():
    assert text_of(a_rate(17, 29), "比上月{I0502.mom}") == "比上月不作比较(基数较小)。"


def test_working_days_are_counted_with_their_measure_word():
    assert number(some_facts(), Decimal("5.39"), "工作日", 1) == "5.4个工作日"


def test_a_clause_about_nothing_is_dropped_and_not_listed_as_missing():
    told = {"late": NOT_SAID, "count": Told("0")}
    paragraphs = [Paragraph("一、试写。", (Sentence(("逾期{x.count}件", ",最长{x.late}天")),))]
    brief = write_text(some_facts(), paragraphs, lambda row, word: told[word[2:]], {}, "M15")
    assert brief.paragraphs["text"].item() == "逾期0件。"
    assert brief.left_out.is_empty()


def test_the_words_before_a_list_are_said_once():
    rows = [{"name": Told(name)} for name in ("甲", "乙")]
    paragraphs = [Paragraph("一、试写。", (Sentence(("{one.name}",), "ones", "新完成两项:"),))]
    brief = write_text(some_facts(), paragraphs, lambda row, word: row[word[4:]], {"ones": rows}, "M15")
    assert brief.paragraphs["text"].item() == "新完成两项:甲;乙。"


def test_what_a_department_wrote_lists_its_numbers():
    assert [part.text for part in told_quote("ML-08压减至3个环节,完成90%", "F22").parts] == ["ML-08", "3", "90%"]


@pytest.mark.parametrize(
    ("clause", "wrong"),
    [
        ("低压小微用户不超过8个工作日", "must be a figure"),
        ("最快{cases.mean}", "最快"),
        ("最长{cases.mean}", "最长"),
        ("平均用时{cases.max}", "平均用时"),
        ("不超过{cases.mean}", "不超过"),
        ("平均用时{cases.mean},最长{cases.max}", ""),
        ("新增市场主体{I0301.ytd}", ""),
    ],
)
def test_fastest_mean_and_limit_do_not_stand_for_one_another(clause, wrong):
    assert wrong in wrong_in(clause)
    assert bool(wrong) == bool(wrong_in(clause))


def test_a_growth_figure_shows_without_sign_and_its_value_too():
    brief = brief_of(entities(9000, 12000), Sentence(("新增{I0301.ytd},{I0301.yoy}",)))
    assert brief.numbers["value"].to_list() == [Decimal(9000), Decimal("0.25")]
    assert brief.paragraphs["text"].item() == "新增9000户,同比下降25.00%。"


def test_sentences_with_a_line_of_their_own_leave_the_next_one_a_line_too():
    rows = [{"name": Told(name)} for name in ("甲", "乙")]
    each = Sentence(("{one.name}",), "ones", lines=True)
    paragraphs = [Paragraph("一、试写。", (Sentence(("首句",)), each, Sentence(("末句",)))), Paragraph("二、", (each,))]
    brief = write_text(some_facts(), paragraphs, lambda row, word: row[word[4:]], {"ones": rows}, "M15")
    assert brief.paragraphs["text"].to_list() == ["首句。\n　　甲。\n　　乙。\n　　末句。", "\n　　甲。\n　　乙。"]
