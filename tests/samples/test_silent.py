"""The clean district is silent under every rule of the catalogue, hard and soft."""

import polars as pl
import pytest

from catalogue.load import load
from catalogue.workdays import load_workdays
from samples.derive import DERIVED
from samples.drops import make_filings
from samples.filing import Filing
from tests.samples.frames import numbered_workdays, wide_frames
from transforms import period
from transforms.edits import Context, plans, prepare
from transforms.model import Table


def calendar(periods: list[str]) -> pl.DataFrame:
    days = load_workdays()
    rows = [(p, period.last_day(p), days.count(period.first_day(p[:4] + "-01"), period.last_day(p))) for p in periods]
    schema = {"period": pl.String, "last_day": pl.Date, "working_days_ytd": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def violations(filings: list[Filing], tables: list[Table]) -> list[tuple[str, str, str]]:
    """Rule, file and row of every violation, judged by the validation itself."""
    from expectations.validate import merge, validate_table

    catalogue = load()
    frames, layout = wide_frames(filings)
    months = calendar(sorted({f.period for f in filings}))
    known = Context(
        frames, frames, frames, months, catalogue.units, workdays=numbered_workdays(), plans=plans(catalogue)
    )
    judged = merge(
        validate_table(prepare(frames[t.code], t, catalogue.edits(t.code), known), t, layout, catalogue) for t in tables
    )
    broken = judged.findings.filter(pl.col("verdict") == "violated")
    return broken.select("rule_id", "file", "row").rows()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [20220831, 7])
def test_the_clean_district_breaks_no_rule(seed: int) -> None:
    assert violations(make_filings("jb", seed=seed, forms=DERIVED), list(load().tables())) == []


def test_the_small_districts_break_the_rules_that_their_texts_break() -> None:
    heard = {rule for rule, _, _ in violations(make_filings("cd"), list(load().form("F05").tables))}
    assert heard == {"F05.told.W08.daily_output"}
    heard = {rule for rule, _, _ in violations(make_filings("bn"), list(load().tables()))}
    assert heard == {"F05.cases.H04.required.onewin_m", "F05.cases.H11.onewin_reachable"}


def test_a_broken_roll_forward_is_heard(clean: list[Filing]) -> None:
    filings = [f for f in clean if f.form == "F10" and f.period >= "2022-06"]
    sheet = filings[-1].sheet("F10.balances")
    filings[-1] = filings[-1].with_sheet(sheet.with_value("工商银行", "lent_m", sheet.value("农业银行", "lent_m")))
    heard = violations(filings, list(load().form("F10").tables))
    assert ("F10.balances.H10.balances", filings[-1].file) in {(rule, file) for rule, file, _ in heard}
