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

from sqlalchemy import Table

from ecom.schema.base import MONEY, PROVENANCE, QUANTITY, SCHEMA_VERSION, metadata
from ecom.schema.commerce import (
    customers,
    feedback,
    listings,
    order_items,
    orders,
    payments,
    product_costs,
    products,
    refunds,
    sku_map,
)
from ecom.schema.derived import (
    daily_items,
    daily_sales,
    daily_visits,
    documents,
    fact_spans,
    first_sales,
    order_sessions,
    sessions,
    source_channels,
    touched_customers,
    touched_orders,
    touched_visitors,
)
from ecom.schema.experiments import experiment_assignments, experiment_results
from ecom.schema.marketing import (
    ad_spend,
    budgets,
    calendar_events,
    content_daily,
    crm_campaigns,
    private_domain_daily,
    search_terms,
    service_enquiries,
    targets,
)
from ecom.schema.records import (
    import_batches,
    import_issues,
    import_mappings,
    shops,
    sources,
    store_meta,
)
from ecom.schema.stock import (
    inventory_snapshots,
    stock_movements,
)
from ecom.schema.traffic import (
    events,
    traffic_agg,
)

__all__ = [
    "DERIVED",
    "FACTS",
    "MONEY",
    "PROVENANCE",
    "QUANTITY",
    "SCHEMA_VERSION",
    "Table",
    "ad_spend",
    "budgets",
    "calendar_events",
    "content_columns",
    "content_daily",
    "crm_campaigns",
    "customers",
    "daily_items",
    "daily_sales",
    "daily_visits",
    "documents",
    "events",
    "experiment_assignments",
    "experiment_results",
    "fact_spans",
    "feedback",
    "first_sales",
    "import_batches",
    "import_issues",
    "import_mappings",
    "inventory_snapshots",
    "listings",
    "metadata",
    "order_items",
    "order_sessions",
    "orders",
    "payments",
    "private_domain_daily",
    "product_costs",
    "products",
    "refunds",
    "search_terms",
    "service_enquiries",
    "sessions",
    "shops",
    "sku_map",
    "source_channels",
    "sources",
    "stock_movements",
    "store_meta",
    "targets",
    "touched_customers",
    "touched_orders",
    "touched_visitors",
    "traffic_agg",
]

FACTS: dict[str, Table] = {
    table.name: table for table in metadata.sorted_tables if "key" in table.info
}
DERIVED: dict[str, Table] = {
    table.name: table
    for table in (
        sessions,
        daily_visits,
        order_sessions,
        documents,
        first_sales,
        daily_sales,
        daily_items,
        fact_spans,
    )
}


def content_columns(table: Table) -> list[str]:
    """Column names that hold facts, without provenance."""
    return [column.name for column in table.columns if column.name not in PROVENANCE]
