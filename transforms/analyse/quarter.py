"""A quarter and the months that it holds."""

from transforms import period as months
from transforms.facts import (
    Facts,
    Figure,
    value_over,
)
from transforms.model import Indicator


def months_held(facts: Facts, quarter: str) -> list[str]:
    """The months of a quarter that have come, as of the facts' period."""
    return [month for month in months.months_of(quarter) if month <= facts.period]


def unfinished(facts: Facts, quarter: str) -> bool:
    return len(months_held(facts, quarter)) < 3


def quarter_words(facts: Facts, quarter: str) -> str:
    """2022年三季度, or 2022年三季度,未满季:7—8月."""
    held = months_held(facts, quarter)
    if len(held) == 3:
        return months.chinese(quarter)
    numbers = [str(months.split(month)[1]) for month in held]
    told = f"{numbers[0]}—{numbers[-1]}月" if len(numbers) > 1 else f"{numbers[0]}月" if numbers else "尚无月份"
    return f"{months.chinese(quarter)},未满季:{told}"


def of_quarter(facts: Facts, indicator: Indicator, quarter: str, count: int = 3) -> Figure:
    """The figure of a quarter's first `count` months. An average over several months is that of none: —, except
    that a quarter of one month has it."""
    return value_over(facts, indicator, months.months_of(quarter)[:count])
