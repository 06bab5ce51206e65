"""Tables made from the facts, brought up to date for what a batch touched."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Double, Integer, String, Table

from ecom.schema.base import MONEY, QUANTITY, columns, metadata

# Derived from events; rebuilt for the visitors a batch touched.
sessions = Table(
    "sessions",
    metadata,
    *columns(String, "shop_id session_key visitor_id"),
    *columns(DateTime, "started_at ended_at"),
    Column("session_date", Date),
    Column("local_hour", Integer),
    *columns(String, "landing_page exit_page source medium campaign channel device region"),
    *columns(Integer, "page_views events"),
    Column("stay_seconds", Double),
    *columns(Boolean, "is_new_visitor is_engaged is_single_page"),
    *columns(
        DateTime,
        "first_view_item_at first_add_to_cart_at first_begin_checkout_at first_purchase_at",
    ),
    Column("purchases", Integer),
    Column("revenue", MONEY),
    Column("currency", String),  # of the revenue; "*" where it is a sum of several
    # All on one day, the steps there are first done in their order, no other visit in between: what
    # came when each step was first done tells all that a funnel needs of it.
    Column("is_plain", Boolean),
)

# Derived from sessions: the visits of each day by shop, as a whole (split "") and by the parts of
# one dimension. Visitors are distinct within a row, so the rows of a split never add up to those of
# another. Who came stands in a row without a currency, what was bought in one a currency.
daily_visits = Table(
    "daily_visits",
    metadata,
    Column("day", Date),
    *columns(String, "shop_id split part currency"),
    *columns(
        BigInteger,
        "visitors new_visitors buyers sessions page_views engaged_sessions single_page_sessions",
    ),
    Column("stay_seconds", Double),
    Column("purchases", BigInteger),
    Column("revenue", MONEY),
)

# Derived: the first and last day of what each batch has in a fact table that is current; of events
# by name, where their visitor is known (NULL where not).
fact_spans = Table(
    "fact_spans",
    metadata,
    Column("batch_id", Integer),
    *columns(String, "fact shop_id event_name"),
    *columns(Date, "first_day last_day"),
)

# Empty but for the time of a load: whom and what it touches. Visits of a visitor that end before
# ``since`` stay as they are; ``visits`` is how many those are.
touched_visitors = Table(
    "touched_visitors",
    metadata,
    *columns(String, "shop_id visitor_id"),
    Column("since", DateTime),
    Column("visits", BigInteger),
)
touched_orders = Table("touched_orders", metadata, *columns(String, "shop_id order_id"))
touched_customers = Table("touched_customers", metadata, *columns(String, "shop_id customer"))

# The visit in which an order was placed, where an event log names the order.
order_sessions = Table(
    "order_sessions",
    metadata,
    *columns(String, "shop_id order_id session_key visitor_id channel device region"),
)

# Channel of each origin seen, by the team's rules (``ecom.channels``).
source_channels = Table(
    "source_channels", metadata, *columns(String, "source medium campaign referrer click channel")
)

# Derived: each counted order, return and adjustment, with what other files know of it. The money,
# the customer and the visit of an order are looked up here and nowhere else.
documents = Table(
    "documents",
    metadata,
    Column("batch_id", Integer),  # of the order
    *columns(String, "shop_id order_id kind customer"),
    Column("day", Date),
    Column("paid_at", DateTime),
    *columns(String, "channel device region currency"),
    *columns(MONEY, "paid_amount refunded_amount adjustment_amount"),
)

# Derived from documents: the sale that each known customer of a shop began with, in each currency.
first_sales = Table(
    "first_sales",
    metadata,
    *columns(String, "shop_id customer currency order_id"),
    Column("day", Date),
    Column("paid_at", DateTime),
)

# Derived from documents and their lines: additive measures by local day of payment.
daily_sales = Table(
    "daily_sales",
    metadata,
    Column("day", Date),
    *columns(String, "shop_id channel device region currency"),
    *columns(BigInteger, "orders"),
    *columns(MONEY, "paid_amount refunded_amount adjustment_amount"),
)

# amount_with_cost is the part of (amount - refunded_amount) whose unit cost is known; cost is its.
daily_items = Table(
    "daily_items",
    metadata,
    Column("day", Date),
    *columns(String, "shop_id channel device region sku product_id category currency"),
    *columns(QUANTITY, "units returned_units"),
    *columns(MONEY, "amount refunded_amount amount_with_cost cost"),
)
