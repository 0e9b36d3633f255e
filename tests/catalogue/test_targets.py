import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.declarations import CatalogueError
from catalogue.load import HERE, load
from transforms.model import TARGET_LIGHTS

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def with_target(tmp_path: Path) -> Edit:
    """The catalogue with one word of one target changed; the line of the target is that of its number plus one."""

    def replace(code: str, old: str, new: str) -> Path:
        folder = tmp_path / "catalogue"
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        path = folder / "targets.tsv"
        lines = path.read_text(encoding="utf-8").split("\n")
        at = next(n for n, line in enumerate(lines) if line.startswith(code))
        assert old in lines[at]
        lines[at] = lines[at].replace(old, new, 1)
        path.write_text("\n".join(lines), encoding="utf-8")
        return folder

    return replace


def test_there_are_ninety_targets_of_every_kind_of_light():
    targets = load().targets
    assert [target.code for target in targets] == [f"T{n:03d}" for n in range(1, 91)]
    assert {target.light for target in targets} == {"", *TARGET_LIGHTS}


@pytest.mark.parametrize(
    ("code", "old", "new", "message"),
    [
        ("T004", "I1202", "I9999", "unknown indicator “I9999”"),
        ("T004", "F12.applications.power_longest", "F12.applications.longest", "unknown series"),
        ("T005", "F12.applications.dug_within/", "F12.applications.dig/", "unknown series"),
        ("T011", "ML-11", "ML-99", "unknown measure “ML-99”"),
        ("T011", "\tstate\t", "\texact\t", "the state of a measure"),
        ("T023", "\t90\t", "\t91\t", "91%, but I0508 is held against 0.9"),
        ("T023", "区政务服务办", "区某某办", "unknown department “区某某办”"),
        ("T023", "≥", "~", "unknown comparator"),
        ("T027", "\t项\t", "\t只\t", "unknown unit “只”"),
        ("T035", "2021-12-31", "年底", "“年底” is not a day"),
        ("T085", "F05不报办事距离", "", "one of them"),
        ("T048", "I1902", "I1902\tx", "cells, not"),
    ],
)
def test_a_wrong_target_is_refused_with_its_line(with_target: Edit, code: str, old: str, new: str, message: str):
    with pytest.raises(CatalogueError, match=rf"targets\.tsv:{int(code[1:]) + 1}: .*{message}"):
        load(with_target(code, old, new))


def test_a_target_that_stands_twice_is_refused(with_target: Edit):
    with pytest.raises(CatalogueError, match=r"targets\.tsv:3: “T001” stands twice"):
        load(with_target("T002", "T002", "T001"))


def test_a_core_figure_that_names_a_target_is_named_by_it():
    named = {code for target in load().targets for code in target.indicators}
    assert {i.code for i in load().indicators if i.clause.startswith("T0")} <= named
