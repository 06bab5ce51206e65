"""Products one side does not know: what is at stake, and whose name they may go by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.model import Amount, Unit
from ecom.models.matching import Because, Coded, Proposal, propose
from ecom.queries.reconcile_skus import (
    known_products,
    reported_products,
    sku_names,
    sold_products,
)
from ecom.store import Shop, Store, shop_names
from ecom.text import Text, message

BECAUSE: dict[Because, Text] = {
    Because.SPELLING: message("the same but for its spelling"),
    Because.PRODUCT_ID: message("the same product id"),
    Because.NAME: message("a similar name"),
}
MOST = 500  # rows listed; who has more maps the largest first

UNKNOWN = (
    Column("platform_sku", message("SKU in the shop")),
    Column("name", message("Product")),
    Column("shop", message("Shop")),
    Column("amount", message("Sales amount")),
    Column("units", message("Units"), Unit.COUNT),
    Column("last_day", message("Last sold")),
    Column("missing", message("Missing in")),
    Column("proposal", message("Proposed SKU")),
    Column("because", message("Because of")),
)
UNSOLD = (
    Column("sku", message("SKU")),
    Column("name", message("Product")),
    Column("on_hand", message("In stock"), Unit.COUNT),
    Column("listed", message("Found in")),
)
REPORTED = (
    Column("product_id", message("Product id")),
    Column("shop", message("Shop")),
    Column("amount", message("Paid, as reported")),
    Column("visitor_days", message("Visitors of the days"), Unit.COUNT),
    Column("spend", message("Ad spend")),
)
MAPPED = (
    Column("platform_sku", message("SKU in the shop")),
    Column("sku", message("Your SKU")),
    Column("shop", message("Shop")),
    Column("batch_id", message("Batch"), Unit.COUNT),
)


@dataclass(frozen=True, slots=True)
class UnknownSku:
    """What a row of ``SkuReport.unknown`` stands for, in its order."""

    shop_id: str
    platform_sku: str
    proposal: Proposal | None


@dataclass(frozen=True, eq=False, slots=True)
class SkuReport:
    """Products that one side knows and another does not.

    Attributes
    ----------
    unknown : sold, but in no product or cost list, or in no stock list while there are some;
        columns ``UNKNOWN``, most money first.
    rows : what the rows of ``unknown`` stand for.
    unsold : in stock or in a product list, but in no order line; columns ``UNSOLD``.
    reported : product ids of traffic and ad reports that nothing else knows; columns ``REPORTED``.
    mapped : the map as it stands; columns ``MAPPED``.
    known : the seller's SKUs, by name; what an unknown one can be mapped to.
    share : of the sales of all goods, the part of unknown SKUs; None without sales, or with shops
        of several currencies.
    """

    headline: Text
    unknown: Table
    rows: tuple[UnknownSku, ...]
    unsold: Table
    reported: Table
    mapped: Table
    known: dict[str, str]
    share: float | None


def skus(store: Store) -> SkuReport:
    """Hold what was sold against what the seller's lists know, whole history, all shops."""
    shops = {shop.shop_id: shop for shop in store.shops()}
    known, sold = known_products(store), sold_products(store)
    is_unknown, missing = _missing(sold, known)
    unknown = sold[is_unknown].reset_index(drop=True)
    listed = unknown.head(MOST)
    proposals = propose(_coded(listed, "platform_sku"), _coded(_targets(known), "sku"))
    at_stake, total = float(unknown["amount"].sum()), float(sold["amount"].sum())
    currencies = {shops[key].currency for key in sold["shop_id"].unique() if key in shops}
    share = at_stake / total if total and len(currencies) == 1 else None
    return SkuReport(
        headline=_headline(
            len(unknown), share, has_lists=not known.empty, has_sales=not sold.empty
        ),
        unknown=_unknown_table(listed, missing[is_unknown].head(MOST), proposals, shops),
        rows=tuple(
            UnknownSku(shop_id, platform_sku, proposal)
            for shop_id, platform_sku, proposal in zip(
                listed["shop_id"], listed["platform_sku"], proposals, strict=True
            )
        ),
        unsold=_unsold(known, sold),
        reported=_with_shop(reported_products(store).head(MOST), shops, REPORTED),
        mapped=_with_shop(sku_names(store), shops, MAPPED),
        known=dict(zip(known["sku"], known["name"], strict=True)),
        share=share,
    )


def _missing(sold: pd.DataFrame, known: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Which sold products some kind of list lacks, and which kinds; a kind without rows is none."""
    in_list = {
        words_of: set(known.loc[known[name], "sku"])
        for name, words_of in (
            ("in_catalogue", message("products")),
            ("in_stock_lists", message("stock")),
        )
        if known[name].any()
    }
    lacking = [
        tuple(name for name, skus_ in in_list.items() if sku not in skus_) for sku in sold["sku"]
    ]
    return (
        pd.Series([bool(one) for one in lacking], index=sold.index, dtype="bool"),
        words(message("{lists}", lists=one) for one in lacking).set_axis(sold.index),
    )


def _targets(known: pd.DataFrame) -> pd.DataFrame:
    """What may be proposed: what is in stock lists, where there are any; else all known."""
    stocked = known[known["in_stock_lists"]]
    return known if stocked.empty else stocked


def _coded(frame: pd.DataFrame, code: str) -> list[Coded]:
    return [
        Coded(*row)
        for row in frame[[code, "name", "product_id"]].itertuples(index=False, name=None)
    ]


def _unknown_table(
    listed: pd.DataFrame,
    missing: pd.Series,
    proposals: Iterable[Proposal | None],
    shops: dict[str, Shop],
) -> Table:
    found = list(proposals)
    frame = listed.assign(
        missing=missing.to_numpy(),
        proposal=["" if one is None else one.code for one in found],
        because=words("" if one is None else _reason(one) for one in found),
    )
    return _with_shop(frame, shops, UNKNOWN)


def _reason(proposal: Proposal) -> Text:
    if proposal.is_sure:
        return BECAUSE[proposal.because]
    return message(
        "{reason} ({score})",
        reason=BECAUSE[proposal.because],
        score=Amount(proposal.score, Unit.RATIO),
    )


def _unsold(known: pd.DataFrame, sold: pd.DataFrame) -> Table:
    unsold = known[~known["sku"].isin(sold["sku"])].sort_values(
        ["on_hand", "sku"], ascending=[False, True]
    )
    places = {
        (True, True): message("products and stock"),
        (True, False): message("products"),
        (False, True): message("stock"),
    }
    frame = unsold.head(MOST).assign(
        listed=words(
            places[bool(one), bool(other)]
            for one, other in unsold[["in_catalogue", "in_stock_lists"]].head(MOST).to_numpy()
        ).set_axis(unsold.head(MOST).index)
    )
    return Table.make(frame, *UNSOLD)


def _with_shop(frame: pd.DataFrame, shops: dict[str, Shop], columns: tuple[Column, ...]) -> Table:
    """The shop's name, and money in its currency."""
    known = [shops.get(key, Shop(key)) for key in frame["shop_id"]]
    money = {
        name: words(
            Amount(float(value), Unit.MONEY, shop.currency or None)
            for value, shop in zip(frame[name], known, strict=True)
        ).set_axis(frame.index)
        for name in ("amount", "spend")
        if name in frame
    }
    names = shop_names(shops.values())
    named = frame.assign(shop=[names.get(key, key) for key in frame["shop_id"]], **money)
    return Table.make(named, *columns)


def _headline(count: int, share: float | None, *, has_lists: bool, has_sales: bool) -> Text:
    if not has_sales:
        return message("No order lines are loaded, so there is nothing to hold against the lists.")
    if not has_lists:
        return message(
            "No product, cost or stock list is loaded, so nobody knows which SKUs are yours."
        )
    if not count:
        return message("Every SKU that was sold is known in products and stock.")
    if share is None:
        return message(
            "SKUs that were sold but are missing in products or stock: {count}.", count=count
        )
    return message(
        "SKUs that were sold but are missing in products or stock: {count}, {share} of sales.",
        count=count,
        share=Amount(share, Unit.RATIO),
    )
