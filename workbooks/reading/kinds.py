"""What a file is, by its bytes: extensions are renamed, and lie."""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from workbooks.reading.unreadable import UnreadableReturn

_MARKS = (
    (b"%PDF", "pdf"),
    (b"Rar!", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
    (b"\x1f\x8b", "packed"),
    (b"\xff\xd8\xff", "picture"),
    (b"\x89PNG", "picture"),
    (b"GIF8", "picture"),
)
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAMPLE = 4096
ZIP_FAULTS = (
    *(BadZipFile, zlib.error, struct.error, EOFError),
    *(NotImplementedError, RuntimeError),  # an unknown method, a password
    *(ValueError, OverflowError, OSError),  # a place before the beginning of the file
)
# The stream of a BIFF workbook without a container (Excel 2 to 4, and what some systems still export).
_BARE_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@contextmanager
def zip_faults() -> Iterator[None]:
    """What zipfile raises for a damaged archive, whichever way: the file is damaged."""
    try:
        yield
    except ZIP_FAULTS as error:
        raise UnreadableReturn("damaged", f"{type(error).__name__}: {error}") from error


def kind_of(data: bytes) -> str:
    """What to read a file as: a key of `cells.FORMATS`, "encrypted", or "archive" (a zip that is no workbook).

    Raises:
        UnreadableReturn: it is something else.
    """
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    if data.startswith(OLE2):
        return _kind_of_compound(data)
    if data.startswith(_BARE_BIFF):
        return "xls"
    if not data.strip(b"\0"):
        raise UnreadableReturn("empty_file" if not data else "damaged")
    seen = f"begins with {data[:16]!r}"
    if data.startswith(b"PK"):
        raise UnreadableReturn("damaged", seen)
    for mark, code in _MARKS:
        if data.startswith(mark):
            raise UnreadableReturn(code, seen)
    text = _as_text(data[:_SAMPLE])
    if text is None or _CONTROLS.search(text):
        raise UnreadableReturn("not_workbook", seen)
    return _kind_of_text(text)


def _kind_of_zip(data: bytes) -> str:
    with zip_faults(), ZipFile(BytesIO(data)) as archive:
        names = {name.lower() for name in archive.namelist()}
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[content_types].xml" in names:
        if "word/document.xml" in names or "ppt/presentation.xml" in names:
            raise UnreadableReturn("not_workbook", "another office document")
        return "xlsx"
    return "ods" if "mimetype" in names and "content.xml" in names else "archive"


def _kind_of_compound(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "encrypted"
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        return "xls"
    raise UnreadableReturn("not_workbook", "an OLE2 file without a workbook")


def _kind_of_text(text: str) -> str:
    start = text.lstrip("\ufeff \r\n\t")
    if start.startswith("MIME-Version:"):
        raise UnreadableReturn("web_archive")
    if not start.startswith("<"):
        return "csv"
    return (
        "spreadsheetml" if "urn:schemas-microsoft-com:office:spreadsheet" in start and "<html" not in start else "html"
    )


def _as_text(beginning: bytes) -> str | None:
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return beginning[: len(beginning) // 2 * 2].decode("utf-16", "replace")
    if b"\0" in beginning:
        return None
    for encoding in ("utf-8", "gb18030"):
        try:
            return beginning.decode(encoding)
        except UnicodeDecodeError as error:
            if error.start >= len(beginning) - 4:  # a character cut in two by the sample's end
                return beginning[: error.start].decode(encoding)
    return None


def decode(data: bytes, named: str = "") -> str:
    """The text of a file: by its byte order mark, as UTF-8, as what it names itself, as GB18030.

    Raises:
        UnreadableReturn: none of these (`text_encoding`).
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        # GB2312 and GBK are parts of GB18030, and often claimed for text that needs more of it.
        encodings = ["utf-8-sig", *([named] if named and not named.lower().startswith("gb") else []), "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    raise UnreadableReturn("text_encoding")
