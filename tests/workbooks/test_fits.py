"""Nothing that is published shows as #### or is cut off."""

from io import BytesIO

import openpyxl
import pytest

from tests.workbooks.fits import cut_off, shown, text_width
from tests.workbooks.test_goldens import published


@pytest.mark.parametrize("product", ["monthly", "quarterly"])
def test_every_cell_of_the_sample_district_fits(product: str) -> None:
    assert cut_off(published(product)) == []


def test_a_number_is_shown_as_its_format_says() -> None:
    assert shown(1234567.891, "#,##0.00") == "1,234,567.89"
    assert shown(-0.0312, "+0.00%;[Red]-0.00%;0.00%") == "-3.12%"
    assert shown(0.5, '+0.00"百分点";[Red]-0.00"百分点";0.00"百分点"') == "+0.50百分点"
    assert shown(24000, '"≥"#,##0') == "24,000≥"


def a_book(width: float, value: object, *, wrap: bool = False, height: float = 15, beside: object = None) -> bytes:
    book, data = openpyxl.Workbook(), BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.column_dimensions["A"].width = width
    sheet["A1"], sheet["B1"] = value, beside  # type: ignore[assignment]
    sheet["A1"].alignment = openpyxl.styles.Alignment(wrap_text=wrap)
    sheet["A1"].number_format = "#,##0.00"
    sheet.row_dimensions[1].height = height
    book.save(data)
    return data.getvalue()


def test_what_does_not_fit_is_found() -> None:
    assert cut_off(a_book(8, 1234567.89)), "####"
    assert not cut_off(a_book(14, 1234567.89))
    assert cut_off(a_book(8, "这句话比这一列宽", beside="x"))
    assert not cut_off(a_book(8, "这句话比这一列宽")), "it runs on over empty cells"
    assert cut_off(a_book(8, "这句话比这一列宽得多得多", wrap=True, height=15))
    assert not cut_off(a_book(8, "这句话比这一列宽得多得多", wrap=True, height=80))
    assert text_width("月a", 12) == 24
