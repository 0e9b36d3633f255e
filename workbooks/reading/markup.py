"""XML as expat tells it: names come as "namespace local"; document types are refused."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from xml.parsers import expat

from workbooks.reading.cells import damaged
from workbooks.reading.unreadable import UnreadableReturn

_Action = TypeVar("_Action")
OOXML = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main ",
    "http://purl.oclc.org/ooxml/spreadsheetml/main ",
    "",
)


def parse(
    part: bytes,
    start: Callable[[str, dict[str, str]], object],
    end: Callable[[str], object] | None = None,
    text: Callable[[str], object] | None = None,
) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(part, True)
    # LookupError and ValueError: an encoding that Python does not know, or that is not of single bytes.
    except (expat.ExpatError, LookupError, UnicodeError) as error:
        raise damaged(f"XML: {error}") from error


def _refuse_document_type(name: str, *_: object) -> None:
    raise UnreadableReturn("document_type", f"<!DOCTYPE {name}")


def in_namespaces(actions: Mapping[str, _Action]) -> dict[str, _Action]:
    return {space + name: action for space in OOXML for name, action in actions.items()}


def local(name: str) -> str:
    return name.rpartition(" ")[2]


def whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise damaged(f"not a whole number: {text[:40]}")
    return int(text)


def is_true(text: str | None) -> bool:
    return text in ("1", "true", "on")
