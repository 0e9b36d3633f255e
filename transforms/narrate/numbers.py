"""Where each number of a text stands: its figure, the observations behind it, and its cell in this workbook."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from transforms.facts import Facts
from transforms.model import EXACT
from transforms.narrate.write import Brief
from transforms.schedule import Row, frame, series_name

NUMBERS: Mapping[str, Any] = {
    "seq": pl.String,
    "paragraph": pl.String,
    "text": pl.String,
    "value": EXACT,
    "unit": pl.String,
    "decimals": pl.Int64,
    "cell": pl.String,
    "name": pl.String,
    "period": pl.String,
    "file": pl.String,
    "place": pl.String,
}


def numbers_of(facts: Facts, brief: Brief) -> pl.DataFrame:
    """One row a number of the texts (NUMBERS), each once a paragraph: as written, its value, and the first of its
    sources; `cell`, where it stands elsewhere in the workbook, is known when that is written. The others stand in
    `_src`."""
    written = brief.numbers.unique(["paragraph", "number", "origin", "keys"], keep="first", maintain_order=True)
    places = facts.places(key for keys in written["keys"].to_list() for key in keys)
    rows: list[Row] = []
    for told in written.iter_rows(named=True):
        rows.append(_row(facts, told, places, len(rows) + 1))
    return frame(rows, **NUMBERS)


def _row(facts: Facts, told: Mapping[str, Any], places: Mapping[str, Mapping[str, Any]], number: int) -> Row:
    found = [places[key] for key in told["keys"] if key in places]
    row: Row = {
        "seq": str(number),
        "paragraph": told["paragraph"].rstrip("。"),
        "text": told["number"],
        "value": told["value"],
        "value|src": told["keys"],
        "value|why": "—",
        "value|work": told["work"],
        "unit": told["unit"],
        "decimals": told["decimals"],
        "cell": "",
        "name": told["origin"] or "本簿统计",
        "period": facts.period,
        "file": "",
        "place": "",
    }
    if not found:
        return row
    first, more = found[0], f"等{len(found)}处" if len(found) > 1 else ""
    item = f"({first['item']})" if first["item"] and not str(first["item"]).startswith("行") else ""
    return row | {
        "name": series_name(facts, first["series"]) + item + more,
        "period": first["period"],
        "file": first["file"],
        "place": f"{first['sheet'] or ''}!{_first(first['cell'])}" if first["cell"] else "",
    }


def _first(cells: str) -> str:
    """The first of many cells; all of them stand in `_src`."""
    head, comma, _ = cells.partition(",")
    return f"{head}…" if comma else head
