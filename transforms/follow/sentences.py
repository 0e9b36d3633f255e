"""How amounts and what became of a difference are told."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from transforms import period


def amount_of(value: Decimal | None, unit: str, *, sign: bool = False) -> str:
    """1,171.72万元, 2户; as many digits as the value has, of 万元 at least two. 未报 where there is none."""
    if value is None:
        return "未报"
    return f"{'+' if sign and value > 0 else ''}{digits_of(value, unit)}{shown_unit(unit)}"


def shown_unit(unit: str) -> str:
    """The unit in which an amount in a base unit is shown."""
    return {"元": "万元", "率": "%"}.get(unit, unit)


def digits_of(value: Decimal, unit: str) -> str:
    """The digits of an amount in the unit in which it is shown."""
    shown = value / 10000 if unit == "元" else value * 100 if unit == "率" else value
    whole, _, digits = f"{shown:,.8f}".partition(".")
    digits = digits.rstrip("0").ljust(2 if unit == "元" else 0, "0")
    return f"{whole}.{digits}" if digits else whole


def sides_of(row: Mapping[str, Any]) -> str:
    """What both sides told: 左 …，右 …，相差 …."""
    left, right = amount_of(row["left_value"], row["unit"]), amount_of(row["right_value"], row["unit"])
    gap = amount_of(row["difference"], row["unit"], sign=True)
    return f"{row['left']} {left}，{row['right']} {right}，相差 {gap}"


def when(moment: Any) -> str:
    return f"{moment.month}月{moment.day}日" if moment else ""


def until_of(month: str) -> str:
    return f"至{period.chinese(month)}底" if month else ""
