"""Marketing: what was spent and what it brought."""

from __future__ import annotations

from ecom.metrics.base import Metric
from ecom.model import Good, Unit
from ecom.text import message

METRICS = (
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
    Metric(
        "first_order_margin",
        message("Margin a first order"),
        message(
            "(Net revenue of first orders − cost of their goods − ad spend of the source) ÷ first "
            "orders."
        ),
        Unit.MONEY,
        "first_margin",
        "first_orders_with_margin",
    ),
    Metric(
        "first_order_margin_rate",
        message("First-order margin"),
        message(
            "(Net revenue of first orders − cost of their goods − ad spend of the source) ÷ net "
            "revenue of first orders."
        ),
        Unit.RATIO,
        "first_margin",
        "first_net_with_margin",
    ),
)
