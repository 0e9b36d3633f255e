"""Laying whole districts: filings, the faults of a plan, files with their times, and the truth of what was planted."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from samples.drops import as_drop, make_filings, write_drops
from samples.faults import DEMO_PLAN, Fault, Planted, plant, read_plan
from samples.truth import PERIODS, SEED


def lay(
    inbound: Path,
    districts: Sequence[str] = ("jb", "cd", "bn"),
    periods: Sequence[str] = PERIODS,
    seed: int = SEED,
    faults: Sequence[Fault] = (),
    forms: Iterable[str] | None = None,
) -> tuple[list[Path], list[Planted]]:
    """Write every return of the districts below `inbound`, spoilt as `faults` say.

    `periods` and `forms` choose the months and the returns of 江北区; the two small districts have their own. Returns
    the files in the order of arrival, and what was planted. The same arguments give the same bytes and the same file times.
    """
    filings = [filing for district in districts for filing in make_filings(district, periods, seed, forms)]
    drops, planted = plant([as_drop(filing) for filing in filings], faults)
    drops.sort(key=lambda drop: (drop.dropped, drop.path))
    return write_drops(inbound, drops), planted


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line. Exit: 0 laid, 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m samples", description=__doc__)
    parser.add_argument("--inbound", type=Path, default=Path("inbound"))
    parser.add_argument("--districts", default="jb,cd,bn", help="codes joined by commas")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--clean", action="store_true", help="plant nothing")
    parser.add_argument("--faults", type=Path, default=DEMO_PLAN, help="a fault plan (YAML)")
    parser.add_argument("--truth", type=Path, help="where to write what was planted (JSON)")
    given = parser.parse_args(arguments)
    districts = given.districts.split(",")
    faults = () if given.clean else [f for f in read_plan(given.faults) if f.district in districts]
    paths, planted = lay(given.inbound, districts, seed=given.seed, faults=faults)
    if given.truth:
        given.truth.parent.mkdir(parents=True, exist_ok=True)
        told = json.dumps([p.as_json() for p in planted], ensure_ascii=False, indent=1)
        given.truth.write_text(told + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(paths)} files in {given.inbound}, {len(planted)} faults planted\n")
    return 0
