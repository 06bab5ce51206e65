"""The shared filters in the sidebar: what the reader looks at, the same on every page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import streamlit as st

from ecom.i18n import Language
from ecom.model import Comparison, Period, Scope
from ecom.store import shop_names
from ecom.text import Text, message
from ecom.ui import address, cache
from ecom.ui.periods import DEFAULT, PRESETS, preset_period
from ecom.ui.workspace import Workspace

COMPARISONS: dict[str, Text] = {
    Comparison.PREVIOUS.value: message("Period before"),
    Comparison.YEAR.value: message("Year before, same weekdays"),
    Comparison.CAMPAIGN.value: message("Same campaign last time"),
    Comparison.NONE.value: message("Nothing"),
}
_NARROWING = ("shop", "channel", "category", "device", "region")
NAMES = ("period", "from", "to", "vs", *_NARROWING)


def draw(workspace: Workspace, version: int, language: Language) -> Scope:
    """Show the filters and answer with the scope they make."""
    say = language.say
    offered = cache.offered(workspace, version)
    shops = shop_names(offered.shops)
    # The presets count from the last day of the shops looked at, which are chosen further down.
    narrowed = Scope(shops=address.some_of("shop", shops))
    period = _period(workspace, version, narrowed, language)
    comparison = address.select(
        "vs",
        say(message("Compared with")),
        {name: say(label) for name, label in COMPARISONS.items()},
        Comparison.PREVIOUS.value,
        key=_key("vs", language),
    )
    chosen = {"shop": _some("shop", message("Shops"), shops, language)}
    channels = _shown(offered.channels, language)
    chosen["channel"] = _some("channel", message("Channels"), channels, language)
    further = {
        "category": (message("Categories"), offered.categories),
        "device": (message("Devices"), offered.devices),
        "region": (message("Regions"), offered.regions),
    }
    # A link may be older than the second name that the data has of its province.
    regions = map(offered.spellings.name_of, address.chosen("region"))
    address.keep("region", tuple(dict.fromkeys(regions)))
    in_use = sum(bool(address.some_of(name, names)) for name, (_, names) in further.items())
    title = message("More filters ({count})", count=in_use) if in_use else message("More filters")
    with st.expander(say(title), expanded=bool(in_use)):
        for name, (label, names) in further.items():
            chosen[name] = _some(name, label, _shown(names, language), language)
    return Scope(
        period=period,
        comparison=Comparison(comparison),
        shops=chosen["shop"],
        channels=chosen["channel"],
        categories=chosen["category"],
        devices=chosen["device"],
        regions=chosen["region"],
    )


def in_use(scope: Scope) -> tuple[str, ...]:
    """What the scope is narrowed to: names of shops, channels and so on; nothing without filter."""
    return (*scope.shops, *scope.channels, *scope.categories, *scope.devices, *scope.regions)


def clear() -> None:
    """Take all filters away; period and comparison stay."""
    for name in _NARROWING:
        address.keep(name, ())
    address.touch()


def _period(workspace: Workspace, version: int, narrowed: Scope, language: Language) -> Period:
    say = language.say
    known = cache.resolved(workspace, version, narrowed)
    last_day = known.last_day or known.period.end
    preset = address.select(
        "period",
        say(message("Period")),
        {name: say(label) for name, label in PRESETS.items()},
        DEFAULT,
        key=_key("period", language),
    )
    period = preset_period(preset, last_day=last_day, week_start=known.settings.week_start)
    if preset != "custom":
        return period
    start, end = sorted((address.day("from", period.start), address.day("to", period.end)))
    return _dates(Period(start, end), language)


def _dates(chosen: Period, language: Language) -> Period:
    """A field for the first and the last day; half a choice keeps the old one."""
    key = _key("dates", language)
    if st.session_state.get(key) is None:
        st.session_state[key] = (chosen.start, chosen.end)

    def keep() -> None:
        days = st.session_state[key]
        if len(days) == 2:
            address.keep("from", (days[0].isoformat(),))
            address.keep("to", (days[1].isoformat(),))
            address.touch()

    st.date_input(language.say(message("First and last day")), key=key, on_change=keep)
    return chosen


def _some(
    name: str, label: Text, options: Mapping[str, str], language: Language
) -> tuple[str, ...]:
    return address.select_some(
        name,
        language.say(label),
        options,
        key=_key(name, language),
        placeholder=language.say(message("All")),
        disabled=not options,
    )


def _shown(names: tuple[str, ...], language: Language) -> dict[str, str]:
    """Names in data -> how they are shown, no two alike: the browser tells options by labels."""
    labels = {name: language.term(name) for name in names}
    often = Counter(labels.values())
    return {
        name: f"{label} ({name})" if often[label] > 1 and label != name else label
        for name, label in labels.items()
    }


def _key(name: str, language: Language) -> str:
    # A widget of its own per language: the browser knows options by their labels.
    return f"{name}.{language.code}"
