"""LibreOffice, where it is installed: results for formulas that have none, and .xlsx of older formats.

One call does all files of a night. It runs in a profile of its own that runs no macro, follows no link and knows no
network but a closed door, with limits on time, memory and the size of what it writes. A file on which it dies or
stays silent is tried once more alone, so that it costs nobody else.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from workbooks.reading.kinds import kind_of
from workbooks.reading.unreadable import UnreadableReturn

_PROGRAMS = ("soffice", "libreoffice")
_FILTER = "xlsx:Calc MS Excel 2007 XML"
_ENDINGS = {"html": "html", "spreadsheetml": "xml", "csv": "csv"}

_SETTING = '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
_SETTINGS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Calc/Content/Update", "Link", "1"),
    ("Office.Calc/Formula/Load", "OOXMLRecalcMode", "0"),
    ("Office.Calc/Formula/Load", "ODFRecalcMode", "0"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    + "".join(_SETTING.format(*setting) for setting in _SETTINGS)
    + "</oor:items>"
)


@dataclass(frozen=True, slots=True)
class OfficeLimits:
    """What one call may take: seconds to start and for each file, memory in bytes, bytes of one file it writes."""

    start_seconds: float = 60.0
    seconds: float = 20.0
    memory_bytes: int = 4 << 30
    file_bytes: int = 100 << 20


def find_office() -> str | None:
    """The program, or None where LibreOffice is not installed."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


def recalculate(files: Mapping[str, bytes], limits: OfficeLimits | None = None) -> dict[str, bytes]:
    """Workbooks with the results of all formulas, as .xlsx, by the caller's key.

    Args:
        files: readable files that `guard.check` has passed.
    Returns:
        Only those that LibreOffice could do; none where it is not installed.
    """
    program = find_office()
    if program is None or not files:
        return {}
    limits = limits or OfficeLimits()
    found = _convert(program, files, limits)
    for key in files.keys() - found.keys() if len(files) > 1 else ():
        found |= _convert(program, {key: files[key]}, limits)
    return found


def as_xlsx(data: bytes, limits: OfficeLimits | None = None) -> bytes | None:
    """An .xls, .et, .ods or other readable file as .xlsx; None where LibreOffice is not installed or cannot do it."""
    return recalculate({"file": data}, limits).get("file")


def _convert(program: str, files: Mapping[str, bytes], limits: OfficeLimits) -> dict[str, bytes]:
    with TemporaryDirectory(prefix="yueji-office-") as folder:
        home = Path(folder)
        inbox, outbox, profile = (home / name for name in ("in", "out", "profile"))
        for path in (inbox, outbox, profile / "user"):
            path.mkdir(parents=True)
        (profile / "user/registrymodifications.xcu").write_text(_PROFILE, "utf-8")
        names = {key: f"{number:06}" for number, key in enumerate(files)}
        sources = []
        for key, data in files.items():
            sources.append(inbox / f"{names[key]}.{_ending(data)}")
            sources[-1].write_bytes(data)
        _run(program, profile, outbox, sources, limits)
        made = {key: outbox / f"{name}.xlsx" for key, name in names.items()}
        return {key: path.read_bytes() for key, path in made.items() if _is_whole(path)}


def _ending(data: bytes) -> str:
    try:
        kind = kind_of(data)
    except UnreadableReturn:
        kind = "xlsx"
    return _ENDINGS.get(kind, kind)


def _is_whole(path: Path) -> bool:
    """A file that was cut off by the limit on its size has no end record."""
    return path.is_file() and b"PK\x05\x06" in path.read_bytes()[-70_000:]


def _run(program: str, profile: Path, outbox: Path, sources: list[Path], limits: OfficeLimits) -> None:
    seconds = limits.start_seconds + limits.seconds * len(sources)
    bounds = f"ulimit -c 0; ulimit -t {int(seconds)}; ulimit -f {limits.file_bytes // 512}; "
    bounds += f"ulimit -v {limits.memory_bytes // 1024}; "
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
    command += ["--convert-to", _FILTER, "--outdir", str(outbox), *map(str, sources)]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(profile),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
    }
    process = subprocess.Popen(
        ["/bin/sh", "-c", bounds + 'exec "$@"', "sh", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    finally:
        # The program is a script that starts others: the whole group goes.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
