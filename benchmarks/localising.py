"""Error localisation alone: ten thousand records of 12 fields under 8 balance edits, two in five of them with a fault.

python -m benchmarks.localising                    ours and the floor
python -m benchmarks.localising --quick            a thousand records
python -m benchmarks.localising --peer PYTHON      beside banff, in an environment of its own (banff is GPL):
    uv venv /tmp/banff && uv pip install --python /tmp/banff/bin/python banff

The floor says only which edits each record breaks. Ours finds every smallest set of cells up to three, each with what its
cells should be; banff one of them.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter

import polars as pl

from transforms.localise.supports import WHOLE, smallest_sets

FIELDS, RECORDS, QUICK = 12, 10_000, 1_000
BALANCES = (((0, 1), 2), ((3, 4), 5), ((0, 3), 6), ((1, 4), 7), ((2, 5), 8), ((6, 7), 8), ((8, 9), 10), ((10,), 11))
"""Parts and total of each edit: a table of two by two with its margins, and two totals above it."""
FREE = (0, 1, 3, 4, 9)
FAULTY = 0.4
PEER = Path(__file__).with_name("localising_peer.py")


@dataclass(frozen=True, slots=True)
class Localising:
    """What was measured: seconds by side, how many records break an edit, how many of those have several smallest sets, in
    how many the truth is among them. `peer`: what the other package told, None where it was not there."""

    records: int
    failing: int
    ours: float
    floor: float
    ties: int
    truth: int
    peer: "Peer | None" = None


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    seconds: float
    truth: int


def matrix() -> tuple[tuple[int, ...], ...]:
    rows = []
    for parts, total in BALANCES:
        row = [0] * FIELDS
        for part in parts:
            row[part] = 1
        row[total] = -1
        rows.append(tuple(row))
    return tuple(rows)


def draw(count: int, seed: int = 1) -> tuple[list[list[int]], list[frozenset[int]]]:
    """Records, and of each the fields that were changed."""
    rng = Random(seed)
    records, faults = [], []
    for _ in range(count):
        values = [0] * FIELDS
        for field in FREE:
            values[field] = rng.randint(1, 10**6)
        for parts, total in BALANCES:
            values[total] = sum(values[p] for p in parts)
        wrong = rng.sample(range(FIELDS), rng.choice([1, 1, 1, 2, 2, 3])) if rng.random() < FAULTY else []
        for field in wrong:
            values[field] += rng.choice([-1, 1]) * rng.randint(1, 10**5)
        records.append(values)
        faults.append(frozenset(wrong))
    return records, faults


def residuals(records: Sequence[Sequence[int]]) -> pl.DataFrame:
    """The boxes of exact records: record, low_i, high_i."""
    frame = pl.DataFrame(records, schema=[(f"x{i}", WHOLE) for i in range(FIELDS)], orient="row")
    sums = []
    for i, row in enumerate(matrix()):
        told = [pl.col(f"x{c}") * pl.lit(-a, dtype=WHOLE) for c, a in enumerate(row) if a]
        total = told[0]
        for term in told[1:]:
            total = total + term
        sums += [total.alias(f"low_{i}"), total.alias(f"high_{i}")]
    return frame.select(pl.int_range(pl.len(), dtype=pl.Int64).alias("record"), *sums)


def measure_localising(quick: bool, rounds: int, peer: str = "") -> Localising:
    """The quickest of the rounds counts."""
    records, faults = draw(QUICK if quick else RECORDS)
    ours = floor = float("inf")
    for _ in range(rounds):
        start = perf_counter()
        boxes = residuals(records)
        broken = boxes.filter(pl.any_horizontal(pl.col(f"low_{i}") != 0 for i in range(len(BALANCES))))
        floor = min(floor, perf_counter() - start)
        start = perf_counter()
        found = smallest_sets(matrix(), residuals(records))
        ours = min(ours, perf_counter() - start)
    sets: dict[int, set[frozenset[int]]] = {}
    for record, cells in found.select("record", "cells").iter_rows():
        sets.setdefault(record, set()).add(frozenset(cells))
    return Localising(
        records=len(records),
        failing=broken.height,
        ours=ours,
        floor=floor,
        ties=sum(len(of) > 1 for of in sets.values()),
        truth=sum(faults[record] in of for record, of in sets.items()),
        peer=_ask(peer, records, faults) if peer else None,
    )


def _ask(python: str, records: Sequence[Sequence[int]], faults: Sequence[frozenset[int]]) -> Peer:
    with TemporaryDirectory() as name:
        told, edits, out = (Path(name) / file for file in ("records.csv", "edits.txt", "out.json"))
        with told.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["ident", *(f"x{i}" for i in range(FIELDS))])
            writer.writerows([f"r{n}", *values] for n, values in enumerate(records))
        lines = [f"{' + '.join(f'x{p}' for p in parts)} = x{total};" for parts, total in BALANCES]
        # It asks for a bound of every field: one that nothing reaches.
        lines += [f"x{field} >= -10000000;" for field in range(FIELDS)]
        edits.write_text("\n".join(lines), "utf-8")
        subprocess.run([python, str(PEER), str(told), str(edits), str(out)], check=True, capture_output=True)
        answer = json.loads(out.read_text("utf-8"))
    right = sum(
        frozenset(int(field.lstrip("xX")) for field in fields) == faults[int(ident[1:])]
        for ident, fields in answer["sets"].items()
    )
    return Peer(f"banff {answer['version']}", answer["seconds"], right)


def describe_localising(measured: Localising) -> str:
    """The section of docs/benchmarks.md."""
    m = measured
    lines = [
        f"| localising {m.records:,} records of {FIELDS} fields, {len(BALANCES)} balance edits, {m.failing:,} failing | wall s | ours ÷ this | truth among what it names |",
        "| --- | ---: | ---: | ---: |",
        f"| ours: every smallest set up to three cells, with what they should be | {m.ours:.2f} | 1.0 | {m.truth:,} |",
        f"| floor: which edits are broken | {m.floor:.3f} | {m.ours / m.floor:.0f} | – |",
    ]
    if m.peer:
        lines.append(
            f"| {m.peer.name}: one smallest set | {m.peer.seconds:.2f} | {m.ours / m.peer.seconds:.2f} | {m.peer.truth:,} |"
        )
    else:
        lines.append("| banff: not installed (GPL; `python -m benchmarks.localising --peer PYTHON`) | – | – | – |")
    lines += [
        "",
        f"{m.ties:,} records have several smallest sets: all are shown, ranked by what explains them. The aim is one second.",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit: 0 measured within a second, 1 not, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.localising",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="1,000 records")
    parser.add_argument("--rounds", type=int, default=3, help="runs; the quickest counts (default: 3)")
    parser.add_argument("--peer", default="", metavar="PYTHON", help="the Python of an environment with banff")
    given = parser.parse_args(arguments)
    measured = measure_localising(given.quick, given.rounds, given.peer)
    sys.stdout.write(describe_localising(measured) + "\n")
    return 0 if measured.ours < 1 else 1


if __name__ == "__main__":
    sys.exit(main())
