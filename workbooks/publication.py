"""A published workbook put together: cover, declared sheets, text, and the hidden sheet of sources."""

from collections.abc import Mapping, Sequence
from io import BytesIO

import polars as pl
import xlsxwriter

from catalogue.sheets import PAPERS, Sheet
from transforms.facts import Facts
from transforms.narrate import Brief
from workbooks.formats import HEAD_FONT, TITLE_FONT, Formats, clean
from workbooks.sheet import LINE, Printed, SheetWriter, lines_of

OPTIONS = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
SOURCE_SHEET = "_src"
SOURCE_HEADER = (
    "表页",
    "单元格",
    "数值",
    "方式",
    "序列",
    "项目",
    "统计期",
    "表号",
    "文件",
    "源表",
    "源单元格",
    "版本",
    "文件哈希",
)


def build(
    facts: Facts,
    sheets: Sequence[Sheet],
    frames: Mapping[str, pl.DataFrame],
    words: Mapping[str, str],
    cover: Sequence[tuple[str, str]],
    brief: Brief | None = None,
) -> bytes:
    """The workbook as bytes. `created` is the as-of time, so that the same facts give the same bytes."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, OPTIONS)
    book.set_properties(
        {"title": sheets[0].title.format(**words), "author": facts.district.office, "created": facts.as_of}
    )
    book.set_calc_mode("auto")
    formats, printed = Formats(book), list[Printed]()
    for sheet in sheets:
        if sheet.kind == "cover":
            _cover(book, formats, sheet, words, cover)
            continue
        writer = SheetWriter(book, formats, sheet, words, facts.catalogue.units)
        writer.set_up()
        writer.title()
        if sheet.kind == "text" and brief is not None:
            _paragraphs(writer, brief)
        for block in sheet.blocks:
            writer.block(block, frames[block.frame])
        writer.finish()
        printed += writer.printed
    _sources(book, formats, facts, printed)
    book.close()
    return buffer.getvalue()


def _cover(
    book: xlsxwriter.Workbook,
    formats: Formats,
    sheet: Sheet,
    words: Mapping[str, str],
    cover: Sequence[tuple[str, str]],
) -> None:
    page = book.add_worksheet(sheet.tab)
    page.set_paper(PAPERS[sheet.paper])
    page.set_landscape()
    page.set_header('&L&"黑体,常规"&10内部资料 注意保存', {"margin": 0.35})
    page.fit_to_pages(1, 1)
    page.center_horizontally()
    page.hide_gridlines(2)
    for column, width in enumerate((22, 20, 62, 22)):
        page.set_column(column, column, width)
    page.set_row(0, 90)
    title = formats.get(font_name=TITLE_FONT, font_size=36, align="center", font_color="#C00000")
    page.set_row(1, 70)
    page.merge_range(1, 0, 1, 3, sheet.title.format(**words), title)
    page.set_row(2, 44)
    period = formats.get(font_name=HEAD_FONT, font_size=22, align="center")
    page.merge_range(2, 0, 2, 3, words["period"], period)
    page.set_row(3, 16, formats.get())
    page.merge_range(3, 0, 3, 3, "", formats.get(bottom=5, bottom_color="#C00000"))
    page.set_row(4, 50)
    for number, (name, value) in enumerate(cover):
        row = 5 + number
        page.set_row(row, 34)
        page.write_string(row, 1, name, formats.get(font_name=HEAD_FONT, font_size=16, align="distributed"))
        look = formats.get(font_size=16, align="left", indent=2, bottom=1, bottom_color="#7F7F7F")
        page.write_string(row, 2, clean(value), look)


def _paragraphs(writer: SheetWriter, brief: Brief) -> None:
    """Editable text: one merged row a paragraph, the title of each in 黑体."""
    width = sum(writer.sheet.grid)
    last = len(writer.sheet.grid) - 1
    body = writer.formats.get(font_size=16, text_wrap=True, valign="top", align="left", indent=0)
    head = writer.formats.get(font_name=HEAD_FONT, font_size=16)
    plain = writer.formats.get(font_size=16)
    for row in brief.paragraphs.iter_rows(named=True):
        title, text = "　　" + clean(row["title"]), clean(row["text"])
        height = lines_of(title + text, width * 12 / 16) * LINE * 1.4 + 8
        writer.set_height(writer.row, height)
        writer.page.merge_range(writer.row, 0, writer.row, last, "", body)
        writer.page.write_rich_string(writer.row, 0, head, title, plain, text, body)
        writer.row += 1
    writer.row += 1


def _sources(book: xlsxwriter.Workbook, formats: Formats, facts: Facts, printed: Sequence[Printed]) -> None:
    """Hidden: one row a published number and observation behind it."""
    page = book.add_worksheet(SOURCE_SHEET)
    page.hide()
    page.freeze_panes(1, 0)
    for column, name in enumerate(SOURCE_HEADER):
        page.write_string(0, column, name, formats.header())
        page.set_column(column, column, 16)
    places = facts.places(one.key for one in printed)
    for number, one in enumerate(printed, start=1):
        page.write_string(number, 0, one.sheet)
        page.write_string(number, 1, one.cell)
        page.write_number(number, 2, one.value)
        page.write_string(number, 3, one.how)
        source = places.get(one.key or "")
        if source is None:
            continue
        told = [source[k] for k in ("series", "item", "period", "form", "file", "sheet", "cell", "version", "sha256")]
        for column, word in enumerate(told, start=4):
            page.write_string(number, column, clean(word))
    page.autofilter(0, 0, len(printed), len(SOURCE_HEADER) - 1)
