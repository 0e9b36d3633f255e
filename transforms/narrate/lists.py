"""What a sentence is repeated over: red lights, old differences, missing returns, what is asked of whom."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from transforms.facts import Facts, Figure
from transforms.model import Light, State
from transforms.narrate.words import (
    AGED_MONTHS,
    Part,
    Told,
    chinese_day,
    doubt,
    number,
    rounded,
    told_count,
    told_quote,
    told_word,
)
from transforms.schedule.declared import target_of
from transforms.schedule.figures import set_by_hand
from transforms.schedule.names import names_record
from transforms.schedule.sides import count_of, gap_of

Row = Mapping[str, Any]
SEVERAL = 3
"""So many subjects are named; the others are counted."""


def month_lists(facts: Facts, frames: Mapping[str, pl.DataFrame]) -> dict[str, list[Row]]:
    """red_lights, no_red (one row where there is none), set_lights (set by hand), aged_differences, missing_reports, asks: rows of Told by the names of their fields.

    Args:
        frames: `overview`, `indicators` and `reports` as transforms.schedule makes them.
    """
    lights = [*frames["indicators"]["light"], *frames["overview"]["light"]]
    return {
        "red_lights": _red_lights(facts, frames["indicators"]),
        "no_red": [] if Light.RED in lights else [{}],
        "set_lights": _set_lights(frames),
        "aged_differences": aged_differences(facts),
        "missing_reports": _missing(frames["reports"]),
        "asks": [*_asks_for_reports(facts, frames["reports"]), *asks_about_differences(facts)],
    }


def _red_lights(facts: Facts, table: pl.DataFrame) -> list[Row]:
    known = {i.code: i for i in facts.catalogue.indicators}
    rows: list[Row] = []
    for row in table.filter(pl.col("light") == Light.RED).iter_rows(named=True):
        by_hand = set_by_hand(row, "light")
        if by_hand and by_hand["computed"] != Light.RED:
            continue  # its figure is not what makes it red: see set_lights
        indicator = known[row["code"]]
        column = "ytd" if indicator.target_kind == "yearly" else "month"
        actual, target = row[column], row["target"]
        if actual is None or target is None:
            continue
        shape = (indicator.unit, indicator.decimals)
        figure = Figure(actual, actual, actual, tuple(row[f"{column}|src"] or ()))
        doubtful = doubt(facts, figure)
        goal, told = (number(facts, value, *shape) for value in (target, actual))
        rate = indicator.nature == "rate"
        gap = abs(target - actual) * (100 if rate else 1)
        short = f"{rounded(gap, indicator.decimals):f}个百分点" if rate else number(facts, gap, *shape)
        apart = figure._replace(value=gap)
        aim = indicator.comparator.replace("=", "为") + goal
        clause = f"目标 {indicator.clause}"
        rows.append(
            {
                "name": told_word(indicator.name),
                "department": Told(row["department"]),
                "target": Told(aim, (Part(goal, target_of(indicator), *shape, clause),)),
                "actual": Told(told + doubtful, (Part(told, figure, *shape),)),
                "gap": Told(short, (Part(short, apart, "" if rate else shape[0], shape[1]),)),
            }
        )
    return rows


def _set_lights(frames: Mapping[str, pl.DataFrame]) -> list[Row]:
    """The lights of M01 and M02 that were set by hand, each once: what it is about, as it is, as computed, by whom, why."""
    told: dict[str, Row] = {}
    for table in (frames["indicators"], frames["overview"]):
        for row in table.iter_rows(named=True):
            by_hand = set_by_hand(row, "light")
            if by_hand and by_hand["subject"] not in told:
                place = f"人工设定的灯色 {by_hand['subject']}"
                told[by_hand["subject"]] = {
                    "name": told_word(row["name"]),
                    "light": Told(by_hand["light"]),
                    "computed": Told(by_hand["computed"] or "无"),
                    "by": told_quote(by_hand["by"], place),
                    "reason": told_quote(by_hand["reason"].rstrip("。"), place),
                }
    return list(told.values())


def aged_differences(facts: Facts) -> list[Row]:
    """What has been carried for months and is not accepted; the single records of a ledger stand behind their total."""
    aged = facts.differences_known.filter(
        pl.col("state") == State.DIFFERENT.value,
        pl.col("age") >= AGED_MONTHS,
        pl.col("status").fill_null("open") != "accepted",
        ~pl.col("key").map_elements(names_record, return_dtype=pl.Boolean, skip_nulls=True).fill_null(False),
    )
    return [
        {
            "id": told_word(row["id"], "M04 勾稽校验"),
            "name": told_word(row["name"]),
            "difference": _amount(facts, row),
            "age": _age(facts, row),
        }
        for row in aged.sort("age", descending=True, maintain_order=True).iter_rows(named=True)
    ]


def _age(facts: Facts, row: Row) -> Told:
    figure = count_of(facts, row, row["age"], f"沿用月数 {facts.period} − {row['since']}")
    return told_count(row["age"], f"M04 {row['id']}", figure.work, figure.sources)


def _amount(facts: Facts, row: Row) -> Told:
    if row["difference"] is None:
        return Told("")
    gap: Decimal = abs(row["difference"])
    unit, decimals = ("万元", 2) if row["unit"] == "元" else (row["unit"] or "", 0)
    text = number(facts, gap, unit, decimals)
    return Told(text, (Part(text, gap_of(facts, row)._replace(value=gap), unit, decimals, f"M04 {row['id']}"),))


def _missing(reports: pl.DataFrame) -> list[Row]:
    missing = reports.filter(pl.col("passed").is_null())
    return [
        {key: told_word(row[key], "M03 报送情况") for key in ("department", "form", "name", "state")}
        for row in missing.iter_rows(named=True)
    ]


def _asks_for_reports(facts: Facts, reports: pl.DataFrame) -> list[Row]:
    by = chinese_day(facts.as_of.date() + timedelta(days=facts.catalogue.thresholds.days_to_act))
    asks: list[Row] = []
    for row in reports.filter(pl.col("passed").is_null()).iter_rows(named=True):
        word = "补报" if row["first"] is None else "修正并重报"
        parts = (Part(row["form"], origin="M03 报送情况"),)
        matter = Told(f"{word}{row['form']}《{row['name']}》", parts)
        asks.append(_ask(row["department"], by, "编制日期加办理期限", matter))
    return asks


def asks_about_differences(facts: Facts) -> list[Row]:
    """Who is asked to settle what. What is explained or accepted asks for nothing any more; what was left open in
    earlier months still does."""
    disputed = facts.differences_known.filter(
        pl.col("state") == State.DIFFERENT.value,
        pl.col("due").is_not_null(),
        pl.col("status").fill_null("open") == "open",
    )
    asks: list[Row] = []
    for (due, owner), group in disputed.sort("due", "id").group_by("due", "owner", maintain_order=True):
        assert isinstance(due, date)
        name = facts.catalogue.department(str(owner)).name_in(facts.district.code)
        asks.append(_ask(name, chinese_day(due), "M04 处理时限", _to_settle(group)))
    return asks


def _to_settle(group: pl.DataFrame) -> Told:
    """核实R01-2022-08-001等5项差异(留抵退税:税务台账与国库退付、…)."""
    about = list(dict.fromkeys(group["name"].to_list()))
    first = group["id"][0]
    parts, several, kinds = [Part(first, origin="M04 勾稽校验")], "", ""
    if group.height > 1:
        several = f"等{group.height}项"
        parts += told_count(group.height, "M04 勾稽校验", _counted(group)).parts
    if len(about) > SEVERAL:
        kinds = f"等{len(about)}类"
        parts += told_count(len(about), "M04 勾稽校验", _counted(group)).parts
    return Told(f"核实{first}{several}差异({'、'.join(about[:SEVERAL])}{kinds})", tuple(parts))


def _counted(group: pl.DataFrame) -> str:
    of = f"id={','.join(group['id'])}"
    return f"计数({{differences.id@{of}|quarter_differences.id@{of}}})"


def _ask(department: str, due: str, why: str, matter: Told) -> Row:
    return {"department": Told(department), "due": told_word(due, why), "matter": matter}
