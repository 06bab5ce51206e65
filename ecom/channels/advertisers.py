"""Orders name the kind of visit, ad reports the seller of the advertising: who brings which."""

from __future__ import annotations

from ecom.channels.exported import is_paid

ADVERTISERS = {
    "Paid Search": "Google Ads",
    "Paid Shopping": "Google Ads",
    "Paid Video": "Google Ads",
    "Display": "Google Ads",
    "Cross-network": "Google Ads",
    "Paid Social": "Meta Ads",
}

_PAID = frozenset((*ADVERTISERS, *ADVERTISERS.values(), "Paid Other"))


def costs_money(channel: str) -> bool:
    """Whether visits by a channel are paid for.

    Without ad reports of such a channel nobody knows what its orders earn.
    """
    return channel in _PAID or is_paid(channel)
