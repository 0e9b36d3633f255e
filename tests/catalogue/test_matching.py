"""A match of two ledgers is held against the returns when the catalogue is loaded: what is wrong is told with its place."""

import shutil
from pathlib import Path

import pytest

from catalogue.declarations import CatalogueError
from catalogue.load import HERE, load

RULE = """
- code: R01
  name: 试
  kind: match_ledgers
  left: F01.refunds.refund_amount
  right: F02.vouchers.amount
  key: {left: voucher_no, right: voucher_no}
  party: {left: taxpayer_key, right: payee_key}
  date: {left: pay_date, right: pay_date}
  days: 3
  owner: tax
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matching") / "catalogue"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def loaded(folder: Path, rule: str) -> None:
    (folder / "reconciliations.yaml").write_text(rule, encoding="utf-8")
    load.__wrapped__(folder)


def test_a_sound_match_is_loaded(copied: Path) -> None:
    loaded(copied, RULE)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  key: {left: voucher_no, right: voucher_no}\n", "", "missing key"),
        ("right: voucher_no}", "right: voucher}", "F02.vouchers has no column “voucher”"),
        ("  key: {left: voucher_no, right: voucher_no}", "  key: voucher_no", "“key” must be told by side"),
        ("{left: voucher_no, right: voucher_no}", "{left: voucher_no}", "“key” must name a column of both sides"),
        ("days: 3", "days: 3\n  where: {right: {state: 已退}}", "F02.vouchers has no column “state”"),
        ("days: 3", "days: 32", "“days” must be a number of days"),
        ("  party: {left: taxpayer_key, right: payee_key}\n", "", "“days” needs party and date"),
        ("  date: {left: pay_date, right: pay_date}\n  days: 3\n", "", "name a date, or “window: all”"),
        ("days: 3", "window: week", "“window” must be one of month, all"),
        ("date: {left: pay_date", "date: {left: voucher_no", "F01.refunds.voucher_no is no date"),
        ("days: 3", "at: {right: december}", "“at” must be previous"),
        ("days: 3", "part: middle", "“part” must be left or right"),
        ("left: F01.refunds.refund_amount", "left: F01.refunds.voucher_no", "F01.refunds.voucher_no is no amount"),
        ("left: F01.refunds.refund_amount", "left: F01.refund.refund_amount", "of a known table"),
        ("left: F01.refunds.refund_amount", "left: F01.refunds.amount", "F01.refunds has no column “amount”"),
        ("days: 3", "dates: 3", "unknown: dates"),
    ],
)
def test_a_match_that_does_not_agree_with_the_returns_is_refused(copied: Path, old: str, new: str, words: str) -> None:
    assert old in RULE
    with pytest.raises(CatalogueError, match=r"reconciliations\.yaml:2: ") as told:
        loaded(copied, RULE.replace(old, new, 1))
    assert words in str(told.value)


def test_sides_of_two_currencies_are_refused(copied: Path) -> None:
    """A column told in dollars is no column in 元, whatever the factor."""
    units, returns = copied / "units.yaml", copied / "returns" / "F02.yaml"
    before = {path: path.read_text(encoding="utf-8") for path in (units, returns)}
    units.write_text(before[units] + '- {code: 美元, base: 美元, factor: "1"}\n', encoding="utf-8")
    told = "header: 金额, type: money, unit: 元"
    assert told in before[returns]
    returns.write_text(before[returns].replace(told, "header: 金额, type: money, unit: 美元"), encoding="utf-8")
    try:
        with pytest.raises(CatalogueError, match="told in 元 and 美元: they cannot be compared"):
            loaded(copied, RULE)
    finally:
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")


def test_sides_of_two_bases_are_refused(copied: Path) -> None:
    balances = RULE.replace("F02.vouchers.amount", "F09.loans.balance").replace("right: voucher_no", "right: loan_no")
    balances = balances.replace("right: payee_key", "right: uscc").replace("right: pay_date", "right: drawdown_date")
    with pytest.raises(CatalogueError, match="a rule over two bases: balance, event"):
        loaded(copied, balances)
