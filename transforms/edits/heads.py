"""Rules on what a sheet says of itself: form, district, department, period, unit, and who filed it when."""

from collections.abc import Sequence
from types import MappingProxyType

import polars as pl

from transforms import period
from transforms.edits.bounds import EMPTY_WORDS
from transforms.model import Edit, Severity

HEADS = "heads"
NO_EXPLANATION = ("核实无误", "已核实", "数据无误")
FILE_NAME = r"(?i)F\d{2}_([a-z]+)_(?:\d{6}|\d{4}Q\d)_([a-z_]+?)_V(\d+)"
MONEY_UNIT = r"([十百千]?[万亿]?(?:[美欧港日英澳加]元|元|美金|英镑|USD|EUR|HKD|GBP|JPY))"
"""A unit of money with all that makes it another one: 美元 is no 元, 百万元 no 万元."""

HEAD_RULES: dict[str, tuple[str, Severity, str]] = {
    # name: rule of the reporting system, severity, column of `heads` that it looks at
    "form": ("H01", Severity.HARD, "form"),
    "district": ("H01", Severity.HARD, "district_told"),
    "department": ("H01", Severity.HARD, "department_told"),
    "owner": ("H01", Severity.HARD, "department"),
    "template": ("H01", Severity.SOFT, "template_version"),
    "period": ("H02", Severity.HARD, "period_told"),
    "meta_period": ("H02", Severity.HARD, "meta_period"),
    "unscheduled": ("H02", Severity.HARD, "period"),
    "unit": ("H03", Severity.HARD, "unit"),
    "explanation": ("W11", Severity.SOFT, "explanation"),
    "late": ("W12", Severity.SOFT, "arrived_on"),
    "reporter": ("W12", Severity.SOFT, "reporter"),
    "meta_department": ("H01", Severity.HARD, "meta_department"),
    "title_district": ("H01", Severity.SOFT, "title_district"),
    "edited": ("H01", Severity.SOFT, "meta_state"),
    "file_district": ("H01", Severity.SOFT, "file_district"),
    "file_department": ("H01", Severity.SOFT, "file_department"),
    "older": ("H01", Severity.SOFT, "version_told"),
}


def head_edits() -> tuple[Edit, ...]:
    """The rules on heads, in the form of every other rule."""
    return tuple(
        Edit(
            id=f"{HEADS}.{code}.{name}",
            code=code,
            kind=f"head_{name}",
            severity=severity,
            table=HEADS,
            column=column,
            params=MappingProxyType({}),
            source="reporting-system.md, §1",
        )
        for name, (code, severity, column) in HEAD_RULES.items()
    )


def prepare_heads(
    heads: pl.DataFrame, known: pl.DataFrame, scheduled: pl.DataFrame, reporters: Sequence[tuple[str, str, str]]
) -> pl.DataFrame:
    """Put the rules on heads beside them.

    Args:
        heads: one row a sheet: the told values beside the scheduled ones, `arrived_on` (Date), `answered_version`
            (Int64: the version whose receipt this file is; null where it is none).
        known: heads of the current submissions of other periods (for W11).
        scheduled: district, form, period, due (Date), owner (code of the department that files the form): what may
            be filed.
        reporters: district, department and name of those entitled to file.
    Returns:
        The heads with `<id>|applies`, `|told` (1 where the rule is broken, else 0), `|low`, `|high`, `|slack`,
        `|expected`, and `due`, `last_explanation`, and what the file name tells: `file_district`, `file_department`,
        `version_told`.
    """
    keys = ["district", "form", "period"]
    heads = heads.join(scheduled, on=keys, how="left", maintain_order="left")
    heads = heads.join(_last_explanations(heads, known), on=[*keys, "table"], how="left", maintain_order="left")
    people = ["district", "department", "reporter"]
    listed = pl.DataFrame(sorted(set(reporters)), schema=dict.fromkeys(people, pl.String), orient="row")
    lists = listed.select(people[:2]).unique().with_columns(has_list=pl.lit(True))
    heads = heads.join(listed.with_columns(listed=pl.lit(True)), on=people, how="left", maintain_order="left")
    heads = heads.join(lists, on=people[:2], how="left", maintain_order="left")
    heads = heads.with_columns(
        file_district=pl.col("file").str.extract(FILE_NAME, 1).str.to_lowercase(),
        file_department=pl.col("file").str.extract(FILE_NAME, 2).str.to_lowercase(),
        version_told=pl.coalesce(pl.col("file").str.extract(FILE_NAME, 3).cast(pl.Int64), "answered_version"),
    )
    explanation = pl.col("explanation")
    words = pl.col("explanation").str.strip_chars("。；; ")
    conditions = {
        "form": (pl.col("form_scheduled") != "", pl.col("form").ne_missing(pl.col("form_scheduled"))),
        "district": (pl.col("district_told").is_not_null(), pl.col("district_told") != pl.col("district_scheduled")),
        "department": (
            pl.col("department_told").is_not_null(),
            pl.col("department_told") != pl.col("department_scheduled"),
        ),
        "owner": (pl.col("owner").is_not_null(), pl.col("department") != pl.col("owner")),
        "template": (pl.lit(True), pl.col("template_version").is_null()),
        "period": (pl.lit(True), pl.col("period_told").is_null() | (pl.col("period_told") != pl.col("period"))),
        "meta_period": (pl.col("meta_period").is_not_null(), pl.col("meta_period") != pl.col("period")),
        "unscheduled": (pl.lit(True), pl.col("due").is_null()),
        "unit": (pl.col("unit_scheduled").str.contains(MONEY_UNIT) | pl.col("unit").is_not_null(), _other_unit()),
        "explanation": (
            explanation.is_not_null() & ~explanation.is_in(EMPTY_WORDS),
            (explanation == pl.col("last_explanation")).fill_null(False) | words.is_in(NO_EXPLANATION),
        ),
        "late": (pl.col("due").is_not_null(), pl.col("arrived_on") > pl.col("due")),
        "reporter": (pl.col("has_list").is_not_null(), pl.col("listed").is_null()),
        "meta_department": (
            pl.col("meta_department").is_not_null(),
            pl.col("meta_department") != pl.col("department"),
        ),
        "title_district": (
            pl.col("title_district").is_not_null(),
            pl.col("title_district") != pl.col("district_scheduled"),
        ),
        "edited": (pl.col("meta_state").is_not_null(), pl.col("meta_state") == "改动"),
        "file_district": (pl.col("file_district").is_not_null(), pl.col("file_district") != pl.col("district")),
        "file_department": (
            pl.col("file_department").is_not_null(),
            pl.col("file_department") != pl.col("department"),
        ),
        # The number that the record gave is one more than the newest: filed again under the last number is usual.
        "older": (pl.col("version_told").is_not_null(), pl.col("version_told") + 1 < pl.col("version")),
    }
    columns = {}
    for edit in head_edits():
        applies, broken = conditions[edit.id.rpartition(".")[2]]
        zero = pl.lit(0, dtype=pl.Int64)
        columns[f"{edit.id}|applies"] = applies.fill_null(False)
        columns[f"{edit.id}|told"] = broken.fill_null(False).cast(pl.Int64)
        columns |= {f"{edit.id}|{name}": zero for name in ("low", "high", "slack", "expected")}
    return heads.with_columns(expression.alias(name) for name, expression in columns.items())


def _other_unit() -> pl.Expr:
    """The sheet is in another unit of money than its template, or tells none."""

    def money(column: str) -> pl.Expr:
        return pl.col(column).str.extract_all(MONEY_UNIT).list.unique().list.sort().list.join("、").fill_null("")

    return money("unit") != money("unit_scheduled")


def _last_explanations(heads: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The explanation of the month before, by district, form, table and period."""
    periods = heads.select(pl.col("period").unique()).filter(pl.col("period") != "")
    before = pl.DataFrame(
        [(p, period.previous(p)) for p in periods["period"]],
        schema={"period": pl.String, "other": pl.String},
        orient="row",
    )
    told = known.filter(pl.col("explanation").is_not_null()).select(
        "district", "form", "table", pl.col("period").alias("other"), pl.col("explanation").alias("last_explanation")
    )
    joined = before.join(told.unique(["district", "form", "table", "other"], keep="first"), on="other", how="inner")
    return joined.select("district", "form", "table", "period", "last_explanation")
