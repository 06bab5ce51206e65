"""SQL as ClickHouse needs it to mean what it means on the other engines.

Stands on the dialect of clickhouse-connect, which is made for tables with ClickHouse's own types;
ours are SQLAlchemy's.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from clickhouse_connect import dbapi
from clickhouse_connect.cc_sqlalchemy.dialect import ClickHouseDialect
from clickhouse_connect.cc_sqlalchemy.sql.compiler import ChStatementCompiler
from sqlalchemy import (
    BigInteger,
    BinaryExpression,
    BindParameter,
    ColumnClause,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Delete,
    FromClause,
    Function,
    FunctionElement,
    Integer,
    Over,
    Update,
    func,
    types,
)
from sqlalchemy.dialects import registry
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import GenericTypeCompiler, SQLCompiler
from sqlalchemy.types import TypeEngine

from ecom.schema import metadata

DIALECT = "clickhousedb"
DRIVER = f"{DIALECT}+ecom"
# Execution options: that a query's answer stays an Arrow table, the databases that tables are read
# from (table -> database), and the write that a connection is for.
AS_ARROW, HOMES, TURN = "as_arrow", "homes", "turn"
_HOME = "`@`"  # stands for the database of a table that is read
_AT_HOME = re.compile(_HOME + r"\.`(\w+)`")

# What queries on other engines rely on and ClickHouse does otherwise.
SETTINGS: dict[str, Any] = {
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "cast_keep_nullable": 1,
    "union_default_mode": "DISTINCT",
    "transform_null_in": 0,
    "allow_lossy_numeric_supertype": 1,  # decimals beside floats
    "insert_null_as_default": 0,
    "input_format_null_as_default": 0,
    # A change is done when its statement returns.
    "mutations_sync": 2,
    "lightweight_deletes_sync": 2,
    "insert_deduplicate": 0,
    # Long lists of ids stand in the statement.
    "max_query_size": 16 * 1024 * 1024,
}


_TYPES: tuple[tuple[type[TypeEngine[Any]], str], ...] = (
    (types.Boolean, "Bool"),
    (types.BigInteger, "Int64"),
    (types.Integer, "Int32"),
    (types.Float, "Float64"),
    (types.Date, "Date32"),
    (types.DateTime, "DateTime64(6, 'UTC')"),
    (types.String, "String"),
)


class _Date(Date):
    """Days from 1900 on; ``Date`` of ClickHouse begins in 1970."""

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        return func.toDate32(bindvalue, type_=self)


class _Integer(Integer):
    """Whole numbers with a sign; a bare 1 would be unsigned, and so would be sums of it."""

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        return func.toInt32(bindvalue, type_=self)


class _BigInteger(BigInteger):
    """As ``_Integer``."""

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        return func.toInt64(bindvalue, type_=self)


class _DateTime(DateTime):
    """Moments in UTC, to the microsecond."""

    def bind_processor(self, dialect: Dialect) -> Any:
        def written(value: datetime | None) -> str | None:
            return None if value is None else value.isoformat(sep=" ", timespec="microseconds")

        return written

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        return _moment(bindvalue, type_=self)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return lambda value: None if value is None else value.replace(tzinfo=None)


class _moment(FunctionElement[datetime]):  # noqa: N801  (an SQL function)
    """A bound moment; compiled below, since its further arguments may not be bound."""

    inherit_cache = True

    def __init__(self, value: BindParameter[Any], type_: DateTime) -> None:
        super().__init__(value)
        self.type = type_


class Types(GenericTypeCompiler):
    """Names of types in CAST and in CREATE TABLE."""

    def process(self, type_: TypeEngine[Any], **kw: Any) -> str:
        """Name a type; text whatever its length, days and moments as above."""
        if isinstance(type_, types.Numeric) and not isinstance(type_, types.Float):
            return f"Decimal({type_.precision or 38}, {type_.scale or 0})"
        return next(name for ours, name in _TYPES if isinstance(type_, ours))


class Statements(ChStatementCompiler):
    """Statements."""

    _changed: FromClause | None = None
    _is_window = False

    def visit_delete(self, delete_stmt: Delete, visiting_cte: Any = None, **kw: Any) -> str:
        """Rows are only marked as deleted; a whole table is emptied at once."""
        self._changed = delete_stmt.table
        text = SQLCompiler.visit_delete(self, delete_stmt, visiting_cte, **kw)
        if delete_stmt.whereclause is None:
            return text.replace("DELETE FROM", "TRUNCATE TABLE", 1)
        return text

    def visit_update(self, update_stmt: Update, visiting_cte: Any = None, **kw: Any) -> str:
        """Only the columns that are set are written anew."""
        self._changed = update_stmt.table
        text = super().visit_update(update_stmt, visiting_cte, **kw)
        text = text.replace("UPDATE ", "ALTER TABLE ", 1).replace(" SET ", " UPDATE ", 1)
        return text if update_stmt.whereclause is not None else f"{text} WHERE true"

    def visit_table(self, table: Any, *args: Any, **kw: Any) -> str:
        """A table that is read is looked for in the database that has it at that moment."""
        name: str = super().visit_table(table, *args, **kw)
        is_read = kw.get("asfrom") and not kw.get("iscrud")
        return f"{_HOME}.{name}" if is_read and table.metadata is metadata else name

    def visit_column(self, column: ColumnClause[Any], *args: Any, **kw: Any) -> str:
        """Columns of a table that is changed go without its name, but for queries in between."""
        if column.table is self._changed and len(self.stack) == 1:
            kw["include_table"] = False
        return SQLCompiler.visit_column(self, column, *args, **kw)

    def visit_truediv_binary(self, binary: BinaryExpression[Any], operator: Any, **kw: Any) -> str:
        """Decimals would be cut to their scale, and nothing divided by 0 is an error."""
        above, below = self.process(binary.left, **kw), self.process(binary.right, **kw)
        return f"(toFloat64({above}) / nullIf(toFloat64({below}), 0))"

    def visit_count_func(self, element: Function[Any], **kw: Any) -> str:
        """A number with a sign."""
        count = f"count{self.function_argspec(element, **kw)}"
        return count if self._is_window else f"toInt64({count})"

    def visit_over(self, over: Over[Any], **kw: Any) -> str:
        """Numbers with a sign here, too."""
        self._is_window = True
        text: str = super().visit_over(over, **kw)
        self._is_window = False
        is_number = getattr(over.element, "name", "") in ("count", "row_number")
        return f"toInt64({text})" if is_number else text

    def visit_lag_func(self, element: FunctionElement[Any], **kw: Any) -> str:
        """Before the first row stands NULL, not the type's zero."""
        return self._neighbour("lag", element, **kw)

    def visit_lead_func(self, element: FunctionElement[Any], **kw: Any) -> str:
        """As ``lag``."""
        return self._neighbour("lead", element, **kw)

    def _neighbour(self, name: str, element: FunctionElement[Any], **kw: Any) -> str:
        (value,) = (self.process(clause, **kw) for clause in element.clauses)
        return f"{name}(toNullable({value}))"


@compiles(_moment, DIALECT)
def _spelled_moment(element: _moment, compiler: SQLCompiler, **options: Any) -> str:
    (value,) = (compiler.process(clause, **options) for clause in element.clauses)
    return f"toDateTime64({value}, 6, 'UTC')"


class StoreDialect(ClickHouseDialect):
    """``clickhousedb`` for tables of generic types."""

    name = DIALECT
    driver = "ecom"
    supports_statement_cache = True  # none of the dialect's own constructs, which it can't tell
    statement_compiler = Statements
    type_compiler_cls = Types
    colspecs = {  # noqa: RUF012  (SQLAlchemy declares it like this)
        Date: _Date,
        DateTime: _DateTime,
        Integer: _Integer,
        BigInteger: _BigInteger,
    }

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver; SQLAlchemy warns where a class merely inherits this."""
        return dbapi

    def has_table(
        self, connection: Connection, table_name: str, schema: str | None = None, **_: Any
    ) -> bool:
        """Whether the state that is read has one of our tables."""
        return table_name in connection.get_execution_options().get(HOMES, {})

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Fill in where tables are; answers to queries come as Arrow tables."""
        homes = context.execution_options.get(HOMES) if context is not None else None
        if homes is not None:
            statement = _AT_HOME.sub(lambda at: f"`{homes[at[1]]}`.`{at[1]}`", statement)
        compiled = None if context is None else context.compiled
        if compiled is None or not compiled.statement.is_select:
            super().do_execute(cursor, statement, parameters, context)
            return
        table = cursor.client.query_arrow(
            statement if parameters else statement.replace("%%", "%"), parameters or None
        )
        cursor.names, cursor.types = table.column_names, [None] * table.num_columns
        if not context.execution_options.get(AS_ARROW):
            table = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
        cursor.data, cursor._ix = table, 0


registry.register(f"{DIALECT}.ecom", __name__, StoreDialect.__name__)
