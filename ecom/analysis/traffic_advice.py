"""Advice on sources of visitors, with the rule and the reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ecom.model import Amount, Unit
from ecom.models.proportions import LEAST_PEOPLE
from ecom.models.worth import Advice, Because, Evidence, Judgement, Share, judge
from ecom.text import Text, message

ADVICE: Mapping[Advice, Text] = {
    Advice.SCALE: message("Scale"),
    Advice.FIX: message("Fix the landing"),
    Advice.CUT: message("Cut"),
    Advice.WATCH: message("Watch"),
}
RULES: Mapping[Advice, Text] = {
    Advice.CUT: message(
        "Paid for, and first orders lose money (at least {people} of them); one more order at the "
        "same margin without ads, times the share that buys again in 90 days, does not make up for "
        "it.",
        people=LEAST_PEOPLE,
    ),
    Advice.FIX: message(
        "As many visitors as the median source or more; conversion below the rest and bounce rate "
        "above the rest, both by more than chance."
    ),
    Advice.SCALE: message(
        "Conversion above the rest by more than chance, and first orders lose no money."
    ),
    Advice.WATCH: message("All else: too few people, no difference, or something is not known."),
}
_BECAUSE: Mapping[Because, Text] = {
    Because.LOSES: message("Loses money, and repeat does not make up for it"),
    Because.WORSE_AND_BOUNCES: message("Many come, fewer buy, more leave at once"),
    Because.BETTER: message("More of them buy, at no loss"),
    Because.EARNED_BACK: message("First orders lose money, repeat makes up for it"),
    Because.REPEAT_UNKNOWN: message("First orders lose money; repeat is not known yet"),
    Because.BETTER_MARGIN_UNKNOWN: message("More of them buy; the margin is not known"),
    Because.BETTER_BUT_LOSES: message("More of them buy, at a loss"),
    Because.WORSE_FEW: message("Fewer of them buy, but not many come"),
    Because.WORSE_BOUNCE_UNKNOWN: message("Fewer of them buy; bounces are not known"),
    Because.WORSE_STAYS: message("Fewer of them buy, but no more than elsewhere leave at once"),
    Because.TOO_FEW: message("Too few people to tell"),
    Because.UNKNOWN: message("Not known who of them buys"),
    Because.ALIKE: message("Buys no more and no less than the rest, as far as chance allows"),
}


@dataclass(frozen=True, slots=True)
class Advised:
    """Advice and its reason."""

    advice: Advice
    reason: Text


def advised(
    parts: pd.DataFrame, own: pd.DataFrame, *, keys: list[str], currency: str
) -> tuple[Advised, ...]:
    """Judge sources, each against the others of its shops.

    Parameters
    ----------
    parts : sums by shop and channel, as ``traffic_worth.Worth`` has them.
    own : the same, added up by ``keys`` ("channel", or "shop" and "channel").

    Returns
    -------
    tuple of Advised
        In the order of ``own``.
    """
    shops = parts.groupby("shop").sum(min_count=1)
    flat = parts.reset_index()
    enough = _many(flat, own, keys)
    answers = []
    for key, row in own.iterrows():
        labels = key if isinstance(key, tuple) else (key,)
        mine = flat[(flat[keys] == list(labels)).all(axis=1)]
        rest = shops.loc[list(mine["shop"])].sum(min_count=1) - mine[list(own)].sum(min_count=1)
        evidence = _evidence(row, rest, is_large=key in enough)
        found = judge(evidence, tests=len(own))
        answers.append(Advised(found.advice, _reason(found, evidence, currency)))
    return tuple(answers)


def _many(flat: pd.DataFrame, own: pd.DataFrame, keys: list[str]) -> set[object]:
    """The sources with at least the median's visitors; within their shop where keys name it."""
    visitors = own["visitor_days"]
    if "shop" not in keys:
        return set(own.index[visitors >= visitors.median()])
    shops = visitors.index.get_level_values("shop")
    by_shop = flat.groupby("shop")["visitor_days"].median()
    return set(own.index[visitors.to_numpy() >= by_shop.reindex(shops).to_numpy()])


def _evidence(row: pd.Series, rest: pd.Series, *, is_large: bool) -> Evidence:
    orders = row["first_orders_with_margin"]
    return Evidence(
        buyers=_share(row, "buyer_days", "visitor_days_with_buyers"),
        rest_buyers=_share(rest, "buyer_days", "visitor_days_with_buyers"),
        bounces=_share(row, "bounced_sessions", "sessions_with_bounce"),
        rest_bounces=_share(rest, "bounced_sessions", "sessions_with_bounce"),
        is_large=is_large,
        is_paid=bool(row["spend"] > 0),
        first_orders=int(orders) if orders > 0 else 0,
        margin=_each(row["first_margin"], orders),
        gross=_each(row["first_gross"], orders),
        repeated=_share(row, "repeated_in_90_days", "ripe_customers"),
    )


def _share(row: pd.Series, part: str, whole: str) -> Share | None:
    if pd.isna(row[part]) or not row[whole] > 0:
        return None
    return Share(row[part], row[whole])


def _each(total: float, orders: float) -> float | None:
    return total / orders if orders > 0 and not pd.isna(total) else None


def _reason(found: Judgement, evidence: Evidence, currency: str) -> Text:
    """What decided, and the numbers that it rests on."""
    facts: list[Text] = []
    if evidence.buyers is not None and evidence.rest_buyers is not None:
        facts.append(
            message(
                "conversion {share} against {rest} of the rest",
                share=Amount(evidence.buyers.rate, Unit.RATIO),
                rest=Amount(evidence.rest_buyers.rate, Unit.RATIO),
            )
        )
    is_about_bounces = found.because in (Because.WORSE_AND_BOUNCES, Because.WORSE_STAYS)
    if is_about_bounces and evidence.bounces is not None and evidence.rest_bounces is not None:
        facts.append(
            message(
                "bounce rate {share} against {rest}",
                share=Amount(evidence.bounces.rate, Unit.RATIO),
                rest=Amount(evidence.rest_bounces.rate, Unit.RATIO),
            )
        )
    if evidence.margin is not None:
        margin = Amount(evidence.margin, Unit.MONEY, currency)
        facts.append(message("margin {margin} a first order", margin=margin))
    if evidence.repeated is not None and evidence.is_paid:
        again = Amount(evidence.repeated.rate, Unit.RATIO)
        facts.append(message("{share} buy again in 90 days", share=again))
    if evidence.margin is not None and evidence.margin < 0 and evidence.earned_back is not None:
        back = Amount(evidence.earned_back, Unit.MONEY, currency)
        facts.append(message("{margin} with that repeat", margin=back))
    if not facts:
        return message("{what}.", what=_BECAUSE[found.because])
    return message("{what}: {facts}.", what=_BECAUSE[found.because], facts=tuple(facts))
