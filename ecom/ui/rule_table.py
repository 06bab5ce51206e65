"""A table of rules that name channels or kinds: seen, edited, tried on the store, saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st

from ecom.analysis.channel_rules import RulesTried
from ecom.channels import ChannelRule
from ecom.channels.lists import LISTS
from ecom.errors import EcomError
from ecom.i18n import Language
from ecom.store import Store
from ecom.terms import LABELS
from ecom.text import Text, message
from ecom.ui import blocks
from ecom.ui.faults import show_fault
from ecom.ui.frame import View
from ecom.ui.words import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTable:
    """What one of the tables is about.

    Attributes
    ----------
    setting : the field of ``Settings`` that holds the team's own; empty: ``usual`` hold.
    usual : the rules a team starts from.
    title, how : above the table.
    columns : label and help by cell of a rule; the name it gives (``channel``) first.
    shows_lists : whether names by ``@list`` are explained.
    save, saving, saved : on the button, while it works, and after it.
    tried, tried_title : what rules would change in the store, and the title of its table.
    """

    setting: str
    usual: tuple[ChannelRule, ...]
    title: Text
    how: Text
    columns: Mapping[str, tuple[Text, Text | None]]
    shows_lists: bool
    save: Text
    saving: Text
    saved: Text
    tried: Callable[[Store, Sequence[ChannelRule]], RulesTried]
    tried_title: Text


def show(view: View, table: RuleTable) -> None:
    """Show the rules as a table to edit; what they change is told before they are saved."""
    st.markdown(f"**{view.say(table.title)}**")
    st.caption(plain(view.say(table.how)))
    if st.session_state.pop(f"{table.setting}.saved", False):
        st.success(view.say(table.saved), icon=":material/check_circle:")
    own = getattr(view.settings, table.setting)
    now = own or table.usual
    edited = _edited(view, table, now)
    if table.shows_lists:
        with st.expander(view.say(message("What is on the lists"))):
            for name, names in LISTS.items():
                st.markdown(f"`@{name}` · " + ", ".join(f"`{one}`" for one in names))
    try:
        rules = rules_of(edited, table, view.language)
        view.settings.with_values(**{table.setting: rules})
    except EcomError as error:
        show_fault(view.language, error)
        return
    if rules != now:
        _preview(view, table, rules)
    with st.container(horizontal=True):
        if rules != now:
            _save_button(view, table, table.save, rules, kind="primary")
        if own:
            usual = message("Back to the usual rules")
            _save_button(view, table, usual, table.usual, kind="tertiary")


def frame_of(rules: Sequence[ChannelRule], table: RuleTable, language: Language) -> pd.DataFrame:
    """Rules as the table shows them: ``number`` and the cells, channels in the reader's words."""
    shown = pd.DataFrame(
        {name: [getattr(rule, name) for rule in rules] for name in table.columns}, dtype="object"
    )
    shown["channel"] = [language.term(rule.channel) for rule in rules]
    shown.insert(0, "number", [float(number) for number in range(1, len(rules) + 1)])
    return shown


def rules_of(edited: pd.DataFrame, table: RuleTable, language: Language) -> tuple[ChannelRule, ...]:
    """The rules of an edited table, by number; lines without anything are left out.

    Raises
    ------
    InvalidParameter
        By ``ChannelRule``.
    """
    # Of names that read alike, the one our own rules use.
    ours = {rule.channel: LABELS[rule.channel] for rule in table.usual if rule.channel in LABELS}
    names = {language.say(text): name for name, text in (*LABELS.items(), *ours.items())}
    cells = edited[list(table.columns)].astype("object").where(edited.notna(), "")
    filled = cells[(cells != "").any(axis=1)]
    order = edited.loc[filled.index, "number"].sort_values(kind="stable", na_position="last").index
    return tuple(
        ChannelRule(
            names.get(str(line["channel"]).strip(), str(line["channel"])),
            **{str(name): cell for name, cell in line.items() if name != "channel"},
        )
        for line in filled.loc[order].to_dict("records")
    )


def _edited(view: View, table: RuleTable, rules: tuple[ChannelRule, ...]) -> pd.DataFrame:
    config: dict[str, Any] = {
        name: st.column_config.TextColumn(
            view.say(title), help=None if words is None else view.say(words)
        )
        for name, (title, words) in table.columns.items()
    }
    config["number"] = st.column_config.NumberColumn(
        view.say(message("No.")), step=0.1, format="%g", width="small"
    )
    return st.data_editor(
        frame_of(rules, table, view.language),
        column_config=config,
        hide_index=True,
        num_rows="dynamic",
        height=420,
        # By the rules, so that what is typed here outlives whatever else is saved or loaded.
        key=f"{table.setting}.{hash(rules)}.{view.language.code}",
    )


def _preview(view: View, table: RuleTable, rules: tuple[ChannelRule, ...]) -> None:
    tried = table.tried(view.workspace.store, rules)
    st.info(view.say(tried.headline), icon=":material/preview:")
    if tried.changed:
        blocks.table(view, tried.table, title=table.tried_title, key=f"{table.setting}_tried")


def _save_button(
    view: View,
    table: RuleTable,
    label: Text,
    rules: tuple[ChannelRule, ...],
    *,
    kind: Literal["primary", "tertiary"],
) -> None:
    if not st.button(view.say(label), type=kind, key=f"{table.setting}.{kind}"):
        return
    own = () if rules == table.usual else rules
    with st.spinner(view.say(table.saving)):
        settings = view.settings.with_values(**{table.setting: own})
        view.workspace.store.save_settings(settings)
    st.session_state[f"{table.setting}.saved"] = True
    st.rerun()
