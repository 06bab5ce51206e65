"""Products: viewed, carted, paid, against their category, and what stock-outs cost."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Column, Gap, Report, Table, header_of, words
from ecom.analysis.funnel_tables import VERDICTS
from ecom.analysis.product_rows import (
    EVENTS,
    KEYS,
    REPORTS,
    days_of,
    losses_of,
    prices_of,
    rows_of,
    skus_of,
)
from ecom.model import Amount, Good, Notice, Scope, Unit
from ecom.queries.product_funnel import ProductFacts, daily_prices, product_facts
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.text import Text, message

BASES = {EVENTS: message("Event log"), REPORTS: message("Back-office report")}
MOST_PRODUCTS = 200
MOST_BY_DAY = 20
_LOGS = ("own_events", "sycm_item_all", "jdsz_sku_detail", "compass_product")
_LISTS = ("own_stock",)
_NAMED = (
    Column("name", message("Product")),
    Column("product", message("Product id or SKU")),
    Column("shop", message("Shop")),
    Column("basis", message("Counted from")),
)
_COUNTED = (
    Column("viewed", message("Viewed"), Unit.COUNT),
    Column("carted", message("Put in the cart"), Unit.COUNT),
    Column("paid", message("Paid"), Unit.COUNT),
    Column("cart_rate", message("Viewed to cart"), Unit.RATIO, Good.UP,
           message("Visitors who put it in the cart, of those who viewed it.")),
    Column("cart_paid_rate", message("Cart to paid"), Unit.RATIO, Good.UP,
           message("Visitors who paid it, of those who put it in the cart. In reports a buyer "
                   "may not have used the cart, so it stays empty.")),
    Column("paid_rate", message("Viewed to paid"), Unit.RATIO, Good.UP,
           message("Visitors who paid it, of those who viewed it.")),
)  # fmt: skip
_PRODUCT_COLUMNS = (
    *_NAMED,
    Column("category", message("Category")),
    *_COUNTED,
    Column("rest", message("Rest of the category"), Unit.RATIO, Good.NEITHER,
           message("Viewed to paid of the other products of the category, same shop and source.")),
    Column("verdict", message("Against its category"), help=message(
        "Two-proportion test; the chance of a false alarm is shared by all products.")),
    Column("price", message("Mean paid price"), Unit.MONEY),
    Column("price_change", message("Price change"), Unit.RATIO, Good.NEITHER,
           message("Mean paid price against that of the comparison period.")),
    Column("list_price", message("List price"), Unit.MONEY),
    Column("days_out", message("Days out of stock"), Unit.COUNT, Good.DOWN,
           message("Days with a stock list on which nothing was left and nothing sold.")),
)  # fmt: skip
_LOSS_COLUMNS = (
    _NAMED[0],
    _NAMED[2],
    Column("revenue", message("Revenue lost"), Unit.MONEY, Good.DOWN,
           message("Buyers lost, one piece each, at the mean paid price.")),
    Column("lost", message("Buyers lost"), Unit.NUMBER),
    Column("first_day", message("First day out")),
    Column("last_day", message("Last day out")),
    Column("days_out", message("Days out of stock"), Unit.COUNT),
    Column("viewed_out", message("Visitors on these days"), Unit.COUNT),
    Column("rate_in", message("Conversion in stock"), Unit.RATIO),
    Column("rate_out", message("Conversion out of stock"), Unit.RATIO),
    Column("revenue_low", message("Revenue lost, at least"), Unit.MONEY),
    Column("revenue_high", message("Revenue lost, at most"), Unit.MONEY),
    Column("lost_low", message("Buyers lost, at least"), Unit.NUMBER),
    Column("lost_high", message("Buyers lost, at most"), Unit.NUMBER),
    _NAMED[1],
    _NAMED[3],
    Column("category", message("Category")),
)  # fmt: skip
_DAY_COLUMNS = (
    *_NAMED,
    Column("day", message("Day")),
    Column("viewed", message("Viewed"), Unit.COUNT),
    Column("paid", message("Paid"), Unit.COUNT),
    Column("paid_rate", message("Viewed to paid"), Unit.RATIO),
    Column("price", message("Mean paid price"), Unit.MONEY),
    Column("is_out", message("Out of stock"), Unit.COUNT),
)
_NOTICES = (
    Notice(
        message(
            "Event log: distinct visitors of the period who viewed, carted and paid the same "
            "product. Back-office reports: visitors and buyers of each day, added up; one source "
            "for a shop's day, never added to the event log."
        )
    ),
    Notice(
        message(
            "Lost while out of stock: visitors of these days, at the conversion of the days in "
            "stock, less those who paid. The interval (95%) is that of the conversion in stock. "
            "In the event log, conversion by day counts who paid on the day of the view."
        )
    ),
)


@dataclass(frozen=True, slots=True)
class ProductByDay:
    """A product whose days are told; ``shop`` and ``name`` as its rows of ``days`` say them."""

    shop_id: str
    product: str
    shop: str
    name: str


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ProductFunnelReport(Report):
    """The answer.

    Attributes
    ----------
    products : one row a product and source, most viewed first; at most ``MOST_PRODUCTS``.
    categories : distinct visitors of the event log by category.
    losses : what stock-outs cost, most revenue first.
    days : the days of at most ``MOST_BY_DAY`` products: those of ``losses``, then the most viewed.
    drawn : these products, each of them once.
    """

    products: Table
    categories: Table
    losses: Table
    days: Table
    drawn: tuple[ProductByDay, ...]


def report(store: Store, scope: Scope) -> ProductFunnelReport:
    """Answer which products are viewed and not bought, and which could not be bought."""
    resolved = resolve(store, scope)
    facts = product_facts(store, resolved)
    days = days_of(facts)
    rows = rows_of(facts, days)
    if scope.categories:
        rows = rows[rows["category"].isin(scope.categories)]
    losses = losses_of(days, rows)
    shown = _by_day_shown(rows, losses)
    by_day = _days(_priced(store, resolved, facts, days, shown), shown)
    gaps = [
        *([Gap(message("What visitors view and buy by product"), _LOGS)] if rows.empty else []),
        *([Gap(message("Days out of stock"), _LISTS)] if facts.lists.empty else []),
    ]
    return ProductFunnelReport(
        header=header_of(resolved, is_compared=False),
        headline=_headline(rows, losses, resolved),
        kpis=(),
        gaps=tuple(gaps),
        notices=(*resolved.notices, *_NOTICES),
        products=_named(_products(rows), resolved, *_PRODUCT_COLUMNS),
        categories=_categories(facts.categories),
        losses=_named(losses, resolved, *_LOSS_COLUMNS),
        days=_named(by_day, resolved, *_DAY_COLUMNS),
        drawn=_drawn(by_day, resolved),
    )


def _headline(rows: pd.DataFrame, losses: pd.DataFrame, resolved: ResolvedScope) -> Text:
    if rows.empty:
        return message("No product was viewed.")
    if losses.empty:
        return message(
            "{count} products were viewed; no loss by stock-outs can be told.", count=len(rows)
        )
    if losses["revenue"].isna().all():
        return message(
            "Stock-outs cost about {count} buyers, most of them of {name}.",
            count=round(float(losses["lost"].sum())),
            name=str(losses["name"].iloc[0]),
        )
    return message(
        "Stock-outs cost about {revenue}, most of it {name}, out on {days} days.",
        revenue=Amount(float(losses["revenue"].sum()), Unit.MONEY, resolved.currency),
        name=str(losses["name"].iloc[0]),
        days=int(losses["days_out"].iloc[0]),
    )


def _rates(rows: pd.DataFrame) -> pd.DataFrame:
    viewed, carted = (rows[name].where(rows[name] > 0) for name in ("viewed", "carted"))
    return rows.assign(
        cart_rate=rows["carted"] / viewed,
        cart_paid_rate=rows["carted_paid"] / carted,
        paid_rate=rows["paid"] / viewed,
    )


def _products(rows: pd.DataFrame) -> pd.DataFrame:
    shown = _rates(rows.head(MOST_PRODUCTS)).reset_index(drop=True)
    return shown.assign(
        price_change=shown["price"] / shown["price_before"] - 1,
        verdict=words(VERDICTS[verdict] for verdict in shown["verdict"]),
    )


def _named(rows: pd.DataFrame, resolved: ResolvedScope, *columns: Column) -> Table:
    """Shops and sources in words."""
    rows = rows.reset_index(drop=True)
    basis = words(BASES[basis] for basis in rows["basis"])
    return Table.make(rows.assign(basis=basis, shop=resolved.named(rows["shop_id"])), *columns)


def _categories(rows: pd.DataFrame) -> Table:
    order = _rates(rows).sort_values(["viewed", "category"], ascending=[False, True])
    return Table.make(order, Column("category", message("Category")), *_COUNTED)


def _by_day_shown(rows: pd.DataFrame, losses: pd.DataFrame) -> pd.DataFrame:
    """The products whose days are told, in their order: ``KEYS``, name, place."""
    every = pd.concat([losses[[*KEYS, "name"]], rows[[*KEYS, "name"]]]).drop_duplicates(KEYS)
    shown = every.head(MOST_BY_DAY)
    return shown.assign(place=range(len(shown)))


def _priced(
    store: Store,
    resolved: ResolvedScope,
    facts: ProductFacts,
    days: pd.DataFrame,
    shown: pd.DataFrame,
) -> pd.DataFrame:
    """The days of some products with their mean paid price."""
    skus = skus_of(facts, shown)
    prices = prices_of(daily_prices(store, resolved, set(skus["sku"])), skus)
    return days.merge(shown[KEYS], on=KEYS).join(prices, on=["shop_id", "product", "day"])


def _days(days: pd.DataFrame, shown: pd.DataFrame) -> pd.DataFrame:
    frame = days.merge(shown, on=KEYS).sort_values(["place", "day"])
    return frame.assign(
        paid_rate=frame["paid"] / frame["viewed"].where(frame["viewed"] > 0),
        is_out=frame["is_out"].astype("float64"),
        day=frame["day"].dt.date,
    )


def _drawn(days: pd.DataFrame, resolved: ResolvedScope) -> tuple[ProductByDay, ...]:
    shops = resolved.named(days["shop_id"])
    keys = zip(days["shop_id"], days["product"], shops, days["name"], strict=True)
    return tuple(ProductByDay(*key) for key in dict.fromkeys(keys))
