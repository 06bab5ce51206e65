"""Retention: who came back."""

from __future__ import annotations

from ecom.metrics.base import Metric
from ecom.model import Unit
from ecom.text import message

METRICS = (
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
    Metric(
        "repeat_in_90_days",
        message("Bought again in 90 days"),
        message(
            "Customers with an order on a later day within 90 days of the first ÷ customers whose "
            "first order is at least 90 days old."
        ),
        Unit.RATIO,
        "repeated_in_90_days",
        "ripe_customers",
    ),
)
