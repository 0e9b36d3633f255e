"""Q02: one row an indicator of the evaluation: where it stands, its target, the best district known, what departments
say of causes and measures, and the paragraph about it.

Causes and measures are what departments told – the reform ledger, explanations of checks –, never made up: where
nothing was told, （待牵头单位补充） stands.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from transforms.analyse.benchmarks import Benchmark, best_known
from transforms.analyse.quarter import months_held
from transforms.facts import NOT_APPLICABLE, NOTHING, Facts, Figure, subtract
from transforms.model import EXACT, EvaluationIndicator, Indicator
from transforms.narrate.words import rounded
from transforms.records import records
from transforms.schedule import Row, department_name, frame, put
from transforms.schedule.figures import figure_of, light_columns

TO_ADD = "(待牵头单位补充)"
UNKNOWN = "暂无"
MEASURES = "F22.measures"
DONE = "已完成"
SEVERAL = 3
Ledger = Sequence[Mapping[str, Any]]


def indicator_blocks(
    facts: Facts, quarter: str, overview: pl.DataFrame, texts: Mapping[str, str], benchmarks: Sequence[Benchmark]
) -> pl.DataFrame:
    """Q02.

    Args:
        overview: of Q01 (quarter_overview): the core figure of each indicator over the quarter.
        texts: the paragraph about each indicator, by its code.
    """
    told = {row["name"]: row for row in overview.to_dicts()}
    rows = [_block(facts, quarter, one, told[one.name], benchmarks) for one in facts.catalogue.evaluation]
    for one, row in zip(facts.catalogue.evaluation, rows, strict=True):
        row["text"] = texts.get(one.code, "")
    texts_of = ("name", "department", "core", "unit", "nature", "comparator", "benchmark")
    told_by = ("cause", "measures", "responsible", "text")
    numbers = dict.fromkeys(("now", "target", "best", "gap", "behind"), EXACT)
    shapes: dict[str, Any] = {f"{c}|unit": pl.String for c in ("gap", "behind")}
    shapes |= {f"{c}|decimals": pl.Int64 for c in ("gap", "behind", "best")}
    columns = {**dict.fromkeys((*texts_of, *told_by), pl.String), "decimals": pl.Int64, "due": pl.Date}
    return frame(rows, number=pl.Int64, **light_columns("light"), **columns, **numbers, **shapes)


def _block(facts: Facts, quarter: str, one: EvaluationIndicator, told: Row, benchmarks: Sequence[Benchmark]) -> Row:
    core = facts.catalogue.indicator(one.core)
    row: Row = {
        name: told.get(name)
        for name in ("number", "name", "department", "core", "unit", "decimals", "light", "light|set")
    }
    row |= {"nature": told.get("nature"), "comparator": told.get("comparator")}
    for column in ("now", "target"):
        put(row, column, figure_of(told, column))
    _put_gaps(row, facts, core, benchmarks)
    ledger = measures_of(facts, one)
    open_ones = [m for m in ledger if m["state"] != DONE]
    row["cause"] = cause_of(facts, quarter, core, open_ones) or TO_ADD
    row["measures"] = next_steps(open_ones) or TO_ADD
    row["responsible"] = "、".join(dict.fromkeys(department_name(facts, m["lead_dept"]) for m in open_ones)) or TO_ADD
    row["due"] = due_of(open_ones)
    row["due|why"] = NOT_APPLICABLE
    return row


def _put_gaps(row: Row, facts: Facts, core: Indicator | None, benchmarks: Sequence[Benchmark]) -> None:
    """`gap`: now − target, of a target that holds for the quarter; `behind`: now − the best known. Points of a rate."""
    now = figure_of(row, "now")
    best = best_known(facts, core, benchmarks) if core else None
    row["benchmark"] = f"{facts.catalogue.district(best.district).name}({best.when},{best.basis})" if best else UNKNOWN
    there = best.figure if best else NOTHING
    put(row, "best", there)
    row["best|decimals"] = best.decimals if best else 0
    yearly = core is not None and core.target_kind == "yearly"
    for column, aim in (("gap", NOTHING if yearly else figure_of(row, "target")), ("behind", there)):
        put(row, column, apart(core, now, aim))
        row[f"{column}|unit"] = "" if core and core.nature == "rate" else row["unit"]
        row[f"{column}|decimals"] = 2 if core and core.nature == "rate" else row["decimals"]
        row[f"{column}|by"] = "points" if core and core.nature == "rate" else "amount"


def apart(core: Indicator | None, now: Figure, aim: Figure) -> Figure:
    """now − aim, in hundredths of a percentage point for a rate, as its cell computes it; — where there is nothing to hold it against."""
    if core is None or now.value is None or aim.value is None:
        return NOTHING
    bare = aim._replace(low=aim.value, high=aim.value)
    gap = subtract(now._replace(low=now.value, high=now.value), bare)
    return gap._replace(value=rounded(gap.value * 100, 2)) if core.nature == "rate" and gap.value is not None else gap


# ---- what departments said -----------------------------------------------------------------------------------------


def measures_of(facts: Facts, one: EvaluationIndicator) -> list[dict[str, Any]]:
    """The measures of the reform ledger that are about an indicator, as told in the month."""
    rows: list[dict[str, Any]] = facts.once(lambda known: records(known, MEASURES).rows.to_dicts(), "rows of F22")
    return [row for row in rows if row["be_indicator"] in (one.code, one.name)]


def cause_of(facts: Facts, quarter: str, core: Indicator | None, measures: Ledger) -> str:
    """What departments said of the return behind the core figure, and the issues named in the reform ledger."""
    said = explanations(facts, quarter, core.form) if core else []
    issues = [f"“{m['title']}”存在问题{m['issue_no']}" for m in measures if m["issue_no"]]
    return ";".join([*said[:SEVERAL], *issues[:SEVERAL]])


def explanations(facts: Facts, quarter: str, form: str) -> list[str]:
    """What the department said of checks of a return that were to be explained. Ledgers are left aside: what is said
    of a record may name a firm."""
    told = facts.once(lambda known: _explained(known, quarter), f"explanations of {quarter}").get(form, [])
    return [word.rstrip("。") for word in dict.fromkeys(told) if word.strip()]


def _explained(facts: Facts, quarter: str) -> dict[str, list[str]]:
    """Return → what was said of its checks."""
    ledgers = [table.code for table in facts.catalogue.tables() if table.layout == "ledger"]
    here = facts.findings.filter(
        pl.col("district") == facts.district.code,
        pl.col("period").is_in(months_held(facts, quarter)),
        ~pl.col("table").is_in(ledgers),
        pl.col("explanation").is_not_null(),
    )
    told: dict[str, list[str]] = {}
    for form, explanation in here.select("form", "explanation").iter_rows():
        told.setdefault(form, []).append(explanation)
    return told


def next_steps(measures: Ledger) -> str:
    """What is to be done next, measure by measure; the more are counted."""
    told = list({(m["ledger_id"], m["next_step"]): m for m in measures if m["next_step"]}.values())
    steps = [f"{m['ledger_id']}{m['title']}:{str(m['next_step']).rstrip('。')}" for m in told[:SEVERAL]]
    more = f"等{len(told)}项" if len(told) > SEVERAL else ""
    return ";".join(steps) + more


def due_of(measures: Ledger) -> date | None:
    return max((m["due_date"] for m in measures if m["due_date"]), default=None)
