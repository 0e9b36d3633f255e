"""Q11: what is missing, what is left aside, and what was told otherwise a year ago."""

import polars as pl

from transforms import period as months
from transforms.analyse.quarter import months_held
from transforms.facts import (
    Facts,
    growth,
    year_to_date,
)
from transforms.model import EXACT
from transforms.schedule import (
    department_name,
    describe,
    frame,
    lights_by_hand_in,
    put,
)


def lights_of_quarter(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q11: the lights of the months of the quarter that stand as they were set by hand."""
    return lights_by_hand_in(facts, months_held(facts, quarter))


def missing_returns(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q11: returns of the quarter that were not accepted."""
    rows, accepted = [], pl.col("status").is_in(["accepted", "questions"])
    mine = facts.submissions.filter(pl.col("district") == facts.district.code, accepted)
    filed = set(mine.select("form", "period").iter_rows())
    for month in months_held(facts, quarter):
        for form in map(facts.catalogue.form, facts.district.returns):
            owed = facts.district.owes(form, month)
            if owed and (form.code, owed) not in filed:
                department = department_name(facts, form.department)
                rows.append({"period": owed, "form": form.code, "name": form.name, "department": department})
    return frame(rows, **dict.fromkeys(("period", "form", "name", "department"), pl.String))


OUT_OF_SCOPE = (
    ("市场主体按行业的结构", "报表只按主体类型报送(F03),不载行业"),
    ("指标得分雷达图", "没有一张报表载有各项评价指标可比的得分,其他区县公开的口径、时点不一,不作雷达图"),
    ("各区县之间的排名", "只与已公开、口径相同的数对照(Q02),不排名"),
    ("疫苗接种等与营商环境无关的数据", "不纳入本表"),
)


def out_of_scope(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q11: what this workbook does not show, and why."""
    without = "、".join(one.name for one in facts.catalogue.evaluation if not one.core)
    told = ((without, "现行报表不载其核心数,列为“尚无报表”"), *OUT_OF_SCOPE) if without else OUT_OF_SCOPE
    rows = [{"number": str(n), "what": what, "why": why} for n, (what, why) in enumerate(told, start=1)]
    return frame(rows, number=pl.String, what=pl.String, why=pl.String)


def last_year_versions(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q11: 上年同期 as it is told now and as it was filed a year ago, where the two differ."""
    rows = []
    held = months_held(facts, quarter)
    for indicator in facts.indicators:
        if not indicator.ytd_last_year or not held:
            continue
        told = facts.figure(indicator.ytd_last_year, indicator.item, held[-1])
        filed = year_to_date(facts, indicator, months.year_ago(held[-1]))
        if told.value is None or filed.value is None or told.value == filed.value:
            continue
        row = describe(indicator)
        put(row, "filed", filed)
        put(row, "told", told)
        put(row, "change", growth(told, filed))
        rows.append(row)
    texts = dict.fromkeys(("code", "name", "unit"), pl.String)
    return frame(rows, **texts, decimals=pl.Int64, **dict.fromkeys(("filed", "told", "change"), EXACT))
