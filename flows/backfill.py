"""Months and quarters published again, as known at a chosen moment. Nothing already published is overwritten."""

import flows.quiet  # noqa: F401  # isort: skip – before Prefect is imported

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from flows import publishing
from flows.frames import load_frames
from flows.house import open_house
from flows.lock import only_writer
from flows.settings import Settings, end_of, now
from transforms import period

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="统计月份，如 2022-08")]
Quarter = Annotated[str, Field(pattern=r"^\d{4}Q[1-4]$", description="统计季度，如 2022Q3")]
Product = Literal["monthly", "quarterly"]
Lang = Literal["zh", "en"]

publish_period = task(name="发布", cache_policy=NO_CACHE)(publishing.publish)


@flow(name="publish", persist_result=False)
def publish(
    product: Product, ref_period: Month | Quarter, as_of: date | None = None, language: Lang = "zh"
) -> list[Path]:
    """Publish one product of one period.

    Args:
        product: monthly or quarterly.
        ref_period: a month for the monthly workbook, a quarter for the quarterly one.
        as_of: known by 24:00 of this day; now, when none is given.
        language: of the labels: zh, or en.
    """
    if (product == "quarterly") != ("Q" in ref_period):
        raise ValueError(f"{product} takes a {'quarter' if product == 'quarterly' else 'month'}, not {ref_period}")
    return _publish([(publishing.product_in(product, language), ref_period)], as_of)


@flow(name="backfill", persist_result=False)
def backfill(first: Month, last: Month, as_of: date | None = None, quarters: bool = True) -> list[Path]:
    """Publish the months from `first` to `last`, and the quarters they lie in, as known on a day.

    Args:
        first: the first month.
        last: the last month, included.
        as_of: known by 24:00 of this day; now, when none is given.
        quarters: the quarterly workbooks too.
    """
    months = period.months_between(first, last)
    if not months:
        raise ValueError(f"{first} lies after {last}")
    wanted: list[tuple[str, str]] = [("monthly", m) for m in months]
    if quarters:
        wanted += [("quarterly", q) for q in dict.fromkeys(period.quarter_of(m) for m in months)]
    return _publish(wanted, as_of)


def _publish(wanted: list[tuple[str, str]], as_of: date | None) -> list[Path]:
    moment = end_of(datetime(as_of.year, as_of.month, as_of.day)) if as_of else now()
    settings = Settings()
    with only_writer(settings.var), open_house(settings) as house:
        known = publishing.know(house, load_frames(house, moment), moment)
        written = [path for p, r in wanted for path in publish_period(house, p, r, moment, known)]
    for path in written:
        print(path)
    return written
