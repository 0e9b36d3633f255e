"""The languages that a workbook can be had in: Chinese as declared, English by the labels of `english.tsv` and the
sentences of `english_sentences.tsv`.

What this project says is translated – names of sheets, headers, units, notes, codes, departments, the sentences that it
puts together – never what somebody wrote, nor a figure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from catalogue.charts import Chart
from catalogue.declarations import Place
from catalogue.sheets import LONGEST_NAME, Block, Sheet, SheetColumn

HERE = Path(__file__).parent
T = TypeVar("T")
LABELLED: Mapping[type, tuple[str, ...]] = {
    Sheet: ("name", "title", "unit", "notes"),
    Block: ("title", "unit", "notes", "empty"),
    SheetColumn: ("header", "group", "name"),
    Chart: ("title", "axis", "second", "source", "alt"),
}
"""The declared texts that a reader sees."""
_MARKS = {
    "、": ", ",
    "\uff0c": ", ",
    "\uff1b": "; ",
    "\uff1a": ": ",
    "。": ". ",
    "\uff08": " (",
    "\uff09": ")",
    ",": ", ",
    ";": "; ",
    ":": ": ",
    "(": " (",
    "→": " → ",
    "\uff0b": " + ",
    "\uff0d": " − ",
}
"""What stands between labels in Chinese, mostly wide, and in English."""
_BETWEEN = re.compile(r"([ 、\uff1b;。()\uff08\uff09:\uff1a/→\uff0b\uff0d]|[,\uff0c](?!\d{3}))")
_ENDS = re.compile(r"[,\uff0c;\uff1b。:\uff1a“”]")
"""Marks of a sentence: half of one in another language helps nobody."""
_ADDRESS = re.compile(r"((?:表\d+ )?[^\s“”\uff08\uff1b\uff0c、:\uff1a!]+![A-Z]{1,3}\d+(?::[A-Z]{1,3}\d+)?)")
"""A cell of a return, which is named as it is in the file."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_KINDS = {
    "k": r"[A-Z]+\d+",
    "n": r"[-+]?(?:[\d,]*\.)?[\d,]*\d%?",
    "w": r"[^,;。:()\uff0c\uff1b\uff1a\uff08\uff09]+?",
    "p": r"[^;]+?",
    "u": r"[^\W\d_]+",
    "d": r"\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{4}-\d\d-\d\d",
}
MOST_KNOWN = 20_000
"""So many texts are remembered as they were said."""
_MARK = r"[,;:()\uff0c\uff1b\uff1a\uff08\uff09]"
_WIDE = {",": "[,\uff0c]", ";": "[;\uff1b]", ":": "[:\uff1a]", "(": r"[(\uff08]", ")": r"[)\uff09]"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence that is put together. The words in braces stand for what is filled in, by their first letter: {n} a
    number, {k} a code, {w} words without a mark, {u} a unit, {d} a day or month, {q} what is quoted as it stands, {p} the
    same as far as a semicolon; any other for a text that is said in turn. Wide and narrow punctuation is one. `sign`: the
    longest word of it, without which it is not tried."""

    told: re.Pattern[str]
    label: str
    sign: str


@dataclass(frozen=True, slots=True)
class Language:
    """`labels`: Chinese → this language; empty for Chinese itself. `sentences` in the order in which they are tried."""

    code: str
    labels: Mapping[str, str] = field(default_factory=dict)
    sentences: tuple[Pattern, ...] = ()
    _known: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def say(self, text: str) -> str:
        """A label; what has none is said as it is."""
        return self.labels.get(text, text)

    def mark(self, mark: str) -> str:
        """A punctuation mark as it is written in this language."""
        return _MARKS.get(mark, mark) if self.labels else mark

    def say_parts(self, text: str) -> str:
        """A text that is put together: one of our sentences, or several labels, 区税务局、区财政局. What is neither stays
        as it is."""
        if not self.labels:
            return text
        if text not in self._known:
            if len(self._known) == MOST_KNOWN:  # a long run sees the texts of many districts
                self._known.clear()
            self._known[text] = self._composed(text) if _CHINESE.search(text) else text
        return self._known[text]

    def _composed(self, text: str) -> str:
        whole = self._whole(text)
        if whole is not None:
            return whole
        pieces = _ADDRESS.split(text)
        told = [self._by_parts(_BETWEEN.split(piece)) for piece in pieces[::2]]
        if _ENDS.search(text) and any(left for _, left in told):
            return text
        pieces[::2] = [said for said, _ in told]
        return "".join(pieces)

    def _whole(self, text: str) -> str | None:
        """A label, or a sentence with what it is filled with."""
        if text in self.labels:
            return self.labels[text]
        for sentence in self.sentences:
            hit = sentence.told.fullmatch(text) if sentence.sign in text else None
            if hit:
                filled = hit.groupdict().items()
                return sentence.label.format(
                    **{n: part if n[0] in "qp" else self.say_parts(part) for n, part in filled}
                )
        return None

    def _by_parts(self, parts: list[str]) -> tuple[str, bool]:
        """The longest runs of parts that have a label, with the punctuation of this language between them; and whether
        a part has none."""
        said, at, left = "", 0, False
        while at < len(parts):
            for end in range(len(parts), at, -2):
                run = "".join(parts[at:end])
                whole = self._whole(run)
                if whole is not None:
                    break
            left |= whole is None and bool(_CHINESE.search(run))
            said += (run if whole is None else whole) + self.mark("".join(parts[end : end + 1]))
            at = end + 1
        return re.sub(" {2,}", " ", said).replace("( ", "("), left


CHINESE = Language("zh")
FILES = {"en": ("english.tsv", "english_sentences.tsv")}


@cache
def load_language(code: str, folder: Path = HERE) -> Language:
    """`zh` or `en`.

    Raises:
        CatalogueError: a line is not two texts, or stands twice, or its label has other words in braces; the message
            names file and line.
        KeyError: there is no such language.
    """
    if code == CHINESE.code:
        return CHINESE
    labels, sentences = (_pairs(folder / name) for name in FILES[code])
    return Language(code, MappingProxyType(labels), tuple(_pattern(text, label) for text, label in sentences.items()))


def _pairs(path: Path) -> dict[str, str]:
    """The texts of a file with their labels."""
    pairs: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place, cells = Place(path.name, number), line.split("\t")
        if len(cells) != 2 or not all(cells):
            raise place.error(f"not a Chinese text, a tab and its label: “{line}”")
        if cells[0] in pairs:
            raise place.error(f"“{cells[0]}” stands twice")
        if words_of(cells[0]) != words_of(cells[1]):
            raise place.error(f"the label of “{cells[0]}” has other words in braces")
        pairs[cells[0]] = cells[1]
    return pairs


def words_of(text: str) -> list[str]:
    """The words in braces that a text is filled with."""
    return sorted(re.findall(r"\{(\w+)\}", text))


def _pattern(text: str, label: str) -> Pattern:
    pieces = re.split(r"\{(\w+)\}", text)
    sign = max((word for piece in pieces[::2] for word in re.split(_MARK, piece)), key=len)
    for at in range(1, len(pieces), 2):
        pieces[at] = f"(?P<{pieces[at]}>{_KINDS.get(pieces[at][0], '.+?')})"
    for at in range(0, len(pieces), 2):
        pieces[at] = "".join(_WIDE.get(c, re.escape(c)) for c in pieces[at])
    return Pattern(re.compile("".join(pieces), re.DOTALL), label, sign)


def in_language(declared: T, language: Language) -> T:
    """A declared sheet, or a part of one, with its labels in a language."""
    if not language.labels:
        return declared
    if isinstance(declared, tuple):
        return tuple(in_language(one, language) for one in declared)  # type: ignore[return-value]
    if not is_dataclass(declared) or isinstance(declared, type):
        return declared
    changed: dict[str, Any] = {}
    for one in fields(declared):
        value = getattr(declared, one.name)
        if one.name in LABELLED.get(type(declared), ()):
            changed[one.name] = tuple(map(language.say, value)) if isinstance(value, tuple) else language.say(value)
        elif isinstance(value, tuple) or type(value) in LABELLED:
            changed[one.name] = in_language(value, language)
    said: Any = replace(declared, **changed)
    if isinstance(said, Sheet) and len(said.tab) > LONGEST_NAME:
        raise ValueError(f"“{said.tab}” is longer than {LONGEST_NAME} characters: Excel refuses it")
    return said  # type: ignore[no-any-return]


def texts_of(declared: object) -> list[str]:
    """The declared texts that a reader sees, of a sheet or a part of one."""
    if isinstance(declared, tuple):
        return [text for one in declared for text in texts_of(one)]
    named = LABELLED.get(type(declared))
    if named is None or not is_dataclass(declared):
        return []
    told: list[str] = []
    for one in fields(declared):
        value = getattr(declared, one.name)
        if one.name in named:
            told += value if isinstance(value, tuple) else [value]
        else:
            told += texts_of(value)
    return [text for text in dict.fromkeys(told) if text]
