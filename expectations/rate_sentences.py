"""Sentences about rates that no whole number reaches: the nearest that can be, and what gives them."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from expectations.place import Place
from transforms.attain import nearest, nearest_bases, shared_bases
from transforms.interval import Interval


def unreachable(place: Place) -> tuple[str, str, str]:
    base = _base(place)
    near = [f"{n:,} ÷ {base:,} = {_percent(rate, place)}" for n, rate in nearest(_told(place), base).items()]
    wrong = f"以所报分母 {base:,} 计，任何整数分子都得不到这个比率，最接近的是 {'，'.join(near)}{_hint(place, base)}"
    expected = "或".join(_percent(rate, place) for rate in nearest(_told(place), base).values())
    return expected, wrong, "请同时填报分子和分母，并重算比率。"


def without_base(place: Place) -> tuple[str, str, str]:
    now = place.row[place.edit.params["now"]]
    near = nearest_bases(int(now), _told(place))
    told = "，".join(f"基数 {n:,} 时为 {_percent(rate, place)}" for n, rate in near.items())
    wrong = f"没有任何整数基数能使{place.header(place.edit.params['now'])} {now:,.0f} 得到这个增速，最接近的是{told}"
    return "有整数基数", wrong, "请核对增速及本年、上年累计数。"


def _base(place: Place) -> int:
    """The number of things that the rate is told of: a told count, or the rows of a ledger."""
    own = place.edit.params.get("denominator")
    return int(place.row[own] if own else place.row[f"{place.edit.id}|n"])


def _told(place: Place) -> Fraction:
    return Fraction(place.row[place.edit.column])


def _percent(rate: Fraction, place: Place) -> str:
    """With one decimal more than was told, so that both neighbours of a rate differ from it."""
    step = Decimal(1).scaleb(-place.column.decimals - 1)
    shown = (Decimal(rate.numerator * 100) / rate.denominator).quantize(step, rounding=ROUND_HALF_UP)
    return f"{shown}%"


def _hint(place: Place, base: int) -> str:
    """The largest number of things over which all rates of this row could be told, where it is not the told one."""
    detail = place.edit.params.get("detail")
    rates = {
        e.column
        for e in place.catalogue.edits(place.table.code)
        if detail and e.params.get("detail") == detail and e.kind in ("reachable", "detail_ratio")
        if "sum" not in e.params.get("denominator", {})
    }
    told = [_interval(place, code) for code in sorted(rates) if place.row.get(code) is not None]
    shared = shared_bases(told, base) if len(set(told)) > 1 else []
    return f"（提示：本行几个比率若同以 {shared[-1]:,} 为分母则都能得到，仅供核对分母）" if shared else ""


def _interval(place: Place, code: str) -> Interval:
    value, half = Fraction(place.row[code]), Fraction(place.row[f"{code}|half"])
    return Interval(value - half, value + half)
