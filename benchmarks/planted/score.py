"""Of every planted fault: was it seen, by what, was the true cell named, and was it called by its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from benchmarks.planted.campaign import Case, Clean, Outcome, written
from benchmarks.planted.kinds import Kind, Place, Planted
from catalogue.load import load
from transforms.edits.bounds import where
from transforms.edits.detail import in_window
from transforms.localise.equations import ROWS
from transforms.model import Severity


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of one planted fault.

    Attributes:
        place: table and column of the fault.
        bound: something is held against the place, so that it can be seen.
        hard, soft, difference: it was seen by a rule that sends back, one that asks, a reconciliation.
        named: some cell was named at all. shown: the true one among them. first: it shares the first rank. alone: it has
            it for itself.
        cause: the cause that was given to the true cell, or to the difference.
    """

    case: str
    kind: Kind
    place: str
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
            scored.append(_score(case, kind, planted, findings, named, different, outcome, clean))
    return scored


def _of(rows: pl.DataFrame | None, files: list[str]) -> pl.DataFrame:
    return (
        pl.DataFrame(schema={"severity": pl.String}) if rows is None else rows.filter(pl.col("submission").is_in(files))
    )


def _score(
    case: Case, kind: Kind, planted: Planted, findings: pl.DataFrame, named: pl.DataFrame,
    different: pl.DataFrame, outcome: Outcome, clean: Clean,
) -> Scored:  # fmt: skip
    hit = _hits(named, planted)
    by_finding = _named_by_finding(findings, planted) or _named_by_difference(different, planted)
    best = named.filter(pl.col("rank") == 1) if named.height else named
    first = by_finding or (hit.height > 0 and bool((hit["rank"] == 1).any()))
    sets = best.filter(pl.col("record").is_in(hit["record"].implode()))["set"].n_unique() if hit.height else 0
    cause = kind.cause if _named_by_finding(findings, planted) else _cause(hit, different, planted)
    severities = set(findings["severity"])
    bound = _bound(planted, kind, clean, outcome)
    return Scored(
        case=case.code,
        kind=kind,
        place=planted.column,
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


def _bound(planted: Planted, kind: Kind, clean: Clean, outcome: Outcome) -> bool:
    """Whether anything is held against the place that the fault moves: a figure that stands alone cannot be seen to be
    wrong, nor can a column that is wrong as a whole where only its own total is held against it."""
    if kind.name == "lost_row":
        return _is_counted(planted, clean)
    if planted.ledger:
        return True
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
    # What the next month will be held against is not there yet.
    touched = touched.filter(pl.col("period") == pl.col("of_period"))
    shifts = touched.group_by("equation").agg(
        shift=(pl.col("weight") * pl.col("by")).sum(), rate=pl.col("weight").null_count() > 0, n=pl.len()
    )
    # A rate of which everything changed together may be as right as it was.
    return shifts.filter(pl.when("rate").then(pl.col("n") == 1).otherwise(pl.col("shift") != 0)).height > 0


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


def _is_counted(planted: Planted, clean: Clean) -> bool:
    """Whether a summary of the same return counts or adds up the row that is lost."""
    (_, month), filing = next(iter(planted.changed.items()))
    ledger = clean.tables[planted.column].filter(pl.col("period") == month, pl.col("row") == planted.lost)
    rules = [e for t in filing.sheets for e in load().edits(t.table.code) if e.kind == "detail"]
    rules = [e for e in rules if e.params["detail"] == planted.column and e.severity is Severity.HARD]
    return any(
        in_window(ledger.filter(where(e.params.get("where", {}))), e.params.get("window", {})).height for e in rules
    )


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


def _named_by_difference(different: pl.DataFrame, planted: Planted) -> bool:
    """Whether the sentence at a difference names a wrong cell."""
    sentences = "".join(different["suspects"].fill_null("")) if different.height else ""
    return any(
        f"{sheet}!{cell}“" in sentences or f"{sheet}!{cell}、" in sentences for _, _, sheet, cell in planted.cells
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
