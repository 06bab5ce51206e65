"""Which channel a visit came by: rules tried from the top, the first that matches wins.

The order and conditions are those of Google Analytics 4's default channel group, with an
"AI Assistants" channel and the names Chinese shop back offices use put before them. Names are the
canonical (English) keys; the screen translates them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

_PAID = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$")
_SHOP_CAMPAIGN = re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$")

_SEARCH = frozenset(
    "google bing yahoo baidu duckduckgo yandex ecosia sogou so.com 360.cn qwant naver daum seznam "
    "ask aol brave startpage coccoc shenma sm.cn".split()
)
_SOCIAL = frozenset(
    "facebook instagram twitter x.com t.co linkedin pinterest reddit tumblr snapchat threads weibo "
    "wechat weixin qq xiaohongshu xhs zhihu douban quora vk whatsapp telegram line kakaotalk fb ig "
    "messenger bluesky mastodon".split()
)
_VIDEO = frozenset(
    "youtube youtu.be vimeo dailymotion twitch tiktok douyin kuaishou bilibili iqiyi youku netflix "
    "wistia disneyplus".split()
)
_SHOPPING = frozenset(
    "amazon ebay etsy walmart shopify taobao tmall jd alibaba aliexpress shopping pinduoduo temu "
    "shopzilla mercadolibre rakuten igshopping google-shopping".split()
)
_ASSISTANTS = frozenset(
    "chatgpt openai claude anthropic gemini perplexity copilot deepseek grok phind doubao kimi "
    "yuanbao tongyi".split()
)
_DISPLAY = frozenset("display banner expandable interstitial cpm".split())
_SOCIAL_MEDIUM = frozenset(
    ("social", "social-network", "social-media", "sm", "social network", "social media")
)
_EMAIL = frozenset(("email", "e-mail", "e_mail", "e mail"))


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a visit says it came from, lower-cased and trimmed."""

    source: str
    medium: str
    campaign: str

    @property
    def is_paid(self) -> bool:
        """Whether the medium names paid traffic."""
        return bool(_PAID.match(self.medium))

    @property
    def is_shopping(self) -> bool:
        """Whether source or campaign names a shopping site."""
        return _listed(self.source, _SHOPPING) or bool(_SHOP_CAMPAIGN.match(self.campaign))


def _listed(source: str, names: frozenset[str]) -> bool:
    """Whether a source is one of ``names``, as a bare name or as a host (``m.facebook.com``)."""
    if source in names:
        return True
    return any(part in names for part in source.split(".")) or any(
        "." in name and source.endswith(name) for name in names
    )


RULES: tuple[tuple[str, Callable[[Visit], bool]], ...] = (
    (
        "Direct",
        lambda v: (
            v.source in ("(direct)", "direct", "") and v.medium in ("(none)", "(not set)", "")
        ),
    ),
    ("Cross-network", lambda v: "cross-network" in v.campaign),
    ("AI Assistants", lambda v: _listed(v.source, _ASSISTANTS) and not v.is_paid),
    ("Paid Shopping", lambda v: v.is_shopping and v.is_paid),
    ("Paid Search", lambda v: _listed(v.source, _SEARCH) and v.is_paid),
    ("Paid Social", lambda v: _listed(v.source, _SOCIAL) and v.is_paid),
    ("Paid Video", lambda v: _listed(v.source, _VIDEO) and v.is_paid),
    ("Display", lambda v: v.medium in _DISPLAY),
    ("Paid Other", lambda v: v.is_paid),
    ("Organic Shopping", lambda v: v.is_shopping),
    ("Organic Social", lambda v: _listed(v.source, _SOCIAL) or v.medium in _SOCIAL_MEDIUM),
    ("Organic Video", lambda v: _listed(v.source, _VIDEO) or "video" in v.medium),
    ("Email", lambda v: v.source in _EMAIL or v.medium in _EMAIL),
    ("Affiliates", lambda v: v.medium in ("affiliate", "affiliates")),
    ("Organic Search", lambda v: _listed(v.source, _SEARCH) or v.medium == "organic"),
    ("Referral", lambda v: v.medium in ("referral", "app", "link")),
    ("Audio", lambda v: v.medium == "audio"),
    ("SMS", lambda v: v.source == "sms" or v.medium == "sms"),
    (
        "Mobile Push",
        lambda v: (
            v.medium.endswith("push")
            or "mobile" in v.medium
            or "notification" in v.medium
            or v.source == "firebase"
        ),
    ),
)

UNASSIGNED = "Unassigned"

# Orders name the kind of visit, ad reports the seller of the advertising: whose spend brings which.
ADVERTISERS = {
    "Paid Search": "Google Ads",
    "Paid Shopping": "Google Ads",
    "Paid Video": "Google Ads",
    "Display": "Google Ads",
    "Cross-network": "Google Ads",
    "Paid Social": "Meta Ads",
}


def channel_of(source: str | None, medium: str | None, campaign: str | None = None) -> str:
    """Name the channel of a visit.

    Parameters
    ----------
    source, medium, campaign : str or None
        As the visit's first event carries them (``utm_*`` or the referrer); case is ignored.

    Returns
    -------
    str
        The first matching channel, else ``Unassigned``.
    """
    visit = Visit(*((value or "").strip().lower() for value in (source, medium, campaign)))
    return next((name for name, matches in RULES if matches(visit)), UNASSIGNED)


def classify(visits: pd.DataFrame) -> pd.Series:
    """``channel_of`` for a frame with columns source, medium, campaign; same index."""
    return pd.Series(
        [
            channel_of(source, medium, campaign)
            for source, medium, campaign in zip(
                visits["source"], visits["medium"], visits["campaign"], strict=True
            )
        ],
        index=visits.index,
        dtype="str",
    )
