"""Sales: what buyers paid."""

from __future__ import annotations

from ecom.metrics.base import Metric
from ecom.model import Good, Unit
from ecom.text import message

METRICS = (
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
)
