"""The truth of F05: cases of 江北区 by department and channel, and catalogues of items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from samples.draws import shown_percent, spread, vary
from transforms.period import first_day, last_day, previous, shift, split, year_to_date

ZONE = ("market_reg", "企业开办专区")
"""The department of which a part is shown apart (其中), and the part."""

# Cases a month, online ‰, one-window ‰.
_DEPARTMENTS: Mapping[str, tuple[int, int, int]] = {
    "police": (4_120, 683, 910),
    "civil_affairs": (840, 561, 962),
    "justice": (460, 702, 943),
    "human_resources": (5_630, 781, 955),
    "natural_resources": (2_940, 598, 881),
    "construction": (730, 884, 972),
    "urban_management": (520, 757, 968),
    "transport": (610, 812, 951),
    "education": (390, 741, 937),
    "health": (980, 802, 946),
    "market_reg": (6_210, 836, 978),
    "medical_insurance": (4_870, 641, 932),
    "tax": (3_360, 871, 892),
    "housing_fund": (2_050, 766, 853),
}
_SEASON = (1000, 840, 1050, 1020, 1000, 1030, 1010, 1000, 1010, 930, 1000, 1020)


@dataclass(frozen=True, slots=True)
class CaseMonth:
    """Cases of one department in one month."""

    opening: int
    accepted: int
    done: int
    returned: int
    onewin: int
    online: int
    post: int
    self_service: int
    counter: int
    instant: int
    late: int
    paper: int

    @property
    def closing(self) -> int:
        return self.opening + self.accepted - self.done - self.returned


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the catalogue; `earlier` are promised days until the month `improved`."""

    code: str
    department: str
    kind: str
    on_application: bool
    legal_days: int
    promised_days: int
    instant: bool
    fully_online: bool
    trips: int
    scope: str
    by_commitment: bool
    onewin: bool
    valid_from: date
    earlier: int | None = None
    improved: str = ""

    def at(self, period: str) -> "Item":
        """The item as it was in a month."""
        if self.earlier is None or period >= self.improved:
            return self
        return replace(self, promised_days=self.earlier, instant=False)


@dataclass(frozen=True)
class Services:
    cases: Mapping[tuple[str, str], CaseMonth]
    items: tuple[Item, ...]

    def accepted_ytd(self, department: str, period: str) -> int:
        return sum(self.cases[department, m].accepted for m in year_to_date(period))

    def departments(self, period: str) -> list[str]:
        """The departments that have cases, without the part that is shown apart."""
        return [code for code, m in self.cases if m == period and code != ZONE[1]]

    def catalogue(self, period: str) -> list[Item]:
        end = last_day(period)
        return [item.at(period) for item in self.items if item.valid_from <= end]

    def added(self, period: str) -> int:
        return sum(first_day(period) <= item.valid_from <= last_day(period) for item in self.items)


def draw_services(rng: Random, periods: list[str]) -> Services:
    """Cases of `periods`; the catalogue of 2022-08 as seed 004 tells it, smaller and slower in earlier months."""
    cases: dict[tuple[str, str], CaseMonth] = {}
    for m in periods:
        for department in _DEPARTMENTS:
            cases[department, m] = _draw_case_month(rng, department, m, cases)
        _unround(cases, m)
        cases[ZONE[1], m] = _zone(cases, m)
    items = draw_catalogue(rng, CatalogueFacts(1329, 32_888, 3_564, 876), list(_DEPARTMENTS))
    return Services(cases, tuple(_give_history(rng, items, periods)))


# Cases


def _draw_case_month(
    rng: Random, department: str, period: str, known: Mapping[tuple[str, str], CaseMonth]
) -> CaseMonth:
    level, online, onewin = _DEPARTMENTS[department]
    year, number = split(period)
    age = 12 * (year - 2021) + number
    accepted = vary(rng, level * _SEASON[number - 1] * (1000 + 5 * age) // 1_000_000, 30)
    before = known.get((department, previous(period)))
    opening = before.closing if before else level * 15 // 100
    returned = accepted * rng.randint(6, 14) // 1000
    closing = accepted * rng.randint(130, 165) // 1000
    done = opening + accepted - returned - closing
    online_n = accepted * (online + age // 2 + rng.randint(-8, 8)) // 1000
    post, self_service = accepted * rng.randint(22, 31) // 1000, accepted * rng.randint(31, 42) // 1000
    return _distinct_rates(
        CaseMonth(
            opening=opening,
            accepted=accepted,
            done=done,
            returned=returned,
            onewin=accepted * (onewin + rng.randint(-6, 6)) // 1000,
            online=online_n,
            post=post,
            self_service=self_service,
            counter=accepted - online_n - post - self_service,
            instant=done * rng.randint(612, 655) // 1000,
            late=1 if rng.randint(1, 100) <= 35 else 0,
            paper=done * rng.randint(385, 425) // 1000,
        )
    )


def _distinct_rates(month: CaseMonth) -> CaseMonth:
    """Two unlike rates that agree to the last digit look like a slip: one case moves until they differ."""
    while shown_percent(month.onewin, month.accepted) == shown_percent(month.online, month.accepted):
        month = replace(month, onewin=month.onewin - 1)
    return month


def _unround(cases: dict[tuple[str, str], CaseMonth], period: str) -> None:
    """Counts of the year so far that end in 00 look like estimates: accept one case more at the counter."""

    def ytd(departments: Sequence[str]) -> int:
        return sum(cases[d, m].accepted for d in departments for m in year_to_date(period))

    for department in _DEPARTMENTS:
        while ytd([department]) % 100 == 0:
            cases[department, period] = _one_more(cases[department, period])
    first = next(iter(_DEPARTMENTS))
    while ytd(list(_DEPARTMENTS)) % 100 == 0 or ytd([first]) % 100 == 0:
        cases[first, period] = _one_more(cases[first, period])


def _one_more(month: CaseMonth) -> CaseMonth:
    more = replace(month, accepted=month.accepted + 1, counter=month.counter + 1, done=month.done + 1)
    return _distinct_rates(more)


def _zone(cases: Mapping[tuple[str, str], CaseMonth], period: str) -> CaseMonth:
    """The part of a department that is shown apart: about three in ten of everything."""
    whole, before = cases[ZONE[0], period], cases.get((ZONE[1], previous(period)))
    opening = before.closing if before else whole.opening * 30 // 100
    accepted, returned = whole.accepted * 30 // 100, whole.returned * 30 // 100
    done = opening + accepted - returned - whole.closing * 30 // 100
    online, post, self_service = (n * 30 // 100 for n in (whole.online, whole.post, whole.self_service))
    counter = accepted - online - post - self_service
    if counter > whole.counter:
        raise ValueError(f"{period}: a part above its whole")
    part = CaseMonth(
        opening=opening,
        accepted=accepted,
        done=done,
        returned=returned,
        onewin=whole.onewin * 30 // 100,
        online=online,
        post=post,
        self_service=self_service,
        counter=counter,
        instant=whole.instant * 30 // 100,
        late=0,
        paper=whole.paper * 30 // 100,
    )
    return _distinct_rates(part)


# The catalogue of items


@dataclass(frozen=True, slots=True)
class CatalogueFacts:
    """What a catalogue of items adds up to: items, legal and promised working days, instant items."""

    items: int
    legal_days: int
    promised_days: int
    instant: int


_USUAL_DAYS = (5, 7, 10, 15, 20, 20, 20, 30, 30, 45, 60)
_SCOPES = ("无",) * 12 + ("跨区县",) * 5 + ("川渝",) * 2 + ("西南五省", "跨省")


def draw_catalogue(rng: Random, facts: CatalogueFacts, departments: Sequence[str]) -> list[Item]:
    """A catalogue that meets `facts` exactly; promised ≤ legal in every item, 0 for an instant one."""
    legal = _draw_legal_days(rng, facts)
    instant = set(rng.sample(range(facts.items), facts.instant))
    slow = [i for i in range(facts.items) if i not in instant]
    promised = dict(zip(slow, spread(facts.promised_days, [legal[i] for i in slow], least=1), strict=True))
    licences = set(rng.sample(range(facts.items), facts.items * 352 // 1000))
    online = set(rng.sample(sorted(licences), len(licences) * 891 // 1000))
    return [
        _draw_item(rng, i, legal[i], promised.get(i, 0), i in licences, i in online, departments)
        for i in range(facts.items)
    ]


def _draw_legal_days(rng: Random, facts: CatalogueFacts) -> list[int]:
    legal = [rng.choice(_USUAL_DAYS) for _ in range(facts.items)]
    missing = facts.legal_days - sum(legal)
    while missing:
        i, step = rng.randrange(facts.items), min(5, abs(missing)) * (1 if missing > 0 else -1)
        if 5 <= legal[i] + step <= 90:
            legal[i] += step
            missing -= step
    return legal


def _draw_item(
    rng: Random, number: int, legal: int, promised: int, licence: bool, online: bool, departments: Sequence[str]
) -> Item:
    fully_online = online if licence else rng.randint(1, 1000) <= 806
    return Item(
        code=f"500105{rng.randint(1, 99):02d}{number + 1:05d}",
        department=departments[rng.randrange(len(departments))],
        kind="行政许可" if licence else rng.choice(("公共服务", "公共服务", "公共服务", "其他")),
        on_application=licence or rng.randint(1, 1000) <= 762,
        legal_days=legal,
        promised_days=promised,
        instant=promised == 0,
        fully_online=fully_online,
        trips=0 if fully_online else rng.choice((0, 1, 1, 1, 1, 2)),
        scope=rng.choice(_SCOPES),
        by_commitment=rng.randint(1, 100) <= 14,
        onewin=rng.randint(1, 1000) <= 924,
        valid_from=date(rng.randint(2017, 2020), rng.randint(1, 12), rng.randint(1, 28)),
    )


def _give_history(rng: Random, items: list[Item], periods: list[str]) -> list[Item]:
    """Some items came later, some were slower before: so the catalogue changes a little every month or two."""
    history = list(items)
    months = periods[1:-2]
    chosen = rng.sample(range(len(items)), 120)
    for i in chosen[:22]:
        began = first_day(rng.choice(months))
        history[i] = replace(history[i], valid_from=began.replace(day=rng.randint(1, 28)))
    for i in chosen[22:]:
        item = history[i]
        earlier = min(item.legal_days, item.promised_days + rng.randint(1, 4))
        if earlier > item.promised_days:
            history[i] = replace(item, earlier=earlier, improved=shift(periods[0], rng.randint(1, len(months))))
    return history
