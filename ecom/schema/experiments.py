"""Page and price experiments: who saw which variant, or what another tool counted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, DateTime, Double, String

from ecom.schema.base import MONEY, columns, fact

# Every time a visitor was shown a variant is a row; who counts as what is left to the query.
# unit: visitor | customer, whose id visitor_id is. planned_share: weight of the variant, any sum;
# planned_visitors: how many each variant is to have.
experiment_assignments = fact(
    "experiment_assignments",
    *columns(String, "shop_id experiment variant unit visitor_id customer_key"),
    Column("assigned_at", DateTime),
    Column("assigned_date", Date),
    Column("planned_share", Double),
    Column("planned_visitors", BigInteger),
    key=("shop_id", "experiment", "visitor_id", "variant", "assigned_at"),
)

# revenue_squares: sum of the squares of what each visitor paid; without it no interval of revenue.
experiment_results = fact(
    "experiment_results",
    *columns(String, "shop_id experiment variant currency"),
    *columns(BigInteger, "visitors conversions planned_visitors"),
    Column("revenue", MONEY),
    *columns(Double, "revenue_squares planned_share"),
    *columns(Date, "start_date end_date"),
    key=("shop_id", "experiment", "variant"),
    scope=("shop_id", "experiment"),
)
