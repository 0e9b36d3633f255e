"""Read the rows of a sheet by their shape: most rows of a sheet are alike but for their values.

A row is cut at its values; what is left is its skeleton – places, types, styles and formulas – and is understood once,
however many rows share it, in this file and in the next of the same template. A skeleton is held to a strict grammar of
what Excel, WPS, LibreOffice and the usual libraries write. Whatever does not fit it to the last character (namespaces
under a prefix, comments, cells without a place, rich text in a cell …) is left to the XML parser: this is only the fast
way to the same cells, and the tests hold the two against each other.
"""

import re
from typing import NamedTuple

from workbooks.reading.cells import COLUMNS, LAST_ROW
from workbooks.reading.markup import OOXML

_LONGEST_HEAD = 100_000
_CONTROLS = bytes(c for c in range(32) if c not in (9, 10, 13))
# The declaration may name no other encoding, and the default namespace stands first.
_HEAD = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml version=["']1\.0["'](?: encoding=["'](?i:utf-8)["'])?(?: standalone=["']\w+["'])?\s?\?>)?\s*"""
    rb"""<worksheet xmlns="([^"<>&]*)"[^<>]*>(?!.*<(?:\w+:)?sheetData)""",
    re.DOTALL,
)
_STRINGS_HEAD = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml version=["']1\.0["'](?: encoding=["'](?i:utf-8)["'])?(?: standalone=["']\w+["'])?\s?\?>)?\s*"""
    rb"""<sst xmlns="([^"<>&]*)"(?: \w+="\d+")*\s?>"""
)
_SPACES = frozenset(space.strip().encode() for space in OOXML if space)
_ROW_HEAD = re.compile(r'((?: [A-Za-z][\w:.]*="[^"<>&]*")*) ?(/?)>')
ATTRIBUTE = re.compile(r'([A-Za-z][\w:.]*)="([^"<>&]*)"')
# \0 stands for a value and \x01 for the end of its cell, so that neither can stand for the other. A formula may be told with
# attributes, and be empty in all but the first cell of its group.
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7}|#)"(?: s="([0-9]{1,7})")?(?: t="([a-zA-Z]{1,9})")?(?: (?:cm|vm|ph)="[0-9]+")? ?'
    r"(?:/>|>(?:<f((?: [a-z0-9A-Z]+=\"[^\"<>&]*\")*) ?(?:/>|>([^<]*)</f>))?(?:(\0)\x01|(<v ?/>)?</c>))"
)
_ENTITY = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_MOST_SKELETONS = 20_000


class Place(NamedTuple):
    """A cell of a skeleton; `formula` None: there is none; `value` where among the row's values, -1: there is none."""

    column: int
    style: str | None
    type: str
    formula: str | None
    attributes: str
    value: int


class Skeleton(NamedTuple):
    """What rows have in common. `tags` is how many it has, to tell whether a value holds one."""

    places: tuple[Place, ...]
    hidden: bool
    formulas: bool
    tags: int


class PlainRow(NamedTuple):
    number: int
    skeleton: Skeleton
    values: list[str]


class _NotPlain(Exception):
    """The sheet is for the XML parser."""


_skeletons: dict[str, Skeleton] = {}


def plain_rows(part: bytes, styles: int) -> tuple[list[PlainRow], bytes] | None:
    """The rows of a sheet part, and the part without them; None where the XML parser must read it.

    Args:
        part: a whole sheet part.
        styles: how many cell styles the workbook has.
    """
    opening, closing = part.find(b"<sheetData>"), part.find(b"</sheetData>")
    head = _HEAD.match(part, 0, min(opening, _LONGEST_HEAD)) if opening > 0 else None
    if head is None or head[1] not in _SPACES or closing < opening:
        return None
    # What XML does not allow is for its parser to refuse.
    if len(part.translate(None, _CONTROLS)) != len(part):
        return None
    if not part.isascii() and (b"\xef\xbf\xbe" in part or b"\xef\xbf\xbf" in part):
        return None
    if b"<!" in part[:opening] or b"<!" in part[closing:] or b"<?" in part[5:opening] or b"<?" in part[closing:]:
        return None
    try:
        rows = _read_rows(part[opening + 11 : closing].decode(), styles)
    except (_NotPlain, UnicodeDecodeError):
        return None
    return rows, part[:opening] + b"<sheetData/>" + part[closing + 12 :]


def _read_rows(body: str, styles: int) -> list[PlainRow]:
    if "\r" in body:  # as XML reads line ends
        body = body.replace("\r\n", "\n").replace("\r", "\n")
    if "<is>" in body:
        # A text in its cell; its type tells it from a number.
        body = (
            body.replace('<is><t xml:space="preserve">', "<v>").replace("<is><t>", "<v>").replace("</t></is>", "</v>")
        )
    if "<v " in body:
        body = body.replace('<v xml:space="preserve">', "<v>")
    escaped, tags = "&" in body, 0
    if "]]>" in body:
        raise _NotPlain
    body = body.replace("</v></c>", "\0\x01").replace("<v>", "\0")
    rows: list[PlainRow] = []
    before = 0
    head, *chunks = body.split("<row")
    if head.strip():
        raise _NotPlain
    for chunk in chunks:
        row = _read_row(chunk, styles, escaped)
        if not before < row.number <= LAST_ROW:
            raise _NotPlain
        before = row.number
        tags += row.skeleton.tags
        rows.append(row)
    # The beginning of each row was cut off: what is more is inside a value.
    if tags != body.count("<") - len(chunks):
        raise _NotPlain
    return rows


def _read_row(chunk: str, styles: int, escaped: bool) -> PlainRow:
    pieces = chunk.split("\0")
    values = pieces[1::2]
    if not len(pieces) % 2:
        raise _NotPlain
    if escaped and "&" in chunk:
        values = [_unescaped(value) if "&" in value else value for value in values]
    skeleton = "\0".join(pieces[::2])
    # Rows that differ by their number alone have one skeleton. Below the number of styles, s="5" in row 5 could be taken
    # for it; and in a formula a text could.
    number = skeleton[4 : skeleton.find('"', 4)] if skeleton.startswith(' r="') else ""
    if number.isdigit() and len(number) < 8 and int(number) > styles and "<f" not in skeleton:
        skeleton = skeleton.replace(f'{number}"', '#"')
    found = _skeletons.get(skeleton)
    if found is None:
        found = _understand(skeleton, number)
        if not found.formulas:
            if len(_skeletons) >= _MOST_SKELETONS:
                _skeletons.clear()
            _skeletons[skeleton] = found
    return PlainRow(int(number), found, values)


def plain_strings(part: bytes) -> list[str] | None:
    """The shared strings of a part in which each is one text; None where the XML parser must read it."""
    opening, closing = part.find(b"<si>"), part.rfind(b"</sst>")
    head = _STRINGS_HEAD.fullmatch(part, 0, opening) if 0 < opening < _LONGEST_HEAD else None
    if head is None or head[1] not in _SPACES or closing < 0 or part[closing + 6 :].strip():
        return None
    if b"\r" in part or len(part.translate(None, _CONTROLS)) != len(part) or b"]]>" in part:
        return None
    try:
        body = part[opening:closing].decode().replace('<si><t xml:space="preserve">', "<si><t>")
        if not (body.startswith("<si><t>") and body.endswith("</t></si>")) or "\ufffe" in body or "\uffff" in body:
            return None
        texts = body[7:-9].split("</t></si><si><t>")
        if body.count("<") != 4 * len(texts):
            return None
        return [_unescaped(text) for text in texts] if "&" in body else texts
    except (_NotPlain, UnicodeDecodeError):
        return None


def _understand(skeleton: str, number: str) -> Skeleton:
    head = _ROW_HEAD.match(skeleton)
    if head is None or not number.isdigit() or len(number) > 7:
        raise _NotPlain
    told = ATTRIBUTE.findall(head[1])
    attributes = dict(told)
    if len(attributes) < len(told):
        raise _NotPlain
    at, end = head.end(), len(skeleton)
    if head[2]:  # <row … />
        if skeleton[at:].strip():
            raise _NotPlain
        return Skeleton((), attributes.get("hidden") in ("1", "true"), False, 0)
    if not skeleton.rstrip().endswith("</row>"):
        raise _NotPlain
    end = skeleton.rindex("</row>")
    places: list[Place] = []
    last = value = 0
    formulas = False
    while at < end:
        cell = _CELL.match(skeleton, at, end)
        if cell is None or cell[2] not in (number, "#"):
            raise _NotPlain
        at = cell.end()
        column = COLUMNS[cell[1]]
        if column <= last:
            raise _NotPlain
        last = column
        # An empty text is a result; what is empty here is for the parser.
        if cell[8] and cell[4] in ("str", "inlineStr"):
            raise _NotPlain
        has_formula, has_value = cell[5] is not None, cell[7] is not None
        formulas = formulas or has_formula
        if has_value or has_formula:
            formula = _unescaped(cell[6] or "") if has_formula else None
            places.append(Place(column, cell[3], cell[4] or "n", formula, cell[5] or "", value if has_value else -1))
            value += has_value
    return Skeleton(tuple(places), attributes.get("hidden") in ("1", "true"), formulas, skeleton.count("<"))


def _unescaped(text: str) -> str:
    if "&" not in text:
        return text
    if text.count("&") != len(_ENTITY.findall(text)):
        raise _NotPlain
    return _ENTITY.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    if found[1]:
        return _NAMED[found[1]]
    code = int(found[2]) if found[2] else int(found[3], 16)
    # What XML does not allow as a character is for the parser to refuse.
    if not (code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF):
        raise _NotPlain
    return chr(code)
