"""F02 of the truth: what the treasury has paid back, and its vouchers."""

from collections.abc import Mapping

from catalogue.load import load
from samples.derive.rows import total_row
from samples.draws import shown_wan, shown_yuan
from samples.filing import Row, Sheet, Value
from samples.taxes import BUDGET_ITEM, CREDIT_REFUND
from samples.truth import Truth
from transforms.period import year_to_date


def derive_f02(truth: Truth, period: str) -> tuple[Sheet, ...]:
    taxes, table = truth.taxes, load().table("F02.summary")
    rows, sums = [], dict.fromkeys(("n_m", "m", "n_ytd", "ytd"), 0)
    for kind, item in BUDGET_ITEM.items():
        month = taxes.vouchers_paid(kind, [period])
        ytd = taxes.vouchers_paid(kind, year_to_date(period))
        counted = {"n_m": len(month), "m": sum(v.amount for v in month)}
        counted |= {"n_ytd": len(ytd), "ytd": sum(v.amount for v in ytd)}
        rows.append(Row({"budget_item": item, "refund_kind": kind, **_refund_sums(counted)}))
        sums = {name: value + counted[name] for name, value in sums.items()}
    rows.append(total_row("budget_item", _refund_sums(sums), table))
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
