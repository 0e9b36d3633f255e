"""Two ledgers matched: ours beside the bare join of their keys, DuckDB and datacompy.

python -m benchmarks.matching            a million and ten million rows a side; some minutes
python -m benchmarks.matching --quick    a hundred thousand

Of the rows 2% are missing on each side, 1% differ in the amount, 0.5% are paid in two lines. Each side reads the same two
Parquet files in a process of its own, turn about; the quickest of its runs counts. datacompy pins an older Polars, so it and
DuckDB live in an environment of their own under the cache folder; it is made by uv where that is found, else they are
left out and that is said.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.clock import START, Run

SIZES, QUICK_SIZES = (1_000_000, 10_000_000), (100_000,)
PEERS = ("datacompy==1.1.0", "duckdb==2.0.0", "pyarrow")
ENVIRONMENT = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "yueji" / "peers" / "matching"
ROOT = Path(__file__).parent.parent
SLOW = {"datacompy": 1}
"""Rounds of what takes long, of the most."""


# The ledgers


def lay_ledgers(folder: Path, rows: int) -> None:
    """`left.parquet` and `right.parquet`: key, party, day, amount and place of so many vouchers."""
    import polars as pl

    n = pl.col("n")
    vouchers = pl.DataFrame({"n": pl.int_range(rows, eager=True)}).select(
        key=pl.format("TS{}{}", (n * 7919 % 900_000_007).cast(pl.String).str.zfill(9), (n % 97).cast(pl.String)),
        party=pl.format("P{}", n.hash(5) % 1_000_003),
        day=pl.date(2022, 8, 1) + pl.duration(days=(n % 28).cast(pl.Int64)),
        cents=(n.hash(6) % 10**9 + 1).cast(pl.Int64),
        fate=(n.hash(7) % 1000).cast(pl.Int64),
    )
    left = vouchers.filter(pl.col("fate") >= 20)
    right = vouchers.filter(~pl.col("fate").is_between(20, 39)).with_columns(
        cents=pl.when(pl.col("fate").is_between(40, 49)).then(pl.col("cents") + 1_700).otherwise("cents")
    )
    in_two = pl.col("fate").is_between(50, 54)
    first = right.filter(in_two).with_columns(cents=pl.col("cents") // 3 + 1)
    second = right.filter(in_two).with_columns(cents=pl.col("cents") - (pl.col("cents") // 3 + 1))
    right = pl.concat([right.filter(~in_two), first, second]).sample(fraction=1, shuffle=True, seed=1)
    for name, side in (("left", left), ("right", right)):
        amount = (pl.col("cents").cast(pl.Decimal(38, 8)) / 100).cast(pl.Decimal(38, 8))
        told = side.select("key", "party", "day", amount=amount).with_row_index("row")
        told.select(pl.exclude("row"), place=pl.format("表!L{}", "row")).write_parquet(folder / f"{name}.parquet")


# The sides: each reads both files and says how many keys of which kind it found


def _ours(folder: Path) -> dict[str, int]:
    import polars as pl

    from transforms.model import EXACT
    from transforms.reconcile.ledgers import match

    told = {"district": pl.lit("jb"), "period": pl.lit("2022-08"), "submission": pl.lit("S")}
    left, right = (
        pl.scan_parquet(folder / f"{name}.parquet").with_columns(half=pl.lit(0).cast(EXACT), **told)
        for name in ("left", "right")
    )
    found = match(left, right, days=3)
    counts = dict(found.keys.group_by("alone").len().rows())
    split = found.ways.filter(pl.col("way") == "split")["keys"].sum()
    return _counts(counts.get("left", 0), counts.get("right", 0), counts.get("", 0), split)


def _join(folder: Path) -> dict[str, int]:
    import polars as pl

    left, right = (pl.scan_parquet(folder / f"{name}.parquet").select("key", "amount") for name in ("left", "right"))
    return {"pairs": left.join(right, on="key").collect(engine="streaming").height}


def _duckdb(folder: Path) -> dict[str, int]:
    import duckdb

    classes = """
        SELECT CASE WHEN r.key IS NULL THEN 'left' WHEN l.key IS NULL THEN 'right'
                    WHEN l.amount = r.amount THEN 'same' ELSE 'different' END AS class, count(*)
        FROM read_parquet($left) l FULL OUTER JOIN read_parquet($right) r ON l.key = r.key GROUP BY class
    """
    paths = {name: str(folder / f"{name}.parquet") for name in ("left", "right")}
    counts = dict(duckdb.execute(classes, paths).fetchall())
    # A voucher in two lines stands there as two that differ: the join does not add up.
    return _counts(counts.get("left", 0), counts.get("right", 0), counts.get("different", 0), 0)


def _datacompy(folder: Path) -> dict[str, int]:
    import datacompy
    import polars as pl

    left, right = (pl.read_parquet(folder / f"{name}.parquet", columns=["key", "amount"]) for name in ("left", "right"))
    compared = datacompy.PolarsCompare(left, right, join_columns=["key"])
    unequal = sum(column["unequal_cnt"] for column in compared.column_stats)
    return _counts(len(compared.df1_unq_rows), len(compared.df2_unq_rows), int(unequal), 0)


def _counts(left: int, right: int, different: int, split: int) -> dict[str, int]:
    return {"left only": left, "right only": right, "different": different, "split": split}


SIDES: Mapping[str, Callable[[Path], dict[str, int]]] = {
    "ours": _ours,
    "join": _join,
    "duckdb": _duckdb,
    "datacompy": _datacompy,
}
WITH_PEERS = ("duckdb", "datacompy")


def run_side(side: str, folder: Path) -> Run:
    run = Run()
    with run.stage(START):
        import_module(_IMPORTS.get(side, side))
    with run.stage("match"):
        run.counts = SIDES[side](folder)
    return run


_IMPORTS = {"ours": "transforms.reconcile.ledgers", "join": "polars"}


# Measuring


@dataclass(frozen=True, slots=True)
class Measured:
    """The quickest run a side, over so many rows; what a ledger of `rows` vouchers holds by kind."""

    rows: int
    runs: Mapping[str, Run]
    absent: str


def make_environment() -> str:
    """Make the environment of the peers where it is not there yet. Returns why it is absent; "" when it is there."""
    python = ENVIRONMENT / "bin" / "python"
    if python.exists():
        return ""
    uv = shutil.which("uv")
    if uv is None:
        return f"DuckDB and datacompy are left out: {ENVIRONMENT} is not there, nor uv to make it"
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    commands = (
        [uv, "venv", "--python", sys.executable, str(ENVIRONMENT)],
        [uv, "pip", "install", "--python", str(python), *PEERS],
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(ENVIRONMENT, ignore_errors=True)
            return f"DuckDB and datacompy are left out: {done.stderr.strip().splitlines()[-1]}"
    return ""


def measure_matching(quick: bool, rounds: int) -> list[Measured]:
    absent = make_environment()
    sides = [side for side in SIDES if not (absent and side in WITH_PEERS)]
    measured = []
    for rows in QUICK_SIZES if quick else SIZES:
        with TemporaryDirectory() as folder:
            _process(sys.executable, ["--lay", str(rows), "--place", folder])
            runs: dict[str, list[Run]] = {side: [] for side in sides}
            for turn in range(rounds):
                for side in sides:
                    if turn < SLOW.get(side, rounds):
                        runs[side].append(_run(side, folder))
        quickest = {side: min(some, key=lambda run: run.wall["match"]) for side, some in runs.items()}
        measured.append(Measured(rows, quickest, absent))
    return measured


def _run(side: str, folder: str) -> Run:
    python = str(ENVIRONMENT / "bin" / "python") if side in WITH_PEERS else sys.executable
    return Run(**json.loads(_process(python, ["--side", side, "--place", folder])))


def _process(python: str, arguments: Sequence[str]) -> str:
    command = [python, "-m", "benchmarks.matching", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT).stdout


_WORDS = {
    "ours": "**ours**: verdicts of all keys, parts, copies, parties, causes, cells",
    "join": "bare join of the keys, Polars, streaming (floor)",
    "duckdb": "DuckDB, full join and classes",
    "datacompy": "datacompy, PolarsCompare",
}


def describe_matching(measured: Sequence[Measured]) -> str:
    """The section of docs/benchmarks.md."""
    parts = []
    for one in measured:
        lines = [
            f"| {one.rows:,} rows a side | wall s | ÷ join | CPU s | ÷ join | MB | found |",
            "| --- | ---: | ---: | ---: | ---: | ---: | --- |",
        ]
        floor = one.runs["join"]
        for side, words in _WORDS.items():
            if side not in one.runs:
                continue
            run = one.runs[side]
            wall, cpu = run.wall["match"], run.cpu["match"]
            found = ", ".join(f"{count} {name}" for name, count in run.counts.items())
            ratios = (wall / floor.wall["match"], cpu / floor.cpu["match"])
            lines.append(
                f"| {words} | {wall:.2f} | {ratios[0]:.2f} | {cpu:.2f} | {ratios[1]:.2f} | {run.peak:.0f} | {found} |"
            )
        parts.append("\n".join([*lines, "", _ratios(one)]))
    return "\n\n".join(parts)


def _ratios(one: Measured) -> str:
    wall, cpu = ({side: getattr(run, kind)["match"] for side, run in one.runs.items()} for kind in ("wall", "cpu"))
    words = f"Ours takes {wall['ours'] / wall['join']:.2f} times the bare join (CPU {cpu['ours'] / cpu['join']:.2f}; aim: at most 2.5)"
    if one.absent:
        return f"{words}. {one.absent}."
    ratios = wall["datacompy"] / wall["ours"], cpu["datacompy"] / cpu["ours"]
    return f"{words}; datacompy {ratios[0]:.1f} times ours (CPU {ratios[1]:.1f}; aim: at least 4)."


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit: 0 measured, 2 usage."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.matching", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a hundred thousand rows a side")
    parser.add_argument("--rounds", type=int, default=2, help="runs a side; the quickest of each counts (default: 2)")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--lay", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.lay:
        lay_ledgers(given.place, given.lay)
        return 0
    if given.side:
        json.dump(run_side(given.side, given.place).finish(), sys.stdout)
        return 0
    sys.stdout.write(describe_matching(measure_matching(given.quick, given.rounds)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
