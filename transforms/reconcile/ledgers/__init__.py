"""Two ledgers, row by row: on key and amount first, so that only the few that differ go on.

By stage: `sides` (the entries of a declared side), `apart` (what has no equal on the other side; the one stage that sees
every row), `meet` (sums of a key, parts of a key, party and day), `keys` (what is left, key by key, with its cause),
`elsewhere` (neighbouring months, other states), `sentences` and `totals` (what the reader sees), `verdicts` (all that as
compared pairs), and `match`, which runs them.
"""

from transforms.reconcile.ledgers.match import match, match_ledgers

__all__ = ["match", "match_ledgers"]
