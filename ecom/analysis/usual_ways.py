"""The usual ways through a shop, to start a funnel of one's own from."""

from __future__ import annotations

from collections.abc import Sequence

from ecom.analysis.funnel import ACTIONS
from ecom.analysis.own_steps import OwnStep, steps_of

# Name of a usual way -> its steps, each by the names that logs have for it; "?": may be skipped.
USUAL: dict[str, tuple[tuple[str, ...], ...]] = {
    "shop": tuple((name,) for name in ACTIONS),
    "search": (
        ("search", "view_search_results", "site_search"),
        ("view_item",),
        ("add_to_cart?",),
        ("purchase",),
    ),
    "live": (
        ("view_live", "enter_live_room", "live_view", "live_enter"),
        ("live_product_click", "click_live_item", "live_click", "view_item"),
        ("begin_checkout?", "create_order?"),
        ("purchase",),
    ),
    "enquiry": (
        ("enquiry", "inquiry", "consult", "start_chat", "generate_lead"),
        ("create_order?", "place_order?", "begin_checkout?"),
        ("purchase",),
    ),
}


def usual_ways(offered: Sequence[str]) -> dict[str, tuple[OwnStep, ...]]:
    """The usual ways that a log can tell, by name: it has their first and their last step.

    Steps in between that it does not have are left out.

    Parameters
    ----------
    offered : the events that the log has.
    """
    ways = {}
    for name, steps in USUAL.items():
        found = [next((one for one in names if _event(one) in offered), "") for names in steps]
        if found[0] and found[-1]:
            ways[name] = steps_of(">".join(one for one in found if one))
    return ways


def _event(step: str) -> str:
    return step.removesuffix("?")
