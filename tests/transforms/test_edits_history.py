"""A return against other periods of its own: the month before, last December, a year ago."""

import polars as pl

from catalogue.load import load
from tests.transforms.wide import a_context, judged, rule_of, verdicts, wide
from transforms.model import Edit, Verdict
from transforms.period import shift

OK, BROKEN, UNKNOWN = Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNVERIFIABLE
JULY, AUGUST, JANUARY = "2022-07", "2022-08", "2022-01"


def banks(lines: str, period: str = AUGUST, **changes: str) -> pl.DataFrame:
    return wide("F10.balances", "\nbank_code year_open open_bal close_bal\n" + lines, period=period, **changes)


def held(rule: str, rows: pl.DataFrame, *known: pl.DataFrame) -> list[str]:
    table = rule_of(rule).table
    return verdicts(rule, rows, context=a_context({table: rows}, {table: pl.concat(known)} if known else {}))


def test_the_opening_is_last_months_closing_of_the_same_bank_and_district() -> None:
    july = banks("ICBC 0 1.00 5.00\nCCB 0 1.00 7.00\n合计 0 2.00 12.00\n", JULY)
    other = banks("ICBC 0 1.00 999.00\nABC 0 0 3.00\n", JULY, district="bn")
    rows = banks("CCB 0 7.00 9.00\nICBC 0 7.00 9.00\nABC 0 3.00 3.00\n合计 0 12.00 9.00\n")
    rule = "F10.balances.H09.opening"
    assert held(rule, rows, other, july) == [OK, BROKEN, UNKNOWN, OK]
    assert held(rule, rows) == [UNKNOWN] * 4


def test_the_start_of_the_year_is_december_also_in_january_and_december() -> None:
    december = banks("CCB 0 1.00 7.00\n", "2021-12")
    for month in (JANUARY, AUGUST, "2022-12"):
        assert held("F10.balances.H09.year_open", banks("CCB 7.00 0 0\n", month), december) == [OK]
    assert held("F10.balances.H09.year_open", banks("CCB 7.00 0 0\n", "2021-12"), december) == [UNKNOWN]


def refunds(ytd: str, month: str, period: str) -> pl.DataFrame:
    return wide("F01.summary", f"\npolicy_code amount_ytd amount_m\nA {ytd} {month}\n", period=period)


def test_the_year_begins_again_in_january() -> None:
    december = refunds("900.00", "1.00", "2021-12")
    rule = "F01.summary.H08.amount"
    assert held(rule, refunds("5.00", "5.00", JANUARY), december) == [OK]
    assert held(rule, refunds("905.00", "5.00", JANUARY), december) == [BROKEN]
    assert held(rule, refunds("15.00", "10.00", "2022-02"), refunds("5.00", "5.00", JANUARY)) == [OK]
    assert held(rule, refunds("10.00", "10.00", "2022-02"), december) == [UNKNOWN]


def test_what_is_counted_since_inception_does_not_begin_again() -> None:
    def lent(everything: str, month: str, period: str) -> pl.DataFrame:
        return wide("F09.summary", f"\nbank_code amount_all amount_m\nCCB {everything} {month}\n", period=period)

    december = lent("900.00", "1.00", "2021-12")
    assert held("F09.summary.H08.all", lent("905.00", "5.00", JANUARY), december) == [OK]
    assert held("F09.summary.H08.all", lent("5.00", "5.00", JANUARY), december) == [BROKEN]


def test_last_years_figure_is_the_one_first_filed_where_the_rule_says_so() -> None:
    def entities(ytd: str, last_year: str, period: str) -> pl.DataFrame:
        return wide("F03.entities", f"\nentity_type new_ytd new_ytd_ly\nA {ytd} {last_year}\n", period=period)

    rows, first, current = entities("9", "5", AUGUST), entities("5", "1", "2021-08"), entities("6", "1", "2021-08")
    context = a_context({}, {"F03.entities": current}, first_filed={"F03.entities": first})
    assert verdicts("F03.entities.W07.last_year", rows, context=context) == [OK]
    assert verdicts("F03.entities.H09.last_year", rows, context=context) == [BROKEN]


def test_growth_since_december() -> None:
    def entities(close: str, rate: str, period: str) -> pl.DataFrame:
        return wide("F03.entities", f"\nentity_type close_n vs_open_year\nA {close} {rate}\n", period=period)

    rule = "F03.entities.H11.vs_open_year"
    assert held(rule, entities("110", "10.00", AUGUST), entities("100", "0", "2021-12")) == [OK]
    assert held(rule, entities("110", "11.00", AUGUST), entities("100", "0", "2021-12")) == [BROKEN]
    assert held(rule, entities("110", "11.00", AUGUST), entities("0", "0", "2021-12")) == []
    assert held(rule, entities("110", "11.00", AUGUST)) == [UNKNOWN]


def lent(amount: str, period: str, item: str = "CCB") -> pl.DataFrame:
    return wide("F10.balances", f"\nbank_code lent_m\n{item} {amount}\n", period=period)


def test_half_is_allowed_and_a_cent_more_is_remarked_upon() -> None:
    rule = next(e for e in rules() if e.kind == "change" and e.column == "lent_m")
    table = {"F10.balances": lent("10000.00", JULY)}
    told = [
        verdicts(rule, lent(a, AUGUST), context=a_context({}, table)) for a in ("15000.00", "15000.01", "5000.00", "—")
    ]
    assert told == [[OK], [BROKEN], [OK], []]


def rules() -> tuple[Edit, ...]:
    return load().form("F10").edits


def test_ten_thousandfold_is_a_slip_in_either_direction() -> None:
    rule = next(e for e in rules() if e.kind == "slip" and e.column == "lent_m")
    known = a_context({}, {"F10.balances": lent("5000.00", JULY)})
    told = [verdicts(rule, lent(a, AUGUST), context=known) for a in ("50000000.00", "0.50", "50000.00", "0.00")]
    assert told == [[BROKEN], [BROKEN], [OK], [OK]]


def test_an_item_listed_twice_before_does_not_multiply_this_months_rows() -> None:
    july = pl.concat([banks("CCB 0 1.00 7.00\n", JULY)] * 2)
    rows = banks("CCB 0 7.00 9.00\n")
    assert judged("F10.balances.H09.opening", rows, context=a_context({}, {"F10.balances": july})).height == 1


def test_a_part_of_the_same_name_is_not_the_row() -> None:
    """小微 is a part in July, and a row of its own in August: nothing is known of it."""
    july = wide("F10.balances", "\nbank_code close_bal\nCCB 9.00\n其中:ICBC 5.00\n", period=JULY)
    july = july.with_columns(bank_code=pl.col("bank_code").str.replace("其中:", ""))
    assert held("F10.balances.H09.opening", banks("ICBC 0 5.00 1.00\nCCB 0 9.00 1.00\n"), july) == [UNKNOWN, OK]


def test_means_of_months_without_firms_stop_nobody() -> None:
    def policy(firms: str, period: str) -> pl.DataFrame:
        lines = f"ZZS_LDTS 100.00 {firms}\nHJ_ZZY 5.00 0\n"
        return wide("F01.summary", "\npolicy_code amount_m benefit_firms_m\n" + lines, period=period)

    past = [policy("10", shift(AUGUST, -k)) for k in range(1, 8)] + [policy("0", shift(AUGUST, -8))]
    rule = "F01.summary.W08.mean_refund"
    assert held(rule, policy("10", AUGUST), *past) == [OK]
    assert held(rule, policy("1", AUGUST), *past) == [BROKEN]
    assert held(rule, policy("0", AUGUST), *past) == []
    assert held(rule, policy("1", AUGUST), *past[:5]) == []
