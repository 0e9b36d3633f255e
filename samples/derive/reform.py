"""F22 of the truth: the measures with what the other returns tell of their targets."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from catalogue.load import load
from samples.calendar import month_of, worked
from samples.derive.rows import label
from samples.draws import rounded, shown_percent
from samples.employment import SERVED
from samples.filing import Row, Sheet, Value
from samples.inspection import CREDIT_CODES
from samples.reform import Assignment
from samples.truth import Truth
from samples.utilities import POWER, WATER, UserClass
from transforms.period import chinese, split


def derive_f22(truth: Truth, period: str) -> tuple[Sheet, ...]:
    rows = tuple(_assignment(truth, a, period) for a in truth.reform.assignments)
    note = "52项措施;两个单位共同牵头的措施分列两行,共55行。目标值、当前值的单位以目标文字为准。"
    return (Sheet(load().table("F22.measures"), rows, note),)


def _assignment(truth: Truth, assignment: Assignment, period: str) -> Row:
    measure, state, done = assignment.measure, assignment.state(period), assignment.progress[period]
    values: dict[str, Value] = {
        "ledger_id": measure.code,
        "section": measure.section,
        "be_indicator": measure.indicator,
        "title": measure.title,
        "lead_dept": label("departments", assignment.lead),
        "resp_depts": measure.responsible or None,
        "due_date": assignment.due,
        "state": state,
        "progress": Decimal(done),
    }
    if target := _TARGETS.get((measure.code, assignment.lead)):
        text, wanted, actual = target
        values |= {"target_text": text, "target_value": rounded(Decimal(wanted), 2)}
        reached = actual(truth, period)
        values["actual_value"] = None if reached is None else rounded(Decimal(reached), 2)
    if state == "已完成":
        values |= {
            "progress_note": "已完成,转入日常工作。",
            "evidence": f"江北营商办〔{split(period)[0]}〕{int(measure.code[3:])}号",
        }
    elif done:
        note = f"{chinese(period)}推进“{measure.title}”,累计进度{done}%。"
        values |= {"progress_note": note, "next_step": f"{'加快' if state == '滞后' else '继续'}推进,按期完成。"}
    return Row(values)


Actual = Callable[[Truth, str], int | Decimal | None]


def _longest(days: Iterable[int]) -> int | None:
    return max(days, default=None)


def _connection(kind: UserClass) -> Actual:
    def longest(truth: Truth, period: str) -> int | None:
        connected = truth.utilities.connected(period)
        return _longest(a.days for a in connected if (a.kind.utility, a.kind.user) == (kind.utility, kind.user))

    return longest


def _signing(truth: Truth, period: str) -> int | None:
    signed = [c for c in truth.procurement.contracts if month_of(c.signed) == period]
    return _longest((c.signed - c.awarded).days for c in signed)


def _acceptance(truth: Truth, period: str) -> int | None:
    accepted = [c for c in truth.procurement.contracts if month_of(c.accepted) == period]
    return _longest(worked(c.finished, c.accepted) for c in accepted)


def _payment(truth: Truth, period: str) -> int | None:
    paid = [p for c in truth.procurement.contracts for p in c.payments if month_of(p.paid) == period]
    return _longest(worked(p.invoiced, p.paid) for p in paid)


def _licences_online(truth: Truth, period: str) -> Decimal:
    licences = [i for i in truth.services.catalogue(period) if i.kind == "行政许可"]
    return shown_percent(sum(i.fully_online for i in licences), len(licences))


_TARGETS: Mapping[tuple[str, str], tuple[str, int, Actual]] = {
    ("ML-06", "urban_management"): ("一般项目用水不超过9个工作日", 9, _connection(WATER)),
    ("ML-06", "econ_info"): ("低压小微用电不超过8个工作日", 8, _connection(POWER)),
    ("ML-07", "urban_management"): ("红线外用户承担费用为0元", 0, lambda truth, period: 0),
    ("ML-07", "econ_info"): ("红线外用户承担费用为0元", 0, lambda truth, period: 0),
    ("ML-13", "finance_bureau"): ("中标通知书发出之日起20日内签订合同", 20, _signing),
    ("ML-14", "finance_bureau"): ("7个工作日内组织验收", 7, _acceptance),
    ("ML-15", "finance_bureau"): ("收到发票后5个工作日内支付", 5, _payment),
    ("ML-21", "gov_service"): ("行政许可事项全程网办占比不低于90%", 90, _licences_online),
    ("ML-32", "market_reg"): (
        "使用企业信用码的市场主体不低于2000户",
        2000,
        lambda t, m: t.inspection.rates[CREDIT_CODES, m][0],
    ),
    ("ML-39", "human_resources"): ("年服务新注册企业100户", 100, lambda t, m: t.employment.ytd(SERVED, m)),
    ("ML-40", "human_resources"): ("失业待遇申领不超过1个工作日", 1, lambda t, m: Decimal(t.employment.days[m]) / 10),
    ("ML-52", "investment"): ("重点招商企业回访100%", 100, lambda truth, period: 100),
}
"""Targets that another return tells: the words, the value, and what has been reached."""
