"""The address bar is the view: every choice is kept in the URL under names no language changes.

Streamlit's own ``bind="query-params"`` writes the *label* of an option, so a link copied from the
Chinese screen would mean nothing on the English one. Here the choices live in one dictionary of
the session, name -> values as they stand in the URL. A widget is filled from it and writes back to
it in its callback; the URL is written from it, and read into it when it changed without us (a
pasted link, the back button). What is not in the dictionary is at its default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import streamlit as st

_CHOICES = "address.choices"
_WRITTEN = "address.written"
_TOUCHED = "address.touched"

Query = dict[str, tuple[str, ...]]


def read() -> None:
    """Take over what the URL says, once at the start of a run."""
    touched = st.session_state.pop(_TOUCHED, False)
    given: Query = {name: tuple(st.query_params.get_all(name)) for name in st.query_params}
    if not touched and given != st.session_state.get(_WRITTEN):
        st.session_state[_CHOICES] = given


def write(*names: str, prefix: str) -> None:
    """Make the URL say what is chosen; one history entry however many choices differ.

    Parameters
    ----------
    names : what all pages share.
    prefix : what the current page's own choices start with; other pages' choices are dropped.
    """
    query = {
        name: values
        for name, values in current().items()
        if name in names or name.startswith(prefix)
    }
    shown = {name: tuple(st.query_params.get_all(name)) for name in st.query_params}
    if query != shown:
        st.query_params.from_dict(query)
    st.session_state[_CHOICES] = st.session_state[_WRITTEN] = query


def current() -> Query:
    """What is chosen, as a link to another page carries it; defaults are left out."""
    return dict(st.session_state.get(_CHOICES, {}))


def chosen(name: str) -> tuple[str, ...]:
    """The values of one name; unchecked, as they came."""
    found: tuple[str, ...] = st.session_state.get(_CHOICES, {}).get(name, ())
    return found


def keep(name: str, values: Iterable[str], *, default: Iterable[str] = ()) -> None:
    """Remember a choice; the default is forgotten instead."""
    kept = tuple(values)
    choices = current()
    choices.pop(name, None)
    if kept and kept != tuple(default):
        choices[name] = kept
    st.session_state[_CHOICES] = choices


def touch() -> None:
    """Tell the next run that a widget spoke, so what the URL still says is old."""
    st.session_state[_TOUCHED] = True


def one_of(name: str, options: Iterable[str], default: str) -> str:
    """The chosen option; the default when the URL says something that is not offered."""
    values = chosen(name)
    return values[0] if values and values[0] in options else default


def some_of(name: str, options: Iterable[str]) -> tuple[str, ...]:
    """The chosen options that are offered, in the order offered."""
    values = chosen(name)
    return tuple(option for option in options if option in values)


def day(name: str, default: date) -> date:
    """The chosen day; the default when the URL holds no date."""
    values = chosen(name)
    try:
        return date.fromisoformat(values[0]) if values else default
    except ValueError:
        return default


def select(
    name: str, label: str, options: Mapping[str, str], default: str, *, key: str, **style: Any
) -> str:
    """A select box over ``options`` (name in the URL -> label)."""
    value = one_of(name, options, default)
    keep(name, (value,), default=(default,))  # forgets what is not offered
    fill(key, value)
    st.selectbox(
        label,
        list(options),
        format_func=lambda option: options.get(option, option),
        key=key,
        on_change=_changed,
        args=(name, key, default),
        **style,
    )
    return value


def switch(
    name: str, label: str, options: Mapping[str, str], default: str, *, key: str, **style: Any
) -> str:
    """A row of buttons of which one is on."""
    value = one_of(name, options, default)
    keep(name, (value,), default=(default,))  # forgets what is not offered
    fill(key, value)
    st.segmented_control(
        label,
        list(options),
        format_func=lambda option: options.get(option, option),
        key=key,
        required=True,
        on_change=_changed,
        args=(name, key, default),
        **style,
    )
    return value


def select_some(
    name: str, label: str, options: Mapping[str, str], *, key: str, **style: Any
) -> tuple[str, ...]:
    """A select box for any number of options; none means all."""
    values = some_of(name, options)
    keep(name, values)
    fill(key, list(values))
    st.multiselect(
        label,
        list(options),
        format_func=lambda option: options.get(option, option),
        key=key,
        on_change=_changed,
        args=(name, key, ""),
        **style,
    )
    return values


def fill(key: str, value: object) -> None:
    """Give a widget its value before it is drawn."""
    # Only when it differs: an assignment is sent to the browser and would overtake a quick click.
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _changed(name: str, key: str, default: str) -> None:
    value = st.session_state[key]
    if value is None:  # a widget that has not been filled yet says nothing
        return
    keep(name, value if isinstance(value, list) else (value,), default=(default,))
    touch()
