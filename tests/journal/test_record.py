"""The record is insert-only, knows what was known when, and commits a night as a whole."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from journal.record import Journal, Segment, metadata, submission_event

SEPT_2 = datetime(2022, 9, 2, 1, 30)
SEPT_5 = datetime(2022, 9, 5, 1, 30)
SEPT_7 = datetime(2022, 9, 7, 1, 30)


def run_quietly(*command: str) -> None:
    """Run a program of PostgreSQL, which refuses to be run by root."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_user, *command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server of this session, on a socket of its own."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="yueji-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, control = str(folder / "data"), str(programs[-1].parent / "pg_ctl")
    run_quietly(str(programs[-1]), "-D", data, "-U", "yueji", "-A", "trust")
    run_quietly(control, "-D", data, "-o", f"-k {folder} -c listen_addresses='' -c fsync=off", "-w", "start")
    yield f"postgresql+pg8000://yueji@/postgres?unix_sock={folder}/.s.PGSQL.5432"
    run_quietly(control, "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """An empty record, embedded and on a server."""
    on_server = request.param == "postgresql"
    url = request.getfixturevalue("postgresql") if on_server else f"sqlite:///{tmp_path / 'journal.db'}"
    made = Journal(url)
    yield made
    if on_server:
        metadata.drop_all(made.engine)
    made.close()


def a_submission(**changes: object) -> dict[str, object]:
    return {
        "id": "s1",
        "district": "jb",
        "department": "tax",
        "form": "F01",
        "period": "2022-08",
        "version": 1,
        "file": "F01_jb_202208_tax_V1.xlsx",
        "sha256": "a" * 64,
        "arrived_at": SEPT_2,
        "received_at": SEPT_2,
        "supersedes": None,
    } | changes


def decided(journal: Journal, submission: str, event: str, at: datetime) -> None:
    decision = {"submission": submission, "event": event, "reason": ""}
    journal.decide([decision], [], batch="b", at=at, parser="1", ruleset="r")


def test_a_submission_is_received_until_it_is_decided(journal: Journal) -> None:
    journal.receive(a_submission())
    assert journal.submissions()["status"].to_list() == ["received"]
    decided(journal, "s1", "accepted", SEPT_5)
    assert journal.submissions()["status"].to_list() == ["accepted"]


def test_what_was_known_on_a_day_is_a_query(journal: Journal) -> None:
    journal.receive(a_submission())
    decided(journal, "s1", "accepted", SEPT_5)
    journal.receive(a_submission(id="s2", version=2, sha256="b" * 64, received_at=SEPT_7))
    assert journal.submissions(SEPT_2)["status"].to_list() == ["received"]
    assert journal.submissions(SEPT_5)["id"].to_list() == ["s1"]
    assert journal.submissions(SEPT_7)["id"].to_list() == ["s1", "s2"]


def test_the_same_file_for_the_same_return_is_refused_by_the_database(journal: Journal) -> None:
    journal.receive(a_submission())
    with pytest.raises(sa.exc.IntegrityError):
        journal.receive(a_submission(id="s2"))
    assert journal.submissions().height == 1


def test_a_night_commits_its_frames_and_its_verdicts_together_or_not_at_all(journal: Journal) -> None:
    journal.receive(a_submission())
    wrong = {"submission": "nobody", "event": "accepted", "reason": ""}
    right = {"submission": "s1", "event": "accepted", "reason": ""}
    with pytest.raises(sa.exc.DBAPIError):
        journal.decide(
            [right, wrong], [Segment("F01.summary", "c" * 64, 5)], batch="b", at=SEPT_5, parser="1", ruleset="r"
        )
    assert journal.submissions()["status"].to_list() == ["received"]
    assert journal.segments() == []


def test_nothing_is_ever_updated_or_deleted(journal: Journal) -> None:
    statements: list[str] = []
    sa.event.listen(journal.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    journal.receive(a_submission())
    decided(journal, "s1", "returned", SEPT_5)
    decided(journal, "s1", "accepted", SEPT_7)
    with journal.engine.connect() as connection:
        events = connection.scalars(sa.select(submission_event.c.event).order_by(submission_event.c.id)).all()
    assert events == ["received", "returned", "accepted"]
    assert not [s for s in statements if s.lstrip().upper().startswith(("UPDATE", "DELETE"))]


def test_the_last_look_lies_before_this_one(journal: Journal) -> None:
    journal.begin_night(SEPT_2)
    journal.begin_night(SEPT_5)
    assert journal.last_look(SEPT_5) == SEPT_2
    assert journal.last_look(SEPT_2) is None


def test_a_light_is_set_and_withdrawn_by_events_and_known_as_of_a_day(journal: Journal) -> None:
    journal.note_light("jb", "2022-08", "I1202", "黄", SEPT_2, "高绮", "超时2户")
    journal.note_light("jb", "2022-08", "I1202", "", SEPT_5, "李四", "已核对")
    told = ["district", "period", "subject", "event", "light", "at", "actor", "reason"]
    assert journal.light_events().select(told).rows() == [
        ("jb", "2022-08", "I1202", "set", "黄", SEPT_2, "高绮", "超时2户"),
        ("jb", "2022-08", "I1202", "withdrawn", "", SEPT_5, "李四", "已核对"),
    ]
    assert journal.light_events(SEPT_2)["event"].to_list() == ["set"]
