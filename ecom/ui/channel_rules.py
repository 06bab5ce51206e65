"""The table that names channels: seen, edited, tried on the visits so far, saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import streamlit as st

from ecom.analysis.channel_rules import try_rules
from ecom.channels import DEFAULT_RULES, ChannelRule
from ecom.channels.lists import LISTS
from ecom.channels.rules import CELLS
from ecom.errors import EcomError
from ecom.i18n import Language
from ecom.terms import LABELS
from ecom.text import Text, message
from ecom.ui import blocks
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.words import plain

_SAVED = "channel_rules.saved"
_COLUMNS: dict[str, tuple[Text, Text | None]] = {
    "channel": (message("Channel"), None),
    "source": (
        message("Source"),
        message("Tag utm_source, else the host of the page before, else (direct)."),
    ),
    "medium": (message("Medium"), message("Tag utm_medium; (referrer) where only a host is told.")),
    "campaign": (message("Campaign tag"), message("Tag utm_campaign.")),
    "click": (message("Click id"), message("Name of a click id in the link, such as gclid.")),
}


def channel_rules(view: View) -> None:
    """Show the rules as a table to edit; what they change is told before they are saved."""
    st.markdown(f"**{view.say(message('Channels of visits'))}**")
    how = message(
        "The first line that matches names a visit's channel; all of its cells must match. "
        "An empty cell lets everything pass, a comma stands between alternatives, * for "
        "anything, (none) for nothing, @search for a list. Lines are tried by number; 2.5 "
        "moves one between 2 and 3. Visits whose export names a channel keep it."
    )
    st.caption(plain(view.say(how)))
    if st.session_state.pop(_SAVED, False):
        st.success(
            view.say(message("Saved. Past visits have the channels of these rules.")),
            icon=":material/check_circle:",
        )
    edited = _edited(view)
    with st.expander(view.say(message("What is on the lists"))):
        for name, names in LISTS.items():
            st.markdown(f"`@{name}` · " + ", ".join(f"`{one}`" for one in names))
    try:
        rules = rules_of(edited, view.language)
        view.settings.with_values(channel_rules=rules)
    except EcomError as error:
        show_fault(view.language, error)
        return
    if rules != view.settings.rules:
        _preview(view, rules)
    with st.container(horizontal=True):
        if rules != view.settings.rules:
            _save_button(view, message("Save channels"), rules, kind="primary")
        if view.settings.channel_rules:
            _save_button(view, message("Back to the usual rules"), DEFAULT_RULES, kind="tertiary")


def frame_of(rules: Sequence[ChannelRule], language: Language) -> pd.DataFrame:
    """Rules as the table shows them: ``number`` and the cells, channels in the reader's words."""
    return pd.DataFrame(
        {
            "number": [float(number) for number in range(1, len(rules) + 1)],
            "channel": [language.term(rule.channel) for rule in rules],
            **{name: [getattr(rule, name) for rule in rules] for name in CELLS},
        }
    )


def rules_of(edited: pd.DataFrame, language: Language) -> tuple[ChannelRule, ...]:
    """The rules of an edited table, by number; lines without anything are left out.

    Raises
    ------
    InvalidParameter
        By ``ChannelRule``.
    """
    # Of names that read alike, the one our own rules use.
    ours = {rule.channel: LABELS[rule.channel] for rule in DEFAULT_RULES if rule.channel in LABELS}
    names = {language.say(text): name for name, text in (*LABELS.items(), *ours.items())}
    cells = edited[["channel", *CELLS]].astype("object").where(edited.notna(), "")
    filled = cells[(cells != "").any(axis=1)]
    order = edited.loc[filled.index, "number"].sort_values(kind="stable", na_position="last").index
    return tuple(
        ChannelRule(names.get(str(channel).strip(), str(channel)), *told)
        for channel, *told in filled.loc[order].itertuples(index=False, name=None)
    )


def _edited(view: View) -> pd.DataFrame:
    config: dict[str, Any] = {
        name: st.column_config.TextColumn(
            view.say(title), help=None if words is None else view.say(words)
        )
        for name, (title, words) in _COLUMNS.items()
    }
    config["number"] = st.column_config.NumberColumn(
        view.say(message("No.")), step=0.1, format="%g", width="small"
    )
    return st.data_editor(
        frame_of(view.settings.rules, view.language),
        column_config=config,
        hide_index=True,
        num_rows="dynamic",
        height=420,
        key=f"channel_rules.{view.version}.{view.language.code}",
    )


def _preview(view: View, rules: tuple[ChannelRule, ...]) -> None:
    tried = try_rules(view.workspace.store, rules)
    st.info(view.say(tried.headline), icon=":material/preview:")
    if tried.changed:
        blocks.table(view, tried.origins, title=message("Origins of visits"), key="origins")


def _save_button(
    view: View, label: Text, rules: tuple[ChannelRule, ...], *, kind: Literal["primary", "tertiary"]
) -> None:
    if not st.button(view.say(label), type=kind, key=f"channel_rules.{kind}"):
        return
    own = () if rules == DEFAULT_RULES else rules
    with st.spinner(view.say(message("Visits are counted anew"))):
        view.workspace.store.save_settings(view.settings.with_values(channel_rules=own))
    st.session_state[_SAVED] = True
    st.rerun()
