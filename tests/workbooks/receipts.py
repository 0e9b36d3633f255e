"""Makers of receipts and of workbooks that departments have decorated."""

from datetime import datetime
from io import BytesIO
from typing import Any

import polars as pl
import xlsxwriter

from transforms.model import FINDINGS
from workbooks.receipts.receipt import Receipt


def a_finding(**changes: object) -> dict[str, object]:
    return dict.fromkeys(FINDINGS) | {
        "rule": "H10",
        "rule_id": "F10.balances.H10.balances",
        "severity": "hard",
        "verdict": "violated",
        "sheet": "表1 余额滚动",
        "cell": "G12",
        "row": 12,
        "told": "40,589.00",
        "expected": "40,579.00",
        "unit": "万元",
        "message": "H10 硬性 表1 余额滚动!G12 “工商银行”期末余额 40,589.00 万元：多 10.00 万元。",
        "todo": "请核对 D12:G12。",
    } | changes  # fmt: skip


def a_receipt(*findings: dict[str, object], **changes: object) -> Receipt:
    told: dict[str, object] = {
        "number": "4f3a",
        "district": "江北区",
        "department": "区金融办",
        "form": "F10",
        "form_name": "“银税互动”贷款余额滚动表",
        "period": "2022-08",
        "version": 1,
        "file": "F10_jb_202208_finance_office_V1.xlsx",
        "status": "returned",
        "reason": "H10",
        "arrived_at": datetime(2022, 9, 8, 16, 20),
        "decided_at": datetime(2022, 9, 9, 1, 30),
        "findings": pl.DataFrame(list(findings), schema=FINDINGS, orient="row"),
    }
    return Receipt(**(told | changes))  # type: ignore[arg-type]


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def a_decorated_book(macros: bytes = b"") -> bytes:
    """Two sheets as a department keeps them: a picture, a chart, a comment, a table, formats, validations, a formula
    with its cached value, a name that belongs to the second sheet, which lies open."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    first, second = book.add_worksheet("表1 余额滚动"), book.add_worksheet("表2 明细")
    for row in range(20):
        for column in range(9):
            first.write_number(row, column, row * column)
    first.write_formula("D4", "=SUM(A1:B3)", None, 55)
    first.write_comment("B2", "原有批注")
    red: Any = book.add_format({"bg_color": "red"})
    first.conditional_format("A1:C3", {"type": "cell", "criteria": ">", "value": 3, "format": red})
    first.data_validation("A5", {"validate": "list", "source": ["甲", "乙"]})
    first.insert_image("K2", "像.png", {"image_data": BytesIO(PIXEL)})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "='表1 余额滚动'!$A$1:$A$9"})
    first.insert_chart("K20", chart)
    second.add_table("A30:C33")
    second.write_string("A1", "二")
    book.define_name("'表2 明细'!Local", "='表2 明细'!$A$1")
    second.print_area("A1:C10")
    second.activate()
    if macros:
        book.add_vba_project(BytesIO(macros), is_stream=True)
    book.close()
    return buffer.getvalue()
