"""What stands around a table: title, unit line, notes, the people who signed; and the hidden sheet `_meta`."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from workbooks.meta import CHECKSUM, checksum
from workbooks.reading.cells import Book, Cell, Sheet
from workbooks.reading.locate import Block, Grid
from workbooks.reading.shapes import Shapes, spelling
from workbooks.reading.values import parse_date, parse_period
from workbooks.reading.wording import half_width, listed, plain

_LABELS = {
    "department": r"填报单位(?:\((?:盖章|公章|章)\))?|报送单位(?:\(盖章\))?|填报部门",
    "period": r"统计期间?|报告期|统计时间|所属期",
    "unit": r"(?<!填报)(?<!报送)(?:计量)?单位",
    "reporter": r"填报人|制表人|填表人",
    "auditor": r"审核人|复核人|负责人",
    "phone": r"联系电话|电话",
    "filled_on": r"填报日期|报出日期",
}
_LABEL = {name: re.compile(rf"(?:{words})\s*:\s*") for name, words in _LABELS.items()}
_ANY_LABEL = re.compile("|".join(rf"(?:{words})\s*:" for words in _LABELS.values()))
_NOTE = re.compile(r"\s*(?:注|附注|备注)\d*[:.、]\s*")
_EXPLANATION = re.compile(r"\s*(?:说明|填报说明|填表说明)\d*[:.、]\s*")
_META_KEYS = ("template", "template_version", "district", "department", "period", "dictionary_version", CHECKSUM)


class Furniture(NamedTuple):
    """What a sheet tells around one table; "" where it does not. `row` is that of the unit line (0: none).
    `note_cell` is where the note begins: (row, column)."""

    row: int
    title: str
    department: str
    period: str
    unit: str
    reporter: str
    auditor: str
    phone: str
    filled_on: str
    note: str
    explanation: str
    note_cell: tuple[int, int] | None


def read_meta(book: Book) -> dict[str, str]:
    """Keys and values of `_meta`; of a hidden sheet of another name when it tells a template. Empty: none."""
    named = [s for s in book.sheets if s.name.strip().lower() == "_meta"]
    hidden = [s for s in book.sheets if s.visible != "visible" and s not in named]
    for sheet in (*named, *hidden):
        told = _pairs(sheet)
        if "template" in told:
            return told
    return {}


def _pairs(sheet: Sheet) -> dict[str, str]:
    cells = ((cell, sheet.cells.get((cell.row, cell.column + 1))) for cell in list(sheet.cells.values())[:200])
    return {
        key.text.strip(): value.text.strip() for key, value in cells if value is not None and key.text in _META_KEYS
    }


def is_meta(sheet: Sheet) -> bool:
    return sheet.name.strip().lower() == "_meta" or "template" in _pairs(sheet)


def read_furniture(grid: Grid, block: Block) -> Furniture:
    above = [(row, _line(grid.rows[row])) for row in block.before]
    below = [(row, _line(grid.rows[row])) for row in block.after]
    unit_rows = [row for row, line in above if _LABEL["period"].search(line) or _LABEL["department"].search(line)]
    # Tables beside one another share the title and the unit line of the first.
    shared = [
        _line(cells) for row, cells in grid.whole.rows.items() if row < block.header.top and grid is not grid.whole
    ]
    lines = [*(line for _, line in reversed(above)), *reversed(shared)]
    told = {name: _after(name, lines) for name in ("department", "period", "unit")}
    signed = {name: _after(name, (line for _, line in below)) for name in ("reporter", "auditor", "phone", "filled_on")}
    titles = [line for _, line in above if line and not _ANY_LABEL.search(line) and not _NOTE.match(line)]
    note, explanation, place = _read_notes(grid, block.after)
    return Furniture(
        row=unit_rows[-1] if unit_rows else 0,
        title=titles[-1] if titles else "",
        note=note,
        explanation=explanation,
        note_cell=place,
        **told,
        **signed,
    )


def _line(cells: Iterable[Cell]) -> str:
    """The texts of a row with room between them: a label and its value may stand in two cells."""
    return "   ".join(half_width(c.text) for c in cells if c.text.strip())


def _after(name: str, lines: Iterable[str]) -> str:
    """What follows a label up to the next label or a wide gap; of the first line that has it."""
    for line in lines:
        found = _LABEL[name].search(line)
        if found:
            rest = line[found.end() :]
            following = _ANY_LABEL.search(rest)
            rest = rest[: following.start()] if following else rest
            return re.split(r"\s{3,}", rest.strip())[0].strip()
    return ""


def _read_notes(grid: Grid, rows: Iterable[int]) -> tuple[str, str, tuple[int, int] | None]:
    """Note, explanation and the place of the note; a line without a label goes on with the one right above it."""
    texts: dict[str, list[str]] = {"note": [], "explanation": []}
    place: tuple[int, int] | None = None
    current, above = "", 0
    for row in rows:
        told = [c for c in grid.rows[row] if c.text.strip()]
        if not told:
            continue
        if row > above + 1:
            current = ""
        above = row
        text = "".join(c.text.strip() for c in told)
        half = half_width(text)
        if _ANY_LABEL.match(plain(half)):
            current = ""
        for name, label in (("note", _NOTE), ("explanation", _EXPLANATION)):
            if found := label.match(half):
                # Half width keeps the number of characters of the label, so the text behind it stays as told.
                current, text = name, text.lstrip()[len(found[0].lstrip()) :]
                place = (row, told[0].column) if name == "note" and place is None else place
        if current:
            texts[current].append(text.strip())
    return "\n".join(texts["note"]), "\n".join(texts["explanation"]), place


def resolve_department(told: str, shapes: Shapes) -> str:
    """The code of a department as a sheet calls it; the words themselves where they are not known."""
    word = spelling(told)
    for name in shapes.districts:
        if word not in shapes.departments and word.startswith(name):
            rest = word[len(name) :]
            word = next((w for w in ("区" + rest, rest) if w in shapes.departments), word)
    return shapes.departments.get(word, told)


def resolve_district(meta: str, title: str, shapes: Shapes) -> str:
    """The code of the district that `_meta` or the title names; "" where neither does, the words where unknown."""
    if meta:
        return shapes.districts.get(spelling(meta), meta)
    word = spelling(title)
    # A code of two letters is too short to be found in a title.
    named = [name for name in shapes.districts if name in word and len(name) > 2]
    return shapes.districts[max(named, key=len)] if named else ""


def head_of(grid: Grid, block: Block, meta: dict[str, str], shapes: Shapes) -> tuple[dict[str, object], Furniture]:
    """One row of `heads` as far as the file tells it, and the furniture it comes from. None: not told."""
    told = read_furniture(grid, block)
    head: dict[str, object] = {
        "table": block.header.table.code,
        "sheet": grid.sheet.name,
        "row": told.row or None,
        "title": told.title or None,
        "form": block.header.table.form,
        "meta_department": resolve_department(meta.get("department", ""), shapes) or None,
        "title_district": resolve_district("", told.title, shapes) or None,
        "district_told": resolve_district(meta.get("district", ""), told.title, shapes) or None,
        "department_told": resolve_department(told.department, shapes) or None,
        "period_told": parse_period(told.period) or told.period or None,
        "meta_period": parse_period(meta.get("period", "")) or meta.get("period") or None,
        "unit": listed(told.unit) or None,
        "reporter": _name(told.reporter),
        "auditor": _name(told.auditor),
        "phone": told.phone or None,
        "filled_on": parse_date(told.filled_on) or told.filled_on or None,
        "note": told.note or None,
        "explanation": told.explanation or None,
        "template_version": meta.get("template_version") or None,
        "meta_state": _state(meta),
    }
    return head, told


def _state(meta: dict[str, str]) -> str | None:
    """Whether `_meta` still says what the template said: 相符 or 改动; None where it has no checksum."""
    if CHECKSUM not in meta:
        return None
    return "相符" if meta[CHECKSUM] == checksum(meta) else "改动"


def _name(told: str) -> str | None:
    """A name without the space that fills two characters up to three (陈 静)."""
    return plain(told) or None if not told.isascii() else told or None
