"""The product funnel on the funnel page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ecom.store import Batch, open_store
from tests.analysis.test_product_funnel import UTC_SHOP, listed, month
from tests.ui.conftest import open_app, words

MARCH_1 = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("language", "said", "title"),
    [("en", "days and lost about", "By category"), ("zh_CN", "约损失", "按类目")],
)
def test_what_missing_stock_cost_is_said(
    filled: str, load: Callable[..., Batch], language: str, said: str, title: str
) -> None:
    with open_store(filled) as store:
        load(store, "events", list(month()), shop=UTC_SHOP)
        days = range(1, 32)
        load(store, "inventory_snapshots", [listed("A", d, 5 * (d < 11)) for d in days])
        price = {"order_id": "x", "kind": "sale", "status": "paid", "currency": "CNY"}
        load(store, "orders", [price | {"paid_date": MARCH_1, "paid_amount": 30}], shop=UTC_SHOP)
        line = {"order_id": "x", "line_key": "1", "sku": "A", "quantity": 1, "line_amount": 30}
        load(store, "order_items", [line], shop=UTC_SHOP)
    march = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}
    app = open_app("funnel", funnel_part="products", lang=language, **march)
    assert not app.exception
    assert said in words(app)
    assert title in words(app)
