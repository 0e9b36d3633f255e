"""The documentation keeps up: commands, settings, files and pictures that it names are there, and none is left out."""

import argparse
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from flows.cli import _parser
from flows.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
QUOTED = re.compile(r"`([\w./-]+/[\w.-]*|[\w-]+\.(?:py|yaml|toml|lock|md|txt))`")
DOTTED = re.compile(r"`((?:flows|workbooks|expectations|journal|catalogue|transforms|samples)(?:\.\w+)+)`")
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()}
MADE_BY_RUNS = ("inbound/", "outbound/", "var/", "wheelhouse/", ".venv/")
"""What runs and installations make is not in a checkout."""
ENDINGS = (".py", ".yaml", ".db")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def commands() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in _parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


@pytest.mark.parametrize("document", ["docs/analyst.md", "docs/operating.md"])
def test_every_command_is_told_to_the_analyst_and_to_the_operator(document: str) -> None:
    text = text_of(ROOT / document)
    assert [name for name, _ in commands() if f"yueji {name}" not in text] == []


def test_every_option_of_every_command_is_documented_beside_it() -> None:
    lines = text_of(ROOT / "docs/operating.md").splitlines()
    missing = []
    for name, parser in commands():
        told = " ".join(line for line in lines if f"`yueji {name}" in line)
        options = [o for action in parser._actions for o in action.option_strings if o not in ("-h", "--help")]
        missing += [f"{name} {option}" for option in options if option not in told]
    assert missing == []


def test_every_exit_code_that_the_help_names_is_documented() -> None:
    codes = re.findall(r"(\d) \w", _parser().epilog or "")
    text = text_of(ROOT / "docs/operating.md")
    assert codes
    assert [code for code in codes if f"| {code} |" not in text] == []


def test_every_setting_is_documented_with_its_default() -> None:
    rows = dict(re.findall(r"\| `(YUEJI_\w+)` \| ([^|]*) \|", text_of(ROOT / "docs/operating.md")))
    prefix = str(Settings.model_config["env_prefix"])
    assert set(rows) == {f"{prefix}{name}".upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        told = rows[f"{prefix}{name}".upper()]
        if isinstance(field.default, bool):
            assert told == str(field.default).lower()
        elif isinstance(field.default, int | float):
            assert float(told) == field.default, name


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_links_to_exists(document: Path) -> None:
    links = [link for link in LINK.findall(text_of(document)) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_exists(document: Path) -> None:
    named = [name for name in QUOTED.findall(text_of(document)) if not name.startswith(("/", *MADE_BY_RUNS))]
    rooted = [name for name in named if "/" not in name or name.split("/")[0] in FOLDERS]
    files = {path.name for package in FOLDERS if not package.startswith(".") for path in (ROOT / package).rglob("*.*")}
    here = files | {path.name for path in ROOT.iterdir()}
    missing = [n for n in rooted if not (ROOT / n).exists() and not ("/" not in n and n in here)]
    assert missing == []


def resolved(name: str) -> object:
    """What a dotted name means: the longest module of it, then attributes."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


def test_every_function_that_the_architecture_names_is_where_it_says() -> None:
    names = [n for document in DOCUMENTS for n in DOTTED.findall(text_of(document)) if not n.endswith(ENDINGS)]
    assert len(names) > 30
    missing = []
    for name in names:
        try:
            resolved(name)
        except (ModuleNotFoundError, AttributeError) as error:
            missing.append(f"{name}: {error}")
    assert missing == []


def test_every_picture_is_shown_and_small() -> None:
    shown = {
        (document.parent / link).resolve()
        for document in DOCUMENTS
        for link in LINK.findall(text_of(document))
        if link.endswith(".png")
    }
    kept = {path.resolve() for path in (ROOT / "docs/pictures").iterdir()}
    assert kept == shown
    assert [path.name for path in sorted(kept) if path.stat().st_size >= 150_000] == []


def test_the_changelog_tells_of_the_version_that_is_built() -> None:
    version = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"]
    assert f"## [{version}]" in text_of(ROOT / "CHANGELOG.md")


def test_decisions_are_numbered_one_after_the_other_and_say_what_a_decision_says() -> None:
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04d}" for number in range(1, len(records) + 1)]
    for path in records:
        assert text_of(path).startswith(f"# {path.name[:4]} ")
        assert "\nStatus: " in text_of(path)


def test_every_return_and_reconciliation_is_told_to_those_who_file_and_analyse() -> None:
    from catalogue.load import load

    reporting, analyst = text_of(ROOT / "docs/reporting.md"), text_of(ROOT / "docs/analyst.md")
    for form in load().returns:
        assert f"| {form.code} | {form.name} |" in reporting
        assert f"第 {form.due} 个" in next(line for line in reporting.splitlines() if f"| {form.code} |" in line)
    assert [rule.code for rule in load().reconciliations if rule.code not in analyst] == []


def test_every_published_sheet_is_described_to_the_analyst() -> None:
    from catalogue.sheets import load_workbook

    analyst = text_of(ROOT / "docs/analyst.md")
    sheets = [*load_workbook("monthly"), *load_workbook("quarterly")]
    assert [sheet.tab for sheet in sheets if f"| {sheet.tab} |" not in analyst] == []
