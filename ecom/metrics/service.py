"""Customer service: who asked, how soon somebody answered, and who paid after it."""

from __future__ import annotations

from ecom.metrics.base import Metric
from ecom.model import Good, Unit
from ecom.text import message

PAID_WITHIN_DAYS = 3
"""How long after an enquiry an order of the same customer counts as its own."""

METRICS = (
    Metric(
        "enquiries",
        message("Enquiries"),
        message("Conversations with customer service that began in the period."),
        Unit.COUNT,
        "enquiries",
        good=Good.NEITHER,
    ),
    Metric(
        "answered_share",
        message("Answered"),
        message("Enquiries with a first response ÷ all enquiries."),
        Unit.RATIO,
        "answered_enquiries",
        "enquiries",
    ),
    Metric(
        "first_response_median",
        message("Response, median"),
        message("Half of the answered enquiries waited no longer than this. Unanswered: left out."),
        Unit.SECONDS,
        "first_response_median",
        good=Good.DOWN,
    ),
    Metric(
        "first_response_p90",
        message("Response, 9 of 10"),
        message(
            "Nine of ten answered enquiries waited no longer than this (90th percentile). "
            "Unanswered: left out."
        ),
        Unit.SECONDS,
        "first_response_p90",
        good=Good.DOWN,
    ),
    Metric(
        "enquiry_paid_rate",
        message("Enquiry to paid"),
        message(
            "Enquiries with an order or a paid amount in the file, or with an order that the same "
            "customer paid within {days} days ÷ all enquiries; every enquiry counts for itself.",
            days=PAID_WITHIN_DAYS,
        ),
        Unit.RATIO,
        "paid_enquiries",
        "enquiries",
    ),
    Metric(
        "paid_per_enquiry",
        message("Paid per enquiry"),
        message("Paid amount after enquiries ÷ enquiries. Paid ones of unknown amount: left out."),
        Unit.MONEY,
        "enquiry_amount",
        "enquiries_with_amount",
        base=message("What was paid, as the file or the matched order says, before refunds."),
    ),
)
