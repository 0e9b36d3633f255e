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
    put,
)


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
    ("季度拜访及问题闭环(Q06)、改革进展(Q07)、考核排名(Q08)", "F21、F22、F25 尚未接入"),
    ("结构分析(Q05)、分指标分析(Q02)、分析报告(Q10)", "待相应报表接入后编制"),
    ("疫苗接种等与营商环境无关的数据", "不纳入本表"),
)


def out_of_scope(facts: Facts, quarter: str) -> pl.DataFrame:
    """Q11: what this workbook does not show, and why."""
    return frame([{"what": what, "why": why} for what, why in OUT_OF_SCOPE], what=pl.String, why=pl.String)


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
