"""XML as text: elements found and put in without touching a character elsewhere.

A parser that writes XML again renames prefixes and drops what it does not know; a part of a department's workbook must
come back as it was but for what was put in.
"""

import re
from collections.abc import Iterator
from xml.sax.saxutils import unescape

_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ROOT = re.compile(r"<(?![?!])((?:[\w.-]+:)?)([\w.-]+)([^>]*)>")
_ENTITIES = {"&quot;": '"', "&apos;": "'"}


def attributes(text: str) -> dict[str, str]:
    """Attributes of a start tag by name, entities resolved."""
    return {name: unescape(one or other, _ENTITIES) for name, one, other in _ATTRIBUTE.findall(text)}


class Xml:
    """One part as text. `prefix` is that of its root element (`x:`, mostly empty).

    Raises:
        ValueError: no root element, or text that declares another encoding.
    """

    def __init__(self, text: str) -> None:
        declared = re.match(r"<\?xml[^>]*encoding=[\"']([\w-]+)", text)
        if declared and declared[1].lower() not in ("utf-8", "us-ascii"):
            raise ValueError(f"encoding {declared[1]}")
        root = _ROOT.search(text)
        if root is None:
            raise ValueError("no root element")
        self.prefix, self.name = root[1], root[2]
        if root[3].endswith("/"):  # <Types/>: open it, so that something can be put in
            text = f"{text[: root.end() - 2]}></{self.prefix}{self.name}>{text[root.end() :]}"
            root = _ROOT.search(text)
            assert root is not None
        self.text, self._inside = text, root.end()

    @property
    def root(self) -> dict[str, str]:
        """Attributes of the root element."""
        return attributes(self.text[: self._inside].rpartition("<")[2])

    def elements(self, name: str) -> Iterator[tuple[re.Match[str], dict[str, str]]]:
        """Start tags of this name, wherever they stand, with their attributes."""
        for found in re.finditer(rf"<{self.prefix}{name}(?=[\s/>])([^>]*)>", self.text):
            yield found, attributes(found[1])

    def section(self, name: str) -> re.Match[str] | None:
        """The whole first element of this name: group 1 its attributes, group 2 what is in it (None: <a/>)."""
        tag = self.prefix + name
        return re.search(rf"<{tag}(?=[\s/>])([^>]*?)(?:/>|>(.*?)</{tag}>)", self.text, re.DOTALL)

    def after_start(self, fragment: str) -> str:
        """The text with a fragment right behind the start of the root element."""
        return self.text[: self._inside] + fragment + self.text[self._inside :]

    def before_end(self, fragment: str) -> str:
        """The text with a fragment right before the end of the root element."""
        place = self.text.rindex("</")
        return self.text[:place] + fragment + self.text[place:]

    def tail(self, after: str) -> list[tuple[str, int]]:
        """Children of the root that follow the element `after`: name without prefix, and where each begins."""
        tag = self.prefix + after
        place, depth = self._end_of(tag), 0
        children: list[tuple[str, int]] = []
        for token in re.finditer(r"<!--.*?-->|<(/?)([\w:.-]+)([^>]*)>", self.text[place:], re.DOTALL):
            if token[2] is None:
                continue
            if token[1]:
                depth -= 1
            else:
                if depth == 0:
                    children.append((token[2].rpartition(":")[2], place + token.start()))
                depth += not token[3].endswith("/")
            if depth < 0:
                children.append(("", place + token.start()))
                break
        return children

    def _end_of(self, tag: str) -> int:
        closing = self.text.rfind(f"</{tag}>")
        if closing >= 0:
            return closing + len(tag) + 3
        empty = re.search(rf"<{tag}(?=[\s/>])[^>]*/>", self.text)
        if empty is None:
            raise ValueError(f"no {tag}")
        return empty.end()


def put_in(text: str, place: int, fragment: str) -> str:
    return text[:place] + fragment + text[place:]
