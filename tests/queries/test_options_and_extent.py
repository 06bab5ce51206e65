"""What the filters offer and how far the data reaches."""

from __future__ import annotations

from datetime import date

from ecom.queries.extent import data_extent
from ecom.queries.options import FilterOptions, filter_options
from ecom.store import Store


def test_an_empty_store_offers_and_covers_nothing(store: Store) -> None:
    assert filter_options(store) == FilterOptions()
    assert data_extent(store).empty


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


def test_the_extent_spans_a_subject_of_a_shop(store: Store, load) -> None:
    row = {"ad_platform": "x", "level": "campaign", "spend": 1.0}
    spans = [(date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 2, 1), date(2026, 2, 1))]
    load(
        store,
        "ad_spend",
        [{**row, "period_start": first, "period_end": last} for first, last in spans],
    )
    load(
        store,
        "calendar_events",
        [
            {
                "event_key": "618",
                "name": "618",
                "start_date": date(2026, 6, 1),
                "end_date": date(2026, 6, 20),
            }
        ],
    )
    found = {
        (row.subject, row.shop_id): (row.first_day, row.last_day, row.rows)
        for row in data_extent(store).itertuples()
    }
    assert found[("ads", "shop")] == (date(2026, 2, 1), date(2026, 3, 31), 2)
    assert found[("calendar", "shop")][:2] == (date(2026, 6, 1), date(2026, 6, 20))
