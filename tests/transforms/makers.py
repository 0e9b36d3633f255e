"""Makers of facts for the tests: single observations, and a whole made-up district of 20 months."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import polars as pl

from catalogue.load import load
from transforms import period as months
from transforms.facts import (
    DEADLINES,
    DIFFERENCES,
    SUBMISSIONS,
    Facts,
    basis_of,
)
from transforms.model import FINDINGS, Cause, State
from transforms.observe import OBSERVATIONS

AS_OF = datetime(2022, 9, 14, 2, 30)
PERIOD = "2022-08"
WAN = Decimal(10000)
Values = dict[tuple[str, str, str], Decimal | None]


def an_observation(series: str, item: str, period: str, value: object, **changes: Any) -> dict[str, Any]:
    form = series.split(".", maxsplit=1)[0]
    return {
        **dict.fromkeys(OBSERVATIONS),
        "district": "jb",
        "department": load().form(form).department,
        "form": form,
        "table": ".".join(series.split(".")[:2]),
        "series": series,
        "item": item,
        "period": period,
        "basis": basis_of(load(), series),
        "value": None if value is None else Decimal(str(value)),
        "half": Decimal(0),
        "text": str(value),
        "submission": f"{form}-{period}",
        "version": 1,
        "file": f"{form}_jb_{period.replace('-', '')}_V1.xlsx",
        "sheet": "表1",
        "cell": "D5",
        **changes,
    }


def a_submission(form: str, period: str, **changes: Any) -> dict[str, Any]:
    arrived = datetime.combine(months.first_day(months.shift(period, 1)), datetime.min.time()) + timedelta(
        days=4, hours=10
    )
    return {
        "district": "jb",
        "department": load().form(form).department,
        "form": form,
        "period": period,
        "submission": f"{form}-{period}",
        "version": 1,
        "file": f"{form}_jb_{period.replace('-', '')}_V1.xlsx",
        "sha256": f"{form}{period}".encode().hex().ljust(64, "0"),
        "arrived_at": arrived,
        "received_at": arrived,
        "decided_at": arrived + timedelta(hours=15),
        "status": "accepted",
        "hard": 0,
        "soft": 0,
        "explained": 0,
        "reporter": "陈静",
        "auditor": "李雪梅",
        "reasons": "",
        **changes,
    }


def a_difference(rule: str = "R02", **changes: Any) -> dict[str, Any]:
    declared = next(r for r in load().reconciliations if r.code == rule)
    return {
        **dict.fromkeys(DIFFERENCES),
        "id": f"{rule}-{PERIOD}-001",
        "district": "jb",
        "rule": rule,
        "name": declared.name,
        "key": "",
        "period": PERIOD,
        "left": declared.left,
        "right": declared.right,
        "unit": "元",
        "state": State.DIFFERENT.value,
        "cause": Cause.UNEXPLAINED.value,
        "explanation": "",
        "lines": 1,
        "owner": declared.owner,
        "since": PERIOD,
        "age": 0,
        **changes,
    }


def a_finding(rule: str, table: str, message: str, **changes: Any) -> dict[str, Any]:
    form = table.split(".", maxsplit=1)[0]
    return {
        **dict.fromkeys(FINDINGS),
        "district": "jb",
        "department": load().form(form).department,
        "form": form,
        "period": PERIOD,
        "submission": f"{form}-{PERIOD}",
        "file": f"{form}_jb_202208_V1.xlsx",
        "table": table,
        "rule": rule,
        "rule_id": f"{table}.{rule}.x",
        "severity": "hard",
        "verdict": "violated",
        "sheet": "表1",
        "cell": "G12",
        "message": message,
        **changes,
    }


RETURNS = ("F01", "F02", "F03", "F05", "F09", "F10")
"""What the made-up district files: the returns that the core figures are read from."""


def some_deadlines(last: str = PERIOD) -> list[dict[str, Any]]:
    return [
        {
            "district": "jb",
            "form": form.code,
            "period": last,
            "due": months.first_day(months.shift(last, 1)) + timedelta(days=form.due + 1),
            "provisional": False,
        }
        for form in map(load().form, RETURNS)
    ]


def some_facts(
    observations: Iterable[Mapping[str, Any]] = (),
    *,
    submissions: Iterable[Mapping[str, Any]] = (),
    findings: Iterable[Mapping[str, Any]] = (),
    differences: Iterable[Mapping[str, Any]] = (),
    deadlines: Iterable[Mapping[str, Any]] | None = None,
    period: str = PERIOD,
    **changes: Any,
) -> Facts:
    """Facts of 江北区, as if it filed RETURNS alone; nothing is known but what is given."""

    def frame(rows: Iterable[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
        return pl.DataFrame(list(rows), schema=dict(schema))

    # A golden must not move with every edit of the catalogue: its digest is another's business.
    catalogue = replace(load(), digest="0" * 12)
    return Facts(
        **{
            "catalogue": catalogue,
            "district": replace(catalogue.district("jb"), returns=RETURNS),
            "period": period,
            "as_of": AS_OF,
            "observations": frame(observations, OBSERVATIONS),
            "submissions": frame(submissions, SUBMISSIONS),
            "findings": frame(findings, FINDINGS),
            "differences": frame(differences, DIFFERENCES),
            "deadlines": frame(some_deadlines(period) if deadlines is None else deadlines, DEADLINES),
            **changes,
        }
    )


# ---- a whole district ----------------------------------------------------------------------------------------------


@cache
def a_made_up_district(last: str = PERIOD) -> Facts:
    """Twenty months of RETURNS, 2021-01 to `last`, with what the seeds tell for 2022-08, three open
    differences, a returned and a missing report."""
    random = Random(7)
    values: Values = {}
    _entities(values, random, last)
    _taxes(values, random, last)
    _loans(values, random, last)
    _cases(values, random, last)
    rows = [an_observation(s, i, p, v, half=_half(s)) for (s, i, p), v in values.items() if p <= last]
    submissions = [a_submission(code, month) for code in RETURNS for month in months.months_between("2021-01", last)]
    submissions = [s for s in submissions if not (s["form"] == "F02" and s["period"] == PERIOD)]
    returned = {
        "submission": "x",
        "status": "returned",
        "hard": 3,
        "reasons": "H10 期末在办不等于期初加减;H07 合计不符",
    }
    submissions.append(
        a_submission("F02", PERIOD, version=2, arrived_at=datetime(2022, 9, 9, 9, 5), soft=2, explained=1)
    )
    submissions.append(a_submission("F02", PERIOD, **returned))
    return some_facts(
        rows,
        submissions=submissions,
        findings=some_findings(),
        differences=some_differences(),
        period=last,
    )


def _half(series: str) -> Decimal:
    """Half a unit of the second decimal of 万元 for money, nothing for counts."""
    column = series.rpartition(".")[2]
    money = any(
        word in column for word in ("amount", "bal", "defer", "vat", "lent", "repaid", "writeoff", "share", "year_open")
    )
    return Decimal(50) if money and "pct" not in column else Decimal(0)


def _cumulate(values: Values, flow: str, ytd: str, items: Iterable[str], last: str, last_year: str = "") -> None:
    for item in items:
        for month in months.months_between("2021-01", last):
            parts = [values[flow, item, m] for m in months.year_to_date(month)]
            values[ytd, item, month] = sum((p for p in parts if p is not None), Decimal(0))
            if last_year:
                before = values.get((ytd, item, months.year_ago(month)))
                values[last_year, item, month] = before if before is not None else Decimal(10000 + 100 * len(item))


ENTITIES = {
    "私营企业": (6824, 5653),
    "个体工商户": (10506, 6480),
    "国有集体": (21, 17),
    "外资企业": (131, 98),
    "农民专业合作社": (32, 24),
}


def _entities(values: Values, random: Random, last: str) -> None:
    """F03: the flows of the months of 2021 and 2022 add up to what the seeds tell for January to August."""
    for name, (now, before) in ENTITIES.items():
        for year, total in ((2021, before), (2022, now)):
            for number, part in enumerate(_split(total, 8, random), start=1):
                values["F03.entities.new_m", name, months.month(year, number)] = Decimal(part)
            for number in range(9, 13):
                values["F03.entities.new_m", name, months.month(year, number)] = Decimal(total // 9)
    for month in months.months_between("2021-01", "2022-12"):
        stock = Decimal(180000 + 1400 * months.split(month)[1] + 17000 * (months.split(month)[0] - 2021))
        values["F03.entities.close_n", "合计", month] = stock
        values["F03.entities.closed_m", "合计", month] = Decimal(random.randint(500, 900))
        for code in ("online_n", "elicence_n"):
            firms = sum(values["F03.entities.new_m", n, month] or 0 for n in ("私营企业", "国有集体", "外资企业"))
            values[f"F03.startup.{code}", "", month] = Decimal(firms)
        values["F03.entities.firms_new_m", "", month] = Decimal(firms)
        values["F03.startup.avg_hours", "", month] = Decimal(random.randint(26, 36)) / 10
        others = [values["F03.entities.new_m", n, month] or 0 for n in ("国有集体", "外资企业", "农民专业合作社")]
        values["F03.entities.other_new_m", "", month] = Decimal(sum(others))
        values["F03.entities.new_m", "合计", month] = sum(
            (values["F03.entities.new_m", n, month] or Decimal(0) for n in ENTITIES), Decimal(0)
        )
    _cumulate(
        values, "F03.entities.new_m", "F03.entities.new_ytd", [*ENTITIES, "合计"], "2022-12", "F03.entities.new_ytd_ly"
    )
    _cumulate(
        values,
        "F03.entities.other_new_m",
        "F03.entities.other_new_ytd",
        [""],
        "2022-12",
        "F03.entities.other_new_ytd_ly",
    )


def _split(total: int, parts: int, random: Random) -> list[int]:
    weights = [random.uniform(0.8, 1.2) for _ in range(parts)]
    made = [int(total * w / sum(weights)) for w in weights]
    return [*made[:-1], total - sum(made[:-1])]


POLICIES = {
    "ZZS_LDTS": (9000, 60),
    "HJ_ZZY": (1500, 55),
    "XGM_MZ": (900, 2600),
    "LSLF": (420, 1900),
    "OTHER": (260, 150),
}


def _taxes(values: Values, random: Random, last: str) -> None:
    """F01 and F02: the treasury pays 50万元 less than the tax office tells for 2022-08."""
    for month in months.months_between("2021-01", last):
        for code, (amount, firms) in POLICIES.items():
            count = Decimal(2 if code == "OTHER" and month == PERIOD else int(firms * random.uniform(0.9, 1.1)))
            values["F01.summary.amount_m", code, month] = WAN * Decimal(int(amount * random.uniform(70, 130))) / 100
            values["F01.summary.benefit_firms_m", code, month] = count
            values["F01.summary.benefit_times_m", code, month] = count + random.randint(0, 9)
            values["F01.summary.benefit_firms_ytd", code, month] = Decimal(firms * 4)
            values["F01.summary.eligible_n", code, month] = Decimal(int(firms * 4.03))
        for code in ("amount_m", "benefit_times_m"):
            values[f"F01.summary.{code}", "合计", month] = sum(
                (values[f"F01.summary.{code}", p, month] or Decimal(0) for p in POLICIES), Decimal(0)
            )
        _treasury(values, random, month)
        opening = values.get(("F01.deferrals.defer_close", "2022H1", months.previous(month))) or 3200 * WAN
        new, paid = WAN * random.randint(200, 500), WAN * random.randint(100, 400)
        for code, value in (("open", opening), ("new", new), ("paid", paid), ("close", opening + new - paid)):
            values[f"F01.deferrals.defer_{code}", "2022H1", month] = value
    _cumulate(
        values, "F01.summary.amount_m", "F01.summary.amount_ytd", [*POLICIES, "合计"], last, "F01.summary.amount_ytd_ly"
    )
    _cumulate(values, "F01.summary.benefit_times_m", "F01.summary.benefit_times_ytd", [*POLICIES, "合计"], last)
    for name in ("n", "amount"):
        _cumulate(
            values,
            f"F02.summary.{name}_m",
            f"F02.summary.{name}_ytd",
            ["1010101/留抵退税", "1010436/汇算清缴", "合计"],
            last,
        )
    _cumulate(values, "F02.summary.vat_m", "F02.summary.vat_ytd", [""], last)


def _treasury(values: Values, random: Random, month: str) -> None:
    told = values["F01.summary.amount_m", "ZZS_LDTS", month]
    assert told is not None
    paid = told - (50 * WAN if month == PERIOD else 0)
    other = WAN * random.randint(80, 160)
    for item, amount, count in (
        ("1010101/留抵退税", paid, 61),
        ("1010436/汇算清缴", other, 25),
        ("合计", paid + other, 86),
    ):
        values["F02.summary.amount_m", item, month] = amount
        values["F02.summary.n_m", item, month] = Decimal(count)
        values["F02.summary.district_share", item, month] = (amount * 25 / 100).quantize(Decimal("0.01"))
    values["F02.summary.vat_m", "", month] = paid


BANKS = ("ICBC", "ABC", "BOC", "CCB", "CQRCB", "CQB", "PSBC", "NCB")


def _loans(values: Values, random: Random, last: str) -> None:
    """F09 and F10: ten banks' balances roll forward; one bank of the centre has two borrowers in 2022-08."""
    year_open = {bank: Decimal(random.randint(1500, 6000)) * WAN for bank in BANKS}
    closing = dict(year_open)
    for month in months.months_between("2021-01", last):
        if month.endswith("-01"):
            year_open = dict(closing)
        for bank in BANKS:
            lent, repaid = WAN * random.randint(150, 700), WAN * random.randint(100, 450)
            opening, closing[bank] = closing[bank], closing[bank] + lent - repaid
            told = {
                "year_open": year_open[bank],
                "open_bal": opening,
                "lent_m": lent,
                "repaid_m": repaid,
                "writeoff_m": Decimal(0),
            }
            told |= {
                "close_bal": closing[bank],
                "borrowers": Decimal(int(closing[bank] / (42 * WAN))),
                "npl_bal": closing[bank] / 100,
            }
            told |= {
                "vs_year_open": closing[bank] - year_open[bank],
                "vs_year_open_pct": closing[bank] / year_open[bank] - 1,
            }
            for code, value in told.items():
                values[f"F10.balances.{code}", bank, month] = value
        for code in told:
            values[f"F10.balances.{code}", "合计", month] = sum(
                (values[f"F10.balances.{code}", b, month] or Decimal(0) for b in BANKS), Decimal(0)
            )
        total = values["F10.balances.close_bal", "合计", month], sum(year_open.values())
        values["F10.balances.vs_year_open_pct", "合计", month] = (total[0] or Decimal(0)) / total[1] - 1
    _centre(values, random, last)


def _centre(values: Values, random: Random, last: str) -> None:
    known = ("visits_m", "borrowers_m", "first_n", "renew_n", "amount_m")
    ever: dict[tuple[str, str], Decimal] = {}
    for month in months.months_between("2021-01", last):
        for bank in BANKS[:6]:
            borrowers = 2 if (bank, month) == ("CQB", PERIOD) else random.randint(6, 20)
            told = dict(
                zip(
                    known,
                    (borrowers + 9, borrowers, borrowers // 2, borrowers - borrowers // 2, borrowers * 88 * WAN),
                    strict=True,
                )
            )
            for code, value in told.items():
                values[f"F09.summary.{code}", bank, month] = Decimal(value)
                name = code.replace("_m", "_all")
                ever[name, bank] = ever.get((name, bank), Decimal(0)) + Decimal(value)
                if name.endswith("_all"):
                    values[f"F09.summary.{name}", bank, month] = ever[name, bank]
        for code in (*known, "visits_all", "borrowers_all", "amount_all"):
            values[f"F09.summary.{code}", "合计", month] = sum(
                (values[f"F09.summary.{code}", b, month] or Decimal(0) for b in BANKS[:6]), Decimal(0)
            )
    _cumulate(values, "F09.summary.amount_m", "F09.summary.amount_ytd", [*BANKS[:6], "合计"], last)


def _cases(values: Values, random: Random, last: str) -> None:
    items = {"items_n": 1329, "instant_n": 876, "promised_days": 3564, "legal_days": 32888, "licences_n": 412}
    items |= {"licences_online_n": 365, "on_application_n": 1100}
    for month in months.months_between("2021-01", last):
        accepted = random.randint(30000, 42000)
        told = {"accept_m": accepted, "online_m": int(accepted * 0.69), "onewin_m": int(accepted * 0.96)}
        told |= {"done_m": accepted - 100, "instant_m": int(accepted * 0.6), "late_m": 3 if month == PERIOD else 0}
        for code, value in told.items():
            values[f"F05.cases.{code}", "合计", month] = Decimal(value)
        for code, value in items.items():
            values[f"F05.items.{code}", "", month] = Decimal(value)
    _cumulate(values, "F05.cases.accept_m", "F05.cases.accept_ytd", ["合计"], last)


def some_differences() -> list[dict[str, Any]]:
    fifty = 50 * WAN
    due = date(2022, 9, 20)
    return [
        a_difference(
            "R01",
            left_value=9812 * WAN,
            right_value=9762 * WAN,
            difference=fifty,
            low=fifty,
            high=fifty,
            state="时间差",
            cause="时间差",
            explanation="2笔8月31日审核,9月1日退付",
            due=due,
            lines=2,
        ),
        a_difference(
            "R02",
            left_value=70312 * WAN,
            right_value=70262 * WAN,
            difference=fifty,
            low=fifty - 100,
            high=fifty + 100,
            due=due,
        ),
        a_difference(
            "R17",
            id="R17-2022-05-001",
            key="CQB",
            left="F10.balances.open_bal",
            left_value=4210 * WAN,
            right="F10.balances.close_bal",
            right_value=4200 * WAN,
            difference=10 * WAN,
            low=10 * WAN - 100,
            high=10 * WAN + 100,
            since="2022-05",
            age=3,
            due=due,
        ),
        a_difference(
            "R03",
            left_value=Decimal(5000),
            right_value=Decimal(5000),
            difference=Decimal(0),
            low=Decimal(0),
            high=Decimal(0),
            unit="户次",
            state="一致",
            cause="",
        ),
        *[
            a_difference(
                "R16",
                id=f"R16-{PERIOD}-{n:03}",
                key=bank,
                left_value=WAN,
                right_value=2 * WAN,
                difference=-WAN,
                state="一致",
                cause="",
            )
            for n, bank in enumerate(BANKS[:5])
        ],
    ]


def some_findings() -> list[dict[str, Any]]:
    message = "H10 硬性 区财政局 F02 2022-08 表1!G12 本月金额合计 9,842.00 万元:各行之和 9,812.00,多 30.00 万元。请核对 G5:G11。"
    return [
        a_finding("H07", "F02.summary", message, submission="x", difference=30 * WAN),
        a_finding("W01", "F03.entities", "W01 软性 本月注销较上月增长 61.2%,请说明原因。", severity="soft"),
        a_finding(
            "H13",
            "F09.loans",
            "H13 硬性 统一社会信用代码 91500105MA5YXXXXXX 校验位不符(重庆某某有限公司)",
            severity="hard",
        ),
    ]
