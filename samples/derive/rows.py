"""Words that every derivation uses: names of codes, the 合计 row, 是 and 否."""

from collections.abc import Mapping
from datetime import date

from catalogue.load import load
from samples.filing import NOT_TOLD, TOTAL, Row, Value
from transforms.model import RowKind, Table


def label(code_list: str, code: str) -> str:
    return load().code_lists[code_list].label(code)


def total_row(first: str, values: Mapping[str, Value], table: Table) -> Row:
    """The 合计 row: numbers that do not add up are not told, words are left out."""
    told = {c.code: values.get(c.code, NOT_TOLD if c.numeric else None) for c in table.columns}
    return Row(told | {first: TOTAL}, RowKind.TOTAL)


def yes(value: bool) -> str:
    return "是" if value else "否"


DAYS_TO_GO = 15
"""A day that lies further ahead is green (reporting-system.md, §4)."""


def date_light(day: date, end: date, *, done: bool) -> str:
    """The light of something due on a day, at the end of a month."""
    left = (day - end).days
    return "绿" if done or left > DAYS_TO_GO else "黄" if left >= 0 else "红"
