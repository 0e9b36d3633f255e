"""Our side: the stages of a night as plain functions, in one process, without Prefect."""

from datetime import datetime
from pathlib import Path

from benchmarks.clock import START, Run
from benchmarks.corpus import AS_OF, LAST, load_corpus_catalogue


def run_ours(folder: Path) -> Run:
    """One night over the corpus; `folder` keeps the record and what is published."""
    run = Run()
    with run.stage(START):
        import flows.quiet  # noqa: F401
        from catalogue.workdays import load_workdays
        from expectations.context import _frame_asset
        from flows import answering, night, publishing
        from flows.frames import load_frames
        from flows.house import House
        from flows.settings import Settings
        from journal.archive import Archive
        from journal.record import Journal

        settings = Settings(root=folder, settle_seconds=0)
        journal = Journal(settings.database)
        house = House(settings, load_corpus_catalogue(folder), load_workdays(), journal, Archive(settings.var))
        _frame_asset()
    as_of = datetime.fromisoformat(AS_OF)
    with run.stage("receive"):
        found = night.receive(house, as_of)
    with run.stage("read"):
        taken = night.read(house, found, as_of)
    with run.stage("validate"):
        judgement = night.validate(house, taken, as_of)
    with run.stage("reconcile"):
        frames = load_frames(house, as_of)
        compared = publishing.compare_all(house, frames).compared
        publishing.note_differences(house, compared, as_of)
    with run.stage("receipts"):
        receipts = answering.answer(house, as_of, compared)
    with run.stage("publish"):
        known = publishing.know(house, frames, as_of, compared)
        published = publishing.publish(house, publishing.MONTHLY, LAST, as_of, known)
    journal.close()
    returned = judgement.decisions.filter(judgement.decisions["event"] == "returned").height
    run.counts = {
        "files": taken.identified.height,
        "unreadable": len(taken.unreadable),
        "returned": returned,
        "receipts": len(receipts),
        "workbooks": len(published),
        "KB published": sum(path.stat().st_size for path in published) >> 10,
    }
    return run
