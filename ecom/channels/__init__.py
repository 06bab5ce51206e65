"""Which channel a visit came by: rules tried from the top, the first that matches wins."""

from ecom.channels.advertisers import ADVERTISERS, PAID
from ecom.channels.defaults import DEFAULT_RULES
from ecom.channels.origins import ORIGIN, UNASSIGNED, Origin, channel_of, classify
from ecom.channels.rules import ChannelRule

__all__ = [
    "ADVERTISERS",
    "DEFAULT_RULES",
    "ORIGIN",
    "PAID",
    "UNASSIGNED",
    "ChannelRule",
    "Origin",
    "channel_of",
    "classify",
]
