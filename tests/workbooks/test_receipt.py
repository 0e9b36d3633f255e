"""A receipt tells the department what became of its file, where it is wrong and what to do."""

from io import BytesIO

import openpyxl
import pytest

from tests.workbooks.receipts import a_finding, a_receipt
from workbooks.receipts.annotate import build_receipt
from workbooks.receipts.receipt import MOST_LISTED, VERDICTS, Receipt, receipt_name


def cells(receipt: Receipt) -> list[list[object]]:
    return [list(row) for row in openpyxl.load_workbook(BytesIO(build_receipt(receipt))).active.values]


def words(receipt: Receipt) -> str:
    return "\n".join(str(v) for row in cells(receipt) for v in row if v is not None)


def test_a_returned_file_is_told_where_what_and_what_to_do() -> None:
    told = words(a_receipt(a_finding()))
    for word in ("退回重报", "区金融办", "表1 余额滚动!G12", "40,589.00 万元", "40,579.00 万元", "请核对 D12:G12。"):
        assert word in told
    assert "“工商银行”期末余额 40,589.00 万元：多 10.00 万元。" in told


def test_hard_findings_come_before_soft_ones_and_unverifiable_ones_are_left_out() -> None:
    soft = a_finding(severity="soft", rule="W01", sheet="表0")
    silent = a_finding(verdict="unverifiable", rule="H09")
    rules = [row[2] for row in cells(a_receipt(soft, silent, a_finding())) if isinstance(row[0], int)]
    assert rules == ["H10", "W01"]


def test_a_clean_file_needs_nothing() -> None:
    told = words(a_receipt(status="accepted", reason=""))
    assert "已接收" in told
    assert "没有需要处理的问题。" in told


def test_a_file_that_cannot_be_read_has_its_one_reason() -> None:
    told = words(a_receipt(status="unreadable", reason="文件已损坏或没有传完，无法打开。", form="", period=""))
    assert "文件已损坏或没有传完，无法打开。" in told
    assert "（未能识别）" in told


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@sum", "\tx", "a\x00b\x1f"])
def test_what_a_department_typed_never_becomes_a_formula(text: str) -> None:
    book = openpyxl.load_workbook(BytesIO(build_receipt(a_receipt(a_finding(told=text, file=text)))))
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)


def test_more_findings_than_a_person_reads_are_counted() -> None:
    many = [a_finding(row=n, cell=f"G{n}") for n in range(MOST_LISTED + 7)]
    rows = cells(a_receipt(*many))
    assert sum(isinstance(row[0], int) for row in rows) == MOST_LISTED
    assert "另有 7 条未列出" in words(a_receipt(*many))


def test_the_same_receipt_has_the_same_bytes() -> None:
    assert build_receipt(a_receipt(a_finding())) == build_receipt(a_receipt(a_finding()))


@pytest.mark.parametrize("status", VERDICTS)
def test_the_name_tells_form_period_version_and_verdict(status: str) -> None:
    verdict = VERDICTS[status].words.replace("，", "")
    assert receipt_name(a_receipt(status=status)) == f"回执_F10_202208_V1_{verdict}.xlsx"


def test_a_file_that_tells_nothing_of_itself_lends_its_name() -> None:
    unknown = a_receipt(form="", period="", status="unreadable", file="新建 Microsoft Excel 工作表.xlsx")
    assert receipt_name(unknown) == "回执_新建 Microsoft Excel 工作表_V1_无法读取.xlsx"
