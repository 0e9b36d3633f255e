"""M12, and the blocks of M08 and M09 that are made of ledgers: awards, tax service, pools, technology firms."""

from decimal import Decimal

from tests.transforms.ledgers import facts_of, observed_facts
from tests.transforms.test_schedule import row_of
from transforms import schedule

CONNECTED = "\nutility user_class apply_date connect_date user_days\n"
AWARDS = "\naward_kind dept_code uscc granted granted_on paid paid_on unpaid\n"
LOANS = "\nproduct uscc bank_code drawdown_date amount balance\n"


def test_a_class_is_told_by_its_cases_of_the_month_their_mean_and_the_longest():
    lines = "水 一般项目 2022-08-01 2022-08-09 6\n水 一般项目 2022-08-01 2022-08-12 9\n水 一般项目 2022-08-01 2022-08-15 10\n"
    facts = observed_facts({"F12.applications": CONNECTED + lines + "水 一般项目 2022-07-01 2022-07-30 20\n"})
    row = row_of(schedule.elements(facts), field="获得用水", name="一般项目")
    assert [row[c] for c in ("cases", "longest", "light")] == [3, 10, "红"]
    assert (round(row["mean"], 4), round(row["rate"], 4)) == (Decimal("8.3333"), Decimal("0.6667"))
    assert row["longest|src"] == ["F12.applications.water_longest||2022-08"]
    assert facts.places(row["longest|src"])["F12.applications.water_longest||2022-08"]["cell"] == "K5:K7"


def test_what_a_class_is_held_against_is_what_the_catalogue_declares():
    goals = {(row["field"], row["name"]): row["goal"] for row in schedule.elements(facts_of({})).iter_rows(named=True)}
    assert goals["获得用水", "一般项目"] == "每件≤9个工作日"
    assert goals["获得电力", "10千伏"] == "平均≤30个工作日"
    assert goals["政府采购", "合同签订"] == "每份≤20日"
    assert goals["招标投标", "交通"] == "全流程电子化100%"
    assert goals["司法保障", "民商事"] == "调解速裁≥75%"
    assert goals["不动产登记", "首次"] == "平均≤1个工作日"
    assert goals["司法保障", "破产"] == ""


def test_a_class_without_a_limit_has_no_light_and_one_without_cases_is_grey():
    facts = observed_facts({"F12.applications": CONNECTED + "水 小低项目 2022-08-01 2022-08-09 6\n"})
    table = schedule.elements(facts)
    assert row_of(table, field="获得用水", name="小低项目")["light"] is None
    row = row_of(table, field="获得电力", name="低压小微")
    assert (row["light"], row["cases"], row["rate"], row["remark"]) == ("灰", 0, None, "本月无")


def test_a_class_whose_return_did_not_come_is_unreported():
    row = row_of(schedule.elements(facts_of({}, more=("F12",))), field="获得用气", name="全部用户")
    assert (row["light"], row["cases|why"], row["mean|why"], row["remark"]) == ("灰", "未报", "未报", "未报")


def test_an_approval_is_held_against_what_was_promised_for_it():
    lines = "\nproject_class accept_date done_date days promised_days\n一般 2022-08-01 2022-08-09 6 6\n一般 2022-08-01 2022-08-10 7 6\n"
    row = row_of(schedule.elements(observed_facts({"F15.approvals": lines})), field="工程审批", name="一般")
    assert (row["rate"], row["light"]) == (Decimal("0.5"), "红")


def some_awards(*more: str) -> str:
    firms = [("甲", "2022-08-01"), ("乙", "2022-08-02"), ("丙", "2022-08-03"), ("丁", "2022-03-03")]
    paid = "".join(f"奖补 science {firm} 10 2022-02-01 6 {day} 4\n" for firm, day in firms)
    return AWARDS + paid + "奖补 science 甲 10 2022-08-05 0 · 10\n" + "".join(f"{line}\n" for line in more)


RENT = "租金减免 ndrc 戊 7 2022-08-05 7 2022-08-09 0"


def test_awards_are_told_by_what_was_granted_and_paid_in_the_month_and_what_is_still_owed():
    rents = [f"租金减免 ndrc {firm} 7 2022-08-05 7 2022-08-09 0" for firm in "甲戊己"]
    table = schedule.awards(facts_of({"F23.awards": some_awards(*rents)}))
    row, total = row_of(table, name="奖补"), row_of(table, name="合计")
    wan = {column: row[column] / 10000 for column in ("granted_ytd", "paid_m", "paid_ytd", "unpaid", "late")}
    assert wan == {"granted_ytd": 50, "paid_m": 18, "paid_ytd": 24, "unpaid": 26, "late": 16}
    assert (row["firms_m"], row["firms_ytd"], row["longest"], row["unpaid_n"]) == (3, 4, 211, 5)
    # 甲 has both: the firms of the rows are not added up.
    assert (total["paid_m"] / 10000, total["firms_m"]) == (39, 5)


def test_what_one_firm_was_paid_is_not_circulated_and_cannot_be_found_from_the_total():
    table = schedule.awards(facts_of({"F23.awards": some_awards(RENT)}))
    for name in ("租金减免", "奖补"):
        row = row_of(table, name=name)
        assert (row["granted_m"], row["granted_m|why"]) == (None, "＊")
    assert row_of(table, name="租金减免")["paid_m|why"] == "＊"
    assert row_of(table, name="合计")["kind"] == "told_total"


def test_awards_stand_by_department_in_the_order_of_protocol():
    table = schedule.awards_by_department(facts_of({"F23.awards": some_awards(RENT)}))
    assert table["name"].to_list() == ["区发展改革委", "区科技局", "合计"]


def test_an_awards_ledger_that_was_not_filed_is_unreported_and_not_zero():
    row = row_of(schedule.awards(facts_of({}, more=("F23",))), name="合计")
    assert {row[f"{column}|why"] for column in ("granted_m", "paid_m", "unpaid", "firms_ytd")} == {"未报"}


def test_a_firm_with_loans_of_two_products_is_one_and_the_multiple_is_of_the_sums():
    pools = "\nproduct pool_in compensated_m recovered_m pool_bal loan_bal firms\n科技担保贷 2 0 0 2 12 3\n知识产权质押 2 0 0 2 8 3\n"
    loans = "".join(
        f"{product} {firm} ICBC 2022-08-01 9 5\n" for product in ("科技担保贷", "知识产权质押") for firm in "甲乙丙"
    )
    facts = observed_facts({"F11.pools": pools, "F11.loans": LOANS + loans})
    total = row_of(schedule.pools(facts), product="合计")
    assert (total["firms"], total["leverage"], total["kind"]) == (3, 5, "total")
    assert row_of(schedule.pools(facts), product="科技担保贷")["leverage"] == 6


def test_technology_loans_stand_by_balance_and_what_is_paid_back_counts_no_firm():
    lines = "科技担保贷 甲 ICBC 2022-08-01 9 5\n科技担保贷 乙 ICBC 2022-08-02 9 5\n科技担保贷 丙 ICBC 2022-02-02 9 5\n"
    lines += (
        "".join(f"科技担保贷 {firm} CCB 2022-01-05 9 9\n" for firm in "丁戊己") + "科技担保贷 庚 CCB 2022-01-05 9 0\n"
    )
    table = schedule.technology_loans(facts_of({"F11.loans": LOANS + lines}))
    assert table["bank"].to_list() == ["合计", "建设银行", "工商银行"]
    first = row_of(table, bank="建设银行")
    assert (first["firms"], first["loans"], first["balance"] / 10000, first["mean"] / 10000) == (3, 3, 27, 9)
    assert row_of(table, bank="工商银行")["drawn_m|why"] == "＊"


def test_the_channels_of_the_tax_office_have_their_share_of_all_cases():
    facts = observed_facts({"F24.channels": "\nchannel cases_m\n大厅 1\n手机 3\n合计 4\n"})
    table = schedule.tax_service(facts)
    assert table["channel"].to_list() == ["手机", "大厅", "合计"]
    assert table["share"].to_list() == [Decimal("0.75"), Decimal("0.25"), 1]
