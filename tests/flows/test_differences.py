"""Differences over real nights: asked on both receipts, explained, accepted, corrected, escalated; months closed."""

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from flows.cli import main
from flows.deciding import Acceptance, Refused, accept, close_month, note, reopen_month, withdraw_acceptance
from flows.explaining import explain
from flows.house import House
from flows.publishing import MONTHLY, publish
from flows.receiving import take_in
from flows.summary import describe, summarise
from samples.drops import Drop, as_drop, make_filings, write_drops
from samples.faults import Fault, _index, _recount, plant
from samples.truth import SEED
from tests.flows.nights import IN_MARCH, a_house, spend_night
from transforms.follow import Standing, standings
from transforms.follow.events import ACCEPTED, CLOSED, EXPLAINED, OPEN
from workbooks.receipts.words import HEADERS

pytestmark = pytest.mark.slow
GOLDEN = Path(__file__).parent.parent / "goldens" / "explain.txt"
FEBRUARY = "2021-02"
PAID = {"refund_kind": "留抵退税", "status": "已退"}
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def a_fault(kind: str, period: str = FEBRUARY, **more: object) -> Fault:
    of_month = {**PAID, "pay_date": period}
    told = {"table": "F02.vouchers", "row": 3, "where": of_month, "follow": True} | more
    return Fault(kind=kind, district="jb", form="F02", period=period, **told)  # type: ignore[arg-type]


def drops(*faults: Fault, months: tuple[str, ...] = (FEBRUARY,)) -> list[Drop]:
    """The refunds of the tax bureau and of the treasury."""
    laid, _ = plant([as_drop(f) for f in make_filings("jb", months, SEED, ("F01", "F02"))], faults)
    return laid


LOWER = a_fault("different_amount", column="amount", by="-27000.00")
"""The treasury tells one refund 2.70万元 lower; its return holds in itself."""


@pytest.fixture(scope="session")
def one_refund_differs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root after the night in which tax and treasury differ by 2.70万元 in February. Copy it, do not change it."""
    root = tmp_path_factory.mktemp("differs")
    write_drops(root / "inbound", drops(LOWER))
    with a_house(root) as house:
        spend_night(house)
    return root


@pytest.fixture
def root(one_refund_differs: Path, tmp_path: Path) -> Path:
    for name in ("inbound", "outbound", "var"):
        shutil.copytree(one_refund_differs / name, tmp_path / name, copy_function=shutil.copy2)
    return tmp_path


def file_again(root: Path, *faults: Fault, version: int = 2) -> None:
    """The treasury files February once more."""
    (laid,) = [drop for drop in drops(*faults) if drop.filing.form == "F02"]
    name = laid.path.replace("_V1", f"_V{version}")
    write_drops(root / "inbound", [replace(laid, path=name, filing=replace(laid.filing, version=version))])


def ledger(house: House) -> dict[str, Standing]:
    """How the differences of February stand, the totals by rule."""
    told = standings(house.journal.difference_events()).values()
    return {s.rule if s.key == "合计" else f"{s.rule} 逐笔": s for s in told if s.period == FEBRUARY}


def happened(house: House, number: str) -> list[str]:
    events = house.journal.difference_events()
    return events.filter(pl.col("difference") == number)["event"].to_list()


def receipts(root: Path, department: str) -> list[Path]:
    return sorted((root / "outbound/江北区/receipts" / department).glob("回执_*"), key=os.path.getmtime)


def asked(path: Path) -> dict[str, list[str]]:
    """The lines about differences, by number: place, told, problem, to do, explanation."""
    sheet = openpyxl.load_workbook(path)["回执"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[1] == "差异"]
    return {str(row[6]).split()[0]: [str(row[i] or "") for i in (3, 4, 6, 7, 8)] for row in rows}


def write_on(path: Path, words: Mapping[str, str]) -> None:
    """Fill 本单位说明 beside the differences of these numbers."""
    book = openpyxl.load_workbook(path)
    for row in book["回执"].iter_rows():
        number = str(row[6].value).split()[0]
        if row[1].value == "差异" and number in words:
            row[HEADERS.index("本单位说明")].value = words[number]
    book.save(path)


def send_back(root: Path, path: Path, department: str) -> None:
    shutil.move(path, root / "inbound/江北区" / department / path.name)


# Receipts


def test_both_sides_are_asked_on_their_receipts_each_at_its_own_cell(root: Path) -> None:
    with a_house(root) as house:
        number = ledger(house)["R02"].number
    (tax,), (treasury,) = receipts(root, "区税务局"), receipts(root, "区财政局")
    place, told, problem, todo, _ = asked(tax)[number]
    assert place.startswith("表1 汇总!")
    assert told.endswith("万元")
    assert "与区财政局对不上" in problem
    assert "相差 +2.70万元" in problem
    assert todo.startswith("由本单位牵头")
    assert asked(treasury)[number][0].startswith("表1 退库汇总!")
    assert "与区税务局对不上" in asked(treasury)[number][2]
    book = openpyxl.load_workbook(tax)
    sheet, cell = place.split("!")
    assert number in book[sheet][cell].comment.text
    assert any(cell in str(marked.sqref).split() for marked in book[sheet].conditional_formatting)
    words = " ".join(str(c.value) for row in book["回执"].iter_rows(max_row=12) for c in row if c.value)
    assert "3 项差异（截至审核时间所收到的数）" in words


def test_a_reason_on_the_receipt_comes_back_into_the_ledger_and_into_the_workbook(root: Path) -> None:
    with a_house(root) as house:
        number = ledger(house)["R02"].number
        (path,) = receipts(root, "区税务局")
        write_on(path, {number: "国库退付时扣回上年多退的2.7万元"})
        send_back(root, path, "区税务局")
        taken = take_in(house, IN_MARCH + HOUR)
        s = ledger(house)["R02"]
        assert (s.status, s.said_by, s.said_with) == (EXPLAINED, "tax", taken.received["id"][0])
        (again,) = taken.receipts
        assert asked(again)[number][-1] == "国库退付时扣回上年多退的2.7万元"
        night = spend_night(house, IN_MARCH + DAY)
        (book,) = [path for path in night.published if "月调度" in path.name and "江北区" in path.name]
        told = [str(c.value) for row in openpyxl.load_workbook(book)["M04 勾稽校验"].iter_rows() for c in row]
        assert any("区税务局3月12日说明:国库退付时扣回上年多退的2.7万元" in words for words in told)
        assert "上一夜以来说明 1；现有未了结 3 项（待处理 2，已说明 1，已接受 0）" in summarise(night, house)
        send_back(root, again, "区税务局")
        take_in(house, IN_MARCH + DAY + HOUR)
        assert happened(house, number).count("explained") == 1, "what stood there already is not said again"


def test_a_phrase_is_no_reason_and_the_next_receipt_says_so(root: Path) -> None:
    with a_house(root) as house:
        number = ledger(house)["R02"].number
        (path,) = receipts(root, "区税务局")
        write_on(path, {number: "核实无误"})
        send_back(root, path, "区税务局")
        (again,) = take_in(house, IN_MARCH + HOUR).receipts
        assert (happened(house, number)[-1], ledger(house)["R02"].status) == ("remarked", OPEN)
        assert "请写明具体原因" in asked(again)[number][3]


def test_a_receipt_between_the_nights_knows_what_has_come_by_then_and_its_answer_is_not_lost(tmp_path: Path) -> None:
    write_drops(tmp_path / "inbound", drops(LOWER))
    with a_house(tmp_path) as house:
        take_in(house, IN_MARCH)
        assert house.journal.difference_events().is_empty(), "the night enters differences, not the day"
        (path,) = receipts(tmp_path, "区税务局")
        number = next(number for number in asked(path) if number.startswith("R02"))
        write_on(path, {number: "国库退付时扣回上年多退的2.7万元"})
        send_back(tmp_path, path, "区税务局")
        take_in(house, IN_MARCH + HOUR)
        spend_night(house, IN_MARCH + DAY, publish=False)
        assert happened(house, number) == ["explained", "open"]
        assert ledger(house)["R02"].status == EXPLAINED


# Corrections and decisions


def test_a_later_version_that_agrees_is_named_and_closes_it(root: Path) -> None:
    with a_house(root) as house:
        file_again(root)
        spend_night(house, IN_MARCH + DAY, publish=False)
        assert {s.status for s in ledger(house).values()} == {CLOSED}
        newest = house.journal.submissions().filter(pl.col("form") == "F02")["id"][-1]
        corrected = house.journal.difference_events().filter(pl.col("event") == "corrected")
        assert corrected["submission"].unique().to_list() == [newest]
        assert "F02 V2 报送后两方一致" in explain(house, "R02", FEBRUARY, "jb", IN_MARCH + 2 * DAY)
        assert asked(receipts(root, "区财政局")[-1]) == {}


ENOUGH = Acceptance("3万元", "区税务局", "2021-06", "上年多退，年内扣清")


def test_an_acceptance_rests_until_its_limit_is_passed(root: Path) -> None:
    with a_house(root) as house:
        number = ledger(house)["R02"].number
        assert "限额 3.00万元" in accept(house, number, ENOUGH, "高绮", IN_MARCH + HOUR)
        assert "已接受 1" in describe(house, FEBRUARY, IN_MARCH + 2 * HOUR)
        assert "限额 3.00万元，至2021年6月底，责任单位区税务局" in explain(
            house, number, None, None, IN_MARCH + 2 * HOUR
        )
        file_again(root, replace(LOWER, by="-29000.00"))
        spend_night(house, IN_MARCH + DAY, publish=False)
        assert happened(house, number) == ["open", "accepted", "changed"]
        assert number not in asked(receipts(root, "区财政局")[-1])
        file_again(root, replace(LOWER, by="-31000.00"), version=3)
        spend_night(house, IN_MARCH + 2 * DAY, publish=False)
        assert happened(house, number)[-1] == "reopened"
        assert ledger(house)["R02"].status == OPEN
        assert number in asked(receipts(root, "区财政局")[-1])


def test_a_decision_alone_gives_the_month_a_new_edition_and_nothing_more_gives_none(root: Path) -> None:
    with a_house(root) as house:
        accept(house, ledger(house)["R02"].number, ENOUGH, "高绮", IN_MARCH + HOUR)
        published = spend_night(house, IN_MARCH + DAY).published
        (path,) = [path for path in published if "月调度" in path.name]
        assert "第2版" in path.name
        told = [str(c) for row in openpyxl.load_workbook(path)["M04 勾稽校验"].values for c in row if c]
        assert any("高绮3月12日接受:限额3.00万元,至2021年6月底,责任单位区税务局" in words for words in told)
        assert spend_night(house, IN_MARCH + 2 * DAY).published == ()


def test_an_acceptance_expires_with_its_month(root: Path) -> None:
    with a_house(root) as house:
        number = ledger(house)["R02"].number
        accept(house, number, ENOUGH, "高绮", IN_MARCH + HOUR)
        spend_night(house, datetime(2021, 6, 30, 1, 30), publish=False)
        assert ledger(house)["R02"].status == ACCEPTED
        spend_night(house, datetime(2021, 7, 1, 1, 30), publish=False)
        assert happened(house, number) == ["open", "accepted", "reopened"]


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (replace(ENOUGH, limit="2.6"), "超过所给限额"),
        (replace(ENOUGH, limit="三万"), "看不懂"),
        (replace(ENOUGH, limit="3户"), "看不懂"),
        (replace(ENOUGH, keeper="某局"), "没有叫“某局”的单位"),
        (replace(ENOUGH, until="2021-02"), "已经过去"),
        (replace(ENOUGH, reason="核实无误"), "没有说出原因"),
    ],
)
def test_an_acceptance_that_does_not_fit_is_refused_with_a_sentence(root: Path, terms: Acceptance, words: str) -> None:
    with a_house(root) as house:
        number = ledger(house)["R02"].number
        with pytest.raises(Refused, match=words):
            accept(house, number, terms, "高绮", IN_MARCH + HOUR)
        assert happened(house, number) == ["open"]


def test_a_note_explains_and_an_acceptance_can_be_withdrawn(root: Path) -> None:
    with a_house(root) as house:
        number = ledger(house)["R02"].number
        with pytest.raises(Refused, match="没有被接受"):
            withdraw_acceptance(house, number, "误记", "高绮", IN_MARCH)
        note(house, number, "国库来电：扣回上年多退", "高绮", IN_MARCH + HOUR)
        accept(house, number, ENOUGH, "高绮", IN_MARCH + HOUR)
        withdraw_acceptance(house, number, "国库来函更正", "高绮", IN_MARCH + 2 * HOUR)
        assert ledger(house)["R02"].status == EXPLAINED
        with pytest.raises(Refused, match="没有编号"):
            note(house, "R02-202102-00000000", "在途", "高绮", IN_MARCH)
        with pytest.raises(Refused, match="没有说出原因"):
            note(house, number, "核实无误", "高绮", IN_MARCH)


# Timing


def late_and_never_paid() -> list[Drop]:
    """A refund of January that the treasury has not paid in January and lists in February without having paid it."""
    months = ("2021-01", FEBRUARY)
    late = a_fault("late_payment", "2021-01", follow=False)
    january = next(d.filing for d in drops(months=months) if d.filing.form == "F02" and d.filing.period == "2021-01")
    vouchers = january.sheet("F02.vouchers")
    number = vouchers.rows[_index(vouchers, late)].values["voucher_no"]
    laid = drops(late, months=months)
    for n, drop in enumerate(laid):
        if drop.filing.form == "F02" and drop.filing.period == FEBRUARY:
            told = drop.filing.sheet("F02.vouchers")
            at = next(i for i, row in enumerate(told.rows) if row.values["voucher_no"] == number)
            hung = drop.filing.with_sheet(told.with_row(at, told.rows[at].with_value("status", "挂账")))
            laid[n] = replace(drop, filing=_recount(hung))
    return laid


def test_a_late_payment_that_does_not_come_back_escalates_and_one_that_does_closes(tmp_path: Path) -> None:
    paid, hung = tmp_path / "paid", tmp_path / "hung"
    months = ("2021-01", FEBRUARY)
    write_drops(paid / "inbound", drops(a_fault("late_payment", "2021-01", follow=False), months=months))
    write_drops(hung / "inbound", late_and_never_paid())
    for root, escalates in ((paid, False), (hung, True)):
        with a_house(root) as house:
            night = spend_night(house, publish=False)
            january = [s for s in standings(house.journal.difference_events()).values() if s.period == "2021-01"]
            assert any(s.escalated for s in january) == escalates
            assert ("逾期未冲回" in summarise(night, house)) == escalates
            if escalates:
                told = explain(house, "R01", "2021-01", "jb", IN_MARCH + DAY)
                assert "有差异 · 逾期未冲回，待处理" in told
                assert "逾期未冲回" in describe(house, FEBRUARY, IN_MARCH + DAY)


# Closing a month


def test_a_month_with_something_open_is_not_closed_without_insisting_and_a_reason(root: Path) -> None:
    with a_house(root) as house:
        district = house.catalogue.district("jb")
        with pytest.raises(Refused) as refused:
            close_month(house, district, FEBRUARY, "高绮", IN_MARCH + HOUR, "", force=False)
        for words in ("F03 区市场监管局：没有通过的报送", ledger(house)["R02"].number, "--force"):
            assert words in str(refused.value)
        with pytest.raises(Refused, match="写明原因"):
            close_month(house, district, FEBRUARY, "高绮", IN_MARCH + HOUR, "", force=True)
        with pytest.raises(Refused, match="还没有结束"):
            close_month(house, district, "2021-03", "高绮", IN_MARCH + HOUR, "", force=False)
        assert house.journal.locks() == {}
        close_month(house, district, FEBRUARY, "高绮", IN_MARCH + HOUR, "按期印发", force=True)
        assert "项未了结" in house.journal.locks()["jb", FEBRUARY]["reason"]
        with pytest.raises(Refused, match="已经锁定"):
            close_month(house, district, FEBRUARY, "高绮", IN_MARCH + HOUR, "按期印发", force=True)


def test_a_restatement_of_a_closed_month_is_taken_in_told_and_not_published_by_itself(root: Path) -> None:
    with a_house(root) as house:
        number = ledger(house)["R02"].number
        district = house.catalogue.district("jb")
        accept(house, number, ENOUGH, "高绮", IN_MARCH + HOUR)
        close_month(house, district, FEBRUARY, "高绮", IN_MARCH + HOUR, "按期印发", force=True)
        file_again(root, replace(LOWER, by="-50000.00"))
        night = spend_night(house, IN_MARCH + DAY)
        assert not [path for path in night.published if "2021年2月" in path.name and "江北区" in path.name]
        assert ledger(house)["R02"].status == OPEN
        assert ledger(house)["R02"].why.startswith("该期已锁定，此后数据有修订。")
        assert "已锁定月份的修订：F02_jb_202102_finance_bureau_V2.xlsx" in summarise(night, house)
        (receipt,) = night.receipts
        words = [str(c) for row in openpyxl.load_workbook(receipt)["回执"].values for c in row if c]
        assert any("已于 2021-03-12 由高绮锁定" in word for word in words)
        told = explain(house, number, None, None, IN_MARCH + 2 * DAY)
        assert "已于 2021-03-12 由高绮锁定" in told
        assert "已锁定：江北区" in describe(house, FEBRUARY, IN_MARCH + 2 * DAY)
        by_hand = publish(house, MONTHLY, FEBRUARY, IN_MARCH + 2 * DAY)
        assert any("第2版" in path.name for path in by_hand)


def test_a_month_that_was_opened_again_is_published_by_the_next_night(root: Path) -> None:
    with a_house(root) as house:
        district = house.catalogue.district("jb")
        with pytest.raises(Refused, match="没有锁定"):
            reopen_month(house, district, FEBRUARY, "高绮", IN_MARCH, "重报")
        close_month(house, district, FEBRUARY, "高绮", IN_MARCH + HOUR, "按期印发", force=True)
        file_again(root)
        spend_night(house, IN_MARCH + DAY)
        reopen_month(house, district, FEBRUARY, "高绮", IN_MARCH + DAY + HOUR, "退库数据整体重报")
        night = spend_night(house, IN_MARCH + 2 * DAY)
        assert any("2021年2月" in path.name and "第2版" in path.name for path in night.published)


# Commands


def test_one_difference_is_told_in_full(root: Path) -> None:
    """The golden is renewed with YUEJI_RENEW_GOLDENS=1; read it before it is committed."""
    with a_house(root) as house:
        number = ledger(house)["R02"].number
        note(house, number, "国库来电：扣回上年多退的2.7万元，本月底前来函", "高绮", IN_MARCH + 8 * HOUR)
        accept(house, number, ENOUGH, "高绮", IN_MARCH + 9 * HOUR)
        told = explain(house, number, None, None, IN_MARCH + DAY) + "\n"
    # Which cells are suspect, and in which words, is not this story's.
    told = re.sub(r"(?ms)^  (?:以下|最可能|本期各数).*?(?=\n\n)", "  〔可疑的格〕", told)
    if os.environ.get("YUEJI_RENEW_GOLDENS"):
        GOLDEN.write_text(told, encoding="utf-8")
    assert told == GOLDEN.read_text(encoding="utf-8")


def test_the_command_line_explains_decides_and_refuses(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("YUEJI_ROOT", str(root))
    with a_house(root) as house:
        number = ledger(house)["R02"].number
    assert main(["explain", "R02", FEBRUARY, "--district", "jb"]) == 0
    assert number in capsys.readouterr().out
    assert main(["explain", "r99", FEBRUARY]) == 2
    assert main(["explain", "R02"]) == 2
    assert main(["explain", "R02", "2019-01"]) == 2
    assert main(["explain", "R02-202102-00000000"]) == 2
    assert main(["explain", "R02", FEBRUARY, "--district", "xx"]) == 2
    assert main(["note", number, "--reason", "扣回上年多退", "--by", "高绮"]) == 0
    far = [number, "--owner", "tax", "--until", "2099-12", "--reason", "扣回上年多退"]
    assert main(["accept", *far, "--limit", "1"]) == 2
    assert "超过所给限额" in capsys.readouterr().err
    assert main(["accept", *far, "--limit", "3"]) == 0
    assert main(["withdraw", number, "--by", "高绮", "--reason", "来函更正"]) == 0
    assert main(["close", FEBRUARY, "--district", "jb"]) == 2
    assert "没有锁定" in capsys.readouterr().err
    assert main(["close", FEBRUARY, "--district", "jb", "--force", "--reason", "按期印发"]) == 0
    assert main(["reopen", FEBRUARY, "--district", "jb", "--reason", "重报"]) == 0
    with a_house(root) as house:
        assert happened(house, number) == ["open", "explained", "accepted", "withdrawn"]
        actors = house.journal.difference_events().filter(pl.col("event") == "accepted")["actor"].to_list()
        assert actors[0], "who does not say who he is decides under his login name"
