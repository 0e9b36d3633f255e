"""Whatever people and programs do to a return: the same figures, or a finding that names what happened."""

import pytest

from tests.workbooks.reading.messy import Messy, clean, messy_files
from tests.workbooks.returns import READER
from workbooks.reading.parse import Parsed, Rows
from workbooks.reading.unreadable import UnreadableReturn

FILES = messy_files()


def told(parsed: Parsed, halves: bool) -> dict[tuple[str, str], list[object]]:
    """Table and column → what each row but the subtotals tells, in the order of the rows."""
    found: dict[tuple[str, str], list[object]] = {}
    for table, rows in parsed.tables.items():
        kept = [i for i, kind in enumerate(rows.kinds) if kind != "subtotal"]
        found[table, "kind"] = [rows.kinds[i] for i in kept]
        found[table, "parent"] = [rows.parents[i] for i in kept]
        for column in rows.values:
            found[table, column] = [rows.values[column][i] for i in kept]
            if halves and column in rows.halves:
                found[table, f"{column}|half"] = [rows.halves[column][i] for i in kept]
    return found


def lost(
    before: dict[tuple[str, str], list[object]], after: dict[tuple[str, str], list[object]]
) -> list[tuple[str, str]]:
    """Columns where a figure is told as nothing that was told before; a figure that is another one fails."""
    assert before.keys() == after.keys()
    columns = []
    for key, values in before.items():
        assert len(values) == len(after[key]), key
        differing = [(old, new) for old, new in zip(values, after[key], strict=True) if old != new]
        assert all(new is None for _, new in differing), (key, differing[:3])
        columns += [key] if differing else []
    return columns


def texts_of(rows: Rows, column: str) -> list[str | None]:
    return rows.texts[column]


@pytest.mark.parametrize(
    "messy", [pytest.param(m, id=m.name, marks=[pytest.mark.office] if m.office else []) for m in FILES]
)
def test_a_messy_file_tells_the_same_figures_or_says_what_is_wrong(messy: Messy):
    base = clean(messy.form).parsed
    got = READER(messy.data())
    assert {remark.name for remark in got.remarks} == messy.tells
    columns = lost(told(base, messy.halves), told(got, messy.halves))
    assert bool([c for c in columns if not c[1].endswith("|half")]) == messy.loses
    assert got.form == messy.form


def test_there_are_enough_of_them():
    assert len(FILES) >= 150
    assert len({step.name for messy in FILES for step in messy.steps}) >= 45
    assert len({messy.name for messy in FILES}) == len(FILES)


def test_the_clean_ones_tell_nothing_but_figures():
    for form in ("F01", "F03", "F10"):
        assert clean(form).parsed.remarks == []
        assert not isinstance(clean(form).parsed, UnreadableReturn)
