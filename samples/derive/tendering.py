"""F14 of the truth: tenders by kind."""

from collections.abc import Iterable

from catalogue.load import load
from samples.derive.rows import total_row
from samples.draws import shown_wan
from samples.filing import Row, Sheet, Value
from samples.tendering import KINDS
from samples.truth import Truth


def derive_f14(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F14.tenders")
    rows = [Row({"project_kind": kind, **_values(truth, [kind], period)}) for kind in KINDS]
    rows.append(total_row("project_kind", _values(truth, KINDS, period), table))
    return (Sheet(table, tuple(rows), "招标项目按开标日期统计;产权项目的控制价为评估价。"),)


def _values(truth: Truth, kinds: Iterable[str], period: str) -> dict[str, Value]:
    months = [truth.tendering.months[kind, period] for kind in kinds]
    tenders = sum(m.tenders for m in months)
    return {
        "tenders_m": tenders,
        "electronic_m": tenders,
        "nomeet_m": sum(m.unseen for m in months),
        "awarded": shown_wan(sum(m.awarded for m in months)),
        "ceiling": shown_wan(sum(m.ceiling for m in months)),
        "guarantees_m": sum(m.guarantees for m in months),
        "deposit_saved": shown_wan(sum(m.deposit_saved for m in months)),
        "complaints_open": sum(m.complaints_opening for m in months),
        "complaints_in": sum(m.complaints for m in months),
        "complaints_done": sum(m.settled for m in months),
        "complaints_close": sum(m.complaints_closing for m in months),
    }
