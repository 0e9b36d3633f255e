"""Kinds of faults: each puts itself somewhere at random among all places where it is meaningful."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal
from itertools import pairwise
from random import Random

from catalogue.load import load
from samples.draws import rounded
from samples.drops import as_drop
from samples.faults import Fault, FaultPlanError, plant
from samples.filing import Filing, Row, Sheet, Value
from samples.identity import ALPHABET
from transforms.model import Cause, Column, RowKind, Table
from transforms.period import december_before, previous

Filings = Mapping[tuple[str, str], Filing]
"""The clean returns of a district by form and period."""
Place = tuple[str, str, str, str]
"""Form, period, sheet, cell."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault in its place.

    Attributes:
        changed: the returns that were filed wrongly, by form and period.
        cells: the cells that are wrong; of a ledger that lacks a row, or has one too many, none.
        ledger: the sheet of that ledger.
        column: table and column of the fault, to say which places nothing binds.
        hidden: rows to hide, by form, period and sheet.
        lost: the row of the sheet that a ledger lacks.
    """

    kind: str
    changed: Mapping[tuple[str, str], Filing]
    cells: frozenset[Place] = frozenset()
    ledger: tuple[str, str, str] | None = None
    column: str = ""
    hidden: tuple[tuple[str, str, str, int], ...] = ()
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault. `cause`: what the engine should call it ("": nothing in particular). `cell`: it is in a cell that
    can be named."""

    name: str
    title: str
    plant: Callable[[Random, Filings, str], Planted | None]
    cause: str = ""
    cell: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of a return that a fault may be put into."""

    filing: Filing
    sheet: Sheet
    index: int
    column: Column
    value: Decimal = field(default=Decimal(0))

    @property
    def row(self) -> Row:
        return self.sheet.rows[self.index]

    @property
    def place(self) -> Place:
        return (self.filing.form, self.filing.period, self.sheet.name, self.sheet.address(self.index, self.column.code))

    @property
    def digits(self) -> str:
        return str(abs(self.value)).replace(".", "").lstrip("0")


TRIES = 400
Change = Callable[[Random, Filings, Spot], Value]


def tables_of(filing: Filing, layouts: Sequence[str]) -> list[Sheet]:
    return [s for s in filing.sheets if s.table.layout in layouts and s.rows]


def sheets_of(filings: Filings, month: str, layouts: Sequence[str]) -> list[tuple[Filing, Sheet]]:
    """The sheets of a month, in one order."""
    of_month = sorted((f for (_, p), f in filings.items() if p == month), key=lambda f: f.form)
    return [(f, s) for f in of_month for s in tables_of(f, layouts)]


def spot_in(rng: Random, sheets: Sequence[tuple[Filing, Sheet]]) -> Spot | None:
    """A numeric cell: each table as likely as any other, in it each column, in that each row."""
    filing, sheet = rng.choice(sheets)
    columns = [c for c in sheet.table.columns if c.numeric and c.code != "seq"]
    if not columns:
        return None
    column, index = rng.choice(columns), rng.randrange(len(sheet.rows))
    value = sheet.rows[index].values.get(column.code)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Spot(filing, sheet, index, column, Decimal(value))


def like(model: Value, value: Decimal) -> Value:
    """A number told in the manner of another."""
    if isinstance(model, Decimal):
        return rounded(value, max(0, -int(model.as_tuple().exponent)))
    return int(value)


def put(spot: Spot, told: Value) -> Filing:
    changed = spot.sheet.with_row(spot.index, spot.row.with_value(spot.column.code, told))
    return spot.filing.with_sheet(changed)


def in_cell(
    name: str, change: Change, layouts: Sequence[str] = ("rows", "single", "ledger")
) -> Callable[[Random, Filings, str], Planted | None]:
    """Another value in one cell; `change` gives None where the fault has no meaning."""

    def plant_it(rng: Random, filings: Filings, month: str) -> Planted | None:
        sheets = sheets_of(filings, month, layouts)
        for _ in range(TRIES):
            spot = spot_in(rng, sheets)
            told = change(rng, filings, spot) if spot else None
            if spot is None or told is None or told == spot.row.values[spot.column.code]:
                continue
            at = f"{spot.sheet.table.code}.{spot.column.code}"
            return Planted(name, {(spot.filing.form, month): put(spot, told)}, frozenset({spot.place}), column=at)
        return None

    return plant_it


# One cell


def _scaled(power: int, types: Sequence[str]) -> Change:
    def change(rng: Random, _: Filings, spot: Spot) -> Value:
        if spot.column.type not in types or len(spot.digits) < 2:
            return None
        factor = Decimal(10) ** (rng.choice([power, -power]) if spot.column.type != "pct" else -power)
        told = like(spot.row.values[spot.column.code], spot.value * factor)
        # A slip that leaves one digit is another fault: a figure that says nothing.
        return told if len(str(abs(Decimal(str(told)))).replace(".", "").lstrip("0")) > 1 else None

    return change


def _sign(_: Random, __: Filings, spot: Spot) -> Value:
    return None if spot.column.signed or not spot.value else like(spot.row.values[spot.column.code], -spot.value)


def _double(_: Random, __: Filings, spot: Spot) -> Value:
    return like(spot.row.values[spot.column.code], spot.value * 2) if len(spot.digits) > 1 else None


def _from_digits(spot: Spot, digits: str) -> Value:
    """The number with other digits and as many decimals."""
    model = spot.row.values[spot.column.code]
    places = max(0, -int(model.as_tuple().exponent)) if isinstance(model, Decimal) else 0
    told = Decimal(digits).scaleb(-places) * (-1 if spot.value < 0 else 1)
    return like(model, told)


def _transpose(rng: Random, _: Filings, spot: Spot) -> Value:
    d = spot.digits
    places = [i for i in range(len(d) - 1) if d[i] != d[i + 1] and not (i == 0 and d[1] == "0")]
    if not places:
        return None
    i = rng.choice(places)
    return _from_digits(spot, d[:i] + d[i + 1] + d[i] + d[i + 2 :])


def _drop_digit(rng: Random, _: Filings, spot: Spot) -> Value:
    d = spot.digits
    if len(d) < 3:
        return None
    i = rng.randrange(len(d))
    left = d[:i] + d[i + 1 :]
    return None if left.startswith("0") else _from_digits(spot, left)


def _other_digit(rng: Random, _: Filings, spot: Spot) -> Value:
    d = spot.digits
    if len(d) < 2:
        return None
    i = rng.randrange(len(d))
    other = rng.choice([x for x in "0123456789" if x != d[i] and not (i == 0 and x == "0")])
    return _from_digits(spot, d[:i] + other + d[i + 1 :])


def _cut_off(_: Random, __: Filings, spot: Spot) -> Value:
    """Cut to whole units where it should have been rounded at the told decimals: the cell keeps its format."""
    cut = spot.value.quantize(Decimal(1), rounding=ROUND_DOWN)
    return like(spot.row.values[spot.column.code], cut) if cut != spot.value and abs(cut) >= 10 else None


def _other_amount(rng: Random, _: Filings, spot: Spot) -> Value:
    if len(spot.digits) < 3:
        return None
    return like(spot.row.values[spot.column.code], spot.value * Decimal(rng.choice([83, 91, 94, 107, 113, 129])) / 100)


def _pairs(table: Table) -> dict[str, str]:
    """Cumulative columns and the flow of the month that they add up."""
    return {e.column: e.params["flow"] for e in load().edits(table.code) if e.kind == "cumulative"}


def _month_for_ytd(_: Random, __: Filings, spot: Spot) -> Value:
    pairs = _pairs(spot.sheet.table)
    other = pairs.get(spot.column.code)
    told = spot.row.values.get(other) if other else None
    # A figure of one digit is like many others.
    return told if isinstance(told, int | Decimal) and abs(told) >= 10 and len(spot.digits) > 1 else None


def _ytd_for_month(_: Random, __: Filings, spot: Spot) -> Value:
    pairs = {flow: total for total, flow in _pairs(spot.sheet.table).items()}
    other = pairs.get(spot.column.code)
    told = spot.row.values.get(other) if other else None
    # A figure of one digit is like many others.
    return told if isinstance(told, int | Decimal) and abs(told) >= 10 and len(spot.digits) > 1 else None


def _at(filings: Filings, spot: Spot, month: str) -> Value:
    """The same cell in another month."""
    before = filings.get((spot.filing.form, month))
    if before is None:
        return None
    try:
        return before.sheet(spot.sheet.table.code).value(spot.sheet.key_of(spot.row), spot.column.code)
    except (KeyError, StopIteration):
        return None


def _stale(_: Random, filings: Filings, spot: Spot) -> Value:
    told = _at(filings, spot, previous(spot.filing.period))
    return told if isinstance(told, int | Decimal) and len(spot.digits) > 1 and abs(told) >= 10 else None


def _year_open(_: Random, filings: Filings, spot: Spot) -> Value:
    """The balance of the month before December."""
    table = spot.sheet.table
    source = next(
        (e.params["from"] for e in load().edits(table.code) if e.kind == "carry" and e.column == spot.column.code), ""
    )
    if spot.column.basis != "year_open" or not source:
        return None
    column = table.column(source)
    return _at(filings, replace(spot, column=column), previous(december_before(spot.filing.period)))


def _last_year(rng: Random, filings: Filings, spot: Spot) -> Value:
    return _other_amount(rng, filings, spot) if spot.column.basis == "ytd_last_year" else None


def _old_total(rng: Random, _: Filings, spot: Spot) -> Value:
    """The total of before one of its rows was entered."""
    if spot.row.kind is not RowKind.TOTAL or not spot.column.additive:
        return None
    row = rng.choice([r for r in spot.sheet.rows if r.kind is RowKind.DATA])
    part = row.values.get(spot.column.code)
    if not isinstance(part, int | Decimal) or abs(part) < 10 or part == spot.value:
        return None
    return like(spot.row.values[spot.column.code], spot.value - part)


def _above_whole(rng: Random, _: Filings, spot: Spot) -> Value:
    whole = spot.row.values.get(spot.column.part_of) if spot.column.part_of else None
    if not isinstance(whole, int | Decimal) or not whole:
        return None
    return like(spot.row.values[spot.column.code], Decimal(whole) * Decimal(rng.choice([103, 111, 126])) / 100 + 1)


def _unreachable(rng: Random, _: Filings, spot: Spot) -> Value:
    """A rate that is a little off."""
    rules = {
        e.column
        for e in load().edits(spot.sheet.table.code)
        if e.kind in ("ratio", "reachable", "growth", "detail_ratio")
    }
    if spot.column.type != "pct" or spot.column.code not in rules:
        return None
    return like(spot.row.values[spot.column.code], spot.value + Decimal(rng.choice(["0.31", "-0.27", "0.44", "1.13"])))


def _bad_digit(rng: Random, filings: Filings, month: str) -> Planted | None:
    found = [(f, s, c) for f, s in sheets_of(filings, month, ("rows", "ledger")) for c in s.table.columns if c.scheme]
    filing, sheet, column = rng.choice(found)
    index = rng.randrange(len(sheet.rows))
    code = str(sheet.rows[index].values.get(column.code) or "")
    if len(code) != 18:
        return None
    told = code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + rng.randrange(1, 30)) % len(ALPHABET)]
    spot = Spot(filing, sheet, index, column)
    return Planted(
        "bad_check_digit",
        {(filing.form, month): put(spot, told)},
        frozenset({spot.place}),
        column=f"{sheet.table.code}.{column.code}",
    )


# Two cells, rows, columns, sheets


def _swap_columns(rng: Random, filings: Filings, month: str) -> Planted | None:
    """Two neighbouring figures of one row changed over."""
    sheets = sheets_of(filings, month, ("rows",))
    for _ in range(TRIES):
        spot = spot_in(rng, sheets)
        if spot is None:
            continue
        codes = [c for c in spot.sheet.table.columns if c.numeric]
        place = codes.index(spot.column)
        if place + 1 >= len(codes) or codes[place + 1].type != spot.column.type:
            continue
        other = Spot(spot.filing, spot.sheet, spot.index, codes[place + 1])
        if (found := _changed_over("swapped_columns", spot, other, month)) is not None:
            return found
    return None


def _swap_rows(rng: Random, filings: Filings, month: str) -> Planted | None:
    """Two figures of one column, one below the other, changed over."""
    sheets = sheets_of(filings, month, ("rows",))
    for _ in range(TRIES):
        spot = spot_in(rng, sheets)
        if spot is None or spot.index + 1 >= len(spot.sheet.rows):
            continue
        other = Spot(spot.filing, spot.sheet, spot.index + 1, spot.column)
        if {spot.row.kind, other.row.kind} == {RowKind.DATA}:
            found = _changed_over("swapped_rows", spot, other, month)
            if found is not None:
                return found
    return None


def _changed_over(name: str, one: Spot, two: Spot, month: str) -> Planted | None:
    first, second = one.row.values.get(one.column.code), two.row.values.get(two.column.code)
    if first == second or any(not isinstance(v, int | Decimal) or abs(v) < 10 for v in (first, second)):
        return None
    once = one.sheet.with_row(one.index, one.row.with_value(one.column.code, second))
    twice = once.with_row(two.index, once.rows[two.index].with_value(two.column.code, first))
    changed = {(one.filing.form, month): one.filing.with_sheet(twice)}
    return Planted(name, changed, frozenset({one.place, two.place}), column=f"{one.sheet.table.code}.{one.column.code}")


def _replace_rows(
    name: str, filing: Filing, sheet: Sheet, month: str, rows: Mapping[int, Mapping[str, Value]]
) -> Planted | None:
    """Many cells at once: the numeric ones that change are the wrong ones."""
    changed, cells = sheet, set()
    for index, values in rows.items():
        for code, told in values.items():
            if told != changed.rows[index].values.get(code):
                changed = changed.with_row(index, changed.rows[index].with_value(code, told))
                cells.add((filing.form, month, sheet.name, sheet.address(index, code)))
    if not cells:
        return None
    return Planted(name, {(filing.form, month): filing.with_sheet(changed)}, frozenset(cells), column=sheet.table.code)


def _of_rows(rng: Random, filings: Filings, month: str) -> tuple[Filing, Sheet, list[str], list[int]]:
    sheets = [
        (f, s)
        for (_, p), f in sorted(filings.items())
        if p == month
        for s in tables_of(f, ("rows",))
        if len(s.rows) > 2
    ]
    filing, sheet = rng.choice(sheets)
    numeric = [c.code for c in sheet.table.columns if c.numeric]
    return filing, sheet, numeric, [i for i, r in enumerate(sheet.rows) if r.kind is RowKind.DATA]


def _swap_whole_rows(rng: Random, filings: Filings, month: str) -> Planted | None:
    filing, sheet, numeric, data = _of_rows(rng, filings, month)
    one = rng.randrange(len(data) - 1)
    a, b = data[one], data[one + 1]
    told = {a: {c: sheet.rows[b].values.get(c) for c in numeric}, b: {c: sheet.rows[a].values.get(c) for c in numeric}}
    return _replace_rows("swapped_whole_rows", filing, sheet, month, told)


def _swap_whole_columns(rng: Random, filings: Filings, month: str) -> Planted | None:
    filing, sheet, numeric, _ = _of_rows(rng, filings, month)
    pairs = [(a, b) for a, b in pairwise(numeric) if sheet.table.column(a).type == sheet.table.column(b).type]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    told = {i: {a: r.values.get(b), b: r.values.get(a)} for i, r in enumerate(sheet.rows)}
    return _replace_rows("swapped_whole_columns", filing, sheet, month, told)


def _stale_row(rng: Random, filings: Filings, month: str) -> Planted | None:
    filing, sheet, numeric, data = _of_rows(rng, filings, month)
    index = rng.choice(data)
    before = filings.get((filing.form, previous(month)))
    if before is None:
        return None
    old = before.sheet(sheet.table.code)
    try:
        row = old.rows[old.find(sheet.key_of(sheet.rows[index]))]
    except KeyError:
        return None
    return _replace_rows("stale_row", filing, sheet, month, {index: {c: row.values.get(c) for c in numeric}})


def _stale_sheet(rng: Random, filings: Filings, month: str) -> Planted | None:
    filing, sheet, numeric, _ = _of_rows(rng, filings, month)
    before = filings.get((filing.form, previous(month)))
    if before is None or len(before.sheet(sheet.table.code).rows) != len(sheet.rows):
        return None
    old = before.sheet(sheet.table.code).rows
    told = {i: {c: old[i].values.get(c) for c in numeric} for i in range(len(sheet.rows))}
    return _replace_rows("stale_sheet", filing, sheet, month, told)


def _slipped_column(rng: Random, filings: Filings, month: str) -> Planted | None:
    """A whole column told in 亿元 (or 元) under a heading of 万元."""
    for _ in range(TRIES):
        filing, sheet, _, _ = _of_rows(rng, filings, month)
        money = [c.code for c in sheet.table.columns if c.type == "money"]
        if money:
            code = rng.choice(money)
            told = {
                i: {code: like(r.values[code], Decimal(r.values[code]) * 10_000)}  # type: ignore[arg-type]
                for i, r in enumerate(sheet.rows)
                if isinstance(r.values.get(code), int | Decimal)
            }
            return _replace_rows("slipped_column", filing, sheet, month, told)
    return None


# Ledgers


def _of_ledger(rng: Random, filings: Filings, month: str) -> tuple[Filing, Sheet, int]:
    sheets = sheets_of(filings, month, ("ledger",))
    filing, sheet = rng.choice(sheets)
    return filing, sheet, rng.randrange(len(sheet.rows))


def _double_row(rng: Random, filings: Filings, month: str) -> Planted | None:
    filing, sheet, index = _of_ledger(rng, filings, month)
    after = filing.with_sheet(replace(sheet, rows=(*sheet.rows, sheet.rows[index])))
    return Planted(
        "doubled_row", {(filing.form, month): after}, ledger=(filing.form, month, sheet.name), column=sheet.table.code
    )


def _lose_row(rng: Random, filings: Filings, month: str) -> Planted | None:
    filing, sheet, index = _of_ledger(rng, filings, month)
    after = filing.with_sheet(replace(sheet, rows=sheet.rows[:index] + sheet.rows[index + 1 :]))
    return Planted(
        "lost_row",
        {(filing.form, month): after},
        ledger=(filing.form, month, sheet.name),
        column=sheet.table.code,
        lost=sheet.first_row + index,
    )


PAID = {"refund_kind": "留抵退税", "status": "已退"}


def _by_plan(name: str, fault: Callable[[Random, str], Fault]) -> Callable[[Random, Filings, str], Planted | None]:
    """A fault of samples.faults, which carries it on into the summary as the department would count it."""

    def plant_it(rng: Random, filings: Filings, month: str) -> Planted | None:
        chosen = fault(rng, month)
        drops = [as_drop(f) for (form, _), f in sorted(filings.items()) if form == chosen.form]
        try:
            spoilt, planted = plant(drops, [chosen])
        except FaultPlanError:
            return None
        clean = {d.filing.period: d.filing for d in drops}
        changed = {(chosen.form, d.filing.period): d.filing for d in spoilt if d.filing != clean[d.filing.period]}
        return Planted(name, changed, ledger=(chosen.form, month, planted[0].sheet), column=chosen.table)

    return plant_it


def _missing_right(rng: Random, month: str) -> Fault:
    where = {**PAID, "pay_date": month}
    return Fault(
        "drop_row", "jb", "F02", month, table="F02.vouchers", row=rng.randrange(1, 8), where=where, follow=True
    )


def _late(rng: Random, month: str) -> Fault:
    where = {**PAID, "pay_date": month}
    return Fault("late_payment", "jb", "F02", month, table="F02.vouchers", row=-rng.randrange(1, 5), where=where)


def _missing_left(rng: Random, filings: Filings, month: str) -> Planted | None:
    """A refund is not in the tax bureau's ledger, and its summary was counted without it."""
    filing = filings["F01", month]
    sheet = filing.sheet("F01.refunds")
    rows = [i for i, r in enumerate(sheet.rows) if str(r.values.get("pay_date") or "").startswith(month)]
    if not rows:
        return None
    index = rng.choice(rows)
    after = filing.with_sheet(replace(sheet, rows=sheet.rows[:index] + sheet.rows[index + 1 :]))
    return Planted("missing_left", {("F01", month): after}, ledger=("F01", month, sheet.name), column="F01.refunds")


def _split(rng: Random, filings: Filings, month: str) -> Planted | None:
    """One refund paid by one voucher stands in the tax bureau's ledger in two parts, for two tax periods: no fault, and
    to be understood as what it is."""
    filing = filings["F01", month]
    sheet = filing.sheet("F01.refunds")
    rows = [i for i, r in enumerate(sheet.rows) if str(r.values.get("pay_date") or "").startswith(month)]
    if not rows:
        return None
    index = rng.choice(rows)
    row = sheet.rows[index]
    amount = Decimal(str(row.values["refund_amount"]))
    part = rounded(amount * Decimal(rng.randrange(20, 80)) / 100, 2)
    first = row.with_value("refund_amount", part)
    tax_period = previous(str(row.values["tax_period"]))
    second = row.with_value("refund_amount", amount - part).with_value("tax_period", tax_period)
    split = replace(sheet, rows=(*sheet.rows[:index], first, second, *sheet.rows[index + 1 :]))
    return Planted(
        "split_payment",
        {("F01", month): filing.with_sheet(split)},
        ledger=("F01", month, sheet.name),
        column="F01.refunds",
    )


# Furniture


def _wrong_period(rng: Random, filings: Filings, month: str) -> Planted | None:
    filing = rng.choice([f for (_, p), f in sorted(filings.items()) if p == month])
    after = replace(filing, told_period=previous(month), meta={**filing.meta, "period": previous(month)})
    return Planted("wrong_period", {(filing.form, month): after})


def _wrong_unit(rng: Random, filings: Filings, month: str) -> Planted | None:
    found = [
        (f, s)
        for (_, p), f in sorted(filings.items())
        if p == month
        for s in f.sheets
        if "万元" in (s.unit_text or s.table.unit_text)
    ]
    filing, sheet = rng.choice(found)
    told = (sheet.unit_text or sheet.table.unit_text).replace("万元", "亿元")
    return Planted("wrong_unit_row", {(filing.form, month): filing.with_sheet(replace(sheet, unit_text=told))})


def _hidden_row(rng: Random, filings: Filings, month: str) -> Planted | None:
    filing, sheet, _, data = _of_rows(rng, filings, month)
    row = sheet.first_row + rng.choice(data)
    return Planted("hidden_row", {(filing.form, month): filing}, hidden=((filing.form, month, sheet.name, row),))


SUMMARIES = ("rows", "single")
KINDS: tuple[Kind, ...] = (
    Kind("unit_4", "单位错 10⁴", in_cell("unit_4", _scaled(4, ("money",))), Cause.UNIT.value),
    Kind("unit_2", "单位错 10²（含百分数写成小数）", in_cell("unit_2", _scaled(2, ("money", "pct"))), Cause.UNIT.value),
    Kind("sign", "正负号写反", in_cell("sign", _sign), Cause.SIGN.value),
    Kind("doubled", "一格报成两倍", in_cell("doubled", _double), Cause.DUPLICATE.value),
    Kind("transposed", "相邻数字颠倒", in_cell("transposed", _transpose), Cause.TRANSPOSED.value),
    Kind("dropped", "漏写一位数字", in_cell("dropped", _drop_digit), Cause.DROPPED.value),
    Kind("substituted", "写错一位数字", in_cell("substituted", _other_digit), Cause.SUBSTITUTED.value),
    Kind("truncated", "截尾而未四舍五入", in_cell("truncated", _cut_off), Cause.TRUNCATED.value),
    Kind("other_amount", "报成别的数", in_cell("other_amount", _other_amount)),
    Kind("month_for_ytd", "累计栏填了当月数", in_cell("month_for_ytd", _month_for_ytd, SUMMARIES), Cause.BASIS.value),
    Kind("ytd_for_month", "当月栏填了累计数", in_cell("ytd_for_month", _ytd_for_month, SUMMARIES), Cause.BASIS.value),
    Kind("stale_cell", "一格沿用上月", in_cell("stale_cell", _stale, SUMMARIES), Cause.STALE.value),
    Kind("stale_row", "整行沿用上月", _stale_row, Cause.STALE.value),
    Kind("stale_sheet", "整表沿用上月", _stale_sheet, Cause.STALE.value),
    Kind("year_open", "年初数取错月份", in_cell("year_open", _year_open, SUMMARIES)),
    Kind("last_year", "上年同期数被改", in_cell("last_year", _last_year, SUMMARIES)),
    Kind(
        "total_not_updated", "合计未更新", in_cell("total_not_updated", _old_total, SUMMARIES), Cause.NOT_UPDATED.value
    ),
    Kind("above_whole", "其中数大于总数", in_cell("above_whole", _above_whole)),
    Kind("unreachable", "比率与分子分母不符", in_cell("unreachable", _unreachable)),
    Kind("swapped_columns", "同行相邻两格填反", _swap_columns, Cause.SWAPPED.value),
    Kind("swapped_rows", "同列上下两格填反", _swap_rows, Cause.SWAPPED.value),
    Kind("swapped_whole_rows", "整行填反", _swap_whole_rows, Cause.SWAPPED.value),
    Kind("swapped_whole_columns", "整列填反", _swap_whole_columns, Cause.SWAPPED.value),
    Kind("slipped_column", "整列单位错 10⁴", _slipped_column, Cause.UNIT.value),
    Kind("doubled_row", "明细重复一行", _double_row, Cause.DUPLICATE.value),
    Kind("lost_row", "明细漏一行（汇总照实）", _lose_row, Cause.MISSING.value),
    Kind("missing_left", "税务台账漏一笔退税", _missing_left, Cause.MISSING.value),
    Kind(
        "missing_right",
        "国库凭证漏一笔退税（汇总照漏）",
        _by_plan("missing_right", _missing_right),
        Cause.MISSING.value,
        cell=False,
    ),
    Kind("late_payment", "跨月退付", _by_plan("late_payment", _late), Cause.TIMING.value, cell=False),
    Kind("split_payment", "一笔退税分列两行（不是错，应认出）", _split, Cause.SPLIT.value, cell=False),
    Kind("bad_check_digit", "信用代码校验位错", _bad_digit),
    Kind("wrong_period", "统计期写错", _wrong_period, cell=False),
    Kind("wrong_unit_row", "单位行被改", _wrong_unit, cell=False),
    Kind("hidden_row", "行被隐藏", _hidden_row, cell=False),
)
