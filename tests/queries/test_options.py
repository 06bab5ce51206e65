"""What the filters offer."""

from __future__ import annotations

from datetime import date

from ecom.queries.options import FilterOptions, filter_options
from ecom.store import Store


def test_an_empty_store_offers_nothing(store: Store) -> None:
    assert filter_options(store) == FilterOptions()


def test_names_come_with_the_most_frequent_first_and_without_blanks(store: Store, load) -> None:
    day = {"ad_platform": "x", "level": "campaign", "spend": 1.0}
    rows = [
        {**day, "channel": name, "period_start": date(2026, 3, n), "period_end": date(2026, 3, n)}
        for n, name in enumerate(["B", "A", "A", "", None], start=1)
    ]
    load(store, "ad_spend", rows)
    offered = filter_options(store)
    assert offered.channels == ("A", "B")
    assert [shop.shop_id for shop in offered.shops] == ["shop"]
