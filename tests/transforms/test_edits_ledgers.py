"""Ledgers that are carried from month to month, their dates, and cells that depend on one another."""

from datetime import date
from decimal import Decimal

import polars as pl

from catalogue.load import load
from catalogue.workdays import load_workdays
from tests.transforms.wide import a_context, judged, rule_of, verdicts, wide
from transforms.edits import plans
from transforms.model import Verdict

OK, BROKEN, UNKNOWN = Verdict.SATISFIED, Verdict.VIOLATED, Verdict.UNVERIFIABLE
WORKDAYS = pl.DataFrame(
    load_workdays().numbers(date(2021, 1, 1), date(2022, 12, 31)),
    schema={"day": pl.Date, "number": pl.Int64},
    orient="row",
)


def said(rule: str, lines: str, before: str | None = None, other: tuple[str, str] | None = None) -> list[str]:
    """The verdicts of a rule on a ledger of August; `before` is that of July, `other` another table of the return."""
    table = rule_of(rule).table
    rows = wide(table, lines)
    tables = {table: rows} | ({other[0]: wide(*other)} if other else {})
    known = {} if before is None else {table: wide(table, before, "2022-07")}
    context = a_context(tables, known, workdays=WORKDAYS, plans=plans(load()), reasons=("不适用",))
    return verdicts(rule, rows, context=context)


# Days


CONNECTED = "\napply_no apply_date connect_date user_days\n"


def test_the_day_of_the_application_does_not_count_and_a_make_up_day_does() -> None:
    """From Friday 2022-04-22 to Monday the 25th: Sunday the 24th was worked."""
    assert said("F12.applications.H11.user_days", CONNECTED + "a 2022-04-22 2022-04-25 2\n") == [OK]
    assert said("F12.applications.H11.user_days", CONNECTED + "a 2022-04-22 2022-04-25 1\n") == [BROKEN]
    assert said("F12.applications.H11.user_days", CONNECTED + "a 2022-04-22 2022-04-25 3\n") == [BROKEN]


def test_days_beyond_the_calendar_cannot_be_verified() -> None:
    assert said("F12.applications.H11.user_days", CONNECTED + "a 2019-04-22 2022-04-25 2\n") == [UNKNOWN]


def test_days_are_not_asked_of_what_is_open() -> None:
    assert said("F12.applications.H11.user_days", CONNECTED + "a 2022-04-22 · ·\n") == []


def test_what_is_left_is_counted_from_the_end_of_the_month_and_may_be_negative() -> None:
    steps = "\nproject_no step_no planned_date actual_date days_left\n"
    assert said("F20.countdown.H11.days_left", steps + "P 1 2022-09-10 · 10\nP 2 2022-08-21 · -10\n") == [OK, OK]
    assert said("F20.countdown.H11.days_left", steps + "P 1 2022-09-10 · 9\nP 2 2022-08-01 2022-08-01 ·\n") == [BROKEN]


def test_an_approval_may_wait_twice_as_long_as_promised() -> None:
    """2022-08-31 is the 18th working day after 2022-08-05."""
    waiting = "\napproval_no accept_date done_date promised_days\n"
    assert said("F15.approvals.W08.waiting", waiting + "a 2022-08-05 · 9\n") == [OK]
    assert said("F15.approvals.W08.waiting", waiting + "a 2022-08-05 · 8\n") == [BROKEN]
    assert said("F15.approvals.W08.waiting", waiting + "a 2022-08-05 2022-08-30 1\n") == []


def test_an_issue_is_overdue_the_day_after_its_limit() -> None:
    issues = "\nissue_no due_date done_on\n"
    assert said("F21.issues.W08.overdue", issues + "a 2022-08-31 ·\nb 2022-08-30 ·\nc 2022-08-01 2022-08-20\n") == [
        OK,
        BROKEN,
    ]


def test_no_stage_of_a_project_is_done_before_one_that_comes_earlier() -> None:
    stages = "\napproval_no project_no stage done_date\n"
    lines = "a P 工程许可 2022-08-10\nb P 施工许可 2022-08-09\nc Q 施工许可 2022-08-01\nd P 竣工验收 ·\n"
    assert said("F15.approvals.H14.stages", stages + lines) == [BROKEN]
    assert said("F15.approvals.H14.stages", stages + "a P 工程许可 2022-08-10\nb P 施工许可 2022-08-10\n") == [OK]


def test_the_same_firm_with_the_same_trouble_within_thirty_days_is_asked_about() -> None:
    issues = "\nissue_no uscc category received_on\n"
    lines = "a F 融资 2022-07-01\nb F 融资 2022-07-31\nc F 用工 2022-08-01\nd G 融资 2022-08-01\ne F 融资 2022-08-31\n"
    assert said("F21.issues.W03.duplicate", issues + lines) == [BROKEN, OK]


# Cells that depend on one another


def test_what_is_closed_tells_its_result_and_what_is_open_need_not() -> None:
    assert said("F21.issues.H04.result", "\nissue_no done_on result\na 2022-08-02 ·\nb 2022-08-02 已解决\nc · ·\n") == [
        BROKEN,
        OK,
    ]


def test_a_word_for_empty_is_no_answer() -> None:
    assert said("F21.issues.H04.result", "\nissue_no done_on result\na 2022-08-02 —\n") == [BROKEN]


def test_what_has_not_begun_has_no_day_of_its_start() -> None:
    projects = "\nproject_no stage start_date\n"
    lines = "a 拿地 2022-08-01\nb 开工 2022-08-01\nc 终止 2022-08-01\nd 签约 ·\n"
    assert said("F20.projects.H04.not_started", projects + lines) == [BROKEN, OK]


def test_small_contracts_are_reserved_or_say_why_not() -> None:
    contracts = "\ncontract_no procurement_kind budget reserved_sme\n"
    assert said(
        "F13.contracts.H12.goods_reserved", contracts + "a 货物 199.99 否\nb 服务 200.00 否\nc 工程 10.00 否\n"
    ) == [BROKEN]
    assert said("F13.contracts.H12.goods_reserved", contracts + "a 货物 199.99 是\nb 货物 10.00 不适用\n") == [OK]


def test_a_measure_whose_day_has_passed_is_done_or_overdue() -> None:
    measures = "\nledger_id lead_dept due_date state\n"
    lines = "a x 2022-08-30 推进中\nb x 2022-08-30 逾期\nc x 2022-08-31 推进中\nd x 2022-01-01 已完成\n"
    assert said("F22.measures.H12.overdue", measures + lines) == [BROKEN, OK, OK]


def test_a_note_has_two_hundred_characters_at_most() -> None:
    measures = "\nledger_id lead_dept progress_note\n"
    assert said("F22.measures.H05.note", f"{measures}a x {'长' * 200}\nb x {'长' * 201}\n") == [OK, BROKEN]


# Carried from month to month

OPEN = "\nissue_no received_on done_on\n"


def test_what_was_open_last_month_comes_again() -> None:
    july = OPEN + "a 2022-07-01 ·\nb 2022-07-02 2022-07-05\nc 2022-07-03 ·\n"
    rule = "F21.issues.H09.carried"
    assert said(rule, OPEN + "a 2022-07-01 ·\nc 2022-07-03 2022-08-01\nd 2022-08-01 ·\n", july) == [OK]
    assert said(rule, OPEN + "c 2022-07-03 2022-08-01\nd 2022-08-01 ·\n", july) == [BROKEN]
    assert said(rule, OPEN + "a 2022-07-01 ·\n") == [UNKNOWN]


def test_the_finding_names_what_is_missing() -> None:
    edit = rule_of("F21.issues.H09.carried")
    rows, july = (
        wide(edit.table, OPEN + "z 2022-08-01 ·\n"),
        wide(edit.table, OPEN + "a 2022-07-01 ·\nc 2022-07-03 ·\n", "2022-07"),
    )
    found = judged(edit, rows, context=a_context({edit.table: rows}, {edit.table: july}))
    assert found[f"{edit.id}|missing"].to_list() == ["a、c"]


def test_a_project_stays_in_the_ledger_even_when_it_has_ended() -> None:
    ledger = "\nproject_no stage\n"
    assert said("F20.projects.H09.kept", ledger + "a 签约\n", ledger + "a 签约\nb 终止\n") == [BROKEN]


def test_what_was_closed_does_not_come_again() -> None:
    july = OPEN + "a 2022-07-01 2022-07-30\nb 2022-07-02 ·\n"
    assert said("F21.issues.H06.closed", OPEN + "a 2022-07-01 2022-07-30\nb 2022-07-02 2022-08-03\n", july) == [
        BROKEN,
        OK,
    ]


def test_open_rows_roll_forward() -> None:
    """Two were open, one came, one was closed: two are open."""
    july = OPEN + "a 2022-07-01 ·\nb 2022-07-02 ·\nc 2022-07-02 2022-07-09\n"
    rule = "F21.issues.H10.open"
    assert said(rule, OPEN + "a 2022-07-01 2022-08-02\nb 2022-07-02 ·\nd 2022-08-09 ·\n", july) == [OK]
    assert said(rule, OPEN + "a 2022-07-01 2022-08-02\nb 2022-07-02 ·\nd 2022-07-09 ·\n", july) == [BROKEN]
    assert said(rule, OPEN + "a 2022-07-01 ·\n") == [UNKNOWN]


def test_a_row_that_is_carried_keeps_what_it_told_and_may_tell_more() -> None:
    ledger = "\napply_no apply_date plan_date\n"
    july = ledger + "a 2022-07-20 ·\nb 2022-07-21 2022-07-25\n"
    lines = "a 2022-07-20 2022-08-01\nb 2022-07-21 2022-07-26\nc 2022-08-05 ·\n"
    assert said("F12.applications.H09.unchanged", ledger + lines, july) == [OK, BROKEN]


PAID = "\nproject_no paid_ytd paid_all\n"


def test_what_was_paid_in_all_grows_with_the_year() -> None:
    july = PAID + "a 1.0000 3.0000\nb 0.0000 2.0000\n"
    assert said("F20.projects.H10.paid_all", PAID + "a 1.5000 3.5000\nb 0.2000 2.3000\nnew 0.4000 0.4000\n", july) == [
        OK,
        BROKEN,
        OK,
    ]


def test_a_new_row_begins_at_zero_but_not_where_nothing_is_known() -> None:
    assert said("F20.projects.H10.paid_all", PAID + "new 0.4000 1.4000\n", PAID + "a 1.0000 3.0000\n") == [BROKEN]
    assert said("F20.projects.H10.paid_all", PAID + "new 0.4000 0.4000\n") == [UNKNOWN]


def test_a_pool_rolls_on_by_what_was_paid_in() -> None:
    pools = "\nproduct pool_in compensated_m recovered_m pool_bal\n"
    july, rule = pools + "科技担保贷 700.00 0.00 0.00 320.00\n", "F11.pools.H10.pool"
    assert said(rule, pools + "科技担保贷 750.00 30.00 10.00 350.00\n", july) == [OK]
    assert said(rule, pools + "科技担保贷 750.00 30.00 10.00 340.00\n", july) == [BROKEN]


def test_visits_of_a_new_pair_begin_with_its_first_month() -> None:
    pairs = "\nuscc visits_m visits_ytd\n"
    assert said("F21.pairs.H08.visits", pairs + "a 1 6\nb 2 2\nc 1 2\n", pairs + "a 1 5\n") == [OK, OK, BROKEN]


def test_progress_falls_only_with_a_note() -> None:
    measures = "\nledger_id lead_dept progress progress_note\n"
    july = measures + "a x 60 ·\nb x 60 ·\nc x 60 ·\n"
    assert said("F22.measures.H08.progress", measures + "a x 50 ·\nb x 50 口径调整\nc x 60 ·\n", july) == [BROKEN, OK]


def test_a_note_that_is_last_months_is_asked_about() -> None:
    measures = "\nledger_id lead_dept state progress_note\n"
    lines = measures + "a x 推进中 正在推进\nb x 已完成 已完成\nc x 推进中 {}\n"
    assert said("F22.measures.W11.note", lines.format("新进展"), lines.format("旧进展")) == [BROKEN, OK]


def test_progress_that_stands_for_three_months_is_asked_about() -> None:
    edit = rule_of("F22.measures.W02.progress")
    lines = "\nledger_id lead_dept state progress\na x 推进中 40\nb x 推进中 {}\n"
    rows = wide(edit.table, lines.format(60))
    past = pl.concat([wide(edit.table, lines.format(n), f"2022-0{m}") for m, n in ((5, 60), (6, 60), (7, 55))])
    found = verdicts(edit, rows, context=a_context({edit.table: rows}, {edit.table: past}))
    assert found == [BROKEN]


# Tables of one return, shares and means


def test_payments_do_not_exceed_their_contract() -> None:
    payments = "\npayment_no contract_no pay_amount\n1 a 30.00\n2 a 70.00\n3 b 10.02\n"
    contracts = "\ncontract_no amount\na 100.00\nb 10.00\nc 5.00\n"
    assert said("F13.contracts.H12.paid", contracts, other=("F13.payments", payments)) == [OK, BROKEN]


def test_every_payment_has_its_contract() -> None:
    contracts = ("F13.contracts", "\ncontract_no amount\na 100.00\n")
    assert said("F13.payments.H16.contract", "\npayment_no contract_no\n1 a\n2 x\n", other=contracts) == [OK, BROKEN]


def test_three_months_without_a_fair_are_asked_about() -> None:
    indicators, fairs = "\nindicator_code value_m\n调解 1\n仲裁 2\n", "\nfair_no fair_date\n"
    rule = "F18.indicators.W02.fairs"
    assert said(rule, indicators, other=("F18.fairs", fairs + "1 2022-06-01\n")) == [OK]
    assert said(rule, indicators, other=("F18.fairs", fairs + "1 2022-05-31\n")) == [BROKEN]


def test_a_drawn_share_lies_within_half_a_point_of_the_plan() -> None:
    tasks = "\ntask_no ratio_plan drawn_n objects_n\n"
    assert said("F17.tasks.H11.drawn", tasks + "a 3.00 350 10000\nb 3.00 351 10000\nc 3.00 249 10000\n") == [
        OK,
        BROKEN,
        BROKEN,
    ]


def test_contracts_at_exactly_their_budget_are_asked_about_when_they_are_many() -> None:
    contracts = "\ncontract_no amount budget\n"
    one, other = "{0} 9.00 10.00\n", "{0} 10.00 10.00\n"
    few = contracts + "".join((other if n < 3 else one).format(n) for n in range(10))
    many = contracts + "".join((other if n < 4 else one).format(n) for n in range(10))
    assert said("F13.contracts.W05.budget", few) == [OK]
    assert said("F13.contracts.W05.budget", many) == [BROKEN]
    assert said("F13.contracts.W05.budget", contracts + other.format(1)) == []


def test_a_firm_that_takes_most_of_a_policy_is_asked_about_where_there_are_five() -> None:
    awards = "\naward_no policy uscc granted award_kind\n"
    five = "".join(f"{n} P f{n} 10.00 奖补\n" for n in range(1, 6))
    assert said("F23.awards.W08.one_firm", awards + five) == [OK] * 5
    assert said("F23.awards.W08.one_firm", awards + five + "6 P f1 15.00 奖补\n") == [BROKEN, OK, OK, OK, OK]
    assert said("F23.awards.W08.one_firm", awards + "1 P f1 10.00 奖补\n") == []


def test_an_award_is_paid_once_a_year_but_seals_are_settled_every_month() -> None:
    awards = "\naward_no policy uscc granted_on award_kind\n"
    lines = "1 P f 2022-01-05 奖补\n2 P f 2022-08-05 奖补\n3 P f 2021-08-05 奖补\n4 S g 2022-07-05 免费刻章\n5 S g 2022-08-05 免费刻章\n"
    assert said("F23.awards.H06.once", awards + lines) == [OK, BROKEN, OK]


def test_the_mean_of_ten_kilovolt_users_is_held_to_thirty_days() -> None:
    ledger = "\napply_no utility user_class user_days\n"
    assert said(
        "F12.applications.W08.medium_voltage", ledger + "a 电 10千伏 20\nb 电 10千伏 40\nc 电 低压小微 99\n"
    ) == [OK]
    assert said("F12.applications.W08.medium_voltage", ledger + "a 电 10千伏 20\nb 电 10千伏 41\n") == [BROKEN]


def test_new_contracts_of_unusual_size_are_asked_about() -> None:
    """000: 24 new ones of 12.38亿 against 80 of 9.12亿."""
    ledger = "\nproject_no sign_date contract_amount\n"
    assert said("F20.projects.W08.increment", ledger + "a 2022-07-01 9.1200\nb 2022-08-01 12.3800\n") == [BROKEN]
    assert said("F20.projects.W08.increment", ledger + "a 2022-07-01 9.1200\nb 2022-08-01 11.8000\n") == [OK]


def test_the_mean_of_a_class_that_jumps_is_asked_about() -> None:
    ledger = "\napply_no utility user_class user_days\n"
    july = ledger + "".join(f"j{n} 电 低压小微 4\n" for n in range(5))
    same, slower = ("".join(f"a{n} 电 低压小微 {days}\n" for n in range(5)) for days in (6, 7))
    assert said("F12.applications.W01.mean", ledger + same, july) == [OK]
    assert said("F12.applications.W01.mean", ledger + slower, july) == [BROKEN]


# The reform plan


def test_the_reform_ledger_holds_the_plan_no_less_and_no_more() -> None:
    plan = [(m.code, lead) for m in load().measures for lead in m.leads]
    ledger = "\nledger_id lead_dept\n" + "".join(f"{code} {lead}\n" for code, lead in plan)
    assert said("F22.measures.H16.plan", ledger) == [OK]
    assert said("F22.measures.H13.plan", ledger) == [OK] * 55
    assert said("F22.measures.H16.plan", ledger.replace("ML-06 econ_info\n", "")) == [BROKEN]
    assert said("F22.measures.H13.plan", ledger.replace("ML-52 investment", "ML-52 tax")).count(BROKEN) == 1


def test_the_bounds_stay_exact() -> None:
    edit = rule_of("F20.projects.H10.paid_all")
    rows = wide(edit.table, PAID + "a 1.5000 3.5000\n")
    july = wide(edit.table, PAID + "a 1.0000 3.0000\n", "2022-07")
    found = judged(edit, rows, context=a_context({edit.table: rows}, {edit.table: july}))
    assert found["expected"].to_list() == [Decimal("350000000")]
