"""An OOXML package whose untouched parts stay as they are, to the byte of their compressed form.

Loading and saving a workbook with a library loses what the library does not know (cached values, pictures, pivots,
macros); so the parts that change are replaced and all else is copied. The standard library reads archives, but has no
way to copy a member without unpacking it: that much is written here, after APPNOTE.TXT, 4.3.
"""

import re
import struct
import zlib
from functools import cached_property
from io import BytesIO
from posixpath import dirname, join, normpath, relpath
from typing import NamedTuple
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workbooks.reading.kinds import ZIP_FAULTS
from workbooks.receipts.markup import Xml

_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s4H2LH")
_SIZES_FOLLOW = 0x08
_UTF8 = 0x800
_MIDNIGHT = (0, 1 << 5 | 1)
"""1980-01-01 00:00 as archives write it: new parts bear no time, so that the same receipt has the same bytes."""


class CannotAnnotate(Exception):
    """The workbook is laid out in a way that cannot be patched: answer with a receipt on its own sheet instead."""


class Relation(NamedTuple):
    id: str
    kind: str
    part: str


class Package:
    """Parts of a workbook by name, compared without regard to case as Excel does.

    Raises:
        CannotAnnotate: not a zip, a damaged one, or two parts of one name.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            self._archive = ZipFile(BytesIO(data))
        except ZIP_FAULTS as error:
            raise CannotAnnotate(str(error)) from error
        self._names = {info.filename.lower(): info for info in self._archive.infolist()}
        if len(self._names) != len(self._archive.infolist()):
            raise CannotAnnotate("two parts of one name")
        self._put: dict[str, bytes] = {}
        self._parsed: dict[str, Xml] = {}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names or name in self._put

    def read(self, name: str) -> bytes:
        """The bytes of a part. Raises CannotAnnotate where there is none."""
        if name in self._put:
            return self._put[name]
        try:
            return self._archive.read(self._names[name.lower()])
        except (KeyError, *ZIP_FAULTS) as error:
            raise CannotAnnotate(f"{name}: {error}") from error

    def xml(self, name: str) -> Xml:
        """A part as text. Raises CannotAnnotate where it is not XML in UTF-8."""
        if name not in self._parsed:
            try:
                self._parsed[name] = Xml(self.read(name).decode("utf-8-sig"))
            except ValueError as error:
                raise CannotAnnotate(f"{name}: {error}") from error
        return self._parsed[name]

    def put(self, name: str, content: str | bytes) -> None:
        """Replace a part, or add one."""
        known = self._names.get(name.lower())
        self._parsed.pop(name, None)
        self._put[known.filename if known else name] = content.encode() if isinstance(content, str) else content

    def free_name(self, pattern: str) -> str:
        """The first name of a pattern (`xl/comments{}.xml`) that no part bears."""
        return next(name for n in range(1, 100_000) if (name := pattern.format(n)) not in self)

    # Relations

    def relations(self, part: str) -> list[Relation]:
        name = _relations_of(part)
        if name not in self:
            return []
        found = []
        for _, told in self.xml(name).elements("Relationship"):
            inside = told.get("TargetMode") != "External"
            target = _resolved(part, told.get("Target", "")) if inside else ""
            found.append(Relation(told.get("Id", ""), told.get("Type", "").rpartition("/")[2], target))
        return found

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relation from `part` to `target`; returns its id. `kind` is the last word of its type."""
        name = _relations_of(part)
        text = self.xml(name) if name in self else Xml(_NO_RELATIONS)
        taken = {told.get("Id") for _, told in text.elements("Relationship")}
        identity = next(i for n in range(1, 100_000) if (i := f"rIdYj{n}") not in taken)
        path = relpath(target, dirname(part) or ".")
        told = f'Id="{identity}" Type="{self.relation_space}/{kind}" Target={quoteattr(path)}'
        self.put(name, text.before_end(f"<{text.prefix}Relationship {told}/>"))
        return identity

    def id_attribute(self, text: Xml, identity: str) -> str:
        """The attribute that names a relation, under the prefix that the part has for it: simple readers know no other
        than that."""
        named = (name.partition(":")[2] for name, space in text.root.items() if space == self.relation_space)
        prefix = next((p for p in named if p), "")
        return f'{prefix}:id="{identity}"' if prefix else f'xmlns:r="{self.relation_space}" r:id="{identity}"'

    def declare(self, part: str, content_type: str) -> None:
        """Say what kind of part this is."""
        text = self.xml("[Content_Types].xml")
        told = f'PartName={quoteattr("/" + part)} ContentType="{content_type}"'
        self.put("[Content_Types].xml", text.before_end(f"<{text.prefix}Override {told}/>"))

    def declare_extension(self, extension: str, content_type: str) -> None:
        text = self.xml("[Content_Types].xml")
        if any(told.get("Extension", "").lower() == extension for _, told in text.elements("Default")):
            return
        told = f'Extension="{extension}" ContentType="{content_type}"'
        self.put("[Content_Types].xml", text.after_start(f"<{text.prefix}Default {told}/>"))

    @cached_property
    def workbook(self) -> str:
        """Name of the workbook part."""
        found = [r.part for r in self.relations("") if r.kind == "officeDocument"]
        if len(found) != 1:
            raise CannotAnnotate("no workbook part")
        return found[0]

    @cached_property
    def relation_space(self) -> str:
        """Start of the types of relations: Strict OOXML has one of its own."""
        strict = b"purl.oclc.org/ooxml/officeDocument" in self.read("_rels/.rels")
        return _STRICT if strict else _TRANSITIONAL

    # Saving

    def save(self) -> bytes:
        """The package again: untouched members copied as they lie in the archive, new ones behind them.

        Raises CannotAnnotate where a member does not lie where the directory says.
        """
        body, directory = BytesIO(), BytesIO()
        for info in self._archive.infolist():
            if info.filename in self._put:
                _write(body, directory, _packed(info.filename, self._put[info.filename]))
            else:
                _write(body, directory, self._copied(info))
        known = {info.filename for info in self._archive.infolist()}
        for name, content in self._put.items():
            if name not in known:
                _write(body, directory, _packed(name, content))
        count, start, size = len(known | self._put.keys()), body.tell(), directory.tell()
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, 0)
        return body.getvalue() + directory.getvalue() + end

    def _copied(self, info: ZipInfo) -> "_Member":
        try:
            header = _LOCAL.unpack_from(self._data, info.header_offset)
        except ZIP_FAULTS as error:
            raise CannotAnnotate(f"{info.filename}: {error}") from error
        start = info.header_offset + _LOCAL.size + header[-2] + header[-1]
        year, month, day, hour, minute, second = info.date_time
        when = (hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day)
        name = info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437")
        packed = self._data[start : start + info.compress_size]
        if header[0] != b"PK\x03\x04" or len(packed) != info.compress_size:
            raise CannotAnnotate(f"{info.filename}: does not lie where the directory says")
        flags = info.flag_bits & ~_SIZES_FOLLOW
        return _Member(name, flags, info.compress_type, when, info.CRC, info.file_size, packed)


class _Member(NamedTuple):
    name: bytes
    flags: int
    method: int
    when: tuple[int, int]
    crc: int
    size: int
    packed: bytes


def _packed(name: str, content: bytes) -> _Member:
    squeeze = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = squeeze.compress(content) + squeeze.flush()
    flags = 0 if name.isascii() else _UTF8
    return _Member(name.encode(), flags, ZIP_DEFLATED, _MIDNIGHT, zlib.crc32(content), len(content), packed)


def _write(body: BytesIO, directory: BytesIO, m: _Member) -> None:
    shared = (20, m.flags, m.method, *m.when, m.crc, len(m.packed), m.size, len(m.name), 0)
    place = body.tell()
    body.write(_LOCAL.pack(b"PK\x03\x04", *shared) + m.name + m.packed)
    directory.write(_CENTRAL.pack(b"PK\x01\x02", 20, *shared, 0, 0, 0, 0, place) + m.name)


_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_NO_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


def _relations_of(part: str) -> str:
    return join(dirname(part), "_rels", part.rpartition("/")[2] + ".rels")


def _resolved(part: str, target: str) -> str:
    path = target if target.startswith("/") else join("/", dirname(part), target)
    return normpath(re.sub(r"\\", "/", path)).lstrip("/")
