"""Every kind of native chart: bound to cells, titled, with a text that stands for it, apart in black-and-white print."""

import re
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import polars as pl
import pytest
import xlsxwriter

from catalogue.declarations import CatalogueError
from catalogue.load import load
from catalogue.sheets import load_workbook
from transforms.model import EXACT
from transforms.schedule import frame
from workbooks.formats import Formats
from workbooks.publications.sheet import SheetWriter

SHEET = """
- code: Q99
  name: 图
  title: 图
  grid: [14, 14, 14, 14, 14, 14, 90]
  blocks:
    - frame: f
      columns:
        - {{code: name, header: 名称, format: text}}
        - {{code: a, header: 甲, format: {a}}}
        - {{code: b, header: 乙, format: int}}
        - {{code: c, header: 丙, format: percent, blank: true}}
        - {{code: d, header: 丁, format: int, heat: true}}
        - {{code: e, header: 戊, format: int, blank: true}}
      chart: {{kind: {kind}, title: "各项({{period}},单位:项)", x: name, bars: [{bars}], lines: [{lines}], source: 资料来源:试, height: 400{more}}}
"""


def a_chart(folder: Path, kind: str, bars: str = "b", lines: str = "", more: str = "", a: str = "date") -> bytes:
    """A workbook with one block of four rows and its chart."""
    text = SHEET.format(kind=kind, bars=bars, lines=lines, more=more, a=a)
    (folder / f"{kind}.yaml").write_text(text, encoding="utf-8")
    load_workbook.cache_clear()
    sheet = load_workbook(kind, folder)[0]
    rows: list[dict[str, Any]] = [
        {
            "name": f"第{n}项",
            "a": date(2022, n, 3),
            "b": 100 - 20 * n,
            "c": None if n == 2 else 1 - n / 10,
            "d": 10 * n,
            "e": None,
        }
        for n in (1, 2, 3, 4)
    ]
    shown = frame(rows, name=pl.String, a=pl.Date, b=EXACT, c=EXACT, d=EXACT, e=EXACT)
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    writer = SheetWriter(book, Formats(book), sheet, {"period": "2022年8月"}, load().units)
    writer.set_up()
    writer.title()
    writer.block(sheet.blocks[0], shown)
    writer.finish()
    book.close()
    return buffer.getvalue()


def part(book: bytes, name: str) -> str:
    with ZipFile(BytesIO(book)) as archive:
        return archive.read(name).decode()


CASES = {
    "bar": {"bars": "b, d"},
    "bar_stacked": {"bars": "b, d"},
    "column_line": {"bars": "b", "lines": "c", "more": ", second: 占比"},
    "column_stacked": {"bars": "b, d", "lines": "c"},
    "funnel": {"bars": "d, b"},
    "gantt": {"bars": "a, b, d"},
    "line": {"bars": "b, d"},
    "multiples": {"bars": "b, c, d"},
    "pareto": {"bars": "b", "lines": "c", "more": ", second: 累计占比"},
}


@pytest.mark.parametrize("kind", CASES)
def test_every_series_of_every_kind_is_bound_to_cells(kind: str, tmp_path: Path):
    chart = part(a_chart(tmp_path, kind, **CASES[kind]), "xl/charts/chart1.xml")
    values = re.findall(r"<c:val><c:numRef><c:f>([^<]*)</c:f>", chart)
    assert values
    assert all(re.fullmatch(r"'Q99 图'!\$[B-E]\$3:\$[B-E]\$6", one) for one in values), values
    assert chart.count("<c:cat>") == len(values)
    assert "3D" not in chart


@pytest.mark.parametrize("kind", CASES)
def test_every_kind_is_titled_and_has_a_text_in_its_place(kind: str, tmp_path: Path):
    book = a_chart(tmp_path, kind, **CASES[kind])
    assert "各项(2022年8月,单位:项)" in part(book, "xl/charts/chart1.xml") or kind == "multiples"
    told = re.findall(r'descr="([^"]*)"', part(book, "xl/drawings/drawing1.xml"))
    assert told
    assert all("各项(2022年8月,单位:项)" in text and "资料来源:试" in text and "名称" in text for text in told)


def test_a_declared_text_stands_in_place_of_the_chart(tmp_path: Path):
    book = a_chart(tmp_path, "bar", more=", alt: 各项逐年减少")
    assert 'descr="各项逐年减少"' in part(book, "xl/drawings/drawing1.xml")


def test_a_chart_moves_with_its_cells_and_is_not_stretched(tmp_path: Path):
    assert 'editAs="oneCell"' in part(a_chart(tmp_path, "bar"), "xl/drawings/drawing1.xml")


@pytest.mark.parametrize("kind", ["bar", "column_stacked", "bar_stacked", "line"])
def test_two_series_differ_by_more_than_colour(kind: str, tmp_path: Path):
    chart = part(a_chart(tmp_path, kind, **CASES[kind]), "xl/charts/chart1.xml")
    series = [re.sub(r"[0-9A-F]{6}", "", one) for one in re.findall(r"<c:spPr>.*?</c:spPr>", chart)]
    told = [one for one in series if "pattFill" in one or "prstDash" in one or "solidFill" in one]
    assert len(set(told[:2])) == 2


def test_a_gantt_begins_at_the_month_of_its_first_strip(tmp_path: Path):
    chart = part(a_chart(tmp_path, "gantt", "a, b"), "xl/charts/chart1.xml")
    first = (date(2022, 1, 5) - date(1899, 12, 30)).days
    assert f'<c:min val="{first}"/>' in chart
    assert 'formatCode="yyyy-mm"' in chart
    assert "<a:noFill/>" in chart


def test_a_pareto_ends_at_one_hundred_percent(tmp_path: Path):
    chart = part(a_chart(tmp_path, "pareto", **CASES["pareto"]), "xl/charts/chart1.xml")
    assert '<c:max val="1"/>' in chart


def test_a_target_stands_on_the_axis_of_its_columns(tmp_path: Path):
    chart = part(a_chart(tmp_path, "column_line", "c", "c", ", axis_format: percent"), "xl/charts/chart1.xml")
    assert chart.count("<c:valAx>") == 1
    assert 'formatCode="0%"' in chart


def test_small_multiples_draw_a_panel_a_column_and_none_for_what_was_never_told(tmp_path: Path):
    def panels(bars: str) -> int:
        with ZipFile(BytesIO(a_chart(tmp_path, "multiples", bars))) as archive:
            return sum(name.startswith("xl/charts/chart") for name in archive.namelist())

    assert panels("b, c, d") == 3
    assert panels("b, e, d") == 2


def test_a_heat_map_keeps_its_numbers(tmp_path: Path):
    sheet = part(a_chart(tmp_path, "bar"), "xl/worksheets/sheet1.xml")
    assert 'sqref="E3:E6"' in sheet
    assert sheet.count("<cfvo") == 3
    assert "<v>40</v>" in sheet


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("pie", {}, "unknown kind of chart “pie”"),
        ("bar", {"bars": ""}, "nothing to draw"),
        ("bar", {"bars": "z"}, "unknown column “z”"),
        ("gantt", {"bars": "b, d"}, "needs a date"),
        ("funnel", {"bars": "b"}, "needs what centres it"),
        ("pareto", {"bars": "b"}, "cumulated share"),
        ("waterfall", {"bars": "b"}, "base, level, up, down"),
        ("bar", {"more": ", axis_format: euro"}, "unknown format of an axis “euro”"),
        ("bar", {"more": ", colour: red"}, "unknown: colour"),
    ],
)
def test_a_wrong_chart_is_refused_with_its_place(kind: str, changes: dict[str, str], message: str, tmp_path: Path):
    with pytest.raises(CatalogueError, match=rf"{kind}\.yaml:15: .*{message}"):
        a_chart(tmp_path, kind, **changes)
