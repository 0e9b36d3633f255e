import pytest

from samples.derive import DERIVED
from samples.drops import as_drop, make_filings
from samples.filing import Filing
from samples.truth import Truth, make_truth


@pytest.fixture(scope="session")
def truth() -> Truth:
    return make_truth()


@pytest.fixture(scope="session")
def clean() -> list[Filing]:
    """Every return of 江北区 that can be derived, without faults."""
    return make_filings("jb", forms=DERIVED)


@pytest.fixture(scope="session")
def drops(clean: list[Filing]) -> list:
    return [as_drop(filing) for filing in clean]
