"""Conversion funnel: where visitors leave."""

from __future__ import annotations

from ecom.metrics.base import Metric
from ecom.model import Good, Unit
from ecom.text import message

METRICS = (
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
        message("Made every step that can't be skipped, in order, within the window ÷ entered."),
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
    Metric(
        "carts_left",
        message("Carts left"),
        message(
            "Visits that put something into the cart, or began to check out, and bought nothing."
        ),
        Unit.COUNT,
        "carts_left",
        good=Good.DOWN,
    ),
    Metric(
        "carts_back_share",
        message("Came back by itself"),
        message(
            "Carts whose visitor bought within the window after ÷ carts left. Only carts whose "
            "window is over, so that each has had the time."
        ),
        Unit.RATIO,
        "carts_back",
        "carts_over",
    ),
)
