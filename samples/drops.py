"""What the departments of a district drop: filings without faults, and files with their times."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from catalogue.load import load
from samples.calendar import drop_time
from samples.derive import derive
from samples.filing import Filing, Sheet
from samples.truth import PERIODS, SEED, make_truth
from samples.workbook import render
from transforms.model import District
from transforms.period import ending_with

SHANGHAI = ZoneInfo("Asia/Shanghai")
_UNLISTED = ("王芳", "赵敏")
"""Who files where a district lists nobody."""


@dataclass(frozen=True, slots=True)
class Drop:
    """One file in the drop folder: a workbook made of a filing, or raw bytes where a fault has spoilt it."""

    path: str
    dropped: datetime
    filing: Filing
    content: bytes | None = None

    def bytes(self) -> bytes:
        return render(self.filing) if self.content is None else self.content


def file_name(form: str, district: str, period: str, department: str, version: int) -> str:
    return f"{form}_{district}_{period.replace('-', '')}_{department}_V{version}.xlsx"


def make_filing(
    district: District, form_code: str, period: str, sheets: Sequence[Sheet], seed: int, version: int = 1
) -> Filing:
    """A return with its furniture, dropped in time."""
    form = load().form(form_code)
    department = load().department(form.department)
    reporter, auditor = (*district.reporters.get(form.department, ()), *_UNLISTED)[:2]
    return Filing(
        form=form_code,
        form_name=form.name,
        district=district.name,
        department=department.name_in(district.code),
        period=period,
        version=version,
        sheets=tuple(sheets),
        folder=f"{district.name}/{department.name_in(district.code)}",
        file=file_name(form_code, district.code, period, form.department, version),
        dropped=drop_time(Random(f"{seed}/drop/{district.code}/{form_code}/{period}"), form, period),
        reporter=reporter,
        auditor=auditor,
        meta={
            "template": form_code,
            "template_version": str(form.version),
            "district": district.code,
            "department": form.department,
            "period": period,
            "dictionary_version": "1",
        },
    )


def make_filings(
    district: str, periods: Iterable[str] = PERIODS, seed: int = SEED, forms: Iterable[str] | None = None
) -> list[Filing]:
    """Every return of a district in the order of months and forms, without faults.

    `forms` chooses what 江北区 files; all that it has to, when none are given. A quarterly return comes with the last
    month of its quarter.
    """
    from samples.fixtures import fixture_filings

    if district != "jb":
        return fixture_filings(district, seed)
    jb, truth = load().district("jb"), make_truth(seed)
    forms = jb.returns if forms is None else tuple(forms)
    owed = [(form, ending_with(m, load().form(form).frequency)) for m in periods for form in forms]
    return [make_filing(jb, form, period, derive(truth, form, period), seed) for form, period in owed if period]


def as_drop(filing: Filing) -> Drop:
    return Drop(f"{filing.folder}/{filing.file}", filing.dropped, filing)


def refiled(filing: Filing, version: int, dropped: datetime) -> Filing:
    """The same return as a later version."""
    file = filing.file.replace(f"_V{filing.version}.", f"_V{version}.")
    return replace(filing, version=version, file=file, dropped=dropped)


def write_drops(inbound: Path, drops: Iterable[Drop]) -> list[Path]:
    """Write the files with their drop times; the order is that of `drops`."""
    return [_write_drop(inbound, drop) for drop in drops]


def _write_drop(inbound: Path, drop: Drop) -> Path:
    path = inbound / drop.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(drop.bytes())
    stamp = drop.dropped.replace(tzinfo=SHANGHAI).timestamp()
    os.utime(path, (stamp, stamp))
    return path
