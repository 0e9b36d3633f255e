"""The 194 checks drawn from the seed texts (goldens/checks.tsv), with the verdict told there.

What a return can carry is judged by the rules of the catalogue; every pair of told intervals by the intervals that the
rules stand on. What neither can say is listed with its reason, so that no check is forgotten.
"""

import csv
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from catalogue.declarations import CatalogueError, Entry, Place
from catalogue.load import load
from catalogue.reconciliations import reconciliations_of
from samples.filing import Filing
from samples.fixtures import fixture_filings, health_filing
from tests.samples.frames import wide_frames
from tests.transforms.wide import a_context, all_tables, compared, judged, layout_of, wide
from transforms.attain import bases, numerators, shared_bases
from transforms.interval import ABOVE, Interval, sum_of
from transforms.model import Cause, State, Verdict
from transforms.reconcile import Holdings, reconcile

D = Decimal
CHECKS = {
    row["check_id"]: row
    for row in csv.DictReader(
        (Path(__file__).parents[1] / "goldens/checks.tsv").open(encoding="utf-8"),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
}
HOLDS = ("holds exactly", "holds within rounding")
DECISIVE = [name for name, row in CHECKS.items() if row["verdict"] != "depends"]


# The intervals that were told

ENDS = ("left_lo", "left_hi", "right_lo", "right_hi")
EQUAL = {
    "sum",
    "repair search",
    "implied part",
    "ratio",
    "product",
    "equality",
    "weighted mean",
    "integer",
    "list length",
}
AT_MOST = {"inequality", "monotone YTD", "part of whole", "target order", "target vs law"}
BETWEEN = [
    name for name in DECISIVE if CHECKS[name]["class"] in EQUAL | AT_MOST and all(CHECKS[name][end] for end in ENDS)
]


@pytest.mark.parametrize("name", BETWEEN)
def test_two_told_intervals_meet_as_the_check_says(name: str) -> None:
    row = CHECKS[name]
    left, right = (Interval(Fraction(row[f"{side}_lo"]), Fraction(row[f"{side}_hi"])) for side in ("left", "right"))
    # A whole number that is the only one within lies in what was told.
    holds = left.meets(right) if row["class"] in EQUAL else left.at_most(right)
    assert holds == (row["verdict"] in HOLDS), row["relation"]


def test_most_checks_with_a_verdict_are_intervals() -> None:
    assert len(BETWEEN) > 50


# Over the returns

CHANGDE = {
    "ZZS_LDTS": ("177", "12.23亿元"),
    "HJ_ZZY": ("413", "1.2亿元"),
    "XGM_MZ": ("6521", "1283.04万元"),
    "LSLF": ("499", "334.15万元"),
}


def changde(*left_out: str, **instead: str) -> pl.DataFrame:
    """The four policies of Changde with their total, without some, or with another amount."""
    lines = [f"{p} {n} {instead.get(p, a)}" for p, (n, a) in CHANGDE.items() if p not in left_out]
    total = "合计 7608 12.42亿元"
    return wide(
        "F01.summary", "\npolicy_code benefit_times_ytd amount_ytd\n" + "\n".join([*lines, total]) + "\n", district="cd"
    )


def agrees(rule: str, tables: Mapping[str, pl.DataFrame], key: str, *, latest: bool = False) -> bool:
    found = compared(rule, {} if latest else tables, latest=tables if latest else None)
    (state,) = found.filter(pl.col("key") == key)["state"]
    assert state in (State.EQUAL, State.WITHIN_ROUNDING, State.DIFFERENT)
    return bool(state != State.DIFFERENT)


def r03(rows: pl.DataFrame, key: str = "本年累计金额") -> Callable[[], bool]:
    return lambda: agrees("R03", {"F01.summary": rows}, key, latest=True)


def keeps(rule: str, lines: str, **changes: str) -> Callable[[], bool]:
    """Whether every row of a table keeps a rule of its return."""

    def holds() -> bool:
        table = next(e.table for r in load().returns for e in r.edits if e.id.endswith(rule))
        verdicts = judged(rule, wide(table, lines, **changes))["verdict"].drop_nulls().to_list()
        assert verdicts
        return set(verdicts) == {Verdict.SATISFIED}

    return holds


def of_filings(rule: str, make: Callable[[], list[Filing]]) -> Callable[[], bool]:
    """The same over the returns that the seeds were turned into."""

    def holds() -> bool:
        tables, _ = wide_frames(make())
        table = next(e.table for r in load().returns for e in r.edits if e.id.endswith(rule))
        verdicts = judged(rule, tables[table], context=a_context(tables))["verdict"].drop_nulls().to_list()
        assert verdicts
        return set(verdicts) == {Verdict.SATISFIED}

    return holds


def implied_of(policy: str) -> Interval:
    """What the total of Changde and its other parts leave one part, by the cells behind the difference."""
    tables = {"F01.summary": changde()}
    filed = {d.code: tuple(r.code for r in load().returns) for d in load().districts}
    every = all_tables(tables)
    terms = reconcile(Holdings(all_tables({}), every, layout_of(tables), filed), load()).terms
    told = terms.filter((pl.col("rule") == "R03") & (pl.col("column") == "amount_ytd"))
    left = Interval(Fraction(0), Fraction(0))
    for term in told.filter(pl.col("item") != policy).iter_rows(named=True):
        one = Interval(Fraction(term["low"]), Fraction(term["high"]))
        left = left + one * (1 if term["side"] == "left" else -1)
    return left / 10**8


def within(policy: str, low: str, high: str) -> Callable[[], bool]:
    """Whether the told part lies in what the total leaves it, which is the interval of the check."""

    def holds() -> bool:
        implied = implied_of(policy)
        assert (implied.low, implied.high) == (Fraction(low), Fraction(high))
        told = {"HJ_ZZY": Interval.of("1.2", "0.1"), "ZZS_LDTS": Interval.of("12.23", "0.01")}[policy]
        return implied.meets(told)

    return holds


def unexplained() -> bool:
    """No single slip and no power of ten is named as the cause."""
    (row,) = compared("R03", {}, latest={"F01.summary": changde()}).filter(pl.col("key") == "本年累计金额").to_dicts()
    assert row["cause"] == Cause.UNEXPLAINED
    return bool(row["state"] != State.DIFFERENT)


def rated(base: int, rate: str) -> Callable[[], bool]:
    return keeps("F05.cases.H11.onewin_reachable", f"\ndept_code accept_m onewin_rate\ntax {base} {rate}\n")


def percent(text: str) -> Interval:
    return Interval.of(text, D(1).scaleb(-len(text.partition(".")[2]))) / 100


GROWTH = "\nentity_type new_ytd new_ytd_ly new_yoy\n合计 17514 12272 42.72\n私营企业 6824 5653 20.71\n个体工商户 10506 6480 62.13\n国有集体 184 139 32.37\n"


def grows(line: str) -> Callable[[], bool]:
    return keeps("F03.entities.W09.yoy", f"\nentity_type new_ytd new_ytd_ly new_yoy\n{line}\n")


def falls(first: str, second: str) -> Callable[[], bool]:
    """Whether a cumulative figure of the quarter before is no greater (R32)."""

    def holds() -> bool:
        rows = [
            wide("F25.context", f"\nindicator_code value_ytd\nFAI {told}\n", quarter)
            for quarter, told in (("2021Q3", first), ("2021Q4", second))
        ]
        return agrees("R32", {"F25.context": pl.concat(rows)}, "FAI/本年不减")

    return holds


def health(rule: str) -> Callable[[], bool]:
    return of_filings(rule, lambda: [health_filing()])


def of_changde(rule: str) -> Callable[[], bool]:
    return of_filings(rule, lambda: fixture_filings("cd"))


JIANGBEI_ITEMS = "\ncut_rate instant_rate\n89.2 65.9\n"
OVER_RETURNS: Mapping[str, Callable[[], bool]] = {
    "C001": r03(changde(), "本年累计享受户次"),
    "C002": r03(changde()),
    "C003": r03(changde("HJ_ZZY")),
    "C004": r03(changde("XGM_MZ")),
    "C005": r03(changde("HJ_ZZY", "XGM_MZ")),
    "C006": r03(changde(HJ_ZZY="0.12亿元")),
    "C007": unexplained,
    "C008": within("HJ_ZZY", "0.01828", "0.038282"),
    "C009": within("ZZS_LDTS", "11.00328", "11.113282"),
    "C018": keeps("F05.cases.H11.online_reachable", "\ndept_code accept_m online_rate\ntax 8879 71.72\n"),
    "C019": keeps(
        "F06.ratings.H11.active_reachable", "\ndept_code channel ratable_m active_rate\ntax 网上 8879 84.87\n"
    ),
    "C021": lambda: not _far_from_the_platform(),
    "C023": keeps("F03.startup.H11.seals", "\nseal_sets seal_cost\n776 310400.00\n"),
    "C058": keeps("F05.items.H12.at_most.promised_days", "\nitem_code legal_days promised_days\nA 20 3\n"),
    "C059": keeps("F08.packages.H12.at_most.steps_after", "\npackage_code steps_before steps_after\nP 2003 549\n"),
    "C064": grows("合计 17514 12272 42.72"),
    "C065": grows("私营企业 6824 5653 20.71"),
    "C066": grows("个体工商户 10506 6480 62.13"),
    "C067": keeps("F03.entities.H07.footing.new_ytd", GROWTH),
    "C069": keeps("F03.entities.H07.footing.new_ytd_ly", GROWTH),
    "C071": keeps("F03.entities.H11.yoy", GROWTH),
    "C088": health("F05.told.H11.instant"),
    "C089": health("F05.told.H11.zero_trip"),
    "C090": health("F05.told.H11.fully_online"),
    "C091": lambda: 213 in shared_bases([percent("58.2"), percent("89.5")], 213),
    "C121": rated(1238, "99.21"),
    "C122": rated(489, "99.21"),
    "C123": rated(388, "99.21"),
    "C124": rated(156, "99.21"),
    "C130": rated(1238, "100.00"),
    "C132": falls("80.00", "104.00"),
    "C133": falls("729.90", "1027.00"),
    "C186": lambda: list(numerators(percent("85.6"), 153)) == [131],
}
"""What the catalogue says of the figures of a check, put into its returns: does it hold?"""


def _far_from_the_platform() -> bool:
    """300多 a day at the windows, some 250 working days, against 8,879 cases: whatever the hedge allows."""
    a_day = Interval.of(300, 100, ABOVE)
    return not (a_day * 250).meets(Interval.of(8879))


@pytest.mark.parametrize("name", OVER_RETURNS)
def test_the_rules_of_the_returns_say_what_the_check_says(name: str) -> None:
    assert OVER_RETURNS[name]() == (CHECKS[name]["verdict"] in HOLDS), CHECKS[name]["relation"]


@pytest.mark.parametrize(
    ("name", "base", "rate", "found"),
    [
        ("C018", 8879, "71.72", [6368]),
        ("C019", 8879, "84.87", [7536]),
        ("C048", 185, "95", [175, 176]),
        ("C055", 1329, "65.9", [876]),
        ("C088", 213, "58.2", [124]),
        ("C106", 1329, "99.8", [1326, 1327]),
        ("C121", 1238, "99.21", []),
        ("C186", 153, "85.6", [131]),
    ],
)
def test_the_numerators_of_a_told_rate_are_those_of_the_check(
    name: str, base: int, rate: str, found: list[int]
) -> None:
    assert list(numerators(percent(rate), base)) == found
    assert CHECKS[name]["class"] == "integer"


@pytest.mark.parametrize(
    ("name", "now", "rate", "base"),
    [("C064", 17514, "42.72", 12272), ("C065", 6824, "20.71", 5653), ("C066", 10506, "62.13", 6480)],
)
def test_the_base_of_a_told_growth_is_that_of_the_check(name: str, now: int, rate: str, base: int) -> None:
    assert list(bases(now, percent(rate))) == [base]
    assert f"integer(s) {base}" in CHECKS[name]["right"]


def test_figures_of_two_bases_are_never_compared() -> None:
    """C151: a balance against a flow since inception."""
    entry = Entry(
        code="X", name="x", kind="equal", left="F10.balances.close_bal", right="F09.summary.amount_all", owner="tax"
    )
    entry.place = Place("reconciliations.yaml", 1)
    with pytest.raises(CatalogueError, match="a rule over two bases"):
        reconciliations_of(entry, {t.code: t for t in load().tables()}, ["tax"], load().units)


def test_the_opening_balance_of_banan_is_what_its_increase_leaves() -> None:
    """C141, C142: 40589 − 15119 = 25470, and 59.36% of it."""
    row = "\nbank_code year_open close_bal vs_year_open vs_year_open_pct\nCCB 25470 40589 15119 59.36\n"
    assert keeps("F10.balances.H10.vs_year_open", row)()
    assert keeps("F10.balances.H11.vs_year_open", row)()
    rows = wide("F10.balances", row, "2021-11", district="bn")
    assert agrees("R17", {"F10.balances": rows}, "CCB/较年初")


def test_equal_rates_in_unlike_columns_are_asked_about() -> None:
    """C092: 零跑动 89.5% and 全程网办 89.5%."""
    assert not health("F05.told.W05.unlike.zero_trip_rate")()


def test_three_hedged_counts_of_one_text_are_intervals() -> None:
    """C095, C097, C100: 9万余, 400余 and 30余 are bounded on one side alone."""
    assert Interval.of(51000 + 745).at_most(Interval.of(90_000, 10_000, ABOVE))
    assert Interval.of(400, 100, ABOVE).at_most(Interval.of(51_000))
    assert sum_of([Interval.of(10)]).at_most(Interval.of(30, 10, ABOVE))


# What no return carries

WITHOUT_RETURN = {
    "list length": "the length of an enumeration in a text",
    "entity name": "names are matched by code (departments.yaml, aliases), never as figures",
    "date": "the date of a text, not of a return",
    "period": "the as-of date of a text; a return has one period, and H02 holds it",
    "sequence": "numbers of the clauses of the plan",
    "ordering": "limits of one text in hours, days and working days, which are never converted in silence (§1)",
    "target order": "two targets of the plan against each other",
    "target vs law": "a target of the plan against a law that is not among the seeds",
    "part of whole": "two targets of the plan",
    "rounding mode": "the mode itself: the catalogue's columns all round (test_interval)",
}
FIGURES_WITHOUT_RETURN = {
    *("C010", "C011"),  # parts of the total of Changde that R03 judges as a whole
    *("C020", "C033", "C034", "C041", "C042", "C061", "C063", "C072", "C080", "C093", "C095", "C096", "C097"),
    *("C098", "C099", "C100", "C107", "C116", "C117", "C126", "C127", "C129", "C139", "C144", "C181", "C184"),
    *("C077", "C104", "C152", "C166", "C167", "C054", "C055"),
}
"""Of these the intervals are judged above; no return of a district holds both figures side by side, or (C054, C055) the
items themselves are needed: tests/transforms/test_fixtures_of_the_seeds.py."""


def test_every_check_with_a_verdict_is_judged_or_its_reason_is_told() -> None:
    open_ones = [
        name
        for name in DECISIVE
        if name not in OVER_RETURNS
        and CHECKS[name]["class"] not in WITHOUT_RETURN
        and name not in FIGURES_WITHOUT_RETURN
    ]
    assert open_ones == []
    assert len(CHECKS) == 194
