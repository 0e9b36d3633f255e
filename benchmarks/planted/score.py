"""Of every planted fault: was it seen, by what, was the true cell named, and was it called by its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from benchmarks.planted.campaign import Case, Clean, Outcome, written
from benchmarks.planted.kinds import Kind, Place, Planted
from catalogue.load import load
from transforms.localise.equations import ROWS
from transforms.model import Severity

LINKED = ("R01",)


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of one planted fault.

    Attributes:
        bound: something is held against the place, so that it can be seen.
        hard, soft, difference: it was seen by a rule that sends back, one that asks, a reconciliation.
        named: some cell was named at all. shown: the true one among them. first: it shares the first rank. alone: it has
            it for itself.
        cause: the cause that was given to the true cell, or to the difference.
    """

    case: str
    kind: Kind
    single: bool
    bound: bool
    hard: bool
    soft: bool
    difference: bool
    named: bool
    shown: bool
    first: bool
    alone: bool
    cause: str

    @property
    def seen(self) -> bool:
        return self.hard or self.soft or self.difference

    @property
    def cause_right(self) -> bool:
        return self.cause == self.kind.cause


def score(cases: Sequence[Case], clean: Clean, outcome: Outcome) -> list[Scored]:
    """One entry a planted fault, of single ones and of pairs."""
    details = {e.params["detail"] for t in load().tables() for e in load().edits(t.code) if e.kind == "detail"}
    by_district = {code: rows for (code,), rows in outcome.findings.group_by("district")}
    suspects = {code: rows for (code,), rows in outcome.suspects.group_by("district")}
    differences = {code: rows for (code,), rows in outcome.differences.group_by("district")}
    scored = []
    for case in cases:
        for kind, planted in zip(case.kinds, case.planted, strict=True):
            files = [f.file for key, f in written(case, clean).items() if key in planted.changed]
            findings = _of(by_district.get(case.code), files)
            named = _of(suspects.get(case.code), files)
            different = differences.get(case.code, outcome.differences.clear())
            scored.append(_score(case, kind, planted, findings, named, different, outcome, details, clean))
    return scored


def _of(rows: pl.DataFrame | None, files: list[str]) -> pl.DataFrame:
    return (
        pl.DataFrame(schema={"severity": pl.String}) if rows is None else rows.filter(pl.col("submission").is_in(files))
    )


def _score(
    case: Case, kind: Kind, planted: Planted, findings: pl.DataFrame, named: pl.DataFrame,
    different: pl.DataFrame, outcome: Outcome, details: Iterable[str], clean: Clean,
) -> Scored:  # fmt: skip
    hit = _hits(named, planted)
    by_finding = _named_by_finding(findings, planted)
    best = named.filter(pl.col("rank") == 1) if named.height else named
    first = by_finding or (hit.height > 0 and bool((hit["rank"] == 1).any()))
    sets = best.filter(pl.col("record").is_in(hit["record"].implode()))["set"].n_unique() if hit.height else 0
    cause = kind.cause if by_finding else _cause(hit, different, planted)
    severities = set(findings["severity"])
    bound = _bound(planted, kind, clean, outcome, details)
    return Scored(
        case=case.code,
        kind=kind,
        single=len(case.kinds) == 1,
        bound=bound,
        hard=Severity.HARD.value in severities,
        soft=bool(severities & {Severity.SOFT.value, Severity.INFO.value}),
        difference=different.height > 0,
        named=by_finding or named.height > 0,
        shown=by_finding or hit.height > 0,
        first=first,
        alone=by_finding or (first and sets == 1),
        cause=cause,
    )


def _bound(planted: Planted, kind: Kind, clean: Clean, outcome: Outcome, details: Iterable[str]) -> bool:
    """Whether anything is held against the place that the fault moves: a figure that stands alone cannot be seen to be
    wrong, nor can a column that is wrong as a whole where only its own total is held against it."""
    if planted.ledger:
        return planted.column in details or kind.name in OF_LEDGERS
    if not planted.cells or kind.name == "bad_check_digit":
        return True
    moved = pl.DataFrame(
        [(*place, after - before) for place, before, after in _moves(planted, clean)],
        schema={
            "form": pl.String,
            "of_period": pl.String,
            "sheet": pl.String,
            "cell": pl.String,
            "by": pl.Decimal(38, 8),
        },
        orient="row",
    )
    touched = outcome.equations.join(moved, on=["form", "of_period", "sheet", "cell"], how="inner")
    shifts = touched.group_by("equation").agg(
        shift=(pl.col("weight") * pl.col("by")).sum(), within=pl.col("weight").null_count() > 0
    )
    return shifts.filter(pl.col("within") | (pl.col("shift") != 0)).height > 0


def _moves(planted: Planted, clean: Clean) -> Iterable[tuple[Place, Decimal, Decimal]]:
    """What was told and what is true in every changed cell, in base units."""
    units = load().units
    for (form, month), filing in planted.changed.items():
        true = {(s, c): v for s, c, v in clean.filings[form, month].cells()}
        for sheet in filing.sheets:
            for index, row in enumerate(sheet.rows):
                for column in (c for c in sheet.table.columns if c.numeric):
                    place = (form, month, sheet.name, sheet.address(index, column.code))
                    told, was = row.values.get(column.code), true.get(place[2:])
                    if place in planted.cells and isinstance(told, int | Decimal) and isinstance(was, int | Decimal):
                        factor = units[column.unit].factor if column.unit in units else Decimal(1)
                        yield place, Decimal(was) * factor, Decimal(told) * factor


OF_LEDGERS = ("doubled_row", "missing_left", "missing_right", "late_payment", "split_payment")
BY_FINDING = ("check_digit", "unique")
"""Rules that are about one cell, and so name it themselves."""


def _named_by_finding(findings: pl.DataFrame, planted: Planted) -> bool:
    if findings.is_empty():
        return False
    own = findings.filter(pl.col("rule_id").str.contains_any([f".{kind}." for kind in BY_FINDING]))
    if planted.ledger:
        return planted.kind == "doubled_row" and own.filter(pl.col("sheet") == planted.ledger[2]).height > 0
    return any(
        (sheet, cell) in {p[2:] for p in planted.cells} for sheet, cell in own.select("sheet", "cell").iter_rows()
    )


def _hits(named: pl.DataFrame, planted: Planted) -> pl.DataFrame:
    """The suspects that are the fault: all cells of the set are wrong ones; of a ledger the sheet as such, or a row in it."""
    if named.is_empty():
        return named
    if planted.ledger:
        form, month, sheet = planted.ledger
        return named.filter(
            (pl.col("form") == form)
            & (pl.col("of_period") == month)
            & (pl.col("sheet") == sheet)
            & (pl.col("column") == ROWS)
        )
    true = pl.DataFrame(list(planted.cells), schema=["form", "of_period", "sheet", "cell"], orient="row").with_columns(
        true=pl.lit(True)
    )
    joined = named.join(true, on=["form", "of_period", "sheet", "cell"], how="left", maintain_order="left")
    wrong = pl.col("true").fill_null(False)
    if len(planted.cells) > 2:
        # Of a block some figures may by chance be what they should be.
        sheets = {place[2] for place in planted.cells}
        return joined.filter(
            (wrong.mean() >= 0.5).over("record", "set")
            & pl.col("sheet").is_in(list(sheets)).all().over("record", "set")
        )
    return joined.filter(wrong.all().over("record", "set"))


def _cause(hit: pl.DataFrame, different: pl.DataFrame, planted: Planted) -> str:
    if hit.height:
        best = hit.sort("rank").filter(pl.col("cause") != "")
        if best.height:
            return str(best["cause"][0])
    if different.height:
        causes = different.filter(pl.col("cause") != "")["cause"].to_list()
        return causes[0] if causes else ""
    return ""
