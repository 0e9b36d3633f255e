"""F04 and F24 of the truth: firms on the tax register, and the channels of the tax bureau."""

from collections.abc import Iterable

from catalogue.load import load
from samples.derive.rows import total_row
from samples.draws import shown_percent
from samples.filing import NOT_TOLD, Row, Sheet, Value
from samples.tax_service import CHANNELS, HALL, STOCK
from samples.truth import Truth


def derive_f04(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F04.registered")
    rows = [Row({"entity_class": name, **_registered(truth, [name], period)}) for name in STOCK]
    rows.append(total_row("entity_class", _registered(truth, STOCK, period), table))
    note = "新办以首次办理涉税业务为准;社保、公积金首次数由区人力社保局、住房公积金中心提供。"
    return (Sheet(table, tuple(rows), note),)


def _registered(truth: Truth, names: Iterable[str], period: str) -> dict[str, Value]:
    months = [truth.tax_service.registered[name, period] for name in names]
    return {
        "open_n": sum(m.opening for m in months),
        "new_m": sum(m.new for m in months),
        "closed_m": sum(m.closed for m in months),
        "close_n": sum(m.closing for m in months),
        "active_n": sum(m.active for m in months),
        "first_online_m": sum(m.online for m in months),
        "ss_first_m": sum(m.insured for m in months),
        "hf_first_m": sum(m.housing_fund for m in months),
        "bank_acct_m": sum(m.accounts for m in months),
    }


def derive_f24(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table = load().table("F24.channels")
    rows = [Row({"channel": name, **_channels(truth, [name], period)}) for name in CHANNELS]
    total = _channels(truth, CHANNELS, period)
    at_hall = truth.tax_service.channels[HALL, period].cases
    total["online_rate"] = shown_percent(sum(_cases(truth, period)) - at_hall, sum(_cases(truth, period)))
    rows.append(total_row("channel", total, table))
    note = "线上替代率为大厅以外各渠道占全部涉税事项的比例,只填合计行;退税以国库已退付的为准。"
    return (Sheet(table, tuple(rows), note),)


def _cases(truth: Truth, period: str) -> list[int]:
    return [truth.tax_service.channels[name, period].cases for name in CHANNELS]


def _channels(truth: Truth, names: Iterable[str], period: str) -> dict[str, Value]:
    names = list(names)
    months = [truth.tax_service.channels[name, period] for name in names]
    refunds = sum(m.refunds for m in months)
    return {
        "cases_m": sum(m.cases for m in months),
        "cases_ytd": sum(truth.tax_service.cases_ytd(name, period) for name in names),
        "filings_m": sum(m.filings for m in months),
        "embedded_m": sum(m.embedded for m in months),
        "erefund_m": refunds,
        "refund_m": refunds,
        "online_rate": NOT_TOLD,
        "erefund_rate": shown_percent(refunds, refunds) if refunds else NOT_TOLD,
        "calls_m": sum(m.calls for m in months),
        "calls_done": sum(m.answered for m in months),
        "callback_m": sum(m.called_back for m in months),
        "satisfied_m": sum(m.satisfied for m in months),
    }
