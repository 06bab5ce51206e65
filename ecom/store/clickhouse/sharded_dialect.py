"""SQL for a store whose large tables lie on several shards, so that it means the same as on one.

What stands on the right of a join or of IN must be whole, wherever it lies. ``GLOBAL`` asks it of
all shards once and sends it to each; without it a shard would see its own part only, or look for
a table that only the server of the URL has. ``distributed_product_mode = 'deny'`` refuses a query
that slips through.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Alias, BinaryExpression, FromClause, Join, Table
from sqlalchemy.dialects import registry
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.selectable import ScalarSelect

from ecom.schema import metadata
from ecom.store.clickhouse.ddl import SHARDED
from ecom.store.clickhouse.dialect import DIALECT, SETTINGS, Statements, StoreDialect

DRIVER = f"{DIALECT}+ecom_sharded"
SHARDED_SETTINGS: dict[str, Any] = SETTINGS | {
    "distributed_product_mode": "deny",
    # A shard would take the names that this gives aggregates for others of its own.
    "optimize_rewrite_aggregate_function_with_if": 0,
    # A change is done, on all shards and replicas, when its statement returns.
    "distributed_foreground_insert": 1,
    "alter_sync": 2,
    "distributed_ddl_output_mode": "throw",
    # Rows go to the shard of their own key, whatever shard they are read from.
    "parallel_distributed_insert_select": 0,
    # A load of many years is many months at once.
    "max_partitions_per_insert_block": 0,
    "skip_unavailable_shards": 0,
}


class ShardedStatements(Statements):
    """Statements over several shards."""

    def visit_join(self, join: Any, *args: Any, **kw: Any) -> str:
        """What is joined goes to all shards; if it can be chosen, that is not the large table."""
        left, right = join.left, join.right
        if join.full and is_sharded(left):
            raise CompileError("each shard would add all rows that match none of its own")
        is_inner = not (join.full or join.isouter)
        if is_inner and is_sharded(right) and not (is_sharded(left) or isinstance(left, Join)):
            left, right = right, left
        kind = "FULL OUTER" if join.full else "LEFT OUTER" if join.isouter else "INNER"
        sides = f"{self.process(left, **kw)} GLOBAL {kind} JOIN {self.process(right, **kw)}"
        return f"{sides} ON {self.process(join.onclause, **kw)}"

    def visit_in_op_binary(self, binary: BinaryExpression[Any], operator: Any, **kw: Any) -> str:
        """A list is asked for once."""
        return self._generate_generic_binary(binary, f" {_distribution(binary)}IN ", **kw)

    def visit_not_in_op_binary(
        self, binary: BinaryExpression[Any], operator: Any, **kw: Any
    ) -> str:
        """As ``visit_in_op_binary``."""
        text = self._generate_generic_binary(binary, f" {_distribution(binary)}NOT IN ", **kw)
        return f"({text})"


def _distribution(binary: BinaryExpression[Any]) -> str:
    return "GLOBAL " if isinstance(binary.right, ScalarSelect) else ""


def is_sharded(source: FromClause) -> bool:
    """Whether a query of this source runs on the shards."""
    while isinstance(source, Alias | Join):
        source = source.left if isinstance(source, Join) else source.element
    return isinstance(source, Table) and source.metadata is metadata and source.name in SHARDED


class ShardedDialect(StoreDialect):
    """``clickhousedb`` for tables on several shards."""

    driver = "ecom_sharded"
    supports_statement_cache = True
    statement_compiler = ShardedStatements

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver; as in the class above, SQLAlchemy warns otherwise."""
        return super().import_dbapi()


registry.register(f"{DIALECT}.ecom_sharded", __name__, ShardedDialect.__name__)
