"""F11 of the truth: the pools of the four products and the loans they stand behind."""

from catalogue.load import load
from samples.derive.rows import label
from samples.draws import rounded, shown_wan
from samples.filing import Row, Sheet
from samples.technology import POOLS, TechnologyLoan
from samples.truth import Truth


def derive_f11(truth: Truth, period: str) -> tuple[Sheet, ...]:
    outstanding = truth.technology.outstanding(period)
    pools = [_pool(truth, product, period, [t for t in outstanding if t.product == product]) for product in POOLS]
    note = "入池金额为历年累计;贷款余额与首贷续贷台账为同一笔贷款,不重复统计。"
    return (
        Sheet(load().table("F11.pools"), tuple(pools), note),
        Sheet(load().table("F11.loans"), tuple(_loan(t, period) for t in outstanding), "本表为期末有余额的贷款。"),
    )


def _pool(truth: Truth, product: str, period: str, loans: list[TechnologyLoan]) -> Row:
    pool = truth.technology.pools[product, period]
    # What the form shows adds up: balances are told in whole 0.01 万元, and so is their sum.
    owed = sum((shown_wan(t.loan.balance(period)) for t in loans), start=shown_wan(0))
    return Row(
        {
            "product": product,
            "pool_in": shown_wan(truth.technology.paid_in_all(product, period)),
            "compensated_m": shown_wan(pool.compensated),
            "recovered_m": shown_wan(pool.recovered),
            "pool_bal": shown_wan(pool.balance),
            "loan_bal": owed,
            "leverage": rounded(owed / shown_wan(pool.balance), 2),
            "firms": len({t.loan.firm.uscc for t in loans}),
        }
    )


def _loan(told: TechnologyLoan, period: str) -> Row:
    loan = told.loan
    return Row(
        {
            "product": told.product,
            "uscc": loan.firm.uscc,
            "firm_name": loan.firm.name,
            "loan_no": loan.number,
            "bank_code": label("banks", loan.bank),
            "drawdown_date": loan.drawn,
            "amount": shown_wan(loan.amount),
            "balance": shown_wan(loan.balance(period)),
            "ip_no": told.ip or None,
        }
    )
