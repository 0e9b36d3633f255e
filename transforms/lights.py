"""Lights (reporting-system.md, §4): what is told against what was promised, judged on intervals.

A figure that was printed with two decimals says no more than its rounding interval: a light is green only when the
whole interval is on the right side of the target. Where yellow ends is the office's to say (catalogue/lights.yaml).

A person may set a light by hand, with name and reason (Facts.lights): it stands in place of the one that is computed,
which is shown with it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from transforms import period as months
from transforms.facts import Facts, Figure, value_in, year_to_date
from transforms.model import Catalogue, Indicator, Light, SetLight, Target, Thresholds


class Lit(NamedTuple):
    """A light as it is shown, the one that is computed, and what a person decided last of it: set it by hand, or took
    that back (`decided.light` is None)."""

    shown: Light | None
    computed: Light | None
    decided: SetLight | None = None

    @property
    def by_hand(self) -> bool:
        return self.decided is not None and self.decided.light is not None


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
    return lit_of(facts, indicator, period).shown


def lit_of(facts: Facts, indicator: Indicator, period: str) -> Lit:
    """The light of an indicator in a month, as it is shown and as it is computed."""
    figure = judged_figure(facts, indicator, period)
    return lit(facts, indicator.code, judge(indicator, figure, period, facts.catalogue.thresholds), period)


def judged_figure(facts: Facts, indicator: Indicator, period: str) -> Figure:
    """The figure that an indicator is judged by in a month."""
    return (year_to_date if indicator.target_kind == "yearly" else value_in)(facts, indicator, period)


def lit(facts: Facts, subject: str, computed: Light | None, period: str = "") -> Lit:
    """A computed light, or the one that a person has set in its place for that month (that of the facts)."""
    decided = facts.once(_decided).get((period or facts.period, subject))
    return Lit((decided.light if decided else None) or computed, computed, decided)


def last_decided(events: pl.DataFrame, district: str) -> tuple[SetLight, ...]:
    """What was decided last of each light of a district, by month and code.

    Args:
        events: district, period, subject, light (empty: what was set is taken back), at (Datetime), actor, reason; the
            oldest first.
    """
    last: dict[tuple[str, str], SetLight] = {}
    for row in events.filter(pl.col("district") == district).iter_rows(named=True):
        light = Light(row["light"]) if row["light"] else None
        decided = SetLight(row["period"], row["subject"], light, row["actor"], row["at"], row["reason"])
        last[decided.period, decided.subject] = decided
    return tuple(last[place] for place in sorted(last))


def _decided(facts: Facts) -> Mapping[tuple[str, str], SetLight]:
    return {(one.period, one.subject): one for one in facts.lights}


def subject_of(catalogue: Catalogue, code: str) -> str:
    """Under which code a light is set by hand: a target that is judged as a core figure is has the light of that one."""
    target = next((one for one in catalogue.targets if one.code == code), None)
    figure = judged_as(catalogue, target) if target else None
    return figure.code if figure else code


def judged_as(catalogue: Catalogue, target: Target) -> Indicator | None:
    """The core figure that is held against the very number of a target in the same way, if there is one."""
    if len(target.indicators) != 1:
        return None
    indicator = next(one for one in catalogue.indicators if one.code == target.indicators[0])
    if target.light != indicator.target_kind or target.value is None:
        return None
    # A limit of each case is judged by the share of the cases that keep it.
    same = target.light == "at_most_case" or target.value * catalogue.units[target.unit].factor == indicator.target
    return indicator if same else None
