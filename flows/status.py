"""How things stand: what is due and not filed, what was sent back, what differs, what was published."""

import flows.quiet  # noqa: F401  # isort: skip – before Prefect is imported

from datetime import datetime

import polars as pl
from prefect import flow

from flows.frames import load_frames
from flows.house import House, due_month, open_house
from flows.publishing import compare_all
from flows.settings import Settings, now
from flows.summary import EVENTS, table
from transforms import period
from transforms.reconcile.follow import OPEN_STATES


@flow(name="status", persist_result=False)
def status(month: str | None = None, as_of: datetime | None = None) -> str:
    """Print how a month stands in every district; the month that is due, when none is given."""
    moment = (as_of or now()).replace(tzinfo=None)
    with open_house(Settings()) as house:
        text = describe(house, month or due_month(moment), moment)
    print(text)
    return text


def describe(house: House, month: str, moment: datetime) -> str:
    """The state of one month, in Chinese."""
    frames = load_frames(house, moment)
    newest = frames.submissions.filter(pl.col("period") == month).unique(
        ["district", "department", "form"], keep="last", maintain_order=True
    )
    deadlines = house.deadlines(moment).filter(pl.col("period") == month)
    rows: list[tuple[str, ...]] = []
    for due in deadlines.iter_rows(named=True):
        form = house.catalogue.form(due["form"])
        filed = newest.filter((pl.col("district") == due["district"]) & (pl.col("form") == due["form"]))
        told = filed.row(0, named=True) if filed.height else None
        state = EVENTS.get(told["status"], "待审核") if told else ("逾期未报" if moment.date() > due["due"] else "未报")
        district = house.catalogue.district(due["district"])
        department = house.catalogue.department(form.department).name_in(district.code)
        version = f"V{told['version']}" if told else "—"
        rows.append((district.name, department, str(due["form"]), f"{due['due']}", version, state))
    compared = compare_all(house, frames)
    differ = compared.filter(
        (pl.col("period") <= month) & pl.col("state").is_in(OPEN_STATES) & (pl.col("key") != "合计")
    )
    published = house.journal.publications().filter(pl.col("ref_period").is_in([month, period.quarter_of(month)]))
    lines = [f"{period.chinese(month)}  截至 {moment:%Y-%m-%d %H:%M}", ""]
    lines += table(("区县", "报送单位", "报表", "应报", "版本", "状态"), rows or [("—",) * 6])
    lines += ["", f"未了结的差异 {differ.height} 项。", "已发布："]
    lines += [
        f"  {row['file']}  第{row['edition']}版  {row['as_of']:%Y-%m-%d}" for row in published.iter_rows(named=True)
    ] or ["  没有"]
    return "\n".join(lines)
