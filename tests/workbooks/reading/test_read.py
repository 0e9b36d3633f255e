from dataclasses import replace
from decimal import Decimal

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.load import load
from samples.derive import DERIVED
from samples.drops import make_filings
from samples.workbook import render
from tests.samples.frames import wide_frames
from tests.workbooks.returns import READER, a_book, lay_header, lay_table, read, received, saved
from transforms.model import FINDINGS, wide_schema
from workbooks.reading.cells import Book, Cell
from workbooks.reading.guard import Limits
from workbooks.reading.opening import read_book
from workbooks.reading.read import HEADS, Received, collect, read_returns
from workbooks.reading.unreadable import UnreadableReturn

D = Decimal
ICBC = {"bank_code": "工商银行", "open_bal": 100, "lent_m": 20.5, "close_bal": 120.5, "borrowers": 7}
ABC = {"bank_code": "ABC", "open_bal": 3, "lent_m": 4, "close_bal": 7, "borrowers": 2}
TOTAL = {"bank_code": "合 计", "open_bal": 103, "lent_m": 24.5, "close_bal": 127.5, "borrowers": 9}
BALANCES = {"F10.balances": [ICBC, ABC, TOTAL]}


def balances(readings):
    columns = ["bank_code", "kind", "parent", "open_bal", "lent_m", "close_bal", "borrowers"]
    return readings.tables["F10.balances"].select(columns).rows()


EXPECTED = [
    ("ICBC", "data", None, D(1_000_000), D(205_000), D(1_205_000), D(7)),
    ("ABC", "data", None, D(30_000), D(40_000), D(70_000), D(2)),
    ("合计", "total", None, D(1_030_000), D(245_000), D(1_275_000), D(9)),
]


def rules(readings):
    return sorted(rule.partition(".")[2] for rule in readings.findings["rule_id"])


def sentence(readings, name):
    (found,) = readings.findings.filter(pl.col("rule_id").str.ends_with(name))["message"].to_list()
    return found


# The broad test: what the sample district files, read back


def test_every_value_of_the_sample_district_reads_back(tmp_path):
    """Of June, with which a quarter ends: the quarterly return too."""
    filings = make_filings("jb", ["2022-06"], forms=DERIVED)
    items = []
    for filing in filings:
        path = tmp_path / filing.file
        path.write_bytes(render(filing))
        meta = filing.meta
        items.append(
            Received(
                filing.file, meta["district"], meta["department"], 1, filing.file, path, filing.form, filing.period
            )
        )
    readings = read_returns(items, load(), Limits())
    written, layout = wide_frames(filings)
    assert readings.unreadable == {}
    assert readings.findings.is_empty()
    for table in load().tables():
        got = readings.tables[table.code]
        assert got.height == written[table.code].height > 0
        # 其中 rows keep the words after 其中: as key, and their parent by its code.
        alike = pl.col("kind") != "part"
        for name in ["submission", "sheet", "row", "kind", *(c.code for c in table.columns)]:
            assert got.filter(alike)[name].to_list() == written[table.code].filter(alike)[name].to_list(), name
        for column in (c for c in table.columns if c.numeric and table.layout != "note"):
            half = f"{column.code}|half"
            assert got[half].to_list() == written[table.code][half].to_list(), half
    assert readings.layout.sort(pl.all()).equals(layout.sort(pl.all()))


def test_heads_tell_who_filed_what_and_for_when(tmp_path):
    readings = read(a_book(rows=BALANCES), form="F10")
    assert dict(readings.heads.schema) == dict(HEADS)
    (head,) = readings.heads.rows(named=True)
    assert head["form"] == head["form_scheduled"] == "F10"
    assert (head["district_told"], head["district_scheduled"]) == ("jb", "jb")
    assert (head["department_told"], head["department_scheduled"]) == ("finance_office", "finance_office")
    assert (head["period_told"], head["period_scheduled"], head["meta_period"]) == ("2022-08", "2022-08", "2022-08")
    assert head["unit"] == head["unit_scheduled"] == "万元、户、次"
    assert (head["reporter"], head["auditor"], head["phone"]) == ("陈静", "李雪梅", "023-67000000")
    assert (head["filled_on"], head["note"], head["row"]) == ("2022-09-06", "本表按月填报。", 2)
    assert head["title"] == "江北区“银税互动”贷款余额滚动表"


@pytest.mark.parametrize("told", ["2022年8月", "2022-08", "202208", "2022.8", "２０２２年０８月", "2022/8"])
def test_every_spelling_of_a_period_is_read(told):
    book = a_book(rows=BALANCES)
    book.worksheets[0]["C2"] = f"统计期:{told}"
    assert read(book).heads["period_told"].to_list() == ["2022-08"]


@pytest.mark.parametrize(
    "told", ["2022年二季度", "2022年第二季度", "2022Q2", "2022q2", "2022年2季度", "2022第2季度", "２０２２Ｑ２"]
)
def test_every_spelling_of_a_quarter_is_read(told):
    book = a_book(rows=BALANCES)
    book.worksheets[0]["C2"] = f"统计期:{told}"
    assert read(book).heads["period_told"].to_list() == ["2022Q2"]


@pytest.mark.parametrize(
    ("told", "code"),
    [("区金融办", "finance_office"), ("江北区金融办", "finance_office"), ("区金融发展中心", "finance_office"),
     ("重庆市江北区税务局", "tax"), ("区经信办", "区经信办")],
)  # fmt: skip
def test_a_department_is_known_by_its_aliases(told, code):
    book = a_book(rows=BALANCES)
    book.worksheets[0]["A2"] = f"填报单位（盖章）：{told}"
    assert read(book).heads["department_told"].to_list() == [code]


def test_labels_and_values_may_stand_in_two_cells():
    book = a_book(rows=BALANCES)
    ws = book.worksheets[0]
    for place, text in {"A2": "填报单位：", "B2": "区税务局", "C2": "统计期：", "D2": "2022年7月", "E2": "单位：",
                        "F2": "亿元，户"}.items():  # fmt: skip
        ws[place] = text
    (head,) = read(book).heads.rows(named=True)
    assert (head["department_told"], head["period_told"], head["unit"]) == ("tax", "2022-07", "亿元、户")


# Which form


def test_a_renamed_file_is_known_by_its_template():
    readings = read(a_book(rows=BALANCES), form="", period="")
    assert readings.identified.rows() == [("甲", "F10", "2022-08", 1)]
    assert readings.tables["F10.balances"]["period"].unique().to_list() == ["2022-08"]


def test_without_a_template_code_the_headers_tell_the_form():
    readings = read(a_book(rows=BALANCES, meta=False), form="", period="")
    assert readings.identified.rows() == [("甲", "F10", "2022-08", 1)]
    assert readings.heads["template_version"].to_list() == [None]
    assert readings.heads["district_told"].to_list() == ["jb"]
    assert balances(readings) == EXPECTED


def test_the_headers_outweigh_a_template_code_of_another_form():
    book = a_book(rows=BALANCES)
    book["_meta"]["B1"] = "F03"
    readings = read(book, form="F03")
    assert readings.heads.select("form", "form_scheduled").rows() == [("F10", "F03")]
    assert "H01.template" in rules(readings)
    assert balances(readings) == EXPECTED


def test_where_headers_fit_two_forms_the_schedule_decides(tmp_path):
    book = a_book("F02.vouchers", meta=False)
    lay_table(book.create_sheet("附"), load().table("F10.balances"), [ICBC])
    path = tmp_path / "a.xlsx"
    path.write_bytes(saved(book))
    item = received(form="F02")
    readings = read_returns(
        [Received(item.submission, "jb", "finance_bureau", 1, "a.xlsx", path, "F02", "2022-08")], load(), Limits()
    )
    assert readings.identified["form"].to_list() == ["F02"]


def test_a_workbook_without_a_known_header_is_refused():
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "通讯录"
    readings = read(book, a_book(rows=BALANCES))
    assert readings.unreadable["甲"].code == "no_table"
    assert "表头" in readings.unreadable["甲"].sentence
    assert readings.identified["submission"].to_list() == ["乙"]


def test_every_table_is_there_even_when_nobody_told_it():
    readings = collect([], {}, load())
    for table in load().tables():
        assert dict(readings.tables[table.code].schema) == wide_schema(table)
        assert readings.tables[table.code].is_empty()
    assert dict(readings.findings.schema) == dict(FINDINGS)


# Where the tables stand


def test_a_table_may_stand_anywhere():
    book = a_book(meta=False)
    ws = book.create_sheet("八月数据", 0)
    book.remove(book.worksheets[1])
    lay_table(ws, load().table("F10.balances"), BALANCES["F10.balances"], top=7, left=4)
    readings = read(book)
    assert balances(readings) == EXPECTED
    assert readings.tables["F10.balances"]["row"].to_list() == [11, 12, 13]
    letters = dict(readings.layout.select("code", "letter").iter_rows())
    assert (letters["bank_code"], letters["close_bal"]) == ("D", "J")


def test_rows_and_columns_may_be_inserted():
    book = openpyxl.Workbook()
    ws = book.worksheets[0]
    lay_table(ws, load().table("F10.balances"), BALANCES["F10.balances"])
    for merged in list(ws.merged_cells.ranges):
        ws.unmerge_cells(str(merged))
    ws.insert_rows(6)
    ws.insert_rows(3)
    ws.insert_cols(3)
    ws["C4"], ws["C6"] = "核对", "已核"
    readings = read(book)
    assert balances(readings) == EXPECTED
    assert rules(readings) == ["balances.I03.unknown_columns"]
    assert "“核对”（C 列）" in sentence(readings, "unknown_columns")


def test_an_unmerged_group_reaches_over_the_columns_beside_it():
    policy = {"policy_code": "ZZS_LDTS", "amount_m": 5, "amount_ytd": 6}
    book = a_book("F01.summary", rows={"F01.summary": [policy]})
    ws = book.worksheets[0]
    for merged in list(ws.merged_cells.ranges):
        ws.unmerge_cells(str(merged))
    row = read(book).tables["F01.summary"].row(0, named=True)
    assert (row["amount_m"], row["amount_ytd"], row["amount_ytd_ly"]) == (D(50_000), D(60_000), None)


def test_headers_are_known_in_other_width_and_punctuation():
    book = a_book(rows=BALANCES)
    ws = book.worksheets[0]
    ws["C3"], ws["G3"], ws["K3"], ws["L3"] = "期初\n余额", "期末　余额", "其中：信用贷款余额（万元）", "不良余额(万元)"
    ws["I4"] = "（％）"
    readings = read(book)
    assert balances(readings) == EXPECTED
    assert readings.findings.is_empty()
    assert readings.layout.height == 13


def test_a_header_in_another_unit_is_a_finding():
    book = a_book(rows=BALANCES)
    book.worksheets[0]["G3"] = "期末余额(亿元)"
    readings = read(book)
    assert rules(readings) == ["balances.H03.header_unit"]
    assert "表1 余额滚动!G4 表头写的单位是“亿元”" in sentence(readings, "header_unit")


def test_a_missing_column_is_named_and_the_rest_is_read():
    book = a_book(rows=BALANCES)
    book.worksheets[0]["G3"] = "月末数"
    readings = read(book)
    assert rules(readings) == ["balances.H01.columns", "balances.I03.unknown_columns"]
    assert "缺少列：“期末余额”" in sentence(readings, "H01.columns")
    assert readings.tables["F10.balances"]["open_bal"].to_list() == [D(1_000_000), D(30_000), D(1_030_000)]
    assert readings.tables["F10.balances"]["close_bal"].null_count() == 3


def test_two_columns_of_one_header_are_not_chosen_between_in_silence():
    book = a_book(rows=BALANCES)
    book.worksheets[0]["N3"] = "期末余额"
    readings = read(book)
    assert rules(readings) == ["balances.H01.doubled_column"]
    assert "（G4、N4）" in sentence(readings, "doubled_column")


def test_a_missing_table_is_named():
    readings = read(a_book("F01.summary", "F01.refunds"))
    assert rules(readings) == ["deferrals.H01.table"]
    assert "表3 缓缴税费滚动" in sentence(readings, "H01.table")


def test_several_tables_may_share_a_sheet():
    book = openpyxl.Workbook()
    ws = book.worksheets[0]
    end = lay_table(ws, load().table("F03.entities"), [{"entity_type": "私营企业", "open_n": 5}])
    ws.cell(end, 1, "注:第一张表。")
    end = lay_table(ws, load().table("F03.startup"), [{"online_n": 9, "avg_hours": 2.5}], top=end + 2)
    ws.cell(end, 1, "注:第二张表。")
    readings = read(book)
    assert readings.tables["F03.entities"]["open_n"].to_list() == [D(5)]
    assert readings.tables["F03.startup"]["avg_hours"].to_list() == [D("2.5")]
    assert readings.heads["note"].to_list() == ["第一张表。", "第二张表。"]
    assert readings.heads["unit"].to_list() == ["户、万元", "户、小时、元"]


def test_a_table_ends_where_the_header_of_the_next_begins():
    book = openpyxl.Workbook()
    ws = book.worksheets[0]
    end = lay_table(ws, load().table("F03.entities"), [{"entity_type": "私营企业", "open_n": 5}])
    lay_header(ws, load().table("F03.startup"), end, 1)
    ws.cell(end + 1, 1, 9)
    readings = read(book)
    assert readings.tables["F03.entities"]["open_n"].to_list() == [D(5)]
    assert readings.tables["F03.startup"]["online_n"].to_list() == [D(9)]


def test_of_two_sheets_with_one_table_the_visible_one_counts():
    book = a_book(rows=BALANCES)
    copy = book.create_sheet("旧稿", 0)
    lay_table(copy, load().table("F10.balances"), [ABC])
    copy.sheet_state = "hidden"
    readings = read(book)
    assert balances(readings) == EXPECTED
    assert rules(readings) == ["balances.I01.second_table"]
    assert "未读“旧稿”" in sentence(readings, "second_table")


def test_a_table_on_a_hidden_sheet_alone_is_read():
    book = a_book(rows=BALANCES)
    book.create_sheet("说明", 0)
    book.worksheets[1].sheet_state = "hidden"
    assert balances(read(book)) == EXPECTED


# Rows


def test_blank_rows_and_repeated_headers_are_no_rows():
    blank = {"bank_code": "  "}
    header = {"bank_code": "银行代码", "year_open": "年初余额", "open_bal": "期初余额", "close_bal": "期末余额"}
    book = a_book(rows={"F10.balances": [ICBC, blank, header, ABC, {}, TOTAL]})
    assert balances(read(book)) == EXPECTED


def test_parts_know_the_row_that_they_belong_to():
    rows = [
        {"entity_type": "私营企业", "open_n": 10},
        {"entity_type": "  其中：民营科技企业", "open_n": 4},
        {"entity_type": "外资企业", "open_n": 3},
        {"entity_type": "其中:港资", "open_n": 1},
        {"entity_type": "　　台资", "open_n": 1},
        {"entity_type": " 个体工商户", "open_n": 8},
        {"entity_type": "小 计", "open_n": 21},
        {"entity_type": "总　计", "open_n": 21},
    ]
    table = read(a_book("F03.entities", rows={"F03.entities": rows})).tables["F03.entities"]
    assert table.select("entity_type", "kind", "parent").rows() == [
        ("私营企业", "data", None),
        ("民营科技企业", "part", "私营企业"),
        ("外资企业", "data", None),
        ("港资", "part", "外资企业"),
        ("台资", "part", "外资企业"),
        ("个体工商户", "data", None),
        ("小计", "subtotal", None),
        ("合计", "total", None),
    ]
    assert table["entity_type|text"][1] == "其中：民营科技企业"


def test_an_indented_row_is_a_part():
    rows = [{"entity_type": "私营企业", "open_n": 10}, {"entity_type": "民营科技企业", "open_n": 4}]
    book = a_book("F03.entities", rows={"F03.entities": rows})
    book.worksheets[0]["A6"].alignment = openpyxl.styles.Alignment(indent=2)
    assert read(book).tables["F03.entities"].select("kind", "parent").rows() == [("data", None), ("part", "私营企业")]


def test_a_total_below_a_ledger_is_no_record():
    rows = [
        {"seq": 1, "taxpayer_key": "A1", "tax_period": "2022-07", "voucher_no": "V1", "refund_amount": 5},
        {"seq": 2},
        {"seq": "合计", "refund_amount": 5},
    ]
    readings = read(a_book("F01.refunds", rows={"F01.refunds": rows}))
    assert readings.tables["F01.refunds"].select("kind", "taxpayer_key", "seq|text").rows() == [
        ("data", "A1", "1"),
        ("total", None, None),
    ]


def test_hidden_rows_are_read_and_told():
    book = a_book(rows=BALANCES)
    book.worksheets[0].row_dimensions[6].hidden = True
    readings = read(book)
    assert balances(readings) == EXPECTED
    assert "第 6 行是隐藏行" in sentence(readings, "hidden_rows")


def test_figures_below_the_notes_are_not_lost_in_silence():
    book = a_book(rows=BALANCES)
    ws = book.worksheets[0]
    ws["A12"], ws["C12"], ws["G12"] = "建设银行", 5, 6
    readings = read(book)
    assert balances(readings) == EXPECTED
    assert "第 12 行起在注释之后还有数据" in sentence(readings, "below_notes")


def test_a_key_merged_over_its_rows_is_the_key_of_each():
    rows = [{"budget_item": "1010101", "refund_kind": k, "n_m": n} for k, n in (("留抵退税", 3), ("误收", 4))]
    book = a_book("F02.summary", rows={"F02.summary": rows})
    ws = book.worksheets[0]
    ws["A6"] = None
    ws.merge_cells("A5:A6")
    assert read(book).tables["F02.summary"].select("budget_item", "refund_kind", "n_m").rows() == [
        ("1010101", "留抵退税", D(3)),
        ("1010101", "误收", D(4)),
    ]


def test_a_table_of_one_row_takes_one_row():
    readings = read(a_book("F03.startup", rows={"F03.startup": [{"online_n": 9}, {"online_n": 8}]}))
    assert readings.tables["F03.startup"]["online_n"].to_list() == [D(9)]
    assert "startup.H06.several_rows" in rules(readings)


# Notes


def test_figures_told_in_a_note():
    book = a_book("F05.items", rows={"F05.items": [{"item_code": "1"}]})
    ws = book.worksheets[0]
    ws["A5"] = "注：时限压缩比例89.2％，平均跑动次数0.17次；窗口日均出件300余件；事项变更：新增2项。"
    readings = read(book)
    row = readings.tables["F05.told"].row(0, named=True)
    assert (row["cut_rate"], row["cut_rate|half"]) == (D("0.892"), D("0.0005"))
    assert (row["avg_trips"], row["avg_trips|half"]) == (D("0.17"), D("0.005"))
    assert (row["counter_daily"], row["counter_daily|half"]) == (D(300), D(5))
    assert row["change_log"] == "新增2项"
    assert (row["online_rate"], row["online_rate|text"]) == (None, None)
    assert (row["sheet"], row["row"], row["kind"]) == ("表2 事项目录", 5, "data")
    letters = readings.layout.filter(table="F05.told")
    assert letters["letter"].unique().to_list() == ["A"]


def test_a_note_that_tells_nothing_is_a_row_of_nothing():
    told = read(a_book("F05.items", rows={"F05.items": [{"item_code": "1"}]})).tables["F05.told"]
    assert told.height == 1
    assert told.select(c.code for c in load().table("F05.told").columns).row(0) == (None,) * 7


def test_notes_and_explanations_may_run_over_several_rows():
    book = a_book(rows={"F10.balances": [ICBC]})
    ws = book.worksheets[0]
    for row, text in enumerate(["注:1.按月填报。", "2.单位万元。", "说明:工行新增两户。", "填报人:杨帆  审核人:  "], 6):
        ws.cell(row, 1, text)
    (head,) = read(book).heads.rows(named=True)
    assert head["note"] == "1.按月填报。\n2.单位万元。"
    assert head["explanation"] == "工行新增两户。"
    assert (head["reporter"], head["auditor"]) == ("杨帆", None)


# Anything at all

WORDS = [
    "",
    "其中:",
    "合计",
    "注:",
    "填报人",
    "(%)",
    "1e400",
    "9" * 400,
    "银行代码",
    "期末余额",
    "单位:",
    "½",
    "ⅷ",
    "１，２",
]
SHEET = read_book(saved(a_book(rows=BALANCES))).sheets[0]


@st.composite
def spoilt_sheets(draw):
    cells = dict(SHEET.cells)
    for row, column, word in draw(
        st.lists(st.tuples(st.integers(1, 12), st.integers(1, 15), st.sampled_from(WORDS) | st.text(max_size=4)))
    ):
        kind = draw(st.sampled_from(["text", "error", "bool"]))
        number_format = draw(st.sampled_from(["General", "0%", "[", ";;;", '"', "0.0.0"]))
        cells[row, column] = Cell(row, column, kind, word, None, True, number_format, draw(st.integers(0, 2)))
    merges = draw(st.lists(st.sampled_from(SHEET.merges), unique=True))
    return Book((replace(SHEET, cells=cells, merges=merges),), draw(st.booleans()))


@settings(max_examples=60, deadline=None)
@given(spoilt_sheets())
def test_whatever_a_sheet_holds_it_is_read_or_refused(book):
    try:
        told = READER.read(book)
    except UnreadableReturn:
        return
    collect([received("F10")], {"甲": told}, load())
