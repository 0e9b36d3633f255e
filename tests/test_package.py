"""What is installed elsewhere than in a checkout."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("catalogue", "expectations", "flows", "journal", "samples", "transforms", "workbooks")
KINDS = (".py", ".yaml", ".tsv")


@pytest.mark.slow
def test_a_wheel_holds_every_module_and_every_declaration(tmp_path):
    here = tmp_path / "checkout"
    here.mkdir()
    for name in PACKAGES:
        shutil.copytree(ROOT / name, here / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, here / name)
    built = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", tmp_path, here]
    subprocess.run(built, check=True, capture_output=True)

    (wheel,) = tmp_path.glob("*.whl")
    held = set(ZipFile(wheel).namelist())
    wanted = {path.relative_to(here) for name in PACKAGES for path in (here / name).rglob("*") if path.suffix in KINDS}
    assert {path.as_posix() for path in wanted} <= held
