"""The words of the catalogue: what a return, a column, a rule, an indicator and a sheet are.

Values only: frozen, comparable, without behaviour beyond looking things up. `catalogue.load` makes them
from the declarations; every other part reads them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

import polars as pl

from transforms import period

OWN_UNIT = "指标单位"
"""The unit of a column whose rows are indicators: each has a unit of its own, which its name tells."""

EXACT = pl.Decimal(38, 8)
"""Type of every number in a frame, in its base unit (元, 户, ratio). Eight places hold half a unit of 10⁻⁶ %."""

WIDE_ID: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "district": pl.String(),
        "department": pl.String(),
        "period": pl.String(),
        "submission": pl.String(),
        "version": pl.Int64(),
        "file": pl.String(),
        "sheet": pl.String(),
        "row": pl.Int64(),
        "kind": pl.String(),
        "parent": pl.String(),
    }
)
"""Columns that every wide table starts with. `row` is the row of the sheet; `kind` is a RowKind; `parent` is the
key of the row that a 其中 row belongs to (null elsewhere)."""


class RowKind(StrEnum):
    """What a row of a table is."""

    DATA = "data"
    PART = "part"  # 其中: of the data row above it, never added to a total
    SUBTOTAL = "subtotal"  # 小计
    TOTAL = "total"  # 合计


class Severity(StrEnum):
    HARD = "hard"  # 硬性: the return goes back
    SOFT = "soft"  # 软性: an explanation is asked for
    INFO = "info"  # 提示


class Rounding(StrEnum):
    """How a source shortens its figures (reporting-system.md, §1: the seeds round, none truncates)."""

    ROUND = "round"
    TRUNCATE = "truncate"
    EXACT = "exact"


class Verdict(StrEnum):
    SATISFIED = "satisfied"
    VIOLATED = "violated"
    UNVERIFIABLE = "unverifiable"


class State(StrEnum):
    """Result of a reconciliation (reporting-system.md, §3)."""

    EQUAL = "一致"
    WITHIN_ROUNDING = "舍入内一致"
    TIMING = "时间差"
    DIFFERENT = "有差异"
    ONE_SIDED = "无法核对"
    OTHER_BASIS = "口径不同"


class Cause(StrEnum):
    """Why two sides differ. 未查明 is the answer whenever nothing is plain: a cause is never guessed."""

    TIMING = "时间差"
    BASIS = "口径"
    MISSING = "漏报"
    DUPLICATE = "重复"
    UNIT = "错单位"
    SIGN = "正负号"
    TRANSPOSED = "数字颠倒"
    DROPPED = "漏写数字"
    SUBSTITUTED = "错写数字"
    TRUNCATED = "截尾"
    STALE = "沿用上期"
    SWAPPED = "错行错列"
    SPLIT = "分笔"
    NOT_UPDATED = "合计未更新"
    UNEXPLAINED = "未查明"
    NONE = ""


class Light(StrEnum):
    BLUE = "蓝"
    GREEN = "绿"
    YELLOW = "黄"
    RED = "红"
    GREY = "灰"


@dataclass(frozen=True, slots=True)
class SetLight:
    """What a person decided last of one light of one month: what it is set to, or None where that was taken back and
    the light that is computed stands again. `subject`: a core figure (I0301), a target (T012), a measure (ML-07) or an
    indicator of the evaluation that no return carries (E07)."""

    period: str
    subject: str
    light: Light | None
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as told, and what one of it is in its base unit (亿元 = 10⁸ 元)."""

    code: str
    base: str
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list; `aliases` are other spellings that a cell may carry."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeList:
    name: str
    codes: tuple[Code, ...]

    def resolve(self) -> dict[str, str]:
        """Every accepted spelling → code."""
        return {word: c.code for c in self.codes for word in (c.code, c.name, *c.aliases)}

    def label(self, code: str) -> str:
        return next((c.name for c in self.codes if c.code == code), code)


@dataclass(frozen=True, slots=True)
class Department:
    """A canonical department; `names` gives what it is called in one district when that differs."""

    code: str
    name: str
    aliases: tuple[str, ...]
    order: int
    names: Mapping[str, str] = field(default_factory=dict)

    def name_in(self, district: str) -> str:
        return self.names.get(district, self.name)


@dataclass(frozen=True, slots=True)
class District:
    """One district served by this installation.

    `returns` are the forms that it has to file from `first_period` on; `reporters` are the people entitled to
    file, by department code (empty: nobody is listed, so nobody is checked).
    """

    code: str
    name: str
    office: str
    first_period: str
    returns: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    reporters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def owes(self, form: "Return", month: str) -> str | None:
        """The period for which `form` is owed once `month` is over: the month, or the quarter that it ends; None where
        nothing is. The first quarter is the first whole one."""
        owed = period.ending_with(month, form.frequency)
        if owed and form.code in self.returns and period.months_of(owed)[0] >= self.first_period:
            return owed
        return None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `header` is the whole header (the path of a two-level header joined); `group` is its upper level where
    there is one. `unit` is the unit as told. `basis` is one of BASES. `part_of` names the column that this one
    is 其中 of. `additive` columns enter the 合计 row as a sum. `pattern` is for figures told in a note.
    `rounding` is how its source shortens it.
    `floor` (in the told unit): changes below it are not remarked upon; None: the column is not watched.
    """

    code: str
    header: str
    type: str
    unit: str = ""
    decimals: int = 0
    basis: str = ""
    required: bool = True
    group: str = ""
    synonyms: tuple[str, ...] = ()
    codes: str = ""
    part_of: str = ""
    additive: bool = False
    signed: bool = False
    positive: bool = False
    floor: Decimal | None = None
    exact: bool = False
    scheme: str = ""
    pattern: str = ""
    note: str = ""
    rounding: Rounding = Rounding.ROUND

    @property
    def numeric(self) -> bool:
        return self.type in ("int", "money", "decimal", "pct")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a return. `layout`: rows (one row an item), ledger (one row a record), single (one row),
    note (figures told in the note below table `under`)."""

    code: str
    title: str
    name: str
    layout: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    total: bool = False
    under: str = ""
    unlike: tuple[tuple[str, str], ...] = ()
    unit_text: str = ""

    @property
    def form(self) -> str:
        return self.code.split(".")[0]

    @property
    def short(self) -> str:
        return self.code.split(".")[1]

    @property
    def flows(self) -> tuple[str, ...]:
        """Codes of the figures that are about the period alone."""
        return tuple(c.code for c in self.columns if c.numeric and c.basis in ("month", "event", "quarter"))

    def column(self, code: str) -> Column:
        return next(c for c in self.columns if c.code == code)

    def has(self, code: str) -> bool:
        return any(c.code == code for c in self.columns)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit rule on the rows of one table.

    `code` is the rule of the reporting system (H10, W04 …), `id` is unique (F10.H10.roll). `column` is the cell
    that a finding points at. `params` depend on `kind`; `catalogue.load` has checked them.
    """

    id: str
    code: str
    kind: str
    severity: Severity
    table: str
    column: str
    params: Mapping[str, Any]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    """One form that one department files for one reference period; due on a working day of the next month."""

    code: str
    name: str
    english: str
    department: str
    frequency: str
    due: int
    version: int
    feeds: tuple[str, ...]
    tables: tuple[Table, ...]
    edits: tuple[Edit, ...]
    source: str = ""

    def table(self, code: str) -> Table:
        return next(t for t in self.tables if t.code == code)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a side of a reconciliation: told cells summed, or rows counted.

    Attributes:
        of: "<form>.<table>.<column>" of what is summed, or "<form>.<table>" where rows are counted.
        weight: what it is multiplied with (−1, or a price).
        by: the columns that give the key of a pair; none: one pair a period.
        rows: data, total, or each (data and total rows, each a pair of its own).
        where, window: which rows, as a Statistic has them.
        at: whose period it is: this, previous, previous_of_year (none in the first of a year), december (of the year
            before) or year_ago.
        over: the periods that are summed: "" (one), two_months, three_months (up to the period), year (January up to
            it), quarter (the months of it) or always (from the first month of the district on).
        take: sum, or the largest of the rows of a ledger.
        basis: the words that rows of the rule's basis carry: others are not compared (口径不同).
    """

    of: str
    weight: Decimal = Decimal(1)
    by: tuple[str, ...] = ()
    rows: str = RowKind.DATA
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    window: Mapping[str, str] = field(default_factory=dict)
    at: str = "this"
    over: str = ""
    take: str = "sum"
    basis: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def form(self) -> str:
        return self.of.split(".", maxsplit=1)[0]

    @property
    def table(self) -> str:
        return ".".join(self.of.split(".")[:2])

    @property
    def column(self) -> str:
        """Empty where rows are counted."""
        return self.of.split(".")[2] if self.of.count(".") == 2 else ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Two sources that must agree (R01 …). A rule may have several checks, each with a `label`: they share its code.

    `left` and `right` are the paths of what is compared; `figures` are the two sides of a rule of figures, none where
    records are compared.
    """

    code: str
    name: str
    kind: str
    left: str
    right: str
    owner: str
    params: Mapping[str, Any]
    source: str = ""
    label: str = ""
    figures: tuple[tuple[Figure, ...], tuple[Figure, ...]] = ((), ())

    @property
    def forms(self) -> frozenset[str]:
        """The returns that it looks at."""
        paths = [self.left, self.right, *(figure.of for side in self.figures for figure in side)]
        return frozenset(path.split(".", maxsplit=1)[0] for path in paths if path)


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the reform plan (ML-01 …): a row of the reform ledger for each of its `leads` (department codes).
    `responsible` is the text of the plan; `deadline` is None where the plan tells none."""

    code: str
    section: str
    indicator: str
    title: str
    leads: tuple[str, ...]
    responsible: str
    deadline: date | None
    forms: tuple[str, ...]


ELAPSED = "elapsed"
"""What a statistic calls the length of its span of days."""


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure computed from the rows of one table.

    Attributes:
        of: the column that is looked at, or `elapsed`; empty where rows are counted.
        plus: columns of the same row that are added to it.
        take: sum, count, max (the largest; none without rows) or distinct (how many different values).
        where: the values that a row must carry.
        window: date column → span that it must lie in: month, ytd, three_months, or earlier (before the month).
        days: first and last date of a span of days, a column each; an empty last is the end of the period. `elapsed` is
            its length, in working days where it is `working`; the first day does not count.
        most, least, below: column (or `elapsed`) → limit that a row keeps: a number in the base unit, or another column.
        given, untold, passed: columns that a row tells, does not tell, or whose date lies before the end of the period.
    """

    series: str
    name: str
    table: str
    of: str
    unit: str
    basis: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    window: Mapping[str, str] = field(default_factory=dict)
    take: str = "sum"
    plus: tuple[str, ...] = ()
    days: tuple[str, str] | None = None
    working: bool = False
    most: Mapping[str, str] = field(default_factory=dict)
    least: Mapping[str, str] = field(default_factory=dict)
    below: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


INDICATOR_NATURES = ("flow", "stock", "rate", "average", "multiple", "distinct")
"""What a core figure is: a flow of the month, a balance at its end, a rate, an average, a balance as a multiple of
another, or how many different ones (firms) there were."""

TARGET_KINDS = ("yearly", "at_least", "at_most_case", "at_most_mean", "exact")
"""How a figure is held against its target (reporting-system.md, §4). `at_most_case`: the figure is the share of cases
within the limit of each."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One core figure of M02: where it is read, how it is shown, and what it is held against.

    `series` is "<table>.<column>", `item` the row key. A rate, a multiple and an average of records have `numerator`
    and `denominator` series instead; a flow that is told to date alone has `ytd` alone. `nature`: one of INDICATOR_NATURES.
    `complement`: the rate is 1 − numerator ÷ denominator. `unit` and `decimals` are those of display; `target` is in
    the base unit (元, ratio), `target_kind` one of TARGET_KINDS.
    """

    code: str
    name: str
    nature: str
    unit: str
    decimals: int
    department: str
    series: str
    item: str
    numerator: str = ""
    denominator: str = ""
    ytd: str = ""
    ytd_last_year: str = ""
    complement: bool = False
    comparator: str = ""
    target: Decimal | None = None
    target_kind: str = ""
    clause: str = ""
    definition: str = ""

    @property
    def form(self) -> str:
        return (self.series or self.numerator or self.ytd).split(".")[0]


@dataclass(frozen=True, slots=True)
class EvaluationIndicator:
    """One of the 18 indicators of the national evaluation. `figures` are our core figures that it is judged by,
    `core` the one that stands for it; none where no return carries it yet."""

    code: str
    name: str
    department: str
    core: str = ""
    figures: tuple[str, ...] = ()


TARGET_LIGHTS = (*TARGET_KINDS, "reach", "rise", "state")
"""How a target is judged: as a core figure is, or: reach (a number, once and for all), rise (higher than a year ago),
state (what the reform ledger says of a measure)."""


@dataclass(frozen=True, slots=True)
class Target:
    """One target or limit that a plan or a report tells (T001 …).

    Attributes:
        clause: of the plan; empty for what a report tells.
        text: as it was told.
        leads: department codes.
        comparator, value, unit: as told; `value` is None where each case has its own.
        deadline: the day by which it is to be reached; None where it is yearly or stands.
        yearly: to be reached anew every year, by its last day.
        light: one of TARGET_LIGHTS; empty where nothing tells how far it is.
        indicators: the core figures that it is judged by (the lowest counts), or
        figure: a figure of its own: "<series>@<item>", or two of them with a slash, for the first ÷ the second.
        current: the statistic that is shown in place of the figure, such as the longest case.
        measure: the measure of the reform plan whose state it has.
        reason: why nothing tells how far it is.
        note: how it is measured, where the words of the target leave that open.
    """

    code: str
    clause: str
    text: str
    leads: tuple[str, ...]
    comparator: str
    value: Decimal | None
    unit: str
    deadline: date | None = None
    yearly: bool = False
    light: str = ""
    indicators: tuple[str, ...] = ()
    figure: str = ""
    current: str = ""
    measure: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a light is still yellow, as shares (0.10 = 10 points, or 10% of a limit), and the days that the office
    gives to act on a report and to settle a difference (the latter in working days). `cases_within`: the share of
    cases that must keep their limit; `days_left`: a date is yellow from so many days before it on."""

    behind_by: Decimal
    short_by: Decimal
    over_by: Decimal
    days_to_act: int
    days_to_settle: int
    cases_within: Decimal
    days_left: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What a unit can score in a month by its four parts, together 100, what is taken off them, and how many units are
    marked at the top and at the bottom of the ranking."""

    timeliness: Decimal
    quality: Decimal
    issues: Decimal
    reform: Decimal
    a_day_late: Decimal
    a_return: Decimal
    a_warning: Decimal
    marked: int


@dataclass(frozen=True)
class Catalogue:
    """Everything that is declared, checked and frozen. `digest` names the ruleset version."""

    units: Mapping[str, Unit]
    code_lists: Mapping[str, CodeList]
    departments: tuple[Department, ...]
    districts: tuple[District, ...]
    returns: tuple[Return, ...]
    reconciliations: tuple[Reconciliation, ...]
    statistics: tuple[Statistic, ...]
    indicators: tuple[Indicator, ...]
    thresholds: Thresholds
    scores: Scores
    digest: str
    measures: tuple[Measure, ...] = ()
    evaluation: tuple[EvaluationIndicator, ...] = ()
    targets: tuple[Target, ...] = ()
    workdays: Mapping[date, int] = field(default_factory=dict)
    """Every day with the number of working days up to and with it."""

    def form(self, code: str) -> Return:
        return self._forms[code]

    def table(self, code: str) -> Table:
        return self.form(code.split(".", maxsplit=1)[0]).table(code)

    def tables(self) -> Iterator[Table]:
        for form in self.returns:
            yield from form.tables

    def column(self, path: str) -> Column:
        """The column of "<form>.<table>.<column>"."""
        return self._columns[path]

    def statistic(self, series: str) -> Statistic | None:
        """The statistic whose figures are this series; None for a told column."""
        return self._statistics.get(series)

    def indicator(self, code: str) -> Indicator | None:
        return self._indicators.get(code)

    def district(self, code: str) -> District:
        return next(d for d in self.districts if d.code == code)

    def department(self, code: str) -> Department:
        return next(d for d in self.departments if d.code == code)

    def edits(self, table: str) -> tuple[Edit, ...]:
        return tuple(e for e in self.form(table.split(".", maxsplit=1)[0]).edits if e.table == table)

    @cached_property
    def _forms(self) -> dict[str, Return]:
        return {form.code: form for form in self.returns}

    @cached_property
    def _columns(self) -> dict[str, Column]:
        return {f"{table.code}.{column.code}": column for table in self.tables() for column in table.columns}

    @cached_property
    def _statistics(self) -> dict[str, Statistic]:
        return {statistic.series: statistic for statistic in self.statistics}

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return {indicator.code: indicator for indicator in self.indicators}


BASES = (
    "month",
    "ytd",
    "ytd_last_year",
    "balance",
    "year_open",
    "since_inception",
    "event",
    "average",
    "maximum",
    "ratio",
    "price",
    "stock",
    "quarter",
    "target",
)
"""What a figure is about (reporting-system.md, §1, Basis)."""

FINDINGS: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "district": pl.String(),
        "department": pl.String(),
        "form": pl.String(),
        "period": pl.String(),
        "submission": pl.String(),
        "file": pl.String(),
        "table": pl.String(),
        "rule": pl.String(),
        "rule_id": pl.String(),
        "severity": pl.String(),
        "verdict": pl.String(),
        "sheet": pl.String(),
        "cell": pl.String(),
        "row": pl.Int64(),
        "column": pl.String(),
        "told": pl.String(),
        "expected": pl.String(),
        "difference": EXACT,
        "unit": pl.String(),
        "message": pl.String(),
        "todo": pl.String(),
        "explanation": pl.String(),
    }
)
"""Findings: one rule's verdict on one place. `difference` is told − expected in the told unit `unit`; `message` says
where, what was told and what was expected, `todo` what to do, `explanation` what the
department has written to it (null: nothing). A finding about a whole file has no sheet and cell."""


def wide_schema(table: Table) -> dict[str, pl.DataType]:
    """Columns of a wide table: WIDE_ID, then for each column its value, its text as told (`<code>|text`) and, for a
    number, half a unit of its last reported digit (`<code>|half`)."""
    schema = dict(WIDE_ID)
    for column in table.columns:
        plain = pl.Date() if column.type == "date" else pl.String()
        schema[column.code] = EXACT if column.numeric else plain
        schema[f"{column.code}|text"] = pl.String()
        if column.numeric:
            schema[f"{column.code}|half"] = EXACT
    return schema
