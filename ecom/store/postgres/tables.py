"""Our tables as PostgreSQL keeps them: text ordered letter by letter, indexes, a function."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Index, MetaData, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn
from sqlalchemy.sql.compiler import DDLCompiler

from ecom.schema import FACTS, metadata

# Beside the key of each fact and the order of arrival: how pages and what is derived ask.
_INDEXES = (
    ("events", "shop_id visitor_id"),
    ("sessions", "shop_id visitor_id"),
    ("sessions", "session_date"),
    ("order_sessions", "shop_id order_id"),
    ("order_sessions", "shop_id visitor_id"),
    ("documents", "shop_id order_id"),
    ("documents", "day"),
    ("first_sales", "shop_id customer"),
    ("first_sales", "day"),
    ("daily_visits", "day"),
    ("daily_sales", "day"),
    ("daily_items", "day"),
)


def create_tables(connection: Connection) -> None:
    """Make what is not there."""
    _tables().create_all(connection)
    connection.exec_driver_sql(_json_text_function(connection))


def _tables() -> MetaData:
    """Our tables with what PostgreSQL wants beside them: indexes."""
    made = MetaData()
    for known in metadata.sorted_tables:
        known.to_metadata(made)
    for name, fact in FACTS.items():
        columns = made.tables[name].c
        Index(f"{name}_by_scope", *(columns[one] for one in fact.info["scope"]))
        # Batches lie one behind the other, so a few words for each range of pages are enough.
        Index(
            f"{name}_by_batch",
            columns.batch_id,
            postgresql_using="brin",
            postgresql_with={"autosummarize": "on", "pages_per_range": "32"},
        )
    for name, keys in _INDEXES:
        columns = made.tables[name].c
        Index(f"{name}_by_{keys.replace(' ', '_')}", *(columns[one] for one in keys.split()))
    return made


@compiles(CreateColumn, "postgresql")
def _create_column(element: CreateColumn, compiler: DDLCompiler, **options: Any) -> str:
    """Let text be ordered as everywhere else, letter by letter, whatever the server's language."""
    written: str = compiler.visit_create_column(element, **options)
    return f'{written} COLLATE "C"' if isinstance(element.element.type, String) else written


def _json_text_function(connection: Connection) -> str:
    """What ``json_text`` calls; newer servers can tell good JSON from bad without a failure."""
    value = "document::json ->> key"
    if (connection.dialect.server_version_info or (0,)) >= (16,):
        good = "document IS JSON OBJECT AND strpos(document, '\\u0000') = 0"
        language, body = "sql", f"SELECT CASE WHEN {good} THEN {value} END"
        marks = "IMMUTABLE PARALLEL SAFE"
    else:
        language, marks = "plpgsql", "IMMUTABLE"
        body = f"BEGIN RETURN {value}; EXCEPTION WHEN others THEN RETURN NULL; END"
    return (
        "CREATE OR REPLACE FUNCTION ecom_json_text(document text, key text) RETURNS text "
        f"LANGUAGE {language} {marks} AS $${body}$$"
    )
