"""What lies in the drop folders: settled or not, new or known; archived before anything else happens to it."""

import hashlib
import os
import re
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from flows.house import House
from flows.settings import SHANGHAI
from workbooks.reading.members import is_archive, members

NAME = re.compile(r"(F\d{2})_([a-z]+)_(\d{4})(\d{2}|Q[1-4])_([a-z_]+?)_V(\d+)", re.IGNORECASE)
NOT_RETURNS = re.compile(r"^(\.|~\$|Thumbs\.db$|desktop\.ini$)|\.(tmp|part|partial|crdownload)$", re.IGNORECASE)
ZIP_END, ZIP_START = b"PK\x05\x06", b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One settled file, archived; `source` is the drop that it lay in, alone or with others in a .zip. `form`, `period` and `version` are what its name tells ("" and 0: nothing)."""

    submission: str
    district: str
    department: str
    form: str
    period: str
    version: int
    file: str
    sha256: str
    arrived_at: datetime
    source: Path


@dataclass(frozen=True, slots=True)
class Intake:
    """What a look into the drop folders found.

    Attributes:
        arrivals: new files, archived.
        again: files that this department has sent before, to the byte: source and the submission they are.
        waiting: files that are still being written.
        unknown: files that lie where nobody is speaking (no such district or department), or are no plain files.
    """

    arrivals: tuple[Arrival, ...] = ()
    again: tuple[tuple[Path, str], ...] = ()
    waiting: tuple[Path, ...] = ()
    unknown: tuple[Path, ...] = ()


def look_into(house: House, as_of: datetime) -> Intake:
    """Archive every settled file of inbound/<district>/<department>/. Nothing is moved or journalled yet.

    A crash after this leaves archived bytes that nobody names, and the drops where they were.
    """
    drops, unknown = _drops(house)
    before = {path: _shape(path) for path, *_ in drops}
    if drops:
        time.sleep(house.settings.settle_seconds)
    last_look = house.journal.last_look(as_of)
    arrivals: list[Arrival] = []
    again: list[tuple[Path, str]] = []
    waiting: list[Path] = []
    for path, district, department in drops:
        shape = _shape(path)
        if shape is None:
            continue
        try:
            if shape != before[path] or _half_written(path, house, as_of):
                waiting.append(path)
                continue
            contents = _kept(path, house)
            arrived_at = _arrived_at(path, last_look, as_of)
        # Moved away, locked by another program, or no plain file any more: it is looked at again in the next night.
        except OSError:
            waiting.append(path)
            continue
        for name, sha256 in contents:
            arrival = _arrival(name, sha256, path, district, department, arrived_at)
            if known := house.journal.find(arrival.sha256, district, department):
                again.append((path, known[0]))
            elif same := next((a for a in arrivals if (a.sha256, a.department) == (arrival.sha256, department)), None):
                again.append((path, same.submission))
            else:
                arrivals.append(arrival)
    return Intake(tuple(sorted(arrivals, key=_order)), tuple(again), tuple(waiting), tuple(unknown))


def _order(arrival: Arrival) -> tuple[str, str, str, str, int, datetime, str]:
    """Older versions first, so that the newest is received last."""
    a = arrival
    return a.district, a.department, a.form, a.period, a.version, a.arrived_at, a.file


def _drops(house: House) -> tuple[list[tuple[Path, str, str]], list[Path]]:
    """Files with the district and the department whose folder they lie in, and what lies elsewhere."""
    found, unknown = [], []
    for path in _files(house.settings.inbound):
        parts = path.relative_to(house.settings.inbound).parts
        district = house.district_in(parts[0]) if len(parts) == 3 else None
        department = house.department_in(parts[1]) if len(parts) == 3 else None
        if district and department and stat.S_ISREG(path.lstat().st_mode):
            found.append((path, district.code, department))
        else:
            unknown.append(path)
    return found, unknown


def _files(inbound: Path) -> Iterator[Path]:
    """Everything below inbound that is no folder; links are not followed."""
    for path in sorted(inbound.rglob("*")) if inbound.exists() else ():
        is_folder = path.is_dir() and not path.is_symlink()
        if not is_folder and not NOT_RETURNS.search(path.name) and path.parent != inbound:
            yield path


def _shape(path: Path) -> tuple[int, int] | None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _half_written(path: Path, house: House, as_of: datetime) -> bool:
    """A zip without its end record, younger than we wait for."""
    if _dropped_at(path) < as_of - timedelta(hours=house.settings.half_written_hours):
        return False
    with _opened(path) as file:
        start = file.read(4)
        size = file.seek(0, 2)
        file.seek(max(0, size - 65_557))
        return size == 0 or (start == ZIP_START and ZIP_END not in file.read())


def _opened(path: Path) -> BinaryIO:
    """A plain file to read. What was a plain file a moment ago may be a link or a pipe now: neither is followed.

    Raises:
        OSError: it is none, or cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is no plain file")
    return os.fdopen(descriptor, "rb")


def _dropped_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI).replace(tzinfo=None, microsecond=0)


def _kept(path: Path, house: House) -> list[tuple[str, str]]:
    """Archive a drop, or each file in it where it is a .zip: name and SHA-256. A .zip that cannot be unpacked and a file
    larger than a return can be stay one file: reading it says why."""
    with _opened(path) as file:
        if os.fstat(file.fileno()).st_size > house.limits.file_bytes:
            return [(path.name, house.archive.keep_stream(file))]
        data = file.read()
    found = members(data, house.limits) if is_archive(data) else []
    files = found if isinstance(found, list) and found else [(path.name, data)]
    return [(name, house.archive.keep(content)) for name, content in files]


def _arrived_at(path: Path, last_look: datetime | None, as_of: datetime) -> datetime:
    """It lay there after the last look, and not after this one; between the two its own time decides."""
    return min(max(_dropped_at(path), last_look or datetime.min), as_of)


def _arrival(name: str, sha256: str, path: Path, district: str, department: str, arrived_at: datetime) -> Arrival:
    told = NAME.search(name)
    identity = hashlib.sha256(f"{district}/{department}/{sha256}".encode()).hexdigest()[:16]
    return Arrival(
        submission=identity,
        district=district,
        department=department,
        form=told[1].upper() if told else "",
        period=_period(told[3], told[4]) if told else "",
        version=int(told[6]) if told else 0,
        file=name,
        sha256=sha256,
        arrived_at=arrived_at,
        source=path,
    )


def _period(year: str, part: str) -> str:
    """202208 → 2022-08, 2022Q2 → 2022Q2."""
    return f"{year}-{part}" if part.isdecimal() else f"{year}{part.upper()}"


def take_out(path: Path, house: House) -> None:
    """Remove a drop that is in the record; its bytes are in the archive."""
    path.unlink(missing_ok=True)
