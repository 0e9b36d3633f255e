from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import pytest
from openpyxl import load_workbook

from samples.drops import Drop, as_drop
from samples.faults import KINDS, Fault, FaultPlanError, Planted, as_text, plant, read_plan
from samples.filing import Filing
from samples.identity import check_character


def a_fault(kind: str, table: str, period: str = "2022-08", **given: object) -> Fault:
    form, _, short = table.partition(".")
    return Fault(kind, "jb", form, period, table=table if short else "", **given)  # type: ignore[arg-type]


def planted_in(drops: list[Drop], *faults: Fault) -> tuple[list[Drop], list[Planted]]:
    return plant(drops, faults)


def the(drops: list[Drop], form: str, period: str = "2022-08", version: int = 1) -> Drop:
    return next(d for d in drops if (d.filing.form, d.filing.period, d.filing.version) == (form, period, version))


def differing_cells(before: Filing, after: Filing) -> dict[tuple[str, str], tuple[str, str]]:
    old = {(s, c): v for s, c, v in before.cells()}
    return {(s, c): (as_text(v), as_text(old[s, c])) for s, c, v in after.cells() if old[s, c] != v}


CELL_FAULTS = {
    "unit_slip": a_fault("unit_slip", "F10.balances", row="建设银行", column="lent_m", factor="0.0001"),
    "transpose": a_fault("transpose", "F03.entities", row="私营企业", column="new_m"),
    "sign": a_fault("sign", "F10.balances", row="工商银行", column="repaid_m"),
    "different_amount": a_fault("different_amount", "F01.refunds", row=-3, column="refund_amount", by="1000.00"),
    "total_not_updated": a_fault("total_not_updated", "F01.summary", row="合计", column="amount_m"),
    "month_for_ytd": a_fault("month_for_ytd", "F03.entities", row="个体工商户", column="new_ytd", other="new_m"),
    "stale_opening": a_fault("stale_opening", "F10.balances", row="重庆银行", column="open_bal"),
    "formula_error": a_fault("formula_error", "F05.cases", row="合计", column="online_rate"),
    "text_in_number": a_fault("text_in_number", "F03.startup", row=1, column="seal_sets"),
    "blank_required": a_fault("blank_required", "F05.items", row=7, column="legal_days"),
    "bad_check_digit": a_fault("bad_check_digit", "F09.loans", row=5, column="uscc"),
    "unknown_code": a_fault("unknown_code", "F09.loans", row=5, column="bank_code"),
    "outlier": a_fault("outlier", "F10.balances", row="三峡银行", column="borrowers", value=5),
}


@pytest.mark.parametrize("kind", sorted(CELL_FAULTS))
def test_a_fault_of_a_cell_changes_that_cell_alone(kind: str, drops: list[Drop]) -> None:
    fault = CELL_FAULTS[kind]
    spoilt, planted = planted_in(drops, fault)
    before, after = the(drops, fault.form).filing, the(spoilt, fault.form).filing
    ((place, (told, true)),) = differing_cells(before, after).items()
    assert [(p.sheet, p.cell, p.told, p.true) for p in planted] == [(*place, told, true)]
    sheet = before.sheet(fault.table)
    assert place[1].startswith(sheet.letter(fault.column))
    others = [d for d, o in zip(spoilt, drops, strict=True) if d != o]
    assert others == [the(spoilt, fault.form)]


def test_the_told_values_are_what_the_kinds_say(drops: list[Drop]) -> None:
    def told(kind: str) -> tuple[str, str]:
        _, (planted,) = planted_in(drops, CELL_FAULTS[kind])
        return planted.told, planted.true

    slipped, true = told("unit_slip")
    assert abs(Decimal(slipped) * 10_000 - Decimal(true)) <= 50
    assert Decimal(told("sign")[0]) == -Decimal(told("sign")[1])
    assert told("formula_error")[0] == "#REF!"
    assert told("blank_required")[0] == ""
    assert sorted(told("transpose")[0]) == sorted(told("transpose")[1])
    code = told("bad_check_digit")[0]
    assert check_character(code[:17]) != code[17]
    other = the(drops, "F10", "2022-07").filing.sheet("F10.balances").value("重庆银行", "open_bal")
    assert told("stale_opening")[0] == as_text(other)


def test_an_error_cell_is_an_error_in_the_workbook(drops: list[Drop]) -> None:
    spoilt, (planted,) = planted_in(drops, CELL_FAULTS["formula_error"])
    cell = load_workbook(BytesIO(the(spoilt, "F05").bytes()))[planted.sheet][planted.cell]
    assert (cell.value, cell.data_type) == ("#REF!", "e")


def test_reversed_dates_change_two_cells(drops: list[Drop]) -> None:
    fault = a_fault("reversed_dates", "F01.refunds", row=4, column="approve_date", other="apply_date")
    spoilt, planted = planted_in(drops, fault)
    changed = differing_cells(the(drops, "F01").filing, the(spoilt, "F01").filing)
    assert {(p.sheet, p.cell): (p.told, p.true) for p in planted} == changed
    assert [p.follows for p in planted] in ([False, True], [True, False])


# Rows


def test_a_dropped_voucher_is_gone_and_the_summary_counts_without_it(drops: list[Drop]) -> None:
    paid = {"refund_kind": "留抵退税", "status": "已退", "pay_date": "2022-08"}
    fault = a_fault("drop_row", "F02.vouchers", row=9, where=paid, follow=True)
    spoilt, planted = planted_in(drops, fault)
    before, after = the(drops, "F02").filing, the(spoilt, "F02").filing
    gone = {r.values["voucher_no"] for r in before.sheet("F02.vouchers").rows}
    gone -= {r.values["voucher_no"] for r in after.sheet("F02.vouchers").rows}
    assert gone == {planted[0].true}
    n = [f.sheet("F02.summary").value("1010101/留抵退税", "n_m") for f in (before, after)]
    assert n[0] - n[1] == 1
    assert all(p.follows and p.sheet == "表1 退库汇总" for p in planted[1:])


def test_a_row_stands_twice(drops: list[Drop]) -> None:
    spoilt, (planted,) = planted_in(drops, a_fault("duplicate_row", "F09.loans", row=3))
    sheet = the(spoilt, "F09").filing.sheet("F09.loans")
    numbers = [r.values["loan_no"] for r in sheet.rows]
    assert numbers.count(numbers[2]) == 2
    assert planted.told == numbers[2] == numbers[-1]
    assert planted.cell == f"A{sheet.first_row + len(numbers) - 1}"


def test_a_late_payment_moves_into_the_next_month(drops: list[Drop]) -> None:
    where = {"refund_kind": "留抵退税", "status": "已退", "pay_date": "2022-06"}
    fault = a_fault("late_payment", "F02.vouchers", "2022-06", row=-1, where=where)
    spoilt, planted = planted_in(drops, fault)
    number = planted[0].true
    june, july, august = (the(spoilt, "F02", m).filing.sheet("F02.vouchers") for m in ("2022-06", "2022-07", "2022-08"))
    assert number not in {r.values["voucher_no"] for r in june.rows}
    for sheet in (july, august):
        (row,) = (r for r in sheet.rows if r.values["voucher_no"] == number)
        assert as_text(row.values["pay_date"]).startswith("2022-07")
    before, after = (the(d, "F02", "2022-07").filing.sheet("F02.summary") for d in (drops, spoilt))
    key = "1010101/留抵退税"
    assert after.value(key, "n_m") == before.value(key, "n_m") + 1
    assert after.value(key, "n_ytd") == before.value(key, "n_ytd")


# Furniture and files


def test_a_wrong_period_stands_in_the_furniture(drops: list[Drop]) -> None:
    spoilt, planted = planted_in(drops, a_fault("wrong_period", "F10"))
    book = load_workbook(BytesIO(the(spoilt, "F10").bytes()))
    for p in planted:
        assert book[p.sheet][p.cell].value in (p.told, f"统计期:{p.told}")
    assert planted[-1].told == "2022-07"


def test_a_wrong_unit_and_a_wrong_template_stand_where_the_record_says(drops: list[Drop]) -> None:
    faults = (a_fault("wrong_unit", "F10.balances"), a_fault("wrong_template", "F10", value="F09"))
    spoilt, (unit, template) = planted_in(drops, *faults)
    book = load_workbook(BytesIO(the(spoilt, "F10").bytes()))
    assert book[unit.sheet][unit.cell].value == "单位:亿元、户、次"
    assert book["_meta"][template.cell].value == "F09"


def test_a_truncated_file_has_no_end_record(drops: list[Drop]) -> None:
    spoilt, _ = planted_in(drops, a_fault("truncated_file", "F10"))
    content = the(spoilt, "F10").bytes()
    assert content.startswith(b"PK")
    with pytest.raises(BadZipFile):
        ZipFile(BytesIO(content))


def test_a_page_saved_as_a_workbook_is_not_one(drops: list[Drop]) -> None:
    spoilt, _ = planted_in(drops, a_fault("not_a_workbook", "F10"))
    assert the(spoilt, "F10").bytes().startswith(b"<html>")


def test_a_resubmission_is_the_clean_return_two_days_later(drops: list[Drop]) -> None:
    spoilt, _ = planted_in(drops, CELL_FAULTS["sign"], a_fault("resubmission", "F10", days=2))
    first, second, true = the(spoilt, "F10"), the(spoilt, "F10", version=2), the(drops, "F10")
    assert first.filing.sheets != true.filing.sheets == second.filing.sheets
    assert (second.dropped - first.dropped).days == 2
    assert second.path == "江北区/区金融办/F10_jb_202208_finance_office_V2.xlsx"


def test_the_same_file_comes_twice_under_another_name(drops: list[Drop]) -> None:
    spoilt, (planted,) = planted_in(drops, a_fault("same_file_twice", "F10"))
    again = next(d for d in spoilt if d.path.endswith(planted.file))
    assert planted.file == "副本F10_jb_202208_finance_office_V1.xlsx"
    assert again.bytes() == the(spoilt, "F10").bytes()


def test_a_missing_return_is_not_laid(drops: list[Drop]) -> None:
    spoilt, _ = planted_in(drops, a_fault("missing", "F10"))
    assert {d.path for d in drops} - {d.path for d in spoilt} == {the(drops, "F10").path}


def test_a_late_return_comes_after_it_was_due(drops: list[Drop]) -> None:
    spoilt, (planted,) = planted_in(drops, a_fault("late", "F10", "2021-06", days=2))
    assert planted.told > planted.true
    assert f"{the(spoilt, 'F10', '2021-06').dropped:%Y-%m-%d}" == planted.told


# Plans


def test_every_kind_is_tested_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [k for k in KINDS if f'"{k}"' not in source] == []


def test_the_demo_plan_tells_the_truth_of_every_cell(drops: list[Drop], clean: list[Filing]) -> None:
    spoilt, planted = plant(drops, read_plan())
    true = {as_drop(f).filing.file: {(s, c): as_text(v) for s, c, v in f.cells()} for f in clean}
    told = {d.filing.file: {(s, c): as_text(v) for s, c, v in d.filing.cells()} for d in spoilt}
    cells = [p for p in planted if p.cell and p.kind in ("outlier", "different_amount", "transpose")]
    assert len(cells) > 8
    for p in cells:
        assert told[p.file][p.sheet, p.cell] == p.told
        if p.sheet != "表2 退库明细":
            assert true[p.file][p.sheet, p.cell] == p.true


def test_the_history_of_the_demo_is_clean_but_for_one_explained_warning() -> None:
    past = [f for f in read_plan() if f.period < "2022-08" and f.kind != "late"]
    assert [(f.kind, bool(f.explanation)) for f in past] == [("outlier", True)]


def test_the_drops_given_are_left_as_they_were(drops: list[Drop]) -> None:
    before = list(drops)
    planted_in(drops, *CELL_FAULTS.values())
    assert drops == before


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (replace(CELL_FAULTS["sign"], period="2023-01"), "no such return"),
        (replace(CELL_FAULTS["sign"], column="nonsense"), "no column nonsense"),
        (replace(CELL_FAULTS["sign"], row="张三银行"), "0 rows"),
        (replace(CELL_FAULTS["bad_check_digit"], row=99_999), "not 99999"),
    ],
)
def test_a_plan_that_cannot_be_planted_is_told(fault: Fault, message: str, drops: list[Drop]) -> None:
    with pytest.raises(FaultPlanError, match=message):
        planted_in(drops, fault)


def test_an_unknown_kind_is_told(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("- {kind: gremlin, district: jb, form: F10, period: 2022-08}\n", encoding="utf-8")
    with pytest.raises(FaultPlanError, match="unknown kind"):
        read_plan(plan)
