"""What people read on a terminal: the table at the end of a night, and how a month stands."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from unicodedata import east_asian_width

import polars as pl

from flows.frames import load_frames
from flows.house import House
from flows.night import Night
from flows.publishing import after_of, compare_all
from journal.record import TAKEN_IN
from transforms import period
from transforms.follow import Standing, follow, standings
from transforms.follow.events import ACCEPTED, EXPLAINED, LIVING, OPEN
from transforms.lights import last_decided
from transforms.model import State
from transforms.spans import last_month_of

EVENTS = {"accepted": "已接收", "questions": "已接收，请说明", "returned": "退回重报", "unreadable": "无法读取"}
STATES = {**EVENTS, "withdrawn": "已撤回"}
SHOWN = 20


def summarise(night: Night, house: House) -> str:
    """The summary of a night, in Chinese, for a terminal and for the run's page."""
    lines = [f"月季 夜间运行  截至 {night.as_of:%Y-%m-%d %H:%M}", ""]
    lines += table(("区县", "报送单位", "收到", *EVENTS.values()), _received(night.received, house))
    lines += ["", *_spaced([*_told(night), *_revisions(night, house)])]
    lines += table(("规则", "名称", *(s.value for s in State)), _reconciled(night.differences))
    lines += ["", *_ledger(night, house)]
    lines += ["", "已发布："] + [f"  {path}" for path in _relative(night.published, house)]
    if not night.published:
        lines[-1] = "已发布：没有变化，沿用上一版。"
    lines += [f"回执 {len(night.receipts)} 份，在 outbound/<区县>/receipts/ 下。"]
    return "\n".join(lines)


def summarise_intake(night: Night, house: House) -> str:
    """What came in since the last look, in Chinese."""
    lines = [f"月季 收取  截至 {night.as_of:%Y-%m-%d %H:%M}", ""]
    lines += table(("区县", "报送单位", "收到", *EVENTS.values()), _received(night.received, house))
    lines += [
        "",
        *_spaced([*_told(night), *_revisions(night, house)]),
        f"回执 {len(night.receipts)} 份，在 outbound/<区县>/receipts/ 下。",
    ]
    return "\n".join(lines)


def _received(received: pl.DataFrame, house: House) -> list[tuple[str, ...]]:
    rows = []
    districts = {d.code: d.name for d in house.catalogue.districts}
    for (district, department), part in sorted(received.group_by("district", "department"), key=lambda x: str(x[0])):
        counts = [part.filter(pl.col("event") == event).height for event in EVENTS]
        name = house.catalogue.department(str(department)).name_in(str(district))
        rows.append((districts[str(district)], name, str(part.height), *map(str, counts)))
    return rows or [("—",) * (3 + len(EVENTS))]


def _spaced(lines: list[str]) -> list[str]:
    return [*lines, ""] if lines else []


def _told(night: Night) -> list[str]:
    lines = []
    bad = (
        night.received.filter(pl.col("event").is_in(["returned", "unreadable"]))
        if night.received.height
        else night.received
    )
    for row in bad.head(SHOWN).iter_rows(named=True):
        lines.append(f"{EVENTS[row['event']]}：{row['file']}  {row['reason']}")
    for word, names in (
        ("还在写入，留到下次", night.waiting),
        ("重复投放，不重复计", night.again),
        ("不在任何单位的文件夹，未处理", night.unknown),
    ):
        lines += [f"{word}：{name}" for name in names[:SHOWN]]
    return lines


def _reconciled(differences: pl.DataFrame) -> list[tuple[str, ...]]:
    rows = []
    for (rule, name), part in sorted(differences.group_by("rule", "name"), key=lambda x: str(x[0])):
        counts = [part.filter(pl.col("state") == state.value).height for state in State]
        rows.append((str(rule), str(name), *map(str, counts)))
    return rows or [("—",) * (2 + len(State))]


NEWS = {
    "explained": "说明",
    "accepted": "接受",
    "withdrawn": "撤回接受",
    "open": "新出现",
    "reopened": "重新打开",
    "changed": "有变化",
    "escalated": "逾期未冲回",
    "corrected": "报送更正",
    "closed": "了结",
}


def _ledger(night: Night, house: House) -> list[str]:
    """What this night added to the ledger of differences, and how many stand in it."""
    record = house.journal.difference_events(night.as_of)
    before = house.journal.last_finished(night.as_of) or datetime.min
    since = record.filter(pl.col("at") > before, pl.col("actor") != "yueji")["event"].to_list()
    happened = since + (night.events["event"].to_list() if night.events.height else [])
    told = [f"{word} {happened.count(event)}" for event, word in NEWS.items() if event in happened]
    here = standings(record).values()
    lines = [f"差异台账：上一夜以来{'，'.join(told) or '没有变化'}；现有{in_words(here)}。"]
    return lines + [f"  逾期未冲回：{s.number}" for s in here if s.escalated][:SHOWN]


def in_words(differences: Iterable[Standing]) -> str:
    """未了结 5 项（待处理 3，已说明 1，已接受 1；其中逾期未冲回 1）."""
    living = [s for s in differences if s.known and not s.closed]
    count = Counter(s.status for s in living)
    late = sum(s.escalated for s in living)
    told = f"待处理 {count[OPEN]}，已说明 {count[EXPLAINED]}，已接受 {count[ACCEPTED]}"
    return f"未了结 {len(living)} 项（{told}{f'；其中逾期未冲回 {late}' if late else ''}）"


def _revisions(night: Night, house: House) -> list[str]:
    """Returns of tonight about months that have been closed."""
    if night.received.is_empty():
        return []
    locks, lines = house.journal.locks(night.as_of), []
    for row in night.received.filter(pl.col("event").is_in(TAKEN_IN)).iter_rows(named=True):
        month = period.last_month(row["period"])
        if lock := locks.get((row["district"], month)):
            lines.append(
                f"已锁定月份的修订：{row['file']}（{period.chinese(month)}由{lock['actor']}于 {lock['at']:%Y-%m-%d} 锁定）"
                "，已收下，已发布的工作簿不改"
            )
    return lines[:SHOWN]


def _relative(paths: tuple[object, ...], house: House) -> list[str]:
    root = str(house.settings.root.absolute())
    return [str(path).removeprefix(root).lstrip("/") for path in paths]


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Columns aligned by what they take on a terminal, where a Chinese character is two wide."""
    widths = [max(width_of(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [
        "  ".join(cell + " " * (w - width_of(cell)) for cell, w in zip(row, widths, strict=True))
        for row in (header, *rows)
    ]
    return [lines[0], "  ".join("─" * w for w in widths), *lines[1:]]


def width_of(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def describe(house: House, month: str, moment: datetime) -> str:
    """The state of one month, in Chinese."""
    frames = load_frames(house, moment)
    deadlines = house.deadlines(moment).filter(last_month_of(pl.col("period")) == month)
    rows: list[tuple[str, ...]] = []
    for due in deadlines.iter_rows(named=True):
        form = house.catalogue.form(due["form"])
        of_due = [pl.col(name) == due[name] for name in ("district", "form", "period")]
        filed = frames.submissions.filter(of_due)
        told = _that_counts(filed)
        state = STATES.get(told["status"], "待审核") if told else ("逾期未报" if moment.date() > due["due"] else "未报")
        district = house.catalogue.district(due["district"])
        department = house.catalogue.department(form.department).name_in(district.code)
        version = f"V{told['version']}" if told else "—"
        rows.append((district.name, department, str(due["form"]), f"{due['due']}", version, state))
    compared, ledger = compare_all(house, frames).compared, standings(house.journal.difference_events(moment))
    followed = [
        follow(compared.filter(pl.col("district") == d.code), month, ledger, after_of(house.catalogue))
        for d in house.catalogue.districts
    ]
    locks = house.journal.locks(moment)
    locked = [d.name for d in house.catalogue.districts if (d.code, month) in locks]
    published = house.journal.publications().filter(pl.col("ref_period").is_in([month, period.quarter_of(month)]))
    lines = [f"{period.chinese(month)}  截至 {moment:%Y-%m-%d %H:%M}", ""]
    lines += table(("区县", "报送单位", "报表", "应报", "版本", "状态"), rows or [("—",) * 6])
    lines += ["", _differing(pl.concat(followed))]
    lines += [f"已锁定：{'、'.join(locked)}"] if locked else []
    lines += _lights_by_hand(house, month, moment)
    lines += ["已发布："]
    lines += [
        f"  {row['file']}  第{row['edition']}版  {row['as_of']:%Y-%m-%d}" for row in published.iter_rows(named=True)
    ] or ["  没有"]
    return "\n".join(lines)


def _differing(followed: pl.DataFrame) -> str:
    count = {status: followed.filter(pl.col("status") == status).height for status in LIVING}
    late = followed.filter("escalated").height
    told = f"待处理 {count[OPEN]}，已说明 {count[EXPLAINED]}，已接受 {count[ACCEPTED]}"
    return f"未了结的差异 {sum(count.values())} 项（{told}{f'；其中逾期未冲回 {late}' if late else ''}）。"


def _lights_by_hand(house: House, month: str, moment: datetime) -> list[str]:
    """How many lights of a month stand as people set them."""
    events = house.journal.light_events(moment).filter(pl.col("period") == month)
    count = {d.name: sum(bool(one.light) for one in last_decided(events, d.code)) for d in house.catalogue.districts}
    told = "，".join(f"{name} {number} 项" for name, number in count.items() if number)
    return [f"人工设定的灯色：{told}（明细用 yueji lights {month}）"] if told else []


def _that_counts(filed: pl.DataFrame) -> dict[str, Any] | None:
    """The submission that stands: the newest that was taken in, else the newest; None where nothing was filed."""
    ordered = filed.sort(pl.col("status").is_in(TAKEN_IN), "version", "received_at", maintain_order=True)
    return ordered.row(-1, named=True) if ordered.height else None
