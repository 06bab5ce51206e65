"""The store's own records: meta values, shops, batches and what was remarked about them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, inspect, select, update

from ecom import schema
from ecom.errors import StoreError
from ecom.schema import import_batches, import_issues, shops, store_meta
from ecom.settings import Settings
from ecom.store.engine import EngineSupport
from ecom.store.staging import Batch, RowAccount, Shop, Staged
from ecom.text import message

_ROWS_SHOWN = 5
_UNDONE_KEPT = 200


def is_prepared(connection: Connection) -> bool:
    """Whether the tables are there, as this version of the program makes them."""
    return inspect(connection).has_table(store_meta.name) and read_meta(connection).get(
        "schema_version"
    ) == str(schema.SCHEMA_VERSION)


def prepare(connection: Connection, support: EngineSupport) -> None:
    """Make the tables that are not there, and refuse those of another version.

    Raises
    ------
    StoreError
    """
    support.create_tables(connection)
    found = read_meta(connection).get("schema_version")
    if found is None:
        write_meta(connection, "schema_version", str(schema.SCHEMA_VERSION))
        write_meta(connection, "version", "0")
    elif int(found) != schema.SCHEMA_VERSION:
        raise StoreError(
            message(
                "This database was made by another version of the program "
                "(tables {found}, needed {needed}).",
                found=found,
                needed=schema.SCHEMA_VERSION,
            ),
            message("Open it with that version, or import the exports into a new one."),
        )


def read_meta(connection: Connection) -> dict[str, str]:
    """All meta values by name."""
    return {
        row.name: row.value
        for row in connection.execute(select(store_meta.c.name, store_meta.c.value))
    }


def write_meta(connection: Connection, name: str, value: str) -> None:
    """Set one meta value."""
    connection.execute(delete(store_meta).where(store_meta.c.name == name))
    connection.execute(insert(store_meta).values(name=name, value=value))


def read_settings(connection: Connection) -> Settings:
    """The team's settings; defaults where nothing was saved."""
    return Settings.stored(json.loads(read_meta(connection).get("settings", "{}")))


def write_settings(connection: Connection, settings: Settings) -> None:
    """Save the team's settings."""
    write_meta(connection, "settings", json.dumps(asdict(settings)))


def next_version(connection: Connection) -> int:
    """Count the store's version up by one and return it."""
    version = int(read_meta(connection).get("version", "0")) + 1
    write_meta(connection, "version", str(version))
    return version


def save_shop(connection: Connection, shop: Shop) -> None:
    """Add a shop, or fill in what was not known of it; what is known stays."""
    known = connection.execute(select(shops).where(shops.c.shop_id == shop.shop_id)).first()
    if known is None:
        connection.execute(insert(shops).values(**asdict(shop)))
        return
    news = {
        name: value for name, value in asdict(shop).items() if value and not getattr(known, name)
    }
    if news:
        connection.execute(update(shops).where(shops.c.shop_id == shop.shop_id).values(**news))


def earlier_batch(connection: Connection, staged: Staged) -> Batch | None:
    """The batch that already holds exactly this table of this file, if any."""
    row = connection.execute(
        select(import_batches).where(
            import_batches.c.file_sha256 == staged.file_sha256,
            import_batches.c.sheet_name == staged.sheet_name,
            import_batches.c.layout_id == staged.layout_id,
            import_batches.c.shop_id == staged.shop.shop_id,
        )
    ).first()
    return None if row is None else _already_loaded(staged, row)


def record_batch(connection: Connection, staged: Staged, batch: Batch) -> None:
    """Write the batch and its findings down."""
    account = batch.account
    connection.execute(
        insert(import_batches).values(
            batch_id=batch.batch_id,
            layout_id=batch.layout_id,
            shop_id=batch.shop_id,
            file_name=batch.file_name,
            sheet_name=batch.sheet_name,
            file_sha256=staged.file_sha256,
            status="partly" if account.rejected else "loaded",
            loaded_at=batch.loaded_at,
            source_updated_at=staged.source_updated_at.replace(tzinfo=None),
            period_start=staged.period_start,
            period_end=staged.period_end,
            rows_read=account.read,
            rows_new=account.new,
            rows_changed=account.changed,
            rows_unchanged=account.unchanged,
            rows_rejected=account.rejected,
            rows_totals=account.totals,
            store_version=batch.store_version,
            tables=",".join(batch.tables),
            source_id=staged.source_id,
            cursor_value=staged.cursor_value,
        )
    )
    remarks = [
        {
            "batch_id": batch.batch_id,
            "severity": finding.severity,
            "code": finding.code,
            "sheet_name": finding.sheet,
            "column_name": finding.column,
            "cell": cell_in_row(finding.cell, row),
            "raw_value": finding.value,
            "source_row": row,
            "occurrences": finding.occurrences,
        }
        for finding in staged.findings
        for row in (finding.rows[:_ROWS_SHOWN] or (None,))
    ]
    if remarks:
        connection.execute(insert(import_issues), remarks)


def log_undone(connection: Connection, batch: Row[tuple[object, ...]]) -> None:
    """Remember that a batch was taken away; of its rows nothing is kept."""
    log = undone_batches(connection)
    log.append(
        {
            "batch_id": batch.batch_id,
            "file_name": batch.file_name,
            "loaded_at": batch.loaded_at.isoformat(timespec="seconds"),
            "undone_at": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        }
    )
    write_meta(connection, "undone", json.dumps(log[-_UNDONE_KEPT:]))


def undone_batches(connection: Connection) -> list[dict[str, Any]]:
    """The log of ``log_undone``, oldest first."""
    log: list[dict[str, Any]] = json.loads(read_meta(connection).get("undone", "[]"))
    return log


def cell_in_row(cell: str, row: int | None) -> str:
    """The cell of the same column in another row: C14 and 20 give C20."""
    return cell if row is None or not cell else f"{cell.rstrip('0123456789')}{row}"


def _already_loaded(staged: Staged, row: Row[tuple[object, ...]]) -> Batch:
    return Batch(
        batch_id=row.batch_id,
        layout_id=row.layout_id,
        shop_id=row.shop_id,
        file_name=row.file_name,
        sheet_name=row.sheet_name,
        loaded_at=row.loaded_at,
        account=RowAccount(
            read=staged.rows_read,
            unchanged=staged.rows_read - staged.rows_rejected - staged.rows_totals,
            rejected=staged.rows_rejected,
            totals=staged.rows_totals,
        ),
        tables=tuple(name for name in (row.tables or "").split(",") if name),
        store_version=row.store_version,
        already_loaded=True,
    )
