"""What lies in the warehouses, and what moved."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, Integer, String

from ecom.schema.base import MONEY, QUANTITY, columns, fact

inventory_snapshots = fact(
    "inventory_snapshots",
    Column("snapshot_date", Date),
    *columns(String, "source warehouse sku product_name category supplier"),
    *columns(QUANTITY, "on_hand available reserved inbound"),
    Column("unit_cost", MONEY),
    Column("lead_time_days", Integer),
    key=("snapshot_date", "source", "warehouse", "sku"),
    scope=("snapshot_date", "source", "warehouse"),
)

# quantity is signed: what came in is positive.
# movement_type: purchase_in | sale_out | return_in | transfer_in | transfer_out | adjust | scrap
stock_movements = fact(
    "stock_movements",
    *columns(String, "source movement_id warehouse sku movement_type reference"),
    Column("moved_at", DateTime),
    Column("moved_date", Date),
    Column("quantity", QUANTITY),
    Column("unit_cost", MONEY),
    key=("source", "movement_id"),
)
