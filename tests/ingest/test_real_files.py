"""Real files nobody here made, and the figures published or counted for them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import case, func, select

from ecom import schema
from ecom.ingest import Examination, import_files
from ecom.store import Store

from .conftest import examined

CENT = Decimal("0.01")


def total(column: pd.Series) -> Decimal:
    return sum(column, Decimal(0))


def frames(examination: Examination) -> dict[str, pd.DataFrame]:
    (table,) = examination.tables
    assert table.staged is not None
    return {name: rows.to_pandas() for name, rows in table.staged.tables.items()}


@pytest.mark.slow
def test_online_retail_reaches_its_published_figures(shared_dir: Path) -> None:
    found = frames(
        examined(shared_dir / "data" / "online_retail" / "online_retail.xlsx", shop=None)
    )
    orders, lines = found["orders"], found["order_items"]
    net = orders["paid_amount"] - orders["refunded_amount"] + orders["adjustment_amount"]
    assert (total(net), len(orders)) == (Decimal("9747747.934"), 25_900)
    assert orders["customer_key"].nunique() == 4_372
    assert len(lines) == 541_909
    known = (orders["kind"] == "sale") & orders["customer_key"].notna()
    sales = orders[known & (orders["paid_amount"] > 0)]
    assert (len(sales), sales["customer_key"].nunique()) == (18_532, 4_338)
    sold = lines[lines["order_id"].isin(sales["order_id"])]
    sold = sold[(sold["quantity"] > 0) & (sold["unit_price"] > 0)]
    assert (len(sold), sold["sku"].nunique()) == (397_884, 3_665)
    assert total(sold["line_amount"]) == Decimal("8911407.904")


def test_tmall_orders_reach_the_counted_figures(shared_dir: Path) -> None:
    orders = frames(examined(shared_dir / "data" / "tmall" / "tmall_order_report.csv"))["orders"]
    paid = orders[orders["paid_date"].notna()]
    assert (len(orders), len(paid)) == (28_010, 24_087)
    assert (orders["refunded_amount"] > 0).sum() == 5_646
    assert total(orders["total_amount"]) == Decimal("2995760.61")
    assert total(paid["paid_amount"]) == Decimal("2474823.07")
    assert total(paid["refunded_amount"]) == Decimal("572335.92")
    net = total(paid["paid_amount"]) - total(paid["refunded_amount"])
    assert net == Decimal("1902487.15")


def test_google_ads_spend_is_not_doubled_by_total_lines(shared_dir: Path) -> None:
    ads = frames(examined(shared_dir / "data" / "google_ads" / "campaign_report.csv"))["ad_spend"]
    # the file rounds its own total: 1,661.67 + 904.26 = 2,565.93 against a stated 2,565.92
    assert abs(total(ads["spend"]) - Decimal("2565.92")) <= CENT


def test_facebook_ads_reach_the_counted_figures(shared_dir: Path) -> None:
    path = shared_dir / "data" / "meta_ads" / "facebook_ads_daily.csv"
    ads = frames(examined(path))["ad_spend"]
    assert abs(total(ads["spend"]) - Decimal("58705.23")) < CENT
    assert (ads["clicks"].sum(), ads["impressions"].sum()) == (38_165, 213_434_828)
    assert ads["attributed_orders"].sum() == 1_079


def test_ga4_sessions_reach_the_counted_figure(shared_dir: Path) -> None:
    traffic = frames(examined(shared_dir / "data" / "ga4" / "channels_by_hour.csv"))["traffic_agg"]
    assert traffic["sessions"].sum() == 162_895
    assert traffic["hour"].between(0, 23).all()


def test_shop_events_load_but_for_the_cut_last_line(shared_dir: Path) -> None:
    examination = examined(shared_dir / "data" / "events" / "rees46_2019_oct.csv", shop=None)
    events = frames(examination)["events"]
    counts = events["event_name"].value_counts().to_dict()
    assert counts == {"view_item": 17_055, "add_to_cart": 165, "purchase": 214}
    (table,) = examination.tables
    assert table.staged is not None
    assert (table.staged.rows_read, table.staged.rows_rejected) == (17_435, 1)
    assert events["event_id"].is_unique


def test_the_stock_list_reaches_the_counted_figure(shared_dir: Path) -> None:
    found = frames(examined(shared_dir / "data" / "stock" / "supply_chain_data.csv"))
    assert found["inventory_snapshots"]["on_hand"].sum() == 4_777
    assert len(found["products"]) == 100


def test_the_gbk_listing_reads_and_its_exact_repeats_count_once(
    store: Store, shared_dir: Path
) -> None:
    path = shared_dir / "data" / "tmall" / "double11_cosmetics_gbk.csv"
    (outcome,) = import_files(store, [path])
    assert outcome.problem is None
    (account,) = outcome.accounts
    assert (account.read, account.new, account.unchanged) == (27_598, 27_512, 86)
    table = schema.listings
    shown = store.read(
        select(
            func.count(table.c.seller.distinct()), func.sum(case((table.c.reviews.is_(None), 1)))
        )
    )
    # 2,354 rows of the file have blank counts; 4 of these are exact repeats.
    assert shown.to_numpy().tolist() == [[22, 2_350]]
