"""Our own row rules for Great Expectations: told figures as intervals, check digits.

A row in which a figure that the rule needs is missing is unverifiable: it is not among the evaluated rows.
For dates in order use `ExpectColumnPairValuesAToBeGreaterThanB` with `or_equal=True` and
`ignore_row_if="either_value_is_missing"`.

Importing this module imports Great Expectations: import it late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import polars as pl
from great_expectations.compatibility import pydantic
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.core.expect_column_pair_values_a_to_be_greater_than_b import (
    ExpectColumnPairValuesAToBeGreaterThanB,
)
from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_not_be_null import ExpectColumnValuesToNotBeNull
from great_expectations.expectations.core.expect_compound_columns_to_be_unique import ExpectCompoundColumnsToBeUnique
from great_expectations.expectations.expectation import ColumnMapExpectation, Expectation, MulticolumnMapExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.map_metric_provider.column_map_metric_provider import (
    ColumnMapMetricProvider,
)
from great_expectations.expectations.metrics.map_metric_provider.multicolumn_map_metric_provider import (
    MulticolumnMapMetricProvider,
)
from great_expectations.validator.validator import ValidationDependencies

from expectations.polars_engine import PolarsMapMetric, RowRule


def _exact_columns(rule: RowRule) -> dict[str, pl.Expr]:
    """The columns of a rule as Decimals of one scale, in which sums are exact and an overflow raises.

    Raises:
        TypeError: a column that is neither Decimal nor integer: a float is not a told figure.
    """
    dtypes = {name: rule.schema[name] for name in rule.columns}
    for name, dtype in dtypes.items():
        if not (dtype.is_decimal() or dtype.is_integer()):
            raise TypeError(f"{name} is {dtype}; only Decimal and integers are exact")
    scale = max(dtype.scale if isinstance(dtype, pl.Decimal) else 0 for dtype in dtypes.values())
    return {name: pl.col(name).cast(pl.Decimal(38, scale)) for name in dtypes}


class SettledConfiguration(ExpectationConfiguration):
    """A configuration that makes its expectation once, and again only when a kwarg has changed.

    Great Expectations makes the expectation anew for each metric that a rule needs, ten times a rule.
    """

    _made: Settled | None = None
    _made_of: Mapping[str, Any] | None = None

    def to_domain_obj(self) -> Expectation:
        if self._made is None or self._made_of != self.kwargs:
            self.holds_for(super().to_domain_obj())
        assert self._made is not None
        return self._made

    def holds_for(self, expectation: Expectation) -> None:
        assert isinstance(expectation, Settled)
        self._made, self._made_of = expectation, dict(self.kwargs)

    def __deepcopy__(self, _: object) -> SettledConfiguration:
        """A copy is made in order to name a batch: it shares what nobody changes."""
        return SettledConfiguration(self.type, dict(self.kwargs), self.meta, severity=self.severity)


class Settled(Expectation):
    """An expectation that is not changed once it is made, so that its configuration is worked out once.

    Great Expectations works it out a hundred times a validation, which is most of what a rule costs
    (`benchmarks/`).
    """

    _configuration: ExpectationConfiguration | None = pydantic.PrivateAttr(None)
    _dependencies: ValidationDependencies | None = pydantic.PrivateAttr(None)
    _depends_on: tuple[object, Mapping[str, Any]] | None = pydantic.PrivateAttr(None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        if self._configuration is None:
            plain = super().configuration
            settled = SettledConfiguration(plain.type, plain.kwargs, plain.meta, severity=plain.severity)
            settled.holds_for(self)
            self._configuration = settled
        return self._configuration

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine[Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
        **_: Any,
    ) -> ValidationDependencies:
        """Asked for before the metrics are computed and again when they are looked up: told once."""
        engine, asked = self._depends_on or (None, {})
        if self._dependencies is None or engine is not execution_engine or asked != runtime_configuration:
            self._depends_on = execution_engine, dict(runtime_configuration or {})
            self._dependencies = super().get_validation_dependencies(execution_engine, runtime_configuration)
        return self._dependencies


class ExpectToBeGiven(Settled, ExpectColumnValuesToNotBeNull):
    """`ExpectColumnValuesToNotBeNull`, settled."""


class ExpectCompoundKeyToBeUnique(Settled, ExpectCompoundColumnsToBeUnique):
    """`ExpectCompoundColumnsToBeUnique`, settled."""


class ExpectToBeListed(Settled, ExpectColumnValuesToBeInSet):
    """`ExpectColumnValuesToBeInSet`, settled."""


class ExpectToLieBetween(Settled, ExpectColumnValuesToBeBetween):
    """`ExpectColumnValuesToBeBetween`, settled."""


class ExpectInOrder(Settled, ExpectColumnPairValuesAToBeGreaterThanB):
    """`ExpectColumnPairValuesAToBeGreaterThanB`, settled."""


# Told figures as intervals


class ToldMeets(PolarsMapMetric, MulticolumnMapMetricProvider):
    condition_metric_name = "told_figures.meet"

    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        figures = _exact_columns(rule)
        told, low, high, slack = (figures[name] for name in rule.columns)
        # An interval that ends before it begins cannot be met.
        return (told - slack <= high) & (told + slack >= low) & (low <= high) & (slack >= 0)


class ExpectToldToMeet(Settled, MulticolumnMapExpectation):
    """A told figure, known to ± half its last digit, must be able to lie within an interval.

    Satisfied when [column − slack, column + slack] meets [low, high], both closed; violated when disjoint.

    Args:
        column: The told figure. Like the others the name of a Decimal or integer column, all in one unit.
        low, high: The interval it has to meet (for a sum: of its parts).
        slack: The half-width of the told figure.
    """

    column: str
    low: str
    high: str
    slack: str
    ignore_row_if: Literal["any_value_is_missing"] = "any_value_is_missing"

    map_metric: ClassVar[str] = "told_figures.meet"

    @pydantic.root_validator(pre=True)
    def _list_columns(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805
        return {**values, "column_list": [values.get(role) for role in ("column", "low", "high", "slack")]}


# Check digits

CREDIT_CODE = "GB 32100-2015"
"""统一社会信用代码: 17 characters and a check character."""

_CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MODULUS = 31


def _has_check_digit(codes: pl.Expr, alphabet: str, weights: Sequence[int], modulus: int) -> pl.Expr:
    """Whether the weighted sum of the characters is a multiple of the modulus; null on a foreign character."""
    values = {character: value for value, character in enumerate(alphabet)}
    weighted = [
        codes.str.slice(place, 1).replace_strict(values, default=None, return_dtype=pl.Int32) * weight
        for place, weight in enumerate(weights)
    ]
    total = pl.sum_horizontal(weighted, ignore_nulls=False)
    return (codes.str.len_chars() == len(weights)) & (total % modulus == 0)


class ValidCheckDigit(PolarsMapMetric, ColumnMapMetricProvider):
    condition_metric_name = "column_values.check_digit"
    condition_value_keys = ("scheme",)

    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        if rule.values["scheme"] != CREDIT_CODE:
            raise ValueError(f"Unknown scheme of check digits: {rule.values['scheme']}")
        # The check character brings the sum of the others, weighted 3^i mod 31, to a multiple of 31.
        weights = [pow(3, place, _MODULUS) for place in range(17)] + [1]
        return _has_check_digit(rule.column, _CREDIT_CODE_ALPHABET, weights, _MODULUS)


class ExpectCheckDigit(Settled, ColumnMapExpectation):
    """A code has the length, the characters and the check digit of its scheme.

    Args:
        column: Name of a String column.
        scheme: `CREDIT_CODE`, 统一社会信用代码 by GB 32100-2015.
    """

    scheme: Literal["GB 32100-2015"] = "GB 32100-2015"

    map_metric: ClassVar[str] = "column_values.check_digit"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "scheme")
