"""The record: what came when, from whom, what was decided, what was published. Insert-only SQL.

Times are wall times of Asia/Shanghai, which has no summer time. Nothing is updated and nothing is deleted: the state
of a submission is its last event, what was known on a day is a query by time. The row of a segment is the commit
point of the frames it names (see `archive`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

metadata = sa.MetaData()

night = sa.Table(
    "night",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("as_of", sa.DateTime, nullable=False),
    sa.Column("event", sa.String(16), nullable=False),  # begun | finished
    sa.Column("summary", sa.Text, nullable=False, default=""),
    comment="Runs: when inbound was looked at. A drop that a run did not see arrived after it.",
)

submission = sa.Table(
    "submission",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("district", sa.String(16), nullable=False),
    sa.Column("department", sa.String(32), nullable=False),
    sa.Column("form", sa.String(8), nullable=False),
    sa.Column("period", sa.String(8), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("arrived_at", sa.DateTime, nullable=False),
    sa.Column("received_at", sa.DateTime, nullable=False),
    sa.Column("supersedes", sa.String(40)),
    sa.UniqueConstraint("sha256", "district", "department", "form", "period"),
    comment="One received file. form and period are empty where the file does not tell them.",
)

submission_event = sa.Table(
    "submission_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("submission", sa.String(40), sa.ForeignKey("submission.id"), nullable=False),
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    comment="received | accepted | questions | returned | unreadable | withdrawn | restored | taken | again | answered",
)

segment = sa.Table(
    "segment",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("written_at", sa.DateTime, nullable=False),
    sa.Column("batch", sa.String(40), nullable=False),
    sa.Column("parser", sa.String(16), nullable=False),
    sa.Column("ruleset", sa.String(16), nullable=False),
    comment="An immutable Parquet file of one table and one batch.",
)

publication = sa.Table(
    "publication",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("district", sa.String(16), nullable=False),
    sa.Column("product", sa.String(16), nullable=False),
    sa.Column("ref_period", sa.String(8), nullable=False),
    sa.Column("edition", sa.Integer, nullable=False),
    sa.Column("as_of", sa.DateTime, nullable=False),
    sa.Column("published_at", sa.DateTime, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("workbook_sha256", sa.String(64), nullable=False),
    sa.Column("inputs", sa.String(64), nullable=False),
    sa.Column("code_version", sa.String(32), nullable=False),
    sa.Column("ruleset", sa.String(16), nullable=False),
    sa.UniqueConstraint("district", "product", "ref_period", "edition"),
    comment="A workbook that was published. `inputs` is the digest of all that went into it.",
)

difference_event = sa.Table(
    "difference_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("district", sa.String(16), nullable=False),
    sa.Column("difference", sa.String(64), nullable=False),
    sa.Column("rule", sa.String(8), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("period", sa.String(8), nullable=False),
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("amount", sa.String(48), nullable=False),
    sa.Column("cause", sa.String(16), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    sa.Column("submission", sa.String(40)),
    sa.Column("ceiling", sa.String(48)),
    sa.Column("keeper", sa.String(32)),
    sa.Column("until", sa.String(8)),
    comment="What happens to a difference (transforms.follow.events.EVENTS); amounts are exact text.",
)

period_lock = sa.Table(
    "period_lock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("district", sa.String(16), nullable=False),
    sa.Column("period", sa.String(8), nullable=False),
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
    comment="locked | unlocked: a month that is closed is not published again by itself.",
)

light_event = sa.Table(
    "light_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("district", sa.String(16), nullable=False),
    sa.Column("period", sa.String(8), nullable=False),
    sa.Column("subject", sa.String(16), nullable=False),
    sa.Column("event", sa.String(16), nullable=False),
    sa.Column("light", sa.String(4), nullable=False),
    sa.Column("at", sa.DateTime, nullable=False),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    comment="set | withdrawn: a light of one month that a person sets in place of the one that is computed. `light` is "
    "the character it is set to; empty where that is withdrawn.",
)

DECISIONS = ("accepted", "questions", "returned", "unreadable", "withdrawn")
TAKEN_IN = ("accepted", "questions")


@dataclass(frozen=True, slots=True)
class Segment:
    """A Parquet file that belongs to the record: table name and content hash."""

    name: str
    sha256: str
    rows: int


class Journal:
    """The record behind a database URL. Every method that writes is one transaction."""

    def __init__(self, url: str) -> None:
        if url.startswith("sqlite:///"):
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        self.engine: Engine = sa.create_engine(url)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _durable)
        metadata.create_all(self.engine)
        _widen(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    # What is written.

    def begin_night(self, as_of: datetime) -> None:
        self._insert(night, [{"as_of": as_of, "event": "begun", "summary": ""}])

    def finish_night(self, as_of: datetime, summary: str) -> None:
        self._insert(night, [{"as_of": as_of, "event": "finished", "summary": summary}])

    def receive(self, row: Mapping[str, Any]) -> None:
        """A file is archived: from this commit on it is in the record."""
        with self.engine.begin() as connection:
            connection.execute(sa.insert(submission).values(**row))
            event = {
                "submission": row["id"],
                "event": "received",
                "at": row["received_at"],
                "actor": "yueji",
                "reason": "",
            }
            connection.execute(sa.insert(submission_event).values(**event))

    def note_event(self, submission_id: str, event: str, at: datetime, actor: str, reason: str = "") -> None:
        row = {"submission": submission_id, "event": event, "at": at, "actor": actor, "reason": reason}
        self._insert(submission_event, [row])

    def decide(
        self,
        decisions: Iterable[Mapping[str, Any]],
        segments: Iterable[Segment],
        *,
        batch: str,
        at: datetime,
        parser: str,
        ruleset: str,
        said: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """Commit a night's verdicts together with the frames that hold its figures, and with what departments `said`
        of differences (rows of `difference_event`): all of it, or nothing."""
        said = [dict(row) for row in said]
        with self.engine.begin() as connection:
            if said:
                connection.execute(sa.insert(difference_event), said)
            for s in segments:
                row = {"name": s.name, "sha256": s.sha256, "rows": s.rows, "written_at": at, "batch": batch}
                connection.execute(sa.insert(segment).values(**row, parser=parser, ruleset=ruleset))
            for decision in decisions:
                connection.execute(sa.insert(submission_event).values(actor="yueji", at=at, **decision))

    def publish(self, row: Mapping[str, Any]) -> None:
        self._insert(publication, [row])

    def note_differences(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._insert(difference_event, rows)

    def note_lock(self, district: str, month: str, event: str, at: datetime, actor: str, reason: str) -> None:
        """A month is `locked`, or `unlocked` again."""
        row = {"district": district, "period": month, "event": event, "at": at, "actor": actor, "reason": reason}
        self._insert(period_lock, [row])

    def note_light(
        self, district: str, month: str, subject: str, light: str, at: datetime, actor: str, reason: str
    ) -> None:
        """A light is set to a character; an empty one withdraws what was set."""
        place = {"district": district, "period": month, "subject": subject}
        event = {"event": "set" if light else "withdrawn", "light": light, "at": at, "actor": actor, "reason": reason}
        self._insert(light_event, [place | event])

    def _insert(self, table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = [dict(row) for row in rows]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(sa.insert(table), rows)

    # What is asked.

    def last_look(self, before: datetime) -> datetime | None:
        """When inbound was last looked at before a moment."""
        query = sa.select(sa.func.max(night.c.as_of)).where(night.c.as_of < before)
        with self.engine.connect() as connection:
            found: datetime | None = connection.scalar(query)
        return found

    def find(self, sha256: str, district: str, department: str) -> list[str]:
        """Submissions of this very file by this department."""
        query = sa.select(submission.c.id).where(
            submission.c.sha256 == sha256, submission.c.district == district, submission.c.department == department
        )
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def has_event(self, submission_id: str, event: str) -> bool:
        query = sa.select(sa.func.count()).where(
            submission_event.c.submission == submission_id, submission_event.c.event == event
        )
        with self.engine.connect() as connection:
            return bool(connection.scalar(query))

    def unanswered(self) -> list[dict[str, Any]]:
        """The last event of each submission that a department is told of and has not been told yet, oldest first:
        columns of `submission_event`."""
        waiting: dict[str, dict[str, Any]] = {}
        with self.engine.connect() as connection:
            for event in connection.execute(sa.select(submission_event).order_by(submission_event.c.id)):
                if event.event == "answered":
                    waiting.pop(event.submission, None)
                elif event.event in (*DECISIONS, "again", "restored"):
                    waiting[event.submission] = event._asdict()
        return sorted(waiting.values(), key=lambda event: int(event["id"]))

    def submissions(self, known_at: datetime | None = None) -> pl.DataFrame:
        """Every submission with the state it had at a moment (now, when none is given).

        Returns:
            One row a submission received by then: the columns of `submission`, `status` (received or a decision),
            `decided_at` (Datetime, null while undecided), `reasons` (text); ordered by received_at, id.
        """
        with self.engine.connect() as connection:
            return self._submissions(connection, known_at)

    def _submissions(self, connection: Connection, known_at: datetime | None) -> pl.DataFrame:
        moment = known_at or datetime.max
        events = sa.select(submission_event).where(submission_event.c.at <= moment).order_by(submission_event.c.id)
        state: dict[str, tuple[str, datetime | None, str]] = {}
        withdrawn: dict[str, tuple[str, datetime | None, str]] = {}
        for event in connection.execute(events):
            if event.event == "withdrawn":
                withdrawn[event.submission] = state.get(event.submission, ("received", None, ""))
            if event.event in DECISIONS:
                state[event.submission] = (event.event, event.at, event.reason)
            elif event.event == "restored":
                status, _, reason = withdrawn[event.submission]
                state[event.submission] = (status, event.at, reason)
        rows = connection.execute(
            sa.select(submission)
            .where(submission.c.received_at <= moment)
            .order_by(submission.c.received_at, submission.c.version, submission.c.id)
        )
        found = []
        for row in rows:
            status, decided_at, reasons = state.get(row.id, ("received", None, ""))
            found.append({**row._asdict(), "status": status, "decided_at": decided_at, "reasons": reasons})
        return pl.DataFrame(found, schema=SUBMISSIONS, orient="row")

    def segments(self) -> list[Segment]:
        query = sa.select(segment.c.name, segment.c.sha256, segment.c.rows).order_by(segment.c.id)
        with self.engine.connect() as connection:
            return [Segment(*row) for row in connection.execute(query)]

    def publications(self) -> pl.DataFrame:
        return self._frame(sa.select(publication).order_by(publication.c.id), publication)

    def difference_events(self, known_at: datetime | None = None) -> pl.DataFrame:
        query = sa.select(difference_event).where(difference_event.c.at <= (known_at or datetime.max))
        return self._frame(query.order_by(difference_event.c.id), difference_event)

    def locks(self, known_at: datetime | None = None) -> dict[tuple[str, str], dict[str, Any]]:
        """The months that are locked at a moment: (district, month) → the row of `period_lock` that locked it."""
        query = sa.select(period_lock).where(period_lock.c.at <= (known_at or datetime.max)).order_by(period_lock.c.id)
        with self.engine.connect() as connection:
            last = {(row.district, row.period): row._asdict() for row in connection.execute(query)}
        return {place: row for place, row in last.items() if row["event"] == "locked"}

    def light_events(self, known_at: datetime | None = None) -> pl.DataFrame:
        """Every light that was set or withdrawn by a moment, the columns of `light_event`, oldest first."""
        query = sa.select(light_event).where(light_event.c.at <= (known_at or datetime.max))
        return self._frame(query.order_by(light_event.c.id), light_event)

    def last_finished(self, before: datetime | None = None) -> datetime | None:
        """The moment of the last night (before a moment) that came to its end; what was decided after it is not
        published everywhere."""
        of_then = night.c.as_of < (before or datetime.max)
        query = sa.select(sa.func.max(night.c.as_of)).where(night.c.event == "finished", of_then)
        with self.engine.connect() as connection:
            found: datetime | None = connection.scalar(query)
        return found

    def nights(self) -> pl.DataFrame:
        return self._frame(sa.select(night).order_by(night.c.id), night)

    def _frame(self, query: sa.Select[Any], table: sa.Table) -> pl.DataFrame:
        with self.engine.connect() as connection:
            rows = [row._asdict() for row in connection.execute(query)]
        return pl.DataFrame(rows, schema={c.name: _polars_type(c) for c in table.columns}, orient="row")


def _polars_type(column: sa.Column[Any]) -> pl.DataType:
    if isinstance(column.type, sa.DateTime):
        return pl.Datetime("us")
    return pl.Int64() if isinstance(column.type, sa.Integer) else pl.String()


SUBMISSIONS: Mapping[str, pl.DataType] = {
    **{c.name: _polars_type(c) for c in submission.columns},
    "status": pl.String(),
    "decided_at": pl.Datetime("us"),
    "reasons": pl.String(),
}


def _widen(engine: Engine) -> None:
    """Give a record of an earlier version the columns that came later, empty: no row of it is touched."""
    there = sa.inspect(engine)
    for table in metadata.sorted_tables:
        known = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                kind = column.type.compile(engine.dialect)
                with engine.begin() as connection:
                    connection.execute(sa.text(f'ALTER TABLE {table.name} ADD COLUMN "{column.name}" {kind}'))


def _durable(connection: Any, _: Any) -> None:
    """SQLite: readers beside one writer, and a commit that is on the disk when it returns."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
