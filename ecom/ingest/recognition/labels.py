"""Readable names of the stored columns and of the kinds of tables they stand in."""

from __future__ import annotations

from collections.abc import Mapping

from ecom.ingest.recognition.layout import HELPER
from ecom.schema import FACTS, content_columns
from ecom.text import Text, message

TABLES: Mapping[str, Text] = {
    "orders": message("Orders, one row an order"),
    "order_items": message("Order lines, one row an item of an order"),
    "refunds": message("Refunds and returns"),
    "payments": message("Payments"),
    "customers": message("Customers"),
    "products": message("Products"),
    "product_costs": message("Product costs"),
    "sku_map": message("Names of items in shops"),
    "listings": message("Market listings"),
    "inventory_snapshots": message("Stock list"),
    "stock_movements": message("Stock movements"),
    "traffic_agg": message("Traffic report"),
    "events": message("Visitor events"),
    "ad_spend": message("Ad report"),
    "content_daily": message("Posts, videos and live rooms"),
    "crm_campaigns": message("E-mail and message campaigns"),
    "private_domain_daily": message("Groups and official accounts"),
    "service_enquiries": message("Customer service enquiries"),
    "budgets": message("Budgets"),
    "targets": message("Targets"),
    "calendar_events": message("Campaign calendar"),
    "feedback": message("Feedback"),
    "experiment_assignments": message("Experiments, who saw which variant"),
    "experiment_results": message("Experiments, results of another tool"),
}

_COMMON: Mapping[str, Text] = {
    "shop_id": message("Shop"),
    "order_id": message("Order number"),
    "customer_key": message("Customer (kept as a keyed hash)"),
    "created_at": message("Time of order"),
    "paid_at": message("Time of payment"),
    "shipped_at": message("Time of shipping"),
    "completed_at": message("Time of completion"),
    "status": message("Status"),
    "status_raw": message("Status"),
    "currency": message("Currency"),
    "goods_amount": message("Goods amount"),
    "discount_amount": message("Discount"),
    "shipping_amount": message("Shipping fee"),
    "tax_amount": message("Tax"),
    "total_amount": message("Order total"),
    "paid_amount": message("Paid amount"),
    "refunded_amount": message("Refunded amount"),
    "channel": message("Channel"),
    "device": message("Device"),
    "region": message("Region"),
    "country": message("Country"),
    "items_quantity": message("Number of items"),
    "line_key": message("Line number"),
    "product_id": message("Product number"),
    "sku": message("SKU"),
    "product_name": message("Product name"),
    "variant": message("Variant"),
    "category": message("Category"),
    "brand": message("Brand"),
    "quantity": message("Quantity"),
    "unit_price": message("Unit price"),
    "price": message("Price"),
    "line_amount": message("Line amount"),
    "unit_cost": message("Unit cost"),
    "refund_id": message("Refund number"),
    "refund_type": message("Kind of refund"),
    "reason": message("Reason"),
    "requested_at": message("Time of request"),
    "refunded_at": message("Time of refund"),
    "amount": message("Amount"),
    "payment_id": message("Payment number"),
    "provider": message("Payment provider"),
    "type": message("Kind"),
    "method": message("Payment method"),
    "fee_amount": message("Fee"),
    "settled_amount": message("Settled amount"),
    "person_key": message("Person behind the account (kept as a keyed hash)"),
    "first_seen_date": message("First seen on"),
    "segment": message("Customer group"),
    "tags": message("Tags"),
    "accepts_marketing": message("Accepts marketing"),
    "orders_reported": message("Orders so far, as the platform says"),
    "value_reported": message("Spent so far, as the platform says"),
    "listed_on": message("Listed on"),
    "valid_from": message("Valid from"),
    "platform_sku": message("SKU in the shop"),
    "seen_date": message("Day seen"),
    "seller": message("Seller"),
    "units_sold": message("Units sold so far"),
    "reviews": message("Reviews so far"),
    "snapshot_date": message("Day of the stock"),
    "source": message("Source"),
    "warehouse": message("Warehouse"),
    "supplier": message("Supplier"),
    "on_hand": message("Stock on hand"),
    "available": message("Available stock"),
    "reserved": message("Reserved stock"),
    "inbound": message("Inbound stock"),
    "lead_time_days": message("Lead time in days"),
    "movement_id": message("Movement number"),
    "movement_type": message("Kind of movement"),
    "reference": message("Reference"),
    "moved_at": message("Time of movement"),
    "period_start": message("Day, or first day"),
    "period_end": message("Last day"),
    "hour": message("Hour"),
    "carrier": message("Traffic carrier"),
    "channel_l1": message("Channel"),
    "channel_l2": message("Channel, second level"),
    "channel_l3": message("Channel, third level"),
    "channel_l4": message("Channel, fourth level"),
    "keyword": message("Keyword"),
    "campaign": message("Ad campaign"),
    "uv": message("Visitors"),
    "pv": message("Page views"),
    "sessions": message("Visits"),
    "engaged_sessions": message("Engaged visits"),
    "bounced_sessions": message("Bounced visits"),
    "new_uv": message("New visitors"),
    "favourite_uv": message("Visitors who saved a product"),
    "cart_uv": message("Visitors who added to the cart"),
    "cart_quantity": message("Items added to the cart"),
    "order_buyers": message("Buyers who ordered"),
    "order_quantity": message("Items ordered"),
    "order_amount": message("Ordered amount"),
    "paid_buyers": message("Buyers who paid"),
    "paid_orders": message("Paid orders"),
    "paid_quantity": message("Items paid"),
    "new_buyers": message("New buyers"),
    "returning_buyers": message("Returning buyers"),
    "event_count": message("Number of events"),
    "impression_uv": message("People who saw a product"),
    "product_click_uv": message("People who clicked a product"),
    "search_uv": message("Visitors from search"),
    "cart_sessions": message("Visits with something in the cart"),
    "checkout_sessions": message("Visits that reached the checkout"),
    "converted_sessions": message("Visits that bought"),
    "stay_seconds": message("Average stay in seconds"),
    "event_id": message("Event number"),
    "event_at": message("Time of the event"),
    "event_name": message("Name of the event"),
    "visitor_id": message("Visitor"),
    "session_id": message("Visit"),
    "page": message("Page"),
    "referrer": message("Referrer"),
    "value": message("Value"),
    "medium": message("Medium"),
    "properties": message("Further properties"),
    "ad_platform": message("Ad platform"),
    "account": message("Account"),
    "level": message("Ad level"),
    "adgroup": message("Ad group"),
    "ad": message("Ad"),
    "spend": message("Ad spend"),
    "attributed_revenue": message("Revenue from ads"),
    "attributed_revenue_net": message("Revenue from ads, net of refunds"),
    "impressions": message("Impressions"),
    "clicks": message("Clicks"),
    "reach": message("Reach"),
    "attributed_carts": message("Carts from ads"),
    "attributed_orders": message("Orders from ads"),
    "as_of_date": message("As of day"),
    "platform": message("Platform"),
    "content_id": message("Post number"),
    "title": message("Title"),
    "content_type": message("Kind of post"),
    "published_date": message("Published on"),
    "views": message("Views"),
    "likes": message("Likes"),
    "comments": message("Comments"),
    "collects": message("Saves"),
    "shares": message("Shares"),
    "new_followers": message("New followers"),
    "product_clicks": message("Product clicks"),
    "watch_seconds": message("Average seconds watched"),
    "campaign_id": message("Campaign number"),
    "name": message("Name"),
    "sent_at": message("Time of sending"),
    "members": message("Members"),
    "new_members": message("Joined"),
    "left_members": message("Members lost"),
    "enquiry_id": message("Enquiry number"),
    "opened_at": message("Time of the enquiry"),
    "queue": message("Service queue"),
    "agent": message("Agent"),
    "first_response_seconds": message("Seconds to the first response"),
    "recipients": message("Recipients"),
    "delivered": message("Delivered"),
    "opens": message("Opens"),
    "orders": message("Orders"),
    "unsubscribes": message("Unsubscribes"),
    "bounces": message("Bounces"),
    "spam": message("Spam complaints"),
    "revenue": message("Revenue"),
    "month": message("Month"),
    "metric": message("Metric"),
    "owner": message("Owner"),
    "kind": message("Kind"),
    "start_date": message("First day"),
    "end_date": message("Last day"),
    "feedback_id": message("Feedback number"),
    "score_type": message("Kind of score"),
    "score": message("Score"),
    "comment": message("Comment"),
    "created_date": message("Day"),
    "experiment": message("Experiment"),
    "assigned_at": message("Time of assignment"),
    "planned_share": message("Planned share of visitors"),
    "planned_visitors": message("Planned visitors of each variant"),
    "visitors": message("Visitors"),
    "conversions": message("Visitors who bought"),
    "revenue_squares": message("Sum of squared revenue"),
}
_SPECIAL: Mapping[str, Text] = {
    "payments.created_at": message("Time of payment"),
    "refunds.shipping_amount": message("Refunded shipping fee"),
    "order_items.refunded_amount": message("Refunded amount of the line"),
    "events.source": message("Source (utm_source)"),
    "events.click": message("Name of the click id in the link, such as gclid"),
    "events.session_id": message("Visit"),
    "budgets.amount": message("Budgeted amount"),
    "targets.value": message("Target"),
    "targets.period_start": message("First day"),
    "row.refund_status": message("Status of the refund"),
    "row.close_reason": message("Why it was closed"),
    "row.cancelled_at": message("Time of cancellation"),
    "row.line_discount": message("Discount of the line"),
    "row.order_name": message("Name that groups the rows of an order"),
}
# Follow from other columns, or say the same for the whole file.
_DERIVED = frozenset(
    "orders.kind orders.status orders.order_date orders.paid_date orders.adjustment_amount "
    "order_items.is_goods payments.payment_date payments.status refunds.refunded_date "
    "refunds.status "
    "inventory_snapshots.source stock_movements.moved_date stock_movements.source "
    "traffic_agg.source traffic_agg.grain traffic_agg.is_rollup traffic_agg.channel "
    "events.event_date events.properties crm_campaigns.sent_date crm_campaigns.platform "
    "calendar_events.event_key experiment_assignments.unit "
    "experiment_assignments.assigned_date service_enquiries.opened_date".split()
)
_HELPERS = tuple(name for name in _SPECIAL if name.startswith(f"{HELPER}."))


def label(target: str) -> Text:
    """The readable name of a stored column ``table.column``.

    Raises
    ------
    KeyError
        For a column that nobody names.
    """
    table, _, column = target.partition(".")
    if table == HELPER and target not in _SPECIAL:
        return message("Helps to read other columns ({name})", name=column)
    return _SPECIAL.get(target) or _COMMON[column]


def targets_of(grain: str) -> tuple[str, ...]:
    """The columns that a table of this kind can fill, in the order of the schema.

    Lines of orders also carry what belongs to their order.
    """
    tables = ("orders", "order_items") if grain == "order_items" else (grain,)
    names = [f"{table}.{column}" for table in tables for column in content_columns(FACTS[table])]
    helpers = _HELPERS if "orders" in tables else ()
    return (*(name for name in names if name not in _DERIVED), *helpers)
