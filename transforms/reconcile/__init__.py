"""Reconciliations: two sources that must agree. Frames in, differences out.

By stage: `difference` (what a compared pair is, and its state by intervals), `ledgers` (row by row), `figures` (sums,
carries and totals), `cause` (what plainly explains a difference), `follow` (the ledger of differences from month to
month), and here all rules of the catalogue over the periods touched.
"""

from transforms.reconcile.follow import follow
from transforms.reconcile.reconcile import Holdings, Reconciled, reconcile

__all__ = ["Holdings", "Reconciled", "follow", "reconcile"]
