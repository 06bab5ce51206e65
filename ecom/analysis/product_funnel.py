"""The product funnel: from view to cart to purchase of the same product, price and stock beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Column, Gap, Report, Table, header_of, words
from ecom.model import Amount, Good, Notice, Scope, Unit
from ecom.models.lost_sales import Lost, lost_buyers
from ecom.models.proportions import SIGNIFICANCE, Verdict, compare_shares
from ecom.queries import product_funnel as queries
from ecom.queries.event_log import event_log
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.text import Text, message

LOGS = ("own_events", "rees46_events")
STOCK_LISTS = ("own_stock", "jushuitan_stock", "supply_chain_stock")
MOST_PRODUCTS = 300
VERDICTS = {
    Verdict.HIGHER: message("Better than its category"),
    Verdict.LOWER: message("Worse than its category"),
    Verdict.NO_DIFFERENCE: message("Like its category"),
    Verdict.TOO_FEW: message("Too few visitors to say"),
}
_STEPS = (
    Column("viewed", message("Viewed"), Unit.COUNT, help=message("Distinct visitors.")),
    Column(
        "carted",
        message("Put into the cart"),
        Unit.COUNT,
        help=message("Of those who viewed the product, in the period."),
    ),
    Column(
        "paid",
        message("Paid"),
        Unit.COUNT,
        help=message("Of those who viewed the product, with or without a cart, in the period."),
    ),
    Column("cart_rate", message("View to cart"), Unit.RATIO, Good.UP, message("Carted ÷ viewed.")),
    Column(
        "cart_to_paid",
        message("Cart to paid"),
        Unit.RATIO,
        Good.UP,
        message("Viewed, carted and paid ÷ viewed and carted."),
    ),
    Column("conversion", message("View to paid"), Unit.RATIO, Good.UP, message("Paid ÷ viewed.")),
)
PRODUCTS = (
    Column("name", message("Product")),
    Column("product", message("SKU")),
    Column("category", message("Category")),
    *_STEPS,
    Column(
        "rest",
        message("Rest of its category"),
        Unit.RATIO,
        help=message("View to paid of the category’s other products, each viewer of each counted."),
    ),
    Column("verdict", message("Against its category")),
    Column("price", message("Mean price paid"), Unit.MONEY, help=message("Paid ÷ units.")),
    Column("base_price", message("Before"), Unit.MONEY),
    Column("price_change", message("Change of price"), Unit.RATIO),
    Column("list_price", message("List price"), Unit.MONEY),
    Column(
        "days_out",
        message("Days out of stock"),
        Unit.COUNT,
        Good.DOWN,
        message("Days on which all lists together have none, and nothing was sold."),
    ),
)
CATEGORIES = (Column("category", message("Category")), *_STEPS)
LOSSES = (
    Column("name", message("Product")),
    Column("product", message("SKU")),
    Column("first_out", message("First day out")),
    Column("last_out", message("Last day out")),
    Column("days_out", message("Days out of stock"), Unit.COUNT, Good.DOWN),
    Column(
        "visitors_without",
        message("Viewers while out"),
        Unit.COUNT,
        help=message("Visitors who viewed it on days out of stock, each counted once a day."),
    ),
    Column("buyers_without", message("Buyers while out"), Unit.COUNT),
    Column(
        "rate_in_stock",
        message("Conversion in stock"),
        Unit.RATIO,
        help=message("Viewed and bought on one day ÷ viewed, on the period’s days in stock."),
    ),
    Column(
        "lost",
        message("Lost buyers"),
        Unit.NUMBER,
        Good.DOWN,
        message("Viewers while out × conversion in stock, less those who bought all the same."),
    ),
    Column("low", message("At least"), Unit.NUMBER),
    Column(
        "high",
        message("At most"),
        Unit.NUMBER,
        help=message("Wilson’s interval at 95 % of the conversion in stock."),
    ),
    Column(
        "lost_revenue",
        message("Lost revenue"),
        Unit.MONEY,
        Good.DOWN,
        message("Lost buyers × mean price paid: one unit each."),
    ),
    Column("revenue_low", message("Revenue, at least"), Unit.MONEY),
    Column("revenue_high", message("Revenue, at most"), Unit.MONEY),
)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ProductFunnelReport(Report):
    """The answer.

    Attributes
    ----------
    products : ``PRODUCTS``, most viewed first; at most ``MOST_PRODUCTS``. days_out is NaN for a
        product that no stock list of the period has.
    categories : ``CATEGORIES``; a visitor counts once in each. Most viewed first.
    losses : ``LOSSES``, products that ran out, most lost revenue first; what can't be estimated is
        NaN, and last.
    """

    products: Table
    categories: Table
    losses: Table


def report(store: Store, scope: Scope) -> ProductFunnelReport:
    """Answer which products are viewed but not bought, and what running out of stock cost.

    A product's view to paid is held against the other products of its category, with the
    two-proportion test divided among all products (Bonferroni).
    """
    resolved = resolve(store, scope)
    log = event_log(store, resolved, ("view_item",))
    steps = queries.product_steps(store, resolved)
    facts = queries.product_facts(store, resolved)
    prices = [
        queries.paid_prices(store, resolved, period, shops=() if log is None else log.shops)
        for period in resolved.periods()
    ]
    listed = queries.listed_skus(store, resolved.period)
    losses = _losses(queries.steps_by_stock(store, resolved), facts, prices[0])
    products = _products(steps, facts, prices, losses, listed)
    categories = _with_rates(queries.category_steps(store, resolved))
    return ProductFunnelReport(
        header=header_of(resolved),
        headline=_headline(steps, losses, resolved),
        kpis=(),
        gaps=tuple(_gaps(steps, has_log=log is not None, has_lists=bool(listed))),
        notices=(*resolved.notices, *_notices(products)),
        products=Table.make(products.head(MOST_PRODUCTS), *PRODUCTS),
        categories=Table.make(
            categories.sort_values(["viewed", "category"], ascending=[False, True]), *CATEGORIES
        ),
        losses=Table.make(losses, *LOSSES),
    )


def _gaps(steps: pd.DataFrame, *, has_log: bool, has_lists: bool) -> Iterator[Gap]:
    if steps.empty and not has_log:
        yield Gap(message("What visitors do with each product"), LOGS)
    if not has_lists:
        yield Gap(message("Days out of stock"), STOCK_LISTS)


def _notices(products: pd.DataFrame) -> Iterator[Notice]:
    if products.empty:
        return
    yield Notice(
        message(
            "Visitors are counted from the event log of the shops that have one; prices are those "
            "of the same shops, stock is that of all warehouses."
        )
    )
    if len(products) > MOST_PRODUCTS:
        yield Notice(
            message(
                "The {shown} most viewed of {count} products are listed.",
                shown=Amount(MOST_PRODUCTS),
                count=Amount(len(products)),
            )
        )


def _headline(steps: pd.DataFrame, losses: pd.DataFrame, resolved: ResolvedScope) -> Text:
    if steps.empty:
        return message("No product was viewed.")
    known = losses[losses["lost_revenue"].notna()]
    if known.empty:
        return message(
            "{count} products were viewed; no loss by missing stock is known.",
            count=Amount(len(steps)),
        )
    worst = known.iloc[0]
    return message(
        "{name} was out of stock for {days} and lost about {buyers} buyers, {revenue}.",
        name=str(worst["name"]),
        days=Amount(int(worst["days_out"]), Unit.DAYS),
        buyers=Amount(round(float(worst["lost"]))),
        revenue=Amount(float(worst["lost_revenue"]), Unit.MONEY, resolved.currency),
    )


def _with_rates(steps: pd.DataFrame) -> pd.DataFrame:
    return steps.assign(
        cart_rate=steps["carted"] / steps["viewed"],
        cart_to_paid=steps["cart_paid"] / steps["carted"].where(steps["carted"] > 0),
        conversion=steps["paid"] / steps["viewed"],
    )


def _products(
    steps: pd.DataFrame,
    facts: pd.DataFrame,
    prices: list[pd.Series],
    losses: pd.DataFrame,
    listed: set[str],
) -> pd.DataFrame:
    sums = steps.groupby("category")[["viewed", "paid"]].transform("sum")
    others, bought = sums["viewed"] - steps["viewed"], sums["paid"] - steps["paid"]
    verdicts = [
        compare_shares(*counts, significance=SIGNIFICANCE / len(steps)).verdict
        for counts in zip(steps["paid"], steps["viewed"], bought, others, strict=True)
    ]
    product = steps["product"]
    price = product.map(prices[0]).astype("float64")
    before = product.map(prices[1]) if len(prices) > 1 else pd.Series(index=steps.index)
    base_price = before.astype("float64")
    days_out = product.map(losses.set_index("product")["days_out"]).fillna(0.0)
    frame = _with_rates(steps).assign(
        name=_names(product, facts),
        rest=bought / others.where(others > 0),
        verdict=words(VERDICTS[verdict] for verdict in verdicts),
        price=price,
        base_price=base_price,
        price_change=price / base_price.where(base_price > 0) - 1,
        list_price=product.map(facts["product_price"]).astype("float64"),
        days_out=days_out.astype("float64").where(product.isin(listed)),
    )
    return frame.sort_values(["viewed", "product"], ascending=[False, True])


def _losses(out: pd.DataFrame, facts: pd.DataFrame, prices: pd.Series) -> pd.DataFrame:
    counts = out[["buyers", "visitors", "visitors_without", "buyers_without"]].to_numpy().tolist()
    found: list[Lost | None] = [
        lost_buyers(buyers, visitors, visitors_without=without, buyers_without=all_the_same)
        for buyers, visitors, without, all_the_same in counts
    ]
    price = out["sku"].map(prices).astype("float64")
    bounds = {
        "lost": [None if lost is None else lost.buyers for lost in found],
        "low": [None if lost is None else lost.low for lost in found],
        "high": [None if lost is None else lost.high for lost in found],
    }
    frame = out.rename(columns={"sku": "product"}).assign(
        name=_names(out["sku"], facts),
        rate_in_stock=out["buyers"] / out["visitors"].where(out["visitors"] > 0),
        **{key: pd.Series(values, dtype="float64") for key, values in bounds.items()},
    )
    return frame.assign(
        lost_revenue=frame["lost"] * price,
        revenue_low=frame["low"] * price,
        revenue_high=frame["high"] * price,
    ).sort_values(["lost_revenue", "lost", "product"], ascending=[False, False, True])


def _names(products: pd.Series, facts: pd.DataFrame) -> pd.Series:
    """Names of the catalogue; the id where it has none."""
    known = facts["product_name"].dropna().to_dict()
    names = [str(known.get(product, product)) for product in products]
    return pd.Series(names, index=products.index, dtype="object")
