"""Files that speak of the same thing say the same, read back without the code that wrote them."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.demo.conftest import number

SKU_COLUMNS = {
    ("tmall-flagship", "taobao_export_order_detail_list_v2"): ("商家编码", "商品id"),
    ("douyin-store", "doudian_order_73"): ("商家编码", "商品ID"),
    ("own-site", "own_events"): ("sku", "product_id"),
}


@pytest.fixture(scope="module")
def tmall_orders(demo):
    return demo.read("tmall-flagship", "taobao_export_order_list_v1")


@pytest.fixture(scope="module")
def tmall_items(demo):
    return demo.read("tmall-flagship", "taobao_export_order_detail_list_v2")


@pytest.fixture(scope="module")
def douyin(demo):
    return demo.read("douyin-store", "doudian_order_73")


@pytest.fixture(scope="module")
def site(demo):
    return demo.read("own-site", "shopify_orders")


@pytest.fixture(scope="module")
def events(demo):
    frame = demo.read("own-site", "own_events")
    return frame.assign(at=pd.to_datetime(frame["event_time"]))


def test_volumes_are_a_fifth_of_the_full_shops(tmall_orders, douyin, site, events):
    assert len(tmall_orders) == pytest.approx(45_000 / 5, rel=0.08)
    assert douyin["主订单编号"].nunique() == pytest.approx(30_000 / 5, rel=0.08)
    assert site["Name"].nunique() == pytest.approx(20_000 / 5, rel=0.08)
    assert 60_000 < len(events) < 100_000


def test_ids_are_distinct(tmall_orders, tmall_items, douyin):
    assert tmall_orders["订单编号"].is_unique
    assert tmall_items["子订单编号"].is_unique
    assert douyin["子订单编号"].is_unique
    assert tmall_orders["订单编号"].str.len().eq(19).all()


def test_tmall_lines_add_up_to_their_orders(tmall_orders, tmall_items):
    lines = tmall_items.assign(
        due=number(tmall_items["买家应付货款"]), paid=number(tmall_items["买家实际支付金额"])
    ).groupby("主订单编号")[["due", "paid"]]
    sums = lines.sum().round(2)
    orders = tmall_orders.set_index("订单编号")
    assert set(sums.index) == set(orders.index)
    orders = orders.loc[sums.index]
    assert sums["due"].equals(number(orders["买家应付货款"]).rename("due").astype(float))
    assert sums["paid"].equals(number(orders["买家实际支付金额"]).rename("paid").astype(float))


def test_tmall_shop_totals_are_the_orders_paid_that_day(demo, tmall_orders):
    daily = demo.read("tmall-flagship", "sycm_self_service").set_index("统计日期")
    paid = tmall_orders[tmall_orders["订单付款时间"] != ""]
    by_day = paid.groupby(paid["订单付款时间"].str[:10])
    amount = by_day["买家实际支付金额"].apply(lambda cells: number(cells).sum())
    expected = amount.reindex(daily.index, fill_value=0.0).round(2)
    assert (number(daily["支付金额"]) - expected).abs().max() == 0
    buyers = by_day["买家会员名"].nunique().reindex(daily.index, fill_value=0)
    assert (number(daily["支付买家数"]) == buyers).all()
    assert (number(daily["访客数"]) >= number(daily["支付买家数"])).all()


def test_tmall_sources_without_subtotals_add_up_to_the_shop(demo):
    sources = demo.read("tmall-flagship", "sycm_shop_source")
    daily = demo.read("tmall-flagship", "sycm_self_service").set_index("统计日期")
    levels = sources[["二级来源", "三级来源", "四级来源"]]
    leaves = sources[~levels.eq("汇总").any(axis=1)]
    assert len(leaves) < len(sources)
    amount = leaves.groupby("统计日期")["支付金额"].apply(lambda cells: number(cells).sum())
    assert (amount - number(daily["支付金额"])).abs().max() < 0.01
    visitors = leaves.groupby("统计日期")["访客数"].apply(lambda cells: number(cells).sum())
    assert (visitors >= number(daily["访客数"])).all()


def test_tmall_products_sell_what_the_lines_say(demo, tmall_items):
    report = demo.read("tmall-flagship", "sycm_item_all")
    paid = tmall_items[tmall_items["订单付款时间"] != ""]
    units = number(paid["购买数量"]).groupby([paid["订单付款时间"].str[:10], paid["商品id"]]).sum()
    reported = number(report["支付件数"]).set_axis(
        pd.MultiIndex.from_frame(report[["统计日期", "商品ID"]])
    )
    assert reported[reported > 0].sort_index().tolist() == units.sort_index().tolist()


def test_douyin_traffic_has_the_orders_of_its_channel(demo, douyin):
    traffic = demo.read("douyin-store", "own_traffic")
    paid = douyin[douyin["支付完成时间"] != ""].drop_duplicates("主订单编号")
    counted = paid.groupby([paid["支付完成时间"].str[:10], "流量渠道"]).size()
    told = number(traffic["paid_orders"]).set_axis(
        pd.MultiIndex.from_frame(traffic[["date", "channel"]])
    )
    assert told[told > 0].sort_index().tolist() == counted.sort_index().tolist()


def test_purchases_are_the_paid_own_site_orders(site, events):
    orders = site[site["Id"] != ""].set_index("Id")
    bought = events[events["event_name"] == "purchase"].set_index("order_id")
    assert bought.index.is_unique
    created = pd.to_datetime(orders["Created at"])
    tracked = orders[(orders["Paid at"] != "") & (created >= events["at"].min())]
    assert set(bought.index) == set(tracked.index)
    matched = orders.loc[bought.index]
    assert number(bought["value"]).tolist() == number(matched["Total"]).tolist()
    assert bought["customer_id"].tolist() == matched["Email"].tolist()
    paid_at = pd.to_datetime(matched["Paid at"]).dt.tz_convert("UTC")
    assert bought["at"].tolist() == paid_at.tolist()


def test_order_money_stands_on_the_first_row_only(site):
    repeated = site.duplicated("Name")
    assert (site.loc[repeated, "Total"] == "").all()
    assert (site.loc[~repeated, "Total"] != "").all()
    goods = (number(site["Lineitem price"]) * number(site["Lineitem quantity"])).groupby(
        site["Name"]
    )
    first = site[~repeated].set_index("Name")
    due = goods.sum() - number(first["Discount Amount"]) + number(first["Shipping"])
    assert (due - number(first["Total"])).abs().max() < 0.001


def test_visits_are_more_than_half_an_hour_apart_and_steps_are_not(events):
    ordered = events.sort_values(["visitor_id", "at"], kind="stable")
    gap = ordered.groupby("visitor_id")["at"].diff()
    same = ordered["session_id"] == ordered.groupby("visitor_id")["session_id"].shift()
    assert gap[same].max() < pd.Timedelta(minutes=30)
    assert gap[~same].min() > pd.Timedelta(minutes=30)
    assert events.groupby("session_id")["visitor_id"].nunique().max() == 1


def test_steps_of_a_visit_come_in_order(events):
    first = events.pivot_table(index="session_id", columns="event_name", values="at", aggfunc="min")
    for earlier, later in (
        ("page_view", "view_item"), ("view_item", "add_to_cart"),
        ("add_to_cart", "begin_checkout"), ("begin_checkout", "purchase"),
    ):  # fmt: skip
        reached = first[first[later].notna()]
        assert (reached[earlier] <= reached[later]).all()


def test_every_sku_means_the_same_product_everywhere(demo):
    for (shop_id, layout_id), (sku, product_id) in SKU_COLUMNS.items():
        products = demo.read(shop_id, "own_products").set_index("sku")["product_id"]
        used = demo.read(shop_id, layout_id)[[sku, product_id]].drop_duplicates()
        used = used[used[sku] != ""]
        assert used[product_id].tolist() == products.loc[used[sku]].tolist()
    known = set(demo.read("own-site", "own_products")["sku"])
    assert set(demo.read("own-site", "shopify_orders")["Lineitem sku"]) <= known
    assert set(demo.read("company", "own_stock")["sku"]) <= known
    assert set(demo.read("company", "own_product_costs")["sku"]) == known


def test_stock_falls_by_what_is_sold_and_rises_by_what_was_on_its_way(
    demo, tmall_items, douyin, site
):
    order = site[site["Id"] != ""].set_index("Name")["Paid at"]
    sold = pd.concat(
        [
            _units(tmall_items, "订单付款时间", "商家编码", "购买数量"),
            _units(douyin, "支付完成时间", "商家编码", "商品数量"),
            _units(
                site.assign(paid=site["Name"].map(order)), "paid", "Lineitem sku",
                "Lineitem quantity",
            ),
        ]
    )  # fmt: skip
    sold = sold.groupby(level=[0, 1]).sum()
    stock = demo.read("company", "own_stock")
    stock["day"] = pd.to_datetime(stock["date"])
    stock = stock[stock["day"] > stock["day"].max() - pd.Timedelta(days=60)]
    counted = stock.set_index(["day", "sku"])[["on_hand", "reserved", "inbound"]].astype(int)
    available = (counted["on_hand"] - counted["reserved"]).unstack("sku")
    inbound = counted["inbound"].unstack("sku")
    taken = sold.unstack(1).reindex(index=available.index, columns=available.columns).fillna(0)
    risen = (available.diff() + taken).iloc[1:]
    arrived = inbound.shift().iloc[1:]
    listed_before = available.shift().iloc[1:].notna()
    # A delivery may be one of several on their way.
    explained = (risen == 0) | ((risen > 0) & (risen <= arrived)) | ~listed_before
    assert explained.all(axis=None)
    assert (risen > 0).any(axis=None)
    assert (counted >= 0).all(axis=None)


def _units(lines, paid_at, sku, quantity):
    paid = lines[lines[paid_at] != ""]
    day = pd.to_datetime(paid[paid_at].str[:10])
    return number(paid[quantity]).groupby([day, paid[sku]]).sum()


def test_shares_of_unpaid_and_refunded_orders_are_believable(tmall_orders, douyin, site):
    unpaid = (tmall_orders["订单付款时间"] == "").mean()
    assert unpaid == pytest.approx(0.06, abs=0.01)
    refunded = tmall_orders["订单关闭原因"].eq("退款").mean()
    assert 0.035 < refunded < 0.065
    sent_back = douyin.groupby("主订单编号")["售后状态"].agg(lambda s: s.eq("退款成功").any())
    assert 0.09 < sent_back.mean() < 0.135
    first = site[site["Id"] != ""]
    assert set(first["Financial Status"]) >= {"paid", "voided", "refunded", "partially_refunded"}


def test_personal_columns_hold_placeholders_only(tmall_orders, douyin, site):
    assert set(tmall_orders["收货人姓名"]) == {"测试用户"}
    assert douyin["收件人手机号"].str.startswith("1000").all()
    assert site["Email"].str.endswith("@example.com").all()


def test_ad_reports_carry_their_totals_and_claim_more_than_they_bring(demo, site):
    google = demo.read("own-site", "google_ads_campaign")
    total = google["Day"].str.startswith("Total:")
    assert total.sum() == 4
    spend = number(google["Cost"])
    account = spend[google["Day"] == "Total: Account"].item()
    assert spend[~total].sum() == pytest.approx(account, abs=0.01)
    brought = (site["Source"] == "Paid Search") & (site["Paid at"] != "")
    claimed = number(google.loc[~total, "Conversions"]).sum()
    assert 1.1 < claimed / brought.sum() < 1.4
    terms = demo.read("own-site", "google_ads_search_terms")
    is_total = terms["Search term"].str.startswith("Total:")
    listed = number(terms.loc[~is_total, "Cost"]).sum()
    assert listed == pytest.approx(number(terms["Cost"])[is_total].iloc[0], abs=0.01)
    # Rare words are in no row; what is listed is most of the search campaigns, and no more.
    searches = google["Campaign"].str.endswith("Search")
    assert 0.75 * spend[searches].sum() < listed < 0.9 * spend[searches].sum()
    meta = demo.read("own-site", "meta_ads_manager")
    assert meta.loc[0, "Campaign name"] == ""
    cost = number(meta["Amount spent (CNY)"])
    assert cost[1:].sum() == pytest.approx(cost[0], abs=0.01)
    qianchuan = demo.read("douyin-store", "qianchuan_standard")
    cost = number(qianchuan["消耗(元)"])
    assert qianchuan["推广类型"].iloc[-1] == ""
    assert cost[:-1].sum() == pytest.approx(cost.iloc[-1], abs=0.01)
