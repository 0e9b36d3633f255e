"""Equations over told cells, readable as sums: `sums("total = a + b", a=10, b=20, total=40)`."""

from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from transforms.localise import EQUATIONS, localise
from transforms.localise.equations import AT_MOST, EQUAL

HALF = Decimal("0.005")


def sums(
    *equations: str, half: Decimal = HALF, past: Iterable[str] = (), **values: str | int | Decimal
) -> pl.DataFrame:
    """EQUATIONS of sentences such as "close = open + lent - repaid" or "part <= whole".

    Args:
        past: cells that were told, and accepted, last month.
        values: what is told in each cell.
    """
    rows = []
    for sentence in equations:
        relation = AT_MOST if "<=" in sentence else EQUAL
        left, right = (side.split() for side in sentence.replace("<=", "=").split("="))
        terms = [(-1, name) if relation == EQUAL else (1, name) for name in left]
        sign = 1 if relation == EQUAL else -1
        for word in right:
            if word in "+-":
                sign = (1 if word == "+" else -1) * (1 if relation == EQUAL else -1)
            else:
                terms.append((sign, word))
                sign = 1 if relation == EQUAL else -1
        rows += [_term(sentence, relation, weight, name, values, half, name in set(past)) for weight, name in terms]
    return pl.DataFrame(rows, schema=dict(EQUATIONS), orient="row")


def _term(
    sentence: str,
    relation: str,
    weight: int,
    name: str,
    values: dict[str, str | int | Decimal],
    half: Decimal,
    past: bool,
) -> dict[str, object]:
    value = Decimal(values[name])
    place = list(values).index(name)
    return {
        "equation": f"{sentence}|s|{abs(hash(sentence)) % 1000}",
        "rule": sentence,
        "relation": relation,
        "weight": Decimal(weight),
        "free": False,
        "district": "jb",
        "department": "tax",
        "period": "2022-08",
        "form": "F00",
        "table": "F00.sums",
        "column": name.rstrip("0123456789"),
        "header": name,
        "item": name,
        "kind": "data",
        "row": int("".join(c for c in name if c.isdigit()) or 1),
        "of_period": "2022-07" if past else "2022-08",
        "submission": "s",
        "file": "s.xlsx",
        "sheet": "表1",
        "cell": f"C{place}",
        "lines": 1,
        "unit": "元",
        "value": value,
        "low": value - half,
        "high": value + half,
        "step": half * 2 if half else None,
        "signed": True,
    }


def named(equations: pl.DataFrame) -> dict[int, set[tuple[str, ...]]]:
    """The sets of suspects by rank, as names of cells."""
    suspects = localise(equations).suspects
    found: dict[int, set[tuple[str, ...]]] = {}
    for (rank, *_), rows in suspects.group_by("rank", "record", "set", maintain_order=True):
        found.setdefault(int(str(rank)), set()).add(tuple(sorted(rows["item"])))
    return found
