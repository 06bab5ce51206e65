"""Traffic: who came."""

from __future__ import annotations

from ecom.metrics.base import Metric
from ecom.model import Good, Unit
from ecom.text import message

METRICS = (
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
        message("Visits"),
        message(
            "A run of events of one visitor; more than 30 minutes without one starts a new visit "
            "(a setting)."
        ),
        Unit.COUNT,
        "sessions",
    ),
    Metric(
        "engaged_rate",
        message("Engagement rate"),
        message("Visits of over 10 seconds, two or more page views, or a purchase ÷ visits."),
        Unit.RATIO,
        "engaged_sessions",
        "sessions_with_engagement",
    ),
    Metric(
        "bounce_rate",
        message("Single-page bounce"),
        message("Visits with one page view ÷ visits."),
        Unit.RATIO,
        "bounced_sessions",
        "sessions_with_bounce",
        Good.DOWN,
    ),
    Metric(
        "stay",
        message("Stay"),
        message("Mean time from the first to the last event of a visit."),
        Unit.SECONDS,
        "stay_seconds",
        "sessions_with_stay",
    ),
    Metric(
        "pages_per_session",
        message("Pages per visit"),
        message("Page views ÷ visits."),
        Unit.NUMBER,
        "page_views",
        "sessions",
    ),
    Metric(
        "visits_a_day",
        message("Visits a day"),
        message("Visits ÷ days of the event log that have visits at any hour."),
        Unit.NUMBER,
        "sessions",
        "days_with_visits",
    ),
    Metric(
        "visit_conversion",
        message("Share that bought"),
        message("Visits with a purchase ÷ visits, both of the event log."),
        Unit.RATIO,
        "buying_sessions",
        "sessions",
    ),
    Metric(
        "revenue_per_visit",
        message("Revenue per visit"),
        message("What the event log says was bought in visits ÷ visits."),
        Unit.MONEY,
        "visit_revenue",
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
    Metric(
        "net_revenue_per_visitor",
        message("Net revenue per visitor"),
        message(
            "Net revenue of the orders that name the source ÷ its visitors, counted once a day."
        ),
        Unit.MONEY,
        "source_net_revenue",
        "visitor_days_with_orders",
    ),
    Metric(
        "keyword_visitors",
        message("Visitors by search word"),
        message(
            "Each word’s visitors, counted once a day, added up over the words that the exports "
            "list: who searched for two words counts twice."
        ),
        Unit.COUNT,
        "keyword_visitor_days",
    ),
    Metric(
        "keyword_conversion",
        message("Conversion of search words"),
        message(
            "Paying buyers ÷ visitors of the same words, both counted once a day, where the "
            "exports tell both."
        ),
        Unit.RATIO,
        "keyword_buyer_days",
        "keyword_visitor_days_with_buyers",
    ),
    Metric(
        "paid_word_spend",
        message("Cost of paid words"),
        message(
            "What the ad platforms charged for clicks by the words that they list; rare words are "
            "not listed."
        ),
        Unit.MONEY,
        "paid_word_spend",
        good=Good.NEITHER,
    ),
    Metric(
        "paid_word_clicks",
        message("Clicks by paid words"),
        message("Clicks on ads by the words that the ad platforms list."),
        Unit.COUNT,
        "paid_word_clicks",
    ),
    Metric(
        "paid_word_cost_per_conversion",
        message("Cost per conversion of paid words"),
        message("Cost ÷ conversions, as the ad platforms credit them, where they tell both."),
        Unit.MONEY,
        "paid_word_spend_with_conversions",
        "paid_word_conversions",
        Good.DOWN,
    ),
    Metric(
        "brand_word_share",
        message("Brand words"),
        message(
            "Visitors by words that name the brand (brand words of the settings, else the product "
            "lists’ brands) ÷ visitors by all words."
        ),
        Unit.RATIO,
        "brand_word_visitor_days",
        "keyword_visitor_days",
        Good.NEITHER,
    ),
)
