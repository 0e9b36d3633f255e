"""What departments, codes, series and the sides of a difference are called to a reader."""

import re

from transforms.facts import Facts
from transforms.follow.sentences import NO_RECORD
from transforms.model import Catalogue


def department_name(facts: Facts, code: str) -> str:
    return facts.catalogue.department(code).name_in(facts.district.code)


def person_name(facts: Facts, actor: str | None) -> str:
    """Who said something: a department by its name, a person as entered."""
    known = {d.code for d in facts.catalogue.departments}
    return department_name(facts, actor) if actor in known and actor else actor or ""


def label(facts: Facts, code_list: str, code: str) -> str:
    return facts.catalogue.code_lists[code_list].label(code)


def series_name(facts: Facts, series: str) -> str:
    return name_of_series(facts.catalogue, series)


def name_of_series(catalogue: Catalogue, series: str) -> str:
    """F03.entities.new_m → F03 表1 市场主体 本月新设. What is not a series is given back."""
    parts = (series or "").split(".")
    statistic = catalogue.statistic(series or "")
    tables = {t.code: t for t in catalogue.tables()}
    table = tables.get(".".join(parts[:2]))
    if table is None:
        return series or ""
    column = statistic.name if statistic else ""
    if not column and len(parts) > 2 and table.has(parts[2]):
        column = table.column(parts[2]).header
    return " ".join(word for word in (table.form, table.title, table.name, column) if word)


def place(facts: Facts, side: str, key: str, cell: str) -> str:
    """A side of a reconciliation as a reader knows it: F10 工商银行 期初余额."""
    name = series_name(facts, side)
    subject = subject_of(facts, key, cell)
    if name != side:
        return f"{name}({subject})" if subject and subject not in name else name
    words = (side or "").split(" ")
    return " ".join(subject_of(facts, word, cell) if word in (key or "").split("/") else word for word in words)


def subject_of(facts: Facts, key: str, cell: str) -> str:
    """What a difference is about: a bank, a policy, a column. The number of a record of a ledger stands for one
    firm: its cell is named instead, which only the department can look up."""
    listed = (
        c
        for name in ("banks", "policies", "departments", "context_indicators")
        for c in facts.catalogue.code_lists[name].codes
    )
    names = {code.code: code.name for code in listed}
    parts = [part for part in (key or "").split("/") if part]
    told = [names.get(p) or ((cell or NO_RECORD) if names_record(p) else p) for p in parts]
    return " ".join(told)


def names_record(key: str | None) -> bool:
    """Whether a key is the number of a record, such as a voucher."""
    return bool(re.search(r"\d{6,}", key or ""))
