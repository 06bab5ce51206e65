"""The SQL store behind every number: open it, load batches, undo them, ask it."""

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
]
