"""The products on the funnel page, from the link to the loss."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ecom.store import Batch, open_store
from tests.analysis.test_product_funnel import UTC_SHOP, event, stock
from tests.ui.conftest import open_app, words


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Lost while out of stock"), ("zh_CN", "缺货损失")]
)
def test_a_stock_out_is_listed_and_its_product_drawn(
    database: str, load: Callable[..., Batch], language: str, said: str
) -> None:
    with open_store(database) as store:
        log = []
        for day in range(1, 6):
            for number in range(40):
                log.append(event(f"{day}-{number}", day, "view_item", "A"))
                log.append(event(f"{day}-{number}", day, "view_item", "B"))
                if number < 10 and day != 4:
                    log.append(event(f"{day}-{number}", day, "purchase", "A"))
        load(store, "events", log, shop=UTC_SHOP)
        lists = [stock(day, "A", 0 if day == 4 else 9) for day in range(1, 6)]
        load(store, "inventory_snapshots", lists)
    link = {"funnel_part": "products", "lang": language, "period": "2026-03-01..2026-03-05"}
    app = open_app("funnel", **link)
    assert not app.exception
    assert said in words(app)
    chosen = next(box for box in app.selectbox if str(box.key).startswith("funnel_product"))
    assert chosen.value == "shop/A"  # the one that lost
    other = open_app("funnel", **link, funnel_product="shop/B")
    chosen = next(box for box in other.selectbox if str(box.key).startswith("funnel_product"))
    assert chosen.value == "shop/B"
    assert not other.exception
