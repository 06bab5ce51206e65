"""Experiments on the funnel page: the verdict with what it rests on, and a planner."""

from __future__ import annotations

import streamlit as st

from ecom.analysis.experiment_plan import plan
from ecom.analysis.experiments import PLANNED_LIFT, Experiment, ExperimentsReport
from ecom.analysis.funnel import FunnelReport
from ecom.charts import experiments as charts
from ecom.model import Amount, Unit
from ecom.models.experiments.plan import POWER
from ecom.text import Text, message
from ecom.ui import address, blocks
from ecom.ui.frame import View
from ecom.ui.words import plain

_LIFTS = (0.02, 0.05, PLANNED_LIFT, 0.2, 0.3, 0.5)
_POWERS = (POWER, 0.9, 0.95)
_VARIANTS = (2, 3, 4, 5)
_WIDTH = 480  # pixels; an experiment's name


def show(view: View) -> None:
    """Show an experiment of the shops in scope and plan the next one."""
    answer: ExperimentsReport = view.report("experiments")
    if answer.experiments:
        _experiment(view, _chosen(view, answer.experiments))
        if len(answer.experiments) > 1:
            blocks.table(view, answer.summary, title=message("All experiments"), key="experiments")
        blocks.downloads(view, answer)
    else:
        words = message(
            "No experiment yet. Say who saw which variant, or what another tool counted:"
        )
        st.markdown(view.say(words))
        blocks.gap_list(view, answer.gaps)
    if view.resolved.last_day is not None:
        with st.expander(view.say(message("Plan an experiment")), icon=":material/calculate:"):
            _planner(view, view.report())


def _chosen(view: View, experiments: tuple[Experiment, ...]) -> Experiment:
    names = {one.name: one.name for one in experiments}
    name = address.select(
        "funnel_experiment",
        view.say(message("Experiment")),
        names,
        experiments[0].name,
        key=f"funnel_experiment.{view.language.code}",
        width=_WIDTH,
    )
    return next(one for one in experiments if one.name == name)


def _experiment(view: View, shown: Experiment) -> None:
    st.markdown(f"##### {plain(view.say(shown.verdict))}")
    with st.popover(
        view.say(message("Notes ({count})", count=len(shown.notices))),
        type="tertiary",
        icon=":material/info:",
    ):
        for notice in shown.notices:
            st.markdown(plain(view.say(notice.text)))
    effects = charts.effects(shown, view.language)
    if shown.looks.is_empty:
        blocks.chart(view, effects)
    else:
        blocks.side_by_side(view, effects, charts.looks(shown, view.language))
    title = message("Variants of “{name}”", name=shown.name)
    blocks.table(view, shown.variants, title=title, key="variants")
    if not shown.guardrails.is_empty:
        blocks.table(view, shown.guardrails, title=message("Guardrails"), key="guardrails")


def _planner(view: View, funnel: FunnelReport) -> None:
    """Visitors and days for a change worth finding, from the page's own traffic."""
    people = funnel.steps.frame["people"].tolist()
    bought, came = (people[-1], people[0]) if len(people) > 1 else (0, 0)
    daily = came / view.resolved.period.days
    with st.container(horizontal=True):
        share = st.number_input(
            view.say(message("Conversion now, %")),
            min_value=0.01,
            max_value=99.0,
            value=min(max(100 * bought / came, 0.01), 99.0) if came else 2.0,
            key="funnel_plan_share",
        )
        lift = _pick(view, "lift", message("Smallest change worth finding"), _LIFTS, PLANNED_LIFT)
        power = _pick(view, "power", message("Chance of finding it"), _POWERS, POWER)
        variants = address.select(
            "funnel_plan_variants",
            view.say(message("Variants, the control included")),
            {str(count): str(count) for count in _VARIANTS},
            str(_VARIANTS[0]),
            key=f"funnel_plan_variants.{view.language.code}",
        )
    lift = min(lift, 100 / share - 1)
    planned = plan(
        share / 100, lift=lift, power=power, variants=int(variants), daily_visitors=daily
    )
    values = {"visitors": Amount(planned.visitors), "power": Amount(planned.power, Unit.RATIO)}
    needed = message("**{visitors} visitors a variant.**", **values)
    if planned.days is not None:
        needed = message(
            "**{visitors} visitors a variant, {days} days** at the {daily} visitors a day of this "
            "page.",
            days=planned.days,
            daily=Amount(daily),
            **values,
        )
    st.markdown(view.say(needed))
    st.caption(
        view.say(
            message(
                "Evan Miller’s formula, two-sided at 5 % divided among the comparisons; the "
                "two-proportion test then finds the change in {power} of cases. Fix the size "
                "before you start, give it in the file, and read the ordinary interval only then.",
                **values,
            )
        )
    )


def _pick(view: View, key: str, label: Text, shares: tuple[float, ...], default: float) -> float:
    name = f"funnel_plan_{key}"
    options = {str(share): view.language.number(share, Unit.RATIO) for share in shares}
    chosen = address.select(
        name, view.say(label), options, str(default), key=f"{name}.{view.language.code}"
    )
    return float(chosen)
