"""What is spent, said and planned: ads, content, messages, budgets, targets, campaigns."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Double, String

from ecom.schema.base import MONEY, columns, fact

# Only one level per shop, platform and period feeds totals; `level` says which a row is.
ad_spend = fact(
    "ad_spend",
    *columns(String, "shop_id ad_platform account"),
    *columns(Date, "period_start period_end"),
    *columns(String, "level channel campaign adgroup ad product_id currency"),
    *columns(MONEY, "spend attributed_revenue attributed_revenue_net"),
    *columns(BigInteger, "impressions clicks reach attributed_carts"),
    *columns(Double, "attributed_orders"),
    key=(
        "shop_id", "ad_platform", "account", "period_start", "period_end", "level", "campaign",
        "adgroup", "ad", "product_id",
    ),
    scope=("shop_id", "ad_platform", "account", "period_start", "period_end", "level"),
)  # fmt: skip

# What people typed before they saw or clicked an ad. Platforms leave rare words out, so these never
# feed totals of spend; they are clicks and money, so they are no visitors either.
search_terms = fact(
    "search_terms",
    *columns(String, "shop_id ad_platform account"),
    *columns(Date, "period_start period_end"),
    *columns(String, "keyword match_type campaign adgroup currency"),
    *columns(BigInteger, "impressions clicks"),
    *columns(MONEY, "spend attributed_revenue"),
    *columns(Double, "attributed_orders"),
    key=(
        "shop_id", "ad_platform", "account", "period_start", "period_end", "keyword", "match_type",
        "campaign", "adgroup",
    ),
    scope=("shop_id", "ad_platform", "account", "period_start", "period_end"),
)  # fmt: skip

# Notes, short videos and live rooms: what one piece of content reached, as of a day.
content_daily = fact(
    "content_daily",
    Column("as_of_date", Date),
    *columns(String, "shop_id platform account content_id title content_type"),
    Column("published_date", Date),
    *columns(
        BigInteger,
        "impressions views likes comments collects shares new_followers product_clicks paid_orders",
    ),
    Column("watch_seconds", Double),
    Column("paid_amount", MONEY),
    Column("currency", String),
    key=("shop_id", "platform", "account", "content_id", "as_of_date"),
)

# Messages to people who are known: e-mail, SMS, groups.
crm_campaigns = fact(
    "crm_campaigns",
    *columns(String, "shop_id platform campaign_id name channel"),
    Column("sent_at", DateTime),
    Column("sent_date", Date),
    *columns(BigInteger, "recipients delivered opens clicks orders unsubscribes bounces spam"),
    Column("revenue", MONEY),
    Column("currency", String),
    key=("shop_id", "platform", "campaign_id"),
)

# Groups, official accounts and mini programs. Members are counted at the end of the day; all else
# happened on it.
private_domain_daily = fact(
    "private_domain_daily",
    Column("as_of_date", Date),
    *columns(String, "shop_id platform account"),
    *columns(BigInteger, "members new_members left_members reach clicks visitors orders"),
    Column("revenue", MONEY),
    Column("currency", String),
    key=("shop_id", "platform", "account", "as_of_date"),
)

# Chats with customer service, one row a conversation. A wait that is not given: nobody answered.
service_enquiries = fact(
    "service_enquiries",
    *columns(String, "shop_id enquiry_id"),
    Column("opened_at", DateTime),
    Column("opened_date", Date),
    *columns(String, "queue agent customer_key"),
    Column("first_response_seconds", Double),
    Column("order_id", String),
    Column("paid_amount", MONEY),
    Column("currency", String),
    key=("shop_id", "enquiry_id"),
)

budgets = fact(
    "budgets",
    Column("month", Date),
    *columns(String, "shop_id channel category metric currency"),
    Column("amount", MONEY),
    key=("month", "shop_id", "channel", "category", "metric"),
)

targets = fact(
    "targets",
    Column("period_start", Date),
    Column("period_end", Date),
    *columns(String, "level shop_id metric owner"),
    Column("value", Double),
    key=("period_start", "period_end", "level", "shop_id", "metric"),
)

calendar_events = fact(
    "calendar_events",
    *columns(String, "event_key name kind shop_id"),
    Column("start_date", Date),
    Column("end_date", Date),
    key=("event_key", "start_date"),
)
