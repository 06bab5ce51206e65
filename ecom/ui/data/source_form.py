"""The form of a source. It asks for the name of a secret, never for the secret."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

import streamlit as st

from ecom.errors import EcomError
from ecom.ingest.mappings import known_layouts
from ecom.store import shop_names
from ecom.store.sources import DEFAULT_OVERLAP, Source, save_source
from ecom.text import Text, message
from ecom.ui.faults import show_fault
from ecom.ui.frame import View

_EVERY: dict[int, Text] = {
    0: message("only when asked"),
    15: message("every 15 minutes"),
    60: message("every hour"),
    360: message("every 6 hours"),
    1440: message("every day"),
}


def edit(view: View, source: Source | None) -> None:
    """Ask for a source in a dialog and save it; None adds one."""
    title = message("Add a database") if source is None else message("Edit “{name}”", name=source.name)

    @st.dialog(view.say(title), width="large")
    def ask() -> None:
        with st.form("source", border=False):
            made = _fields(view, source)
            wanted = st.form_submit_button(view.say(message("Save")), type="primary")
        if not wanted:
            return
        try:
            save_source(view.workspace.store, _made(source, made))
        except EcomError as error:
            show_fault(view.language, error)
        else:
            st.rerun()

    ask()


def _made(source: Source | None, made: dict[str, object]) -> Source:
    """The source as asked for; checked by itself."""
    if source is None:
        return Source(**made)  # type: ignore[arg-type]  # the fields below
    return replace(source, **made)  # type: ignore[arg-type]


def _fields(view: View, source: Source | None) -> dict[str, object]:
    say = view.say
    left, right = st.columns(2, gap="medium")
    with left:
        name = st.text_input(
            say(message("Name")), value=source.name if source else "", max_chars=60, key="source_name"
        )
    with right:
        secret = st.text_input(
            say(message("Name of the secret")),
            value=source.url_name if source else "",
            placeholder="SHOP_DB",
            max_chars=60,
            key="source_secret",
        )
    st.caption(
        say(
            message(
                "The address with its password is never typed or stored here. Whoever runs the app "
                "puts it into the environment under this name, or into [sources] of "
                ".streamlit/secrets.toml: SHOP_DB = \"postgresql://reader:…@host/shop\"."
            )
        ).replace("[", "\\[")
    )
    query = st.text_area(
        say(message("Table, or one SELECT")),
        value=source.query if source else "",
        height=120,
        placeholder="orders",
        key="source_query",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        cursor = st.text_input(
            say(message("Cursor column")),
            value=source.cursor_column if source else "",
            placeholder="updated_at",
            help=say(
                message(
                    "A column that grows with every new or changed row, such as updated_at or id. "
                    "Only rows beyond the last value are read. Empty: all rows each time."
                )
            ),
            key="source_cursor",
        )
        layout = _layout(view, source)
        every = _every(view, source)
    with right:
        overlap = st.number_input(
            say(message("Read again, minutes (or units of a numeric cursor)")),
            value=source.overlap if source else DEFAULT_OVERLAP,
            min_value=0,
            step=1,
            help=say(message("Rows up to this far before the last value are read again, so that late ones are not missed.")),
            key="source_overlap",
        )
        shop = _shop(view, source)
        zone = _zone(view, source)
    return {
        "name": name.strip(),
        "url_name": secret.strip(),
        "query": query.strip(),
        "cursor_column": cursor.strip(),
        "overlap": int(overlap),
        "shop_id": shop,
        "layout": layout,
        "timezone": zone,
        "every_minutes": every,
    }


def _choose(label: str, labels: dict[str, str], value: str, key: str) -> str:
    """One of several names; a saved one that nobody offers any more stays."""
    labels = labels if value in labels else {**labels, value: value}
    names = list(labels)
    chosen = st.selectbox(
        label,
        names,
        index=names.index(value),
        format_func=lambda name: labels.get(name, name),
        key=key,
    )
    return chosen or ""


def _layout(view: View, source: Source | None) -> str:
    known = known_layouts(view.workspace.store)
    titles = {layout.layout_id: view.say(layout.name) for layout in known}
    names = sorted(titles, key=lambda name: titles[name].casefold())
    labels = {"": view.say(message("By its columns")), **{name: titles[name] for name in names}}
    label = view.say(message("Read this table as"))
    return _choose(label, labels, source.layout if source else "", "source_layout")


def _shop(view: View, source: Source | None) -> str:
    known = shop_names(view.workspace.store.shops())
    value = source.shop_id if source else ""
    labels = {"": view.say(message("As for a file")), **known}
    labels = labels if value in labels else {**labels, value: value}
    names = list(labels)
    chosen = st.selectbox(
        view.say(message("Shop")),
        names,
        index=names.index(value),
        format_func=lambda name: labels.get(name, name),
        accept_new_options=True,
        help=view.say(message("A known shop, or the name of a new one.")),
        key="source_shop",
    )
    return (chosen or "").strip()


def _zone(view: View, source: Source | None) -> str:
    zones = {"": view.say(message("The shop's zone")), "UTC": "UTC"}
    zones |= {zone: zone for zone in sorted(available_timezones()) if zone != "UTC"}
    label = view.say(message("Time zone of times without one"))
    return _choose(label, zones, source.timezone if source else "", "source_zone")


def _every(view: View, source: Source | None) -> int:
    value = source.every_minutes if source else 60
    labels = {minutes: view.say(text) for minutes, text in _EVERY.items()}
    if value not in labels:
        labels[value] = view.say(message("every {count} minutes", count=value))
    minutes = list(labels)
    chosen = st.selectbox(
        view.say(message("Pull every")),
        minutes,
        index=minutes.index(value),
        format_func=lambda name: labels.get(name, str(name)),
        key="source_every",
    )
    return int(chosen or 0)
