"""F13 of the truth: contracts of the year and those not paid before it, with all payments on them."""

from datetime import date

from catalogue.load import load
from samples.derive.rows import label, yes
from samples.draws import shown_wan
from samples.filing import Row, Sheet
from samples.procurement import Contract
from samples.truth import Truth
from transforms.period import last_day


def derive_f13(truth: Truth, period: str) -> tuple[Sheet, ...]:
    contracts = tuple(_contract(c, last_day(period)) for c in truth.procurement.told(period))
    payments = tuple(
        Row(
            {
                "payment_no": p.number,
                "contract_no": p.contract,
                "invoice_date": p.invoiced,
                "pay_date": p.paid,
                "pay_amount": shown_wan(p.amount),
                "treasury_no": p.treasury_no,
            }
        )
        for p in truth.procurement.payments(period)
    )
    return (
        Sheet(load().table("F13.contracts"), contracts, "本表为本年签订及上年结转未付清的合同。"),
        Sheet(load().table("F13.payments"), payments, "本表为上述合同签订以来的全部支付。"),
    )


def _contract(contract: Contract, end: date) -> Row:
    def come(day: date) -> date | None:
        return day if day <= end else None

    return Row(
        {
            "contract_no": contract.number,
            "purchaser": label("departments", contract.purchaser),
            "procurement_kind": contract.kind,
            "intent_date": contract.intended,
            "budget": shown_wan(contract.budget),
            "reserved_sme": yes(contract.reserved),
            "reserved_micro": shown_wan(contract.for_micro),
            "award_date": contract.awarded,
            "sign_date": contract.signed,
            "publish_date": come(contract.published),
            "amount": shown_wan(contract.amount),
            "supplier_uscc": contract.supplier.uscc,
            "supplier_size": contract.supplier.size,
            "prepay": shown_wan(contract.prepaid),
            "finish_date": come(contract.finished),
            "accept_date": come(contract.accepted),
        }
    )
