"""Orders and what belongs to them: lines, refunds, payments, customers, products."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Double, String

from ecom.schema.base import MONEY, QUANTITY, columns, fact

# kind:    sale | return | adjustment. A return is a document of its own (a credit note); a refund
#          noted on the order itself stays on the sale.
# status:  unpaid | paid | shipped | completed | cancelled | refunded | partially_refunded | unknown
# money:   paid_amount is what the buyer paid before any refund; net = paid - refunded + adjustment.
orders = fact(
    "orders",
    *columns(String, "shop_id order_id kind status status_raw customer_key"),
    *columns(DateTime, "created_at paid_at shipped_at completed_at"),
    *columns(Date, "order_date paid_date"),
    Column("currency", String),
    *columns(
        MONEY,
        "goods_amount discount_amount shipping_amount tax_amount total_amount "
        "paid_amount refunded_amount adjustment_amount",
    ),
    *columns(String, "channel device region country"),
    Column("items_quantity", QUANTITY),
    key=("shop_id", "order_id"),
)

order_items = fact(
    "order_items",
    *columns(String, "shop_id order_id line_key product_id sku product_name variant category"),
    Column("quantity", QUANTITY),
    *columns(MONEY, "unit_price line_amount refunded_amount unit_cost"),
    Column("is_goods", Boolean),
    key=("shop_id", "order_id", "line_key"),
    scope=("shop_id", "order_id"),
)

# Money that went back, as the platform's after-sales export tells it: documents beside the order.
# status: requested | refunded | closed. Only "refunded" moved money.
refunds = fact(
    "refunds",
    *columns(String, "shop_id refund_id order_id line_key refund_type status status_raw reason"),
    *columns(DateTime, "requested_at refunded_at"),
    Column("refunded_date", Date),
    *columns(MONEY, "amount shipping_amount"),
    Column("currency", String),
    key=("shop_id", "refund_id"),
)

# type: charge | refund | fee | payout | adjustment. status: paid | refunded | failed | pending.
payments = fact(
    "payments",
    *columns(String, "shop_id payment_id provider order_id type status status_raw method"),
    Column("created_at", DateTime),
    Column("payment_date", Date),
    *columns(MONEY, "amount refunded_amount fee_amount settled_amount"),
    *columns(String, "currency customer_key"),
    key=("shop_id", "payment_id"),
)

# person_key: the person behind an account, where a platform makes a new account for each order.
# *_reported is what the platform counted when it wrote the file; never mixed with what we count.
customers = fact(
    "customers",
    *columns(String, "shop_id customer_key person_key"),
    Column("first_seen_date", Date),
    *columns(String, "region country segment tags"),
    Column("accepts_marketing", Boolean),
    Column("orders_reported", BigInteger),
    Column("value_reported", MONEY),
    Column("currency", String),
    key=("shop_id", "customer_key"),
)

products = fact(
    "products",
    *columns(String, "shop_id sku product_id product_name category brand status"),
    *columns(MONEY, "price unit_cost"),
    Column("listed_on", Date),
    key=("shop_id", "sku"),
)

product_costs = fact(
    "product_costs",
    Column("sku", String),
    Column("valid_from", Date),
    Column("unit_cost", MONEY),
    Column("currency", String),
    key=("sku", "valid_from"),
)

# A seller's own name for what a shop calls otherwise; stock and costs speak the seller's name.
sku_map = fact(
    "sku_map",
    *columns(String, "shop_id platform_sku sku"),
    key=("shop_id", "platform_sku"),
)

# What a market page showed of a product on a day, ours or a competitor's. units_sold and reviews
# are the counters as shown: totals so far, never to be added over days.
listings = fact(
    "listings",
    Column("seen_date", Date),
    *columns(String, "shop_id seller product_id product_name"),
    Column("price", MONEY),
    *columns(BigInteger, "units_sold reviews"),
    key=("seen_date", "shop_id", "seller", "product_id"),
)

feedback = fact(
    "feedback",
    *columns(String, "shop_id feedback_id channel order_id product_id score_type comment"),
    Column("created_date", Date),
    Column("score", Double),
    key=("shop_id", "feedback_id"),
)
