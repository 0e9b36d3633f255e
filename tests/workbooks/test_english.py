"""The same workbooks with English labels: the same figures in the same order, and no Chinese but what somebody wrote."""

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest

from catalogue.languages import load_language
from tests.workbooks.books import cells_of, opened
from tests.workbooks.fits import cut_off
from tests.workbooks.sample_district import the_sample_district
from tests.workbooks.test_goldens import QUARTER, published
from transforms.narrate import Brief
from transforms.period import months_of
from workbooks.publications.monthly import make_monthly, monthly_frames, monthly_name, with_touches
from workbooks.publications.quarterly import make_quarterly, quarterly_frames, quarterly_name

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


# ---- what is still Chinese -----------------------------------------------------------------------------------------

LISTS_OF_RETURNS = ("_told",)
"""Sheets, cells and rows are named as the returns name them, where they can be found."""
ADDRESS = re.compile(r"(?:表\d+ )?[^\s!]+![A-Z]+\d+(?::[A-Z]+\d+)?(?:\(\d+格\))?…?")
FONTS = ("方正小标宋简体", "仿宋_GB2312", "黑体", "常规")


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= c <= "\u9fff" for c in text)


@cache
def what_departments_wrote() -> frozenset[str]:
    """The texts of the returns, who filled them in, and what their receipts say."""
    facts = the_sample_district()
    frames = [(facts.submissions, ("file", "reporter", "auditor", "reasons")), (facts.findings, ("message", "file"))]
    frames += [
        (facts.tables[table.code], tuple(c.code for c in table.columns if c.type == "text"))
        for table in facts.catalogue.tables()
        if table.code in facts.tables
    ]
    wrote = {text for frame, names in frames for name in names for text in frame[name].drop_nulls().unique()}
    return frozenset(wrote | {text.rstrip("。") for text in wrote})


@cache
def text_of(product: str) -> str:
    """The brief or the report and the paragraphs of Q02: they follow rules of Chinese wording."""
    facts = with_touches(the_sample_district())
    if product == "monthly":
        return _paragraphs(monthly_frames(facts, None)[1])
    frames, report = quarterly_frames(facts.at(months_of(QUARTER)[-1]), QUARTER, None)
    forms = frames["texts_left_out"]["text"]
    return "\n".join([_paragraphs(report), *frames["indicator_blocks"]["text"], *forms])


def _paragraphs(brief: Brief) -> str:
    return "\n".join(title + text for title, text in brief.paragraphs.select("title", "text").iter_rows())


def _as_told(text: str, product: str) -> bool:
    """A text that somebody wrote, the cell of a return, or words of the brief; of two leads each stands behind its name,
    and the current value behind a target."""
    wrote, rest = what_departments_wrote(), ADDRESS.sub("", text).strip()
    if not is_chinese(rest) or rest in wrote or rest.strip("　") in text_of(product):
        return True
    parts = [re.sub(r"\(当前.*\)$", "", part.partition(":")[2] or part) for part in re.split("[; ]", rest)]
    return all(part in wrote or not is_chinese(part) for part in parts)


@pytest.mark.parametrize("product", ["monthly", "quarterly"])
def test_nothing_is_chinese_but_what_somebody_wrote(product: str) -> None:
    found = []
    for tab, cells in cells_of(in_english(product)).items():
        texts = [(at, text) for at, text in cells.items() if isinstance(text, str) and is_chinese(text)]
        if tab not in LISTS_OF_RETURNS:
            found += [(tab, at, text) for at, text in texts if not _as_told(text, product)]
    assert found == []


@pytest.mark.parametrize("product", ["monthly", "quarterly"])
def test_nothing_around_the_cells_is_chinese_but_the_names_of_fonts(product: str) -> None:
    found = [(name, text) for name, text in _around_the_cells(in_english(product)) if is_chinese(text)]
    assert found == []


def _around_the_cells(data: bytes) -> Iterator[tuple[str, str]]:
    """Properties, defined names, number formats, headers and footers, titles and alternative texts of charts. What a
    chart keeps of the cells it is bound to is left out."""
    with ZipFile(BytesIO(data)) as book:
        for name in book.namelist():
            if name.endswith("sharedStrings.xml") or "/theme/" in name:
                continue
            text = re.sub(r"<c:(str|num)Cache>.*?</c:\1Cache>", "", book.read(name).decode("utf-8"), flags=re.DOTALL)
            for font in FONTS:
                text = text.replace(font, "")
            yield from ((name, piece) for piece in re.split(r"[<>\"]", text))


@pytest.mark.parametrize(("product", "sheets"), [("monthly", ["M14"]), ("quarterly", ["Q02", "Q10"])])
def test_a_text_that_stays_chinese_says_so_above(product: str, sheets: list[str]) -> None:
    said = [
        sheet.title[:3]
        for sheet in opened(in_english(product)).worksheets
        if "stays in Chinese" in str([sheet.cell(row, 1).value for row in (2, 3)])
    ]
    assert said == sheets


# ---- labels --------------------------------------------------------------------------------------------------------


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
