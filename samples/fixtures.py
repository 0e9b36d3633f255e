"""Two small districts and one workbook after the seed texts: what they tell, as they tell it, with its faults."""

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from catalogue.load import load
from samples.derive.services import item_row
from samples.draws import shown_growth
from samples.drops import make_filing
from samples.filing import NOT_TOLD, TOTAL, Filing, Row, Sheet, Value
from samples.services import CatalogueFacts, draw_catalogue
from samples.taxes import DEFERRAL, REFUND, SIX_TAXES, SMALL
from samples.truth import SEED
from transforms.model import RowKind, Table


def fixture_filings(district: str, seed: int = SEED) -> list[Filing]:
    """The returns of 常德经开区 (cd) or 巴南区 (bn)."""
    made = {"cd": _changde, "bn": _banan}[district](seed)
    return sorted(made, key=lambda f: (f.period, f.form))


def _untold(table: Table, told: Mapping[str, Value], kind: RowKind = RowKind.DATA) -> Row:
    """A row of which only `told` is told: the other numbers carry a dash."""
    return Row({c.code: told.get(c.code, NOT_TOLD if c.numeric else None) for c in table.columns}, kind)


# 003 Changde, 2022


def _changde(seed: int) -> list[Filing]:
    cd = load().district("cd")
    return [
        make_filing(cd, "F01", "2022-12", changde_policies(), seed),
        make_filing(cd, "F05", "2022-12", changde_cases(seed), seed),
    ]


def changde_policies() -> tuple[Sheet, ...]:
    """Four policies and a total that is 2 户次 short of them and 1.17亿元 off: amounts carry their own units."""
    table = load().table("F01.summary")
    told = (
        (REFUND, "退", 177, "12.23亿元"),
        (DEFERRAL, "缓", 413, "1.2亿元"),
        (SMALL, "免", 6521, "1283.04万元"),
        (SIX_TAXES, "退", 499, "334.15万元"),
    )
    rows = [
        _untold(
            table,
            {
                "policy_code": code,
                "policy_name": load().code_lists["policies"].label(code),
                "relief_kind": kind,
                "benefit_times_ytd": count,
                "benefit_firms_ytd": count,
                "amount_ytd": amount,
            },
        )
        for code, kind, count, amount in told
    ]
    total: dict[str, Value] = {"policy_code": TOTAL, "benefit_times_ytd": 7608, "amount_ytd": "12.42亿元"}
    rows.append(_untold(table, total, RowKind.TOTAL))
    ledgers = [Sheet(load().table(code), ()) for code in ("F01.refunds", "F01.deferrals")]
    return (Sheet(table, tuple(rows), "缓缴户数享受率达99%以上;此四项新政惠及7608户次。"), *ledgers)


# What the text does not tell of the cases, so that only what it tells is remarked upon.
_INVENTED_YEAR: Mapping[str, Value] = {
    "onewin_m": 6_301,
    "onewin_rate": Decimal("70.97"),
    "instant_m": 5_214,
    "late_m": 0,
    "paper_m": 3_127,
}


def changde_cases(seed: int = SEED) -> tuple[Sheet, ...]:
    """8879 cases of the whole year, 6368 of them online (71.72%), against 300 a day that the counters hand out."""
    table = load().table("F05.cases")
    told: dict[str, Value] = {
        "open_n": 0,
        "accept_m": 8879,
        "done_m": 8879,
        "returned_m": 0,
        "close_n": 0,
        "online_m": 6368,
        "post_m": 0,
        "self_m": 0,
        "counter_m": 8879 - 6368,
        "online_rate": Decimal("71.72"),
        "accept_ytd": 8879,
        **_INVENTED_YEAR,
    }
    first = _untold(table, told | {"dept_code": "行政审批局"})
    rows = (first, _untold(table, told | {"dept_code": TOTAL}, RowKind.TOTAL))
    cases = Sheet(table, rows, "全年一次填报,本月各栏为全年数。")
    items = draw_catalogue(Random(f"{seed}/cd/items"), CatalogueFacts(180, 3_420, 706, 92), ["gov_service"])
    return (cases, Sheet(load().table("F05.items"), tuple(map(item_row, items)), "窗口日均出件300余件。"))


# 000 Banan, 2021

# Balances of four banks in whole 万元: start of the year; end of October; lent and repaid in November and December.
_BANAN_BANKS: Mapping[str, tuple[int, int, tuple[int, int], tuple[int, int]]] = {
    "CQRCB": (10_240, 15_490, (1_320, 860), (1_280, 905)),
    "ICBC": (6_830, 10_905, (910, 641), (874, 688)),
    "CCB": (5_120, 8_130, (720, 482), (741, 520)),
    "PSBC": (3_280, 5_015, (407, 325), (389, 341)),
}


def _banan(seed: int) -> list[Filing]:
    bn = load().district("bn")
    return [
        make_filing(bn, "F05", "2021-11", banan_cases(seed), seed),
        make_filing(bn, "F10", "2021-11", (banan_balances("2021-11"),), seed),
        make_filing(bn, "F10", "2021-12", (banan_balances("2021-12"),), seed),
    ]


def banan_balances(period: str) -> Sheet:
    """Balances told in whole 万元: 40589 at the end of November, 15119 more than the 25470 of the year's start."""
    table = load().table("F10.balances")
    label = load().code_lists["banks"].label
    moves = {bank: _banan_month(bank, period) for bank in _BANAN_BANKS}
    rows = [Row({"bank_code": label(bank), **_banan_values([move])}) for bank, move in moves.items()]
    total = {"bank_code": TOTAL, **_banan_values(list(moves.values()))}
    formats = {c.code: "0" for c in table.columns if c.type == "money"}
    return Sheet(table, (*rows, Row(total, RowKind.TOTAL)), "余额按万元取整。", formats=formats)


def _banan_month(bank: str, period: str) -> tuple[int, int, int, int]:
    """Start of the year, opening, lent, repaid of one bank."""
    year_open, opening, november, december = _BANAN_BANKS[bank]
    if period == "2021-11":
        return year_open, opening, *november
    return year_open, opening + november[0] - november[1], *december


def _banan_values(moves: list[tuple[int, int, int, int]]) -> dict[str, Value]:
    year_open, opening, lent, repaid = (sum(column) for column in zip(*moves, strict=True))
    closing = opening + lent - repaid
    return {
        "year_open": year_open,
        "open_bal": opening,
        "lent_m": lent,
        "repaid_m": repaid,
        "writeoff_m": 0,
        "close_bal": closing,
        "vs_year_open": closing - year_open,
        "vs_year_open_pct": shown_growth(closing, year_open),
        "borrowers": sum(move[1] // 62 for move in moves),
        "credit_bal": sum(move[1] * 68 // 100 for move in moves),
        "npl_bal": sum(move[1] // 80 for move in moves),
        "authorisations_m": sum(move[1] // 19 for move in moves),
    }


def banan_cases(seed: int = SEED) -> tuple[Sheet, ...]:
    """A one-window rate of 99.21% over 1238 cases, told without its numerator: no whole number gives it."""
    table = load().table("F05.cases")
    told: dict[str, Value] = {
        "open_n": 0,
        "accept_m": 1238,
        "done_m": 1238,
        "returned_m": 0,
        "close_n": 0,
        "online_m": 1238,
        "post_m": 0,
        "self_m": 0,
        "counter_m": 0,
        "onewin_rate": Decimal("99.21"),
        "online_rate": Decimal("100.00"),
        "instant_m": 742,
        "late_m": 0,
        "paper_m": 391,
        "accept_ytd": 12_406,
    }
    first = _untold(table, told | {"dept_code": "区政务服务中心"})
    rows = (first, _untold(table, told | {"dept_code": TOTAL}, RowKind.TOTAL))
    cases = Sheet(table, rows, "网上可办率100%;“一窗综办”率达99.21%。")
    items = draw_catalogue(Random(f"{seed}/bn/items"), CatalogueFacts(1238, 29_712, 3_640, 745), ["service_centre"])
    return (cases, Sheet(load().table("F05.items"), tuple(map(item_row, items)), "全区1238项纳入“一网办”。"))


# 001 Jiangbei, health


def health_filing(period: str = "2022-03", seed: int = SEED) -> Filing:
    """213 items of the health commission: 58.2% instant (124), 89.5% without a trip and 89.5% online (impossible)."""
    table = load().table("F05.cases")
    told: dict[str, Value] = {
        "open_n": 31,
        "accept_m": 968,
        "done_m": 951,
        "returned_m": 7,
        "close_n": 41,
        "onewin_m": 917,
        "online_m": 781,
        "post_m": 26,
        "self_m": 35,
        "counter_m": 126,
        "instant_m": 604,
        "late_m": 0,
        "paper_m": 388,
        "onewin_rate": Decimal("94.73"),
        "online_rate": Decimal("80.68"),
        "accept_ytd": 2_817,
    }
    rows = (Row(told | {"dept_code": "区卫健委"}), Row(told | {"dept_code": TOTAL}, RowKind.TOTAL))
    items = draw_catalogue(Random(f"{seed}/health/items"), CatalogueFacts(213, 4_215, 607, 124), ["health"])
    note = "即办件比例58.2%,零跑动比例89.5%,全程网办比例89.5%。"
    sheets = (Sheet(table, rows), Sheet(load().table("F05.items"), tuple(map(item_row, items)), note))
    return make_filing(load().district("jb"), "F05", period, sheets, seed)
