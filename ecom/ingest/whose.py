"""Whose export a file is, where nobody said it."""

from __future__ import annotations

from ecom.ingest.examine_table import OF_THE_SHOP, ChooseShop
from ecom.ingest.recognition.layout import Layout
from ecom.store import Store
from ecom.store.staging import Shop


def chooser(store: Store, given: Shop | None) -> ChooseShop:
    """How the shop of an export is found; None leaves it to the layout."""
    known = store.shops()

    def choose(layout: Layout) -> Shop | None:
        if given is not None:
            return next((shop for shop in known if shop.shop_id == given.shop_id), given)
        same = [shop for shop in known if shop.platform == layout.platform]
        if len(same) == 1:
            return same[0]
        # Who has one shop advertises, stocks and plans for it; a second platform is another shop.
        is_its_own = layout.grain in OF_THE_SHOP and not layout.template
        return known[0] if len(known) == 1 and not is_its_own else None

    return choose
