"""The own site's customer list with member tiers, in our own template.

A tier follows from what somebody has paid so far, so that the higher ones buy more often.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from ecom.demo import write as w
from ecom.demo.customers import REGIONS
from ecom.demo.ids import buyer_names
from ecom.demo.shops import SITE
from ecom.demo.world import World
from ecom.demo.write import DemoFile
from ecom.text import message

TIERS = ("普通 Basic", "银卡 Silver", "金卡 Gold")
SILVER_FEN, GOLD_FEN = 80_000, 200_000  # paid so far, less what went back
_LAYOUT = "own_customers"


def write_customers(folder: Path, world: World) -> Iterator[DemoFile]:
    """Write everybody who has paid at the own site, with the tier of the last day."""
    orders = world.site.sales.orders
    paid = orders[orders["paid_day"] >= 0]
    members = paid.assign(spent=paid["paid"] - paid["refunded"]).groupby("customer").agg(
        spent=("spent", "sum"), since=("created_at", "min"), region=("region", "first")
    )  # fmt: skip
    path = folder / f"{_LAYOUT}.csv"
    province = [name for name, _ in REGIONS]
    table = pa.table(
        {
            "customer_id": pa.array(buyer_names("shopify", members.index)),
            "member_tier": w.pick(
                TIERS, np.searchsorted([SILVER_FEN, GOLD_FEN], members["spent"], side="right")
            ),
            "tags": pa.nulls(len(members), pa.string()),
            "member_since": w.days(members["since"].dt.normalize().to_numpy()),
            "region": w.pick(province, members["region"]),
            "country": w.same("CN", len(members)),
            "accepts_marketing": w.pick(["no", "yes"], members.index % 3 == 0),
        }
    )
    w.write_csv(path, table, quoted=False)
    yield DemoFile(path, SITE, _LAYOUT, message("Own-site customers and their member tiers"))
