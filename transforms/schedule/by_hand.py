"""M15, Q11: the lights that were set by hand, and what may be set."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import polars as pl

from transforms.facts import NOT_APPLICABLE, Facts
from transforms.lights import Lit, judged_as, lit, lit_of
from transforms.model import SetLight
from transforms.schedule.figures import Row, frame
from transforms.schedule.indicators import without_return
from transforms.schedule.measures import measures
from transforms.schedule.names import department_name
from transforms.schedule.targets import light_of_target


class Lamp(NamedTuple):
    """What has a light of its own: code, name, who answers for it, and the light of the month."""

    code: str
    name: str
    department: str
    lit: Lit


def lamps(facts: Facts) -> Mapping[str, Lamp]:
    """Every light of the month that may be set by hand, by its code: core figures with a target, indicators of the
    evaluation that no return carries, targets that are not judged as a core figure is, and measures.

    Issues, projects and the classes of M12 have none of their own: theirs are those of a day or of a target.
    """
    return facts.once(lambda known: {lamp.code: lamp for lamp in _lamps(known)}, "lamps")


def _lamps(facts: Facts) -> Iterator[Lamp]:
    known = {indicator.code for indicator in facts.indicators}
    of_targets = {target.code: judged_as(facts.catalogue, target) for target in facts.catalogue.targets}
    # M07 shows every target, whichever returns the district files.
    shown = known | {figure.code for figure in of_targets.values() if figure}
    for indicator in facts.catalogue.indicators:
        if indicator.target is not None and indicator.code in shown:
            department = department_name(facts, indicator.department)
            yield Lamp(indicator.code, indicator.name, department, lit_of(facts, indicator, facts.period))
    for one in facts.catalogue.evaluation:
        if one.core not in known:
            told = without_return(facts, one, facts.period)
            yield Lamp(one.code, one.name, department_name(facts, one.department), told)
    for target in facts.catalogue.targets:
        if of_targets[target.code] is None:
            leads = "、".join(department_name(facts, lead) for lead in target.leads)
            yield Lamp(target.code, target.text, leads, light_of_target(facts, target))
    for row in facts.once(measures).iter_rows(named=True):
        decided = row["light|set"]
        computed = decided["computed"] if decided else row["light"]
        yield Lamp(row["code"], row["title"], row["department"], lit(facts, row["code"], computed))


def lights_by_hand(facts: Facts) -> pl.DataFrame:
    """M15: the lights of the month that stand as they were set by hand, with the ones that are computed."""
    return lights_by_hand_in(facts, [facts.period])


def lights_by_hand_in(facts: Facts, span: Iterable[str]) -> pl.DataFrame:
    """Q11: the same of several months, month by month."""
    rows = [_row(facts.at(month), one) for month in span for one in facts.lights if one.period == month and one.light]
    texts = ("period", "code", "name", "title", "light", "computed", "reason", "department", "by")
    return frame(rows, **dict.fromkeys(texts, pl.String), day=pl.Date)


def _row(facts: Facts, decided: SetLight) -> Row:
    lamp = lamps(facts).get(decided.subject) or Lamp(decided.subject, NOT_APPLICABLE, NOT_APPLICABLE, Lit(None, None))
    return {
        "period": decided.period,
        "code": decided.subject,
        "name": lamp.name,
        "title": f"{decided.subject} {lamp.name}",
        "light": decided.light,
        "computed": lamp.lit.computed or NOT_APPLICABLE,
        "reason": decided.reason,
        "department": lamp.department,
        "by": decided.by,
        "day": decided.at.date(),
    }
