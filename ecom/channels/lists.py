"""Names that rules call by ``@list``, so that a rule is one line and not forty words."""

from __future__ import annotations

from collections.abc import Mapping

LISTS: Mapping[str, tuple[str, ...]] = {
    "search": tuple(
        "google bing yahoo baidu duckduckgo yandex ecosia sogou so.com 360.cn qwant naver daum "
        "seznam ask aol brave startpage coccoc shenma sm.cn".split()
    ),
    "social": tuple(
        "facebook instagram twitter x.com t.co linkedin pinterest reddit tumblr snapchat threads "
        "weibo wechat weixin qq xiaohongshu xhs zhihu douban quora vk whatsapp telegram line "
        "kakaotalk fb ig messenger bluesky mastodon".split()
    ),
    "video": tuple(
        "youtube youtu.be vimeo dailymotion twitch tiktok douyin kuaishou bilibili iqiyi youku "
        "netflix wistia disneyplus".split()
    ),
    "shopping": tuple(
        "amazon ebay etsy walmart shopify taobao tmall jd alibaba aliexpress shopping pinduoduo "
        "temu shopzilla mercadolibre rakuten igshopping google-shopping".split()
    ),
    "assistants": tuple(
        "chatgpt openai claude anthropic gemini perplexity copilot deepseek grok phind doubao kimi "
        "yuanbao tongyi".split()
    ),
    "social-media": (
        "social",
        "social-network",
        "social-media",
        "sm",
        "social network",
        "social media",
    ),
    "email": ("email", "e-mail", "e_mail", "e mail"),
    # "shop" as a word of its own, or after an e
    "shop": ("shop*", "*shopping*", *(f"*{before}shop*" for before in "e0123456789 _-./|:+&,()")),
    "paid": ("*cp*", "ppc", "retargeting", "paid*"),
    # Google's and Microsoft's click ids say that a click was paid for; Facebook's do not.
    "ads": tuple("gclid gbraid wbraid gad_source dclid msclkid bd_vid qhclickid".split()),
}
