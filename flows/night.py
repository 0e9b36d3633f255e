"""The stages of a night as plain functions. `nightly` strings them together under Prefect; a test may do without."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from flows import intake
from flows.frames import load_frames
from flows.house import House
from flows.intake import Arrival, Intake
from flows.judging import Judgement, judge
from journal.record import Segment
from transforms.explanations import said_of_differences
from transforms.follow import standings
from workbooks.reading.read import Readings, Received, read_returns
from workbooks.reading.unreadable import UnreadableReturn

PARSER = "1"
Newest = dict[tuple[str, str, str, str], tuple[int, str | None]]
"""Version and id of the newest submission of a district, department, form and period."""


@dataclass(frozen=True)
class Taken:
    """Tonight's submissions in the record, read.

    Attributes:
        readings: what was read from them.
        identified: one row a readable submission: the columns of journal.record.SUBMISSIONS.
        unreadable: submission → why it could not be read.
    """

    readings: Readings
    identified: pl.DataFrame
    unreadable: dict[str, UnreadableReturn]


@dataclass(frozen=True, slots=True)
class Night:
    """What a night did, for the summary and the exit code."""

    as_of: datetime
    received: pl.DataFrame
    again: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    differences: pl.DataFrame = field(default_factory=pl.DataFrame)
    events: pl.DataFrame = field(default_factory=pl.DataFrame)
    published: tuple[Path, ...] = ()
    receipts: tuple[Path, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 when every file could be taken in, 1 when one was sent back (hard findings, or not to be read)."""
        return int(self.received.height > 0 and self.received["event"].is_in(["returned", "unreadable"]).any())


def receive(house: House, as_of: datetime) -> Intake:
    """Archive what lies in the drop folders, and say which nights looked into them."""
    found = intake.look_into(house, as_of)
    house.journal.begin_night(as_of)
    return found


def read(house: House, found: Intake, as_of: datetime) -> Taken:
    """Read tonight's files, and those that an earlier night took in without deciding; put them in the record.

    The order makes a crash harmless: the record is written before a drop is removed, and a submission in the record
    that nobody has decided is read again from the archive.
    """
    undecided = house.journal.submissions().filter(pl.col("status") == "received")
    items = [*_undecided_items(undecided, house), *(_item(a, house) for a in found.arrivals)]
    # In one order, whatever an earlier night left behind, so that the same files give the same frames.
    items.sort(key=lambda i: (i.district, i.department, i.form, i.period, i.version, i.file, i.submission))
    readings = read_returns(items, house.catalogue, house.limits, house.settings.passwords)
    told = {row["submission"]: row for row in readings.identified.iter_rows(named=True)}
    newest = _newest(house.journal.submissions())
    left = Counter(arrival.source for arrival in found.arrivals)
    for arrival in found.arrivals:
        _record(arrival, told.get(arrival.submission, {}), newest, house, as_of)
        left[arrival.source] -= 1
        if not left[arrival.source]:
            _take_out(arrival.source, found, house, as_of)
    for path, submission in found.again:
        _again(path, submission, house, as_of)
    rows = house.journal.submissions().filter(pl.col("status") == "received")
    readable = rows.filter(~pl.col("id").is_in(list(readings.unreadable)))
    return Taken(_renamed(readings, readable), readable, dict(readings.unreadable))


def _item(arrival: Arrival, house: House) -> Received:
    return Received(
        submission=arrival.submission,
        district=arrival.district,
        department=arrival.department,
        version=arrival.version,
        file=arrival.file,
        path=house.archive.path(arrival.sha256),
        form=arrival.form,
        period=arrival.period,
    )


def _undecided_items(undecided: pl.DataFrame, house: House) -> list[Received]:
    return [
        Received(
            submission=row["id"],
            district=row["district"],
            department=row["department"],
            version=row["version"],
            file=row["file"],
            path=house.archive.path(row["sha256"]),
            form=row["form"],
            period=row["period"],
        )
        for row in undecided.iter_rows(named=True)
    ]


def _newest(submissions: pl.DataFrame) -> Newest:
    keys = ("district", "department", "form", "period")
    ordered = submissions.sort("version", maintain_order=True).select(*keys, "version", "id")
    return {row[:4]: row[4:] for row in ordered.iter_rows()}


def _record(arrival: Arrival, told: dict[str, object], newest: Newest, house: House, as_of: datetime) -> None:
    """Enter a file in the record and in `newest`."""
    form = str(told.get("form") or arrival.form)
    month = str(told.get("period") or arrival.period)
    key = (arrival.district, arrival.department, form, month)
    last, supersedes = newest.get(key, (0, None))
    # A version that was told and is new keeps its number; any other is one more than the last.
    version = max(arrival.version, last + 1)
    house.journal.receive(
        {
            "id": arrival.submission,
            "district": arrival.district,
            "department": arrival.department,
            "form": form,
            "period": month,
            "version": version,
            "file": arrival.file,
            "sha256": arrival.sha256,
            "arrived_at": arrival.arrived_at,
            "received_at": as_of,
            "supersedes": supersedes,
        }
    )
    newest[key] = (version, arrival.submission)


def _take_out(source: Path, found: Intake, house: House, as_of: datetime) -> None:
    """Remove a drop once all that lay in it is in the record."""
    intake.take_out(source, house)
    for arrival in found.arrivals:
        if arrival.source == source:
            house.journal.note_event(arrival.submission, "taken", as_of, "yueji")


def _again(path: Path, submission: str, house: House, as_of: datetime) -> None:
    """The same bytes once more: told when the department dropped them twice, silent when a crash left them there. What
    was withdrawn counts again, as it was judged."""
    rows = house.journal.submissions().filter(pl.col("id") == submission)
    if rows.height and rows["status"][0] == "withdrawn":
        house.journal.note_event(submission, "restored", as_of, "yueji", path.name)
    elif house.journal.has_event(submission, "taken"):
        house.journal.note_event(submission, "again", as_of, "yueji", path.name)
    intake.take_out(path, house)
    if not house.journal.has_event(submission, "taken"):
        house.journal.note_event(submission, "taken", as_of, "yueji")


def _renamed(readings: Readings, identified: pl.DataFrame) -> Readings:
    """The readings with the version that the record gave each submission."""
    versions = dict(identified.select("id", "version").iter_rows())
    version = pl.col("submission").replace_strict(versions, default=None, return_dtype=pl.Int64)
    tables = {code: rows.with_columns(version=version) for code, rows in readings.tables.items()}
    heads = readings.heads.with_columns(version=version)
    return replace(readings, tables=tables, heads=heads)


def validate(house: House, taken: Taken, as_of: datetime) -> Judgement:
    """Every rule over tonight's submissions, then one commit: verdicts and the frames that hold the figures."""
    judgement = judge(house, taken.readings, taken.identified, load_frames(house), house.deadlines(as_of))
    unreadable = [
        {"submission": name, "event": "unreadable", "reason": why.sentence} for name, why in taken.unreadable.items()
    ]
    decisions = [*judgement.decisions.iter_rows(named=True), *unreadable]
    if decisions:
        house.journal.decide(
            decisions,
            _keep_frames(house, taken, judgement),
            batch=f"{as_of:%Y%m%dT%H%M%S}",
            at=as_of,
            parser=PARSER,
            ruleset=house.catalogue.digest,
            said=_said(house, taken, as_of),
        )
    all_events = pl.DataFrame(decisions, schema={"submission": pl.String, "event": pl.String, "reason": pl.String})
    return Judgement(judgement.validation, all_events, judgement.suspects)


def _said(house: House, taken: Taken, as_of: datetime) -> list[dict[str, object]]:
    """What departments wrote to the differences on their receipts, as rows of the ledger."""
    ledger = standings(house.journal.difference_events())
    said = said_of_differences(taken.readings.explanations, taken.identified, ledger)
    return [{**row, "at": as_of} for row in said.iter_rows(named=True)]


def _keep_frames(house: House, taken: Taken, judgement: Judgement) -> list[Segment]:
    """Store the frames; they count only once the record names them."""
    frames = {
        **{code: rows for code, rows in taken.readings.tables.items() if rows.height},
        "layout": taken.readings.layout,
        "heads": taken.readings.heads,
        "findings": judgement.validation.findings,
        "suspects": judgement.suspects,
    }
    return [house.archive.keep_frame(name, frame) for name, frame in frames.items() if frame.height]


def received(house: House, judgement: Judgement) -> pl.DataFrame:
    """Tonight's submissions with what was decided: SUBMISSIONS and event, reason."""
    rows = house.journal.submissions()
    return rows.join(judgement.decisions, left_on="id", right_on="submission", how="inner", maintain_order="left")


def names(paths: Iterable[Path], root: Path) -> tuple[str, ...]:
    return tuple(str(path.relative_to(root)) for path in paths)


def touched(house: House, as_of: datetime) -> list[str]:
    """The months of what was decided tonight – of submissions, and of lights by hand –, and since the last night that
    came to its end: one may have been killed between its verdicts and its workbooks."""
    submissions = house.journal.submissions().select("period", at="decided_at").drop_nulls("at")
    rows = pl.concat([submissions, house.journal.light_events(as_of).select("period", "at")])
    if finished := house.journal.last_finished():
        rows = rows.filter((pl.col("at") > finished) | (pl.col("at") == as_of))
    return rows["period"].unique().sort().to_list()
