"""Numbers that are declared, not told: targets, limits, what other districts have published. Their work says where."""

from decimal import Decimal

from transforms.facts import NOTHING, Facts, Figure
from transforms.model import Indicator, Target

TARGET, BENCHMARK, SCORE = "目标", "对标", "计分标准"
"""How a work names what is declared: 目标 T012, 目标 I0301, 对标 I0104/cd, 计分标准 timeliness+quality."""


def declared(value: Decimal | None, kind: str, code: str) -> Figure:
    """A declared number; — where there is none."""
    return NOTHING if value is None else Figure(value, value, value, (), work=f"{kind} {code}")


def target_of(indicator: Indicator) -> Figure:
    """The target of a core figure: that of a clause (T073), or one that the office proposes."""
    clause = indicator.clause if indicator.clause.startswith("T") else indicator.code
    return declared(indicator.target, TARGET, clause)


def goal_of(facts: Facts, target: Target) -> Figure:
    """The number of a target in the base unit."""
    factor = (
        Decimal(1) if target.unit == "百分点" or target.value is None else facts.catalogue.units[target.unit].factor
    )
    return declared(None if target.value is None else target.value * factor, TARGET, target.code)
