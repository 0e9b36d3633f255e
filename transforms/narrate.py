"""The brief of M14: paragraphs by the wording rules of reporting-system.md, §5.

增长/下降 with a sign-free rate; 持平 below 0.05 point; 增加/减少 for amounts; 百分点 for differences of rates; a base
below 30 cases has no rate; a base of zero is said; a figure that an open difference touches carries (待核). A clause
with a missing figure is left out and listed, never filled with zero. Every number keeps its sources.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

import polars as pl

from transforms import period as months
from transforms.facts import Facts, Figure, cumulates, divide, growth, last_year, subtract, value_in, year_to_date
from transforms.model import Indicator, State
from transforms.schedule import NO_RETURN, series_name
from transforms.schedule.names import names_record
from transforms.spans import last_month_of

FLAT = Decimal("0.0005")
"""持平: a rate of less than 0.05 point either way."""
FEWEST_CASES = Decimal(30)
"""A base below so many cases bears no rate."""
AGED_MONTHS = 3
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Clauses that follow one another. `each` repeats the sentence over a list of the month (red_lights …)."""

    clauses: tuple[str, ...]
    each: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    title: str
    sentences: tuple[Sentence, ...]


class Told(NamedTuple):
    """A piece of text with the observations behind its number; `origin` says where a number without any stands."""

    text: str
    sources: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """What was written: `paragraphs` (title, text), `numbers` (paragraph, number, origin, key: one row a number and
    observation), `left_out` (paragraph, text, missing)."""

    paragraphs: pl.DataFrame
    numbers: pl.DataFrame
    left_out: pl.DataFrame


def write_brief(facts: Facts, paragraphs: Iterable[Paragraph], frames: Mapping[str, pl.DataFrame]) -> Brief:
    """Write the paragraphs.

    Args:
        frames: `overview`, `indicators`, `reports` and `differences` as transforms.schedule makes them.
    """
    lists = _lists(facts, frames)
    written: list[Row] = []
    numbers: list[Row] = []
    left_out: list[Row] = []
    for paragraph in paragraphs:
        sentences = []
        for sentence in paragraph.sentences:
            rows = lists[sentence.each] if sentence.each else [{}]
            told = [_write(facts, frames, paragraph.title, sentence, row, numbers, left_out) for row in rows]
            if any(told):
                sentences.append(";".join(filter(None, told)) + "。")
        short = any(row["paragraph"] == paragraph.title for row in left_out)
        nothing = "所需数据未报,本段从略(见M15)。" if short else "无。"
        written.append({"title": paragraph.title, "text": "".join(sentences) or nothing})
    text = pl.String
    return Brief(
        pl.DataFrame(written, schema={"title": text, "text": text}),
        pl.DataFrame(numbers, schema={"paragraph": text, "number": text, "origin": text, "key": text}),
        pl.DataFrame(left_out, schema={"paragraph": text, "text": text, "missing": text}),
    )


def _write(
    facts: Facts,
    frames: Mapping[str, pl.DataFrame],
    title: str,
    sentence: Sentence,
    row: Row,
    numbers: list[Row],
    left_out: list[Row],
) -> str:
    """One sentence; without its first clause there is none."""
    written = ""
    for clause in sentence.clauses:
        told = {word: resolve(facts, frames, row, word) for word in PLACEHOLDER.findall(clause)}
        missing = [word for word, value in told.items() if value is None]
        if missing:
            names = "、".join(_name(facts, word) for word in missing)
            left_out.append({"paragraph": title, "text": _readable(facts, clause), "missing": names})
            if clause is sentence.clauses[0]:
                return ""
            continue
        for value in told.values():
            if value and (value.sources or value.origin):
                keys: Iterable[str | None] = value.sources or (None,)
                numbers += [{"paragraph": title, "number": value.text, "origin": value.origin, "key": k} for k in keys]
        written += PLACEHOLDER.sub(lambda hit, told=told: (told[hit[1]] or Told("")).text, clause)  # type: ignore[misc]
    return written


def _name(facts: Facts, word: str) -> str:
    known = {i.code: i.name for i in facts.catalogue.indicators} | {"reports": "已到期的报表"}
    return known.get(word.split(".", maxsplit=1)[0], word)


def _readable(facts: Facts, clause: str) -> str:
    """The clause with names where its figures would stand."""
    return PLACEHOLDER.sub(lambda hit: f"[{_name(facts, hit[1])}]", clause).lstrip(",;、")


# ---- what a placeholder stands for ---------------------------------------------------------------------------------


def resolve(facts: Facts, frames: Mapping[str, pl.DataFrame], row: Row, word: str) -> Told | None:
    """The text of a placeholder, or None when its figure is missing.

    span, month, cutoff (of the figures), as_of (of what was filed); reports.*, checks.*, lights.*; vat.verdict; <indicator>.<field>[:unit:decimals];
    <series>@<item>[/<series>@<item>][.more|.rise][:unit:decimals]; else a field of the row of the list.
    """
    head, _, field = word.partition(".")
    if word in ("span", "month", "cutoff", "as_of"):
        return Told(_dates(facts)[word])
    if head in ("reports", "checks", "lights"):
        return _count(facts, frames, head, field)
    if word == "vat.verdict":
        return _vat_verdict(facts)
    if "@" in word:
        return _series(facts, word)
    indicator = next((i for i in facts.catalogue.indicators if i.code == head), None)
    if indicator:
        return _indicator(facts, indicator, field)
    return row.get(field)


def _dates(facts: Facts) -> dict[str, str]:
    number = months.split(facts.period)[1]
    return {
        "span": f"1—{number}月" if number > 1 else "1月",
        "month": f"{number}月",
        "cutoff": chinese_day(months.last_day(facts.period)),
        "as_of": chinese_day(facts.as_of.date()),
    }


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _count(facts: Facts, frames: Mapping[str, pl.DataFrame], head: str, field: str) -> Told | None:
    counts = {"reports": _report_counts, "checks": _check_counts, "lights": _light_counts}[head](facts, frames)
    origin = {"reports": "M03 报送情况", "checks": "M04 勾稽校验", "lights": "M01 总览"}[head]
    value = counts.get(field)
    return None if value is None else Told(str(value), (), origin)


def _report_counts(facts: Facts, frames: Mapping[str, pl.DataFrame]) -> dict[str, object]:
    """The returns as M03 judges them. In time or not are those that came and those whose day is past: of the others
    nothing can be said yet."""
    table = frames["reports"]
    late = table.filter(pl.col("days_late") > 0).height
    judged = table.filter(pl.col("first").is_not_null() | (pl.col("days_late") > 0)).height
    rate = rounded(Decimal(judged - late) / judged * 100, 1) if judged else None
    return {
        "due": table.height,
        "filed": table["first"].is_not_null().sum(),
        "late": late,
        "in_time": f"{rate}%" if rate is not None else None,
        "returned": table.filter(pl.col("hard") > 0).height,
    }


def _check_counts(facts: Facts, frames: Mapping[str, pl.DataFrame]) -> dict[str, object]:
    here = facts.differences_known.filter(last_month_of(pl.col("period")) == facts.period)
    if here.is_empty():
        return {}
    count = {state: here.filter(pl.col("state") == state.value).height for state in State}
    return {
        "all": here.height,
        "equal": count[State.EQUAL] + count[State.WITHIN_ROUNDING],
        "timing": count[State.TIMING],
        "different": count[State.DIFFERENT],
        "one_sided": count[State.ONE_SIDED],
    }


def _light_counts(facts: Facts, frames: Mapping[str, pl.DataFrame]) -> dict[str, object]:
    """The lights of 合计 of M01, and how many of the grey ones have no return yet."""
    rows = frames["overview"].filter(pl.col("kind") == "data")
    counts: dict[str, object] = {name: int(rows[name].sum()) for name in ("tasks", "green", "yellow", "red", "grey")}
    without = rows.filter(pl.col("core") == NO_RETURN).height
    return counts | {"without": without, "unreported": int(rows["grey"].sum()) - without}


def _vat_verdict(facts: Facts) -> Told | None:
    """两方一致, or the difference with its cause (R02 of the month)."""
    found = facts.differences_known.filter(pl.col("period") == facts.period, pl.col("rule") == "R02").to_dicts()
    if not found or found[0]["difference"] is None:
        return None
    state, gap = found[0]["state"], abs(found[0]["difference"])
    origin = f"M04 {found[0]['id']}"
    if state in (State.EQUAL.value, State.WITHIN_ROUNDING.value):
        return Told("两方一致", (), origin)
    cause = found[0]["cause"] or "未查明"
    why = "原因未查明" if cause == "未查明" else f"系{cause}"
    return Told(f"相差{number(facts, gap, '万元', 2)},{why}", (), origin)


def _series(facts: Facts, word: str) -> Told | None:
    path, _, shape = word.partition(":")
    field = ""
    if path.endswith((".more", ".rise")):
        path, field = path[:-5], path[-4:]
    named = [part.partition("@") for part in path.split("/")]
    parts = [facts.figure(series, item, facts.period) for series, _, item in named]
    figure = parts[0] if len(parts) == 1 else divide(parts[0], parts[1])
    if figure.value is None:
        return None
    if field == "rise":
        return Told(rise(figure.value) + _doubt(facts, figure), figure.sources)
    unit, _, decimals = shape.partition(":")
    if field == "more":
        text = ("增加" if figure.value >= 0 else "减少") + number(facts, abs(figure.value), unit, int(decimals))
    else:
        text = number(facts, figure.value, unit, int(decimals))
    return Told(text + _doubt(facts, figure), figure.sources)


def _indicator(facts: Facts, indicator: Indicator, field: str) -> Told | None:
    name, _, shape = field.partition(":")
    unit, _, decimals = shape.partition(":")
    unit, places = unit or indicator.unit, int(decimals) if decimals else indicator.decimals
    compared = year_to_date if cumulates(facts, indicator) else value_in
    now, base = compared(facts, indicator, facts.period), last_year(facts, indicator, facts.period)
    before = value_in(facts, indicator, months.previous(facts.period))
    if name == "yoy":
        return _yoy(facts, indicator, now, base)
    if name == "change":
        return _change(facts, indicator, now, base, unit, places)
    if name == "mom":
        return _change(facts, indicator, value_in(facts, indicator, facts.period), before, unit, places)
    figures: dict[str, Callable[[], Figure]] = {
        "month": lambda: value_in(facts, indicator, facts.period),
        "ytd": lambda: year_to_date(facts, indicator, facts.period),
        "last_year": lambda: base,
    }
    figure = figures[name]()
    if figure.value is None:
        return None
    return Told(number(facts, figure.value, unit, places) + _doubt(facts, figure), figure.sources)


def _doubt(facts: Facts, figure: Figure) -> str:
    return "(待核)" if facts.doubts(figure.sources) else ""


# ---- wording -------------------------------------------------------------------------------------------------------


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up, as the district prints its figures."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def number(facts: Facts, value: Decimal, unit: str, places: int) -> str:
    """A value of the base unit in the unit of display: 1223000000 → 12.23亿元; 0.4272 → 42.72%."""
    return f"{rounded(value / facts.catalogue.units[unit].factor, places):f}{unit}"


def rise(rate: Decimal) -> str:
    """增长42.72%, 下降3.10% or 持平."""
    if abs(rate) < FLAT:
        return "持平"
    return f"{'增长' if rate > 0 else '下降'}{rounded(abs(rate) * 100, 2):f}%"


def _yoy(facts: Facts, indicator: Indicator, now: Figure, base: Figure) -> Told | None:
    if now.value is None or base.value is None:
        return None
    sources = (*now.sources, *base.sources)
    if indicator.nature == "rate":
        return _change(facts, indicator, now, base, "%", 2, "同比")
    if base.value == 0:
        return Told("上年同期为零", sources)
    if base.value < FEWEST_CASES and facts.catalogue.units[indicator.unit].base != "元":
        more = "增加" if now.value >= base.value else "减少"
        gap = number(facts, abs(now.value - base.value), indicator.unit, indicator.decimals)
        return Told(f"同比{more}{gap}(基数较小)", sources)
    rate = growth(now, base).value
    return None if rate is None else Told("同比" + rise(rate) + _doubt(facts, base), sources)


def _change(
    facts: Facts, indicator: Indicator, now: Figure, base: Figure, unit: str, places: int, prefix: str = ""
) -> Told | None:
    """增加5242户; of a rate 上升0.52个百分点."""
    gap = subtract(now, base)
    if gap.value is None:
        return None
    if indicator.nature == "rate":
        if abs(gap.value) < FLAT:
            return Told(f"{prefix}持平", gap.sources)
        word = "上升" if gap.value > 0 else "下降"
        return Told(f"{prefix}{word}{rounded(abs(gap.value) * 100, 2):f}个百分点", gap.sources)
    if gap.value == 0:
        return Told(f"{prefix}持平", gap.sources)
    word = "增加" if gap.value > 0 else "减少"
    return Told(f"{prefix}{word}{number(facts, abs(gap.value), unit, places)}", gap.sources)


# ---- lists of the month --------------------------------------------------------------------------------------------


def _lists(facts: Facts, frames: Mapping[str, pl.DataFrame]) -> dict[str, list[Row]]:
    return {
        "red_lights": _red_lights(facts, frames["indicators"]),
        "aged_differences": _aged(facts),
        "missing_reports": _missing(frames["reports"]),
        "asks": _asks(facts, frames["reports"]),
    }


def _red_lights(facts: Facts, table: pl.DataFrame) -> list[Row]:
    known = {i.code: i for i in facts.catalogue.indicators}
    rows: list[Row] = []
    for row in table.filter(pl.col("light") == "红").iter_rows(named=True):
        indicator = known[row["code"]]
        column = "ytd" if indicator.target_kind == "yearly" else "month"
        actual, target = row[column], row["target"]
        sources = tuple(row[f"{column}|src"] or ())
        doubt = "(待核)" if facts.doubts(sources) else ""
        shape = (indicator.unit, indicator.decimals)
        short = number(facts, abs(target - actual), *shape)
        rows.append(
            {
                "name": Told(indicator.name),
                "department": Told(row["department"]),
                "target": Told(
                    f"{indicator.comparator.replace('=', '为')}{number(facts, target, *shape)}",
                    (),
                    f"目标 {indicator.clause}",
                ),
                "actual": Told(number(facts, actual, *shape) + doubt, sources),
                "gap": Told(short.replace("%", "个百分点"), sources),
            }
        )
    return rows


def _aged(facts: Facts) -> list[Row]:
    """What has been carried for months and is not accepted; the single records of a ledger stand behind their total."""
    aged = facts.differences_known.filter(
        pl.col("state") == State.DIFFERENT.value,
        pl.col("age") >= AGED_MONTHS,
        pl.col("status").fill_null("open") != "accepted",
        ~pl.col("key").map_elements(names_record, return_dtype=pl.Boolean, skip_nulls=True).fill_null(False),
    )
    return [
        {
            "id": Told(row["id"]),
            "name": Told(row["name"]),
            "difference": Told(_amount(facts, row), (), f"M04 {row['id']}"),
            "age": Told(str(row["age"]), (), f"M04 {row['id']}"),
        }
        for row in aged.sort("age", descending=True, maintain_order=True).iter_rows(named=True)
    ]


def _amount(facts: Facts, row: Row) -> str:
    if row["difference"] is None:
        return ""
    if row["unit"] == "元":
        return number(facts, abs(row["difference"]), "万元", 2)
    return f"{rounded(abs(row['difference']), 0):f}{row['unit']}"


def _missing(reports: pl.DataFrame) -> list[Row]:
    missing = reports.filter(pl.col("passed").is_null())
    return [
        {key: Told(row[key]) for key in ("department", "form", "name", "state")}
        for row in missing.iter_rows(named=True)
    ]


def _asks(facts: Facts, reports: pl.DataFrame) -> list[Row]:
    by = chinese_day(facts.as_of.date() + timedelta(days=facts.catalogue.thresholds.days_to_act))
    asks: list[Row] = []
    for row in reports.filter(pl.col("passed").is_null()).iter_rows(named=True):
        word = "补报" if row["first"] is None else "修正并重报"
        matter = f"{word}{row['form']}《{row['name']}》"
        asks.append({"department": Told(row["department"]), "due": Told(by), "matter": Told(matter)})
    # What is explained or accepted asks for nothing any more; what was left open in earlier months still does.
    disputed = facts.differences_known.filter(
        pl.col("state") == State.DIFFERENT.value,
        pl.col("due").is_not_null(),
        pl.col("status").fill_null("open") == "open",
    )
    for (due, owner), group in disputed.sort("due", "id").group_by("due", "owner", maintain_order=True):
        name = facts.catalogue.department(str(owner)).name_in(facts.district.code)
        about = "、".join(dict.fromkeys(group["name"].to_list()))
        several = f"等{group.height}项" if group.height > 1 else ""
        matter = f"核实{group['id'][0]}{several}差异({about})"
        assert isinstance(due, date)
        asks.append({"department": Told(name), "due": Told(chinese_day(due)), "matter": Told(matter)})
    return asks


def numbers_with_sources(facts: Facts, brief: Brief) -> pl.DataFrame:
    """The numbers of the brief with where each stands: number (running), paragraph, text, name, period, file, place."""
    places = facts.places(brief.numbers["key"])
    rows: list[dict[str, Any]] = []
    for told in brief.numbers.unique(maintain_order=True).iter_rows(named=True):
        source = places.get(told["key"] or "")
        row = {
            "kind": "data",
            "seq": str(len(rows) + 1),
            "paragraph": told["paragraph"].rstrip("。"),
            "text": told["number"],
        }
        if source is None:
            row |= {"name": told["origin"], "period": facts.period, "file": "", "place": ""}
        else:
            item = f"({source['item']})" if source["item"] else ""
            place = f"{source['sheet'] or ''}!{source['cell'] or ''}"
            row |= {
                "name": series_name(facts, source["series"]) + item,
                "period": source["period"],
                "file": source["file"],
                "place": place,
            }
        rows.append(row)
    names = ("kind", "seq", "paragraph", "text", "name", "period", "file", "place")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))
