"""F08 of the truth: one-thing packages with what is told of them, and agency service by station."""

from collections.abc import Iterable

from catalogue.load import load
from samples.derive.rows import total_row
from samples.filing import Row, Sheet, Value
from samples.packages import FIRM, MODES, PERSON, STATIONS, Package
from samples.truth import Truth


def derive_f08(truth: Truth, period: str) -> tuple[Sheet, ...]:
    table, packages = load().table("F08.packages"), truth.packages.packages
    rows = [
        Row({"package_code": p.code, "package_name": p.name, "package_class": p.kind, **_package_values([p], period)})
        for p in packages
    ]
    totals = _package_values(packages, period)
    rows.append(total_row("package_code", totals, table))
    count = {kind: sum(p.kind == kind for p in packages) for kind in (PERSON, FIRM)}
    note = (
        f"一件事套餐{len(packages)}项,其中个人办事{count[PERSON]}项、企业办事{count[FIRM]}项;"
        f"办理环节由{totals['steps_before']}个压减至{totals['steps_after']}个,减时间90%以上。"
    )
    return (Sheet(table, tuple(rows), note), _stations(truth, period))


def _package_values(packages: Iterable[Package], period: str) -> dict[str, Value]:
    packages = list(packages)
    return {
        "steps_before": sum(p.steps[0] for p in packages),
        "steps_after": sum(p.steps[1] for p in packages),
        "docs_before": sum(p.documents[0] for p in packages),
        "docs_after": sum(p.documents[1] for p in packages),
        "days_before": sum(p.days[0] for p in packages),
        "days_after": sum(p.days[1] for p in packages),
        "done_m": sum(p.done[period] for p in packages),
        "done_all": sum(p.done_all(period) for p in packages),
    }


def _stations(truth: Truth, period: str) -> Sheet:
    packages = truth.packages
    taken = [(u.station, u.mode) for u in packages.undone(period)]
    settled = [(u.station, u.mode) for u in packages.undone_settled(period)]
    rows = []
    for station in STATIONS:
        for mode in MODES:
            facts = packages.stations[station, mode, period]
            rows.append(
                Row(
                    {
                        "station_code": station,
                        "mode": mode,
                        "services_m": facts.services,
                        "services_ytd": packages.services_ytd(station, mode, period),
                        "projects_n": facts.projects,
                        "undone_in": taken.count((station, mode)),
                        "undone_done": settled.count((station, mode)),
                    }
                )
            )
    return Sheet(load().table("F08.stations"), tuple(rows), "办不成事受理的,逐件列入企业问题台账。")
