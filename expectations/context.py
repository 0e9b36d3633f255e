"""Running a suite over a frame: one context a thread, one validation a table, one result a rule.

This module costs nothing to import; Great Expectations itself is imported at the first run (4 to 6 seconds).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import polars as pl

if TYPE_CHECKING:
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.expectations.expectation import Expectation

    from expectations.polars_engine import PolarsFrameAsset, Verdicts

_of_thread = threading.local()


@dataclass(frozen=True)
class RuleResult:
    """What one rule found in one frame.

    Attributes:
        rule_id: The `meta["rule_id"]` of its expectation.
        success: None when nothing was judged: no row to evaluate, or an error. A rule may succeed and still
            have unverifiable rows.
        evaluated: Rows judged, satisfied or violated. 1 for a rule about the table as such.
        violated, unverifiable: The index columns of these rows, in the order of the frame. A rule about the
            table has none.
        error: Why the rule could not be run: an unknown column, a type that cannot be compared. No failure.
    """

    rule_id: str
    success: bool | None
    evaluated: int
    violated: pl.DataFrame
    unverifiable: pl.DataFrame
    error: str | None = None

    @property
    def satisfied(self) -> int:
        """Rows that satisfy the rule."""
        return self.evaluated - self.violated.height


def run_suite(frame: pl.DataFrame, expectations: Sequence[Expectation], index: Sequence[str]) -> list[RuleResult]:
    """Validate a frame by all its rules at once.

    Args:
        frame: One table of all submissions; NaN counts as null.
        expectations: Rules, each with its own `meta["rule_id"]`.
        index: Columns of the frame that say which row it is (file, sheet, row).
    Returns:
        One result an expectation, in their order.
    Raises:
        ValueError: a rule without an id, two of one id, or an index column that the frame does not have.
    """
    rule_ids = _rule_ids(expectations)
    if absent := set(index) - set(frame.columns):
        raise ValueError(f"The frame has no index column {sorted(absent)}")
    if not expectations:
        return []
    asset = _frame_asset()
    batch = asset.get_batch(asset.build_batch_request({"dataframe": frame}))
    validator = _of_thread.context.get_validator(batch_list=[batch])
    results = validator.graph_validate(
        [expectation.configuration for expectation in expectations], {"result_format": "BOOLEAN_ONLY"}
    )
    by_rule = {result.expectation_config.meta["rule_id"]: result for result in results}
    keys = frame.select(index)
    nothing, engine = keys.clear(), batch.data.execution_engine
    return [_rule_result(rule_id, by_rule[rule_id], engine, keys, nothing) for rule_id in rule_ids]


def _rule_ids(expectations: Sequence[Expectation]) -> list[str]:
    ids = [(expectation.meta or {}).get("rule_id") for expectation in expectations]
    if None in ids or len(set(ids)) < len(ids):
        raise ValueError(f"Every rule needs a rule_id of its own in its meta: {ids}")
    return [str(rule_id) for rule_id in ids]


def _frame_asset() -> PolarsFrameAsset:
    """The asset that takes frames in this thread's context; a context shared by threads counts wrongly."""
    if not hasattr(_of_thread, "asset"):
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        from expectations.polars_engine import PolarsDatasource

        # This module of it sets its own level, and tells of a temporary folder at every start.
        logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        source = context.data_sources.add_or_update_polars("frames")
        assert isinstance(source, PolarsDatasource)
        _of_thread.context, _of_thread.asset = context, source.add_frame_asset("frame")
    return cast("PolarsFrameAsset", _of_thread.asset)


def _rule_result(
    rule_id: str, result: ExpectationValidationResult, engine: Any, keys: pl.DataFrame, nothing: pl.DataFrame
) -> RuleResult:
    if error := _error(result.exception_info):
        return RuleResult(rule_id, None, 0, nothing, nothing, error)
    verdicts: Verdicts | None = engine.verdicts_of(result.expectation_config)
    if verdicts is None:
        return RuleResult(rule_id, bool(result.success), 1, nothing, nothing)
    success = bool(result.success) if verdicts.evaluated else None
    violated, unverifiable = (
        keys[rows] if len(rows) else nothing for rows in (verdicts.violated, verdicts.unverifiable)
    )
    return RuleResult(rule_id, success, verdicts.evaluated, violated, unverifiable)


def _error(info: Mapping[str, Any] | None) -> str | None:
    """The message of an exception, which is told either plainly or once a metric that it stopped."""
    told = info or {}
    entries = [told] if "raised_exception" in told else list(told.values())
    raised = [entry["exception_message"] for entry in entries if entry["raised_exception"]]
    return "; ".join(dict.fromkeys(raised)) or None
