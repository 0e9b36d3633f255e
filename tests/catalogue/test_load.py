"""The catalogue is checked when it is loaded; every mistake is told with file and line."""

import shutil
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from catalogue.declarations import CatalogueError
from catalogue.load import HERE, load
from transforms.model import Thresholds

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def catalogue_with(tmp_path: Path) -> Edit:
    """Makes a copy of the catalogue with one text replaced in one file."""

    def replace(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "catalogue"
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return replace


def line_of(file: str, text: str) -> int:
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return next(i for i, line in enumerate(lines, start=1) if text in line)


def test_the_returns_are_declared_with_their_tables() -> None:
    catalogue = load()
    tables = {r.code: [t.short for t in r.tables] for r in catalogue.returns}
    assert tables == {
        "F01": ["summary", "refunds", "deferrals"],
        "F02": ["summary", "vouchers"],
        "F03": ["entities", "startup"],
        "F04": ["registered"],
        "F05": ["cases", "items", "told"],
        "F06": ["ratings", "bad"],
        "F07": ["parcels", "points"],
        "F08": ["packages", "told", "stations"],
        "F09": ["summary", "loans"],
        "F10": ["balances"],
        "F14": ["tenders"],
        "F16": ["registrations"],
        "F19": ["cases"],
        "F24": ["channels"],
        "F25": ["context", "assessment"],
        "F11": ["pools", "loans"],
        "F12": ["applications"],
        "F13": ["contracts", "payments"],
        "F15": ["approvals"],
        "F17": ["tasks", "rates"],
        "F18": ["indicators", "fairs"],
        "F20": ["projects", "countdown"],
        "F21": ["issues", "pairs"],
        "F22": ["measures"],
        "F23": ["awards"],
    }


ADDED = {
    "F02/退库种类": "on each voucher too, so that the ledger can be held against each kind of the summary",
}
"""Columns that the reporting system does not have, each with the reason for it."""


def test_every_column_of_the_reporting_system_is_declared() -> None:
    """By form and header, as often as the header stands in the form; what we add is told above."""
    returns = load().returns
    declared = Counter(
        f"{r.code}/{c.header}" for r in returns for t in r.tables if t.layout != "note" for c in t.columns
    )
    published = Counter((Path(__file__).parent / "published_columns.txt").read_text(encoding="utf-8").split())
    assert len(returns) == 25
    assert published.total() == 446
    assert published - declared == Counter()
    assert declared - published == Counter(dict.fromkeys(ADDED, 1))


def test_all_codes_of_hard_and_soft_checks_are_in_use() -> None:
    from transforms.edits.heads import head_edits

    used = {e.code for r in load().returns for e in r.edits} | {e.code for e in head_edits()}
    assert {f"H{n:02d}" for n in range(1, 17)} | {f"W{n:02d}" for n in range(1, 13)} <= used


def test_the_reform_plan_has_52_measures_in_55_hands() -> None:
    measures = load().measures
    assert [m.code for m in measures] == [f"ML-{n:02d}" for n in range(1, 53)]
    assert sum(len(m.leads) for m in measures) == 55
    assert measures[46].leads == ("ndrc",)
    assert measures[51].leads == ("investment",)


def test_the_list_of_approvals_has_76_items() -> None:
    assert len(load().code_lists["approval_items"].codes) == 76


def test_an_alias_means_its_department() -> None:
    resolve = load().code_lists["departments"].resolve()
    assert resolve["区发改委"] == resolve["区发展改革委"] == "ndrc"


def test_the_ruleset_version_changes_with_a_declaration(catalogue_with: Edit) -> None:
    changed = load(catalogue_with("returns/F10.yaml", "due: 8", "due: 9"))
    assert changed.digest != load().digest


def test_the_catalogue_cannot_be_changed() -> None:
    catalogue = load()
    with pytest.raises((AttributeError, TypeError)):
        catalogue.returns[0].due = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        catalogue.units["元"] = catalogue.units["万元"]  # type: ignore[index]


MISTAKES = [
    (
        "a column named like one of every table",
        "returns/F23.yaml",
        "code: award_kind,",
        "code: kind,",
        "header: 类别",
        "every table has",
    ),
    ("a measure without a lead", "measures.tsv", "\t区招商局\t", "\t\t", "ML-52", "no department is in the lead"),
    ("an unknown lead", "measures.tsv", "\t区招商局\t", "\t区水利局\t", "ML-52", "unknown department “区水利局”"),
    ("a measure that stands twice", "measures.tsv", "ML-52", "ML-51", "ML-52", "“ML-51” stands twice"),
    (
        "a measure of another section",
        "measures.tsv",
        "ML-52\t企业服务",
        "ML-52\t其他",
        "ML-52",
        "not in the list reform_sections",
    ),
    ("a measure with a cell too few", "measures.tsv", "ML-52\t", "ML-52", "ML-52", "7 cells, not 8"),
    ("a deadline that is no date", "measures.tsv", "2021-12-31", "2021-13-31", "2021-12-31", "month must be in 1..12"),
    (
        "a rule on rows of an unknown column",
        "returns/F22.yaml",
        "passed: due_date",
        "passed: due",
        "name: overdue",
        "no column “due”",
    ),
    # what is wrong, file, text replaced, replacement, line that the message names, words of the message
    (
        "an unknown column in a rule",
        "returns/F10.yaml",
        "opening: open_bal,",
        "opening: opn_bal,",
        "name: balances",
        "no column “opn_bal”",
    ),
    (
        "two columns of one code",
        "returns/F10.yaml",
        "code: open_bal",
        "code: year_open",
        "header: 期初余额",
        "two columns of the code “year_open”",
    ),
    (
        "two columns of one header",
        "returns/F10.yaml",
        "header: 期初余额",
        "header: 年初余额",
        "code: open_bal",
        "two columns with the header",
    ),
    (
        "an unknown unit",
        "returns/F10.yaml",
        "unit: 户, basis: balance",
        "unit: 辆, basis: balance",
        "code: borrowers",
        "unknown unit “辆”",
    ),
    (
        "an unknown basis",
        "returns/F10.yaml",
        "unit: 户, basis: balance",
        "unit: 户, basis: stocks",
        "code: borrowers",
        "unknown basis",
    ),
    (
        "a roll-forward over two bases",
        "returns/F10.yaml",
        "movements: [+lent_m",
        "movements: [+vs_year_open",
        "name: balances",
        "a rule over two bases",
    ),
    (
        "a cumulative of a balance",
        "returns/F09.yaml",
        "column: amount_all, flow: amount_m",
        "column: amount_all, flow: amount_ytd",
        "name: all",
        "a rule over two bases",
    ),
    (
        "an unknown kind of rule",
        "returns/F10.yaml",
        "kind: roll_forward",
        "kind: rolls",
        "name: balances",
        "unknown kind of rule “rolls”",
    ),
    (
        "a rule without what it needs",
        "returns/F10.yaml",
        ", closing: close_bal, applies",
        ", applies",
        "name: balances",
        "missing closing",
    ),
    (
        "a rule with a word too many",
        "returns/F10.yaml",
        "at: december",
        "at: december, every: monday",
        "name: year_open",
        "unknown every",
    ),
    (
        "an unknown code list",
        "returns/F10.yaml",
        "codes: banks",
        "codes: bank",
        "code: bank_code",
        "unknown code list “bank”",
    ),
    (
        "an unknown department",
        "returns/F10.yaml",
        "department: finance_office",
        "department: finance",
        "code: F10",
        "unknown department “finance”",
    ),
    (
        "an unknown key",
        "returns/F10.yaml",
        "key: [bank_code]",
        "key: [bank]",
        "code: F10.balances",
        "unknown column in key: “bank”",
    ),
    (
        "a float where it must be exact",
        "returns/F10.yaml",
        "floor: 2000",
        "floor: 0.1",
        "code: lent_m",
        "“floor” is 0.1",
    ),
    (
        "a reconciliation over two bases",
        "reconciliations.yaml",
        "right: {of: F02.summary.amount_ytd,",
        "right: {of: F02.summary.amount_m,",
        "code: R02",
        "a rule over two bases",
    ),
    (
        "a reconciliation of an unknown column",
        "reconciliations.yaml",
        "left: {of: F01.summary.amount_ytd,",
        "left: {of: F01.summary.amount,",
        "code: R02",
        "has no column “amount”",
    ),
    (
        "an unknown kind of reconciliation",
        "reconciliations.yaml",
        "kind: in_order",
        "kind: in_disorder",
        "code: R22",
        "unknown kind of reconciliation “in_disorder”",
    ),
    (
        "a reconciliation with a word too many",
        "reconciliations.yaml",
        "settles: next_month",
        "settles: some_day",
        "code: R05",
        "unknown settles “some_day”",
    ),
    (
        "money against a number of things",
        "reconciliations.yaml",
        "right: F05.cases.accept_m",
        "right: F23.awards.paid",
        "code: R09",
        "the sides are of two types",
    ),
    (
        "a key on one side alone",
        "reconciliations.yaml",
        "right: F07.points.agency_m",
        "right: {of: F07.points.agency_m, by: point_code}",
        "code: R10",
        "one side has a key and the other has none",
    ),
    (
        "a window that is none",
        "reconciliations.yaml",
        "window: {received_on: month}}\n  settles",
        "window: {received_on: week}}\n  settles",
        "code: R15",
        "unknown window “week”",
    ),
    (
        "a sum over a table without a total",
        "reconciliations.yaml",
        "left: {of: F24.channels.refund_m, rows: total}",
        "left: {of: F06.ratings.g1, rows: total}",
        "code: R05",
        "F06.ratings has no total row",
    ),
    (
        "a band that nothing lies in",
        "reconciliations.yaml",
        'low: "0.95"',
        'low: "1.95"',
        "code: R29",
        "no figure lies between 1.95 and 1.05 times another",
    ),
    (
        "a figure against itself",
        "reconciliations.yaml",
        "right: F05.cases.accept_m",
        "right: [F05.cases.online_m, F05.cases.counter_m, F05.cases.self_m, F05.cases.post_m]",
        "code: R09",
        "it always holds",
    ),
    (
        "an indicator of an unknown series",
        "indicators.yaml",
        "series: F10.balances.close_bal",
        "series: F10.balances.close",
        "code: I1001",
        "unknown series",
    ),
    (
        "a district with an unknown return",
        "districts.yaml",
        "returns: [F05, F10]",
        "returns: [F05, F99]",
        "code: bn",
        "unknown return “F99”",
    ),
    (
        "a key that YAML takes for a truth value",
        "returns/F10.yaml",
        "at: december",
        "at: december, on: x",
        "name: year_open",
        "“on” is not a word",
    ),
    (
        "a code that stands twice",
        "returns/F10.yaml",
        "due: 8\n",
        "due: 8\ndue: 9\n",
        "version: 1",
        "“due” stands twice",
    ),
    (
        "a threshold that nothing knows",
        "lights.yaml",
        "code: over_by",
        "code: above_by",
        "code: over_by",
        "unknown threshold “above_by”",
    ),
    (
        "a threshold written as a binary number",
        "lights.yaml",
        'code: short_by, value: "0.02"',
        "code: short_by, value: 0.02",
        "code: short_by",
        "must be written in quotes",
    ),
    (
        "a share beyond the whole",
        "lights.yaml",
        'code: behind_by, value: "0.10"',
        'code: behind_by, value: "10"',
        "code: behind_by",
        "between 0 and 1",
    ),
    (
        "a threshold that is no number",
        "lights.yaml",
        'code: over_by, value: "0.10"',
        'code: over_by, value: "NaN"',
        "code: over_by",
        "is not a number",
    ),
    (
        "half a day",
        "lights.yaml",
        "code: days_to_act, value: 3",
        'code: days_to_act, value: "2.5"',
        "code: days_to_act",
        "whole number of days",
    ),
    (
        "a threshold that stands twice",
        "lights.yaml",
        "code: days_to_settle",
        "code: days_to_act",
        "code: days_to_settle",
        "“days_to_act” stands twice",
    ),
    (
        "scores that do not make 100",
        "scores.yaml",
        "code: reform, value: 15",
        "code: reform, value: 16",
        "code: marked",
        "do not make 100",
    ),
    (
        "a deduction of nothing",
        "scores.yaml",
        "code: a_day_late, value: 3",
        "code: a_day_late, value: 0",
        "code: a_day_late",
        "not above zero",
    ),
    (
        "a part of the score that nothing knows",
        "scores.yaml",
        "code: issues",
        "code: problems",
        "code: issues",
        "unknown part of a score “problems”",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "at", "words"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_a_wrong_declaration_is_told_with_file_and_line(
    catalogue_with: Edit, file: str, old: str, new: str, at: str, words: str
) -> None:
    folder = catalogue_with(file, old, new)
    with pytest.raises(CatalogueError) as told:
        load(folder)
    assert words in str(told.value)
    assert str(told.value).startswith(f"{Path(file).name}:{line_of(file, at)}:")


def test_the_office_sets_the_thresholds_of_lights(catalogue_with: Edit) -> None:
    folder = catalogue_with("lights.yaml", 'code: short_by, value: "0.02"', 'code: short_by, value: "0.005"')
    assert load().thresholds == Thresholds(Decimal("0.10"), Decimal("0.02"), Decimal("0.10"), 3, 5, Decimal("0.95"), 15)
    assert load(folder).thresholds.short_by == Decimal("0.005")


def test_a_threshold_that_is_left_out_is_named(catalogue_with: Edit) -> None:
    folder = catalogue_with("lights.yaml", '- {code: over_by, value: "0.10"}', "")
    with pytest.raises(CatalogueError, match=r"lights\.yaml:9: “over_by” is missing"):
        load(folder)
