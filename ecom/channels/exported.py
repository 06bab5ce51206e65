"""What kind of source a channel is that a back office names in its own words.

The rules read like those of visits (``ecom.channels.rules``): ``source`` is compared with the name
as exported, ``channel`` is the kind. A team may have its own (``Settings.kinds``). Alimama renamed
its products on 2024-02-19, with the old name in brackets behind the new one, so both match.
"""

from __future__ import annotations

from collections.abc import Sequence

from ecom.channels.rules import NONE, ChannelRule

PLATFORM_ADS = "Platform ads"
AFFILIATES = "Affiliates"

EXPORTED_RULES: tuple[ChannelRule, ...] = (
    ChannelRule(AFFILIATES, source="*淘宝客*, *京挑客*, *多多进宝*, *精选联盟*"),
    ChannelRule(PLATFORM_ADS, source="*直通车*, *万相台*, *引力魔方*, *超级推荐*"),
    ChannelRule(PLATFORM_ADS, source="*钻展*, *品销宝*, *关键词推广*, *人群推广*, *智能场景*"),
    ChannelRule(PLATFORM_ADS, source="*全站推广*, *广告流量*, *千川*, *京东快车*, *京准通*"),
    ChannelRule(PLATFORM_ADS, source="*多多搜索推广*"),
    ChannelRule("Live", source="*直播*"),
    ChannelRule("Short video", source="*短视频*, *逛逛*"),
    ChannelRule("Private domain", source="*私域*, *群聊*, *会员*, *公众号*, *企业微信*"),
    ChannelRule("Recommendation", source="*推荐*, *猜你喜欢*, *商品卡*"),
    ChannelRule("Site search", source="*搜索*"),
    ChannelRule("Own list", source="*购物车*, *我的淘宝*, *收藏*, *已买到*"),
)  # fmt: skip
"""Tried from the top, so that ``千川直播`` is an ad and ``直播推荐`` live."""


def kind_of(channel: str, *, rules: Sequence[ChannelRule] = EXPORTED_RULES) -> str:
    """The kind of a channel by its exported name; any other channel is a kind of its own."""
    told = (channel.strip().lower(), NONE, NONE, NONE)
    return next((rule.channel for rule in rules if rule.matches(told)), channel)
