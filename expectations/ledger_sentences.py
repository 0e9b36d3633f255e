"""What a finding on a ledger says: dates, rows that come and go, cells that depend on one another, shares and means."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from expectations.place import Place, show
from transforms.model import Severity

Sentence = Callable[[Place], tuple[str, str, str]]
EXPLAIN = "请核对；属实请在表后“说明”中写明原因。"
CORRECT = "请核对后更正。"


def _todo(place: Place) -> str:
    return CORRECT if place.edit.severity is Severity.HARD else EXPLAIN


def _listed(words: object) -> str:
    return "、".join(str(w) for w in words) if isinstance(words, tuple) else str(words)


def circumstances(place: Place) -> str:
    """In which rows a rule holds, as words: 状态为“已完成”、已填办结日期 …"""
    p = place.edit.params
    told = [f"{place.header(k)}为“{_listed(v)}”" for k, v in (*p.get("row", {}).items(), *p.get("when", {}).items())]
    for name, word in (("least", "不小于"), ("below", "低于")):
        for code, amount in p.get(name, {}).items():
            column = place.table.column(code)
            unit = column.unit if column.unit in ("万元", "亿元", "元") else ""
            told.append(
                f"{place.header(code)}{word} {show(Decimal(str(amount)), column, place.catalogue)} {unit}".strip()
            )
    if "given" in p:
        told.append(f"已填{place.header(p['given'])}")
    if "untold" in p:
        told.append(f"未填{place.header(p['untold'])}")
    if "passed" in p:
        told.append(f"{place.header(p['passed'])} {place.row.get(p['passed'])} 已过")
    return "、".join(told)


def _must_fill(place: Place) -> tuple[str, str, str]:
    wrong = f"{circumstances(place)}时必须填写{place.header(place.edit.column)}"
    return "必填", wrong, "请补填本格，或核对上述各格。"


def _must_be_empty(place: Place) -> tuple[str, str, str]:
    wrong = f"{circumstances(place)}时不应填写{place.header(place.edit.column)} {place.row.get(place.edit.column)}"
    return "应为空", wrong, "请核对上述各格，或清空本格。"


def _must_say(place: Place) -> tuple[str, str, str]:
    words = _listed(place.edit.params["words"])
    wrong = f"{circumstances(place)}时应为“{words}”，填的是“{place.told()}”"
    return words, wrong, f"{_todo(place)[:-1]}，不适用的请填原因。" if place.column.type == "bool" else _todo(place)


def _end(place: Place, role: str) -> str:
    code = place.edit.params.get(role)
    return f"{place.header(code)} {place.row.get(code)}" if code else f"统计期末 {place.row.get('period_end')}"


def _days_word(place: Place) -> str:
    return "个工作日" if place.edit.params.get("working") else "天"


def _elapses(place: Place) -> tuple[str, str, str]:
    days = f"{place.expected()} {_days_word(place)}"
    wrong = f"{_end(place, 'first')} 至{_end(place, 'last')} 应为 {days}（起始日不计）"
    cells = [place.edit.params[r] for r in ("first", "last") if r in place.edit.params]
    return place.expected(), wrong, f"请核对 {place.cells([*cells, place.edit.column])}。"


def _takes_too_long(place: Place) -> tuple[str, str, str]:
    days, most = place.bound("told"), place.bound("high")
    word = _days_word(place)
    limit = f"不超过 {(most or Decimal(0)).normalize():f} {word}"
    wrong = f"{_end(place, 'first')} 至{_end(place, 'last')} 已 {(days or Decimal(0)).normalize():f} {word}，应{limit}"
    return limit, wrong, _todo(place)


def _steps_cross(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    before: date | None = place.row.get(f"{place.edit.id}|before")
    wrong = f"{place.header(p['by'])} {place.row.get(p['by'])} 的前一阶段 {before} 才办结，晚于本阶段 {place.told()}"
    return f"不早于 {before}", wrong, "请核对同一项目各阶段的日期。"


def _told_twice(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    same = "、".join(f"{place.header(c)} {place.row.get(c)}" for c in p["by"])
    last = place.row.get(f"{place.edit.id}|last")
    return "不重复", f"{same} 在 {p['days']} 天内已有一条（{last}），疑为重复登记", EXPLAIN


def _near(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    points = (Decimal(p["points"]) * 100).normalize()
    how = f"{place.header(p['numerator'])} {place.value(p['numerator'])} ÷ {place.header(p['denominator'])} {place.value(p['denominator'])}"
    wrong = f"{how} = {place.expected()}%，与计划相差超过 {points:f} 个百分点"
    return (
        f"{place.expected()}% ± {points:f}",
        wrong,
        f"请核对 {place.cells([p['numerator'], p['denominator'], place.edit.column])}。",
    )


def _rolls_on(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    steps = f"上月{place.header(place.edit.column)}"
    steps += "".join(f" + 本月新增的{place.header(c)}" for c in p.get("increments", ()))
    for movement in p.get("movements", ()):
        steps += f" {'−' if movement.startswith('-') else '+'} {place.header(movement)}"
    codes = [*p.get("increments", ()), *p.get("movements", ()), place.edit.column]
    return place.expected(), f"应为 {steps} = {place.expected()}", f"请核对 {place.cells(codes)} 及上月数。"


def _same_words(_: Place) -> tuple[str, str, str]:
    return "本月的新情况", "与上月一字不差", "请写明本月的实际情况。"


def _stands_still(place: Place) -> tuple[str, str, str]:
    months = place.edit.params["months"]
    return "有变化", f"已连续 {months} 个月没有变化", EXPLAIN


def _parts_exceed(place: Place) -> tuple[str, str, str]:
    detail = place.catalogue.table(place.edit.params["detail"])
    value = detail.column(place.edit.params["value"]).header
    wrong = f"{detail.title}“{detail.name}”中的{value}合计 {place.expected()}，超过本格"
    return f"≥ {place.expected()}", wrong, f"请核对本格与{detail.title}的各笔。"


def _orphan(place: Place) -> tuple[str, str, str]:
    detail = place.catalogue.table(place.edit.params["detail"])
    return (
        f"在{detail.title}中",
        f"“{place.told()}”不在{detail.title}“{detail.name}”中",
        f"请在{detail.title}补列，或核对编号。",
    )


SPANS = {"month": "本月", "three_months": "近三个月", "ytd": "本年"}


def _too_few(place: Place) -> tuple[str, str, str]:
    p, detail = place.edit.params, place.catalogue.table(place.edit.params["detail"])
    kind = "".join(_listed(words) for words in p.get("where", {}).values())
    span = "".join(SPANS[s] + detail.column(c).header for c, s in p.get("window", {}).items())
    what = f"{detail.title}“{detail.name}”中{span}{'为' if kind else ''}{kind}的记录不足 {p['number']} 条"
    return f"不少于 {p['number']} 条", what, "请核对是否漏报；确无请在表后“说明”中写明。"


def _share(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    what = "、".join(f"{place.header(c)}为“{_listed(v)}”" for c, v in p.get("share", {}).items())
    if "same" in p:
        what = f"{place.header(p['same'][0])}等于{place.header(p['same'][1])}"
    limit = (Decimal(p["high"]) * 100).normalize()
    told = place.bound("told") or Decimal(0)
    of = "".join(f"{place.header(c)} {place.row.get(c)} 中" for c in p.get("by", ()))
    return f"不高于 {limit:f}%", f"{of}{what}的有 {told.normalize():f} 条，占比超过 {limit:f}%", EXPLAIN


def _party(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    limit = (Decimal(p["high"]) * 100).normalize()
    within = f"{place.header(p['within'])}“{place.row.get(p['within'])}”"
    return f"不高于 {limit:f}%", f"{place.row.get(p['by'])} 一户占{within}的比重超过 {limit:f}%", EXPLAIN


def _mean_too_high(place: Place) -> tuple[str, str, str]:
    most = f"{Decimal(place.edit.params['most']).normalize():f}"
    return f"平均不超过 {most}", f"{circumstances(place)}的平均为 {place.expected()}，超过 {most}", EXPLAIN


def _mean_moved(place: Place) -> tuple[str, str, str]:
    of = "、".join(f"{place.header(c)} {place.row.get(c)}" for c in place.edit.params["by"])
    return f"上月平均 {place.expected()}", f"{of} 的平均较上月 {place.expected()} 变动超过 50%", EXPLAIN


def _newer(place: Place) -> tuple[str, str, str]:
    times = place.edit.params["times"]
    mean = place.expected()
    return f"不超过此前平均的 {times} 倍", f"本月新增各行的平均超过此前平均 {mean} 的 {times} 倍", EXPLAIN


def _twice(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    same = "、".join(f"{place.header(c)} {place.row.get(c)}" for c in p["by"])
    return "一年一次", f"{same} 在同一年度内重复列支", "请核对是否重复兑现；若是两项政策，请写明政策名称。"


def _not_planned(place: Place) -> tuple[str, str, str]:
    key = "/".join(str(place.row.get(k)) for k in place.table.key)
    return "计划内的行", f"“{key}”不在计划之内（措施与牵头单位应与实施方案一致）", "请删去本行，或核对编号和牵头单位。"


def _missing(place: Place) -> str:
    return place.row.get(f"{place.edit.id}|missing") or ""


def _incomplete(place: Place) -> tuple[str, str, str]:
    number = (place.bound("told") or Decimal(0)).normalize()
    return "一行不缺", f"缺少 {number:f} 行：{_missing(place)}", "请补列后重报。"


def _dropped(place: Place) -> tuple[str, str, str]:
    number = (place.bound("told") or Decimal(0)).normalize()
    still = f"{place.header(place.edit.params['until'])}未填的" if "until" in place.edit.params else ""
    return "逐月结转", f"上月{still}记录有 {number:f} 条未结转：{_missing(place)}", "请补列；已终止的请保留该行并注明。"


def _again(place: Place) -> tuple[str, str, str]:
    month = place.row.get(f"{place.edit.id}|closed")
    return (
        "不再列示",
        f"“{place.item()}”已在 {month} 的台账中办结，不应再次列示",
        "请删去本行；若是新业务，请另编新号。",
    )


def _altered(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    moved = [c for c in p["columns"] if place.row.get(f"{place.edit.id}|{c}") not in (None, place.row.get(c))]
    words = []
    for code in moved:
        column, last = place.table.column(code), place.row.get(f"{place.edit.id}|{code}")
        before = show(last, column, place.catalogue) if isinstance(last, Decimal) else str(last)
        now = place.value(code) if column.numeric else str(place.row.get(code) or "空")
        words.append(f"{column.header}由 {before} 改为 {now}")
    return (
        "与上月一致",
        f"“{place.item()}”与上月不同：{'；'.join(words)}",
        f"请核对 {place.cells(moved)}；{_todo(place)}",
    )


def _ledger_rolls(place: Place) -> tuple[str, str, str]:
    def number(part: str) -> str:
        return f"{(place.row.get(f'{place.edit.id}|{part}') or Decimal(0)).normalize():f}"

    expected = f"{(place.bound('expected') or Decimal(0)).normalize():f}"
    steps = f"上月未结 {number('before')} + 本月新增 {number('opened')} − 本月办结 {number('closed')} = {expected}"
    wrong = f"期末未结 {number('open')} 条，应为 {steps} 条"
    return expected, wrong, "请核对是否漏列、重列，或日期有误。"


LEDGER_SENTENCES: Mapping[str, Sentence] = {
    "filled_if": _must_fill,
    "empty_if": _must_be_empty,
    "must_say": _must_say,
    "elapsed": _elapses,
    "within_days": _takes_too_long,
    "stages_in_order": _steps_cross,
    "repeated": _told_twice,
    "near_ratio": _near,
    "roll_on": _rolls_on,
    "same_text": _same_words,
    "standstill": _stands_still,
    "detail_within": _parts_exceed,
    "has_parent": _orphan,
    "enough": _too_few,
    "row_share": _share,
    "party_share": _party,
    "mean_at_most": _mean_too_high,
    "mean_change": _mean_moved,
    "newer_mean": _newer,
    "once": _twice,
    "planned": _not_planned,
    "complete": _incomplete,
    "not_dropped": _dropped,
    "not_again": _again,
    "unchanged": _altered,
    "ledger_roll": _ledger_rolls,
}
