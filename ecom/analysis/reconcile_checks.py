"""What is held against what: sides, units, tolerances and the reasons that are to be expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecom.model import Unit
from ecom.models.differences import Tolerance
from ecom.text import Text, message

EXACT = Tolerance(agrees=0.001, low=0.02, high=0.02)
BOOKED = Tolerance(agrees=0.005, low=0.05, high=0.05)
# Visits: two tools never count the same ones. Clicks: some never land, some leave before the page
# counts, some visitors refuse to be counted; more landings than clicks mean a wrong channel.
VISITS = Tolerance(agrees=0.03, low=0.25, high=0.25)
CLICKS = Tolerance(agrees=0.05, low=0.05, high=0.40)


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One reconciliation.

    Attributes
    ----------
    reported, counted : what the two sides are.
    measure, own : columns of the reported and of the counted frame.
    alternatives : counted under another reading -> how: other counted columns to add (+) or take
        away (-), or a basis to take instead.
    amounts : counted columns whose sum may be the difference, though on other days.
    reasons : keys of ``REASONS`` that can't be told from the data.
    is_distinct : people are counted, who can't be added over days.
    is_information : the two are not the same thing; shown beside each other, never judged.
    """

    key: str
    title: Text
    reported: Text
    counted: Text
    unit: Unit
    tolerance: Tolerance
    measure: str
    own: str
    alternatives: Mapping[str, str]
    amounts: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    is_distinct: bool = False
    is_information: bool = False


_ORDERS = message("Paid orders")
_EXPORT = message("Traffic export")
_VISITS = message("Visits from events")
_CUTS = {"utc_day": "utc", "ordered_day": "ordered"}
_MONEY = {
    "less_refunds": "-refunded_amount",
    "less_shipping": "-shipping_amount",
    "with_shipping": "+shipping_amount",
    "less_tax": "-tax_amount",
    "with_tax": "+tax_amount",
}

SPECS: tuple[CheckSpec, ...] = (
    CheckSpec(
        "traffic_amount", message("Paid amount"), _EXPORT, _ORDERS, Unit.MONEY, BOOKED,
        "paid_amount", "paid_amount", {**_CUTS, **_MONEY},
        amounts=("refunded_amount", "shipping_amount", "tax_amount"),
        reasons=("unsettled", "test_orders"),
    ),
    CheckSpec(
        "traffic_orders", message("Paid orders"), _EXPORT, _ORDERS, Unit.COUNT, BOOKED,
        "paid_orders", "orders", _CUTS, reasons=("unsettled", "test_orders", "split_orders"),
    ),
    CheckSpec(
        "traffic_buyers", message("Buyers"), _EXPORT, _ORDERS, Unit.COUNT, BOOKED,
        "paid_buyers", "buyers", _CUTS, reasons=("unsettled", "test_orders"), is_distinct=True,
    ),
    CheckSpec(
        "visits", message("Visits"), _EXPORT, _VISITS, Unit.COUNT, VISITS,
        "sessions", "visits", {"utc_day": "utc"}, reasons=("consent", "visit_rules"),
    ),
    CheckSpec(
        "visitors", message("Visitors of a day"), _EXPORT, _VISITS, Unit.COUNT, VISITS,
        "uv", "visitors", {"utc_day": "utc"}, reasons=("consent",), is_distinct=True,
    ),
    CheckSpec(
        "ad_clicks", message("Clicks and landings"), message("Ad clicks"),
        message("Visits of the channel"), Unit.COUNT, CLICKS,
        "clicks", "visits", {}, reasons=("consent", "left_early", "untagged"),
    ),
    CheckSpec(
        "ad_revenue", message("Advertised sales"), message("Claimed by the ad platform"),
        message("Orders of the channel"), Unit.MONEY, CLICKS,
        "attributed_revenue", "paid_amount", {}, reasons=("attribution",), is_information=True,
    ),
    CheckSpec(
        "payments", message("Money received"), _ORDERS, message("Payments"), Unit.MONEY, BOOKED,
        "paid_amount", "amount",
        {"utc_day": "utc", "less_refunds": "-refunded_amount", "less_fees": "-fee_amount"},
        amounts=("refunded_amount", "fee_amount"), reasons=("other_methods", "test_orders"),
    ),
    CheckSpec(
        "refunds", message("Refunds"), message("Noted on orders"), message("Refund documents"),
        Unit.MONEY, BOOKED, "on_orders", "documents",
        {"with_shipping": "+shipping", "with_requested": "+requested"},
        amounts=("requested",), reasons=("older_export",),
    ),
    CheckSpec(
        "lines", message("Goods and lines"), message("Goods amount of orders"),
        message("Sum of order lines"), Unit.MONEY, EXACT, "goods_amount", "line_amount",
        {
            "less_discount": "-discount_amount", "with_discount": "+discount_amount",
            "with_shipping": "+shipping_amount", "with_tax": "+tax_amount",
            "less_tax": "-tax_amount", "with_missing_lines": "+without_lines",
        },
        amounts=("discount_amount", "shipping_amount", "tax_amount", "without_lines"),
    ),
    CheckSpec(
        "stock", message("Stock"), message("Next stock list"), message("List before + movements"),
        Unit.COUNT, EXACT, "closing", "expected", {"list_before_moves": "=expected_before"},
        reasons=("stocktaking",),
    ),
)  # fmt: skip

# What can't be told from the data; shown beside a difference that nothing else explains.
REASONS: Mapping[str, Text] = {
    "unsettled": message("the platform settles a day at about 09:00 of the next day"),
    "test_orders": message("test orders and orders by hand"),
    "split_orders": message("orders that were split or merged after payment"),
    "consent": message("visitors who refuse to be counted"),
    "visit_rules": message("another rule of when a visit ends"),
    "left_early": message("people who leave before the page counts them"),
    "untagged": message("links without campaign tags, counted under another channel"),
    "attribution": message("views and clicks of up to 30 days before, claimed by each platform"),
    "other_methods": message("orders paid by other means than this provider"),
    "older_export": message("an order export older than the refunds"),
    "stocktaking": message("stocktaking and breakage that nobody booked"),
}

# What was found to be the difference. {share} is the part of it that goes away.
FOUND: Mapping[str, Text] = {
    "utc_day": message("Looks like a time-zone shift: the days are cut at midnight UTC."),
    "day_before": message("Looks like a shift of one day: the export books a day later."),
    "day_after": message("Looks like a shift of one day: the export books a day earlier."),
    "ordered_day": message(
        "The export counts orders placed, paid or not, on the day of the order."
    ),
    "less_refunds": message("The difference equals the refunds."),
    "less_shipping": message("The difference equals the postage, which the export leaves out."),
    "with_shipping": message("The difference equals the postage."),
    "less_tax": message("The difference equals the tax, which the export leaves out."),
    "with_tax": message("The difference equals the tax."),
    "less_fees": message("The difference equals the provider's fees."),
    "less_discount": message("The difference equals the discounts."),
    "with_discount": message("The difference equals the discounts."),
    "with_requested": message(
        "The difference equals refunds that are requested but not yet paid out."
    ),
    "with_missing_lines": message("The difference equals orders whose lines are not loaded."),
    "list_before_moves": message("The lists were taken before the day's movements."),
    "last_day": message("Only the last day differs: it was exported before it was settled."),
    "blank_days": message("It lies on days of which only one side has anything; see them below."),
    "few_days": message("A few days make the difference; see them below."),
    "refunded_amount": message("The sum of the difference is that of the refunds."),
    "shipping_amount": message("The sum of the difference is that of the postage."),
    "tax_amount": message("The sum of the difference is that of the tax."),
    "fee_amount": message("The sum of the difference is that of the fees."),
    "discount_amount": message("The sum of the difference is that of the discounts."),
    "without_lines": message("The sum of the difference is that of orders without lines."),
    "requested": message("The sum of the difference is that of refunds not yet paid."),
}
# Found, but still to be mended.
OPEN = frozenset(("blank_days", "few_days", "steady"))
