"""Rules of the catalogue as live formulas: a cell that breaks one turns red before the file is sent.

A help for the eye while filling in. What decides is the reading of the file; so a formula allows a little more than the
interval of the reported digits (docs/decisions/0002), never less, and a rule that has no plain formula is left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from transforms.edits.bounds import signed
from transforms.model import Column, Edit, RowKind, Unit
from workbooks.templates.layout import Layout

_NARROWED = {"row", "when", "least"}
"""A rule that holds for some rows alone is left to the reading of the file."""
_SLACK = Decimal("0.000001")
"""Binary numbers of a spreadsheet: 0.1 + 0.2 is not quite 0.3."""


class Check(NamedTuple):
    """A condition that makes cells of one column red. `formula` is written for the first row of the range."""

    column: str
    formula: str
    rows: tuple[int, int]
    says: str


class _Writer(NamedTuple):
    """Writes the formulas of one table for one of its rows."""

    layout: Layout
    units: Mapping[str, Unit]
    opens_year: bool
    row: int

    def cell(self, code: str) -> str:
        return f"${self.layout.letter(code)}{self.row}"

    def reference(self, column: str, at: str) -> str:
        return f"${self.layout.reference_letter(column, at)}{self.row}"

    def column(self, code: str) -> Column:
        return self.layout.column(code)

    def factor(self, code: str, like: str) -> Decimal:
        """What one unit of a column is in the unit of another."""
        return self._factor(code) / self._factor(like)

    def _factor(self, code: str) -> Decimal:
        unit = self.column(code).unit
        return self.units[unit].factor if unit else Decimal(1)

    def half(self, code: str) -> Decimal:
        column = self.column(code)
        return Decimal(0) if column.type == "int" else Decimal(5).scaleb(-column.decimals - 1)

    def scaled(self, code: str, like: str, sign: int = 1) -> str:
        factor = self.factor(code, like) * sign
        return self.cell(code) if factor == 1 else f"{_plain(factor)}*{self.cell(code)}"


def checks(layout: Layout, units: Mapping[str, Unit], opens_year: bool) -> Iterator[Check]:
    """The checks of a table. `opens_year`: the period is the first of its year, whose figures are the year so far."""
    write = _Writer(layout, units, opens_year, layout.first)
    data = (layout.first, layout.last)
    for edit in layout.edits:
        formula = _FORMULAS.get(edit.kind)
        if formula is None or edit.params.keys() & _NARROWED or not layout.table.has(edit.column):
            continue
        if written := formula(edit, write):
            rows = layout.total if layout.total and edit.kind != "unique" and _reaches_total(edit) else data[1]
            yield Check(edit.column, written, (data[0], rows), edit.code)
    if layout.total:
        yield from _footings(layout)


def _reaches_total(edit: Edit) -> bool:
    applies = edit.params.get("applies", ())
    return edit.kind in ("at_most", "not_negative") or RowKind.TOTAL.value in applies


def _footings(layout: Layout) -> Iterator[Check]:
    """The total against the rows above it; 其中 rows are not added."""
    key = layout.letter(layout.table.key[0])
    keys = f"${key}${layout.first}:${key}${layout.last}"
    for edit in layout.edits:
        if edit.kind == "footing":
            letter, column = layout.letter(edit.column), layout.column(edit.column)
            places = f"{letter}${layout.first}:{letter}${layout.last}"
            half = "0" if column.type == "int" else _plain(Decimal(5).scaleb(-column.decimals - 1))
            total = f"{letter}{layout.total}"
            parts = f'SUMIF({keys},"*其中*",{places})'
            wrong = f"ABS({total}-SUM({places})+{parts})>{half}*(COUNT({places})+1)+{_SLACK}"
            formula = _when([total], f"IF(COUNT({places})>0,{wrong},FALSE)")
            yield Check(edit.column, formula, (layout.total or 0, layout.total or 0), edit.code)


# One kind of rule each: the formula that is true where the rule is broken; "" where it cannot be written


def _equals(column: str, parts: Sequence[tuple[int, str]], write: _Writer) -> str:
    cells = [write.cell(column), *(write.cell(code) for _, code in parts)]
    slack = write.half(column) + sum((write.half(c) * write.factor(c, column) for _, c in parts), Decimal(0))
    expected = "+".join(f"({write.scaled(code, column, sign)})" for sign, code in parts)
    return _when(cells, f"ABS({cells[0]}-({expected}))>{_plain(slack + _SLACK)}")


def _roll_forward(edit: Edit, write: _Writer) -> str:
    return _equals(edit.column, [(1, edit.params["opening"]), *signed(edit.params["movements"])], write)


def _sum(edit: Edit, write: _Writer) -> str:
    return _equals(edit.column, signed(edit.params["parts"]), write)


def _at_most(edit: Edit, write: _Writer) -> str:
    part, whole = edit.params["part"], edit.params["whole"]
    slack = write.half(part) + write.half(whole) * write.factor(whole, part) + _SLACK
    cells = [write.cell(part), write.cell(whole)]
    return _when(cells, f"{cells[0]}-{write.scaled(whole, part)}>{_plain(slack)}")


def _ratio(edit: Edit, write: _Writer) -> str:
    numerator, below = edit.params["numerator"], edit.params["denominator"]
    above = [numerator] if isinstance(numerator, str) else list(numerator)
    told = "(" + "+".join(write.scaled(code, below) for code in above) + ")"
    return _quotient(edit.column, above, below, told, write)


def _growth(edit: Edit, write: _Writer) -> str:
    now, base = edit.params["now"], edit.params["base"]
    return _quotient(edit.column, [now], base, f"({write.scaled(now, base)}-{write.cell(base)})", write)


def _quotient(column: str, above: Sequence[str], below: str, numerator: str, write: _Writer) -> str:
    shown = write.column(column)
    percent = 100 if shown.unit == "%" else 1
    cells = [write.cell(c) for c in (column, below, *above)]
    # The parts are rounded too: what they may do to the quotient is at most this much of it.
    halves = sum((write.half(code) * write.factor(code, below) for code in above), write.half(below) * 2)
    loose = f"{percent}*{_plain(halves)}/ABS({cells[1]})"
    slack = f"{_plain(Decimal(1).scaleb(-shown.decimals))}+{loose}"
    wrong = f"ABS({cells[0]}-{percent}*{numerator}/{cells[1]})>{slack}"
    return _when(cells, f"IF({cells[1]}<>0,{wrong},FALSE)")


def _product(edit: Edit, write: _Writer) -> str:
    factor = edit.params["factor"]
    cells = [write.cell(edit.column), write.cell(factor)]
    price = str(edit.params["price"])
    if write.layout.table.has(price):
        cells.append(write.cell(price))
    times = cells[2] if len(cells) > 2 else _plain(Decimal(price))
    slack = write.half(edit.column) + _SLACK
    return _when(cells, f"ABS({cells[0]}-{times}*{cells[1]})>{_plain(slack)}")


def _in_order(edit: Edit, write: _Writer) -> str:
    earlier, later = write.cell(edit.params["earlier"]), write.cell(edit.params["later"])
    return _when([earlier, later], f"{later}<{earlier}")


def _not_negative(edit: Edit, write: _Writer) -> str:
    cell = write.cell(edit.column)
    return _when([cell], f"{cell}{'<=' if edit.params.get('positive') else '<'}0")


def _unique(edit: Edit, write: _Writer) -> str:
    layout = write.layout
    letters = [layout.letter(code) for code in layout.table.key]
    wanted = ",".join(f"${x}${layout.first}:${x}${layout.last},${x}{write.row}" for x in letters)
    return f'=AND(${letters[0]}{write.row}<>"",COUNTIFS({wanted})>1)'


def _cumulative(edit: Edit, write: _Writer) -> str:
    if write.layout.table.layout not in ("rows", "single"):
        return ""
    flow = edit.params["flow"]
    if write.opens_year and edit.params["reset"] == "january":
        return _equals(edit.column, [(1, flow)], write)
    last, now, month = write.reference(edit.column, "previous"), write.cell(edit.column), write.cell(flow)
    slack = write.half(edit.column) * 2 + write.half(flow) * write.factor(flow, edit.column) + _SLACK
    added = write.scaled(flow, edit.column)
    return _when([last, now, month], f"ABS({now}-{last}-{added})>{_plain(slack)}")


def _carry(edit: Edit, write: _Writer) -> str:
    if write.layout.table.layout not in ("rows", "single") or edit.params.get("where"):
        return ""
    now, before = write.cell(edit.column), write.reference(str(edit.params["from"]), str(edit.params["at"]))
    slack = write.half(edit.column) * 2 + _SLACK
    return _when([now, before], f"ABS({now}-{before})>{_plain(slack)}")


_FORMULAS: Mapping[str, Callable[[Edit, _Writer], str]] = {
    "roll_forward": _roll_forward,
    "sum": _sum,
    "at_most": _at_most,
    "ratio": _ratio,
    "growth": _growth,
    "product": _product,
    "in_order": _in_order,
    "not_negative": _not_negative,
    "unique": _unique,
    "cumulative": _cumulative,
    "carry": _carry,
}


def _when(cells: Sequence[str], wrong: str) -> str:
    """Nothing is said while one of the cells is empty or holds a word. AND would work out what follows all the same."""
    return f"=IF(COUNT({','.join(cells)})={len(cells)},{wrong},FALSE)"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
