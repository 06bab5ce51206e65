"""What the seller publishes and sends: notes, videos, live streams, messages, groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ecom.demo import write as w
from ecom.demo.shops import DOUYIN, SITE, TMALL
from ecom.demo.timeline import Floats, Timeline
from ecom.demo.world import World
from ecom.demo.write import DemoFile
from ecom.store.staging import Shop
from ecom.text import message

ENCODING = "utf-8-sig"
_COUNTED = (1, 3, 7, 14, 28)  # days after a piece is published on which its counters are read
_ORDER_FEN = 19_800
_SUBJECTS = ("客厅落地灯", "床头氛围灯", "书桌护眼灯", "露营灯", "浴室镜前灯", "餐厅吊灯")


@dataclass(frozen=True, slots=True)
class _Series:
    """Pieces of one kind: how often one comes, and what of its views become clicks and orders."""

    shop: Shop
    platform: str
    kind: str
    every: int
    views: int
    clicks: float
    orders: float


_SERIES = (
    _Series(TMALL, "xiaohongshu", "note", 4, 9_000, 0.030, 0.035),
    _Series(DOUYIN, "douyin", "video", 3, 26_000, 0.012, 0.025),
    _Series(DOUYIN, "douyin", "live", 4, 7_000, 0.090, 0.050),
    _Series(SITE, "xiaohongshu", "note", 7, 5_000, 0.025, 0.030),
)


@dataclass(frozen=True, slots=True)
class _Mailing:
    """Messages of one channel: how often, to how many, and what comes of them."""

    shop: Shop
    platform: str
    channel: str
    every: int
    recipients: int
    clicks: float
    orders: float
    unsubscribes: float


_MAILINGS = (
    _Mailing(TMALL, "WeCom", "group message", 5, 4_200, 0.060, 0.11, 0.003),
    _Mailing(TMALL, "短信", "sms", 14, 9_000, 0.018, 0.08, 0.006),
    _Mailing(DOUYIN, "短信", "sms", 14, 6_000, 0.012, 0.06, 0.008),
    _Mailing(SITE, "newsletter", "email", 7, 8_000, 0.024, 0.07, 0.002),
)


@dataclass(frozen=True, slots=True)
class _Account:
    """A group, official account or mini program: members when the window begins, and a day."""

    shop: Shop
    platform: str
    name: str
    members: int
    joins: float
    leaves: float
    reach: float
    orders: float


_ACCOUNTS = (
    _Account(TMALL, "WeCom group", "灯友福利群", 900, 3.2, 0.0011, 0.55, 0.011),
    _Account(TMALL, "official account", "流明家居", 5_200, 9.0, 0.0009, 0.10, 0.012),
    _Account(DOUYIN, "WeCom group", "直播间粉丝群", 600, 2.4, 0.0016, 0.50, 0.008),
    _Account(SITE, "mini program", "流明会员", 1_800, 4.0, 0.0008, 0.12, 0.020),
)


def write_content(folder: Path, world: World) -> Iterator[DemoFile]:
    """Write content, messages and groups of each shop into its folder, in our own templates."""
    for shop in (TMALL, DOUYIN, SITE):
        for layout_id, table, description in (
            ("own_content", _content(shop, world.timeline), message("Content and its counters")),
            ("own_crm", _messages(shop, world.timeline), message("Messages sent to customers")),
            (
                "own_private_domain",
                _groups(shop, world.timeline),
                message("Groups and accounts by day"),
            ),
        ):
            path = folder / shop.shop_id / f"{layout_id}.csv"
            w.write_csv(path, table, encoding=ENCODING)
            yield DemoFile(path, shop, layout_id, description)


def _content(shop: Shop, timeline: Timeline) -> pa.Table:
    """Counters so far, read on some days after each piece came out."""
    parts = [_series(one, timeline) for one in _SERIES if one.shop == shop]
    return pa.concat_tables(parts)


def _series(series: _Series, timeline: Timeline) -> pa.Table:
    rng = timeline.rng("content", series.shop.shop_id, series.kind)
    published = np.arange(rng.integers(series.every), timeline.days, series.every)
    size = series.views * timeline.scale * rng.lognormal(0.0, 0.6, len(published))
    # The better piece sells more per view, too: quality moves clicks and orders alike.
    quality = rng.lognormal(0.0, 0.35, len(published))
    number = np.repeat(np.arange(len(published)), len(_COUNTED))
    age = np.tile(_COUNTED, len(published))
    kept = published[number] + age < timeline.days
    number, age = number[kept], age[kept]
    grown = _grown(age, fast=series.kind == "live")
    views = np.floor(size[number] * grown).astype(np.int64)
    clicks = np.floor(views * series.clicks * quality[number]).astype(np.int64)
    orders = np.floor(clicks * series.orders * quality[number]).astype(np.int64)
    subjects = [f"{_SUBJECTS[n % len(_SUBJECTS)]} {n + 1}" for n in range(len(published))]
    prefix = f"{series.platform[0].upper()}{series.kind[0].upper()}-"
    return pa.table(
        {
            "date": w.days(timeline.dates[published[number] + age]),
            "platform": w.same(series.platform, len(number)),
            "account": w.same("流明家居", len(number)),
            "content_id": w.affix(w.text(number + 1), before=prefix),
            "title": w.pick(subjects, number),
            "content_type": w.same(series.kind, len(number)),
            "published_date": w.days(timeline.dates[published[number]]),
            "impressions": w.text(views * 6),
            "views": w.text(views),
            "new_followers": w.text(views // 250),
            "product_clicks": w.text(clicks),
            "paid_orders": w.text(orders),
            "paid_amount": w.money(orders * _ORDER_FEN),
            "currency": w.same("CNY", len(number)),
        }
    )


def _grown(age: Floats, *, fast: bool) -> Floats:
    """Share of its final views a piece has some days after it came out."""
    grown: Floats = 1 - np.exp(-age / (0.3 if fast else 4.0))
    return grown


def _messages(shop: Shop, timeline: Timeline) -> pa.Table:
    parts = [_mailing(one, timeline) for one in _MAILINGS if one.shop == shop]
    return pa.concat_tables(parts)


def _mailing(mailing: _Mailing, timeline: Timeline) -> pa.Table:
    rng = timeline.rng("messages", mailing.shop.shop_id, mailing.channel)
    sent = np.arange(rng.integers(mailing.every), timeline.days, mailing.every)
    growth = 0.6 + 0.4 * sent / timeline.days
    recipients = np.maximum(mailing.recipients * timeline.scale * growth, 1).astype(np.int64)
    delivered = rng.binomial(recipients, 0.985)
    clicks = rng.binomial(delivered, mailing.clicks)
    orders = rng.binomial(clicks, mailing.orders)
    hour = np.full(len(sent), 20 * 3_600)
    subjects = [f"{_SUBJECTS[n % len(_SUBJECTS)]}专场 {n + 1}" for n in range(len(sent))]
    return pa.table(
        {
            "campaign_id": w.affix(w.text(np.arange(len(sent)) + 1), before=f"{mailing.channel}-"),
            "platform": w.same(mailing.platform, len(sent)),
            "name": pa.array(subjects),
            "channel": w.same(mailing.channel, len(sent)),
            "sent_at": w.clock(timeline.times(sent, hour)),
            "recipients": w.text(recipients),
            "delivered": w.text(delivered),
            "clicks": w.text(clicks),
            "orders": w.text(orders),
            "revenue": w.money(orders * _ORDER_FEN),
            "unsubscribes": w.text(rng.binomial(delivered, mailing.unsubscribes)),
            "currency": w.same("CNY", len(sent)),
        }
    )


def _groups(shop: Shop, timeline: Timeline) -> pa.Table:
    return pa.concat_tables([_group(one, timeline) for one in _ACCOUNTS if one.shop == shop])


def _group(account: _Account, timeline: Timeline) -> pa.Table:
    rng = timeline.rng("groups", account.shop.shop_id, account.name)
    joined = rng.poisson(account.joins * timeline.scale, timeline.days)
    members = np.empty(timeline.days, dtype=np.int64)
    left = np.empty(timeline.days, dtype=np.int64)
    standing = max(int(account.members * timeline.scale), 50)
    for day in range(timeline.days):
        left[day] = rng.binomial(standing, account.leaves)
        standing += joined[day] - left[day]
        members[day] = standing
    reach = rng.binomial(members, account.reach)
    clicks = rng.binomial(reach, 0.09)
    orders = rng.binomial(clicks, min(account.orders * 8, 1.0))
    rows = timeline.days
    return pa.table(
        {
            "date": w.days(timeline.dates),
            "platform": w.same(account.platform, rows),
            "account": w.same(account.name, rows),
            "members": w.text(members),
            "new_members": w.text(joined),
            "left_members": w.text(left),
            "reach": w.text(reach),
            "clicks": w.text(clicks),
            "visitors": w.text(rng.binomial(clicks, 0.8)),
            "orders": w.text(orders),
            "revenue": w.money(orders * _ORDER_FEN),
            "currency": w.same("CNY", rows),
        }
    )
