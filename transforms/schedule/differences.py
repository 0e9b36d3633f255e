"""M04: two sources held against each other, and the rules that returns broke."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period
from transforms.facts import NOT_APPLICABLE, NOTHING, OPEN_STATES, UNREPORTED, Facts, Figure, filing_key
from transforms.follow.asks import department_of
from transforms.follow.sentences import NO_RECORD, amount_of, day_of, digits_of, suspects_in_brief
from transforms.model import EXACT, OWN_UNIT, Severity, State, Verdict
from transforms.schedule.figures import Row, frame, put, whole
from transforms.schedule.names import department_name, names_record, person_name, place, series_name
from transforms.schedule.sides import SIDES, compared, count_of, gap_of, not_compared, side_of
from transforms.spans import last_month_of

STATES = (State.DIFFERENT, State.ONE_SIDED, State.TIMING, State.WITHIN_ROUNDING, State.EQUAL, State.OTHER_BASIS)
NO_ROUNDING = "无舍入"
SEVERITIES = {Severity.HARD.value: "硬性", Severity.SOFT.value: "软性", Severity.INFO.value: "提示"}


def differences(facts: Facts, span: Iterable[str] | None = None) -> pl.DataFrame:
    """M04: the reconciliations of the months, and what is still open from earlier ones.

    Pairs that agree are gathered into one row a rule. Order: 有差异, 无法核对, 时间差, 舍入内一致, 一致; within by
    absolute difference, but so that the items of a rule follow its largest difference, which is mostly their sum.
    """
    asked = list(span) if span is not None else [facts.period]
    known = facts.differences_known
    # A quarter is shown with the month that ends it.
    of_span = last_month_of(pl.col("period")).is_in(asked)
    here = known.filter(of_span)
    older = known.filter(~of_span, pl.col("state").is_in([*OPEN_STATES, State.TIMING.value]))
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
        lines=EXACT,
        department=pl.String,
        due=pl.Date,
        outcome=pl.String,
        age=EXACT,
    )


def follow_up(facts: Facts, told: Mapping[str, Any]) -> Row:
    """The start of a row about a difference: its rule, why it differs and which cells are suspect, how many items stand
    behind it, who settles it until when, what was said and decided, and its age."""
    row: Row = {
        "id": told["id"],
        "rule": f"{told['rule']} {told['name']}",
        "unit": "万元" if told["unit"] == "元" else "" if told["unit"] == OWN_UNIT else told["unit"],
        "state": told["state"],
        "cause": _why(told),
        "department": department_name(facts, told["owner"]),
        "due": told["due"] if told["state"] in OPEN_STATES else None,
        "due|why": NOT_APPLICABLE,
        "outcome": outcome(facts, told),
    }
    put(row, "age", count_of(facts, told, told["age"] or 0, f"沿用月数 {facts.period} − {told['since']}"))
    put(row, "lines", count_of(facts, told, told["lines"] or 0, "明细条数"))
    return row


def _why(told: Mapping[str, Any]) -> str:
    """The cause with its words, and the suspect cells; words that say the cause themselves stand alone."""
    cause, words = told["cause"] or "", told["explanation"] or ""
    why = words if cause and cause in words else ":".join(word for word in (cause, words) if word)
    return "。".join(word.rstrip("。") for word in (why, suspects_in_brief(told["suspects"], 1)) if word)


def outcome(facts: Facts, told: Mapping[str, Any]) -> str:
    """What has become of a difference so far: who is asked, what was said, what was accepted, and by whom.

    Words about a single record of a ledger are not circulated: they may name a firm.
    """
    status, late = told["status"] or "", "逾期未冲回。" if told["escalated"] else ""
    if status == "accepted":
        limit = amount_of(told["ceiling"], told["unit"])
        keeper = department_name(facts, told["keeper"]) if told["keeper"] else ""
        return (
            f"{told['accepted_by']}{day_of(told['accepted_at'])}接受:限额{limit},至{period.chinese(told['until'])}底,"
            f"责任单位{keeper}。{_quiet(told, told['accepted_for'])}".rstrip("。")
        )
    if status == "explained":
        return f"{late}{person_name(facts, told['said_by'])}{day_of(told['said_at'])}说明:{_quiet(told, told['said'])}"
    if status == "closed":
        return "已与相邻月份冲抵" if told["state"] == State.TIMING.value else "已在后续月份了结"
    if told["state"] == State.TIMING.value:
        return f"{late}应在下期冲回"
    if told["state"] == State.ONE_SIDED.value:
        return "待有关单位报齐"
    return late + _ask(facts, told) if told["state"] == State.DIFFERENT.value else ""


def _ask(facts: Facts, told: Mapping[str, Any]) -> str:
    """Who is to do what until when."""
    filers = {department_of(told, side, facts.catalogue) for side in SIDES} - {"", told["owner"]}
    others = "、".join(department_name(facts, code) for code in sorted(filers))
    together = f"会同{others}" if others else ""
    by = f"于{day_of(told['due'])}前" if told["due"] else ""
    before = f"{person_name(facts, told['said_by'])}{day_of(told['said_at'])}来文后" if told["said"] else ""
    again = "情况有变或未说出原因," if before else ""
    return f"{before}{again}请{department_name(facts, told['owner'])}{together}{by}核实:有误的更正重报,无误的说明原因"


def _quiet(told: Mapping[str, Any], words: str | None) -> str:
    return "内容见回执" if names_record(told["key"]) else (words or "")


def _difference_row(facts: Facts, told: Mapping[str, Any]) -> Row:
    money = told["unit"] == "元"
    row = follow_up(facts, told)
    for side in SIDES:
        figure = side_of(facts, told, side)
        put(row, f"{side}_value", figure._replace(why=_why_missing(told["key"], told[f"{side}_cell"])))
    put(row, "difference", gap_of(facts, told))
    return row | {
        "period": told["period"],
        "left": place(facts, told["left"], told["key"], told["left_cell"]),
        "right": place(facts, told["right"], told["key"] if " " in (told["right"] or "") else "", told["right_cell"]),
        "decimals": _places(told) if money else 0,
        "interval": _interval(told["low"], told["high"], told["unit"]),
    }


def _why_missing(key: str, cell: str | None) -> str:
    """A side that has no such record has filed all the same."""
    return NO_RECORD if not cell and names_record(key) else UNREPORTED


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
        "interval": "",
        "cause": f"{len(rows)}组数据全部一致",
    }
    keys = compared(facts, rows)
    put(row, "difference", whole(0, keys)._replace(work="逐组相减"))
    put(row, "lines", whole(len(rows), keys, "组数"))
    for side in ("left_value", "right_value"):
        put(row, side, NOTHING)
    return row


def _unreconciled(facts: Facts, seen: set[str]) -> list[Row]:
    """A rule that this district is held to and that had nothing to compare, where the month has something due."""
    rows = []
    for rule in facts.catalogue.reconciliations:
        forms = [facts.catalogue.form(code) for code in rule.forms]
        if rule.code in seen or not all(facts.district.owes(form, facts.period) for form in forms):
            continue
        seen = seen | {rule.code}
        why = NOT_APPLICABLE if "reason" in rule.params else UNREPORTED
        row: Row = {
            "id": f"{rule.code}-{facts.period}",
            "rule": f"{rule.code} {rule.name}",
            "period": facts.period,
            "left": place(facts, rule.left, "", ""),
            "right": place(facts, rule.right, "", "") if rule.right else "",
            "unit": "",
            "interval": "",
            "state": State.ONE_SIDED.value,
            "cause": rule.params.get("reason", "两方数据未报齐"),
            "department": department_name(facts, rule.owner),
            "due|why": NOT_APPLICABLE,
        }
        for column in ("left_value", "right_value"):
            put(row, column, Figure(None, None, None, ()))
            row[f"{column}|why"] = why
        put(row, "difference", NOTHING)
        put(row, "age", not_compared(facts, rule, 0))
        put(row, "lines", not_compared(facts, rule, 0))
        row["outcome"] = "" if "reason" in rule.params else outcome(facts, row | {"status": "", "escalated": False})
        rows.append(row)
    return rows


def _interval(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """[1,171.60, 1,171.62] with as many digits as it has, of 万元 at least two. Without width both sides were told
    exactly."""
    if low is None or high is None:
        return ""
    if low == high:
        return NO_ROUNDING
    return f"[{digits_of(low, unit)}, {digits_of(high, unit)}]"


def failed_checks(facts: Facts) -> pl.DataFrame:
    """M04, second block: rules of the returns that were broken, one row a return, rule and place of first hit.

    Findings in ledgers are counted without their wording, since that may name a firm: the department has it in its
    receipt.
    """
    broken = facts.findings.filter(
        pl.col("district") == facts.district.code,
        last_month_of(pl.col("period")) == facts.period,
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
        "department": department_name(facts, first["department"]),
        "order": order[first["department"]],
        "form": f"{first['form']} {facts.catalogue.form(first['form']).name}",
        "rule": first["rule"],
        "severity": SEVERITIES.get(first["severity"], first["severity"]),
        "file": first["file"] or "",
        "place": f"{first['sheet'] or ''}!{first['cell'] or ''}".strip("!"),
        "message": "台账明细见回执" if quiet else first["message"],
    }
    filed = facts.filed_as.get(first["submission"] or "")
    put(row, "count", whole(len(found), [filing_key(*filed)] if filed else [], "处数"))
    return row
