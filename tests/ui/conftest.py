"""The app on a store of its own, with the inbox asleep and nothing cached from other tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ecom.store import Batch, open_store
from tests.conftest import ROOT, SHOP

DAYS = [date(2026, 3, day) for day in range(1, 32)]  # the data ends on Tuesday, 31 March 2026


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty store that the app will open."""
    url = f"duckdb:///{tmp_path / 'app.duckdb'}"
    monkeypatch.setenv("ECOM_DATABASE_URL", url)
    monkeypatch.setenv("ECOM_INBOX", str(tmp_path / "inbox"))
    monkeypatch.setattr("ecom.inbox.watch", lambda *args, **kwargs: None)
    monkeypatch.setattr("ecom.sources.watch", lambda *args, **kwargs: None)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield url
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def filled(database: str, load: Callable[..., Batch]) -> str:
    """The same with one order of 100 CNY a day in March 2026, by two customers in turn."""
    with open_store(database) as store:
        load(store, "orders", [_order(number, day) for number, day in enumerate(DAYS)])
    return database


def _order(number: int, day: date) -> dict[str, Any]:
    moment = datetime(day.year, day.month, day.day, 4)
    return {
        "order_id": f"o{number}",
        "kind": "sale",
        "status": "completed",
        "customer_key": f"c{number % 2}",
        "created_at": moment,
        "paid_at": moment,
        "order_date": day,
        "paid_date": day,
        "currency": SHOP.currency,
        "paid_amount": 100.0,
        "refunded_amount": 0.0,
        "adjustment_amount": 0.0,
        "total_amount": 100.0,
        "channel": "Direct" if number % 2 else "Email",
        "device": "mobile",
        "region": "Shanghai",
    }


def open_app(page: str = "", **query: str | list[str]) -> AppTest:
    """Run the app from its entry, optionally on a page and with a query in the URL."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    if page:
        app.switch_page(f"pages/{page}.py")
    return app.run()


def words(app: AppTest) -> str:
    """Everything the page says in running text."""
    parts = (app.title, app.markdown, app.caption, app.info, app.warning, app.error, app.success)
    return "\n".join(str(element.value) for part in parts for element in part)
