"""Lights set by hand as they stand in the published workbooks: the bare character, a sign, a comment."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from python_calamine import load_workbook as open_by_calamine

from catalogue.languages import load_language
from tests.workbooks.books import opened
from tests.workbooks.fits import cut_off
from tests.workbooks.sample_district import the_sample_district
from transforms.facts import Facts
from transforms.model import Light, SetLight
from workbooks.publications.lights import NOTE, PATTERN
from workbooks.publications.monthly import make_monthly

MONDAY = datetime(2022, 9, 12, 10, 30)
REASONS = {
    "I1202": "两户因道路施工超时,已书面说明",
    "T013": "=审计抽查\n发现验收日期倒签",
    "ML-07": "现场督查进度不足一半",
}
LIGHTS = {"I1202": Light.YELLOW, "T013": Light.RED, "ML-07": Light.BLUE}


def some_lights() -> Facts:
    lights = tuple(SetLight("2022-08", one, LIGHTS[one], "高绮", MONDAY, REASONS[one]) for one in LIGHTS)
    return replace(the_sample_district(), lights=lights)


@cache
def book(language: str = "zh") -> bytes:
    return make_monthly(some_lights(), language=load_language(language)).data


def light_in(tab: str, first: str, data: bytes) -> Any:
    """The cell of the light in the row of a sheet that tells of something."""
    sheet = opened(data)[tab]
    row = next(row for row in sheet.iter_rows() if any(cell.value == first for cell in row[:2]))
    return next(cell for cell in row if cell.number_format == PATTERN)


def test_the_cell_holds_the_character_with_a_sign_that_is_printed_and_a_comment():
    cell = light_in("M02 指标月调度", "I1202", book())
    assert (cell.value, cell.number_format) == ("黄", '@"※"')
    assert cell.comment.author == "高绮"
    assert cell.comment.text.split("\n") == [
        "设定项目:I1202",
        "人工设定:黄",
        "计算灯色:绿",
        "设定人:高绮",
        "设定日期:2022-09-12",
        "设定理由:两户因道路施工超时,已书面说明",
    ]


def test_every_sheet_that_shows_one_says_below_what_the_sign_means_and_no_other_does():
    with_sign, notes = set(), []
    for sheet in opened(book()).worksheets:
        for row in sheet.iter_rows():
            with_sign |= {sheet.title for cell in row if cell.number_format == PATTERN}
            notes += [sheet.title for cell in row if cell.value == NOTE]
    assert sorted(notes) == sorted(with_sign)
    assert {title[:3] for title in with_sign} == {"M01", "M02", "M06", "M07", "M12"}


def test_other_readers_read_the_bare_character():
    rows = open_by_calamine(BytesIO(book())).get_sheet_by_name("M07 目标进度").to_python()
    row = next(row for row in rows if row[1] == "T013")
    assert [value for value in row if value in ("红", "红※")] == ["红"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_cut_and_a_comment_is_in_the_language_of_the_workbook(language: str):
    assert cut_off(book(language)) == []
    texts = [c.comment.text for s in opened(book(language)).worksheets for r in s.iter_rows() for c in r if c.comment]
    assert {text.split("\n")[1] for text in texts} == (
        {"人工设定:黄", "人工设定:红", "人工设定:蓝"}
        if language == "zh"
        else {"Set by hand: Yellow", "Set by hand: Red", "Set by hand: Blue"}
    )


ZONED = """
import hashlib
from tests.workbooks.test_set_lights import book
print(hashlib.sha256(book()).hexdigest())
"""


def test_comments_are_the_same_bytes_on_every_machine():
    there = {**os.environ, "TZ": "America/Los_Angeles", "PYTHONHASHSEED": "3", "PYTHONUTF8": "1"}
    run = subprocess.run([sys.executable, "-c", ZONED], env=there, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(book()).hexdigest()
