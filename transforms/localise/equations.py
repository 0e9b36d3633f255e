"""The hard rules of the returns as equations over told cells: what localisation works on.

One row a cell of an equation. Most equations are Σ weight·value = 0 (or ≤ 0); what is no sum (rates, limits) tells for each
of its cells which figures it allows, the others as told. Rows of a ledger that were forgotten or entered twice are one
cell more, of no value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from transforms import period
from transforms.edits.bounds import Context, exact, half, of_kind, over, scope, signed, where
from transforms.edits.detail import in_window
from transforms.edits.history import AT, mark_new
from transforms.edits.prepare import prepare, with_item
from transforms.model import EXACT, Catalogue, Edit, RowKind, Severity, Table

EQUATIONS: Mapping[str, pl.DataType] = {
    "equation": pl.String(),
    "rule": pl.String(),
    "relation": pl.String(),
    "weight": EXACT,
    "free": pl.Boolean(),
    "bound_low": EXACT,
    "bound_high": EXACT,
    "district": pl.String(),
    "department": pl.String(),
    "period": pl.String(),
    "form": pl.String(),
    "table": pl.String(),
    "column": pl.String(),
    "header": pl.String(),
    "item": pl.String(),
    "kind": pl.String(),
    "row": pl.Int64(),
    "of_period": pl.String(),
    "submission": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "lines": pl.Int64(),
    "unit": pl.String(),
    "value": EXACT,
    "low": EXACT,
    "high": EXACT,
    "step": EXACT,
    "signed": pl.Boolean(),
}
"""One row a cell of an equation.

`relation`: "=" (Σ weight·value = 0), "<=" (at most 0), or "within": the cell lies between `bound_low` and `bound_high` (null:
open), which is what the rule allows it while the others stay as told; then `weight` is null. `free`: the rows of a ledger,
which may change by anything in each of their equations. `period` is that of the equation, `of_period` that of the
submission that tells the cell. `low`, `high`: what the told digits stand for; `step`: one unit of the last of them (null:
as many as the value has). `signed`: the figure may be negative. All in the base `unit`.
"""

PLACE = ["submission", "table", "row", "column"]
ROWS = "*"
"""Column of the cell that stands for the rows of a ledger."""
EQUAL, AT_MOST, WITHIN = "=", "<=", "within"

TERMS = {
    "equation": pl.String(),
    "rule": pl.String(),
    "relation": pl.String(),
    "period": pl.String(),
    "weight": EXACT,
    "free": pl.Boolean(),
    "bound_low": EXACT,
    "bound_high": EXACT,
    "constant": EXACT,
    "submission": pl.String(),
    "table": pl.String(),
    "row": pl.Int64(),
    "column": pl.String(),
}


@dataclass(frozen=True, slots=True)
class Ground:
    """The rows of one table that equations are about: `rows` of the submissions in question, with `item`; `known`: those of
    other periods."""

    table: Table
    rows: pl.DataFrame
    known: pl.DataFrame | None
    context: Context


def edit_equations(
    submissions: Iterable[str], context: Context, layout: pl.DataFrame, catalogue: Catalogue
) -> pl.DataFrame:
    """The hard rules of these submissions as equations.

    Args:
        submissions: those with violated rules, or all.
        context: what rules look at (transforms.edits.bounds.Context): tables holds the rows of the submissions, known
            those of other periods.
        layout: submission, table, code, letter, of both.
    Returns:
        EQUATIONS. Rules of which a figure is not told have no row.
    """
    wanted = list(submissions)
    chosen = pl.col("submission").is_in(wanted)
    tables = {table.code: table for table in catalogue.tables()}
    rows = {code: with_item(frame.filter(chosen), tables[code]) for code, frame in context.tables.items()}
    rows = {code: frame for code, frame in rows.items() if frame.height}
    terms = [pl.DataFrame(schema=TERMS)]
    for code, frame in rows.items():
        past = context.known.get(code)
        known = with_item(past, tables[code]) if past is not None else None
        ground = Ground(tables[code], frame, known, _narrowed(context, rows))
        for edit in catalogue.edits(code):
            if edit.severity is Severity.HARD and (make := KINDS.get(edit.kind)):
                terms.append(shaped(make(ground, edit), edit))
    return with_cells(pl.concat(terms), rows, context, layout, catalogue)


def _narrowed(context: Context, rows: Mapping[str, pl.DataFrame]) -> Context:
    empty = {code: frame.clear() for code, frame in context.tables.items() if code not in rows}
    return replace(context, tables={**empty, **rows})


def shaped(terms: Sequence[pl.DataFrame], edit: Edit) -> pl.DataFrame:
    """The columns of TERMS; what is absent is null. An equation of which a cell is missing (null row) is left out."""
    frames = []
    for frame in terms:
        absent = {n: pl.lit(None, dtype=k) for n, k in TERMS.items() if n not in frame.columns}
        named = frame.with_columns(**absent).with_columns(
            rule=pl.lit(edit.id),
            relation=pl.col("relation").fill_null(EQUAL),
            free=pl.col("free").fill_null(False),
            table=pl.col("table").fill_null(edit.table),
            equation=pl.lit(f"{edit.id}|") + pl.col("equation"),
        )
        frames.append(named.select(pl.col(n).cast(k) for n, k in TERMS.items()))
    found = pl.concat([pl.DataFrame(schema=TERMS), *frames])
    lacking = found.filter(pl.col("submission").is_null() | (pl.col("row").is_null() & ~pl.col("free")))
    return found.join(lacking.select("equation").unique(), on="equation", how="anti", maintain_order="left")


def of_row() -> pl.Expr:
    return pl.format("{}|{}", "submission", "row")


def terms_of(
    rows: pl.DataFrame, parts: Iterable[tuple[int | str, str]], equation: pl.Expr | None = None, relation: str = EQUAL
) -> list[pl.DataFrame]:
    """One term a row and column."""
    name = of_row() if equation is None else equation
    return [
        rows.select(
            "submission",
            "row",
            "period",
            equation=name,
            weight=exact(weight),
            column=pl.lit(column),
            relation=pl.lit(relation),
        )
        for weight, column in parts
    ]


# Kinds of rules


def _sum(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    return terms_of(ground.rows.filter(scope(edit)), [(-1, edit.column), *signed(edit.params["parts"])])


def _roll_forward(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    p = edit.params
    parts = [(-1, p["closing"]), (1, p["opening"]), *signed(p["movements"])]
    return terms_of(ground.rows.filter(scope(edit)), parts)


def _product(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    price = edit.params["price"]
    if ground.table.has(price):
        return []
    return terms_of(ground.rows.filter(scope(edit)), [(-1, edit.column), (price, edit.params["factor"])])


def _at_most(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    rows = ground.rows.filter(scope(edit, (RowKind.DATA, RowKind.PART, RowKind.TOTAL)))
    return terms_of(rows, [(1, edit.params["part"]), (-1, edit.params["whole"])], relation=AT_MOST)


def _part_rows(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    key = ground.table.key[0]
    parents = ground.rows.filter(of_kind(RowKind.DATA)).select("submission", parent=key, above="row")
    parents = parents.unique(["submission", "parent"], keep="first", maintain_order=True)
    parts = ground.rows.filter(of_kind(RowKind.PART)).join(parents, on=["submission", "parent"], how="inner")
    above = parts.with_columns(row="above")
    name = of_row()
    named = parts.with_columns(equation=name)
    return [
        *terms_of(named, [(1, edit.column)], pl.col("equation"), AT_MOST),
        *terms_of(above.with_columns(named["equation"]), [(-1, edit.column)], pl.col("equation"), AT_MOST),
    ]


def _footing(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    ends = of_kind(RowKind.SUBTOTAL).cast(pl.Int64)
    rows = ground.rows.with_columns(block=(ends.cum_sum() - ends).over("submission"))
    data = rows.filter(of_kind(RowKind.DATA))
    found = []
    for kind, keys in ((RowKind.TOTAL, ["submission"]), (RowKind.SUBTOTAL, ["submission", "block"])):
        totals = rows.filter(of_kind(kind) & pl.col(edit.column).is_not_null()).with_columns(equation=of_row())
        parts = data.join(totals.select(*keys, "equation"), on=keys, how="inner")
        found += terms_of(totals, [(-1, edit.column)], pl.col("equation"))
        found += terms_of(parts, [(1, edit.column)], pl.col("equation"))
    return found


def _elsewhere(
    rows: pl.DataFrame, known: pl.DataFrame | None, at: Callable[[str], str], weight: int, column: str
) -> list[pl.DataFrame]:
    """The term of the same item in another period; the equation lacks it where that was not told."""
    place = {"submission": pl.String, "row": pl.Int64}
    months = {m: at(m) for m in rows["period"].unique() if period.is_period(m)}
    named = rows.select(
        "district",
        "item",
        "period",
        equation=of_row(),
        other=pl.col("period").replace_strict(months, default=None, return_dtype=pl.String),
    )
    if known is None or known.is_empty():
        absent = {name: pl.lit(None, dtype=kind) for name, kind in place.items()}
        return [named.select("equation", "period", **absent, weight=exact(weight), column=pl.lit(column))]
    there = known.filter(of_kind(RowKind.DATA, RowKind.TOTAL) & pl.col(column).is_not_null())
    there = there.select("district", "item", "submission", "row", other="period")
    there = there.unique(["district", "item", "other"], keep="first", maintain_order=True)
    joined = named.join(there, on=["district", "item", "other"], how="left", maintain_order="left")
    return [joined.select("equation", "period", "submission", "row", weight=exact(weight), column=pl.lit(column))]


def _carry(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    p = edit.params
    if p.get("first_filed") or "where" in p:
        return []
    rows = ground.rows.filter(scope(edit))
    other = _elsewhere(rows, ground.known, AT[p["at"]], -1, p["from"])
    return [*terms_of(rows, [(1, edit.column)]), *other]


def _cumulative(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    p, rows = edit.params, ground.rows.filter(scope(edit))
    opens = pl.col("period").str.contains(period.OPENS_YEAR) if p["reset"] == "january" else pl.lit(False)
    if p.get("fresh"):
        rows = mark_new(rows, ground.known, "fresh")
        opens |= pl.col("fresh|new")
    going_on = rows.filter(~opens)
    last = _elsewhere(going_on, ground.known, period.previous, 1, edit.column)
    return [*terms_of(rows, [(-1, edit.column), (1, p["flow"])]), *last]


def _roll_on(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    p = edit.params
    rows = mark_new(ground.rows.filter(scope(edit)), ground.known, "fresh")
    parts = [(-1, edit.column), *((1, c) for c in p.get("increments", ())), *signed(p.get("movements", ()))]
    found = terms_of(rows, parts)
    old = rows.filter(~pl.col("fresh|new"))
    found += _elsewhere(old, ground.known, period.previous, 1, edit.column)
    for code in p.get("increments", ()):
        yearly = ground.table.column(code).basis == "ytd"
        kept = old.filter(~pl.col("period").str.ends_with("-01")) if yearly else old
        found += _elsewhere(kept, ground.known, period.previous, -1, code)
    return found


def _detail(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    """Summary cells, the rows of the ledger that they are summed from, and the ledger as such."""
    p = edit.params
    by: Mapping[str, str] = p.get("by", {})
    ledger = ground.context.tables[p["detail"]]
    chosen = in_window(ledger.filter(of_kind(RowKind.DATA) & where(p.get("where", {}))), p.get("window", {}))
    rows = ground.rows.filter(of_kind(RowKind.DATA) & scope(edit)) if by else ground.rows.filter(scope(edit))
    filed = [ledger.select("submission")]
    if ground.context.layout is not None:
        filed.append(ground.context.layout.filter(pl.col("table") == p["detail"]).select("submission"))
    rows = rows.filter(pl.col(edit.column).is_not_null()).join(pl.concat(filed).unique(), on="submission", how="semi")
    keys = ["submission", *by]
    rows = rows.with_columns(equation=pl.concat_str([pl.col(k).cast(pl.String) for k in keys], separator="|"))
    found = terms_of(rows, [(-1, c) for c in (edit.column, *p.get("plus", ()))], pl.col("equation"))
    groups = rows.select(*keys, "period", "equation").unique("equation", maintain_order=True)
    there = ["submission", *by.values()]
    if "value" in p:
        named = chosen.drop("period").join(groups, left_on=there, right_on=keys, how="inner")
        found += [
            f.with_columns(table=pl.lit(p["detail"])) for f in terms_of(named, [(1, p["value"])], pl.col("equation"))
        ]
        counted = groups.with_columns(constant=exact(0))
    else:
        number = pl.col(p["distinct"]).n_unique() if "distinct" in p else pl.len()
        counts = chosen.group_by(there).agg(constant=number.cast(EXACT))
        counted = groups.join(counts, left_on=keys, right_on=there, how="left", maintain_order="left")
        counted = counted.with_columns(pl.col("constant").fill_null(exact(0)))
    composite = counted.select(
        "submission",
        "period",
        "equation",
        "constant",
        weight=exact(1),
        free=pl.lit(True),
        table=pl.lit(p["detail"]),
        column=pl.lit(ROWS),
    )
    return [*found, composite]


# Rules that are no sums: what each cell may be, the others as told


def _within(rows: pl.DataFrame, column: str, low: pl.Expr | None, high: pl.Expr | None) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=EXACT)
    return rows.select(
        "submission",
        "row",
        "period",
        equation=of_row(),
        relation=pl.lit(WITHIN),
        column=pl.lit(column),
        bound_low=nothing if low is None else low,
        bound_high=nothing if high is None else high,
    )


def _not_negative(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    return [_within(ground.rows.filter(pl.col(edit.column).is_not_null()), edit.column, exact(0), None)]


def _band(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    p, rows = edit.params, ground.rows.filter(scope(edit) & pl.col(edit.column).is_not_null())
    if "numerator" in p:
        return []
    low = exact(p["low"]) - half(edit.column) if "low" in p else None
    high = exact(p["high"]) + half(edit.column) if "high" in p else None
    return [_within(rows, edit.column, low, high)]


def _expected(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    """Rules of which the told figure of one cell is worked out from what is not looked at here."""
    if edit.params.get("at_least") or (edit.kind == "elapsed" and ground.context.workdays is None):
        return []
    rows, expected = prepare(ground.rows, ground.table, [edit], ground.context), pl.col(f"{edit.id}|expected")
    rows = rows.filter(pl.col(f"{edit.id}|applies") & expected.is_not_null() & pl.col(edit.column).is_not_null())
    return [_within(rows, edit.column, expected - half(edit.column) - HAIR, expected + half(edit.column) + HAIR)]


HAIR = exact("0.00000001")
"""Quotients are cut off at the eighth place."""


@dataclass(frozen=True, slots=True)
class Rate:
    """(rate + offset) · denominator = numerator, each with half a unit of its last digit."""

    rate: str
    offset: int
    numerator: tuple[str, ...]
    denominator: pl.Expr
    denominator_half: pl.Expr


def _ratio(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    p = edit.params
    numerator = (p["numerator"],) if isinstance(p["numerator"], str) else tuple(p["numerator"])
    d = p["denominator"]
    rows = ground.rows.filter(scope(edit))
    found = _rated(rows, Rate(edit.column, 0, numerator, pl.col(d), half(d)))
    return [*found, _of_denominator(rows, Rate(edit.column, 0, numerator, pl.col(d), half(d)), d)]


def _growth(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    p = edit.params
    rows, rate = ground.rows.filter(scope(edit)), Rate(edit.column, 1, (p["now"],), pl.col(p["base"]), half(p["base"]))
    return [*_rated(rows, rate), _of_denominator(rows, rate, p["base"])]


def _growth_since(ground: Ground, edit: Edit) -> list[pl.DataFrame]:
    p, rows = edit.params, ground.rows.filter(scope(edit))
    base, (place,) = p["from"], _elsewhere(rows, ground.known, AT[p["at"]], 1, p["from"])
    if ground.known is None or ground.known.is_empty():
        return []
    there = ground.known.select(
        pl.col("submission").alias("|s"), pl.col("row").alias("|r"), pl.col(base).alias("|d"), half(base).alias("|h")
    )
    place = place.select(pl.col("equation").alias("|e"), pl.col("submission").alias("|s"), pl.col("row").alias("|r"))
    rows = (
        rows.with_columns(of_row().alias("|e"))
        .join(place, on="|e", how="left")
        .join(there, on=["|s", "|r"], how="inner")
    )
    rate = Rate(edit.column, 1, (p["now"],), pl.col("|d"), pl.col("|h"))
    last = _of_denominator(rows, rate, base).with_columns(
        submission=rows.filter(_usable(rate))["|s"], row=rows.filter(_usable(rate))["|r"]
    )
    return [*_rated(rows, rate), last]


def _usable(rate: Rate) -> pl.Expr:
    told = [pl.col(rate.rate), *(pl.col(c) for c in rate.numerator), rate.denominator]
    return pl.all_horizontal(x.is_not_null() for x in told) & (rate.denominator > exact(0))


def _rated(rows: pl.DataFrame, rate: Rate) -> list[pl.DataFrame]:
    """What the rate and each part of the numerator may be."""
    rows = rows.filter(_usable(rate))
    n = pl.sum_horizontal(pl.col(c) for c in rate.numerator)
    hn = pl.sum_horizontal(half(c) for c in rate.numerator)
    r, hr, d, hd = pl.col(rate.rate) + exact(rate.offset), half(rate.rate), rate.denominator, rate.denominator_half
    ends = [over(x, y) for x in (n - hn, n + hn) for y in (d - hd, d + hd)]
    low, high = pl.min_horizontal(ends), pl.max_horizontal(ends)
    # Where the denominator may be zero the rate may be anything.
    closed = d > hd
    found = [
        _within(
            rows,
            rate.rate,
            pl.when(closed).then(low - exact(rate.offset) - hr - HAIR),
            pl.when(closed).then(high - exact(rate.offset) + hr + HAIR),
        )
    ]
    products = [(r + a) * (d + b) for a in (exact(0) - hr, hr) for b in (exact(0) - hd, hd)]
    for code in rate.numerator:
        others = n - pl.col(code)
        found.append(
            _within(rows, code, pl.min_horizontal(products) - hn - others, pl.max_horizontal(products) + hn - others)
        )
    return found


def _of_denominator(rows: pl.DataFrame, rate: Rate, code: str) -> pl.DataFrame:
    rows = rows.filter(_usable(rate))
    n = pl.sum_horizontal(pl.col(c) for c in rate.numerator)
    hn = pl.sum_horizontal(half(c) for c in rate.numerator)
    r, hr, hd = pl.col(rate.rate) + exact(rate.offset), half(rate.rate), rate.denominator_half
    closed = (r > hr) & (n >= hn)
    low, high = over(n - hn, r + hr) - hd - HAIR, over(n + hn, r - hr) + hd + HAIR
    return _within(rows, code, pl.when(closed).then(low), pl.when(closed).then(high))


Make = Callable[[Ground, Edit], list[pl.DataFrame]]
KINDS: Mapping[str, Make] = {
    "sum": _sum,
    "roll_forward": _roll_forward,
    "product": _product,
    "at_most": _at_most,
    "part_rows": _part_rows,
    "footing": _footing,
    "carry": _carry,
    "cumulative": _cumulative,
    "roll_on": _roll_on,
    "detail": _detail,
    "not_negative": _not_negative,
    "band": _band,
    "implies": _expected,
    "elapsed": _expected,
    "detail_ratio": _expected,
    "ratio": _ratio,
    "growth": _growth,
    "growth_since": _growth_since,
}
"""Kinds of edit rules that are equations over told figures."""


# Cells


def with_cells(
    terms: pl.DataFrame,
    rows: Mapping[str, pl.DataFrame],
    context: Context,
    layout: pl.DataFrame,
    catalogue: Catalogue,
) -> pl.DataFrame:
    """Put what was told beside every term. An equation of which a figure is not told is left out."""
    wanted = terms.filter(~pl.col("free")).select(PLACE).unique()
    cells = [_cells(code, frame, rows, context, layout, catalogue) for (code,), frame in wanted.group_by("table")]
    composite = _composites(terms, rows)
    cells_of = pl.concat([pl.DataFrame(schema=CELL), *cells, *composite])
    joined = terms.join(cells_of, on=PLACE, how="left", nulls_equal=True, maintain_order="left")
    joined = joined.with_columns(
        value=pl.coalesce("constant", "value"), low=pl.coalesce("constant", "low"), high=pl.coalesce("constant", "high")
    )
    lacking = joined.filter(pl.col("value").is_null()).select("equation").unique()
    whole = joined.join(lacking, on="equation", how="anti", maintain_order="left")
    return whole.select(pl.col(name).cast(kind) for name, kind in EQUATIONS.items())


CELL = {
    **{name: EQUATIONS[name] for name in ("submission", "table", "row", "column")},
    **{
        name: kind
        for name, kind in EQUATIONS.items()
        if name
        in (
            *(
                "district",
                "department",
                "form",
                "header",
                "item",
                "kind",
                "of_period",
                "file",
                "sheet",
                "cell",
                "lines",
            ),
            *("unit", "value", "low", "high", "step", "signed"),
        )
    },
}


def _cells(
    code: str,
    wanted: pl.DataFrame,
    rows: Mapping[str, pl.DataFrame],
    context: Context,
    layout: pl.DataFrame,
    catalogue: Catalogue,
) -> pl.DataFrame:
    """The told cells of one table, of tonight and of other periods."""
    table = catalogue.table(code)
    tonight = rows.get(code)
    frames = [tonight] if tonight is not None else []
    past = context.known.get(code)
    if past is not None and past.height:
        places = wanted.select("submission", "row").unique()
        frames.append(with_item(past, table).join(places, on=["submission", "row"], how="semi"))
    every = pl.concat(frames, how="diagonal_relaxed").unique(["submission", "row"], keep="first", maintain_order=True)
    letters = (
        layout.filter(pl.col("table") == code).select("submission", "code", "letter").unique(["submission", "code"])
    )
    found = [pl.DataFrame(schema=CELL)]
    for column in wanted["column"].unique().sort():
        place = wanted.filter(pl.col("column") == column)
        told = every.join(
            place.select("submission", "row"), on=["submission", "row"], how="semi", maintain_order="left"
        )
        found.append(_told(told, table, column, letters, catalogue))
    return pl.concat(found)


def _told(told: pl.DataFrame, table: Table, code: str, letters: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    column = table.column(code)
    unit = catalogue.units.get(column.unit)
    whole_step = exact(unit.factor if unit else 1) if column.type == "int" else pl.lit(None, dtype=EXACT)
    of_column = letters.filter(pl.col("code") == code).select("submission", "letter")
    told = told.join(of_column, on="submission", how="left", maintain_order="left")
    value, width = pl.col(code), half(code)
    # Only what the digits stand for: two equal halves beside the value.
    width = width.fill_null(exact(0))
    return told.with_columns(
        table=pl.lit(table.code),
        column=pl.lit(code),
        form=pl.lit(table.form),
        header=pl.lit(column.header),
        of_period=pl.col("period"),
        cell=pl.col("letter") + pl.col("row").cast(pl.String),
        lines=pl.lit(1, dtype=pl.Int64),
        unit=pl.lit(column.unit),
        value=value,
        low=value - width,
        high=value + width,
        step=pl.when(width > exact(0)).then(width * 2).otherwise(whole_step),
        signed=pl.lit(column.signed),
    ).select(pl.col(name).cast(kind) for name, kind in CELL.items())


def _composites(terms: pl.DataFrame, rows: Mapping[str, pl.DataFrame]) -> list[pl.DataFrame]:
    """The ledgers as such: their first and last row say where they stand."""
    found = []
    for code in terms.filter(pl.col("free"))["table"].unique().sort():
        if code not in rows:
            continue
        ledger = (
            rows[code]
            .group_by("submission", maintain_order=True)
            .agg(
                pl.col("district", "department", "file", "sheet").first(),
                of_period=pl.col("period").first(),
                first=pl.col("row").min(),
                last=pl.col("row").max(),
                lines=pl.len().cast(pl.Int64),
            )
        )
        absent = {n: pl.lit(None, dtype=k) for n, k in CELL.items() if n not in ledger.columns}
        named = ledger.with_columns(**absent).with_columns(
            table=pl.lit(code),
            column=pl.lit(ROWS),
            form=pl.lit(code.split(".")[0]),
            header=pl.lit("明细行"),
            item=pl.lit(""),
            kind=pl.lit(""),
            cell=pl.format("{}—{}行", "first", "last"),
            signed=pl.lit(True),
        )
        found.append(named.select(pl.col(n).cast(k) for n, k in CELL.items()))
    return found
