"""Every published sheet of the sample district as it was looked at and approved: values, formats, formulas, defined
names, and the charts with their ranges and titles. A golden a sheet."""

from functools import cache

import pytest

from catalogue.sheets import load_workbook
from tests.workbooks.books import cells_of, charts_of, compare_with_golden, names_of
from tests.workbooks.sample_district import the_sample_district
from workbooks.publications.monthly import build_monthly
from workbooks.publications.quarterly import build_quarterly

QUARTER = "2022Q2"
SHEETS = [
    (product, sheet.code)
    for product in ("monthly", "quarterly")
    for sheet in load_workbook(product)
    if sheet.code and sheet.kind != "changes"
]


@cache
def published(product: str) -> bytes:
    facts = the_sample_district()
    return build_monthly(facts) if product == "monthly" else build_quarterly(facts, QUARTER)


@pytest.mark.parametrize(("product", "code"), SHEETS, ids=[code for _, code in SHEETS])
def test_a_sheet_is_what_was_looked_at_and_approved(product: str, code: str) -> None:
    book = published(product)
    tab = next(sheet.tab for sheet in load_workbook(product) if sheet.code == code)
    names = {name: place for name, place in names_of(book).items() if tab in place}
    told = {"cells": cells_of(book)[tab], "names": names, "charts": charts_of(book, tab)}
    compare_with_golden(f"{product}/{code}", told)


@pytest.mark.parametrize("product", ["monthly", "quarterly"])
def test_the_same_facts_give_the_same_bytes(product: str) -> None:
    facts = the_sample_district()
    again = build_monthly(facts) if product == "monthly" else build_quarterly(facts, QUARTER)
    assert again == published(product)
