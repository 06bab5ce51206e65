"""What changed: sources that left what was expected of them, why perhaps, and what to check."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ecom.analysis.base import Column, Gap, Report, Table, header_of, words
from ecom.analysis.playbook import play_for
from ecom.analysis.watched import Alert, Watched, alerts, watch
from ecom.model import Amount, Good, Notice, Scope, Unit
from ecom.models.bands import LEVEL_DAYS
from ecom.queries.scope import ResolvedScope, resolve
from ecom.store import Store
from ecom.terms import term
from ecom.text import Text, message

_BY_CHANNEL = ("own_events", "own_traffic", "sycm_shop_source", "ga4_traffic_acquisition")
MEASURE_LABELS = {"visitors": message("Daily visitors"), "conversion": message("Conversion")}
AT_USUAL_SPEND = message("Daily visitors at the usual spend")
_DIRECTIONS = {"up": message("Up"), "down": message("Down")}
_UNITS = {"visitors": Unit.COUNT, "conversion": Unit.RATIO}
_COLUMNS = (
    Column("source", message("Source")),
    Column("shop", message("Shop")),
    Column("measure", message("Measure")),
    Column("since", message("Since")),
    Column("until", message("Until"), help=message("Empty while it lasts.")),
    Column("direction", message("Direction")),
    Column("change", message("Change"), Unit.RATIO, Good.NEITHER,
           message("Against what was expected on these days.")),
    Column("came", message("A day")),
    Column("expected", message("Expected a day")),
    Column("weight", message("Visitors more or less"), Unit.COUNT, Good.UP,
           message("Over all these days; of conversion, as many visitors as the buyers more or "
                   "less would take. The list is ranked by this.")),
    Column("causes", message("Likely causes")),
    Column("checks", message("Check first")),
)  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class TrafficChangesReport(Report):
    """What changed on the days of the period.

    Attributes
    ----------
    changes : one row a cause, the weightiest first; ``_COLUMNS``.
    band : day, value, expected, low, high of the source that weighs most; empty without a change.
    source, measure, measure_label : whose band that is; the label says it in words.
    """

    changes: Table
    band: Table
    source: Text | str
    measure: str
    measure_label: Text


def report(store: Store, scope: Scope) -> TrafficChangesReport:
    """Answer the part "what changed" of the traffic page."""
    resolved = resolve(store, scope)
    watched = watch(store, resolved)
    found = alerts(watched, resolved.period)
    worst = found[0].worst if found else None
    return TrafficChangesReport(
        header=header_of(resolved),
        headline=_headline(watched, found),
        kpis=(),
        gaps=() if watched else (Gap(message("Visitors by source and day"), _BY_CHANNEL),),
        notices=(*resolved.notices, *_NOTICES),
        changes=_changes(found, resolved),
        band=_band(worst, resolved),
        source=_source(found[0]) if found else "",
        measure=worst.measure if worst else "visitors",
        measure_label=_measure(worst) if worst else MEASURE_LABELS["visitors"],
    )


_NOTICES = (
    Notice(
        message(
            "A source is held against the level of its last {days} ordinary days and its weekday "
            "profile, its conversion against a binomial band. Days that the calendar names are "
            "left out.",
            days=LEVEL_DAYS,
        )
    ),
    Notice(message("The causes are what such a change usually means, not findings.")),
)


def _headline(watched: tuple[Watched, ...], found: tuple[Alert, ...]) -> Text:
    if not watched:
        return message("No source has enough visitors on enough days to say what is expected.")
    sources = len({(one.shop_id, one.source) for one in watched})
    if not found:
        return message("None of {sources} sources left what was expected.", sources=sources)
    values = {
        "count": len(found),
        "source": _source(found[0]),
        "measure": _measure(found[0].worst),
        "change": Amount(abs(_ratio(found[0]) - 1), Unit.RATIO),
        "since": found[0].since,
    }
    if found[0].direction == "down":
        return message(
            "Changes: {count}. Above all {source}: {measure} {change} below what was expected, "
            "since {since}.",
            **values,
        )
    return message(
        "Changes: {count}. Above all {source}: {measure} {change} above what was expected, "
        "since {since}.",
        **values,
    )


def _changes(found: tuple[Alert, ...], resolved: ResolvedScope) -> Table:
    names = resolved.shop_names
    plays = [
        play_for(one.worst.measure, one.direction, pattern=one.pattern, sources=one.sources)
        for one in found
    ]
    levels = [_levels(one) for one in found]
    frame = pd.DataFrame(
        {
            "source": words(_source(one) for one in found),
            "shop": words(names.get(one.worst.shop_id, one.worst.shop_id) for one in found),
            "measure": words(_measure(one.worst) for one in found),
            "since": words(one.since for one in found),
            "until": words(one.until or "" for one in found),
            "direction": words(_DIRECTIONS[one.direction] for one in found),
            "change": pd.Series([_ratio(one) - 1 for one in found], dtype="float64"),
            "came": words(came for came, _ in levels),
            "expected": words(expected for _, expected in levels),
            "weight": pd.Series([one.weight for one in found], dtype="float64"),
            "causes": words(play.causes for play in plays),
            "checks": words(play.checks for play in plays),
        }
    )
    return Table.make(frame, *_COLUMNS)


def _measure(watched: Watched) -> Text:
    return AT_USUAL_SPEND if watched.at_usual_spend else MEASURE_LABELS[watched.measure]


def _levels(alert: Alert) -> tuple[Amount, Amount]:
    """What came and what was expected on a mean day of the source that weighs most."""
    watched, run = alert.parts[0]
    unit = _UNITS[watched.measure]
    expected = float(watched.band.days["expected"].iloc[run.start : run.end + 1].mean())
    came = run.ratio * expected
    if unit is Unit.COUNT:
        return Amount(round(came), unit), Amount(round(expected), unit)
    return Amount(came, unit), Amount(expected, unit)


def _ratio(alert: Alert) -> float:
    return alert.parts[0][1].ratio


def _source(alert: Alert) -> Text | str:
    if alert.pattern == "many":
        return message(
            "{count} sources, above all {source}",
            count=len(set(alert.sources)),
            source=term(alert.worst.source),
        )
    return term(alert.worst.source)


def _band(worst: Watched | None, resolved: ResolvedScope) -> Table:
    keys = ["day", "value", "expected", "low", "high"]
    unit = _UNITS[worst.measure] if worst else Unit.COUNT
    labels = (
        message("Day"),
        message("Value"),
        message("Expected"),
        message("Low"),
        message("High"),
    )
    columns = [
        Column(key, label, None if key == "day" else unit)
        for key, label in zip(keys, labels, strict=True)
    ]
    if worst is None:
        return Table.make(pd.DataFrame(columns=keys), *columns)
    days = [worst.day(position) for position in range(len(worst.band.days))]
    frame = worst.band.days.assign(day=days)[keys]
    return Table.make(frame[frame["day"] >= _drawn_from(resolved)], *columns)


def _drawn_from(resolved: ResolvedScope) -> object:
    """Some weeks before the period, so that the level that was left is in the picture."""
    return resolved.period.shift(-4 * 7).start
