"""The planted-fault campaign.

python -m benchmarks.planted                  five of each kind and twenty pairs; some minutes
python -m benchmarks.planted --seeds 2        fewer
python -m benchmarks.planted --write          the same, and docs/planted-faults.md with the outcome
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from benchmarks.planted.campaign import Case, Outcome, clean_district, draw_cases, run
from benchmarks.planted.report import page, shares
from benchmarks.planted.score import score

DOCUMENT = Path("docs/planted-faults.md")
SEEDS, PAIRS, CONTROLS = 5, 20, 6


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit: 0 the aims are met, 1 not, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.planted", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=SEEDS, help="cases of each kind")
    parser.add_argument("--pairs", type=int, default=PAIRS, help="cases of two faults")
    parser.add_argument("--seed", type=int, default=0, help="where chance begins")
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT}")
    given = parser.parse_args(arguments)
    clean = clean_district()
    cases = draw_cases(clean, given.seeds, given.pairs, CONTROLS, given.seed)
    outcome = run(cases, clean)
    scored = score(cases, clean, outcome)
    false_alarms = alarms(cases, outcome)
    told = page(scored, false_alarms, CONTROLS, "python -m benchmarks.planted --write")
    sys.stdout.write(told)
    if given.write:
        DOCUMENT.write_text(told, "utf-8")
    return 0 if shares(scored, false_alarms).met else 1


def alarms(cases: Sequence[Case], outcome: Outcome) -> int:
    """Findings and differences in the districts without a fault."""
    controls = [c.code for c in cases if not c.planted]
    frames = (outcome.findings, outcome.differences)
    return sum(frame.filter(pl.col("district").is_in(controls)).height for frame in frames)


if __name__ == "__main__":
    sys.exit(main())
