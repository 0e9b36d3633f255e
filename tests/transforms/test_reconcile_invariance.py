"""What must not change a verdict between returns: the unit, the order of rows, all signs, a part told in two."""

from decimal import Decimal
from random import Random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.load import load
from tests.transforms.wide import layout_of, wide
from transforms.model import EXACT
from transforms.reconcile.figures import compare_figures
from transforms.reconcile.terms import Held

D = Decimal
DEPARTMENTS = ("tax", "police", "justice", "science")
counts = st.integers(0, 500)
told = st.lists(st.tuples(counts, counts, st.integers(-1, 1)), min_size=1, max_size=4)
few = settings(max_examples=25, deadline=None)


def tables(figures: list[tuple[int, int, int]], split: bool = False) -> dict[str, pl.DataFrame]:
    """Cases done by department, and their ratings by two channels; some are one too many or too few."""
    done = [f"{d} {a + b + slip}" for d, (a, b, slip) in zip(DEPARTMENTS, figures, strict=False)]
    rated = []
    for department, (a, b, _) in zip(DEPARTMENTS, figures, strict=False):
        parts = [("网上", a // 3), ("自助", a - a // 3)] if split else [("网上", a)]
        rated += [f"{department} {channel} {n}" for channel, n in [*parts, ("窗口", b)]]
    return {
        "F05.cases": wide("F05.cases", "\ndept_code done_m\n" + "\n".join(done) + "\n"),
        "F06.ratings": wide("F06.ratings", "\ndept_code channel ratable_m\n" + "\n".join(rated) + "\n"),
    }


def states(held: dict[str, pl.DataFrame]) -> list[tuple[str, str]]:
    rule = next(r for r in load().reconciliations if r.code == "R13")
    found, _ = compare_figures(rule, Held(held, layout_of(held)), load())
    return sorted(found.select("key", "state").rows())


def scaled(held: dict[str, pl.DataFrame], factor: Decimal) -> dict[str, pl.DataFrame]:
    columns = {"F05.cases": "done_m", "F06.ratings": "ratable_m"}
    return {
        table: rows.with_columns(
            (pl.col(name) * pl.lit(factor, dtype=EXACT)).alias(name)
            for name in (columns[table], f"{columns[table]}|half")
        )
        for table, rows in held.items()
    }


@given(told)
@few
def test_the_order_of_rows_changes_no_verdict(figures: list[tuple[int, int, int]]) -> None:
    held = tables(figures)
    shuffled = {
        code: rows.sample(fraction=1, shuffle=True, seed=Random(1).randint(0, 99)) for code, rows in held.items()
    }
    assert states(shuffled) == states(held)


@given(told)
@few
def test_a_part_told_in_two_rows_changes_no_verdict(figures: list[tuple[int, int, int]]) -> None:
    assert states(tables(figures, split=True)) == states(tables(figures))


@given(told, st.sampled_from([D(10) ** 4, D(10) ** 8, D(-1)]))
@few
def test_another_unit_and_all_signs_changed_change_no_verdict(
    figures: list[tuple[int, int, int]], factor: Decimal
) -> None:
    held = tables(figures)
    rounded = {
        code: rows.with_columns(pl.lit(D("0.5"), dtype=EXACT).alias(f"{name}|half"))
        for (code, rows), name in zip(held.items(), ("done_m", "ratable_m"), strict=True)
    }
    for told_as in (held, rounded):
        # Halves are widths: they have no sign.
        changed = scaled(told_as, factor)
        if factor < 0:
            changed = {
                code: rows.with_columns(pl.col(f"{name}|half").abs())
                for (code, rows), name in zip(changed.items(), ("done_m", "ratable_m"), strict=True)
            }
        assert states(changed) == states(told_as)


@given(told)
@few
def test_one_too_many_differs_and_is_not_made_up_for_elsewhere(figures: list[tuple[int, int, int]]) -> None:
    found = dict(states(tables(figures)))
    for department, (_, _, slip) in zip(DEPARTMENTS, figures, strict=False):
        assert (found[department] == "有差异") == (slip != 0)
