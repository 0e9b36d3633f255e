"""Faults planted in the derived returns, never in the truth."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from samples.drops import Drop

DEMO_PLAN = Path(__file__).parent / "faults.yaml"


@dataclass(frozen=True, slots=True)
class Fault:
    kind: str
    district: str
    form: str
    period: str


@dataclass(frozen=True, slots=True)
class Planted:
    kind: str
    file: str
    sheet: str
    cell: str
    told: str
    true: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_plan(path: Path) -> list[Fault]:  # noqa: ARG001
    return []


def plant(drops: list[Drop], faults: Sequence[Fault]) -> tuple[list[Drop], list[Planted]]:  # noqa: ARG001
    return drops, []
