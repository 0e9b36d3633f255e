"""Reconciliations: two sources that must agree. Frames in, differences out.

By stage: `difference` (what a compared pair is, and its state by intervals), `ledgers` (row by row), `figures` (sums,
carries and totals), `cause` (what plainly explains a difference), and here all rules of the catalogue over the
periods touched. What becomes of a difference is in `transforms.follow`.
"""

from transforms.reconcile.reconcile import Holdings, Reconciled, reconcile

__all__ = ["Holdings", "Reconciled", "reconcile"]
