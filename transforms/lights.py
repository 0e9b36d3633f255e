"""Lights (reporting-system.md, §4): what is told against what was promised, judged on intervals.

A figure that was printed with two decimals says no more than its rounding interval: a light is green only when the
whole interval is on the right side of the target.
"""

from decimal import Decimal

from transforms import period as months
from transforms.facts import Facts, Figure, value_in, year_to_date
from transforms.model import Indicator, Light

BEHIND_BY = Decimal("0.10")
"""Yellow of a yearly count: behind the time progress by at most 10 points."""
SHORT_BY = Decimal("0.02")
"""Yellow of a rate: short of the target by at most 2 points."""
OVER_BY = Decimal("0.10")
"""Yellow of a mean: over the limit by at most 10%."""


def time_progress(period: str) -> Decimal:
    """Month ÷ 12."""
    return Decimal(months.split(period)[1]) / 12


def judge(indicator: Indicator, figure: Figure, period: str) -> Light | None:
    """The light of a figure held against its indicator's target; grey when it is missing, None without a target.

    `figure` is the year to date for a yearly target, else the current value.
    """
    if figure.value is None or figure.low is None or figure.high is None:
        return Light.GREY
    if indicator.target is None:
        return None
    if indicator.target_kind == "yearly":
        return _yearly(figure.low, indicator.target, period)
    if indicator.target_kind == "at_least":
        return _at_least(figure, indicator.target)
    if indicator.target_kind == "at_most_mean":
        return _at_most(figure.high, indicator.target)
    return Light.GREEN if figure.low <= indicator.target <= figure.high else Light.RED


def _yearly(done: Decimal, target: Decimal, period: str) -> Light:
    """Whole numbers of twelfths, so that 8 months of 12 are exactly two thirds."""
    month = months.split(period)[1]
    if done * 12 >= target * month:
        return Light.GREEN
    if month == 12 or (done + target * BEHIND_BY) * 12 < target * month:
        return Light.RED
    return Light.YELLOW


def _at_least(figure: Figure, target: Decimal) -> Light:
    if figure.low is not None and figure.low >= target:
        return Light.GREEN
    holds = figure.high is not None and figure.high >= target
    short = figure.value is not None and target - figure.value <= SHORT_BY
    return Light.YELLOW if holds or short else Light.RED


def _at_most(upper: Decimal, limit: Decimal) -> Light:
    if upper <= limit:
        return Light.GREEN
    return Light.YELLOW if upper <= limit * (1 + OVER_BY) else Light.RED


def light_of(facts: Facts, indicator: Indicator, period: str) -> Light | None:
    """The light of an indicator in a month."""
    if indicator.target_kind == "yearly":
        return judge(indicator, year_to_date(facts, indicator, period), period)
    return judge(indicator, value_in(facts, indicator, period), period)
