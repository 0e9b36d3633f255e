"""The best figure known of another district, and how far ours is from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from transforms.facts import Facts, Figure
from transforms.model import Indicator
from transforms.schedule.declared import BENCHMARK, declared


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A core figure as another district has published it.

    Attributes:
        value: in the base unit. decimals: as printed there. when: what it is about, as far as that is told.
        basis: what the report calls it.
    """

    indicator: str
    district: str
    value: Decimal
    decimals: int
    when: str
    source: str
    basis: str

    @property
    def figure(self) -> Figure:
        return declared(self.value, BENCHMARK, f"{self.indicator}/{self.district}")


def best_known(facts: Facts, indicator: Indicator, benchmarks: Iterable[Benchmark]) -> Benchmark | None:
    """The best of other districts: the smallest where less is better, else the largest."""
    others = [b for b in benchmarks if b.indicator == indicator.code and b.district != facts.district.code]
    less = indicator.comparator == "≤" or (not indicator.comparator and indicator.nature == "average")
    return (min if less else max)(others, key=lambda b: b.value, default=None)
