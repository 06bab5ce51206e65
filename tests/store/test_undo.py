"""Whatever is loaded and taken away again, the store is as the remaining batches alone make it."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ecom import schema
from ecom.schema import DERIVED, FACTS, content_columns
from ecom.store import Shop, Staged, Store
from tests.conftest import empty_store, stage

pytestmark = pytest.mark.every_engine

# Few names, so that batches of different kinds speak of the same orders, people and goods.
ORDER_IDS = st.sampled_from("123")
CUSTOMERS = st.sampled_from(["k1", "k2", None])
SKUS = st.sampled_from("AB")
DAYS = st.integers(1, 4).map(lambda day: date(2026, 1, day))
MONEY = st.integers(0, 9)


def rows(key: str, /, **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Literal rows of which no two have the same key columns (named with blanks between)."""
    keys = key.split()
    return st.lists(
        st.fixed_dictionaries(columns),
        min_size=1,
        max_size=4,
        unique_by=lambda row: tuple(row[name] for name in keys),
    )


def _event(row: dict[str, Any]) -> dict[str, Any]:
    moment = datetime(2026, 1, 1) + timedelta(minutes=row["event_at"])
    return {**row, "event_at": moment, "event_date": moment.date()}


TABLES: dict[str, st.SearchStrategy[list[dict[str, Any]]]] = {
    "orders": rows(
        "order_id",
        order_id=ORDER_IDS,
        kind=st.sampled_from(["sale", "return"]),
        status=st.sampled_from(["paid", "cancelled", "refunded"]),
        customer_key=CUSTOMERS,
        paid_date=st.one_of(st.none(), DAYS),
        paid_amount=st.one_of(st.none(), MONEY),
        refunded_amount=MONEY,
    ),
    "order_items": rows(
        "order_id line_key",
        order_id=ORDER_IDS,
        line_key=st.sampled_from("ab"),
        sku=SKUS,
        quantity=st.integers(-2, 3),
        line_amount=MONEY,
    ),
    "refunds": rows(
        "refund_id",
        refund_id=st.sampled_from("xy"),
        order_id=ORDER_IDS,
        amount=MONEY,
        status=st.sampled_from(["refunded", "requested"]),
    ),
    "payments": rows(
        "payment_id",
        payment_id=st.sampled_from("pq"),
        order_id=ORDER_IDS,
        type=st.sampled_from(["charge", "refund"]),
        status=st.sampled_from(["paid", "failed"]),
        amount=MONEY,
    ),
    "customers": rows(
        "customer_key",
        customer_key=st.sampled_from(["k1", "k2"]),
        person_key=st.sampled_from(["P", "Q", None]),
    ),
    "products": rows(
        "sku", sku=SKUS, category=st.sampled_from(["c", "d"]), unit_cost=st.one_of(st.none(), MONEY)
    ),
    "product_costs": rows("sku valid_from", sku=SKUS, valid_from=DAYS, unit_cost=MONEY),
    "events": rows(
        "event_id",
        event_id=st.sampled_from("efghij"),
        event_at=st.integers(0, 240),
        event_name=st.sampled_from(["page_view", "purchase"]),
        visitor_id=st.sampled_from(["v", "w"]),
        session_id=st.sampled_from([None, None, None, "s"]),
        source=st.sampled_from(["google", None]),
        order_id=st.one_of(st.none(), ORDER_IDS),
    ).map(lambda made: [_event(row) for row in made]),
    "inventory_snapshots": rows(
        "snapshot_date warehouse sku",
        snapshot_date=DAYS,
        source=st.just("erp"),
        warehouse=st.sampled_from(["east", "west"]),
        sku=SKUS,
        on_hand=MONEY,
    ),
    "ad_spend": rows(
        "period_start campaign",
        ad_platform=st.just("google"),
        period_start=DAYS,
        campaign=st.sampled_from(["c1", "c2"]),
        level=st.just("campaign"),
        spend=MONEY,
    ),
    "search_terms": rows(
        "period_start keyword",
        ad_platform=st.just("google_ads"),
        period_start=DAYS,
        period_end=st.just(date(2026, 1, 4)),
        keyword=st.sampled_from(["lamp", "candle"]),
        clicks=st.integers(0, 9),
        spend=MONEY,
    ),
    "traffic_agg": rows(
        "period_start channel_l1",
        source=st.just("sycm"),
        period_start=DAYS,
        period_end=st.just(date(2026, 1, 4)),
        grain=st.just("channel"),
        channel_l1=st.sampled_from(["search", "live"]),
        uv=MONEY,
    ),
    "sku_map": rows("platform_sku", platform_sku=SKUS, sku=st.sampled_from(["L-1", "L-2"])),
    "stock_movements": rows(
        "movement_id",
        source=st.just("erp"),
        movement_id=st.sampled_from("mn"),
        sku=SKUS,
        quantity=st.integers(-3, 3),
    ),
    "crm_campaigns": rows(
        "campaign_id", platform=st.just("crm"), campaign_id=st.sampled_from("cd"), recipients=MONEY
    ),
    "private_domain_daily": rows(
        "account as_of_date",
        platform=st.just("wecom_group"),
        account=st.sampled_from("gh"),
        as_of_date=DAYS,
        members=MONEY,
    ),
    "service_enquiries": rows(
        "enquiry_id",
        enquiry_id=st.sampled_from("ef"),
        opened_date=DAYS,
        first_response_seconds=MONEY,
    ),
    "content_daily": rows(
        "content_id as_of_date",
        platform=st.just("douyin"),
        content_id=st.sampled_from("no"),
        as_of_date=DAYS,
        views=MONEY,
    ),
    "listings": rows(
        "seen_date product_id", seen_date=DAYS, product_id=st.sampled_from("12"), price=MONEY
    ),
    "feedback": rows(
        "feedback_id", feedback_id=st.sampled_from("fg"), order_id=ORDER_IDS, score=MONEY
    ),
    "experiment_assignments": rows(
        "visitor_id variant assigned_at",
        experiment=st.just("page"),
        visitor_id=st.sampled_from(["v", "w"]),
        variant=st.sampled_from("ab"),
        assigned_at=st.integers(1, 3).map(lambda day: datetime(2026, 1, day)),
    ),
    "experiment_results": rows(
        "experiment variant",
        experiment=st.sampled_from(["page", "price"]),
        variant=st.sampled_from("ab"),
        visitors=MONEY,
    ),
    "budgets": rows(
        "month metric",
        month=st.just(date(2026, 1, 1)),
        metric=st.sampled_from(["spend", "gmv"]),
        amount=MONEY,
    ),
    "targets": rows(
        "period_start metric",
        period_start=DAYS,
        period_end=st.just(date(2026, 1, 31)),
        metric=st.sampled_from(["gmv", "orders"]),
        value=MONEY,
    ),
    "calendar_events": rows(
        "event_key start_date",
        event_key=st.sampled_from(["sale", "trip"]),
        start_date=DAYS,
        name=st.sampled_from(["Sale", "Trip"]),
    ),
}
FILE = st.sampled_from(sorted(TABLES)).flatmap(
    lambda name: st.tuples(
        st.just(name), TABLES[name], st.integers(1, 5), st.sampled_from(["a", "b"])
    )
)


def staged(name: str, made: list[dict[str, Any]], when: int, shop: str) -> Staged:
    moment = datetime(2026, 2, 1) + timedelta(days=when)
    return stage(name, made, shop=Shop(shop, currency="CNY"), when=moment)


def state(store: Store) -> dict[str, Counter[tuple[Any, ...]]]:
    """Everything that pages can read, batch numbers left out."""
    found = {}
    for name, table in {**FACTS, **DERIVED, "shops": schema.shops}.items():
        columns = [table.c[column] for column in content_columns(table)]
        statement = select(*columns)
        if "is_current" in table.c:
            statement = statement.where(table.c.is_current)
        cells = store.read(statement)
        if cells.empty:
            continue
        cells = cells.astype("object").where(cells.notna(), None)
        found[name] = Counter(cells.itertuples(index=False, name=None))
    return found


def test_every_table_that_a_batch_can_hold_is_among_them() -> None:
    assert set(TABLES) == set(FACTS)


FILES = st.lists(FILE, min_size=1, max_size=6)
TRIED = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=8, **TRIED)
@given(FILES, st.randoms(use_true_random=False))
def test_any_batches_taken_away_in_any_order(
    files: list[tuple[str, list[dict[str, Any]], int, str]], chance: random.Random
) -> None:
    take_away(files, chance)


@pytest.mark.only_on("duckdb", why="a store costs next to nothing there")
@settings(max_examples=40, **TRIED)
@given(FILES, st.randoms(use_true_random=False))
def test_many_more_batches_taken_away_in_any_order(
    files: list[tuple[str, list[dict[str, Any]], int, str]], chance: random.Random
) -> None:
    take_away(files, chance)


def take_away(
    files: list[tuple[str, list[dict[str, Any]], int, str]], chance: random.Random
) -> None:
    """Undo some batches in any order; what is left is as if they had never come."""
    with empty_store() as store:
        loaded = []
        for file in files:
            (batch,) = store.load(staged(*file))
            if not batch.already_loaded:
                loaded.append((batch.batch_id, file))
        gone = chance.sample(loaded, chance.randint(0, len(loaded)))
        for batch_id, _ in gone:
            store.undo(batch_id)
        with empty_store() as fresh:
            for batch_id, file in loaded:
                if (batch_id, file) not in gone:
                    fresh.load(staged(*file))
            assert state(store) == state(fresh)
