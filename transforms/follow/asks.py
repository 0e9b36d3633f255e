"""A difference as it is told to the department of one of its sides, on its receipt."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from transforms import period
from transforms.follow.events import EXPLAINED, OPEN
from transforms.follow.sentences import amount_of, day_of, digits_of, shown_unit, side_amount, suspects_in_brief
from transforms.follow.settle import OPEN_STATES
from transforms.model import Catalogue, Cause


@dataclass(frozen=True, slots=True)
class Ask:
    """What one department is asked of one difference.

    Attributes:
        number, key: which it is. rule: R01 …
        sheet, cell: where its own side stands in the submission that is answered; "" where it stands in another one.
        place: the same for people; told: its own figure as text.
        problem, todo: sentences. explanation: what it has written so far; is_reason: that is a reason.
    """

    number: str
    key: str
    rule: str
    sheet: str
    cell: str
    place: str
    told: str
    problem: str
    todo: str
    explanation: str
    is_reason: bool


SIDES = ("left", "right")
_PLACE = re.compile(r"(.+)!([A-Z]{1,3}\d+)")


def form_of(side: str | None) -> str:
    """The form that a side of a pair names: “F01 本年累计金额” → F01."""
    found = re.search(r"\bF\d{2}\b", side or "")
    return found[0] if found else ""


def department_of(row: Mapping[str, Any], side: str, catalogue: Catalogue) -> str:
    """The code of the department that files a side; "" where it is not known."""
    form = form_of(row[side])
    return next((r.department for r in catalogue.returns if r.code == form), "")


def named(text: str | None, catalogue: Catalogue) -> str:
    """A side or a key with the names of banks, policies and departments for their codes."""
    names = {c.code: c.name for n in ("banks", "policies", "departments") for c in catalogue.code_lists[n].codes}
    return re.sub(r"[A-Za-z0-9_]+", lambda word: names.get(word[0], word[0]), text or "")


def asks_of(
    followed: pl.DataFrame, catalogue: Catalogue, district: str, form: str, submission: str, due: date
) -> list[Ask]:
    """What the department of a form is asked: the open and explained differences that have this form on a side, those
    of the submission first, then by age, then by amount; accepted ones rest.

    Args:
        followed: FOLLOWED of the district, for the month of the submission.
        due: the day until which they are to be settled.
    """
    wanted = followed.filter(pl.col("state").is_in(OPEN_STATES), pl.col("status").is_in([OPEN, EXPLAINED]))
    rows = [row for row in wanted.iter_rows(named=True) if form in (form_of(row["left"]), form_of(row["right"]))]
    rows.sort(key=lambda r: (submission not in _submissions(r), -r["age"], -abs(r["difference"] or 0), r["id"]))
    return [_ask(row, catalogue, district, form, submission, due) for row in rows]


def _submissions(row: Mapping[str, Any]) -> Iterable[str | None]:
    return (row["left_submission"], row["right_submission"])


def _ask(row: Mapping[str, Any], catalogue: Catalogue, district: str, form: str, submission: str, due: date) -> Ask:
    own = _own_side(row, form, submission)
    here = row[f"{own}_submission"] == submission
    found = _PLACE.match((row[f"{own}_cell"] or "").split("、")[0]) if here else None
    sheet, cell = (found[1], found[2]) if found else ("", "")
    return Ask(
        number=row["id"],
        key=row["key"],
        rule=row["rule"],
        sheet=sheet,
        cell=cell,
        place=_place(row, own, here),
        told=side_amount(row, own),
        problem=problem_of(row, catalogue, district, own),
        todo=todo_of(row, catalogue, district, own, due),
        explanation=row["said"] or "" if row["status"] == EXPLAINED or not row["is_reason"] else "",
        is_reason=bool(row["is_reason"]),
    )


def _place(row: Mapping[str, Any], own: str, here: bool) -> str:
    """Where its own side stands, with the period where that is another submission; "" where there is no such cell."""
    cell = row[f"{own}_cell"] or ""
    return cell if here or not cell else f"{period.chinese(row['period'])} {cell}"


def _own_side(row: Mapping[str, Any], form: str, submission: str) -> str:
    for side in SIDES:
        if row[f"{side}_submission"] == submission:
            return side
    return "left" if form_of(row["left"]) == form else "right"


def problem_of(row: Mapping[str, Any], catalogue: Catalogue, district: str, own: str = "") -> str:
    """What both sides told, by how much they differ, what rounding allows, why, which cells, and since when.

    Args:
        own: the side ("left" or "right") of the department that is told; "": both are named.
    """
    parts = [
        _both(row, catalogue, district, own),
        rounding_of(row),
        cause_of(row),
        suspects_in_brief(row["suspects"], 3),
        f"已沿用{row['age']}个月" if row["age"] else "",
    ]
    head = f"{row['id']} {row['name']}（{period.chinese(row['period'])}）" if own else ""
    return head + "。".join(part.rstrip("。") for part in parts if part) + "。"


def _both(row: Mapping[str, Any], catalogue: Catalogue, district: str, own: str) -> str:
    gap = amount_of(row["difference"], row["unit"], sign=True)
    departments = {side: department_of(row, side, catalogue) for side in SIDES}
    sides = {side: f"{named(row[side], catalogue)} {side_amount(row, side)}" for side in SIDES}
    if not own or departments["left"] == departments["right"]:
        both = "两处所报" if departments["left"] == departments["right"] else "两方所报"
        return f"{both}对不上：{sides['left']}，{sides['right']}，相差 {gap}"
    other = "right" if own == "left" else "left"
    name = catalogue.department(departments[other]).name_in(district)
    return f"与{name}对不上：本单位 {sides[own]}，{name} {sides[other]}，相差 {gap}"


def rounding_of(row: Mapping[str, Any]) -> str:
    """What the printed digits of both sides allow the difference to be."""
    low, high, unit = row["low"], row["high"], row["unit"]
    if low is None or high is None:
        return ""
    if low == high:
        return "两方的数都没有舍入"
    return f"按两方印出的位数，差额在 {digits_of(low, unit)} 至 {digits_of(high, unit)} {shown_unit(unit)}之间，不是舍入造成的"


def cause_of(row: Mapping[str, Any]) -> str:
    cause, words = row["cause"] or "", row["explanation"] or ""
    if not cause:
        return words
    if cause == Cause.UNEXPLAINED.value and "未查明" in words:
        return words
    return f"原因：{cause}，{words}" if words else f"原因：{cause}"


def todo_of(row: Mapping[str, Any], catalogue: Catalogue, district: str, own: str, due: date) -> str:
    """Who does what until when."""
    departments = {side: department_of(row, side, catalogue) for side in SIDES}
    other = departments["right" if own == "left" else "left"]
    day = f"{day_of(due)}前"
    who = "" if other in ("", departments[own]) else f"与{catalogue.department(other).name_in(district)}"
    lead = "由本单位牵头，" if row["owner"] == departments[own] else ""
    return f"{lead}请于{day}{who}核对：数字有误的，更正后重报；无误的，在“本单位说明”写明原因。"
