"""One batch into the store, or out of it again: rows, what is current, what is derived.

Both are steps inside a transaction of the store's; whole or not at all is its business.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, delete, func, select, update

from ecom.errors import UnknownBatch
from ecom.progress import Watch
from ecom.schema import FACTS, import_batches, import_issues, shops
from ecom.store import derive, versions
from ecom.store.bookkeeping import (
    earlier_batch,
    log_undone,
    next_version,
    read_settings,
    record_batch,
    save_shop,
)
from ecom.store.engine import EngineSupport
from ecom.store.inserting import insert_rows
from ecom.store.staging import Batch, Staged
from ecom.text import message

# How far a load is once its rows are stored, and once they are compared with earlier ones.
_STORED, _COMPARED = 0.6, 0.7


def load_batch(
    connection: Connection, support: EngineSupport, staged: Staged, watch: Watch
) -> Batch:
    """Store one staged table and bring everything derived up to date.

    A table that is loaded already comes back as its batch, with ``already_loaded``.
    """
    earlier = earlier_batch(connection, staged)
    if earlier is not None:
        return earlier
    batch_id = 1 + int(
        connection.execute(select(func.max(import_batches.c.batch_id))).scalar() or 0
    )
    rank = versions.precedence(staged.source_updated_at, batch_id)
    provenance = {"batch_id": batch_id, "precedence": rank, "is_current": True}
    watch.tell(0.0, message("Storing {file}", file=staged.file_name))
    staged = insert_rows(connection, support, staged, provenance, watch.part(0.0, _STORED))
    save_shop(connection, staged.shop)
    watch.tell(_STORED, message("Comparing {file} with earlier ones", file=staged.file_name))
    rivals = [
        name for name in staged.tables if versions.has_rivals(connection, FACTS[name], batch_id)
    ]
    account = versions.account(connection, staged, batch_id, rivals)
    for name in rivals:
        versions.settle(connection, FACTS[name], batch_id=batch_id)
    derive.refresh(
        connection,
        support,
        batch_id=batch_id,
        tables=list(staged.tables),
        rivals=rivals,
        settings=read_settings(connection),
        watch=watch.part(_COMPARED, 1.0),
    )
    batch = Batch(
        batch_id=batch_id,
        layout_id=staged.layout_id,
        shop_id=staged.shop.shop_id,
        file_name=staged.file_name,
        sheet_name=staged.sheet_name,
        loaded_at=datetime.now(UTC).replace(tzinfo=None),
        account=account,
        tables=tuple(staged.tables),
        store_version=next_version(connection),
        findings=staged.findings,
    )
    record_batch(connection, staged, batch)
    return batch


def undo_batch(connection: Connection, support: EngineSupport, batch_id: int) -> None:
    """Take one batch away and bring everything derived up to date.

    Raises
    ------
    UnknownBatch
    """
    row = connection.execute(
        select(import_batches).where(import_batches.c.batch_id == batch_id)
    ).first()
    if row is None:
        raise UnknownBatch(
            message("There is no batch {number}.", number=batch_id),
            message("The list of batches shows the numbers."),
        )
    log_undone(connection, row)
    tables = [name for name in (row.tables or "").split(",") if name]
    for name in tables:
        table = FACTS[name]
        versions.settle(connection, table, batch_id=batch_id, without=True)
        connection.execute(
            update(table).where(table.c.batch_id == batch_id).values(is_current=False)
        )
    derive.refresh(
        connection,
        support,
        batch_id=batch_id,
        tables=tables,
        rivals=tables,
        settings=read_settings(connection),
    )
    for owner in (*(FACTS[name] for name in tables), import_issues, import_batches):
        connection.execute(delete(owner).where(owner.c.batch_id == batch_id))
    used = select(import_batches.c.shop_id)
    connection.execute(delete(shops).where(shops.c.shop_id.not_in(used)))
    next_version(connection)
