"""A few of the inputs of `python -m tests.workbooks.reading.fuzz`, and what Hypothesis finds between cells."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workbooks.reading.fuzz import run
from tests.workbooks.reading.messy import clean
from tests.workbooks.returns import READER
from workbooks.reading.cells import Book, Cell, Sheet
from workbooks.reading.opening import read_book
from workbooks.reading.parse import Parsed
from workbooks.reading.unreadable import UnreadableReturn


def test_spoilt_files_are_read_or_refused_and_nothing_else():
    ends, wrong = run(120, seed=3)
    assert wrong == []
    assert sum(ends.values()) == 120
    assert ends["read"] + ends["read with findings"] > 20


SHEET = read_book(clean("F10").data).sheets[0]
PLACES = sorted(SHEET.cells)


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A return whose cells were moved, doubled, emptied or told otherwise."""
    cells = dict(SHEET.cells)
    for place in draw(st.lists(st.sampled_from(PLACES), max_size=12)):
        to = draw(st.one_of(st.just(place), st.tuples(st.integers(1, 40), st.integers(1, 30))))
        told = draw(st.one_of(st.none(), st.just("same"), st.text(max_size=12)))
        cell = cells.pop(place, None)
        if cell is None or told is None:
            continue
        kept = cell if told == "same" else Cell(*place, "text", told, None, False, "General", 0)
        cells[to] = kept._replace(row=to[0], column=to[1])
    corner = st.tuples(st.integers(1, 60), st.integers(1, 40))
    merges = [(*a, max(a[0], b[0]), max(a[1], b[1])) for a, b in draw(st.lists(st.tuples(corner, corner), max_size=4))]
    return Book((Sheet("表1", "visible", cells, [*SHEET.merges, *merges], frozenset(), frozenset()),), False)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(books())
def test_a_return_with_changed_cells_is_read_or_refused(book):
    found = _read(book)
    if isinstance(found, UnreadableReturn):
        assert found.code == "no_table"
        return
    for rows in found.tables.values():
        assert all(len(values) == len(rows.rows) for values in rows.values.values())


def _read(book: Book) -> Parsed | UnreadableReturn:
    try:
        return READER.read(book)
    except UnreadableReturn as fault:
        return fault
