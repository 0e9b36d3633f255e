"""What is said of suspect cells: one sentence a record, for the person who has to look."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from transforms.localise.equations import ROWS
from transforms.model import Catalogue, Cause

MOST = 4
"""Cells of a set that are named one by one."""
SHOWN = 6
"""Sets that a sentence lists; how many there are besides is told."""

WORDS: Mapping[str, str] = {
    Cause.UNIT.value: "计量单位错位",
    Cause.SIGN.value: "正负号写反",
    Cause.DUPLICATE.value: "重复计入",
    Cause.TRANSPOSED.value: "相邻数字颠倒",
    Cause.DROPPED.value: "漏写一位数字",
    Cause.SUBSTITUTED.value: "写错一位数字",
    Cause.TRUNCATED.value: "截尾而未四舍五入",
    Cause.STALE.value: "沿用了上期数",
    Cause.BASIS.value: "当月数与累计数填混",
    Cause.SWAPPED.value: "行列填反",
    Cause.NOT_UPDATED.value: "合计漏加了其中一行",
    Cause.MISSING.value: "漏填",
}


def say(suspects: pl.DataFrame, catalogue: Catalogue) -> dict[str, str]:
    """By record the sentence on its cells: the best sets, ties as ties.

    Args:
        suspects: SUSPECTS (localise.Localised.suspects), or those of one rule.
    """
    said = {}
    for (record,), sets in suspects.group_by("record", maintain_order=True):
        best = sets.filter(pl.col("rank") == sets["rank"].min())
        said[str(record)] = _sentence(best, catalogue)
    return said


def _sentence(best: pl.DataFrame, catalogue: Catalogue) -> str:
    sets = [list(rows.iter_rows(named=True)) for _, rows in best.group_by("set", maintain_order=True)]
    if (best["of_period"] < best["period"]).all():
        cells = "、".join(f"{row['of_period']} 的{row['sheet']}!{row['cell']}" for rows in sets[:SHOWN] for row in rows)
        return f"本期各数互相吻合，只与以前收下的数（{cells}）接不上，请先核对本期是否沿用旧数、填错行列。"
    if len(sets) == 1:
        return f"最可能有误的单元格：{_of_set(sets[0], catalogue)}。"
    more = f"等，共 {len(sets)} 处" if len(sets) > SHOWN else ""
    told = "；".join(_of_set(rows, catalogue) for rows in sets[:SHOWN])
    return f"以下 {min(len(sets), SHOWN)} 处改动任何一处都能使各项勾稽成立，不能断定是哪一处有误：{told}{more}。"


def _of_set(rows: list[dict[str, Any]], catalogue: Catalogue) -> str:
    causes = {row["cause"] for row in rows}
    if len(rows) > MOST:
        return f"{_extent(rows)}共 {len(rows)} 格（疑为{WORDS.get(rows[0]['cause'], '')}，应整体更正）"
    cells = [_of_cell(row, catalogue) for row in rows]
    if len(rows) == 1:
        return cells[0]
    swapped = "，疑为两格填反" if causes == {Cause.SWAPPED.value} else ""
    return f"{'与'.join(cells)}同时有误{swapped}"


def _extent(rows: list[dict[str, Any]]) -> str:
    """From the first to the last row and column of a block: 表1!B5:L9."""
    places = [re.fullmatch(r"([A-Z]+)(\d+)", row["cell"] or "") for row in rows]
    letters = sorted({p[1] for p in places if p}, key=lambda x: (len(x), x))
    numbers = sorted({int(p[2]) for p in places if p})
    if not letters:
        return str(rows[0]["sheet"])
    return f"{rows[0]['sheet']}!{letters[0]}{numbers[0]}:{letters[-1]}{numbers[-1]} 中"


def _of_cell(row: dict[str, Any], catalogue: Catalogue) -> str:
    if row["column"] == ROWS:
        return f"{row['sheet']}的明细行（有漏填、重复或金额不符的行）"
    past = f"（{row['of_period']} 已收下的报表）" if row["of_period"] < row["period"] else ""
    named = "".join(f"“{part}”" for part in (_item(row, catalogue), row["header"]) if part)
    told = f"{row['sheet']}!{row['cell']}{named}{past}（所报 {amount(row['value'], row['unit'], catalogue)}"
    if row["implied"] is not None:
        told += f"，若改为 {amount(row['implied'], row['unit'], catalogue)}，则各项勾稽均成立"
    elif row["low"] is not None and row["high"] is not None:
        ends = [amount(row[end], row["unit"], catalogue) for end in ("low", "high")]
        told += f"，若改在 {ends[0]}至 {ends[1]}之间，则各项勾稽均成立"
    if row["cause"] in WORDS and row["cause"] != Cause.SWAPPED.value:
        told += f"；{'疑为' if row['certain'] else '可能是'}{WORDS[row['cause']]}"
    return told + "）"


def _item(row: dict[str, Any], catalogue: Catalogue) -> str:
    """The row as people call it: its key by the names of its code lists."""
    if not row["item"] or row["table"].count(".") != 1:
        return row["item"] or ""
    table = catalogue.table(row["table"])
    lists = [table.column(k).codes for k in table.key]
    words = row["item"].split("/")
    if len(words) != len(lists):
        return str(row["item"])
    return "/".join(
        catalogue.code_lists[codes].label(word) if codes else word for word, codes in zip(words, lists, strict=True)
    )


def amount(value: Decimal, unit: str, catalogue: Catalogue) -> str:
    """A figure in its told unit, with all its digits."""
    known = catalogue.units.get(unit)
    number = (value / known.factor if known else value).normalize()
    exponent = number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    least = 2 if unit.endswith("元") else 0
    text = f"{number:,.{min(max(places, least), 8)}f}"
    return f"{text}%" if unit == "%" else f"{text} {unit}".rstrip()
