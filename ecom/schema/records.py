"""The store's own records: shops, batches and remarks, mappings, sources."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, String, Table

from ecom.schema.base import columns, metadata

store_meta = Table(
    "store_meta", metadata, Column("name", String, primary_key=True), Column("value", String)
)

shops = Table(
    "shops",
    metadata,
    Column("shop_id", String, primary_key=True),
    Column("platform", String),
    Column("shop_name", String),
    Column("currency", String),
    Column("timezone", String),
)

import_batches = Table(
    "import_batches",
    metadata,
    Column("batch_id", Integer, primary_key=True),
    *columns(String, "layout_id shop_id file_name sheet_name file_sha256 status"),
    *columns(DateTime, "loaded_at source_updated_at"),
    *columns(Date, "period_start period_end"),
    *columns(
        Integer,
        "rows_read rows_new rows_changed rows_unchanged rows_rejected rows_totals store_version",
    ),
    Column("tables", String),
    # Of batches that were pulled from a database: which source, and how far it was read.
    Column("source_id", Integer),
    Column("cursor_value", String),
)

# cell: where it stands as a spreadsheet names it, such as C14.
import_issues = Table(
    "import_issues",
    metadata,
    Column("batch_id", Integer, nullable=False),
    *columns(String, "severity code sheet_name column_name cell raw_value"),
    Column("source_row", Integer),
    Column("occurrences", Integer),
)

# What a person taught about a set of headers: ``layout`` is the content of a layout file as JSON.
import_mappings = Table(
    "import_mappings",
    metadata,
    Column("mapping_id", Integer, primary_key=True),
    *columns(String, "title header_key headers layout"),
    *columns(DateTime, "created_at updated_at"),
)

# Databases that are read like files. ``url_name`` is the name of the secret that holds the URL,
# never the URL itself. How far a source was read stands with its batches, so undoing one of them
# steps back. timezone: of times without an offset; empty for the shop's. last_problem: JSON of the
# sentences, so that every reader has them in their language.
sources = Table(
    "sources",
    metadata,
    Column("source_id", Integer, primary_key=True),
    *columns(String, "name url_name query cursor_column shop_id layout timezone"),
    *columns(Integer, "every_minutes overlap"),
    Column("is_paused", Boolean),
    *columns(DateTime, "last_pulled_at"),
    Column("last_problem", String),
)
