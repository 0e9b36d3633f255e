"""What many tests stand on: the clean sample district, laid and read once a session; skips with their reasons."""

import shutil
import subprocess
from pathlib import Path

import pytest

from catalogue.load import load
from samples.derive import DERIVED
from samples.returns import lay
from transforms.model import Catalogue
from workbooks.reading.guard import Limits
from workbooks.reading.read import Readings, Received, read_returns


def missing_office() -> str:
    """Why workbooks cannot be looked at here; "" when they can."""
    for program in ("soffice", "pdftoppm", "pdftotext"):
        if not shutil.which(program):
            return f"{program} is not installed"
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return "" if fonts.stdout.strip() else "no CJK font is installed"


SLOW = (
    # Import Great Expectations (seconds), draw districts, start processes, or build whole workbooks.
    "tests/expectations/",
    "tests/samples/",
    "tests/transforms/test_reconcile_rules.py",
    "tests/workbooks/reading/test_guard.py",
    "tests/workbooks/reading/test_against_openpyxl.py",
    "tests/workbooks/reading/test_fuzz.py",
    "tests/workbooks/reading/test_messy.py",
    "tests/workbooks/reading/test_cells.py::test_long_shared_formulas_are_spelt_out_within_a_limit",
    "tests/workbooks/test_monthly.py",
    "tests/workbooks/test_quarterly.py",
    "tests/workbooks/test_template.py",
    "tests/workbooks/reading/test_read.py::test_every_value_of_the_sample_district_reads_back",
    "tests/workbooks/reading/test_worker.py",
)


LONG = (
    # 20 s to 100 s each: begun first, so that no worker is left with one of them at the end.
    "tests/expectations/test_rules_fire.py",
    "tests/flows/test_prefect.py",
    "tests/flows/test_night.py",
    "tests/test_planted_faults.py",
    "tests/workbooks/test_template.py",
    "tests/flows/test_crash.py",
    "tests/samples/test_silent.py",
    "tests/workbooks/reading/test_messy.py",
    "tests/workbooks/reading/test_cells.py::test_long_shared_formulas_are_spelt_out_within_a_limit",
    "tests/flows/test_differences.py",
    "tests/flows/test_receiving.py",
    "tests/samples/test_truth.py",
    "tests/transforms/test_reconcile_rules.py",
)


def pytest_configure(config: pytest.Config) -> None:
    # Left to itself pytest-xdist begins with the files of most tests, and ends with the one that kills seven nights.
    config.option.loadscopereorder = False


def place_in_line(item: pytest.Item) -> int:
    path = item.nodeid.partition("::")[0]
    return LONG.index(path) if path in LONG else len(LONG)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first, mark what `make quick` leaves out, and skip what cannot be looked at here."""
    items.sort(key=place_in_line)
    reason = missing_office()
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        if reason and item.get_closest_marker("office"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


def received(path: Path, inbound: Path, catalogue: Catalogue) -> Received:
    """A laid file as intake would identify it, its stem as the submission."""
    district, department = path.relative_to(inbound).parts[:2]
    form, _, month, *_, version = path.stem.split("_")
    return Received(
        submission=path.stem,
        district=next(d.code for d in catalogue.districts if d.name == district),
        department=catalogue.code_lists["departments"].resolve()[department],
        version=int(version.removeprefix("V")),
        file=path.name,
        path=path,
        form=form,
        period=month if "Q" in month else f"{month[:4]}-{month[4:]}",
    )


@pytest.fixture(scope="session")
def clean_inbound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drop folders of 江北区 with every clean return that can be derived, of 20 months. Do not change it."""
    inbound = tmp_path_factory.mktemp("clean") / "inbound"
    lay(inbound, ["jb"], forms=DERIVED)
    return inbound


@pytest.fixture(scope="session")
def clean_readings(clean_inbound: Path, catalogue: Catalogue) -> Readings:
    """What was read from the clean returns of 江北区."""
    items = [received(path, clean_inbound, catalogue) for path in sorted(clean_inbound.rglob("*.xlsx"))]
    return read_returns(items, catalogue, Limits())
