"""One violated row as a sentence needs it: its cells by name, its figures as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from transforms.model import OWN_UNIT, Catalogue, Column, Edit, Table

OF_MANY_ROWS = ("detail_within", "mean_at_most", "mean_change", "newer_mean")
"""Kinds that expect something of a sum or a mean, not of the cell at which their finding stands."""


@dataclass(frozen=True, slots=True)
class Place:
    """One violated row: the prepared row (named values), its table, its rule, and the letters of its columns."""

    edit: Edit
    table: Table
    row: Mapping[str, Any]
    letters: Mapping[str, str]
    catalogue: Catalogue

    @property
    def column(self) -> Column:
        return self.table.column(self.edit.column)

    def header(self, code: str) -> str:
        return self.table.column(code.lstrip("+-")).header

    def cell(self, code: str) -> str:
        letter = self.letters.get(code.lstrip("+-"))
        return f"{letter}{self.row['row']}" if letter else ""

    def cells(self, codes: list[str]) -> str:
        return "、".join(filter(None, (self.cell(code) for code in codes)))

    def value(self, code: str) -> str:
        return show(self.row.get(code.lstrip("+-")), self.table.column(code.lstrip("+-")), self.catalogue)

    def item(self) -> str:
        """The row as people call it: the key by the names of its code lists."""
        if self.row["kind"] != "data" or not self.table.key:
            return self.row.get("item") or ""
        lists = ((k, self.table.column(k).codes) for k in self.table.key)
        told = ((self.row.get(k) or "", codes) for k, codes in lists)
        return "/".join(self.catalogue.code_lists[codes].label(word) if codes else word for word, codes in told)

    def told(self) -> str:
        """As typed where it was typed as text, else the number as it is shown."""
        text = self.row.get(f"{self.edit.column}|text")
        if self.row.get(self.edit.column) is None or not self.column.numeric:
            return text or ""
        return self.value(self.edit.column)

    def bound(self, name: str) -> Decimal | None:
        found: Decimal | None = self.row.get(f"{self.edit.id}|{name}")
        return found

    def expected(self) -> str:
        return show(self.bound("expected"), self.column, self.catalogue)

    @property
    def grouped(self) -> bool:
        """Whether the rows of one group are told together (F02: several budget items of one kind of refund)."""
        return self.edit.kind == "detail" and bool(self.edit.params.get("by"))

    def difference(self) -> Decimal | None:
        """Told − expected in the told unit; null where either is not a number, and where a rule is about many rows."""
        if self.edit.kind in OF_MANY_ROWS:
            return None
        told, expected = self.row.get(self.edit.column), self.bound("expected")
        if self.grouped:
            told = self.bound("told")
        if not isinstance(told, Decimal) or expected is None:
            return None
        return (told - expected) / self.catalogue.units[self.column.unit].factor


def show(value: Decimal | None, column: Column, catalogue: Catalogue) -> str:
    """A figure in its told unit at its told decimals, half up, with thousands separators; "" for none."""
    if value is None:
        return ""
    told = value / catalogue.units[column.unit].factor if column.unit else value
    rounded = told.quantize(Decimal(1).scaleb(-column.decimals), rounding=ROUND_HALF_UP)
    return f"{rounded:,}"


def unit_of(column: Column) -> str:
    return "" if column.unit in ("%", OWN_UNIT) else column.unit


def by_how_much(place: Place) -> str:
    difference = place.difference()
    if difference is None:
        return ""
    column = place.column
    # All its digits, where the difference would otherwise show as nothing.
    shown = abs(difference).quantize(Decimal(1).scaleb(-column.decimals), rounding=ROUND_HALF_UP)
    if not shown:
        shown = abs(difference).normalize()
    width = place.bound("slack") or Decimal(0)
    if (low := place.bound("low")) is not None and (high := place.bound("high")) is not None and high - low < 10**15:
        width += (high - low) / 2
    allowed = width / place.catalogue.units[column.unit].factor
    unit = "个百分点" if column.unit == "%" else unit_of(column)
    told = "多" if difference > 0 else "少"
    figure = f"{shown:,}" if "E" not in str(shown) else f"{shown:f}"
    allowance = f"（舍入允许 {allowed.normalize():f}）" if 0 < allowed < abs(difference) * 100 else ""
    return f"，{told} {figure} {unit}".rstrip() + allowance
