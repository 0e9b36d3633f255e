"""M11: the investment projects (F20), how far each is, and what is next."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from transforms import period as months
from transforms.facts import NOT_APPLICABLE, NOTHING, UNREPORTED, Facts, Figure, add, divide
from transforms.model import EXACT, Light
from transforms.records import cells_key, records, told
from transforms.schedule.deadlines import date_light, days_left
from transforms.schedule.figures import Row, figure_of, frame, put, whole
from transforms.schedule.issues import NOT_FILED
from transforms.schedule.names import label

TABLE, STEPS = "F20.projects", "F20.countdown"
OPERATING, ENDED = "投产", "终止"
PERMITTED = ("开工", "施工许可")
"""Words in the name of the step after which a project is built."""
STRIP = 12
"""Months of the strip: five before the month, the month, six after it."""
KEY_PROJECTS = 15
"""Projects under way that the chart shows: the first of the list."""
RANKS = (Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE, Light.GREY)
LIGHT_COLUMNS = {Light.RED: "red", Light.YELLOW: "yellow", Light.GREEN: "green", Light.BLUE: "blue"}
Told = Mapping[str, Any]


class Course(NamedTuple):
    """The days on which a project was signed, is begun and goes into operation; `begun` and `operating` say whether
    that has happened, else the day is a plan, or unknown."""

    signed: date | None
    start: date | None
    operate: date | None
    begun: bool
    operating: bool


def strip_months(period: str) -> list[str]:
    return months.months_between(months.shift(period, -5), months.shift(period, STRIP - 6))


def strip_words(period: str) -> dict[str, str]:
    """The headers of the strip: g00 → 22-03."""
    return {f"g{n:02d}": month[2:] for n, month in enumerate(strip_months(period))}


def projects(facts: Facts) -> pl.DataFrame:
    """M11: one row a project: red, yellow, green, blue (投产), within by the amount of the contract, currency by
    currency; those that were ended last. `days_left` is that of the next step of the countdown."""
    return facts.once(_projects)


def _projects(facts: Facts) -> pl.DataFrame:
    ledger = records(facts, TABLE)
    steps = _steps_of(facts)
    rows = [_project_row(facts, row, steps.get(row["project_no"], [])) for row in ledger.rows.iter_rows(named=True)]
    currencies = [code.code for code in facts.catalogue.code_lists["currencies"].codes]
    rows.sort(
        key=lambda r: (
            RANKS.index(r["light"]) if r["light"] else len(RANKS),
            currencies.index(r["code"]) if r["code"] in currencies else len(currencies),
            -(r["amount"] or 0),
            r["number"],
        )
    )
    if not rows and ledger.why:
        rows = [_unfiled(ledger.why)]
    return frame(
        rows,
        number=pl.String,
        name=pl.String,
        chain=pl.String,
        amount=EXACT,
        code=pl.String,
        currency=pl.String,
        signed=pl.Date,
        started=pl.Date,
        operated=pl.Date,
        paid=EXACT,
        agent=pl.String,
        stage=pl.String,
        days_left=EXACT,
        tracked=pl.Date,
        issue=pl.String,
        light=pl.String,
        **dict.fromkeys(strip_words(facts.period), pl.String),
    )


def _unfiled(why: str) -> Row:
    dates = {f"{column}|why": why for column in ("signed", "started", "operated", "tracked")}
    numbers = {f"{column}|why": why for column in ("amount", "paid", "days_left")}
    stage = UNREPORTED if why == UNREPORTED else NOT_FILED
    return {"number": why, "name": why, "stage": stage, "light": Light.GREY, **dates, **numbers}


def _steps_of(facts: Facts) -> dict[str, list[Told]]:
    """The steps of the countdown by project, in their order."""
    steps: dict[str, list[Told]] = {}
    for row in records(facts, STEPS).rows.sort("step_no").iter_rows(named=True):
        steps.setdefault(row["project_no"], []).append(row)
    return steps


def _project_row(facts: Facts, project: Told, steps: Sequence[Told]) -> Row:
    cutoff = months.last_day(facts.period)
    row: Row = {
        "number": project["project_no"],
        "name": project["project_name"],
        "chain": project["industry_chain"],
        "code": project["currency"],
        "currency": label(facts, "currencies", project["currency"]) if project["currency"] else UNREPORTED,
        "signed": project["sign_date"],
        "started": project["start_date"],
        "started|why": NOT_APPLICABLE,
        "operated": project["operate_date"],
        "operated|why": NOT_APPLICABLE,
        "agent": project["agent"],
        "stage": project["stage"],
        "tracked": project["last_track"],
        "issue": project["issue_no"] or "",
        "light": project_light(project, steps, cutoff, facts.catalogue.thresholds.days_left) or "",
    }
    put(row, "amount", told(TABLE, project, "contract_amount"))
    put(row, "paid", told(TABLE, project, "paid_all"))
    put(row, "days_left", _next(project, steps, cutoff))
    return row | _strip(facts, project, steps)


def _open_steps(project: Told, steps: Sequence[Told]) -> list[Told]:
    if project["stage"] in (OPERATING, ENDED):
        return []
    return [step for step in steps if step["actual_date"] is None and step["planned_date"] is not None]


def project_light(project: Told, steps: Sequence[Told], cutoff: date, ahead: int) -> Light | None:
    """蓝 in operation; else that of the step that is most urgent: 红 behind its day, 黄 at most `ahead` days left, 绿 more or
    all taken; 灰 under way without a countdown. None for a project that was ended."""
    if project["stage"] == ENDED:
        return None
    if project["stage"] == OPERATING:
        return Light.BLUE
    if not steps:
        return Light.GREY
    lights = [date_light(step["planned_date"], cutoff, done=False, ahead=ahead) for step in _open_steps(project, steps)]
    return min(lights, key=RANKS.index, default=Light.GREEN)


def _next(project: Told, steps: Sequence[Told], cutoff: date) -> Figure:
    """Days left of the step that is most urgent."""
    ahead = _open_steps(project, steps)
    if not ahead:
        return NOTHING
    step = min(ahead, key=lambda one: one["planned_date"])
    key = cells_key(f"{STEPS}.planned_date", [step["row"]], step["period"])
    return whole(days_left(step["planned_date"], cutoff), [key], "距月末天数")


def _course(project: Told, steps: Sequence[Told]) -> Course:
    """As it went, and as the countdown plans it from here."""
    permitted = [s["planned_date"] for s in steps if any(word in (s["step_name"] or "") for word in PERMITTED)]
    planned = [s["planned_date"] for s in steps if s["planned_date"]]
    start, operate = project["start_date"], project["operate_date"]
    return Course(
        project["sign_date"],
        start or max(filter(None, permitted), default=None),
        operate or max(planned, default=None),
        begun=start is not None,
        operating=operate is not None,
    )


def _strip(facts: Facts, project: Told, steps: Sequence[Told]) -> Row:
    course, ended = _course(project, steps), project["stage"] == ENDED
    shown, cutoff = strip_months(facts.period), months.last_day(facts.period)
    return {
        f"g{n:02d}": "" if ended else _phase(course, months.last_day(month), cutoff) for n, month in enumerate(shown)
    }


def _phase(course: Course, day: date, cutoff: date) -> str:
    """What a project is at on a day: 签 signed, 建 being built, 产 in operation; 拟建, 拟产 as planned for the days to
    come. A plan that was not kept does not make it so."""
    if course.operate and course.operate <= day and (course.operating or day > cutoff):
        return "产" if course.operating else "拟产"
    if course.start and course.start <= day and (course.begun or day > cutoff):
        return "建" if course.begun else "拟建"
    return "签" if course.signed and course.signed <= day else ""


def projects_by_currency(facts: Facts) -> pl.DataFrame:
    """M11, above: projects, contracts and payments, a row a currency: amounts of several currencies are never added."""
    ledger = records(facts, TABLE)
    table = projects(facts)
    rows: list[Row] = []
    for code in facts.catalogue.code_lists["currencies"].codes:
        of_code = [row for row in table.iter_rows(named=True) if row["code"] == code.code]
        if of_code or (code.code == "CNY" and ledger.why):
            rows.append({"currency": code.name} | _sums(facts, of_code, ledger.why))
    every = [row for row in table.iter_rows(named=True) if row["code"]]
    total: Row = {"kind": "total", "currency": "合计"} | _sums(facts, every, ledger.why)
    for column in ("amount", "paid", "paid_share"):
        put(total, column, figure_of(rows[0], column) if len(rows) == 1 else NOTHING)
    if rows:
        rows.append(total)
    stages = [code.code for code in facts.catalogue.code_lists["project_stages"].codes]
    numbers = (
        "projects",
        "amount",
        "paid",
        "paid_share",
        *LIGHT_COLUMNS.values(),
        *(f"s{n}" for n in range(len(stages))),
    )
    return frame(rows, currency=pl.String, **dict.fromkeys(numbers, EXACT))


def _sums(facts: Facts, rows: Sequence[Row], why: str) -> Row:
    summed: Row = {}
    stages = [code.code for code in facts.catalogue.code_lists["project_stages"].codes]
    counted = _key(facts, rows, "amount", "project_no")
    counts = {"projects": len(rows)} | {f"s{n}": _count(rows, "stage", one) for n, one in enumerate(stages)}
    counts |= {column: _count(rows, "light", light) for light, column in LIGHT_COLUMNS.items()}
    for column, number in counts.items():
        put(summed, column, Figure(None, None, None, (), why) if why else whole(number, counted))
    for column in ("amount", "paid"):
        series = {"amount": "contract_amount", "paid": "paid_all"}[column]
        parts = add(figure_of(row, column) for row in rows)
        keys = _key(facts, rows, column, series)
        work = f"合计({','.join(f'[{key}]' for key in keys)})" if keys else ""
        put(summed, column, parts._replace(sources=tuple(keys), why=why or parts.why, work=work))
    put(summed, "paid_share", divide(figure_of(summed, "paid"), figure_of(summed, "amount")))
    return summed


def _count(rows: Sequence[Row], column: str, value: str) -> int:
    return sum(row[column] == value for row in rows)


def _key(facts: Facts, rows: Sequence[Row], column: str, series: str) -> list[str]:
    """The cells of several projects as one key."""
    cells = [int(key.split("|")[1].removeprefix("行")) for row in rows for key in row[f"{column}|src"]]
    return [cells_key(f"{TABLE}.{series}", cells, facts.period)] if cells else []


def _days_told(project: Told, steps: Sequence[Told], column: str) -> list[str]:
    """The cells that the days of a project are told in: a day of its own, if it has come, and those of its plan."""
    own = [cells_key(f"{TABLE}.{column}", [project["row"]], project["period"])] if project[column] else []
    return [*own, cells_key(f"{STEPS}.planned_date", [step["row"] for step in steps], project["period"])]


def project_gantt(facts: Facts) -> pl.DataFrame:
    """M11, chart: the first projects of the list that are under way: the day of signing, the days to the start and those
    from it to operation, as they went or are planned."""
    ledger, steps = records(facts, TABLE), _steps_of(facts)
    by_number = {row["project_no"]: row for row in ledger.rows.iter_rows(named=True)}
    under_way = [n for n in projects(facts)["number"].to_list() if n in by_number and steps.get(n)]
    rows: list[Row] = []
    for number in under_way:
        project = by_number[number]
        course = _course(project, steps[number])
        if project["stage"] in (OPERATING, ENDED) or not (course.signed and course.operate):
            continue
        start = course.start or course.operate
        row: Row = {"name": project["project_name"], "signed": course.signed, "stage": project["stage"]}
        put(
            row,
            "preparing",
            whole(max((start - course.signed).days, 0), _days_told(project, steps[number], "sign_date"), "天数"),
        )
        put(
            row,
            "building",
            whole(max((course.operate - start).days, 0), _days_told(project, steps[number], "start_date"), "天数"),
        )
        row |= {"start": start, "operate": course.operate}
        rows.append(row)
    if not rows and ledger.why:
        empty = ("signed", "start", "operate", "preparing", "building")
        rows = [{"name": ledger.why, **{f"{column}|why": ledger.why for column in empty}}]
    return frame(
        rows[:KEY_PROJECTS],
        name=pl.String,
        stage=pl.String,
        signed=pl.Date,
        start=pl.Date,
        operate=pl.Date,
        preparing=EXACT,
        building=EXACT,
    )
