"""The table a team starts from.

Conditions and order are those of Google Analytics 4's default channel group [1]_, with three
additions: AI assistants, click ids, and a bare referrer (medium ``(referrer)``).

References
----------
.. [1] Google, "Default channel group", support.google.com/analytics/answer/9756891.
"""

from __future__ import annotations

from ecom.channels.rules import NONE, ChannelRule

DEFAULT_RULES: tuple[ChannelRule, ...] = (
    ChannelRule("Direct", source="(direct)", medium=NONE, click=NONE),
    ChannelRule("Cross-network", campaign="*cross-network*"),
    ChannelRule("Paid Shopping", source="@shopping", medium="@paid"),
    ChannelRule("Paid Shopping", source="@shopping", click="@ads"),
    ChannelRule("Paid Shopping", medium="@paid", campaign="@shop"),
    ChannelRule("Paid Search", source="@search", medium="@paid"),
    ChannelRule("Paid Social", source="@social", medium="@paid"),
    ChannelRule("Paid Video", source="@video", medium="@paid"),
    ChannelRule("Paid Video", source="@video", click="@ads"),
    ChannelRule("Display", medium="display, banner, expandable, interstitial, cpm"),
    ChannelRule("Display", click="dclid"),
    ChannelRule("Paid Search", source="@search, (direct)", click="@ads"),
    ChannelRule("Paid Other", medium="@paid"),
    ChannelRule("Paid Other", click="@ads"),
    ChannelRule("AI Assistants", source="@assistants"),
    ChannelRule("Organic Shopping", source="@shopping"),
    ChannelRule("Organic Shopping", campaign="@shop"),
    ChannelRule("Organic Social", source="@social"),
    ChannelRule("Organic Social", medium="@social-media"),
    ChannelRule("Organic Video", source="@video"),
    ChannelRule("Organic Video", medium="*video*"),
    ChannelRule("Email", source="@email"),
    ChannelRule("Email", medium="@email"),
    ChannelRule("Affiliates", medium="affiliate, affiliates"),
    ChannelRule("Organic Search", source="@search"),
    ChannelRule("Organic Search", medium="organic"),
    ChannelRule("Referral", medium="referral, app, link, (referrer)"),
    ChannelRule("Audio", medium="audio"),
    ChannelRule("SMS", source="sms"),
    ChannelRule("SMS", medium="sms"),
    ChannelRule("Mobile Push", medium="*push, *mobile*, *notification*"),
    ChannelRule("Mobile Push", source="firebase"),
)  # fmt: skip
