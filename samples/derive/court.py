"""F19 of the truth: cases of the court by class."""

from collections.abc import Iterable
from decimal import Decimal

from catalogue.load import load
from samples.court import CLASSES
from samples.derive.rows import total_row
from samples.draws import rounded, shown_percent, shown_wan
from samples.filing import Row, Sheet, Value
from samples.truth import Truth


def derive_f19(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F19.cases")
    rows = [Row({"case_class": name, **_values(truth, [name], period)}) for name in CLASSES]
    rows.append(total_row("case_class", _values(truth, CLASSES, period), table))
    return (Sheet(table, tuple(rows), "合计的平均审理天数按结案件加权;执行、破产案件不分结案方式。"),)


def _values(truth: Truth, names: Iterable[str], period: str) -> dict[str, Value]:
    months = [truth.court.months[name, period] for name in names]
    closed = sum(m.closed for m in months)
    mediated, fast, full = (sum(m.ways[i] for m in months) for i in range(3))
    return {
        "open_n": sum(m.opening for m in months),
        "new_m": sum(m.new for m in months),
        "closed_m": closed,
        "mediated_m": mediated,
        "fast_m": fast,
        "full_m": full,
        "close_n": sum(m.closing for m in months),
        "avg_days": rounded(Decimal(sum(m.days for m in months)) / closed / 10, 1),
        "executed": shown_wan(sum(m.executed for m in months)),
        "funds_open": shown_wan(sum(m.funds_opening for m in months)),
        "funds_in": shown_wan(sum(m.funds_in for m in months)),
        "funds_out": shown_wan(sum(m.funds_out for m in months)),
        "funds_close": shown_wan(sum(m.funds_closing for m in months)),
        "eserve_rate": shown_percent(sum(m.served_online for m in months), sum(m.served for m in months)),
    }
