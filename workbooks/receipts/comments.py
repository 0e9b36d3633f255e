"""Comments put into a sheet: the comments part, the drawing that shows them, and the ties between them.

A cell that the department has commented keeps its comment; ours then stands on the first sheet alone.
"""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from workbooks.receipts.markup import Xml, attributes, put_in
from workbooks.receipts.package import Package

AUTHOR = "月季审核"
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><v:shapetype id="_x0000_t202" coordsize="21600,21600" '
    'o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
_SHAPE = re.compile(r"<v:shape(?=[\s>]).*?</v:shape>", re.DOTALL)
_PLACE = re.compile(r"<x:(Row|Column)>\s*(\d+)\s*</x:\1>")


def comment(package: Package, sheet: str, texts: Mapping[str, str]) -> bool:
    """Comment cells of a sheet (address → text), beside the comments that are there.

    Returns:
        True when something was put in, and the sheet must be tied to the drawing (`drawing_relation`).
    """
    part = _comments_of(package, sheet)
    text = package.xml(part)
    taken = {told.get("ref") for _, told in text.elements("comment")}
    ours = {address: words for address, words in texts.items() if address not in taken}
    if ours:
        package.put(part, _with_comments(text, ours))
        _show(package, _drawing_of(package, sheet), ours)
    return bool(ours)


def drawing_relation(package: Package, sheet: str) -> str:
    """Id of the relation from a sheet to the drawing of its comments."""
    return next(r.id for r in package.relations(sheet) if r.kind == "vmlDrawing")


def take_back(package: Package, sheet: str) -> None:
    """Remove the comments that an earlier receipt put into a sheet."""
    for relation in package.relations(sheet):
        if relation.kind == "comments" and AUTHOR in (text := package.xml(relation.part)).text:
            authors = re.findall(rf"<{text.prefix}author>(.*?)</{text.prefix}author>", text.text, re.DOTALL)
            ours = {str(n) for n, name in enumerate(authors) if name == AUTHOR}
            tag, gone = text.prefix + "comment", set[str]()

            def keep(found: re.Match[str], ours: set[str] = ours, gone: set[str] = gone) -> str:
                told = attributes(found[1])
                if told.get("authorId") not in ours:
                    return found[0]
                gone.add(told["ref"])
                return ""

            package.put(relation.part, re.sub(rf"<{tag}(\s[^>]*)>.*?</{tag}>", keep, text.text, flags=re.DOTALL))
            for drawing in package.relations(sheet):
                if drawing.kind == "vmlDrawing":
                    _hide(package, drawing.part, gone)


def _hide(package: Package, drawing: str, addresses: set[str]) -> None:
    places = {_row_and_column(a) for a in addresses}

    def keep(found: re.Match[str]) -> str:
        told = {name: int(number) for name, number in _PLACE.findall(found[0])}
        return "" if (told.get("Row"), told.get("Column")) in places else found[0]

    package.put(drawing, _SHAPE.sub(keep, package.read(drawing).decode("utf-8-sig")))


def _comments_of(package: Package, sheet: str) -> str:
    """The comments part of a sheet; a new one where it has none."""
    for relation in package.relations(sheet):
        if relation.kind == "comments":
            return relation.part
    part = package.free_name("xl/comments{}.xml")
    space = package.xml(sheet).root.get("xmlns") or _space_of(package.xml(sheet))
    package.put(
        part,
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{space}">'
        "<authors></authors><commentList></commentList></comments>",
    )
    package.relate(sheet, "comments", part)
    package.declare(part, _COMMENTS)
    return part


def _space_of(sheet: Xml) -> str:
    return sheet.root.get(f"xmlns:{sheet.prefix.rstrip(':')}", "")


def _drawing_of(package: Package, sheet: str) -> str:
    for relation in package.relations(sheet):
        if relation.kind == "vmlDrawing":
            return relation.part
    part = package.free_name("xl/drawings/vmlDrawingYj{}.vml")
    package.put(part, _VML)
    package.relate(sheet, "vmlDrawing", part)
    package.declare_extension("vml", _DRAWING)
    return part


def _with_comments(text: Xml, texts: Mapping[str, str]) -> str:
    p = text.prefix
    authors, listed = text.section("authors"), text.section("commentList")
    if authors is None or listed is None:
        raise ValueError("comments without authors")
    number = len(re.findall(rf"<{p}author(?=[\s/>])", authors[2] or ""))
    told = "".join(
        f'<{p}comment ref="{address}" authorId="{number}"><{p}text><{p}r><{p}rPr><{p}sz val="10"/></{p}rPr>'
        f'<{p}t xml:space="preserve">{escape(words)}</{p}t></{p}r></{p}text></{p}comment>'
        for address, words in sorted(texts.items(), key=lambda item: _row_and_column(item[0]))
    )
    whole = text.text
    return (
        f"{whole[: authors.start()]}<{p}authors>{authors[2] or ''}<{p}author>{AUTHOR}</{p}author></{p}authors>"
        f"{whole[authors.end() : listed.start()]}"
        f"<{p}commentList>{listed[2] or ''}{told}</{p}commentList>{whole[listed.end() :]}"
    )


def _show(package: Package, drawing: str, texts: Mapping[str, str]) -> None:
    whole = package.read(drawing).decode("utf-8-sig")
    number = 50_000 + len(_SHAPE.findall(whole))
    shapes = []
    for address, words in texts.items():
        row, column = _row_and_column(address)
        lines = sum(-(-len(line) // 18) for line in words.splitlines())
        anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 4, {column + 5}, 15, {max(row - 1, 0) + max(4, lines)}, 8"
        number += 1
        shapes.append(
            f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;width:240pt;'
            f'height:{16 * max(4, lines)}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
            '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
            '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
            f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
            f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
        )
    package.put(drawing, put_in(whole, whole.rindex("</"), "".join(shapes)))


def _row_and_column(address: str) -> tuple[int, int]:
    """Row and column from 0: B3 → (2, 1)."""
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(address[len(letters) :]) - 1, column - 1
