"""A receipt as a workbook: the department's own with the first sheet put before it and the bad cells marked.

Cells, formulas, cached values, pictures, pivots, macros and validations stay as they are: a mark is a conditional
format and a comment, both of which can be taken away again when the same workbook comes back with the next version.
"""

import re
from collections.abc import Mapping, Sequence
from io import BytesIO

import xlsxwriter

from workbooks.receipts.comments import comment, drawing_relation, take_back
from workbooks.receipts.front import lay_front
from workbooks.receipts.markup import Xml, put_in
from workbooks.receipts.package import CannotAnnotate, Package
from workbooks.receipts.receipt import DIFFERENCE, SEVERITIES, Line, Receipt, list_lines, marks
from workbooks.receipts.styles import Styles
from workbooks.receipts.words import TITLE

NAME = "回执"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_MARK = '"月季"="月季"'
"""Formula of our conditional formats: always true, and known again in a workbook that Excel has saved since."""
_COLOURS = {
    SEVERITIES["hard"]: ("FFC7CE", "9C0006"),
    SEVERITIES["soft"]: ("FFEB9C", "9C6500"),
    DIFFERENCE: ("DDEBF7", "1F3864"),
}
_AFTER_FORMATS = {
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
    "customProperties",
    "cellWatches",
    "ignoredErrors",
    "smartTags",
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
}
_AFTER_DRAWING = {
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
}


def build_receipt(receipt: Receipt, workbook: bytes | None = None) -> bytes:
    """The receipt as .xlsx (or .xlsm where the workbook has macros). The same receipt gives the same bytes.

    Args:
        workbook: the department's own; None: a receipt of one sheet.
    Raises:
        CannotAnnotate: the workbook is laid out in a way that cannot be patched.
    """
    package, lines = Package(workbook or _blank()), list_lines(receipt)
    try:
        sheets = _sheets(package)
        ours = [part for name, part in sheets.items() if name.startswith(NAME) and _is_ours(package, part, workbook)]
        front = ours[0] if ours else None
        styles = Styles(package.xml(_styles_part(package)))
        if workbook:
            _mark(package, {name: part for name, part in sheets.items() if part != front}, marks(lines), styles)
        _put_front(package, receipt, lines, styles, front)
        package.put(_styles_part(package), styles.text())
    except (ValueError, KeyError, IndexError, StopIteration) as error:
        raise CannotAnnotate(str(error)) from error
    return package.save()


def has_macros(workbook: bytes) -> bool:
    """Whether the workbook must be called .xlsm for Excel to open it. Raises CannotAnnotate where it is no package."""
    return b"macroEnabled" in Package(workbook).read("[Content_Types].xml")


def _blank() -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet(NAME)
    book.close()
    return buffer.getvalue()


def _styles_part(package: Package) -> str:
    found = [r.part for r in package.relations(package.workbook) if r.kind == "styles"]
    if len(found) != 1:
        raise CannotAnnotate("no style part")
    return found[0]


def _sheets(package: Package) -> dict[str, str]:
    """Part of each worksheet by its name."""
    book = package.xml(package.workbook)
    parts = {r.id: r.part for r in package.relations(package.workbook) if r.kind == "worksheet"}
    told = [(s.get("name", ""), next((v for k, v in s.items() if k.endswith(":id")), "")) for _, s in _tabs(book)]
    return {name: parts[identity] for name, identity in told if identity in parts}


def _tabs(book: Xml) -> list[tuple[re.Match[str], dict[str, str]]]:
    return list(book.elements("sheet"))


# The cells


def _mark(
    package: Package, sheets: Mapping[str, str], wanted: Mapping[tuple[str, str], tuple[str, str]], styles: Styles
) -> None:
    """Mark and comment the cells; whatever an earlier receipt had marked is taken back first."""
    for name, part in sheets.items():
        take_back(package, part)
        text = package.xml(part)
        clean = Xml(_deselected(_without_marks(text)))
        of_sheet = {cell: told for (sheet, cell), told in wanted.items() if sheet == name}
        if of_sheet:
            commented = comment(package, part, {cell: words for cell, (_, words) in of_sheet.items()})
            laid = _with_formats(clean, {cell: kind for cell, (kind, _) in of_sheet.items()}, styles)
            clean = Xml(_with_drawing(laid, drawing_relation(package, part), package)) if commented else laid
        if clean.text != text.text:
            package.put(part, clean.text)


def _without_marks(text: Xml) -> str:
    tag = text.prefix + "conditionalFormatting"
    written = re.escape(_MARK.replace('"', "&quot;")), re.escape(_MARK)
    ours = re.compile(rf"<{tag}(?=[\s>])(?:(?!</{tag}>).)*?(?:{'|'.join(written)}).*?</{tag}>", re.DOTALL)
    return ours.sub("", text.text)


def _deselected(text: str) -> str:
    """Only the first sheet is selected: two selected sheets would be edited together."""
    views, data, rest = text.partition("sheetData")
    views = re.sub(r"""(<(?:[\w.-]+:)?sheetView(?=\s)[^>]*?)\s+tabSelected=["'](?:1|true)["']""", r"\1", views, count=1)
    return views + data + rest


def _with_formats(sheet: Xml, cells: Mapping[str, str], styles: Styles) -> Xml:
    p, told = sheet.prefix, ""
    highest = max((int(n) for n in re.findall(r'<[^<>]*cfRule[^<>]*\spriority="(\d+)"', sheet.text)), default=0)
    for number, (kind, colours) in enumerate(_COLOURS.items(), start=highest + 1):
        if places := " ".join(cell for cell, of in cells.items() if of == kind):
            told += (
                f'<{p}conditionalFormatting sqref="{places}"><{p}cfRule type="expression" '
                f'dxfId="{styles.mark(*colours)}" priority="{number}"><{p}formula>{_MARK}</{p}formula></{p}cfRule>'
                f"</{p}conditionalFormatting>"
            )
    return Xml(_before(sheet, _AFTER_FORMATS, told))


def _with_drawing(sheet: Xml, relation: str, package: Package) -> str:
    if any(name == "legacyDrawing" for name, _ in sheet.tail("sheetData")):
        return sheet.text
    told = f"<{sheet.prefix}legacyDrawing {package.id_attribute(sheet, relation)}/>"
    return _before(sheet, _AFTER_DRAWING, told)


def _before(sheet: Xml, later: set[str], fragment: str) -> str:
    """The sheet with a fragment put before the first of the elements that must follow it."""
    place = next(place for name, place in sheet.tail("sheetData") if name in later or not name)
    return put_in(sheet.text, place, fragment)


# The first sheet


def _put_front(package: Package, receipt: Receipt, lines: Sequence[Line], styles: Styles, front: str | None) -> None:
    """Lay the first sheet; a workbook that has one of ours from an earlier receipt gets it anew, in its place."""
    laid = lay_front(receipt, lines, styles, _space(package))
    if front is not None:
        package.put(front, laid)
        return
    part = package.free_name("xl/worksheets/sheetYj{}.xml")
    package.put(part, laid)
    package.declare(part, _SHEET)
    _list_first(package, package.relate(package.workbook, "worksheet", part))


def _is_ours(package: Package, sheet: str, workbook: bytes | None) -> bool:
    return workbook is None or _first_text(package, sheet) == TITLE


def _first_text(package: Package, sheet: str) -> str:
    """The text of A1: inline as we write it, among the shared strings once Excel has saved the workbook."""
    p = re.escape(package.xml(sheet).prefix)
    found = re.search(rf'<{p}c r="A1"([^>]*)>(.*?)</{p}c>', package.xml(sheet).text, re.DOTALL)
    if found is None:
        return ""
    told = found[2]
    if 't="s"' in found[1]:
        strings = next(r.part for r in package.relations(package.workbook) if r.kind == "sharedStrings")
        items = re.findall(r"<(?:[\w.-]+:)?si(?=[\s>]).*?</(?:[\w.-]+:)?si>", package.xml(strings).text, re.DOTALL)
        told = items[int(re.sub(r"<[^>]*>", "", told))]
    return re.sub(r"<[^>]*>", "", told)


def _space(package: Package) -> str:
    book = package.xml(package.workbook)
    return book.root.get(f"xmlns:{book.prefix.rstrip(':')}" if book.prefix else "xmlns", "")


def _list_first(package: Package, relation: str) -> None:
    """Put the sheet before all others: names that belong to one sheet and the open tab count from there."""
    book = package.xml(package.workbook)
    tabs = _tabs(book)
    names = {told.get("name", "").lower() for _, told in tabs}
    name = next(n for n in (NAME, *(f"{NAME}{i}" for i in range(2, 1000))) if n.lower() not in names)
    number = max((int(told.get("sheetId", "0")) for _, told in tabs), default=0) + 1
    told = f'<{book.prefix}sheet name="{name}" sheetId="{number}" {package.id_attribute(book, relation)}/>'
    text = put_in(book.text, tabs[0][0].start(), told)
    text = re.sub(r'(\slocalSheetId=")(\d+)"', lambda m: f'{m[1]}{int(m[2]) + 1}"', text)
    for told in ("activeTab", "firstSheet"):
        text = re.sub(rf'(<(?:[\w.-]+:)?workbookView(?=\s)[^>]*?)\s+{told}="\d+"', r"\1", text)
    package.put(package.workbook, text)
