"""The peer: what a good analyst writes for the same month with openpyxl, pandas and Great Expectations.

One script, one context for the whole run, suites built once a form, progress bars off, the cheaper way of openpyxl,
the cheapest result format. One validation a file, of its first sheet; ledgers are held to their rules in pandas. It
knows less than we do: floats, no cells, no history within the validation, no archive, no receipts, a plain workbook.
"""

import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.clock import START, Run
from benchmarks.corpus import LAST, load_corpus_catalogue
from transforms.model import Catalogue, Column, Table

EQUATIONS: Mapping[str, Mapping[str, tuple[tuple[str, int], ...]]] = {
    "F03": {
        "close_n": (("open_n", 1), ("new_m", 1), ("closed_m", -1), ("revoked_m", -1), ("in_m", 1), ("out_m", -1)),
    },
    "F10": {
        "close_bal": (("open_bal", 1), ("lent_m", 1), ("repaid_m", -1), ("writeoff_m", -1)),
        "vs_year_open": (("close_bal", 1), ("year_open", -1)),
    },
}
"""Column = sum of signed columns, row by row."""
GROWTHS = {
    "F01": (("amount_yoy", "amount_ytd", "amount_ytd_ly"),),
    "F03": (("new_yoy", "new_ytd", "new_ytd_ly"),),
    "F10": (("vs_year_open_pct", "close_bal", "year_open"),),
}
"""Percentage, now, base."""
CLOSING_WORDS = ("注", "说明", "填报人")
ROUNDING = 0.0051
NUMBERS = ("int", "money", "decimal", "pct")
FACES = {"F01": "税费优惠", "F02": "国库退库", "F03": "市场主体", "F09": "首贷续贷", "F10": "银税互动"}


def run_baseline(folder: Path) -> Run:
    run = Run()
    with run.stage(START):
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        import great_expectations as gx
        import openpyxl  # noqa: F401
        import pandas as pd  # noqa: F401
        from great_expectations.data_context.types.base import ProgressBarsConfig

        logging.getLogger("great_expectations").setLevel(logging.WARNING)
        catalogue = load_corpus_catalogue(folder)
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("files").add_dataframe_asset("file")
        batches = asset.add_batch_definition_whole_dataframe("whole")
        suites = {form: context.suites.add(_suite(form, catalogue)) for form in FACES}
    with run.stage("read"):
        books = {path: _read_book(path, catalogue) for path in sorted((folder / "inbound").rglob("*.xlsx"))}
    with run.stage("validate"):
        bad = set()
        for path, sheets in books.items():
            form, first, *rest = _form(path), *sheets.items()
            batch = batches.get_batch({"dataframe": _with_checks(form, first[1], catalogue.table(first[0]))})
            result = batch.validate(suites[form], result_format="BOOLEAN_ONLY")
            if not result.success or any(
                _ledger_is_bad(rows, catalogue.table(table), catalogue) for table, rows in rest
            ):
                bad.add(path)
    with run.stage("reconcile"):
        tables = _joined(books)
        differences = _reconcile(tables)
    with run.stage("publish"):
        written = [_write_month(folder, d.name, tables, differences) for d in catalogue.districts]
    run.counts = {"files": len(books), "returned": len(bad), "workbooks": len(written)}
    run.counts["KB published"] = sum(path.stat().st_size for path in written) >> 10
    return run


def _form(path: Path) -> str:
    return path.name.partition("_")[0]


# Reading


def _read_book(path: Path, catalogue: Catalogue) -> dict[str, Any]:
    """The sheets of a return as DataFrames by table code."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    tables = catalogue.form(_form(path)).tables
    found = {table.code: _read_sheet(sheet, table) for table, sheet in zip(tables, book.worksheets, strict=False)}
    book.close()
    return found


def _read_sheet(sheet: Any, table: Table) -> Any:
    import pandas as pd

    names = [column.code for column in table.columns]
    rows = []
    for row in sheet.iter_rows(min_row=5 if any(c.group for c in table.columns) else 4, values_only=True):
        if str(row[0] or "").startswith(CLOSING_WORDS):
            break
        rows.append(row[: len(names)])
    frame = pd.DataFrame(rows, columns=names)
    frame = frame[~frame[names[0]].astype(str).str.contains("其中")].reset_index(drop=True)
    for column in table.columns:
        if column.type in NUMBERS:
            frame[column.code] = pd.to_numeric(frame[column.code], errors="coerce")
        elif column.type == "date":
            frame[column.code] = pd.to_datetime(frame[column.code], errors="coerce")
    return frame


# Validating


def _must_be_told(column: Column) -> bool:
    return column.required and column.type != "text"


def _words(column: Column, catalogue: Catalogue) -> list[str]:
    return [word for code in catalogue.code_lists[column.codes].codes for word in (code.code, code.name, *code.aliases)]


def _suite(form: str, catalogue: Catalogue) -> Any:
    """The rules of a form's first sheet: told, in the list, not negative, unique, adding up, growth."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    table = catalogue.form(form).tables[0]
    rules: list[Any] = []
    for column in table.columns:
        if _must_be_told(column):
            rules.append(gxe.ExpectColumnValuesToNotBeNull(column=column.code))
        if column.codes:
            rules.append(gxe.ExpectColumnValuesToBeInSet(column=column.code, value_set=_words(column, catalogue)))
        if column.type in NUMBERS and not column.signed:
            rules.append(gxe.ExpectColumnValuesToBeBetween(column=column.code, min_value=0))
        if column.part_of:
            rules.append(
                gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                    column_A=column.part_of,
                    column_B=column.code,
                    or_equal=True,
                    ignore_row_if="either_value_is_missing",
                )
            )
    rules.append(
        gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key))
        if len(table.key) > 1
        else gxe.ExpectColumnValuesToBeUnique(column=table.key[0])
    )
    for check, slack in _checks(form, table).items():
        rules.append(gxe.ExpectColumnValuesToBeBetween(column=check, min_value=-slack, max_value=slack))
    return gx.ExpectationSuite(name=form, expectations=rules)


def _checks(form: str, table: Table) -> dict[str, float]:
    """Columns of `_with_checks` that must be zero, and within what: the rounding of all that they sum."""
    sums = {f"{column.code}|footing": ROUNDING * 11 for column in table.columns if column.additive}
    equal = {f"{name}|equation": ROUNDING * (1 + len(parts)) for name, parts in EQUATIONS.get(form, {}).items()}
    growth = {f"{name}|growth": ROUNDING for name, *_ in GROWTHS.get(form, ())}
    return {**sums, **equal, **growth}


def _with_checks(form: str, frame: Any, table: Table) -> Any:
    """The data rows with what each sum, equation and growth is off by."""
    is_total = frame[table.columns[0].code] == "合计"
    rows, total = frame[~is_total].reset_index(drop=True), frame[is_total]
    off: dict[str, Any] = {}
    for column in table.columns:
        if column.additive:
            off[f"{column.code}|footing"] = rows[column.code].sum() - total[column.code].iloc[0]
    for name, parts in EQUATIONS.get(form, {}).items():
        off[f"{name}|equation"] = sum(rows[part] * sign for part, sign in parts) - rows[name]
    for name, now, base in GROWTHS.get(form, ()):
        growth = (rows[now] / rows[base] - 1) * 100 - rows[name]
        off[f"{name}|growth"] = growth.where(rows[base] > 0)
    return rows.assign(**off)


def _ledger_is_bad(rows: Any, table: Table, catalogue: Catalogue) -> bool:
    for column in table.columns:
        values = rows[column.code]
        if _must_be_told(column) and values.isna().any():
            return True
        if column.codes and not values.dropna().isin(_words(column, catalogue)).all():
            return True
        if column.type in NUMBERS and not column.signed and (values < 0).any():
            return True
    return bool(table.key) and bool(rows.duplicated(list(table.key)).any())


# Reconciling


def _joined(books: Mapping[Path, Mapping[str, Any]]) -> dict[str, Any]:
    """Every table over all files, with district and period."""
    import pandas as pd

    parts: dict[str, list[Any]] = {}
    for path, sheets in books.items():
        month = path.name.split("_")[2]
        where = {"district": path.parts[-3], "period": int(month[:4]) * 12 + int(month[4:]) - 1}
        for table, rows in sheets.items():
            parts.setdefault(table, []).append(rows.assign(**where))
    return {table: pd.concat(frames, ignore_index=True) for table, frames in parts.items()}


def _reconcile(tables: Mapping[str, Any]) -> Any:
    import pandas as pd

    carried = [
        _carried(tables[table], key, opening, closing)
        for table, key, opening, closing in (
            ("F10.balances", "bank_code", "open_bal", "close_bal"),
            ("F03.entities", "entity_type", "open_n", "close_n"),
        )
    ]
    found = pd.concat([_ledgers(tables), _refunds_ytd(tables), _centre(tables), *carried], ignore_index=True)
    return found[found["left"].isna() | found["right"].isna() | ((found["left"] - found["right"]).abs() > ROUNDING)]


def _told(frame: Any, name: str, key: str, left: str, right: str) -> Any:
    columns = ["district", "period", key, left, right]
    return frame[columns].set_axis(["district", "period", "key", "left", "right"], axis=1).assign(rule=name)


def _ledgers(tables: Mapping[str, Any]) -> Any:
    vouchers = tables["F02.vouchers"]
    paid = vouchers[(vouchers["refund_kind"] == "留抵退税") & (vouchers["status"] == "已退")]
    refunds = tables["F01.refunds"]
    both = refunds[refunds["pay_date"].notna()].merge(paid, on=["district", "period", "voucher_no"], how="outer")
    return _told(both, "R01", "voucher_no", "refund_amount", "amount")


def _refunds_ytd(tables: Mapping[str, Any]) -> Any:
    left, right = tables["F01.summary"], tables["F02.summary"]
    left = left[left["policy_code"].isin(["ZZS_LDTS", "增值税留抵退税"])]
    right = right[right["refund_kind"] == "留抵退税"]
    both = left.merge(right, on=["district", "period"], suffixes=("_tax", "_treasury"))
    return _told(both, "R02", "policy_code", "amount_ytd_tax", "amount_ytd_treasury")


def _centre(tables: Mapping[str, Any]) -> Any:
    """Loans of the centre that exceed what the bank lent."""
    loans = tables["F09.loans"]
    drawn = loans[(loans["product"] == "银税互动")]
    drawn = drawn[drawn["drawdown_date"].dt.year * 12 + drawn["drawdown_date"].dt.month - 1 == drawn["period"]]
    sums = drawn.groupby(["district", "period", "bank_code"], as_index=False)["amount"].sum()
    both = sums.merge(tables["F10.balances"], on=["district", "period", "bank_code"])
    return _told(both[both["amount"] > both["lent_m"]], "R16", "bank_code", "amount", "lent_m")


def _carried(rows: Any, key: str, opening: str, closing: str) -> Any:
    before = rows[["district", "period", key, closing]].assign(period=rows["period"] + 1)
    both = rows[["district", "period", key, opening]].merge(before, on=["district", "period", key])
    return _told(both, "R17", key, opening, closing)


# Publishing


def _write_month(folder: Path, district: str, tables: Mapping[str, Any], differences: Any) -> Path:
    """A sheet a form with the month's rows and their months before in a chart, and the differences."""
    from openpyxl import Workbook

    book = Workbook(write_only=False)
    book.remove(book.worksheets[0])
    month = int(LAST[:4]) * 12 + int(LAST[5:]) - 1
    for form, name in FACES.items():
        frame = next(rows for table, rows in tables.items() if table.startswith(form))
        mine = frame[frame["district"] == district]
        latest = (
            mine[mine["period"] == mine["period"].max()]
            if form not in ("F03", "F10")
            else mine[mine["period"] == month]
        )
        _write_sheet(book.create_sheet(name), f"{district}{name}", latest.columns[:-2], latest)
    mine = differences[differences["district"] == district]
    _write_sheet(book.create_sheet("差异"), f"{district}勾稽差异", mine.columns, mine)
    target = folder / "published" / f"{district}_{LAST}.xlsx"
    target.parent.mkdir(exist_ok=True)
    book.save(target)
    return target


def _write_sheet(sheet: Any, title: str, columns: Iterable[str], frame: Any) -> None:
    from openpyxl.chart import BarChart, Reference
    from openpyxl.styles import Border, Font, PatternFill, Side

    thin, bold, grey = Side(style="thin"), Font(bold=True), PatternFill("solid", fgColor="FFF2F2F2")
    grid, names = Border(left=thin, right=thin, top=thin, bottom=thin), list(columns)
    sheet.append([title])
    sheet.append(names)
    for values in frame[names].itertuples(index=False):
        sheet.append([None if value != value else value for value in values])
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.border = grid
            if cell.row == 2:
                cell.font, cell.fill = bold, grey
            elif isinstance(cell.value, float):
                cell.number_format = "#,##0.00"
    sheet["A1"].font = bold
    sheet.freeze_panes = "B3"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=len(names), min_row=2, max_row=2 + len(frame)), titles_from_data=True)
    sheet.add_chart(chart, f"A{len(frame) + 5}")
