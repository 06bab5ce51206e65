"""Typed columns to canonical tables: constants, derived columns, and one row for each key."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.clean import clean_numbers
from ecom.ingest.cells.columns import SOURCE_ROW, column_of, constant, known, optional, put
from ecom.ingest.cells.groups import joint_codes
from ecom.ingest.cells.text import by_value
from ecom.ingest.cells.times import local_days
from ecom.ingest.dates_of_file import FileDates
from ecom.ingest.findings import finding, finding_at
from ecom.ingest.recognition.layout import Layout
from ecom.ingest.tables.channel_names import with_present_names
from ecom.ingest.tables.combine import combine
from ecom.ingest.tables.content import complete_content
from ecom.ingest.tables.days import DATED, with_day
from ecom.ingest.tables.event_ids import event_ids
from ecom.ingest.tables.orders import assemble_orders
from ecom.ingest.tables.refunds import complete_refunds
from ecom.ingest.tables.rollups import LEVELS, check_rollups, mark_rollups
from ecom.ingest.tables.seen_events import SeenEvents
from ecom.ingest.tables.web_addresses import with_origins
from ecom.schema import FACTS
from ecom.store.staging import Finding

_EVENT_NAMES = {
    "pageview": "page_view", "view_page": "page_view", "view": "view_item",
    "product_view": "view_item", "viewed_product": "view_item", "cart": "add_to_cart",
    "addtocart": "add_to_cart", "added_to_cart": "add_to_cart", "checkout": "begin_checkout",
    "checkout_started": "begin_checkout", "buy": "purchase", "order": "purchase",
    "transaction": "purchase", "order_completed": "purchase",
}  # fmt: skip


OF_PERIODS = ("traffic_agg", "ad_spend", "search_terms")
"""Tables of days or spans of days; a file without a column of days says them elsewhere."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rows do not say themselves. ``shop_id`` is None for tables of the whole company.

    ``seen`` remembers the file's earlier blocks, where an event log is read in blocks.
    """

    shop_id: str | None
    currency: str
    zone: ZoneInfo
    dates: FileDates
    seen: SeenEvents | None = None


@dataclass(frozen=True, slots=True)
class Assembled:
    """Canonical tables, rows of the grain table that repeated or clashed, and remarks."""

    tables: dict[str, pa.Table]
    rows_repeated: int
    rows_rejected: int
    findings: tuple[Finding, ...]


def assemble(rows: pa.Table, layout: Layout, around: Surroundings) -> Assembled:
    """Make the canonical tables of one raw table.

    Parameters
    ----------
    rows : Table
        Accepted rows: columns ``table.column`` and ``source_row``.
    layout : Layout
    around : Surroundings

    Returns
    -------
    Assembled
        ``tables`` have content columns of ``ecom.schema`` plus ``source_row``, each key once.
    """
    rows, findings = combine(rows, layout)
    tables: dict[str, pa.Table] = {}
    names = {name.partition(".")[0] for name in rows.column_names if "." in name}
    if names & {"orders", "order_items"}:
        made = assemble_orders(rows, layout.orders, zone=around.zone)
        findings += made.findings
        if made.orders is not None:
            tables["orders"] = made.orders
        if made.items is not None:
            tables["order_items"] = made.items
    for name in sorted(names & set(FACTS) - {"orders", "order_items"}):
        table = _plain(rows, name)
        tables[name] = table if name == layout.grain else _telling(table, name)
    repeated = rejected = 0
    if layout.orders.rows == "listed" and (more := rows.num_rows - tables["orders"].num_rows):
        repeated = more
        findings.append(finding("ROWS_MERGED", occurrences=more))
    for name, table in tables.items():
        complete = _complete(table, name, layout, around)
        if name == "events" and "event_id" not in table.column_names:
            tables[name] = complete  # ids that were made are unlike each other
            continue
        if name == "events" and around.seen is not None:
            tables[name] = around.seen.newest(complete)
            continue
        unique = _one_row_a_key(complete, name, layout)
        tables[name] = unique.table
        if name == layout.grain:
            repeated, rejected = repeated + unique.repeated, unique.rejected
            findings += unique.findings
    if layout.roll_up and "traffic_agg" in tables:
        findings += check_rollups(tables["traffic_agg"], layout.roll_up)
    findings += _notes(tables)
    return Assembled(tables, repeated, rejected, tuple(findings))


def _plain(rows: pa.Table, name: str) -> pa.Table:
    prefix = f"{name}."
    kept = [column for column in rows.column_names if column.startswith(prefix)]
    table = rows.select([*kept, SOURCE_ROW])
    return table.rename_columns([*(column.removeprefix(prefix) for column in kept), SOURCE_ROW])


def _telling(table: pa.Table, name: str) -> pa.Table:
    """Of a stock list that came along with something else, the rows that tell a stock."""
    if name != "inventory_snapshots" or "on_hand" not in table.column_names:
        return table
    return table.filter(pc.is_valid(table["on_hand"]))


def _complete(table: pa.Table, name: str, layout: Layout, around: Surroundings) -> pa.Table:
    """Add constants, shop, currency and what follows from other columns."""
    stored = FACTS[name].c
    for target, value in layout.constants.items():
        owner, _, column = target.partition(".")
        if owner == name:
            table = _default(table, column, str(value), stored[column].type.python_type)
    if "shop_id" in stored and around.shop_id is not None:
        table = _default(table, "shop_id", around.shop_id)
    if "currency" in stored and around.currency:
        table = _default(table, "currency", around.currency)
    if name in DATED:
        table = with_day(table, name, around.zone)
    step = _STEPS.get(name)
    return table if step is None else step(table, layout, around)


def _default(table: pa.Table, name: str, value: str, kind: type = str) -> pa.Table:
    """Set a column, or fill its gaps; ``kind`` is what the stored column holds."""
    if name not in table.column_names:
        made = constant(value, table.num_rows)
        if kind is not str:
            made = clean_numbers(made, kind="money").values
        return table.append_column(name, made)
    column = column_of(table, name)
    return put(table, name, pc.fill_null(column, value)) if column.null_count else table


# --- tables with columns of their own --------------------------------------------------------


def _traffic(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    table = _with_period(table, around)
    if "grain" not in table.column_names:
        table = put(table, "grain", constant(_grain_of(table), table.num_rows))
    present = [name for name in LEVELS if name in table.column_names]
    table = mark_rollups(with_present_names(table), layout.roll_up)
    if present and "channel" not in table.column_names:
        first = column_of(table, present[0])
        second = optional(table, "channel_l2")
        named = pc.and_(pc.is_valid(second), pc.not_equal(second, layout.roll_up or " "))
        table = put(table, "channel", pc.if_else(pc.fill_null(named, False), second, first))
    return table


def _grain_of(table: pa.Table) -> str:
    """What the rows are split by, where an export lets its user choose; undivided is the shop."""
    columns = {"campaign": "campaign", "product": "product_id", "channel": "channel_l1"}
    return next((grain for grain, name in columns.items() if name in table.column_names), "shop")


def _with_period(table: pa.Table, around: Surroundings) -> pa.Table:
    """Days of the row, else of the file; a row with a first day only is that day."""
    period = around.dates.period
    if "period_start" not in table.column_names:
        assert period is not None, "examine refuses a table without any date"
        for name, day in (("period_start", period.start), ("period_end", period.end)):
            table = put(table, name, pa.array([day] * table.num_rows, pa.date32()))
        return table
    if "period_end" not in table.column_names:
        return put(table, "period_end", column_of(table, "period_start"))
    last = pc.coalesce(column_of(table, "period_end"), column_of(table, "period_start"))
    return put(table, "period_end", last)


def _ads(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    table = _with_period(table, around)
    if "level" not in table.column_names:
        levels = ("ad", "adgroup", "campaign", "product_id")
        deepest = next((name for name in levels if known(table, name).any()), "account")
        level = "product" if deepest == "product_id" else deepest
        table = put(table, "level", constant(level, table.num_rows))
    if "channel" not in table.column_names:
        table = put(table, "channel", optional(table, "ad_platform"))
    return table


def _search_terms(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    return _with_period(table, around)


def _events(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    moments = column_of(table, "event_at")
    table = put(table, "event_date", local_days(moments, around.zone))
    table = put(table, "event_name", by_value(column_of(table, "event_name"), _event_names))
    visitor = pc.coalesce(
        optional(table, "visitor_id"),
        optional(table, "customer_key"),
        optional(table, "session_id"),
    )
    table = with_origins(put(table, "visitor_id", visitor))
    return put(table, "event_id", _event_ids(table, around.seen))


def _event_ids(table: pa.Table, seen: SeenEvents | None) -> pa.Array:
    """The ids given; events without one are numbered by what happened."""
    hashes = None if seen is None else seen.hashes
    if "event_id" not in table.column_names:
        return event_ids(table, hashes)
    given = column_of(table, "event_id")
    if not given.null_count:
        return given
    made = event_ids(table.filter(pc.is_null(given)), hashes)
    return pc.replace_with_mask(given, pc.is_null(given), made)


def _event_names(names: pa.Array) -> pa.Array:
    folded = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in names.to_pylist()]
    return pa.array([_EVENT_NAMES.get(name, name) for name in folded], pa.string())


def _stock(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    if "snapshot_date" not in table.column_names:
        day = _day_of_file(around)
        table = put(table, "snapshot_date", pa.array([day] * table.num_rows, pa.date32()))
    return table


def _day_of_file(around: Surroundings) -> date:
    """The last day the file speaks of, else the day it was written."""
    if around.dates.period:
        return around.dates.period.end
    return around.dates.written_at.replace(tzinfo=UTC).astimezone(around.zone).date()


def _refunds(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    return complete_refunds(table, zone=around.zone)


def _content(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    return complete_content(table, day=_day_of_file(around))


def _calendar(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    if "end_date" in table.column_names:
        last = pc.coalesce(column_of(table, "end_date"), column_of(table, "start_date"))
    else:
        last = column_of(table, "start_date")
    key = by_value(column_of(table, "name"), pc.utf8_lower)
    return put(put(table, "end_date", last), "event_key", key)


def _feedback(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    """An answer without an id is known by its row's content."""
    made = pd.util.hash_pandas_object(
        table.drop_columns([SOURCE_ROW]).to_pandas(), index=False, categorize=True
    )
    hexadecimal = pa.array([f"{value:016x}" for value in made], pa.string())
    given = optional(table, "feedback_id")
    return put(table, "feedback_id", pc.coalesce(given, hexadecimal))


def _assignments(table: pa.Table, layout: Layout, around: Surroundings) -> pa.Table:
    """Whom a row speaks of: a visitor of the log, else a customer of the orders."""
    visitor = optional(table, "visitor_id")
    unit = pc.if_else(pc.is_valid(visitor), "visitor", "customer")
    who = pc.coalesce(visitor, optional(table, "customer_key"))
    return put(put(table, "visitor_id", who), "unit", unit)


_STEPS: dict[str, Callable[[pa.Table, Layout, Surroundings], pa.Table]] = {
    "traffic_agg": _traffic,
    "ad_spend": _ads,
    "search_terms": _search_terms,
    "events": _events,
    "inventory_snapshots": _stock,
    "calendar_events": _calendar,
    "feedback": _feedback,
    "experiment_assignments": _assignments,
    "refunds": _refunds,
    "content_daily": _content,
}


# --- one row a key ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Unique:
    table: pa.Table
    repeated: int = 0
    rejected: int = 0
    findings: tuple[Finding, ...] = ()


def _one_row_a_key(table: pa.Table, name: str, layout: Layout) -> _Unique:
    """Exact repeats count once; of rows that clash the last stands, or amounts are added up."""
    keys = [column for column in FACTS[name].info["key"] if column in table.column_names]
    codes = joint_codes([column_of(table, column) for column in keys])
    _, first, place = np.unique(codes, return_index=True, return_inverse=True)
    if len(first) == len(codes):
        return _Unique(table)
    if layout.merge:
        merged = _merged(table, name, keys)
        numbers = len(codes) - len(first)
        return _Unique(merged, numbers, 0, (finding("ROWS_MERGED", occurrences=numbers),))
    content = [column for column in table.column_names if column != SOURCE_ROW]
    whole = joint_codes([column_of(table, column) for column in content])
    last = len(codes) - 1 - np.unique(codes[::-1], return_index=True)[1]
    stands = np.zeros(len(codes), dtype=bool)
    stands[last] = True
    same = whole == whole[last][place]
    clash = ~stands & ~same
    numbers = column_of(table, SOURCE_ROW).to_numpy()
    findings: tuple[Finding, ...] = ()
    if clash.any():
        cells = column_of(table, keys[-1])
        findings = (finding_at("DUPLICATE_KEY", clash, numbers, column=keys[-1], cells=cells),)
    return _Unique(
        table.filter(pa.array(stands)), int((~stands & same).sum()), int(clash.sum()), findings
    )


def _merged(table: pa.Table, name: str, keys: list[str]) -> pa.Table:
    kinds = {field.name: field.type for field in table.schema}
    amounts = (pa.types.is_decimal, pa.types.is_floating, pa.types.is_int64)
    ways = [
        (column, "sum" if any(is_kind(kind) for is_kind in amounts) else "min")
        for column, kind in kinds.items()
        if column not in keys
    ]
    grouped = table.group_by(keys, use_threads=False).aggregate(ways)
    grouped = grouped.rename_columns([*keys, *(column for column, _ in ways)])
    return pa.table({n: grouped[n].combine_chunks().cast(kinds[n]) for n in kinds})


def _notes(tables: dict[str, pa.Table]) -> list[Finding]:
    """Aggregates of several days are kept whole; say so once."""
    for name in OF_PERIODS:
        table = tables.get(name)
        if table is None or not table.num_rows:
            continue
        several = pc.greater(table["period_end"], table["period_start"])
        count = pc.sum(several).as_py()
        if count:
            return [finding("NOT_DAILY", occurrences=count)]
    return []
