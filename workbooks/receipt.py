"""The receipt (回执): what a department is told about a file it sent. One sheet, to be read and acted on.

The department's own workbook is not changed; the receipt names its cells.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from transforms.model import Severity, Verdict

VERDICTS = {
    "accepted": ("已接收", "C6EFCE", "006100", "本表已通过审核，无需处理。"),
    "questions": (
        "已接收，请说明",
        "FFEB9C",
        "9C6500",
        "本表已接收。下列提示请在下次报送时于表后“说明：”一行写明原因，或更正后重报。",
    ),
    "returned": (
        "退回重报",
        "FFC7CE",
        "9C0006",
        "本表未通过审核，数据未采用。请按下列各条更正后，把版本号加一（如 V2），重新投放到本单位文件夹。",
    ),
    "unreadable": (
        "无法读取",
        "FFC7CE",
        "9C0006",
        "文件打不开，数据未采用。请按下列办法处理后重新投放到本单位文件夹。",
    ),
}
SEVERITIES = {Severity.HARD.value: "硬性", Severity.SOFT.value: "需说明", Severity.INFO.value: "提示"}
ORDER = {Severity.HARD.value: 0, Severity.SOFT.value: 1, Severity.INFO.value: 2}
HEADERS = ("序号", "类别", "规则", "位置", "所报", "应为", "问题", "怎么办", "本单位说明")
WIDTHS = (5, 8, 7, 18, 16, 16, 52, 34, 20)
MOST_LISTED = 500
CONTROL = str.maketrans(dict.fromkeys(range(32), " "))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says. `findings`: model.FINDINGS of this submission."""

    district: str
    department: str
    form: str
    form_name: str
    period: str
    version: int
    file: str
    status: str
    reason: str
    arrived_at: datetime
    decided_at: datetime
    findings: pl.DataFrame


def receipt_name(receipt: Receipt) -> str:
    """回执_F01_202208_V1_退回重报.xlsx; a file that told nothing of itself is named by its own name."""
    verdict = VERDICTS[receipt.status][0].replace("，", "")
    if receipt.form and receipt.period:
        return f"回执_{receipt.form}_{receipt.period.replace('-', '')}_V{receipt.version}_{verdict}.xlsx"
    stem = receipt.file.rpartition(".")[0] or receipt.file
    return f"回执_{stem[:60]}_V{receipt.version}_{verdict}.xlsx"


def build_receipt(receipt: Receipt) -> bytes:
    """The receipt as a workbook. The same receipt gives the same bytes."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    workbook.set_properties({"title": "报表回执", "created": receipt.decided_at})
    sheet = workbook.add_worksheet("回执")
    base = {"font_name": "仿宋_GB2312", "font_size": 11, "valign": "top", "text_wrap": True}
    plain = workbook.add_format({**base, "border": 1})
    head = workbook.add_format({**base, "bold": True, "border": 1, "bg_color": "F2F2F2", "align": "center"})
    title = workbook.add_format(
        {"font_name": "方正小标宋简体", "font_size": 20, "align": "center", "valign": "vcenter"}
    )
    label = workbook.add_format({**base, "bold": True})
    value = workbook.add_format({**base, "text_wrap": False})
    verdict, fill, ink, todo = VERDICTS[receipt.status]
    stamp = workbook.add_format(
        {**base, "bold": True, "font_size": 14, "valign": "vcenter", "bg_color": f"#{fill}", "font_color": f"#{ink}"}
    )
    _set_page(sheet)
    sheet.merge_range(0, 0, 0, len(HEADERS) - 1, "报 表 回 执", title)
    sheet.set_row(0, 34)
    for row, (name, text) in enumerate(_facts(receipt), start=1):
        sheet.merge_range(row, 0, row, 1, name, label)
        sheet.merge_range(row, 2, row, len(HEADERS) - 1, _clean(text), value)
    sheet.merge_range(7, 0, 7, 1, "审核结果", label)
    sheet.merge_range(7, 2, 7, 5, verdict, stamp)
    sheet.set_row(7, 26)
    sheet.merge_range(8, 0, 8, len(HEADERS) - 1, todo, workbook.add_format({**base, "bold": True}))
    sheet.set_row(8, 32)
    _list_findings(sheet, 10, receipt, head, plain)
    workbook.close()
    return buffer.getvalue()


def _set_page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(10)
    sheet.set_footer("&C第 &P 页 共 &N 页")
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(11, 0)


def _facts(receipt: Receipt) -> Sequence[tuple[str, str]]:
    return (
        ("报送单位", f"{receipt.district} {receipt.department}"),
        ("报表", f"{receipt.form} {receipt.form_name}".strip() or "（未能识别）"),
        ("统计期与版本", f"{receipt.period or '（未能识别）'}  V{receipt.version}"),
        ("文件", receipt.file),
        ("送达时间", f"{receipt.arrived_at:%Y-%m-%d %H:%M}"),
        ("审核时间", f"{receipt.decided_at:%Y-%m-%d %H:%M}"),
    )


def _list_findings(sheet: Worksheet, top: int, receipt: Receipt, head: Format, plain: Format) -> None:
    for column, name in enumerate(HEADERS):
        sheet.write_string(top, column, name, head)
    rows = _rows(receipt)
    for number, cells in enumerate(rows[:MOST_LISTED], start=1):
        sheet.write_number(top + number, 0, number, plain)
        for column, text in enumerate(cells, start=1):
            sheet.write_string(top + number, column, _clean(text), plain)
        sheet.set_row(top + number, _height(cells))
    if not rows:
        sheet.merge_range(top + 1, 0, top + 1, len(HEADERS) - 1, "没有需要处理的问题。", plain)
    if len(rows) > MOST_LISTED:
        text = f"另有 {len(rows) - MOST_LISTED} 条未列出，请先更正以上各条。"
        sheet.merge_range(top + MOST_LISTED + 1, 0, top + MOST_LISTED + 1, len(HEADERS) - 1, text, plain)


def _rows(receipt: Receipt) -> list[tuple[str, ...]]:
    """What is wrong, hard findings first; a file that cannot be read has the one reason."""
    if receipt.status == "unreadable":
        return [("硬性", "", "整个文件", receipt.file, "", receipt.reason, "处理后重新投放。", "")]
    violated = receipt.findings.filter(pl.col("verdict") == Verdict.VIOLATED.value)
    order = pl.col("severity").replace_strict(ORDER, default=9, return_dtype=pl.Int64)
    rows: list[tuple[str, ...]] = []
    for f in violated.sort(order, "sheet", "row", "cell", "rule", maintain_order=True).iter_rows(named=True):
        place = f"{f['sheet']}!{f['cell']}" if f["sheet"] and f["cell"] else (f["sheet"] or "整个文件")
        told = f"{f['told'] or ''} {f['unit'] or ''}".strip()
        expected = f"{f['expected'] or ''}"
        if f["unit"] and re.fullmatch(r"[≥≤ ]*[\d,.-]+", expected):
            expected = f"{expected} {f['unit']}"
        rows.append(
            (SEVERITIES[f["severity"]], f["rule"], place, told, expected, _sentence(f["message"]), f["todo"] or "", "")
        )
    return rows


def _sentence(message: str) -> str:
    """The message without its rule, its kind and its place, which stand in their own columns."""
    found = re.match(r"\w\d\d \S+ (?:[^!：]*![A-Z]*\d* ?)?：?(.+)", message, re.DOTALL)
    return found[1] if found else message


def _height(cells: Sequence[str]) -> float:
    """Rows high enough for the wrapped text: a Chinese character is two columns wide."""
    lines = 1
    for text, width in zip(cells, WIDTHS[1:], strict=True):
        columns = sum(2 if ord(c) > 0x2E80 else 1 for c in text)
        lines = max(lines, -(-columns // int(width * 0.95)))
    return 15.0 * lines + 3


def _clean(text: str) -> str:
    return text.translate(CONTROL)[:32_000]
