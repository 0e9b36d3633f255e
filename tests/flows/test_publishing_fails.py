"""A disk that is full, or a kill in the midst, leaves what was published whole, and no half file."""

import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from flows.house import House
from flows.withdrawing import withdraw
from tests.flows.nights import FEBRUARY, IN_MARCH, a_house, publish_february

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent.parent
DAY = timedelta(days=1)
SMALL = 40_000
"""Bytes that a file may take on the full disk: less than a workbook has."""

PUBLISH = """
import resource, signal, sys
from pathlib import Path
from tests.flows.nights import IN_MARCH, a_house
from flows.publishing import MONTHLY, publish
from datetime import timedelta
import tests.flows.night_process as night
root, kill, limit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
if kill:
    night.watch(root, "os.rename", kill, 1)
with a_house(root) as house:
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    publish(house, MONTHLY, "2021-02", IN_MARCH + timedelta(days=1))
"""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with a first edition out, and a return withdrawn since, so that a second is due."""
    root = tmp_path_factory.mktemp("published")
    publish_february(root, ("F03", "F10"))
    with a_house(root) as house:
        number = house.journal.submissions().filter(form="F10", period=FEBRUARY)["id"][0]
        withdraw(house, number, "高绮", "更正", IN_MARCH + DAY / 2)
    return root


@pytest.fixture
def root(published: Path, tmp_path: Path) -> Path:
    for name in ("inbound", "outbound", "var"):
        shutil.copytree(published / name, tmp_path / name, copy_function=shutil.copy2)
    return tmp_path


def publish_in_a_process(root: Path, *, kill: str = "", limit: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PUBLISH, str(root), kill, str(limit)]
    told = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)


def workbooks(root: Path) -> dict[str, bytes]:
    """Everything below the folder of monthly workbooks, half files too."""
    folder = root / "outbound/江北区/monthly"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def editions(house: House) -> list[int]:
    return sorted(house.journal.publications()["edition"].to_list())


def test_a_full_disk_leaves_the_earlier_edition_whole_and_the_next_run_publishes(root: Path) -> None:
    before = workbooks(root)
    run = publish_in_a_process(root, limit=SMALL)
    assert run.returncode != 0
    assert "OSError: [Errno 27] File too large" in run.stderr
    assert workbooks(root) == before
    assert not list((root / "var/published").rglob("*.partial"))
    with a_house(root) as house:
        assert editions(house) == [1]
    assert publish_in_a_process(root).returncode == 0
    after = workbooks(root)
    assert len(after) == 2
    assert before.items() <= after.items()


@pytest.mark.parametrize("place", ["/published/", "/monthly/"])
def test_a_kill_in_the_midst_leaves_the_earlier_edition_whole_and_the_next_run_publishes(
    root: Path, place: str
) -> None:
    before = workbooks(root)
    assert publish_in_a_process(root, kill=place).returncode == -signal.SIGKILL
    there = {name: data for name, data in workbooks(root).items() if not name.startswith(".")}
    assert there == before
    with a_house(root) as house:
        assert editions(house) == [1]
    assert publish_in_a_process(root).returncode == 0
    after = workbooks(root)
    assert len(after) == 2
    assert not [name for name in after if name.startswith(".")]
    assert before.items() <= after.items()
