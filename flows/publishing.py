"""From frames to published workbooks: facts as known at a moment, workbooks built, kept, and laid out atomically."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import polars as pl

from catalogue.languages import CHINESE, Language, load_language
from catalogue.sheets import load_touches
from flows.frames import Frames, load_frames
from flows.house import House, code_version
from flows.settings import now
from journal.archive import write_atomically
from transforms import period
from transforms.adjustments import ADJUSTMENTS, adjustments
from transforms.analyse import HEAT_MONTHS
from transforms.edits import Context, plans
from transforms.explanations import is_explained
from transforms.facts import Facts
from transforms.follow import Standing, follow, new_events, standings
from transforms.lights import last_decided
from transforms.localise import name_suspects
from transforms.model import Catalogue, District, SetLight, Severity, Verdict
from transforms.observe import observe
from transforms.reconcile import Holdings, Reconciled, reconcile
from transforms.spans import last_month_of
from workbooks.publications.monthly import make_monthly, monthly_name
from workbooks.publications.publication import Earlier
from workbooks.publications.quarterly import make_quarterly, quarterly_name

DECIDED = ("status", "said", "said_by", "ceiling", "keeper", "until", "accepted_by", "accepted_for")
"""What people said of a difference and decided, as far as it is published."""
MONTHLY, QUARTERLY = "monthly", "quarterly"


def compare_all(house: House, frames: Frames) -> Reconciled:
    """Every reconciliation over all that is known, with the cells that are most likely wrong where figures differ."""
    holdings = Holdings(
        accepted=frames.rows_of(frames.current()),
        latest=frames.rows_of(frames.current(("accepted", "questions", "returned"))),
        layout=frames.layout,
        districts={d.code: d.returns for d in house.catalogue.districts},
    )
    found = reconcile(holdings, house.catalogue)
    context = _context(house, holdings, frames)
    compared = name_suspects(found.compared, found.terms, context, frames.layout, house.catalogue)
    return Reconciled(compared, found.terms)


def _context(house: House, holdings: Holdings, frames: Frames) -> Context:
    """What the rules of the returns may look at, for the cells of differences."""
    periods = list(filter(period.is_period, frames.submissions["period"].unique().to_list()))
    return Context(
        tables=holdings.latest,
        known=holdings.accepted,
        first_filed=frames.rows_of(frames.first()),
        calendar=house.calendar(periods),
        units=house.catalogue.units,
        layout=frames.layout,
        workdays=house.numbered_workdays(periods),
        plans=plans(house.catalogue),
    )


def compare_some(house: House, frames: Frames, rules: Iterable[str]) -> Reconciled:
    """These rules alone, with those whose entries explain them: reads only the tables that they are about."""
    wanted = set(rules)
    wanted |= {items for rule, items in after_of(house.catalogue).items() if rule in wanted}
    chosen = tuple(r for r in house.catalogue.reconciliations if r.code in wanted)
    forms = {form for rule in chosen for form in rule.forms}
    tables = {t.code: frames.tables[t.code] for t in house.catalogue.tables() if t.form in forms}
    house = replace(house, catalogue=replace(house.catalogue, reconciliations=chosen))
    return compare_all(house, replace(frames, tables=tables))


def after_of(catalogue: Catalogue) -> dict[str, str]:
    """Rule → the rule whose entries explain its cumulative figures."""
    return {r.code: str(r.params["after"]) for r in catalogue.reconciliations if r.params.get("after")}


def note_differences(house: House, compared: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Enter what opened, changed, came back or closed in the record, and return it (transforms.follow.EVENTS)."""
    came = house.journal.submissions(as_of).select("form", "version", "decided_at", submission="id")
    events = new_events(
        compared,
        house.journal.difference_events(),
        came=came,
        month=f"{as_of:%Y-%m}",
        locked=house.journal.locks(as_of),
        after=after_of(house.catalogue),
    )
    rows = [{**row, "at": as_of, "actor": "yueji"} for row in events.iter_rows(named=True)]
    house.journal.note_differences(rows)
    return events


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of all districts at a moment: worked out once for all their workbooks.

    Attributes:
        observations: transforms.observe.OBSERVATIONS. submissions, findings, deadlines: as `Facts` has them.
        compared: every reconciliation (see compare_all). ledger: how each difference stood, by number.
        tables: the wide tables with the rows that count; of a month that was closed those of then. layout:
            workbooks.reading.read.LAYOUT. adjustments: transforms.adjustments.ADJUSTMENTS, what came later.
        lights: what people decided of lights (journal.record.light_event).
    """

    as_of: datetime
    observations: pl.DataFrame
    submissions: pl.DataFrame
    findings: pl.DataFrame
    compared: pl.DataFrame
    deadlines: pl.DataFrame
    ledger: Mapping[str, Standing]
    tables: Mapping[str, pl.DataFrame]
    layout: pl.DataFrame
    adjustments: pl.DataFrame
    lights: pl.DataFrame


def know(house: House, frames: Frames, as_of: datetime, compared: pl.DataFrame | None = None) -> Known:
    """What was known at a moment.

    Args:
        compared: every reconciliation of these frames, where they have been worked out already.
    """
    if compared is None:
        compared = compare_all(house, frames).compared
    locks = {place: row["at"] for place, row in house.journal.locks(as_of).items()}
    standing = frames.standing(locks)
    tables = frames.rows_of(standing)
    observations = observe(tables, frames.layout, house.catalogue)
    return Known(
        as_of=as_of,
        observations=observations,
        adjustments=_adjustments(house, frames, standing, observations),
        submissions=submissions_of(frames),
        findings=frames.findings,
        compared=compared,
        deadlines=house.deadlines(as_of),
        ledger=standings(house.journal.difference_events(as_of)),
        tables=tables,
        layout=frames.layout,
        lights=house.journal.light_events(as_of),
    )


def _adjustments(house: House, frames: Frames, standing: pl.DataFrame, observations: pl.DataFrame) -> pl.DataFrame:
    """What was told otherwise of closed months after they had been closed."""
    later = frames.current().join(standing.select("id"), on="id", how="anti", maintain_order="left")
    if later.is_empty():
        return pl.DataFrame(schema=ADJUSTMENTS)
    told = frames.heads.drop_nulls("explanation").unique("submission", keep="first", maintain_order=True)
    documents = told.select("submission", document="explanation")
    return adjustments(observations, observe(frames.rows_of(later), frames.layout, house.catalogue), documents)


def facts_of(house: House, known: Known, district: District, month: str) -> Facts:
    """What a district knew of a month at a moment."""
    of_district = pl.col("district") == district.code
    followed = follow(known.compared.filter(of_district), month, known.ledger, after_of(house.catalogue))
    return Facts(
        catalogue=house.catalogue,
        district=district,
        period=month,
        as_of=known.as_of,
        observations=known.observations.filter(of_district),
        submissions=known.submissions.filter(of_district),
        findings=known.findings.filter(of_district),
        differences=followed.with_columns(due=pl.lit(settle_by(house, district, month))),
        deadlines=known.deadlines.filter(of_district),
        touches=load_touches(house.catalogue),
        tables=known.tables,
        adjustments=known.adjustments.filter(of_district),
        layout=known.layout,
        lights=last_decided(known.lights, district.code),
    )


def settle_by(house: House, district: District, month: str) -> date:
    """The day until which the differences of a month are to be settled: they are known when its last return is due."""
    known_by = max((form.due for form in house.catalogue.returns if district.owes(form, month)), default=0)
    return house.workdays.nth_after(month, known_by + house.catalogue.thresholds.days_to_settle)[0]


def submissions_of(frames: Frames) -> pl.DataFrame:
    """The submissions as the workbooks show them: with the counts of their findings and who filed them."""
    violated = frames.findings.filter(pl.col("verdict") == Verdict.VIOLATED.value)
    counts = violated.group_by("submission").agg(
        hard=(pl.col("severity") == Severity.HARD.value).sum().cast(pl.Int64),
        soft=(pl.col("severity") == Severity.SOFT.value).sum().cast(pl.Int64),
        answered=((pl.col("severity") == Severity.SOFT.value) & is_explained()).sum().cast(pl.Int64),
    )
    heads = frames.heads
    if heads.height:
        told = heads.group_by("submission").agg(
            reporter=pl.col("reporter").drop_nulls().first(),
            auditor=pl.col("auditor").drop_nulls().first(),
            has_explanation=pl.col("explanation").is_not_null().any(),
        )
    else:
        told = pl.DataFrame(
            schema={"submission": pl.String, "reporter": pl.String, "auditor": pl.String, "has_explanation": pl.Boolean}
        )
    rows = frames.submissions.rename({"id": "submission"})
    rows = rows.join(counts, on="submission", how="left", maintain_order="left")
    rows = rows.join(told, on="submission", how="left", maintain_order="left")
    soft = pl.col("soft").fill_null(0)
    return rows.with_columns(
        hard=pl.col("hard").fill_null(0),
        soft=soft,
        # A line 说明： below a table speaks for all that is asked of the return.
        explained=pl.when(pl.col("has_explanation").fill_null(False))
        .then(soft)
        .otherwise(pl.col("answered").fill_null(0)),
    ).drop("has_explanation", "answered")


class NotOver(ValueError):
    """What was asked for lies in the future of the chosen moment: choose an earlier period or a later day."""


def publish(
    house: House,
    product: str,
    ref_period: str,
    as_of: datetime,
    known: Known | None = None,
    *,
    locked_too: bool = True,
) -> list[Path]:
    """Publish one product (monthly, quarterly; in English monthly-en, quarterly-en) of one period for every district that had to file by then.

    Nothing is published again unless something that goes into it changed; nothing published is overwritten.

    Args:
        known: what was known at that moment, where it has been worked out already.
        locked_too: a person asks for it. A night lets rest what was published of a month that has been closed.

    Raises:
        NotOver: the month, or the first month of the quarter, was not over at that moment.
    """
    of_month = workbook_of(product)[0] == MONTHLY
    first = ref_period if of_month else period.months_of(ref_period)[0]
    if first > _last_over(as_of):
        raise NotOver(f"{period.chinese(ref_period)}在 {as_of:%Y-%m-%d} 还没有结束，不能发布。")
    known = known or know(house, load_frames(house, as_of), as_of)
    written = []
    for district in house.catalogue.districts:
        last = ref_period if of_month else min(period.months_of(ref_period)[-1], _last_over(as_of))
        at_rest = not locked_too and is_at_rest(house, district.code, product, ref_period, as_of)
        if district.first_period <= last and not at_rest:
            facts = facts_of(house, known, district, last)
            written += _publish_one(house, facts, product, ref_period, as_of)
    return written


def is_at_rest(house: House, district: str, product: str, ref_period: str, as_of: datetime) -> bool:
    """Whether a period has been closed (of a quarter every month) and published: its edition stays as it is."""
    locks = house.journal.locks(as_of)
    there = house.journal.publications().filter(
        (pl.col("district") == district) & (pl.col("product") == product) & (pl.col("ref_period") == ref_period)
    )
    return there.height > 0 and all((district, month) in locks for month in period.months_of(ref_period))


def product_in(kind: str, language: str) -> str:
    """What a workbook in a language is called in the record: monthly; monthly-en."""
    return kind if language == CHINESE.code else f"{kind}-{language}"


def workbook_of(product: str) -> tuple[str, Language]:
    """Which of the two workbooks a product is, and its language."""
    kind, _, language = product.partition("-")
    return kind, load_language(language or CHINESE.code)


def _last_over(as_of: datetime) -> str:
    return period.previous(f"{as_of:%Y-%m}")


def _publish_one(house: House, facts: Facts, product: str, ref_period: str, as_of: datetime) -> list[Path]:
    editions = house.journal.publications().filter(
        (pl.col("district") == facts.district.code)
        & (pl.col("product") == product)
        & (pl.col("ref_period") == ref_period)
    )
    inputs = digest_of(house, facts, product)
    kind, language = workbook_of(product)
    folder = house.settings.outbound / facts.district.name / kind
    if inputs in editions["inputs"]:
        return _lay_out_again(house, editions.filter(pl.col("inputs") == inputs), folder)
    edition = int(editions["edition"].max() or 0) + 1  # type: ignore[arg-type]  # an Int64
    earlier = _earlier(house, editions.filter(pl.col("as_of") <= as_of), facts)
    if kind == MONTHLY:
        made, name = make_monthly(facts, edition, earlier, language), monthly_name(facts, edition, language)
    else:
        made = make_quarterly(facts, ref_period, edition, earlier, language)
        name = quarterly_name(facts, ref_period, edition, language)
    sha256 = house.archive.keep(made.data, "published", ".xlsx")
    _keep_figures(house, facts, made.shown, sha256)
    target = folder / name
    write_atomically(target, made.data)
    house.journal.publish(
        {
            "district": facts.district.code,
            "product": product,
            "ref_period": ref_period,
            "edition": edition,
            "as_of": as_of,
            "published_at": now(),
            "file": name,
            "workbook_sha256": sha256,
            "inputs": inputs,
            "code_version": code_version(),
            "ruleset": house.catalogue.digest,
        }
    )
    return [target]


def _lay_out_again(house: House, edition: pl.DataFrame, folder: Path) -> list[Path]:
    """What is in the record lies in outbound, even where a crash or a hand removed it."""
    row = edition.row(-1, named=True)
    target = folder / row["file"]
    if not target.exists():
        write_atomically(target, house.archive.fetch(row["workbook_sha256"], "published", ".xlsx"))
    return []


def digest_of(house: House, facts: Facts, product: str) -> str:
    """Names everything that goes into a workbook: the submissions that count, the differences, rules and code."""
    digest = hashlib.sha256()
    for word in (product, facts.district.code, facts.period, house.catalogue.digest, code_version()):
        digest.update(word.encode() + b"\0")
    known = facts.submissions.filter(last_month_of(pl.col("period")) <= facts.period)
    for frame, columns in (
        (known, ["submission", "status", "version"]),
        (facts.differences, ["id", "state", "cause", "difference", *DECIDED]),
    ):
        digest.update(frame.select(columns).sort(columns).write_csv().encode())
    for light in lights_shown(facts, product):
        words = (light.period, light.subject, light.light or "", light.by, light.at.isoformat(), light.reason)
        digest.update("\0".join(words).encode() + b"\n")
    return digest.hexdigest()


def lights_shown(facts: Facts, product: str) -> list[SetLight]:
    """What was decided of the lights that a workbook shows: of its month, or of the twelve that the heat map goes over.

    What was taken back belongs to it, too: else the workbook of before, which shows no light by hand either, would do
    for the new one, and the last edition would go on showing what was taken back.
    """
    first = facts.period if workbook_of(product)[0] == MONTHLY else period.shift(facts.period, 1 - HEAT_MONTHS)
    return [one for one in facts.lights if first <= one.period <= facts.period]


FIGURES, SHOWN = ".parquet", ".shown.parquet"
"""Kept beside a published workbook: the figures that it was made of, and what stands in its cells."""


def _keep_figures(house: House, facts: Facts, shown: pl.DataFrame, workbook: str) -> None:
    """Keep what the next edition is compared with, under the hash of the workbook."""
    columns = ["series", "item", "period", "value", "unit", "submission", "sheet", "cell"]
    for frame, kind in ((facts.known.select(columns), FIGURES), (shown, SHOWN)):
        path = house.archive.path(workbook, "published", kind)
        if not path.exists():
            kept = BytesIO()
            frame.write_parquet(kept)
            write_atomically(path, kept.getvalue())


def _earlier(house: House, editions: pl.DataFrame, facts: Facts) -> Earlier | None:
    """The last edition that was published as known no later, and what is told otherwise since; None for a first
    edition."""
    if editions.is_empty():
        return None
    last = editions.sort("edition").row(-1, named=True)
    figures, shown = (house.archive.path(last["workbook_sha256"], "published", kind) for kind in (FIGURES, SHOWN))
    if not figures.exists() or not shown.exists():
        return None
    return Earlier(_changes(figures, facts), pl.read_parquet(shown))


def _changes(path: Path, facts: Facts) -> pl.DataFrame:
    """What is told otherwise than in the figures kept: series, item, period, unit, old, new, reason, version, place."""
    keys = ["series", "item", "period"]
    old = pl.read_parquet(path).select(*keys, old="value", old_submission="submission")
    new = facts.known.select(*keys, "unit", "sheet", "cell", new="value", submission="submission")
    both = new.join(old, on=keys, how="full", coalesce=True, maintain_order="left_right")
    changed = both.filter(~pl.col("old").eq_missing(pl.col("new")))
    told = facts.submissions.select("submission", "version", "form", "file")
    changed = changed.join(told, on="submission", how="left", maintain_order="left")
    first = pl.col("old_submission").is_null()
    reason = pl.when(first).then(pl.lit("补报")).otherwise(pl.lit("重报"))
    return changed.select(
        *keys,
        "unit",
        "old",
        "new",
        "version",
        reason=pl.format("{} {} V{}", reason, pl.col("form"), pl.col("version")),
        place=pl.format("{} {}!{}", pl.col("file"), pl.col("sheet"), pl.col("cell")),
    )


def periods_to_publish(house: House, touched: Iterable[str], as_of: datetime) -> list[tuple[str, str]]:
    """What a night publishes: the month that is due, its quarter, the last whole quarter, and what was published
    before and has been touched."""
    due = _last_over(as_of)
    quarter = period.quarter_of(due)
    wanted = {(MONTHLY, due), (QUARTERLY, quarter), (QUARTERLY, period.previous(quarter))}
    if house.settings.publish_on_touch:
        before = house.journal.publications().select("product", "ref_period").unique()
        touched_periods = {r for p in touched for r in (period.last_month(p), period.quarter_of(p))}
        wanted |= {(p, r) for p, r in before.iter_rows() if r in touched_periods}
    return sorted(wanted)
