"""Rules on what must, must not, or may be said in a cell, given the others of its row."""

import polars as pl

from transforms.edits.bounds import Bounds, Context, answered, must_not, scope
from transforms.model import Edit, Table


def filled_if(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """A cell is filled wherever the rule looks (H04: a closed issue tells its result)."""
    return rows, must_not(answered(edit.column).is_null(), scope(edit))


def empty_if(rows: pl.DataFrame, edit: Edit, table: Table, _: Context) -> tuple[pl.DataFrame, Bounds]:
    """A cell is empty wherever the rule looks (H04: what has not begun has no day of its start)."""
    return rows, must_not(pl.col(edit.column).is_not_null(), scope(edit))


def must_say(rows: pl.DataFrame, edit: Edit, table: Table, context: Context) -> tuple[pl.DataFrame, Bounds]:
    """A cell carries one of these words wherever the rule looks, or a reason (H12). An empty one is H04's business."""
    told, text = pl.col(edit.column), pl.col(f"{edit.column}|text")
    applies = scope(edit) & told.is_not_null() & ~text.is_in(list(context.reasons)).fill_null(False)
    return rows, must_not(~told.is_in(list(edit.params["words"])), applies)
