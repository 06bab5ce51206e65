"""The steps of one's own on the funnel page: a button each, which opens what it can be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from ecom.analysis.funnel import ACTIONS
from ecom.analysis.funnel_names import step_label, step_labels
from ecom.analysis.own_funnel import MOST_STEPS
from ecom.analysis.own_steps import OwnStep, path_of
from ecom.analysis.usual_ways import usual_ways
from ecom.errors import InvalidParameter
from ecom.text import message
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.step_line import StepLine, panel_key
from ecom.ui.step_panel import panel
from ecom.ui.words import plain

_WAYS = {
    "shop": message("Browse to paid"),
    "search": message("Search to paid"),
    "live": message("Live room to paid"),
    "enquiry": message("Enquiry to paid"),
}
_USUAL = "funnel_usual"


def chosen_steps(view: View, offered: Sequence[str]) -> tuple[OwnStep, ...]:
    """Ask for steps: which, in which order, which may be skipped, what each is narrowed to.

    Parameters
    ----------
    offered : the events that the log has.
    """
    line = StepLine(path_of([OwnStep(name) for name in ACTIONS if name in offered]))
    steps = _as_offered(view, line, offered)
    names = {name: view.say(step_label(name)) for name in offered}
    labels = step_labels([step.as_step(may_skip=True, has_window=True) for step in steps])
    with st.container(gap="xxsmall"):
        st.caption(
            view.say(message("Steps, in this order. Click one to narrow, move or repeat it."))
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            for place, label in enumerate(labels):
                opened = st.popover(
                    f"{place + 1}. {plain(view.say(label))}",
                    key=panel_key(place),
                    on_change="rerun",
                )
                if opened.open:  # what values there are is asked for only then
                    with opened:
                        panel(view, line, place, names)
            if len(steps) < MOST_STEPS:
                _one_more(view, line, names)
            _usual(view, line, offered)
    return steps


def _as_offered(view: View, line: StepLine, offered: Sequence[str]) -> tuple[OwnStep, ...]:
    """The steps of the address, without what the log does not have."""
    try:
        given = line.steps()
    except InvalidParameter as error:
        show_fault(view.language, error)
        line.forget()
        given = line.steps()
    steps = tuple(step for step in given if step.event in offered)[:MOST_STEPS]
    if steps != given:
        line.hold(steps)
    return steps or line.steps()


def _one_more(view: View, line: StepLine, names: Mapping[str, str]) -> None:
    key = f"funnel_add.{view.language.code}"
    words = view.say(message("Add a step"))
    st.selectbox(
        words,
        list(names),
        format_func=lambda name: names.get(name, name),
        index=None,
        key=key,
        placeholder=words,
        label_visibility="collapsed",
        width=190,
        on_change=line.add,
        args=(key,),
    )


def _usual(view: View, line: StepLine, offered: Sequence[str]) -> None:
    """Ways that fill in the steps; only those that the log can tell."""
    ways = usual_ways(offered)
    if len(ways) < 2:
        return
    with st.popover(
        view.say(message("Usual ways")), type="tertiary", key=_USUAL, on_change="rerun"
    ):
        for name, steps in ways.items():
            st.button(
                view.say(_WAYS[name]),
                key=f"{_USUAL}.{name}",
                type="tertiary",
                on_click=line.fill,
                args=(steps, _USUAL),
            )
