"""What reading a return needs of the catalogue, as plain values.

They travel to the worker process, which therefore needs neither the catalogue's files nor Polars.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from workbooks.reading.wording import plain

if TYPE_CHECKING:
    from transforms.model import Catalogue, Column, Table


class UnitShape(NamedTuple):
    """`base` is the unit that values are held in, `factor` what one unit is in it."""

    base: str
    factor: Decimal


class ColumnShape(NamedTuple):
    """A declared column. `codes`: accepted spelling (as `spelling` makes it) → code; None where no list is named."""

    code: str
    header: str
    group: str
    synonyms: tuple[str, ...]
    type: str
    unit: str
    base: str
    factor: Decimal
    decimals: int
    required: bool
    codes: dict[str, str] | None
    pattern: str

    @property
    def numeric(self) -> bool:
        return self.type in ("int", "money", "decimal", "pct")


class TableShape(NamedTuple):
    code: str
    form: str
    label: str
    layout: str
    columns: tuple[ColumnShape, ...]
    key: tuple[str, ...]
    under: str


class Shapes(NamedTuple):
    """`empty` and `reasons` map a plain spelling to the word that frames carry."""

    tables: tuple[TableShape, ...]
    forms: frozenset[str]
    units: dict[str, UnitShape]
    empty: dict[str, str]
    reasons: dict[str, str]
    departments: dict[str, str]
    districts: dict[str, str]


def spelling(text: str) -> str:
    """A code or a name as it is looked up in a code list."""
    return plain(text).upper()


def shape_catalogue(catalogue: "Catalogue", empty_words: Iterable[str]) -> Shapes:
    """The plain values of a catalogue. Reason words come from its code list `missing_reasons`."""
    reasons = catalogue.code_lists.get("missing_reasons")
    return Shapes(
        tables=tuple(_shape_table(t, catalogue) for t in catalogue.tables()),
        forms=frozenset(r.code for r in catalogue.returns),
        units={u.code: UnitShape(u.base, u.factor) for u in catalogue.units.values()},
        # A spelling of another width stands for the word that the rules know.
        empty={plain(word): word for word in reversed(tuple(empty_words))},
        reasons={plain(word): code for word, code in (reasons.resolve() if reasons else {}).items()},
        departments=_spellings(catalogue.code_lists["departments"].resolve()),
        districts=_spellings({w: d.code for d in catalogue.districts for w in (d.code, d.name, *d.aliases)}),
    )


def _spellings(words: dict[str, str]) -> dict[str, str]:
    return {spelling(word): code for word, code in words.items()}


def _shape_table(table: "Table", catalogue: "Catalogue") -> TableShape:
    columns = tuple(_shape_column(c, catalogue) for c in table.columns)
    label = f"{table.title} {table.name}"
    return TableShape(table.code, table.form, label, table.layout, columns, table.key, table.under)


def _shape_column(column: "Column", catalogue: "Catalogue") -> ColumnShape:
    unit = catalogue.units.get(column.unit)
    codes = catalogue.code_lists.get(column.codes)
    return ColumnShape(
        code=column.code,
        header=column.header,
        group=column.group,
        synonyms=column.synonyms,
        type=column.type,
        unit=column.unit,
        base=unit.base if unit else "",
        factor=unit.factor if unit else Decimal(1),
        decimals=0 if column.type == "int" else column.decimals,
        required=column.required,
        codes=_spellings(codes.resolve()) if codes else None,
        pattern=column.pattern,
    )
