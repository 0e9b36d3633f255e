"""One published number for a person who asks where it comes from: the whole tree down to the cells of the returns."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import polars as pl
from openpyxl.utils.cell import coordinate_from_string, rows_from_range

from catalogue.benchmarks import load_benchmarks
from flows.deciding import Refused
from flows.frames import Frames, load_frames
from flows.house import House
from transforms.facts import MADE, ROWS
from transforms.model import Light, Target
from transforms.observe import chosen_rows, columns_of
from transforms.schedule.names import name_of_series
from workbooks.publications.references import references_in
from workbooks.publications.sources import Lineage, Source, cells_named, read_lineage

PLACE = re.compile(r"^(?P<sheet>.+)!\$?(?P<letters>[A-Za-z]{1,3})\$?(?P<row>\d+)$")
LIGHTS = tuple(Light)
STEM, LAST, PIPE, GAP = "├─ ", "└─ ", "│  ", "   "
DECLARED = re.compile(
    r"\b(?:(T\d{3})|(I\d{4})(?:/(\w+))?|((?:timeliness|quality|issues|reform)(?:\+(?:quality|issues|reform))*))(?![\w.])"
)
BY_HAND = "（人工设定的灯色）"
Branch = tuple[str, "list[Branch]"]
"""A line and what stands below it."""


def trace(house: House, path: Path, place: str) -> str:
    """The tree of one cell: formula and the cells it stands on, the figures they were worked out of, and for each the
    department, return, file, sheet, cell, version and hash, with what was told there.

    Args:
        path: a published workbook. place: sheet and cell, M02!H17.
    Raises:
        Refused: the file is none of ours, or there is no such sheet or cell.
    """
    try:
        lineage = read_lineage(path)
    except (ValueError, OSError, KeyError, BadZipFile) as error:
        raise Refused(str(error)) from None
    asked = PLACE.match(place.strip().replace("'", ""))
    if asked is None:
        raise Refused(f"“{place}”不是一个单元格；请写表页和单元格，如 M02!H17。")
    sheet, cell = lineage.sheet_named(asked["sheet"]), f"{asked['letters'].upper()}{asked['row']}"
    if sheet is None:
        raise Refused(f"{path.name} 没有表页“{asked['sheet']}”；有：{'、'.join(lineage.values)}。")
    if lineage.values[sheet].get(cell) is None:
        raise Refused(f"{sheet}!{cell} 是空的。")
    published = _publication(house, path)
    frames = load_frames(house, published["as_of"]) if published else None
    asker = _Asker(house, lineage, frames, published["district"] if published else "")
    return "\n".join([_heading(house, path, published), *_drawn(asker.of_cell(sheet, cell))])


def _publication(house: House, path: Path) -> Mapping[str, Any] | None:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    found = house.journal.publications().filter(pl.col("workbook_sha256") == sha256)
    return found.row(0, named=True) if found.height else None


def _heading(house: House, path: Path, published: Mapping[str, Any] | None) -> str:
    if published is None:
        return f"{path.name}（不是台账里的原件：可能改过，以下为文件内 _src 所记）"
    as_of: datetime = published["as_of"]
    return f"{path.name}　第{published['edition']}版，截至 {as_of:%Y-%m-%d %H:%M}，规则集 {published['ruleset']}"


class _Asker:
    """Follows one number; `frames` are what was read from the returns, None where the file is not in the record."""

    def __init__(self, house: House, lineage: Lineage, frames: Frames | None, district: str) -> None:
        self._house, self._lineage, self._frames, self._district = house, lineage, frames, district

    def of_cell(self, sheet: str, cell: str, above: tuple[tuple[str, str], ...] = ()) -> Branch:
        """A cell, and below it the cells of the workbook that it was worked out of, else the figures behind it."""
        source = self._lineage.sources.get((sheet, cell))
        formula = self._lineage.formulas[sheet].get(cell, "")
        title = f"{cell if above and above[-1][0] == sheet else f'{sheet}!{cell}'} {self._said(sheet, cell, source)}"
        below: list[Branch] = []
        if (sheet, cell) not in above:
            named = [(sheet, one) for one in cells_named(formula)] if formula else self._cells_behind(source)
            told = [(on, one) for on, one in named if self._lineage.values[on].get(one) not in (None, "")]
            below = [self.of_cell(on, one, (*above, (sheet, cell))) for on, one in told]
            if not below and source:
                below = [self._of_figure(number) for number in source.figures if number in self._lineage.figures]
            below += [(line, []) for line in self._declared(source)]
        by_hand = self._lineage.comments[sheet].get(cell, "")
        below += [(line, []) for line in by_hand.splitlines()]
        return f"{title}　{BY_HAND if by_hand else _how(formula, source, self._lineage.values[sheet][cell])}", below

    def _declared(self, source: Source | None) -> list[str]:
        """What the work of a number names of the catalogue: a target (T012, I0301), the figure of another district
        (I0104/cd), the points of a part of the score."""
        told = []
        for target, indicator, district, parts in DECLARED.findall(source.how if source else ""):
            if target:
                told += [_of_target(one) for one in self._house.catalogue.targets if one.code == target]
            elif district:
                told += [
                    f"对标 {one.indicator} {one.basis}（{one.when}，{one.source}） catalogue/benchmarks.yaml"
                    for one in load_benchmarks(self._house.catalogue)
                    if (one.indicator, one.district) == (indicator, district)
                ]
            elif indicator:
                known = (one for one in self._house.catalogue.indicators if one.code == indicator)
                told += [
                    f"目标 {one.code} {one.name}（{one.clause}）：{one.definition} catalogue/indicators.yaml"
                    for one in known
                ]
            else:
                points = self._house.catalogue.scores
                told += [
                    f"计分标准 {part} {getattr(points, part)}分 catalogue/scores.yaml" for part in parts.split("+")
                ]
        return told

    def _cells_behind(self, source: Source | None) -> list[tuple[str, str]]:
        """The cells that the work of a number names: M02!O5,O8."""
        named = references_in(source.how) if source else []
        on = {code: self._lineage.sheet_named(code) for code, _ in named}
        return [(tab, one) for code, cells in named if (tab := on[code]) for one in cells_named(cells)]

    def _said(self, sheet: str, cell: str, source: Source | None) -> str:
        value, pattern = self._lineage.values[sheet][cell], self._lineage.patterns[sheet][cell]
        if source is None:
            return _shown(value, pattern)
        changed = isinstance(value, int | float) and abs(value - source.value) > abs(value) * 1e-9
        note = f"（注意：发布时为 {_shown(source.value, pattern)}，此格后来改过）" if changed else ""
        return f"{source.row} · {source.column} = {_shown(value, pattern)}{note}"

    def _of_figure(self, number: int) -> Branch:
        place = self._lineage.figures[number]
        series = name_of_series(self._house.catalogue, place["series"])
        told_item = place["item"].split(" ")[0] if MADE.search(f"|{place['item']}|") else place["item"]
        item = f"（{told_item}）" if told_item and not told_item.startswith(ROWS) else ""
        form = self._house.catalogue.form(place["form"])
        department = self._house.catalogue.department(form.department).name_in(self._district)
        where = (
            f"{department} {form.code}《{form.name}》 {place['file']} 第{place['version']}版 sha256 {place['sha256']}"
        )
        cells: list[Branch] = [(f"{place['sheet']}!{cell} 填报“{text}”", []) for cell, text in self._told(place)]
        if not cells and place["cell"]:
            cells = [(f"{place['sheet']}!{place['cell']}", [])]
        return f"({number}) {series}{item} {place['period']}", [(where, cells)]

    def _told(self, place: Mapping[str, str]) -> list[tuple[str, str]]:
        """The cells behind a figure with the text that was told in each."""
        submission = self._submission(place)
        if submission is None or self._frames is None or not place["cell"]:
            return []
        if place["series"] == place["form"]:
            return self._told_in(submission, place)
        statistic = next((s for s in self._house.catalogue.statistics if s.series == place["series"]), None)
        table, _, column = place["series"].rpartition(".")
        if statistic:
            table = statistic.table
        rows = self._frames.tables[table].filter(pl.col("submission") == submission)
        letters = self._frames.layout.filter(pl.col("submission") == submission, pl.col("table") == table)
        laid = dict(letters.select("code", "letter").iter_rows())
        if statistic:
            rows = chosen_rows(rows, statistic, self._house.catalogue)
            columns = columns_of(statistic, self._house.catalogue.table(table))
        else:
            rows = rows.filter(pl.col("row").is_in(_rows_named(place["cell"])))
            columns = (column,)
        told = rows.sort("row").select("row", *(f"{one}|text" for one in columns)).iter_rows()
        return [
            (f"{laid.get(one, '')}{row}", text or "")
            for row, *texts in told
            for one, text in zip(columns, texts, strict=True)
        ]

    def _told_in(self, submission: str, place: Mapping[str, str]) -> list[tuple[str, str]]:
        """The text of single cells of a version of a return, whatever columns they stand in."""
        assert self._frames is not None
        texts: dict[str, str] = {}
        of_form = [code for code in self._frames.tables if code.startswith(f"{place['form']}.")]
        mine = pl.col("submission") == submission
        for table in of_form:
            laid = self._frames.layout.filter(mine, pl.col("table") == table).select("code", "letter").iter_rows()
            rows = self._frames.tables[table].filter(mine, pl.col("sheet") == place["sheet"])
            for code, letter in laid:
                if f"{code}|text" in rows.columns:
                    told = rows.select("row", f"{code}|text").iter_rows()
                    texts |= {f"{letter}{row}": text or "" for row, text in told}
        return [(cell, texts[cell]) for cell in cells_named(place["cell"]) if cell in texts]

    def _submission(self, place: Mapping[str, str]) -> str | None:
        if self._frames is None:
            return None
        known = self._frames.submissions
        found = known.filter(
            pl.col("sha256") == place["sha256"], pl.col("form") == place["form"], pl.col("period") == place["period"]
        )
        return str(found["id"][0]) if found.height else None


def _of_target(target: Target) -> str:
    clause = f"条款{target.clause}" if target.clause else "报告所列"
    aim = f"{target.comparator}{target.value}{target.unit}" if target.value is not None else "每件各有时限"
    return f"目标 {target.code} {clause}：{target.text}（{aim}） catalogue/targets.tsv"


def _how(formula: str, source: Source | None, value: object) -> str:
    if formula:
        return f"公式 {formula}"
    if source is None and value in LIGHTS:
        return "（灯色，按本行的数与目标判定）"
    return source.how if source else "（表内文字或目标，不取自报表）"


def _rows_named(cells: str) -> list[int]:
    rows: list[int] = []
    for part in cells.split(","):
        if ":" in part:
            rows += [coordinate_from_string(line[0])[1] for line in rows_from_range(part)]
        elif re.fullmatch(r"[A-Z]{1,3}\d+", part):
            rows.append(coordinate_from_string(part)[1])
    return rows


def _shown(value: Any, pattern: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{value:%Y-%m-%d}" if isinstance(value, date | datetime) else str(value)
    if "%" in pattern:
        return f"{value * 100:,.2f}%"
    places = re.search(r"0\.(0+)", pattern)
    return f"{value:,.{len(places[1]) if places else 0}f}"


def _drawn(branch: Branch, before: str = "", stem: str = "", gap: str = "") -> Iterator[str]:
    """The tree as lines of text."""
    line, below = branch
    yield f"{before}{stem}{line}"
    for number, one in enumerate(below, 1):
        last = number == len(below)
        yield from _drawn(one, before + gap, LAST if last else STEM, GAP if last else PIPE)
