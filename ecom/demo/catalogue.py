"""What is sold: products, their lives, prices and costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ecom.demo.seasons import on_sale
from ecom.demo.timeline import Floats, Integers, Timeline

BRAND = "流明 Lumen"
COST_RISE_DAYS_BEFORE_END = 300
COST_RISE = 1.06  # aluminium and drivers went up; lamps only
CAMPAIGN_PRICE = 0.88
TEST_DAYS = 14

_CATEGORIES = {
    "D": "台灯 Desk lamps",
    "C": "吸顶灯 Ceiling lights",
    "A": "空气护理 Air care",
    "K": "厨房小电 Kitchen",
    "R": "配件耗材 Refills",
}
CATEGORIES = tuple(_CATEGORIES.values())
_LAMPS = (_CATEGORIES["D"], _CATEGORIES["C"])
_WINTER = {_CATEGORIES["A"]: 0.35, _CATEGORIES["C"]: 0.08, _CATEGORIES["K"]: 0.10}

# code | name | category | CNY | cost | weight | listed, days before the end | retired | elasticity
# Best sellers first. 0 in "retired" means still sold; 9999 in "listed" means before the window.
_ROWS = """
L12-W|流明 暖光台灯 L12 白|D|189|82|10|9999|0|-1.6
L12-B|流明 暖光台灯 L12 黑|D|189|82|7.5|9999|0|-1.6
H40|流明 静音加湿器 H40|A|259|118|7|9999|0|-1.8
C30|流明 卧室吸顶灯 C30|C|329|150|6|9999|0|-1.4
K08|流明 便携榨汁杯 K08|K|129|55|6|9999|0|-2.2
R01|流明 加湿器滤芯 R01|R|49|14|6|9999|0|-0.9
L20|流明 护眼台灯 L20|D|359|160|5|9999|0|-1.3
P60|流明 空气净化器 P60|A|899|470|3|9999|0|-1.2
C50|流明 客厅吸顶灯 C50|C|599|290|3|9999|0|-1.3
R02|流明 净化器滤网 R02|R|159|52|4|9999|0|-0.8
K15|流明 恒温电水壶 K15|K|199|92|4|9999|0|-1.9
L08|流明 夹式台灯 L08|D|79|33|4.5|9999|0|-2.1
H20|流明 桌面加湿器 H20|A|99|42|4|9999|0|-2.3
C18|流明 走廊吸顶灯 C18|C|119|52|3|9999|0|-1.7
R05|流明 暖光灯泡三只装 R05|R|39|12|5|9999|0|-1.0
L30-W|流明 学习台灯 L30 白|D|459|212|3|560|0|-1.3
L30-G|流明 学习台灯 L30 绿|D|459|212|2|560|0|-1.3
K22|流明 早餐机 K22|K|249|121|2.6|9999|0|-1.8
F12|流明 循环扇 F12|A|299|140|3.2|640|0|-1.7
C60|流明 全光谱吸顶灯 C60|C|799|395|2|430|0|-1.2
L15|流明 阅读落地灯 L15|D|399|190|2|9999|0|-1.4
K30|流明 空气炸锅 K30|K|399|205|2.8|480|0|-1.6
R07|流明 调光开关 R07|R|69|24|2|9999|0|-1.1
H55|流明 恒湿加湿器 H55|A|459|226|2|330|0|-1.5
C22|流明 阳台吸顶灯 C22|C|149|68|1.6|9999|0|-1.7
L05|流明 小夜灯 L05|D|59|21|3|9999|0|-2.0
K11|流明 电热饭盒 K11|K|159|76|1.8|9999|0|-1.9
R09|流明 原装适配器 R09|R|59|20|1.4|9999|0|-0.9
P80|流明 净化加湿一体机 P80|A|1299|690|1.1|260|0|-1.1
L33|流明 无线台灯 L33|D|229|101|2.6|200|0|-1.7
K40|流明 养生壶 K40|K|179|83|1.8|170|0|-1.9
C70|流明 无主灯套装 C70|C|1099|560|0.9|140|0|-1.1
H60|流明 香薰加湿器 H60|A|169|75|1.8|75|0|-2.0
L36|流明 屏幕挂灯 L36|D|269|118|2|45|0|-1.6
K45|流明 迷你咖啡机 K45|K|549|282|1.2|30|0|-1.4
R12|流明 香薰补充液 R12|R|45|13|1.8|75|0|-1.0
L10|流明 经典台灯 L10|D|149|70|3|9999|210|-1.9
H10|流明 小水滴加湿器 H10|A|79|36|2.4|9999|330|-2.2
C16|流明 圆形吸顶灯 C16|C|99|46|2|9999|120|-1.8
K05|流明 手持搅拌棒 K05|K|139|66|1.4|9999|60|-1.9
"""


@dataclass(frozen=True, slots=True)
class Product:
    """One SKU. ``listed`` and ``retired`` are day numbers; money is in fen (1/100 CNY)."""

    sku: str
    name: str
    category: str
    price: int
    cost: int
    weight: float
    listed: int
    retired: int
    elasticity: float

    @property
    def family(self) -> str:
        """The product its colours share; platforms number families, not SKUs."""
        return self.sku.split("-")[0]

    @property
    def title(self) -> str:
        """Name without the colour: what the product page says."""
        return self.name.rsplit(" ", 1)[0] if "-" in self.sku else self.name

    @property
    def variant(self) -> str:
        """Colour as the back offices write it; empty when there is one only."""
        return f"颜色分类:{self.name.rsplit(' ', 1)[1]}" if "-" in self.sku else ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The range, with prices in fen by day and SKU, shape (days, products)."""

    products: tuple[Product, ...]
    prices: Integers
    pull: Floats  # relative number of orders a product draws, same shape

    @property
    def skus(self) -> list[str]:
        """SKUs in order of their codes."""
        return [product.sku for product in self.products]

    @property
    def families(self) -> list[str]:
        """Products as platforms number them, in catalogue order."""
        return list(dict.fromkeys(product.family for product in self.products))

    @property
    def family_codes(self) -> Integers:
        """For each SKU the position of its product in ``families``."""
        families = self.families
        return np.array([families.index(product.family) for product in self.products])

    def stage(self, product: Product, day: int) -> str:
        """Stage of life on a day: new, growing, mature, declining or retired."""
        if day >= product.retired:
            return "retired"
        age, left = day - product.listed, product.retired - day
        if left < 120:
            return "declining"
        return "new" if age < 60 else "growing" if age < 240 else "mature"


def build_catalogue(timeline: Timeline) -> Catalogue:
    """The range over the window, with price tests and campaign prices."""
    products = tuple(_product(row, timeline) for row in _ROWS.strip().splitlines())
    return Catalogue(products, *_prices_and_pull(products, timeline))


def _product(row: str, timeline: Timeline) -> Product:
    sku, name, category, price, cost, weight, listed, retired, elasticity = row.split("|")
    last = timeline.days - 1
    return Product(
        sku, name, _CATEGORIES[category], int(price) * 100, int(cost) * 100, float(weight),
        last - int(listed), last - int(retired) if retired != "0" else last + 400,
        float(elasticity),
    )  # fmt: skip


def _prices_and_pull(products: tuple[Product, ...], timeline: Timeline) -> tuple[Integers, Floats]:
    days = np.arange(timeline.days)
    campaign = np.where(on_sale(timeline, "tmall") > 1, CAMPAIGN_PRICE, 1.0)
    day_of_year = (timeline.dates - timeline.dates.astype("datetime64[Y]")).astype(np.int64)
    winter = np.cos(2 * np.pi * (day_of_year - 15) / 365.25)
    prices = np.zeros((timeline.days, len(products)), dtype=np.int64)
    pull = np.zeros((timeline.days, len(products)))
    for column, product in enumerate(products):
        relative = _price_tests(product, timeline)
        prices[:, column] = np.round(product.price * campaign * relative / 100) * 100
        rising = np.clip((days - product.listed) / 150, 0, 1) ** 0.7
        falling = np.clip((product.retired - days) / 150, 0, 1) ** 0.8
        seasonal = 1 + _WINTER.get(product.category, 0.0) * winter
        sold = (days >= product.listed) & (days < product.retired)
        pull[:, column] = (
            product.weight * rising * falling * seasonal * relative**product.elasticity * sold
        )
    return prices, pull


def _price_tests(product: Product, timeline: Timeline) -> Floats:
    """Fortnights at another price, about three a year; 1.0 otherwise."""
    rng = timeline.rng("price", product.sku)
    relative = np.ones(timeline.days)
    for start in range(0, timeline.days, TEST_DAYS):
        if rng.random() < 0.12:
            relative[start : start + TEST_DAYS] = rng.choice([0.85, 0.9, 1.08])
    return relative


def cost_history(catalogue: Catalogue, timeline: Timeline) -> list[tuple[str, int, int]]:
    """Unit costs as (SKU, first day it holds, fen); lamps became dearer once."""
    rise = timeline.days - 1 - COST_RISE_DAYS_BEFORE_END
    history = []
    for product in catalogue.products:
        first = max(product.listed, 0)
        history.append((product.sku, first, product.cost))
        if product.category in _LAMPS and first < rise < product.retired:
            history.append((product.sku, rise, round(product.cost * COST_RISE)))
    return history


def daily_costs(catalogue: Catalogue, timeline: Timeline) -> Integers:
    """Unit cost in fen by day and SKU, shape (days, products)."""
    costs = np.zeros((timeline.days, len(catalogue.products)), dtype=np.int64)
    for sku, first, cost in cost_history(catalogue, timeline):
        costs[first:, catalogue.skus.index(sku)] = cost
    return costs
