"""F09 and F10 of the truth: the centre's loans, and the balances of the banks."""

from decimal import Decimal

from catalogue.load import load
from samples.derive.rows import label, total_row
from samples.draws import shown_growth, shown_wan
from samples.filing import Row, Sheet, Value
from samples.loans import BANKS
from samples.truth import Truth
from transforms.period import year_to_date


def derive_f09(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F09.summary")
    rows = [Row({"bank_code": label("banks", bank), **_centre_values(truth, [bank], period)}) for bank in BANKS]
    rows.append(total_row("bank_code", _centre_values(truth, list(BANKS), period), table))
    loans = [
        Row(
            {
                "loan_no": loan.number,
                "uscc": loan.firm.uscc,
                "firm_name": loan.firm.name,
                "firm_size": loan.firm.size,
                "industry": loan.firm.industry,
                "bank_code": label("banks", loan.bank),
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


def derive_f10(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F10.balances")
    rows = [Row({"bank_code": label("banks", bank), **_balance_values(truth, [bank], period)}) for bank in BANKS]
    rows.append(total_row("bank_code", _balance_values(truth, list(BANKS), period), table))
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
