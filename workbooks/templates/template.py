"""The template of one return for one department and period: a workbook to fill in, and to send back as it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from transforms import period
from transforms.edits.bounds import EMPTY_WORDS
from transforms.model import Catalogue, Column, Return, RowKind, Table
from workbooks import meta
from workbooks.formats import HEAD_FONT, NUMBER_FONT, Formats
from workbooks.templates.checks import checks
from workbooks.templates.guide import how_to_file, lay_guide
from workbooks.templates.layout import TOTAL, Layout, Line

LISTS = "_lists"
INPUT_FILL, REFERENCE_INK = "#FFFBE6", "#7F7F7F"
_RED = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
_WIDTHS = {"int": 11, "money": 14, "decimal": 10, "pct": 10, "date": 12, "period": 11, "bool": 8, "text": 27}
_ALLOWED = dict.fromkeys(
    ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter"), True
)
_WARNINGS = {
    "int": "这一格应填整数；没有数的写明原因：未开展、不适用、涉密、数据未出。",
    "number": "这一格应填数；没有数的写明原因：未开展、不适用、涉密、数据未出。",
    "date": "这一格应填日期，如 2022-08-31。",
    "list": "请从下拉列表中选；列表里没有的，先与区营商办商定。",
}


@dataclass(frozen=True, slots=True)
class Template:
    """What a template is made of.

    Attributes:
        district, department: codes and names, as `_meta` and the sheet tell them.
        before: by table code the rows of the return of the period before, as accepted (none: nothing to prefill).
        filed: figures filed for other periods: (column path, at, item by codes) → exact value in the told unit.
    """

    form: Return
    district: tuple[str, str]
    department: tuple[str, str]
    period: str
    due: date
    file: str
    made_at: datetime
    before: Mapping[str, Sequence[Line]] = field(default_factory=dict)
    filed: Mapping[tuple[str, str, str], Decimal] = field(default_factory=dict)


def build_template(template: Template, catalogue: Catalogue) -> bytes:
    """The workbook. The same template gives the same bytes."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties({"title": f"{template.district[1]}{template.form.name}", "created": template.made_at})
    formats, lists = Formats(book), _Lists(catalogue)
    for table in template.form.tables:
        if table.layout != "note":
            _Sheet(book, formats, template, catalogue, lists, table).lay()
    form = template.form
    told = how_to_file(
        form,
        template.district[1],
        template.department[1],
        period.chinese(template.period),
        f"{template.due:%Y-%m-%d}",
        template.file,
    )
    lay_guide(book, formats, form, told, catalogue)
    _lay_meta(book, template, catalogue)
    lists.lay(book)
    book.close()
    return buffer.getvalue()


def _lay_meta(book: xlsxwriter.Workbook, template: Template, catalogue: Catalogue) -> None:
    values = (
        template.form.code,
        str(template.form.version),
        template.district[0],
        template.department[0],
        template.period,
        catalogue.digest,
    )
    told = dict(zip(meta.KEYS, values, strict=True))
    sheet = book.add_worksheet(meta.SHEET)
    for row, (key, value) in enumerate({**told, meta.CHECKSUM: meta.checksum(told)}.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.hide()


class _Lists:
    """The hidden sheet with the words of drop-downs; a list is laid once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._names: dict[str, list[str]] = {}

    def place(self, name: str) -> str:
        """The range of a list, for a validation."""
        words = self._names.setdefault(name, [c.name for c in self._catalogue.code_lists[name].codes])
        letter = _letter(list(self._names).index(name))
        return f"{LISTS}!${letter}$1:${letter}${len(words)}"

    def lay(self, book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet(LISTS)
        for column, words in enumerate(self._names.values()):
            for row, word in enumerate(words):
                sheet.write_string(row, column, word)
        sheet.hide()


def _letter(column: int) -> str:
    return str(xlsxwriter.utility.xl_col_to_name(column))


class _Sheet:
    """Lays the sheet of one table."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        formats: Formats,
        template: Template,
        catalogue: Catalogue,
        lists: _Lists,
        table: Table,
    ) -> None:
        self.formats, self.template, self.catalogue, self.lists, self.table = formats, template, catalogue, lists, table
        self.layout = Layout(
            table, catalogue.edits(table.code), template.before.get(table.code, ()), _keys(table, catalogue)
        )
        self.sheet: Worksheet = book.add_worksheet(self.layout.sheet)

    def lay(self) -> None:
        self._furniture()
        self._header()
        for row in range(self.layout.first, self.layout.last + 1):
            self._row(row, self._line(row))
        if self.layout.total:
            self._total(self.layout.total)
        self._references()
        self._validate()
        self._check()
        self._page()

    def _line(self, row: int) -> Line | None:
        number = row - self.layout.first
        return self.layout.lines[number] if number < len(self.layout.lines) else None

    # What stands around the table

    def _furniture(self) -> None:
        layout, width = self.layout, self.layout.width
        title = f"{self.template.district[1]}{self.template.form.name}"
        self._merged(1, 1, 1, width, title, self.formats.title())
        self.sheet.set_row(0, 34)
        plain = self.formats.get(font_size=11)
        left, right = width * 2 // 5, width - width * 2 // 5
        self._merged(2, 1, 2, left, f"填报单位(盖章):{self.template.department[1]}", plain)
        told = f"统计期:{period.chinese(self.template.period)}"
        self._merged(2, left + 1, 2, right, told, self.formats.get(font_size=11, align="center"))
        self._merged(
            2, right + 1, 2, width, f"单位:{self.table.unit_text}", self.formats.get(font_size=11, align="right")
        )
        note = self.formats.get(font_size=11, locked=False, text_wrap=True, valign="top", bg_color=INPUT_FILL)
        self._merged(layout.closing, 1, layout.closing, width, f"注:{self._told_in_the_note()}", note)
        self._merged(layout.closing + 1, 1, layout.closing + 1, width, "说明:", note)
        signed = self.formats.get(font_size=11, locked=False, bg_color=INPUT_FILL)
        for number, label in enumerate(("填报人:", "审核人:", "联系电话:", "填报日期:")):
            start, end = width * number // 4 + 1, width * (number + 1) // 4
            self._merged(layout.closing + 2, start, layout.closing + 2, end, label, signed)

    def _told_in_the_note(self) -> str:
        """The figures that are told in prose, to be filled in: 时限压缩比例　%，…"""
        notes = [t for t in self.template.form.tables if t.layout == "note" and t.under == self.table.code]
        return ",".join(f"{c.header}  {c.unit}" for t in notes for c in t.columns if c.numeric)

    def _header(self) -> None:
        columns, last, start = self.table.columns, 2 + self.layout.header_rows, 0
        look = self.formats.header()
        while start < len(columns):
            group, end = columns[start].group, start + 1
            if not group:
                self._merged(3, end, last, end, columns[start].header, look)
            else:
                while end < len(columns) and columns[end].group == group:
                    end += 1
                self._merged(3, start + 1, 3, end, group, look)
                for i in range(start, end):
                    self.sheet.write_string(3, i, columns[i].header.removeprefix(group), look)
            start = end
        for number, column in enumerate(columns):
            usual = _WIDTHS.get(column.type, 18)
            self.sheet.set_column(number, number, max(usual, min(2 * len(column.header) - len(column.group), 20)))

    # Rows

    def _row(self, row: int, line: Line | None) -> None:
        for number, column in enumerate(self.table.columns):
            told = line.texts.get(column.code, "") if line and _is_prefilled(column, self.table) else ""
            indent = 1 if line and line.kind is RowKind.PART and column.code == self.table.key[0] else 0
            look = self._look(column, indent=indent)
            if told:
                self.sheet.write_string(row - 1, number, told, look)
            else:
                self.sheet.write_blank(row - 1, number, None, look)

    def _total(self, row: int) -> None:
        before = next((b for b in self.layout.before if b.kind is RowKind.TOTAL), None)
        for number, column in enumerate(self.table.columns):
            word = before.texts.get(column.code, "") if before else ""
            if column.code == self.table.key[0]:
                look = self.formats.header()
                self.sheet.write_string(row - 1, number, TOTAL, look)
            elif not column.numeric:
                self.sheet.write_blank(row - 1, number, None, self.formats.text(True))
            elif word in EMPTY_WORDS or (not before and not column.additive and column.type != "pct"):
                self.sheet.write_string(row - 1, number, word or "—", self._look(column, total=True))
            else:
                self.sheet.write_blank(row - 1, number, None, self._look(column, total=True))

    def _look(self, column: Column, *, total: bool = False, indent: int = 0) -> Any:
        look: dict[str, Any] = {
            "border": 1,
            "locked": False,
            "bg_color": INPUT_FILL,
            "num_format": _number_format(column),
        }
        if column.numeric:
            look |= {"align": "right", "font_name": NUMBER_FONT}
        elif column.type in ("date", "period", "bool", "enum"):
            look |= {"align": "center"}
        if total:
            look |= {"font_name": HEAD_FONT if not column.numeric else NUMBER_FONT, "bold": True}
        if indent:
            look |= {"indent": indent}
        return self.formats.get(font_size=11, **look)

    def _references(self) -> None:
        """Figures that were filed before, beside their rows, behind an empty column."""
        look = self.formats.get(border=1, font_color=REFERENCE_INK, align="center", text_wrap=True, font_size=10)
        for number, reference in enumerate(self.layout.references):
            column = self.layout.width + 1 + number
            self._merged(3, column + 1, 2 + self.layout.header_rows, column + 1, reference.header, look)
            self.sheet.set_column(column, column, 14)
            shown = self.table.column(reference.column)
            figure = self.formats.get(
                border=1, font_color=REFERENCE_INK, align="right", font_size=10, num_format=_number_format(shown)
            )
            rows = [
                *range(self.layout.first, self.layout.last + 1),
                *([self.layout.total] if self.layout.total else []),
            ]
            for row in rows:
                line = self._line(row) if row != self.layout.total else Line({}, item=TOTAL)
                item = line.item if line else ""
                value = self.template.filed.get((f"{self.table.code}.{reference.column}", reference.at, item))
                if value is not None:
                    self.sheet.write_number(row - 1, column, value, figure)
        if self.layout.references:
            self.sheet.set_column(self.layout.width, self.layout.width, 2)

    # Help while filling in

    def _validate(self) -> None:
        first, last = self.layout.first, self.layout.total or self.layout.last
        for number, column in enumerate(self.table.columns):
            told = self._validation(column, f"{_letter(number)}{first}")
            if told:
                rows = last if column.numeric else self.layout.last
                title = {"input_title": column.header[:32], "input_message": _hint(column)[:255]}
                self.sheet.data_validation(first - 1, number, rows - 1, number, {**told, **title})

    def _validation(self, column: Column, cell: str) -> dict[str, Any] | None:
        if column.codes:
            source = f"={self.lists.place(column.codes)}"
            return {"validate": "list", "source": source, "error_type": "warning", "error_message": _WARNINGS["list"]}
        if column.numeric:
            reasons = self.lists.place("missing_reasons")
            number = f"AND(ISNUMBER({cell}),{cell}=INT({cell}))" if column.type == "int" else f"ISNUMBER({cell})"
            formula = f'=OR({number},COUNTIF({reasons},{cell})>0,{cell}="—")'
            kind = "int" if column.type == "int" else "number"
            return {"validate": "custom", "value": formula, "error_type": "warning", "error_message": _WARNINGS[kind]}
        if column.type == "date":
            bounds = {"criteria": "between", "minimum": date(1990, 1, 1), "maximum": date(2099, 12, 31)}
            return {"validate": "date", **bounds, "error_type": "warning", "error_message": _WARNINGS["date"]}
        return None

    def _check(self) -> None:
        """Cells that break a rule turn red; what is still to be filled in stays yellow, what is filled turns white."""
        red = self.formats.get(**_RED)
        opens_year = period.december_before(self.template.period) == period.previous(self.template.period)
        for check in checks(self.layout, self.catalogue.units, opens_year):
            number = [c.code for c in self.table.columns].index(check.column)
            place = (check.rows[0] - 1, number, check.rows[1] - 1, number)
            self.sheet.conditional_format(*place, {"type": "formula", "criteria": check.formula, "format": red})
        white = self.formats.get(bg_color="#FFFFFF")
        last = self.layout.total or self.layout.last
        self.sheet.conditional_format(
            self.layout.first - 1,
            0,
            last - 1,
            self.layout.width - 1,
            {"type": "formula", "criteria": f'=A{self.layout.first}<>""', "format": white},
        )

    def _page(self) -> None:
        self.sheet.freeze_panes(self.layout.first - 1, 1)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(0, self.layout.first - 2)
        self.sheet.print_area(0, 0, self.layout.closing + 1, self.layout.width - 1)
        self.sheet.set_footer("&C第 &P 页 共 &N 页")
        self.sheet.set_default_row(18)
        self.sheet.protect("", _ALLOWED)

    def _merged(self, top: int, left: int, bottom: int, right: int, text: str, look: Any) -> None:
        if (top, left) == (bottom, right):
            self.sheet.write_string(top - 1, left - 1, text, look)
        else:
            self.sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, text, look)


def _keys(table: Table, catalogue: Catalogue) -> list[Line]:
    """The rows that a table without an earlier return begins with: one for each code of a single key."""
    if table.layout != "rows" or len(table.key) != 1 or not table.column(table.key[0]).codes:
        return []
    words = catalogue.code_lists[table.column(table.key[0]).codes].codes
    return [Line({table.key[0]: code.name}, item=code.code) for code in words]


def _is_prefilled(column: Column, table: Table) -> bool:
    """What stays the same from period to period: keys, names and kinds of the rows of a summary."""
    return table.layout == "rows" and column.type in ("code", "enum", "text", "bool")


def _number_format(column: Column) -> str:
    if column.type == "int":
        return "#,##0"
    if column.type == "money":
        return "#,##0." + "0" * column.decimals if column.decimals else "#,##0"
    if column.type in ("decimal", "pct"):
        return "0." + "0" * column.decimals if column.decimals else "0"
    return "yyyy-mm-dd" if column.type == "date" else "@"


def _hint(column: Column) -> str:
    told = [f"单位：{column.unit}" if column.unit else "", f"保留 {column.decimals} 位小数" if column.decimals else ""]
    return "，".join(filter(None, told)) or "请按填报说明填写。"


def item_of(row: Mapping[str, Any], table: Table) -> str:
    """What names a row of a wide table: its key by codes, joined by “/”; 合计; "" where a table has one row."""
    if row["kind"] == RowKind.TOTAL.value:
        return TOTAL
    return "/".join(str(row[code] if row[code] is not None else row[f"{code}|text"]).strip() for code in table.key)


def lines_of(rows: Iterator[Mapping[str, Any]], table: Table) -> list[Line]:
    """Rows of a wide table as lines: the texts as typed."""
    return [
        Line(
            {c.code: str(row[f"{c.code}|text"]) for c in table.columns if row[f"{c.code}|text"] is not None},
            RowKind(row["kind"]),
            item_of(row, table),
        )
        for row in rows
    ]
