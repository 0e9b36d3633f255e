import subprocess
import sys
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbooks.returns import READER, read_cell
from workbooks.reading.cells import Cell
from workbooks.reading.values import CellReader, read_number

D = Decimal
MONEY, COUNT, RATE, HOURS = ("F10.balances", "close_bal"), ("F10.balances", "borrowers"), (
    "F10.balances", "vs_year_open_pct"), ("F03.startup", "avg_hours")  # fmt: skip
PAID = ("F01.refunds", "pay_date")


def shape(table, column):
    return next(c for t in READER.shapes.tables if t.code == table for c in t.columns if c.code == column)


def told(place, value, number_format="General"):
    """Value and half as Decimals, the text, the remark."""
    kind = "text" if isinstance(value, str) else "number"
    cell = Cell(1, 1, kind, str(value), None, True, number_format, 0)
    found = CellReader(shape(*place), READER.shapes).read(cell)
    number = [None if x is None else D(x) for x in (found.value, found.half)]
    return (*number, found.text, found.remark)


# Number cells: shown decimals, declared decimals


@pytest.mark.parametrize(
    ("number", "number_format", "value", "half", "remark"),
    [
        ("40589", "General", 405_890_000, 50, ""),
        ("40589", "0", 405_890_000, 5_000, ""),
        ("40589", "#,##0.00", 405_890_000, 50, ""),
        ("40589.1", "0", 405_891_000, 500, ""),
        ("40589.12", "#,##0", 405_891_200, 50, ""),
        ("40589.125", "General", 405_891_300, 50, "rounded"),
        ("40589.125", "0.000", 405_891_300, 50, "rounded"),
        ("-3.005", "0.00_);[Red](0.00)", -30_100, 50, ""),
        ("12", "0.0000", 120_000, 50, ""),
        ("12", '0.0"万元"', 120_000, 500, ""),
        ("12", "0.00E+00", 120_000, 50, ""),
        ("12", "@", 120_000, 50, ""),
    ],
)
def test_a_number_is_known_to_its_last_shown_digit(number, number_format, value, half, remark):
    assert told(MONEY, D(number), number_format) == (value, half, number, remark)


@pytest.mark.parametrize(
    ("number", "number_format", "value", "half"),
    [("59.36", "General", "0.5936", "0.00005"), ("0.5936", "0.00%", "0.5936", "0.00005"),
     ("0.59361234", "0.0%", "0.5936", "0.00005"), ("0.59", "0%", "0.59", "0.005"), ("59", "0", "0.59", "0.005")],
)  # fmt: skip
def test_a_percent_format_means_that_the_value_is_a_ratio(number, number_format, value, half):
    assert told(RATE, D(number), number_format)[:2] == (D(value), D(half))


def test_counts_are_exact_and_whole():
    assert told(COUNT, D(7)) == (7, 0, "7", "")
    assert told(COUNT, D("7.5")) == (None, None, "7.5", "not_whole")


def test_a_fraction_in_a_count_is_a_finding_with_its_cell():
    assert read_cell(*COUNT, 7.5)["rules"] == ["not_whole"]


def test_a_number_beyond_every_amount_is_not_taken():
    assert told(MONEY, D("1e300").to_integral_value())[0::3] == (None, "too_large")
    assert told(MONEY, "1" * 40)[0::3] == (None, "too_large")


@given(
    st.integers(-(10**9), 10**9),
    st.integers(0, 2),
    st.sampled_from(["0", "#,##0", "0_);(0)", '[Red]#,##0;"负"#,##0']),
)
def test_a_number_shown_at_some_decimals_reads_back_with_the_right_half(digits, decimals, pattern):
    """The truth rounds to what is shown: it lies within half of what is read, and half is half a shown unit."""
    shown = D(digits).scaleb(-decimals)
    number_format = pattern.replace("0", f"0.{'0' * decimals}") if decimals else pattern
    text = f"{shown.normalize():f}"
    found = read_number(text, number_format, shape(*MONEY))
    assert D(found.value) == shown * 10_000
    assert D(found.half) == D(5).scaleb(-decimals - 1) * 10_000


@given(st.decimals(-(10**9), 10**9, places=6))
def test_more_digits_than_declared_are_rounded_half_up(number):
    found = read_number(f"{number:f}", "General", shape(*MONEY))
    assert D(found.value) == number.quantize(D("0.01"), ROUND_HALF_UP) * 10_000
    assert abs(D(found.value) - number * 10_000) <= D(found.half) == 50


# Numbers told as text


@pytest.mark.parametrize(
    ("text", "value", "half", "remark"),
    [
        ("1,234.50", 12_345_000, 50, "number_text"),
        ("１，２３４．５", 12_345_000, 50, "number_text"),
        ("(1,234.50)", -12_345_000, 50, "number_text"),
        ("−12", -120_000, 50, "number_text"),
        (" 12 ", 120_000, 50, "number_text"),
        ("12.345", 123_500, 50, "rounded"),
        ("12.23亿元", 1_223_000_000, 500_000, "own_unit"),
        ("1.2亿元", 120_000_000, 5_000_000, "own_unit"),
        ("1283.04万元", 12_830_400, 50, "number_text"),
        ("334.15 万元", 3_341_500, 50, "number_text"),
        ("30.03 亿", 3_003_000_000, 500_000, "bare_multiple"),
        ("320万", 3_200_000, 5_000, "bare_multiple"),
        ("310400元", 310_400, D("0.5"), "own_unit"),
        ("31万余元", 310_000, 10_000, "hedge"),
        ("约12.4亿元", 1_240_000_000, 10_000_000, "hedge"),
    ],
)
def test_money_told_as_text(text, value, half, remark):
    assert told(MONEY, text) == (value, half, text.strip(), remark)


@pytest.mark.parametrize(
    ("place", "text", "value", "half", "remark"),
    [
        (COUNT, "7608户", 7608, 0, "number_text"),
        (COUNT, "1.2万户", 12_000, 500, "own_unit"),
        (("F05.cases", "accept_m"), "5万件", 50_000, 5_000, "own_unit"),
        (("F05.cases", "accept_m"), "300余件", 300, 100, "hedge"),
        (("F05.cases", "accept_m"), "1,234多", 1234, 1, "hedge"),
        (RATE, "99.21%", D("0.9921"), D("0.00005"), "number_text"),
        (RATE, "89.5％", D("0.895"), D("0.0005"), "number_text"),
        (RATE, "99%以上", D("0.99"), D("0.01"), "hedge"),
        (HOURS, "3.5小时", D("3.5"), D("0.05"), "number_text"),
    ],
)
def test_counts_and_rates_told_as_text(place, text, value, half, remark):
    assert told(place, text) == (value, half, text, remark)


@pytest.mark.parametrize(
    ("place", "text", "remark"),
    [(HOURS, "3.5天", "wrong_unit"), (MONEY, "12%", "wrong_unit"), (MONEY, "12户", "wrong_unit"),
     (RATE, "12万", "wrong_unit"), (COUNT, "1.5户", "not_whole"), (MONEY, "1,23", ""), (MONEY, "十二", ""),
     (MONEY, "12.3.4", ""), (MONEY, "(12", ""), (MONEY, "12个亿", ""), (MONEY, "1e5", ""), (MONEY, "12-13", "")],
)  # fmt: skip
def test_what_is_no_number_of_the_column_stays_text(place, text, remark):
    assert told(place, text) == (None, None, text, remark)


def test_days_are_never_turned_into_working_days():
    assert told(("F05.items", "legal_days"), "3天") == (None, None, "3天", "wrong_unit")
    assert told(("F05.items", "legal_days"), "3工作日") == (3, 0, "3工作日", "number_text")


def test_a_unit_in_a_cell_is_told_with_what_was_made_of_it():
    assert read_cell(*MONEY, "320万")["rules"] == ["bare_multiple"]
    assert read_cell(*MONEY, "12.23亿元")["rules"] == ["own_unit"]


# Kinds of empty


@pytest.mark.parametrize("word", ["-", "—", "/", "无", "--", "未开展", "不适用", "涉密", "数据未出"])
def test_only_a_typed_zero_is_zero(word):
    assert told(MONEY, word) == (None, None, word, "")
    assert told(MONEY, D(0)) == (0, 50, "0", "")


def test_an_empty_cell_has_no_text():
    assert read_cell("F10.balances", "npl_bal", None)["text"] is None
    assert read_cell("F10.balances", "npl_bal", "  ")["text"] is None


def test_a_word_of_emptiness_in_another_width_is_the_word_that_rules_know():
    assert told(MONEY, "／")[2] == "/"
    assert told(MONEY, "未 开展")[2] == "未开展"


def test_a_code_list_may_hold_a_word_of_emptiness():
    found = CellReader(shape("F05.items", "cross_scope"), READER.shapes)
    assert found.read(Cell(1, 1, "text", "无", None, True, "General", 0)).value == "无"


# Errors and formulas


def test_an_error_cell_is_not_told():
    found = CellReader(shape(*MONEY), READER.shapes).read(Cell(1, 1, "error", "#REF!", "=A1", True, "General", 0))
    assert found == (None, "#REF!", None, "")


def test_a_formula_without_its_result_asks_to_be_saved():
    assert read_cell(*MONEY, "=1+1") == {"value": None, "text": "=1+1", "half": None, "rules": ["no_result"]}


def test_a_formula_with_its_result_is_a_number():
    found = CellReader(shape(*MONEY), READER.shapes).read(Cell(1, 1, "number", "2.5", "=A1", True, "General", 0))
    assert found.value == "25000"


# Dates and periods


@pytest.mark.parametrize(
    "value",
    [date(2022, 8, 31), "2022-08-31", "2022年8月31日", "2022/8/31", "2022.8.31", "20220831", 20220831, 44804,
     "２０２２年８月３１日"],
)  # fmt: skip
def test_every_spelling_of_a_date(value):
    assert read_cell(*PAID, value)["value"] == date(2022, 8, 31)


def test_serial_days_count_from_1904_where_the_book_does():
    assert CellReader(shape(*PAID), READER.shapes, date1904=True).read(
        Cell(1, 1, "number", "43342", None, True, "General", 0)
    ).value == "2022-08-31"  # fmt: skip


@pytest.mark.parametrize("text", ["2022-02-30", "8月31日", "未定", "2022-13-01", "31/8/2022"])
def test_what_is_no_date_stays_text(text):
    found = read_cell(*PAID, text)
    assert (found["value"], found["text"]) == (None, text)


@pytest.mark.parametrize("shown", ["12:00:00", "1900-02-29"])
def test_a_date_cell_may_show_no_date(shown):
    found = CellReader(shape(*PAID), READER.shapes).read(Cell(1, 1, "date", shown, None, True, "yyyy-mm-dd", 0))
    assert (found.value, found.text) == (None, shown)


def test_a_number_that_is_no_day_is_no_date():
    assert read_cell(*PAID, 12)["value"] is None


@pytest.mark.parametrize("value", ["2022-07", "2022年7月", "202207", 202207, "2022.7", "2022/07", date(2022, 7, 1)])
def test_every_spelling_of_a_tax_period(value):
    assert read_cell("F01.refunds", "tax_period", value)["value"] == "2022-07"


@pytest.mark.parametrize("text", ["20227", "2022-13", "7月", "2022"])
def test_what_is_no_period_stays_text(text):
    assert read_cell("F01.refunds", "tax_period", text)["value"] is None


# Codes


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        (("F10.balances", "bank_code"), "工商 银行", "ICBC"),
        (("F10.balances", "bank_code"), "ｉｃｂｃ", "ICBC"),
        (("F10.balances", "bank_code"), "南阳商业银行", "NCB"),
        (("F10.balances", "bank_code"), "渣打银行", "渣打银行"),
        (("F02.summary", "budget_item"), 1010101, "1010101"),
        (("F05.items", "is_instant"), "√", "是"),
        (("F05.items", "is_instant"), True, "是"),
        (("F05.items", "is_instant"), "N", "否"),
    ],
)
def test_codes_are_known_by_their_names(place, value, code):
    assert read_cell(*place, value)["value"] == code


def test_a_long_code_typed_as_a_number_has_lost_its_end():
    found = read_cell("F09.loans", "loan_no", 123456789012345678)
    assert (found["value"], found["rules"]) == (None, ["lost_digits"])


def test_a_code_keeps_its_leading_zeros():
    assert read_cell("F09.loans", "loan_no", "００123")["value"] == "00123"


def test_a_worker_reads_returns_without_polars():
    program = "import sys, workbooks.reading.parse; print(' '.join(sys.modules))"
    names = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {"polars", "openpyxl", "yaml"}.isdisjoint(names)
