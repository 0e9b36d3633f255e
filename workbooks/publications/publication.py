"""A published workbook put together: cover, declared sheets, text, and the hidden sheet of sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

import polars as pl
import xlsxwriter

from catalogue.languages import CHINESE, Language, in_language
from catalogue.sheets import PAPERS, Sheet
from transforms.editions import changed_cells
from transforms.facts import Facts
from transforms.narrate import Brief
from workbooks.formats import HEAD_FONT, TITLE_FONT, Formats, clean
from workbooks.publications.cells import Cleaned, fill
from workbooks.publications.references import Standing
from workbooks.publications.sheet import INTERNAL, SheetWriter
from workbooks.publications.sources import SOURCE_SHEET, TOLD_SHEET, Printed, shown, write_sources
from workbooks.publications.texts import NUMBER_FRAMES, with_cells, write_paragraphs
from workbooks.publications.widths import lines_of, size_of_title

SOURCED = ("table", "text")
"""Kinds of sheets whose numbers have their sources in `_src`."""
SOURCES = (
    (SOURCE_SHEET, "每个数的算法", "逐数列出怎样算出、用了哪些填报数;各表右侧“来源→”可直达"),
    (TOLD_SHEET, "所用的填报数", "逐数列出报表、文件、单元格、版次与哈希"),
)
"""The sheets that every workbook ends with."""
UNTRANSLATED = "正文依中文措辞规则写成,不译;文中每个数列在其后的表中。"
"""Stands above a text in another language."""
COVER_GRID = (22, 20, 62, 22)
OPTIONS = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}


@dataclass(frozen=True, slots=True)
class Edition:
    """A published workbook: its bytes, and what stands in its cells (workbooks.publications.sources.SHOWN), with which the next
    edition is compared."""

    data: bytes
    shown: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Earlier:
    """The edition before.

    Attributes:
        changes: the figures that are told otherwise since: series, item, period, unit, old, new, reason.
        shown: what stood in its cells.
    """

    changes: pl.DataFrame
    shown: pl.DataFrame


def build(
    facts: Facts,
    sheets: Sequence[Sheet],
    frames: Mapping[str, pl.DataFrame],
    words: Mapping[str, str],
    cover: Sequence[tuple[str, str]],
    brief: Brief | None = None,
    earlier: Earlier | None = None,
    language: Language = CHINESE,
) -> Edition:
    """The workbook. `created` is the as-of time, so that the same facts give the same bytes.

    Args:
        earlier: the edition before; the sheet of what changed stands in later editions alone.
    """
    words = {name: language.say_parts(word) for name, word in words.items()}
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties(
        {
            "title": language.say(sheets[0].title).format(**words),
            "author": language.say(facts.district.office),
            "created": facts.as_of,
        }
    )
    book.set_calc_mode("auto")
    formats, printed, cleaned = Formats(book), list[Printed](), list[Cleaned]()
    standing: dict[str, Standing] = {}
    sheets = [in_language(sheet, language) for sheet in sheets if sheet.kind != "changes" or earlier is not None]
    frames = dict(frames)
    for sheet in sheets:
        if sheet.kind == "cover":
            _cover(book, formats, sheet, words, [(language.say(name), value) for name, value in cover], language)
            continue
        if sheet.kind == "contents":
            frames["contents"] = contents(sheets, words, language)
        if sheet.kind == "changes" and earlier is not None:
            frames["edition_changes"] = changed_cells(earlier.shown, shown(printed), earlier.changes)
        frames["cleaned"] = cleaned_texts(cleaned)
        lines = sum(one.number is not None for one in printed)
        writer = SheetWriter(book, formats, sheet, words, facts.catalogue.units, lines, language)
        writer.set_up()
        writer.title()
        if sheet.paragraphs and language != CHINESE:
            writer.notes([language.say(UNTRANSLATED)])
        if sheet.kind == "text" and brief is not None:
            write_paragraphs(writer, brief)
        for block in sheet.blocks:
            if block.frame in NUMBER_FRAMES:
                frames[block.frame] = with_cells(frames[block.frame], [*printed, *writer.cells.printed], sheet.code)
            writer.block(block, frames[block.frame])
        writer.finish()
        if sheet.kind in SOURCED:
            printed += writer.cells.printed
            standing |= writer.standing
        cleaned += writer.cells.cleaned
    write_sources(book, formats, facts, [one.at(standing) for one in printed], language)
    book.close()
    for page in book.worksheets():
        page.table.clear()  # a book and its pages hold one another: the cells would wait for the collector of garbage
    return Edition(buffer.getvalue(), shown(printed))


def contents(sheets: Sequence[Sheet], words: Mapping[str, str], language: Language = CHINESE) -> pl.DataFrame:
    """目录: code and name of every sheet, `link` to it, and what stands on it."""
    rows = []
    for sheet in sheets:
        if sheet.kind in ("cover", "contents"):
            continue
        told = "、".join(fill(block.title, words).split(" ", 1)[-1] for block in sheet.blocks if block.title)
        title = fill(sheet.title, words)
        rows.append({"kind": "data", "code": sheet.code, "link": sheet.tab, "title": title, "blocks": told})
    for tab, title, told in SOURCES:
        rows.append(
            {"kind": "data", "code": "—", "link": tab, "title": language.say(title), "blocks": language.say(told)}
        )
    return pl.DataFrame(rows)


def cleaned_texts(cleaned: Sequence[Cleaned]) -> pl.DataFrame:
    """M15, Q11: texts that a cell cannot hold as they were told."""
    rows = [{"kind": "data", "place": f"{one.sheet}!{one.cell}", "row": one.row, "what": one.what} for one in cleaned]
    return pl.DataFrame(rows, schema=dict.fromkeys(("kind", "place", "row", "what"), pl.String))


def _cover(
    book: xlsxwriter.Workbook,
    formats: Formats,
    sheet: Sheet,
    words: Mapping[str, str],
    cover: Sequence[tuple[str, str]],
    language: Language,
) -> None:
    page = book.add_worksheet(sheet.tab)
    page.set_paper(PAPERS[sheet.paper])
    page.set_landscape()
    page.set_header(f'&L&"黑体,常规"&10{language.say(INTERNAL)}', {"margin": 0.35})
    page.fit_to_pages(1, 1)
    page.center_horizontally()
    page.hide_gridlines(2)
    for column, width in enumerate(COVER_GRID):
        page.set_column(column, column, width)
    page.set_row(0, 90)
    text = sheet.title.format(**words)
    size, lines = size_of_title(text, sum(COVER_GRID), 36)
    title = formats.get(font_name=TITLE_FONT, font_size=size, align="center", font_color="#C00000", text_wrap=True)
    page.set_row(1, max(70, lines * size * 1.5))
    page.merge_range(1, 0, 1, 3, text, title)
    page.set_row(2, 44)
    period = formats.get(font_name=HEAD_FONT, font_size=22, align="center")
    page.merge_range(2, 0, 2, 3, words["period"], period)
    page.set_row(3, 16, formats.get())
    page.merge_range(3, 0, 3, 3, "", formats.get(bottom=5, bottom_color="#C00000"))
    page.set_row(4, 50)
    for number, (name, value) in enumerate(cover):
        row = 5 + number
        page.set_row(row, max(34, lines_of(value, COVER_GRID[2] * 12 / 16 - 4) * 26))
        page.write_string(row, 1, name, formats.get(font_name=HEAD_FONT, font_size=16, align="distributed"))
        look = formats.get(font_size=16, align="left", indent=2, text_wrap=True, bottom=1, bottom_color="#7F7F7F")
        page.write_string(row, 2, clean(value), look)
