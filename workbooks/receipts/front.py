"""The first sheet of a receipt: who and what, the verdict, and the list of findings with links to their cells."""

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from workbooks.receipts.receipt import MOST_LISTED, Line, Receipt
from workbooks.receipts.styles import Look, Styles
from workbooks.receipts.words import HEADERS, IDENTITY, NUMBER_LABEL, TITLE

WIDTHS = (5, 8, 7, 18, 16, 16, 50, 32, 26)
_LAST = "ABCDEFGHI"[len(HEADERS) - 1]
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

_TITLE = Look(font="方正小标宋简体", size=20, across="center", down="center")
_LABEL = Look(bold=True)
_VALUE = Look(wrap=False)
_TODO = Look(bold=True)
_HEAD = Look(bold=True, fill="F2F2F2", grid=True, across="center", down="center")
_PLAIN = Look(grid=True)
_LINK = Look(grid=True, ink="0563C1", underline=True)
_ANSWER = Look(grid=True, fill="FFFBE6", unlocked=True)


def lay_front(receipt: Receipt, lines: Sequence[Line], styles: Styles, space: str) -> str:
    """The sheet as a part of a workbook; `space` is the namespace of its sheets. Adds what it needs to `styles`."""
    sheet = _Sheet(styles)
    sheet.merged(1, 1, len(HEADERS), TITLE, _TITLE, height=34)
    facts = _facts(receipt)
    for row, (name, text) in enumerate(facts, start=2):
        sheet.merged(row, 1, 2, name, _LABEL)
        sheet.merged(row, 3, len(HEADERS), text, _VALUE)
    row = 2 + len(facts)
    stamp = receipt.stamp
    look = Look(bold=True, size=14, fill=stamp.fill, ink=stamp.ink, down="center")
    sheet.merged(row, 1, 2, "审核结果", _LABEL, height=26)
    sheet.merged(row, 3, 6, stamp.words, look)
    sheet.merged(row + 1, 1, len(HEADERS), receipt.todo, _TODO, height=50 if receipt.asks else 34)
    top = row + 3
    _list(sheet, top, lines)
    return sheet.xml(top, space)


def _facts(receipt: Receipt) -> Sequence[tuple[str, str]]:
    return (
        ("报送单位", f"{receipt.district} {receipt.department}"),
        ("报表", f"{receipt.form} {receipt.form_name}".strip() or "（未能识别）"),
        ("统计期与版本", f"{receipt.period or '（未能识别）'}  V{receipt.version}"),
        ("文件", receipt.file),
        ("送达时间", f"{receipt.arrived_at:%Y-%m-%d %H:%M}"),
        ("审核时间", f"{receipt.decided_at:%Y-%m-%d %H:%M}"),
        (NUMBER_LABEL, receipt.number),
    )


def _list(sheet: "_Sheet", top: int, lines: Sequence[Line]) -> None:
    for column, name in enumerate(HEADERS, start=1):
        sheet.cell(top, column, name, _HEAD)
    sheet.cell(top, len(HEADERS) + 1, IDENTITY, _PLAIN)
    if not lines:
        sheet.merged(top + 1, 1, len(HEADERS), "没有需要处理的问题。", _PLAIN)
    for number, line in enumerate(lines[:MOST_LISTED], start=1):
        _lay_line(sheet, top + number, number, line)
    if len(lines) > MOST_LISTED:
        text = f"另有 {len(lines) - MOST_LISTED} 条未列出，请先更正以上各条。"
        sheet.merged(top + MOST_LISTED + 1, 1, len(HEADERS), text, _PLAIN)


def _lay_line(sheet: "_Sheet", row: int, number: int, line: Line) -> None:
    texts = (line.kind, line.rule, line.place, line.told, line.expected, line.problem, line.todo)
    sheet.number(row, 1, number, _PLAIN)
    for column, text in enumerate(texts, start=2):
        sheet.cell(row, column, text, _LINK if column == 4 and line.cell else _PLAIN)
    if line.cell:
        sheet.link(row, 4, line.sheet, line.cell)
    sheet.cell(row, 9, line.explanation, _ANSWER if line.identity else _PLAIN)
    sheet.cell(row, 10, line.identity, _PLAIN)
    sheet.heights[row] = _height((*texts, line.explanation))


def _height(texts: Iterable[str]) -> float:
    """Rows high enough for the wrapped text: a Chinese character is two columns wide."""
    lines = 1
    for text, width in zip(texts, WIDTHS[1:], strict=True):
        columns = sum(2 if ord(c) > 0x2E80 else 1 for c in text)
        lines = max(lines, -(-columns // int(width * 0.95)))
    return min(15.0 * lines + 3, 400.0)


class _Sheet:
    """Cells of a sheet on their way to XML. Texts are inline, so that the strings of the workbook stay as they are."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._rows: dict[int, dict[int, str]] = {}
        self._merges: list[str] = []
        self._links: list[str] = []
        self.heights: dict[int, float] = {}

    def cell(self, row: int, column: int, text: str, look: Look) -> None:
        style, place = self._styles.cell(look), f"{'ABCDEFGHIJ'[column - 1]}{row}"
        text = escape(_CONTROL.sub(" ", text)[:32_000])
        told = f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>' if text else "/>"
        self._rows.setdefault(row, {})[column] = f'<c r="{place}" s="{style}"{told}'

    def number(self, row: int, column: int, number: int, look: Look) -> None:
        place = f"{'ABCDEFGHIJ'[column - 1]}{row}"
        self._rows.setdefault(row, {})[column] = f'<c r="{place}" s="{self._styles.cell(look)}"><v>{number}</v></c>'

    def merged(self, row: int, first: int, last: int, text: str, look: Look, height: float = 0) -> None:
        for column in range(first, last + 1):
            self.cell(row, column, text if column == first else "", look)
        self._merges.append(f"{'ABCDEFGHIJ'[first - 1]}{row}:{'ABCDEFGHIJ'[last - 1]}{row}")
        if height:
            self.heights[row] = height

    def link(self, row: int, column: int, sheet: str, cell: str) -> None:
        target = "'" + sheet.replace("'", "''") + f"'!{cell}"
        self._links.append(f'<hyperlink ref="{"ABCDEFGHIJ"[column - 1]}{row}" location={quoteattr(target)}/>')

    def xml(self, top: int, space: str) -> str:
        """The whole part; rows down to `top`, the header of the list, stay in sight and come again on every page."""
        rows = []
        for row in sorted(self._rows):
            height = f' ht="{self.heights[row]:g}" customHeight="1"' if row in self.heights else ""
            rows.append(f'<row r="{row}"{height}>{"".join(self._rows[row][c] for c in sorted(self._rows[row]))}</row>')
        widths = "".join(
            f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(WIDTHS, start=1)
        )
        merges = "".join(f'<mergeCell ref="{m}"/>' for m in self._merges)
        links = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{space}">'
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane ySplit="{top}" '
            f'topLeftCell="A{top + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="18"/><cols>{widths}<col min="10" max="10" width="9" hidden="1" '
            f'customWidth="1"/></cols><sheetData>{"".join(rows)}</sheetData>'
            f'<mergeCells count="{len(self._merges)}">{merges}</mergeCells>{links}'
            '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
            "<headerFooter><oddFooter>&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter></worksheet>"
        )
