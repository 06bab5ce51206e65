"""The team's settings as a form, and the glossary of the metric catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from ecom.analysis.base import Column, Table
from ecom.errors import EcomError
from ecom.metrics import METRICS
from ecom.settings import Settings, words_between_commas
from ecom.text import Text, message
from ecom.ui import blocks
from ecom.ui.faults import show_fault
from ecom.ui.frame import View

_SAVED = "settings.saved"


@dataclass(frozen=True, slots=True)
class Field:
    """One setting on the form; what it takes follows from the setting's own type."""

    name: str
    label: Text
    help: Text | None = None
    choices: Mapping[str, Text | str] | None = None


_ZONES = {zone: zone for zone in sorted(available_timezones())}
GROUPS: tuple[tuple[Text, tuple[Field, ...]], ...] = (
    (
        message("House rules"),
        (
            Field(
                "currency",
                message("Reporting currency"),
                message("ISO code such as CNY; empty: the currency most shops have."),
            ),
            Field(
                "timezone",
                message("Time zone"),
                message("For shops whose exports do not say."),
                _ZONES,
            ),
            Field(
                "week_start",
                message("Weeks start on"),
                choices={"monday": message("Monday"), "sunday": message("Sunday")},
            ),
            Field(
                "good_is_red",
                message("Good is red"),
                message("Rises in red, as Chinese back offices show them."),
            ),
        ),
    ),
    (
        message("Visitors"),
        (
            Field(
                "session_gap_minutes",
                message("Silence that ends a visit, minutes"),
                message("A longer silence starts a new visit. Visits are counted anew."),
            ),
            Field("engaged_seconds", message("Engaged after, seconds")),
            Field("funnel_window_days", message("Funnel window, days")),
            Field("dormant_days", message("Customer lost after, days")),
            Field(
                "brand_words",
                message("Brand words"),
                message(
                    "Names of your brand in search words, between commas, such as 流明, Lumen. "
                    "Empty: the brands of the product lists."
                ),
            ),
        ),
    ),
    (
        message("Stock and budget"),
        (
            Field("lead_time_days", message("Lead time, days")),
            Field("review_days", message("Days between orders")),
            Field(
                "service_level",
                message("Service level"),
                message("Wanted probability of no stock-out, 0.5 to 0.999."),
            ),
            Field("demand_days", message("Demand window, days")),
            Field(
                "roas_target",
                message("ROAS target"),
                message("Revenue wanted per unit of ad spend."),
            ),
        ),
    ),
)


def settings_form(view: View) -> None:
    """Show and save the settings; a refused value is explained and nothing is saved."""
    if st.session_state.pop(_SAVED, False):
        st.success(view.say(message("Saved. All pages follow.")), icon=":material/check_circle:")
    with st.form("settings", border=False):
        values: dict[str, Any] = {}
        for (title, fields), place in zip(
            GROUPS, st.columns(len(GROUPS), gap="large"), strict=True
        ):
            with place:
                st.markdown(f"**{view.say(title)}**")
                values |= {field.name: _ask(view, field) for field in fields}
        wants_saving = st.form_submit_button(view.say(message("Save")), type="primary")
    if not wants_saving:
        return
    try:
        view.workspace.store.save_settings(view.settings.with_values(**_cleaned(values)))
    except EcomError as error:
        show_fault(view.language, error)
        return
    st.session_state[_SAVED] = True
    st.rerun()


def glossary(view: View) -> None:
    """Every metric with its definition."""
    blocks.table(view, _metric_table(), title=message("What each number means"), key="glossary")


@cache
def _metric_table() -> Table:
    entries = list(METRICS.values())
    frame = pd.DataFrame(
        {
            "label": [entry.label for entry in entries],
            "definition": [entry.definition for entry in entries],
            "base": [entry.base or "" for entry in entries],
            "key": [entry.key for entry in entries],
        },
        dtype="object",
    )
    return Table.make(
        frame,
        Column("label", message("Metric")),
        Column("definition", message("Definition")),
        Column("base", message("Base")),
        Column("key", message("Key")),
    )


def _ask(view: View, field: Field) -> Any:
    value = getattr(view.settings, field.name)
    label = view.say(field.label)
    words = None if field.help is None else view.say(field.help)
    key = f"setting_{field.name}.{view.language.code}"
    if field.choices is not None:
        names = list(field.choices)
        labels = {name: view.say(text) for name, text in field.choices.items()}
        return st.selectbox(
            label,
            names,
            index=names.index(value),
            format_func=lambda name: labels.get(name, name),
            help=words,
            key=key,
        )
    match value:
        case bool():
            return st.toggle(label, value=value, help=words, key=key)
        case int():
            return st.number_input(label, value=value, min_value=0, step=1, help=words, key=key)
        case float():
            step = 0.01 if value < 1 else 0.1
            return st.number_input(
                label, value=value, min_value=0.0, step=step, help=words, key=key
            )
        case tuple():
            hint = view.say(message("The brands of the product lists"))
            return st.text_input(
                label, value=", ".join(value), help=words, key=key, placeholder=hint
            )
        case _:
            hint = view.say(message("The currency most shops have"))
            return st.text_input(
                label, value=value, max_chars=3, help=words, key=key, placeholder=hint
            )


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without blanks around it; fields left empty keep the default."""
    defaults = Settings()
    return {
        name: getattr(defaults, name)
        if value is None
        else value.strip()
        if isinstance(value, str)
        else value
        for name, value in values.items()
    } | {
        "currency": str(values["currency"] or "").strip().upper(),
        "brand_words": words_between_commas(values["brand_words"] or ""),
    }
