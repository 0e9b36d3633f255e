"""What a finding says to the person who must act: what was told, what was expected, by how much, what to do."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from expectations.ledger_sentences import LEDGER_SENTENCES, circumstances
from expectations.place import Place, by_how_much, show, unit_of
from expectations.rate_sentences import unreachable, without_base
from transforms import period
from transforms.model import Severity

HARD_OR_SOFT = {Severity.HARD: "硬性", Severity.SOFT: "核实", Severity.INFO: "提示"}
REASON_WORDS = "未开展、不适用、涉密、数据未出"


Sentence = Callable[[Place], tuple[str, str, str]]


def describe(place: Place) -> tuple[str, str, str]:
    """Expected value, what is wrong, and what to do."""
    expected, wrong, todo = SENTENCES[place.edit.kind](place)
    if period.is_quarter(place.row["period"]):
        # A quarterly return looks back at the quarter before.
        expected, wrong, todo = (words.replace("上月", "上季") for words in (expected, wrong, todo))
    return expected, wrong, todo


def _steps(place: Place, first: str, movements: tuple[str, ...]) -> str:
    told = f"{place.header(first)} {place.value(first)}" if first else ""
    for movement in movements:
        sign = "−" if movement.startswith("-") else "+"
        told += f" {sign} {place.header(movement)} {place.value(movement)}"
    return told.removeprefix(" + ").strip()


def _rolls(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    steps = _steps(place, p["opening"], p["movements"])
    cells = place.cells([p["opening"], *p["movements"], p["closing"]])
    return place.expected(), f"{steps} = {place.expected()}{by_how_much(place)}", f"请核对 {cells}。"


def _sums(place: Place) -> tuple[str, str, str]:
    parts = place.edit.params["parts"]
    steps = _steps(place, "", parts)
    cells = place.cells([place.edit.column, *parts])
    return place.expected(), f"应为 {steps} = {place.expected()}{by_how_much(place)}", f"请核对 {cells}。"


def _foots(place: Place) -> tuple[str, str, str]:
    wrong = f"合计应等于各行之和 {place.expected()}{by_how_much(place)}"
    return place.expected(), wrong, "请核对本列各行，重算合计。"


def _part(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    part, whole = p["part"], p["whole"]
    wrong = f"{place.header(part)} {place.value(part)} 大于{place.header(whole)} {place.value(whole)}"
    return f"≤ {place.value(whole)}", wrong, f"部分不能大于全部，请核对 {place.cells([part, whole])}。"


def _part_row(place: Place) -> tuple[str, str, str]:
    wrong = f"“其中”行大于所属的“{place.row.get('parent')}”行 {place.expected()}"
    return f"≤ {place.expected()}", wrong, "“其中”不能大于所属行，请核对这两行。"


def _recomputes(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    expected = place.expected()
    if place.edit.kind == "ratio":
        parts, d = [p["numerator"]] if isinstance(p["numerator"], str) else [*p["numerator"]], p["denominator"]
        above = _steps(place, "", tuple(parts))
        how = f"{f'（{above}）' if len(parts) > 1 else above} ÷ {place.header(d)} {place.value(d)}"
        cells = place.cells([*parts, d, place.edit.column])
    elif place.edit.kind == "growth":
        n, d = p["now"], p["base"]
        how = f"{place.header(n)} {place.value(n)} ÷ {place.header(d)} {place.value(d)} − 1"
        cells = place.cells([n, d, place.edit.column])
    elif place.edit.kind == "growth_since":
        how = f"{place.header(p['now'])} {place.value(p['now'])} ÷ {AT[p['at']]}{place.header(p['from'])} − 1"
        cells = place.cells([p["now"], place.edit.column])
    else:
        how, cells = f"按“{place.catalogue.table(p['detail']).name}”逐行重算", place.cells([place.edit.column])
    unit = place.column.unit if place.column.unit == "%" else ""
    return f"{expected}{unit}", f"{how} = {expected}{unit}{by_how_much(place)}", f"请核对 {cells}。"


def _multiplies(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    price = place.value(p["price"]) if place.table.has(p["price"]) else p["price"]
    wrong = f"{place.header(p['factor'])} {place.value(p['factor'])} × 单价 {price} = {place.expected()}{by_how_much(place)}"
    return place.expected(), wrong, f"请核对 {place.cells([p['factor'], place.edit.column])}。"


def _agrees_with_detail(place: Place) -> tuple[str, str, str]:
    detail = place.catalogue.table(place.edit.params["detail"])
    whole = place.bound("told") if place.grouped else None
    together = ""
    if whole is not None and whole != place.row.get(place.edit.column):
        together = f"同类各行之和 {show(whole, place.column, place.catalogue)} "
    wrong = f"{together}与{detail.title}“{detail.name}”汇总 {place.expected()} 不符{by_how_much(place)}"
    return place.expected(), wrong, f"请逐笔核对{detail.title}与本格。"


def _at_most_detail(place: Place) -> tuple[str, str, str]:
    detail = place.catalogue.table(place.edit.params["detail"])
    wrong = f"大于{detail.title}“{detail.name}”的 {place.expected()}{by_how_much(place)}"
    return f"≤ {place.expected()}", wrong, "请核对本格与该表。"


AT = {"previous": "上月", "december": "上年12月", "year_ago": "上年同期"}


def _carries(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    source = "首次报送的" if p.get("first_filed") else "已报"
    wrong = f"应等于{AT[p['at']]}{source}{place.header(p['from'])} {place.expected()}{by_how_much(place)}"
    return place.expected(), wrong, "如上期数有误，请先更正上期或在“说明”中注明依据；否则请更正本格。"


def _cumulates(place: Place) -> tuple[str, str, str]:
    flow = place.edit.params["flow"]
    wrong = f"应为上月{place.header(place.edit.column)} + {place.header(flow)} {place.value(flow)} = {place.expected()}{by_how_much(place)}"
    if re.search(period.OPENS_YEAR, place.row["period"]) and place.edit.params["reset"] == "january":
        wrong = f"1月的累计应等于{place.header(flow)} {place.value(flow)}{by_how_much(place)}"
    return place.expected(), wrong, f"请核对 {place.cells([flow, place.edit.column])}。"


WANTED = {
    "int": "整数",
    "money": "金额（数字）",
    "decimal": "数字",
    "pct": "百分比（数字）",
    "date": "日期，如 2022-08-31",
    "period": "月份，如 2022-08",
    "bool": "是或否",
}


def _not_typed(place: Place) -> tuple[str, str, str]:
    wanted = WANTED.get(place.column.type, "文字")
    text = place.row.get(f"{place.edit.column}|text") or ""
    if text.startswith("#"):
        return wanted, f"公式出错 {text}", "请修正公式，或直接填写数值。"
    return wanted, f"“{text}”不是{wanted}", f"请填写{wanted}，不带文字。"


def _not_filled(place: Place) -> tuple[str, str, str]:
    text = place.row.get(f"{place.edit.column}|text")
    told = f"只填了“{text}”" if text else "没有填写"
    todo = f"请填写；没有发生请填 0，确实无数请写明原因（{REASON_WORDS}）。"
    return "必填", f"{told}，“-”“—”“/”“无”都不等于 0", todo


def _not_unique(place: Place) -> tuple[str, str, str]:
    by = place.edit.params.get("by", place.table.key)
    key = "、".join(f"{place.header(k)} {place.row.get(k)}" for k in by)
    return "唯一", f"{key} 重复出现", "请删去重复的行；若是两笔业务，请核对编号。"


def _not_listed(place: Place) -> tuple[str, str, str]:
    codes = place.catalogue.code_lists[place.column.codes].codes
    some = "、".join(c.name for c in codes[:6]) + ("等" if len(codes) > 6 else "")
    return some, f"“{place.row.get(f'{place.edit.column}|text')}”不在代码表中", f"请从下列选填：{some}。"


def _bad_check_digit(place: Place) -> tuple[str, str, str]:
    return (
        "校验位正确的18位代码",
        f"“{place.row.get(place.edit.column)}”校验位不符（GB 32100）",
        "请对照营业执照核对代码。",
    )


def _negative(place: Place) -> tuple[str, str, str]:
    wanted = "大于 0" if place.edit.params.get("positive") else "不小于 0"
    return (
        wanted,
        f"{place.told()} 不应为负" if wanted == "不小于 0" else f"{place.told()} 应大于 0",
        "请核对正负号和金额。",
    )


def _out_of_order(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    earlier, later = p["earlier"], p["later"]
    least = f"{'晚于' if p.get('strict') else '不早于'} {place.row.get(earlier)}"
    wrong = f"{place.header(later)} {place.row.get(later)} 早于{place.header(earlier)} {place.row.get(earlier)}"
    if place.row.get(later) == place.row.get(earlier):
        wrong = f"{place.header(later)}与{place.header(earlier)}同为 {place.row.get(earlier)}"
    return least, wrong, f"请核对 {place.cells([earlier, later])}。"


def _after_period(place: Place) -> tuple[str, str, str]:
    end = place.row.get("period_end")
    return f"不晚于 {end}", f"{place.row.get(place.edit.column)} 晚于统计期末 {end}", "未发生的业务请留到下期报送。"


def _outside(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    scale = Decimal(100) if place.column.unit == "%" or "numerator" in p else Decimal(1)
    if "numerator" not in p and place.column.unit != "%":
        scale = 1 / place.catalogue.units[place.column.unit].factor
    money = (
        "numerator" in p
        and place.table.column(p["numerator"]).type == "money"
        and place.table.column(p["denominator"]).type != "money"
    )
    limits = []
    for name, word in (("low", "不低于"), ("high", "不高于")):
        if name in p:
            limit = Decimal(p[name])
            if money:
                limits.append(f"{word} {limit / 10000:,.2f} 万元")
            else:
                unit = "%" if scale == 100 else unit_of(place.column)
                limits.append(f"{word} {(limit * scale).normalize():f}{unit}")
    what = (
        f"{place.header(p['numerator'])} ÷ {place.header(p['denominator'])}"
        if "numerator" in p
        else place.header(place.edit.column)
    )
    wanted = "、".join(limits)
    if p.get("low") == p.get("high") and "low" in p:
        wanted = f"等于{limits[0].removeprefix('不低于')}"
    todo = "请核对；属实请在“说明”中写明原因。" if place.edit.severity is not Severity.HARD else "请核对后更正。"
    return wanted, f"{what}超出合理范围（{wanted}）", todo


EXPLAIN = "请核对；属实请在表后“说明”中写明原因。"


def _changed(place: Place) -> tuple[str, str, str]:
    last = place.expected()
    return f"上月 {last}", f"较上月 {last} 变动超过 50%", EXPLAIN


def _remark(expected: str, wrong: str, todo: str = EXPLAIN) -> Sentence:
    return lambda _: (expected, wrong, todo)


def _other_rate(place: Place) -> tuple[str, str, str]:
    other = place.edit.params["other"]
    wrong = f"与{place.header(other)}同为 {place.told()}%，两项不同的比率一字不差"
    return "两项通常不同", wrong, f"请核对 {place.cells([place.edit.column, other])} 是否误填。"


def _fallen(place: Place) -> tuple[str, str, str]:
    return (
        f"不小于 {place.expected()}",
        f"累计数比上月 {place.expected()} 还小{by_how_much(place)}",
        "累计数不应减少，请核对。",
    )


def _must_be(place: Place) -> tuple[str, str, str]:
    unit = place.column.unit if place.column.unit == "%" else ""
    wanted = f"{place.expected()}{unit}"
    return wanted, f"{circumstances(place)}时应为 {wanted}", "请核对这两格。"


def _moment(place: Place) -> tuple[str, str, str]:
    mean = place.edit.params["mean"]
    wrong = f"按{place.header(mean)} {place.value(mean)} 推算，零跑动比例至少应为 {place.expected()}%"
    return f"≥ {place.expected()}%", wrong, EXPLAIN


def _daily(place: Place) -> tuple[str, str, str]:
    flow = place.catalogue.table(place.edit.params["summary"]).column(place.edit.params["flow"]).header
    return (
        f"约 {place.expected()}",
        f"日均量 × 工作日数与{flow}相差超过 20%（折合日均 {place.expected()}）",
        "两者口径不同请在“说明”中写明；否则请核对。",
    )


def _forbidden(place: Place) -> tuple[str, str, str]:
    if says := place.edit.params.get("says"):
        return str(says), f"{place.header(place.edit.column)}不合要求：{says}", "请更正本格。"
    wrong = "备注显示为小规模纳税人，不应同时享受留抵退税"
    return "不兼享", wrong, "请核对；身份已变更的请在备注写明“转登记”。"


def _rate_moved(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    points = f"{Decimal(p['points']) * 100:f}".rstrip("0").rstrip(".")
    rate = f"{place.header(p['numerator'])}占{place.header(p['denominator'])}的比例"
    return f"较上月变动不超过 {points} 个百分点", f"{rate}较上月变动超过 {points} 个百分点", EXPLAIN


def _stands(place: Place) -> tuple[str, str, str]:
    periods = place.edit.params["periods"]
    told = f"{place.told()}{'%' if place.column.unit == '%' else ''}"
    return "各期有别", f"已连续 {periods} 期为 {told}", EXPLAIN


def _risen(place: Place) -> tuple[str, str, str]:
    share = f"{Decimal(place.edit.params['share']) * 100:f}".rstrip("0").rstrip(".")
    return f"上月 {place.expected()}", f"较上月 {place.expected()} 上升超过 {share}%", EXPLAIN


def _moved(place: Place) -> tuple[str, str, str]:
    points = place.edit.params["points"]
    return f"上月 {place.expected()}", f"较上月 {place.expected()} 变动超过 {points} {place.column.unit}", EXPLAIN


def _above_mean(place: Place) -> tuple[str, str, str]:
    wrong = f"超过近12期平均数 {place.expected()} 的 {place.edit.params['factor']} 倍"
    return f"平均 {place.expected()}", wrong, EXPLAIN


def _too_often(place: Place) -> tuple[str, str, str]:
    p = place.edit.params
    high = f"{Decimal(p['high']) * 100:f}".rstrip("0").rstrip(".")
    wrong = f"“{p['value']}”占全部各行的比例超过 {high}%"
    return f"不高于 {high}%", wrong, f"请核对本列，能归入具体类别的不要填“{p['value']}”。"


def _other_count(place: Place) -> tuple[str, str, str]:
    rows, found = place.edit.params["rows"], place.bound("told")
    return f"{rows} 行", f"本表应有 {rows} 行，实有 {found:.0f} 行", "请对照名单补齐或删去多余的行。"


def _ranks(place: Place) -> tuple[str, str, str]:
    of = place.edit.params["of"]
    wrong = f"按{place.header(of)}从高到低应为第 {place.expected()} 名（同分同名次）"
    return place.expected(), wrong, f"请按{place.header(of)}重排名次。"


SENTENCES: Mapping[str, Sentence] = {
    "typed": _not_typed,
    "required": _not_filled,
    "unique": _not_unique,
    "in_list": _not_listed,
    "check_digit": _bad_check_digit,
    "not_negative": _negative,
    "in_order": _out_of_order,
    "not_after_period": _after_period,
    "roll_forward": _rolls,
    "sum": _sums,
    "at_most": _part,
    "part_rows": _part_row,
    "footing": _foots,
    "ratio": _recomputes,
    "growth": _recomputes,
    "growth_since": _recomputes,
    "detail_ratio": _recomputes,
    "reachable": unreachable,
    "whole_base": without_base,
    "product": _multiplies,
    "detail": _agrees_with_detail,
    "detail_at_most": _at_most_detail,
    "carry": _carries,
    "cumulative": _cumulates,
    "implies": _must_be,
    "band": _outside,
    "change": _changed,
    "vanished": _remark("与上月相近", "上月与本月一个为零、一个不为零"),
    "slip": _remark("与上月同一数量级", "约为上月的百倍、万倍或亿倍（或其分之一），疑为“万”“亿”错位"),
    "same_row": _remark("与上月有别", "整行与上月完全相同，疑为沿用旧数"),
    "unlike": _other_rate,
    "not_falling": _fallen,
    "round": _remark("精确数", "是整万数或约数，应填精确数", "请填写精确到个位的数。"),
    "forbid_text": _forbidden,
    "moment_bound": _moment,
    "top_share": _remark("前十户占比不高于 60%", "本月退税前十户占比超过 60%"),
    "daily_output": _daily,
    "replaced": _remark(
        "有后续重退或挂账", "退回的凭证没有后续重退记录，也未挂账", "请补列重退凭证，或将状态改为“挂账”。"
    ),
    "first_only": _remark("台账中无更早贷款", "标为“首贷”，但台账中该企业已有更早的贷款", "请更正为“续贷”或“其他”。"),
    "median_band": _remark("各行中位数的 0.2 至 5 倍", "户均金额偏离各行中位数过大"),
    "ratio_change": _rate_moved,
    "outlier": _remark("近12个月的三倍稳健离差以内", "户均金额偏离近12个月中位数过大"),
    "standing": _stands,
    "rise": _risen,
    "moved": _moved,
    "above_mean": _above_mean,
    "share_of_rows": _too_often,
    "row_count": _other_count,
    "rank": _ranks,
    "size_change": _remark("事项数变动不超过 2%", "事项目录增减超过 2% 而没有变更说明", "请在表后注明“事项变更：…”。"),
    **LEDGER_SENTENCES,
}

HEAD_SENTENCES: Mapping[str, tuple[str, str, str, str]] = {
    # name: column told, column expected, what is wrong, what to do
    "form": (
        "form",
        "form_scheduled",
        "报表种类不符：文件名为 {expected}，表内是 {told}",
        "请使用本期下发的模板填报，文件名与模板一致。",
    ),
    "district": (
        "district_told",
        "district_scheduled",
        "表中的区县是“{told}”，投放文件夹是“{expected}”",
        "请投放到本区的文件夹，或更正表头。",
    ),
    "department": (
        "department_told",
        "department_scheduled",
        "填报单位是“{told}”，投放文件夹是“{expected}”",
        "一个单位不能代另一单位报送，请投放到本单位文件夹，或更正填报单位。",
    ),
    "owner": (
        "department",
        "owner",
        "这张表由“{expected}”报送，不由“{told}”报送",
        "请由报送单位投放到它自己的文件夹。",
    ),
    "template": (
        "template_version",
        "",
        "缺少隐藏的 _meta 工作表，已按表头识别",
        "请使用下发的模板，不要删除隐藏工作表。",
    ),
    "period": (
        "period_told",
        "period",
        "表头的统计期是“{told}”，应为“{expected}”",
        "请更正第2行的统计期，或改报对应的月份。",
    ),
    "meta_period": ("meta_period", "period", "模板是 {told} 的，应报 {expected}", "请使用本期下发的模板。"),
    "unscheduled": ("period", "", "统计期“{told}”不在应报范围内", "请核对文件名和统计期。"),
    "unit": (
        "unit",
        "unit_scheduled",
        "计量单位写的是“{told}”，模板是“{expected}”",
        "请按模板的单位换算后重报，不要改动单位行。",
    ),
    "explanation": (
        "explanation",
        "",
        "说明“{told}”与上月相同或只写“核实无误”，不能作为说明",
        "请写明本月变动的具体原因。",
    ),
    "late": ("arrived_on", "due", "{told} 送达，应于 {expected} 前报送，逾期", "请在规定时限内报送。"),
    "meta_department": (
        "meta_department",
        "department_scheduled",
        "用的是下发给“{told}”的模板，投放文件夹是“{expected}”",
        "一个单位不能代另一单位报送，请使用下发给本单位的模板，或投放到它自己的文件夹。",
    ),
    "title_district": (
        "title_district",
        "district_scheduled",
        "标题写的区县是“{told}”，投放文件夹是“{expected}”，按文件夹接收",
        "请核对是否投错文件夹；没有投错的，更正标题。",
    ),
    "edited": (
        "meta_state",
        "",
        "隐藏的 _meta 工作表与下发时不一致",
        "请使用本期下发的模板，不要改动隐藏工作表；换月份请用当月的模板。",
    ),
    "file_district": (
        "file_district",
        "district_scheduled",
        "文件名写的区县是“{told}”，投放文件夹是“{expected}”，按文件夹接收",
        "请核对是否投错文件夹；没有投错的，更正文件名。",
    ),
    "file_department": (
        "file_department",
        "department_scheduled",
        "文件名写的单位是“{told}”，投放文件夹是“{expected}”，按文件夹接收",
        "请核对是否投错文件夹；没有投错的，更正文件名。",
    ),
    "older": (
        "version_told",
        "version",
        "这份文件是第 {told} 版，而更新的版本早已收到；现按第 {expected} 版接收，以它为准",
        "如确以这份为准，请写明原因；如系误投，请重新投放最新的一版。",
    ),
    "reporter": ("reporter", "", "填报人“{told}”不在报送人员名单内", "如人员有变动，请告知营商办更新名单。"),
}
