"""What the conversion page says in sentences: its headline and its remarks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd

from ecom.analysis.funnel_names import step_label, step_labels
from ecom.analysis.funnel_query import FunnelQuery, FunnelResult
from ecom.model import Amount, Notice, Scope, Unit
from ecom.models.proportions import Verdict, compare_shares
from ecom.queries.event_log import EventLog
from ecom.queries.members import MEMBER
from ecom.queries.scope import ResolvedScope
from ecom.text import Text, message

_FELL = {
    "person": message(
        "{done} of {entered} visitors reached “{last}” ({share}); “{step}” fell most: {now} of the "
        "step before, down from {then}."
    ),
    "session": message(
        "{done} of {entered} visits reached “{last}” ({share}); “{step}” fell most: {now} of the "
        "step before, down from {then}."
    ),
    "order": message(
        "{done} of {entered} orders reached “{last}” ({share}); “{step}” fell most: {now} of the "
        "step before, down from {then}."
    ),
}
_LEAVE = {
    "person": message(
        "{done} of {entered} visitors reached “{last}” ({share}); most leave before “{step}”: "
        "{lost}."
    ),
    "session": message(
        "{done} of {entered} visits reached “{last}” ({share}); most end before “{step}”: {lost}."
    ),
    "order": message(
        "{done} of {entered} orders reached “{last}” ({share}); most stop before “{step}”: {lost}."
    ),
}


def headline(now: FunnelResult, before: FunnelResult | None, *, unit: str) -> Text:
    """How many got through, and the step that fell most; else the step that loses most."""
    query, people, labels = now.query, now.steps["people"].tolist(), step_labels(now.query.steps)
    values: dict[str, Any] = {
        "entered": Amount(people[0]),
        "done": Amount(people[-1]),
        "last": labels[-1],
        "share": Amount(people[-1] / people[0], Unit.RATIO),
    }
    if len(people) == 1:
        return message("{entered} came; the log has no later steps.", entered=values["entered"])
    worst = None if before is None else _worst(query, people, before.steps["people"].tolist())
    if before is not None and worst is not None:
        values |= {
            "step": labels[worst],
            "now": Amount(now.steps["from_previous"].iloc[worst], Unit.RATIO),
            "then": Amount(before.steps["from_previous"].iloc[worst], Unit.RATIO),
        }
        return _FELL[unit].filled(**values)
    lost = {step: people[query.before(step)] - people[step] for step in query.required[1:]}
    leak = max(lost, key=lambda step: lost[step])
    values |= {"step": labels[leak], "lost": Amount(lost[leak])}
    return _LEAVE[unit].filled(**values)


def stage_headline(resolved: ResolvedScope, stages: pd.DataFrame) -> Text:
    """The same from back-office exports alone."""
    if "converted_sessions" in stages.index:
        bought = stages["people"].to_dict()["converted_sessions"]
        visits = stages["visitors"].to_dict()["converted_sessions"]
        return message(
            "{bought} of {visits} visits bought, as the back office counts them ({share}).",
            bought=Amount(bought),
            visits=Amount(visits),
            share=Amount(bought / visits if visits else None, Unit.RATIO),
        )
    if "paid_buyers" not in stages.index:
        return message("No conversion is known for {period}.", period=resolved.period)
    people = stages["people"].to_dict()["paid_buyers"]
    visitors = stages["visitors"].to_dict()["paid_buyers"]
    return message(
        "{paid} paid out of {visitors} visitors, both counted once a day ({share}).",
        paid=Amount(people),
        visitors=Amount(visitors),
        share=Amount(people / visitors if visitors else None, Unit.RATIO),
    )


def scope_notices(scope: Scope, stages: pd.DataFrame) -> list[Notice]:
    """Filters that can't be honoured."""
    notices = []
    if scope.categories:
        text = message("The category filter does not apply: a visit has no category.")
        notices.append(Notice(text))
    if scope.regions and not stages.empty:
        text = message("The region filter does not apply to back-office exports.")
        notices.append(Notice(text))
    return notices


def log_notices(resolved: ResolvedScope, log: EventLog, now: FunnelResult) -> list[Notice]:
    """What the event log can't tell yet, or never will."""
    notices = []
    if resolved.period.end + now.window > log.last_day:
        text = message(
            "Not finished: who came in within {window} of {day} can still convert. A comparison "
            "period is given the same time.",
            window=length_words(now.window),
            day=log.last_day,
        )
        notices.append(Notice(text))
    if log.missing:
        text = message(
            "Left out, because not every shop’s log has it: {steps}.",
            steps=tuple(step_label(name) for name in log.missing),
        )
        notices.append(Notice(text))
    if resolved.base is not None and log.first_day > resolved.base.start:
        text = message(
            "The event log begins on {day}, so the comparison period is not wholly in it.",
            day=log.first_day,
        )
        notices.append(Notice(text, "warning"))
    return notices


def order_notices(now: FunnelResult) -> list[Notice]:
    """Say where a later step was done by more people than the one before it, that stops them."""
    labels = step_labels(now.query.steps)
    did = now.steps["anyone"].tolist()
    reached = now.steps["people"].tolist()
    return [
        Notice(
            message(
                "{more} did “{later}” at some time, more than did “{step}” ({fewer}): some skip "
                "a step, for example by buying at once. The funnel has {people}, who did every "
                "step in order.",
                more=Amount(did[place]),
                later=labels[place],
                step=labels[place - 1],
                fewer=Amount(did[place - 1]),
                people=Amount(reached[place]),
            )
        )
        for place in range(1, len(labels))
        if did[place] > did[place - 1] and now.query.before(place) == place - 1
    ]


def split_notices(now: FunnelResult) -> list[Notice]:
    """Say who is in which group, where that is easily misread."""
    asked = now.query.breakdown
    if asked is None or asked.property != MEMBER:
        return []
    text = message(
        "A tier is known of visitors who were recognised as customers before the period; it is "
        "that of the newest customer list."
    )
    return [Notice(text)]


def skip_notices(now: FunnelResult) -> list[Notice]:
    """Say what optional steps do to the shares."""
    if len(now.query.required) == len(now.query.steps):
        return []
    text = message(
        "Who skips an optional step is not stopped by it. Every share “of the step before” is of "
        "the last step that can’t be skipped."
    )
    return [Notice(text)]


def length_words(length: timedelta) -> Text:
    """A length of time, in the largest unit of which it has several."""
    minutes = length // timedelta(minutes=1)
    if minutes > 1440 and minutes % 1440 == 0:
        return message("{number} days", number=minutes // 1440)
    if minutes > 60 and minutes % 60 == 0:
        return message("{number} hours", number=minutes // 60)
    return message("{number} minutes", number=minutes)


def _worst(query: FunnelQuery, now: Sequence[int], before: Sequence[int]) -> int | None:
    """The step whose share of the one before fell most, of those that fell by more than chance."""
    fell: dict[int, float] = {}
    for step in query.required[1:]:
        place = query.before(step)
        test = compare_shares(now[step], now[place], before[step], before[place])
        if test.verdict is Verdict.LOWER:
            fell[step] = now[step] / now[place] / (before[step] / before[place])
    return min(fell, key=lambda step: fell[step]) if fell else None
