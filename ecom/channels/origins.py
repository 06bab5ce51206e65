"""Where a visit says that it came from, and the channel that rules make of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ecom.channels.defaults import DEFAULT_RULES
from ecom.channels.rules import NONE, ChannelRule

UNASSIGNED = "Unassigned"
ORIGIN = ("source", "medium", "campaign", "referrer", "click")
"""Columns of an origin, of a frame of origins and of a visit's first event."""

_NO_SOURCE = frozenset(("", "(direct)", "direct", "$direct", "(not set)"))
_NOTHING = frozenset(("", NONE, "(not set)"))
_REFERRER = "(referrer)"


@dataclass(frozen=True, slots=True)
class Origin:
    """What the link and the browser say.

    Attributes
    ----------
    source, medium, campaign : tags of the link (``utm_*``); case and outer blanks are ignored.
    referrer : host of the page before, which counts where no tag names a source.
    click : name of the click id in the link, such as ``gclid``.
    """

    source: str = ""
    medium: str = ""
    campaign: str = ""
    referrer: str = ""
    click: str = ""

    @property
    def told(self) -> tuple[str, str, str, str]:
        """Source, medium, campaign and click id as rules see them, nothing as ``(none)``."""
        source, medium, campaign, referrer, click = (
            (getattr(self, name) or "").strip().lower() for name in ORIGIN
        )
        is_untagged = source in _NO_SOURCE and medium in _NOTHING
        if source in _NO_SOURCE:
            source = "(direct)" if referrer in _NO_SOURCE else referrer
        if is_untagged and source != "(direct)":
            medium = _REFERRER
        medium, campaign, click = (
            NONE if one in _NOTHING else one for one in (medium, campaign, click)
        )
        return source, medium, campaign, click


def channel_of(origin: Origin, *, rules: Sequence[ChannelRule] = DEFAULT_RULES) -> str:
    """Name the channel of a visit: that of the first rule that matches, else ``Unassigned``."""
    told = origin.told
    return next((rule.channel for rule in rules if rule.matches(told)), UNASSIGNED)


def classify(origins: pd.DataFrame, *, rules: Sequence[ChannelRule] = DEFAULT_RULES) -> pd.Series:
    """``channel_of`` for a frame with the columns ``ORIGIN``; same index."""
    told = origins[list(ORIGIN)].itertuples(index=False, name=None)
    return pd.Series(
        [channel_of(Origin(*one), rules=rules) for one in told], index=origins.index, dtype="str"
    )
