"""F05 of the truth: cases by department, and the catalogue of items."""

from collections.abc import Callable
from decimal import Decimal

from catalogue.load import load
from samples.derive.rows import label, total_row, yes
from samples.draws import rounded, shown_percent
from samples.filing import Row, Sheet, Value
from samples.services import ZONE, CaseMonth, Item
from samples.truth import Truth
from transforms.model import RowKind


def derive_f05(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table, services = load().table("F05.cases"), truth.services
    departments = services.departments(period)
    rows = []
    for code in departments:
        rows.append(Row({"dept_code": label("departments", code), **_case_values(truth, [code], period)}))
        if code == ZONE[0]:
            part = {"dept_code": f"  其中:{ZONE[1]}", **_case_values(truth, [ZONE[1]], period)}
            rows.append(Row(part, RowKind.PART))
    rows.append(total_row("dept_code", _case_values(truth, departments, period), table))
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
            "dept_code": label("departments", item.department),
            "item_kind": item.kind,
            "on_application": yes(item.on_application),
            "legal_days": item.legal_days,
            "promised_days": item.promised_days,
            "is_instant": yes(item.instant),
            "fully_online": yes(item.fully_online),
            "max_trips": item.trips,
            "cross_scope": item.scope,
            "by_commitment": yes(item.by_commitment),
            "onewin_ok": yes(item.onewin),
            "valid_from": item.valid_from,
        }
    )
