"""The parts of the data page that say what is loaded, what agrees and what is unknown."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from ecom import schema
from ecom.store import open_store
from ecom.ui.workspace import team_workspace
from tests.conftest import stage
from tests.ui.conftest import open_app, words

PARTS = ("coverage", "checks", "skus")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_each_part_opens_on_an_empty_store(database: str, part: str, language: str) -> None:
    app = open_app("data", data_part=part, lang=language)
    assert not app.exception


@pytest.mark.parametrize("part", PARTS)
def test_each_part_opens_on_a_filled_store(filled: str, part: str) -> None:
    app = open_app("data", data_part=part)
    assert not app.exception


def test_the_calendar_zooms_into_a_month(filled: str) -> None:
    app = open_app("data", data_part="coverage")
    box = app.selectbox(key="data_month.en")
    assert box.options == ["All months", "2026-03"]
    box.select("2026-03").run()
    assert not app.exception
    assert "By day, 1 Mar – 31 Mar 2026" in words(app)


def test_an_unknown_sku_is_mapped_by_saving_the_proposal(filled: str) -> None:
    lines = [{"order_id": "o1", "line_key": "a", "sku": "l12w", "quantity": 1, "line_amount": 100}]
    stock = [{"snapshot_date": date(2026, 3, 1), "source": "erp", "warehouse": "w",
              "sku": "L12-W", "on_hand": 1}]  # fmt: skip
    with open_store(filled) as store:
        store.load(stage("order_items", lines), stage("inventory_snapshots", stock))
    app = open_app("data", data_part="skus")
    assert not app.exception
    assert "1, 100.0% of sales." in words(app)
    app.button(key="sku_save").click().run()
    assert not app.exception
    assert "Every SKU that was sold is known" in words(app)
    assert "undo its batch under History" in words(app)


def test_saving_reaches_the_daily_facts(filled: str) -> None:
    lines = [{"order_id": "o1", "line_key": "a", "sku": "l12w", "quantity": 1, "line_amount": 100}]
    costs = [{"sku": "L12-W", "valid_from": date(2026, 1, 1), "unit_cost": 40}]
    with open_store(filled) as store:
        store.load(stage("order_items", lines), stage("product_costs", costs))
    app = open_app("data", data_part="skus")
    app.button(key="sku_save").click().run()
    item = schema.daily_items.c
    # The app holds the database, so its own store is asked.
    frame = team_workspace().store.read(select(item.sku, item.cost))
    assert frame["sku"].tolist() == ["L12-W"]
    assert float(frame["cost"].iloc[0]) == 40.0
