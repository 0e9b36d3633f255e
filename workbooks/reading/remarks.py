"""What reading has to say about a file, in the words the department gets: where, what was told, what to do."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from workbooks.reading.cells import FORMATS, address
from workbooks.reading.locate import Block, Grid, Header
from workbooks.reading.shapes import ColumnShape, TableShape
from workbooks.reading.values import Told, exact_text
from workbooks.reading.wording import plain

HARD, SOFT, INFO = "hard", "soft", "info"


class Remark(NamedTuple):
    """A finding of reading, before it is known whose file it is. `name` ends its rule_id; "" and None: not told."""

    rule: str
    name: str
    severity: str
    form: str
    table: str
    sheet: str
    row: int | None
    column: str
    cell: str
    told: str
    expected: str
    unit: str
    message: str
    todo: str


def _remark(
    rule: str,
    name: str,
    severity: str,
    table: TableShape,
    message: str,
    todo: str,
    *,
    sheet: str = "",
    row: int | None = None,
    column: str = "",
    cell: str = "",
    told: str = "",
    expected: str = "",
    unit: str = "",
) -> Remark:
    place = (table.form, table.code, sheet, row, column, cell)
    return Remark(rule, name, severity, *place, told, expected, unit, message, todo)


def _quoted(words: Iterable[str]) -> str:
    return "、".join(f"“{word}”" for word in words)


# The file and its tables


def remark_other_template(told: str, form: str, declared: bool) -> Remark:
    why = f"但表头是 {form} 的" if declared else "报表目录中没有这个代码"
    message = f"模板标识（_meta）写的是 {told}，{why}。"
    todo = f"请使用下发的 {form} 模板填报。"
    return Remark("H01", "template", HARD, form, "", "_meta", None, "", "", told, form, "", message, todo)


def remark_missing_table(table: TableShape, sheets: Sequence[str]) -> Remark:
    message = f"没有找到“{table.label}”的表头（已查工作表：{'、'.join(sheets)}）。"
    todo = "请把下发模板中的该表补上并填好。"
    return _remark("H01", "table", HARD, table, message, todo, expected=table.label)


def remark_second_table(table: TableShape, used: str, other: str, row: int) -> Remark:
    message = f"“{table.label}”出现不止一处：已采用工作表“{used}”，未读“{other}”第 {row} 行起的一处。"
    todo = "请删去多余的一处。"
    return _remark("I01", "second_table", INFO, table, message, todo, sheet=other, row=row, told=other, expected=used)


def remark_several_rows(header: Header, sheet: str, rows: Sequence[int]) -> Remark:
    message = f"{sheet}：“{header.table.label}”只应填一行，实有 {len(rows)} 行，已读第 {rows[0]} 行。"
    told = str(len(rows))
    return _remark(
        "H06", "several_rows", HARD, header.table, message, "请只保留一行。", sheet=sheet, row=rows[1], told=told,
        expected="1",
    )  # fmt: skip


def remark_hidden_rows(header: Header, sheet: str, rows: Sequence[int]) -> list[Remark]:
    if not rows:
        return []
    listed = "、".join(str(row) for row in rows[:20]) + ("等" if len(rows) > 20 else "")
    message = f"{sheet} 第 {listed} 行是隐藏行，共 {len(rows)} 行，已照常读入。"
    todo = "如不应报，请删除而不要隐藏。"
    return [_remark("I02", "hidden_rows", INFO, header.table, message, todo, sheet=sheet, row=rows[0], told=listed)]


def remark_data_below_notes(grid: Grid, block: Block) -> list[Remark]:
    """Figures in the columns of the table, but below its notes, are not read: say so."""
    columns = set(block.header.columns.values())
    rows = [r for r in block.after if sum(c.kind == "number" and c.column in columns for c in grid.rows[r]) >= 2]
    if not rows:
        return []
    sheet = grid.sheet.name
    message = f"{sheet} 第 {rows[0]} 行起在注释之后还有数据，未读入。"
    todo = "如属本表，请移到注释上方；否则请删去。"
    return [_remark("H01", "below_notes", SOFT, block.header.table, message, todo, sheet=sheet, row=rows[0])]


def remark_format(form: str, format: str) -> Remark:
    message = f"文件是{FORMATS[format]}，已读入；批注、图片和部分格式不随文件保留。"
    return Remark(
        "I10", "format", INFO, form, "", "", None, "", "", FORMATS[format], FORMATS["xlsx"], "", message,
        "以后请存为“Excel 工作簿（*.xlsx）”再报。",
    )  # fmt: skip


def remark_hidden_sheet(table: TableShape, sheet: str) -> Remark:
    message = f"“{table.label}”在隐藏的工作表“{sheet}”上，已照常读入。"
    return _remark("I11", "hidden_sheet", INFO, table, message, "如应报送，请取消隐藏。", sheet=sheet, told=sheet)


# The header


def remark_missing_columns(header: Header, sheet: str) -> list[Remark]:
    missing = [c.header for c in header.missing]
    if not missing:
        return []
    rows = f"第 {header.top} 行" if header.top == header.bottom else f"第 {header.top}—{header.bottom} 行"
    message = f"{sheet} {rows}表头缺少列：{_quoted(missing)}。"
    told = "、".join(plain("".join(path)) for path in header.texts.values())
    return [
        _remark(
            "H01", "columns", HARD, header.table, message, "请按模板补齐这些列。", sheet=sheet, row=header.top,
            told=told, expected="、".join(missing),
        )
    ]  # fmt: skip


def remark_unknown_columns(header: Header, sheet: str) -> list[Remark]:
    if not header.unknown:
        return []
    named = "、".join(f"“{plain(text)}”（{address(1, n)[:-1]} 列）" for n, text in header.unknown.items())
    message = f"{sheet} 有模板之外的列：{named}，未读入。"
    todo = "如需增列，请先与区营商办商定。"
    return [
        _remark("I03", "unknown_columns", INFO, header.table, message, todo, sheet=sheet, row=header.top, told=named)
    ]


def remark_doubled_columns(header: Header, sheet: str) -> list[Remark]:
    remarks = []
    for code, second in header.doubled.items():
        column = next(c for c in header.table.columns if c.code == code)
        first, again = (address(header.bottom, n) for n in (header.columns[code], second))
        message = f"{sheet} 有两列表头都是“{column.header}”（{first}、{again}），无法确定以哪列为准。"
        remarks.append(
            _remark("H01", "doubled_column", HARD, header.table, message, "请删去多余的一列。", sheet=sheet,
                    row=header.bottom, column=code, cell=again, told=column.header)
        )  # fmt: skip
    return remarks


def remark_header_unit(header: Header, sheet: str, units: dict[str, str]) -> list[Remark]:
    remarks = []
    for code, unit in units.items():
        column = next(c for c in header.table.columns if c.code == code)
        if unit != column.unit and column.unit:
            cell = address(header.bottom, header.columns[code])
            message = f"{sheet}!{cell} 表头写的单位是“{unit}”，应为“{column.unit}”。"
            todo = f"请按“{column.unit}”填报并改正表头。"
            remarks.append(
                _remark("H03", "header_unit", HARD, header.table, message, todo, sheet=sheet, row=header.bottom,
                        column=code, cell=cell, told=unit, expected=column.unit, unit=column.unit)
            )  # fmt: skip
    return remarks


# Values


class _Sort(NamedTuple):
    """How a remark of the value reader is told: one finding a cell, or one a column with the first cell."""

    rule: str
    severity: str
    each: bool
    wrong: str
    todo: str
    expected: str = ""


REMARKS: dict[str, _Sort] = {
    "no_result": _Sort("H05", HARD, False, "公式“{told}”没有保存计算结果", "请用 Excel 打开，保存后再报。"),
    "not_whole": _Sort("H05", HARD, True, "“{header}”填的是“{told}”，应为整数", "请改填整数。", "整数"),
    "too_large": _Sort("H05", HARD, True, "“{header}”填的是“{told}”，超出可能的范围", "请核对数值和单位。"),
    "wrong_unit": _Sort(
        "H05", HARD, True, "“{told}”的单位不能换算为“{unit}”", "请按“{unit}”填数字。", "以{unit}计的数字"
    ),
    "lost_digits": _Sort(
        "H05",
        HARD,
        True,
        "“{header}”按数字录入，第 15 位以后的数字已丢失（{told}）",
        "请把该列设为文本格式后重新录入。",
        "文本格式的编码",
    ),
    "bare_multiple": _Sort(
        "I04", SOFT, True, "“{told}”未写“元”，已按 {value} 元读入", "请确认，并按“{unit}”只填数字。"
    ),
    "hedge": _Sort(
        "W10", SOFT, True, "“{told}”是约数，已按 {shown} 读入", "请填准确数；确无准确数的，请说明。", "准确数"
    ),
    "own_unit": _Sort("I05", INFO, False, "“{told}”带有单位，已按 {shown} 读入", "请按“{unit}”只填数字。"),
    "date_spelling": _Sort("I07", INFO, False, "日期“{told}”已按 {value} 读入", "请按 {value} 的写法填报。"),
    "rounded": _Sort(
        "I08",
        INFO,
        False,
        "“{told}”多于 {decimals} 位小数，已四舍五入，按 {shown} 读入",
        "请按 {decimals} 位小数填报。",
    ),
    "recalculated": _Sort(
        "I09",
        INFO,
        False,
        "公式没有保存计算结果，系统重算为 {told}，已按 {shown} 读入",
        "请用 Excel 打开，核对后保存再报。",
    ),
    "number_text": _Sort("I06", INFO, False, "数字“{told}”是文本格式，已按 {shown} 读入", "请改为数字格式。"),
}
"""What may be said of a cell: 已按 … 读入 gives the value in the base unit."""


def remark_values(
    table: TableShape, column: ColumnShape, sheet: str, places: Sequence[tuple[int, int, Told]]
) -> list[Remark]:
    """What there is to say about cells of one column: (row, column of the sheet, what was read)."""
    by_sort: dict[str, list[tuple[int, int, Told]]] = {}
    for place in places:
        by_sort.setdefault(place[2].remark, []).append(place)
    remarks: list[Remark] = []
    for name, found in by_sort.items():
        each = REMARKS[name].each
        more = f"（本列共 {len(found)} 处）" if len(found) > 1 and not each else ""
        for row, number, told in found if each else found[:1]:
            remarks.append(_value_remark(table, column, f"{sheet}!{address(row, number)}", row, told, more))
    return remarks


def _value_remark(table: TableShape, column: ColumnShape, place: str, row: int, told: Told, more: str) -> Remark:
    sort = REMARKS[told.remark]
    sheet, _, cell = place.rpartition("!")
    facts = {
        "told": told.text,
        "header": column.header,
        "unit": column.unit,
        "value": told.value,
        "shown": _shown(told, column),
        "decimals": column.decimals,
    }
    return _remark(
        sort.rule,
        told.remark,
        sort.severity,
        table,
        f"{place} {sort.wrong.format(**facts)}{more}。",
        sort.todo.format(**facts),
        sheet=sheet,
        row=row,
        column=column.code,
        cell=cell,
        told=told.text or "",
        expected=sort.expected.format(**facts),
        unit=column.unit,
    )


def _shown(told: Told, column: ColumnShape) -> str:
    """A value as a reader says it: 1223000000 元, 89.5%."""
    if told.value is None:
        return ""
    if column.base == "率":
        return f"{exact_text(Decimal(told.value) * 100)}%"
    return f"{told.value} {column.base}".strip()
