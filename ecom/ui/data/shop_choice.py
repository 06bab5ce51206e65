"""Whose exports these are: as the file says, a known shop, or a new one."""

from __future__ import annotations

import re
from zoneinfo import available_timezones

import streamlit as st

from ecom.ingest.mappings import known_layouts
from ecom.store import Shop, shop_names
from ecom.text import message
from ecom.ui.frame import View

_AS_FILE, _NEW = "", "new"
_CURRENCIES = ("", "CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "SGD", "KRW", "AUD", "CAD")


def choose_shop(view: View) -> Shop | None:
    """Ask for the shop; None leaves it to the file."""
    known = {shop.shop_id: shop for shop in view.workspace.store.shops()}
    labels = {
        _AS_FILE: view.say(message("As the file says")),
        **{f"shop:{key}": name for key, name in shop_names(known.values()).items()},
        _NEW: view.say(message("A new shop …")),
    }
    choice = st.selectbox(
        view.say(message("Shop")),
        list(labels),
        format_func=lambda option: labels.get(option, option),
        key=f"uploads_shop.{view.language.code}",
        help=view.say(
            message(
                "Most exports name their platform. Choose the shop when you have several there."
            )
        ),
    )
    if choice == _NEW:
        return _new_shop(view)
    return known.get(choice.removeprefix("shop:"))


def shop_id_from(name: str) -> str:
    """A name made fit for a key: small letters of any script, digits and single hyphens."""
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-_")


def _new_shop(view: View) -> Shop | None:
    known = known_layouts(view.workspace.store)
    platforms = sorted({layout.platform for layout in known if not layout.template} - {"own"})
    name = st.text_input(view.say(message("Name of the shop")), key="new_shop_name", max_chars=60)
    left, right = st.columns(2)
    with left:
        platform = st.selectbox(
            view.say(message("Platform")), ["", *platforms, "own"], key="new_shop_platform"
        )
        currency = st.selectbox(
            view.say(message("Currency")),
            _CURRENCIES,
            key="new_shop_currency",
            accept_new_options=True,
        )
    with right:
        zones = sorted(available_timezones())
        zone = st.selectbox(
            view.say(message("Time zone")),
            zones,
            index=zones.index(view.settings.timezone),
            key="new_shop_zone",
        )
    shop_id = shop_id_from(name or "")
    if not shop_id:
        st.caption(view.say(message("Give the shop a name; until then the file decides.")))
        return None
    return Shop(shop_id, platform or "", name.strip(), (currency or "").strip().upper()[:3], zone)
