"""A funnel of one's own on the funnel page: choose the steps, and how they count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import streamlit as st

from ecom.analysis.funnel_names import step_keys, step_label, step_labels
from ecom.analysis.funnel_words import length_words
from ecom.analysis.own_funnel import MOST_WITHOUT, WINDOWS, OwnFunnelReport
from ecom.analysis.own_steps import OwnStep, length_of, path_of
from ecom.charts import funnel as charts
from ecom.charts.funnel_times import times
from ecom.text import message
from ecom.ui import address, blocks, cache
from ecom.ui.frame import View
from ecom.ui.funnel import who_and_split
from ecom.ui.own_steps import chosen_steps
from ecom.ui.words import plain

ORDERS = {
    "ordered": message("In turn"),
    "strict": message("Nothing in between"),
    "unordered": message("In any order"),
}
SAME = {
    "": message("Anything"),
    "product_id": message("The same product"),
    "category": message("The same category"),
}
_RULES = ("same", "entry", "touch", "without")
ENTRIES = {"any": message("Every try"), "first": message("The first try only")}


def show(view: View) -> None:
    """Ask for steps, order, window and what stays the same; show who gets how far."""
    offered = cache.event_names(view.workspace, view.version, view.scope)
    if not offered:  # no steps to choose from
        blocks.empty(view, view.report("own_funnel"))
        return
    steps = chosen_steps(view, offered)
    row = st.container(horizontal=True, gap="small", vertical_alignment="bottom")
    below = replace(view, switches=row)
    order = below.choose("order", message("Order"), ORDERS, "ordered")
    unit, by = who_and_split(below, has_orders=True)
    window = below.pick(
        "window",
        message("Within"),
        {length: length_words(length_of(length)) for length in WINDOWS},
        "7d",
        width=120,
    )
    rules = _rules(below, offered, steps, order)
    report: OwnFunnelReport = view.report(
        "own_funnel",
        path=path_of(steps),
        order=order,
        unit=unit,
        by=by,
        window=window,
        **asdict(rules),
    )
    if blocks.empty(view, report):
        return
    if report.question is not None:
        st.caption(plain(view.say(report.question)))
    blocks.opening(view, report)
    if not report.events:
        return
    red = view.settings.good_is_red
    blocks.chart(view, charts.steps(report, view.language, good_is_red=red))
    if not report.contrasts.is_empty:  # nobody goes on from a single step
        blocks.side_by_side(
            view,
            charts.leaks(report, view.language, good_is_red=red),
            charts.conversion(report, view.language, good_is_red=red),
        )
    if not report.times.is_empty:
        blocks.chart(view, times(report, view.language))
    blocks.table(view, report.steps, title=message("Step by step"), key="own_steps")
    blocks.table(view, report.breakdown, title=message("Who converts"), key="own_breakdown")
    blocks.downloads(view, report)


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rarer options of the report, as it names them."""

    same: str
    entry: str
    touch: str
    without: str


def _rules(view: View, offered: Sequence[str], steps: Sequence[OwnStep], order: str) -> _Rules:
    """Ask for the rarer rules, in a panel whose button says how many are in use."""
    in_use = sum(bool(address.chosen(f"funnel_{name}")) for name in _RULES)
    title = message("More rules ({count})", count=in_use) if in_use else message("More rules")
    with view.switches:
        opened = st.popover(view.say(title), icon=":material/tune:")
    inside = replace(view, switches=opened)
    style = {"width": "stretch"}
    return _Rules(
        same=inside.pick("same", message("All steps with"), SAME, "", **style),
        entry=inside.pick("entry", message("Starts with"), ENTRIES, "any", **style),
        touch=_touch(inside, steps, order),
        without=">".join(_without(inside, offered, steps)),
    )


def _touch(view: View, steps: Sequence[OwnStep], order: str) -> str:
    """Ask whose value splits: the first or last known, or the one at a step."""
    asked = [step.as_step(may_skip=True, has_window=True) for step in steps]
    at_steps = {
        key: message("At “{step}”", step=label)
        for key, label in list(zip(step_keys(asked), step_labels(asked), strict=True))[
            :-1  # whoever is told by the last one has converted
        ]
        if order != "unordered"  # there no step has a place
    }
    return view.pick(
        "touch",
        message("Value that splits"),
        {"first": message("The first known"), "last": message("The last known"), **at_steps},
        "first",
        width="stretch",
    )


def _without(view: View, offered: Sequence[str], steps: Sequence[OwnStep]) -> Sequence[str]:
    """Ask which events void an attempt."""
    taken = {step.event for step in steps}
    with view.switches:
        return address.select_some(
            "funnel_without",
            view.say(message("Not if in between")),
            {name: view.say(step_label(name)) for name in offered if name not in taken},
            key=f"funnel_without.{view.language.code}",
            max_selections=MOST_WITHOUT,
            placeholder=view.say(message("None of them")),
        )
