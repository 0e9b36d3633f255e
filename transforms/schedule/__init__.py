"""The frames of the monthly workbook, one function a block of a sheet.

Every number column `c` (EXACT, base unit: 元, 户, ratio) comes with `c|src` (List[String]: keys of the observations
it stands on, see Facts.sources) and `c|why` (String: what is shown when `c` is null: 未报, — or ＊). Where the form of
a live formula depends on the row, `c|by` names it. `kind` is data, total, or told_total (a total that must not be
recomputed from the rows shown). `unit` and `decimals` are those of display.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period as months
from transforms.facts import (
    NOT_APPLICABLE,
    NOTHING,
    OPEN_STATES,
    SUPPRESSED,
    UNREPORTED,
    EvaluationIndicator,
    Facts,
    Figure,
    add,
    cumulates,
    divide,
    exact,
    growth,
    last_year,
    points,
    subtract,
    value_in,
    year_to_date,
)
from transforms.lights import light_of, time_progress
from transforms.model import EXACT, Indicator, Light, Severity, State, Verdict

Row = dict[str, Any]
FEWEST_FIRMS = 3
"""No cell that fewer firms stand behind is circulated."""
NATURES = {"flow": "当月", "stock": "期末", "rate": "比率", "average": "平均"}
STATES = (State.DIFFERENT, State.ONE_SIDED, State.TIMING, State.WITHIN_ROUNDING, State.EQUAL, State.OTHER_BASIS)
LIGHTS = {"blue": Light.BLUE, "green": Light.GREEN, "yellow": Light.YELLOW, "red": Light.RED, "grey": Light.GREY}
NO_RETURN = "尚无报表"
"""An indicator of the evaluation that no return carries yet."""
NO_RECORD = "无此记录"
NO_ROUNDING = "无舍入"
SEVERITIES = {Severity.HARD.value: "硬性", Severity.SOFT.value: "软性", Severity.INFO.value: "提示"}
REPORT_STATES = {
    "accepted": "已通过",
    "questions": "待说明",
    "returned": "退回待重报",
    "unreadable": "无法读取",
}


def put(row: Row, column: str, figure: Figure) -> None:
    """Write a figure and where it comes from into a row."""
    row[column] = exact(figure.value)
    row[f"{column}|src"] = list(dict.fromkeys(figure.sources))
    row[f"{column}|why"] = None if figure.told else figure.why


def put_count(row: Row, column: str, count: int) -> None:
    row[column] = exact(count)


def frame(rows: Sequence[Row], **columns: Any) -> pl.DataFrame:
    """A frame of exactly these columns; number columns (EXACT) bring their companions."""
    schema: dict[str, Any] = {"kind": pl.String}
    for name, dtype in columns.items():
        schema[name] = dtype
        if dtype == EXACT:
            schema |= {f"{name}|src": pl.List(pl.String), f"{name}|why": pl.String, f"{name}|by": pl.String}
        elif dtype in (pl.Date, pl.Datetime("us")):
            schema[f"{name}|why"] = pl.String
    return pl.DataFrame([{**dict.fromkeys(schema), "kind": "data", **row} for row in rows], schema=schema)


# ---- M02 -----------------------------------------------------------------------------------------------------------


def indicators(facts: Facts) -> pl.DataFrame:
    """M02: every core figure, in the order of protocol of the department that files it, then by code.

    `mom` and `yoy` are ratios of growth for amounts, percentage points for rates; `gap` is in percentage points.
    """
    order = {d.code: d.order for d in facts.catalogue.departments}
    ranked = sorted(facts.catalogue.indicators, key=lambda i: (order[i.department], i.code))
    return frame(
        [_indicator_row(facts, indicator) for indicator in ranked],
        code=pl.String,
        name=pl.String,
        unit=pl.String,
        decimals=pl.Int64,
        nature=pl.String,
        basis=pl.String,
        comparator=pl.String,
        cutoff=pl.Date,
        month=EXACT,
        previous=EXACT,
        mom=EXACT,
        ytd=EXACT,
        last_year=EXACT,
        yoy=EXACT,
        target=EXACT,
        completion=EXACT,
        gap=EXACT,
        light=pl.String,
        department=pl.String,
        remark=pl.String,
    )


def change(indicator: Indicator, now: Figure, base: Figure) -> Figure:
    """Growth of an amount; the difference in percentage points of a rate."""
    return points(now, base) if indicator.nature == "rate" else growth(now, base)


def _indicator_row(facts: Facts, indicator: Indicator) -> Row:
    now = value_in(facts, indicator, facts.period)
    before = value_in(facts, indicator, months.previous(facts.period))
    ytd = year_to_date(facts, indicator, facts.period)
    base = last_year(facts, indicator, facts.period)
    compared = ytd if cumulates(facts, indicator) else now
    yoy = change(indicator, compared, base)
    row: Row = {
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "nature": indicator.nature,
        "basis": NATURES[indicator.nature],
        "comparator": indicator.comparator,
        "cutoff": months.last_day(facts.period) if now.told else None,
        "light": light_of(facts, indicator, facts.period),
        "department": _department(facts, indicator.department),
    }
    by = "points" if indicator.nature == "rate" else "growth"
    for column, figure in (("month", now), ("previous", before), ("ytd", ytd), ("last_year", base)):
        put(row, column, figure)
    put(row, "mom", change(indicator, now, before))
    put(row, "yoy", yoy)
    row["mom|by"] = by
    row["yoy|by"] = f"{by}_{'ytd' if cumulates(facts, indicator) else 'month'}"
    _put_target(row, facts, indicator, compared, now)
    row["remark"] = _remark(facts, (now, ytd, base), compared, base)
    return row


def _put_target(row: Row, facts: Facts, indicator: Indicator, compared: Figure, now: Figure) -> None:
    if indicator.target is None:
        for column in ("target", "completion", "gap"):
            put(row, column, NOTHING)
        return
    target = Figure(indicator.target, indicator.target, indicator.target, ())
    yearly = indicator.target_kind == "yearly"
    put(row, "target", target)
    done = compared if yearly else now
    # How far "at most 4" or "exactly 0" is done has no meaning: these have their light alone.
    measurable = yearly or indicator.target_kind == "at_least"
    completion = divide(done, target) if measurable else NOTHING
    put(row, "completion", completion)
    row["completion|by"] = "ytd" if yearly else "month"
    progress = time_progress(facts.period)
    put(row, "gap", points(completion, Figure(progress, progress, progress, ())) if yearly else NOTHING)


def _remark(facts: Facts, figures: Iterable[Figure], compared: Figure, base: Figure) -> str:
    doubts = facts.doubts(key for figure in figures for key in figure.sources)
    told = [to_check(doubts)] if doubts else []
    if base.value == 0 and compared.told:
        told.append("上年同期为零")
    return ";".join(told)


def to_check(doubts: Sequence[str]) -> str:
    """(待核) with the number of the difference; of several the first, the rest stand in M04."""
    if not doubts:
        return ""
    return f"(待核){doubts[0]}" + (f"等{len(doubts)}项" if len(doubts) > 1 else "")


def _department(facts: Facts, code: str) -> str:
    return facts.catalogue.department(code).name_in(facts.district.code)


def entities_by_month(facts: Facts, count: int = 12) -> pl.DataFrame:
    """M02, chart: new entities of each of the last `count` months, those of a year before, and their growth."""
    rows = []
    for month in months.months_between(months.shift(facts.period, 1 - count), facts.period):
        now = facts.figure("F03.entities.new_m", "合计", month)
        base = facts.figure("F03.entities.new_m", "合计", months.year_ago(month))
        row: Row = {"month": month, "remark": "" if now.told else now.why}
        put(row, "new", now)
        put(row, "last_year", base)
        put(row, "yoy", growth(now, base))
        rows.append(row)
    return frame(rows, month=pl.String, new=EXACT, last_year=EXACT, yoy=EXACT, remark=pl.String)


# ---- M01 -----------------------------------------------------------------------------------------------------------


def overview(facts: Facts, evaluation: Iterable[EvaluationIndicator]) -> pl.DataFrame:
    """M01: the 18 indicators of the national evaluation with the lights of our core figures, and 合计.

    `tasks` counts the figures that have a light; an indicator that no return carries yet counts as one, grey.
    """
    rows = [_overview_row(facts, number, one) for number, one in enumerate(evaluation, start=1)]
    total: Row = {"kind": "total", "name": "合计"}
    for column in ("tasks", *LIGHTS):
        total[column] = sum((row[column] for row in rows), Decimal(0))
    for column in ("month", "ytd", "yoy", "target", "completion"):
        put(total, column, Figure(None, None, None, (), ""))
    return frame(
        [*rows, total],
        number=pl.Int64,
        code=pl.String,
        name=pl.String,
        department=pl.String,
        tasks=EXACT,
        **dict.fromkeys(LIGHTS, EXACT),
        core=pl.String,
        unit=pl.String,
        decimals=pl.Int64,
        nature=pl.String,
        comparator=pl.String,
        month=EXACT,
        ytd=EXACT,
        yoy=EXACT,
        target=EXACT,
        completion=EXACT,
        light=pl.String,
        change=pl.String,
        remark=pl.String,
    )


def _overview_row(facts: Facts, number: int, one: EvaluationIndicator) -> Row:
    known = {i.code: i for i in facts.catalogue.indicators}
    lights = [light_of(facts, known[code], facts.period) for code in one.figures] or [Light.GREY]
    row: Row = {
        "number": number,
        "code": one.code,
        "name": one.name,
        "department": _department(facts, one.department),
        "tasks": exact(sum(1 for light in lights if light)),
    } | {name: exact(lights.count(light)) for name, light in LIGHTS.items()}
    if not one.core:
        missing = Figure(None, None, None, (), UNREPORTED)
        for column in ("month", "ytd", "yoy", "target", "completion"):
            put(row, column, missing if column in ("month", "ytd") else NOTHING)
        return row | {"core": NO_RETURN, "light": Light.GREY, "change": "", "remark": ""}
    told = _indicator_row(facts, known[one.core])
    before = told["previous"]
    arrow = "" if told["month"] is None or before is None else _arrow(told["month"], before)
    return (
        row
        | told
        | {"code": one.code, "name": one.name, "department": row["department"]}
        | {
            "core": f"{told['name']}({told['unit']})",
            "change": arrow,
            # The formulas of M02 stand on columns that this sheet does not show.
            "yoy|by": None,
            "completion|by": told.get("completion|by"),
        }
    )


def _arrow(now: Decimal, before: Decimal) -> str:
    return "→" if now == before else "↑" if now > before else "↓"


def lights_by_lead(overview_frame: pl.DataFrame) -> pl.DataFrame:
    """M01, chart: lights by lead unit, most tasks first."""
    counts = (
        overview_frame.filter(pl.col("kind") == "data")
        .group_by("department", maintain_order=True)
        .agg(pl.col("tasks", *LIGHTS).sum())
        .sort("tasks", descending=True, maintain_order=True)
    )
    return frame(counts.to_dicts(), department=pl.String, tasks=EXACT, **dict.fromkeys(LIGHTS, EXACT))


# ---- M03 -----------------------------------------------------------------------------------------------------------


def reports(facts: Facts) -> pl.DataFrame:
    """M03: one row a return due for the month: overdue first, then in the order of protocol.

    `days_late` counts calendar days from the due date to the first report, or to the as-of date when nothing came;
    `provisional`: the due date lies in a year whose holidays are not decreed yet.
    """
    mine = (pl.col("district") == facts.district.code) & (pl.col("period") == facts.period)
    filed = facts.submissions.filter(mine).sort("version", "arrived_at", maintain_order=True)
    due = {row["form"]: row for row in facts.deadlines.filter(mine).iter_rows(named=True)}
    rows = []
    for code in facts.district.returns:
        if facts.period >= facts.district.first_period:
            deadline = due.get(code, {"due": None, "provisional": False})
            versions = filed.filter(pl.col("form") == code).to_dicts()
            row = _report_row(facts, code, deadline["due"], versions)
            rows.append(row | {"provisional": deadline["provisional"]})
    rows.sort(key=lambda r: (-r["late"], r["order"], r["form"]))
    return frame(
        rows,
        department=pl.String,
        form=pl.String,
        name=pl.String,
        due=pl.Date,
        provisional=pl.Boolean,
        first=pl.Datetime("us"),
        passed=pl.Datetime("us"),
        versions=EXACT,
        reasons=pl.String,
        hard=EXACT,
        soft=EXACT,
        explained=EXACT,
        days_late=EXACT,
        reporter=pl.String,
        auditor=pl.String,
        state=pl.String,
    )


def _report_row(facts: Facts, form: str, due: date | None, versions: list[dict[str, Any]]) -> Row:
    declared = facts.catalogue.form(form)
    first = versions[0] if versions else None
    # A version that came after an accepted one and was itself sent back does not undo the acceptance.
    passed = next((v for v in reversed(versions) if v["status"] in ("accepted", "questions")), None)
    latest = passed or (versions[-1] if versions else None)
    seen = first["arrived_at"] if first else facts.as_of
    late = max(0, (_day(seen) - due).days) if due and seen else 0
    row: Row = {
        "department": _department(facts, declared.department),
        "order": facts.catalogue.department(declared.department).order,
        "form": form,
        "name": declared.name,
        "due": due,
        "first": first["arrived_at"] if first else None,
        "passed": passed["decided_at"] if passed else None,
        "passed|why": NOT_APPLICABLE if versions else UNREPORTED,
        "reasons": ";".join(
            dict.fromkeys(_wording(v["reasons"]) for v in versions if v["reasons"] and v is not passed)
        ),
        "reporter": latest["reporter"] if latest else None,
        "auditor": latest["auditor"] if latest else None,
        "state": _report_state(latest, late),
        "late": late,
    }
    put_count(row, "versions", len(versions))
    put_count(row, "hard", sum(v["hard"] or 0 for v in versions))
    put_count(row, "soft", (latest["soft"] or 0) if latest else 0)
    put_count(row, "explained", (latest["explained"] or 0) if latest else 0)
    put_count(row, "days_late", late)
    return row


def _wording(reason: str) -> str:
    """A reason without the code word that the record puts before it."""
    return re.sub(r"^[a-z_]+[::]\s*", "", reason)


def _day(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _report_state(latest: Mapping[str, Any] | None, late: int) -> str:
    if latest is None:
        return f"{UNREPORTED}(逾期)" if late else UNREPORTED
    status = str(latest["status"])
    return REPORT_STATES.get(status, status)


# ---- M04 -----------------------------------------------------------------------------------------------------------


def differences(facts: Facts, span: Iterable[str] | None = None) -> pl.DataFrame:
    """M04: the reconciliations of the months, and what is still open from earlier ones.

    Pairs that agree are gathered into one row a rule. Order: 有差异, 无法核对, 时间差, 舍入内一致, 一致; within by
    absolute difference, but so that the items of a rule follow its largest difference, which is mostly their sum.
    """
    asked = list(span) if span is not None else [facts.period]
    known = facts.differences_known
    here = known.filter(pl.col("period").is_in(asked))
    older = known.filter(~pl.col("period").is_in(asked), pl.col("state").is_in(OPEN_STATES))
    older = older.sort("period").unique("id", keep="last", maintain_order=True)
    older = older.filter(~pl.col("id").is_in(here["id"].to_list()))
    equal = here.filter(pl.col("state") == State.EQUAL.value)
    told = [*here.filter(pl.col("state") != State.EQUAL.value).to_dicts(), *older.to_dicts()]
    rows = [_difference_row(facts, row) for row in told]
    rows += [_agreement_row(facts, group.to_dicts()) for _, group in equal.group_by("rule", maintain_order=True)]
    rows += _unreconciled(facts, set(here["rule"].to_list()))
    rank = {state.value: n for n, state in enumerate(STATES)}
    largest: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        group = (row["state"], row["rule"])
        largest[group] = max(largest.get(group, Decimal(0)), abs(row["difference"] or Decimal(0)))
    rows.sort(
        key=lambda r: (
            rank.get(r["state"], len(rank)),
            -largest[r["state"], r["rule"]],
            r["rule"],
            -abs(r["difference"] or 0),
            r["id"],
        )
    )
    return frame(
        rows,
        id=pl.String,
        rule=pl.String,
        period=pl.String,
        left=pl.String,
        left_value=EXACT,
        right=pl.String,
        right_value=EXACT,
        unit=pl.String,
        decimals=pl.Int64,
        difference=EXACT,
        interval=pl.String,
        state=pl.String,
        cause=pl.String,
        department=pl.String,
        due=pl.Date,
        age=EXACT,
    )


def _difference_row(facts: Facts, told: Mapping[str, Any]) -> Row:
    money = told["unit"] == "元"
    row: Row = {
        "id": told["id"],
        "rule": f"{told['rule']} {told['name']}",
        "period": told["period"],
        "left": _place(facts, told["left"], told["key"], told["left_cell"]),
        "left_value": told["left_value"],
        "left_value|why": _why_missing(told["key"], told["left_cell"]),
        "right": _place(facts, told["right"], told["key"] if " " in (told["right"] or "") else "", told["right_cell"]),
        "right_value": told["right_value"],
        "right_value|why": _why_missing(told["key"], told["right_cell"]),
        "difference": told["difference"],
        "difference|why": NOT_APPLICABLE,
        "unit": "万元" if money else told["unit"],
        "decimals": _places(told) if money else 0,
        "interval": _interval(told["low"], told["high"], money),
        "state": told["state"],
        "cause": ":".join(word for word in (told["cause"], told["explanation"]) if word),
        "department": _department(facts, told["owner"]),
        "due": told["due"] if told["state"] in OPEN_STATES else None,
        "due|why": NOT_APPLICABLE,
    }
    put_count(row, "age", told["age"] or 0)
    return row


def _why_missing(key: str, cell: str | None) -> str:
    """A side that has no such record has filed all the same."""
    return NO_RECORD if not cell and _names_record(key) else UNREPORTED


def _places(told: Mapping[str, Any]) -> int:
    """Decimals of 万元 that show both sides exactly: two, four where one was told in 元, six where in 分."""
    values = [told[side] or Decimal(0) for side in ("left_value", "right_value", "difference")]
    if all(value % 100 == 0 for value in values):
        return 2
    return 4 if all(value % 1 == 0 for value in values) else 6


def _agreement_row(facts: Facts, rows: Sequence[Mapping[str, Any]]) -> Row:
    """The pairs of one rule that agree: the pair itself when it is alone, else their number."""
    if len(rows) == 1:
        return _difference_row(facts, rows[0])
    first = rows[0]
    rule = next(r for r in facts.catalogue.reconciliations if r.code == first["rule"])
    row = _difference_row(facts, first)
    if len({told["unit"] for told in rows}) > 1:
        row |= {"unit": "", "decimals": 0}
    row |= {
        "id": f"{first['rule']}-{first['period']}",
        "left": series_name(facts, rule.left),
        "right": series_name(facts, rule.right),
        "difference": Decimal(0),
        "interval": "",
        "cause": f"{len(rows)}组数据全部一致",
    }
    for side in ("left_value", "right_value"):
        row |= {side: None, f"{side}|why": NOT_APPLICABLE}
    return row


def _unreconciled(facts: Facts, seen: set[str]) -> list[Row]:
    """A rule that this district is held to and that had nothing to compare."""
    rows = []
    for rule in facts.catalogue.reconciliations:
        forms = {rule.left.split(".")[0], rule.right.split(".")[0]}
        if rule.code in seen or not forms <= set(facts.district.returns):
            continue
        row: Row = {
            "id": f"{rule.code}-{facts.period}",
            "rule": f"{rule.code} {rule.name}",
            "period": facts.period,
            "left": _place(facts, rule.left, "", ""),
            "right": _place(facts, rule.right, "", ""),
            "unit": "",
            "interval": "",
            "state": State.ONE_SIDED.value,
            "cause": "两方数据未报齐",
            "department": _department(facts, rule.owner),
            "due|why": NOT_APPLICABLE,
        }
        for column in ("left_value", "right_value"):
            put(row, column, Figure(None, None, None, ()))
        put(row, "difference", NOTHING)
        put_count(row, "age", 0)
        rows.append(row)
    return rows


def _place(facts: Facts, side: str, key: str, cell: str) -> str:
    """A side of a reconciliation as a reader knows it: F10 工商银行 期初余额."""
    name = series_name(facts, side)
    subject = subject_of(facts, key, cell)
    if name != side:
        return f"{name}({subject})" if subject and subject not in name else name
    words = (side or "").split(" ")
    return " ".join(subject_of(facts, word, cell) if word in (key or "").split("/") else word for word in words)


def subject_of(facts: Facts, key: str, cell: str) -> str:
    """What a difference is about: a bank, a policy, a column. The number of a record of a ledger stands for one
    firm: its cell is named instead, which only the department can look up."""
    listed = (c for name in ("banks", "policies") for c in facts.catalogue.code_lists[name].codes)
    names = {code.code: code.name for code in listed}
    parts = [part for part in (key or "").split("/") if part]
    told = [names.get(p) or ((cell or NO_RECORD) if _names_record(p) else p) for p in parts]
    return " ".join(told)


def _names_record(key: str | None) -> bool:
    """Whether a key is the number of a record, such as a voucher."""
    return bool(re.search(r"\d{6,}", key or ""))


def series_name(facts: Facts, series: str) -> str:
    """F03.entities.new_m → F03 表1 市场主体 本月新设. What is not a series is given back."""
    parts = (series or "").split(".")
    statistic = next((s for s in facts.catalogue.statistics if s.series == series), None)
    tables = {t.code: t for t in facts.catalogue.tables()}
    table = tables.get(".".join(parts[:2]))
    if table is None:
        return series or ""
    column = statistic.name if statistic else ""
    if not column and len(parts) > 2 and table.has(parts[2]):
        column = table.column(parts[2]).header
    return " ".join(word for word in (table.form, table.title, table.name, column) if word)


def _interval(low: Decimal | None, high: Decimal | None, money: bool) -> str:
    """[171.60, 171.62] with as many digits as it has, of 万元 at least two. Without width both sides were told
    exactly."""
    if low is None or high is None:
        return ""
    if low == high:
        return NO_ROUNDING
    return f"[{_end(low, money)}, {_end(high, money)}]"


def _end(value: Decimal, money: bool) -> str:
    whole, _, digits = f"{value / 10000 if money else value:.8f}".partition(".")
    digits = digits.rstrip("0").ljust(2 if money else 0, "0")
    return f"{whole}.{digits}" if digits else whole


def failed_checks(facts: Facts) -> pl.DataFrame:
    """M04, second block: rules of the returns that were broken, one row a return, rule and place of first hit.

    Findings in ledgers are counted without their wording, since that may name a firm: the department has it in its
    receipt.
    """
    broken = facts.findings.filter(
        pl.col("district") == facts.district.code,
        pl.col("period") == facts.period,
        pl.col("verdict") == Verdict.VIOLATED.value,
        pl.col("severity").is_in([Severity.HARD.value, Severity.SOFT.value]),
    )
    order = {d.code: d.order for d in facts.catalogue.departments}
    groups = broken.group_by("department", "form", "severity", "rule", "rule_id", "submission", maintain_order=True)
    rows = [_failed_row(facts, group.to_dicts(), order) for _, group in groups]
    rows.sort(key=lambda r: (r["severity"] != "硬性", r["order"], r["form"], r["rule"], r["file"]))
    return frame(
        rows,
        department=pl.String,
        form=pl.String,
        rule=pl.String,
        severity=pl.String,
        file=pl.String,
        place=pl.String,
        count=EXACT,
        message=pl.String,
    )


def _failed_row(facts: Facts, found: list[dict[str, Any]], order: Mapping[str, int]) -> Row:
    first = found[0]
    ledgers = {t.code for t in facts.catalogue.tables() if t.layout == "ledger"}
    quiet = first["table"] in ledgers
    row: Row = {
        "department": _department(facts, first["department"]),
        "order": order[first["department"]],
        "form": first["form"],
        "rule": first["rule"],
        "severity": SEVERITIES.get(first["severity"], first["severity"]),
        "file": first["file"] or "",
        "place": f"{first['sheet'] or ''}!{first['cell'] or ''}".strip("!"),
        "message": "台账明细见回执" if quiet else first["message"],
    }
    put_count(row, "count", len(found))
    return row


# ---- M08 -----------------------------------------------------------------------------------------------------------


def rows_of(facts: Facts, series: str, code_list: str = "") -> list[str]:
    """Row keys to show, in the order of the code list: those of the month, else of the last month told, else all."""
    codes = [c.code for c in facts.catalogue.code_lists[code_list].codes] if code_list else []
    for month in (facts.period, *(months.shift(facts.period, -n) for n in range(1, 13))):
        if found := facts.items(series, month):
            return sorted(found, key=lambda item: (codes.index(item) if item in codes else len(codes), item))
    return codes


def label(facts: Facts, code_list: str, code: str) -> str:
    return facts.catalogue.code_lists[code_list].label(code)


def _series_row(facts: Facts, item: str, columns: Mapping[str, str], period: str) -> Row:
    row: Row = {}
    for column, series in columns.items():
        put(row, column, facts.figure(series, item, period))
    return row


def _doubted(facts: Facts, row: Row) -> str:
    keys = [key for column, value in row.items() if column.endswith("|src") and value for key in value]
    return to_check(facts.doubts(keys))


POLICY_COLUMNS = {
    "eligible": "F01.summary.eligible_n",
    "times_m": "F01.summary.benefit_times_m",
    "times_ytd": "F01.summary.benefit_times_ytd",
    "firms_m": "F01.summary.benefit_firms_m",
    "firms_ytd": "F01.summary.benefit_firms_ytd",
    "amount_m": "F01.summary.amount_m",
    "amount_ytd": "F01.summary.amount_ytd",
    "amount_ly": "F01.summary.amount_ytd_ly",
}
POLICY_KINDS = {"ZZS_LDTS": "退", "HJ_ZZY": "缓", "XGM_MZ": "免", "LSLF": "减"}


def policies(facts: Facts) -> pl.DataFrame:
    """M08: tax relief by policy, and the sum of what is shown. 户数 is distinct taxpayers and has no sum."""
    rows = []
    for code in rows_of(facts, "F01.summary.amount_m", "policies"):
        row = _series_row(facts, code, POLICY_COLUMNS, facts.period)
        row |= {"policy": label(facts, "policies", code), "relief": POLICY_KINDS.get(code, "其他")}
        put(row, "yoy", growth(_figure(row, "amount_ytd"), _figure(row, "amount_ly")))
        put(row, "take_up", divide(_figure(row, "firms_ytd"), _figure(row, "eligible")))
        rows.append(row | {"remark": _doubted(facts, row)})
    total = _total_row(rows, ("times_m", "times_ytd", "amount_m", "amount_ytd", "amount_ly"))
    for column in ("eligible", "firms_m", "firms_ytd", "take_up"):
        put(total, column, NOTHING)
    put(total, "yoy", growth(_figure(total, "amount_ytd"), _figure(total, "amount_ly")))
    told = [facts.figure(POLICY_COLUMNS[c], "合计", facts.period) for c in ("times_m", "amount_m", "amount_ytd")]
    doubts = facts.doubts(key for figure in told for key in figure.sources)
    total |= {"policy": "合计", "remark": to_check(doubts)}
    numbers = dict.fromkeys([*POLICY_COLUMNS, "yoy", "take_up"], EXACT)
    return _suppressed(
        frame([*rows, total], policy=pl.String, relief=pl.String, **numbers, remark=pl.String),
        {"firms_m": ("times_m", "amount_m"), "firms_ytd": ("times_ytd", "amount_ytd", "yoy", "take_up")},
    )


def _figure(row: Row, column: str) -> Figure:
    """A figure that was put into a row before; its interval is not needed any more."""
    value = row[column]
    return Figure(value, value, value, tuple(row[f"{column}|src"]), row[f"{column}|why"] or UNREPORTED)


def _total_row(rows: Sequence[Row], columns: Iterable[str]) -> Row:
    """合计 of the rows shown; 未报 when one of them is missing."""
    total: Row = {"kind": "total"}
    for column in columns:
        put(total, column, add(_figure(row, column) for row in rows))
    return total


def _suppressed(table: pl.DataFrame, by: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Hide the cells of data rows that one or two firms stand behind, and one more row when the hidden one could
    be found from the total. `by`: the column that counts the firms → the columns that it protects."""
    shown = table
    for firms, protected in by.items():
        counts = shown[firms].to_list()
        rows = [n for n, kind in enumerate(shown["kind"].to_list()) if kind == "data"]
        few = [n for n in rows if counts[n] is not None and 0 < counts[n] < FEWEST_FIRMS]
        others = sorted((n for n in rows if n not in few and counts[n]), key=lambda n: counts[n])
        hidden = few + (others[:1] if len(few) == 1 else [])
        if hidden:
            shown = _hide(shown, hidden, [firms, *protected])
    return shown


def _hide(table: pl.DataFrame, rows: Sequence[int], columns: Sequence[str]) -> pl.DataFrame:
    hit = pl.int_range(pl.len()).is_in(list(rows))
    changes = []
    for column in columns:
        changes += [
            pl.when(hit).then(None).otherwise(pl.col(column)).alias(column),
            pl.when(hit).then(pl.lit(SUPPRESSED)).otherwise(pl.col(f"{column}|why")).alias(f"{column}|why"),
            pl.when(hit)
            .then(pl.lit([], dtype=pl.List(pl.String)))
            .otherwise(pl.col(f"{column}|src"))
            .alias(f"{column}|src"),
        ]
    told = pl.when(pl.col("kind") == "total").then(pl.lit("told_total")).otherwise(pl.col("kind")).alias("kind")
    return table.with_columns(*changes, told)


REFUND_COLUMNS = {
    "n_m": "F02.summary.n_m",
    "amount_m": "F02.summary.amount_m",
    "n_ytd": "F02.summary.n_ytd",
    "amount_ytd": "F02.summary.amount_ytd",
    "district_share": "F02.summary.district_share",
}


def treasury_refunds(facts: Facts) -> pl.DataFrame:
    """M08: refunds that the treasury paid, by budget item and kind."""
    rows = []
    for item in rows_of(facts, "F02.summary.amount_m"):
        budget, _, kind = item.partition("/")
        row = _series_row(facts, item, REFUND_COLUMNS, facts.period)
        row |= {"budget": label(facts, "budget_items", budget), "refund": kind or item}
        rows.append(row | {"remark": _doubted(facts, row)})
    if not rows:
        rows = [{"budget": "各科目", "refund": "各类", **_series_row(facts, "", REFUND_COLUMNS, facts.period)}]
    total = _total_row(rows, REFUND_COLUMNS) | {"budget": "合计"}
    numbers = dict.fromkeys(REFUND_COLUMNS, EXACT)
    return frame([*rows, total], budget=pl.String, refund=pl.String, **numbers, remark=pl.String)


DEFERRAL_COLUMNS = {
    "open": "F01.deferrals.defer_open",
    "new": "F01.deferrals.defer_new",
    "paid": "F01.deferrals.defer_paid",
    "close": "F01.deferrals.defer_close",
}


def deferrals(facts: Facts) -> pl.DataFrame:
    """M08: roll-forward of deferred taxes; `check` is opening + new − paid − closing, zero when it rolls."""
    rows = []
    for batch in rows_of(facts, "F01.deferrals.defer_close", "batches"):
        row = _series_row(facts, batch, DEFERRAL_COLUMNS, facts.period)
        row |= {"batch": label(facts, "batches", batch)}
        rows.append(row)
    rows.append(_total_row(rows, DEFERRAL_COLUMNS) | {"batch": "合计"})
    for row in rows:
        opening = subtract(add((_figure(row, "open"), _figure(row, "new"))), _figure(row, "paid"))
        put(row, "check", subtract(opening, _figure(row, "close")))
    return frame(rows, batch=pl.String, **dict.fromkeys([*DEFERRAL_COLUMNS, "check"], EXACT))


def treasury_check(facts: Facts) -> pl.DataFrame:
    """M08: VAT credit refunds as the tax office tells them and as the treasury paid them, month and year to date."""
    known = facts.differences_known.filter(pl.col("period") == facts.period)
    rows = []
    for name, mine, theirs, rule in (
        ("本月", "F01.summary.amount_m", "F02.summary.vat_m", "R01"),
        ("本年累计", "F01.summary.amount_ytd", "F02.summary.vat_ytd", "R02"),
    ):
        tax, treasury = facts.figure(mine, "ZZS_LDTS", facts.period), facts.figure(theirs, "", facts.period)
        found = known.filter(pl.col("rule") == rule).to_dicts()
        rank = {state.value: n for n, state in enumerate(STATES)}
        found.sort(key=lambda r: (r["key"] not in ("", "合计"), rank.get(r["state"], 9)))
        row: Row = {
            "name": name,
            "rule": rule,
            "state": found[0]["state"] if found else State.ONE_SIDED.value,
            "cause": (found[0]["explanation"] or found[0]["cause"] or "") if found else "两方数据未报齐",
        }
        put(row, "tax", tax)
        put(row, "treasury", treasury)
        put(row, "difference", subtract(tax, treasury))
        rows.append(row)
    numbers = dict.fromkeys(("tax", "treasury", "difference"), EXACT)
    return frame(rows, name=pl.String, rule=pl.String, **numbers, state=pl.String, cause=pl.String)


def refunds_by_month(facts: Facts, count: int = 12) -> pl.DataFrame:
    """M08, chart: amounts by policy and month, with what the treasury paid out of VAT credit refunds."""
    rows = []
    codes = [c.code for c in facts.catalogue.code_lists["policies"].codes]
    for month in months.months_between(months.shift(facts.period, 1 - count), facts.period):
        row: Row = {"month": month}
        for code in codes:
            put(row, code, facts.figure("F01.summary.amount_m", code, month))
        put(row, "treasury", facts.figure("F02.summary.vat_m", "", month))
        told = row[codes[0]] is not None
        rows.append(row | {"remark": "" if told else row[f"{codes[0]}|why"]})
    return frame(rows, month=pl.String, **dict.fromkeys([*codes, "treasury"], EXACT), remark=pl.String)


# ---- M09 -----------------------------------------------------------------------------------------------------------

BALANCE_COLUMNS = {
    "year_open": "F10.balances.year_open",
    "open": "F10.balances.open_bal",
    "lent": "F10.balances.lent_m",
    "repaid": "F10.balances.repaid_m",
    "writeoff": "F10.balances.writeoff_m",
    "close": "F10.balances.close_bal",
    "borrowers": "F10.balances.borrowers",
    "npl": "F10.balances.npl_bal",
}


def banks(facts: Facts) -> pl.DataFrame:
    """M09: balances of the bank-tax loans by bank, largest closing balance first, 合计 on top."""
    rows = []
    for code in rows_of(facts, "F10.balances.close_bal", "banks"):
        row = _series_row(facts, code, BALANCE_COLUMNS, facts.period)
        rows.append(row | {"bank": label(facts, "banks", code)})
    rows.sort(key=lambda r: (r["close"] is None, -(r["close"] or 0)))
    rows = [_total_row(rows, BALANCE_COLUMNS) | {"bank": "合计"}, *rows]
    for row in rows:
        closing, opening = _figure(row, "close"), _figure(row, "year_open")
        put(row, "increase", subtract(closing, opening))
        put(row, "growth", growth(closing, opening))
        put(row, "mean", divide(closing, _figure(row, "borrowers")))
        put(row, "npl_rate", divide(_figure(row, "npl"), closing))
        row["remark"] = _doubted(facts, row)
    numbers = dict.fromkeys([*BALANCE_COLUMNS, "increase", "growth", "mean", "npl_rate"], EXACT)
    protected = [column for column in numbers if column != "borrowers"]
    return _suppressed(frame(rows, bank=pl.String, **numbers, remark=pl.String), {"borrowers": protected})


CENTRE_COLUMNS = {
    "visits_m": "F09.summary.visits_m",
    "visits_all": "F09.summary.visits_all",
    "borrowers_m": "F09.summary.borrowers_m",
    "borrowers_all": "F09.summary.borrowers_all",
    "first_n": "F09.summary.first_n",
    "renew_n": "F09.summary.renew_n",
    "amount_m": "F09.summary.amount_m",
    "amount_ytd": "F09.summary.amount_ytd",
    "amount_all": "F09.summary.amount_all",
}


def centre_loans(facts: Facts) -> pl.DataFrame:
    """M09: the first-loan and renewal centre by bank, most lent this year first, 合计 on top."""
    rows = []
    for code in rows_of(facts, "F09.summary.amount_ytd", "banks"):
        row = _series_row(facts, code, CENTRE_COLUMNS, facts.period)
        rows.append(row | {"bank": label(facts, "banks", code)})
    rows.sort(key=lambda r: (r["amount_ytd"] is None, -(r["amount_ytd"] or 0)))
    rows = [_total_row(rows, CENTRE_COLUMNS) | {"bank": "合计"}, *rows]
    for row in rows:
        put(row, "mean", divide(_figure(row, "amount_all"), _figure(row, "borrowers_all")))
        row["remark"] = _doubted(facts, row)
    table = frame(rows, bank=pl.String, **dict.fromkeys([*CENTRE_COLUMNS, "mean"], EXACT), remark=pl.String)
    hidden = {
        "visits_m": (),
        "visits_all": (),
        "borrowers_m": ("first_n", "renew_n", "amount_m", "amount_ytd"),
        "borrowers_all": ("amount_all", "mean"),
        "first_n": ("renew_n",),
        "renew_n": ("first_n",),
    }
    return _suppressed(table, hidden)


def waterfall(facts: Facts) -> pl.DataFrame:
    """M09, chart: opening → lent → repaid → written off → closing, as steps of stacked columns.

    `value` is told; `level` (the ends), `up`, `down` and `base` (what the step stands on) carry the columns.
    """
    parts = {name: facts.figure(series, "合计", facts.period) for name, series in BALANCE_COLUMNS.items()}
    running, rows = parts["open"], []
    for name, column, sign in (
        ("期初余额", "open", 0),
        ("本月发放", "lent", 1),
        ("本月收回", "repaid", -1),
        ("核销转出", "writeoff", -1),
        ("期末余额", "close", 0),
    ):
        figure = parts[column]
        row: Row = {"step": name, "level": None, "up": None, "down": None, "base": None}
        put(row, "value", figure)
        if sign == 0:
            put(row, "level", figure)
        elif sign == 1:
            put(row, "base", running)
            put(row, "up", figure)
            running = add((running, figure))
        else:
            running = subtract(running, figure)
            put(row, "base", running)
            put(row, "down", figure)
        for helper in ("level", "up", "down", "base"):
            row.setdefault(f"{helper}|why", "")
            row[f"{helper}|why"] = ""
        rows.append(row)
    return frame(rows, step=pl.String, **dict.fromkeys(("value", "base", "level", "up", "down"), EXACT))


# ---- M15 -----------------------------------------------------------------------------------------------------------


def definitions(facts: Facts) -> pl.DataFrame:
    """M15: what every core figure means and where it is read."""
    rows = []
    for indicator in facts.catalogue.indicators:
        series = [indicator.series] if indicator.series else [indicator.numerator, indicator.denominator]
        rows.append(
            {
                "code": indicator.code,
                "name": indicator.name,
                "unit": indicator.unit,
                "basis": NATURES[indicator.nature],
                "definition": indicator.definition,
                "source": " ÷ ".join(series_name(facts, one) for one in series),
                "clause": indicator.clause,
                "department": _department(facts, indicator.department),
            }
        )
    names = ("code", "name", "unit", "basis", "definition", "source", "clause", "department")
    return frame(rows, **dict.fromkeys(names, pl.String))


CODE_LISTS = {
    "policies": "税费政策",
    "relief_kinds": "退缓免减",
    "refund_kinds": "退库种类",
    "batches": "缓缴批次",
    "entity_types": "市场主体类型",
    "banks": "银行",
}


def code_lists(facts: Facts) -> pl.DataFrame:
    """M15: the codes that the sheets use, one row a list."""
    rows = []
    for name, title in CODE_LISTS.items():
        codes = facts.catalogue.code_lists[name].codes
        told = "、".join(c.code if c.code == c.name else f"{c.code} {c.name}" for c in codes)
        rows.append({"list": title, "codes": told})
    return frame(rows, list=pl.String, codes=pl.String)


def revised(facts: Facts, changes: pl.DataFrame | None) -> pl.DataFrame:
    """M15: figures that are told otherwise than in the edition before.

    Args:
        changes: series, item, period, unit (base), old, new (EXACT, null = not told), reason; None: a first edition.
    """
    rows = [] if changes is None else [_revised_row(facts, row) for row in changes.iter_rows(named=True)]
    texts = dict.fromkeys(("name", "period", "unit", "ground"), pl.String)
    return frame(rows, **texts, decimals=pl.Int64, old=EXACT, new=EXACT)


def _revised_row(facts: Facts, told: Mapping[str, Any]) -> Row:
    unit, decimals = _shown_in(facts, told["series"], told["unit"])
    row: Row = {
        "name": _place(facts, told["series"], told["item"], ""),
        "period": told["period"],
        "unit": unit,
        "decimals": decimals,
        "ground": told["reason"] or "",
    }
    for column in ("old", "new"):
        put(row, column, Figure(told[column], None, None, ()))
    return row


def _shown_in(facts: Facts, series: str, base: str) -> tuple[str, int]:
    """Unit and decimals that a series is shown in: those of its return; a sum of 元 in 万元."""
    statistic = next((s for s in facts.catalogue.statistics if s.series == series), None)
    if statistic:
        return ("万元", 2) if base == "元" else (statistic.unit, 0)
    column = facts.catalogue.column(series)
    return column.unit, column.decimals


def unreported(facts: Facts) -> pl.DataFrame:
    """M15: the returns that are missing for the month."""
    table = reports(facts).filter(pl.col("passed").is_null())
    return table.select("kind", "department", "form", "name", "due", "provisional", "state")
