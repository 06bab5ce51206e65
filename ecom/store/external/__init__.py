"""Databases of others: opened here and nowhere else, to read and never to write."""

from ecom.store.external.connect import Limits, opened
from ecom.store.external.read import Foreign, Rows, Window

__all__ = ["Foreign", "Limits", "Rows", "Window", "opened"]
