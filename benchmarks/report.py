"""What was measured, as tables: CPU seconds by stage, ratios to the peer and to the floor."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from benchmarks.clock import START, Run

STAGES = ("receive", "read", "validate", "receipts", "reconcile", "publish")
SHARED = ("read", "validate", "reconcile", "publish")
"""What both sides do. The baseline keeps no archive and no record, and answers nobody."""
LIBRARIES = ("polars", "great-expectations", "openpyxl", "XlsxWriter", "pandas", "numpy", "SQLAlchemy")


@dataclass(frozen=True, slots=True)
class Sides:
    ours: Run
    baseline: Run
    floor: Run


def describe(sides: Sides) -> str:
    """The tables of one run, in Markdown."""
    ours, baseline, floor = sides.ours, sides.baseline, sides.floor
    rows = [_row(stage, ours, baseline, (stage,)) for stage in STAGES]
    rows.append(_row("**to the verdicts** (read, validate, reconcile)", ours, baseline, SHARED[:-1]))
    rows.append(_row("**what both do** (these and publish)", ours, baseline, SHARED))
    rows.append(_row("**all**", ours, baseline, STAGES))
    rows.append(_row("start-up, apart", ours, baseline, (START,)))
    header = ("stage", "ours, CPU s", "ours, wall s", "baseline, CPU s", "baseline, wall s", "CPU, baseline ÷ ours")
    read_floor = _sum(floor.cpu, ("unzip", "expat"))
    return "\n".join(
        [
            *_table(header, rows),
            "",
            f"Floor of reading (unzip, then expat without work): {read_floor:.2f} s CPU; ours takes"
            f" {ours.cpu['read'] / read_floor:.0f} times that, the baseline {baseline.cpu['read'] / read_floor:.0f} times.",
            f"Peak memory: ours {ours.peak:.0f} MB (the process and its reader), baseline {baseline.peak:.0f} MB.",
            f"Ours: {_told(ours.counts)}. Baseline: {_told(baseline.counts)}.",
        ]
    )


def page(sides: Sides, reading: str, writing: str, matching: str, localising: str, publishing: str) -> str:
    """docs/benchmarks.md."""
    return f"""# Speed

Written by `python -m benchmarks --write`. Seconds drift with the machine and its load; the ratios hold.

{describe(sides)}

Machine: {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}; \
{", ".join(f"{name} {version(name)}" for name in LIBRARIES)}.

## What is measured

{sides.ours.counts["files"]} small returns (8 to 90 rows, real .xlsx of the sample generator): each district files F03 and
F10 for eight months, and F01, F02 and F09 while their ledgers are short. One F10 in twenty has a false closing balance.
Each side runs in a process of its own over the same files, turn about; the quickest of its runs counts. CPU seconds
include those of the reading process.

- **Ours**: the stages of a night as plain functions, without Prefect. Everything is done that a night does: archive,
  record, fsync, every rule with the cell of each finding, a receipt a return, the monthly workbook of each district.
  The wait for drops to settle is off.
- **Baseline**: openpyxl (read_only), pandas, one Great Expectations validation a file (of its first sheet; ledgers are
  checked in pandas) with one context and suites made once, in its cheapest result format; pandas merges for
  reconciliations; a plain workbook a district by openpyxl. No history rules, no receipts, no archive, floats.
- **Floor**: unzip and expat, without work.

A side that returns fewer files than carry a planted fault ends the command with exit 1. The baseline may return a few more: a growth told from exact figures misses by a hair when it is worked out from rounded ones, which our intervals know.

## Where our time goes, and what the aim of ten times meets

- **read**: of the reader's time nearly half is expat with our handlers, a quarter typing the values, a seventh finding
  the tables, a ninth the guard. The record takes two commits with fsync a file: wall time more than CPU.
- **validate**: the rules of the returns that came (1,952 for all 25, 1,906 of them on those due in a month), once a night
  whatever the number of files. A drop of one small return costs 0.6 s CPU to judge, all 24 of a month 6 s. Most is
  Great Expectations, half of that its own graph of metrics; the rest is preparing rules and findings.
- **publish**: a quarter works out the frames, the rest is XlsxWriter and the zip. Each of our workbooks has ten sheets,
  four charts and 10,000 cells (the source of every figure among them), each of the baseline's six plain sheets with
  500: this ratio compares unlike products.
- **receipts**: a workbook of its own for every return (8 ms), and the fsync of each.

The aim is ten times the baseline, start-up apart. The row *to the verdicts* is the one where both do the same
work: there we come near it. A whole night, with archive, receipts and full workbooks, takes a fifth of the baseline.

## Writing alone

`python -m benchmarks.writing`. A receipt is the department's own workbook with its bad cells marked and commented and a
first sheet put before; openpyxl loads and saves the same workbook and marks nothing.

{writing}

Of a receipt only the touched parts are unpacked, patched as text and packed again; all else is copied as it lies in the
archive. Of the return of a small form that leaves half a dozen parts to pack and the first sheet to lay, whatever its
size: there the ratio is least.

## Matching two ledgers

`python -m benchmarks.matching`. Two Parquet files; 2% of the rows are missing on each side, 1% differ, 0.5% are paid in two
lines. Each side reads the files itself.

{matching}

Ours joins numbers of 64 bits made from district, period, key and amount, not texts, and holds nothing else of the many
rows that agree: hence about the time and less than half the memory of a join of the keys. Sums of a second, independent number
prove that no two unlike rows were taken for one. The few rows that differ are read in a second pass, and go through sums of
a key, parts of a key, copies, party and day. Lines of one voucher are two differences to DuckDB and datacompy.

## Localising alone

`python -m benchmarks.localising`; `--peer PYTHON` names an environment with banff, which is GPL and never in ours. One
process, wall time; the records are drawn once, a table of two by two with its margins and two totals above it.

{localising}

All records that share one matrix of edits are worked out at once: a set of cells can repair a record when none of the
elementary combinations of edits that leaves these cells out says otherwise (docs/decisions/0013). The combinations are
found once a matrix, and held against all records as expressions of whole numbers. banff stops at one set a record.

## Publishing alone

`python -m benchmarks.publishing`. The facts are those of the sample district: 25 returns of twenty months, all sheets of both
workbooks, `_src` and `_told` with them.

{publishing}

The aim for the two workbooks is three seconds. The quickest of eight runs is told, as everywhere on this page; the slowest took
3.44 s, since the machine was busy or not. Run turn about with the version before – fewer numbers led to their sources, and no
lights set by hand –, it takes 0.74 to 0.92 of its time. Half goes into writing XML of 190,000 cells, most of them in `_src` and
`_told`, where the trends of Q03 (88 figures over 24 months, four ways) have most of the lines; the frames take the rest, half of
that polars, which needs 0.4 s less where it has one thread. Our annex keeps its rows until the file is written, for widths,
links and sources; openpyxl's write-only way keeps none, and knows neither.

## Reading alone

`python -m benchmarks.reading`. Ours hands on every cell with address, text, kind, formula, stored result, error, format
and indent.

{reading}

Rows are read by their shape: what is left of a row without its values is understood once for all rows that share it, in
this file and in the next of the same template; style parts are read once a template. What does not fit a strict grammar
is read by expat with handlers, which takes 3.4 times a bare pass.

The aim for the ledger is not met. Unzipping, cutting the rows and reading the shared strings takes as long as calamine
in all; the rest is making a value of Python for each of 2.4 million cells with its address, format and digits as told
(about 1.4 µs each), where calamine makes a number. Tried: expat with handlers (10.7 times calamine; looking for garbage
among so many cells was most of it, and is now paused while they are made). Weighed: cells made only when they are asked
for, which would open the ledger in about 1.2 times calamine – but whoever looks for tables asks for all of them; calamine
for the values beside a scan for formulas and errors, which loses number formats, and with them how exactly a figure is
known.
"""


def _row(name: str, ours: Run, baseline: Run, stages: Iterable[str]) -> tuple[str, ...]:
    stages = tuple(stages)
    mine, theirs = _sum(ours.cpu, stages), _sum(baseline.cpu, stages)
    if not theirs:
        return name, f"{mine:.2f}", f"{_sum(ours.wall, stages):.2f}", "–", "–", "–"
    ratio = f"{theirs / mine:.1f}" if mine else "–"
    return (name, f"{mine:.2f}", f"{_sum(ours.wall, stages):.2f}", f"{theirs:.2f}",
            f"{_sum(baseline.wall, stages):.2f}", ratio)  # fmt: skip


def _sum(seconds: dict[str, float], stages: Iterable[str]) -> float:
    return sum(seconds.get(stage, 0.0) for stage in stages)


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
