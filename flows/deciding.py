"""What people decide of differences and of months: reasons, acceptances, closing. Each is an event; nothing is undone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from flows.frames import load_frames
from flows.house import House, due_month
from flows.publishing import after_of, compare_all, compare_some
from journal.record import TAKEN_IN
from transforms import period
from transforms.explanations import is_reason
from transforms.follow import EVENTS, Standing, follow, standings
from transforms.follow.events import ACCEPTED, LIVING, NUMBER, OPEN
from transforms.follow.sentences import amount_of, shown_unit
from transforms.model import District, State
from transforms.spans import last_month_of


class Refused(ValueError):
    """The decision does not fit how things stand: the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What is accepted: a limit as people write it (12.5, 12.5万元, 3户), who answers for it, and until which month."""

    limit: str
    keeper: str
    until: str
    reason: str


def find_difference(house: House, number: str) -> Standing:
    """The difference of a number.

    Raises:
        Refused: there is none of this number.
    """
    s = standings(house.journal.difference_events()).get(number.upper())
    if s is None or not s.known:
        raise Refused(f"差异台账里没有编号 {number}；编号见 M04、Q04 和回执，如 R02-202208-1A2B3C4D。")
    return s


def note(house: House, number: str, reason: str, by: str, at: datetime) -> str:
    """Tell the reason of a difference that is not closed. Returns a sentence."""
    s = _living(house, number)
    if not is_reason(reason):
        raise Refused(f"“{reason}”没有说出原因，请写明具体事由。")
    _enter(house, s, "explained", by, at, reason=reason)
    return f"{s.number} 已记下说明：{reason}（{by}）。"


def accept(house: House, number: str, told: Acceptance, by: str, at: datetime) -> str:
    """Accept a difference up to a limit, for a while. Returns a sentence."""
    s = _living(house, number)
    if not is_reason(told.reason):
        raise Refused(f"“{told.reason}”没有说出原因，请写明为什么可以接受。")
    if told.until < f"{at:%Y-%m}":
        raise Refused(f"期限 {told.until} 已经过去。")
    keeper = _department(house, told.keeper)
    unit = unit_of(house, s)
    ceiling = _amount(told.limit, unit, house)
    if s.amount and abs(Decimal(s.amount)) > ceiling:
        gap = amount_of(Decimal(s.amount), unit, sign=True)
        raise Refused(f"{s.number} 现在相差 {gap}，超过所给限额 {amount_of(ceiling, unit)}；请核对单位，或提高限额。")
    details = {"ceiling": f"{ceiling:f}", "keeper": keeper, "until": told.until}
    _enter(house, s, "accepted", by, at, reason=told.reason, **details)
    return f"{s.number} 已接受：限额 {amount_of(ceiling, unit)}，至{period.chinese(told.until)}底，由{by}决定。"


def withdraw_acceptance(house: House, number: str, reason: str, by: str, at: datetime) -> str:
    """Take an acceptance back: the difference is to be settled again. Returns a sentence."""
    s = _living(house, number)
    if s.status != ACCEPTED:
        raise Refused(f"{s.number} 没有被接受，不必撤回。")
    _enter(house, s, "withdrawn", by, at, reason=reason)
    return f"{s.number} 的接受已撤回，须重新处理。"


def close_month(house: House, district: District, month: str, by: str, at: datetime, reason: str, force: bool) -> str:
    """Close a month of a district: what was published of it rests, what changes later is told as a revision.

    Raises:
        Refused: it is closed already, it is not over, or something hard is open and nobody insists.
    """
    if (district.code, month) in house.journal.locks():
        raise Refused(f"{district.name}{period.chinese(month)}已经锁定。")
    if month > due_month(at):
        raise Refused(f"{period.chinese(month)}还没有结束，不能锁定。")
    hindrances = what_is_open(house, district, month, at)
    if hindrances and not (force and is_reason(reason)):
        more = "仍要锁定的，加 --force，并用 --reason 写明原因。" if not force else "强行锁定须用 --reason 写明原因。"
        raise Refused(
            "\n".join([f"{district.name}{period.chinese(month)}还有未了结的事项，没有锁定：", *hindrances, more])
        )
    words = f"{reason}（尚有{len(hindrances)}项未了结）" if hindrances else reason
    house.journal.note_lock(district.code, month, "locked", at, by, words)
    return f"{district.name}{period.chinese(month)}已锁定，由{by}决定。以后的更正照收，已发布的工作簿不改。"


def reopen_month(house: House, district: District, month: str, by: str, at: datetime, reason: str) -> str:
    """Open a closed month again: the next night publishes it anew where something has changed."""
    if (district.code, month) not in house.journal.locks():
        raise Refused(f"{district.name}{period.chinese(month)}没有锁定。")
    house.journal.note_lock(district.code, month, "unlocked", at, by, reason)
    return f"{district.name}{period.chinese(month)}已解锁，由{by}决定。"


def what_is_open(house: House, district: District, month: str, at: datetime) -> list[str]:
    """What stands against closing a month: returns that were not taken in, differences that nobody has explained or
    accepted. One line each."""
    frames = load_frames(house, at)
    of_month = last_month_of(pl.col("period")) == month
    due = house.deadlines(at).filter(pl.col("district") == district.code, of_month)
    there = frames.submissions.filter(pl.col("status").is_in(TAKEN_IN))
    missing = due.join(there, on=["district", "form", "period"], how="anti", maintain_order="left")
    lines = []
    for row in missing.iter_rows(named=True):
        form = house.catalogue.form(row["form"])
        lines.append(
            f"  {form.code} {house.catalogue.department(form.department).name_in(district.code)}：没有通过的报送"
        )
    compared = compare_all(house, frames).compared.filter(pl.col("district") == district.code)
    ledger = standings(house.journal.difference_events(at))
    followed = follow(compared, month, ledger, after_of(house.catalogue))
    hard = followed.filter(of_month, pl.col("state") == State.DIFFERENT.value, pl.col("status") == OPEN)
    for row in hard.sort(pl.col("difference").abs(), descending=True).iter_rows(named=True):
        owner = house.catalogue.department(row["owner"]).name_in(district.code)
        gap = amount_of(row["difference"], row["unit"], sign=True)
        lines.append(f"  {row['id']} {row['name']}：相差 {gap}，{owner}牵头，没有说明也没有接受")
    return lines


def unit_of(house: House, s: Standing) -> str:
    """The base unit of a difference: that of its pair, where it is still compared, else that of its rule."""
    compared = compare_some(house, load_frames(house), [s.rule]).compared
    of_pair = [pl.col(name) == getattr(s, name) for name in ("district", "rule", "period", "key")]
    for found in (compared.filter(of_pair), compared.filter(pl.col("rule") == s.rule)):
        if found.height:
            return str(found["unit"][0])
    return ""


def _living(house: House, number: str) -> Standing:
    s = find_difference(house, number)
    if s.status not in LIVING:
        raise Refused(f"{s.number} 已经了结（{s.why}），不需要再处理。")
    return s


def _enter(house: House, s: Standing, event: str, by: str, at: datetime, **told: str) -> None:
    place = {"district": s.district, "difference": s.number, "rule": s.rule, "key": s.key, "period": s.period}
    row: Mapping[str, Any] = {
        **dict.fromkeys(EVENTS),
        **place,
        "event": event,
        "amount": s.amount,
        "cause": s.cause,
        **told,
        "at": at,
        "actor": by,
    }
    house.journal.note_differences([row])


def _department(house: House, word: str) -> str:
    code = house.catalogue.code_lists["departments"].resolve().get(word)
    if code is None:
        raise Refused(f"没有叫“{word}”的单位；请写单位的代码或名称，如 tax 或 区税务局。")
    return code


def _amount(word: str, unit: str, house: House) -> Decimal:
    """An amount as people write it, in the base unit: without a unit, in that in which the difference is shown."""
    found = re.fullmatch(r"([\d,]+(?:\.\d+)?)\s*(\D*)", word.strip())
    told = (found[2].strip() or shown_unit(unit)) if found else ""
    known = house.catalogue.units.get(told)
    if found is None or known is None or known.base != unit:
        raise Refused(f"限额“{word}”看不懂：请写成 12.5 或 12.5{shown_unit(unit)}。")
    try:
        return Decimal(found[1].replace(",", "")) * known.factor
    except InvalidOperation:
        raise Refused(f"限额“{word}”看不懂。") from None


def district_of(house: House, word: str) -> District:
    """The district of a code or name. Raises Refused where there is none."""
    district = house.district_in(word)
    if district is None:
        raise Refused(f"没有区县 {word}；有：{'、'.join(d.code for d in house.catalogue.districts)}")
    return district


def is_number(word: str) -> bool:
    """Whether a word is the number of a difference."""
    return NUMBER.fullmatch(word.upper()) is not None
