"""A reconciliation in one sentence, as people say it."""

from collections.abc import Iterable
from decimal import Decimal

from transforms.model import Catalogue, Figure, Reconciliation

AT = {"previous": "上期", "previous_of_year": "本年上期", "december": "上年末", "year_ago": "上年同期"}
OVER = {"two_months": "两个月", "three_months": "三个月", "year": "本年各月", "quarter": "本季各月", "always": "历月"}

KINDS = {
    "equal": "{left} 等于 {right}",
    "at_most": "{left} 不大于 {right}",
    "band": "{left} 在 {right} 的 {low} 至 {high} 之间",
    "exists": "{left} 在 {right} 中都找得到",
    "unique": "{left} 与 {right} 一号一用",
    "in_order": "{left} 不晚于 {right}",
    "match_ledgers": "{left} 与 {right} 逐笔相符",
    "unfiled": "{reason}",
}
"""What each kind of rule says of its two sides."""
PARTS = {"left": "{left} 的每一笔都在 {right} 中", "right": "{right} 的每一笔都在 {left} 中"}
"""The same of a match in which one side tells some of the other's entries only."""


def statement(rule: Reconciliation, catalogue: Catalogue) -> str:
    """What must hold: F05 网上件数＋窗口件数 等于 F05 受理件数（按单位代码）。"""
    left, right = (
        side_in_words(figures, catalogue) if figures else _column(path, catalogue)
        for path, figures in zip((rule.left, rule.right), rule.figures, strict=True)
    )
    words = {name: f"{Decimal(rule.params[name]):.0%}" for name in ("low", "high") if name in rule.params}
    pattern = KINDS[rule.kind]
    if rule.kind == "match_ledgers":
        at = rule.params.get("at", {})
        left, right = AT.get(at.get("left", ""), "") + left, AT.get(at.get("right", ""), "") + right
        pattern = PARTS.get(str(rule.params.get("part")), pattern)
    said = pattern.format(left=left, right=right, reason=rule.params.get("reason", ""), **words)
    keys = {catalogue.column(f"{f.table}.{code}").header for side in rule.figures for f in side for code in f.by}
    each = f"（按{'、'.join(sorted(keys))}）" if keys else ""
    return f"{rule.label}：{said}{each}。" if rule.label else f"{said}{each}。"


def check_of(catalogue: Catalogue, code: str, key: str) -> Reconciliation:
    """The check of a rule that a pair belongs to: the label is the last part of its key."""
    checks = [rule for rule in catalogue.reconciliations if rule.code == code]
    label = key.rsplit("/", maxsplit=1)[-1]
    named = (rule for rule in checks if rule.label == label)
    # The records of a check are known by their number alone: records are compared in one check of a rule.
    return next(named, next((rule for rule in checks if not rule.figures[0]), checks[0]))


def _column(path: str, catalogue: Catalogue) -> str:
    if not path:
        return ""
    table = catalogue.table(path.rpartition(".")[0])
    return f"{table.form} {table.name} {catalogue.column(path).header}"


def side_in_words(figures: Iterable[Figure], catalogue: Catalogue) -> str:
    """F05 网上件数＋窗口件数: the figures of a side, each with what narrows it; the form once."""
    words, form = "", ""
    for figure in figures:
        table = catalogue.table(figure.table)
        sign = ("＋" if figure.weight > 0 else "－") if words or figure.weight < 0 else ""
        words += sign + ("" if table.form == form else f"{table.form} ") + _figure_in_words(figure, catalogue)
        form = table.form
    return words


def _figure_in_words(figure: Figure, catalogue: Catalogue) -> str:
    table = catalogue.table(figure.table)
    header = table.column(figure.column).header.removeprefix("其中:") if figure.column else f"{table.name}条数"
    labels = {code: table.column(code).codes for code in figure.where}
    chosen = "、".join(
        catalogue.code_lists[labels[code]].label(value) if labels[code] else value
        for code, values in figure.where.items()
        for value in values
    )
    when = AT.get(figure.at, "") + OVER.get(figure.over, "")
    price = f"×{abs(figure.weight):f}" if abs(figure.weight) != 1 else ""
    which = "最大的" if figure.take == "largest" else ""
    if figure.rows == "total":
        which = "合计 "
    elif table.total and not (figure.by or figure.where or figure.rows == "each"):
        which = "各行之和 "
    return f"{when}{which}{header}{price}" + (f"（{chosen}）" if chosen else "")
