"""The SQL store behind every number: open it, load batches, undo them, ask it."""

import pandas as pd

from ecom.store.memory import reuse_memory
from ecom.store.shop_names import shop_names
from ecom.store.staging import Batch, Finding, RowAccount, Shop, Staged
from ecom.store.store import DEFAULT_URL, Store, open_store

__all__ = [
    "DEFAULT_URL",
    "Batch",
    "Finding",
    "RowAccount",
    "Shop",
    "Staged",
    "Store",
    "open_store",
    "shop_names",
]

# Reports are made of many small frames. Each step on one (a column taken, a group, a join) costs
# half as much again where texts, names of columns among them, are held as Arrow arrays.
pd.set_option("mode.string_storage", "python")
reuse_memory()
