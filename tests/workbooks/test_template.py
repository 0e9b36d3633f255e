"""A template that a reporter has filled in reads back as what was filled in, without a word to say about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.formula import Tokenizer
from openpyxl.formula.translate import Translator
from openpyxl.worksheet.worksheet import Worksheet

from catalogue.load import load
from samples.drops import as_drop, make_filings
from samples.filing import Filing, Row, Sheet, Value
from tests.conftest import DERIVED
from tests.samples.frames import wide_frames
from tests.workbooks.books import converted_all, pages_of
from tests.workbooks.returns import READER
from transforms import period
from transforms.model import RowKind
from workbooks.meta import checksum
from workbooks.reading.locate import REFERENCE
from workbooks.reading.read import Readings, Received, collect
from workbooks.templates.template import Template, build_template, lines_of

MONTHLY = [form for form in DERIVED if load().form(form).frequency != "quarterly"]
QUARTERLY = [form for form in DERIVED if load().form(form).frequency == "quarterly"]


@cache
def filed(form: str) -> Filing:
    """The return of the sample for the last period."""
    wanted = "2022Q2" if form in QUARTERLY else "2022-08"
    return next(f for f in make_filings("jb", [period.last_month(wanted)], forms=[form]) if f.period == wanted)


def template_of(filing: Filing, *, after_another: bool = True) -> bytes:
    """The template that this return was to be filled into; blank where there was no return before."""
    catalogue = load()
    form = catalogue.form(filing.form)
    last = period.last_month(period.previous(filing.period))
    earlier = make_filings("jb", [last], forms=[filing.form]) if after_another else []
    frames, _ = wide_frames(f for f in earlier if f.period == period.previous(filing.period))
    before = {t.code: lines_of(frames[t.code].iter_rows(named=True), t) for t in form.tables if t.layout != "note"}
    told = Template(
        form=form,
        district=("jb", "江北区"),
        department=(form.department, catalogue.department(form.department).name),
        period=filing.period,
        due=date(2022, 9, 9),
        file=filing.file,
        made_at=datetime(2022, 8, 25, 9, 0),
        before=before if after_another else {},
    )
    return build_template(told, catalogue)


def fill(template: bytes, filing: Filing) -> bytes:
    """Type a return into a template, as a reporter would: each row where its key stands, else where there is room."""
    book = openpyxl.load_workbook(BytesIO(template))
    for sheet in filing.sheets:
        _fill_sheet(book[sheet.name], sheet, filing)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@cache
def filled_in(form: str) -> tuple[Filing, bytes]:
    """The return of the sample, typed into its template."""
    filing = filed(form)
    return filing, fill(template_of(filing), filing)


def _fill_sheet(ws: Worksheet, sheet: Sheet, filing: Filing) -> None:
    first = sheet.first_row
    closing = next(r for r in range(first, ws.max_row + 1) if str(ws.cell(r, 1).value or "").startswith("注:"))
    codes = [c.code for c in sheet.table.columns]
    keys = [codes.index(k) + 1 for k in (sheet.table.key or codes[:1])]
    meanings = [_meanings(sheet, codes[k - 1]) for k in keys]
    places = {_key((ws.cell(r, k).value for k in keys), meanings): r for r in range(first, closing)}
    used: set[int] = set()
    for row in sheet.rows:
        told = _key((row.values.get(codes[k - 1]) for k in keys), meanings)
        if row.kind is RowKind.TOTAL:
            told = ("合计", *("" for _ in keys[1:]))
        place = places.get(told) if sheet.table.layout == "rows" and places.get(told) not in used else None
        blank = (r for r in range(first, closing) if r not in used and ws.cell(r, 1).value is None)
        place = place or next(blank)
        used.add(place)
        _fill_row(ws, place, row, codes)
    for r in range(first, closing):  # rows of last month that are no longer told
        if r not in used and ws.cell(r, 1).value is not None:
            for column in range(1, len(codes) + 1):
                ws.cell(r, column).value = None
    ws.cell(closing, 1).value = f"注:{sheet.note}" if sheet.note else "注:"
    ws.cell(closing + 1, 1).value = f"说明:{sheet.explanation}" if sheet.explanation else "说明:"
    signed = [c for c in ws[closing + 2] if c.value]
    for cell, word in zip(
        signed, (filing.reporter, filing.auditor, "023-67000000", f"{filing.dropped:%Y-%m-%d}"), strict=True
    ):
        cell.value = f"{cell.value}{word}"


def _meanings(sheet: Sheet, code: str) -> Mapping[str, str]:
    codes = sheet.table.column(code).codes
    return load().code_lists[codes].resolve() if codes else {}


def _key(told: Iterable[object], meanings: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    words = [str(word or "").strip() for word in told]
    return tuple(of.get(word, word) for word, of in zip(words, meanings, strict=True))


def _fill_row(ws: Worksheet, place: int, row: Row, codes: Sequence[str]) -> None:
    for column, code in enumerate(codes, start=1):
        value: Value = row.values.get(code)
        if value is not None or ws.cell(place, column).value is not None:
            ws.cell(place, column).value = value


def read_back(data: bytes, filing: Filing) -> Readings:
    """What a workbook tells, read without a worker: starting one takes longer than reading."""
    department = load().form(filing.form).department
    item = Received(filing.file, "jb", department, 1, filing.file, Path(filing.file), filing.form, filing.period)
    return collect([item], {item.submission: READER(data)}, load())


@cache
def truth_of(form: str) -> Mapping[str, pl.DataFrame]:
    """What the department's own workbook of the sample tells."""
    filing = filed(form)
    return read_back(as_drop(filing).bytes(), filing).tables


def values(tables: Mapping[str, pl.DataFrame], form: str) -> dict[str, list[tuple[object, ...]]]:
    """What was told, by table: kind, parent and every value; where it stood does not matter."""
    told = {}
    for table in load().form(form).tables:
        columns = [c.code for c in table.columns]
        told[table.code] = tables[table.code].sort("row").select("kind", "parent", *columns).rows()
    return told


@pytest.mark.parametrize("form", DERIVED)
def test_a_filled_template_reads_back_as_what_was_filled_in_and_there_is_nothing_to_say(form: str) -> None:
    filing, data = filled_in(form)
    told = read_back(data, filing)
    assert told.unreadable == {}
    assert told.findings["message"].to_list() == []
    assert values(told.tables, form) == values(truth_of(form), form)


@pytest.mark.parametrize("form", DERIVED)
def test_a_template_without_a_return_before_can_be_filled_as_well(form: str) -> None:
    filing = filed(form)
    blank = template_of(filing, after_another=False)
    sheets = [s for s in filing.sheets if len(s.rows) <= 25]
    told = read_back(fill(blank, replace(filing, sheets=tuple(sheets))), filing)
    assert told.unreadable == {}
    truth = truth_of(form)
    for sheet in sheets:
        code = sheet.table.code
        assert told.tables[code].height == truth[code].height
        for column in sheet.table.columns:
            if column.numeric:
                assert sorted(told.tables[code][column.code].drop_nulls()) == sorted(
                    truth[code][column.code].drop_nulls()
                )


@pytest.fixture(scope="module")
def filled() -> dict[str, tuple[Filing, bytes]]:
    """The returns of few rows typed into their templates: a spreadsheet program takes long over large ones."""
    filings = {f.form: f for f in map(filed, DERIVED) if sum(len(s.rows) for s in f.sheets) < 200}
    assert len(filings) >= 10
    return {form: filled_in(form) for form in filings}


@pytest.mark.office
def test_a_template_that_another_program_has_saved_reads_back_as_well(
    filled: Mapping[str, tuple[Filing, bytes]], tmp_path: Path
) -> None:
    saved = converted_all({form: data for form, (_, data) in filled.items()}, tmp_path, "xlsx")
    for form, (filing, _) in filled.items():
        told = read_back(saved[form].read_bytes(), filing)
        assert told.findings["message"].to_list() == [], form
        assert values(told.tables, form) == values(truth_of(form), form)


def open_template(form: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(template_of(filed(form))))


def test_input_cells_are_unlocked_the_rest_is_protected_and_there_is_no_password() -> None:
    book = open_template("F10")
    sheet = book["表1 余额滚动"]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert [sheet[c].protection.locked for c in ("A1", "A3", "B5", "H5")] == [True, True, False, False]


def test_drop_downs_come_from_the_code_lists() -> None:
    book = open_template("F09")
    sheet = book["表2 贷款台账"]
    kinds = {str(v.sqref)[0]: v for v in sheet.data_validations.dataValidation if v.type == "list"}
    place = kinds["G"].formula1.lstrip("=").replace("$", "").partition("!")
    words = [row[0].value for row in book[place[0]][place[2]]]
    assert words == [c.name for c in load().code_lists["loan_kinds"].codes]
    assert book[place[0]].sheet_state == "hidden"


def test_the_meta_sheet_tells_what_it_is_and_its_checksum_holds() -> None:
    book = open_template("F10")
    meta = {row[0].value: row[1].value for row in book["_meta"].iter_rows()}
    assert book["_meta"].sheet_state == "hidden"
    assert (meta["template"], meta["district"], meta["department"], meta["period"]) == (
        "F10",
        "jb",
        "finance_office",
        "2022-08",
    )
    assert meta["checksum"] == checksum(meta)
    assert meta["checksum"] != checksum(meta | {"period": "2022-09"})


def test_a_template_of_another_month_with_its_meta_edited_is_noticed() -> None:
    filing = filed("F10")
    book = openpyxl.load_workbook(BytesIO(filled_in("F10")[1]))
    cell = next(row[1] for row in book["_meta"].iter_rows() if row[0].value == "period")
    states = []
    for told in ("2022-08", "2022-09"):
        cell.value = told
        buffer = BytesIO()
        book.save(buffer)
        states += read_back(buffer.getvalue(), filing).heads["meta_state"].unique().to_list()
    assert states == ["相符", "改动"]


def test_figures_filed_before_stand_beside_their_rows() -> None:
    filing = filed("F10")
    catalogue = load()
    form = catalogue.form("F10")
    frames, _ = wide_frames(make_filings("jb", ["2022-07"], forms=["F10"]))
    table = form.table("F10.balances")
    lines = lines_of(frames[table.code].iter_rows(named=True), table)
    told = Template(
        form, ("jb", "江北区"), ("finance_office", "区金融办"), "2022-08", date(2022, 9, 9), filing.file,
        datetime(2022, 8, 25), {table.code: lines}, {("F10.balances.close_bal", "previous", "ABC"): Decimal("9037.20")},
    )  # fmt: skip
    sheet = openpyxl.load_workbook(BytesIO(build_template(told, catalogue)))["表1 余额滚动"]
    header = next(c for c in sheet[3] if str(c.value).startswith(f"{REFERENCE}:上期"))
    row = next(c.row for c in sheet["A"] if c.value == "农业银行")
    assert sheet.cell(row, header.column).value == 9037.20
    assert sheet.cell(3, header.column - 1).value is None
    assert sheet.cell(row, header.column).protection.locked


def test_the_same_template_has_the_same_bytes() -> None:
    assert template_of(filed("F10")) == template_of(filed("F10"))


# Live checks: a spreadsheet program works out the conditions


def with_probes(data: bytes, sheets: Sequence[str]) -> tuple[bytes, dict[str, list[str]]]:
    """The workbook with every live check of some sheets written out as a formula on a sheet of its own: by probe sheet
    the cells that it looks at."""
    book = openpyxl.load_workbook(BytesIO(data))
    looked: dict[str, list[str]] = {}
    for number, name in enumerate(sheets):
        ws, probe = book[name], book.create_sheet(f"probe{number}")
        places = looked[probe.title] = []
        for formats in ws.conditional_formatting:
            for rule in formats.rules:
                if rule.type == "expression" and '<>""' not in rule.formula[0][:12]:
                    base = str(formats.sqref).split(":")[0]
                    for cell in _cells(ws, str(formats.sqref)):
                        moved = Translator(f"={rule.formula[0]}", base).translate_formula(cell)
                        probe.cell(len(places) + 1, 1).value = _on(moved, name)
                        places.append(cell)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue(), looked


def broken_cells(saved: Path, looked: Mapping[str, Sequence[str]]) -> set[str]:
    """The cells that a spreadsheet program would make red."""
    book = openpyxl.load_workbook(saved, data_only=True)
    told = {
        (name, cell): book[name].cell(n, 1).value for name, of in looked.items() for n, cell in enumerate(of, start=1)
    }
    assert all(isinstance(value, bool) for value in told.values())
    return {cell for (_, cell), value in told.items() if value}


def _cells(ws: Worksheet, places: str) -> list[str]:
    found = ws[places]
    rows = found if isinstance(found, tuple) else ((found,),)
    return [cell.coordinate for row in rows for cell in row]


def _on(formula: str, sheet: str) -> str:
    """A formula of one sheet as it is written on another."""
    tokens = Tokenizer(formula)
    for token in tokens.items:
        if token.type == "OPERAND" and token.subtype == "RANGE" and "!" not in token.value:
            token.value = f"'{sheet}'!{token.value}"
    return tokens.render()


@pytest.mark.office
def test_a_clean_return_has_no_red_cell(filled: Mapping[str, tuple[Filing, bytes]], tmp_path: Path) -> None:
    probes = {
        form: with_probes(data, [s.name for s in filing.sheets if len(s.rows) * len(s.table.columns) < 600])
        for form, (filing, data) in filled.items()
    }
    saved = converted_all({form: data for form, (data, _) in probes.items()}, tmp_path, "xlsx")
    assert {form: broken for form, (_, of) in probes.items() if (broken := broken_cells(saved[form], of))} == {}


SLIPS = [
    ("F10", "农业银行", "close_bal", 10),
    ("F10", "合计", "lent_m", 1),
    ("F10", "农业银行", "npl_bal", 100_000),
    ("F05", "区公安分局", "online_rate", 1),
    ("F03", "私营企业", "closed_simple_m", 100_000),
    ("F01", "ZZS_LDTS", "amount_yoy", 1),
    ("F06", "区公安分局/评价器", "good_rate", 1),
]


@pytest.mark.office
def test_a_cell_that_breaks_a_rule_turns_red_before_the_file_is_sent(tmp_path: Path) -> None:
    probes, places = {}, {}
    for number, (form, key, column, by) in enumerate(SLIPS):
        filing = filed(form)
        sheet = filing.sheets[0]
        value = sheet.value(key, column)
        assert isinstance(value, int | Decimal)
        data = fill(template_of(filing), filing.with_sheet(sheet.with_value(key, column, value + by)))
        ws = openpyxl.load_workbook(BytesIO(data))[sheet.name]
        letter = sheet.letter(column)
        (place,) = (c.coordinate for c in ws[letter] if c.value in (value + by, float(value + by)))
        probes[str(number)], places[str(number)] = with_probes(data, [sheet.name]), place
    saved = converted_all({name: data for name, (data, _) in probes.items()}, tmp_path, "xlsx")
    assert [name for name, (_, of) in probes.items() if places[name] not in broken_cells(saved[name], of)] == []


@pytest.mark.office
def test_no_cell_of_a_template_is_too_narrow_in_print(
    filled: Mapping[str, tuple[Filing, bytes]], tmp_path: Path
) -> None:
    for form, pdf in converted_all({form: data for form, (_, data) in filled.items()}, tmp_path, "pdf").items():
        assert [page for page in pages_of(pdf) if "###" in page] == [], form
