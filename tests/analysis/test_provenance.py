"""The batches behind a page: what they contribute adds up to what the page shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from ecom.analysis import budget, inventory, overview, traffic
from ecom.analysis.base import Report
from ecom.analysis.provenance import PAGES, provenance
from ecom.errors import InvalidParameter
from ecom.model import Comparison, Period, Scope
from ecom.queries.provenance import stored_rows
from ecom.store import Batch, Shop, Store

Load = Callable[..., Batch]
TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")
SITE = Shop("site", "own", "The site", "CNY", "Asia/Shanghai")
SCOPE = Scope(period=Period(date(2026, 5, 1), date(2026, 5, 3)), comparison=Comparison.NONE)


def sale(number: int, day: int, paid: float, **more: Any) -> dict[str, Any]:
    return {
        "order_id": f"o{number}", "kind": "sale", "status": "paid", "customer_key": f"c{number}",
        "paid_date": date(2026, 5, day), "paid_at": datetime(2026, 5, day, 3),
        "paid_amount": paid, "refunded_amount": 0.0, "currency": "CNY", **more,
    }  # fmt: skip


def line(number: int, sku: str, quantity: float, amount: float) -> dict[str, Any]:
    return {
        "order_id": f"o{number}", "line_key": sku, "sku": sku, "quantity": quantity,
        "line_amount": amount, "is_goods": True, "category": "lamps" if sku == "K1" else "tables",
    }  # fmt: skip


def visits(day: int, visitors: int, **more: Any) -> dict[str, Any]:
    return {
        "source": "sycm", "grain": "shop", "period_start": date(2026, 5, day),
        "period_end": date(2026, 5, day), "hour": -1, "channel": "", "is_rollup": False,
        "uv": visitors, "pv": visitors, "paid_buyers": 1, "paid_amount": 10.0, **more,
    }  # fmt: skip


def spend(day: int, amount: float, level: str = "campaign") -> dict[str, Any]:
    return {
        "ad_platform": "x", "account": "", "period_start": date(2026, 5, day),
        "period_end": date(2026, 5, day), "level": level, "campaign": "a", "spend": amount,
        "clicks": 2, "currency": "CNY",
    }  # fmt: skip


def stock(day: int, sku: str, units: float, warehouse: str = "A") -> dict[str, Any]:
    return {
        "snapshot_date": date(2026, 5, day), "source": "own", "warehouse": warehouse, "sku": sku,
        "on_hand": units, "unit_cost": 2.0,
    }  # fmt: skip


@pytest.fixture
def filled(store: Store, load: Load) -> Store:
    """Batches 1 to 10; the second overrules an order of the first."""
    load(store, "orders", [sale(1, 1, 100.0), sale(2, 2, 50.0), sale(9, 30, 7.0)], shop=TMALL)
    load(store, "orders", [sale(2, 2, 60.0)], shop=TMALL, when=datetime(2026, 6, 1))
    load(store, "orders", [sale(3, 3, 30.0, kind="return", paid_amount=0.0, refunded_amount=30.0),
                           sale(4, 3, 25.0, channel="search")], shop=SITE)  # fmt: skip
    load(store, "order_items", [line(1, "K1", 2, 80.0), line(1, "K2", 1, 20.0)], shop=TMALL)
    load(store, "order_items", [line(4, "K1", 1, 25.0), line(3, "K1", -1, -30.0)], shop=SITE)
    load(store, "traffic_agg", [visits(1, 10), visits(2, 20)], shop=TMALL)
    load(store, "traffic_agg", [visits(2, 5), visits(3, 7, uv=8)], shop=SITE)
    load(store, "ad_spend", [spend(1, 3.0), spend(2, 4.0), spend(2, 4.0, "ad")], shop=TMALL)
    load(store, "inventory_snapshots", [stock(1, "K1", 9), stock(3, "K1", 7), stock(3, "K2", 1)])
    load(store, "inventory_snapshots", [stock(2, "K1", 5, "B")])
    return store


def rows(store: Store, page: str, scope: Scope = SCOPE) -> pd.DataFrame:
    frame = provenance(store, scope, page).batches.frame
    return frame.assign(what=[str(what) for what in frame["what"]])


def total(frame: pd.DataFrame, what: str, column: str) -> float:
    return float(frame.loc[frame["what"] == what, column].sum())


def value(report: Report, key: str) -> float | None:
    (found,) = [kpi.delta.value for kpi in report.kpis if kpi.metric == key]
    return found


def test_each_batch_with_its_rows_and_money(filled: Store) -> None:
    frame = rows(filled, "overview")
    told = {
        (row.what, row.batch_id): (row.rows, row.units, row.amount)
        for row in frame[frame["what"].isin(["Orders", "Stock", "Ad spend"])].itertuples()
    }
    assert told == {
        ("Orders", 1): (1, 1.0, 100.0),  # o2 is overruled by batch 2, o9 lies outside
        ("Orders", 2): (1, 1.0, 60.0),
        ("Orders", 3): (2, 1.0, 25.0),
        ("Ad spend", 8): (2, 4.0, 7.0),  # the ads are the campaign's once more
        ("Stock", 9): (2, 8.0, 16.0),  # of warehouse A the list of the third
        ("Stock", 10): (1, 5.0, 10.0),
    }


def test_the_sums_are_what_the_pages_show(filled: Store) -> None:
    frame = rows(filled, "overview")
    shown = overview.report(filled, SCOPE)
    assert total(frame, "Orders", "amount") == value(shown, "gmv") == 185.0
    assert total(frame, "Orders", "units") == value(shown, "orders") == 3.0
    assert total(rows(filled, "budget"), "Ad spend", "amount") == 7.0
    assert value(budget.report(filled, SCOPE), "spend") == 7.0
    stocked = inventory.report(filled, SCOPE)
    assert total(rows(filled, "inventory"), "Stock", "units") == value(stocked, "stock_units") == 13
    assert total(rows(filled, "inventory"), "Stock", "amount") == value(stocked, "stock_value")
    # 10 + 20 + 5 + 8 visitor-days on three days
    visited = traffic.report(filled, SCOPE)
    assert total(rows(filled, "traffic"), "Traffic", "units") == 43.0
    assert value(visited, "daily_visitors") == pytest.approx(43 / 3)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(period=SCOPE.period, shops=("tmall",)),
        Scope(period=SCOPE.period, channels=("search",)),
        Scope(period=Period(date(2026, 5, 2), date(2026, 5, 2))),
    ],
)
def test_filters_count_alike(filled: Store, scope: Scope) -> None:
    assert total(rows(filled, "overview", scope), "Orders", "amount") == value(
        overview.report(filled, scope), "gmv"
    )


def test_with_a_category_money_comes_from_the_lines(filled: Store) -> None:
    scope = Scope(period=SCOPE.period, categories=("lamps",))
    frame = rows(filled, "overview", scope)
    # 80 of o1 and 25 of o4; the returned piece is no sale
    shown = value(overview.report(filled, scope), "gmv")
    assert total(frame, "Order lines", "amount") == shown == 105.0


def test_after_an_undo_the_older_batch_speaks_again(filled: Store) -> None:
    before = stored_rows(filled)
    assert before.loc[1].tolist() == [2, 1]  # o1 and o9; o2 is superseded
    assert before.loc[2].tolist() == [1, 0]
    filled.undo(2)
    after = stored_rows(filled)
    assert after.loc[1].tolist() == [3, 0]
    assert 2 not in after.index
    frame = rows(filled, "overview")
    assert total(frame, "Orders", "amount") == 175.0  # 100 + 50 + 25


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_an_answer_and_an_empty_store_none(store: Store, page: str) -> None:
    assert provenance(store, Scope(), page).batches.is_empty


def test_there_is_no_such_page(store: Store) -> None:
    with pytest.raises(InvalidParameter, match="nonsense"):
        provenance(store, Scope(), "nonsense")


def test_the_files_of_experiments_stand_behind_the_funnel(filled: Store, load: Load) -> None:
    told = {"experiment": "page", "visitors": 10, "conversions": 1}
    results = [{**told, "variant": name} for name in "AB"]
    batch = load(filled, "experiment_results", results, shop=SITE)
    # Long before the days looked at: an experiment counts as a whole.
    seen = {"experiment": "price", "variant": "A", "visitor_id": "v", "unit": "visitor"}
    shown = [{**seen, "assigned_at": datetime(2026, 1, 1), "assigned_date": date(2026, 1, 1)}]
    other = load(filled, "experiment_assignments", shown, shop=TMALL)
    rows = provenance(filled, SCOPE, "funnel").batches.frame
    mine = rows[[str(what) == "Experiments" for what in rows["what"]]]
    assert dict(zip(mine["batch_id"], mine["rows"], strict=True)) == {
        batch.batch_id: 2, other.batch_id: 1,
    }  # fmt: skip
