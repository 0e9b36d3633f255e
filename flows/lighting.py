"""Lights that a person sets by hand in place of the computed ones: set, taken back, listed. Each is an event in the
record; nothing is undone."""

from datetime import datetime

import polars as pl

from flows.deciding import Refused
from flows.frames import load_frames
from flows.house import House, due_month
from flows.publishing import facts_of, know
from transforms import period
from transforms.explanations import is_reason
from transforms.facts import Facts
from transforms.lights import subject_of
from transforms.model import District, Light
from transforms.reconcile.difference import COMPARED
from transforms.schedule import Lamp, lamps

MAY_BE_SET = tuple(light for light in Light if light is not Light.GREY)
LONGEST_NAME, LONGEST_REASON = 30, 200
"""Characters: it stands in a comment, in M15 and in the brief."""
NOT_LIT = "无"


def set_light(
    house: House, district: District, month: str, code: str, light: str, reason: str, by: str, at: datetime
) -> str:
    """Set a light of a month by hand; setting it again replaces what was set. Returns a sentence.

    Args:
        code: a core figure (I1202), a target (T013), a measure (ML-07) or an indicator of the evaluation (E07).
    Raises:
        Refused: no such light, none of the colours, no name or reason, or a month that is closed or not over.
    """
    _may_decide(house, district, month, reason, by, at)
    if light not in MAY_BE_SET:
        why = "灰＝未报，不能人工设定" if light == Light.GREY else f"没有“{light}”灯"
        raise Refused(f"{why}；请写{'、'.join(MAY_BE_SET)}中的一个。")
    lamp = _lamp(house, district, month, code, at)
    house.journal.note_light(district.code, month, lamp.code, light, at, by.strip(), reason.strip())
    return f"{_named(lamp, code)}{period.chinese(month)}设定为{light}灯（计算为{_computed(lamp)}），由{by.strip()}设定；下一夜重新发布。"


def withdraw_light(house: House, district: District, month: str, code: str, reason: str, by: str, at: datetime) -> str:
    """Take back what was set: the computed light stands again. Returns a sentence.

    Raises:
        Refused: the light was not set by hand, no name or reason, or the month is closed.
    """
    _may_decide(house, district, month, reason, by, at)
    lamp = _lamp(house, district, month, code, at)
    decided = lamp.lit.decided
    if not decided or not decided.light or decided.subject != lamp.code:
        raise Refused(f"{_named(lamp, code)}{period.chinese(month)}没有人工设定的灯色，不必撤回。")
    house.journal.note_light(district.code, month, lamp.code, "", at, by.strip(), reason.strip())
    return f"{_named(lamp, code)}{period.chinese(month)}恢复为计算的{_computed(lamp)}灯，由{by.strip()}撤回；下一夜重新发布。"


def list_lights(house: House, district: District | None, month: str, at: datetime) -> str:
    """Every light of a month that was set or taken back, as known at a moment, with the computed one of now."""
    events = house.journal.light_events(at).filter(pl.col("period") == month)
    lines: list[str] = []
    for one in [district] if district else house.catalogue.districts:
        of_district = events.filter(pl.col("district") == one.code)
        if of_district.is_empty():
            continue
        known = lamps(_facts(house, one, month, at))
        for subject, told in of_district.sort("subject", maintain_order=True).group_by("subject", maintain_order=True):
            lines += _history(one, str(subject[0]), known.get(str(subject[0])), told)
    return "\n".join(lines) or f"{period.chinese(month)}没有人工设定的灯色。"


def _history(district: District, subject: str, lamp: Lamp | None, told: pl.DataFrame) -> list[str]:
    """What became of one light: as it stands, then every event."""
    last = told.row(-1, named=True)
    stands = f"{last['light']}※" if last["light"] else "按计算"
    computed, name = (_computed(lamp), lamp.name) if lamp else (NOT_LIT, "（现已没有这一项）")
    lines = [f"{district.name} {subject} {name}：{stands}（计算为{computed}）"]
    for row in told.iter_rows(named=True):
        done = f"设定为{row['light']}" if row["light"] else "撤回"
        lines.append(f"  {row['at']:%Y-%m-%d %H:%M} {row['actor']}{done}：{row['reason']}")
    return lines


def _may_decide(house: House, district: District, month: str, reason: str, by: str, at: datetime) -> None:
    if not by.strip():
        raise Refused("人工设定灯色须有姓名，请用 --by 写明是谁。")
    if len(by.strip()) > LONGEST_NAME:
        raise Refused(f"姓名有{len(by.strip())}个字，请不超过{LONGEST_NAME}个字。")
    if not is_reason(reason.strip()):
        raise Refused(f"“{reason}”没有说出理由，请用 --reason 写明具体事由。")
    if len(reason.strip()) > LONGEST_REASON:
        raise Refused(f"理由有{len(reason.strip())}个字，请不超过{LONGEST_REASON}个字。")
    if month < district.first_period:
        raise Refused(
            f"{district.name}自{period.chinese(district.first_period)}起报送，没有{period.chinese(month)}的灯。"
        )
    if month > due_month(at):
        raise Refused(f"{period.chinese(month)}还没有结束，没有灯可以设定。")
    if (district.code, month) in house.journal.locks():
        raise Refused(f"{district.name}{period.chinese(month)}已经锁定；先用 yueji reopen 解锁，再设定灯色。")


def _lamp(house: House, district: District, month: str, code: str, at: datetime) -> Lamp:
    """The light that a code means in a month."""
    facts = _facts(house, district, month, at)
    subject = subject_of(house.catalogue, code.strip().upper())
    lamp = lamps(facts).get(subject)
    if lamp:
        return lamp
    raise Refused(_why_none(facts, subject))


def _why_none(facts: Facts, code: str) -> str:
    indicator = next((one for one in facts.catalogue.indicators if one.code == code), None)
    if indicator and indicator.target is None:
        return f"{code} {indicator.name}没有目标，不亮灯，不能设定。"
    if indicator:
        return f"{facts.district.name}不报 {code} {indicator.name}，没有灯可以设定。"
    of_figure = next((one for one in facts.catalogue.evaluation if one.code == code), None)
    if of_figure:
        return f"{code} {of_figure.name}的灯就是核心指标 {of_figure.core} 的灯，请设定 {of_figure.core}。"
    return f"{facts.district.name}没有代码为 {code} 的灯；可以设定的有核心指标（如 I1202，见M02）、目标（如 T013，见M07）、改革措施（如 ML-07，见M06）。"


def _facts(house: House, district: District, month: str, at: datetime) -> Facts:
    """What is known of a month; lights do not depend on differences, so none is worked out."""
    known = know(house, load_frames(house, at), at, pl.DataFrame(schema=COMPARED))
    return facts_of(house, known, district, month)


def _named(lamp: Lamp, code: str) -> str:
    """I1202 …, and that the target that was named has the same light."""
    asked = code.strip().upper()
    same = f"（{asked} 与它是同一盏灯）" if asked != lamp.code else ""
    return f"{lamp.code} {lamp.name}{same}"


def _computed(lamp: Lamp) -> str:
    return str(lamp.lit.computed or NOT_LIT)
