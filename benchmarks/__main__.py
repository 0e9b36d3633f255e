"""Command line: lay the returns, run each side in a process of its own, turn about, and tell seconds and ratios.

python -m benchmarks                300 returns; several minutes, nearly all of them the baseline's
python -m benchmarks --quick        60 returns
python -m benchmarks --write        the same, and docs/benchmarks.md with the outcome
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.baseline import run_baseline
from benchmarks.clock import Run
from benchmarks.corpus import Corpus, lay_corpus
from benchmarks.floor import run_floor
from benchmarks.localising import describe_localising, measure_localising
from benchmarks.matching import describe_matching, measure_matching
from benchmarks.ours import run_ours
from benchmarks.publishing import describe_publishing, measure_publishing
from benchmarks.reading import describe_reading, measure_reading
from benchmarks.report import Sides, describe, page
from benchmarks.writing import describe_writing, measure_writing

SIDES = {"ours": run_ours, "baseline": run_baseline, "floor": run_floor}
DOCUMENT = Path("docs/benchmarks.md")
ALL_DISTRICTS, QUICK_DISTRICTS = 15, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit: 0 measured, 1 the sides did not find the same, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="60 returns instead of 300")
    parser.add_argument("--rounds", type=int, default=2, help="runs a side; the quickest of each counts (default: 2)")
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT}")
    parser.add_argument("--banff", default="", metavar="PYTHON", help="the Python of an environment with banff (GPL)")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.side:
        json.dump(SIDES[given.side](given.folder).finish(), sys.stdout)
        return 0
    with TemporaryDirectory() as folder:
        corpus = lay_corpus(Path(folder) / "corpus", QUICK_DISTRICTS if given.quick else ALL_DISTRICTS)
        sides = _measure(corpus, Path(folder), given.rounds)
    reading = describe_reading(*measure_reading(given.quick, given.rounds))
    writing = describe_writing(measure_writing(given.quick, given.rounds))
    matching = describe_matching(measure_matching(given.quick, given.rounds))
    localising = describe_localising(measure_localising(given.quick, given.rounds, given.banff))
    publishing = describe_publishing(measure_publishing(given.quick, given.rounds))
    told = (reading, writing, matching, localising, publishing)
    sys.stdout.write("\n\n".join((describe(sides), *told)) + "\n")
    if given.write:
        DOCUMENT.write_text(page(sides, *told), "utf-8")
    return 0 if all(_found_all(run, corpus) for run in (sides.ours, sides.baseline)) else 1


def _measure(corpus: Corpus, folder: Path, rounds: int) -> Sides:
    """Turn about, so that a busy minute of the machine falls on all sides."""
    runs: dict[str, list[Run]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        for side in SIDES:
            runs[side].append(_run_side(side, corpus, folder / "work"))
    return Sides(**{side: min(of_side, key=lambda run: sum(run.cpu.values())) for side, of_side in runs.items()})


def _run_side(side: str, corpus: Corpus, work: Path) -> Run:
    shutil.copytree(corpus.folder, work)
    command = [sys.executable, "-m", "benchmarks", "--side", side, "--folder", str(work)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    shutil.rmtree(work)
    return Run(**json.loads(told))


def _found_all(run: Run, corpus: Corpus) -> bool:
    return run.counts["files"] == corpus.files and run.counts["returned"] >= len(corpus.spoilt)


if __name__ == "__main__":
    sys.exit(main())
