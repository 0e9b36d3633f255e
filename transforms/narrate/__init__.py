"""Texts of the published workbooks by the wording rules of reporting-system.md, §5.

增长/下降 with a sign-free rate; 持平 below 0.05 point; 增加/减少 for amounts; 百分点 for differences of rates; a base
below 30 cases has no rate; a base of zero is said; a figure that an open difference touches carries (待核). A clause
with a missing figure is left out and listed, never filled with zero. Every number keeps its sources, and a sentence
has no number of its own: all of them are figures.

By what is done: `words` (how a figure is told), `write` (sentences put together), `month` (what the placeholders of
M14 stand for), `lists` (what a sentence is repeated over), `numbers` (where each number of a text stands).
"""

from transforms.narrate.lists import aged_differences, month_lists
from transforms.narrate.month import indicator_told, resolve, too_few
from transforms.narrate.numbers import NUMBERS, numbers_of
from transforms.narrate.words import (
    AGED_MONTHS,
    FEWEST_CASES,
    FLAT,
    NOT_SAID,
    Part,
    Told,
    chinese_day,
    number,
    rise,
    rounded,
    told_change,
    told_count,
    told_figure,
    told_quote,
    told_rate,
    told_word,
    told_yoy,
)
from transforms.narrate.write import Brief, Cases, Paragraph, Sentence, write_brief, write_text

__all__ = [
    "AGED_MONTHS",
    "FEWEST_CASES",
    "FLAT",
    "NOT_SAID",
    "NUMBERS",
    "Brief",
    "Cases",
    "Paragraph",
    "Part",
    "Sentence",
    "Told",
    "aged_differences",
    "chinese_day",
    "indicator_told",
    "month_lists",
    "number",
    "numbers_of",
    "resolve",
    "rise",
    "rounded",
    "told_change",
    "told_count",
    "told_figure",
    "told_quote",
    "told_rate",
    "told_word",
    "told_yoy",
    "too_few",
    "write_brief",
    "write_text",
]
