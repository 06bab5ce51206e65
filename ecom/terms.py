"""Names that stand in the data in English and are shown in the reader's language.

Provinces of China are known by their short Chinese names, too, to which ingest cuts addresses.
Everything else in a cell (product names, campaign names, other regions) is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from ecom.provinces import PROVINCES
from ecom.text import Text, message

LABELS: Mapping[str, Text] = {
    # channels (ecom.channels)
    "Direct": message("Direct"),
    "Cross-network": message("Cross-network"),
    "AI Assistants": message("AI Assistants"),
    "Paid Shopping": message("Paid Shopping"),
    "Paid Search": message("Paid Search"),
    "Paid Social": message("Paid Social"),
    "Paid Video": message("Paid Video"),
    "Display": message("Display"),
    "Paid Other": message("Paid Other"),
    "Organic Shopping": message("Organic Shopping"),
    "Organic Social": message("Organic Social"),
    "Organic Video": message("Organic Video"),
    "Organic Search": message("Organic Search"),
    "Email": message("Email"),
    "Affiliates": message("Affiliates"),
    "Referral": message("Referral"),
    "Audio": message("Audio"),
    "SMS": message("SMS"),
    "Mobile Push": message("Mobile Push"),
    "Unassigned": message("Unassigned"),
    "Other": message("Other"),
    "(none)": message("(none)"),
    # kinds of sources that back offices name (ecom.channels.exported)
    "Platform ads": message("Platform ads"),
    "Live": message("Live"),
    "Short video": message("Short video"),
    "Private domain": message("Private domain"),
    "Recommendation": message("Recommendation"),
    "Site search": message("Site search"),
    "Own list": message("Own list"),
    # sources as Chinese back offices name them
    "手淘搜索": message("Taobao search"),
    "手淘推荐": message("Taobao recommendations"),
    "我的淘宝": message("My Taobao"),
    "购物车": message("Cart page"),
    "直通车": message("Zhitongche ads"),
    "引力魔方": message("Yinli Mofang ads"),
    "超级推荐": message("Super Recommendation ads"),
    "万相台": message("Wanxiangtai"),
    "关键词推广": message("Keyword ads"),
    "精准人群推广": message("Audience ads"),
    "智能场景": message("Smart-scene ads"),
    "淘宝客": message("Taobaoke affiliates"),
    "千川": message("Qianchuan"),
    "直播间": message("Live room"),
    "短视频": message("Short videos"),
    "商品卡": message("Product card"),
    "私域": message("Private traffic"),
    # devices
    "mobile": message("Mobile"),
    "desktop": message("Desktop"),
    "tablet": message("Tablet"),
    "app": message("App"),
    # content, messages and groups
    "note": message("Note"),
    "video": message("Short video"),
    "live": message("Live stream"),
    "email": message("E-mail"),
    "sms": message("Text message"),
    "group message": message("Group message"),
    "wecom_group": message("WeCom group"),
    "official_account": message("Official account"),
    "mini_program": message("Mini program"),
    # where counts came from
    "events": message("Event log"),
    "own": message("our template"),
    "sycm": message("Sycm"),
    "jdsz": message("JD Shangzhi"),
    "compass": message("Douyin Compass"),
    "ga4": message("GA4"),
    "shopify": message("Shopify"),
    "woocommerce": message("WooCommerce"),
    "amazon": message("Amazon"),
    "amazon_fba": message("Amazon FBA"),
    "google_ads": message("Google Ads"),
    "meta_ads": message("Meta Ads"),
    "tiktok_ads": message("TikTok Ads"),
    "qianchuan": message("Qianchuan"),
    "wanxiangtai": message("Wanxiangtai"),
    "jushuitan": message("Jushuitan"),
    "guanjiapo": message("Guanjiapo"),
    "supply_chain": message("supply chain"),
    # regions
    **{
        name: province.name
        for province in PROVINCES
        for name in (province.short, str(province.name))
    },
}
"""Canonical name -> how it is shown."""


def term(name: Text | str) -> Text | str:
    """A canonical name as part of a sentence; any other name is data and stays."""
    return LABELS.get(name, name) if isinstance(name, str) else name
