"""The ledger of differences: from the pairs of tonight and the events so far to what is new, and to how each stands.

By stage: `events` (what happens to a difference, its number, and how the events add up), `settle` (what a later period
has put right, and what it should have), `night` (what one night adds), `carry` (the differences that a published month
shows), `asks` (what a department is told of it), `sentences` (how amounts and decisions are told). Source: DESIGN.md, Reconciliation, 7.
"""

from transforms.follow.asks import Ask, asks_of
from transforms.follow.carry import FOLLOWED, follow
from transforms.follow.events import EVENTS, Standing, number_of, standings
from transforms.follow.night import new_events

__all__ = ["EVENTS", "FOLLOWED", "Ask", "Standing", "asks_of", "follow", "new_events", "number_of", "standings"]
