"""M06: the measures of the reform plan as the reform ledger (F22) tells them, and what each lead unit has in hand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from transforms import period as months
from transforms.facts import NOT_APPLICABLE, NOTHING, UNREPORTED, Facts, Figure
from transforms.lights import lit
from transforms.model import EXACT, Light, Measure
from transforms.records import cells_key, records, told
from transforms.schedule.deadlines import date_light
from transforms.schedule.figures import Row, frame, light_columns, put, put_light, whole
from transforms.schedule.names import department_name

TABLE = "F22.measures"
DONE, ONGOING, LAGGING, OVERDUE, NOT_BEGUN = "已完成", "推进中", "滞后", "逾期", "未启动"
STATES = (OVERDUE, LAGGING, UNREPORTED, NOT_BEGUN, ONGOING, DONE)
"""The state of a measure is the worst that its leads tell, in this order."""
COLUMNS = {
    DONE: "done",
    ONGOING: "ongoing",
    LAGGING: "lagging",
    OVERDUE: "overdue",
    NOT_BEGUN: "not_begun",
    UNREPORTED: "unreported",
}
LIGHTS = {DONE: Light.BLUE, ONGOING: Light.GREEN, LAGGING: Light.YELLOW, OVERDUE: Light.RED, UNREPORTED: Light.GREY}
SEVERAL = "见目标"
"""What stands for the current value where the leads of a measure tell values of their own, held against targets of
their own: they stand behind the targets."""


def measures(facts: Facts) -> pl.DataFrame:
    """M06: one row a measure of the plan, in its order; a measure that the ledger does not carry is 未报. No rows in a
    district that files no reform ledger."""
    rows = [_measure_row(facts, measure, told_rows) for measure, told_rows in _carried(facts)]
    return frame(
        rows,
        code=pl.String,
        section=pl.String,
        title=pl.String,
        department=pl.String,
        responsible=pl.String,
        target=pl.String,
        unit=pl.String,
        decimals=pl.Int64,
        current=EXACT,
        due=pl.Date,
        state=pl.String,
        progress=EXACT,
        note=pl.String,
        problem=pl.String,
        next_step=pl.String,
        evidence=pl.String,
        **light_columns("light"),
    )


def _carried(facts: Facts) -> list[tuple[Measure, dict[str, Mapping[str, Any] | None]]]:
    """The measures with their rows of the ledger by lead unit: those of the plan first; None: no row."""
    return facts.once(_find_carried)


def _find_carried(facts: Facts) -> list[tuple[Measure, dict[str, Mapping[str, Any] | None]]]:
    ledger = records(facts, TABLE)
    if ledger.why == NOT_APPLICABLE:
        return []
    of_measure: dict[str, dict[str, Mapping[str, Any] | None]] = {
        m.code: dict.fromkeys(m.leads) for m in facts.catalogue.measures
    }
    for row in ledger.rows.iter_rows(named=True):
        if row["ledger_id"] in of_measure:
            of_measure[row["ledger_id"]][row["lead_dept"]] = row
    return [(measure, of_measure[measure.code]) for measure in facts.catalogue.measures]


def _state(row: Mapping[str, Any] | None, cutoff: date) -> str:
    """The state as told; what is due and not done is 逾期, whatever is told."""
    if row is None or row["state"] not in STATES:
        return UNREPORTED
    passed = row["due_date"] is not None and row["due_date"] < cutoff and row["state"] != DONE
    return OVERDUE if passed else str(row["state"])


def state_of(facts: Facts, told_rows: Mapping[str, Mapping[str, Any] | None]) -> str:
    """The state of a measure: the worst that its leads tell; 已完成 when all are."""
    return _worst(told_rows, months.last_day(facts.period))


def _worst(told_rows: Mapping[str, Mapping[str, Any] | None], cutoff: date) -> str:
    return min((_state(row, cutoff) for row in told_rows.values()), key=STATES.index)


def _measure_row(facts: Facts, measure: Measure, told_rows: Mapping[str, Mapping[str, Any] | None]) -> Row:
    filed = [row for row in told_rows.values() if row is not None]
    state, open_ones = state_of(facts, told_rows), [row for row in filed if row["state"] != DONE]
    dues = [row["due_date"] for row in open_ones or filed if row["due_date"]]
    due = min(dues, default=measure.deadline)
    row: Row = {
        "code": measure.code,
        "section": measure.section,
        "title": measure.title,
        "department": "、".join(department_name(facts, lead) for lead in told_rows),
        "responsible": measure.responsible,
        "due": due,
        "due|why": NOT_APPLICABLE if filed else UNREPORTED,
        "state": state,
        "note": _joined(facts, filed, "progress_note"),
        "problem": _joined(facts, filed, "issue_no"),
        "next_step": _joined(facts, filed, "next_step"),
        "evidence": _joined(facts, filed, "evidence"),
    }
    put_light(row, "light", lit(facts, measure.code, LIGHTS.get(state) or _by_deadline(facts, due)))
    _put_values(facts, row, filed)
    return row


def due_cells(facts: Facts, code: str) -> tuple[str, ...]:
    """The cells of the ledger that tell by when a measure is to be done."""
    filed = [row["row"] for measure, rows in _carried(facts) if measure.code == code for row in rows.values() if row]
    return (cells_key(f"{TABLE}.due_date", filed, facts.period),) if filed else ()


def _by_deadline(facts: Facts, due: date | None) -> Light:
    return date_light(due, months.last_day(facts.period), done=False, ahead=facts.catalogue.thresholds.days_left)


def _put_values(facts: Facts, row: Row, filed: Sequence[Mapping[str, Any]]) -> None:
    """Target and current value, and how far the slowest lead is."""
    aims = {(one["target_text"], one["target_value"], one["actual_value"]) for one in filed}
    row |= {"unit": "", "decimals": max((_places(one["actual_value|text"]) for one in filed), default=0)}
    if len(aims) > 1:
        row["target"] = ";".join(_aim(facts, one) for one in filed if one["target_text"])
        put(row, "current", Figure(None, None, None, (), SEVERAL))
    else:
        row["target"] = next((one["target_text"] or "" for one in filed), "")
        values = [told(TABLE, one, "actual_value") for one in filed]
        put(row, "current", _one_of(values, filed))
    slowest = min((told(TABLE, one, "progress") for one in filed), key=_value_or_nothing, default=None)
    put(row, "progress", slowest or Figure(None, None, None, (), UNREPORTED))


def _value_or_nothing(figure: Figure) -> Any:
    return -1 if figure.value is None else figure.value


def _one_of(values: Sequence[Figure], filed: Sequence[object]) -> Figure:
    """The value that all leads tell, with the cells of all."""
    if not filed:
        return Figure(None, None, None, (), UNREPORTED)
    first = values[0]
    return first._replace(sources=tuple(key for value in values for key in value.sources)) if first.told else NOTHING


def _aim(facts: Facts, row: Mapping[str, Any]) -> str:
    reached = f"(当前{row['actual_value|text']})" if row["actual_value"] is not None else ""
    return f"{department_name(facts, row['lead_dept'])}:{row['target_text']}{reached}"


def _places(text: str | None) -> int:
    return len((text or "").partition(".")[2])


def _joined(facts: Facts, filed: Iterable[Mapping[str, Any]], column: str) -> str:
    """What the leads tell: once where all tell the same, else each with its name."""
    words = {row["lead_dept"]: row[column] or "" for row in filed}
    if len(set(words.values())) <= 1:
        return next(iter(words.values()), "")
    return ";".join(f"{department_name(facts, lead)}:{text.rstrip('。')}" for lead, text in words.items() if text)


def assignments(facts: Facts) -> dict[str, list[tuple[str, Mapping[str, Any] | None]]]:
    """The tasks of each lead unit: their state and their row of the ledger (None: no row)."""
    cutoff = months.last_day(facts.period)
    hands: dict[str, list[tuple[str, Mapping[str, Any] | None]]] = {}
    for _, told_rows in _carried(facts):
        for lead, row in told_rows.items():
            hands.setdefault(lead, []).append((_state(row, cutoff), row))
    return hands


def measures_by_lead(facts: Facts) -> pl.DataFrame:
    """M06, above: what each lead unit has in hand, in the order of protocol; the assignments together, and the
    measures, where one of several leads counts once."""
    hands = assignments(facts)
    order = {d.code: d.order for d in facts.catalogue.departments}
    rows = [
        {"department": department_name(facts, lead)} | _counts(facts, hands[lead])
        for lead in sorted(hands, key=lambda code: order[code])
    ]
    if rows:
        every = [one for held in hands.values() for one in held]
        rows.append({"kind": "total", "department": "合计(牵头任务)"} | _counts(facts, every))
        of_measures = {"kind": "told_total", "department": "措施(不重复计)"}
        for column, figure in measure_figures(facts).items():
            put(of_measures, column, figure)
        rows.append(of_measures)
    return frame(rows, department=pl.String, **dict.fromkeys(("tasks", *COLUMNS.values()), EXACT))


def measures_by_section(facts: Facts) -> pl.DataFrame:
    """Q07: the measures by section of the plan, and all of them."""
    cutoff = months.last_day(facts.period)
    sections: dict[str, list[tuple[str, list[int]]]] = {}
    for measure, told_rows in _carried(facts):
        cells = [row["row"] for row in told_rows.values() if row is not None]
        sections.setdefault(measure.section, []).append((_worst(told_rows, cutoff), cells))
    every = [one for held in sections.values() for one in held]
    rows: list[Row] = []
    for kind, name, held in (*(("data", name, held) for name, held in sections.items()), ("total", "合计", every)):
        row: Row = {"kind": kind, "section": name}
        figures = _figures(facts, [state for state, _ in held], [cell for _, cells in held for cell in cells])
        for column, figure in figures.items():
            put(row, column, figure)
        rows.append(row)
    return frame(rows if every else [], section=pl.String, **dict.fromkeys(("tasks", *COLUMNS.values()), EXACT))


def _counts(facts: Facts, held: Sequence[tuple[str, Mapping[str, Any] | None]]) -> Row:
    row: Row = {}
    cells = [one["row"] for _, one in held if one is not None]
    for column, figure in _figures(facts, [state for state, _ in held], cells).items():
        put(row, column, figure)
    return row


def _figures(facts: Facts, states: Sequence[str], cells: Iterable[int]) -> dict[str, Figure]:
    """How many are in each state, with the cells of the states that were counted; nothing is known of a ledger that was
    not filed but how many there are."""
    cells = list(cells)
    keys = (cells_key(f"{TABLE}.state", cells, facts.period),) if cells else ()
    counted = {"tasks": len(states)} | {column: states.count(state) for state, column in COLUMNS.items()}
    unfiled = bool(records(facts, TABLE).why)
    known = ("tasks", "unreported") if unfiled else tuple(counted)
    missing = Figure(None, None, None, (), UNREPORTED)
    return {column: whole(count, keys) if column in known else missing for column, count in counted.items()}


def measure_figures(facts: Facts) -> dict[str, Figure]:
    """The measures of the plan by state (tasks: all of them; done, ongoing, lagging, overdue, not_begun, unreported)."""
    carried = _carried(facts)
    cells = [row["row"] for _, told_rows in carried for row in told_rows.values() if row is not None]
    return _figures(facts, [state_of(facts, told_rows) for _, told_rows in carried], cells)


def measure_counts(facts: Facts) -> dict[str, int]:
    """The measures of the plan by state (已完成 …, 未报). All 未报 where the ledger was not filed; empty in a district
    that files none."""
    states = [state_of(facts, told_rows) for _, told_rows in _carried(facts)]
    return {state: states.count(state) for state in COLUMNS} if states else {}
