"""Lists of source keys as columns of a frame."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from transforms.keys import KEY_LIST, SEPARATOR, frame_of

WORDS = st.text(st.sampled_from([*"F05|合计", SEPARATOR, "\n"]), max_size=4)
ROWS = st.tuples(*[st.none() | st.lists(WORDS, max_size=4)] * 2, st.none() | st.integers(0, 9))


@given(st.lists(ROWS, max_size=6))
def test_columns_of_keys_tell_every_list_as_it_was_beside_the_others(rows):
    schema = {"month|src": KEY_LIST, "ytd|src": KEY_LIST, "seq": pl.Int64}

    table = frame_of({name: [row[n] for row in rows] for n, name in enumerate(schema)}, schema)

    assert dict(table.schema) == schema
    assert table.rows() == rows
