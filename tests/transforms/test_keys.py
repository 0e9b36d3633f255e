"""Lists of source keys as columns."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.keys import SEPARATOR, key_lists

KEYS = st.text(st.sampled_from([*"F05|合计", SEPARATOR, "\n"]), max_size=4)


@given(st.lists(st.none() | st.lists(KEYS, max_size=4), max_size=6))
def test_a_column_of_keys_tells_every_list_as_it_was(lists):
    column = key_lists("month|src", lists)

    assert column.name == "month|src"
    assert column.dtype == pl.List(pl.String)
    assert column.to_list() == lists
