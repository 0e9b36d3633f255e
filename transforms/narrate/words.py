"""How a figure is told in a sentence."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from transforms.facts import Facts, Figure, growth, subtract
from transforms.model import Indicator

FLAT = Decimal("0.0005")
"""持平: a rate of less than 0.05 point either way."""
FEWEST_CASES = Decimal(30)
"""A base below so many cases bears no rate."""
AGED_MONTHS = 3
SMALL = "(基数较小)"
TIMES = ("工作日", "小时", "天", "日", "分钟")
"""Units of how long something takes: it becomes longer or shorter, not more or less."""
SAID = {"工作日": "个工作日"}
MEASURED = (*TIMES, "%", "倍", "分", "名")
"""Units that count no cases."""
QUOTED = re.compile(r"[A-Za-z-]*\d[\w.,%—-]*", re.ASCII)
DIGIT = re.compile(r"\d")
NONE = Figure(None, None, None, (), "")


class Part(NamedTuple):
    """A number of a text, as it is written there: its figure, and the unit and decimals that it is told in. `origin`
    says where a number without observations stands, such as a date or the number of a difference."""

    text: str
    figure: Figure = NONE
    unit: str = ""
    decimals: int = 0
    origin: str = ""


class Told(NamedTuple):
    """A piece of text with the numbers in it."""

    text: str
    parts: tuple[Part, ...] = ()


NOT_SAID = Told("\0")
"""There is nothing to say: the clause is dropped, and nothing is missing."""


def told_word(text: str, origin: str = "本簿所列名称、编号、日期") -> Told:
    """Words of the workbook; where they have digits, these are listed with the place where they stand."""
    return Told(text, (Part(text, origin=origin),) if DIGIT.search(text) else ())


def told_quote(text: str, origin: str) -> Told:
    """What a department wrote, word for word; its numbers are listed with where it stands."""
    return Told(text, tuple(Part(hit, origin=origin) for hit in QUOTED.findall(text)))


def told_count(count: int, origin: str, work: str = "", sources: tuple[str, ...] = ()) -> Told:
    """Something counted in this workbook: in which cells, `work` says."""
    value = Decimal(count)
    return Told(str(count), (Part(str(count), Figure(value, value, value, sources, work=work), "", 0, origin),))


def told_rate(rate: Decimal, origin: str, decimals: int = 1, work: str = "") -> Told:
    """A rate worked out in this workbook: 96.0%."""
    text = f"{rounded(rate * 100, decimals):f}%"
    return Told(text, (Part(text, Figure(rate, rate, rate, (), work=work), "%", decimals, origin),))


def told_figure(
    facts: Facts, figure: Figure, unit: str, decimals: int, before: str = "", value: Decimal | None = None
) -> Told:
    """A figure in the unit of display, (待核) where an open difference touches it. `value`: what is written of it,
    such as the size of a change without its sign."""
    assert figure.value is not None
    told = figure.value if value is None else value
    text = number(facts, told, unit, decimals)
    shown = figure._replace(value=told, low=None, high=None)
    return Told(before + text + doubt(facts, figure), (Part(text, shown, unit, decimals),))


def doubt(facts: Facts, *figures: Figure) -> str:
    return "(待核)" if any(facts.doubts(figure.sources) for figure in figures) else ""


def rounded(value: Decimal, places: int) -> Decimal:
    """Half up, as the district prints its figures."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def number(facts: Facts, value: Decimal, unit: str, places: int) -> str:
    """A value of the base unit in the unit of display: 1223000000 → 12.23亿元; 0.4272 → 42.72%."""
    factor = facts.catalogue.units[unit].factor if unit else Decimal(1)
    return f"{rounded(value / factor, places):f}{SAID.get(unit, unit)}"


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def rise(rate: Decimal) -> str:
    """增长42.72%, 下降3.10% or 持平."""
    if abs(rate) < FLAT:
        return "持平"
    return f"{'增长' if rate > 0 else '下降'}{rounded(abs(rate) * 100, 2):f}%"


def told_rise(facts: Facts, rate: Figure, prefix: str = "", doubtful: Figure = NONE) -> Told:
    """A rate of growth; doubt about the base is told with it."""
    assert rate.value is not None
    if abs(rate.value) < FLAT:
        return Told(f"{prefix}持平{doubt(facts, doubtful)}", ())
    word = "增长" if rate.value > 0 else "下降"
    text = f"{rounded(abs(rate.value) * 100, 2):f}%"
    size = rate._replace(value=abs(rate.value), low=None, high=None)
    return Told(f"{prefix}{word}{text}{doubt(facts, doubtful)}", (Part(text, size, "%", 2),))


def told_yoy(facts: Facts, indicator: Indicator, now: Figure, base: Figure, prefix: str = "同比") -> Told | None:
    """同比增长42.72%; of a time 同比缩短0.7小时(24.14%); of a small base 同比增加16户(基数较小); of none 上年同期为零."""
    if now.value is None or base.value is None:
        return None
    if indicator.nature == "rate":
        return told_change(facts, indicator, now, base, "%", 2, prefix)
    if base.value == 0:
        return Told("上年同期为零" if prefix == "同比" else "上期为零", ())
    if base.value < FEWEST_CASES and counts_cases(facts, indicator):
        if now.value == base.value:
            return Told(f"{prefix}持平{SMALL}", ())
        gap = told_change(facts, indicator, now, base, indicator.unit, indicator.decimals, prefix)
        return gap and Told(gap.text + SMALL, gap.parts)
    rate = growth(now, base)
    if rate.value is None:
        return None
    if indicator.unit not in TIMES:
        return told_rise(facts, rate, prefix, base)
    gap = told_change(facts, indicator, now, base, indicator.unit, indicator.decimals, prefix)
    if gap is None or not gap.parts:
        return gap
    size = told_figure(facts, rate._replace(value=abs(rate.value), sources=()), "%", 2)
    part = size.parts[0]._replace(figure=rate._replace(value=abs(rate.value)))
    return Told(f"{gap.text}({size.text})", (*gap.parts, part))


def counts_cases(facts: Facts, indicator: Indicator) -> bool:
    """Whether a figure counts cases or firms: neither money nor an average nor something measured, such as days."""
    return (
        indicator.nature != "average"
        and indicator.unit not in MEASURED
        and (facts.catalogue.units[indicator.unit].base != "元")
    )


def told_change(
    facts: Facts, indicator: Indicator, now: Figure, base: Figure, unit: str, places: int, prefix: str = ""
) -> Told | None:
    """增加5242户; of a rate 上升0.52个百分点; of a time 缩短0.3个工作日."""
    gap = subtract(now, base)
    if gap.value is None:
        return None
    doubtful = doubt(facts, base)
    size = gap._replace(value=abs(gap.value), low=None, high=None)
    if indicator.nature == "rate":
        if abs(gap.value) < FLAT:
            return Told(f"{prefix}持平{doubtful}", ())
        word = "上升" if gap.value > 0 else "下降"
        text = f"{rounded(abs(gap.value) * 100, 2):f}个百分点"
        points = size._replace(value=abs(gap.value) * 100)
        return Told(f"{prefix}{word}{text}{doubtful}", (Part(text, points, "", 2),))
    if rounded(abs(gap.value) / facts.catalogue.units[unit].factor, places) == 0:
        return Told(f"{prefix}持平{doubtful}", ())
    more, less = ("延长", "缩短") if unit in TIMES else ("增加", "减少")
    text = number(facts, abs(gap.value), unit, places)
    return Told(f"{prefix}{more if gap.value > 0 else less}{text}{doubtful}", (Part(text, size, unit, places),))
