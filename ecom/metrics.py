"""The metric catalogue: every number a person reads is defined here, once.

A metric is a measure, or the ratio of two measures. Measures are sums that queries return under the
same names, so a ratio is always summed numerator over summed denominator, never a mean of ratios.
Tooltips, glossary, targets, alerts, exports and tests read this catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecom.errors import InvalidParameter
from ecom.model import Good, Unit
from ecom.text import Text, message


@dataclass(frozen=True, slots=True)
class Metric:
    """One number with a name.

    Attributes
    ----------
    numerator, denominator : names of measures; without a denominator the metric is the measure.
    base : what money or people the number stands on, where that is not obvious.
    """

    key: str
    label: Text
    definition: Text
    unit: Unit
    numerator: str
    denominator: str | None = None
    good: Good = Good.UP
    base: Text | None = None

    def value(self, measures: Mapping[str, float | None]) -> float | None:
        """Compute the metric from summed measures; None when a part is missing or 0 below."""
        above = _number(measures.get(self.numerator))
        if self.denominator is None or above is None:
            return above
        below = _number(measures.get(self.denominator))
        return above / below if below else None


def _number(value: object) -> float | None:
    if value is None:
        return None
    number = float(value)  # type: ignore[arg-type]  # Decimal, numpy and Python numbers
    return None if number != number else number


_METRICS = (
    # --- sales ---
    Metric(
        "gmv",
        message("GMV"),
        message("What buyers paid, by day of payment, before refunds."),
        Unit.MONEY,
        "gmv",
        base=message("paid amount"),
    ),
    Metric(
        "net_revenue",
        message("Net revenue"),
        message("Paid amount less refunds and returns, plus adjustments."),
        Unit.MONEY,
        "net_revenue",
        base=message("paid − refunded + adjusted"),
    ),
    Metric(
        "orders",
        message("Orders"),
        message(
            "Paid orders. A later refund does not take the order away; returns are not orders."
        ),
        Unit.COUNT,
        "orders",
    ),
    Metric(
        "buyers",
        message("Buyers"),
        message(
            "Distinct customers with a paid order in the period. Orders without a customer are "
            "not counted here."
        ),
        Unit.COUNT,
        "buyers",
    ),
    Metric(
        "average_order",
        message("Average order"),
        message("GMV ÷ paid orders."),
        Unit.MONEY,
        "gmv",
        "orders",
    ),
    Metric(
        "refund_rate",
        message("Refund rate"),
        message(
            "Refunded amount ÷ GMV, by amount. Refunds count on the order's day, returns on their"
            " own."
        ),
        Unit.RATIO,
        "refunds",
        "gmv",
        Good.DOWN,
    ),
    Metric(
        "gross_margin",
        message("Gross margin"),
        message("(Revenue − cost of goods) ÷ revenue, over the lines whose cost is known."),
        Unit.RATIO,
        "margin",
        "revenue_with_cost",
    ),
    Metric(
        "units",
        message("Units sold"),
        message("Quantity on the lines of paid orders, before returns."),
        Unit.COUNT,
        "units",
    ),
    # --- traffic ---
    Metric(
        "visitors",
        message("Visitors (UV)"),
        message(
            "Distinct visitors over the whole period, never the sum of days. Needs an event log."
        ),
        Unit.COUNT,
        "visitors",
    ),
    Metric(
        "daily_visitors",
        message("Daily visitors"),
        message(
            "Mean of each day's distinct visitors. Comparable across event logs and back-office "
            "exports."
        ),
        Unit.COUNT,
        "visitor_days",
        "days",
    ),
    Metric(
        "page_views",
        message("Page views (PV)"),
        message("Pages seen."),
        Unit.COUNT,
        "page_views",
    ),
    Metric(
        "sessions",
        message("Sessions"),
        message("Visits; more than 30 minutes without an event starts a new one (a setting)."),
        Unit.COUNT,
        "sessions",
    ),
    Metric(
        "engaged_rate",
        message("Engaged sessions"),
        message("Sessions of over 10 seconds, two or more page views, or a purchase ÷ sessions."),
        Unit.RATIO,
        "engaged_sessions",
        "sessions_with_engagement",
    ),
    Metric(
        "bounce_rate",
        message("Single-page bounce"),
        message("Sessions with one page view ÷ sessions."),
        Unit.RATIO,
        "bounced_sessions",
        "sessions_with_bounce",
        Good.DOWN,
    ),
    Metric(
        "stay",
        message("Stay"),
        message("Mean time from the first to the last event of a session."),
        Unit.SECONDS,
        "stay_seconds",
        "sessions_with_stay",
    ),
    Metric(
        "pages_per_session",
        message("Pages per session"),
        message("Page views ÷ sessions."),
        Unit.NUMBER,
        "page_views",
        "sessions",
    ),
    Metric(
        "new_visitor_share",
        message("New visitors"),
        message("Visitors seen for the first time ÷ visitors, day by day."),
        Unit.RATIO,
        "new_visitor_days",
        "visitor_days_with_new",
        Good.NEITHER,
    ),
    Metric(
        "conversion",
        message("Conversion"),
        message(
            "Paying buyers ÷ visitors, both counted once a day, over the days and shops that have"
            " both."
        ),
        Unit.RATIO,
        "buyer_days",
        "visitor_days_with_buyers",
    ),
    Metric(
        "revenue_per_visitor",
        message("Revenue per visitor"),
        message("GMV ÷ visitors counted once a day, over the days and shops that have both."),
        Unit.MONEY,
        "traffic_gmv",
        "visitor_days_with_gmv",
    ),
    # --- funnel ---
    Metric(
        "funnel_entered",
        message("Entered the funnel"),
        message("Visitors (or visits) of the period that made the funnel's first step."),
        Unit.COUNT,
        "entered",
    ),
    Metric(
        "funnel_conversion",
        message("Visit to purchase"),
        message("Made every step of the funnel in its order, within the window ÷ entered."),
        Unit.RATIO,
        "finished",
        "entered",
    ),
    Metric(
        "cart_rate",
        message("Visit to cart"),
        message("Got as far as the cart ÷ entered."),
        Unit.RATIO,
        "carts",
        "entered",
    ),
    Metric(
        "cart_abandonment",
        message("Cart abandonment"),
        message("Got as far as the cart, but not to the purchase within the window ÷ carts."),
        Unit.RATIO,
        "abandoned_carts",
        "carts",
        Good.DOWN,
    ),
    # --- retention ---
    Metric(
        "repeat_rate",
        message("Repurchase rate"),
        message("Buyers of the period who had bought before or bought twice ÷ buyers."),
        Unit.RATIO,
        "repeat_buyers",
        "buyers",
    ),
    Metric(
        "new_buyers",
        message("New buyers"),
        message("Customers whose first paid order ever falls in the period."),
        Unit.COUNT,
        "new_buyers",
    ),
    Metric(
        "orders_per_buyer",
        message("Orders per buyer"),
        message("Orders with a customer ÷ buyers."),
        Unit.NUMBER,
        "buyer_orders",
        "buyers",
    ),
    Metric(
        "revenue_per_buyer",
        message("Revenue per buyer"),
        message("GMV of orders with a customer ÷ buyers."),
        Unit.MONEY,
        "buyer_gmv",
        "buyers",
    ),
    Metric(
        "active_customers",
        message("Active customers"),
        message(
            "Customers whose last order is not longer ago than the dormancy limit (a setting)."
        ),
        Unit.COUNT,
        "active_customers",
    ),
    # --- inventory ---
    Metric(
        "stock_units",
        message("Stock"),
        message("Units on hand in the latest snapshot."),
        Unit.COUNT,
        "stock_units",
        good=Good.NEITHER,
    ),
    Metric(
        "stock_value",
        message("Stock value"),
        message("Units on hand × unit cost, where the cost is known."),
        Unit.MONEY,
        "stock_value",
        good=Good.NEITHER,
        base=message("at cost"),
    ),
    Metric(
        "days_of_cover",
        message("Stock cover"),
        message("Units available ÷ mean units sold a day over the demand window (a setting)."),
        Unit.DAYS,
        "stock_units_with_demand",
        "daily_demand",
        Good.NEITHER,
    ),
    Metric(
        "turnover",
        message("Stock turnover"),
        message(
            "Cost of goods sold over the last 365 days of data, scaled to a year ÷ mean stock at "
            "cost."
        ),
        Unit.MULTIPLE,
        "annual_cost_of_sales",
        "mean_stock_value",
    ),
    Metric(
        "out_of_stock_rate",
        message("Out of stock"),
        message("SKUs with demand but nothing available ÷ SKUs with demand."),
        Unit.RATIO,
        "skus_out",
        "skus_with_demand",
        Good.DOWN,
    ),
    # --- marketing ---
    Metric(
        "spend",
        message("Ad spend"),
        message("What the ad platforms charged."),
        Unit.MONEY,
        "spend",
        good=Good.NEITHER,
    ),
    Metric(
        "blended_roas",
        message("Blended ROAS"),
        message("GMV of the shops that advertise ÷ their ad spend (revenue per unit spent)."),
        Unit.MULTIPLE,
        "advertised_gmv",
        "spend",
        base=message("all paid orders, not what platforms claim"),
    ),
    Metric(
        "platform_roas",
        message("ROAS (platform)"),
        message(
            "Revenue that the ad platforms attribute to themselves ÷ their spend, over those that "
            "report it. Two platforms may claim the same order."
        ),
        Unit.MULTIPLE,
        "attributed_revenue",
        "spend_with_claims",
    ),
    Metric(
        "cac",
        message("CAC"),
        message("Ad spend ÷ new buyers of the shops that advertise and know their customers."),
        Unit.MONEY,
        "spend_with_buyers",
        "advertised_new_buyers",
        Good.DOWN,
    ),
    Metric(
        "ctr",
        message("CTR"),
        message("Clicks ÷ impressions."),
        Unit.RATIO,
        "clicks",
        "impressions",
    ),
    Metric(
        "cpc",
        message("Cost per click"),
        message("Spend ÷ clicks."),
        Unit.MONEY,
        "spend",
        "clicks",
        Good.DOWN,
    ),
    Metric(
        "budget_used",
        message("Budget used"),
        message("Spend ÷ budget of the same days."),
        Unit.RATIO,
        "spend",
        "budget",
        Good.NEITHER,
    ),
)

METRICS: dict[str, Metric] = {metric.key: metric for metric in _METRICS}


def metric(key: str) -> Metric:
    """Look a metric up.

    Raises
    ------
    InvalidParameter
        No metric has this key.
    """
    if key not in METRICS:
        raise InvalidParameter.not_one_of("metric", key, sorted(METRICS))
    return METRICS[key]
