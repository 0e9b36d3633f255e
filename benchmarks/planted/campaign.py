"""The campaign: every case is a fictitious district with the clean returns of the sample and a fault or two in them.

Only the returns with a fault are written as workbooks, and read; what they are held against is what the clean returns
tell, under the name of each district. So thousands of cases are judged in one night.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
from openpyxl import load_workbook

from benchmarks.planted.kinds import KINDS, Filings, Kind, Planted
from catalogue.load import load
from catalogue.workdays import load_workdays
from flows.frames import Frames
from flows.house import House
from flows.judging import Judgement, judge
from flows.settings import Settings
from journal.archive import Archive
from journal.record import SUBMISSIONS, Journal
from samples.drops import make_filings
from samples.filing import Filing
from samples.workbook import render
from transforms import period
from transforms.edits import Context, plans
from transforms.facts import DEADLINES
from transforms.localise import SUSPECTS, edit_equations, name_suspects
from transforms.model import FINDINGS, Catalogue, Cause, State, Verdict
from transforms.reconcile import Holdings, reconcile
from transforms.reconcile.reconcile import Reconciled
from workbooks.reading.guard import Limits
from workbooks.reading.read import HEADS, LAYOUT, Readings, Received, read_returns

MONTHS = tuple(period.months_between("2022-02", "2022-07"))
RECEIVED = datetime(2022, 9, 12, 1, 30)
BATCH = 12
"""Districts that are reconciled at once: each of them with all of its returns of a year."""
NIGHT = 60
"""Districts that are judged at once."""
LEDGER_MONTHS = 2


@dataclass(frozen=True, slots=True)
class Case:
    """One district: its code, its month, and what was planted in it (nothing: a clean one)."""

    code: str
    month: str
    kinds: tuple[Kind, ...]
    planted: tuple[Planted, ...]

    @property
    def changed(self) -> dict[tuple[str, str], Filing]:
        merged: dict[tuple[str, str], Filing] = {}
        for planted in self.planted:
            merged |= planted.changed
        return merged


@dataclass(frozen=True)
class Clean:
    """The clean district: its filings, and what a reader makes of them."""

    filings: Filings
    tables: Mapping[str, pl.DataFrame]
    layout: pl.DataFrame


@dataclass(frozen=True)
class Outcome:
    """What became of the cases.

    Attributes:
        findings: model.FINDINGS of what was violated. suspects: SUSPECTS. differences: transforms COMPARED that the clean
            district does not have. equations: EQUATIONS of the clean district that hold cells against each other.
    """

    findings: pl.DataFrame
    suspects: pl.DataFrame
    differences: pl.DataFrame
    equations: pl.DataFrame


def clean_district() -> Clean:
    """江北区 without faults. The rows are those of its workbooks (tests/samples hold the reader to that)."""
    from tests.samples.frames import wide_frames

    filings = make_filings("jb")
    tables, layout = wide_frames(filings)
    return Clean({(f.form, f.period): f for f in filings}, tables, layout)


def draw_cases(clean: Clean, seeds: int, pairs: int, controls: int, seed: int = 0) -> list[Case]:
    """So many cases of each kind, so many pairs of kinds, and so many districts without a fault."""
    cases: list[Case] = []
    for kind in KINDS:
        for number in range(seeds):
            rng = Random(f"{seed}/{kind.name}/{number}")
            if (planted := _planted(rng, clean.filings, [kind])) is not None:
                cases.append(Case(_code(len(cases)), planted[0], (kind,), planted[1]))
    for number in range(pairs):
        rng = Random(f"{seed}/pair/{number}")
        kinds = rng.sample(KINDS, 2)
        if (planted := _planted(rng, clean.filings, kinds)) is not None:
            cases.append(Case(_code(len(cases)), planted[0], tuple(kinds), planted[1]))
    months = [MONTHS[i % len(MONTHS)] for i in range(controls)]
    return cases + [Case(_code(len(cases) + i), month, (), ()) for i, month in enumerate(months)]


def _code(number: int) -> str:
    return f"p{number:05d}"


def _planted(rng: Random, filings: Filings, kinds: Sequence[Kind]) -> tuple[str, tuple[Planted, ...]] | None:
    month = rng.choice(MONTHS)
    found: list[Planted] = []
    for kind in kinds:
        for _ in range(30):
            planted = kind.plant(rng, filings, month)
            # The second fault goes into another return, where a row that came or went moves no cells of the first.
            if planted is not None and not set(planted.changed) & {key for p in found for key in p.changed}:
                found.append(planted)
                break
        else:
            return None
        filings = {**filings, **found[-1].changed}
    return month, tuple(found)


# Workbooks


def served(cases: Sequence[Case]) -> Catalogue:
    """The catalogue with the districts of the cases."""
    catalogue = load()
    model = catalogue.district("jb")
    districts = tuple(replace(model, code=c.code, name=name_of(c.code), aliases=()) for c in cases)
    return replace(catalogue, districts=districts)


def name_of(code: str) -> str:
    return f"第{code[1:]}区"


def written(case: Case, clean: Clean) -> dict[tuple[str, str], Filing]:
    """The returns that a district files anew: those with a fault; of a clean one all of the month."""
    changed = case.changed or {k: f for k, f in clean.filings.items() if k[1] == case.month}
    return {key: _of_district(filing, case.code) for key, filing in changed.items()}


def _of_district(filing: Filing, code: str) -> Filing:
    meta = {**filing.meta, "district": code}
    return replace(filing, district=name_of(code), file=filing.file.replace("_jb_", f"_{code}_"), meta=meta)


def _write(case: Case, clean: Clean, folder: Path) -> list[Received]:
    items = []
    for (form, month), filing in written(case, clean).items():
        data = render(filing)
        hidden = [h for p in case.planted for h in p.hidden if h[:2] == (form, month)]
        if hidden:
            data = _with_hidden(data, hidden)
        path = folder / filing.file
        path.write_bytes(data)
        department = filing.meta["department"]
        items.append(Received(filing.file, case.code, department, 1, filing.file, path, form, month))
    return items


def _with_hidden(data: bytes, hidden: Iterable[tuple[str, str, str, int]]) -> bytes:
    book = load_workbook(BytesIO(data))
    for _, _, sheet, row in hidden:
        book[sheet].row_dimensions[row].hidden = True
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


# What the returns are held against


def _clones(
    case: Case, clean: Clean, tables: Iterable[str], months: Mapping[str, Sequence[str]]
) -> dict[str, pl.DataFrame]:
    """The clean rows of these tables under the name of the district, without what it files anew."""
    filed = set(written(case, clean))
    found = {}
    for code in tables:
        form = code.split(".")[0]
        wanted = [m for m in months[code] if (form, m) not in filed]
        rows = clean.tables[code].filter(pl.col("period").is_in(wanted))
        found[code] = rows.with_columns(district=pl.lit(case.code), **_renamed(case.code))
    return found


def _renamed(code: str) -> dict[str, pl.Expr]:
    of_district = pl.col("submission").str.replace("_jb_", f"_{code}_", literal=True)
    return {"submission": of_district, "file": of_district}


def _history(case: Case, clean: Clean, catalogue: Catalogue) -> dict[str, pl.DataFrame]:
    """The months before of the returns with a fault; of a ledger the last two."""
    forms = {form for form, _ in written(case, clean)}
    tables = [t for t in catalogue.tables() if t.form in forms]
    last = max(m for _, m in written(case, clean))
    every = {m for _, m in clean.filings if period.months_of(m)[-1] <= last}
    recent = {period.shift(last, -back) for back in range(LEDGER_MONTHS + 1)}
    months = {t.code: sorted(every & recent if t.layout == "ledger" else every) for t in tables}
    return _clones(case, clean, [t.code for t in tables], months)


def _gather(parts: Iterable[Mapping[str, pl.DataFrame]], clean: Clean) -> dict[str, pl.DataFrame]:
    gathered: dict[str, list[pl.DataFrame]] = {code: [frame.clear()] for code, frame in clean.tables.items()}
    for part in parts:
        for code, frame in part.items():
            gathered[code].append(frame)
    return {code: pl.concat(frames, how="diagonal_relaxed") for code, frames in gathered.items()}


def _layout(tables: Mapping[str, pl.DataFrame], clean: Clean) -> pl.DataFrame:
    """The letters of the cloned rows are those of the clean ones."""
    letters = clean.layout.group_by("table", "code").agg(pl.col("letter").first())
    places = [frame.select("submission").unique().with_columns(table=pl.lit(code)) for code, frame in tables.items()]
    return pl.concat(places).join(letters, on="table").select(*LAYOUT)


def _submissions(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    told = [
        f.select("submission", "district", "department", "period", "file", form=pl.lit(code.split(".")[0]))
        for code, f in tables.items()
    ]
    every = pl.concat(told).unique("submission", maintain_order=True).rename({"submission": "id"})
    known = every.with_columns(version=pl.lit(1, dtype=pl.Int64), status=pl.lit("accepted"))
    known = known.with_columns(
        pl.lit(RECEIVED).cast(pl.Datetime("us")).alias(c) for c in ("arrived_at", "received_at", "decided_at")
    )
    absent = {n: pl.lit(None, dtype=k) for n, k in SUBMISSIONS.items() if n not in known.columns}
    return known.with_columns(**absent).select(pl.col(n).cast(k) for n, k in SUBMISSIONS.items())


# The night


def run(cases: Sequence[Case], clean: Clean) -> Outcome:
    """Write, read, judge, reconcile and localise; so many districts at once as memory holds."""
    nights = [_night(cases[start : start + NIGHT], clean) for start in range(0, len(cases), NIGHT)]
    return Outcome(
        findings=pl.concat(night.findings for night in nights),
        suspects=pl.concat(night.suspects for night in nights),
        differences=pl.concat(night.differences for night in nights),
        equations=nights[0].equations,
    )


def _night(cases: Sequence[Case], clean: Clean) -> Outcome:
    catalogue = served(cases)
    with TemporaryDirectory() as name:
        folder = Path(name)
        items = [item for case in cases for item in _write(case, clean, folder)]
        readings = read_returns(items, catalogue, Limits())
        house = House(
            Settings(root=folder),
            catalogue,
            load_workdays(),
            Journal(f"sqlite:///{folder}/journal.db"),
            Archive(folder),
        )
        judgement = _judged(cases, clean, catalogue, readings, house)
        house.journal.close()
    findings = judgement.validation.findings.filter(pl.col("verdict") == Verdict.VIOLATED.value)
    returned = judgement.decisions.filter(pl.col("event") == "returned")["submission"].to_list()
    differences = _differences(cases, clean, house, readings, set(returned))
    return Outcome(findings, judgement.suspects, differences, _equations(clean, house))


def _judged(cases: Sequence[Case], clean: Clean, catalogue: Catalogue, readings: Readings, house: House) -> Judgement:
    tables = _gather((_history(case, clean, catalogue) for case in cases), clean)
    before = Frames(
        tables=tables,
        layout=_layout(tables, clean),
        heads=pl.DataFrame(schema=HEADS),
        findings=pl.DataFrame(schema=FINDINGS),
        suspects=pl.DataFrame(schema=SUSPECTS),
        submissions=_submissions(tables),
    )
    told = _submissions(readings.tables)
    identified = told.join(readings.identified.select(id="submission"), on="id", how="semi", maintain_order="left")
    due = [(c.code, form, month, date(2022, 12, 31), False) for c in cases for form, month in written(c, clean)]
    return judge(house, readings, identified, before, pl.DataFrame(due, schema=DEADLINES, orient="row"))


def _differences(
    cases: Sequence[Case], clean: Clean, house: House, readings: Readings, returned: set[str]
) -> pl.DataFrame:
    """What the reconciliations find beyond what they find in the clean district, where the returns were accepted."""
    catalogue = house.catalogue
    forms = {form for rule in catalogue.reconciliations for form in rule.forms}
    tables = [t.code for t in catalogue.tables() if t.form in forms]
    held = [c for c in cases if not returned & {f.file for f in written(c, clean).values()}]
    found = []
    for start in range(0, len(held), BATCH):
        batch = held[start : start + BATCH]
        parts = [_clones(c, clean, tables, dict.fromkeys(tables, _year(c, clean))) for c in batch]
        codes = [c.code for c in batch]
        own = {code: readings.tables[code].filter(pl.col("district").is_in(codes)) for code in tables}
        accepted = _gather([*parts, own], clean)
        layout = pl.concat([_layout(_gather(parts, clean), clean), readings.layout])
        holdings = Holdings(accepted, accepted, layout, dict.fromkeys(codes, catalogue.districts[0].returns))
        found.append(_different(_named(reconcile(holdings, catalogue), holdings, house)))
    usual = []
    for month in sorted({c.month for c in held}):
        case = Case("jb", month, (), ())
        own_months = {t: _year(case, clean) for t in tables}
        rows = {t: clean.tables[t].filter(pl.col("period").is_in(own_months[t])) for t in tables}
        gathered = _gather([rows], clean)
        usual.append(
            _different(
                reconcile(Holdings(gathered, gathered, clean.layout, {"jb": catalogue.districts[0].returns}), catalogue)
            ).with_columns(month=pl.lit(month))
        )
    every = pl.concat(found) if found else usual[0].drop("month").clear()
    months = pl.DataFrame(
        [(c.code, c.month) for c in cases], schema={"district": pl.String, "month": pl.String}, orient="row"
    )
    known = pl.concat(usual).select("month", "rule", "key", "period").unique()
    return every.join(months, on="district").join(known, on=["month", "rule", "key", "period"], how="anti")


def _named(reconciled: Reconciled, holdings: Holdings, house: House) -> Reconciled:
    """With the cells that are most likely wrong, as a night names them."""
    held = holdings.accepted
    periods = sorted({p for rows in held.values() for p in rows["period"].unique() if period.is_period(p)})
    context = Context(held, held, held, house.calendar(periods), house.catalogue.units, layout=holdings.layout,
                      workdays=house.numbered_workdays(periods), plans=plans(house.catalogue))  # fmt: skip
    compared = name_suspects(reconciled.compared, reconciled.terms, context, holdings.layout, house.catalogue)
    return Reconciled(compared, reconciled.terms)


def _year(case: Case, clean: Clean) -> list[str]:
    """The months of the year so far, as far as the district has filed, the quarters in them, and December before."""
    last = max([case.month, *(m for _, m in case.changed)])
    months = {m for _, m in clean.filings}
    of_year = {m for m in months if m[:4] == case.month[:4] and period.months_of(m)[-1] <= last}
    return sorted(of_year | (months & {period.december_before(case.month)}))


def _different(reconciled: Reconciled) -> pl.DataFrame:
    """What differs; and what would, if one payment in two parts were not understood."""
    split = pl.col("explanation").str.contains("分笔之和一致")
    differs = pl.col("state").is_in([State.DIFFERENT.value, State.TIMING.value])
    told = reconciled.compared.filter(differs | split)
    cause = pl.when(~differs & split).then(pl.lit(Cause.SPLIT.value)).otherwise("cause")
    return told.with_columns(cause=cause).select(
        "district", "rule", "key", "period", "state", "cause", "explanation", "lines", "suspects"
    )


def _equations(clean: Clean, house: House) -> pl.DataFrame:
    """The hard equations of the clean district that hold cells against each other."""
    catalogue, months = load(), [*MONTHS, period.shift(MONTHS[-1], 1)]
    context = Context(
        clean.tables, clean.tables, clean.tables, house.calendar(months), catalogue.units,
        layout=clean.layout, workdays=house.numbered_workdays(months), plans=plans(catalogue),
    )  # fmt: skip
    submissions = [f.file for (_, m), f in clean.filings.items() if m in months]
    equations = edit_equations(submissions, context, clean.layout, catalogue)
    return equations.filter(pl.col("relation") != "<=", pl.len().over("equation") > 1, ~pl.col("free"))
