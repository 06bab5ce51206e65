"""Content, messages and the private domain: what was published, and whom it reached."""

from __future__ import annotations

from ecom.metrics.base import Metric
from ecom.model import Good, Unit
from ecom.text import message

METRICS = (
    Metric(
        "content_views",
        message("Views of content"),
        message("Views that notes, short videos and live streams gained in the period."),
        Unit.COUNT,
        "content_views",
    ),
    Metric(
        "content_click_rate",
        message("Click-through"),
        message(
            "Clicks ÷ views of content, delivered messages, or people reached in groups and "
            "accounts."
        ),
        Unit.RATIO,
        "clicks",
        "click_base",
    ),
    Metric(
        "content_conversion",
        message("Conversion of clicks"),
        message("Orders ÷ clicks, as the platforms count them."),
        Unit.RATIO,
        "orders",
        "clicks_with_orders",
    ),
    Metric(
        "content_gpm",
        message("GPM"),
        message(
            "Revenue ÷ thousand views of content, delivered messages, or members (their mean over "
            "the period)."
        ),
        Unit.MONEY,
        "revenue",
        "thousands",
        base=message("Revenue as the platforms attribute it; what several claim counts in each."),
    ),
    Metric(
        "unsubscribe_rate",
        message("Unsubscribe rate"),
        message("Unsubscribes ÷ delivered messages."),
        Unit.RATIO,
        "unsubscribes",
        "delivered_with_unsubscribes",
        Good.DOWN,
    ),
    Metric(
        "members",
        message("Members"),
        message(
            "Members of groups, official accounts and mini programs on the last day of the period. "
            "Who is in two of them counts twice."
        ),
        Unit.COUNT,
        "members",
    ),
)
