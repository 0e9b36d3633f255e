"""F03 of the truth: market entities by type, and the start-up of enterprises."""

from collections.abc import Iterable
from decimal import Decimal

from catalogue.load import load
from samples.derive.rows import total_row
from samples.draws import shown_growth, shown_wan, shown_yuan
from samples.entities import TECHNOLOGY, TYPES
from samples.filing import Row, Sheet, Value
from samples.truth import Truth
from transforms.model import RowKind


def derive_f03(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F03.entities")
    rows = []
    for facts in TYPES:
        rows.append(Row({"entity_type": facts.code, **_entity_values(truth, [facts.code], period)}))
        if facts.code == "私营企业":
            part = {"entity_type": f"  其中:{TECHNOLOGY}", **_entity_values(truth, [TECHNOLOGY], period)}
            rows.append(Row(part, RowKind.PART))
    rows.append(total_row("entity_type", _entity_values(truth, [t.code for t in TYPES], period), table))
    entities = Sheet(table, tuple(rows), "实有数为登记在册数;民营科技企业为私营企业的其中数,不计入合计。")
    return (entities, _start_up(truth, period))


def _entity_values(truth: Truth, codes: Iterable[str], period: str) -> dict[str, Value]:
    entities, codes = truth.entities, list(codes)
    months = [entities.months[code, period] for code in codes]
    now = sum(entities.new_ytd(code, period) for code in codes)
    base = sum(entities.new_ytd_last_year(code, period) for code in codes)
    closing = sum(m.closing for m in months)
    return {
        "open_n": sum(m.opening for m in months),
        "new_m": sum(m.new for m in months),
        "closed_m": sum(m.closed for m in months),
        "closed_simple_m": sum(m.closed_simply for m in months),
        "revoked_m": sum(m.revoked for m in months),
        "in_m": sum(m.moved_in for m in months),
        "out_m": sum(m.moved_out for m in months),
        "close_n": closing,
        "new_ytd": now,
        "new_ytd_ly": base,
        "new_yoy": shown_growth(now, base),
        "vs_open_year": shown_growth(closing, sum(entities.year_open(code, period) for code in codes)),
        "capital_m": shown_wan(sum(m.capital for m in months)),
    }


def _start_up(truth: Truth, period: str) -> Sheet:
    facts = truth.entities.start_up[period]
    row = Row(
        {
            "online_n": facts.online,
            "avg_hours": Decimal(facts.average_hours) / 10,
            "max_hours": Decimal(facts.longest_hours) / 10,
            "elicence_n": truth.entities.new_enterprises(period),
            "seal_sets": facts.seal_sets,
            "seal_cost": shown_yuan(truth.entities.seal_cost(period)),
            "first_tax_n": facts.first_tax,
            "first_ss_n": facts.first_insured,
            "cy_licences": facts.cross_province,
        }
    )
    return Sheet(load().table("F03.startup"), (row,), "最快2小时为最短用时,不作为平均用时;印章每套400元。")
