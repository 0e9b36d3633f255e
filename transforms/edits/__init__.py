"""Edit rules: for every row and rule, what was told and between which bounds it must lie.

`prepare` turns the rules of a table into columns beside its rows; whoever judges them only compares intervals.
By stage: `bounds` (what a prepared rule is), `row` (arithmetic of one row), `words` (cells that depend on one
another), `dates` (how long, in which order), `detail` (other rows and tables of the same submission), `groups` (shares
and means of many rows), `history` (other periods), `ledgers` (rows that are carried on), `prepare` (all rules of a
table in one pass).
"""

from transforms.edits.bounds import Context
from transforms.edits.ledgers import plans
from transforms.edits.prepare import BOUNDED_KINDS, NATIVE_KINDS, prepare

__all__ = ["BOUNDED_KINDS", "NATIVE_KINDS", "Context", "plans", "prepare"]
