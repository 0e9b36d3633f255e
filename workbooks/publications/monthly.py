"""The monthly scheduling workbook: 江北区优化营商环境月调度表(2022年8月).xlsx."""

from dataclasses import replace

import polars as pl

from catalogue.languages import CHINESE, Language
from catalogue.sheets import load_touches, load_workbook
from transforms import narrate, schedule
from transforms import period as months
from transforms.facts import Facts
from transforms.lights import time_progress
from workbooks.collector import collector_paused
from workbooks.publications.publication import Earlier, Edition, build
from workbooks.publications.words import day_in, edition_in, file_name, issue_in, period_in


def monthly_name(facts: Facts, edition: int = 1, language: Language = CHINESE) -> str:
    """江北区优化营商环境月调度表(2022年8月).xlsx, later editions …(2022年8月)(第2版).xlsx."""
    title = load_workbook("monthly")[0].title
    return file_name(title, facts.district.name, facts.period, edition, language)


def build_monthly(facts: Facts, edition: int = 1, earlier: Earlier | None = None) -> bytes:
    """The workbook as bytes; the same facts give the same bytes."""
    return make_monthly(facts, edition, earlier).data


@collector_paused()
def make_monthly(
    facts: Facts, edition: int = 1, earlier: Earlier | None = None, language: Language = CHINESE
) -> Edition:
    """The workbook.

    Args:
        earlier: the edition before: what is told otherwise now is shown in M15, cell by cell in M16.
        language: of its labels; what departments wrote, and the brief, stay as they are.
    """
    facts = with_touches(facts)
    frames, brief = monthly_frames(facts, earlier.changes if earlier else None)
    words = {
        "district": language.say(facts.district.name),
        "period": period_in(facts.period, language),
        "issue": issue_in(facts.period, language),
        "progress": f"{narrate.rounded(time_progress(facts.period) * 100, 2)}%",
        "progress_formula": f"{months.split(facts.period)[1]}/12",
        "as_of": f"{facts.as_of:%Y-%m-%d %H:%M}",
        "digest": facts.catalogue.digest,
        **schedule.strip_words(facts.period),
        **schedule.score_words(facts),
    }
    cover = [
        ("期数", words["issue"]),
        ("编制单位", language.say(facts.district.office)),
        ("编制日期", day_in(facts.as_of.date(), language)),
        ("签发人", ""),
        ("数据截止日", day_in(months.last_day(facts.period), language)),
        ("版本", edition_in(edition, facts.as_of, language)),
    ]
    return build(facts, load_workbook("monthly"), frames, words, cover, brief, earlier, language)


def with_touches(facts: Facts) -> Facts:
    return facts if facts.touches else replace(facts, touches=load_touches(facts.catalogue))


def monthly_frames(facts: Facts, changes: pl.DataFrame | None) -> tuple[dict[str, pl.DataFrame], narrate.Brief]:
    """Every frame that monthly.yaml names, and the brief."""
    sheets = load_workbook("monthly")
    named = {block.frame for sheet in sheets for block in sheet.blocks}
    frames = {name: facts.once(make) for name, make in schedule.FRAMES.items() if name in named}
    frames["revisions"] = schedule.revised(facts, changes)
    paragraphs = next(sheet.paragraphs for sheet in sheets if sheet.kind == "text")
    brief = narrate.write_brief(facts, paragraphs, frames)
    frames["left_out"] = brief.left_out.with_columns(kind=pl.lit("data"))
    frames["brief_numbers"] = narrate.numbers_of(facts, brief)
    return frames, brief
