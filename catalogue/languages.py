"""The languages that a workbook can be had in: Chinese as declared, English by the labels of `english.tsv`.

Labels are translated – names of sheets, headers, units, notes, states, indicators, departments – never what somebody
wrote, nor a figure.
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
    SheetColumn: ("header", "group"),
    Chart: ("title", "axis", "second", "source", "alt"),
}
"""The declared texts that a reader sees."""
_PARTS = re.compile(r"([ 、;;,,()()/:]+)")


@dataclass(frozen=True, slots=True)
class Language:
    """`labels`: Chinese → this language; empty for Chinese itself."""

    code: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def say(self, text: str) -> str:
        """A label; what has none is said as it is."""
        return self.labels.get(text, text)

    def say_parts(self, text: str) -> str:
        """Several labels in one text: 区税务局、区财政局."""
        if not self.labels or text in self.labels:
            return self.say(text)
        return "".join(self.say(part) for part in _PARTS.split(text))


CHINESE = Language("zh")
FILES = {"en": "english.tsv"}


@cache
def load_language(code: str, folder: Path = HERE) -> Language:
    """`zh` or `en`.

    Raises:
        CatalogueError: a line is not two texts, or stands twice; the message names file and line.
        KeyError: there is no such language.
    """
    if code == CHINESE.code:
        return CHINESE
    path = folder / FILES[code]
    labels: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place, cells = Place(path.name, number), line.split("\t")
        if len(cells) != 2 or not all(cells):
            raise place.error(f"not a Chinese text, a tab and its label: “{line}”")
        if cells[0] in labels:
            raise place.error(f"“{cells[0]}” stands twice")
        labels[cells[0]] = cells[1]
    return Language(code, MappingProxyType(labels))


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
