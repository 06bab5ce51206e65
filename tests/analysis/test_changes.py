"""What loading would change is what the overview shows once it is loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecom.analysis import overview
from ecom.analysis.changes import effect, effect_table
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop, Staged, Store
from tests.conftest import empty_store, stage

TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")
SITE = Shop("site", "own", "Site", "USD", "Asia/Shanghai")
DAY = date(2026, 5, 1)


def sale(number: int, day: int, paid: float, **more: Any) -> dict[str, Any]:
    when = DAY + timedelta(day)
    return {
        "order_id": f"o{number}",
        "kind": "sale",
        "status": "paid",
        "customer_key": f"c{number % 3}",
        "order_date": when,
        "paid_date": when,
        "paid_at": datetime(when.year, when.month, when.day, 3),
        "paid_amount": paid,
        "refunded_amount": 0.0,
        "currency": "CNY",
        **more,
    }


def spend(day: int, amount: float) -> dict[str, Any]:
    when = DAY + timedelta(day)
    return {
        "ad_platform": "x", "account": "", "period_start": when, "period_end": when,
        "level": "campaign", "campaign": "a", "spend": amount, "currency": "CNY",
    }  # fmt: skip


def visits(day: int, visitors: int) -> dict[str, Any]:
    when = DAY + timedelta(day)
    return {
        "source": "sycm", "grain": "shop", "period_start": when, "period_end": when, "hour": -1,
        "channel": "", "is_rollup": False, "uv": visitors, "pv": visitors,
    }  # fmt: skip


def stock(day: int, units: float) -> dict[str, Any]:
    return {
        "snapshot_date": DAY + timedelta(day), "source": "own", "warehouse": "", "sku": "K",
        "on_hand": units, "unit_cost": 2.0,
    }  # fmt: skip


def covering(staged: Staged, first: int, last: int) -> Staged:
    return replace(staged, period_start=DAY + timedelta(first), period_end=DAY + timedelta(last))


def test_the_figures_before_and_after(store: Store) -> None:
    store.load(stage("orders", [sale(1, 0, 100.0)], shop=TMALL))
    new = covering(stage("orders", [sale(1, 0, 100.0), sale(2, 1, 50.0)], shop=TMALL), 0, 1)
    found = effect(store, new)
    deltas = {figure.metric: figure.delta for figure in found.figures}
    assert (deltas["gmv"].base, deltas["gmv"].value) == (100.0, 150.0)
    assert (deltas["orders"].base, deltas["orders"].value) == (1.0, 2.0)
    assert (deltas["stock_value"].base, deltas["stock_value"].value) == (None, None)
    assert {figure.metric for figure in found.changed} == {
        "gmv", "net_revenue", "orders", "buyers", "average_order",
    }  # fmt: skip
    assert found.period == Period(DAY, DAY + timedelta(1))
    assert len(effect_table(found).frame) == 5
    assert len(store.batches()) == 1


def test_stock_is_of_the_whole_company(store: Store) -> None:
    staged = covering(stage("inventory_snapshots", [stock(0, 7)], shop=TMALL), 0, 0)
    found = effect(store, staged)
    deltas = {figure.metric: figure.delta for figure in found.figures}
    assert found.scope.shops == ()
    assert (deltas["stock_value"].base, deltas["stock_value"].value) == (None, 14.0)
    assert (deltas["stock_units"].base, deltas["stock_units"].value) == (None, 7.0)


def test_a_new_shop_in_another_currency(store: Store) -> None:
    store.load(stage("orders", [sale(1, 0, 100.0)], shop=TMALL))
    usd = sale(9, 0, 30.0, currency="USD")
    found = effect(store, covering(stage("orders", [usd], shop=SITE), 0, 0))
    deltas = {figure.metric: figure.delta for figure in found.figures}
    assert found.currency == "USD"
    assert (deltas["gmv"].base, deltas["gmv"].value) == (None, 30.0)


_ROWS = {"orders": sale, "ad_spend": spend, "traffic_agg": visits, "inventory_snapshots": stock}
_FILE = st.one_of(
    st.tuples(
        st.just("orders"),
        st.lists(
            st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 90)),
            min_size=1, max_size=4, unique_by=lambda row: row[0],
        ),
    ),
    st.tuples(
        st.sampled_from(["ad_spend", "traffic_agg", "inventory_snapshots"]),
        st.lists(
            st.tuples(st.integers(0, 4), st.integers(0, 90)),
            min_size=1, max_size=3, unique_by=lambda row: row[0],
        ),
    ),
)  # fmt: skip


def shown_by_overview(store: Store, scope: Scope) -> dict[str, float | None]:
    return {kpi.metric: kpi.delta.value for kpi in overview.report(store, scope).kpis}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files=st.lists(_FILE, min_size=2, max_size=3))
def test_the_effect_is_what_the_overview_shows_after_the_load(
    files: list[tuple[str, list[tuple[int, ...]]]],
) -> None:
    with empty_store() as store:
        for number, (table, rows) in enumerate(files):
            days = [row[1] if table == "orders" else row[0] for row in rows]
            staged = stage(
                table,
                [_ROWS[table](*row) for row in rows],
                shop=TMALL,
                when=datetime(2026, 6, 1 + number),
            )
            one = covering(staged, min(days), max(days))
            found = effect(store, one)
            assert found.scope.comparison is Comparison.NONE
            shown = {
                kpi.metric: kpi.delta.value for kpi in overview.report(store, found.scope).kpis
            }
            assert {f.metric: f.delta.base for f in found.figures if f.metric in shown} == shown
            store.load(one)
            shown = {
                kpi.metric: kpi.delta.value for kpi in overview.report(store, found.scope).kpis
            }
            assert {f.metric: f.delta.value for f in found.figures if f.metric in shown} == shown
