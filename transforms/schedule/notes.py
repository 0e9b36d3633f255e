"""M15: what the figures mean, which codes they use, and which were revised."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from transforms.facts import NOTHING, Facts, Figure
from transforms.model import EXACT
from transforms.schedule.figures import NATURES, Row, frame, put
from transforms.schedule.names import department_name, place, series_name


def definitions(facts: Facts) -> pl.DataFrame:
    """M15: what every core figure means and where it is read."""
    rows = []
    for indicator in facts.indicators:
        series = [one for one in (indicator.series, indicator.numerator, indicator.denominator) if one]
        rows.append(
            {
                "code": indicator.code,
                "name": indicator.name,
                "unit": indicator.unit,
                "basis": NATURES[indicator.nature],
                "definition": indicator.definition,
                "source": " ÷ ".join(series_name(facts, one) for one in series or [indicator.ytd]),
                "clause": indicator.clause,
                "department": department_name(facts, indicator.department),
            }
        )
    names = ("code", "name", "unit", "basis", "definition", "source", "clause", "department")
    return frame(rows, **dict.fromkeys(names, pl.String))


CODE_LISTS = {
    "policies": "税费政策",
    "relief_kinds": "退缓免减",
    "refund_kinds": "退库种类",
    "batches": "缓缴批次",
    "entity_types": "市场主体类型",
    "banks": "银行",
}


def code_lists(facts: Facts) -> pl.DataFrame:
    """M15: the codes that the sheets use, one row a list."""
    rows = []
    for name, title in CODE_LISTS.items():
        codes = facts.catalogue.code_lists[name].codes
        told = "、".join(c.code if c.code == c.name else f"{c.code} {c.name}" for c in codes)
        rows.append({"list": title, "codes": told})
    return frame(rows, list=pl.String, codes=pl.String)


def revised(facts: Facts, changes: pl.DataFrame | None) -> pl.DataFrame:
    """M15: figures that are told otherwise than in the edition before.

    Args:
        changes: series, item, period, unit (base), old, new (EXACT, null = not told), reason, and of what is told now
            version and place (file and cell); None: a first edition.
    """
    rows = [] if changes is None else [_revised_row(facts, row) for row in changes.iter_rows(named=True)]
    return _revised_frame(rows)


def adjusted(facts: Facts) -> pl.DataFrame:
    """M15, Q11: corrections of months that have been closed, with what came with them."""
    rows = []
    for told in facts.adjustments_known.sort("period", "series", "item").iter_rows(named=True):
        said = told["document"] or "未注明文号或说明"
        place = f"{told['file']} {told['sheet']}!{told['cell']}"
        row = {**told, "old": told["frozen"], "new": told["now"], "reason": said, "place": place}
        rows.append(_revised_row(facts, row))
    return _revised_frame(rows)


def _revised_frame(rows: Sequence[Row]) -> pl.DataFrame:
    texts = dict.fromkeys(("name", "period", "unit", "ground", "version", "place"), pl.String)
    return frame(rows, **texts, decimals=pl.Int64, old=EXACT, new=EXACT, difference=EXACT)


def _revised_row(facts: Facts, told: Mapping[str, Any]) -> Row:
    unit, decimals = _shown_in(facts, told["series"], told["unit"])
    row: Row = {
        "name": place(facts, told["series"], told["item"], ""),
        "period": told["period"],
        "unit": unit,
        "decimals": decimals,
        "ground": told["reason"] or "",
        "version": f"V{told['version']}" if told.get("version") else "",
        "place": told.get("place") or "",
    }
    for column in ("old", "new"):
        put(row, column, Figure(told[column], None, None, ()))
    both = told["old"] is not None and told["new"] is not None
    put(row, "difference", Figure(told["new"] - told["old"], None, None, ()) if both else NOTHING)
    row["difference|by"] = "both"
    return row


def _shown_in(facts: Facts, series: str, base: str) -> tuple[str, int]:
    """Unit and decimals that a series is shown in: those of its return; a sum of 元 in 万元."""
    statistic = facts.catalogue.statistic(series)
    if statistic:
        return ("万元", 2) if base == "元" else (statistic.unit, 0)
    column = facts.catalogue.column(series)
    return column.unit, column.decimals
