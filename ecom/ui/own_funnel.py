"""A funnel of one's own on the funnel page: choose the steps, and how they count."""

from __future__ import annotations

from ecom.analysis.funnel import ACTIONS
from ecom.analysis.funnel_tables import step_label
from ecom.analysis.own_funnel import MOST_STEPS, OPTIONAL, WINDOWS, OwnFunnelReport
from ecom.charts import funnel as charts
from ecom.model import Amount, Unit
from ecom.text import Text, message
from ecom.ui import address, blocks, cache
from ecom.ui.frame import View
from ecom.ui.funnel import who_and_split

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


def show(view: View) -> None:
    """Ask for steps, order, window and what stays the same; show who gets how far."""
    offered = cache.event_names(view.workspace, view.version, view.scope)
    default = tuple(name for name in ACTIONS if name in offered)
    names = {name: view.say(step_label(name)) for name in offered}
    with view.switches:
        steps = address.select_in_order(
            "funnel_path",
            view.say(message("Steps after the visit, in this order")),
            names,
            default,
            key=f"funnel_path.{view.language.code}",
            max_selections=MOST_STEPS,
            width=620,
            placeholder=view.say(message("Choose steps")),
        )
        optional = address.select_some(
            "funnel_optional",
            view.say(message("May be skipped")),
            {name: names[name] for name in steps[:-1]},
            key=f"funnel_optional.{view.language.code}",
            width=300,
            placeholder=view.say(message("None of them")),
        )
    order = view.choose("order", message("Order"), ORDERS, "ordered")
    unit, by = who_and_split(view)
    window = _pick(
        view,
        "window",
        message("Within"),
        {str(days): message("{days} days", days=Amount(days, Unit.COUNT)) for days in WINDOWS},
        "7",
    )
    same = _pick(view, "same", message("All steps with"), SAME, "")
    report: OwnFunnelReport = view.report(
        "own_funnel",
        path=">".join(step + OPTIONAL * (step in optional) for step in steps),
        order=order,
        unit=unit,
        by=by,
        window=int(window),
        same=same,
    )
    if blocks.empty(view, report):
        return
    blocks.opening(view, report)
    if not report.events:
        return
    red = view.settings.good_is_red
    blocks.chart(view, charts.steps(report, view.language, good_is_red=red))
    blocks.side_by_side(
        view,
        charts.leaks(report, view.language, good_is_red=red),
        charts.conversion(report, view.language, good_is_red=red),
    )
    blocks.table(view, report.steps, title=message("Step by step"), key="own_steps")
    blocks.table(view, report.breakdown, title=message("Who converts"), key="own_breakdown")
    blocks.downloads(view, report)


def _pick(view: View, name: str, label: Text, options: dict[str, Text], default: str) -> str:
    with view.switches:
        return address.select(
            f"funnel_{name}",
            view.say(label),
            {value: view.say(text) for value, text in options.items()},
            default,
            key=f"funnel_{name}.{view.language.code}",
            width=180,
        )
