"""What shops are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ecom.store.staging import Shop


def shop_names(shops: Iterable[Shop]) -> dict[str, str]:
    """Name shops for people, by their ids.

    A shop without a name goes by its id; those that share a name have their ids in brackets, so
    that no two are called the same.
    """
    known = list(shops)
    shared = Counter(shop.shop_name for shop in known)
    return {
        shop.shop_id: f"{shop.shop_name} ({shop.shop_id})"
        if shop.shop_name and shared[shop.shop_name] > 1
        else shop.shop_name or shop.shop_id
        for shop in known
    }
