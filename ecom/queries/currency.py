"""One currency a report: which shops and orders are in it, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
from sqlalchemy import Select, func, literal, select, union_all

from ecom import schema
from ecom.model import Amount, Notice, Period, Unit
from ecom.store import Shop, Store, shop_names
from ecom.store.sessionize import SEVERAL
from ecom.text import Text, message

# What whole days of visits bought.
_bought = select(schema.daily_visits).where(schema.daily_visits.c.split == "").subquery("bought")


def with_currencies(store: Store, known: tuple[Shop, ...]) -> tuple[Shop, ...]:
    """A shop that nobody named a currency for has the one of most of its orders; without any, of
    most purchases in its event log."""
    for facts, count in (
        (schema.daily_sales, func.sum(schema.daily_sales.c.orders)),
        (_bought, func.sum(_bought.c.purchases)),
    ):
        silent = [shop.shop_id for shop in known if not shop.currency]
        if not silent:
            break
        rows = store.read(
            select(facts.c.shop_id, facts.c.currency, count.label("rows"))
            .where(facts.c.shop_id.in_(silent), facts.c.currency.not_in(("", SEVERAL)))
            .group_by(facts.c.shop_id, facts.c.currency)
        ).sort_values(["rows", "currency"], ascending=[False, True])
        most = rows.drop_duplicates("shop_id").set_index("shop_id")["currency"]
        known = tuple(
            shop if shop.currency else replace(shop, currency=str(most.get(shop.shop_id, "")))
            for shop in known
        )
    return known


def one_currency(
    known: tuple[Shop, ...], wanted: tuple[str, ...], preferred: str
) -> tuple[tuple[str, ...], str, list[Notice]]:
    """The shops of a report and its currency: the preferred one, else that of most shops.

    Parameters
    ----------
    wanted : ids of the shops asked for; empty means all.
    """
    chosen = [shop for shop in known if not wanted or shop.shop_id in wanted]
    counts = pd.Series([shop.currency for shop in chosen if shop.currency]).value_counts()
    if counts.empty:
        return tuple(shop.shop_id for shop in chosen), preferred, []
    currency = preferred if preferred in counts.index else str(counts.index[0])
    kept = tuple(shop.shop_id for shop in chosen if shop.currency in (currency, ""))
    left_out = [shop for shop in chosen if shop.shop_id not in kept]
    if not left_out:
        return kept, currency, []
    names = shop_names(known)
    notice = Notice(
        message(
            "Left out, because unlike currencies are never added: {shops}. Choose one of them in "
            "the shop filter to see it.",
            shops=tuple(f"{names[shop.shop_id]} ({shop.currency})" for shop in left_out),
        ),
        "warning",
    )
    return kept, currency, [notice]


def left_out_orders(
    store: Store, known: tuple[Shop, ...], *, shops: Sequence[str], currency: str, period: Period
) -> tuple[Notice, ...]:
    """A notice of what the shops of a report sold in other currencies than the report's.

    Parameters
    ----------
    known : all shops, for their names.
    shops : ids of those in the report.
    """
    sales, visits = schema.daily_sales.c, _bought.c
    sold = (func.sum(sales.orders), func.sum(sales.paid_amount))
    bought = (func.sum(visits.purchases), func.sum(visits.revenue))
    parts: list[Select[Any]] = [
        select(
            literal(kind).label("kind"),
            facts.shop_id,
            facts.currency,
            count.label("orders"),
            amount.label("amount"),
        )
        .where(
            facts.shop_id.in_(shops),
            facts.currency.not_in(("", currency)),
            day.between(period.start, period.end),
        )
        .group_by(facts.shop_id, facts.currency)
        for kind, facts, day, (count, amount) in (
            ("orders", sales, sales.day, sold),
            ("visits", visits, visits.day, bought),
        )
    ]
    rows = store.read(union_all(*parts))
    if rows.empty:
        return ()
    names = shop_names(known)
    what = tuple(
        _said(one, names[one["shop_id"]])
        for one in rows.sort_values(["kind", "shop_id", "currency"]).to_dict("records")
    )
    text = message(
        "Left out, because unlike currencies are never added: {what}. Load them as a shop of their "
        "own to see them.",
        what=what,
    )
    return (Notice(text, "warning"),)


def _said(row: dict[Any, Any], shop: str) -> Text:
    count = int(row["orders"])
    if row["currency"] == SEVERAL:
        return message(
            "{count} purchases of visits to {shop} in several currencies", count=count, shop=shop
        )
    amount = row["amount"]
    money = Amount(0.0 if pd.isna(amount) else float(amount), Unit.MONEY, row["currency"])
    if row["kind"] == "visits":
        return message(
            "{count} purchases in the event log of {shop}, {amount}",
            count=count,
            shop=shop,
            amount=money,
        )
    return message("{count} orders of {shop}, {amount}", count=count, shop=shop, amount=money)
