"""A crash at any point loses nothing: run again and the result is the same. Real processes, really killed."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.nights import a_house, laid

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parent / "night_process.py"
ROOT = Path(__file__).parent.parent.parent
FORMS = ("F03", "F10", "F14", "F16")  # small ones of four departments; eight nights are spent over them

# Where the night is killed: just before this happens for the n-th time. Each run goes on from the last one's remains.
KILLS = [
    ("os.rename", "/files/", 5),  # archiving: some drops are in the archive, none is in the record
    ("os.remove", "/inbound/", 3),  # recording: two are taken out, the third is in the record and still lies there
    ("os.rename", "/frames/", 4),  # validated, frames half written, nothing decided
    ("os.rename", "/receipts/", 3),  # decided, two receipts written
    ("os.rename", "/published/", 1),  # the first workbook is built, not kept
    ("os.rename", "/monthly/", 1),  # kept, not laid out
    ("os.rename", "/quarterly/", 1),  # the month is out, the quarter is not
]


def run(root: Path, *kill: object) -> int:
    arguments = [sys.executable, str(SCRIPT), str(root), *map(str, kill)]
    return subprocess.run(
        arguments, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, check=False
    ).returncode


def what_is_there(root: Path) -> dict[str, bytes]:
    """Everything a person can see, and what the archive keeps."""
    found = {}
    for folder in ("inbound", "outbound", "var/files", "var/published"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file():
                found[str(path.relative_to(root))] = path.read_bytes()
    return found


def what_is_recorded(root: Path) -> dict[str, object]:
    with a_house(root) as house:
        submissions = house.journal.submissions().sort("id").drop("received_at")
        publications = house.journal.publications().drop("id", "published_at").sort("district", "product", "ref_period")
        named = {s.sha256 for s in house.journal.segments()}
        again = [i for i in submissions["id"] if house.journal.has_event(i, "again")]
    return {"submissions": submissions.rows(), "publications": publications.rows(), "segments": named, "again": again}


def test_a_night_killed_seven_times_ends_like_one_that_was_not(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    laid(whole, FORMS)
    shutil.copytree(whole, killed, copy_function=shutil.copy2)
    assert run(whole) == 0
    for kill in KILLS:
        assert run(killed, *kill) == -signal.SIGKILL, f"was not killed at {kill}"
        assert not [p for p in (killed / "outbound").rglob("*.xlsx") if p.stat().st_size == 0]
    assert run(killed) == 0
    assert what_is_there(killed) == what_is_there(whole)
    assert what_is_recorded(killed) == what_is_recorded(whole)
    assert not (whole / "connections").exists(), "the night called out"
