"""The steps of one's own on the funnel page: which, and what each is narrowed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

import streamlit as st

from ecom.analysis.funnel import ACTIONS
from ecom.analysis.funnel_tables import step_label
from ecom.analysis.funnel_words import length_words
from ecom.analysis.own_funnel import MOST_STEPS, WINDOWS
from ecom.analysis.own_steps import PROPERTIES, OwnStep, length_of
from ecom.analysis.usual_ways import usual_ways
from ecom.text import Text, message
from ecom.ui import address, cache
from ecom.ui.frame import View

_WAYS = {
    "shop": message("Browse to paid"),
    "search": message("Search to paid"),
    "live": message("Live room to paid"),
    "enquiry": message("Enquiry to paid"),
}
_PROPERTIES: dict[str, Text] = {
    "category": message("Category"),
    "brand": message("Brand"),
    "product_id": message("Product"),
    "page": message("Page"),
}
_OWN = "funnel_step"  # what the names of a step's own choices begin with


def chosen_steps(view: View, offered: Sequence[str]) -> tuple[OwnStep, ...]:
    """Ask for steps, which may be skipped, and what each is narrowed to.

    Parameters
    ----------
    offered : the events that the log has.
    """
    names = {name: view.say(step_label(name)) for name in offered}
    _usual(view, offered)
    with view.switches:
        events = address.select_in_order(
            "funnel_path",
            view.say(message("Steps after the visit, in this order")),
            names,
            tuple(name for name in ACTIONS if name in offered),
            key=f"funnel_path.{view.language.code}",
            max_selections=MOST_STEPS,
            width=620,
            placeholder=view.say(message("Choose steps")),
        )
        optional = address.select_some(
            "funnel_optional",
            view.say(message("May be skipped")),
            {name: names[name] for name in events[:-1]},
            key=f"funnel_optional.{view.language.code}",
            width=300,
            placeholder=view.say(message("None of them")),
        )
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if events:
            st.caption(view.say(message("Narrow a step:")), width="content")
        return tuple(_narrowed(view, name, names[name], name in optional) for name in events)


def _usual(view: View, offered: Sequence[str]) -> None:
    """Buttons that fill in a usual way; only those that the log can tell."""
    ways = usual_ways(offered)
    if len(ways) < 2:
        return
    with view.switches, st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        for name, steps in ways.items():
            st.button(
                view.say(_WAYS[name]), key=f"funnel_usual.{name}", on_click=_fill_in, args=(steps,)
            )


def _fill_in(steps: Sequence[OwnStep]) -> None:
    for name in address.current():
        if name.startswith(_OWN):
            address.keep(name, ())
    address.keep("funnel_path", (step.event for step in steps))
    address.keep("funnel_optional", (step.event for step in steps if step.is_optional))
    address.touch()


def _narrowed(view: View, event: str, name: str, is_optional: bool) -> OwnStep:
    """A step with the choices of its own, made in a panel that opens on a click."""
    before = _from_address(event, is_optional)
    words = f"{name} ({_count(before)})" if _count(before) else name
    panel = st.popover(
        words, type="tertiary", icon=":material/filter_alt:",
        key=f"{_OWN}_panel.{event}", on_change="rerun",
    )  # fmt: skip
    if panel.open:  # what values there are is asked for only then
        with panel:
            _panel(view, event)
    return _from_address(event, is_optional)


def _from_address(event: str, is_optional: bool) -> OwnStep:
    where = ((name, address.chosen(_called(event, name))) for name in PROPERTIES)
    within = (*address.chosen(_called(event, "within")), "")[0]
    return OwnStep(
        event,
        is_optional,
        tuple((name, values) for name, values in where if values),
        _amount(event, "from"),
        _amount(event, "below"),
        within if within in WINDOWS else "",
    )


def _panel(view: View, event: str) -> None:
    known = cache.event_values(view.workspace, view.version, view.scope, event)
    for name, label in _PROPERTIES.items():
        asked = _called(event, name)
        options = {**{value: value for value in address.chosen(asked)}, **known.get(name, {})}
        if options:
            address.select_some(
                asked, view.say(label), options, key=_key(view, asked),
                placeholder=view.say(message("All")),
            )  # fmt: skip
    for name, label in (("from", message("Value from")), ("below", message("Value below"))):
        asked = _called(event, name)
        address.number(
            asked, view.say(label), key=_key(view, asked), placeholder=view.say(message("Any"))
        )
    asked = _called(event, "within")
    address.select(
        asked,
        view.say(message("Since the step before, within")),
        {"": view.say(message("No limit of its own")), **_lengths(view)},
        "",
        key=_key(view, asked),
    )


def _lengths(view: View) -> Mapping[str, str]:
    return {length: view.say(length_words(length_of(length))) for length in WINDOWS}


def _count(step: OwnStep) -> int:
    """How many choices narrow a step."""
    bounds = sum(one is not None for one in (step.at_least, step.below))
    return len(step.where) + bounds + bool(step.within)


def _amount(event: str, bound: str) -> Decimal | None:
    given = (*address.chosen(_called(event, bound)), "")[0]
    try:
        amount = Decimal(given) if given else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None


def _called(event: str, choice: str) -> str:
    """The name of a choice in the address."""
    return f"{_OWN}.{event}.{choice}"


def _key(view: View, name: str) -> str:
    return f"{name}.{view.language.code}"
