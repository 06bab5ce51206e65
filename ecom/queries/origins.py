"""Where visits said that they came from."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import select

from ecom.channels import ORIGIN
from ecom.schema import source_channels
from ecom.store import Store


def origins_seen(store: Store) -> pd.DataFrame:
    """Each origin that any event was ever tagged with: the columns ``ORIGIN`` and ``channel``."""
    columns = [source_channels.c[name] for name in (*ORIGIN, "channel")]
    return store.read(select(*columns).order_by(*columns))
