"""What other districts have published of our core figures (benchmarks.yaml)."""

from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from catalogue.declarations import read_declarations
from transforms.analyse.benchmarks import Benchmark
from transforms.model import Catalogue

HERE = Path(__file__).parent


def load_benchmarks(catalogue: Catalogue, path: Path = HERE / "benchmarks.yaml") -> tuple[Benchmark, ...]:
    """The benchmarks of the core figures of a catalogue.

    Raises:
        CatalogueError: a declaration is wrong; the message names file and line.
    """
    return _read(path, frozenset(d.code for d in catalogue.districts), frozenset(i.code for i in catalogue.indicators))


@cache
def _read(path: Path, districts: frozenset[str], indicators: frozenset[str]) -> tuple[Benchmark, ...]:
    made = []
    for entry in read_declarations(path):
        place = entry.place
        try:
            value = Decimal(entry.take("value"))
        except InvalidOperation:
            raise place.error("“value” is not a number") from None
        one = Benchmark(
            entry.take("indicator"),
            entry.take("district"),
            value,
            entry.take("decimals", int),
            entry.take("when"),
            entry.take("source"),
            entry.take("basis"),
        )
        entry.done()
        if one.district not in districts:
            raise place.error(f"unknown district “{one.district}”")
        if one.indicator not in indicators:
            raise place.error(f"unknown core figure “{one.indicator}”")
        made.append(one)
    return tuple(made)
