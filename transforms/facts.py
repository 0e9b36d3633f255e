"""What one district knew at one moment, and how a figure is looked up in it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import polars as pl

from transforms import period as months
from transforms.adjustments import ADJUSTMENTS, SUFFIX
from transforms.follow import FOLLOWED
from transforms.model import Catalogue, District, Indicator, SetLight, State
from transforms.observe import chosen_rows
from transforms.spans import last_month_of

T = TypeVar("T")
UNREPORTED = "未报"
NOT_APPLICABLE = "—"
SUPPRESSED = "＊"
ROWS = "行"
"""How the item of a key of records begins: 行5-9,12."""
WHOLE = "全表"
"""The item of a key that stands for a whole table of a return, such as a ledger in which nothing was found to count."""
MADE = re.compile(r"\|(?:行[\d,-]+|全表|第\d+版[^|]*)\|")
"""The item of a key that is none of `known`: rows of a ledger, a whole table, or a version of a return (filing_key)."""
KEYS = re.compile(r"\[[^\]]*\]")
OPERATORS = re.compile(r"[+−÷×]")
EIGHTH_PLACE = Decimal("1e-8")
TAKEN = ("accepted", "questions")
"""The states of a submission that counts."""
OPEN_STATES = (State.DIFFERENT.value, State.ONE_SIDED.value)
"""A figure that such a difference touches is shown with (待核)."""

SUBMISSIONS: Mapping[str, pl.DataType | type[pl.DataType]] = MappingProxyType(
    {
        "district": pl.String,
        "department": pl.String,
        "form": pl.String,
        "period": pl.String,
        "submission": pl.String,
        "version": pl.Int64,
        "file": pl.String,
        "sha256": pl.String,
        "arrived_at": pl.Datetime("us"),
        "received_at": pl.Datetime("us"),
        "decided_at": pl.Datetime("us"),
        "status": pl.String,
        "hard": pl.Int64,
        "soft": pl.Int64,
        "explained": pl.Int64,
        "reporter": pl.String,
        "auditor": pl.String,
        "reasons": pl.String,
    }
)
DIFFERENCES: Mapping[str, pl.DataType] = MappingProxyType({**FOLLOWED, "due": pl.Date()})
"""The followed differences with the day by which they are to be settled."""
LAYOUT = MappingProxyType(dict.fromkeys(("submission", "table", "code", "letter"), pl.String))
"""The column letter of every column of a table, as a submission has it."""
DEADLINES: Mapping[str, pl.DataType | type[pl.DataType]] = MappingProxyType(
    {"district": pl.String, "form": pl.String, "period": pl.String, "due": pl.Date, "provisional": pl.Boolean}
)


@dataclass(frozen=True, slots=True)
class Touch:
    """What a difference of `rule` throws doubt on: the series, and the items ("{key}": the item the difference is
    about)."""

    rule: str
    series: tuple[str, ...]
    items: tuple[str, ...]


class Figure(NamedTuple):
    """A figure with its rounding interval (base unit) and the observations it stands on.

    `why` says what is shown when there is no value: 未报, or — where nothing was due. `work` is how it was worked out
    of its sources, each in brackets: `[F05.cases.online_m|合计|2022-08]÷[F05.cases.accept_m|合计|2022-08]`; empty where
    it is one told figure.
    """

    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    sources: tuple[str, ...]
    why: str = UNREPORTED
    work: str = ""

    @property
    def told(self) -> bool:
        return self.value is not None

    @property
    def term(self) -> str:
        """What stands for this figure in the work of another."""
        if self.work:
            return f"({self.work})" if OPERATORS.search(KEYS.sub("", self.work)) else self.work
        return ",".join(f"[{key}]" for key in self.sources)


NOT_KNOWN: tuple[int | None, int] = (None, 0)
NOTHING = Figure(None, None, None, (), NOT_APPLICABLE)


@dataclass(frozen=True)
class Observed:
    """The observations of one district up to a month, the highest version of each; the months before share them.

    Attributes:
        observations: at least the columns of observe.OBSERVATIONS; of other districts and later months, too.
    """

    observations: pl.DataFrame
    district: str
    period: str

    def serves(self, observations: pl.DataFrame, district: str, period: str) -> bool:
        return self.observations is observations and self.district == district and self.period >= period

    @cached_property
    def known(self) -> pl.DataFrame:
        """The observations that stand, with their `key`."""
        mine = self.observations.filter(
            pl.col("district") == self.district, last_month_of(pl.col("period")) <= self.period
        )
        return (
            mine.sort("version", maintain_order=True)
            .unique(["series", "item", "period"], keep="last", maintain_order=True)
            .with_columns(key=pl.concat_str("series", "item", "period", separator="|"))
        )

    def value(self, key: str) -> tuple[Decimal | None, Decimal]:
        """What was told, and half a unit of its last digit."""
        value, half = self._index.get(key, NOT_KNOWN)
        return None if value is None else _of_units(value), _of_units(half)

    @cached_property
    def _index(self) -> dict[str, tuple[int | None, int]]:
        """Key → value and half in units of the eighth place: few of the many are asked for, and become numbers then."""
        told = self.known.select("key", "value", pl.col("half").fill_null(0))
        units = (told[name].to_physical().to_list() for name in ("value", "half"))
        return dict(zip(told["key"].to_list(), zip(*units, strict=True), strict=True))


@dataclass(frozen=True)
class Facts:
    """One district's figures up to `period`, as known at `as_of` (wall time of Asia/Shanghai).

    The frames hold at least the columns of observe.OBSERVATIONS, SUBMISSIONS, model.FINDINGS, DIFFERENCES and
    DEADLINES; rows of other districts and of later periods are left aside. Where a figure was filed more than once,
    the highest version stands. `tables` are the wide tables by code (model.wide_schema) with the rows of the
    submissions that count, `layout` (submission, table, code, letter) the column that a value stands in: see
    `transforms.records`. `adjustments` are the corrections of closed months (adjustments.ADJUSTMENTS), which the
    observations leave out. `lights` is what people decided last of each light (set by hand, or taken back), of any
    month. `observed` are the observations as they are looked up, shared with the earlier months.
    """

    catalogue: Catalogue
    district: District
    period: str
    as_of: datetime
    observations: pl.DataFrame
    submissions: pl.DataFrame
    findings: pl.DataFrame
    differences: pl.DataFrame
    deadlines: pl.DataFrame
    touches: tuple[Touch, ...] = field(default=())
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    layout: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LAYOUT))
    adjustments: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ADJUSTMENTS))
    lights: tuple[SetLight, ...] = ()
    observed: Observed = field(default=None, repr=False, compare=False)  # type: ignore[assignment]
    _worked_out: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Observations that were not these are looked up anew."""
        told = (self.observations, self.district.code, self.period)
        if self.observed is None or not self.observed.serves(*told):
            object.__setattr__(self, "observed", Observed(*told))

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The core figures of the returns that this district files."""
        return tuple(i for i in self.catalogue.indicators if i.form in self.district.returns)

    @cached_property
    def known(self) -> pl.DataFrame:
        """Observations of this district up to the period, the highest version of each, with their `key`."""
        known = self.observed.known
        if self.observed.period == self.period:
            return known
        return known.filter(last_month_of(pl.col("period")) <= self.period)

    def figure(self, series: str, item: str, period: str) -> Figure:
        """The figure that was told for one item and month."""
        key = f"{series}|{item}|{period}"
        found = self._worked_out.get(key)
        if found is None:
            found = self._worked_out[key] = self._find(key, series, period)
        return found

    def _find(self, key: str, series: str, period: str) -> Figure:
        known = months.last_month(period) <= self.period
        value, half = self.observed.value(key) if known else (None, Decimal(0))
        if value is not None:
            return Figure(value, value - half, value + half, (key,))
        return Figure(None, None, None, (), UNREPORTED if self.due(series, period) else NOT_APPLICABLE)

    def due(self, series: str, period: str) -> bool:
        """Whether this district had to file the return of `series` for that period."""
        form, month = self.catalogue.form(series.split(".", maxsplit=1)[0]), months.last_month(period)
        return month <= self.period and self.district.owes(form, month) == period

    def adjustment(self, series: str, item: str, span: Iterable[str]) -> Figure | None:
        """What was corrected of these months after they had been closed; None where nothing was."""
        wanted = set(span)
        rows = [row for row in self._adjusted.get((series, item), ()) if row[0] in wanted]
        if not rows:
            return None
        value = sum((change for _, change, _ in rows), Decimal(0))
        keys = tuple(key for _, _, key in rows)
        return Figure(value, value, value, keys, work="+".join(f"[{key}]" for key in keys))

    @cached_property
    def _adjusted(self) -> dict[tuple[str, str], list[tuple[str, Decimal, str]]]:
        """Series and item → period, change and key of every adjustment known."""
        found: dict[tuple[str, str], list[tuple[str, Decimal, str]]] = {}
        for row in self.adjustments_known.iter_rows(named=True):
            change = row["now"] - (row["frozen"] or Decimal(0))
            place = (row["period"], change, row["key"])
            found.setdefault((row["series"], row["item"]), []).append(place)
        return found

    @cached_property
    def adjustments_known(self) -> pl.DataFrame:
        mine = (pl.col("district") == self.district.code) & (last_month_of(pl.col("period")) <= self.period)
        key = pl.concat_str("series", "item", "period", pl.lit(SUFFIX), separator="|")
        return self.adjustments.filter(mine).with_columns(key=key)

    def items(self, series: str, period: str) -> list[str]:
        """Row keys of a series in a month, in the order of the return; without 合计."""
        rows = self.known.filter(pl.col("series") == series, pl.col("period") == period, pl.col("item") != "合计")
        return rows["item"].to_list()

    def at(self, period: str) -> "Facts":
        """The same knowledge, looking at an earlier month."""
        if period == self.period:
            return self
        return self.once(lambda facts: replace(facts, period=period), f"at {period}")

    def once(self, make: "Callable[[Facts], T]", name: str = "") -> "T":
        """What `make` works out of these facts; asked for again, it is not worked out again."""
        key = name or make
        if key not in self._worked_out:
            self._worked_out[key] = make(self)
        return self._worked_out[key]  # type: ignore[no-any-return]

    @cached_property
    def differences_known(self) -> pl.DataFrame:
        known_by_now = last_month_of(pl.col("period")) <= self.period
        return self.differences.filter(pl.col("district") == self.district.code, known_by_now)

    @cached_property
    def _doubts(self) -> dict[str, tuple[str, ...]]:
        touches = {t.rule: t for t in self.touches}
        doubts: dict[str, tuple[str, ...]] = {}
        open_ones = self.differences_known.filter(pl.col("state").is_in(OPEN_STATES))
        for row in open_ones.sort("id").iter_rows(named=True):
            if row["rule"] in touches:
                touch = touches[row["rule"]]
                headers = {series: header_of(self.catalogue, series) for series in touch.series}
                for key in _touched(touch, row, headers):
                    doubts[key] = (*doubts.get(key, ()), row["id"])
        return doubts

    def doubts(self, sources: Iterable[str]) -> tuple[str, ...]:
        """Ids of the open differences that touch one of these observations."""
        return tuple(sorted({found for key in sources for found in self._doubts.get(key, ())}))

    @cached_property
    def sources(self) -> pl.DataFrame:
        """Where every figure stands: key, series, item, period, form, file, sheet, cell, version, sha256."""
        files = self.submissions.select("submission", "sha256").unique("submission", keep="last", maintain_order=True)
        places = ["key", "series", "item", "period", "form", "file", "sheet", "cell", "version"]
        told = pl.concat([one.select(*places, "submission") for one in (self.known, self.adjustments_known)])
        return told.join(files, on="submission", how="left", maintain_order="left").select(*places, "sha256")

    def places(self, keys: Iterable[str | None]) -> dict[str, dict[str, Any]]:
        """The rows of `sources` for these keys: a workbook names a few of the many thousand figures known. A key of
        records (see `cells_key`) has the cells of its rows: K5:K9,K12; that of a whole table or of a whole version
        (`table_key`, `filing_key`) has none."""
        wanted = sorted({key for key in keys if key})
        found = self.sources.filter(pl.col("key").is_in(pl.Series(wanted, dtype=pl.String).implode()))
        made = (self._place_made(key) for key in wanted if MADE.search(key))
        return {row["key"]: row for row in (*found.iter_rows(named=True), *filter(None, made))}

    def _place_made(self, key: str) -> dict[str, Any] | None:
        series, item, period = key.split("|")
        if item.startswith(ROWS):
            return self._records_place(key, series, item, period)
        place = self._table_place(series, period) if item == WHOLE else self._filing_place(series, item, period)
        return place and {"key": key, "series": series, "item": item, "period": period, **place}

    def _table_place(self, table: str, period: str) -> dict[str, Any] | None:
        """The submission that a table of a period was counted in. An empty ledger has no row to tell the name of its
        sheet: it has the declared one."""
        told = self._submission_of(table, period)
        if told is not None:
            return {name: told[name] for name in ("form", "file", "sheet", "version", "sha256")} | {"cell": ""}
        declared = self.catalogue.table(table)
        filed = self.filings.get((declared.form, period), [])
        counted = [row for row in filed if row["status"] in TAKEN]
        if not counted:
            return None
        sheet = f"{declared.title} {declared.name}"
        last = {name: counted[-1][name] for name in ("form", "file", "version", "sha256")}
        return last | {"sheet": sheet, "cell": ""}

    def _filing_place(self, form: str, item: str, period: str) -> dict[str, Any] | None:
        version, _, place = item.partition(" ")
        number = int(version.removeprefix("第").removesuffix("版"))
        row = next((row for row in self.filings.get((form, period), []) if row["version"] == number), None)
        sheet, cell = _cells_of_one_sheet(place)
        told = row and {name: row[name] for name in ("form", "file", "version", "sha256")}
        return told and told | {"sheet": sheet, "cell": cell}

    @cached_property
    def filings(self) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """What was filed, by form and period: rows of SUBMISSIONS in the order of their versions."""
        found: dict[tuple[str, str], list[dict[str, Any]]] = {}
        mine = self.submissions.filter(pl.col("district") == self.district.code)
        for row in mine.sort("version", "arrived_at", maintain_order=True).iter_rows(named=True):
            found.setdefault((row["form"], row["period"]), []).append(row)
        return found

    @cached_property
    def filed_as(self) -> dict[str, tuple[str, str, int]]:
        """Form, period and version of every submission."""
        every = (row for rows in self.filings.values() for row in rows)
        return {row["submission"]: (row["form"], row["period"], row["version"]) for row in every}

    @cached_property
    def _hashes(self) -> dict[str, str]:
        return dict(self.submissions.select("submission", "sha256").iter_rows())

    def _records_place(self, key: str, series: str, rows: str, period: str) -> dict[str, Any] | None:
        table, _, column = series.rpartition(".")
        told = self._submission_of(table, period)
        if told is None:
            return None
        letter = told["letters"].get(column, "")
        ranges = rows.removeprefix(ROWS).split(",")
        cell = ",".join(":".join(letter + end for end in one.split("-")) for one in ranges)
        place = {name: told[name] for name in ("form", "file", "sheet", "version", "sha256")}
        return {"key": key, "series": series, "item": rows, "period": period, "cell": cell, **place}

    def _submission_of(self, table: str, period: str) -> dict[str, Any] | None:
        """The submission that holds a table of a period: file, sheet, version, hash, and the letters of its columns."""
        return self.once(lambda facts: facts._submissions_of(table), f"submissions of {table}").get(period)

    def _submissions_of(self, table: str) -> dict[str, dict[str, Any]]:
        if table not in self.tables:
            return {}
        rows = self.tables[table].filter(pl.col("district") == self.district.code)
        rows = rows.unique("period", keep="first", maintain_order=True)
        letters: dict[str, dict[str, str]] = {}
        laid = self.layout.filter(
            (pl.col("table") == table) & pl.col("submission").is_in(rows["submission"].implode())
        ).select("submission", "code", "letter")
        for submission, code, letter in laid.iter_rows():
            letters.setdefault(submission, {})[code] = letter
        found = {}
        for row in rows.select("period", "submission", "file", "sheet", "version").iter_rows(named=True):
            held = {"form": table.split(".", maxsplit=1)[0], "sha256": self._hashes.get(row["submission"], "")}
            found[row["period"]] = row | held | {"letters": letters.get(row["submission"], {})}
        return found


def _touched(touch: Touch, difference: Mapping[str, object], headers: Mapping[str, str]) -> list[str]:
    """Keys of the observations that a difference throws doubt on. Where its left side names a column, the other
    columns of that table are left in peace."""
    told = str(difference["left"] or "")
    words = {*told.split(), told}
    named = {s for s in touch.series if s in words or headers[s] in words}
    tables = {series.rpartition(".")[0] for series in named}
    doubted = [s for s in touch.series if s in named or s.rpartition(".")[0] not in tables]
    key = str(difference["key"] or "").split("/")[0]
    items = {item.replace("{key}", key): None for item in touch.items}
    return [f"{series}|{item}|{difference['period']}" for series in doubted for item in items]


def filing_key(form: str, period: str, version: int, place: str = "") -> str:
    """The key of a version of a return, or of some cells of it: F10|第1版 表1 余额滚动!G7|2022-08."""
    return f"{form}|第{version}版{f' {place}' if place else ''}|{period}"


def table_key(table: str, period: str) -> str:
    """The key of a whole table of a return: F23.awards|全表|2022-08."""
    return f"{table}|{WHOLE}|{period}"


def _cells_of_one_sheet(place: str) -> tuple[str, str]:
    """表1 汇总!H5、表1 汇总!H6等9处 → 表1 汇总 and H5,H6等9处; cells of several sheets keep their names."""
    cells = [one.rpartition("!") for one in place.split("、")]
    sheets = {sheet for sheet, _, _ in cells}
    return (cells[0][0], ",".join(cell for _, _, cell in cells)) if len(sheets) == 1 else ("", place)


def header_of(catalogue: Catalogue, series: str) -> str:
    """The header of a told column; the name of a statistic."""
    statistic = catalogue.statistic(series)
    return statistic.name if statistic else catalogue.column(series).header


def _of_units(units: int) -> Decimal:
    """A number of units of the eighth place, exactly: scaling by the context would round long ones."""
    return Decimal(f"{units}e-8") if units else Decimal(0)


def exact(value: Decimal | int | None) -> Decimal | None:
    """A number as frames hold it: eight places, rounded half up."""
    return None if value is None else Decimal(value).quantize(EIGHTH_PLACE, ROUND_HALF_UP)


def missing_of(parts: Iterable[Figure]) -> Figure:
    """The figure that cannot be computed, since one of its parts is missing: 未报 weighs more than —."""
    whys = [p.why for p in parts if not p.told]
    return Figure(None, None, None, (), UNREPORTED if UNREPORTED in whys else NOT_APPLICABLE)


def add(parts: Iterable[Figure]) -> Figure:
    """The sum; missing when any part is missing, never a sum of what happens to be there."""
    parts = list(parts)
    if not parts or not all(p.told for p in parts):
        return missing_of(parts) if parts else NOTHING
    value, low, high = (sum(column, Decimal(0)) for column in zip(*(p[:3] for p in parts), strict=True))
    sources = tuple(key for p in parts for key in p.sources)
    return Figure(value, low, high, sources, work="+".join(p.term for p in parts) if len(parts) > 1 else parts[0].work)


def subtract(left: Figure, right: Figure) -> Figure:
    if left.value is None or right.value is None or left.low is None or right.low is None:
        return missing_of((left, right))
    assert left.high is not None
    assert right.high is not None
    sources = (*left.sources, *right.sources)
    work = f"{left.term}−{right.term}"
    return Figure(left.value - right.value, left.low - right.high, left.high - right.low, sources, work=work)


def divide(numerator: Figure, denominator: Figure, complement: bool = False) -> Figure:
    """The ratio with its interval; — where the denominator may be zero. Both parts are not negative."""
    if numerator.value is None or denominator.value is None:
        return missing_of((numerator, denominator))
    assert numerator.low is not None
    assert numerator.high is not None
    assert denominator.low is not None
    assert denominator.high is not None
    sources = (*numerator.sources, *denominator.sources)
    if denominator.low <= 0:
        return Figure(None, None, None, sources, NOT_APPLICABLE)
    ends = [n / d for n in (numerator.low, numerator.high) for d in (denominator.low, denominator.high)]
    value, low, high = numerator.value / denominator.value, min(ends), max(ends)
    work = f"{numerator.term}÷{denominator.term}"
    if complement:
        return Figure(1 - value, 1 - high, 1 - low, sources, work=f"1−{work}")
    return Figure(value, low, high, sources, work=work)


def growth(now: Figure, base: Figure) -> Figure:
    """now ÷ base − 1; — where the base is zero."""
    ratio = divide(now, base)
    if ratio.value is None or ratio.low is None or ratio.high is None:
        return ratio
    return Figure(ratio.value - 1, ratio.low - 1, ratio.high - 1, ratio.sources, work=f"{ratio.work}−1")


def points(now: Figure, base: Figure) -> Figure:
    """The difference of two rates in percentage points."""
    change = subtract(now, base)
    if change.value is None or change.low is None or change.high is None:
        return change
    work = f"({change.work})×100"
    return Figure(change.value * 100, change.low * 100, change.high * 100, change.sources, work=work)


def basis_of(catalogue: Catalogue, series: str) -> str:
    """The basis of a told column or of a statistic."""
    statistic = catalogue.statistic(series)
    return statistic.basis if statistic else catalogue.column(series).basis


def value_in(facts: Facts, indicator: Indicator, period: str) -> Figure:
    """本月: a flow of the month, a balance at its end, a rate, or what a figure that is told to date has grown by."""
    return facts.once(lambda known: _value_in(known, indicator, period), f"{indicator.code} in {period}")


def _value_in(facts: Facts, indicator: Indicator, period: str) -> Figure:
    if indicator.series:
        return facts.figure(indicator.series, indicator.item, period)
    if not indicator.numerator:
        return _grown(facts, indicator, period)
    numerator = facts.figure(indicator.numerator, indicator.item, period)
    denominator = facts.figure(indicator.denominator, indicator.item, period)
    return divide(numerator, denominator, indicator.complement)


def _grown(facts: Facts, indicator: Indicator, period: str) -> Figure:
    """The growth of what is told from January to date; in January that is all of it."""
    now = facts.figure(indicator.ytd, indicator.item, period)
    if period.endswith("-01"):
        return now
    return subtract(now, facts.figure(indicator.ytd, indicator.item, months.previous(period)))


def value_over(facts: Facts, indicator: Indicator, span: Iterable[str]) -> Figure:
    """Over several months: a flow is summed, a balance is that of the last month, a rate and an average of records are
    Σ numerators ÷ Σ denominators where both are flows, else that of the last month; how many different ones there were
    is counted anew over the records. An average that is told cannot be put together from averages."""
    span = list(span)
    if not span:
        return NOTHING
    if indicator.nature == "flow":
        adjusted = facts.adjustment(indicator.series, indicator.item, span)
        return add((*(value_in(facts, indicator, month) for month in span), *filter(None, [adjusted])))
    if indicator.nature == "distinct":
        return _distinct_over(facts, indicator, span)
    if sums_up(facts.catalogue, indicator):
        numerator = add(facts.figure(indicator.numerator, indicator.item, month) for month in span)
        denominator = add(facts.figure(indicator.denominator, indicator.item, month) for month in span)
        return divide(numerator, denominator, indicator.complement)
    return NOTHING if indicator.nature == "average" and len(span) > 1 else value_in(facts, indicator, span[-1])


def _distinct_over(facts: Facts, indicator: Indicator, span: Sequence[str]) -> Figure:
    """How many different ones the records of the months tell: one of two months is one."""
    told = [value_in(facts, indicator, month) for month in span]
    statistic = facts.catalogue.statistic(indicator.series)
    if statistic is None or not all(month.told for month in told) or statistic.table not in facts.tables:
        return missing_of(told)
    mine = (pl.col("district") == facts.district.code) & pl.col("period").is_in(list(span))
    rows = facts.tables[statistic.table].filter(mine)
    number = Decimal(chosen_rows(rows, statistic, facts.catalogue)[statistic.of].drop_nulls().n_unique())
    return Figure(number, number, number, tuple(key for month in told for key in month.sources))


def sums_up(catalogue: Catalogue, indicator: Indicator) -> bool:
    """Whether numerator and denominator are both flows of the month."""
    parts = (indicator.numerator, indicator.denominator)
    return all(part and basis_of(catalogue, part) == "month" for part in parts)


def year_to_date(facts: Facts, indicator: Indicator, period: str) -> Figure:
    """本年累计: as told, else put together from the months; — for what does not cumulate."""
    if indicator.ytd:
        return facts.figure(indicator.ytd, indicator.item, period)
    if cumulates(facts, indicator):
        return value_over(facts, indicator, months.year_to_date(period))
    return NOTHING


def cumulates(facts: Facts, indicator: Indicator) -> bool:
    return bool(indicator.ytd) or indicator.nature in ("flow", "distinct") or sums_up(facts.catalogue, indicator)


def last_year(facts: Facts, indicator: Indicator, period: str) -> Figure:
    """上年同期: what is told for it now, else what was filed a year ago, on the same basis."""
    if indicator.ytd_last_year:
        told = facts.figure(indicator.ytd_last_year, indicator.item, period)
        if told.told:
            return told
    compare = year_to_date if cumulates(facts, indicator) else value_in
    return compare(facts, indicator, months.year_ago(period))
