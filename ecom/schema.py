"""The canonical tables. Every number on every page comes from these columns.

Each fact table says in ``info`` how its rows live:

``key``
    The natural key of one row inside one batch.
``scope``
    What a newer batch replaces as a whole. For most tables it equals ``key``; for order lines it
    is the order, for stock the snapshot, for aggregate traffic and ad spend the period. Rows of
    older batches stay, marked ``is_current = false``, so that any batch can be undone, in any
    order, and the store is as if it had never come.

``precedence`` orders batches by when the platform wrote the file, then by when it was loaded; the
highest in a scope is current. Key columns are never NULL: text is '' and a missing hour is -1.

Ids are text end to end. Money is DECIMAL(18, 4). ``*_at`` is UTC without a zone mark; ``*_date``
is the shop's local day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
)
from sqlalchemy.types import TypeEngine

SCHEMA_VERSION = 2

metadata = MetaData()

MONEY = Numeric(18, 4)
QUANTITY = Numeric(18, 3)


def _columns(kind: type[TypeEngine[Any]] | TypeEngine[Any], names: str) -> list[Column[Any]]:
    return [Column(name, kind) for name in names.split()]


def _fact(name: str, *columns: Column[Any], key: Sequence[str], scope: Sequence[str] = ()) -> Table:
    provenance: list[Column[Any]] = [
        Column("batch_id", Integer, nullable=False),
        Column("source_row", Integer),
        Column("precedence", BigInteger, nullable=False),
        Column("is_current", Boolean, nullable=False),
    ]
    return Table(
        name,
        metadata,
        *columns,
        *provenance,
        info={"key": tuple(key), "scope": tuple(scope or key)},
    )


PROVENANCE = ("batch_id", "source_row", "precedence", "is_current")

# --- bookkeeping -----------------------------------------------------------------------------

store_meta = Table(
    "store_meta", metadata, Column("name", String, primary_key=True), Column("value", String)
)

shops = Table(
    "shops",
    metadata,
    Column("shop_id", String, primary_key=True),
    Column("platform", String),
    Column("shop_name", String),
    Column("currency", String),
    Column("timezone", String),
)

import_batches = Table(
    "import_batches",
    metadata,
    Column("batch_id", Integer, primary_key=True),
    *_columns(String, "layout_id shop_id file_name sheet_name file_sha256 status"),
    *_columns(DateTime, "loaded_at source_updated_at"),
    *_columns(Date, "period_start period_end"),
    *_columns(
        Integer,
        "rows_read rows_new rows_changed rows_unchanged rows_rejected rows_totals store_version",
    ),
    Column("tables", String),
    # Of batches that were pulled from a database: which source, and how far it was read.
    Column("source_id", Integer),
    Column("cursor_value", String),
)

# cell: where it stands as a spreadsheet names it, such as C14.
import_issues = Table(
    "import_issues",
    metadata,
    Column("batch_id", Integer, nullable=False),
    *_columns(String, "severity code sheet_name column_name cell raw_value"),
    Column("source_row", Integer),
    Column("occurrences", Integer),
)

# What a person taught about a set of headers: ``layout`` is the content of a layout file as JSON.
import_mappings = Table(
    "import_mappings",
    metadata,
    Column("mapping_id", Integer, primary_key=True),
    *_columns(String, "title header_key headers layout"),
    *_columns(DateTime, "created_at updated_at"),
)

# Databases that are read like files. ``url_name`` is the name of the secret that holds the URL,
# never the URL itself. How far a source was read stands with its batches, so undoing one of them
# steps back. timezone: of times without an offset; empty for the shop's. last_problem: JSON of the
# sentences, so that every reader has them in their language.
sources = Table(
    "sources",
    metadata,
    Column("source_id", Integer, primary_key=True),
    *_columns(String, "name url_name query cursor_column shop_id layout timezone"),
    *_columns(Integer, "every_minutes overlap"),
    Column("is_paused", Boolean),
    *_columns(DateTime, "last_pulled_at"),
    Column("last_problem", String),
)

# --- orders ----------------------------------------------------------------------------------
# kind:    sale | return | adjustment. A return is a document of its own (a credit note); a refund
#          noted on the order itself stays on the sale.
# status:  unpaid | paid | shipped | completed | cancelled | refunded | partially_refunded | unknown
# money:   paid_amount is what the buyer paid before any refund; net = paid - refunded + adjustment.

orders = _fact(
    "orders",
    *_columns(String, "shop_id order_id kind status status_raw customer_key"),
    *_columns(DateTime, "created_at paid_at shipped_at completed_at"),
    *_columns(Date, "order_date paid_date"),
    Column("currency", String),
    *_columns(
        MONEY,
        "goods_amount discount_amount shipping_amount tax_amount total_amount "
        "paid_amount refunded_amount adjustment_amount",
    ),
    *_columns(String, "channel device region country"),
    Column("items_quantity", QUANTITY),
    key=("shop_id", "order_id"),
)

order_items = _fact(
    "order_items",
    *_columns(String, "shop_id order_id line_key product_id sku product_name variant category"),
    Column("quantity", QUANTITY),
    *_columns(MONEY, "unit_price line_amount refunded_amount unit_cost"),
    Column("is_goods", Boolean),
    key=("shop_id", "order_id", "line_key"),
    scope=("shop_id", "order_id"),
)

# Money that went back, as the platform's after-sales export tells it: documents beside the order.
# status: requested | refunded | closed. Only "refunded" moved money.
refunds = _fact(
    "refunds",
    *_columns(String, "shop_id refund_id order_id line_key refund_type status status_raw reason"),
    *_columns(DateTime, "requested_at refunded_at"),
    Column("refunded_date", Date),
    *_columns(MONEY, "amount shipping_amount"),
    Column("currency", String),
    key=("shop_id", "refund_id"),
)

# type: charge | refund | fee | payout | adjustment. status: paid | refunded | failed | pending.
payments = _fact(
    "payments",
    *_columns(String, "shop_id payment_id provider order_id type status status_raw method"),
    Column("created_at", DateTime),
    Column("payment_date", Date),
    *_columns(MONEY, "amount refunded_amount fee_amount settled_amount"),
    *_columns(String, "currency customer_key"),
    key=("shop_id", "payment_id"),
)

# person_key: the person behind an account, where a platform makes a new account for each order.
# *_reported is what the platform counted when it wrote the file; never mixed with what we count.
customers = _fact(
    "customers",
    *_columns(String, "shop_id customer_key person_key"),
    Column("first_seen_date", Date),
    *_columns(String, "region country segment tags"),
    Column("accepts_marketing", Boolean),
    Column("orders_reported", BigInteger),
    Column("value_reported", MONEY),
    Column("currency", String),
    key=("shop_id", "customer_key"),
)

products = _fact(
    "products",
    *_columns(String, "shop_id sku product_id product_name category brand status"),
    *_columns(MONEY, "price unit_cost"),
    Column("listed_on", Date),
    key=("shop_id", "sku"),
)

product_costs = _fact(
    "product_costs",
    Column("sku", String),
    Column("valid_from", Date),
    Column("unit_cost", MONEY),
    Column("currency", String),
    key=("sku", "valid_from"),
)

# A seller's own name for what a shop calls otherwise; stock and costs speak the seller's name.
sku_map = _fact(
    "sku_map",
    *_columns(String, "shop_id platform_sku sku"),
    key=("shop_id", "platform_sku"),
)

# What a market page showed of a product on a day, ours or a competitor's. units_sold and reviews
# are the counters as shown: totals so far, never to be added over days.
listings = _fact(
    "listings",
    Column("seen_date", Date),
    *_columns(String, "shop_id seller product_id product_name"),
    Column("price", MONEY),
    *_columns(BigInteger, "units_sold reviews"),
    key=("seen_date", "shop_id", "seller", "product_id"),
)

# --- stock -----------------------------------------------------------------------------------

inventory_snapshots = _fact(
    "inventory_snapshots",
    Column("snapshot_date", Date),
    *_columns(String, "source warehouse sku product_name category supplier"),
    *_columns(QUANTITY, "on_hand available reserved inbound"),
    Column("unit_cost", MONEY),
    Column("lead_time_days", Integer),
    key=("snapshot_date", "source", "warehouse", "sku"),
    scope=("snapshot_date", "source", "warehouse"),
)

# quantity is signed: what came in is positive.
# movement_type: purchase_in | sale_out | return_in | transfer_in | transfer_out | adjust | scrap
stock_movements = _fact(
    "stock_movements",
    *_columns(String, "source movement_id warehouse sku movement_type reference"),
    Column("moved_at", DateTime),
    Column("moved_date", Date),
    Column("quantity", QUANTITY),
    Column("unit_cost", MONEY),
    key=("source", "movement_id"),
)

# --- traffic ---------------------------------------------------------------------------------
# Aggregate rows are never added to events, and a row of several days is never spread over days.
# grain: shop | channel | product | keyword | campaign. is_rollup marks subtotals of leaf rows.

traffic_agg = _fact(
    "traffic_agg",
    *_columns(String, "source shop_id"),
    *_columns(Date, "period_start period_end"),
    Column("hour", Integer),
    *_columns(
        String,
        "grain carrier device channel channel_l1 channel_l2 channel_l3 channel_l4 "
        "product_id keyword campaign",
    ),
    Column("is_rollup", Boolean),
    *_columns(
        BigInteger,
        "uv pv sessions engaged_sessions bounced_sessions new_uv favourite_uv cart_uv "
        "cart_quantity order_buyers order_quantity paid_buyers paid_orders paid_quantity "
        "new_buyers returning_buyers event_count impression_uv product_click_uv search_uv "
        "cart_sessions checkout_sessions converted_sessions",
    ),
    *_columns(Double, "stay_seconds"),
    *_columns(MONEY, "order_amount paid_amount refunded_amount"),
    key=(
        "source", "shop_id", "period_start", "period_end", "hour", "grain", "carrier", "device",
        "channel_l1", "channel_l2", "channel_l3", "channel_l4", "product_id", "keyword", "campaign",
    ),
    scope=("source", "shop_id", "period_start", "period_end", "grain"),
)  # fmt: skip

# event_name: page_view | view_item | add_to_cart | begin_checkout | purchase | any other name kept

events = _fact(
    "events",
    *_columns(String, "event_id shop_id"),
    Column("event_at", DateTime),
    Column("event_date", Date),
    *_columns(
        String,
        "event_name visitor_id session_id customer_key page referrer product_id sku category brand "
        "order_id",
    ),
    Column("quantity", QUANTITY),
    Column("value", MONEY),
    *_columns(String, "currency device region source medium campaign channel properties"),
    key=("shop_id", "event_id"),
)

# Derived from events; rebuilt for the visitors a batch touched.
sessions = Table(
    "sessions",
    metadata,
    *_columns(String, "shop_id session_key visitor_id"),
    *_columns(DateTime, "started_at ended_at"),
    Column("session_date", Date),
    Column("local_hour", Integer),
    *_columns(String, "landing_page exit_page source medium campaign channel device region"),
    *_columns(Integer, "page_views events"),
    Column("stay_seconds", Double),
    *_columns(Boolean, "is_new_visitor is_engaged is_single_page"),
    *_columns(
        DateTime,
        "first_view_item_at first_add_to_cart_at first_begin_checkout_at first_purchase_at",
    ),
    Column("purchases", Integer),
    Column("revenue", MONEY),
    Column("currency", String),  # of the revenue; "*" where it is a sum of several
)

# The visit in which an order was placed, where an event log names the order.
order_sessions = Table(
    "order_sessions",
    metadata,
    *_columns(String, "shop_id order_id session_key visitor_id channel device region"),
)

# Channel of each (source, medium, campaign) seen, by the rules of ``ecom.channels``.
source_channels = Table(
    "source_channels", metadata, *_columns(String, "source medium campaign channel")
)

# Derived: each counted order, return and adjustment, with what other files know of it. The money,
# the customer and the visit of an order are looked up here and nowhere else.
documents = Table(
    "documents",
    metadata,
    Column("batch_id", Integer),  # of the order
    *_columns(String, "shop_id order_id kind customer"),
    Column("day", Date),
    Column("paid_at", DateTime),
    *_columns(String, "channel device region currency"),
    *_columns(MONEY, "paid_amount refunded_amount adjustment_amount"),
)

# Derived from documents and their lines: additive measures by local day of payment.
daily_sales = Table(
    "daily_sales",
    metadata,
    Column("day", Date),
    *_columns(String, "shop_id channel device region currency"),
    *_columns(BigInteger, "orders"),
    *_columns(MONEY, "paid_amount refunded_amount adjustment_amount"),
)

# amount_with_cost is the part of (amount - refunded_amount) whose unit cost is known; cost is its.
daily_items = Table(
    "daily_items",
    metadata,
    Column("day", Date),
    *_columns(String, "shop_id channel device region sku product_id category currency"),
    *_columns(QUANTITY, "units returned_units"),
    *_columns(MONEY, "amount refunded_amount amount_with_cost cost"),
)

# --- marketing -------------------------------------------------------------------------------
# Only one level per shop, platform and period feeds totals; `level` says which a row is.

ad_spend = _fact(
    "ad_spend",
    *_columns(String, "shop_id ad_platform account"),
    *_columns(Date, "period_start period_end"),
    *_columns(String, "level channel campaign adgroup ad product_id currency"),
    *_columns(MONEY, "spend attributed_revenue attributed_revenue_net"),
    *_columns(BigInteger, "impressions clicks reach attributed_carts"),
    *_columns(Double, "attributed_orders"),
    key=(
        "shop_id", "ad_platform", "account", "period_start", "period_end", "level", "campaign",
        "adgroup", "ad", "product_id",
    ),
    scope=("shop_id", "ad_platform", "account", "period_start", "period_end", "level"),
)  # fmt: skip

# Notes, short videos and live rooms: what one piece of content reached, as of a day.
content_daily = _fact(
    "content_daily",
    Column("as_of_date", Date),
    *_columns(String, "shop_id platform account content_id title content_type"),
    Column("published_date", Date),
    *_columns(
        BigInteger,
        "impressions views likes comments collects shares new_followers product_clicks paid_orders",
    ),
    Column("watch_seconds", Double),
    Column("paid_amount", MONEY),
    Column("currency", String),
    key=("shop_id", "platform", "account", "content_id", "as_of_date"),
)

# Messages to people who are known: e-mail, SMS, groups.
crm_campaigns = _fact(
    "crm_campaigns",
    *_columns(String, "shop_id platform campaign_id name channel"),
    Column("sent_at", DateTime),
    Column("sent_date", Date),
    *_columns(BigInteger, "recipients delivered opens clicks orders unsubscribes bounces spam"),
    Column("revenue", MONEY),
    Column("currency", String),
    key=("shop_id", "platform", "campaign_id"),
)

budgets = _fact(
    "budgets",
    Column("month", Date),
    *_columns(String, "shop_id channel category metric currency"),
    Column("amount", MONEY),
    key=("month", "shop_id", "channel", "category", "metric"),
)

targets = _fact(
    "targets",
    Column("period_start", Date),
    Column("period_end", Date),
    *_columns(String, "level shop_id metric owner"),
    Column("value", Double),
    key=("period_start", "period_end", "level", "shop_id", "metric"),
)

calendar_events = _fact(
    "calendar_events",
    *_columns(String, "event_key name kind shop_id"),
    Column("start_date", Date),
    Column("end_date", Date),
    key=("event_key", "start_date"),
)

feedback = _fact(
    "feedback",
    *_columns(String, "shop_id feedback_id channel order_id product_id score_type comment"),
    Column("created_date", Date),
    Column("score", Double),
    key=("shop_id", "feedback_id"),
)

FACTS: dict[str, Table] = {
    table.name: table for table in metadata.sorted_tables if "key" in table.info
}
DERIVED: dict[str, Table] = {
    table.name: table for table in (sessions, order_sessions, documents, daily_sales, daily_items)
}


def content_columns(table: Table) -> list[str]:
    """Column names that hold facts, without provenance."""
    return [column.name for column in table.columns if column.name not in PROVENANCE]
