"""The quarterly analysis workbook: 江北区优化营商环境季度分析(2022年三季度).xlsx."""

import polars as pl

from catalogue.sheets import load_workbook
from transforms import analyse, narrate, schedule
from transforms import period as months
from transforms.facts import Facts
from workbooks.monthly import edition_text, with_touches
from workbooks.publication import Earlier, Edition, build


def quarterly_name(facts: Facts, quarter: str, edition: int = 1) -> str:
    """江北区优化营商环境季度分析(2022年三季度).xlsx; (未满季) while the quarter is not over; (第2版) later on."""
    so_far = "(未满季)" if analyse.unfinished(facts, quarter) else ""
    return f"{facts.district.name}优化营商环境季度分析({months.chinese(quarter)}){so_far}{edition_text(edition)}.xlsx"


def build_quarterly(facts: Facts, quarter: str, edition: int = 1, earlier: Earlier | None = None) -> bytes:
    """The workbook of `quarter` (YYYYQn) as bytes; the same facts give the same bytes."""
    return make_quarterly(facts, quarter, edition, earlier).data


def make_quarterly(facts: Facts, quarter: str, edition: int = 1, earlier: Earlier | None = None) -> Edition:
    """The workbook of `quarter`.

    The months after the quarter are left aside; a quarter that is not over is made of the months that it holds.

    Args:
        earlier: the edition before: what is told otherwise now is shown in Q11, cell by cell in Q12.
    """
    facts = with_touches(facts.at(min(facts.period, months.months_of(quarter)[-1])))
    span = analyse.trend_span(facts)
    told = analyse.quarter_words(facts, quarter)
    month_names = {f"month{n}": f"{months.split(m)[1]}月" for n, m in enumerate(months.months_of(quarter), start=1)}
    words = {
        "district": facts.district.name,
        "quarter": told,
        "period": told,
        "trend": f"{span[0]}至{span[-1]}",
        "as_of": f"{facts.as_of:%Y-%m-%d %H:%M}",
        "digest": facts.catalogue.digest,
        **month_names,
        **analyse.heading_words(facts),
    }
    cover = [
        ("季度", told),
        ("编制单位", facts.district.office),
        ("编制日期", narrate.chinese_day(facts.as_of.date())),
        ("签发人", ""),
        ("数据截止日", narrate.chinese_day(months.last_day(facts.period))),
        ("版本", f"第{edition}版(截至{words['as_of']}已受理数据)"),
    ]
    frames = quarterly_frames(facts, quarter, earlier.changes if earlier else None)
    return build(facts, load_workbook("quarterly"), frames, words, cover, earlier=earlier)


def quarterly_frames(facts: Facts, quarter: str, changes: pl.DataFrame | None) -> dict[str, pl.DataFrame]:
    """Every frame that quarterly.yaml names: of the quarter, else of its last month."""
    named = {block.frame for sheet in load_workbook("quarterly") for block in sheet.blocks}
    of_month = {name: facts.once(make) for name, make in schedule.FRAMES.items() if name in named}
    of_quarter = {name: make(facts, quarter) for name, make in analyse.FRAMES.items() if name in named}
    return {**of_month, **of_quarter, "revisions": schedule.revised(facts, changes)}
