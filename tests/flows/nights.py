"""Small makers for nights: a house in a folder of its own, returns laid into it, the stages one after the other."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from flows import answering, night, publishing
from flows.frames import load_frames
from flows.house import House, open_house
from flows.night import Night
from flows.settings import Settings
from samples.returns import lay

MONTHS = ("2021-01", "2021-02")
FEBRUARY = MONTHS[-1]
IN_MARCH = datetime(2021, 3, 12, 1, 30)
LOANS = ("F10",)
"""The bank-tax loans: one small table."""


@contextmanager
def a_house(root: Path) -> Iterator[House]:
    with open_house(Settings(root=root, settle_seconds=0.01)) as house:
        yield house


def laid(root: Path, forms: Sequence[str], periods: Sequence[str] = MONTHS) -> list[Path]:
    """Clean returns of 江北区 of these forms for these months in root/inbound. Name only what the story is about: a
    night over all twenty-five takes half a minute."""
    paths, _ = lay(root / "inbound", ["jb"], periods, forms=forms)
    return paths


def spend_night(house: House, as_of: datetime = IN_MARCH, *, publish: bool = True) -> Night:
    """The stages of flows.nightly, called without Prefect."""
    found = night.receive(house, as_of)
    taken = night.read(house, found, as_of)
    judgement = night.validate(house, taken, as_of)
    frames = load_frames(house, as_of)
    compared = publishing.compare_all(house, frames).compared
    events = publishing.note_differences(house, compared, as_of)
    receipts = answering.answer(house, as_of, compared)
    wanted = publishing.periods_to_publish(house, night.touched(house, as_of), as_of) if publish else []
    known = publishing.know(house, frames, as_of, compared) if wanted else None
    published = [path for p, r in wanted for path in publishing.publish(house, p, r, as_of, known, locked_too=False)]
    house.journal.finish_night(as_of, "")
    return Night(
        as_of=as_of,
        received=night.received(house, judgement),
        again=tuple(path.name for path, _ in found.again),
        waiting=tuple(path.name for path in found.waiting),
        unknown=night.names(found.unknown, house.settings.inbound),
        differences=compared,
        events=events,
        published=tuple(published),
        receipts=receipts,
    )


def publish_february(root: Path, forms: Sequence[str]) -> None:
    """A house whose monthly workbook of February is out, made of these returns."""
    laid(root, forms)
    with a_house(root) as house:
        spend_night(house, publish=False)
        publishing.publish(house, publishing.MONTHLY, FEBRUARY, IN_MARCH)
