"""Rows, the figures put into them, and the frames that they make.

Every number column `c` (EXACT, base unit: 元, 户, ratio) comes with `c|src` (List[String]: keys of the observations
it stands on, see Facts.sources), `c|work` (String: how it was worked out of them, see Figure) and `c|why` (String: what
is shown when `c` is null: 未报, — or ＊). Where the form of a live formula depends on the row, `c|by` names it; it is left
out where no row does. A light `c` comes with `c|set` (DECIDED): what a person decided of it. `kind` is data, total, or
told_total (a total that must not be recomputed from the rows shown). `unit` and `decimals` are those of display.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from transforms import period as months
from transforms.facts import SUPPRESSED, UNREPORTED, Facts, Figure, add, exact, growth, points
from transforms.keys import KEY_LIST, frame_of
from transforms.lights import Lit
from transforms.model import EXACT, Indicator

Row = dict[str, Any]
FEWEST_FIRMS = 3
"""No cell that fewer firms stand behind is circulated."""
NATURES = {
    "flow": "当月",
    "stock": "期末",
    "rate": "比率",
    "average": "平均",
    "multiple": "倍数",
    "distinct": "去重",
}


def put(row: Row, column: str, figure: Figure) -> None:
    """Write a figure and where it comes from into a row."""
    row[column] = exact(figure.value)
    row[f"{column}|src"] = list(dict.fromkeys(figure.sources))
    row[f"{column}|why"] = None if figure.told else figure.why
    row[f"{column}|work"] = figure.work


def whole(count: int, sources: Iterable[str] = (), how: str = "计数") -> Figure:
    """A number that was counted in some cells, or worked out of them otherwise (`how`)."""
    value, keys = Decimal(count), tuple(sources)
    work = f"{how}({','.join(f'[{key}]' for key in keys)})" if keys else ""
    return Figure(value, value, value, keys, work=work)


DECIDED = pl.Struct(
    {
        "subject": pl.String,
        "light": pl.String,
        "computed": pl.String,
        "by": pl.String,
        "at": pl.Datetime("us"),
        "reason": pl.String,
    }
)
"""What a person decided last of a light: what it is set to (null: that was taken back), the light that is computed, who,
when, and why. Null where nobody has."""


def put_light(row: Row, column: str, lit: Lit) -> None:
    """Write a light and what was decided of it into a row."""
    row[column] = lit.shown
    if lit.decided:
        of, decided = lit.computed, lit.decided
        row[f"{column}|set"] = {
            "subject": decided.subject,
            "light": decided.light and str(decided.light),
            "computed": of and str(of),
            "by": decided.by,
            "at": decided.at,
            "reason": decided.reason,
        }


def set_by_hand(row: Mapping[str, Any], column: str) -> Mapping[str, Any] | None:
    """What was decided of a light of a row (DECIDED), where it stands as it was set by hand."""
    decided: Mapping[str, Any] | None = row.get(f"{column}|set")
    return decided if decided and decided["light"] else None


def light_columns(*names: str) -> dict[str, Any]:
    """The types of lights and of what was decided of them."""
    return {column: dtype for name in names for column, dtype in ((name, pl.String), (f"{name}|set", DECIDED))}


def put_count(row: Row, column: str, count: int, sources: Iterable[str] = (), work: str = "") -> None:
    """A number that was counted: in some cells or returns, or as `work` says (see `sources.Printed` for cells of the
    workbook itself)."""
    figure = whole(count, sources)
    put(row, column, figure._replace(work=work or figure.work))


def frame(rows: Sequence[Row], **columns: Any) -> pl.DataFrame:
    """A frame of exactly these columns; number columns (EXACT) bring their companions."""
    schema: dict[str, Any] = {"kind": pl.String}
    for name, dtype in columns.items():
        schema[name] = dtype
        if dtype == EXACT:
            by = ("by",) if any(f"{name}|by" in row for row in rows) else ()
            schema |= {f"{name}|{more}": pl.String for more in ("why", *by, "work")}
            schema[f"{name}|src"] = KEY_LIST
        elif dtype in (pl.Date, pl.Datetime("us")):
            schema[f"{name}|why"] = pl.String
    told = {name: [row.get(name) for row in rows] for name in schema}
    told["kind"] = [row.get("kind", "data") for row in rows]
    return frame_of(told, schema)


def describe(indicator: Indicator) -> Row:
    """The start of a row about a core figure: what it is and how it is shown."""
    return {
        "code": indicator.code,
        "name": indicator.name,
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "nature": indicator.nature,
    }


def change(indicator: Indicator, now: Figure, base: Figure) -> Figure:
    """Growth of an amount; the difference in percentage points of a rate."""
    return points(now, base) if indicator.nature == "rate" else growth(now, base)


def rows_of(facts: Facts, series: str, code_list: str = "") -> list[str]:
    """Row keys to show, in the order of the code list: those of the month, else of the last month told, else all."""
    codes = [c.code for c in facts.catalogue.code_lists[code_list].codes] if code_list else []
    for month in (facts.period, *(months.shift(facts.period, -n) for n in range(1, 13))):
        if found := facts.items(series, month):
            return sorted(found, key=lambda item: (codes.index(item) if item in codes else len(codes), item))
    return codes


def series_row(facts: Facts, item: str, columns: Mapping[str, str], period: str) -> Row:
    row: Row = {}
    for column, series in columns.items():
        put(row, column, facts.figure(series, item, period))
    return row


def figure_of(row: Mapping[str, Any], column: str) -> Figure:
    """A figure that was put into a row before; its interval is not needed any more."""
    value = row[column]
    why = row[f"{column}|why"] or UNREPORTED
    return Figure(value, value, value, tuple(row[f"{column}|src"]), why, row.get(f"{column}|work") or "")


def total_row(rows: Sequence[Row], columns: Iterable[str]) -> Row:
    """合计 of the rows shown; 未报 when one of them is missing."""
    total: Row = {"kind": "total"}
    for column in columns:
        put(total, column, add(figure_of(row, column) for row in rows))
    return total


def to_check(doubts: Sequence[str]) -> str:
    """(待核) with the number of the difference; of several the first, the rest stand in M04."""
    if not doubts:
        return ""
    return f"(待核){doubts[0]}" + (f"等{len(doubts)}项" if len(doubts) > 1 else "")


def doubted(facts: Facts, row: Row) -> str:
    keys = [key for column, value in row.items() if column.endswith("|src") and value for key in value]
    return to_check(facts.doubts(keys))


def suppressed(table: pl.DataFrame, by: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Hide the cells of data rows that one or two firms stand behind, and one more row when the hidden one could
    be found from the total. `by`: the column that counts the firms → the columns that it protects."""
    shown = table
    for firms, protected in by.items():
        counts = shown[firms].to_list()
        rows = [n for n, kind in enumerate(shown["kind"].to_list()) if kind == "data"]
        few = [n for n in rows if counts[n] is not None and 0 < counts[n] < FEWEST_FIRMS]
        others = sorted((n for n in rows if n not in few and counts[n]), key=lambda n: counts[n])
        hidden = few + (others[:1] if len(few) == 1 else [])
        if hidden:
            shown = _hide(shown, hidden, [firms, *protected])
    return shown


def _hide(table: pl.DataFrame, rows: Sequence[int], columns: Sequence[str]) -> pl.DataFrame:
    hit = pl.int_range(pl.len()).is_in(list(rows))
    changes = []
    for column in columns:
        changes += [
            pl.when(hit).then(None).otherwise(pl.col(column)).alias(column),
            pl.when(hit).then(pl.lit(SUPPRESSED)).otherwise(pl.col(f"{column}|why")).alias(f"{column}|why"),
            pl.when(hit)
            .then(pl.lit([], dtype=pl.List(pl.String)))
            .otherwise(pl.col(f"{column}|src"))
            .alias(f"{column}|src"),
        ]
    told = pl.when(pl.col("kind") == "total").then(pl.lit("told_total")).otherwise(pl.col("kind")).alias("kind")
    return table.with_columns(*changes, told)
