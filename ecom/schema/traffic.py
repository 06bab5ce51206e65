"""Visits: back-office reports and event logs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Double, Integer, String

from ecom.schema.base import MONEY, QUANTITY, columns, fact

# Aggregate rows are never added to events, and a row of several days is never spread over days.
# grain: shop | channel | product | keyword | campaign. is_rollup marks subtotals of leaf rows.
traffic_agg = fact(
    "traffic_agg",
    *columns(String, "source shop_id"),
    *columns(Date, "period_start period_end"),
    Column("hour", Integer),
    *columns(
        String,
        "grain carrier device channel channel_l1 channel_l2 channel_l3 channel_l4 "
        "product_id keyword campaign",
    ),
    Column("is_rollup", Boolean),
    *columns(
        BigInteger,
        "uv pv sessions engaged_sessions bounced_sessions new_uv favourite_uv cart_uv "
        "cart_quantity order_buyers order_quantity paid_buyers paid_orders paid_quantity "
        "new_buyers returning_buyers event_count impression_uv product_click_uv search_uv "
        "cart_sessions checkout_sessions converted_sessions",
    ),
    *columns(Double, "stay_seconds"),
    *columns(MONEY, "order_amount paid_amount refunded_amount"),
    key=(
        "source", "shop_id", "period_start", "period_end", "hour", "grain", "carrier", "device",
        "channel_l1", "channel_l2", "channel_l3", "channel_l4", "product_id", "keyword", "campaign",
    ),
    scope=("source", "shop_id", "period_start", "period_end", "grain"),
)  # fmt: skip

# event_name: page_view | view_item | add_to_cart | begin_checkout | purchase | any other name kept
events = fact(
    "events",
    *columns(String, "event_id shop_id"),
    Column("event_at", DateTime),
    Column("event_date", Date),
    *columns(
        String,
        "event_name visitor_id session_id customer_key page referrer product_id sku category brand "
        "order_id",
    ),
    Column("quantity", QUANTITY),
    Column("value", MONEY),
    *columns(String, "currency device region source medium campaign click channel properties"),
    key=("shop_id", "event_id"),
)
