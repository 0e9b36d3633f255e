"""F16 of the truth: registrations by kind."""

from collections.abc import Iterable
from decimal import Decimal

from catalogue.load import load
from samples.derive.rows import total_row
from samples.draws import rounded
from samples.filing import Row, Sheet, Value
from samples.property import KINDS
from samples.truth import Truth


def derive_f16(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F16.registrations")
    rows = [Row({"reg_kind": kind, **_values(truth, [kind], period)}) for kind in KINDS]
    rows.append(total_row("reg_kind", _values(truth, KINDS, period), table))
    return (Sheet(table, tuple(rows), "平均用时自受理至登簿;合计的平均用时按办结件加权。"),)


def _values(truth: Truth, kinds: Iterable[str], period: str) -> dict[str, Value]:
    months = [truth.property.months[kind, period] for kind in kinds]
    done = sum(m.done for m in months)
    return {
        "accept_m": sum(m.accepted for m in months),
        "done_m": done,
        "instant_m": sum(m.instant for m in months),
        "online_m": sum(m.online for m in months),
        "avg_days": rounded(Decimal(sum(m.days for m in months)) / done / 100, 2),
        "ecert_m": sum(m.certificates for m in months),
        "mailed_m": sum(m.mailed for m in months),
        "taxed_m": sum(m.taxed for m in months),
        "transfer_m": sum(m.transferred for m in months),
        "queries_m": sum(m.queries for m in months),
    }
