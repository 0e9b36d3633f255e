"""How words of a sheet are compared: width, spaces, line breaks and punctuation do not make a difference."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
# 其中: is told by the layout, (%) and (万元) by the unit; the rest is punctuation that reporters vary.
_MARKS = re.compile(r"其中|[:,、;.。·*\-—_/“”\"'‘’()\[\]【】《》<>%]")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)$")
_DASHES = str.maketrans({"−": "-", "﹣": "-", "‐": "-", "‑": "-", "–": "-"})


# What a web page or a chat leaves in a copied text and nobody sees: zero-width characters and direction marks.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def plain(text: str) -> str:
    """Half width, no white space, nothing that nobody sees."""
    if text.isascii():
        return "".join(text.split())
    return _SPACES.sub("", _UNSEEN.sub("", unicodedata.normalize("NFKC", text)))


def half_width(text: str) -> str:
    """Half width, every kind of minus as "-", spaces kept."""
    if text.isascii():
        return text.strip()
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text).translate(_DASHES)).strip()


def loose(text: str, units: frozenset[str]) -> str:
    """What is left of a header without 其中, its unit in brackets and its punctuation."""
    text = plain(text)
    found = _IN_BRACKETS.search(text)
    if found and found[1] in units:
        text = text[: found.start()]
    return _MARKS.sub("", text).casefold()


def told_unit(header: str, units: frozenset[str]) -> str:
    """The unit that a header tells in brackets at its end; "" where it tells none."""
    found = _IN_BRACKETS.search(plain(header))
    return found[1] if found and found[1] in units else ""


def listed(text: str) -> str:
    """A list of units in one spelling: 万元、户、户次."""
    return re.sub(r"[,;/]", "、", plain(text))
