"""The databases on the data page: the list, the form, and what is never asked or shown."""

from __future__ import annotations

from datetime import datetime

import pytest

from ecom.ingest.mappings import teach
from ecom.ingest.recognition.guess import guess
from ecom.ingest.recognition.taught import layout_of
from ecom.store import open_store
from ecom.store.sources import Source, note_pull, save_source
from ecom.text import message
from ecom.ui.workspace import source_url
from tests.ingest.recognition.conftest import table
from tests.ui.conftest import open_app, words


def test_an_empty_page_says_what_a_database_is_for_and_offers_one(database: str) -> None:
    app = open_app("data", data_part="sources")
    assert not app.exception
    assert "PostgreSQL" in words(app)
    assert "sources_add" in {button.key for button in app.button}


def test_the_form_asks_for_the_name_of_a_secret_only(database: str) -> None:
    app = open_app("data", data_part="sources")
    app.button(key="sources_add").click().run()
    assert not app.exception
    assert "is never typed or stored here" in words(app)
    assert app.text_input(key="source_secret").value == ""


def test_the_form_offers_the_mappings_of_this_store(database: str) -> None:
    with open_store(database) as store:
        raw = table(("No", "Sum"), [("A1", "10.00")])
        likely = guess(raw, grain="orders")
        targets = {0: "orders.order_id", 1: "orders.paid_amount"}
        teach(store, layout_of(likely, title="Corner shop", targets=targets), raw.headers)
    app = open_app("data", data_part="sources")
    app.button(key="sources_add").click().run()
    assert not app.exception
    offered = app.selectbox(key="source_layout").options
    assert "Corner shop" in offered
    assert "Orders (our template)" in offered


def test_the_list_says_how_each_source_does(database: str) -> None:
    with open_store(database) as store:
        save_source(store, Source("a", "DB_A", "orders", every_minutes=60))
        paused = Source("b", "DB_B", "orders", every_minutes=60, is_paused=True)
        save_source(store, paused)
        bad = save_source(store, Source("c", "DB_C", "orders", every_minutes=30))
        note_pull(
            store, bad.source_id, at=datetime(2026, 3, 1, 8, 0), problem=(message("It is gone."),)
        )
    app = open_app("data", data_part="sources")
    shown = app.dataframe[0].value
    assert list(shown["name"]) == ["a", "b", "c"]
    assert list(shown["state"]) == ["not pulled yet", "paused", "problem"]
    assert list(shown["last"])[2] == "2026-03-01 08:00"
    assert list(shown["next"])[2] == "2026-03-01 08:30"


def test_a_url_comes_from_the_environment_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamlit.secrets", {"sources": {"A": "sqlite:///a", "B": "sqlite:///b"}})
    monkeypatch.setenv("A", "sqlite:///env")
    assert source_url("A") == "sqlite:///env"
    assert source_url("B") == "sqlite:///b"
    assert source_url("C") is None


def test_without_a_file_of_secrets_there_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOWHERE", raising=False)
    assert source_url("NOWHERE") is None
