"""What the steps of funnels and the values they are split by are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count

from ecom.analysis.funnel_counts import OTHER
from ecom.analysis.funnel_question import Step
from ecom.queries.event_sets import Between, EventSet
from ecom.text import Text, message

STEP_LABELS: dict[str, Text] = {
    "visit": message("Visit"),
    "page_view": message("Viewed a page"),
    "view_search_results": message("Searched"),
    "view_item_list": message("Viewed a list"),
    "view_item": message("Viewed a product"),
    "add_to_cart": message("Added to cart"),
    "view_cart": message("Viewed the cart"),
    "begin_checkout": message("Began checkout"),
    "add_shipping_info": message("Gave an address"),
    "add_payment_info": message("Chose how to pay"),
    "purchase": message("Purchased"),
}
VALUE_LABELS: dict[str, Text] = {
    "true": message("New visitors"),
    "false": message("Returning visitors"),
    "": message("(none)"),
    OTHER: message("Other"),
}


def step_label(event: str) -> Text | str:
    """A step's name; an event nobody knows keeps its own."""
    return STEP_LABELS.get(event, event)


def step_keys(steps: Sequence[EventSet]) -> tuple[str, ...]:
    """A key for each step: its event, and of a second step of that event ``event#2``."""
    keys: list[str] = []
    for step in steps:
        event = step.event or ""
        keys.append(next(key for key in _numbered(event) if key not in keys))
    return tuple(keys)


def step_labels(steps: Sequence[Step]) -> list[Text | str]:
    """The names of a funnel's steps: what they are narrowed to, and whether they may be skipped.

    The visit goes without what narrows it: these are the filters of the page. Steps of the same
    name are told apart by their number.
    """
    names = [_narrowed(step) for step in steps]
    return [
        message("{step} (optional)", step=name) if step.is_optional else name
        for step, name in zip(steps, _told_apart(names), strict=True)
    ]


def _told_apart(names: Sequence[Text | str]) -> list[Text | str]:
    """Names of which the same one comes several times, with the number from the second on."""
    return [
        message("{step}, no. {number}", step=name, number=names[:place].count(name) + 1)
        if name in names[:place]
        else name
        for place, name in enumerate(names)
    ]


def _numbered(event: str) -> Iterator[str]:
    yield event
    yield from (f"{event}#{number}" for number in count(2))


def _narrowed(step: Step) -> Text | str:
    name = step_label(step.event or "")
    if not step.where or step.is_visit:
        return name
    return message("{step} ({conditions})", step=name, conditions=conditions(step))


def conditions(step: Step) -> tuple[Text | str, ...]:
    """What a step is narrowed to."""
    told: list[Text | str] = []
    for one in step.where:
        if not isinstance(one, Between):
            told += [VALUE_LABELS[""] if value is None else value for value in one.values]
        elif one.below is None:
            told.append(message("from {number}", number=_float(one.at_least)))
        elif one.at_least is None:
            told.append(message("below {number}", number=_float(one.below)))
        else:
            low, high = _float(one.at_least), _float(one.below)
            told.append(message("from {low}, below {high}", low=low, high=high))
    return tuple(told)


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)
