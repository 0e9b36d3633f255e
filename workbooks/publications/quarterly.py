"""The quarterly analysis workbook: 江北区优化营商环境季度分析(2022年三季度).xlsx."""

from collections.abc import Mapping

import polars as pl

from catalogue.benchmarks import load_benchmarks
from catalogue.languages import CHINESE, Language
from catalogue.sheets import load_workbook
from transforms import analyse, narrate, schedule
from transforms import period as months
from transforms.facts import Facts
from workbooks.collector import collector_paused
from workbooks.publications.monthly import with_touches
from workbooks.publications.publication import Earlier, Edition, build
from workbooks.publications.words import day_in, edition_in, file_name, month_in, period_in


def quarterly_name(facts: Facts, quarter: str, edition: int = 1, language: Language = CHINESE) -> str:
    """江北区优化营商环境季度分析(2022年三季度).xlsx; (未满季) while the quarter is not over; (第2版) later on."""
    so_far = "(未满季)" if analyse.unfinished(facts, quarter) else ""
    title = load_workbook("quarterly")[0].title
    return file_name(title, facts.district.name, quarter, edition, language, so_far)


def build_quarterly(facts: Facts, quarter: str, edition: int = 1, earlier: Earlier | None = None) -> bytes:
    """The workbook of `quarter` (YYYYQn) as bytes; the same facts give the same bytes."""
    return make_quarterly(facts, quarter, edition, earlier).data


@collector_paused()
def make_quarterly(
    facts: Facts, quarter: str, edition: int = 1, earlier: Earlier | None = None, language: Language = CHINESE
) -> Edition:
    """The workbook of `quarter`.

    The months after the quarter are left aside; a quarter that is not over is made of the months that it holds.

    Args:
        earlier: the edition before: what is told otherwise now is shown in Q11, cell by cell in Q12.
        language: of its labels; what departments wrote, and the report, stay as they are.
    """
    facts = with_touches(facts.at(min(facts.period, months.months_of(quarter)[-1])))
    span = analyse.trend_span(facts)
    told = _quarter_in(facts, quarter, language)
    month_names = {f"month{n}": month_in(m, language) for n, m in enumerate(months.months_of(quarter), start=1)}
    words = {
        "district": language.say(facts.district.name),
        "quarter": told,
        "period": told,
        "trend": f"{span[0]}{language.say('至')}{span[-1]}",
        "as_of": f"{facts.as_of:%Y-%m-%d %H:%M}",
        "digest": facts.catalogue.digest,
        **month_names,
        **analyse.heading_words(facts),
    }
    cover = [
        ("季度", told),
        ("编制单位", language.say(facts.district.office)),
        ("编制日期", day_in(facts.as_of.date(), language)),
        ("签发人", ""),
        ("数据截止日", day_in(months.last_day(facts.period), language)),
        ("版本", edition_in(edition, facts.as_of, language)),
    ]
    frames, report = quarterly_frames(facts, quarter, earlier.changes if earlier else None)
    return build(facts, load_workbook("quarterly"), frames, words, cover, report, earlier, language=language)


def _quarter_in(facts: Facts, quarter: str, language: Language) -> str:
    if language == CHINESE:
        return analyse.quarter_words(facts, quarter)
    held = [month_in(month, language) for month in analyse.months_held(facts, quarter)]
    so_far = f", so far {', '.join(held) or 'no month'}" if analyse.unfinished(facts, quarter) else ""
    return f"{period_in(quarter, language)}{so_far}"


def quarterly_frames(
    facts: Facts, quarter: str, changes: pl.DataFrame | None
) -> tuple[dict[str, pl.DataFrame], narrate.Brief]:
    """Every frame that quarterly.yaml names – of the quarter, else of its last month –, and the report."""
    sheets = load_workbook("quarterly")
    named = {block.frame for sheet in sheets for block in sheet.blocks}
    of_month = {name: facts.once(make) for name, make in schedule.FRAMES.items() if name in named}
    of_quarter = {name: make(facts, quarter) for name, make in analyse.FRAMES.items() if name in named}
    frames = {**of_month, **of_quarter, "revisions": schedule.revised(facts, changes)}
    texts, report = quarterly_texts(facts, quarter, frames)
    return {**frames, **texts}, report


def quarterly_texts(
    facts: Facts, quarter: str, frames: Mapping[str, pl.DataFrame]
) -> tuple[dict[str, pl.DataFrame], narrate.Brief]:
    """The frames that show the texts of Q02 and Q10, and the report itself."""
    paragraphs = {sheet.code: sheet.paragraphs for sheet in load_workbook("quarterly")}
    of_month = {name: facts.once(schedule.FRAMES[name]) for name in ("overview", "indicators", "reports")}
    benchmarks = load_benchmarks(facts.catalogue)
    about = analyse.Quarter(facts, quarter, {**of_month, **frames}, benchmarks)
    blocks, report = analyse.write_blocks(about, paragraphs["Q02"]), analyse.write_report(about, paragraphs["Q10"])
    texts = dict(zip((p.of for p in paragraphs["Q02"]), blocks.paragraphs["text"].to_list(), strict=True))
    overview = frames["quarter_overview"]
    left_out = pl.concat([blocks.left_out, report.left_out]).unique(maintain_order=True)
    return {
        "indicator_blocks": analyse.indicator_blocks(facts, quarter, overview, texts, benchmarks),
        "block_numbers": narrate.numbers_of(facts, blocks),
        "report_annex": overview,
        "report_numbers": narrate.numbers_of(facts, report),
        "texts_left_out": left_out.with_columns(kind=pl.lit("data")),
    }, report
