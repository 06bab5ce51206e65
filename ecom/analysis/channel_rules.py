"""What rules for channels make of the origins that the visits so far had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecom.analysis.base import Column, Table
from ecom.channels import ORIGIN, ChannelRule, classify
from ecom.queries.origins import origins_seen
from ecom.store import Store
from ecom.text import Text, message

MOST = 500
"""Origins listed; those that change channel come first."""


@dataclass(frozen=True, eq=False, slots=True)
class RulesTried:
    """The answer.

    Attributes
    ----------
    headline : how many origins change their channel.
    origins : one row an origin: source, medium, campaign, referrer, click id, its channel now and
        by these rules.
    changed : origins that change their channel.
    """

    headline: Text
    origins: Table
    changed: int


def try_rules(store: Store, rules: Sequence[ChannelRule]) -> RulesTried:
    """Name the channels of all origins by some rules, without storing anything.

    Visits whose export named a channel keep it, whatever the rules say.
    """
    frame = origins_seen(store)
    frame["by_rules"] = classify(frame, rules=rules)
    is_changed = frame["by_rules"] != frame["channel"]
    order = is_changed.sort_values(ascending=False, kind="stable").index
    changed = int(is_changed.sum())
    return RulesTried(
        headline=message(
            "{count} of {all} origins of visits change their channel.",
            count=changed,
            all=len(frame),
        ),
        origins=Table.make(
            frame.loc[order].head(MOST)[[*ORIGIN, "channel", "by_rules"]],
            Column("source", message("Source")),
            Column("medium", message("Medium")),
            Column("campaign", message("Campaign tag")),
            Column("referrer", message("Referrer")),
            Column("click", message("Click id")),
            Column("channel", message("Channel now"), terms=True),
            Column("by_rules", message("By these rules"), terms=True),
        ),
        changed=changed,
    )
