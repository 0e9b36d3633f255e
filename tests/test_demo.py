"""The demo clears only what it made itself."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_the_demo_refuses_to_clear_a_drop_folder_that_is_not_its_own(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    dropped = tmp_path / "inbound/江北区/区税务局/F01.xlsx"
    dropped.parent.mkdir(parents=True)
    dropped.write_bytes(b"a real return")
    made = tmp_path / ".venv/runtime"
    made.parent.mkdir()
    made.touch()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(["make", "demo"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "are not the demo's" in done.stderr
    assert dropped.read_bytes() == b"a real return"
