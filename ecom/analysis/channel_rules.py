"""What rules for channels make of what the store has seen: origins of visits, exported names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Column, Table, words
from ecom.channels import ORIGIN, ChannelRule, classify, costs_money, kind_of
from ecom.queries.options import filter_options
from ecom.queries.origins import origins_seen
from ecom.store import Store
from ecom.text import Text, message

MOST = 500
"""Rows listed; those that change come first."""

COSTS = {True: message("paid for"), False: message("free")}
_OF_COST = message("By these rules. Without ad reports nobody knows the margin of a paid source.")


@dataclass(frozen=True, eq=False, slots=True)
class RulesTried:
    """The answer.

    Attributes
    ----------
    headline : how many rows change.
    table : one row an origin or a name, with what it is now and by these rules.
    changed : rows that change.
    """

    headline: Text
    table: Table
    changed: int


def try_rules(store: Store, rules: Sequence[ChannelRule]) -> RulesTried:
    """Name the channels of all origins by some rules, without storing anything.

    Visits whose export named a channel keep it, whatever the rules say. Columns of the table:
    source, medium, campaign, referrer, click, channel, by_rules.
    """
    frame = origins_seen(store)
    frame["by_rules"] = classify(frame, rules=rules)
    is_changed = frame["by_rules"] != frame["channel"]
    changed = int(is_changed.sum())
    return RulesTried(
        headline=message(
            "{count} of {all} origins of visits change their channel.",
            count=changed,
            all=len(frame),
        ),
        table=Table.make(
            _changed_first(frame, is_changed)[[*ORIGIN, "channel", "by_rules"]],
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


def try_kinds(store: Store, rules: Sequence[ChannelRule]) -> RulesTried:
    """Name the kinds of the store's channels by some rules, without storing anything.

    Columns of the table: name, kind, by_rules, cost (whether its visits are paid for by these
    rules).
    """
    names = filter_options(store).channels
    now = store.settings.kinds
    frame = pd.DataFrame(
        {
            "name": names,
            "kind": [kind_of(name, rules=now) for name in names],
            "by_rules": [kind_of(name, rules=rules) for name in names],
            "cost": words(COSTS[costs_money(name, kinds=rules)] for name in names),
        },
        dtype="object",
    )
    is_changed = frame["by_rules"] != frame["kind"]
    changed = int(is_changed.sum())
    return RulesTried(
        headline=message(
            "{count} of {all} names of channels get another kind.", count=changed, all=len(frame)
        ),
        table=Table.make(
            _changed_first(frame, is_changed),
            Column("name", message("Name in exports")),  # as a rule has to spell it
            Column("kind", message("Kind now"), terms=True),
            Column("by_rules", message("By these rules"), terms=True),
            Column("cost", message("Visits are"), help=_OF_COST),
        ),
        changed=changed,
    )


def _changed_first(frame: pd.DataFrame, is_changed: pd.Series) -> pd.DataFrame:
    order = is_changed.sort_values(ascending=False, kind="stable").index
    return frame.loc[order].head(MOST)
