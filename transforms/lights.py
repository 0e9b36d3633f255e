"""Lights (reporting-system.md, §4): what is told against what was promised, judged on intervals.

A figure that was printed with two decimals says no more than its rounding interval: a light is green only when the
whole interval is on the right side of the target. Where yellow ends is the office's to say (catalogue/lights.yaml).
"""

from decimal import Decimal

from transforms import period as months
from transforms.facts import Facts, Figure, value_in, year_to_date
from transforms.model import Indicator, Light, Thresholds


def time_progress(period: str) -> Decimal:
    """Month ÷ 12."""
    return Decimal(months.split(period)[1]) / 12


def judge(indicator: Indicator, figure: Figure, period: str, thresholds: Thresholds) -> Light | None:
    """The light of a figure held against its indicator's target; grey when it is missing, None without a target.

    `figure` is the year to date for a yearly target, else the current value.
    """
    if figure.value is None:
        return Light.GREY
    if indicator.target is None:
        return None
    return judge_by(indicator.target_kind, indicator.target, figure, period, thresholds)


def judge_by(kind: str, target: Decimal, figure: Figure, period: str, thresholds: Thresholds) -> Light:
    """The light of a figure by one of TARGET_KINDS; grey when it is missing.

    For `at_most_case` the figure is the share of the cases that keep their limit, and the target is 1: all of them.
    """
    if figure.value is None or figure.low is None or figure.high is None:
        return Light.GREY
    if kind == "yearly":
        return _yearly(figure.low, target, period, thresholds.behind_by)
    if kind == "at_least":
        return _at_least(figure, target, thresholds.short_by)
    if kind == "at_most_case":
        return _cases(figure.low, target, thresholds.cases_within)
    if kind == "at_most_mean":
        return _at_most(figure.high, target, thresholds.over_by)
    return Light.GREEN if figure.low <= target <= figure.high else Light.RED


def _yearly(done: Decimal, target: Decimal, period: str, behind_by: Decimal) -> Light:
    """Whole numbers of twelfths, so that 8 months of 12 are exactly two thirds."""
    month = months.split(period)[1]
    if done * 12 >= target * month:
        return Light.GREEN
    if month == 12 or (done + target * behind_by) * 12 < target * month:
        return Light.RED
    return Light.YELLOW


def _at_least(figure: Figure, target: Decimal, short_by: Decimal) -> Light:
    if figure.low is not None and figure.low >= target:
        return Light.GREEN
    holds = figure.high is not None and figure.high >= target
    short = figure.value is not None and target - figure.value <= short_by
    return Light.YELLOW if holds or short else Light.RED


def _cases(share: Decimal, all_of_them: Decimal, cases_within: Decimal) -> Light:
    if share >= all_of_them:
        return Light.GREEN
    return Light.YELLOW if share >= cases_within else Light.RED


def _at_most(upper: Decimal, limit: Decimal, over_by: Decimal) -> Light:
    if upper <= limit:
        return Light.GREEN
    return Light.YELLOW if upper <= limit * (1 + over_by) else Light.RED


def light_of(facts: Facts, indicator: Indicator, period: str) -> Light | None:
    """The light of an indicator in a month."""
    figure = (year_to_date if indicator.target_kind == "yearly" else value_in)(facts, indicator, period)
    return judge(indicator, figure, period, facts.catalogue.thresholds)
