"""A file held against what the store knows: the shop's ids, its orders, its stock lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ecom.ingest.cells.columns import column_of, optional
from ecom.ingest.cells.decimals import MONEY_SCALE, sum_by
from ecom.ingest.cells.groups import group_codes
from ecom.ingest.checks.orders import falls_short, worth
from ecom.ingest.checks.places import located, targets_of
from ecom.ingest.examination import ExaminedTable
from ecom.ingest.findings import finding, finding_at
from ecom.ingest.tables.mapping import SOURCE_ROW
from ecom.store import Store, shop_names
from ecom.store.lookups import (
    goods_of_orders,
    known_orders,
    known_products,
    missing_lines,
    shops_that_know,
    stock_lists,
)
from ecom.store.staging import Finding, Staged
from ecom.text import Text, message

LEAST_SHARE = 0.05  # of the file's ids a shop that owns it knows at least so many
FAR_BETTER = 0.5  # another shop that knows so many is asked about
_LEAST_IDS = 5  # fewer say nothing
_LOOKED_ROWS = 100_000
_SHRUNK = 0.5
_LEAST_ITEMS = 10
_PLACE = ("source", "warehouse")


def check_known(store: Store, table: ExaminedTable) -> ExaminedTable:
    """The table with remarks that only the store can make.

    A table that can't be loaded, or is loaded already, comes back as it is.
    """
    staged = table.staged
    if staged is None or store.holds(staged):
        return table
    found, must_confirm = _foreign_shop(store, staged)
    for check in _CHECKS:
        found += check(store, staged)
    if not found:
        return table
    named, marks = located(found, table.headers, targets_of(table.mapping), sheet=table.sheet)
    findings = (*table.findings, *named)
    return replace(
        table,
        findings=findings,
        staged=replace(staged, findings=findings),
        marks=pa.concat_tables([table.marks, marks]),
        must_confirm=must_confirm,
    )


def _foreign_shop(store: Store, staged: Staged) -> tuple[list[Finding], tuple[Text, ...]]:
    """Whether another shop knows the file's ids and this one, though it has data, does not.

    The rule is that of the canonical schema: under 5 % of the ids known. Products are looked at
    first; where a file has none, order ids that another shop has already.
    """
    names = shop_names(store.shops())
    own = staged.shop.shop_id
    if own not in names or len(names) < 2:
        return [], ()
    for kind, ids, ask in (
        ("products", _product_ids(staged), known_products),
        ("orders", _order_ids(staged), known_orders),
    ):
        if len(ids) < _LEAST_IDS or own not in shops_that_know(store, kind):
            continue
        shares = ask(store, ids) / len(ids)
        others = shares.drop(own, errors="ignore")
        if shares.get(own, 0.0) >= LEAST_SHARE or others.empty or others.max() < LEAST_SHARE:
            continue
        other, share = names.get(str(others.idxmax()), str(others.idxmax())), float(others.max())
        words = f"{own}: {shares.get(own, 0.0):.0%}, {other}: {share:.0%}"
        found = finding("FOREIGN_SHOP_SUSPECTED", value=words, occurrences=len(ids))
        question = message(
            "The file seems to belong to {other}, which knows {share} % of its ids; it would be "
            "loaded for {shop}.",
            other=other,
            share=round(share * 100),
            shop=names[own],
        )
        return [found], (question,) if share >= FAR_BETTER else ()
    return [], ()


def _product_ids(staged: Staged) -> pa.Array:
    """Distinct skus and product ids of the file's tables that belong to a shop."""
    columns = [
        column_of(rows.slice(0, _LOOKED_ROWS), name)
        for table, rows in staged.tables.items()
        for name in ("sku", "product_id")
        if name in rows.column_names and "shop_id" in rows.column_names and rows.num_rows
    ]
    return _distinct(columns)


def _order_ids(staged: Staged) -> pa.Array:
    columns = [
        column_of(staged.tables[table].slice(0, _LOOKED_ROWS), "order_id")
        for table in ("orders", "order_items")
        if table in staged.tables and staged.tables[table].num_rows
    ]
    return _distinct(columns)


def _distinct(columns: list[pa.Array]) -> pa.Array:
    if not columns:
        return pa.array([], pa.string())
    ids = pc.unique(pa.chunked_array([column.cast(pa.string()) for column in columns]))
    return ids.filter(pc.fill_null(pc.not_equal(ids, ""), False))


def _vanishing_lines(store: Store, staged: Staged) -> list[Finding]:
    """Lines of the file's orders that the store has and the file has not."""
    lines = staged.tables.get("order_items")
    if lines is None or not lines.num_rows or not _has_data(store, staged):
        return []
    gone = missing_lines(store, staged.shop.shop_id, lines)
    if gone.empty:
        return []
    ids = column_of(lines, "order_id")
    short = pc.is_in(ids, value_set=pa.array(gone["order_id"])).to_numpy(zero_copy_only=False)
    numbers = column_of(lines, SOURCE_ROW).to_numpy()
    one = finding_at("LINES_WOULD_VANISH", short, numbers, column="order_id", cells=ids)
    return [replace(one, occurrences=int(gone["lines"].sum()))]


def _short_of_goods(store: Store, staged: Staged) -> list[Finding]:
    """A file of lines alone whose lines add up to less than the store's orders say."""
    lines = staged.tables.get("order_items")
    if lines is None or not lines.num_rows or "orders" in staged.tables:
        return []
    if not _has_data(store, staged):
        return []
    ids = column_of(lines, "order_id")
    codes, groups = group_codes(ids)
    names = ids.dictionary_encode(null_encoding="encode").dictionary
    stated = goods_of_orders(store, staged.shop.shop_id, names)
    amounts = dict(zip(stated["order_id"], stated["goods_amount"], strict=True))
    goods = np.array([amounts.get(name, 0.0) for name in names.to_pylist()]) * 10**MONEY_SCALE
    short = falls_short(sum_by(worth(lines), codes, groups), goods)[codes]
    if not short.any():
        return []
    numbers = column_of(lines, SOURCE_ROW).to_numpy()
    return [finding_at("ORDER_LINES_INCOMPLETE", short, numbers, column="order_id", cells=ids)]


def _stock_lists(store: Store, staged: Staged) -> list[Finding]:
    """A second list of a day, and one much shorter than the list before."""
    rows = staged.tables.get("inventory_snapshots")
    if rows is None or not rows.num_rows:
        return []
    places = pa.table(
        {
            "snapshot_date": column_of(rows, "snapshot_date"),
            **{n: pc.fill_null(optional(rows, n).cast(pa.string()), "") for n in _PLACE},
        }
    )
    counted = places.group_by(["snapshot_date", *_PLACE]).aggregate([([], "count_all")])
    known = stock_lists(store, counted.select(["snapshot_date", *_PLACE]))
    if known.empty:
        return []
    found = []
    for one in counted.to_pylist():
        same = known[(known["source"] == one["source"]) & (known["warehouse"] == one["warehouse"])]
        found += _one_list(one["snapshot_date"], one["warehouse"], one["count_all"], same)
    return found


def _one_list(day: date, warehouse: str, items: int, known: pd.DataFrame) -> list[Finding]:
    name = " · ".join(filter(None, (str(day), warehouse)))
    found = []
    if (known["day"] == day).any():
        found.append(finding("STOCK_DAY_REPEATED", value=name))
    before = known[known["day"] < day]
    if not before.empty:
        last = before.sort_values("day").iloc[-1]
        if last["items"] >= _LEAST_ITEMS and items < last["items"] * _SHRUNK:
            words = f"{name}: {items:,} < {int(last['items']):,} ({last['day']})"
            found.append(finding("STOCK_SHRANK", value=words))
    return found


def _has_data(store: Store, staged: Staged) -> bool:
    return any(shop.shop_id == staged.shop.shop_id for shop in store.shops())


_CHECKS: tuple[Callable[[Store, Staged], list[Finding]], ...] = (
    _vanishing_lines,
    _short_of_goods,
    _stock_lists,
)
