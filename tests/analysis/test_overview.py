"""The overview against literal rows; the expected numbers are added up by hand."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from ecom.analysis import attention
from ecom.analysis.overview import report
from ecom.charts import overview as charts
from ecom.export.jsonable import to_jsonable
from ecom.i18n import LANGUAGES, Language
from ecom.ingest import import_files
from ecom.model import Comparison, Period, Scope
from ecom.store import Shop
from ecom.text import Text
from tests.conftest import empty_store

EN = Language("en")
TMALL = Shop("tmall", "tmall", "Tmall", "CNY", "Asia/Shanghai")
SITE = Shop("site", "own", "The site", "CNY", "Asia/Shanghai")
COMPANY = Shop("company", "", "Company", "CNY", "Asia/Shanghai")
RETAIL = Shop("retail", "own", "Online Retail", "GBP", "Europe/London")
NOW = Period(date(2026, 5, 11), date(2026, 5, 12))
BASE = Period(date(2026, 5, 9), date(2026, 5, 10))
SCOPE = Scope(period=NOW)


def sale(number: int, day: int, paid: float, **more: object) -> dict:
    return {
        "order_id": f"o{number}",
        "kind": "sale",
        "status": "paid",
        "customer_key": f"c{number}",
        "paid_date": date(2026, 5, day),
        "paid_at": datetime(2026, 5, day, 3),
        "paid_amount": paid,
        "refunded_amount": 0.0,
        "currency": "CNY",
        "channel": None,
        **more,
    }


def visits(day: int, visitors: int, buyers: int, paid: float) -> dict:
    return {
        "source": "sycm",
        "grain": "shop",
        "period_start": date(2026, 5, day),
        "period_end": date(2026, 5, day),
        "hour": -1,
        "channel": "",
        "is_rollup": False,
        "uv": visitors,
        "pv": visitors * 3,
        "paid_buyers": buyers,
        "paid_amount": paid,
    }


@pytest.fixture
def sold(store, load):
    # Tmall: 300 before, 500 now. Site: 200 before, 150 now (one refund of 30).
    load(store, "orders", [sale(1, 9, 100.0), sale(2, 10, 200.0), sale(3, 11, 250.0),
                           sale(4, 12, 250.0, channel="live")], shop=TMALL)  # fmt: skip
    load(store, "orders", [sale(5, 9, 200.0, channel="search"),
                           sale(6, 12, 150.0, channel="search", refunded_amount=30.0)],
         shop=SITE)  # fmt: skip
    return store


def test_the_key_figures_and_their_base(sold) -> None:
    kpis = {kpi.metric: kpi.delta for kpi in report(sold, SCOPE).kpis}
    assert (kpis["gmv"].value, kpis["gmv"].base) == (650.0, 500.0)
    assert (kpis["net_revenue"].value, kpis["net_revenue"].base) == (620.0, 500.0)
    assert (kpis["orders"].value, kpis["orders"].base) == (3.0, 3.0)
    assert kpis["refund_rate"].value == pytest.approx(30 / 650)
    assert kpis["average_order"].base == pytest.approx(500 / 3)
    assert (kpis["spend"].value, kpis["conversion"].value) == (None, None)


def test_the_headline_says_the_change_and_who_made_it(sold) -> None:
    said = EN.say(report(sold, SCOPE).headline)
    assert said.startswith("GMV was CN¥650.00, up 30.0% on 9 May – 10 May 2026.")
    assert "Of the change of CN¥150.00, Tmall accounts for CN¥200.00" in said


def test_contributions_add_up_to_the_change(sold) -> None:
    answer = report(sold, SCOPE)
    shops = answer.by_shop.frame.set_index("shop")
    assert shops["gmv_change"].to_dict() == {"Tmall": 200.0, "The site": -50.0}
    assert shops["contribution"].to_dict() == {"Tmall": 0.4, "The site": -0.1}
    for table in (answer.by_shop, answer.by_channel):
        assert table.frame["gmv_change"].sum() == 150.0
        assert table.frame["contribution"].sum() == pytest.approx(150 / 500)
    channels = {EN.say(row["channel"]): row["gmv_change"]
                for row in answer.by_channel.frame.to_dict("records")}  # fmt: skip
    # Without a channel: 300 before, 250 now; live is new.
    assert channels == {"Not stated": -50.0, "live": 250.0, "search": -50.0}


def test_days_stand_beside_the_same_day_of_the_base(sold) -> None:
    frame = report(sold, SCOPE).days.frame
    assert frame.drop(columns="is_unfinished").to_dict("split")["data"] == [
        [date(2026, 5, 11), 250.0, date(2026, 5, 9), 300.0],
        [date(2026, 5, 12), 400.0, date(2026, 5, 10), 200.0],
    ]


def test_days_after_a_shops_last_order_are_unfinished(sold, load) -> None:
    load(sold, "orders", [sale(7, 13, 10.0)], shop=SITE)
    frame = report(sold, Scope(period=Period(NOW.start, date(2026, 5, 13)))).days.frame
    assert frame["is_unfinished"].tolist() == [False, False, True]


def test_a_day_whose_file_was_written_on_it_is_unfinished(store, load) -> None:
    evening = datetime(2026, 5, 12, 10)  # 18:00 in Shanghai
    load(store, "orders", [sale(1, 11, 10.0), sale(2, 12, 10.0)], when=evening)
    assert report(store, SCOPE).days.frame["is_unfinished"].tolist() == [False, True]


def test_campaigns_of_the_period_are_listed_once_and_cut_to_it(sold, load) -> None:
    event = {"name": "618", "kind": "campaign", "start_date": date(2026, 5, 12),
             "end_date": date(2026, 6, 20)}  # fmt: skip
    load(sold, "calendar_events", [{**event, "event_key": "a"}], shop=COMPANY)
    load(sold, "calendar_events", [{**event, "event_key": "b", "name": "Past",
                                    "end_date": None, "start_date": date(2026, 5, 1)}],
         shop=TMALL)  # fmt: skip
    rows = report(sold, SCOPE).campaigns.frame.to_dict("split")["data"]
    assert rows == [["618", "campaign", date(2026, 5, 12), date(2026, 5, 12)]]


def test_drivers_add_up_to_the_change_of_gmv(sold, load) -> None:
    load(sold, "traffic_agg", [
        visits(9, 40, 1, 100.0), visits(10, 60, 1, 200.0),
        visits(11, 50, 1, 250.0), visits(12, 75, 1, 250.0),
    ], shop=TMALL)  # fmt: skip
    frame = report(sold, SCOPE).drivers.frame
    effects = dict(zip([EN.say(name) for name in frame["driver"]], frame["effect"], strict=True))
    assert sum(effects.values()) == pytest.approx(150.0)
    # 100 visitors × 2 % × 150 becomes 125 × 1.6 % × 250. With the mean of the six orders:
    before, now = (100, 0.02, 150), (125, 0.016, 250)
    by_hand = sum(
        weight * (now[0] - before[0]) * rate * money
        for weight, rate, money in (
            (1 / 3, before[1], before[2]),
            (1 / 6, now[1], before[2]),
            (1 / 6, before[1], now[2]),
            (1 / 3, now[1], now[2]),
        )
    )
    assert effects["Visitors, counted once a day"] == pytest.approx(by_hand)
    assert effects["Sales on shops and days without visitor counts"] == pytest.approx(-50.0)


def test_targets_are_held_against_the_days_that_have_passed(sold, load) -> None:
    span = {"period_start": date(2026, 5, 1), "period_end": date(2026, 5, 31)}
    load(sold, "targets", [
        {**span, "level": "results", "metric": "gmv", "value": 3100.0, "owner": "Ann"},
        {**span, "level": "operations", "metric": "refund_rate", "value": 0.02},
        {**span, "level": "customers", "metric": "no_such_metric", "value": 1.0},
        {**span, "level": "results", "metric": "orders", "value": 12.0,
         "period_start": date(2026, 6, 1), "period_end": date(2026, 6, 30)},
    ], shop=COMPANY)  # fmt: skip
    load(sold, "targets", [{**span, "level": "results", "metric": "gmv", "value": 310.0}],
         shop=SITE)  # fmt: skip
    answer = report(sold, SCOPE)
    rows = [
        (EN.say(row["metric"]), EN.say(row["shop"]), row["actual"].value, row["attainment"])
        for row in answer.targets.frame.to_dict("records")
    ]
    assert rows == [
        # All shops sold 1,150 from the 1st to the 12th; 12 of 31 days of 3,100 were due.
        ("GMV", "All shops", 1150.0, pytest.approx(1150 / 1200)),
        # The site sold 350 of the 120 due.
        ("GMV", "The site", 350.0, pytest.approx(350 / 120)),
        # 30 of 1,150 was refunded, 2 % allowed; less is better.
        ("Refund rate", "All shops", pytest.approx(30 / 1150), pytest.approx(0.02 / (30 / 1150))),
    ]
    behind = answer.attention.frame
    assert [EN.say(what) for what in behind["what"]] == ["Refund rate is behind its target"]
    assert any("no_such_metric" in EN.say(notice.text) for notice in answer.notices)


def test_refunds_that_rose_are_found_with_their_money() -> None:
    before = pd.DataFrame({"shop": ["a", "b"], "gmv": [1000.0, 1000.0],
                           "refunds": [20.0, 20.0], "orders": [50.0, 50.0]})  # fmt: skip
    now = before.assign(refunds=[60.0, 23.0])  # b: 2.3 %, less than half a point more
    (found,) = attention.refunds_up(now, before, shop_names={"a": "Shop A"})
    assert EN.say(found.what) == "Refunds are up in Shop A"
    assert found.money == pytest.approx(40.0)
    few = before.assign(orders=10.0)
    assert not list(attention.refunds_up(now, few, shop_names={}))


def test_conversion_below_the_binomial_band_is_found_and_chance_is_not() -> None:
    days = [date(2026, 4, 1) + timedelta(number) for number in range(30)]
    usual = pd.DataFrame({"buyer_days": 20.0, "visitor_days_with_buyers": 1000.0}, index=days)
    assert not list(attention.conversion_out_of_band(usual, average_order=10.0))
    # 3 standard errors of 2 % over 1,000 visitors are 1.33 points: 6 buyers are out, 8 are not.
    odd = usual.copy()
    odd.loc[days[-1], "buyer_days"] = 6.0
    odd.loc[days[-2], "buyer_days"] = 8.0
    (found,) = attention.conversion_out_of_band(odd, average_order=10.0)
    assert found.money == pytest.approx(14 * 10.0)
    assert "30 Apr 2026" in EN.say(found.detail)
    assert "29 Apr 2026" not in EN.say(found.detail)


def test_findings_are_ranked_by_money_and_unknown_money_comes_last() -> None:
    findings = [
        attention.Finding(Text(word), Text(word), money, "budget")
        for word, money in (("a", None), ("b", 5.0), ("c", 9.0))
    ]
    table = attention.attention_table(findings)
    assert [EN.say(what) for what in table.frame["what"]] == ["c", "b", "a"]


def test_stock_that_is_out_is_found(sold, load) -> None:
    load(sold, "order_items", [
        {"order_id": "o3", "line_key": "1", "sku": "lamp", "quantity": 2.0, "line_amount": 250.0},
        {"order_id": "o4", "line_key": "1", "sku": "lamp", "quantity": 2.0, "line_amount": 250.0},
    ], shop=TMALL)  # fmt: skip
    load(sold, "inventory_snapshots", [
        {"snapshot_date": date(2026, 5, 12), "source": "erp", "warehouse": "w", "sku": "lamp",
         "product_name": "Lamp", "on_hand": 0.0, "available": 0.0},
    ], shop=COMPANY)  # fmt: skip
    frame = report(sold, SCOPE).attention.frame
    (row,) = [row for row in frame.to_dict("records") if "out of stock" in EN.say(row["what"])]
    assert EN.say(row["what"]) == "1 SKUs that sell are out of stock"
    assert "Lamp" in EN.say(row["detail"])
    assert row["money"] > 0


def test_a_category_filter_says_what_money_means(sold) -> None:
    said = [EN.say(n.text) for n in report(sold, Scope(categories=("light",))).notices]
    assert any("without shipping" in text for text in said)


def test_without_a_comparison_nothing_is_compared(sold) -> None:
    answer = report(sold, Scope(period=NOW, comparison=Comparison.NONE))
    assert {kpi.delta.base for kpi in answer.kpis} == {None}
    assert answer.days.frame["gmv_base"].isna().all()
    assert answer.by_shop.frame["gmv_change"].isna().all()
    assert charts.sales_by_day(answer, EN).alt
    assert charts.shop_contributions(answer, EN).alt.startswith("Bars by size: Tmall CN¥500")


def test_an_empty_store_names_what_would_fill_the_page(store) -> None:
    answer = report(store, Scope())
    assert {kpi.delta.value for kpi in answer.kpis} == {None}
    assert answer.attention.is_empty
    assert {"own_orders", "own_traffic", "own_ads", "own_stock"} <= {
        layout for gap in answer.gaps for layout in gap.layouts
    }
    assert charts.sales_by_day(answer, EN).figure.data


def test_the_report_can_be_written_as_json(sold) -> None:
    assert "NaN" not in json.dumps(to_jsonable(report(sold, SCOPE)))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_chart_says_its_numbers(sold, code: str) -> None:
    answer, language = report(sold, SCOPE), Language(code)
    for draw in (charts.sales_by_day, charts.shop_contributions, charts.channel_contributions):
        chart = draw(answer, language)
        assert chart.title
        assert chart.subtitle
        assert chart.alt


@pytest.mark.slow
def test_online_retail_reaches_its_published_documents(shared_dir: Path) -> None:
    path = shared_dir / "data" / "online_retail" / "online_retail.xlsx"
    with empty_store() as store:
        (outcome,) = import_files(store, [path], shop=RETAIL)
        assert outcome.problem is None
        all_days = Period(date(2010, 12, 1), date(2011, 12, 9))
        frame = report(store, Scope(period=all_days)).documents.frame
    rows = {
        (EN.say(row["kind"]), EN.say(row["has_customer"])): row for row in frame.to_dict("records")
    }
    total, known = rows["All documents", "all"], rows["Sales", "yes"]
    assert (total["documents"], total["customers"]) == (25_900, 4_372)
    assert total["amount"] == pytest.approx(9_747_747.934, abs=1e-3)
    assert (known["documents"], known["customers"]) == (18_532, 4_338)
    assert known["amount"] == pytest.approx(8_911_407.904, abs=1e-3)
    assert frame["documents"].iloc[:-1].sum() == total["documents"]
