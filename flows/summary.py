"""What people read on a terminal: the table at the end of a night, and how a month stands."""

from datetime import datetime
from typing import Any
from unicodedata import east_asian_width

import polars as pl

from flows.frames import load_frames
from flows.house import House
from flows.night import Night
from flows.publishing import compare_all
from journal.record import TAKEN_IN
from transforms import period
from transforms.follow import follow
from transforms.model import State
from transforms.spans import last_month_of

EVENTS = {"accepted": "已接收", "questions": "已接收，请说明", "returned": "退回重报", "unreadable": "无法读取"}
STATES = {**EVENTS, "withdrawn": "已撤回"}
SHOWN = 20


def summarise(night: Night, house: House) -> str:
    """The summary of a night, in Chinese, for a terminal and for the run's page."""
    lines = [f"月季 夜间运行  截至 {night.as_of:%Y-%m-%d %H:%M}", ""]
    lines += table(("区县", "报送单位", "收到", *EVENTS.values()), _received(night.received, house))
    lines += ["", *_told(night)]
    lines += table(("规则", "名称", *(s.value for s in State)), _reconciled(night.differences))
    lines += ["", "已发布："] + [f"  {path}" for path in _relative(night.published, house)]
    if not night.published:
        lines[-1] = "已发布：没有变化，沿用上一版。"
    lines += [f"回执 {len(night.receipts)} 份，在 outbound/<区县>/receipts/ 下。"]
    return "\n".join(lines)


def summarise_intake(night: Night, house: House) -> str:
    """What came in since the last look, in Chinese."""
    lines = [f"月季 收取  截至 {night.as_of:%Y-%m-%d %H:%M}", ""]
    lines += table(("区县", "报送单位", "收到", *EVENTS.values()), _received(night.received, house))
    lines += ["", *_told(night), f"回执 {len(night.receipts)} 份，在 outbound/<区县>/receipts/ 下。"]
    return "\n".join(lines)


def _received(received: pl.DataFrame, house: House) -> list[tuple[str, ...]]:
    rows = []
    districts = {d.code: d.name for d in house.catalogue.districts}
    for (district, department), part in sorted(received.group_by("district", "department"), key=lambda x: str(x[0])):
        counts = [part.filter(pl.col("event") == event).height for event in EVENTS]
        name = house.catalogue.department(str(department)).name_in(str(district))
        rows.append((districts[str(district)], name, str(part.height), *map(str, counts)))
    return rows or [("—",) * (3 + len(EVENTS))]


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
    return [*lines, ""] if lines else []


def _reconciled(differences: pl.DataFrame) -> list[tuple[str, ...]]:
    rows = []
    for (rule, name), part in sorted(differences.group_by("rule", "name"), key=lambda x: str(x[0])):
        counts = [part.filter(pl.col("state") == state.value).height for state in State]
        rows.append((str(rule), str(name), *map(str, counts)))
    return rows or [("—",) * (2 + len(State))]


def _relative(paths: tuple[object, ...], house: House) -> list[str]:
    root = str(house.settings.root.absolute())
    return [str(path).removeprefix(root).lstrip("/") for path in paths]


def table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Columns aligned by what they take on a terminal, where a Chinese character is two wide."""
    widths = [max(_width(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [
        "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=True))
        for row in (header, *rows)
    ]
    return [lines[0], "  ".join("─" * w for w in widths), *lines[1:]]


def _width(text: str) -> int:
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
    compared = compare_all(house, frames).compared
    differ = sum(
        follow(compared.filter(pl.col("district") == d.code), month).filter(pl.col("status") == "open").height
        for d in house.catalogue.districts
    )
    published = house.journal.publications().filter(pl.col("ref_period").is_in([month, period.quarter_of(month)]))
    lines = [f"{period.chinese(month)}  截至 {moment:%Y-%m-%d %H:%M}", ""]
    lines += table(("区县", "报送单位", "报表", "应报", "版本", "状态"), rows or [("—",) * 6])
    lines += ["", f"未了结的差异 {differ} 项。", "已发布："]
    lines += [
        f"  {row['file']}  第{row['edition']}版  {row['as_of']:%Y-%m-%d}" for row in published.iter_rows(named=True)
    ] or ["  没有"]
    return "\n".join(lines)


def _that_counts(filed: pl.DataFrame) -> dict[str, Any] | None:
    """The submission that stands: the newest that was taken in, else the newest; None where nothing was filed."""
    ordered = filed.sort(pl.col("status").is_in(TAKEN_IN), "version", "received_at", maintain_order=True)
    return ordered.row(-1, named=True) if ordered.height else None
