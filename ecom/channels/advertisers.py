"""Orders name the kind of visit, ad reports the seller of the advertising: who brings which."""

ADVERTISERS = {
    "Paid Search": "Google Ads",
    "Paid Shopping": "Google Ads",
    "Paid Video": "Google Ads",
    "Display": "Google Ads",
    "Cross-network": "Google Ads",
    "Paid Social": "Meta Ads",
}

PAID = frozenset(
    (
        *ADVERTISERS,
        *("Paid Other", "Affiliates", "Google Ads", "Meta Ads"),
        # as Chinese back offices name them
        *"直通车 引力魔方 万相台 超级推荐 钻展 品销宝 淘宝客".split(),
        *"千川 巨量千川 京东快车 京准通 京挑客".split(),
    )
)
"""Channels that cost money. Without ad reports of theirs nobody knows what their orders earn."""
