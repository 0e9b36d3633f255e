"""Imports only run down; the ground floor touches nothing; nothing calls out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = {"flows": 3, "workbooks": 2, "expectations": 2, "journal": 2, "catalogue": 1, "transforms": 0}
SAMPLES_MAY = {"samples", "catalogue", "transforms"}
OUTSIDE = {
    "os",
    "pathlib",
    "logging",
    "time",
    "io",
    "socket",
    "subprocess",
    "shutil",
    "tempfile",
    "openpyxl",
    "xlsxwriter",
}


def modules() -> Iterator[Path]:
    for package in (*FLOORS, "samples"):
        yield from sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(top-level package, whole name) of every import, wherever in the file it stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.split(".")[0], alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0], node.module


def test_imports_only_run_down_and_the_wings_do_not_know_each_other() -> None:
    wrong = []
    for path in modules():
        home = path.relative_to(ROOT).parts[0]
        for package, name in imports(path):
            if package == home or package not in {*FLOORS, "samples"}:
                continue
            if home == "samples":
                allowed = package in SAMPLES_MAY
            else:
                allowed = package != "samples" and FLOORS[package] < FLOORS[home]
            if not allowed:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_only_flows_knows_prefect() -> None:
    found = [str(p.relative_to(ROOT)) for p in modules() for package, _ in imports(p) if package == "prefect"]
    assert {f.split("/")[0] for f in found} == {"flows"}


def test_transforms_touch_no_file_no_clock_and_no_log() -> None:
    wrong = []
    for path in sorted((ROOT / "transforms").rglob("*.py")):
        wrong += [f"{path.name}: {name}" for package, name in imports(path) if package in OUTSIDE]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called in ("open", "print") or called.endswith((".now", ".today", ".utcnow")):
                    wrong.append(f"{path.name}:{node.lineno}: {called}")
    assert wrong == []


def test_money_has_no_floats_on_its_path() -> None:
    wrong = []
    for path in sorted((ROOT / "transforms").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_float = isinstance(node, ast.Constant) and isinstance(node.value, float)
            is_type = isinstance(node, ast.Attribute) and node.attr in ("Float64", "Float32")
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
            if is_float or is_type or is_call:
                wrong.append(f"{path.name}:{node.lineno}: {ast.unparse(node)}")
    assert wrong == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager"])
def test_no_module_has_a_name_that_says_nothing(name: str) -> None:
    assert not [p for p in modules() if p.stem in (name, name.rstrip("s"))]
