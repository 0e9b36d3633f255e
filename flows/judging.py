"""From readings to verdicts: every rule over all submissions of the night, in rounds until nothing changes.

A return is held against the month before. When that month came tonight as well and was sent back, it is no ground to
stand on: the returns that were held against it are judged once more without it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from expectations.validate import Validation, merge, validate_heads, validate_table
from flows.frames import Frames
from flows.house import House
from transforms import period
from transforms.edits import Context, plans, prepare
from transforms.edits.heads import prepare_heads
from transforms.explanations import explain, is_explained
from transforms.localise import SUSPECTS, locate
from transforms.model import FINDINGS, Catalogue, Severity, Verdict
from workbooks.reading.read import Readings

PAST_KINDS = (
    *("carry", "cumulative", "growth_since", "roll_on", "not_falling"),
    *("not_dropped", "not_again", "unchanged", "ledger_roll"),
)
"""Kinds of hard rules that stand on another period."""
HISTORY_KINDS = (
    *PAST_KINDS,
    *("change", "vanished", "slip", "same_row", "ratio_change", "outlier", "size_change"),
    *("standing", "rise", "moved", "above_mean"),
    *("same_text", "standstill", "mean_change"),
)
"""Kinds of all rules that do (transforms.edits.history)."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the night says of its submissions.

    Attributes:
        validation: findings (those of reading among them) and the count of verdicts a rule.
        decisions: submission, event (accepted, questions or returned), reason.
        suspects: transforms.localise.SUSPECTS, the cells that are most likely wrong where hard rules are broken.
    """

    validation: Validation
    decisions: pl.DataFrame
    suspects: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SUSPECTS))


def judge(
    house: House, readings: Readings, identified: pl.DataFrame, before: Frames, deadlines: pl.DataFrame
) -> Judgement:
    """Validate tonight's readings.

    Args:
        identified: one row a readable submission of tonight: the columns of journal.record.SUBMISSIONS.
        before: what was known before tonight.
        deadlines: see House.deadlines.
    """
    heads = _heads(house, readings, identified, before, deadlines)
    read_findings = pl.concat([pl.DataFrame(schema=FINDINGS), readings.findings], how="diagonal")
    # What a return says of itself is judged once; only what it is held against may change from round to round.
    own = _tables(house, readings, identified, before, set(), history=False)
    of_itself = pl.concat([read_findings, heads.findings, own.findings])
    returned = set(_hard(of_itself))
    while True:
        held = _tables(house, readings, identified, before, returned, history=True)
        findings = pl.concat([of_itself, held.findings])
        now_returned = set(_hard(findings))
        if now_returned <= returned:
            break
        if not _stands_on(identified, now_returned - returned):
            returned = now_returned
            break
        # Grow only: a return sent back for its own faults stays sent back.
        returned |= _own_faults(findings, house.catalogue, identified, now_returned)
    context = _context(house, readings, identified, before, returned)
    layout = pl.concat([readings.layout, before.layout])
    findings, suspects = locate(findings, context, layout, house.catalogue)
    findings = explain(findings, readings.explanations, _of_earlier_versions(before))
    validation = Validation(findings, merge([heads, own, held]).counts)
    return Judgement(validation, _decisions(findings, identified), suspects)


def _of_earlier_versions(before: Frames) -> pl.DataFrame:
    """Findings of the record, those of the newest version last."""
    versions = before.submissions.select(submission="id", version="version")
    return before.findings.join(versions, on="submission", how="inner").sort("version", maintain_order=True)


def _hard(findings: pl.DataFrame) -> list[str]:
    broken = (pl.col("severity") == Severity.HARD.value) & (pl.col("verdict") == Verdict.VIOLATED.value)
    return findings.filter(broken)["submission"].unique().to_list()


def _stands_on(identified: pl.DataFrame, returned: set[str]) -> bool:
    """Whether a submission of tonight is held against one of these."""
    lost = identified.filter(pl.col("id").is_in(list(returned)))
    for district, form, month in lost.select("district", "form", "period").iter_rows():
        later = identified.filter(
            (pl.col("district") == district) & (pl.col("form") == form) & (pl.col("period") > month)
        )
        if later.height:
            return True
    return False


def _own_faults(findings: pl.DataFrame, catalogue: Catalogue, identified: pl.DataFrame, hard: set[str]) -> set[str]:
    """Of the submissions with hard findings, those that have one which does not stand on another period, and
    the earliest of each return: what it stands on is not in question."""
    past = {e.id for table in catalogue.tables() for e in catalogue.edits(table.code) if e.kind in PAST_KINDS}
    of_itself = set(_hard(findings.filter(~pl.col("rule_id").is_in(list(past))))) & hard
    earliest = identified.filter(pl.col("id").is_in(list(hard))).sort("period", "received_at", maintain_order=True)
    first = earliest.unique(["district", "form"], keep="first", maintain_order=True)["id"].to_list()
    return of_itself | set(first)


def _heads(
    house: House, readings: Readings, identified: pl.DataFrame, before: Frames, deadlines: pl.DataFrame
) -> Validation:
    heads = dated_heads(readings.heads, identified, house.journal.submissions())
    known = dated_heads(before.heads, before.current(), before.submissions)
    reporters = [
        (district.code, department, person)
        for district in house.catalogue.districts
        for department, people in district.reporters.items()
        for person in people
    ]
    owners = {form.code: form.department for form in house.catalogue.returns}
    owner = pl.col("form").replace_strict(owners, default=None, return_dtype=pl.String)
    scheduled = deadlines.select("district", "form", "period", "due", owner=owner)
    return validate_heads(prepare_heads(heads, known, scheduled, reporters), house.catalogue)


def dated_heads(heads: pl.DataFrame, submissions: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    """The heads of these submissions, with the day on which their return first arrived: who corrects a return that
    came in time is not late.

    Args:
        every: all submissions of the record (journal.record.SUBMISSIONS).
    """
    keys = ["district", "department", "form", "period"]
    first = every.group_by(keys).agg(arrived_on=pl.col("arrived_at").min().dt.date())
    arrived = submissions.join(first, on=keys, how="left").select(submission="id", arrived_on="arrived_on")
    joined = heads.join(arrived, on="submission", how="inner", maintain_order="left")
    answered = every.select(*keys, answers="id", answered_version="version")
    joined = joined.join(answered, on=[*keys, "answers"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("form_scheduled").fill_null(""), pl.col("period").fill_null(""))


def _tables(
    house: House, readings: Readings, identified: pl.DataFrame, before: Frames, returned: set[str], *, history: bool
) -> Validation:
    """The rules that stand on other periods, or the others, over every table."""
    context = _context(house, readings, identified, before, returned)
    found = []
    for table in house.catalogue.tables():
        rows = readings.tables[table.code]
        edits = tuple(e for e in house.catalogue.edits(table.code) if (e.kind in HISTORY_KINDS) == history)
        if rows.height and edits:
            prepared = prepare(rows, table, edits, context)
            found.append(validate_table(prepared, table, readings.layout, house.catalogue, edits))
    return merge(found)


def _context(house: House, readings: Readings, identified: pl.DataFrame, before: Frames, returned: set[str]) -> Context:
    """What rules may look at, when these submissions are sent back."""
    known, first = _known(house.catalogue, readings, identified, before, returned)
    periods = list(filter(period.is_period, identified["period"].unique().to_list()))
    return Context(
        tables=readings.tables,
        known=known,
        first_filed=first,
        calendar=house.calendar(periods),
        units=house.catalogue.units,
        reasons=tuple(c.code for c in house.catalogue.code_lists["missing_reasons"].codes),
        layout=readings.layout,
        workdays=house.numbered_workdays(periods),
        plans=plans(house.catalogue),
    )


def _known(
    catalogue: Catalogue, readings: Readings, identified: pl.DataFrame, before: Frames, returned: set[str]
) -> tuple[Mapping[str, pl.DataFrame], Mapping[str, pl.DataFrame]]:
    """What other periods of tonight's returns stand on: the newest submission of each that was accepted, or came tonight
    and has not been sent back; and the first of each."""
    tonight = identified.filter(~pl.col("id").is_in(list(returned)))
    columns = ["id", "district", "department", "form", "period", "version", "received_at"]
    accepted = before.submissions.filter(pl.col("status").is_in(["accepted", "questions"])).select(columns)
    ordered = pl.concat([accepted, tonight.select(columns)]).sort("version", "received_at", "id", maintain_order=True)
    keys = ["district", "department", "form", "period"]
    chosen = {keep: ordered.unique(keys, keep=keep, maintain_order=True)["id"].implode() for keep in ("last", "first")}
    known, first = {}, {}
    filed = [form for form in catalogue.returns if any(readings.tables[t.code].height for t in form.tables)]
    for table in (table for form in filed for table in form.tables):
        rows = pl.concat([before.tables[table.code], readings.tables[table.code]], how="diagonal_relaxed")
        known[table.code] = rows.filter(pl.col("submission").is_in(chosen["last"]))
        first[table.code] = rows.filter(pl.col("submission").is_in(chosen["first"]))
    return known, first


def _decisions(findings: pl.DataFrame, identified: pl.DataFrame) -> pl.DataFrame:
    """accepted; questions where something is still to be explained; returned where a hard rule is broken."""
    violated = findings.filter(pl.col("verdict") == Verdict.VIOLATED.value)
    counts = violated.group_by("submission").agg(
        hard=(pl.col("severity") == Severity.HARD.value).sum(),
        soft=((pl.col("severity") == Severity.SOFT.value) & ~is_explained()).sum(),
        reasons=pl.col("rule").filter(pl.col("severity") == Severity.HARD.value).unique().sort().str.join("、"),
    )
    joined = identified.select(submission="id").join(counts, on="submission", how="left", maintain_order="left")
    event = (
        pl.when(pl.col("hard") > 0)
        .then(pl.lit("returned"))
        .when(pl.col("soft") > 0)
        .then(pl.lit("questions"))
        .otherwise(pl.lit("accepted"))
    )
    return joined.select("submission", event=event, reason=pl.col("reasons").fill_null(""))
