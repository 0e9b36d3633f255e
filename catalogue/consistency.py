"""Rules held against each other when the catalogue is loaded: what another rule says already, or forbids, is refused."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from catalogue.declarations import CatalogueError
from catalogue.rules import COMMON
from transforms.model import Edit, Reconciliation, Return, Table

Vector = dict[str, Fraction]
"""Columns and their weights: their weighted sum is zero."""


def check_consistency(form: Return) -> None:
    """Hold the rules of one return against each other.

    Raises:
        CatalogueError: a rule follows from others (redundant), or nothing but zeros can satisfy it together with them
            (contradictory); the message names the rules.
    """
    for table in form.tables:
        edits = [e for e in form.edits if e.table == table.code]
        try:
            _equations(table, edits)
            _orders(edits)
            _bands(edits)
        except CatalogueError as error:
            raise CatalogueError(f"{form.code}.yaml: {error}") from None


def check_reconciliations(rules: Iterable[Reconciliation]) -> None:
    """Hold the reconciliations against each other: no pair of sides is compared twice or both ways round."""
    seen: dict[tuple[object, ...], Reconciliation] = {}
    for rule in rules:
        if not rule.figures[0]:
            continue
        left, right = ("+".join(sorted(map(repr, side))) for side in rule.figures)
        for sides in ((left, right), (right, left)):
            other = seen.get(sides)
            if other is not None and (sides == (left, right) or "at_most" in (other.kind, rule.kind)):
                raise CatalogueError(
                    f"reconciliations.yaml: {_name(rule)} compares what {_name(other)} compares already"
                )
        seen[left, right] = rule


def _name(rule: Reconciliation) -> str:
    return f"{rule.code} {rule.label}".strip()


def _equations(table: Table, edits: Iterable[Edit]) -> None:
    """The equations of one row, over all rows that they look at alike."""
    by_scope: dict[str, list[tuple[Edit, Vector]]] = {}
    for edit in edits:
        vector = _vector(edit)
        if vector:
            scope = repr({name: edit.params[name] for name in sorted(COMMON) if name in edit.params})
            by_scope.setdefault(scope, []).append((edit, vector))
    for equations in by_scope.values():
        reduced: list[tuple[Edit, Vector]] = []
        for edit, vector in equations:
            left = _reduce(vector, [v for _, v in reduced])
            if not left:
                used = "、".join(e.id for e, _ in reduced) or edit.id
                raise CatalogueError(f"{edit.id} is redundant: it follows from {used}")
            signs = {weight > 0 for weight in left.values()}
            if len(signs) == 1 and not any(table.column(code).signed for code in left):
                raise CatalogueError(
                    f"{edit.id} contradicts the rules before it: with {'、'.join(e.id for e, _ in reduced)} "
                    f"only zeros in {', '.join(sorted(left))} could satisfy it"
                )
            reduced.append((edit, left))


def _vector(edit: Edit) -> Vector:
    """Σ of the columns of one row that must be zero; empty for a rule that is no equation of its row."""
    p = edit.params
    if edit.kind == "sum":
        total, parts = edit.column, p["parts"]
    elif edit.kind == "roll_forward":
        total, parts = p["closing"], (p["opening"], *p["movements"])
    else:
        return {}
    vector: Vector = {total: Fraction(-1)}
    for part in parts:
        code = part.lstrip("+-")
        vector[code] = vector.get(code, Fraction(0)) + (-1 if part.startswith("-") else 1)
    return {code: weight for code, weight in vector.items() if weight}


def _reduce(vector: Vector, rows: Iterable[Vector]) -> Vector:
    """What is left of a vector after the rows have been taken out of it: nothing, when it follows from them."""
    left = dict(vector)
    for row in rows:
        pivot = min(row)
        if pivot in left:
            share = left[pivot] / row[pivot]
            for code, weight in row.items():
                left[code] = left.get(code, Fraction(0)) - share * weight
            left = {code: weight for code, weight in left.items() if weight}
    return left


def _orders(edits: Iterable[Edit]) -> None:
    """What is at most another: told once, and never round in a circle."""
    above: dict[str, set[str]] = {}
    told: dict[tuple[str, ...], str] = {}
    for edit in edits:
        if edit.kind != "at_most":
            continue
        for part, whole in _pairs(edit.params):
            scope = repr({name: edit.params[name] for name in sorted(COMMON) if name in edit.params})
            if (part, whole, scope) in told:
                raise CatalogueError(f"{edit.id} is redundant: {told[part, whole, scope]} says it already")
            told[part, whole, scope] = edit.id
            above.setdefault(part, set()).add(whole)
            if part in _reached(whole, above):
                raise CatalogueError(f"{edit.id} contradicts the rules before it: {whole} is at most {part} already")


def _pairs(params: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    part, whole = params["part"], params["whole"]
    if isinstance(part, str) and isinstance(whole, str):
        yield part, whole


def _reached(start: str, above: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        for code in above.get(waiting.pop(), ()):
            if code not in found:
                found.add(code)
                waiting.append(code)
    return found


def _bands(edits: Iterable[Edit]) -> None:
    for edit in edits:
        low, high = edit.params.get("low"), edit.params.get("high")
        if edit.kind == "band" and low is not None and high is not None and Fraction(str(low)) > Fraction(str(high)):
            raise CatalogueError(f"{edit.id} contradicts itself: nothing lies between {low} and {high}")
