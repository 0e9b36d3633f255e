"""Reconciliations of figures: equal totals, footings by class, carries from period to period, ledger sums."""

from collections.abc import Mapping

import polars as pl

from transforms import period
from transforms.edits.bounds import half, of_kind, where
from transforms.edits.detail import in_window
from transforms.edits.prepare import with_item
from transforms.model import EXACT, Catalogue, Reconciliation, RowKind
from transforms.reconcile.difference import compare, no_pairs
from transforms.reconcile.filings import filings

Tables = Mapping[str, pl.DataFrame]
AT = {"previous": period.previous, "december": period.december_before}
AT_NAMES = {"previous": "上月", "december": "上年12月"}


def side(
    rows: pl.DataFrame, table: str, column: str, letters: pl.DataFrame, condition: pl.Expr, keys: list[str]
) -> pl.DataFrame:
    """The told figure of one side by district, period and key: the sum of the rows that the condition admits.

    Returns:
        district, period, *keys, value, half (EXACT; null where a row was not told), cell, submission.
    """
    of_column = letters.filter((pl.col("table") == table) & (pl.col("code") == column))
    of_column = of_column.select("submission", "letter").unique("submission")
    chosen = rows.filter(condition).join(of_column, on="submission", how="left", maintain_order="left")
    place = pl.col("sheet") + "!" + pl.col("letter") + pl.col("row").cast(pl.String)
    told = pl.col(column)
    return chosen.group_by("district", "period", *keys, maintain_order=True).agg(
        value=pl.when(told.null_count() == 0).then(told.sum()),
        half=half(column).sum(),
        cell=place.head(5).str.join("、"),
        submission=pl.col("submission").first(),
    )


def pair(left: pl.DataFrame, right: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    """Both sides beside each other; a side that was not filed is null."""
    return left.rename({c: f"left_{c}" for c in ("value", "half", "cell", "submission")}).join(
        right.rename({c: f"right_{c}" for c in ("value", "half", "cell", "submission")}),
        on=on,
        how="full",
        coalesce=True,
        maintain_order="left_right",
    )


def equal(
    rule: Reconciliation, tables: Mapping[str, pl.DataFrame], letters: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """One figure of each side (R02)."""
    sides = []
    for name, path in (("left", rule.left), ("right", rule.right)):
        table, _, column = path.rpartition(".")
        condition = of_kind(RowKind.DATA) & where(rule.params[f"{name}_item"])
        sides.append(side(tables[table], table, column, letters, condition, []))
    pairs = pair(sides[0], sides[1], ["district", "period"])
    left, right = (catalogue.column(path) for path in (rule.left, rule.right))
    return compare(
        pairs.with_columns(
            key=pl.lit("合计"),
            left=pl.lit(f"{rule.left.split('.')[0]} {left.header}"),
            right=pl.lit(f"{rule.right.split('.')[0]} {right.header}"),
            unit=pl.lit(catalogue.units[left.unit].base),
            lines=pl.lit(1),
        ),
        rule,
    )


def footing(
    rule: Reconciliation, tables: Mapping[str, pl.DataFrame], letters: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """Total rows against the sum of their data rows, column by column; the classes are named (R03)."""
    table = catalogue.table(rule.left)
    rows = tables[rule.left]
    frames = [no_pairs()]
    for code in rule.params["columns"]:
        column = table.column(code)
        # Of several total rows the last is that of the whole table; H07 holds every one of them.
        last = pl.col("row") == pl.col("row").filter(of_kind(RowKind.TOTAL)).max().over("submission")
        total = side(rows, table.code, code, letters, of_kind(RowKind.TOTAL) & last, [])
        parts = side(rows, table.code, code, letters, of_kind(RowKind.DATA), [])
        named = pair(total, parts, ["district", "period"]).with_columns(
            key=pl.lit(column.header),
            left=pl.lit(f"{table.form} 合计 {column.header}"),
            right=pl.lit(f"{table.form} 各行之和 {column.header}"),
            unit=pl.lit(catalogue.units[column.unit].base),
            lines=pl.lit(1),
        )
        frames.append(compare(named, rule))
    return pl.concat(frames)


def carry(
    rule: Reconciliation, tables: Mapping[str, pl.DataFrame], letters: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """A balance against the balance it continues, by key: opening against last closing, 年初 against December, and
    年初 against closing − increase (R17). What continues a month before the district's first return is no pair."""
    table = catalogue.table(rule.left)
    rows = with_item(tables[rule.left], table)
    kinds = of_kind(RowKind.DATA, RowKind.TOTAL)
    first = rows.group_by("district").agg(first=pl.col("period").min())
    frames = [no_pairs()]
    for declared in rule.params["pairs"]:
        column = table.column(declared["column"])
        left = side(rows, table.code, column.code, letters, kinds, ["item"])
        if "minus" in declared:
            whole, part = declared["minus"]
            right = _minus(rows, table.code, whole, part, letters, kinds)
            source = f"{table.column(whole).header} − {table.column(part).header}"
        else:
            source = f"{AT_NAMES[declared['at']]}{table.column(declared['from']).header}"
            right = side(rows, table.code, declared["from"], letters, kinds, ["item"])
            left = _continuing(left, first, declared["at"])
            right = _moved(left, right, declared["at"])
        # Only where the left was filed: an item that exists no longer is not a difference of this month.
        pairs = pair(left, right, ["district", "period", "item"]).filter(pl.col("left_submission").is_not_null())
        named = pairs.with_columns(
            key=pl.col("item") + "/" + pl.lit(column.header),
            left=pl.lit(f"{table.form} ") + pl.col("item") + pl.lit(f" {column.header}"),
            right=pl.lit(f"{table.form} {source}"),
            unit=pl.lit(catalogue.units[column.unit].base),
            lines=pl.lit(1),
        )
        frames.append(compare(named, rule))
    return pl.concat(frames)


def _continuing(left: pl.DataFrame, first: pl.DataFrame, at: str) -> pl.DataFrame:
    """The figures that continue a month which the district could have filed."""
    other = pl.col("period").map_elements(AT[at], return_dtype=pl.String)
    return left.join(first, on="district", maintain_order="left").filter(other >= pl.col("first")).drop("first")


def _moved(left: pl.DataFrame, right: pl.DataFrame, at: str) -> pl.DataFrame:
    """The right side's figures under the period that continues them."""
    periods = left.select(pl.col("period").unique()).with_columns(
        other=pl.col("period").map_elements(AT[at], return_dtype=pl.String)
    )
    return right.rename({"period": "other"}).join(periods, on="other", how="inner").drop("other")


def _minus(
    rows: pl.DataFrame, table: str, whole: str, part: str, letters: pl.DataFrame, condition: pl.Expr
) -> pl.DataFrame:
    first = side(rows, table, whole, letters, condition, ["item"])
    second = side(rows, table, part, letters, condition, ["item"])
    joined = first.join(second, on=["district", "period", "item"], how="inner", suffix="_part", maintain_order="left")
    return joined.with_columns(
        value=pl.col("value") - pl.col("value_part"),
        half=pl.col("half") + pl.col("half_part"),
        cell=pl.col("cell") + "、" + pl.col("cell_part"),
    ).drop("value_part", "half_part", "cell_part", "submission_part")


def ledger_at_most(rule: Reconciliation, tables: Tables, letters: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Ledger rows of the month, summed by key, are at most the told flow (R16)."""
    p = rule.params
    by = p["by"]
    left_table, _, left_column = rule.left.rpartition(".")
    right_table, _, right_column = rule.right.rpartition(".")
    ledger = tables[left_table].filter(of_kind(RowKind.DATA))
    chosen = in_window(ledger.filter(where(p["left_where"])), {p["left_date"]: "month"})
    left = side(chosen, left_table, left_column, letters, pl.lit(True), [by])
    lines = chosen.group_by("district", "period", by).agg(lines=pl.len())
    right = side(tables[right_table], right_table, right_column, letters, of_kind(RowKind.DATA), [by])
    pairs = pair(left, right, ["district", "period", by])
    pairs = pairs.join(lines, on=["district", "period", by], how="left", maintain_order="left")
    filed = filings(tables, left_table, letters).rename({"submission": "filed"})
    pairs = pairs.join(filed, on=["district", "period"], how="left", maintain_order="left")
    # A ledger that was filed without a row for a bank told zero for it.
    nothing = pl.col("filed").is_not_null() & pl.col("left_submission").is_null()
    zero = pl.lit(0).cast(EXACT)
    pairs = pairs.with_columns(
        left_value=pl.when(nothing).then(zero).otherwise(pl.col("left_value")),
        left_half=pl.when(nothing).then(zero).otherwise(pl.col("left_half")),
        left_submission=pl.coalesce("left_submission", "filed"),
        lines=pl.col("lines").fill_null(0),
    )
    left_header, right_header = (catalogue.column(path).header for path in (rule.left, rule.right))
    return compare(
        pairs.with_columns(
            key=pl.col(by),
            left=pl.lit(f"{left_table.split('.')[0]} 台账 {left_header} ") + pl.col(by),
            right=pl.lit(f"{right_table.split('.')[0]} {right_header} ") + pl.col(by),
            unit=pl.lit(catalogue.units[catalogue.column(rule.left).unit].base),
        ),
        rule,
        at_most=True,
    )
