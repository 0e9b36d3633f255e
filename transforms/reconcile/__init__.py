"""Reconciliations: two sources that must agree. Frames in, differences out.

By stage: `terms` (the told cells behind the two sides of a rule), `figures` (their sums), `records` (by number),
`ledgers` (row by row), `difference` (what a compared pair is, and its state by intervals), `statement` (a rule in words),
and `reconcile`, all rules of the catalogue over the periods known. Which cell is wrong is asked in `transforms.localise`,
what becomes of a difference in `transforms.follow`.
"""

from transforms.reconcile.reconcile import Holdings, Reconciled, reconcile

__all__ = ["Holdings", "Reconciled", "reconcile"]
