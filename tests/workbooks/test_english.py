"""The same workbooks with English labels: the same figures in the same order."""

from functools import cache

import pytest

from catalogue.languages import load_language
from tests.workbooks.books import cells_of, opened
from tests.workbooks.fits import cut_off
from tests.workbooks.sample_district import the_sample_district
from tests.workbooks.test_goldens import QUARTER, published
from workbooks.monthly import make_monthly, monthly_name
from workbooks.quarterly import make_quarterly, quarterly_name

ENGLISH = load_language("en")


@cache
def in_english(product: str) -> bytes:
    facts = the_sample_district()
    if product == "monthly":
        return make_monthly(facts, language=ENGLISH).data
    return make_quarterly(facts, QUARTER, language=ENGLISH).data


@pytest.mark.parametrize("product", ["monthly", "quarterly"])
def test_the_numbers_are_the_same_in_the_same_order(product: str) -> None:
    chinese, english = (cells_of(book) for book in (published(product), in_english(product)))
    assert len(chinese) == len(english)
    compared = 0
    for (tab, told), (named, said) in zip(chinese.items(), english.items(), strict=True):
        if not tab.startswith("_"):
            numbers = [value[0] for value in told.values() if isinstance(value, list)]
            assert [value[0] for value in said.values() if isinstance(value, list)] == numbers, (tab, named)
            compared += len(numbers)
    assert compared > 2000


@pytest.mark.parametrize("product", ["monthly", "quarterly"])
def test_nothing_is_cut_in_english(product: str) -> None:
    assert cut_off(in_english(product)) == []


def test_names_headers_states_and_lights_are_english() -> None:
    book = opened(in_english("monthly"))
    assert "M02 Indicators of the month" in book.sheetnames
    sheet = book["M02 Indicators of the month"]
    texts = {c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, str)}
    assert {"New market entities", "firms", "Green", "District Tax Bureau"} <= texts
    assert sheet["A1"].value == "Jiangbei District: core figures of the month (August 2022)"
    assert sheet.oddFooter is not None
    assert sheet.oddFooter.center.text == "Page &P of &N"


def test_files_have_english_names() -> None:
    facts = the_sample_district()
    monthly = "Jiangbei District business environment, monthly scheduling (August 2022) (edition 2).xlsx"
    assert monthly_name(facts, 2, ENGLISH) == monthly
    so_far = "Jiangbei District business environment, quarterly analysis (Q3 2022) (quarter not over).xlsx"
    assert quarterly_name(facts, "2022Q3", 1, ENGLISH) == so_far
