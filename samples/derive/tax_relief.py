"""F01 of the truth: policies, the refund ledger, deferrals."""

from catalogue.load import load
from samples.derive.rows import label, total_row
from samples.draws import shown_growth, shown_percent, shown_wan, shown_yuan
from samples.filing import Row, Sheet, Value
from samples.taxes import POLICIES, RELIEF, Deferral
from samples.truth import Truth
from transforms.period import year_to_date


def derive_f01(truth: Truth, period: str) -> tuple[Sheet, ...]:
    return (_policies(truth, period), _refunds(truth, period), _deferrals(truth, period))


def _policies(truth: Truth, period: str) -> Sheet:
    table, taxes = load().table("F01.summary"), truth.taxes
    rows = []
    for policy in POLICIES:
        facts = taxes.policies[policy, period]
        now, base = taxes.amount_ytd(policy, period), taxes.amount_ytd_last_year(policy, period)
        values: dict[str, Value] = {
            "policy_code": policy,
            "policy_name": label("policies", policy),
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
    rows.append(total_row("policy_code", total, table))
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
