"""What a sheet says of itself, against what was due and what was said before."""

from datetime import date

import polars as pl

from transforms.edits.heads import prepare_heads

TEXTS = "district form period table sheet submission department reporter explanation"
TOLD = "form_scheduled district_told district_scheduled department_told department_scheduled period_told meta_period unit unit_scheduled template_version"
USUAL = {
    **dict.fromkeys(TEXTS.split(), "x"),
    **dict.fromkeys(TOLD.split()),
    "district": "jb",
    "form": "F10",
    "form_scheduled": "F10",
    "period": "2022-08",
    "period_told": "2022-08",
    "district_told": "jb",
    "district_scheduled": "jb",
    "department": "finance_office",
    "unit": "万元、户",
    "unit_scheduled": "万元、户",
    "template_version": "1",
    "explanation": None,
    "arrived_on": date(2022, 9, 8),
    "file": "F10_jb_202208_finance_office_V1.xlsx",
    "version": 1,
    "meta_state": None,
    "meta_department": None,
    "title_district": None,
    "answered_version": None,
}
KINDS = {"arrived_on": pl.Date, "version": pl.Int64, "answered_version": pl.Int64}
SCHEMA = {name: KINDS.get(name, pl.String) for name in USUAL}
DUE = pl.DataFrame(
    {
        "district": ["jb"],
        "form": ["F10"],
        "period": ["2022-08"],
        "due": [date(2022, 9, 9)],
        "owner": ["finance_office"],
    }
)


def heads(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame([USUAL | row for row in rows], schema=SCHEMA, orient="row")


def broken(
    *rows: dict[str, object], known: pl.DataFrame | None = None, reporters: tuple[str, ...] = ()
) -> list[set[str]]:
    """The rules that each head breaks."""
    listed = [("jb", "finance_office", name) for name in reporters]
    prepared = prepare_heads(heads(*rows), heads() if known is None else known, DUE, listed)
    assert prepared.height == len(rows)
    rules = [c.removesuffix("|told") for c in prepared.columns if c.endswith("|told")]
    return [
        {r.rpartition(".")[2] for r in rules if row[f"{r}|applies"] and row[f"{r}|told"] != 0}
        for row in prepared.iter_rows(named=True)
    ]


def test_a_head_as_it_was_scheduled_breaks_nothing() -> None:
    assert broken({}) == [set()]


def test_each_word_of_a_head_is_held_against_the_schedule() -> None:
    changes: list[tuple[dict[str, object], str]] = [
        ({"form_scheduled": "F09"}, "form"),
        ({"form": None, "form_scheduled": "F10"}, "form"),
        ({"district_told": "cd"}, "district"),
        ({"department_told": "tax", "department_scheduled": "finance_office"}, "department"),
        ({"department": "tax", "department_told": "tax", "department_scheduled": "tax"}, "owner"),
        ({"period_told": "2022-07"}, "period"),
        ({"period_told": None}, "period"),
        ({"meta_period": "2022-07"}, "meta_period"),
        ({"unit": "亿元、户"}, "unit"),
        ({"unit": None}, "unit"),
        ({"unit": "万美元、户"}, "unit"),
        ({"unit": "百万元、户"}, "unit"),
        ({"unit": "美元、户", "unit_scheduled": "元、户"}, "unit"),
        ({"unit": "千元", "unit_scheduled": "元"}, "unit"),
        ({"unit": "万元、USD", "unit_scheduled": "万元"}, "unit"),
        ({"template_version": None}, "template"),
        ({"arrived_on": date(2022, 9, 10)}, "late"),
        ({"period": "2022-10", "period_told": "2022-10"}, "unscheduled"),
    ]
    for change, rule in changes:
        assert rule in broken(change)[0], change


def test_the_due_day_itself_is_in_time() -> None:
    assert broken({"arrived_on": date(2022, 9, 9)}) == [set()]


def test_a_reporter_named_twice_does_not_double_the_heads() -> None:
    assert broken({"reporter": "陈静"}, {"reporter": "王某"}, reporters=("陈静", "陈静")) == [set(), {"reporter"}]


def test_where_nobody_is_listed_nobody_is_checked() -> None:
    assert broken({"reporter": "王某"}) == [set()]


def test_an_explanation_is_held_against_that_of_its_own_sheet() -> None:
    known = heads(
        {"period": "2022-07", "table": "F10.a", "explanation": "季节性"},
        {"period": "2022-07", "table": "F10.b", "explanation": "新开户"},
        {"period": "2022-06", "table": "F10.c", "explanation": "老话"},
    )
    rows = [
        {"table": f"F10.{t}", "explanation": w}
        for t, w in (("a", "季节性"), ("b", "新开户"), ("b", "季节性"), ("c", "老话"))
    ]
    assert broken(*rows, known=known) == [{"explanation"}, {"explanation"}, set(), set()]


def test_a_phrase_is_no_explanation_and_a_dash_says_there_is_none() -> None:
    assert broken({"explanation": "核实无误。"}, {"explanation": "—"}) == [{"explanation"}, set()]


def test_a_file_name_that_tells_another_district_or_department_is_asked_about() -> None:
    other = {"file": "F10_bn_202208_tax_V1.xlsx"}
    assert broken(other, {"file": "贷款余额(1).xlsx"}) == [{"file_district", "file_department"}, set()]


def test_the_name_of_a_quarterly_return_is_understood() -> None:
    assert broken({"file": "F25_jb_2022Q2_finance_office_V1.xlsx"}, {"file": "f25_BN_2022q2_tax_v1.xlsx"}) == [
        set(),
        {"file_district", "file_department"},
    ]


def test_an_older_version_after_a_newer_one_is_asked_about() -> None:
    name = "F10_jb_202208_finance_office_V1.xlsx"
    assert broken({"file": name, "version": 2}, {"file": name, "version": 3}) == [set(), {"older"}]


def test_an_answer_to_an_older_receipt_is_asked_about() -> None:
    told = {"file": "回执_F10_202208.xlsx", "version": 4}
    assert broken(told | {"answered_version": 3}, told | {"answered_version": 1}) == [set(), {"older"}]


def test_a_meta_sheet_that_was_edited_is_asked_about() -> None:
    assert broken({"meta_state": "相符"}, {"meta_state": "改动"}) == [set(), {"edited"}]


def test_the_template_of_another_department_and_the_title_of_another_district_are_told() -> None:
    assert broken({"meta_department": "tax"}, {"title_district": "bn"}, {"meta_department": "finance_office"}) == [
        {"meta_department"},
        {"title_district"},
        set(),
    ]
