"""The workbooks in a .zip that a department packed: each is a submission of its own."""

import re
from collections import Counter
from io import BytesIO
from zipfile import ZipFile, ZipInfo

from workbooks.reading.guard import Limits, refuse_over
from workbooks.reading.kinds import kind_of, zip_faults
from workbooks.reading.unreadable import UnreadableReturn

_NOT_RETURNS = re.compile(r"(^|/)(__MACOSX/|\.[^/]*$|~\$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_UTF8_NAME = 0x800
_PIECE = 1 << 20


def is_archive(data: bytes) -> bool:
    """Whether a file is a .zip of other files, and no workbook itself."""
    try:
        return data.startswith(b"PK\x03\x04") and kind_of(data) == "archive"
    except UnreadableReturn:
        return False


def members(data: bytes, limits: Limits) -> list[tuple[str, bytes]] | UnreadableReturn:
    """Name and bytes of each file in a .zip, in its order; or why it is not taken.

    Names are the last part of the path in the archive: nothing of it can lead anywhere. What computers add by
    themselves (`__MACOSX/`, `Thumbs.db`) is left out. The members are not looked into, except that a .zip in a .zip is
    refused; `guard.check` comes when they are read.

    Args:
        data: a file for which `is_archive` holds.
        limits: `members` of them at most, `file_bytes` for each, `unzipped_bytes` for all, `ratio` between.
    """
    try:
        with zip_faults():
            return _unpack(data, limits)
    except UnreadableReturn as fault:
        return fault


def _unpack(data: bytes, limits: Limits) -> list[tuple[str, bytes]]:
    refuse_over("file_size", len(data), limits.file_bytes)
    with ZipFile(BytesIO(data)) as archive:
        infos = [(i, _path(i)) for i in archive.infolist() if not i.is_dir()]
        infos = [(info, path) for info, path in infos if not _NOT_RETURNS.search(path)]
        _check(infos, len(data), limits)
        found = [(path.rpartition("/")[2], _read(archive, info, limits)) for info, path in infos]
    for name, content in found:
        if is_archive(content):
            raise UnreadableReturn("nested_archive", facts={"found": name[:80]})
    if not found:
        raise UnreadableReturn("empty_archive")
    return found


def _path(info: ZipInfo) -> str:
    """The path as it was written: a name that is not marked as UTF-8 is GB18030 on the computers of departments."""
    if info.flag_bits & _UTF8_NAME:
        path = info.filename
    else:
        path = info.orig_filename.encode("cp437", "replace").decode("gb18030", "replace")
    return _CONTROLS.sub("_", path.replace("\\", "/"))


def _check(infos: list[tuple[ZipInfo, str]], size: int, limits: Limits) -> None:
    refuse_over("too_many_members", len(infos), limits.members)
    if any(info.flag_bits & 1 for info, _ in infos):
        raise UnreadableReturn("encrypted", "encrypted zip member")
    unzipped = sum(info.file_size for info, _ in infos)
    refuse_over("unzipped_size", unzipped, limits.unzipped_bytes)
    if unzipped > limits.ratio_from:
        refuse_over("compression_ratio", unzipped // size, limits.ratio)
    for info, _ in infos:
        refuse_over("file_size", info.file_size, limits.file_bytes)
    counted = Counter(path.rpartition("/")[2].casefold() for _, path in infos)
    repeated = [name for name, times in counted.items() if times > 1]
    if repeated:
        raise UnreadableReturn("same_names", facts={"found": repeated[0][:80]})


def _read(archive: ZipFile, info: ZipInfo, limits: Limits) -> bytes:
    """The bytes of a member; a member that is longer than its entry says stops at what it says."""
    pieces: list[bytes] = []
    with archive.open(info) as part:
        while piece := part.read(_PIECE):
            pieces.append(piece)
            refuse_over("file_size", sum(map(len, pieces)), limits.file_bytes)
    return b"".join(pieces)
