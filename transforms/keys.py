"""Frames with columns of source keys: lists of texts, one a row."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

SEPARATOR = "\x1f"
KEY_LIST = pl.List(pl.String)


def frame_of(columns: Mapping[str, Sequence[Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """A frame of these columns; those of type KEY_LIST hold lists, or null.

    The lists are parted from one text a row, which takes a fortieth of the time that polars takes over each of them;
    where a key holds the separator itself, polars makes the lists.
    """
    lists = [name for name, dtype in schema.items() if dtype == KEY_LIST]
    joined = {
        name: [None if one is None else "".join([SEPARATOR + k for k in one]) for one in columns[name]]
        for name in lists
    }
    parted = sum(text.count(SEPARATOR) for texts in joined.values() for text in texts if text)
    if not lists or parted != sum(len(one) for name in lists for one in columns[name] if one):
        return pl.DataFrame(columns, schema=dict(schema))
    told = pl.DataFrame({**columns, **joined}, schema={**schema, **dict.fromkeys(lists, pl.String)})
    return told.with_columns(pl.col(lists).str.split(SEPARATOR).list.slice(1))
