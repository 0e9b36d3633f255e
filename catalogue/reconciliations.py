"""The kinds of reconciliations, and what each needs: held against the returns when the catalogue is loaded."""

from collections.abc import Mapping

from catalogue.declarations import Place
from catalogue.rules import words_of
from transforms.model import Column, Reconciliation, Table

RECONCILIATIONS: Mapping[str, set[str]] = {
    "match_ledgers": {"key", "left_party", "right_party", "left_date", "right_date", "right_where", "days"},
    "equal": {"left_item", "right_item", "after"},
    "footing": {"columns", "apart", "told"},
    "ledger_at_most": {"left_where", "left_date", "by"},
    "carry": {"pairs", "by"},
}


def check_reconciliation(place: Place, rule: Reconciliation, tables: Mapping[str, Table]) -> None:
    """Hold one reconciliation against the tables. Raises CatalogueError with file and line."""
    if rule.kind not in RECONCILIATIONS:
        raise place.error(f"unknown kind of reconciliation “{rule.kind}”")
    if wrong := set(rule.params) ^ RECONCILIATIONS[rule.kind]:
        raise place.error(f"{rule.code}: missing or unknown: {', '.join(sorted(wrong))}")
    ends = [_end(place, rule, path, tables) for path in (rule.left, rule.right)]
    for side, table in zip(("left", "right"), (e[0] for e in ends), strict=True):
        for name, value in rule.params.items():
            if name.startswith(side):
                words = value if isinstance(value, Mapping) else words_of(value)
                for code in words:
                    if not table.has(code):
                        raise place.error(f"{rule.code}: {table.code} has no column “{code}”")
    _sides_are_alike(place, rule, ends)


def _end(place: Place, rule: Reconciliation, path: str, tables: Mapping[str, Table]) -> tuple[Table, Column | None]:
    """Table and column of a side: "<form>.<table>" or "<form>.<table>.<column>"."""
    table, _, code = path.rpartition(".") if path.count(".") == 2 else (path, "", "")
    if table not in tables:
        raise place.error(f"{rule.code}: unknown table “{table}”")
    if code and not tables[table].has(code):
        raise place.error(f"{rule.code}: {table} has no column “{code}”")
    return tables[table], tables[table].column(code) if code else None


def _sides_are_alike(place: Place, rule: Reconciliation, ends: list[tuple[Table, Column | None]]) -> None:
    columns = [column for _, column in ends if column]
    if len({c.type for c in columns}) > 1:
        raise place.error(f"{rule.code}: the sides are of two types")
    bases = {c.basis for c in columns}
    # The rows of a ledger (events) within the month make up a flow of that month: the one mixture that is defined.
    if len(bases) > 1 and bases != {"event", "month"}:
        raise place.error(f"{rule.code}: a rule over two bases: {', '.join(sorted(bases))}")
