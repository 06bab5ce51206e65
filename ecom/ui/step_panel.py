"""The panel of one step of one's own: its event, what narrows it, its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import streamlit as st

from ecom.analysis.funnel_words import length_words
from ecom.analysis.own_funnel import WINDOWS
from ecom.analysis.own_steps import PROPERTIES, OwnStep, length_of
from ecom.text import Text, message
from ecom.ui import address, cache
from ecom.ui.frame import View
from ecom.ui.step_line import StepLine, panel_key

_PROPERTIES: dict[str, Text] = {
    "category": message("Category"),
    "brand": message("Brand"),
    "product_id": message("Product"),
    "page": message("Page"),
}


def panel(view: View, line: StepLine, place: int, names: Mapping[str, str]) -> None:
    """Ask what the step at a place is to be.

    Parameters
    ----------
    names : event -> how it is shown, for all that the log has.
    """
    asking, steps = _Asking(view, line, place), line.steps()
    step, last = steps[place], len(steps) - 1
    asking.select("event", message("Event"), names, step.event, lambda _, name: OwnStep(name))
    known = cache.event_values(view.workspace, view.version, view.scope, step.event)
    chosen = dict(step.where)
    for name, label in _PROPERTIES.items():
        options = {**{value: value for value in chosen.get(name, ())}, **known.get(name, {})}
        if options:
            asking.some(name, label, options, chosen.get(name, ()))
    low, high = st.columns(2)
    with low:
        asking.number("at_least", message("Value from"), step.at_least)
    with high:
        asking.number("below", message("Value below"), step.below)
    asking.select(
        "within",
        message("Since the step before, within"),
        {"": view.say(message("No limit of its own")), **_lengths(view, step.within)},
        step.within,
        lambda before, length: replace(before, within=length),
    )
    if place < last:
        asking.toggle(message("May be skipped"), step.is_optional)
    with st.container(horizontal=True, gap="small"):
        asking.action("arrow_back", message("Earlier"), line.move, -1, disabled=place == 0)
        asking.action("arrow_forward", message("Later"), line.move, 1, disabled=place == last)
        asking.action("content_copy", message("Repeat"), line.repeat)
        asking.action("delete", message("Remove"), line.remove, disabled=last == 0)


class _Asking:
    """Widgets that show what a step is, and change the line when somebody says otherwise."""

    def __init__(self, view: View, line: StepLine, place: int) -> None:
        self._view, self._line, self._place = view, line, place

    def select(
        self,
        choice: str,
        label: Text,
        options: Mapping[str, str],
        value: str,
        change: Callable[[OwnStep, str], OwnStep],
    ) -> None:
        key = self._filled(choice, value)
        st.selectbox(
            self._view.say(label),
            list(options),
            format_func=lambda option: options.get(option, option),
            key=key,
            on_change=self._changed,
            args=(key, change),
        )

    def some(
        self, name: str, label: Text, options: Mapping[str, str], values: tuple[str, ...]
    ) -> None:
        def narrow(before: OwnStep, chosen: list[str]) -> OwnStep:
            where = {**dict(before.where), name: tuple(chosen)}
            kept = ((one, where[one]) for one in PROPERTIES if where.get(one))
            return replace(before, where=tuple(kept))

        key = self._filled(name, list(values))
        st.multiselect(
            self._view.say(label),
            list(options),
            format_func=lambda option: options.get(option, option),
            key=key,
            placeholder=self._view.say(message("All")),
            on_change=self._changed,
            args=(key, narrow),
        )

    def number(self, bound: str, label: Text, value: Decimal | None) -> None:
        def bind(before: OwnStep, given: float | None) -> OwnStep:
            amount = None if given is None else Decimal(f"{given:g}")
            at_least, below = before.at_least, before.below
            if bound == "below":
                below = amount
            else:
                at_least = amount
            return replace(before, at_least=at_least, below=below)

        key = self._filled(bound, None if value is None else float(value))
        st.number_input(
            self._view.say(label),
            min_value=0.0,
            value=None,  # else an empty field would show the least number as if it was chosen
            key=key,
            placeholder=self._view.say(message("Any")),
            on_change=self._changed,
            args=(key, bind),
        )

    def toggle(self, label: Text, value: bool) -> None:
        key = self._filled("skip", value)
        st.toggle(
            self._view.say(label),
            key=key,
            on_change=self._changed,
            args=(key, lambda before, given: replace(before, is_optional=given)),
        )

    def action(
        self, icon: str, label: Text, press: Callable[..., None], *more: int, disabled: bool = False
    ) -> None:
        st.button(
            "",
            icon=f":material/{icon}:",
            help=self._view.say(label),
            key=self._key(icon),
            disabled=disabled,
            on_click=press,
            args=(self._place, *more),
        )

    def _changed(self, key: str, change: Callable[[OwnStep, Any], OwnStep]) -> None:
        given = st.session_state[key]
        self._line.change(self._place, lambda before: change(before, given))

    def _filled(self, choice: str, value: object) -> str:
        key = self._key(choice)
        address.fill(key, value)
        return key

    def _key(self, choice: str) -> str:
        return f"{panel_key(self._place)}.{choice}.{self._view.language.code}"


def _lengths(view: View, own: str) -> Mapping[str, str]:
    """The lengths to choose from, with the step's own where a link has another."""
    lengths = sorted({*WINDOWS, *([own] if own else [])}, key=length_of)
    return {length: view.say(length_words(length_of(length))) for length in lengths}
