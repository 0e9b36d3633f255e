"""Which rules are judged again when what they stand on was sent back."""

from flows.judging import HISTORY_KINDS
from transforms.edits import BOUNDED_KINDS


def test_every_kind_of_rule_that_looks_at_other_periods_is_judged_in_each_round():
    of_history = {
        kind
        for kind, prepare in BOUNDED_KINDS.items()
        if prepare.__module__ == "transforms.edits.history" or "known" in prepare.__code__.co_names
    }
    assert set(HISTORY_KINDS) == of_history
