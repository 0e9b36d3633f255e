"""M13: what each unit scored in the month, and its place.

A part of the score that a unit has no duty in is left out, and the rest counts in its stead: the total is what was
scored of what could be scored, of 100. A unit without any duty is not ranked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from transforms import period as months
from transforms.facts import NOT_APPLICABLE, NOTHING, UNREPORTED, Facts, Figure
from transforms.model import EXACT
from transforms.records import cells_key, records, told
from transforms.schedule.declared import SCORE, declared
from transforms.schedule.figures import Row, frame, put, whole
from transforms.schedule.issues import TABLE as ISSUES
from transforms.schedule.issues import closed_by, due_of, in_time, issues_of
from transforms.schedule.measures import LAGGING, OVERDUE, assignments
from transforms.schedule.measures import TABLE as MEASURES
from transforms.schedule.names import department_name, label
from transforms.schedule.reports import reports

OFFICE = "be_office"
"""It draws up the ranking and has no place in it."""
UNRANKED = "不参评"
TOP, BOTTOM = "前三名", "后三名"
PARTS = ("timeliness", "quality", "issues", "reform")
ASSESSMENT = "F25.assessment"
TOWNS = ("街道", "镇", "乡")
NUMBERS = ("days_late", "returned", "unexplained", "due", "in_time", "tasks", "on_track")


@dataclass(frozen=True, slots=True)
class Part:
    """What a unit scored of what it could score; `counts` are the numbers it is made of. `points` None: `why` says 未报
    where the ledger is missing, — where the unit has no duty. `work` is as Figure has it."""

    points: Fraction | None
    counts: Mapping[str, Figure]
    why: str = NOT_APPLICABLE
    work: str = ""

    @property
    def figure(self) -> Figure:
        """What was scored, with the cells that it was counted in."""
        keys = tuple(dict.fromkeys(key for figure in self.counts.values() for key in figure.sources))
        return _points(self.points, keys, self.why, self.work)


@dataclass(frozen=True, slots=True)
class Score:
    """The parts of a unit's score, what they could bring, and their share of it of 100 (None: none, or not known)."""

    unit: str
    parts: Mapping[str, Part]
    full: Decimal
    total: Fraction | None
    why: str

    @property
    def figure(self) -> Figure:
        """The total with the cells behind its parts."""
        scored = [self.parts[name] for name in PARTS if self.parts[name].points is not None]
        keys = tuple(dict.fromkeys(key for part in scored for key in part.figure.sources))
        work = f"({'+'.join(part.work or str(part.points) for part in scored)})÷{self.full}×100"
        return _points(self.total, keys, self.why, work)


def scores(facts: Facts) -> dict[str, Score]:
    """What each unit scored, by its code: the departments that have a duty this month, and all units that are
    assessed each quarter where the district does that."""
    return facts.once(_scores)


def _scores(facts: Facts) -> dict[str, Score]:
    filed, asked, tasks = _filing(facts), _asked(facts), assignments(facts)
    owed = {*filed, *asked, *tasks} - {OFFICE}
    order = {d.code: d.order for d in facts.catalogue.departments}
    units = [*_assessed(facts), *sorted(owed - set(_assessed(facts)), key=lambda code: order.get(code, len(order)))]
    found = {}
    for unit in units:
        parts = {
            "timeliness": _timeliness(facts, filed.get(unit, ())),
            "quality": _quality(facts, filed.get(unit, ())),
            "issues": _closure(facts, asked.get(unit, ())),
            "reform": _reform(facts, tasks.get(unit, ())),
        }
        found[unit] = _score(facts, unit, parts)
    return found


def _assessed(facts: Facts) -> list[str]:
    if "F25" not in facts.district.returns:
        return []
    return [code.code for code in facts.catalogue.code_lists["assessed_units"].codes]


def _score(facts: Facts, unit: str, parts: Mapping[str, Part]) -> Score:
    known = [name for name in PARTS if parts[name].points is not None]
    full: Decimal = sum((getattr(facts.catalogue.scores, name) for name in known), Decimal(0))
    missing = any(part.why == UNREPORTED for part in parts.values() if part.points is None)
    if missing or not known:
        return Score(unit, parts, full, None, UNREPORTED if missing else UNRANKED)
    scored = sum((parts[name].points or Fraction(0) for name in known), Fraction(0))
    return Score(unit, parts, full, scored / Fraction(full) * 100, "")


def _filing(facts: Facts) -> dict[str, list[Mapping[str, Any]]]:
    """The returns that each department owed for the month, as M03 tells them."""
    filed: dict[str, list[Mapping[str, Any]]] = {}
    for row in facts.once(reports).iter_rows(named=True):
        filed.setdefault(facts.catalogue.form(row["form"]).department, []).append(row)
    return filed


def _timeliness(facts: Facts, returns: Sequence[Mapping[str, Any]]) -> Part:
    """So much off for each day that a return came late; what has not come is late to this day."""
    if not returns:
        return Part(None, {"days_late": NOTHING})
    late = _together("逾期天数", returns, "days_late")
    assert late.value is not None
    weights = facts.catalogue.scores
    points = weights.timeliness - weights.a_day_late * late.value
    return Part(
        Fraction(max(points, Decimal(0))),
        {"days_late": late},
        work=_less(weights.timeliness, (weights.a_day_late, late)),
    )


def _together(how: str, returns: Sequence[Mapping[str, Any]], column: str) -> Figure:
    """The sum of a column of M03 over the returns of a unit, with what it was counted in; of the returns that have not
    come it says so."""
    keys = [key for row in returns for key in row[f"{column}|src"]]
    missing = [row[f"{column}|work"] for row in returns if not row[f"{column}|src"]]
    figure = whole(sum(int(row[column]) for row in returns), keys, how)
    words = ";".join(dict.fromkeys(missing))
    return figure._replace(work=f"{figure.work}({words})" if keys and words else figure.work or words)


def _less(points: Decimal, *taken: tuple[Decimal, Figure]) -> str:
    """30−5×退回版次((12))−1×未说明提示((12)), as the work of a part of the score."""
    return f"{points}" + "".join(f"−{each}×{figure.term}" for each, figure in taken)


def _quality(facts: Facts, returns: Sequence[Mapping[str, Any]]) -> Part:
    """So much off for each version that was sent back and for each warning without an explanation; nothing for who has
    filed nothing at all."""
    if not returns:
        return Part(None, {"returned": NOTHING, "unexplained": NOTHING})
    back = sum(_sent_back(facts, row["form"]) for row in returns)
    open_warnings = sum(max(int(row["soft"]) - int(row["explained"]), 0) for row in returns)
    returned = _together("退回版次", returns, "versions")._replace(value=Decimal(back))
    unexplained = _together("未说明提示", returns, "soft")._replace(value=Decimal(open_warnings))
    counts = {"returned": returned, "unexplained": unexplained}
    weights = facts.catalogue.scores
    if not any(row["versions"] for row in returns):
        return Part(Fraction(0), counts, work=f"{UNREPORTED} 不计分")
    points = weights.quality - weights.a_return * back - weights.a_warning * open_warnings
    work = _less(weights.quality, (weights.a_return, returned), (weights.a_warning, unexplained))
    return Part(Fraction(max(points, Decimal(0))), counts, work=work)


def _sent_back(facts: Facts, form: str) -> int:
    """How many versions of a return of the month were sent back."""
    period = facts.district.owes(facts.catalogue.form(form), facts.period) or ""
    return sum(version["status"] == "returned" for version in facts.filings.get((form, period), ()))


def _asked(facts: Facts) -> dict[str, list[Mapping[str, Any]]]:
    """The issues that each unit had to close by the end of the month: those that it closed in the month, and those whose
    day has passed."""
    cutoff = months.last_day(facts.period)
    asked: dict[str, list[Mapping[str, Any]]] = {}
    for row in issues_of(facts):
        due = due_of(row)
        if row["lead_dept"] and (closed_by(row, cutoff) or (due is not None and due <= cutoff)):
            asked.setdefault(row["lead_dept"], []).append(row)
    return asked


def _closure(facts: Facts, asked: Sequence[Mapping[str, Any]]) -> Part:
    why = records(facts, ISSUES).why
    if why or not asked:
        nothing = Figure(None, None, None, (), why or NOT_APPLICABLE)
        return Part(None, {"due": nothing, "in_time": nothing}, why or NOT_APPLICABLE)
    cutoff = months.last_day(facts.period)
    kept = [row for row in asked if closed_by(row, cutoff) and in_time(row)]
    keys = [
        cells_key(f"{ISSUES}.{column}", [row["row"] for row in asked], facts.period)
        for column in ("due_date", "done_on")
    ]
    counts = {"due": whole(len(asked), keys[:1]), "in_time": whole(len(kept), keys)}
    return _share(facts.catalogue.scores.issues, counts["in_time"], counts["due"], counts)


def _reform(facts: Facts, tasks: Sequence[tuple[str, Mapping[str, Any] | None]]) -> Part:
    """The share of tasks that are done or on time: neither behind, nor overdue, nor unreported."""
    why = records(facts, MEASURES).why
    if not tasks or why:
        nothing = Figure(None, None, None, (), why if tasks else NOT_APPLICABLE)
        return Part(None, {"tasks": nothing, "on_track": nothing}, nothing.why)
    good = [state for state, _ in tasks if state not in (LAGGING, OVERDUE, UNREPORTED)]
    rows = [row["row"] for _, row in tasks if row is not None]
    keys = [cells_key(f"{MEASURES}.state", rows, facts.period)] if rows else []
    counts = {"tasks": whole(len(tasks), keys), "on_track": whole(len(good), keys)}
    return _share(facts.catalogue.scores.reform, counts["on_track"], counts["tasks"], counts)


def _share(points: Decimal, good: Figure, every: Figure, counts: Mapping[str, Figure]) -> Part:
    """So much of the points as the good ones are of all."""
    assert good.value is not None
    assert every.value is not None
    work = f"{points}×{good.work}÷{every.work}" if every.work else ""
    return Part(Fraction(points) * Fraction(good.value) / Fraction(every.value), counts, work=work)


# ---- ranks ---------------------------------------------------------------------------------------------------------


def ranks(totals: Mapping[str, Fraction]) -> dict[str, int]:
    """Ties share the rank, and the next one counts on: 1, 2, 2, 4."""
    return {unit: 1 + sum(other > total for other in totals.values()) for unit, total in totals.items()}


def _ranked(facts: Facts, towns: bool) -> dict[str, int]:
    """The ranks of one group; none while the score of one of its units is not known."""
    group = [score for score in scores(facts).values() if _is_town(facts, score.unit) == towns]
    if any(score.why == UNREPORTED for score in group):
        return {}
    return ranks({score.unit: score.total for score in group if score.total is not None})


def _is_town(facts: Facts, unit: str) -> bool:
    """Sub-districts and towns have no code of their own: they stand in the list of assessed units by their names."""
    return label(facts, "assessed_units", unit).endswith(TOWNS)


def ranking(facts: Facts) -> pl.DataFrame:
    """M13: the departments, the highest score first; those without a duty last."""
    return facts.once(_ranking_of_departments)


def _ranking_of_departments(facts: Facts) -> pl.DataFrame:
    return _ranking(facts, towns=False)


def ranking_towns(facts: Facts) -> pl.DataFrame:
    """M13: the sub-districts and towns, ranked among themselves."""
    return _ranking(facts, towns=True)


def _ranking(facts: Facts, towns: bool) -> pl.DataFrame:
    now, before = _ranked(facts, towns), _ranked_before(facts, towns)
    assessed = _assessment(facts)
    group = [score for score in scores(facts).values() if _is_town(facts, score.unit) == towns]
    group.sort(key=lambda one: (one.why == UNRANKED, one.total is None, -(one.total or 0)))
    rows = [_rank_row(facts, one, now, before) for one in group]
    for row, one in zip(rows, group, strict=True):
        put(row, "assessed", assessed.get(one.unit, _assessment_missing(facts)))
    return frame(
        rows,
        unit=pl.String,
        **dict.fromkeys((*PARTS, *NUMBERS, "full", "score"), EXACT),
        rank=EXACT,
        previous_rank=EXACT,
        change=pl.String,
        mark=pl.String,
        assessed=EXACT,
    )


def _rank_row(facts: Facts, score: Score, now: Mapping[str, int], before: Mapping[str, int]) -> Row:
    row: Row = {"unit": unit_name(facts, score.unit)}
    for name in PARTS:
        part = score.parts[name]
        put(row, name, part.figure)
        for column, figure in part.counts.items():
            put(row, column, figure)
    put(row, "full", _full(score) if score.full else NOTHING)
    scored = "+".join(f"{{{name}}}" for name in PARTS if score.parts[name].points is not None)
    put(row, "score", score.figure._replace(work=f"({scored})÷{{full}}×100" if scored else ""))
    rank, previous = now.get(score.unit), before.get(score.unit)
    missing = score.why or UNREPORTED
    put(
        row,
        "rank",
        whole(rank)._replace(work="名次({score};{score:rows})") if rank else Figure(None, None, None, (), missing),
    )
    put(row, "previous_rank", _previous(facts, score.unit, previous) if previous else NOTHING)
    return row | {"change": moved(rank, previous), "mark": mark_of(rank, now.values(), facts.catalogue.scores.marked)}


def _full(score: Score) -> Figure:
    named = [name for name in PARTS if score.parts[name].points is not None]
    return declared(score.full, SCORE, "+".join(named))


def _previous(facts: Facts, unit: str, rank: int) -> Figure:
    """The rank of the month before, with what its score was counted in."""
    month = months.previous(facts.period)
    before = scores(facts.at(month))[unit].figure
    return whole(rank, before.sources)._replace(
        work=f"名次 {month}" if before.sources else f"名次 {month} {UNREPORTED}"
    )


def unit_name(facts: Facts, unit: str) -> str:
    """A department as the district calls it; the other units have their names in the list of assessed units."""
    known = any(d.code == unit for d in facts.catalogue.departments)
    return department_name(facts, unit) if known else label(facts, "assessed_units", unit)


def score_bars(facts: Facts) -> pl.DataFrame:
    """M13, chart: the departments that are ranked with their scores, the highest first."""
    shown = ranking(facts).filter(pl.col("rank").is_not_null())
    same = {f"{c}|work": pl.format(f"{{{{ranking.{c}@unit={{}}}}}}", "unit") for c in ("score", "rank")}
    shown = shown.with_columns(**same)
    return shown.select("kind", "unit", *(c for c in shown.columns if c.split("|")[0] in ("score", "rank", "mark")))


def _points(points: Fraction | None, keys: tuple[str, ...], why: str, work: str = "") -> Figure:
    if points is None:
        return Figure(None, None, None, (), why)
    value = Decimal(points.numerator) / Decimal(points.denominator)
    return Figure(value, value, value, keys, work=work)


def moved(rank: int | None, previous: int | None) -> str:
    """升降: ↑2 two places up."""
    if rank is None or previous is None:
        return NOT_APPLICABLE
    places = previous - rank
    return "→" if not places else f"{'↑' if places > 0 else '↓'}{abs(places)}"


def mark_of(rank: int | None, ranked: Collection[int], marked: int) -> str:
    """The first and the last three; who is among both is among the first."""
    if rank is None:
        return ""
    if rank <= marked:
        return TOP
    return BOTTOM if sum(other > rank for other in ranked) < marked else ""


def _ranked_before(facts: Facts, towns: bool) -> dict[str, int]:
    previous = months.previous(facts.period)
    return _ranked(facts.at(previous), towns) if previous >= facts.district.first_period else {}


# ---- the assessment of the quarter ---------------------------------------------------------------------------------


def assessed_quarter(period: str) -> str:
    """The last quarter that was over by the end of a month."""
    quarter = months.quarter_of(period)
    return quarter if months.last_month(quarter) == period else months.previous(quarter)


def _assessment(facts: Facts) -> dict[str, Figure]:
    quarter = assessed_quarter(facts.period)
    rows = records(facts, ASSESSMENT, months.last_month(quarter)).rows
    return {row["unit_code"]: told(ASSESSMENT, row, "score") for row in rows.iter_rows(named=True)}


def _assessment_missing(facts: Facts) -> Figure:
    quarter = assessed_quarter(facts.period)
    why = records(facts, ASSESSMENT, months.last_month(quarter)).why
    return Figure(None, None, None, (), why or NOT_APPLICABLE)


def score_words(facts: Facts) -> dict[str, str]:
    """What the notes of the sheets say of declared numbers: what each part of a score can bring, when a date turns yellow;
    and the quarter of the assessment shown."""
    weights = facts.catalogue.scores
    told_words = {
        f"w_{name}": f"{getattr(weights, name).normalize():f}"
        for name in (*PARTS, "a_day_late", "a_return", "a_warning")
    }
    told_words["days_left"] = str(facts.catalogue.thresholds.days_left)
    return told_words | {"assessed_quarter": months.chinese(assessed_quarter(facts.period))}
