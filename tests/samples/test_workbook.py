import json
import os
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from samples.calendar import working_day
from samples.drops import SHANGHAI, as_drop, make_filings, write_drops
from samples.filing import Filing
from samples.fixtures import health_filing
from samples.returns import lay, main
from samples.workbook import render


def the(filings: list[Filing], form: str, period: str = "2022-08") -> Filing:
    return next(f for f in filings if (f.form, f.period) == (form, period))


def opened(filing: Filing) -> Workbook:
    return load_workbook(BytesIO(render(filing)))


# Determinism


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    periods = ["2022-08"]
    first, _ = lay(tmp_path / "a", ["jb"], periods)
    second, _ = lay(tmp_path / "b", ["jb"], periods)
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]
    assert [p.stat().st_mtime for p in first] == [p.stat().st_mtime for p in second]


def test_another_seed_gives_other_bytes() -> None:
    ours, others = (the(make_filings("jb", ["2022-08"], seed), "F10") for seed in (20220831, 5))
    assert render(ours) != render(others)


# Furniture


def test_a_return_is_furnished_as_the_office_knows_it(clean: list[Filing]) -> None:
    book = opened(the(clean, "F03"))
    assert book.sheetnames == ["表1 市场主体", "表2 企业开办", "_meta"]
    ws = book["表1 市场主体"]
    assert ws["A1"].value == "江北区市场主体发展及企业开办注销情况表"
    row = [cell.value for cell in ws[2] if cell.value]
    assert row == ["填报单位(盖章):区市场监管局", "统计期:2022年8月", "单位:户、万元"]
    merged = {str(r) for r in ws.merged_cells.ranges}
    assert {"A1:N1", "A3:A4", "C3:H3", "J3:J3"} & merged == {"A1:N1", "A3:A4", "C3:H3"}
    assert (ws["C3"].value, ws["C4"].value, ws["D4"].value) == ("本月", "新设", "注销")
    assert (ws["E4"].value, ws["J3"].value, ws["J4"].value) == ("其中:简易注销", "本年累计", "新设")
    keys = [ws.cell(r, 1).value for r in range(5, 12)]
    assert keys[1:3] == ["私营企业", "  其中:民营科技企业"]
    assert keys[6] == "合计"
    assert ws["A12"].value.startswith("注:")
    assert ws["A13"].value.startswith("填报人:王蕾  审核人:周明  联系电话:")
    assert ws["A13"].value.endswith(f"填报日期:{the(clean, 'F03').dropped:%Y-%m-%d}")


def test_the_hidden_sheet_names_the_return(clean: list[Filing]) -> None:
    meta = opened(the(clean, "F01"))["_meta"]
    assert meta.sheet_state == "hidden"
    assert dict(meta.values) == {
        "template": "F01",
        "template_version": "1",
        "district": "jb",
        "department": "tax",
        "period": "2022-08",
        "dictionary_version": "1",
    }


def test_numbers_are_numbers_with_formats_and_dates_are_dates(clean: list[Filing]) -> None:
    entities = opened(the(clean, "F03"))["表1 市场主体"]
    growth, total, capital = entities["L11"], entities["J11"], entities["N11"]
    assert (growth.value, growth.number_format) == (42.72, "0.00")
    assert (total.value, total.number_format) == (17514, "#,##0")
    assert capital.number_format == "#,##0.00"
    refunds = opened(the(clean, "F01"))["表2 留抵退税台账"]
    assert refunds["G4"].value[:5] in ("2021-", "2022-")
    assert isinstance(refunds["H4"].value, datetime)
    assert refunds["M4"].data_type == "s"


def test_every_cell_reads_back_as_it_was_filed(clean: list[Filing]) -> None:
    filing = the(clean, "F09")
    book = opened(filing)
    for sheet, cell, value in filing.cells():
        read = book[sheet][cell].value
        if isinstance(value, date):
            read = read.date()
        elif isinstance(value, Decimal):
            read = Decimal(str(read))
        assert read == value, (sheet, cell)


# When it arrives


def test_clean_returns_arrive_in_office_hours_of_working_days_in_time(clean: list[Filing]) -> None:
    from catalogue.load import load

    for filing in clean:
        due = working_day(filing.period, load().form(filing.form).due)
        assert filing.dropped.date() <= due
        assert working_day(filing.period, 1) <= filing.dropped.date()


def test_a_file_carries_its_drop_time(tmp_path: Path, clean: list[Filing]) -> None:
    filing = the(clean, "F10")
    (path,) = write_drops(tmp_path, [as_drop(filing)])
    assert path == tmp_path / "江北区/区金融办/F10_jb_202208_finance_office_V1.xlsx"
    assert datetime.fromtimestamp(os.stat(path).st_mtime, SHANGHAI).replace(tzinfo=None) == filing.dropped


# The fixtures


def test_changde_tells_7608_for_a_sum_of_7610(tmp_path: Path) -> None:
    f01, f05 = make_filings("cd")
    policies = f01.sheet("F01.summary")
    told = [policies.value(k, "benefit_times_ytd") for k in ("ZZS_LDTS", "HJ_ZZY", "XGM_MZ", "LSLF", "合计")]
    assert told == [177, 413, 6521, 499, 7608]
    assert policies.value("ZZS_LDTS", "amount_ytd") == "12.23亿元"
    assert policies.value("合计", "amount_ytd") == "12.42亿元"
    cases = f05.sheet("F05.cases")
    assert cases.value("合计", "online_m") == 6368
    assert cases.value("合计", "accept_ytd") == 8879
    assert f05.sheet("F05.items").note == "窗口日均出件300余件。"
    assert f01.folder == "常德经开区/经开区税务局"
    write_drops(tmp_path, map(as_drop, (f01, f05)))


def test_banan_rolls_to_40589_from_25470_in_whole_wan() -> None:
    filings = make_filings("bn")
    november, december = (the(filings, "F10", p).sheet("F10.balances") for p in ("2021-11", "2021-12"))
    told = [november.value("合计", c) for c in ("year_open", "close_bal", "vs_year_open", "vs_year_open_pct")]
    assert told == [25470, 40589, 15119, Decimal("59.36")]
    assert december.value("合计", "open_bal") == 40589
    assert opened(the(filings, "F10", "2021-11"))["表1 余额滚动"]["B5"].number_format == "0"
    cases = the(filings, "F05", "2021-11").sheet("F05.cases")
    assert [cases.value("合计", c) for c in ("onewin_m", "accept_m", "onewin_rate")] == ["—", 1238, Decimal("99.21")]


def test_the_health_workbook_tells_shares_of_213_that_cannot_be() -> None:
    items = health_filing().sheet("F05.items")
    assert len(items.rows) == 213
    assert sum(row.values["is_instant"] == "是" for row in items.rows) == 124
    assert items.note == "即办件比例58.2%,零跑动比例89.5%,全程网办比例89.5%。"


# The command


def test_the_command_lays_the_files_and_keeps_the_record_out_of_inbound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, truth = tmp_path / "plan.yaml", tmp_path / "var/planted.json"
    plan.write_text("- {kind: missing, district: bn, form: F10, period: 2021-12}\n", encoding="utf-8")
    given = ["--inbound", str(tmp_path / "inbound"), "--districts", "cd,bn", "--faults", str(plan)]
    assert main([*given, "--truth", str(truth)]) == 0
    assert len(list((tmp_path / "inbound").rglob("*.xlsx"))) == 4
    assert [p["kind"] for p in json.loads(truth.read_text(encoding="utf-8"))] == ["missing"]
    assert not list((tmp_path / "inbound").rglob("*.json"))
    assert "4 files" in capsys.readouterr().out
    assert main([*given, "--clean"]) == 0
    assert len(list((tmp_path / "inbound").rglob("*.xlsx"))) == 5
