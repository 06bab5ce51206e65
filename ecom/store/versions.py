"""Which row of which batch counts: every batch's rows stay, the best of each scope is current.

A table's scope (``ecom.schema``) is what one batch replaces as a whole. Of all batches that hold
rows of a scope, the one with the highest precedence is current. Loading adds rows, undoing takes
them away; both then settle the scopes they touched. That is why batches can be undone in any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Join,
    Select,
    Subquery,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
    update,
)

from ecom.schema import FACTS, content_columns
from ecom.store.staging import RowAccount, Staged

# More batches than anybody loads in a second, so that precedence orders by time, then by number.
_BATCHES_PER_SECOND = 1_000_000


def precedence(source_updated_at: datetime, batch_id: int) -> int:
    """Rank of a batch: newer files win; of equally new ones, the one loaded later."""
    moment = (
        source_updated_at if source_updated_at.tzinfo else source_updated_at.replace(tzinfo=UTC)
    )
    return int(moment.timestamp()) * _BATCHES_PER_SECOND + batch_id


def settle(connection: Connection, table: Table, *, batch_id: int, without: bool = False) -> None:
    """Set ``is_current`` anew in the scopes that ``batch_id`` touches.

    Parameters
    ----------
    without : bool
        Settle as if the batch were not there (before its rows are deleted).
    """
    scope = table.info["scope"]
    touched = _touched(table, batch_id)
    rival = table.alias("rival")
    conditions = [rival.c.batch_id != batch_id] if without else []
    names = [rival.c[name] for name in scope]
    winners = (
        select(*names, func.max(rival.c.precedence))
        .select_from(_in_scope(rival, touched, scope))
        .where(*conditions)
        .group_by(*names)
    )
    place = [table.c[name] for name in scope]
    wins = tuple_(*place, table.c.precedence).in_(winners)
    connection.execute(
        update(table)
        .values(is_current=~table.c.is_current)
        .where(tuple_(*place).in_(select(touched)), table.c.is_current != wins)
    )


def is_alone(connection: Connection, table: Table, batch_id: int) -> bool:
    """Whether no other batch holds any row of the table."""
    others = select(literal(1)).where(table.c.batch_id != batch_id).limit(1)
    return connection.execute(others).first() is None


def has_rivals(connection: Connection, table: Table, batch_id: int) -> bool:
    """Whether any other batch holds rows in a scope that this batch touches."""
    if is_alone(connection, table, batch_id):
        return False
    touched = _touched(table, batch_id)
    rival = table.alias("rival")
    found = connection.execute(
        select(literal(1))
        .select_from(_in_scope(rival, touched, table.info["scope"]))
        .where(rival.c.batch_id != batch_id)
        .limit(1)
    )
    return found.first() is not None


def account(
    connection: Connection, staged: Staged, batch_id: int, rivals: Iterable[str]
) -> RowAccount:
    """Take the row account of an inserted, not yet settled batch.

    A source row is new when its row in the grain table has a key nobody had; changed when a fact
    it is the source of differs from the current one; else unchanged. A row that is older than what
    the store holds changes nothing, so it counts as unchanged.
    """
    rivals = set(rivals)
    accepted = staged.rows_read - staged.rows_rejected - staged.rows_totals - staged.rows_repeated
    if not rivals:
        new, changed = accepted, 0
    else:
        rank = union_all(
            *(
                _ranked(FACTS[name], batch_id, is_grain=name == staged.grain)
                for name in staged.tables
                if name in rivals or name == staged.grain
            )
        ).subquery()
        best = select(func.max(rank.c.rank).label("rank")).group_by(rank.c.source_row).subquery()
        counted = connection.execute(
            select(
                func.coalesce(func.sum(case((best.c.rank == 2, 1), else_=0)), 0),
                func.coalesce(func.sum(case((best.c.rank == 1, 1), else_=0)), 0),
            )
        ).one()
        new, changed = int(counted[0]), int(counted[1])
    return RowAccount(
        read=staged.rows_read,
        new=new,
        changed=changed,
        unchanged=accepted - new - changed + staged.rows_repeated,
        rejected=staged.rows_rejected,
        totals=staged.rows_totals,
    )


def leaves_out(connection: Connection, table: Table, batch_id: int) -> bool:
    """Whether a settled batch lacks a row that counted in its scopes before it came.

    Only in tables whose scope is more than the key can a row go because a batch is silent on it.
    """
    key, scope = table.info["key"], table.info["scope"]
    if scope == key:
        return False
    mine, rival, other = table.alias("mine"), table.alias("rival"), table.alias("other")
    names = [other.c[name] for name in scope]
    before = (
        select(*names, func.max(other.c.precedence).label("precedence"))
        .select_from(_in_scope(other, _touched(table, batch_id), scope))
        .where(other.c.batch_id != batch_id)
        .group_by(*names)
        .subquery("before")
    )
    kept = select(*(mine.c[name] for name in key)).where(
        mine.c.batch_id == batch_id, mine.c.is_current
    )
    found = connection.execute(
        select(literal(1))
        .select_from(_in_scope(rival, before, (*scope, "precedence")))
        .where(
            rival.c.batch_id != batch_id,
            rival.c.is_current.is_(False),
            tuple_(*(rival.c[name] for name in key)).not_in(kept),
        )
        .limit(1)
    )
    return found.first() is not None


def _touched(table: Table, batch_id: int) -> Subquery:
    mine = table.alias("mine")
    return (
        select(*(mine.c[name] for name in table.info["scope"]))
        .where(mine.c.batch_id == batch_id)
        .distinct()
        .subquery("touched")
    )


def _in_scope(rival: FromClause, touched: Subquery, scope: Iterable[str]) -> Join:
    # Not in WHERE, nor asked row by row: a cluster could not tell whom to send what.
    return rival.join(touched, and_(*(rival.c[name] == touched.c[name] for name in scope)))


def _ranked(table: Table, batch_id: int, *, is_grain: bool) -> Select[tuple[int, int]]:
    """Per source row: 2 new, 1 changed, 0 as it was."""
    mine, theirs = table.alias("mine"), table.alias("theirs")
    key = table.info["key"]
    facts = [name for name in content_columns(table) if name not in key]
    differs: ColumnElement[bool] = or_(
        *(mine.c[name].is_distinct_from(theirs.c[name]) for name in facts)
    )
    absent = theirs.c.batch_id.is_(None)
    joined = mine.outerjoin(
        theirs,
        and_(
            *(mine.c[name] == theirs.c[name] for name in key),
            theirs.c.is_current,
            theirs.c.batch_id != batch_id,
        ),
    )
    outranked = theirs.c.precedence > mine.c.precedence
    rank = case((absent, 2 if is_grain else 1), (outranked, 0), (differs, 1), else_=0)
    return (
        select(mine.c.source_row, cast(rank, Integer).label("rank"))
        .select_from(joined)
        .where(mine.c.batch_id == batch_id, mine.c.source_row.is_not(None))
    )
