"""The measures of the reform plan that the reform ledger (F22) has to hold, from `measures.tsv`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from catalogue.declarations import Place
from transforms.model import Code, CodeList, Department, Measure

COLUMNS = (
    "ledger_id",
    "section",
    "be_indicator",
    "title",
    "lead_units",
    "responsible_units",
    "deadline",
    "forms",
)


def read_measures(
    path: Path, departments: Iterable[Department], code_lists: Mapping[str, CodeList]
) -> tuple[Measure, ...]:
    """The measures in the order of the plan. Raises CatalogueError with file and line."""
    units, measures = department_words(departments), []
    for place, row in tab_separated(path, COLUMNS):
        for column, name in (("section", "reform_sections"), ("be_indicator", "evaluation_indicators")):
            if row[column] not in {code.code for code in code_lists[name].codes}:
                raise place.error(f"“{row[column]}” is not in the list {name}")
        measures.append(_measure(place, row, units))
    return tuple(measures)


def department_words(departments: Iterable[Department]) -> dict[str, str]:
    """All words for departments → their codes."""
    return {word: d.code for d in departments for word in (d.code, d.name, *d.aliases, *d.names.values())}


def leads_of(place: Place, row: Mapping[str, str], units: Mapping[str, str]) -> tuple[str, ...]:
    """The codes of the departments in the lead. Raises CatalogueError where there is none or one is unknown."""
    leads = [name for name in row["lead_units"].split("、") if name]
    if not leads:
        raise place.error("no department is in the lead")
    for name in leads:
        if name not in units:
            raise place.error(f"unknown department “{name}”")
    return tuple(units[name] for name in leads)


def tab_separated(path: Path, columns: Sequence[str]) -> Iterator[tuple[Place, dict[str, str]]]:
    """The rows of a table of the catalogue, by column, with their places. Raises CatalogueError where the columns are
    others, the cells more or fewer, or the first of a row stands twice."""
    seen = set()
    header, *lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    if tuple(header.split("\t")) != tuple(columns):
        raise Place(path.name, 1).error(f"the columns are not {', '.join(columns)}")
    for number, line in enumerate(lines, 2):
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise Place(path.name, number).error(f"{len(cells)} cells, not {len(columns)}")
        if cells[0] in seen:
            raise Place(path.name, number).error(f"“{cells[0]}” stands twice")
        seen.add(cells[0])
        yield Place(path.name, number), dict(zip(columns, cells, strict=True))


def _measure(place: Place, row: Mapping[str, str], units: Mapping[str, str]) -> Measure:
    try:
        deadline = date.fromisoformat(row["deadline"]) if row["deadline"] else None
    except ValueError as error:
        raise place.error(str(error)) from None
    return Measure(
        code=row["ledger_id"],
        section=row["section"],
        indicator=row["be_indicator"],
        title=row["title"],
        leads=leads_of(place, row, units),
        responsible=row["responsible_units"],
        deadline=deadline,
        forms=tuple(row["forms"].split(";")),
    )


def measure_codes(path: Path) -> CodeList:
    """The numbers of the measures as a code list. Their titles are no names for them: a cell tells the number."""
    return CodeList(
        "measures", tuple(Code(row["ledger_id"], row["ledger_id"]) for _, row in tab_separated(path, COLUMNS))
    )
