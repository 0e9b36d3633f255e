"""The sheet 填报说明: what to fill in where, in the words of the catalogue."""

from collections.abc import Iterator, Sequence

import xlsxwriter

from transforms.model import Catalogue, Column, Return
from workbooks.formats import Formats

SHEET = "填报说明"
_TYPES = {
    "int": "整数",
    "money": "金额",
    "decimal": "小数",
    "pct": "百分数",
    "date": "日期",
    "period": "月份",
    "code": "代码或名称",
    "enum": "从列表中选",
    "bool": "是或否",
    "text": "文字",
}
_HEADERS = ("表", "列", "填什么", "单位", "小数", "必填", "要求")
_WIDTHS = (16, 26, 14, 8, 6, 6, 60)


def lay_guide(
    book: xlsxwriter.Workbook, formats: Formats, form: Return, lines: Sequence[str], catalogue: Catalogue
) -> None:
    """Add the sheet: a few lines on how to file, then every column of every table."""
    sheet = book.add_worksheet(SHEET)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.merge_range(0, 0, 0, len(_HEADERS) - 1, f"{form.code} {form.name} 填报说明", formats.title())
    sheet.set_row(0, 34)
    for row, text in enumerate(lines, start=1):
        sheet.merge_range(row, 0, row, len(_HEADERS) - 1, text, formats.note())
        sheet.set_row(row, 18 * (1 + 2 * len(text) // sum(_WIDTHS)))
    top = len(lines) + 2
    for column, name in enumerate(_HEADERS):
        sheet.write_string(top, column, name, formats.header())
    sheet.repeat_rows(top)
    for row, cells in enumerate(_columns(form, catalogue), start=top + 1):
        for column, text in enumerate(cells):
            sheet.write_string(
                row, column, text, formats.text(False, "left" if column in (0, 1, 6) else "center", wrap=True)
            )
        sheet.set_row(row, 18 * max(1, -(-2 * len(cells[6]) // _WIDTHS[6])))
    sheet.protect("", {"format_columns": True, "format_rows": True})


def how_to_file(form: Return, district: str, department: str, period: str, due: str, file: str) -> list[str]:
    """What a reporter has to know before filling in."""
    return [
        f"报送单位：{district} {department}    统计期：{period}    应于 {due} 前报送",
        f"填好后把本文件（{file}）放进 inbound/{district}/{department}/ 文件夹，几分钟后（最迟当夜）在 outbound/{district}/receipts/{department}/ 看回执。",
        "浅黄色的格是要填的；填错了会变红：合计不等于各行之和、期初加增减不等于期末、其中大于总数、率算得不对、日期颠倒等。变红的格改好再报。",
        "只有填了 0 才是零。没有数的必填格写明原因：未开展、不适用、涉密、数据未出；不要留空，也不要用横线代替。",
        "表右侧“参考”各列是本系统已接收的上期数，供对照，不用填，也不读取。",
        "行不够时可以插入行；用不着的行把第一列清空即可。表结构、表头和隐藏工作表请不要改动，改了也能识别，但会请你核对。",
        "有反常的数，请在表下“说明:”一行写清事由，省得再问。",
    ]


def _columns(form: Return, catalogue: Catalogue) -> Iterator[tuple[str, ...]]:
    for table in form.tables:
        if table.layout == "note":
            continue
        for column in table.columns:
            yield (
                f"{table.title} {table.name}",
                column.header,
                _TYPES[column.type],
                column.unit,
                str(column.decimals) if column.numeric and column.type != "int" else "",
                "是" if column.required else "",
                "；".join(_demands(column, table.key, catalogue, {c.code: c.header for c in table.columns})),
            )


def _demands(column: Column, key: Sequence[str], catalogue: Catalogue, headers: dict[str, str]) -> Iterator[str]:
    if column.code in key:
        yield (
            "关键列，不空、不重复"
            if len(key) == 1
            else f"关键列，与{'、'.join(headers[k] for k in key if k != column.code)}合起来不重复"
        )
    if column.codes and column.type != "bool":
        names = [c.name for c in catalogue.code_lists[column.codes].codes]
        yield "、".join(names) if len(names) <= 8 else f"{names[0]}、{names[1]} 等 {len(names)} 项，见下拉"
    if column.part_of:
        yield f"不大于“{headers[column.part_of]}”"
    if column.additive:
        yield "合计为各行之和"
    if column.positive:
        yield "大于零"
    elif column.signed:
        yield "可以为负"
