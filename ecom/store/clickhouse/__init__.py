"""ClickHouse. Everything specific to it in the house is in this package."""

from ecom.store.clickhouse import functions as _spelled  # says how our functions are written
from ecom.store.clickhouse.support import ClickHouseSupport

__all__ = ["ClickHouseSupport", "support"]

support = ClickHouseSupport()
del _spelled
