"""The 18 indicators of the national evaluation, from `evaluation.yaml`."""

from collections.abc import Collection
from pathlib import Path

from catalogue.declarations import read_declarations
from transforms.model import EvaluationIndicator


def read_evaluation(
    path: Path, departments: Collection[str], indicators: Collection[str]
) -> tuple[EvaluationIndicator, ...]:
    """The indicators in the order of the evaluation; departments and figures are held against the catalogue's. A
    figure stands under one of them alone: its light is counted once.

    Raises:
        CatalogueError: a declaration is wrong; the message names file and line.
    """
    made: list[EvaluationIndicator] = []
    for entry in read_declarations(path):
        place = entry.place
        one = EvaluationIndicator(
            code=entry.take("code"),
            name=entry.take("name"),
            department=entry.take("department"),
            core=entry.take("core", default=""),
            figures=entry.words("figures"),
        )
        if one.department not in departments:
            raise place.error(f"unknown department “{one.department}”")
        for figure in (*one.figures, *filter(None, [one.core])):
            if figure not in indicators:
                raise place.error(f"unknown indicator “{figure}”")
        for figure in one.figures:
            if other := next((m.code for m in made if figure in m.figures), ""):
                raise place.error(f"“{figure}” stands under {other} already: its light would count twice")
        entry.done()
        made.append(one)
    return tuple(made)
