"""The targets and limits of the plan and of the reports (M07), from `targets.tsv`."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from catalogue.declarations import Place
from catalogue.measures import department_words, leads_of, tab_separated
from transforms.model import TARGET_LIGHTS, Department, Target, Unit

COLUMNS = (
    "target_id",
    "clause",
    "text",
    "lead_units",
    "comparator",
    "value",
    "unit",
    "deadline",
    "light",
    "indicators",
    "figure",
    "current",
    "measure",
    "reason",
    "note",
)
COMPARATORS = ("≥", "≤", "=", "<", ">", "≈")
YEARLY = "每年"
"""What stands for a deadline that comes back every year."""


def read_targets(
    path: Path,
    departments: Iterable[Department],
    units: Mapping[str, Unit],
    known: Mapping[str, Collection[Any]],
) -> tuple[Target, ...]:
    """The targets in the order of the file.

    Args:
        known: the `indicators`, and the codes of every `series` and of the `measures`, that a target may name.
    Raises:
        CatalogueError: a target is wrong; the message names file and line.
    """
    words, targets = department_words(departments), []
    for place, row in tab_separated(path, COLUMNS):
        target = _target(place, row, words)
        _check(place, target, units, known)
        targets.append(target)
    return tuple(targets)


def _target(place: Place, row: Mapping[str, str], units: Mapping[str, str]) -> Target:
    yearly = row["deadline"] == YEARLY
    try:
        deadline = date.fromisoformat(row["deadline"]) if row["deadline"] and not yearly else None
        value = Decimal(row["value"]) if row["value"] else None
    except (ValueError, InvalidOperation):
        raise place.error(f"“{row['deadline']}” is not a day, or “{row['value']}” not a number") from None
    return Target(
        code=row["target_id"],
        clause=row["clause"],
        text=row["text"],
        leads=leads_of(place, row, units),
        comparator=row["comparator"],
        value=value,
        unit=row["unit"],
        deadline=deadline,
        yearly=yearly,
        light=row["light"],
        indicators=tuple(filter(None, row["indicators"].split(";"))),
        figure=row["figure"],
        current=row["current"],
        measure=row["measure"],
        reason=row["reason"],
        note=row["note"],
    )


def _check(place: Place, target: Target, units: Mapping[str, Unit], known: Mapping[str, Collection[Any]]) -> None:
    """One way to be judged, or the reason why there is none; everything that it names is known."""
    ways = [target.indicators, target.figure, target.measure, target.reason]
    if sum(map(bool, ways)) != 1:
        raise place.error(
            "a target needs indicators, a figure, a measure, or the reason why there is none: one of them"
        )
    if bool(target.reason) == bool(target.light) or target.light not in ("", *TARGET_LIGHTS):
        raise place.error(f"a target that is judged needs one of the lights {', '.join(TARGET_LIGHTS)}")
    if (target.light == "state") != bool(target.measure):
        raise place.error("the state of a measure is the light of a target that names one, and of no other")
    if target.comparator not in COMPARATORS:
        raise place.error(f"unknown comparator “{target.comparator}”")
    if target.unit and target.unit not in units:
        raise place.error(f"unknown unit “{target.unit}”")
    if target.value is None and target.light not in ("", "state"):
        raise place.error("a target that is held against a figure needs a value")
    if target.measure and target.measure not in known["measures"]:
        raise place.error(f"unknown measure “{target.measure}”")
    codes = {indicator.code: indicator for indicator in known["indicators"]}
    for code in target.indicators:
        if code not in codes:
            raise place.error(f"unknown indicator “{code}”")
        _check_value(place, target, codes[code], units)
    series = [part.partition("@")[0] for part in target.figure.split("/")]
    for one in filter(None, [*series, target.current]):
        if one not in known["series"]:
            raise place.error(f"unknown series “{one}”")


def _check_value(place: Place, target: Target, indicator: Any, units: Mapping[str, Unit]) -> None:
    """What M02 holds a figure against by a target is what the target says."""
    if indicator.clause != target.code or target.light == "at_most_case" or target.value is None:
        return
    if indicator.target != target.value * units[target.unit].factor:
        raise place.error(f"{target.value}{target.unit}, but {indicator.code} is held against {indicator.target}")
