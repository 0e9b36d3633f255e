"""How amounts and what became of a difference are told."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from transforms import period
from transforms.model import OWN_UNIT, State

NO_RECORD = "无此记录"
UNTOLD = "未报"


def amount_of(value: Decimal | None, unit: str, *, sign: bool = False, missing: str = UNTOLD) -> str:
    """1,171.72万元, 2户; as many digits as the value has, of 万元 at least two. `missing` where there is none."""
    if value is None:
        return missing
    return f"{'+' if sign and value > 0 else ''}{digits_of(value, unit)}{shown_unit(unit)}"


def shown_unit(unit: str) -> str:
    """The unit in which an amount in a base unit is shown; none where each row has its own."""
    return {"元": "万元", "率": "%", OWN_UNIT: ""}.get(unit, unit)


def digits_of(value: Decimal, unit: str) -> str:
    """The digits of an amount in the unit in which it is shown."""
    shown = value / 10000 if unit == "元" else value * 100 if unit == "率" else value
    whole, _, digits = f"{shown:,.8f}".partition(".")
    digits = digits.rstrip("0").ljust(2 if unit == "元" else 0, "0")
    return f"{whole}.{digits}" if digits else whole


def sides_of(row: Mapping[str, Any]) -> str:
    """What both sides told: 左 …，右 …，相差 …."""
    left, right = (side_amount(row, side) for side in ("left", "right"))
    gap = amount_of(row["difference"], row["unit"], sign=True)
    return f"{row['left']} {left}，{row['right']} {right}，相差 {gap}"


def side_amount(row: Mapping[str, Any], side: str) -> str:
    """What one side told; a pair that was held against each other without it lacks the record."""
    missing = UNTOLD if row["state"] == State.ONE_SIDED.value else NO_RECORD
    return amount_of(row[f"{side}_value"], row["unit"], missing=missing)


def day_of(moment: date | None) -> str:
    return f"{moment.month}月{moment.day}日" if moment else ""


def until_of(month: str) -> str:
    return f"至{period.chinese(month)}底" if month else ""


def suspects_of(text: str | None) -> tuple[str, list[str]]:
    """A sentence about suspect cells, taken apart: what is said of all of them, and each set of cells."""
    head, colon, rest = (text or "").rstrip("。").partition("：")
    if not colon:
        return head, []
    sets, depth = [""], 0
    for c in rest:
        depth += {"（": 1, "）": -1}.get(c, 0)
        if c == "；" and depth == 0:
            sets.append("")
        else:
            sets[-1] += c
    return head, sets


def suspects_in_brief(text: str | None, most: int) -> str:
    """The same with no more than so many sets named; how many there are is said before them."""
    head, sets = suspects_of(text)
    if len(sets) <= most:
        return text or ""
    return f"{head}：{'；'.join(sets[:most])}；其余{len(sets) - most}处从略"
