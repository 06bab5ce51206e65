"""SQL as ClickHouse needs it to mean what it means on the other engines.

Stands on the dialect of clickhouse-connect, which is made for tables with ClickHouse's own types;
ours are SQLAlchemy's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from clickhouse_connect import dbapi
from clickhouse_connect.cc_sqlalchemy.dialect import ClickHouseDialect
from clickhouse_connect.cc_sqlalchemy.sql.compiler import ChStatementCompiler
from sqlalchemy import (
    BinaryExpression,
    BindParameter,
    ColumnClause,
    ColumnElement,
    Date,
    DateTime,
    Delete,
    FromClause,
    FunctionElement,
    Update,
    func,
    types,
)
from sqlalchemy.dialects import registry
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import GenericTypeCompiler, SQLCompiler
from sqlalchemy.types import TypeEngine

DIALECT = "clickhousedb"
DRIVER = f"{DIALECT}+ecom"
AS_ARROW = "as_arrow"  # the execution option of queries whose answer is an Arrow table

# What queries on other engines rely on and ClickHouse does otherwise.
SETTINGS: dict[str, Any] = {
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "prefer_column_name_to_alias": 1,
    "cast_keep_nullable": 1,
    "union_default_mode": "DISTINCT",
    "transform_null_in": 0,
    "insert_null_as_default": 0,
    "input_format_null_as_default": 0,
    # A change is done when its statement returns.
    "mutations_sync": 2,
    "lightweight_deletes_sync": 2,
    "insert_deduplicate": 0,
    # Long lists of ids stand in the statement.
    "max_query_size": 16 * 1024 * 1024,
}


class _Date(Date):
    """Days from 1900 on; ``Date`` of ClickHouse begins in 1970."""

    def bind_expression(self, bindvalue: BindParameter[Any]) -> ColumnElement[Any]:
        return func.toDate32(bindvalue, type_=self)


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

    def visit_string(self, type_: types.String, **_: Any) -> str:
        return "String"

    visit_text = visit_unicode = visit_VARCHAR = visit_TEXT = visit_string

    def visit_integer(self, type_: types.Integer, **_: Any) -> str:
        return "Int32"

    def visit_big_integer(self, type_: types.BigInteger, **_: Any) -> str:
        return "Int64"

    def visit_double(self, type_: types.Double[Any], **_: Any) -> str:
        return "Float64"

    visit_float = visit_FLOAT = visit_DOUBLE = visit_double

    def visit_numeric(self, type_: types.Numeric[Any], **_: Any) -> str:
        return f"Decimal({type_.precision or 38}, {type_.scale or 0})"

    visit_NUMERIC = visit_numeric

    def visit_boolean(self, type_: types.Boolean, **_: Any) -> str:
        return "Bool"

    def visit_date(self, type_: types.Date, **_: Any) -> str:
        return "Date32"

    def visit_datetime(self, type_: types.DateTime, **_: Any) -> str:
        return "DateTime64(6, 'UTC')"


class Statements(ChStatementCompiler):
    """Statements."""

    _changed: FromClause | None = None

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
        return text.replace("UPDATE ", "ALTER TABLE ", 1).replace(" SET ", " UPDATE ", 1)

    def visit_column(self, column: ColumnClause[Any], *args: Any, **kw: Any) -> str:
        """Columns of a table that is changed go without its name."""
        if self._changed is not None and column.table is self._changed:
            kw["include_table"] = False
        return SQLCompiler.visit_column(self, column, *args, **kw)

    def visit_truediv_binary(self, binary: BinaryExpression[Any], operator: Any, **kw: Any) -> str:
        """Decimals would be cut to their scale, and nothing divided by 0 is an error."""
        above, below = self.process(binary.left, **kw), self.process(binary.right, **kw)
        return f"(toFloat64({above}) / nullIf(toFloat64({below}), 0))"

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
    colspecs: ClassVar[dict[type[TypeEngine[Any]], type[TypeEngine[Any]]]] = {
        Date: _Date,
        DateTime: _DateTime,
    }

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver; SQLAlchemy warns where a class merely inherits this."""
        return dbapi

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        """Let queries that ask for it be answered with an Arrow table, in ``cursor.data``."""
        if context is None or not context.execution_options.get(AS_ARROW):
            super().do_execute(cursor, statement, parameters, context)
            return
        table = cursor.client.query_arrow(
            statement if parameters else statement.replace("%%", "%"), parameters or None
        )
        cursor.data, cursor.names = table, table.column_names
        cursor.types = [None] * table.num_columns


registry.register(f"{DIALECT}.ecom", __name__, StoreDialect.__name__)
