"""The truth of F15: the approvals of every investment project, in the order of the four stages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from random import Random

from samples.calendar import later, worked
from samples.investment import Investment, Project
from transforms.period import first_day, last_day

_CLASSES = ("社会投资简易低风险", "社会投资简易低风险", "一般", "一般", "一般", "政府投资", "城市更新")
_STAGES = (
    ("用地规划", (("YD01", 8), ("YD05", 1), ("YD06", 6))),
    ("工程许可", (("GC01", 6), ("GC03", 9), ("GC06", 12), ("GC08", 7))),
    ("施工许可", (("SG01", 3), ("SG02", 2), ("SG15", 4))),
    ("竣工验收", (("JG01", 6), ("JG02", 9), ("JG06", 5), ("JG15", 7))),
)


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval: working days taken and promised."""

    number: str
    project: str
    project_class: str
    stage: str
    item: str
    accepted: date
    done: date
    promised: int
    supplied: date | None
    online: bool

    @property
    def days(self) -> int:
        return worked(self.accepted, self.done)


@dataclass(frozen=True)
class Construction:
    approvals: tuple[Approval, ...]

    def told(self, period: str) -> list[Approval]:
        """Accepted by the end of the month, and not done before it."""
        begin, end = first_day(period), last_day(period)
        return [a for a in self.approvals if a.accepted <= end and a.done >= begin]


def draw_construction(rng: Random, investment: Investment) -> Construction:
    """Each stage is done between two steps of its project; the permits to build before the day it starts."""
    drawn = sorted(
        (a for p in investment.projects for a in _draw_approvals(rng, p)), key=lambda a: (a[2], a[0].number, a[1])
    )
    approvals = []
    for number, (project, stage_item, accepted, done, promised, kind) in enumerate(drawn, 1):
        tolerated = rng.randint(1, 8) == 1 and worked(accepted, done) > 1
        approvals.append(
            Approval(
                number=f"SP{accepted:%Y}{number:05d}",
                project=project.number,
                project_class=kind,
                stage=stage_item[0],
                item=stage_item[1],
                accepted=accepted,
                done=done,
                promised=promised,
                supplied=later(accepted, 1) if tolerated else None,
                online=rng.randint(1, 100) <= 94,
            )
        )
    return Construction(tuple(approvals))


def _draw_approvals(rng: Random, project: Project) -> Iterator[tuple[Project, tuple[str, str], date, date, int, str]]:
    kind = rng.choice(_CLASSES)
    registered, landed, planned, permitted, built, operating = project.dates
    # The latest day for each stage, and the day that ends the stage before it.
    spans = ((registered, landed), (landed, planned), (planned, permitted), (built, operating))
    for (stage, items), (begin, end) in zip(_STAGES, spans, strict=True):
        for item, promised in rng.sample(items, len(items) - 1):
            done = later(end, -rng.randint(0, 1)) if end > later(begin, 2) else end
            accepted = later(done, -rng.randint(max(1, promised // 2), promised))
            if project.ended is None or accepted < project.ended > done:
                yield project, (stage, item), accepted, max(accepted, done), promised, kind
