"""Read an .xlsx workbook (.xlsm, .et in that dress, either OOXML dialect) into cells, in one pass a sheet.

The reader is sparse: it costs what the file holds, whatever box the cells span. It trusts nothing about
sizes: `guard.check` comes first, and `worker.read_books` puts limits on memory and time.
"""

from io import BytesIO
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote
from zipfile import ZipFile

from workbooks.collector import collector_paused
from workbooks.reading.cells import (
    Book,
    Sheet,
    Visibility,
    damaged,
)
from workbooks.reading.kinds import zip_faults
from workbooks.reading.markup import in_namespaces, is_true, local, parse
from workbooks.reading.rows import plain_strings
from workbooks.reading.stored import unescape
from workbooks.reading.styles import Styles, read_styles
from workbooks.reading.worksheet import SheetReader


def read_xlsx(data: bytes) -> Book:
    """Read every worksheet of an .xlsx file.

    Args:
        data: The file. Both OOXML dialects (transitional, strict) are read.
    Raises:
        UnreadableReturn: not a zip, a part is missing or is not XML, a DTD, a cell told twice.
    """
    with zip_faults():
        archive = ZipFile(BytesIO(data))
    with archive, collector_paused():
        return _read_package(_Package(archive))


# The package: parts and the relations between them


class _Relation(NamedTuple):
    kind: str  # the last word of the relation's type: worksheet, styles …; the same in both dialects
    target: str


class _Package:
    """The parts of a workbook by name, whatever their case: part names are case-insensitive (OPC)."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.names = {name.lower(): name for name in archive.namelist()}

    def part(self, name: str) -> bytes:
        found = self.names.get(name.lower()) or self.names.get(unquote(name).lower())
        if found is None:
            raise damaged(f"no part {name}")
        with zip_faults():
            return self.archive.read(found)

    def relations(self, source: str) -> dict[str, _Relation]:
        """The relations of a part by id; of the package when `source` is empty."""
        folder = dirname(source)
        path = join(folder, "_rels", source[len(folder) :].lstrip("/") + ".rels")
        found: dict[str, _Relation] = {}
        if path.lower() not in self.names:
            return found

        def start(name: str, attributes: dict[str, str]) -> None:
            if name.endswith("Relationship") and attributes.get("TargetMode") != "External":
                kind = attributes.get("Type", "").rpartition("/")[2]
                target = normpath(join("/", folder, attributes.get("Target", ""))).lstrip("/")
                found[attributes.get("Id", "")] = _Relation(kind, target)

        parse(self.part(path), start)
        return found


def _read_package(package: _Package) -> Book:
    workbook = _target(package.relations(""), "officeDocument") or "xl/workbook.xml"
    relations = package.relations(workbook)
    tabs, date1904, to_compute = _read_tabs(package.part(workbook))
    strings = _target(relations, "sharedStrings")
    styles = _target(relations, "styles")
    texts = _read_strings(package.part(strings)) if strings else []
    formats = read_styles(package.part(styles)) if styles else Styles()
    sheets: list[Sheet] = []
    used: set[str] = set()
    for tab in tabs:
        relation = relations.get(tab.relation)
        if relation is None:
            raise damaged(f"sheet {tab.name} has no part")
        if relation.kind != "worksheet":
            continue
        if relation.target in used:
            raise damaged(f"two sheets share {relation.target}")
        used.add(relation.target)
        reader = SheetReader(texts, formats, date1904, to_compute)
        reader.read(package.part(relation.target))
        sheets.append(reader.sheet(tab.name, tab.visible))
    return Book(tuple(sheets), date1904)


def _target(relations: dict[str, _Relation], kind: str) -> str | None:
    return next((relation.target for relation in relations.values() if relation.kind == kind), None)


# Workbook, shared strings and styles


class _Tab(NamedTuple):
    name: str
    visible: Visibility
    relation: str


_VISIBILITIES: dict[str, Visibility] = {"hidden": "hidden", "veryHidden": "veryHidden"}


def _read_tabs(part: bytes) -> tuple[list[_Tab], bool, bool]:
    """The tabs; whether dates count from 1904; whether the results are still to be computed when it is opened."""
    tabs: list[_Tab] = []
    date1904 = to_compute = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal date1904, to_compute
        match local(name):
            case "sheet":
                relation = next((value for key, value in attributes.items() if local(key) == "id"), "")
                visible = _VISIBILITIES.get(attributes.get("state", ""), "visible")
                tabs.append(_Tab(unescape(attributes.get("name", "")), visible, relation))
            case "workbookPr":
                date1904 = is_true(attributes.get("date1904"))
            case "calcPr":
                to_compute = is_true(attributes.get("fullCalcOnLoad"))

    parse(part, start)
    return tabs, date1904, to_compute


def _read_strings(part: bytes) -> list[str]:
    """The shared strings; runs of rich text are joined, phonetic readings (rPh) left out."""
    plain = plain_strings(part)
    if plain is not None:
        return [unescape(text) for text in plain]
    strings: list[str] = []
    texts: list[str] = []
    runs: list[str] = []
    in_reading = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal in_reading
        in_reading = in_reading or name in readings
        texts.clear()

    def end(name: str) -> None:
        nonlocal in_reading
        if name in text_ends and not in_reading:
            runs.append("".join(texts))
        elif name in item_ends:
            strings.append(unescape("".join(runs)))
            runs.clear()
        elif name in readings:
            in_reading = False

    readings, text_ends, item_ends = (in_namespaces({name: True}) for name in ("rPh", "t", "si"))
    parse(part, start, end, texts.append)
    return strings
