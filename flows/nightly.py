"""The night run as a Prefect flow: it reads like a table of contents. Each task handles the whole night's batch."""

import flows.quiet  # noqa: F401  # isort: skip – before Prefect is imported

from datetime import datetime

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows import answering, night, publishing
from flows.frames import load_frames
from flows.house import open_house
from flows.lock import only_writer
from flows.night import Night
from flows.settings import Settings, now
from flows.summary import summarise

receive = task(name="收取", cache_policy=NO_CACHE)(night.receive)
read = task(name="读取", cache_policy=NO_CACHE)(night.read)
validate = task(name="审核", cache_policy=NO_CACHE)(night.validate)
answer = task(name="回执", cache_policy=NO_CACHE)(answering.answer)
compare = task(name="勾稽", cache_policy=NO_CACHE)(publishing.compare_all)
follow = task(name="差异台账", cache_policy=NO_CACHE)(publishing.note_differences)
publish = task(name="发布", cache_policy=NO_CACHE)(publishing.publish)


@flow(name="nightly", persist_result=False)
def nightly(as_of: datetime | None = None) -> Night:
    """From what lies in the drop folders to receipts and published workbooks.

    Args:
        as_of: the moment of the run (wall time of Asia/Shanghai); now, when none is given.
    """
    as_of = (as_of or now()).replace(tzinfo=None)
    settings = Settings()
    with only_writer(settings.var, settings.patience_seconds), open_house(settings) as house:
        found = receive(house, as_of)
        taken = read(house, found, as_of)
        judgement = validate(house, taken, as_of)
        frames = load_frames(house, as_of)
        compared = compare(house, frames).compared
        events = follow(house, compared, as_of)
        receipts = answer(house, as_of, compared)
        known = publishing.know(house, frames, as_of, compared)
        published = [
            path
            for product, ref_period in publishing.periods_to_publish(house, night.touched(house, as_of), as_of)
            for path in publish(house, product, ref_period, as_of, known, locked_too=False)
        ]
        result = Night(
            as_of=as_of,
            received=night.received(house, judgement),
            again=tuple(path.name for path, _ in found.again),
            waiting=tuple(path.name for path in found.waiting),
            unknown=night.names(found.unknown, settings.inbound),
            differences=compared,
            events=events,
            published=tuple(published),
            receipts=receipts,
        )
        summary = summarise(result, house)
        house.journal.finish_night(as_of, summary)
        create_markdown_artifact(f"```\n{summary}\n```", key="night", description=f"截至 {as_of:%Y-%m-%d %H:%M}")
        print(summary)
    return result
