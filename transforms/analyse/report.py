"""The texts of the quarter: what the placeholders of Q02 and Q10 stand for, and what their sentences are repeated over.

What is not of the quarter is that of its last month: the words of M14 (`transforms.narrate.month`) hold here too.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import polars as pl

from transforms import narrate
from transforms import period as months
from transforms.analyse.benchmarks import Benchmark, best_known
from transforms.analyse.blocks import apart, due_of, explanations, measures_of, next_steps
from transforms.analyse.ledgers import quarter_records, records_of
from transforms.analyse.notes import missing_returns
from transforms.analyse.quarter import months_held, of_quarter, unfinished
from transforms.facts import Facts, Figure, divide, subtract, value_in, year_to_date
from transforms.model import EvaluationIndicator, Indicator
from transforms.narrate import NOT_SAID, Brief, Cases, Paragraph, Part, Told
from transforms.records import Records
from transforms.schedule import NO_RETURN, department_name
from transforms.schedule.declared import target_of
from transforms.schedule.figures import figure_of, set_by_hand
from transforms.schedule.measures import LIGHTS as STATES
from transforms.schedule.measures import measures

Row = Mapping[str, Any]
Frames = Mapping[str, pl.DataFrame]
NUMERALS = ("一", "二", "三", "四")
COMPARED = {"≥": "不低于", "≤": "不超过", "=": "为"}
LIGHT_WORDS = {"绿": "绿灯", "黄": "黄灯", "红": "红灯", "蓝": "蓝灯", "灰": "灰灯"}
NAMED = 10
"""So many measures or sentences are named one by one."""
TOP = 3


@dataclass(frozen=True)
class Quarter:
    """The quarter that a text is about. `frames`: quarter_overview, the structures of Q05 and those of M14."""

    facts: Facts
    name: str
    frames: Frames
    benchmarks: Sequence[Benchmark]

    @property
    def held(self) -> list[str]:
        return months_held(self.facts, self.name)

    def core(self, code: str) -> tuple[EvaluationIndicator, Indicator | None, Row]:
        """An indicator of the evaluation, its core figure, and its row of Q01."""
        one = next(e for e in self.facts.catalogue.evaluation if e.code == code)
        core = self.facts.catalogue.indicator(one.core)
        return one, core, self._told[one.name]

    @cached_property
    def _told(self) -> dict[str, Row]:
        return {row["name"]: row for row in self.frames["quarter_overview"].to_dicts()}


def write_blocks(quarter: Quarter, paragraphs: Sequence[Paragraph]) -> Brief:
    """The paragraphs of Q02, one an indicator."""
    return narrate.write_text(
        quarter.facts, paragraphs, partial(resolve, quarter), {}, "Q11", "本季数据未报,不作分析。"
    )


def write_report(quarter: Quarter, paragraphs: Sequence[Paragraph]) -> Brief:
    """The six parts of Q10."""
    return narrate.write_text(quarter.facts, paragraphs, partial(resolve, quarter), _lists(quarter), "Q11")


def resolve(quarter: Quarter, row: Row, word: str) -> Told | None:
    """The text of a placeholder, or None when its figure is missing.

    quarter; core.* of the indicator that the paragraph is about; cases.* of its cases; filing.*, closed.*, kept.*;
    <indicator>.q, .q_yoy, .q_change, .q_last_year, .q_qoq; else what `transforms.narrate.month` knows.
    """
    head, _, field = word.partition(".")
    paragraph: Paragraph = row["paragraph"]
    if word == "quarter":
        return Told(_quarter_word(quarter))
    if head == "core":
        return core_told(quarter, paragraph.of, field)
    if head == "cases" and paragraph.cases:
        return cases_told(quarter, paragraph.cases, field)
    if head in COUNTED:
        return COUNTED[head](quarter, field)
    indicator = quarter.facts.catalogue.indicator(head)
    if indicator and field.partition(":")[0] in QUARTERLY:
        return _of_quarter(quarter, indicator, field)
    return narrate.resolve(quarter.facts, quarter.frames, row, word)


def _quarter_word(quarter: Quarter) -> str:
    """三季度; of one that is not over the months that it holds, 三季度(7—8月)."""
    name = f"{NUMERALS[int(quarter.name[-1]) - 1]}季度"
    if not unfinished(quarter.facts, quarter.name) or not quarter.held:
        return name
    first, last = (months.split(month)[1] for month in (quarter.held[0], quarter.held[-1]))
    return f"{name}({first}—{last}月)" if first != last else f"{name}({first}月)"


# ---- the core figure of an indicator -------------------------------------------------------------------------------


def core_told(quarter: Quarter, code: str, field: str) -> Told | None:
    """name, when, lead, q, yoy, change, last_year, qoq, ytd, target, light, cause, measures, responsible, due."""
    facts = quarter.facts
    one, core, row = quarter.core(code)
    if field in SAID:
        return SAID[field](quarter, one, core)
    if core is None:
        return None
    if field == "name":
        return narrate.told_word(core.name)
    if field == "when":
        return Told(_when(quarter, core))
    if field == "light":
        by_hand = "(人工设定)" if set_by_hand(row, "light") else ""
        return Told(LIGHT_WORDS[row["light"]] + by_hand) if row["light"] in LIGHT_WORDS else NOT_SAID
    if field == "target":
        return target_told(facts, core)
    if field == "ytd":
        figure = year_to_date(facts, core, facts.period)
        if core.target_kind != "yearly":
            return NOT_SAID
        return narrate.told_figure(facts, figure, core.unit, core.decimals) if figure.told else None
    now, base, before = (figure_of(row, column) for column in ("now", "last_year", "previous"))
    return _compared(facts, core, field, now, base, before)


def _when(quarter: Quarter, core: Indicator) -> str:
    """二季度; an average that is told month by month cannot be put together and is that of the last one: 6月."""
    last = core.nature == "average" and not core.numerator and quarter.held
    return f"{months.split(quarter.held[-1])[1]}月" if last else _quarter_word(quarter)


def _compared(facts: Facts, core: Indicator, field: str, now: Figure, base: Figure, before: Figure) -> Told | None:
    shape = (core.unit, core.decimals)
    if field == "q":
        return narrate.told_figure(facts, now, *shape) if now.told else None
    if field == "last_year":
        return narrate.told_figure(facts, base, *shape) if base.told else None
    now, base, before = (_plain(figure) for figure in (now, base, before))
    if field == "yoy":
        return narrate.told_yoy(facts, core, now, base)
    if field == "qoq":
        return narrate.told_yoy(facts, core, now, before, "环比")
    return narrate.told_change(facts, core, now, base, *shape)


def _plain(figure: Figure) -> Figure:
    return figure if figure.value is None else figure._replace(low=figure.value, high=figure.value)


def target_told(facts: Facts, core: Indicator) -> Told:
    """目标值不低于90.00%, 年度目标不低于24000户; there is nothing to say of a figure without a target."""
    if core.target is None:
        return NOT_SAID
    text = narrate.number(facts, core.target, core.unit, core.decimals)
    part = Part(text, target_of(core), core.unit, core.decimals, f"目标({core.clause})")
    kind = "年度目标" if core.target_kind == "yearly" else "目标值"
    return Told(kind + COMPARED[core.comparator] + text, (part,))


def _cause(quarter: Quarter, one: EvaluationIndicator, core: Indicator | None) -> Told:
    said = explanations(quarter.facts, quarter.name, core.form)[:TOP] if core else []
    return narrate.told_quote(";".join(said), "报送单位说明") if said else NOT_SAID


def _measures(quarter: Quarter, one: EvaluationIndicator, core: Indicator | None) -> Told:
    text = next_steps([m for m in measures_of(quarter.facts, one) if m["state"] != "已完成"])
    return narrate.told_quote(text, "F22 表1 改革措施 下步措施") if text else NOT_SAID


def _due(quarter: Quarter, one: EvaluationIndicator, core: Indicator | None) -> Told:
    due = due_of([m for m in measures_of(quarter.facts, one) if m["state"] != "已完成"])
    return narrate.told_word(narrate.chinese_day(due), "F22 表1 改革措施 完成时限") if due else NOT_SAID


def _lead(quarter: Quarter, one: EvaluationIndicator, core: Indicator | None) -> Told:
    return Told(department_name(quarter.facts, one.department))


SAID: Mapping[str, Callable[[Quarter, EvaluationIndicator, Indicator | None], Told]] = {
    "lead": _lead,
    "cause": _cause,
    "measures": _measures,
    "due": _due,
}


# ---- the cases behind an indicator ---------------------------------------------------------------------------------


def cases_told(quarter: Quarter, cases: Cases, field: str) -> Told | None:
    """n, mean, shorter (than the same quarter of last year, with the rate), max, kept (the limit, by how many)."""
    facts, unit = quarter.facts, cases.unit
    here = _cases(quarter, cases, quarter.held)
    if here.why or not here.rows.height:
        return None if here.why else NOT_SAID
    if field == "n":
        return narrate.told_figure(facts, here.count(cases.value), "件", 0)
    if field == "kept":
        return _kept_in(quarter, cases, here)
    if field == "shorter":
        return _shorter(quarter, cases, here.mean(cases.value))
    figure = (here.mean if field == "mean" else here.maximum)(cases.value)
    return narrate.told_figure(facts, figure, unit, 1 if field == "mean" else 0) if figure.told else None


def _kept_in(quarter: Quarter, cases: Cases, here: Records) -> Told:
    """均未超过8个工作日限时, or 3件超过8个工作日限时(占4.69%); of few cases no rate."""
    facts = quarter.facts
    one = here.rows[cases.limit].n_unique() == 1
    limit = narrate.told_figure(facts, here.maximum(cases.limit), cases.unit, 0) if one else Told("各自的")
    late = here.where(pl.col(cases.value) > pl.col(cases.limit))
    if not late.rows.height:
        return Told(f"均未超过{limit.text}限时", limit.parts)
    over = narrate.told_figure(facts, late.count(cases.value), "件", 0)
    if here.rows.height < narrate.FEWEST_CASES:
        return Told(f"{over.text}超过{limit.text}限时", (*over.parts, *limit.parts))
    share = divide(late.count(cases.value), here.count(cases.value))
    rate = narrate.told_figure(facts, share, "%", 2)
    return Told(f"{over.text}超过{limit.text}限时(占{rate.text})", (*over.parts, *limit.parts, *rate.parts))


def _cases(quarter: Quarter, cases: Cases, span: Sequence[str]) -> Records:
    found = records_of(quarter.facts, cases.table, span, cases.done)
    chosen = [pl.col(column) == value for column, value in cases.where.items()]
    return found.where(*chosen, pl.col(cases.value).is_not_null())


def _shorter(quarter: Quarter, cases: Cases, now: Figure) -> Told | None:
    """缩短0.5个工作日(12.34%); a base of few cases bears no rate."""
    facts = quarter.facts
    before = _cases(quarter, cases, [months.year_ago(month) for month in quarter.held])
    base = before.mean(cases.value)
    gap = subtract(now, base)
    if gap.value is None or base.value is None:
        return None
    if narrate.rounded(abs(gap.value), 1) == 0:
        return Told("持平")
    word = "延长" if gap.value > 0 else "缩短"
    size = narrate.told_figure(facts, gap, cases.unit, 1, word, abs(gap.value))
    if before.rows.height < narrate.FEWEST_CASES or not base.value:
        return Told(f"{size.text}(基数较小)", size.parts)
    rate = narrate.told_figure(facts, gap._replace(value=abs(gap.value) / base.value), "%", 2)
    return Told(f"{size.text}({rate.text})", (*size.parts, *rate.parts))


# ---- figures of the quarter ----------------------------------------------------------------------------------------

QUARTERLY = ("q", "q_yoy", "q_change", "q_last_year", "q_qoq")


def _of_quarter(quarter: Quarter, indicator: Indicator, field: str) -> Told | None:
    name, _, shape = field.partition(":")
    unit, _, decimals = shape.partition(":")
    if unit:
        figure = _figure(quarter, indicator, quarter.name)
        return narrate.told_figure(quarter.facts, figure, unit, int(decimals)) if figure.told else None
    figures = (
        _figure(quarter, indicator, which)
        for which in (quarter.name, months.year_ago(quarter.name), months.previous(quarter.name))
    )
    return _compared(quarter.facts, indicator, name.removeprefix("q_"), *figures)


def _figure(quarter: Quarter, indicator: Indicator, which: str) -> Figure:
    """The figure of a quarter over as many months as ours holds; an average that cannot be put together is that of the
    last one."""
    count = len(quarter.held)
    figure = of_quarter(quarter.facts, indicator, which, count)
    if not figure.told and indicator.nature == "average" and count:
        return value_in(quarter.facts, indicator, months.months_of(which)[count - 1])
    return figure


def _filing(quarter: Quarter, field: str) -> Told:
    """Returns due in the quarter, and those that were not accepted: due, missing, accepted."""
    facts = quarter.facts
    forms = [facts.catalogue.form(code) for code in facts.district.returns]
    due = sum(bool(facts.district.owes(form, month)) for month in quarter.held for form in forms)
    missing = missing_returns(facts, quarter.name).height
    counts = {"due": due, "missing": missing, "accepted": due - missing}
    listed, declared = "计数({missing_returns.form})", f"应报 districts.yaml {facts.district.code}"
    work = {"due": declared, "missing": listed, "accepted": f"{declared} − {listed}"}
    return narrate.told_count(counts[field], "Q11 未通过审核或未报的报表", work[field])


def _kept(quarter: Quarter, field: str) -> Told | None:
    """Indicators of the evaluation: all; told (in the quarter); without (a return)."""
    rows = quarter.frames["quarter_overview"].to_dicts()
    counts = {
        "all": len(rows),
        "told": sum(row["now"] is not None for row in rows),
        "without": sum(row["core"] == NO_RETURN for row in rows),
    }
    column = {"all": "name", "told": "now", "without": "core"}[field]
    return narrate.told_count(counts[field], "Q01 季度总览", f"计数({{quarter_overview.{column}}})")


def _issues(quarter: Quarter, field: str) -> Told | None:
    """Issues of firms: received and closed in the quarter, first (the most frequent category) and its share."""
    found = quarter_records(quarter.facts, "F21.issues", quarter.name, "received_on")
    if found.why:
        return None
    if field == "received":
        return narrate.told_figure(quarter.facts, found.count("issue_no"), "件", 0)
    if field == "closed":
        closed = quarter_records(quarter.facts, "F21.issues", quarter.name, "done_on")
        return narrate.told_figure(quarter.facts, closed.count("done_on"), "件", 0)
    return _leading(quarter, "issue_categories", field)


def _ratings(quarter: Quarter, field: str) -> Told | None:
    """Bad ratings of the quarter: count, first reason and its share."""
    found = quarter_records(quarter.facts, "F06.bad", quarter.name, "rated_on")
    if found.why:
        return None
    if field == "count":
        return narrate.told_figure(quarter.facts, found.count("rating_no"), "条", 0)
    return _leading(quarter, "ratings_by_reason", field)


def _leading(quarter: Quarter, name: str, field: str) -> Told | None:
    """The largest part of a structure: first, share."""
    rows = [r for r in quarter.frames[name].to_dicts() if r["kind"] == "data" and r["share"] is not None]
    if not rows:
        return NOT_SAID
    if field == "first":
        return narrate.told_word(rows[0]["name"])
    return narrate.told_figure(quarter.facts, figure_of(rows[0], "share"), "%", 2)


COUNTED: Mapping[str, Callable[[Quarter, str], Told | None]] = {
    "filing": _filing,
    "kept": _kept,
    "done": lambda quarter, field: _done(quarter),
    "received": _issues,
    "ratings": _ratings,
}


# ---- what sentences are repeated over ------------------------------------------------------------------------------

STRUCTURES = {
    "entities_structure": "新增市场主体按类型看",
    "refunds_by_size": "留抵退税按企业划型看",
    "refunds_by_industry": "留抵退税按行业看",
    "loans_by_bank": "首贷续贷中心放款按银行看",
    "loans_by_product": "首贷续贷中心放款按产品看",
    "projects_by_chain": "招商项目合同额按产业看",
}


def _lists(quarter: Quarter) -> dict[str, list[Row]]:
    facts = quarter.facts
    told = narrate.month_lists(facts, quarter.frames)
    return told | {
        "unfinished": [{"held": Told("、".join(f"{months.split(m)[1]}月" for m in quarter.held))}]
        if unfinished(facts, quarter.name)
        else [],
        "cores": _cores(quarter),
        "structures": _structures(quarter),
        "done_measures": _changed_measures(quarter),
        "slow_measures": _slow_measures(facts),
        "benchmarks": _benchmarks(quarter),
        "unmatched": _unmatched(quarter),
        "due_measures": _due_measures(quarter),
        "red_asks": [{"department": row["department"], "name": row["name"]} for row in told["red_lights"]],
    }


def _cores(quarter: Quarter) -> list[Row]:
    """The indicators with a core figure that was told: what it came to, how it moved, its light."""
    rows: list[Row] = []
    for one in quarter.facts.catalogue.evaluation:
        fields = ("name", "when", "lead", "q", "yoy", "target", "light")
        core = {field: core_told(quarter, one.code, field) for field in fields}
        if core["q"] is not None:
            rows.append({**core, "title": Told(one.name)})
    return rows


def _structures(quarter: Quarter) -> list[Row]:
    rows: list[Row] = []
    for name, subject in STRUCTURES.items():
        first, share = _leading(quarter, name, "first"), _leading(quarter, name, "share")
        if first is not NOT_SAID and first and share:
            rows.append({"subject": Told(subject), "first": first, "share": share})
    return rows


def _changed_measures(quarter: Quarter) -> list[Row]:
    return [_measure(row) for row in _newly_done(quarter)[:NAMED]]


def _newly_done(quarter: Quarter) -> list[Row]:
    """The measures done at the end of the quarter that were not at that of the last one."""
    facts = quarter.facts
    before = facts.at(months.shift(quarter.held[0], -1)) if quarter.held else facts
    done = {row["code"] for row in before.once(measures).to_dicts() if row["state"] == "已完成"}
    return [row for row in facts.once(measures).to_dicts() if row["state"] == "已完成" and row["code"] not in done]


def _done(quarter: Quarter) -> Told:
    done = _newly_done(quarter)
    of = f"code={','.join(row['code'] for row in done)}"
    return narrate.told_count(len(done), "M06 改革台账", f"计数({{measures_of_quarter.change@{of}}})")


def _slow_measures(facts: Facts) -> list[Row]:
    return [_measure(row) for row in facts.once(measures).to_dicts() if row["state"] in ("滞后", "逾期")][:NAMED]


def _due_measures(quarter: Quarter) -> list[Row]:
    """Measures that are not done and due by the end of the next quarter."""
    end = months.last_day(months.shift(months.months_of(quarter.name)[-1], 3))
    rows = quarter.facts.once(measures).to_dicts()
    due = [
        row for row in rows if row["state"] in STATES and row["state"] != "已完成" and row["due"] and row["due"] <= end
    ]
    due.sort(key=lambda row: (row["due"], row["code"]))
    return [_measure(row) for row in due[:NAMED]]


def _measure(row: Row) -> Row:
    due = narrate.told_word(narrate.chinese_day(row["due"]), "M06 改革台账 时限") if row["due"] else Told("")
    return {
        "code": narrate.told_word(row["code"], "M06 改革台账"),
        "title": narrate.told_word(row["title"], "M06 改革台账"),
        "department": Told(row["department"]),
        "state": Told(row["state"]),
        "due": due,
    }


def _benchmarks(quarter: Quarter) -> list[Row]:
    """Core figures that another district has published: theirs, ours, and how far apart."""
    facts = quarter.facts
    rows: list[Row] = []
    for one in facts.catalogue.evaluation:
        _, core, row = quarter.core(one.code)
        best = best_known(facts, core, quarter.benchmarks) if core else None
        now = figure_of(row, "now")
        if best is None or core is None or now.value is None:
            continue
        gap = apart(core, now, best.figure)
        rows.append(
            {
                "name": Told(one.name),
                "core": narrate.told_word(core.name),
                "district": Told(facts.catalogue.district(best.district).name),
                "when": narrate.told_word(best.when, best.source),
                "basis": narrate.told_quote(best.basis, best.source),
                "now": narrate.told_figure(facts, now, core.unit, core.decimals),
                "gap": _gap(facts, core, gap),
            }
        )
    return rows


def _gap(facts: Facts, core: Indicator, gap: Figure) -> Told:
    assert gap.value is not None
    size = gap._replace(value=abs(gap.value))
    word = "高" if gap.value > 0 else "低"
    if core.nature == "rate":
        text = f"{narrate.rounded(abs(gap.value), 2):f}个百分点"
        return Told(word + text if gap.value else "持平", (Part(text, size, "", 2),) if gap.value else ())
    return narrate.told_figure(facts, size, core.unit, core.decimals, word)


def _unmatched(quarter: Quarter) -> list[Row]:
    """How many indicators nothing comparable is known of."""
    known = {b.indicator for b in quarter.benchmarks if b.district != quarter.facts.district.code}
    without = [one.name for one in quarter.facts.catalogue.evaluation if one.core not in known]
    return (
        [
            {
                "count": narrate.told_count(
                    len(without), "Q02 分指标分析", "计数({indicator_blocks.benchmark@benchmark=暂无})"
                ),
                "names": Told("、".join(without)),
            }
        ]
        if without
        else []
    )
