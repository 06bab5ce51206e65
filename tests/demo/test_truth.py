"""What is planted can be seen in the written files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ecom.demo import Cause
from ecom.demo.write_service import FAST_LIFT
from tests.demo.conftest import Written, number


def planted(demo: Written, cause: Cause) -> list:
    return [each for each in demo.exports.truth.anomalies if each.cause is cause]


def visitors(written: Written, shop_id: str, channel: str) -> pd.Series:
    if shop_id == "douyin-store":
        rows = written.read(shop_id, "own_traffic")
        rows = rows[rows["channel"] == channel]
        return number(rows["visitors"]).set_axis(pd.to_datetime(rows["date"]))
    rows = written.read(shop_id, "sycm_shop_source")
    rows = rows[(rows["二级来源"] == channel) & (rows["三级来源"] == "-")]
    return number(rows["访客数"]).set_axis(pd.to_datetime(rows["统计日期"]))


@pytest.mark.parametrize("cause", [Cause.CREATIVE_WORN_OUT, Cause.RULE_CHANGE])
def test_a_channel_loses_the_planted_share_of_its_visitors(demo, calm, cause):
    (anomaly,) = planted(demo, cause)
    hit = visitors(demo, anomaly.shop_id, anomaly.subject)
    normal = visitors(calm, anomaly.shop_id, anomaly.subject)
    span = slice(str(anomaly.start), str(anomaly.end))
    before = slice(None, str(anomaly.start - pd.Timedelta(days=1)))
    assert hit[span].sum() / normal[span].sum() == pytest.approx(anomaly.effect, abs=0.07)
    assert hit[before].sum() / normal[before].sum() == pytest.approx(1, abs=0.03)


def test_a_broken_page_stops_mobile_checkouts_but_not_desktop(demo):
    (anomaly,) = planted(demo, Cause.BROKEN_LANDING_PAGE)
    events = demo.read("own-site", "own_events")
    day = pd.to_datetime(events["event_time"]).dt.tz_convert("Asia/Shanghai").dt.date
    inside = (day >= anomaly.start) & (day <= anomaly.end)

    def paid_share(chosen: pd.Series, device: str) -> float:
        names = events.loc[chosen & (events["device"] == device), "event_name"]
        return (names == "purchase").sum() / (names == "begin_checkout").sum()

    usual = paid_share(~inside, "mobile")
    assert paid_share(inside, "mobile") < 0.65 * usual
    assert paid_share(inside, "desktop") > 0.8 * paid_share(~inside, "desktop")


def test_products_out_of_stock_have_none_and_sell_none(demo):
    stock = demo.read("company", "own_stock")
    items = demo.read("tmall-flagship", "taobao_export_order_detail_list_v2")
    outages = planted(demo, Cause.STOCK_OUT)
    assert len(outages) == 2
    for anomaly in outages:
        own = stock[stock["sku"] == anomaly.subject]
        inside = own[own["date"].between(str(anomaly.start), str(anomaly.end))]
        left = number(inside["on_hand"]) - number(inside["reserved"])
        assert len(left) == (anomaly.end - anomaly.start).days + 1
        assert (left <= 1).all()
        day = items["订单创建时间"].str[:10]
        sold = day.between(str(anomaly.start), str(anomaly.end)) & (
            items["商家编码"] == anomaly.subject
        )
        assert not sold.any()
        after = own[own["date"] > str(anomaly.end)]
        assert number(after["on_hand"]).max() > 0


def test_a_product_comes_back_in_a_wave(demo):
    (anomaly,) = planted(demo, Cause.REFUND_WAVE)
    items = demo.read("tmall-flagship", "taobao_export_order_detail_list_v2")
    own = items[(items["商家编码"] == anomaly.subject) & (items["订单付款时间"] != "")]
    inside = own["订单付款时间"].str[:10].between(str(anomaly.start), str(anomaly.end))
    back = own["退款状态"] == "退款成功"
    assert back[inside].mean() > 0.2
    assert back[~inside].mean() < 0.1


def test_without_anomalies_nothing_is_planted(calm):
    assert calm.exports.truth.anomalies == ()


@pytest.mark.parametrize("channel", ["直播间", "商品卡"])
def test_buyers_come_back_in_the_first_month_as_planted(calm, channel):
    lines = calm.read("douyin-store", "doudian_order_73")
    orders = lines.drop_duplicates("主订单编号")
    orders = orders.assign(day=pd.to_datetime(orders["订单提交时间"].str[:10]))
    first = orders.sort_values("订单提交时间").drop_duplicates("收件人手机号")
    first = first[first["day"] <= orders["day"].max() - pd.Timedelta(days=30)]
    won = first[first["流量渠道"] == channel].set_index("收件人手机号")["day"]
    later = orders[orders["收件人手机号"].isin(won.index)]
    age = (later["day"] - later["收件人手机号"].map(won)).dt.days
    returned = later.loc[age.between(1, 30), "收件人手机号"].nunique()
    (curve,) = (
        each.monthly
        for each in calm.exports.truth.repurchases
        if each.shop_id == "douyin-store" and each.channel == channel
    )
    error = 3 * (curve[0] * (1 - curve[0]) / len(won)) ** 0.5
    assert returned / len(won) == pytest.approx(curve[0], abs=error)


def test_enquiries_answered_within_a_minute_pay_as_much_more_often_as_planted(demo):
    # Held against others of the same queue, by day; about 4,000 enquiries, a thousand of them paid,
    # so the standard error of the logarithm of the ratio is about √(1 / 300 + 1 / 700) = .07.
    rows = demo.read("tmall-flagship", "own_service")
    assert rows["enquiry_id"].is_unique
    hour = pd.to_datetime(rows["opened_at"]).dt.hour
    rows = rows[hour.between(8, 22) & (rows["queue"] == "售前")]
    wait = pd.to_numeric(rows["first_response_seconds"])
    rate = (rows["paid_amount"] != "").groupby(wait < 60).mean()
    assert np.log(rate[True] / rate[False]) == pytest.approx(np.log(FAST_LIFT), abs=3 * 0.07)
    # Whom nobody answered has no agent.
    assert (rows.loc[wait.isna(), "agent"] == "").all()


def test_a_word_on_google_converts_and_one_does_not_as_planted(demo):
    terms = demo.read("own-site", "google_ads_search_terms")
    terms = terms[terms["Campaign"].str.startswith("Generic")]
    counts = pd.DataFrame(
        {
            name: pd.to_numeric(terms[name].str.replace(",", ""))
            for name in ("Clicks", "Conversions")
        }
    )
    sums = counts.groupby(terms["Search term"]).sum()
    rate = sums["Conversions"] / sums["Clicks"]
    assert sums.loc["free desk lamp", "Clicks"] > 100
    assert rate["free desk lamp"] == 0
    # 3.0 against 1.2 of the campaign's rate; about 25 and 28 conversions at this size, so the
    # standard error of the logarithm of the ratio is about √(1 / 25 + 1 / 28) = .28.
    expected = np.log(3.0 / 1.2)
    found = np.log(rate["reading lamp clip on"] / rate["desk lamp eye care"])
    assert found == pytest.approx(expected, abs=3 * 0.28)


def test_private_domain_buyers_come_back_more_often_than_live_room_buyers(demo):
    curves = {(each.shop_id, each.channel): each.monthly for each in demo.exports.truth.repurchases}
    assert curves["tmall-flagship", "私域"][0] > 5 * curves["douyin-store", "直播间"][0]


def test_the_better_page_converts_as_much_better_as_planted(demo):
    # At a fifth of the size there are about 1,000 visitors a page and 100 buyers: the standard
    # error of the logarithm of their ratio is about √(2 / 100) = .14.
    (test,) = demo.exports.truth.page_tests
    shown = demo.read(test.shop_id, "own_experiment_assignments")
    events = demo.read(test.shop_id, "own_events")
    at = pd.to_datetime(shown.set_index("visitor_id")["assigned_at"])
    assert at.index.is_unique
    assert at.dt.tz_convert("Asia/Shanghai").dt.date.between(test.start, test.end).all()
    buys = events[events["event_name"] == "purchase"]
    waited = pd.to_datetime(buys["event_time"]) - buys["visitor_id"].map(at)
    buyers = buys.loc[waited.between("0s", "7D"), "visitor_id"]
    rate = shown["visitor_id"].isin(buyers).groupby(shown["variant"]).mean()
    lift = rate[test.variant] / rate[test.control] - 1
    assert np.log1p(lift) == pytest.approx(np.log1p(test.lift), abs=3 * 0.14)
    counts = shown["variant"].value_counts()
    assert counts[test.variant] / counts.sum() == pytest.approx(0.5, abs=0.04)
    # Nobody can be told by the assignment who has not been on the site by then.
    first = pd.to_datetime(events["event_time"]).groupby(events["visitor_id"]).min()
    assert (first.reindex(at.index) <= at).all()
