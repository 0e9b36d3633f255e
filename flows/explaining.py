"""One difference for a person who asks: both sides, cells, rounding, cause, suspects, decisions, and its whole history."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from unicodedata import east_asian_width

import polars as pl

from flows.deciding import Refused, is_number
from flows.frames import Frames, load_frames
from flows.house import House
from flows.publishing import after_of, compare_some, settle_by
from flows.summary import width_of
from transforms import period
from transforms.follow import follow, number_of, standings
from transforms.follow.asks import SIDES, cause_of, department_of, named
from transforms.follow.events import ACCEPTED, CLOSED, EXPLAINED, OPEN, Standing
from transforms.follow.sentences import NO_RECORD, UNTOLD, amount_of, digits_of, shown_unit, suspects_of
from transforms.follow.settle import AGREEING
from transforms.model import State
from transforms.reconcile import Reconciled
from transforms.reconcile.statement import check_of, statement
from transforms.spans import last_month_of

WIDTH = 96
IN_FULL = 3
LISTED = 40
CELLS = 20
STATUSES = {OPEN: "待处理", EXPLAINED: "已说明", ACCEPTED: "已接受", CLOSED: "已了结", "": ""}
EVENTS = {
    "open": "出现",
    "reopened": "重新打开",
    "changed": "有变化",
    "escalated": "逾期未冲回",
    "explained": "说明",
    "remarked": "来文",
    "accepted": "接受",
    "withdrawn": "撤回接受",
    "corrected": "更正",
    "closed": "了结",
}
SHOWN_STATES = (State.DIFFERENT, State.TIMING, State.ONE_SIDED, State.OTHER_BASIS, State.WITHIN_ROUNDING, State.EQUAL)


def explain(house: House, code: str, ref_period: str | None, district: str | None, moment: datetime) -> str:
    """The text that answers for a rule and period, or for the number of one difference.

    Args:
        code: a rule (R02) or a number (R02-202208-1A2B3C4D; the period may then be left out).
        district: code of a district; None: all.
    Raises:
        Refused: there is no such rule, number or district, or nothing was compared.
    """
    code = code.upper()
    rule = code.split("-")[0]
    known = list(dict.fromkeys(r.code for r in house.catalogue.reconciliations))
    if rule not in known:
        raise Refused(f"没有勾稽规则 {rule}；有：{'、'.join(known)}。")
    districts = [d.code for d in house.catalogue.districts]
    if district not in (None, *districts):
        raise Refused(f"没有区县 {district}；有：{'、'.join(districts)}")
    frames = load_frames(house, moment)
    reconciled = compare_some(house, frames, [rule])
    events = house.journal.difference_events(moment).filter(pl.col("rule") == rule)
    asked = _Asked(house, frames, reconciled, events)
    if is_number(code):
        return asked.one(code)
    if not ref_period:
        raise Refused("请写明哪个月或哪个季度，如 yueji explain R02 2022-08；或写差异的编号。")
    return asked.of_rule(rule, ref_period, district)


class _Asked:
    """What there is to tell of one rule as known at a moment."""

    def __init__(self, house: House, frames: Frames, reconciled: Reconciled, events: pl.DataFrame) -> None:
        self._house, self._frames, self._events, self._terms = house, frames, events, reconciled.terms
        compared = reconciled.compared
        self._ledger = standings(events)
        # An analyst may ask about any month; each pair is told as it is followed at the last month known of its district.
        self._followed = pl.concat([self._follow(compared, d.code) for d in house.catalogue.districts])

    def _follow(self, compared: pl.DataFrame, district: str) -> pl.DataFrame:
        own = compared.filter(pl.col("district") == district)
        last = own.select(last_month_of(pl.col("period")).max()).item() if own.height else None
        after = after_of(self._house.catalogue)
        followed = follow(own, last or "0000-00", self._ledger, after)
        rest = own.filter(pl.Series([n not in set(followed["id"]) for n in _numbers(own)], dtype=pl.Boolean))
        parts = [follow(rest.filter(last_month_of(pl.col("period")) == m), m, self._ledger) for m in _months(rest)]
        # What a later month has put right is not carried any more, but it can be asked about.
        return pl.concat([followed, *parts])

    def one(self, number: str) -> str:
        found = self._followed.filter(pl.col("id") == number)
        s = self._ledger.get(number)
        if found.height:
            return "\n".join(self._full(found.row(0, named=True)))
        if s is None:
            raise Refused(f"差异台账里没有编号 {number}；编号见 M04、Q04 和回执。")
        return "\n".join([*self._head_of(s), "", *self._history(number)])

    def of_rule(self, rule: str, ref_period: str, district: str | None) -> str:
        ends = last_month_of(pl.col("period")) == period.last_month(ref_period)
        found = self._followed.filter(pl.col("rule") == rule, ends)
        if district:
            found = found.filter(pl.col("district") == district)
        declared = next(r for r in self._house.catalogue.reconciliations if r.code == rule)
        if found.is_empty() and "reason" in declared.params:
            raise Refused(f"{rule} {declared.name}：{declared.params['reason']}。")
        if found.is_empty():
            raise Refused(f"{period.chinese(ref_period)}没有可以核对的 {rule} 数据：两方都没有通过的报送。")
        agree = found.filter(pl.col("state").is_in(AGREEING))
        rank = {state.value: n for n, state in enumerate(SHOWN_STATES)}
        order = pl.col("state").replace_strict(rank, default=9, return_dtype=pl.Int64)
        size = pl.col("difference").abs()
        differ = found.filter(~pl.col("id").is_in(agree["id"].implode())).sort(
            order, size, "id", descending=[False, True, False], nulls_last=True
        )
        lines = [f"{rule} {declared.name}  {period.chinese(ref_period)}", self._counts(differ, agree), ""]
        shown = differ if differ.height else agree
        if shown.height > IN_FULL:
            lines += [*self._list(shown), "", "要看其中一项的全部情况：yueji explain 编号"]
        else:
            for row in shown.iter_rows(named=True):
                lines += [*self._full(row), ""]
        return "\n".join(lines).rstrip()

    def _counts(self, differ: pl.DataFrame, agree: pl.DataFrame) -> str:
        counts = [(state.value, differ.filter(pl.col("state") == state.value).height) for state in State]
        told = [f"{word} {n} 项" for word, n in counts if n]
        return "，".join([*told, f"一致或舍入内一致 {agree.height} 组"])

    # ---- several, briefly ----

    def _list(self, rows: pl.DataFrame) -> list[str]:
        lines = []
        for row in rows.head(LISTED).iter_rows(named=True):
            agrees = row["state"] in AGREEING
            told = amount_of(row["left_value" if agrees else "difference"], row["unit"], sign=not agrees)
            words = " ".join(word for word in (row["state"], _status_of(row)) if word)
            lines.append(f"{row['id']}  {_fit(self._subject(row), 26)}  {_right(told, 18)}  {words}")
            lines += _wrapped(cause_of(row), "    ")
        if rows.height > LISTED:
            lines.append(f"另有 {rows.height - LISTED} 项没有列出，见 M04。")
        return lines

    def _subject(self, row: Mapping[str, Any]) -> str:
        district = self._house.catalogue.district(row["district"]).name
        return f"{district} {named(row['key'], self._house.catalogue)}"

    # ---- one, in full ----

    def _full(self, row: Mapping[str, Any]) -> list[str]:
        return [
            *self._head(row),
            "",
            *self._sides(row),
            *self._why(row),
            *self._decisions(row),
            "",
            *self._history(row["id"]),
        ]

    def _head(self, row: Mapping[str, Any]) -> list[str]:
        catalogue = self._house.catalogue
        district = catalogue.district(row["district"])
        lines = [
            f"{row['id']}  {row['name']}",
            f"{district.name}  {period.chinese(row['period'])}  {named(row['key'], catalogue)}",
            f"状态  {' · '.join(w for w in (row['state'], _status_of(row)) if w)}",
        ]
        check = check_of(catalogue, row["rule"], row["key"])
        first, *rest = _wrapped(statement(check, catalogue), "      ")
        lines += [f"应有  {first.strip()}", *rest]
        if row["status"]:
            owner = catalogue.department(row["owner"]).name_in(district.code)
            due = settle_by(self._house, district, period.last_month(row["period"]))
            age = f"，已沿用 {row['age']} 个月" if row["age"] else ""
            lines.append(f"牵头  {owner}，{due:%Y-%m-%d} 前了结{age}")
        if (lock := self._house.journal.locks().get((district.code, period.last_month(row["period"])))) is not None:
            lines.append(f"该月  已于 {lock['at']:%Y-%m-%d} 由{lock['actor']}锁定；以后的更正作为数据修订")
        return lines

    def _head_of(self, s: Standing) -> list[str]:
        name = next(r.name for r in self._house.catalogue.reconciliations if r.code == s.rule)
        district = self._house.catalogue.district(s.district).name
        return [
            f"{s.number}  {name}",
            f"{district}  {period.chinese(s.period)}  {named(s.key, self._house.catalogue)}",
            f"状态  {STATUSES[s.status]}：现在的数里没有这一项",
        ]

    def _sides(self, row: Mapping[str, Any]) -> list[str]:
        catalogue, unit = self._house.catalogue, row["unit"]
        submissions = {r["id"]: r for r in self._frames.submissions.iter_rows(named=True)}
        figures, places = [], []
        for side in SIDES:
            code = department_of(row, side, catalogue)
            who = catalogue.department(code).name_in(row["district"]) if code else ""
            value, untold = row[f"{side}_value"], row["state"] == State.ONE_SIDED.value
            missing = UNTOLD if untold else NO_RECORD
            label = f"{who}  {named(row[side], catalogue)}"
            figures.append((label, missing if value is None else digits_of(value, unit)))
            filed = submissions.get(row[f"{side}_submission"])
            file = f"{filed['file']}（第{filed['version']}版）  {row[f'{side}_cell'] or ''}" if filed else ""
            places.append(file or ("没有通过的报送" if untold else ""))
        gap = row["difference"]
        figures.append(("相差（左减右）", "—" if gap is None else f"{'+' if gap > 0 else ''}{digits_of(gap, unit)}"))
        wide = max(width_of(number) for _, number in figures)
        room = min(WIDTH - 4 - wide, max(44, *(width_of(label) for label, _ in figures)))
        lines = [f"两方所报（{shown_unit(unit)}）"]
        for n, (label, number) in enumerate(figures):
            lines.append(f"  {_fit(label, room)}  {_right(number, wide)}")
            if n < len(places):
                lines += _wrapped(places[n].strip(), "      ")
        return [*lines, *_wrapped(_rounding(row), "  "), *self._cells(row)]

    def _cells(self, row: Mapping[str, Any]) -> list[str]:
        """The told cells behind both sides, where a side is more than one cell."""
        place = [pl.col(name) == row[name] for name in ("district", "rule", "key", "period")]
        terms = self._terms.filter(place)
        if terms.is_empty() or terms.group_by("side").len()["len"].max() == 1:
            return []
        lines = ["", "各格"]
        told = [(t, "未报" if t["value"] is None else digits_of(t["value"], t["unit"])) for t in terms.to_dicts()]
        wide = max(width_of(number) for _, number in told)
        for t, number in told[:CELLS]:
            side = "左" if t["side"] == "left" else "右"
            times = {1: "+", -1: "−"}.get(t["weight"], f"×{t['weight'].normalize():f}")
            item = f"（{named(t['item'], self._house.catalogue)}）" if t["item"] else ""
            label = f"{side} {times} {t['form']} {t['of_period']} {t['header']}{item}"
            lines.append(f"  {_fit(label, 56)}  {_right(number, wide)}  {t['sheet']}!{t['cell']}")
        return lines + ([f"  另有 {len(told) - CELLS} 格。"] if len(told) > CELLS else [])

    def _why(self, row: Mapping[str, Any]) -> list[str]:
        if row["state"] in AGREEING:
            return []
        words = [cause_of(row).removeprefix("原因：")]
        if row["lines"] and row["lines"] > 1:
            words.append(f"涉及 {row['lines']} 笔。")
        head, sets = suspects_of(row["suspects"])
        words += [f"{head}{'：' if sets else ''}", *(f"（{n}）{one}" for n, one in enumerate(sets, start=1))]
        lines = [line for word in words for line in _wrapped(word, "  ")]
        return ["", "原因", *lines] if lines else []

    def _decisions(self, row: Mapping[str, Any]) -> list[str]:
        lines = []
        if row["said"]:
            word = "说明" if row["is_reason"] else "来文（没有说出原因，或此后有变化）"
            lines += _wrapped(
                f"{word}：{row['said']}（{self._person(row, row['said_by'])}，{row['said_at']:%Y-%m-%d}）", "  "
            )
        if row["ceiling"] is not None and row["status"] == ACCEPTED:
            keeper = self._person(row, row["keeper"])
            lines += _wrapped(
                f"接受：限额 {amount_of(row['ceiling'], row['unit'])}，至{period.chinese(row['until'])}底，责任单位{keeper}；"
                f"{row['accepted_for']}（{row['accepted_by']}，{row['accepted_at']:%Y-%m-%d}）",
                "  ",
            )
        return ["", "处置", *lines] if lines else []

    def _history(self, number: str) -> list[str]:
        events = self._events.filter(pl.col("difference") == number)
        if events.is_empty():
            differs = self._followed.filter(pl.col("id") == number, pl.col("status") != "").height
            return ["经过", "  还没有记入差异台账，下一夜记入。" if differs else "  没有出现过差异。"]
        lines = ["经过"]
        units = self._followed.filter(pl.col("id") == number)["unit"].to_list()
        for row in events.iter_rows(named=True):
            who = "系统" if row["actor"] == "yueji" else self._person(row, row["actor"])
            head = f"  {row['at']:%Y-%m-%d %H:%M}  {_fit(who, 12)}  {EVENTS.get(row['event'], row['event'])}"
            lines += [head.rstrip(), *_wrapped("".join(_told(row, units[0] if units else "")), "      ")]
        return lines

    def _person(self, row: Mapping[str, Any], code: str | None) -> str:
        known = {d.code: d.name_in(row["district"]) for d in self._house.catalogue.departments}
        return known.get(code or "", code or "")


def _told(row: Mapping[str, Any], unit: str) -> Iterator[str]:
    """What an event says beside who and when."""
    if row["event"] == "accepted":
        limit = amount_of(Decimal(row["ceiling"]), unit) if unit else row["ceiling"]
        yield f"限额 {limit}，至{period.chinese(row['until'])}底。"
    yield row["reason"] or ""
    if row["submission"]:
        yield f"（报送 {row['submission'][:8]}）"


def _status_of(row: Mapping[str, Any]) -> str:
    """How the difference stands, in a word or two."""
    if row["escalated"]:
        return f"逾期未冲回，{STATUSES[row['status']]}"
    if row["state"] == State.TIMING.value and row["status"] == OPEN:
        return "待下期冲回"
    return STATUSES[row["status"] or ""]


def _rounding(row: Mapping[str, Any]) -> str:
    low, high, unit = row["low"], row["high"], row["unit"]
    if low is None or high is None:
        return "有一方没有报数，不能核对。"
    if row["state"] == State.EQUAL.value and row["difference"]:
        return "符合这条规则。"
    if low == high:
        return "两方的数都没有舍入，差额就是这么多。" if row["difference"] else ""
    ends = f"[{digits_of(low, unit)}, {digits_of(high, unit)}]"
    zero = "含零，所以不算差异" if row["state"] == State.WITHIN_ROUNDING.value else "不含零，所以不是舍入造成的"
    if row["state"] == State.EQUAL.value:
        zero = "两方所印的数相等"
    return f"按两方印出的位数，真差额在 {ends} {shown_unit(unit)}之内，{zero}。"


# ---- text of a width ----


def _wrapped(text: str, indent: str) -> list[str]:
    """Lines of at most WIDTH columns, where a Chinese character takes two."""
    lines, line, room = [], "", WIDTH - len(indent)
    for part in _pieces(text):
        if line and width_of(line + part) > room:
            lines.append(line)
            line = ""
        line += part.lstrip() if not line else part
    return [indent + one for one in (*lines, line) if one]


def _pieces(text: str) -> Iterator[str]:
    """Where a line may be broken: between Chinese characters, never within a number, and not before a full stop."""
    piece = ""
    for n, c in enumerate(text):
        piece += c
        after = text[n + 1] if n + 1 < len(text) else ""
        wide = east_asian_width(c) in "WF"
        if (wide or c == " ") and (not after or after not in "，。；：、）》”元") and c not in "（《“":
            yield piece
            piece = ""
    if piece:
        yield piece


def _fit(text: str, columns: int) -> str:
    """Exactly so many columns: filled up, or cut with …"""
    if width_of(text) > columns:
        while width_of(text) > columns - 2:
            text = text[:-1]
        text += "…"
    return text + " " * (columns - width_of(text))


def _right(text: str, columns: int) -> str:
    return " " * (columns - width_of(text)) + text


def _numbers(compared: pl.DataFrame) -> list[str]:
    return [number_of(*row) for row in compared.select("district", "rule", "period", "key").iter_rows()]


def _months(compared: pl.DataFrame) -> Sequence[str]:
    months: list[str] = compared.select(last_month_of(pl.col("period")).unique().sort()).to_series().to_list()
    return months
