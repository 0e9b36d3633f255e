"""The truth of F16: property registration of 江北区 by kind. What is sent by post is what the post carries (F07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from samples.draws import spread
from samples.post import Post
from samples.services import Services

REGISTRY = "natural_resources"
KINDS: Mapping[str, tuple[int, int, int]] = {
    "首次": (120, 45, 6),
    "转移": (300, 55, 10),
    "抵押": (290, 35, 9),
    "变更": (110, 40, 3),
    "注销": (150, 20, 1),
    "查封": (30, 12, 0),
}
"""Share of the cases in thousandths, working days on average in hundredths, how often a result is sent by post."""


@dataclass(frozen=True, slots=True)
class RegistrationMonth:
    """One kind in one month; `days` are hundredths of working days, summed over what was done."""

    accepted: int
    done: int
    instant: int
    online: int
    days: int
    certificates: int
    mailed: int
    taxed: int
    transferred: int
    queries: int


@dataclass(frozen=True)
class Property:
    months: Mapping[tuple[str, str], RegistrationMonth]


def draw_property(rng: Random, periods: list[str], services: Services, post: Post) -> Property:
    """Seven in ten cases of the bureau (F05) are registrations."""
    months: dict[tuple[str, str], RegistrationMonth] = {}
    for m in periods:
        cases = services.cases[REGISTRY, m].accepted * rng.randint(690, 730) // 1000
        accepted = spread(cases, [share * rng.randint(950, 1050) for share, _, _ in KINDS.values()])
        mailed = spread(post.sent(REGISTRY, m), [n * KINDS[kind][2] for kind, n in zip(KINDS, accepted, strict=True)])
        for kind, n, sent in zip(KINDS, accepted, mailed, strict=True):
            months[kind, m] = _draw_month(rng, kind, n, sent)
    return Property(months)


def _draw_month(rng: Random, kind: str, accepted: int, mailed: int) -> RegistrationMonth:
    done = accepted * rng.randint(965, 1015) // 1000
    days = KINDS[kind][1] * rng.randint(850, 1150) // 1000
    taxed = {"转移": 960, "首次": 420}.get(kind, 0)
    return RegistrationMonth(
        accepted=accepted,
        done=done,
        instant=done * rng.randint(560, 640) // 1000,
        online=done * rng.randint(330, 420) // 1000,
        days=done * days,
        certificates=done * (rng.randint(880, 960) if kind != "查封" else 0) // 1000,
        mailed=mailed,
        taxed=done * taxed // 1000,
        transferred=done * rng.randint(380, 460) // 1000 if kind == "转移" else 0,
        queries=accepted * rng.randint(3_400, 4_200) // 1000,
    )
