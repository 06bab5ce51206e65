"""生意参谋: sources of traffic, products and the shop's days, as analysts merge the daily files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ecom.demo import write as w
from ecom.demo.ids import product_ids
from ecom.demo.shops import TMALL
from ecom.demo.timeline import Timeline, Times, half_years
from ecom.demo.traffic import product_traffic, shop_traffic
from ecom.demo.world import World
from ecom.demo.write import DemoFile
from ecom.text import message

ENCODING = "gb18030"
ROLLUP = "汇总"
_MEASURES = (
    "访客数 新访客 平均停留时长 3s查看人数 商品点击人数 加购人数 商品收藏人数 加购件数 "
    "关注店铺人数 支付买家数 支付转化率 支付金额 客单价 UV价值 下单买家数 下单金额 下单转化率"
).split()
SOURCE_HEADERS = [
    "统计日期", "流量载体", "一级来源", "二级来源", "三级来源", "四级来源",
    # The platform itself writes "UV价值" but "uv价值环比".
    *(name for measure in _MEASURES for name in (measure, measure.replace("UV", "uv") + "环比")),
]  # fmt: skip
SELF_SERVICE_HEADERS = (
    "统计日期 访客数 浏览量 PC端访客数 无线端访客数 老访客数 下单买家数 下单商品件数 支付买家数 "
    "支付商品件数 支付金额 客单价 PC端客单价 无线端客单价 老买家数 新买家数 店铺收藏人数 "
    "商品收藏人数 加购人数 加购商品件数 售中申请退款金额 售中申请退款买家数"
).split()
ITEM_HEADERS = (
    "统计日期 商品ID 商品名称 主商品ID 商品类型 货号 商品状态 商品标签 商品访客数 商品浏览量 "
    "平均停留时长 商品详情页跳出率 商品收藏人数 商品加购件数 商品加购人数 下单买家数 下单件数 "
    "下单金额 下单转化率 支付买家数 支付件数 支付金额 商品支付转化率 支付新买家数 支付老买家数 "
    "老买家支付金额 聚划算支付金额 访客平均价值 成功退款金额 竞争力评分 年累计支付金额 "
    "月累计支付金额 月累计支付件数 搜索引导支付转化率 搜索引导访客数 搜索引导支付买家数 "
    "结构化详情引导转化率 结构化详情引导成交占比"
).split()

# Levels one to four of each row of a day, the channels it sums, and which half when it is a half.
_KEYWORDS_SHARE = 0.6
_PLATFORM, _ADS, _PRIVATE = "平台流量", "广告流量", "店铺私域"
_ROWS: tuple[tuple[tuple[str, str, str, str], tuple[str, ...], str | None], ...] = (
    ((_PLATFORM, ROLLUP, ROLLUP, ROLLUP), ("手淘搜索", "手淘推荐", "我的淘宝"), None),
    ((_PLATFORM, "手淘搜索", "-", "-"), ("手淘搜索",), None),
    ((_PLATFORM, "手淘推荐", "-", "-"), ("手淘推荐",), None),
    ((_PLATFORM, "我的淘宝", "-", "-"), ("我的淘宝",), None),
    ((_ADS, ROLLUP, ROLLUP, ROLLUP), ("淘宝客", "万相台"), None),
    ((_ADS, "淘宝客", "-", "-"), ("淘宝客",), None),
    ((_ADS, "万相台", ROLLUP, ROLLUP), ("万相台",), None),
    ((_ADS, "万相台", "关键词推广", "-"), ("万相台",), "keywords"),
    ((_ADS, "万相台", "精准人群推广", "-"), ("万相台",), "audiences"),
    ((_PRIVATE, ROLLUP, ROLLUP, ROLLUP), ("私域",), None),
    ((_PRIVATE, "私域", "-", "-"), ("私域",), None),
)


KEYWORD_HEADERS = (
    "统计日期 来源名称 访客数 收藏人数 加购人数 支付买家数 收藏商品-支付买家数 加购商品-支付买家数"
).split()
# What is searched for on the platform: word | share of visitors by search | conversion against
# that of all search | first and last day shown, before the end.
_SEARCHED = (
    ("流明台灯", 0.12, 2.1, 9999, 0),
    ("流明加湿器", 0.06, 2.0, 9999, 0),
    ("台灯护眼学习", 0.14, 0.9, 9999, 0),
    ("加湿器静音卧室", 0.11, 1.0, 9999, 0),
    ("吸顶灯客厅", 0.10, 0.8, 9999, 0),
    ("空气净化器家用", 0.07, 0.6, 9999, 0),
    ("便携榨汁杯", 0.06, 1.0, 9999, 0),
    ("宿舍台灯夹式", 0.03, 2.4, 9999, 0),
    ("加湿器滤芯", 0.025, 2.8, 9999, 0),
    ("台灯免费试用", 0.05, 0.05, 9999, 0),
    ("屏幕挂灯", 0.04, 1.1, 45, 0),
    ("小风扇静音", 0.04, 0.7, 9999, 60),
)


def write_sycm(folder: Path, world: World) -> Iterator[DemoFile]:
    """Write the 生意参谋 files of the Tmall shop."""
    timeline = world.timeline
    shop = shop_traffic(world.tmall.traffic, world.tmall.sales, timeline)
    products = product_traffic(shop, world.tmall.sales, world.catalogue, timeline)
    sources = _sources(world)
    items = _items(products, world)
    for name, first, last in half_years(timeline):
        path = folder / f"sycm_shop_source_{name}.csv"
        start, stop = first * len(_ROWS), (last + 1) * len(_ROWS)
        w.write_csv(path, sources.slice(start, stop - start), encoding=ENCODING)
        yield DemoFile(
            path,
            TMALL,
            "sycm_shop_source",
            message("Tmall visitors by source and day of {span}, with subtotals", span=name),
        )
        path = folder / f"sycm_item_all_{name}.xlsx"
        low, high = np.searchsorted(products["day"], [first, last + 1])
        preamble = (
            "【生意参谋平台】商品_全部",
            f"统计时间：{timeline.date(first)} ~ {timeline.date(last)}",
            "统计粒度：日",
            "终端：所有终端",
        )
        w.write_xlsx(path, items.slice(low, high - low), sheet_name="商品_全部", before=preamble)
        yield DemoFile(
            path,
            TMALL,
            "sycm_item_all",
            message("Tmall visitors and sales by product and day of {span}", span=name),
        )
    path = folder / "sycm_keyword_source.csv"
    w.write_csv(path, _keywords(world), encoding=ENCODING)
    yield DemoFile(
        path, TMALL, "sycm_keyword_source", message("Tmall visitors by search word and day")
    )
    path = folder / "sycm_self_service.csv"
    w.write_csv(path, _self_service(shop, timeline), encoding=ENCODING)
    yield DemoFile(path, TMALL, "sycm_self_service", message("Tmall shop totals by day"))


def _source_rows(world: World) -> pd.DataFrame:
    """Measures of every row of ``_ROWS`` on every day, by day."""
    names = world.tmall.storefront.names
    columns = ["visitors", "new_visitors", "page_views", "bounced", "cart_visitors", "favourites",
               "order_buyers", "order_amount", "paid_buyers", "paid_amount"]  # fmt: skip
    wide = world.tmall.traffic.pivot(index="day", columns="channel", values=columns)
    parts = []
    for number, (_, channels, half) in enumerate(_ROWS):
        codes = [names.index(channel) for channel in channels]
        sums = {column: wide[column][codes].to_numpy().sum(axis=1) for column in columns}
        part = pd.DataFrame(sums, index=wide.index)
        if half is not None:
            keywords = (part * _KEYWORDS_SHARE).astype(np.int64)
            part = keywords if half == "keywords" else part - keywords
        parts.append(part.reset_index().assign(row=number))
    rows = pd.concat(parts).sort_values(["day", "row"], ignore_index=True)
    rows["stay"] = 24 + rows["row"] + (rows["page_views"] / rows["visitors"].clip(lower=1)) * 9
    return rows


def _sources(world: World) -> pa.Table:
    rows = _source_rows(world)
    visitors, paid = rows["visitors"].to_numpy(), rows["paid_amount"].to_numpy()
    buyers, ordered = rows["paid_buyers"].to_numpy(), rows["order_buyers"].to_numpy()
    values = {
        "访客数": visitors,
        "新访客": rows["new_visitors"].to_numpy(),
        "平均停留时长": rows["stay"].to_numpy(),
        "3s查看人数": visitors - rows["bounced"].to_numpy() // 3,
        "商品点击人数": np.minimum(visitors, rows["cart_visitors"].to_numpy() * 3),
        "加购人数": rows["cart_visitors"].to_numpy(),
        "商品收藏人数": rows["favourites"].to_numpy(),
        "加购件数": rows["cart_visitors"].to_numpy() * 6 // 5,
        "关注店铺人数": rows["favourites"].to_numpy() // 3,
        "支付买家数": buyers,
        "下单买家数": ordered,
    }
    amounts = {"支付金额": paid, "下单金额": rows["order_amount"].to_numpy()}
    at_least_one = np.maximum(visitors, 1)
    shares = {
        "支付转化率": (buyers, visitors),
        "下单转化率": (ordered, visitors),
    }
    prices = {"客单价": (paid, buyers), "UV价值": (paid, at_least_one)}
    cells = {
        "统计日期": w.days(world.timeline.dates[rows["day"]]),
        "流量载体": w.same("全店", len(rows)),
    }
    for level, header in enumerate(("一级来源", "二级来源", "三级来源", "四级来源")):
        cells[header] = w.pick([levels[level] for levels, _, _ in _ROWS], rows["row"])
    for name, counts in values.items():
        cells[name] = w.number(counts) if name == "平均停留时长" else w.thousands(counts)
        cells[name + "环比"] = _change(counts)
    for name, fen in amounts.items():
        cells[name] = w.thousands_money(fen)
        cells[name + "环比"] = _change(fen)
    for name, (part, whole) in shares.items():
        cells[name] = w.percent(part, whole)
        cells[name + "环比"] = _change(part / at_least_one)
    for name, (fen, count) in prices.items():
        cells[name] = w.ratio_money(fen, count)
        cells[name.replace("UV", "uv") + "环比"] = _change(fen / np.maximum(count, 1))
    return w.sheet(SOURCE_HEADERS, cells, rows=len(rows))


def _keywords(world: World) -> pa.Table:
    """The words behind 手淘搜索; those too rare to be listed make up the rest of its visitors."""
    timeline, names = world.timeline, world.tmall.storefront.names
    traffic = world.tmall.traffic
    search = traffic[traffic["channel"] == names.index("手淘搜索")].sort_values("day")
    visitors = search["visitors"].to_numpy()[:, None]
    usual = search["paid_buyers"].sum() / max(1, search["visitors"].sum())
    rng = timeline.rng("search words")
    _, shares, factors, first, last = zip(*_SEARCHED, strict=True)
    ago = timeline.days - 1 - search["day"].to_numpy()[:, None]
    is_listed = (ago <= np.array(first)) & (ago >= np.array(last))
    came = rng.binomial(visitors, np.where(is_listed, np.array(shares), 0.0))
    bought = rng.binomial(came, np.minimum(usual * np.array(factors), 1.0))
    in_cart = bought + rng.binomial(came - bought, 0.05)
    liked = rng.binomial(came, 0.04)
    day, word = np.nonzero(came)
    shown = {
        name: values[day, word]
        for name, values in (
            ("访客数", came),
            ("收藏人数", liked),
            ("加购人数", in_cart),
            ("支付买家数", bought),
        )
    }
    cells = {
        "统计日期": w.days(timeline.dates[search["day"].to_numpy()[day]]),
        "来源名称": w.pick([name for name, *_ in _SEARCHED], word),
        **{name: w.thousands(values) for name, values in shown.items()},
        "收藏商品-支付买家数": w.thousands(np.minimum(shown["收藏人数"], shown["支付买家数"]) // 2),
        "加购商品-支付买家数": w.thousands(shown["支付买家数"] * 4 // 5),
    }
    return w.sheet(KEYWORD_HEADERS, cells, rows=len(day))


def _change(values: np.ndarray) -> w.Cells:
    """Change against the same row the day before, ``-`` on the first day."""
    before = np.concatenate([np.zeros(len(_ROWS)), values[: -len(_ROWS)]])
    return w.percent(values - before, before)


def _self_service(shop: pd.DataFrame, timeline: Timeline) -> pa.Table:
    visitors = shop["visitors"].to_numpy()
    on_pc = visitors // 25
    paid, buyers = shop["paid_amount"].to_numpy(), shop["paid_buyers"].to_numpy()
    spent = w.ratio_money(paid, buyers)
    cells = {
        "统计日期": w.days(timeline.dates),
        "访客数": w.thousands(visitors),
        "浏览量": w.thousands(shop["page_views"]),
        "PC端访客数": w.thousands(on_pc),
        "无线端访客数": w.thousands(visitors - on_pc),
        "老访客数": w.thousands(shop["old_visitors"]),
        "下单买家数": w.thousands(shop["order_buyers"]),
        "下单商品件数": w.thousands(shop["order_units"]),
        "支付买家数": w.thousands(buyers),
        "支付商品件数": w.thousands(shop["paid_units"]),
        "支付金额": w.thousands_money(paid),
        "客单价": spent,
        "PC端客单价": spent,
        "无线端客单价": spent,
        "老买家数": w.thousands(np.maximum(buyers - shop["new_buyers"], 0)),
        "新买家数": w.thousands(shop["new_buyers"]),
        "店铺收藏人数": w.thousands(shop["favourites"] // 4),
        "商品收藏人数": w.thousands(shop["favourites"]),
        "加购人数": w.thousands(shop["cart_visitors"]),
        "加购商品件数": w.thousands(shop["cart_visitors"] * 6 // 5),
        "售中申请退款金额": w.thousands_money(shop["refund_amount"]),
        "售中申请退款买家数": w.thousands(shop["refund_buyers"]),
    }
    return w.sheet(SELF_SERVICE_HEADERS, cells, rows=len(shop))


def _items(products: pd.DataFrame, world: World) -> pa.Table:
    catalogue, dates = world.catalogue, world.timeline.dates[products["day"]]
    ids = product_ids("tmall", catalogue)
    by_family = {product.family: product for product in catalogue.products}
    titles = [by_family[family].title for family in catalogue.families]
    family = products["family"]
    return w.sheet(
        ITEM_HEADERS,
        {
            "统计日期": w.days(dates),
            "商品ID": w.pick(ids, family),
            "商品名称": w.pick(titles, family),
            "主商品ID": w.pick(ids, family),
            "商品类型": w.same("普通商品", len(products)),
            "货号": w.pick(catalogue.families, family),
            "商品状态": w.same("当前在线", len(products)),
            "平均停留时长": w.number(products["stay_seconds"].to_numpy()),
            "访客平均价值": w.ratio_money(products["paid_amount"], products["visitors"]),
            **_item_measures(products, dates),
        },
        rows=len(products),
        empty="-",
    )


def _item_measures(products: pd.DataFrame, dates: Times) -> dict[str, w.Cells]:
    """Numbers of the product report; the running sums start anew each month and year."""
    visitors, buyers = products["visitors"], products["paid_buyers"]
    month, year = (
        products.groupby([products["family"], dates.astype(f"datetime64[{unit}]")])[
            ["paid_amount", "paid_units"]
        ].cumsum()
        for unit in ("M", "Y")
    )
    counts = {
        "商品访客数": visitors,
        "商品浏览量": products["page_views"],
        "商品收藏人数": products["favourites"],
        "商品加购件数": products["cart_units"],
        "商品加购人数": products["cart_visitors"],
        "下单买家数": products["order_buyers"],
        "下单件数": products["order_units"],
        "支付买家数": buyers,
        "支付件数": products["paid_units"],
        "支付新买家数": products["new_buyers"],
        "支付老买家数": buyers - products["new_buyers"],
        "月累计支付件数": month["paid_units"],
        "搜索引导访客数": products["search_visitors"],
        "搜索引导支付买家数": products["search_buyers"],
    }
    amounts = {
        "下单金额": products["order_amount"],
        "支付金额": products["paid_amount"],
        "老买家支付金额": products["paid_amount"] - products["new_amount"],
        "成功退款金额": products["refund_amount"],
        "年累计支付金额": year["paid_amount"],
        "月累计支付金额": month["paid_amount"],
    }
    shares = {
        "商品详情页跳出率": (products["bounced"], visitors),
        "下单转化率": (products["order_buyers"], visitors),
        "商品支付转化率": (buyers, visitors),
        "搜索引导支付转化率": (products["search_buyers"], products["search_visitors"]),
    }
    return {
        **{name: w.thousands(values) for name, values in counts.items()},
        **{name: w.thousands_money(values) for name, values in amounts.items()},
        **{name: w.percent(part, whole) for name, (part, whole) in shares.items()},
    }
