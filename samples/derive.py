"""From the truth to what each department files: the tables of the six returns of 江北区, as their forms show them."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from catalogue.load import load
from samples.draws import rounded, shown_growth, shown_percent, shown_wan, shown_yuan
from samples.entities import TECHNOLOGY, TYPES
from samples.filing import NOT_TOLD, TOTAL, Row, Sheet, Value
from samples.loans import BANKS
from samples.services import ZONE, CaseMonth, Item
from samples.taxes import BUDGET_ITEM, CREDIT_REFUND, POLICIES, RELIEF, Deferral
from samples.truth import Truth
from transforms.model import RowKind, Table
from transforms.period import year_to_date


def derive(truth: Truth, form: str, period: str) -> tuple[Sheet, ...]:
    """The sheets of one return of 江北区 for one month."""
    return _DERIVED[form](truth, period)


def _label(code_list: str, code: str) -> str:
    return load().code_lists[code_list].label(code)


def _total(first: str, values: Mapping[str, Value], table: Table) -> Row:
    """The 合计 row: numbers that do not add up are not told, words are left out."""
    told = {c.code: values.get(c.code, NOT_TOLD if c.numeric else None) for c in table.columns}
    return Row(told | {first: TOTAL}, RowKind.TOTAL)


# F01


def _derive_f01(truth: Truth, period: str) -> tuple[Sheet, ...]:
    return (_policies(truth, period), _refunds(truth, period), _deferrals(truth, period))


def _policies(truth: Truth, period: str) -> Sheet:
    table, taxes = load().table("F01.summary"), truth.taxes
    rows = []
    for policy in POLICIES:
        facts = taxes.policies[policy, period]
        now, base = taxes.amount_ytd(policy, period), taxes.amount_ytd_last_year(policy, period)
        values: dict[str, Value] = {
            "policy_code": policy,
            "policy_name": _label("policies", policy),
            "relief_kind": RELIEF[policy],
            "eligible_n": facts.eligible,
            "benefit_times_m": facts.times,
            "benefit_firms_m": facts.firms,
            "amount_m": shown_wan(facts.amount),
            "benefit_times_ytd": taxes.times_ytd(policy, period),
            "benefit_firms_ytd": facts.firms_ytd,
            "take_up_rate": shown_percent(facts.firms_ytd, facts.eligible),
            **_compared(now, base),
        }
        rows.append(Row(values))
    now = sum(taxes.amount_ytd(p, period) for p in POLICIES)
    base = sum(taxes.amount_ytd_last_year(p, period) for p in POLICIES)
    total = {
        "benefit_times_m": sum(taxes.policies[p, period].times for p in POLICIES),
        "benefit_times_ytd": sum(taxes.times_ytd(p, period) for p in POLICIES),
        "amount_m": shown_wan(sum(taxes.policies[p, period].amount for p in POLICIES)),
        **_compared(now, base),
    }
    rows.append(_total("policy_code", total, table))
    return Sheet(table, tuple(rows), "户数为不重复户数,各政策之间不可相加;缓缴不是减免。")


def _compared(now: int, base: int) -> dict[str, Value]:
    return {
        "amount_ytd": shown_wan(now),
        "amount_ytd_ly": shown_wan(base),
        "amount_yoy": shown_growth(now, base),
    }


def _refunds(truth: Truth, period: str) -> Sheet:
    paid_until = set(year_to_date(period))
    rows = [
        Row(
            {
                "seq": number,
                "taxpayer_key": r.firm.key,
                "industry": r.firm.industry,
                "firm_size": r.firm.size,
                "area": r.firm.area,
                "tax_period": r.tax_period,
                "apply_date": r.applied,
                "approve_date": r.approved,
                "pay_date": r.paid if f"{r.paid:%Y-%m}" in paid_until else None,
                "credit_type": r.credit,
                "refund_amount": shown_yuan(r.amount),
                "voucher_no": r.voucher,
                "treasury_code": r.treasury,
                "remark": r.remark or None,
            }
        )
        for number, r in enumerate(truth.taxes.refunds_told(period), 1)
    ]
    note = "本表为本年累计台账;已审核、国库尚未退付的,退库日期留空。纳税人名称不出部门。"
    return Sheet(load().table("F01.refunds"), tuple(rows), note)


def _deferrals(truth: Truth, period: str) -> Sheet:
    mine: list[tuple[str, Deferral]] = [(b, d) for (b, m), d in truth.taxes.deferrals.items() if m == period]
    rows = [
        Row(
            {
                "batch": batch,
                "defer_open": shown_wan(d.opening),
                "defer_new": shown_wan(d.new),
                "defer_paid": shown_wan(d.paid),
                "defer_close": shown_wan(d.closing),
            }
        )
        for batch, d in mine
    ]
    return Sheet(load().table("F01.deferrals"), tuple(rows), "结清的批次不再列示。")


# F02


def _derive_f02(truth: Truth, period: str) -> tuple[Sheet, ...]:
    taxes, table = truth.taxes, load().table("F02.summary")
    rows, sums = [], dict.fromkeys(("n_m", "m", "n_ytd", "ytd"), 0)
    for kind, item in BUDGET_ITEM.items():
        month = taxes.vouchers_paid(kind, [period])
        ytd = taxes.vouchers_paid(kind, year_to_date(period))
        counted = {"n_m": len(month), "m": sum(v.amount for v in month)}
        counted |= {"n_ytd": len(ytd), "ytd": sum(v.amount for v in ytd)}
        rows.append(Row({"budget_item": item, "refund_kind": kind, **_refund_sums(counted)}))
        sums = {name: value + counted[name] for name, value in sums.items()}
    rows.append(_total("budget_item", _refund_sums(sums), table))
    vouchers = [
        Row(
            {
                "voucher_no": v.number,
                "payee_key": v.payee,
                "refund_kind": v.kind,
                "pay_date": v.paid,
                "amount": shown_yuan(v.amount),
                "status": v.status,
            }
        )
        for v in taxes.vouchers_told(period)
    ]
    note = f"{CREDIT_REFUND}以国库退付日为准;退回、挂账的不计入汇总。"
    ledger_note = "本表为本年累计明细,按退库日期排列。"
    return (Sheet(table, tuple(rows), note), Sheet(load().table("F02.vouchers"), tuple(vouchers), ledger_note))


def _refund_sums(counted: Mapping[str, int]) -> dict[str, Value]:
    """A quarter of every refund is borne by the district."""
    return {
        "n_m": counted["n_m"],
        "amount_m": shown_wan(counted["m"]),
        "n_ytd": counted["n_ytd"],
        "amount_ytd": shown_wan(counted["ytd"]),
        "district_share": shown_wan(counted["ytd"] // 4),
    }


# F03


def _derive_f03(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F03.entities")
    rows = []
    for facts in TYPES:
        rows.append(Row({"entity_type": facts.code, **_entity_values(truth, [facts.code], period)}))
        if facts.code == "私营企业":
            part = {"entity_type": f"  其中:{TECHNOLOGY}", **_entity_values(truth, [TECHNOLOGY], period)}
            rows.append(Row(part, RowKind.PART))
    rows.append(_total("entity_type", _entity_values(truth, [t.code for t in TYPES], period), table))
    entities = Sheet(table, tuple(rows), "实有数为登记在册数;民营科技企业为私营企业的其中数,不计入合计。")
    return (entities, _start_up(truth, period))


def _entity_values(truth: Truth, codes: Iterable[str], period: str) -> dict[str, Value]:
    entities, codes = truth.entities, list(codes)
    months = [entities.months[code, period] for code in codes]
    now = sum(entities.new_ytd(code, period) for code in codes)
    base = sum(entities.new_ytd_last_year(code, period) for code in codes)
    closing = sum(m.closing for m in months)
    return {
        "open_n": sum(m.opening for m in months),
        "new_m": sum(m.new for m in months),
        "closed_m": sum(m.closed for m in months),
        "closed_simple_m": sum(m.closed_simply for m in months),
        "revoked_m": sum(m.revoked for m in months),
        "in_m": sum(m.moved_in for m in months),
        "out_m": sum(m.moved_out for m in months),
        "close_n": closing,
        "new_ytd": now,
        "new_ytd_ly": base,
        "new_yoy": shown_growth(now, base),
        "vs_open_year": shown_growth(closing, sum(entities.year_open(code, period) for code in codes)),
        "capital_m": shown_wan(sum(m.capital for m in months)),
    }


def _start_up(truth: Truth, period: str) -> Sheet:
    facts = truth.entities.start_up[period]
    row = Row(
        {
            "online_n": facts.online,
            "avg_hours": Decimal(facts.average_hours) / 10,
            "max_hours": Decimal(facts.longest_hours) / 10,
            "elicence_n": truth.entities.new_enterprises(period),
            "seal_sets": facts.seal_sets,
            "seal_cost": rounded(Decimal(facts.seal_sets * 400), 2),
            "first_tax_n": facts.first_tax,
            "first_ss_n": facts.first_insured,
            "cy_licences": facts.cross_province,
        }
    )
    return Sheet(load().table("F03.startup"), (row,), "最快2小时为最短用时,不作为平均用时;印章每套400元。")


# F05


def _derive_f05(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table, services = load().table("F05.cases"), truth.services
    departments = [code for code, m in services.cases if m == period and code != ZONE[1]]
    rows = []
    for code in departments:
        rows.append(Row({"dept_code": _label("departments", code), **_case_values(truth, [code], period)}))
        if code == ZONE[0]:
            part = {"dept_code": f"  其中:{ZONE[1]}", **_case_values(truth, [ZONE[1]], period)}
            rows.append(Row(part, RowKind.PART))
    rows.append(_total("dept_code", _case_values(truth, departments, period), table))
    cases = Sheet(table, tuple(rows), "受理渠道互不重复;企业开办专区为区市场监管局的其中数,不计入合计。")
    return (cases, item_sheet(services.catalogue(period), services.added(period)))


def _case_values(truth: Truth, departments: list[str], period: str) -> dict[str, Value]:
    cases = [truth.services.cases[d, period] for d in departments]

    def add(pick: Callable[[CaseMonth], int]) -> int:
        return sum(map(pick, cases))

    accepted, onewin, online = add(lambda c: c.accepted), add(lambda c: c.onewin), add(lambda c: c.online)
    return {
        "open_n": add(lambda c: c.opening),
        "accept_m": accepted,
        "done_m": add(lambda c: c.done),
        "returned_m": add(lambda c: c.returned),
        "close_n": add(lambda c: c.closing),
        "onewin_m": onewin,
        "online_m": online,
        "post_m": add(lambda c: c.post),
        "self_m": add(lambda c: c.self_service),
        "counter_m": add(lambda c: c.counter),
        "instant_m": add(lambda c: c.instant),
        "late_m": add(lambda c: c.late),
        "paper_m": add(lambda c: c.paper),
        "onewin_rate": shown_percent(onewin, accepted),
        "online_rate": shown_percent(online, accepted),
        "accept_ytd": sum(truth.services.accepted_ytd(d, period) for d in departments),
    }


def item_sheet(items: list[Item], added: int = 0) -> Sheet:
    """The catalogue of items with what is told of it in the note."""
    count = len(items)
    promised, legal = sum(i.promised_days for i in items), sum(i.legal_days for i in items)
    told = [
        f"时限压缩比例{shown_percent(legal - promised, legal, 1)}%",
        f"即办件比例{shown_percent(sum(i.instant for i in items), count, 1)}%",
        f"零跑动比例{shown_percent(sum(i.trips == 0 for i in items), count, 1)}%",
        f"全程网办比例{shown_percent(sum(i.fully_online for i in items), count, 1)}%",
        f"平均跑动次数{rounded(Decimal(sum(i.trips for i in items)) / count, 2)}次",
    ]
    note = ",".join(told) + (f";事项变更:新增{added}项。" if added else "。")
    return Sheet(load().table("F05.items"), tuple(map(item_row, items)), note)


def item_row(item: Item) -> Row:
    return Row(
        {
            "item_code": item.code,
            "dept_code": _label("departments", item.department),
            "item_kind": item.kind,
            "on_application": _yes(item.on_application),
            "legal_days": item.legal_days,
            "promised_days": item.promised_days,
            "is_instant": _yes(item.instant),
            "fully_online": _yes(item.fully_online),
            "max_trips": item.trips,
            "cross_scope": item.scope,
            "by_commitment": _yes(item.by_commitment),
            "onewin_ok": _yes(item.onewin),
            "valid_from": item.valid_from,
        }
    )


def _yes(value: bool) -> str:
    return "是" if value else "否"


# F09


def _derive_f09(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F09.summary")
    rows = [Row({"bank_code": _label("banks", bank), **_centre_values(truth, [bank], period)}) for bank in BANKS]
    rows.append(_total("bank_code", _centre_values(truth, list(BANKS), period), table))
    loans = [
        Row(
            {
                "loan_no": loan.number,
                "uscc": loan.firm.uscc,
                "firm_name": loan.firm.name,
                "firm_size": loan.firm.size,
                "industry": loan.firm.industry,
                "bank_code": _label("banks", loan.bank),
                "loan_kind": loan.kind,
                "product": loan.product,
                "platform": loan.platform,
                "credit_date": loan.credited,
                "drawdown_date": loan.drawn,
                "maturity_date": loan.matures,
                "amount": shown_wan(loan.amount),
                "balance": shown_wan(loan.balance(period)),
                "rate": Decimal(loan.rate) / 100,
                "security": loan.security,
            }
        )
        for loan in truth.loans.told(period)
    ]
    note = "首贷续贷中心自2021年1月开办;户数按银行分别计算,同一企业在两家银行贷款计两户。"
    ledger_note = "本表为开办以来台账。"
    return (Sheet(table, tuple(rows), note), Sheet(load().table("F09.loans"), tuple(loans), ledger_note))


def _centre_values(truth: Truth, banks: list[str], period: str) -> dict[str, Value]:
    loans, opened = truth.loans, [m for m in truth.periods if m <= period]

    def firms(months: list[str], kind: str = "") -> int:
        return sum(len({x.firm.uscc for x in loans.drawn(b, months) if kind in ("", x.kind)}) for b in banks)

    def amount(months: list[str]) -> Decimal:
        return shown_wan(sum(x.amount for b in banks for x in loans.drawn(b, months)))

    return {
        "visits_m": sum(loans.visits[b, period] for b in banks),
        "visits_all": sum(loans.visits[b, m] for b in banks for m in opened),
        "borrowers_m": firms([period]),
        "borrowers_all": firms(opened),
        "first_n": firms([period], "首贷"),
        "renew_n": firms([period], "续贷"),
        "loans_m": sum(len(loans.drawn(b, [period])) for b in banks),
        "amount_m": amount([period]),
        "amount_ytd": amount(year_to_date(period)),
        "amount_all": amount(opened),
    }


# F10


def _derive_f10(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F10.balances")
    rows = [Row({"bank_code": _label("banks", bank), **_balance_values(truth, [bank], period)}) for bank in BANKS]
    rows.append(_total("bank_code", _balance_values(truth, list(BANKS), period), table))
    return (Sheet(table, tuple(rows), "各银行机构报送,区金融办汇总;余额为月末数。"),)


def _balance_values(truth: Truth, banks: list[str], period: str) -> dict[str, Value]:
    months = [truth.loans.balances[bank, period] for bank in banks]
    year_open = sum(truth.loans.year_open(bank, period) for bank in banks)
    closing = sum(m.closing for m in months)
    return {
        "year_open": shown_wan(year_open),
        "open_bal": shown_wan(sum(m.opening for m in months)),
        "lent_m": shown_wan(sum(m.lent for m in months)),
        "repaid_m": shown_wan(sum(m.repaid for m in months)),
        "writeoff_m": shown_wan(sum(m.written_off for m in months)),
        "close_bal": shown_wan(closing),
        "vs_year_open": shown_wan(closing - year_open),
        "vs_year_open_pct": shown_growth(closing, year_open),
        "borrowers": sum(m.borrowers for m in months),
        "credit_bal": shown_wan(sum(m.on_credit for m in months)),
        "npl_bal": shown_wan(sum(m.overdue for m in months)),
        "authorisations_m": sum(m.authorisations for m in months),
    }


_DERIVED: Mapping[str, Callable[[Truth, str], tuple[Sheet, ...]]] = {
    "F01": _derive_f01,
    "F02": _derive_f02,
    "F03": _derive_f03,
    "F05": _derive_f05,
    "F09": _derive_f09,
    "F10": _derive_f10,
}
