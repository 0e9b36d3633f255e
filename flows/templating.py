"""Templates of a month for every department, laid out before the month ends."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import polars as pl

from flows.frames import Frames, load_frames
from flows.house import House
from journal.archive import write_atomically
from transforms import period
from transforms.model import District, Return, Table
from workbooks.templates.template import Template, build_template, item_of, lines_of

_AT = {"previous": period.previous, "december": period.december_before, "year_ago": period.year_ago}


def write_templates(house: House, month: str, districts: Iterable[str], made_at: datetime) -> list[Path]:
    """Write outbound/<district>/templates/<period>/<department>/<file>, a template for each return of the month; at the
    end of a quarter those of the quarter too.

    Args:
        districts: their codes.
        made_at: the moment of the run; templates made at the same moment from the same record have the same bytes.
    """
    frames = load_frames(house)
    written = []
    for code in districts:
        district = house.catalogue.district(code)
        for form in map(house.catalogue.form, district.returns):
            if ref_period := _period_of(form, month):
                written.append(_write(house, frames, district, form, ref_period, made_at))
    return written


def _period_of(form: Return, month: str) -> str:
    """The period that a return of this month is about; "" where none is due for it."""
    if form.frequency != "quarterly":
        return month
    quarter = period.quarter_of(month)
    return quarter if period.last_month(quarter) == month else ""


def _write(house: House, frames: Frames, district: District, form: Return, ref_period: str, made_at: datetime) -> Path:
    department = house.catalogue.department(form.department).name_in(district.code)
    file = f"{form.code}_{district.code}_{ref_period.replace('-', '')}_{form.department}_V1.xlsx"
    last = {t.code: _rows(frames, district, form, period.previous(ref_period), t) for t in form.tables}
    template = Template(
        form=form,
        district=(district.code, district.name),
        department=(form.department, department),
        period=ref_period,
        due=house.workdays.nth_after(period.last_month(ref_period), form.due)[0],
        file=file,
        made_at=made_at,
        before={t.code: lines_of(last[t.code].iter_rows(named=True), t) for t in form.tables if t.layout != "note"},
        filed=_filed(house, frames, district, form, ref_period),
    )
    path = house.settings.outbound / district.name / "templates" / ref_period / department / file
    write_atomically(path, build_template(template, house.catalogue))
    return path


def _rows(frames: Frames, district: District, form: Return, ref_period: str, table: Table) -> pl.DataFrame:
    """The rows of the accepted return of a period, in their order; none where there is none."""
    current = frames.current().filter(
        pl.col("district") == district.code, pl.col("form") == form.code, pl.col("period") == ref_period
    )
    return frames.tables[table.code].filter(pl.col("submission").is_in(current["id"].implode())).sort("row")


def _filed(
    house: House, frames: Frames, district: District, form: Return, ref_period: str
) -> dict[tuple[str, str, str], Decimal]:
    """Every figure of the periods that a return is held against, in the told unit."""
    found: dict[tuple[str, str, str], Decimal] = {}
    for table in form.tables:
        for at, of in _AT.items():
            for row in _rows(frames, district, form, of(ref_period), table).iter_rows(named=True):
                for column in table.columns:
                    value = row[column.code] if column.numeric else None
                    if value is not None:
                        factor = house.catalogue.units[column.unit].factor if column.unit else Decimal(1)
                        found[f"{table.code}.{column.code}", at, item_of(row, table)] = value / factor
    return found
