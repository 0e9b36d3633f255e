"""Which cells are most likely wrong: the smallest sets whose change satisfies every equation, ranked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import gcd, lcm
from typing import Any

import polars as pl

from transforms.cause import WEAK, WHOLE, Told, exact_of, explain, whole
from transforms.localise.blocks import find_blocks, find_exchanges, telling
from transforms.localise.circuits import Row
from transforms.localise.equations import EQUATIONS, ROWS, WITHIN
from transforms.localise.supports import MOST, smallest_sets
from transforms.model import EXACT, Cause

SUSPECTS: Mapping[str, pl.DataType] = {
    "district": pl.String(),
    "period": pl.String(),
    "record": pl.String(),
    "set": pl.Int64(),
    "size": pl.Int64(),
    "rank": pl.Int64(),
    "form": pl.String(),
    "table": pl.String(),
    "column": pl.String(),
    "header": pl.String(),
    "item": pl.String(),
    "of_period": pl.String(),
    "submission": pl.String(),
    "file": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "unit": pl.String(),
    "value": EXACT,
    "implied": EXACT,
    "low": EXACT,
    "high": EXACT,
    "cause": pl.String(),
    "certain": pl.Boolean(),
    "rules": pl.String(),
}
"""One row a cell of a set that can repair one record (a connected system of violated rules). `rank` 1 is the best, sets
that nothing tells apart share it; `implied` is the figure that closes every rule (null where only `low` to `high` is known,
open ends null); `cause` what explains it ("": nothing simple); `certain`: the corrected figure of that cause is the only one
of its kind, and closes every rule the cell touches; `rules` the violated ones, joined by 、. Figures in the base unit."""

EVIDENCE: Mapping[str, pl.DataType] = {
    "place": pl.String(),
    "previous": EXACT,
    "other": EXACT,
    "least": EXACT,
    "most": EXACT,
    "parts": pl.List(EXACT),
    "corrected_before": pl.Int64(),
}
"""What is known of a cell besides the rules: the same cell of last month; the month for the year so far, or the reverse; the
least and the most that was told in it; the parts of a total; how often this source had to correct this column."""

OF_CELL = tuple(n for n in SUSPECTS if n in EQUATIONS and n not in ("period", "low", "high"))
LEDGER_ROWS = 40
"""Sums of more terms are worked out as sums of ledgers: their rows one by one, then the ledger as one."""
FEW = 3
"""So many rows of a ledger may be named without a cause: where other rules single them out."""
NEAR = 60
"""Cells of one record that are combined; beyond that only those of the violated rules."""


def place() -> pl.Expr:
    """A cell by name: a note holds several columns in one cell."""
    return pl.concat_str(["submission", "table", "column", "sheet", "cell"], separator="|", ignore_nulls=True)


@dataclass(frozen=True, slots=True)
class Localised:
    """What localisation found.

    Attributes:
        suspects: SUSPECTS. A record that needs more cells than were looked for has no row.
        records: record, equation, rule, submission, row: the violated equations of every record; the row is that of the
            equation where it has one.
    """

    suspects: pl.DataFrame
    records: pl.DataFrame


def localise(equations: pl.DataFrame, evidence: pl.DataFrame | None = None, largest: int = MOST) -> Localised:
    """The sets of cells that can repair each record with violated equations, ranked.

    Args:
        equations: EQUATIONS, the violated ones and all others that share a cell with them.
        evidence: EVIDENCE, one row a cell; none: nothing is known beside the equations.
        largest: cells that are looked for in one record.
    """
    boxed = with_boxes(equations.with_columns(place=place()))
    records = records_of(boxed)
    if records.is_empty():
        return Localised(pl.DataFrame(schema=SUSPECTS), _named(records))
    alone = _single_cells(boxed, records)
    # What was accepted in an earlier period is called in question only where nothing of this one will do.
    accepted = boxed.filter(pl.col("of_period") < pl.col("period")).select("place").unique()
    now = alone.join(accepted, on="place", how="anti", maintain_order="left")
    left = records.join(now.select("record").unique(), on="record", how="anti", maintain_order="left")
    blocks, left = find_blocks(boxed, left, evidence)
    records = records.join(left.select("equation", joined="record"), on="equation", how="left", maintain_order="left")
    records = records.select(pl.coalesce("joined", "record").alias("record"), "equation")
    left = left.join(blocks.select("record").unique(), on="record", how="anti", maintain_order="left")
    together = _merged(boxed, left)
    several = _several_cells(boxed, together, largest) if together.height else alone.clear()
    solved = together.join(several.select("record").unique(), on="record", how="semi", maintain_order="left")
    alone = alone.join(solved.select("equation").join(records, on="equation").select("record"), on="record", how="anti")
    alone = alone.join(records.select("record").unique(), on="record", how="semi", maintain_order="left")
    alone = alone.join(blocks.select("record").unique(), on="record", how="anti", maintain_order="left")
    rest = records.join(solved, on="equation", how="anti", maintain_order="left")
    rules = pl.concat([rest, solved])
    exchanges = find_exchanges(boxed, rules)
    found = pl.concat([alone, several, blocks, exchanges], how="diagonal")
    return Localised(_ranked(_explained(found, evidence), rules, boxed), _named(rules))


def _named(records: pl.DataFrame) -> pl.DataFrame:
    """Equations are named rule|submission|row, or rule|submission|key where several rows are one."""
    parts = pl.col("equation").str.split("|")
    return records.select(
        "record",
        "equation",
        rule=parts.list.get(0, null_on_oob=True),
        submission=parts.list.get(1, null_on_oob=True),
        row=parts.list.get(2, null_on_oob=True).str.to_integer(strict=False),
    )


def with_boxes(equations: pl.DataFrame) -> pl.DataFrame:
    """Add `box_low`, `box_high` (EXACT; null: open): where the change of an equation's sum has to lie; and `violated`."""
    weight = pl.col("weight")
    ends = [
        pl.when(weight > 0).then(weight * pl.col(a)).otherwise(weight * pl.col(b))
        for a, b in (("low", "high"), ("high", "low"))
    ]
    sums = (
        equations.filter(pl.col("relation") != WITHIN)
        .group_by("equation")
        .agg(smallest=ends[0].sum(), greatest=ends[1].sum(), relation=pl.col("relation").first())
    )
    zero = pl.lit(0).cast(EXACT)
    sums = sums.select(
        "equation",
        box_low=pl.when(pl.col("relation") == "=").then(zero - pl.col("greatest")),
        box_high=zero - pl.col("smallest"),
    )
    joined = equations.join(sums, on="equation", how="left", maintain_order="left")
    linear = (pl.col("box_low") > zero).fill_null(False) | (pl.col("box_high") < zero).fill_null(False)
    outside = (pl.col("value") < pl.col("bound_low")).fill_null(False) | (
        pl.col("value") > pl.col("bound_high")
    ).fill_null(False)
    return joined.with_columns(
        violated=pl.when(pl.col("relation") == WITHIN).then(outside.any().over("equation")).otherwise(linear)
    )


# Records: violated equations that share a cell


def records_of(boxed: pl.DataFrame) -> pl.DataFrame:
    """Violated equations that hang together by a cell.

    Returns:
        record (the name of its first equation), equation.
    """
    edges = boxed.filter(pl.col("violated")).select("equation", "place")
    return _components(edges.rows())


def _components(edges: Iterable[tuple[str, str]]) -> pl.DataFrame:
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    equations: dict[str, None] = {}
    for equation, cell in edges:
        equations[equation] = None
        first, second = sorted((root(f"={equation}"), root(cell)))
        parent[second] = first
    names: dict[str, str] = {}
    rows = [(names.setdefault(root(f"={equation}"), equation), equation) for equation in equations]
    return pl.DataFrame(rows, schema={"record": pl.String, "equation": pl.String}, orient="row")


def _merged(boxed: pl.DataFrame, left: pl.DataFrame) -> pl.DataFrame:
    """Records that no single cell repairs, together with those that they share a satisfied equation with: two rows that
    were exchanged break two roll-forwards, and no footing."""
    if left.is_empty():
        return left
    cells = boxed.join(left.select("equation"), on="equation", how="semi").filter(~pl.col("free"))
    cells = cells.select("place").unique()
    near = boxed.join(cells, on="place", how="semi").select("equation", "place")
    names = _components(near.rows())
    broken = names.join(left.select("equation"), on="equation", how="semi", maintain_order="left")
    return broken.select(pl.col("equation").first().over("record").alias("record"), "equation")


# One cell


def _single_cells(boxed: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Cells that touch every violated equation of their record, and what all of their equations leave them."""
    wanted = records.with_columns(equations=pl.len().over("record"))
    touching = boxed.join(wanted, on="equation", how="inner", maintain_order="left")
    touching = touching.group_by("record", "place", maintain_order=True).agg(
        n=pl.col("equation").n_unique(), equations=pl.col("equations").first()
    )
    touching = touching.filter(pl.col("n") == pl.col("equations")).select("record", "place")
    every = boxed.join(touching, on="place", how="inner", maintain_order="left")
    low, high = implied()
    meeting = (
        every.with_columns(low=low, high=high)
        .group_by("record", "place", maintain_order=True)
        .agg(
            pl.col("low").max(),
            pl.col("high").min(),
            free=pl.col("free").any(),
            short=(pl.col("free") & (~pl.col("violated") | (pl.col("box_low") > 0)).fill_null(False)).all(),
        )
    )
    possible = pl.col("free") | (pl.col("low") <= pl.col("high")).fill_null(True)
    return meeting.filter(possible).select(
        "record",
        pl.col("place").alias("set"),
        "place",
        size=pl.lit(1, dtype=pl.Int64),
        low=pl.when(~pl.col("free")).then("low"),
        high=pl.when(~pl.col("free")).then("high"),
        known=pl.when(pl.col("free") & pl.col("short")).then(pl.lit(Cause.MISSING.value)),
    )


def implied() -> tuple[pl.Expr, pl.Expr]:
    """What one equation leaves one of its cells, the others as told: null where it is open."""
    weight = pl.col("weight")
    one = pl.lit(1).cast(EXACT)
    by = pl.when(weight.abs() == one).then(one).otherwise(weight.abs())
    first, last = pl.col("box_low"), pl.col("box_high")
    zero = pl.lit(0).cast(EXACT)
    low = pl.when(weight > zero).then(first).otherwise(zero - last) / by
    high = pl.when(weight > zero).then(last).otherwise(zero - first) / by
    within = pl.col("relation") == WITHIN
    low = pl.when(within).then("bound_low").otherwise(pl.col("value") + low)
    high = pl.when(within).then("bound_high").otherwise(pl.col("value") + high)
    return pl.when(~pl.col("free")).then(low), pl.when(~pl.col("free")).then(high)


# Two and three cells


def _several_cells(boxed: pl.DataFrame, records: pl.DataFrame, largest: int) -> pl.DataFrame:
    """Sets of the same schema as single cells, by the matrix of each record; records of one matrix go together."""
    groups: dict[tuple[Any, ...], list[System]] = {}
    for (record,), own in records.group_by("record", maintain_order=True):
        for system in _systems(str(record), boxed, own["equation"].to_list()):
            groups.setdefault((system.matrix, system.covers, system.jokers > 0), []).append(system)
    found = [_sets(systems, largest) for systems in groups.values()]
    frames = pl.concat([_single_cells(boxed, records.clear()), *found])
    # With a ledger among them sets are one cell larger: the smallest count, whichever they are.
    smallest = pl.col("size") == pl.col("size").min().over("record")
    return _within_bounds(frames.filter(smallest), boxed)


Box = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class System:
    """One record as whole numbers: cells by name with their values, a matrix, its boxes (10⁻⁸), and groups of cells one of
    which must change. `joker`: the ledger that is taken to be wrong besides."""

    record: str
    places: tuple[str, ...]
    values: tuple[Decimal, ...]
    matrix: tuple[Row, ...]
    boxes: tuple[Box, ...]
    covers: tuple[frozenset[int], ...]
    joker: str = ""

    @property
    def jokers(self) -> int:
        return int(bool(self.joker))


def _systems(record: str, boxed: pl.DataFrame, violated: list[str]) -> Iterator[System]:
    """The record as such, and once more for each ledger that may be wrong: without the equations that it is free to meet."""
    boxed = boxed.filter(~(pl.col("of_period") < pl.col("period")).fill_null(False))
    of_violated = boxed.filter(pl.col("equation").is_in(violated))
    near = boxed.join(of_violated.filter(~pl.col("free")).select("place").unique(), on="place", how="semi")
    local = boxed.join(near.select("equation").unique(), on="equation", how="semi", maintain_order="left")
    jokers = of_violated.filter(pl.col("free"))["place"].unique().sort().to_list()
    ledger_rows = local.filter(pl.col("kind") == "data", pl.len().over("equation") > LEDGER_ROWS)
    long = ledger_rows.filter(pl.col("weight").is_not_null(), pl.col("table").is_in(_with_ledgers(local)))[
        "place"
    ].unique()
    local = local.filter(~pl.col("place").is_in(long.implode()))
    if local.filter(~pl.col("free"))["place"].n_unique() > NEAR:
        cells = local.filter(pl.col("equation").is_in(violated))["place"].unique()
        local = local.filter(pl.col("place").is_in(cells.implode()))
    yield _system(record, local, violated)
    for joker in jokers:
        met = local.filter(pl.col("place") == joker)["equation"].unique()
        rest = local.filter(~pl.col("equation").is_in(met.implode()))
        yield _system(record, rest, [e for e in violated if e not in set(met)], joker)


def _with_ledgers(local: pl.DataFrame) -> list[str]:
    return local.filter(pl.col("column") == ROWS)["table"].unique().to_list()


def _system(record: str, local: pl.DataFrame, violated: list[str], joker: str = "") -> System:
    cells = local.filter(~pl.col("free")).unique("place", maintain_order=True).sort("table", "row", "column", "place")
    places = cells["place"].to_list()
    index = {name: i for i, name in enumerate(places)}
    matrix, boxes, covers = [], [], []
    ordered = local.sort("rule", "equation", maintain_order=True)
    for (equation,), rows in ordered.group_by("equation", maintain_order=True):
        linear = rows["relation"][0] != WITHIN
        told = rows.filter(~pl.col("free"))
        if linear and told.height:
            row, box = _whole_row(told, index)
            matrix.append(row)
            boxes.append(box)
        elif equation in violated and not linear:
            covers.append(frozenset(index[p] for p in told["place"]))
        elif rows.height == 1 and not linear:
            # A limit of one cell is an equation like others.
            row = tuple(int(i == index[rows["place"][0]]) for i in range(len(places)))
            ends = [
                None if rows[b][0] is None else int((rows[b][0] - rows["value"][0]) * 10**8)
                for b in ("bound_low", "bound_high")
            ]
            matrix.append(row)
            boxes.append((ends[0], ends[1]))
    values = tuple(cells["value"].to_list())
    return System(record, tuple(places), values, tuple(matrix), tuple(boxes), tuple(covers), joker)


def _whole_row(told: pl.DataFrame, index: Mapping[str, int]) -> tuple[Row, Box]:
    """Weights as whole numbers without common divisor, and the box in 10⁻⁸ of the same scale."""
    ratios = [w.as_integer_ratio() for w in told["weight"]]
    scale = lcm(*(d for _, d in ratios))
    whole_weights = [n * scale // d for n, d in ratios]
    divisor = gcd(*whole_weights) or 1
    row = [0] * len(index)
    for name, weight in zip(told["place"], whole_weights, strict=True):
        row[index[name]] += weight // divisor
    ends = (told["box_low"][0], told["box_high"][0])
    low = None if ends[0] is None else -((-int(ends[0] * 10**8) * scale) // divisor)
    high = None if ends[1] is None else int(ends[1] * 10**8) * scale // divisor
    return tuple(row), (low, high)


def _sets(systems: Sequence[System], largest: int) -> pl.DataFrame:
    """The smallest sets of records that share one matrix."""
    matrix, covers = systems[0].matrix, systems[0].covers
    schema = {"record": pl.Int64()} | {f"{end}_{i}": WHOLE for i in range(len(matrix)) for end in ("low", "high")}
    rows = [(k, *(x for box in system.boxes for x in box)) for k, system in enumerate(systems)]
    boxes = pl.DataFrame(rows, schema=schema, orient="row")
    found = smallest_sets(matrix, boxes, largest - systems[0].jokers, covers)
    out: list[tuple[Any, ...]] = []
    for number, (k, size, cells, low, high) in enumerate(found.iter_rows()):
        system = systems[k]
        name = f"{number}|{'|'.join(system.places[c] for c in cells)}"
        if system.joker:
            out.append((system.record, name, system.joker, size + 1, None, None))
        for c, first, last in zip(cells, low, high, strict=True):
            value = system.values[c]
            ends = [None if x is None else value + _exact(x) for x in (first, last)]
            out.append((system.record, name, system.places[c], size + system.jokers, *ends))
    return pl.DataFrame([(*row, None) for row in out], schema=SETS, orient="row")


def _exact(number: int) -> Decimal:
    return Decimal(number).scaleb(-8)


SETS = {
    "record": pl.String(),
    "set": pl.String(),
    "place": pl.String(),
    "size": pl.Int64(),
    "low": EXACT,
    "high": EXACT,
    "known": pl.String(),
}
"""One row a cell of a set; `known`: a cause that was found together with the set."""


def _within_bounds(found: pl.DataFrame, boxed: pl.DataFrame) -> pl.DataFrame:
    """Hold what a set implies against rules that are no sums, where it has one of their cells alone."""
    within = boxed.filter(pl.col("relation") == WITHIN).select("equation", "place", "bound_low", "bound_high")
    met = found.join(within, on="place", how="inner")
    met = met.filter(pl.len().over("record", "set", "equation") == 1)
    bounds = met.group_by("record", "set", "place").agg(pl.col("bound_low").max(), pl.col("bound_high").min())
    joined = found.join(bounds, on=["record", "set", "place"], how="left", maintain_order="left")
    joined = joined.with_columns(
        low=pl.max_horizontal("low", "bound_low"), high=pl.min_horizontal("high", "bound_high")
    )
    empty = (pl.col("low") > pl.col("high")).fill_null(False)
    return joined.filter(~empty.any().over("record", "set")).select(*SETS)


# Causes and ranks


def _explained(found: pl.DataFrame, evidence: pl.DataFrame | None) -> pl.DataFrame:
    return found if evidence is None else found.join(evidence, on="place", how="left", maintain_order="left")


def _ranked(found: pl.DataFrame, rules: pl.DataFrame, boxed: pl.DataFrame) -> pl.DataFrame:
    """Causes, order and names."""
    known = {n: pl.lit(None, dtype=k) for n, k in EVIDENCE.items() if n not in found.columns}
    cells = boxed.unique("place", keep="first", maintain_order=True).select(
        "place", *OF_CELL, "row", "step", "signed", "kind", "lines", rule_period="period"
    )
    joined = found.with_columns(**known).join(cells, on="place", how="left", maintain_order="left")
    floor = pl.when(~pl.col("signed") & pl.col("known").is_null()).then(pl.lit(0).cast(EXACT))
    joined = joined.with_columns(low=pl.max_horizontal("low", floor))
    joined = joined.filter(~(pl.col("low") > pl.col("high")).fill_null(False).any().over("record", "set"))
    return _ordered(_with_causes(_exchanged(joined)), rules)


def _with_causes(sets: pl.DataFrame) -> pl.DataFrame:
    """What was found together with the set; else figures changed over; else what explains the figure by itself."""
    equal = {Cause.STALE: pl.col("previous"), Cause.BASIS: pl.col("other")}
    told = Told(pl.col("value"), pl.col("step"), pl.col("low"), pl.col("high"), equal, pl.col("parts"))
    explained = explain(sets, told)
    together, swapped = pl.col("known").is_not_null(), pl.col("exchanged").is_not_null()
    cause = (
        pl.when(together)
        .then("known")
        .when(swapped)
        .then(pl.lit(Cause.SWAPPED.value))
        .otherwise(pl.col("cause").replace(Cause.UNEXPLAINED.value, ""))
    )
    corrected = pl.when(together).then("low").when(swapped).then("exchanged").otherwise("corrected")
    return explained.with_columns(cause=cause, corrected=corrected)


def _exchanged(found: pl.DataFrame) -> pl.DataFrame:
    """Add `exchanged`: the figure of another cell in the same row or column, where each of the two should be what the other
    tells: in one set of two, or as single cells of two records. Two such coincidences at once are none."""
    large = pl.col("known").is_null() & telling("value", "step")
    sides = found.filter(large & (pl.col("size") <= 2))
    sides = sides.select(
        "record", "set", "size", "place", "submission", "table", "row", "column", "value", "low", "high"
    )
    pairs = sides.join(sides, on=["submission", "table", "size"], how="inner", suffix="_other")
    same_set = (pl.col("record") == pl.col("record_other")) & (pl.col("set") == pl.col("set_other"))
    together = pl.when(pl.col("size") == 2).then(same_set).otherwise(pl.col("record") != pl.col("record_other"))
    pairs = pairs.filter(
        together,
        (pl.col("value") != pl.col("value_other")),
        (pl.col("row") == pl.col("row_other")) | (pl.col("column") == pl.col("column_other")),
        pl.col("value_other").is_between("low", "high"),
        pl.col("value").is_between("low_other", "high_other"),
    )
    one = pairs.group_by("record", "set", "place").agg(exchanged=pl.col("value_other").first())
    return found.join(one, on=["record", "set", "place"], how="left", maintain_order="left")


def _ordered(explained: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    step = pl.when(pl.col("step") > 0).then("step")
    number = {end: whole(pl.col(end)) // whole(step) for end in ("low", "high")}
    up = whole(pl.col("low")) % whole(step) != 0
    # The figures of the reported digits that are allowed: one alone is what the cell should be.
    only = (number["low"] + up.cast(WHOLE)) == number["high"]
    told = pl.when(only).then(exact_of(number["high"] * whole(step)))
    one = pl.when(pl.col("low") == pl.col("high")).then("low").otherwise(told)
    explained = explained.with_columns(implied=pl.coalesce("corrected", one))
    accepted = (pl.col("of_period") < pl.col("rule_period")).any().over("record", "set")
    certain = (pl.col("cause") != "") & pl.col("corrected").is_not_null()
    middle = pl.col("implied").is_not_null()
    # Beyond the range by as much as it is wide, or by half.
    spread = pl.max_horizontal(pl.col("most") - pl.col("least"), pl.col("most").abs() / 2)
    least, most = pl.col("least") - spread, pl.col("most") + spread
    in_history = (pl.col("low") <= most) & (pl.col("high") >= least)
    told_in = (least <= pl.col("value")) & (pl.col("value") <= most)
    unusual = pl.when(in_history & ~told_in).then(0).when(~in_history).then(2).otherwise(1)
    strange = unusual.fill_null(1)
    explained_by = pl.when(pl.col("cause") == "").then(3).when(pl.col("cause").is_in(list(WEAK))).then(2)
    tier = explained_by.when(certain).then(0).otherwise(1)
    ledger = pl.col("column") == ROWS
    explained = explained.with_columns(
        certain=certain & middle,
        accepted=accepted,
        tier=pl.when(ledger).then(3).otherwise(tier).max().over("record", "set"),
        strange=strange.max().over("record", "set"),
        before=pl.col("corrected_before").fill_null(0).sum().over("record", "set"),
    )
    # A row of a ledger that nothing explains is one of hundreds: the ledger as such stands for all of them.
    of_ledger = (
        (pl.col("kind") == "data")
        & (pl.col("lines") == 1)
        & pl.col("table").is_in(explained.filter(ledger)["table"].unique().implode())
    )
    nameless = (of_ledger & (pl.col("cause") == "")).any().over("record", "set")
    explained = explained.filter(~(nameless & (nameless.sum().over("record") > FEW)))
    order = pl.struct("accepted", "size", "tier", "strange", before=0 - pl.col("before"))
    ranked = explained.with_columns(
        rank=order.rank("dense").over("record").cast(pl.Int64),
        set=pl.col("set").rank("dense").over("record").cast(pl.Int64),
        size=pl.len().over("record", "set").cast(pl.Int64),
    )
    names = rules.with_columns(rule=pl.col("equation").str.split("|").list.first())
    names = names.group_by("record", maintain_order=True).agg(
        rules=pl.col("rule").unique(maintain_order=True).str.join("、")
    )
    named = ranked.join(names, on="record", how="left", maintain_order="left").with_columns(period="rule_period")
    shaped = named.select(pl.col(n).cast(k) for n, k in SUSPECTS.items())
    return shaped.sort("district", "period", "record", "rank", "set", "form", "table", "cell", maintain_order=True)
