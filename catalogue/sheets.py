"""The sheets of the published workbooks as declared: columns, order, charts, page set-up, paragraphs.

A new column or sheet is an entry of monthly.yaml or quarterly.yaml; the frames that they show are made by
`transforms.schedule` and `transforms.analyse` under the names used here.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from catalogue.charts import Chart, read_chart
from catalogue.declarations import Entry, read_declarations
from catalogue.texts import read_paragraph
from transforms.facts import Touch
from transforms.model import Catalogue
from transforms.model import Figure as Compared
from transforms.narrate import Paragraph

HERE = Path(__file__).parent
KINDS = ("cover", "contents", "table", "text", "changes")
FORMATS = (
    "text",
    "wrap",
    "centre",
    "date",
    "deadline",
    "datetime",
    "int",
    "count",
    "age",
    "amount",
    "by_row",
    "target",
    "percent",
    "growth",
    "change",
    "change_short",
    "points",
    "light",
    "state",
    "link",
)
PAPERS = {"A4": 9, "A3": 8}
LONGEST_NAME = 31
"""Excel refuses a longer name of a sheet."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column of a block: `code` is the column of the frame. `formula` maps the row's `<code>|by` to a live
    formula ("": every row); {other} is the cell of the same row, {other:rows} the data rows of that column.
    `total`: the 合计 row sums the rows shown. `name` is the defined name of the row's cell. `blank`: a missing
    figure is an empty grey cell, since a chart would draw any text as zero. A `deadline` is a date that is marked 暂定
    where the row is `provisional`. `told`: what somebody wrote, which is the same in every language. `repeat` makes one
    column a month. `heat` colours the numbers from the lowest to the highest of all such columns of the block."""

    code: str
    header: str
    format: str
    group: str = ""
    width: float = 0
    span: int = 1
    unit: str = ""
    decimals: int = 2
    formula: Mapping[str, str] = field(default_factory=dict)
    total: bool = False
    name: str = ""
    blank: bool = False
    heat: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One table of a sheet: the frame, its columns, the notes below and a chart beside or below it.

    In print a header is repeated on all pages after it: that of the first block where `repeat_header` asks for it, else
    that of the `main` block, which others stand above. No block with another header may begin a page after that, so the
    last rows of the block before come along to the page of one that is set apart (`with_rows`: how many)."""

    frame: str
    title: str
    unit: str
    columns: tuple[SheetColumn, ...]
    notes: tuple[str, ...]
    chart: Chart | None
    page_break: bool
    row_height: float
    empty: str
    main: bool = False
    with_rows: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    code: str
    name: str
    kind: str
    title: str
    unit: str
    paper: str
    portrait: bool
    pages: int
    freeze: int
    repeat_header: bool
    grid: tuple[float, ...]
    blocks: tuple[Block, ...]
    paragraphs: tuple[Paragraph, ...]
    notes: tuple[str, ...]

    @property
    def tab(self) -> str:
        return f"{self.code} {self.name}".strip()


@cache
def load_workbook(name: str, folder: Path = HERE) -> tuple[Sheet, ...]:
    """The sheets of `monthly` or `quarterly`, in order.

    Raises:
        CatalogueError: a declaration is wrong; the message names file and line.
    """
    sheets: list[Sheet] = []
    for entry in read_declarations(folder / f"{name}.yaml"):
        place = entry.place
        sheet = _sheet(entry)
        if len(sheet.tab) > LONGEST_NAME:
            raise place.error(f"“{sheet.tab}” is longer than {LONGEST_NAME} characters: Excel refuses it")
        if re.search(r"[\[\]:*?/\\]", sheet.tab):
            raise place.error(f"“{sheet.tab}” carries a character that Excel refuses in a name")
        if any(s.code == sheet.code for s in sheets):
            raise place.error(f"sheet “{sheet.code}” stands twice")
        sheets.append(sheet)
    return tuple(sheets)


@cache
def _touches(rules: tuple[str, ...], series: frozenset[str]) -> tuple[Touch, ...]:
    made = []
    for entry in read_declarations(HERE / "touches.yaml"):
        place = entry.place
        touch = Touch(entry.take("rule"), entry.words("series"), entry.words("items"))
        if touch.rule not in rules:
            raise place.error(f"unknown reconciliation “{touch.rule}”")
        for one in touch.series:
            if one not in series:
                raise place.error(f"unknown series “{one}”")
        entry.done()
        made.append(touch)
    return tuple(made)


def load_touches(catalogue: Catalogue) -> tuple[Touch, ...]:
    """What each reconciliation throws doubt on when it does not hold: what `touches.yaml` says, else its own figures."""
    series = {s.series for s in catalogue.statistics}
    series |= {f"{t.code}.{c.code}" for t in catalogue.tables() for c in t.columns}
    declared = _touches(tuple(r.code for r in catalogue.reconciliations), frozenset(series))
    told = {touch.rule for touch in declared}
    figures: dict[str, list[Compared]] = {}
    for rule in catalogue.reconciliations:
        if rule.code not in told:
            figures.setdefault(rule.code, []).extend(f for side in rule.figures for f in side if f.column)
    return (*declared, *(_touch_of(code, compared) for code, compared in figures.items()))


def _touch_of(rule: str, figures: Iterable[Compared]) -> Touch:
    """The columns that a rule compares, at the item it is about, the total, and the rows that it chooses."""
    figures = tuple(figures)
    chosen = (value for figure in figures for values in figure.where.values() for value in values)
    return Touch(
        rule, tuple(dict.fromkeys(f.of for f in figures)), tuple(dict.fromkeys(("{key}", "合计", "", *chosen)))
    )


def _sheet(entry: Entry) -> Sheet:
    place, kind, paper = entry.place, entry.take("kind", default="table"), entry.take("paper", default="A4")
    if kind not in KINDS:
        raise place.error(f"unknown kind of sheet “{kind}”: {', '.join(KINDS)}")
    if paper not in PAPERS:
        raise place.error(f"unknown paper “{paper}”: {', '.join(PAPERS)}")
    blocks = tuple(_block(one) for one in entry.take("blocks", list, []))
    grid = tuple(float(w) for w in entry.take("grid", list, []))
    if blocks and not grid:
        grid = tuple(column.width for column in blocks[0].columns)
    for block in blocks:
        if sum(column.span for column in block.columns) > len(grid):
            raise place.error(f"block “{block.frame}” has more columns than the grid of the sheet")
        for column in block.columns:
            if column.format == "wrap" and column.span > 1:
                raise place.error(
                    f"block “{block.frame}”: “{column.code}” wraps, so it cannot span columns of the grid"
                )
    repeat_header = entry.take("repeat_header", bool, len(blocks) == 1)
    _check_repeated(entry, blocks, repeat_header)
    sheet = Sheet(
        code=entry.take("code"),
        name=entry.take("name"),
        kind=kind,
        title=entry.take("title"),
        unit=entry.take("unit", default=""),
        paper=paper,
        portrait=entry.take("portrait", bool, False),
        pages=entry.take("pages", int, 1),
        freeze=entry.take("freeze", int, 0),
        repeat_header=repeat_header,
        grid=grid,
        blocks=blocks,
        paragraphs=tuple(read_paragraph(one) for one in entry.take("paragraphs", list, [])),
        notes=entry.words("notes"),
    )
    entry.done()
    return sheet


def _check_repeated(entry: Entry, blocks: tuple[Block, ...], repeat_header: bool) -> None:
    """No page carries the header of a block that has no row there."""
    at = next((n for n, block in enumerate(blocks) if block.main), 0 if repeat_header else len(blocks))
    if repeat_header and any(block.main for block in blocks):
        raise entry.place.error("the header of the main block is repeated, or that of the first: not both")
    for block in blocks[at + 1 :]:
        same = [(c.header, c.group, c.span) for c in block.columns] == [
            (c.header, c.group, c.span) for c in blocks[at].columns
        ]
        if not same and not (block.page_break and block.with_rows):
            raise entry.place.error(
                f"block “{block.frame}” would stand under the repeated header of “{blocks[at].frame}”"
            )


def _block(entry: Entry) -> Block:
    columns: list[SheetColumn] = []
    for one in entry.take("columns", list):
        columns += _columns(one)
    codes = [column.code for column in columns]
    for column in columns:
        if codes.count(column.code) > 1:
            raise entry.place.error(f"column “{column.code}” stands twice")
        for formula in column.formula.values():
            _check_formula(entry, formula, codes)
    chart = entry.take("chart", dict, None)
    block = Block(
        frame=entry.take("frame"),
        title=entry.take("title", default=""),
        unit=entry.take("unit", default=""),
        columns=tuple(columns),
        notes=entry.words("notes"),
        chart=read_chart(chart, {c.code: c.format for c in columns}) if chart is not None else None,
        page_break=entry.take("page_break", bool, False),
        row_height=float(entry.take("row_height", (int, float), 20)),
        empty=entry.take("empty", default="本月无"),
        main=entry.take("main", bool, False),
        with_rows=entry.take("with_rows", int, 0),
    )
    entry.done()
    return block


def _check_formula(entry: Entry, formula: str, codes: Iterable[str]) -> None:
    for word in re.findall(r"\{(\w+)(?::rows)?\}", formula):
        if word not in (*codes, "progress"):
            raise entry.place.error(f"formula {formula}: unknown column “{word}”")


def _columns(entry: Entry) -> list[SheetColumn]:
    place, kind = entry.place, entry.take("format", default="text")
    if kind not in FORMATS:
        raise place.error(f"unknown format “{kind}”: {', '.join(FORMATS)}")
    formula = entry.take("formula", (str, dict), {})
    count = entry.take("repeat", int, 0)
    code = entry.take("code")
    column = SheetColumn(
        code=code,
        header=entry.take("header"),
        format=kind,
        group=entry.take("group", default=""),
        width=float(entry.take("width", (int, float), 10)),
        span=entry.take("span", int, 1),
        unit=entry.take("unit", default=""),
        decimals=entry.take("decimals", int, 2),
        formula=MappingProxyType({"": formula} if isinstance(formula, str) else dict(formula)),
        total=entry.take("total", bool, False),
        name=entry.take("name", default=""),
        blank=entry.take("blank", bool, False),
        heat=entry.take("heat", bool, False),
        told=entry.take("told", bool, False),
    )
    entry.done()
    if not count:
        return [column]
    return [_numbered(column, n) for n in range(count)]


def _numbered(column: SheetColumn, number: int) -> SheetColumn:
    """One of the columns that stand for months: code m00 …, its header is filled in when the month is known."""
    values = {name: getattr(column, name) for name in column.__slots__}
    return SheetColumn(**values | {"code": f"{column.code}{number:02d}", "header": f"{{{column.code}{number:02d}}}"})
