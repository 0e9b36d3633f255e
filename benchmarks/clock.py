"""Seconds by stage: what the wall clock says, and the CPU of the process and of the processes it ended."""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

START = "start-up"
MB = 1024


@dataclass(slots=True)
class Run:
    """One side's run over the corpus.

    Attributes:
        wall, cpu: seconds by stage, in the order in which the stages ran.
        counts: what the run made, to hold the sides against each other.
        peak: MB of memory at the most, of the process and of the largest that it ended.
    """

    wall: dict[str, float] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    peak: float = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), _cpu()
        yield
        self.wall[name] = self.wall.get(name, 0.0) + time.perf_counter() - wall
        self.cpu[name] = self.cpu.get(name, 0.0) + _cpu() - cpu

    def finish(self) -> dict[str, object]:
        self.peak = sum(
            resource.getrusage(who).ru_maxrss / MB for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        return asdict(self)


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
