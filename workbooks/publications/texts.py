"""Texts of the published workbooks: paragraphs that can be edited, and the cell of the workbook in which each number of
them stands."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import polars as pl

from transforms.narrate import Brief
from workbooks.formats import HEAD_FONT, clean
from workbooks.publications.sheet import SheetWriter
from workbooks.publications.sources import Printed
from workbooks.publications.widths import LINE, lines_of

NUMBER_FRAMES = ("brief_numbers", "block_numbers", "report_numbers")
"""The frames that list the numbers of a text (transforms.narrate.NUMBERS)."""
SIZE = 16
SPACING = 1.3
HIGHEST = 400
"""Points: Excel knows no higher row than 409."""
SCALES = tuple(Decimal(factor) for factor in ("1", "10000", "100000000", "0.01"))
"""What a number shown may be of one in the base unit: 元, 万元, 亿元; percentage points of a ratio."""
CLOSE = Decimal("0.000001")


def write_paragraphs(writer: SheetWriter, brief: Brief) -> None:
    """Editable text: a row a paragraph across the page, the title of each in 黑体; what has a line of its own, and what
    is higher than a row can be, goes on in rows below."""
    width = sum(writer.sheet.grid) * 12 / SIZE
    last = len(writer.sheet.grid) - 1
    body = writer.formats.get(font_size=SIZE, text_wrap=True, valign="top", align="left", indent=0)
    head = writer.formats.get(font_name=HEAD_FONT, font_size=SIZE)
    titled = writer.formats.get(font_name=HEAD_FONT, font_size=SIZE, text_wrap=True, valign="top", align="left")
    plain = writer.formats.get(font_size=SIZE)
    for row in brief.paragraphs.iter_rows(named=True):
        title = "　　" + clean(row["title"])
        first, *others = _rows(title, clean(row["text"]), width)
        for text in (first, *others):
            told = title + text if text is first else text
            writer.set_height(writer.row, _height(told, width))
            writer.page.merge_range(writer.row, 0, writer.row, last, "", body)
            if text is first and not text:
                writer.page.write_string(writer.row, 0, title, titled)
            elif text is first:
                writer.page.write_rich_string(writer.row, 0, head, title, plain, text, body)
            else:
                writer.page.write_string(writer.row, 0, text, body)
            writer.row += 1
    writer.row += 1


def _height(text: str, width: float) -> float:
    return lines_of(text, width) * LINE * SPACING + 6


def _rows(title: str, text: str, width: float) -> list[str]:
    """A text by its lines; what is too high for a row is parted between sentences."""
    rows = []
    for line in text.split("\n"):
        row = ""
        for sentence in line.replace("。", "。\n").split("\n"):
            if row and _height(title + row + sentence, width) > HIGHEST:
                rows.append(row)
                row = "　　"
            row += sentence
        rows.append(row)
    return rows


def with_cells(numbers: pl.DataFrame, printed: Sequence[Printed], here: str) -> pl.DataFrame:
    """The numbers with the cell of the workbook in which each stands, as M02!F17: that with the same observations
    behind it and the same value; 本表 where none has, since it stands beside the text then.

    Args:
        here: the sheet of the text, whose own cells are not meant.
    """
    by_keys: dict[frozenset[str], list[Printed]] = {}
    for one in printed:
        if one.number is not None and one.keys and not one.sheet.startswith(here):
            by_keys.setdefault(frozenset(one.keys), []).append(one)
    cells = [
        _cell(value, keys, work, by_keys.get(frozenset(keys or ()), ()))
        for value, keys, work in numbers.select("value", "value|src", "value|work").iter_rows()
    ]
    return numbers.with_columns(cell=pl.Series(cells, dtype=pl.String))


def _cell(value: Decimal | None, keys: Sequence[str] | None, work: str | None, found: Iterable[Printed]) -> str:
    if value is None or not keys:
        return "本表"
    # Of several that which was worked out in the same way, else the last: totals stand below their parts.
    same = [one for one in found if one.number is not None and _same(value, one.number)]
    same = [one for one in same if one.work == (work or "")] or same
    return f"{same[-1].sheet.split(' ', 1)[0]}!{same[-1].cell}" if same else "本表"


def _same(value: Decimal, shown: Decimal) -> bool:
    """Whether a value in the base unit is what a cell shows in its own; a change is told without its sign."""
    gaps = (abs(abs(shown) * scale - abs(value)) for scale in SCALES)
    return min(gaps) <= CLOSE * max(abs(value), Decimal(1)) if shown else not value
