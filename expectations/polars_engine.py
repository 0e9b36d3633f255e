"""Great Expectations on Polars frames: an execution engine, its metrics and its data source.

Great Expectations (1.24.1) has no engine for Polars. This one answers every row rule with one aggregate, its
verdicts: the numbers of the rows that violate it and of those it could not judge. All verdicts of a table are
computed in one `select`; counts, lists of values and of keys are then looked up by row number.

Rules mean what they mean on the pandas engine, nulls included; the tests hold the two against each other. Three
things are stricter here:

- a comparison that its column's type does not allow is an error, not a failure of all rows;
- bounds and sets for Decimal and integer columns are taken exactly (see `exact_literal`);
- regular expressions are those of Polars, without look-around; one that does not compile is an error.

Importing this module imports Great Expectations, which takes seconds: import it late, before a context is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, ClassVar, Literal, cast

import polars as pl
import polars.selectors as cs
from great_expectations.core.batch import BatchData, BatchMarkers, LegacyBatchDefinition
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.core.id_dict import IDDict
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricFunctionTypes, MetricPartialFunctionTypes
from great_expectations.datasource.fluent.batch_request import BatchRequest
from great_expectations.datasource.fluent.interfaces import Batch, DataAsset, Datasource
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metrics.column_map_metrics.column_values_between import ColumnValuesBetween
from great_expectations.expectations.metrics.column_map_metrics.column_values_in_set import ColumnValuesInSet
from great_expectations.expectations.metrics.column_map_metrics.column_values_match_regex import (
    ColumnValuesMatchRegex,
)
from great_expectations.expectations.metrics.column_map_metrics.column_values_non_null import ColumnValuesNonNull
from great_expectations.expectations.metrics.column_map_metrics.column_values_unique import ColumnValuesUnique
from great_expectations.expectations.metrics.column_pair_map_metrics.column_pair_values_greater import (
    ColumnPairValuesAGreaterThanB,
)
from great_expectations.expectations.metrics.map_metric_provider.map_metric_provider import MapMetricProvider
from great_expectations.expectations.metrics.metric_provider import metric_partial, metric_value
from great_expectations.expectations.metrics.multicolumn_map_metrics.compound_columns_unique import (
    CompoundColumnsUnique,
)
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.expectations.registry import get_metric_kwargs, register_metric
from great_expectations.expectations.row_conditions import (
    AndCondition,
    ComparisonCondition,
    Condition,
    NullityCondition,
    Operator,
    OrCondition,
    deserialize_row_condition,
)
from great_expectations.validator.metric_configuration import MetricConfiguration, MetricConfigurationID

VALUES_LISTED = 200
"""How many failing values a result lists, as on the other engines. The list of keys has no such limit."""

FLOAT_DIGITS = 15
"""Significant digits that a Decimal keeps when Great Expectations makes it a float."""


@dataclass(frozen=True)
class Verdicts:
    """What a row rule found.

    Attributes:
        violated, unverifiable: Row numbers in the frame, ascending.
        rows: How many rows the rule is about (those that meet its row condition).
    """

    violated: pl.Series
    unverifiable: pl.Series
    rows: int

    @property
    def evaluated(self) -> int:
        return self.rows - len(self.unverifiable)


@dataclass(frozen=True)
class RowRule:
    """What a metric needs in order to write its condition.

    Attributes:
        schema: Of the frame.
        columns: The columns the rule is about, in the order its expectation names them.
        values: Its parameters (`min_value`, `regex`, …).
        verifiable: True for the rows that will be judged; uniqueness is among these.
    """

    schema: pl.Schema
    columns: tuple[str, ...]
    values: Mapping[str, Any]
    verifiable: pl.Expr

    @property
    def column(self) -> pl.Expr:
        return pl.col(self.columns[0])

    @property
    def dtype(self) -> pl.DataType:
        return self.schema[self.columns[0]]


class PolarsBatchData(BatchData):
    """A frame as a batch. NaN becomes null, as pandas has it."""

    def __init__(self, execution_engine: PolarsExecutionEngine, frame: pl.DataFrame) -> None:
        super().__init__(execution_engine)
        self.frame = frame.with_columns(cs.float().fill_nan(None))


class PolarsExecutionEngine(ExecutionEngine[pl.Expr]):
    """Computes the metrics of one frame. Make a new one for every frame: see `PolarsFrameAsset.get_batch`."""

    def __init__(self, **settings: Any) -> None:
        # Caching would keep the verdicts of a table alive and serve no one: a frame is validated once.
        super().__init__(**{**settings, "caching": False})
        self.verdicts: dict[MetricConfigurationID, Verdicts] = {}
        self._tried: set[str] = set()
        self._clauses: dict[str, pl.Expr] = {}

    @property
    def frame(self) -> pl.DataFrame:
        return cast(PolarsBatchData, self.batch_manager.active_batch_data).frame

    @cached_property
    def schema(self) -> pl.Schema:
        """Of the frame: asked once, since a frame with the bounds of all its rules has hundreds of columns."""
        return self.frame.schema

    @cached_property
    def _empty_columns(self) -> dict[str, pl.Series]:
        return {column.name: column for column in self.frame.clear()}

    def try_out(self, aggregate: pl.Expr) -> None:
        """Compute on no rows: an unknown column or a type that cannot be compared is told before all aggregates are
        computed at once, and stops its rule only. On the rule's own columns: a frame of hundreds costs a millisecond.

        Most rules of a table differ in the names of their columns alone: one of them is tried out for all.
        """
        names = list(dict.fromkeys(aggregate.meta.root_names()))
        likeness = _likeness(aggregate, names, self.schema)
        if likeness not in self._tried:
            pl.DataFrame([self._empty_columns[name] for name in names if name in self._empty_columns]).select(aggregate)
            # The type of a set's members is not told in the text of an expression.
            if "Series" not in likeness:
                self._tried.add(likeness)

    def get_batch_data_and_markers(self, batch_spec: RuntimeDataBatchSpec) -> tuple[BatchData, BatchMarkers]:
        markers = BatchMarkers({"ge_load_time": datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")})
        frame = batch_spec.batch_data
        batch_spec.batch_data = "PolarsDataFrame"
        return PolarsBatchData(self, frame), markers

    def get_domain_records(self, domain_kwargs: Mapping[str, Any]) -> pl.DataFrame:
        return self.frame.filter(self.meets_row_condition(domain_kwargs))

    def get_compute_domain(
        self,
        domain_kwargs: dict[str, Any],
        domain_type: str | MetricDomainTypes,
        accessor_keys: Iterable[str] | None = None,
    ) -> tuple[pl.DataFrame, dict[str, Any], dict[str, Any]]:
        parts = self._partition_domain_kwargs(domain_kwargs, domain_type, accessor_keys)
        return self.get_domain_records(domain_kwargs), parts.compute, parts.accessor

    def resolve_metric_bundle(self, metric_fn_bundle: Iterable[Any]) -> dict[MetricConfigurationID, Any]:
        """Compute all aggregates of the frame in one `select`."""
        ids = [bundled.metric_configuration.id for bundled in metric_fn_bundle]
        aggregates = [bundled.metric_fn.alias(str(n)) for n, bundled in enumerate(metric_fn_bundle)]
        if not aggregates:
            return {}
        row = self.frame.select(aggregates)
        values = dict(zip(ids, map(_aggregate_value, row.get_columns()), strict=True))
        self.verdicts |= {metric: value for metric, value in values.items() if isinstance(value, Verdicts)}
        return values

    def verdicts_of(self, configuration: ExpectationConfiguration) -> Verdicts | None:
        """The verdicts of a row rule that was validated on this engine; None for rules about the table."""
        map_metric = getattr(configuration.to_domain_obj(), "map_metric", None)
        if not map_metric:
            return None
        name = f"{map_metric}.verdicts"
        kwargs = get_metric_kwargs(name, configuration)
        wanted = MetricConfiguration(name, kwargs["metric_domain_kwargs"], kwargs["metric_value_kwargs"])
        return self.verdicts[wanted.id]

    def meets_row_condition(self, domain_kwargs: Mapping[str, Any]) -> pl.Expr:
        """True or false for every row, never null. A rule asks twice: for its rows and for their number."""
        told = domain_kwargs.get("row_condition")
        if (key := repr(told)) not in self._clauses:
            self._clauses[key] = self._clause(told)
        return self._clauses[key]

    def _clause(self, told: Any) -> pl.Expr:
        condition = deserialize_row_condition(told)
        if condition is None:
            return pl.repeat(True, pl.len(), dtype=pl.Boolean)
        if not isinstance(condition, Condition):
            raise TypeError(f"Row conditions are conditions, not text: {condition!r}")
        clause: pl.Expr = self.condition_to_filter_clause(condition)
        return clause

    def _comparison_condition_to_filter_clause(self, condition: ComparisonCondition) -> pl.Expr:
        column = pl.col(condition.column.name)
        dtype = self.schema[condition.column.name]
        operator = Operator(condition.operator)
        if operator in (Operator.IN, Operator.NOT_IN):
            within = _is_among(column, condition.parameter, dtype).fill_null(False)
            return within if operator == Operator.IN else ~within
        literal = exact_literal(condition.parameter, dtype)
        # As on pandas: a row that does not say its kind is not of this kind, so "!=" keeps it.
        comparisons: dict[Operator, pl.Expr] = {
            Operator.EQUAL: column.eq_missing(literal),
            Operator.NOT_EQUAL: column.ne_missing(literal),
            Operator.LESS_THAN: column < literal,
            Operator.LESS_THAN_OR_EQUAL: column <= literal,
            Operator.GREATER_THAN: column > literal,
            Operator.GREATER_THAN_OR_EQUAL: column >= literal,
        }
        return comparisons[operator].fill_null(False)

    def _nullity_condition_to_filter_clause(self, condition: NullityCondition) -> pl.Expr:
        column = pl.col(condition.column.name)
        return column.is_null() if condition.is_null else column.is_not_null()

    def _and_condition_to_filter_clause(self, condition: AndCondition) -> pl.Expr:
        return reduce(and_, map(self.condition_to_filter_clause, condition.conditions))

    def _or_condition_to_filter_clause(self, condition: OrCondition) -> pl.Expr:
        return reduce(or_, map(self.condition_to_filter_clause, condition.conditions))


def _likeness(expression: pl.Expr, names: Sequence[str], schema: pl.Schema) -> str:
    """The expression with the types of its columns in place of their names."""
    text = str(expression)
    for place, name in enumerate(names):
        for quote in "\"'":
            text = text.replace(f"{quote}{name}{quote}", f"<{place} {schema.get(name)}>")
    return text


def _aggregate_value(column: pl.Series) -> Any:
    if column.dtype != pl.Struct:
        return column.item()
    fields = column.struct.unnest()
    return Verdicts(fields["violated"][0], fields["unverifiable"][0], fields["rows"].item())


# Literals


def exact_literal(value: Any, dtype: pl.DataType) -> Any:
    """A bound or set member as its column is compared with it: never through a float, never as text.

    For a Decimal or integer column text ("12.30") and floats (12.3) become the Decimal they show; for a date column
    ISO text becomes a date.

    Raises:
        ValueError: more than 15 digits. Great Expectations keeps the bounds of its own expectations as floats, and
            tells two metrics apart by the floats of their Decimals: this number is perhaps not the one that was
            meant. In sets and row conditions text has no such limit.
        TypeError: a value that this column cannot be compared with.
    """
    if _is_exact(dtype):
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise TypeError(f"{value!r} is not a number for a column of {dtype}")
        if isinstance(value, int):
            return value
        number = Decimal(str(value))
        digits = len(number.normalize().as_tuple().digits)
        if isinstance(value, float):
            digits = max(digits, number.adjusted() + 1)
        if digits > FLOAT_DIGITS and not isinstance(value, str):
            raise ValueError(f"{value!r} has more than {FLOAT_DIGITS} digits")
        return number
    if dtype == pl.Date:
        day = date.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(day, date):
            raise TypeError(f"{value!r} is not a date")
        return day
    return value


def _is_exact(dtype: pl.DataType) -> bool:
    return dtype.is_decimal() or dtype.is_integer()


def _is_among(column: pl.Expr, values: Iterable[Any], dtype: pl.DataType) -> pl.Expr:
    members = [exact_literal(value, dtype) for value in values if value is not None]
    if not members:
        return pl.lit(False)
    kind = None if _is_exact(dtype) else dtype
    return column.is_in(pl.Series(members, dtype=kind, strict=True).implode())


# Row rules

_MISSING_WHEN = {
    "both_values_are_missing": pl.all_horizontal,
    "either_value_is_missing": pl.any_horizontal,
    "all_values_are_missing": pl.all_horizontal,
    "any_value_is_missing": pl.any_horizontal,
}


class PolarsMapMetric(MapMetricProvider):
    """A row rule on Polars: subclasses say when it holds, the rest follows from the verdicts.

    Subclasses of Great Expectations' own metrics take their names and parameters from these; our own set
    `condition_metric_name`, `condition_domain_keys` and `condition_value_keys`.
    """

    condition_metric_name: str

    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        """True where a row satisfies the rule. A null is never satisfied."""
        raise NotImplementedError

    @classmethod
    def _register_metric_functions(cls) -> None:
        name = getattr(cls, "condition_metric_name", None)
        if name is None:
            return
        aggregate, value = MetricPartialFunctionTypes.AGGREGATE_FN, MetricFunctionTypes.VALUE
        for suffix, parameters, provider, kind in (
            ("verdicts.aggregate_fn", (), _verdicts, aggregate),
            ("verdicts", (), None, value),
            ("unexpected_count", (), _unexpected_count, value),
            ("filtered_row_count", ("result_format",), _filtered_row_count, value),
            ("unexpected_values", ("result_format",), _unexpected_values, value),
            ("unexpected_rows", ("result_format",), _unexpected_rows, value),
            ("unexpected_index_list", ("result_format",), _unexpected_index_list, value),
            ("unexpected_index_query", ("result_format",), _unexpected_index_query, value),
        ):
            register_metric(
                metric_name=f"{name}.{suffix}",
                metric_domain_keys=cls.condition_domain_keys,
                metric_value_keys=(*cls.condition_value_keys, *parameters),
                execution_engine=PolarsExecutionEngine,
                metric_class=cls,
                metric_provider=provider,
                metric_fn_type=kind,
            )

    @classmethod
    def _get_evaluation_dependencies(
        cls, metric: MetricConfiguration, *_: Any, **__: Any
    ) -> dict[str, MetricConfiguration]:
        if metric.metric_name.endswith(".aggregate_fn"):
            return {}
        needed = "verdicts.aggregate_fn" if metric.metric_name.endswith(".verdicts") else "verdicts"
        parameters = {k: v for k, v in metric.metric_value_kwargs.items() if k != "result_format"}
        name = f"{cls.condition_metric_name}.{needed}"
        key = "verdicts" if needed == "verdicts" else "metric_partial_fn"
        return {key: MetricConfiguration(name, metric.metric_domain_kwargs, parameters)}


def _verdicts(
    cls: type[PolarsMapMetric],
    execution_engine: PolarsExecutionEngine,
    metric_domain_kwargs: dict[str, Any],
    metric_value_kwargs: dict[str, Any],
    **_: Any,
) -> tuple[pl.Expr, dict[str, Any], dict[str, Any]]:
    columns = _columns_of(metric_domain_kwargs)
    rows = execution_engine.meets_row_condition(metric_domain_kwargs)
    if "column" in metric_domain_kwargs:
        ignore = "any_value_is_missing" if cls.filter_column_isnull else "never"
    else:
        ignore = metric_domain_kwargs.get("ignore_row_if") or "never"
    some_missing = _MISSING_WHEN.get(ignore)
    unverifiable = rows & some_missing(pl.col(*dict.fromkeys(columns)).is_null()) if some_missing else rows & False
    verifiable = rows & ~unverifiable
    holds = cls.holds(RowRule(execution_engine.schema, columns, metric_value_kwargs, verifiable)).fill_null(False)
    aggregate = pl.struct(
        violated=(verifiable & ~holds).arg_true().implode(),
        unverifiable=unverifiable.arg_true().implode(),
        rows=rows.sum(),
    )
    execution_engine.try_out(aggregate)
    return aggregate, {}, {}


def _columns_of(domain_kwargs: Mapping[str, Any]) -> tuple[str, ...]:
    if "column" in domain_kwargs:
        return (domain_kwargs["column"],)
    if "column_A" in domain_kwargs:
        return (domain_kwargs["column_A"], domain_kwargs["column_B"])
    return tuple(domain_kwargs["column_list"])


def _unexpected_count(metrics: Mapping[str, Verdicts], **_: Any) -> int:
    return len(metrics["verdicts"].violated)


def _filtered_row_count(metrics: Mapping[str, Verdicts], **_: Any) -> int:
    return metrics["verdicts"].evaluated


def _unexpected_values(
    execution_engine: PolarsExecutionEngine,
    metric_domain_kwargs: dict[str, Any],
    metric_value_kwargs: dict[str, Any],
    metrics: Mapping[str, Verdicts],
    **_: Any,
) -> list[Any]:
    rows = metrics["verdicts"].violated.head(min(_listed(metric_value_kwargs), VALUES_LISTED))
    values = execution_engine.frame.select(*dict.fromkeys(_columns_of(metric_domain_kwargs)))[rows]
    if "column" in metric_domain_kwargs:
        return values.to_series().to_list()
    return values.rows() if "column_A" in metric_domain_kwargs else values.to_dicts()


def _unexpected_rows(
    execution_engine: PolarsExecutionEngine,
    metric_value_kwargs: dict[str, Any],
    metrics: Mapping[str, Verdicts],
    **_: Any,
) -> list[dict[str, Any]]:
    rows = metrics["verdicts"].violated.head(min(_listed(metric_value_kwargs), VALUES_LISTED))
    return execution_engine.frame[rows].to_dicts()


def _unexpected_index_list(
    execution_engine: PolarsExecutionEngine,
    metric_domain_kwargs: dict[str, Any],
    metric_value_kwargs: dict[str, Any],
    metrics: Mapping[str, Verdicts],
    **_: Any,
) -> list[Any]:
    rows = metrics["verdicts"].violated.head(_listed(metric_value_kwargs))
    keys = metric_value_kwargs["result_format"].get("unexpected_index_column_names")
    if not keys:
        return rows.to_list()
    columns = dict.fromkeys([*_columns_of(metric_domain_kwargs), *keys])
    return execution_engine.frame.select(*columns)[rows].to_dicts()


def _unexpected_index_query(**_: Any) -> None:
    """There is none: a frame is not queried by text."""


def _listed(value_kwargs: Mapping[str, Any]) -> int:
    wanted = value_kwargs["result_format"]
    return 2**31 if wanted["result_format"] == "COMPLETE" else int(wanted["partial_unexpected_count"])


class NotNull(PolarsMapMetric, ColumnValuesNonNull):
    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        return rule.column.is_not_null()


class InSet(PolarsMapMetric, ColumnValuesInSet):
    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        members = rule.values.get("value_set")
        if members is None:
            return pl.lit(True)
        return _is_among(rule.column, members, rule.dtype)


class MatchRegex(PolarsMapMetric, ColumnValuesMatchRegex):
    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        return rule.column.cast(pl.String).str.contains(rule.values["regex"])


class Unique(PolarsMapMetric, ColumnValuesUnique):
    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        return ~pl.when(rule.verifiable).then(rule.column).is_duplicated()


class CompoundUnique(PolarsMapMetric, CompoundColumnsUnique):
    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        return ~pl.struct(rule.verifiable.alias("__verifiable"), *rule.columns).is_duplicated()


class Between(PolarsMapMetric, ColumnValuesBetween):
    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        column, dtype = rule.column, rule.dtype
        low, high = rule.values.get("min_value"), rule.values.get("max_value")
        holds = pl.lit(True)
        if low is not None:
            low = exact_literal(low, dtype)
            holds &= column > low if rule.values.get("strict_min") else column >= low
        if high is not None:
            high = exact_literal(high, dtype)
            holds &= column < high if rule.values.get("strict_max") else column <= high
        if low is not None and high is not None and low > high:
            raise ValueError("min_value cannot be greater than max_value")
        return holds


class PairGreater(PolarsMapMetric, ColumnPairValuesAGreaterThanB):
    @classmethod
    def holds(cls, rule: RowRule) -> pl.Expr:
        # Polars would compare a day with a count, and a Decimal with a float by way of floats.
        kinds = {pl.Decimal if _is_exact(rule.schema[name]) else rule.schema[name] for name in rule.columns}
        if len(kinds) > 1:
            raise TypeError(f"Columns {' and '.join(rule.columns)} cannot be compared: {kinds}")
        left, right = map(pl.col, rule.columns)
        return left >= right if rule.values.get("or_equal") else left > right


# The table


class TableColumns(TableMetricProvider):
    metric_name = "table.columns"

    @metric_value(engine=PolarsExecutionEngine)
    def _polars(cls, execution_engine: PolarsExecutionEngine, **_: Any) -> list[str]:  # noqa: N805
        return execution_engine.frame.columns


class TableRowCount(TableMetricProvider):
    metric_name = "table.row_count"

    @metric_partial(
        engine=PolarsExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _polars(
        cls,  # noqa: N805
        execution_engine: PolarsExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        **_: Any,
    ) -> tuple[pl.Expr, dict[str, Any], dict[str, Any]]:
        rows = execution_engine.meets_row_condition(metric_domain_kwargs).sum()
        execution_engine.try_out(rows)
        return rows, {}, {}


# Where frames come from


class PolarsFrameAsset(DataAsset):  # type: ignore[type-arg]  # its parameters are not exported
    """Frames handed over in memory: the batch parameter `dataframe` is the frame."""

    type: Literal["polars_frame"] = "polars_frame"

    def test_connection(self) -> None:
        """Nothing to connect to."""

    def get_batch_parameters_keys(self, partitioner: object = None) -> tuple[str, ...]:
        return ("dataframe",)

    def get_batch_identifiers_list(self, batch_request: BatchRequest[Any]) -> list[dict[str, Any]]:
        return [IDDict(batch_request.options)]

    def build_batch_request(
        self, options: dict[str, Any] | None = None, batch_slice: object = None, partitioner: object = None
    ) -> BatchRequest[Any]:
        if not options or batch_slice is not None or partitioner is not None:
            raise ValueError("A frame is asked for by the one option `dataframe`")
        return BatchRequest(datasource_name=self.datasource.name, data_asset_name=self.name, options=options)

    def _validate_batch_request(self, batch_request: BatchRequest[Any]) -> None:
        if not isinstance(batch_request.options.get("dataframe"), pl.DataFrame):
            raise TypeError("The option `dataframe` must be a Polars DataFrame")

    def get_batch(self, batch_request: BatchRequest[Any]) -> Batch:
        """A batch with an engine of its own, so that nothing of one frame is left when the next one comes."""
        self._validate_batch_request(batch_request)
        spec = RuntimeDataBatchSpec(batch_data=batch_request.options["dataframe"])
        data, markers = PolarsExecutionEngine().get_batch_data_and_markers(spec)
        return Batch(
            datasource=self.datasource,
            data_asset=self,
            batch_request=batch_request,
            data=data,
            batch_markers=markers,
            batch_spec=spec,
            batch_definition=LegacyBatchDefinition(
                datasource_name=self.datasource.name,
                data_connector_name="fluent",
                data_asset_name=self.name,
                batch_identifiers=IDDict({"dataframe": "<DATAFRAME>"}),
            ),
        )


# Below, `type` is a field.
_AssetType = type[PolarsFrameAsset]
_EngineType = type[PolarsExecutionEngine]


class PolarsDatasource(Datasource[PolarsFrameAsset, PolarsExecutionEngine]):
    """Adds a data source of Polars frames to a context: `context.data_sources.add_polars(name)`."""

    asset_types: ClassVar[Sequence[_AssetType]] = [PolarsFrameAsset]
    type: Literal["polars"] = "polars"
    assets: list[PolarsFrameAsset] = []  # noqa: RUF012  # a field: pydantic copies the default

    @property
    def execution_engine_type(self) -> _EngineType:
        return PolarsExecutionEngine

    def test_connection(self, test_assets: bool = True) -> None:
        """Nothing to connect to."""

    def add_frame_asset(self, name: str) -> PolarsFrameAsset:
        return self._add_asset(PolarsFrameAsset(name=name))
