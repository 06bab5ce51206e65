"""Douyin: the 抖店 order export, traffic in our own template and the 巨量千川 report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ecom.demo import write as w
from ecom.demo.ads import ad_report
from ecom.demo.customers import REGIONS
from ecom.demo.ids import buyer_names, sku_product_ids
from ecom.demo.shops import DOUYIN
from ecom.demo.timeline import half_years
from ecom.demo.world import ShopYears, World
from ecom.demo.write import DemoFile
from ecom.text import message

ENCODING = "utf-8-sig"
ORDER_HEADERS = (
    "主订单编号 子订单编号 选购商品 商品规格 商品数量 商品ID 商家编码 商品单价 订单应付金额 运费 "
    "优惠总金额 平台优惠 商家优惠 达人优惠 商家改价 支付优惠 红包抵扣 支付方式 手续费 收件人 "
    "收件人手机号 省 市 区 街道 详细地址 是否修改过地址 地址修改时段 买家留言 订单提交时间 "
    "旗帜颜色 商家备注 订单完成时间 支付完成时间 APP渠道 流量来源 订单状态 承诺发货时间 订单类型 "
    "鲁班落地页ID 达人ID 达人昵称 所属门店ID 售后状态 取消原因 预约发货时间 仓库ID 仓库名称 "
    "是否安心购 广告渠道 流量类型 流量体裁 流量渠道 发货主体 发货主体明细 发货时间 降价类优惠 "
    "平台实际承担优惠金额 商家实际承担优惠金额 达人实际承担优惠金额 预计送达时间 "
    "是否平台仓自流转 车型 商品69码 发货SN码 发货IMEI码1 发货IMEI码2 预约送达时间 "
    "建议发货时间（起） 建议发货时间（止） 物流SN码 物流IMEI码1 物流IMEI码2"
).split()
AD_HEADERS = (
    "日期 推广类型 消耗(元) 展示次数 点击次数 点击率(%) 转化数 转化率(%) 转化成本(元) "
    "直接成交订单数 直接成交金额(元) 直接支付ROI 直接下单订单数 直接下单金额(元) 直接下单ROI "
    "7日总支付ROI 7日间接成交金额(元) 播放数 3s播放数 播放完成数 成交智能优惠券金额"
).split()
AD_TYPES = ("推直播间", "推商品")
_STATUS = {
    "unpaid": "待支付",
    "cancelled": "已关闭",
    "paid": "待发货",
    "shipped": "已发货",
    "completed": "已完成",
    "refunded": "已关闭",
}
_GENRE = {"直播间": "直播", "短视频": "短视频", "商品卡": "商品卡", "千川": "直播"}


def write_douyin(folder: Path, world: World) -> Iterator[DemoFile]:
    """Write all Douyin files."""
    table = _orders(world)
    orders, lines = world.douyin.sales.orders, world.douyin.sales.lines
    for name, first, last in half_years(world.timeline):
        low, high = np.searchsorted(orders["day"], [first, last + 1])
        top, bottom = np.searchsorted(lines["order"], [low, high])
        path = folder / f"doudian_order_{name}.csv"
        w.write_csv(path, table.slice(top, bottom - top), encoding=ENCODING)
        yield DemoFile(
            path,
            DOUYIN,
            "doudian_order_73",
            message("Douyin orders of {span}, one row a sub-order", span=name),
        )
    path = folder / "own_traffic.csv"
    w.write_csv(path, traffic_table(world.douyin, world.timeline.dates), encoding=ENCODING)
    yield DemoFile(path, DOUYIN, "own_traffic", message("Douyin visitors by day and channel"))
    path = folder / "qianchuan_standard.xlsx"
    w.write_xlsx(path, _ads(world), sheet_name="数据报表")
    yield DemoFile(path, DOUYIN, "qianchuan_standard", message("Spend on 千川 by day and type"))


def _orders(world: World) -> pa.Table:
    lines, catalogue = world.douyin.sales.lines, world.catalogue
    order, sku, rows = lines["order"].to_numpy(), lines["sku"].to_numpy(), len(lines)
    orders = world.douyin.sales.orders.iloc[order]
    first = np.diff(order, prepend=-1) > 0
    shipping = np.where(first, orders["shipping"], 0)
    refunded = lines["refunded"].to_numpy() > 0
    # A sub-order has a state of its own: what was not sent back went on.
    going = pd.Series(orders["status"].to_numpy(str)).replace("partially_refunded", "completed")
    state = going.mask(refunded, "refunded")
    channels = world.douyin.storefront.names
    genre = [_GENRE.get(name, "其他") for name in channels]
    province, city = zip(*REGIONS, strict=True)
    buyer = pa.array(buyer_names("douyin", orders["customer"]))
    unpaid = orders["status"].to_numpy(str) == "cancelled"
    return w.sheet(
        ORDER_HEADERS,
        {
            "主订单编号": w.affix(w.text(orders["order_id"]), after="\t"),
            "子订单编号": w.affix(w.text(lines["line_id"]), after="\t"),
            "选购商品": w.pick([product.title for product in catalogue.products], sku),
            "商品规格": w.pick([product.variant or "默认" for product in catalogue.products], sku),
            "商品数量": w.text(lines["quantity"]),
            "商品ID": w.affix(w.pick(sku_product_ids("douyin", catalogue), sku), after="\t"),
            "商家编码": w.pick(catalogue.skus, sku),
            "商品单价": w.money(lines["unit_price"]),
            "订单应付金额": w.money(lines["amount"] + shipping),
            "运费": w.money(shipping),
            "优惠总金额": w.money(lines["discount"]),
            "平台优惠": w.same("0.00", rows),
            "支付方式": w.pick(["抖音支付", "微信支付"], orders["customer"] % 2),
            "收件人": w.same("测试用户", rows),
            "收件人手机号": w.affix(buyer, after="\t"),
            "省": w.pick(province, orders["region"]),
            "市": w.pick(city, orders["region"]),
            "区": w.same("示例区", rows),
            "详细地址": w.same("示例路1号", rows),
            "订单提交时间": w.clock(orders["created_at"].to_numpy()),
            "订单完成时间": w.clock(orders["completed_at"].to_numpy()),
            "支付完成时间": w.clock(orders["paid_at"].to_numpy()),
            "APP渠道": w.same("抖音", rows),
            "订单状态": pa.array(state.map(_STATUS), pa.string()),
            "订单类型": w.same("普通订单", rows),
            "售后状态": w.pick(["-", "退款成功"], refunded),
            "取消原因": w.pick(["-", "超时未支付"], unpaid),
            "流量类型": w.pick(
                ["自然流量", "付费流量"], orders["channel"] == channels.index("千川")
            ),
            "流量体裁": w.pick(genre, orders["channel"]),
            "流量渠道": w.pick(channels, orders["channel"]),
            "发货时间": w.clock(orders["shipped_at"].to_numpy()),
            "平台实际承担优惠金额": w.same("0.00", rows),
            "商家实际承担优惠金额": w.money(lines["discount"]),
            "达人实际承担优惠金额": w.same("0.00", rows),
        },
        rows=rows,
        empty="-",
    )


def traffic_table(shop: ShopYears, dates: np.ndarray) -> pa.Table:
    """Channel traffic in our own template ``own_traffic``."""
    rows = shop.traffic
    counts = (
        "visitors page_views sessions bounced_sessions new_visitors cart_visitors order_buyers "
        "paid_buyers paid_orders"
    ).split()
    named = rows.rename(columns={"bounced": "bounced_sessions"})
    return pa.table(
        {
            "date": w.days(dates[rows["day"]]),
            "channel": w.pick(shop.storefront.names, rows["channel"]),
            "device": w.same("mobile", len(rows)),
            **{column: pa.array(named[column].to_numpy()) for column in counts},
            "paid_amount": w.money(rows["paid_amount"]),
            "stay_seconds": pa.array(rows["stay_seconds"].to_numpy()),
        }
    )


def _ads(world: World) -> pa.Table:
    report = ad_report(
        world.douyin.paid["千川"], world.douyin.channel("千川"), [0.7, 0.3], world.timeline
    )
    # The platform closes the list with the sum, without a type.
    total = report.sum().to_frame().T.assign(day=world.timeline.days - 1, part=-1)
    report = pd.concat([report, total], ignore_index=True)
    day = w.days(world.timeline.dates[report["day"]]).to_pylist()[:-1]
    spend, revenue = report["spend"].to_numpy(), report["revenue"].to_numpy()
    orders, clicks = report["orders"].to_numpy(), report["clicks"].to_numpy()
    shown = report["impressions"].to_numpy()
    return_on_spend = w.number(revenue / np.maximum(spend, 1))
    return w.sheet(
        AD_HEADERS,
        {
            "日期": pa.array([*day, None], pa.string()),
            "推广类型": w.pick(AD_TYPES, report["part"]),
            "消耗(元)": w.thousands_money(spend),
            "展示次数": w.thousands(shown),
            "点击次数": w.thousands(clicks),
            "点击率(%)": w.number(100 * clicks / np.maximum(shown, 1)),
            "转化数": w.thousands(orders),
            "转化率(%)": w.number(100 * orders / np.maximum(clicks, 1)),
            "转化成本(元)": w.ratio_money(spend, orders),
            "直接成交订单数": w.thousands(orders),
            "直接成交金额(元)": w.thousands_money(revenue),
            "直接支付ROI": return_on_spend,
            "直接下单订单数": w.thousands(orders),
            "直接下单金额(元)": w.thousands_money(revenue),
            "直接下单ROI": return_on_spend,
            "播放数": w.thousands(shown * 8 // 10),
            "3s播放数": w.thousands(shown * 3 // 10),
            "播放完成数": w.thousands(shown // 20),
        },
        rows=len(report),
        empty="0",
    )
