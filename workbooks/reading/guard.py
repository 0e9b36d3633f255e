"""Look at a file before anything parses it: is it a workbook, and is it of a size that a return can have?

Nothing is parsed here; parts are unpacked piece by piece and scanned, so the cost is that of unzipping and
the memory that of one piece. A large box is not refused (a real return had cells down to the last row): what
was counted is handed back, for readers that fill the box to decide.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from workbooks.reading.kinds import kind_of, zip_faults
from workbooks.reading.unreadable import UnreadableReturn

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a return may be, and what reading it may cost.

    `ratio` holds only for files that unpack to more than `ratio_from` bytes: small files that repeat
    themselves compress well and harm nobody. `memory_bytes` is what the reader may take on top of its start,
    `members` how many files a .zip of several may hold.
    """

    file_bytes: int = 50 * MEGABYTE
    unzipped_bytes: int = 500 * MEGABYTE
    ratio: int = 200
    ratio_from: int = 20 * MEGABYTE
    members: int = 200
    parts: int = 5_000
    sheets: int = 200
    cells: int = 3_000_000
    merges: int = 100_000
    merged_area: int = 20_000_000
    seconds: float = 60.0
    memory_bytes: int = 1024 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Contents:
    """What a checked workbook holds. `largest_box`: last row × last column of its widest sheet."""

    parts: int
    unzipped_bytes: int
    sheets: int
    cells: int
    largest_box: int
    merges: int


def check(data: bytes, limits: Limits) -> Contents:
    """Refuse what is no workbook, is damaged, is laid out to mislead, or is larger than a return can be.

    Raises:
        UnreadableReturn: one code for each fault, see `unreadable.SENTENCES`.
    """
    refuse_over("file_size", len(data), limits.file_bytes)
    kind = kind_of(data)
    if kind == "archive":
        raise UnreadableReturn("archive")
    if kind in _ZIPS:
        return _check_zip(data, limits)
    cells = sum(data.count(mark) for mark in _CELL_MARKS.get(kind, ()))
    refuse_over("too_many_cells", cells, limits.cells)
    return Contents(1, len(data), 1, cells, 0, 0)


def _check_zip(data: bytes, limits: Limits) -> Contents:
    with zip_faults(), ZipFile(BytesIO(data)) as archive:
        members = archive.infolist()
        _check_directory(members, len(data), limits)
        return _check_parts(archive, members, limits)


_ZIPS = frozenset({"xlsx", "xlsb", "ods"})
# At least so many cells there are; those of other formats are counted while they are read.
_CELL_MARKS = {"csv": (b"\n",), "html": (b"<td", b"<TD", b"<th", b"<TH"), "spreadsheetml": (b"<Cell", b"<ss:Cell")}


def refuse_over(code: str, found: int, limit: int) -> None:
    if found > limit:
        raise UnreadableReturn(code, facts={"found": found, "limit": limit})


# The directory of the zip


def _check_directory(members: list[ZipInfo], file_size: int, limits: Limits) -> None:
    names = [member.filename.lower() for member in members]
    refuse_over("too_many_parts", len(members), limits.parts)
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise UnreadableReturn("duplicate_parts", repeated[0][:200])
    for name in names:
        if name.startswith("/") or "\\" in name or not {"..", "."}.isdisjoint(name.split("/")):
            raise UnreadableReturn("part_names", name[:200])
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableReturn("encrypted", "encrypted zip member")
    unzipped = sum(member.file_size for member in members)
    refuse_over("unzipped_size", unzipped, limits.unzipped_bytes)
    if unzipped > limits.ratio_from:
        refuse_over("compression_ratio", unzipped // file_size, limits.ratio)


# The parts

_PIECE = 256 * 1024
_LONGEST_TAG = 4096

_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_ALLOWED_ENCODINGS = {b"utf-8", b"us-ascii", b"ascii", b"utf-16"}
# A prefix is allowed in every tag; [^<>] keeps the search within it, however broken the XML is.
_CELLS = re.compile(rb"""<(?:[\w.-]+:)?c(?=[\s/>])(?:[^<>]*?\sr\s*=\s*["']\$?([A-Za-z]{1,3})\$?([0-9]{1,7})["'])?""")
_SHEETS = re.compile(rb"<(?:[\w.-]+:)?sheet(?=[\s/>])")
_MERGES = re.compile(rb"""<(?:[\w.-]+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)["']""")


@dataclass(slots=True)
class _Tally:
    """What one part has shown so far."""

    sheets: int = 0
    cells: int = 0
    merges: int = 0
    merged_area: int = 0
    last_row: int = 0
    columns: set[bytes] = field(default_factory=set)

    def add(self, piece: bytes) -> None:
        self.sheets += len(_SHEETS.findall(piece))
        places = _CELLS.findall(piece)
        if places:
            self.cells += len(places)
            letters, rows = zip(*places, strict=True)
            self.columns.update(letters)
            self.last_row = max(self.last_row, *(int(row or 0) for row in set(rows)))
        for left, top, right, bottom in _MERGES.findall(piece):
            self.merges += 1
            height, width = int(bottom[:9]) - int(top[:9]), _column(right) - _column(left)
            self.merged_area += (abs(height) + 1) * (abs(width) + 1)

    def box(self) -> int:
        return self.last_row * max(map(_column, self.columns), default=0)


def _check_parts(archive: ZipFile, members: list[ZipInfo], limits: Limits) -> Contents:
    """Scan every XML part, and stop at the first limit that is passed.

    Raises:
        UnreadableReturn: also for a part that unpacks to something else than its directory entry says.
    """
    sheets = cells = merges = merged_area = largest_box = 0
    for member in members:
        tally = _Tally()
        for piece in _pieces(archive, member):
            tally.add(piece)
            refuse_over("too_many_sheets", sheets + tally.sheets, limits.sheets)
            refuse_over("too_many_cells", cells + tally.cells, limits.cells)
            refuse_over("too_many_merges", merges + tally.merges, limits.merges)
            refuse_over("merged_area", merged_area + tally.merged_area, limits.merged_area)
        sheets, cells = sheets + tally.sheets, cells + tally.cells
        merges, merged_area = merges + tally.merges, merged_area + tally.merged_area
        largest_box = max(largest_box, tally.box())
    unzipped = sum(member.file_size for member in members)
    return Contents(len(members), unzipped, sheets, cells, largest_box, merges)


def _pieces(archive: ZipFile, member: ZipInfo) -> Iterator[bytes]:
    """The XML of a part in pieces that end between tags, in UTF-8; nothing for a part that is no XML.

    Every part is unpacked to its end, so that its checksum is looked at.
    """
    with archive.open(member) as part:
        beginning = part.read(_PIECE)
        wide = _wide_encoding(beginning)
        decoder = codecs.getincrementaldecoder(wide)("replace") if wide else None

        def narrow(read: bytes) -> bytes:
            return decoder.decode(read).encode() if decoder else read

        rest = narrow(beginning)
        if not _is_xml(rest, member.filename):
            while part.read(_PIECE):
                pass
            return
        _refuse_encodings(rest)
        while rest:
            read = narrow(part.read(_PIECE))
            if b"<!DOCTYPE" in rest:
                raise UnreadableReturn("document_type", member.filename)
            cut = rest.rfind(b"<") if read else len(rest)
            yield rest[:cut]
            # Of a longer tag (or a long text) only the beginning is carried on: the whole would cost its square.
            rest = rest[cut : cut + _LONGEST_TAG] + read


def _wide_encoding(beginning: bytes) -> str | None:
    """UTF-16 by its mark or by its zero bytes, as XML parsers tell it."""
    if beginning.startswith(b"\xfe\xff") or beginning[:1] == b"\0":
        return "utf-16-be"
    if beginning.startswith(b"\xff\xfe") or beginning[1:2] == b"\0":
        return "utf-16-le"
    return None


def _is_xml(beginning: bytes, name: str) -> bool:
    """By name, and by its first character too: relations may call a sheet what they like."""
    first = beginning[:256].lstrip(b"\xef\xbb\xbf \r\n\t")
    return name.lower().endswith((".xml", ".rels", ".vml")) or first.startswith(b"<")


def _refuse_encodings(beginning: bytes) -> None:
    """Tags in an encoding that keeps them from the scan would pass unseen."""
    found = _ENCODING.match(beginning)
    if found and found[1].lower() not in _ALLOWED_ENCODINGS:
        raise UnreadableReturn("encoding", facts={"found": found[1][:40].decode("ascii", "replace")})


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - 64
    return number
