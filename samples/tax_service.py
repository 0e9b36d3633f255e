"""The truth of F04 and F24: firms registered with the tax bureau, and how they do their business with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from samples.draws import spread, vary
from samples.entities import ENTERPRISES, SELF_EMPLOYED, Entities
from samples.taxes import BUDGET_ITEM, Taxes
from transforms.period import previous, split, year_to_date

GENERAL, SMALL, SOLE, OTHER = "一般纳税人", "小规模纳税人", "个体", "其他"
STOCK: Mapping[str, int] = {GENERAL: 9_840, SMALL: 31_260, SOLE: 24_510, OTHER: 2_130}
"""Registered at the beginning of 2021."""
_FIRMS: Mapping[str, int] = {GENERAL: 26, SMALL: 68, OTHER: 6}
"""How the enterprises are divided, in hundredths."""

E_BUREAU, MOBILE, SELF_SERVICE, HALL, MAIL, HOTLINE = "电子税务局", "手机", "自助", "大厅", "邮寄", "热线"
_SEASON = (1060, 900, 1010, 1050, 1010, 980, 1050, 990, 980, 1040, 980, 990)


@dataclass(frozen=True, slots=True)
class RegisteredMonth:
    """One class in one month."""

    opening: int
    new: int
    closed: int
    active: int
    online: int
    insured: int
    housing_fund: int
    accounts: int

    @property
    def closing(self) -> int:
        return self.opening + self.new - self.closed


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A month of one channel: cases, filings and those of them out of the books, calls, firms called back."""

    cases: int
    filings: int = 0
    embedded: int = 0
    calls: int = 0
    called_back: int = 0


CHANNELS: Mapping[str, ChannelFacts] = {
    E_BUREAU: ChannelFacts(148_300, 62_400, 11_300, called_back=215),
    MOBILE: ChannelFacts(21_600, 4_150),
    SELF_SERVICE: ChannelFacts(9_850, 910),
    HALL: ChannelFacts(2_880, 540, called_back=165),
    MAIL: ChannelFacts(330, 45),
    HOTLINE: ChannelFacts(650, calls=4_230, called_back=385),
}


@dataclass(frozen=True, slots=True)
class ChannelMonth:
    """One channel in one month."""

    cases: int
    filings: int
    embedded: int
    refunds: int
    calls: int
    answered: int
    called_back: int
    satisfied: int


@dataclass(frozen=True)
class TaxService:
    """`registered` by class and month, `channels` by channel and month.

    New firms of all classes but 个体 are the new enterprises of F03 in the order in which they come to the bureau;
    refunds are the vouchers that F02 tells as paid, all of them electronic.
    """

    registered: Mapping[tuple[str, str], RegisteredMonth]
    channels: Mapping[tuple[str, str], ChannelMonth]

    def cases_ytd(self, channel: str, period: str) -> int:
        return sum(self.channels[channel, m].cases for m in year_to_date(period))


def draw_tax_service(rng: Random, periods: list[str], entities: Entities, taxes: Taxes) -> TaxService:
    registered: dict[tuple[str, str], RegisteredMonth] = {}
    channels: dict[tuple[str, str], ChannelMonth] = {}
    for m in periods:
        for name, counts in _draw_registered(rng, m, entities).items():
            before = registered.get((name, previous(m)))
            opening = before.closing if before else STOCK[name]
            active = (opening + counts[0] - counts[1]) * rng.randint(918, 941) // 1000
            registered[name, m] = RegisteredMonth(opening, counts[0], counts[1], active, *counts[2:])
        refunds = sum(len(taxes.vouchers_paid(kind, [m])) for kind in BUDGET_ITEM)
        for channel in CHANNELS:
            channels[channel, m] = _draw_channel(rng, channel, m, refunds)
    return TaxService(registered, channels)


# Registration


def _draw_registered(rng: Random, period: str, entities: Entities) -> dict[str, list[int]]:
    """By class: new, closed, first business online, first insured, first housing fund, bank accounts."""
    start_up = entities.start_up[period]
    new = start_up.first_tax + _come_later(entities, previous(period)) * 6 // 10
    closed = _closed(entities, period) + _close_early(entities, period) - _close_early(entities, previous(period))
    weights = [share * rng.randint(940, 1060) for share in _FIRMS.values()]
    of_class = spread(new, weights)
    columns = [
        of_class,
        spread(closed, weights),
        spread(start_up.first_tax, of_class),
        spread(start_up.first_insured, of_class),
        spread(new * rng.randint(190, 240) // 1000, of_class),
        spread(new * rng.randint(660, 740) // 1000, of_class),
    ]
    drawn = {name: [column[i] for column in columns] for i, name in enumerate(_FIRMS)}
    sole = entities.new[SELF_EMPLOYED, period] * rng.randint(440, 460) // 1000
    gone = entities.months[SELF_EMPLOYED, period].closed * rng.randint(440, 460) // 1000
    drawn[SOLE] = [
        sole,
        gone,
        *(sole * rng.randint(*range_) // 1000 for range_ in ((520, 580), (70, 90), (4, 9), (150, 200))),
    ]
    return {name: drawn[name] for name in STOCK}


def _come_later(entities: Entities, period: str) -> int:
    """New enterprises of a month that did not come to the tax bureau in it."""
    facts = entities.start_up.get(period)
    return entities.new_enterprises(period) - facts.first_tax if facts else entities.new_enterprises(period) // 5


def _closed(entities: Entities, period: str) -> int:
    return sum(entities.months[code, period].closed for code in ENTERPRISES)


def _close_early(entities: Entities, period: str) -> int:
    """Firms off the tax register whose licence is given back the month after."""
    known = (ENTERPRISES[0], period) in entities.months
    return _closed(entities, period) * 22 // 100 if known else 0


# Channels


def _draw_channel(rng: Random, channel: str, period: str, refunds: int) -> ChannelMonth:
    facts, season = CHANNELS[channel], _SEASON[split(period)[1] - 1]

    def about(level: int) -> int:
        return vary(rng, level * season // 1000, 25)

    calls, called_back = about(facts.calls), vary(rng, facts.called_back, 90)
    by_phone = refunds // 9
    return ChannelMonth(
        cases=about(facts.cases),
        filings=about(facts.filings),
        embedded=about(facts.embedded),
        refunds={E_BUREAU: refunds - by_phone, MOBILE: by_phone}.get(channel, 0),
        calls=calls,
        answered=calls * rng.randint(981, 998) // 1000,
        called_back=called_back,
        satisfied=called_back * rng.randint(968, 995) // 1000,
    )
