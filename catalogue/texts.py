"""The paragraphs of the published texts as declared: clauses with placeholders, and what is refused in them."""

import re
from types import MappingProxyType

from catalogue.declarations import Entry
from transforms.narrate import Cases, Paragraph, Sentence

PLACEHOLDER = re.compile(r"\{[^{}]*\}")
LITERAL = re.compile(r"\d")
MEANT = {
    "最快": ("min",),
    "最短": ("min",),
    "最长": ("max", "longest"),
    "平均用时": ("mean", "month", "q"),
    "不超过": ("limit", "target"),
}
"""最快 (the minimum), 平均 and 不超过 (a limit) do not stand for one another: which figures each may be followed by."""
_SAID = re.compile(rf"({'|'.join(MEANT)})\{{([^{{}}]+)\}}")


def read_paragraph(entry: Entry) -> Paragraph:
    """One paragraph.

    Raises:
        CatalogueError: with file and line: a number written into a sentence, or a word that the figure does not mean.
    """
    sentences = []
    for one in entry.take("sentences", list):
        clauses = one.words("clauses")
        lead = one.take("lead", default="")
        for clause in (*clauses, lead):
            if wrong := wrong_in(clause):
                raise one.place.error(f"clause “{clause}”: {wrong}")
        sentences.append(Sentence(clauses, one.take("each", default=""), lead, one.take("lines", bool, False)))
        one.done()
    cases = entry.take("cases", dict, None)
    paragraph = Paragraph(
        entry.take("title"),
        tuple(sentences),
        entry.take("of", default=""),
        _cases(cases) if cases is not None else None,
    )
    entry.done()
    return paragraph


def wrong_in(clause: str) -> str:
    """What is wrong with a clause; empty when nothing is."""
    if LITERAL.search(PLACEHOLDER.sub("", clause)):
        return "a number of a text must be a figure, not written into the sentence"
    for word, placeholder in _SAID.findall(clause):
        field = placeholder.partition(":")[0].rpartition(".")[2]
        if field not in MEANT[word]:
            return f"“{word}” is not what “{placeholder}” means"
    return ""


def _cases(entry: Entry) -> Cases:
    cases = Cases(
        table=entry.take("table"),
        done=entry.take("done"),
        value=entry.take("value"),
        limit=entry.take("limit"),
        unit=entry.take("unit"),
        where=MappingProxyType(dict(entry.take("where", dict, {}))),
    )
    entry.done()
    return cases
