"""Tmall: the order and item reports of 千牛, three 生意参谋 files and the 万相台 report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ecom.demo import write as w
from ecom.demo.ads import ad_report
from ecom.demo.customers import REGIONS
from ecom.demo.ids import buyer_names, product_ids, sku_product_ids
from ecom.demo.shops import TMALL
from ecom.demo.timeline import half_years
from ecom.demo.world import World
from ecom.demo.write import Cells, DemoFile
from ecom.text import message

ENCODING = "gb18030"
ORDER_HEADERS = (
    "订单编号 买家会员名 买家支付宝账号 买家应付货款 买家应付邮费 买家支付积分 总金额 返点积分 "
    "买家实际支付金额 买家实际支付积分 订单状态 买家留言 收货人姓名 收货地址 运送方式 联系电话 "
    "联系手机 订单创建时间 订单付款时间 宝贝标题 宝贝种类 物流单号 物流公司 订单备注 宝贝总数量 "
    "分销商Id 分销商店铺名称 订单关闭原因 卖家服务费 买家服务费 发票抬头 定金排名 修改后的sku "
    "修改后的收货地址 异常信息 卡券抵扣 积分抵扣 是否是O2O交易"
).split()
ITEM_HEADERS = (
    "子订单编号 主订单编号 标题 价格 购买数量 外部系统编号 商品属性 套餐信息 备注 订单状态 "
    "商家编码 支付单号 买家应付货款 买家实际支付金额 退款状态 退款金额 订单创建时间 订单付款时间 "
    "商品id 分阶段订单信息 主订单备注 主订单买家留言 发货时间 物流单号 物流公司 是否赔付 "
    "赔付金额 赔付出账时间"
).split()
AD_HEADERS = (
    "日期 场景名字 主体ID 主体类型 主体名称 展现量 点击量 花费 点击率 平均点击花费 千次展现花费 "
    "总预售成交金额 总预售成交笔数 直接预售成交金额 直接预售成交笔数 间接预售成交金额 "
    "间接预售成交笔数 直接成交金额 间接成交金额 总成交金额 总成交笔数 直接成交笔数 间接成交笔数 "
    "点击转化率 投入产出比 含预售投产比 总成交成本 总购物车数 直接购物车数 间接购物车数 加购率 "
    "收藏宝贝数 收藏店铺数 店铺收藏成本 总收藏加购数 总收藏加购成本 宝贝收藏加购数 "
    "宝贝收藏加购成本 总收藏数 宝贝收藏成本 宝贝收藏率 加购成本 拍下订单笔数 拍下订单金额 "
    "直接收藏宝贝数 间接收藏宝贝数 优惠券领取量 购物金充值笔数 购物金充值金额 旺旺咨询量 "
    "引导访问量 引导访问人数 引导访问潜客数 引导访问潜客占比 入会率 入会量 引导访问率 深度访问量 "
    "平均访问页面数 成交新客数 成交新客占比 会员首购人数 会员成交金额 会员成交笔数 成交人数 "
    "人均成交笔数 人均成交金额 自然流量转化金额 自然流量曝光量 宝贝优惠券抵扣金额 "
    "宝贝优惠券撬动总成交 宝贝优惠券撬动直接成交 宝贝优惠券撬动点击 平台补贴金额 "
    "补贴引导成交金额 发券补贴商品个数 补贴引导成交人数"
).split()
SCENES = ("关键词推广", "精准人群推广")
PROMOTED = 6  # product families with ads
_STATUS = {
    "unpaid": "等待买家付款",
    "cancelled": "交易关闭",
    "paid": "买家已付款，等待卖家发货",
    "shipped": "卖家已发货，等待买家确认",
    "completed": "交易成功",
    "refunded": "交易关闭",
    "partially_refunded": "交易成功",
}
_CLOSED_BECAUSE = {"cancelled": "买家未付款", "refunded": "退款"}


def write_tmall(folder: Path, world: World) -> Iterator[DemoFile]:
    """Write all Tmall files but those of 生意参谋."""
    orders, lines = world.tmall.sales.orders, world.tmall.sales.lines
    order_table, item_table = _orders(world), _items(world)
    for name, first, last in half_years(world.timeline):
        low, high = np.searchsorted(orders["day"], [first, last + 1])
        top, bottom = np.searchsorted(lines["order"], [low, high])
        path = folder / f"ExportOrderList_{name}.csv"
        w.write_csv(path, order_table.slice(low, high - low), encoding=ENCODING)
        yield DemoFile(
            path,
            TMALL,
            "taobao_export_order_list_v1",
            message("Tmall orders of {span}, one row an order", span=name),
        )
        path = folder / f"ExportOrderDetailList_{name}.csv"
        w.write_csv(path, item_table.slice(top, bottom - top), encoding=ENCODING)
        yield DemoFile(
            path,
            TMALL,
            "taobao_export_order_detail_list_v2",
            message("Tmall order lines of {span}, with refunds", span=name),
        )
    path = folder / "wanxiangtai_item.csv"
    w.write_csv(path, _ads(world), encoding=ENCODING)
    yield DemoFile(
        path, TMALL, "wanxiangtai_item", message("Spend on 万相台 by day, scene and product")
    )


def _excel_id(ids: Cells) -> Cells:
    """An id as ``="123"``, which keeps Excel from rounding it."""
    return w.affix(ids, before='="', after='"')


def _orders(world: World) -> pa.Table:
    orders, lines = world.tmall.sales.orders, world.tmall.sales.lines
    rows = len(orders)
    customer, status = orders["customer"].to_numpy(), orders["status"]
    titles = pd.Series([product.title for product in world.catalogue.products])
    order = lines["order"].to_numpy()
    title = titles[lines["sku"]].groupby(order).agg("，".join)
    quantity = np.bincount(order, weights=lines["quantity"], minlength=rows).astype(np.int64)
    region = [f"{province} {city} 示例区 示例路1号" for province, city in REGIONS]
    shipped = orders["shipped_at"].notna().to_numpy()
    parcel = w.affix(w.text(orders["order_id"].to_numpy() % 10**10), before="YT0000")
    return w.sheet(
        ORDER_HEADERS,
        {
            "订单编号": _excel_id(w.text(orders["order_id"])),
            "买家会员名": pa.array(buyer_names("tmall", customer)),
            "买家支付宝账号": w.same("demo@example.com", rows),
            "买家应付货款": w.money(orders["goods"] - orders["discount"]),
            "买家应付邮费": w.money(orders["shipping"]),
            "买家支付积分": w.same("0", rows),
            "总金额": w.money(orders["total"]),
            "返点积分": w.same("0", rows),
            "买家实际支付金额": w.money(orders["paid"]),
            "买家实际支付积分": w.same("0", rows),
            "订单状态": pa.array(status.map(_STATUS), pa.string()),
            "收货人姓名": w.same("测试用户", rows),
            "收货地址": w.pick(region, orders["region"]),
            "运送方式": w.same("快递", rows),
            "联系手机": w.same("'10000000000", rows),
            "订单创建时间": w.clock(orders["created_at"].to_numpy()),
            "订单付款时间": w.clock(orders["paid_at"].to_numpy()),
            "宝贝标题": pa.array(title, pa.string()),
            "宝贝种类": w.text(np.bincount(order, minlength=rows)),
            "物流单号": pc.if_else(pa.array(shipped), parcel, pa.scalar(None, pa.string())),
            "物流公司": pc.if_else(
                pa.array(shipped), w.same("圆通速递", rows), pa.scalar(None, pa.string())
            ),
            "宝贝总数量": w.text(quantity),
            "订单关闭原因": pa.array(status.map(_CLOSED_BECAUSE).fillna("订单未关闭"), pa.string()),
            "卡券抵扣": w.money(orders["discount"]),
            "是否是O2O交易": w.same("否", rows),
        },
        rows=rows,
    )


def _items(world: World) -> pa.Table:
    lines, catalogue = world.tmall.sales.lines, world.catalogue
    order, sku = lines["order"].to_numpy(), lines["sku"].to_numpy()
    orders = world.tmall.sales.orders.iloc[order]
    first = np.diff(order, prepend=-1) > 0
    is_paid = (orders["paid_day"] >= 0).to_numpy()
    # Postage is charged on the first line, so that lines add up to the order.
    paid = np.where(is_paid, lines["amount"] + np.where(first, orders["shipping"], 0), 0)
    refunded = lines["refunded"].to_numpy() > 0
    state = pd.Series(np.where(refunded, "refunded", orders["status"].to_numpy(str)))
    whole = (orders["status"] == "refunded").to_numpy()
    back = np.where(whole, paid, lines["refunded"])
    skus = catalogue.skus
    return w.sheet(
        ITEM_HEADERS,
        {
            "子订单编号": _excel_id(w.text(lines["line_id"])),
            "主订单编号": _excel_id(w.text(orders["order_id"])),
            "标题": w.pick([product.title for product in catalogue.products], sku),
            "价格": w.money(lines["unit_price"]),
            "购买数量": w.text(lines["quantity"]),
            "外部系统编号": w.pick(skus, sku),
            "商品属性": w.pick([product.variant for product in catalogue.products], sku),
            "订单状态": pa.array(state.map(_STATUS), pa.string()),
            "商家编码": w.pick(skus, sku),
            "支付单号": _excel_id(w.text(orders["order_id"].to_numpy() + 7)),
            "买家应付货款": w.money(lines["amount"]),
            "买家实际支付金额": w.money(paid),
            "退款状态": w.pick(["没有申请退款", "退款成功"], refunded),
            "退款金额": w.optional_money(back, refunded),
            "订单创建时间": w.clock(orders["created_at"].to_numpy()),
            "订单付款时间": w.clock(orders["paid_at"].to_numpy()),
            "商品id": _excel_id(w.pick(sku_product_ids("tmall", catalogue), sku)),
            "发货时间": w.clock(orders["shipped_at"].to_numpy()),
        },
        rows=len(lines),
    )


def _ads(world: World) -> pa.Table:
    shares = [scene * share for scene in (0.6, 0.4) for share in (0.3, 0.2, 0.17, 0.13, 0.11, 0.09)]
    paid, traffic = world.tmall.paid["万相台"], world.tmall.channel("万相台")
    report = ad_report(paid, traffic, shares, world.timeline)
    scene, family = report["part"] // PROMOTED, report["part"] % PROMOTED
    families = world.catalogue.families
    titles = {product.family: product.title for product in world.catalogue.products}
    spend, clicks, shown = report["spend"], report["clicks"], report["impressions"]
    orders, revenue = report["orders"].to_numpy(), report["revenue"].to_numpy()
    direct, direct_revenue = orders * 7 // 10, revenue * 7 // 10
    return w.sheet(
        AD_HEADERS,
        {
            "日期": w.days(world.timeline.dates[report["day"]]),
            "场景名字": w.pick(SCENES, scene),
            "主体ID": w.pick(product_ids("tmall", world.catalogue)[:PROMOTED], family),
            "主体类型": w.same("商品", len(report)),
            "主体名称": w.pick([titles[name] for name in families[:PROMOTED]], family),
            "展现量": w.text(shown),
            "点击量": w.text(clicks),
            "花费": w.money(spend),
            "点击率": w.percent(clicks, shown),
            "平均点击花费": w.money(np.round(spend / np.maximum(clicks, 1))),
            "千次展现花费": w.money(np.round(1000 * spend / np.maximum(shown, 1))),
            "直接成交金额": w.money(direct_revenue),
            "间接成交金额": w.money(revenue - direct_revenue),
            "总成交金额": w.money(revenue),
            "总成交笔数": w.text(orders),
            "直接成交笔数": w.text(direct),
            "间接成交笔数": w.text(orders - direct),
            "点击转化率": w.percent(orders, clicks),
            "投入产出比": w.number(revenue / np.maximum(spend.to_numpy(), 1)),
            "总购物车数": w.text(report["carts"]),
            "加购率": w.percent(report["carts"], clicks),
            "引导访问量": w.text(clicks),
        },
        rows=len(report),
        empty="0",
    )
