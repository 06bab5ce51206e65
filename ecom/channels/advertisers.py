"""Orders name the kind of visit, ad reports the seller of the advertising: who brings which."""

from __future__ import annotations

from collections.abc import Sequence

from ecom.channels.exported import AFFILIATES, EXPORTED_RULES, PLATFORM_ADS, kind_of
from ecom.channels.rules import ChannelRule

ADVERTISERS = {
    "Paid Search": "Google Ads",
    "Paid Shopping": "Google Ads",
    "Paid Video": "Google Ads",
    "Display": "Google Ads",
    "Cross-network": "Google Ads",
    "Paid Social": "Meta Ads",
}

_PAID = frozenset((*ADVERTISERS, *ADVERTISERS.values(), "Paid Other", PLATFORM_ADS, AFFILIATES))


def costs_money(channel: str, *, kinds: Sequence[ChannelRule] = EXPORTED_RULES) -> bool:
    """Whether visits by a channel are paid for: it, or its kind by these rules, is a paid one.

    Without ad reports of such a channel nobody knows what its orders earn.
    """
    return channel in _PAID or kind_of(channel, rules=kinds) in _PAID
