"""Which channel a visit came by: rules tried from the top, the first that matches wins."""

from ecom.channels.advertisers import ADVERTISERS, costs_money
from ecom.channels.defaults import DEFAULT_RULES
from ecom.channels.exported import EXPORTED_RULES, kind_of
from ecom.channels.origins import ORIGIN, UNASSIGNED, Origin, channel_of, classify
from ecom.channels.rules import ChannelRule

__all__ = [
    "ADVERTISERS",
    "DEFAULT_RULES",
    "EXPORTED_RULES",
    "ORIGIN",
    "UNASSIGNED",
    "ChannelRule",
    "Origin",
    "channel_of",
    "classify",
    "costs_money",
    "kind_of",
]
