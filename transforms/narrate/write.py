"""Sentences and paragraphs put together from their declarations."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from transforms.facts import Facts
from transforms.model import EXACT
from transforms.narrate.lists import month_lists
from transforms.narrate.month import resolve
from transforms.narrate.words import NOT_SAID, Told

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
LINE = "\n　　"
LEFT_OUT = "所需数据未报,本段从略(见{place})。"
Row = Mapping[str, Any]
Resolver = Callable[[Row, str], Told | None]
NUMBERS_WRITTEN: Mapping[str, Any] = {
    "paragraph": pl.String,
    "number": pl.String,
    "origin": pl.String,
    "value": EXACT,
    "unit": pl.String,
    "decimals": pl.Int64,
    "keys": pl.List(pl.String),
    "work": pl.String,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """Clauses that follow one another. `each` repeats the sentence over a list of the month (red_lights …), after the
    words of `lead`, which are said once; `lines` gives each a line of its own."""

    clauses: tuple[str, ...]
    each: str = ""
    lead: str = ""
    lines: bool = False


@dataclass(frozen=True, slots=True)
class Cases:
    """The closed cases of a ledger that a paragraph tells of: those that meet `where`, by their date `done`; `value`
    is how long each took, `limit` what it may take at most."""

    table: str
    done: str
    value: str
    limit: str
    unit: str
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`of`: the indicator of the evaluation that it tells of."""

    title: str
    sentences: tuple[Sentence, ...]
    of: str = ""
    cases: Cases | None = None


@dataclass(frozen=True, slots=True)
class Brief:
    """What was written.

    Attributes:
        paragraphs: title, text.
        numbers: one row a number (NUMBERS_WRITTEN): the text as written, `origin` where no observation stands behind
            it, `value` in the base unit, and the keys of the observations.
        left_out: paragraph, text, missing.
    """

    paragraphs: pl.DataFrame
    numbers: pl.DataFrame
    left_out: pl.DataFrame


def write_brief(facts: Facts, paragraphs: Iterable[Paragraph], frames: Mapping[str, pl.DataFrame]) -> Brief:
    """Write the paragraphs of the month.

    Args:
        frames: `overview`, `indicators`, `reports` and `differences` as transforms.schedule makes them.
    """
    lists = month_lists(facts, frames)
    return write_text(facts, paragraphs, lambda row, word: resolve(facts, frames, row, word), lists, "M15")


def write_text(
    facts: Facts,
    paragraphs: Iterable[Paragraph],
    resolver: Resolver,
    lists: Mapping[str, Sequence[Row]],
    place: str,
    nothing: str = "无。",
) -> Brief:
    """Write the paragraphs.

    Args:
        resolver: what a placeholder stands for, given the row that a sentence is repeated for, which tells the
            `paragraph` too; None where its figure is missing.
        place: the sheet that lists the clauses left out.
        nothing: what is written where there was nothing to tell.
    """
    written: list[Row] = []
    numbers: list[Row] = []
    left_out: list[Row] = []
    for paragraph in paragraphs:
        sentences = []
        for sentence in paragraph.sentences:
            rows = lists[sentence.each] if sentence.each else [{}]
            told = [
                _write(facts, resolver, sentence, {**row, "paragraph": paragraph}, numbers, left_out) for row in rows
            ]
            if any(told):
                lead = _write(facts, resolver, Sentence((sentence.lead,)), {"paragraph": paragraph}, numbers, left_out)
                sentences.append(lead + _joined(sentence, list(filter(None, told))))
        short = any(row["paragraph"] == paragraph.title for row in left_out)
        text = "".join(sentences).replace(LINE * 2, LINE).removesuffix(LINE) or (
            LEFT_OUT.format(place=place) if short else nothing
        )
        written.append({"title": paragraph.title, "text": text})
    text_type = pl.String
    return Brief(
        pl.DataFrame(written, schema={"title": text_type, "text": text_type}),
        pl.DataFrame(numbers, schema=dict(NUMBERS_WRITTEN)),
        pl.DataFrame(left_out, schema={"paragraph": text_type, "text": text_type, "missing": text_type}),
    )


def _joined(sentence: Sentence, told: Sequence[str]) -> str:
    """One sentence after another; those with a line of their own leave what follows a line of its own, too."""
    if sentence.lines:
        return "".join(f"{LINE}{one}。" for one in told) + LINE
    return ";".join(told) + "。"


def _write(
    facts: Facts, resolver: Resolver, sentence: Sentence, row: Row, numbers: list[Row], left_out: list[Row]
) -> str:
    """One sentence; without its first clause there is none."""
    written, title = "", row["paragraph"].title
    for clause in sentence.clauses:
        told = {word: resolver(row, word) for word in PLACEHOLDER.findall(clause)}
        missing = [word for word, value in told.items() if value is None]
        if missing:
            names = "、".join(dict.fromkeys(_name(facts, word) for word in missing))
            left_out.append({"paragraph": title, "text": _readable(facts, clause), "missing": names})
            if clause is sentence.clauses[0]:
                return ""
            continue
        if NOT_SAID in told.values():
            continue
        texts = {word: value for word, value in told.items() if value is not None}
        for value in texts.values():
            numbers += _numbers(title, value)
        written += PLACEHOLDER.sub(lambda hit, texts=texts: texts[hit[1]].text, clause)  # type: ignore[misc]
    return written


def _numbers(title: str, told: Told) -> list[Row]:
    return [
        {
            "paragraph": title,
            "number": part.text,
            "origin": part.origin,
            "value": part.figure.value,
            "unit": part.unit,
            "decimals": part.decimals,
            "keys": list(part.figure.sources),
            "work": part.figure.work,
        }
        for part in told.parts
    ]


NAMES = {
    "reports": "已到期的报表",
    "checks": "勾稽核对",
    "measures": "改革措施(F22)",
    "issues": "企业问题(F21)",
    "cases": "办件台账",
    "core": "核心指标",
    "vat": "留抵退税核对(R02)",
}


def _name(facts: Facts, word: str) -> str:
    known = {i.code: i.name for i in facts.catalogue.indicators} | NAMES
    head = word.split(".", maxsplit=1)[0]
    return known.get(head) or known.get(head[:5], word)


def _readable(facts: Facts, clause: str) -> str:
    """The clause with names where its figures would stand."""
    return PLACEHOLDER.sub(lambda hit: f"[{_name(facts, hit[1])}]", clause).lstrip(",;、")
