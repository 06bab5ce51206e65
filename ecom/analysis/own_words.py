"""A funnel of the reader's own, said in one sentence."""

from __future__ import annotations

from functools import reduce

from ecom.analysis.funnel_names import step_label, step_labels
from ecom.analysis.funnel_query import FunnelQuery
from ecom.analysis.funnel_words import length_words
from ecom.text import Text, message

_WHO = {
    "person": message("Visitors: {steps}"),
    "session": message("Visits: {steps}"),
    "order": message("Orders: {steps}"),
}
_SAME = {
    "product_id": message("all steps with the same product"),
    "category": message("all steps with the same category"),
}
_TOUCHES = {
    "first_touch": message("split by {what}, the first known"),
    "last_touch": message("split by {what}, the last known"),
}


def question(query: FunnelQuery, *, split: Text) -> Text:
    """What is counted: who, which steps, in which order and time, and what does not count.

    Parameters
    ----------
    split : the name of what it is broken down by.
    """
    return reduce(_and, _clauses(query, split))


def _clauses(query: FunnelQuery, split: Text) -> list[Text]:
    clauses = [_WHO[query.unit].filled(steps=_way(query))]
    if query.window is not None:
        window = length_words(query.window)
        clauses.append(
            message("all within {window} of the visit", window=window)
            if query.steps[0].is_visit
            else message("all within {window} of the first step", window=window)
        )
    if query.order == "strict":
        clauses.append(message("nothing else of theirs in between"))
    if query.constant in _SAME:
        clauses.append(_SAME[query.constant])
    if query.exclusions:
        barred = tuple(step_label(one.event.event or "") for one in query.exclusions)
        clauses.append(message("not if they did this in between: {events}", events=barred))
    clauses.append(
        message("only the first start of the period counts")
        if query.entry == "first"
        else message("of several tries the furthest counts")
    )
    asked = query.breakdown
    if asked is not None:
        clauses.append(
            _at_step(query, asked.step, split)
            if asked.attribution == "step"
            else _TOUCHES[asked.attribution].filled(what=split)
        )
    return clauses


def _at_step(query: FunnelQuery, step: int, split: Text) -> Text:
    label = step_labels(query.steps)[step]
    return message("split by {what} at “{step}”", what=split, step=label)


def _way(query: FunnelQuery) -> Text | str:
    labels = [
        label
        if step.within is None
        else message("{step} within {window}", step=label, window=length_words(step.within))
        for step, label in zip(query.steps, step_labels(query.steps), strict=True)
    ]
    if query.order == "unordered":
        return message("in any order: {steps}", steps=tuple(labels))
    return reduce(_then, labels)


def _then(before: Text | str, step: Text | str) -> Text | str:
    return message("{before} → {step}", before=before, step=step)


def _and(before: Text, clause: Text) -> Text:
    return message("{before}; {clause}", before=before, clause=clause)
